"""Refs of an extraction → IRIs: who is who, and the check that no two keys share an IRI."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from kg.describe.terms import Term, node
from kg.errors import GraphError
from kg.model import Entity, Extraction, Kind, Observation, Span
from kg.vocabulary import IRI, mint, span_iri


@dataclass(slots=True)
class Minter:
    """Mints IRIs and remembers the key behind each, over all reports of one run."""

    base: IRI
    seen: dict[IRI, tuple[str, str]] = field(default_factory=dict)
    terms: dict[tuple[str, str], Term] = field(default_factory=dict)

    def __call__(self, kind: str, key: str) -> Term:
        """Return the encoded IRI of `kind` and `key`; ``GraphError`` where another key has the same IRI."""
        known = self.terms.get((kind, key))
        if known is not None:
            return known
        iri = mint(self.base, kind, key)
        first = self.seen.setdefault(iri, (kind, key))
        if first != (kind, key):
            raise GraphError(
                f"两个不同的键得到同一个 IRI / two keys give one IRI: {'|'.join(first)!r}, {kind}|{key!r}",
                where=iri,
                hint="给其中一个键加上区别成分 (make one of the keys differ in more than this)",
            )
        term = self.terms[kind, key] = node(iri)
        return term


@dataclass(frozen=True, slots=True)
class Referents:
    """The IRIs of one report: the report itself, its spans, its figures and the entities it knows."""

    report: Term
    head: str  # of the IRIs of its spans
    by_ref: dict[str, Term]  # Entity.ref or Observation.ref → IRI

    def span(self, span: Span) -> Term:
        """Return the IRI of a range of the report's text."""
        return f"{self.head}{span.start},{span.end}>"

    def __call__(self, ref: str, said_by: str) -> Term:
        """Return the IRI behind a ref; ``GraphError``, naming who uses it, where the extraction holds no such thing."""
        try:
            return self.by_ref[ref]
        except KeyError:
            raise GraphError(
                f"引用了不存在的实体 / no such entity in the extraction: {ref!r}",
                where=said_by,
                hint="关联阶段应把它列入 entities 或 observations (link must list it)",
            ) from None


def observation_key(extraction: Extraction, observation: Observation) -> str:
    """Return the identity of a figure over all reports: report and span."""
    return f"{extraction.report.sha256}|{observation.span.start},{observation.span.end}"


def referents(extraction: Extraction, minter: Minter) -> Referents:
    """Mint the IRIs of a report, its entities and its figures; ``GraphError`` for a ref that occurs twice."""
    report = minter("report", extraction.report.sha256)
    pairs = [(entity.ref, minter(entity.kind.lower(), entity.key)) for entity in extraction.entities]
    pairs += [(o.ref, minter("observation", observation_key(extraction, o))) for o in extraction.observations]
    by_ref = dict(pairs)
    if len(by_ref) != len(pairs):
        twice = sorted(ref for ref, times in Counter(ref for ref, _ in pairs).items() if times > 1)
        raise GraphError(
            f"同一实体列出两次 / listed twice: {', '.join(map(repr, twice[:3]))}",
            where=extraction.report.name,
            hint="关联阶段应合并它们 (link must merge them)",
        )
    head = span_iri(report[1:-1], Span(0, 0)).removesuffix("0,0")
    return Referents(report, f"<{head}", by_ref)


def preferred_names(extractions: Sequence[Extraction]) -> dict[str, str]:
    """Entity ref → the one name to label it with, over all reports.

    Reports may word one name differently; the name most reports use wins, then the shorter, then the first in code
    point order, so that the choice depends on the reports and not on their order.
    """
    votes: dict[str, dict[str, int]] = {}
    for extraction in extractions:
        for entity in extraction.entities:
            names = votes.setdefault(entity.ref, {})
            names[entity.name] = names.get(entity.name, 0) + 1
    return {ref: min(names, key=lambda name: (-names[name], len(name), name)) for ref, names in votes.items()}


def place_of(entity: Entity, places: Sequence[Entity]) -> Entity | None:
    """Return the Place among `places` whose area code is the body's, None where none or several are.

    Zones carry the code of the area they lie in, so where several places share a code the one that is keyed by the
    code is the area itself.
    """
    if entity.adcode is None or entity.kind is not Kind.DEPARTMENT:
        return None
    same = [place for place in places if place.adcode == entity.adcode]
    exact = [place for place in same if place.key == entity.adcode]
    chosen = exact or same
    return chosen[0] if len(chosen) == 1 else None
