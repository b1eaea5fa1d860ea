"""Decisions of people applied to one report: to its graph, and to all that its files say besides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kg.batch.identity import Change, rewritten
from kg.describe import Quad, Triple
from kg.model import Entity, Extraction, Statement
from kg.vocabulary import IRI, mint


@dataclass(frozen=True, slots=True)
class Amendment:
    """What becomes of nodes of one report (`kg.build.Amendment`); `quads` tell who decided what, and why."""

    base: IRI
    changes: tuple[Change, ...]
    quads: tuple[Quad, ...]

    def triples(self, triples: Sequence[Triple]) -> Sequence[Triple]:
        """Return the triples of the report's graph, as a partition has them."""
        return sorted(rewritten(triples, self.changes))

    def extraction(self, extraction: Extraction) -> Extraction:
        """Return the extraction with each node that became another under the identity and the label of that one.

        Mentions, facts and honours move along. Where both stood in the report one entity is left, with all aliases;
        a relation that both had is one with the evidence of both, one between the two is none.
        """
        by_iri = {change.iri: change for change in self.changes}
        refs: dict[str, str] = {}
        entities: dict[str, Entity] = {}
        # What a node becomes comes first, so that its own type, area and title are the ones that stay.
        order = sorted(extraction.entities, key=lambda one: _moves(by_iri.get(_iri(self.base, one))))
        for entity in order:
            change = by_iri.get(_iri(self.base, entity))
            become = entity
            if change is not None:
                aliases = tuple(sorted({*entity.aliases, change.own}))
                become = replace(entity, name=change.label, aliases=aliases)
                if _moves(change):  # its own area, type and number are not those of the node it becomes
                    become = Entity(entity.kind, change.key, change.label, aliases=aliases)
            refs[entity.ref] = become.ref
            there = entities.get(become.ref)
            if there is not None:
                become = replace(there, aliases=tuple(sorted({*there.aliases, *become.aliases})))
            entities[become.ref] = become

        def of(ref: str) -> str:
            return refs.get(ref, ref)

        return replace(
            extraction,
            issuer=extraction.issuer and of(extraction.issuer),
            mentions=tuple(
                replace(m, ref=m.ref and of(m.ref), candidates=tuple(dict.fromkeys(map(of, m.candidates))))
                for m in extraction.mentions
            ),
            entities=tuple(entities[ref] for ref in sorted(entities)),
            statements=tuple(
                _united(
                    replace(s, subject=of(s.subject), object=of(s.object))
                    for s in extraction.statements
                    if of(s.subject) != of(s.object) or s.subject == s.object
                )
            ),
            recognitions=tuple(
                replace(r, thing=r.thing and of(r.thing), recogniser=r.recogniser and of(r.recogniser))
                for r in extraction.recognitions
            ),
            place_within=tuple(dict.fromkeys((of(a), of(b)) for a, b in extraction.place_within)),
        )


def _iri(base: IRI, entity: Entity) -> IRI:
    return mint(base, entity.kind.lower(), entity.key)


def _moves(change: Change | None) -> bool:
    return change is not None and change.iri != change.target


def _united(statements: Iterable[Statement]) -> Iterable[Statement]:
    """Return the statements, those that say the same as one with the evidence of all, in the order of the first."""
    found: dict[tuple[object, ...], Statement] = {}
    for one in statements:
        same = (one.subject, one.predicate, one.object, one.modality, one.trigger, one.rule, one.implicit_subject)
        seen = found.get(same)
        if seen is not None:
            spans = {*seen.evidence, *one.evidence}
            one = replace(seen, evidence=tuple(sorted(spans, key=lambda span: (span.start, span.end))))
        found[same] = one
    return found.values()
