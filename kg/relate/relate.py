"""Statements by sentence templates, by names and by the report's head."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.model import Entity, Kind, Mention, Modality, Observation, Recognition, Sentence, Span, Statement
from kg.recognise.context import Clause, Context
from kg.recognise.figures import Measure
from kg.recognise.issuer import Issuer
from kg.recognise.quotations import award
from kg.recognise.spans import outermost
from kg.relate.actors import Acting, ActorRules, actors, charges, with_charges
from kg.relate.edges import Edges
from kg.relate.honours import recognitions
from kg.relate.measured import MeasuredRules, observation, relate_figures
from kg.relate.modality import ModalityRules, modalities
from kg.relate.templates import CompiledTemplate, Match, compile_templates, fitting, mask, matches
from kg.rulebook import Rulebook

_MAKING = ("issues", "repeals")  # what only the maker of a law does to it


@dataclass(frozen=True)
class RelateRules:
    """The compiled templates, actor, modality and figure rules of one rulebook."""

    templates: tuple[CompiledTemplate, ...]
    actors: ActorRules
    modality: ModalityRules
    measured: MeasuredRules
    award: re.Pattern[str]
    law: str
    scopes: frozenset[str]

    @classmethod
    def of(cls, rulebook: Rulebook) -> RelateRules:
        """Compile and check once; raises `RuleError`."""
        return cls(
            templates=compile_templates(rulebook),
            actors=ActorRules.of(rulebook),
            modality=ModalityRules.of(rulebook),
            measured=MeasuredRules.of(rulebook),
            award=award(rulebook),
            law=rulebook.word("law_type"),
            scopes=frozenset(rulebook.words("figure_scope")),
        )


@dataclass(frozen=True, slots=True)
class Related:
    """What one report says: edges, figures, honours."""

    statements: tuple[Statement, ...]
    observations: tuple[Observation, ...]
    recognitions: tuple[Recognition, ...]


def relate(
    context: Context,
    rules: RelateRules,
    mentions: Sequence[Mention],
    entities: Sequence[Entity],
    measures: Sequence[Measure],
    issuer: Issuer | None,
) -> Related:
    """Read every sentence: who did what to which document, initiative or body, and what the figures are about."""
    modality = {clause.start: m for clause, m in zip(context.clauses, modalities(context, rules.modality), strict=True)}
    resolved = [
        m
        for m in mentions
        if m.ref is not None
        and m.kind is not Kind.INDICATOR
        # 全省: where, not who
        and not (m.kind is Kind.PLACE and context.text[m.start : m.end] in rules.scopes)
    ]
    outer = outermost(resolved)
    in_charge = charges(context, rules.actors, resolved)
    acting = with_charges(context, actors(context, rules.actors, resolved), in_charge)
    edges = Edges()
    for charge in in_charge:
        clause = context.clause_at(charge.span.start)
        for lead in charge.leads if charge.helpers else ():
            for helper in charge.helpers:
                edges.add(
                    lead.ref or "",
                    "cooperatesWith",
                    helper.ref or "",
                    evidence=charge.span,
                    rule="charge",
                    modality=modality.get(clause.start, "reported") if clause else "reported",
                )
    charged = frozenset(lead.start for charge in in_charge for lead in charge.leads)
    keys = {e.ref: e.key for e in entities}
    laws = frozenset(e.ref for e in entities if e.kind is Kind.REGULATION and e.type == rules.law)
    reader = _Reader(context, rules.templates, acting, modality, issuer, edges, charged, keys, laws)
    reader.read(context.sentences, outer)
    holders = _holders(resolved, outer)
    if holders:  # 开展《民法典》专题培训: read once as a course, once as a document that is taught
        inner = outermost([m for m in resolved if m.start not in holders or m.kind is not Kind.INITIATIVE])
        starts = sorted(holders)
        again = [s for s in context.sentences if bisect_left(starts, s.start) < bisect_left(starts, s.end)]
        reader.read(again, inner)
    _parts(entities, mentions, context.lexicon.joiners, edges)
    _head(context, mentions, issuer, edges)
    observations = tuple(observation(context, rules.measured, measure, modality) for measure in measures)
    relate_figures(context, rules.measured, measures, observations, outer, entities, acting, edges)
    statements = edges.statements()
    return Related(statements, observations, recognitions(context, rules.award, mentions, statements))


def _holders(mentions: Sequence[Mention], outer: Sequence[Mention]) -> frozenset[int]:
    """Where initiatives begin that hold a document's name."""
    documents = [m for m in mentions if m.kind is Kind.REGULATION]
    starts = [d.start for d in documents]
    found = set()
    for holder in outer:
        if holder.kind is Kind.INITIATIVE:
            inside = documents[bisect_left(starts, holder.start) : bisect_left(starts, holder.end)]
            if any(d.end <= holder.end for d in inside):
                found.add(holder.start)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Reader:
    """The templates and what they need to know of the report to read its sentences."""

    context: Context
    templates: Sequence[CompiledTemplate]
    acting: Acting
    modality: Mapping[int, Modality]
    issuer: Issuer | None
    edges: Edges
    charged: frozenset[int]  # where the bodies in charge stand
    keys: Mapping[str, str]  # of the entities, by ref
    laws: frozenset[str]  # the documents that only the State makes

    def read(self, sentences: Iterable[Sentence], mentions: Sequence[Mention]) -> None:
        """Apply every template to every sentence; `mentions` are disjoint, in text order."""
        starts = [m.start for m in mentions]
        for sentence in sentences:
            low, high = bisect_left(starts, sentence.start), bisect_left(starts, sentence.end)
            inside = [m for m in mentions[low:high] if m.end <= sentence.end]
            if inside:
                masked = mask(self.context.text, sentence.start, sentence.end, inside)
                for template in fitting(self.templates, masked):
                    for match in matches(template, masked):
                        self._add(match)

    def _add(self, match: Match) -> None:
        trigger = self.context.clause_at(match.trigger_start)
        if trigger is None:
            return
        subjects, implicit = self._subjects(match, trigger)
        predicate = match.template.predicate
        for obj in match.objects:
            clause = self.context.clause_at(obj.start)
            if clause is None or obj.ref is None:
                continue
            if obj.kind is Kind.BODY_GROUP and predicate == "establishes":
                continue  # a class of bodies is not set up
            if implicit and predicate in _MAKING and obj.ref in self.laws:
                continue  # 《某某法》颁布实施: not by the issuer
            if obj.rule == "quoted-award" and predicate == "carriesOut":
                continue  # 入选“全国十大…”: an honour is received
            if not match.subjects and predicate == "recognisedBy" and self.edges.has(predicate, obj.ref):
                continue  # the thing praised is named
            for subject in subjects:
                if predicate == "cooperatesWith" and self.keys[obj.ref].startswith(f"{self.keys[subject]}/"):
                    continue  # 会同|局法制机构: a body and a part of it are one
                self.edges.add(
                    subject,
                    predicate,
                    obj.ref,
                    evidence=Span(min(trigger.start, clause.start), clause.end),
                    rule=match.template.id,
                    modality=self.modality.get(clause.start, "reported"),
                    trigger=match.trigger,
                    implicit=implicit,
                )

    def _subjects(self, match: Match, clause: Clause) -> tuple[list[str], bool]:
        """The refs of those who did it, and whether that is only the issuer, whom the sentence does not name."""
        if match.subjects:
            return [m.ref for m in match.subjects if m.ref], False
        named = [
            m.ref
            for m in self.acting.get(clause.start, ())
            # a body behind the verb is no subject, but for one in charge
            if m.ref and (m.start < match.trigger_start or m.start in self.charged)
        ]
        if match.template.predicate == "cooperatesWith":
            named = named[:1]  # A与B、C联合: whoever is named first has the others with it
        if named or self.issuer is None:
            return named, False
        return [self.issuer.ref], True


def _parts(entities: Sequence[Entity], mentions: Sequence[Mention], joiners: frozenset[str], edges: Edges) -> None:
    """`partOf` where the name itself says it: the unit of a body, the standing committee of a congress."""
    by_key = {e.key: e for e in entities if e.kind is Kind.DEPARTMENT}
    of_area: dict[str, list[str]] = {}  # the keys of the bodies of an area
    for key in by_key:
        of_area.setdefault(key.partition("|")[0], []).append(key)
    of_name: dict[str, list[Entity]] = {}
    for entity in by_key.values():
        of_name.setdefault(entity.name, []).append(entity)
    first: dict[str, Mention] = {}
    for mention in mentions:
        if mention.ref is not None:
            first.setdefault(mention.ref, mention)
    for key, entity in by_key.items():
        found = first.get(entity.ref)
        area, _, function = key.partition("|")
        # the key of a part begins with the key of the whole: 人民政府/行政复议委员会, 人民代表大会常务委员会
        wholes = [
            k
            for k in of_area[area]
            # 省纪委|、省监委 are two bodies with one name
            if k != key and "|" in k and key.startswith(k) and not _joined(entity.name, by_key[k].name, joiners)
        ]
        if found is None:
            continue
        if function and wholes:
            whole = by_key[max(wholes, key=len)]
        else:
            # 某市司法局|某某司法所, 中共某县委员会|全面依法治县委员会
            named = [
                e
                for end in range(len(entity.name))
                for e in of_name.get(entity.name[:end], ())
                if not _joined(entity.name, e.name, joiners)
            ]
            if not named:
                continue
            whole = max(named, key=lambda e: (len(e.name), e.key))
        edges.add(entity.ref, "partOf", whole.ref, evidence=found.span, rule="name-part-of")


def _joined(name: str, part: str, joiners: frozenset[str]) -> bool:
    """Whether a name goes on behind `part` with another body's."""
    return name.startswith(part) and name[len(part) : len(part) + 1] in joiners


def _head(context: Context, mentions: Sequence[Mention], issuer: Issuer | None, edges: Edges) -> None:
    """What the report's head says: the addressee is reported to, the issuer issues the report."""
    if issuer is None:
        return
    addressee = context.report.field("addressee")
    if addressee:
        for m in mentions:
            if m.kind is Kind.DEPARTMENT and m.ref and addressee.span.contains(m.span):
                edges.add(issuer.ref, "reportsTo", m.ref, evidence=addressee.span, rule="addressee", implicit=True)
    own = next((m for m in mentions if m.rule == "report-title" and m.ref), None)
    if own and own.ref:
        edges.add(issuer.ref, "issues", own.ref, evidence=own.span, rule="report-title")
