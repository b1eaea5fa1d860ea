"""Statements by sentence templates, observations by figures, and what an observation is about."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from kg.model import (
    Entity,
    Kind,
    MeasureKind,
    Mention,
    Modality,
    Observation,
    Quantity,
    Recognition,
    Span,
    Statement,
)
from kg.recognise.bodies import Issuer
from kg.recognise.context import Clause, Context
from kg.recognise.figures import Measure
from kg.relate.actors import ActorRules, actors
from kg.relate.modality import ModalityRules, modalities
from kg.relate.templates import CompiledTemplate, compile_templates, mask, matches
from kg.rulebook import Rulebook

_FROM_ISSUER = ("issues", "revises", "repeals", "drafts", "commentsOn", "implements", "carriesOut", "establishes", "reportsTo", "cooperatesWith")
_ABOUT = (Kind.INITIATIVE, Kind.REGULATION, Kind.DEPARTMENT, Kind.BODY_GROUP)


@dataclass(frozen=True)
class RelateRules:
    """The compiled templates, actor and modality rules of one rulebook."""

    templates: tuple[CompiledTemplate, ...]
    actors: ActorRules
    modality: ModalityRules
    award: re.Pattern[str]

    @classmethod
    def of(cls, rulebook: Rulebook) -> RelateRules:
        """Compile and check once; raises `RuleError`."""
        return cls(
            templates=compile_templates(rulebook),
            actors=ActorRules.of(rulebook),
            modality=ModalityRules.of(rulebook),
            award=re.compile(rf"{rulebook.alternation('quote_award')}了?$"),
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
    """Read every sentence once: who did what to which document, initiative or body, and what the figures are about."""
    modality = modalities(context, rules.modality)
    by_clause = {clause.start: m for clause, m in zip(context.clauses, modality, strict=True)}
    resolved = [m for m in mentions if m.ref is not None and m.kind is not Kind.INDICATOR]
    outer = _outermost(resolved)
    acting = actors(context, rules.actors, resolved)
    edges = _Edges()
    masked_sentences(context, rules, outer, acting, by_clause, issuer, edges)
    inner = _inside_names(resolved, outer)
    if inner:  # 开展《民法典》专题培训: read once as a course, once as a document that is taught
        masked_sentences(context, rules, inner, acting, by_clause, issuer, edges)
    _parts(entities, mentions, edges)
    _head(context, mentions, issuer, edges)
    observations = tuple(_observation(context, measure, by_clause) for measure in measures)
    _measured(context, measures, observations, outer, entities, acting, edges, by_clause)
    return Related(edges.statements(), observations, _recognitions(context, rules, mentions, edges))


class _Edges:
    """Statements under construction: one per subject, predicate and object, with all its evidence."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], tuple[Statement, list[Span]]] = {}

    def add(
        self, subject: str, predicate: str, obj: str, evidence: Span, trigger: str, rule: str, modality: Modality,
        implicit: bool = False,
    ) -> None:  # fmt: skip
        if subject == obj:
            return
        key = (subject, predicate, obj)
        if key in self._found:
            known, spans = self._found[key]
            if evidence not in spans:
                spans.append(evidence)
            if known.modality != "reported" and modality == "reported":
                self._found[key] = (
                    Statement(subject, predicate, obj, modality, trigger, rule, (), implicit), spans
                )  # fmt: skip
            return
        self._found[key] = (Statement(subject, predicate, obj, modality, trigger, rule, (), implicit), [evidence])

    def has(self, predicate: str, obj: str) -> bool:
        return any(p == predicate and o == obj for _, p, o in self._found)

    def statements(self) -> tuple[Statement, ...]:
        result = [
            Statement(s.subject, s.predicate, s.object, s.modality, s.trigger, s.rule, tuple(sorted(spans)), s.implicit_subject)
            for s, spans in self._found.values()
        ]
        return tuple(sorted(result, key=lambda s: (s.evidence[0], s.predicate, s.subject, s.object)))


def _outermost(mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions no other mention holds, in text order: the outer name wins for relations."""
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end)):
        if kept and mention.start < kept[-1].end:
            continue
        kept.append(mention)
    return kept


def _inside_names(mentions: Sequence[Mention], outer: Sequence[Mention]) -> list[Mention]:
    """The mentions with documents in the place of the initiatives that hold them; empty where there are none."""
    documents = [m for m in mentions if m.kind is Kind.REGULATION]
    holders = {
        h.start: h
        for h in outer
        if h.kind is Kind.INITIATIVE and any(h.start <= d.start and d.end <= h.end for d in documents)
    }
    if not holders:
        return []
    return _outermost([m for m in mentions if m.start not in holders or m.kind is not Kind.INITIATIVE])


def masked_sentences(
    context: Context,
    rules: RelateRules,
    outer: Sequence[Mention],
    acting: dict[int, tuple[Mention, ...]],
    modality: dict[int, Modality],
    issuer: Issuer | None,
    edges: _Edges,
) -> None:
    """Apply every template to every sentence."""
    starts = [m.start for m in outer]
    for sentence in context.sentences:
        inside = outer[bisect_left(starts, sentence.start) : bisect_left(starts, sentence.end)]
        inside = [m for m in inside if m.end <= sentence.end]
        if not inside:
            continue
        masked = mask(context.text, sentence.start, sentence.end, inside)
        for template in rules.templates:
            for match in matches(template, masked):
                predicate = match.template.predicate
                for obj in match.objects:
                    if obj.ref is None:
                        continue
                    clause = context.clause_at(obj.start)
                    trigger_clause = context.clause_at(match.trigger_start)
                    if clause is None or trigger_clause is None:
                        continue
                    evidence = Span(min(trigger_clause.start, clause.start), clause.end)
                    subjects = [m.ref for m in match.subjects if m.ref]
                    implicit = False
                    if not match.subjects:
                        if predicate == "recognisedBy" and edges.has(predicate, obj.ref):
                            continue  # the thing praised is named
                        subjects = [
                            m.ref for m in acting.get(trigger_clause.start, ()) if m.ref and m.start < match.trigger_start
                        ]
                        if not subjects and issuer is not None:
                            subjects, implicit = [issuer.ref], True
                    for subject in subjects:
                        edges.add(
                            subject, predicate, obj.ref, evidence, match.trigger, match.template.id,
                            modality.get(clause.start, "reported"), implicit,
                        )  # fmt: skip


def _parts(entities: Sequence[Entity], mentions: Sequence[Mention], edges: _Edges) -> None:
    """`partOf` where the name itself says it: the unit of a body, the standing committee of a congress."""
    by_key = {e.key: e for e in entities if e.kind is Kind.DEPARTMENT}
    first = {}
    for mention in mentions:
        if mention.ref is not None:
            first.setdefault(mention.ref, mention)
    for entity in by_key.values():
        area, _, function = entity.key.partition("|")
        # the key of a part begins with the key of the whole: 人民政府/行政复议委员会, 人民代表大会常务委员会
        parents = sorted(
            (k for k in by_key if k != entity.key and k.startswith(f"{area}|") and entity.key.startswith(k)),
            key=len, reverse=True,
        )  # fmt: skip
        if not function:
            continue
        for parent in parents:
            mention = first.get(entity.ref)
            if parent in by_key and mention is not None:
                edges.add(
                    entity.ref, "partOf", by_key[parent].ref, Span(mention.start, mention.end), "", "name-part-of", "reported"
                )  # fmt: skip
                break


def _head(context: Context, mentions: Sequence[Mention], issuer: Issuer | None, edges: _Edges) -> None:
    """What the report's head says: the addressee is reported to, the publisher and the issuer issue the report."""
    report = context.report
    own = next((m for m in mentions if m.rule == "report-title" and m.ref), None)
    addressee = report.field("addressee")
    if addressee and issuer:
        for mention in mentions:
            if mention.kind is Kind.DEPARTMENT and mention.ref and addressee.span.contains(mention.span):
                edges.add(issuer.ref, "reportsTo", mention.ref, addressee.span, "", "addressee", "reported", True)
    if own and own.ref and issuer:
        edges.add(issuer.ref, "issues", own.ref, Span(own.start, own.end), "", "report-title", "reported")


def _observation(context: Context, measure: Measure, modality: dict[int, Modality]) -> Observation:
    figure = measure.figure
    raw = context.report.text[measure.span.start : measure.span.end]
    if figure is None:
        quantity = Quantity(None, "", "=", raw)
        kind: MeasureKind = "level"
    else:
        quantity = Quantity(figure.value, figure.unit, figure.bound, raw)
        kind = "level"
        if figure.unit in ("个百分点", "百分点"):
            kind = "points"
        elif figure.growth:
            kind = "growth"
        elif figure.unit in ("%", "‰"):
            kind = "rate"
    return Observation(
        span=measure.span,
        name=measure.name,
        quantity=quantity,
        measure=kind,
        modality=modality.get(measure.clause.start, "reported"),
        evidence=Span(measure.clause.start, measure.clause.end),
        rule=measure.rule,
        period=measure.period,
        scope=measure.scope,
        rank=measure.rank,
    )


def _measured(
    context: Context,
    measures: Sequence[Measure],
    observations: Sequence[Observation],
    outer: Sequence[Mention],
    entities: Sequence[Entity],
    acting: dict[int, tuple[Mention, ...]],
    edges: _Edges,
    modality: dict[int, Modality],
) -> None:
    """`measures`: the initiative or document of the figure's clause, else the one its sentence spoke of before, else the actor."""
    kinds = {e.ref: e.type for e in entities}
    things = [m for m in outer if m.kind in (Kind.INITIATIVE, Kind.REGULATION) and m.ref]
    starts = [m.start for m in things]
    for measure, observation in zip(measures, observations, strict=True):
        clause = measure.clause
        sentence = context.sentences[clause.sentence]
        begin = clause.start
        target = _in_clause(context, things, starts, clause, measure)
        body = next((m for m in acting.get(clause.start, ()) if m.ref), None)
        if target is None and body is not None and body.start >= clause.start:
            target = body
        if target is None:
            before = things[bisect_left(starts, sentence.start) : bisect_left(starts, clause.start)]
            if before and _goes_on(context, before[-1], clause, kinds, measure):
                target = before[-1]
                begin = target.start
            elif body is not None:
                target = body
        if target is None or target.ref is None:
            continue
        edges.add(
            observation.ref, "measures", target.ref, Span(begin, clause.end), "", "figure-in-clause",
            modality.get(clause.start, "reported"),
        )  # fmt: skip


#: Kinds of initiative whose figures follow in the next clauses of the sentence: what was built or run is then counted.
_COUNTED_AFTER = ("平台", "专项行动", "活动", "机制", "服务", "制度")
_REACH = 4  # clauses


def _goes_on(
    context: Context, thing: Mention, clause: Clause, kinds: dict[str, str | None], measure: Measure
) -> bool:
    """Whether a figure without a subject of its own still speaks of the initiative before it in the sentence."""
    if thing.kind is Kind.REGULATION:
        if context.text[thing.start] == "《":
            return False
    elif kinds.get(thing.ref or "") not in _COUNTED_AFTER:
        return False
    if measure.figure is None or measure.figure.growth or measure.figure.unit == "年":
        return False
    return context.clauses_between(thing.start, clause.start) <= _REACH


def _in_clause(
    context: Context, things: Sequence[Mention], starts: Sequence[int], clause: Clause, measure: Measure
) -> Mention | None:
    inside = things[bisect_left(starts, clause.start) : bisect_left(starts, clause.end)]
    # 《甲条例》等4部法规草案: the figure counts the documents, it does not measure one of them
    inside = [m for m in inside if not (m.kind is Kind.REGULATION and context.text[m.start] == "《")]
    if not inside:
        return None
    return min(inside, key=lambda m: (min(abs(m.start - measure.span.end), abs(measure.span.start - m.end)), m.start))


def _recognitions(
    context: Context, rules: RelateRules, mentions: Sequence[Mention], edges: _Edges
) -> tuple[Recognition, ...]:
    """Honours (`被评为“…示范单位”`, with or without the one who gave it) and praise (`受到司法部肯定`)."""
    found: list[Recognition] = []
    for statement in edges.statements():
        if statement.predicate == "recognisedBy":
            span = statement.evidence[0]
            found.append(Recognition(statement.subject, statement.object, statement.trigger, None, span, span))
    for mention in mentions:
        if mention.rule != "quoted-award" or mention.ref is None:
            continue
        clause = context.clause_at(mention.start)
        if clause is None:
            continue
        match = rules.award.search(context.text, clause.start, mention.start)
        subject = next(
            (
                m.ref
                for m in mentions
                if m.kind in (Kind.PLACE, Kind.DEPARTMENT, Kind.INITIATIVE) and m.ref and clause.start <= m.start < mention.start
            ),
            None,
        )
        found.append(
            Recognition(
                subject, None, match.group() if match else "", context.report.text[mention.start : mention.end],
                Span(mention.start, mention.end), Span(clause.start, clause.end),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda r: (r.span, r.thing or "", r.recogniser or "")))
