"""Figures as observations, and the initiative, document or body that each of them measures."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.model import Entity, Kind, MeasureKind, Mention, Modality, Observation, Quantity, Span
from kg.quantity import Figure
from kg.recognise.context import Context
from kg.recognise.figures import TABLE_CELL, Measure
from kg.relate.actors import Acting
from kg.relate.edges import Edges
from kg.rulebook import Rulebook

_REACH = 2  # clauses over which a figure still speaks of the initiative before it


@dataclass(frozen=True)
class MeasuredRules:
    """The lists about kinds of figures and what they count."""

    points: frozenset[str]
    rates: frozenset[str]
    durations: frozenset[str]
    counted_after: frozenset[str]
    not_measured: frozenset[str]

    @classmethod
    def of(cls, rulebook: Rulebook) -> MeasuredRules:
        """Read the lists once."""
        return cls(
            points=frozenset(rulebook.words("points_unit")),
            rates=frozenset(rulebook.words("rate_unit")),
            durations=frozenset(rulebook.words("duration_unit")),
            counted_after=frozenset(rulebook.words("counted_after")),
            not_measured=frozenset(rulebook.words("not_measured")),
        )

    def kind(self, figure: Figure | None) -> MeasureKind:
        """What sort of figure it is, by its unit and by the words of growth before it."""
        if figure is None:
            return "level"
        if figure.unit in self.points:
            return "points"
        if figure.growth:
            return "growth"
        return "rate" if figure.unit in self.rates else "level"


def observation(
    context: Context, rules: MeasuredRules, measure: Measure, modality: Mapping[int, Modality]
) -> Observation:
    """The observation of a figure, or of a rank that stands alone and has no value."""
    figure = measure.figure
    raw = context.report.text[measure.span.start : measure.span.end]
    quantity = Quantity(figure.value, figure.unit, figure.bound, raw) if figure else Quantity(None, "", "=", raw)
    return Observation(
        span=measure.span,
        name=measure.name,
        quantity=quantity,
        measure=rules.kind(figure),
        modality=modality.get(measure.clause.start, "reported"),
        evidence=Span(measure.clause.start, measure.clause.end),
        rule=measure.rule,
        period=measure.period,
        scope=measure.scope,
        compared_with=_ref(measure.compared_with),
        part_of=_ref(measure.part_of),
        rank=measure.rank,
    )


def _ref(span: Span | None) -> str | None:
    """The ref of the observation at a span (`Observation.ref`)."""
    return f"{Kind.INDICATOR}|{span.start},{span.end}" if span else None


def relate_figures(
    context: Context,
    rules: MeasuredRules,
    measures: Sequence[Measure],
    observations: Sequence[Observation],
    outer: Sequence[Mention],
    entities: Sequence[Entity],
    acting: Acting,
    edges: Edges,
) -> None:
    """Add `measures` for every figure that is about something named.

    That is the nearest initiative or document of its clause, else a body that acts there, else the initiative its
    sentence spoke of before, else the actor inherited from there.
    """
    types = {e.ref: e.type for e in entities}
    things = [m for m in outer if m.kind in (Kind.INITIATIVE, Kind.REGULATION) and m.ref]
    starts = [m.start for m in things]
    for measure, observed in zip(measures, observations, strict=True):
        if measure.rule == TABLE_CELL:
            continue  # a cell is about its row and column
        clause = measure.clause
        sentence = context.sentences[clause.sentence]
        inside = things[bisect_left(starts, clause.start) : bisect_left(starts, clause.end)]
        before = things[bisect_left(starts, sentence.start) : bisect_left(starts, clause.start)]
        body = next((m for m in acting.get(clause.start, ()) if m.ref and m.start < measure.span.start), None)
        target = _nearest(context, inside, measure)
        begin = clause.start
        if target is None:
            if before and _goes_on(context, rules, before[-1], types, measure):
                target = before[-1]
                begin = target.start
            elif body is not None and types.get(body.ref or "") not in rules.not_measured:
                target = body
        if target is not None and target.ref is not None:
            edges.add(
                observed.ref,
                "measures",
                target.ref,
                evidence=Span(begin, clause.end),
                rule="figure-in-clause",
                modality=observed.modality,
            )


def _nearest(context: Context, inside: Sequence[Mention], measure: Measure) -> Mention | None:
    """The initiative or unbracketed document next to the figure."""
    # 《甲条例》等4部法规草案: the figure counts the documents, it does not measure one of them
    things = [m for m in inside if not _bracketed(context, m)]
    start, end = measure.span.start, measure.span.end
    return min(things, key=lambda m: (min(abs(m.start - end), abs(start - m.end)), m.start), default=None)


def _goes_on(
    context: Context, rules: MeasuredRules, thing: Mention, types: Mapping[str, str | None], measure: Measure
) -> bool:
    """Whether a figure without a subject of its own still speaks of the thing before it in the sentence."""
    if thing.kind is Kind.REGULATION:
        if _bracketed(context, thing):
            return False
    elif types.get(thing.ref or "") not in rules.counted_after:
        return False
    figure = measure.figure
    if figure is None or figure.growth or figure.unit in rules.durations:
        return False
    return context.clauses_between(thing.start, measure.clause.start) <= _REACH


def _bracketed(context: Context, thing: Mention) -> bool:
    numbered = thing.rule in ("document-number", "decree-number")
    return thing.kind is Kind.REGULATION and (numbered or context.text[thing.start] == "《")
