"""Figures as observations, and the initiative, document or body that each of them measures."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.model import Entity, Kind, MeasureKind, Mention, Modality, Observation, Quantity, Span
from kg.quantity import Figure
from kg.recognise.context import Clause, Context, Item
from kg.recognise.figures import TABLE_CELL, Measure
from kg.recognise.references import SECTOR_LIST
from kg.relate.actors import Acting
from kg.relate.edges import Edges
from kg.rulebook import Rulebook

_QUANTITY = 7  # characters of the name of a quantity: 数据实时共享率
_BEHIND = 2  # characters between a document and a figure that is about it, not a count of it: 《通知》12份
_REACH = 2  # clauses over which a figure still speaks of the initiative before it


@dataclass(frozen=True)
class MeasuredRules:
    """The lists about kinds of figures and what they count."""

    points: frozenset[str]
    rates: frozenset[str]
    durations: frozenset[str]
    counted_after: frozenset[str]
    not_measured: frozenset[str]
    about_document: re.Pattern[str]
    counts: re.Pattern[str]
    goal: re.Pattern[str]
    general: frozenset[str]
    measured_anyway: re.Pattern[str]
    measured_far: frozenset[str]
    means: frozenset[str]
    apposition: re.Pattern[str]

    @classmethod
    def of(cls, rulebook: Rulebook) -> MeasuredRules:
        """Read the lists once."""
        return cls(
            points=frozenset(rulebook.words("points_unit")),
            rates=frozenset(rulebook.words("rate_unit")),
            durations=frozenset(rulebook.words("duration_unit")),
            counted_after=frozenset(rulebook.words("counted_after")),
            not_measured=frozenset(rulebook.words("not_measured")),
            about_document=re.compile(rulebook.alternation("about_document")),
            counts=re.compile(rulebook.alternation("counts_documents")),
            goal=re.compile(rulebook.alternation("goal")),
            general=frozenset(rulebook.words("title_general")),
            measured_far=frozenset(rulebook.words("measured_far")),
            means=frozenset(rulebook.words("means")),
            apposition=re.compile(rf"[\u4e00-\u9fff]{{0,4}}?{rulebook.alternation('apposition')}"),
            measured_anyway=re.compile(rf"{rulebook.alternation('measured_anyway')}$"),
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

    That is the nearest initiative or document of its clause, else what the clause before spoke of, over a chain of
    clauses that all count (开展“百日攻坚”行动，检查3260家，立案27起，罚款15万元), else a body that acts there.
    """
    types = {e.ref: e.type for e in entities}
    counts = {m.span.end: m.span for m in measures if m.figure is not None}
    things = [m for m in outer if m.kind in (Kind.INITIATIVE, Kind.REGULATION) and m.ref]
    starts = [m.start for m in things]
    chain: Mention | None = None  # what the last clause with a figure was about
    counted: Clause | None = None  # that clause
    told: dict[int, Mention] = {}  # what the figures of a clause are about, by its start
    for measure, observed in zip(measures, observations, strict=True):
        if measure.rule == TABLE_CELL:
            continue  # a cell is about its row and column
        clause = measure.clause
        sentence = context.sentences[clause.sentence]
        inside = things[bisect_left(starts, clause.start) : bisect_left(starts, clause.end)]
        before = things[bisect_left(starts, sentence.start) : bisect_left(starts, clause.start)]
        body = next((m for m in acting.get(clause.start, ()) if m.ref and m.start < measure.span.start), None)
        own_body = body is not None and body.start >= clause.start
        target = _nearest(context, rules, inside, measure, counts)
        begin = clause.start
        duration = measure.figure is not None and measure.figure.unit in rules.durations
        if target is None and not own_body and not duration and not rules.goal.match(context.text, clause.start):
            continues = _continues(context, measure) and not _another(context, measure)
            if continues and chain is not None and counted is not None and _follows(context, counted, clause):
                target = chain
            elif before:
                target = _spoken_of(context, rules, before, types, measure, continues, told)
            begin = min(begin, target.start) if target else begin
        if (not inside and counted is not clause) or target is not None:
            chain, counted = target, clause
        if target is not None:
            told[clause.start] = target
        # 公安、人社等部门业务进驻: whose business it is, not what is counted
        measured_body = (
            body is not None
            and body.rule != SECTOR_LIST
            and (
                types.get(body.ref or "") not in rules.not_measured
                or (own_body and rules.measured_anyway.search(context.text, body.start, body.end) is not None)
            )
        )
        if (
            target is None
            and body is not None
            and measured_body
            and (own_body or (_same_actor(context, measure) and _reaches(context, rules, body, types, clause)))
        ):
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


def _continues(context: Context, measure: Measure) -> bool:
    """Whether a clause goes on counting what was spoken of: 检查3260家, 满意率98%; no new action, no new subject.

    It begins, after adverbs, with a verb that launches nothing, or says only the name of a quantity.
    """
    at = measure.clause.start
    while (item := context.item_at(at)) is not None and item.lists & {"adverb", "scope"} and "launch" not in item.lists:
        at = item.end
    if at >= measure.span.start:
        return False  # 32个执法部门共有执法人员1126人: another subject
    item = context.item_at(at)
    if item is not None and "launch" in item.lists:
        return False
    return measure.span.start - at <= _QUANTITY or context.words.tag_at(at).startswith("v")


def _another(context: Context, measure: Measure) -> bool:
    """Whether a clause counts something else by its scope (全市信访量120件), or tells how that grew (收入增长5%)."""
    first = context.item_at(measure.clause.start)
    grown = measure.figure is not None and bool(measure.figure.growth) and measure.compared_with is None
    return grown or (first is not None and "scope" in first.lists)


def _same_actor(context: Context, measure: Measure) -> bool:
    """Whether a clause may go on with the actor before it: it begins with a verb, or with the name of a quantity."""
    at = measure.clause.start
    while (item := context.item_at(at)) is not None and item.lists & {"adverb", "scope"} and "launch" not in item.lists:
        at = item.end
    launched = item is not None and "launch" in item.lists
    return launched or measure.span.start - at <= _QUANTITY or context.words.tag_at(at).startswith(("v", "p"))


def _reaches(
    context: Context, rules: MeasuredRules, body: Mention, types: Mapping[str, str | None], clause: Clause
) -> bool:
    """Whether a figure is still about a body: up to the next clause, or on where that is what it is for."""
    return types.get(body.ref or "") in rules.measured_far or context.clauses_between(body.start, clause.start) <= 1


def _follows(context: Context, last: Clause, clause: Clause) -> bool:
    """Whether a clause is the same as, or the next after, the last one that counted, in one sentence."""
    if last.sentence != clause.sentence:
        return False
    return last == clause or context.clauses_between(last.start, clause.start) <= 1


def _spoken_of(
    context: Context,
    rules: MeasuredRules,
    before: Sequence[Mention],
    types: Mapping[str, str | None],
    measure: Measure,
    continues: bool,
    told: Mapping[int, Mention],
) -> Mention | None:
    """What the clause before speaks of: one initiative, or a document that the figure's clause goes on about.

    Of an initiative that is there to be counted (a platform, a campaign) also where a new verb begins (`continues` is
    not so): 建成一体化平台，实现1659个村贯通.
    """
    number = next((n for n in reversed(range(len(before))) if not _is_means(context, rules, before[n])), None)
    if number is None:  # 依托“浙里办”平台,网上申请占比升至63%: nothing else is done
        number = len(before) - 1
        if _opens(context, measure.clause):
            return None
    thing = before[number]
    others = context.clauses_inside(thing.start, measure.clause.start)
    further = [c for c in others if not _says_means(context, rules, c)]
    distance = len(further) + 1
    last = before[number - 1] if number and before[number - 1].kind is thing.kind else None
    between = context.text[last.end : thing.start] if last else None
    if between is not None and (not between or context.lexicon.separator.fullmatch(between)):
        return None  # 开展A行动、B行动, 《甲》《乙》: the figure is about both or neither
    if _bracketed(context, thing):
        # 发布《清单》，涵盖7个领域45项
        about = rules.about_document.match(context.text, measure.clause.start)
        return thing if distance == 1 and (about or _same_noun(context, rules, thing, measure)) else None
    if thing.kind is Kind.REGULATION or any(_opens(context, c) and told.get(c.start) is not thing for c in further):
        return None  # 开展A活动,举办讲座,覆盖200人: it is the lecture's
    counted = types.get(thing.ref or "") in rules.counted_after and measure.figure and not measure.figure.growth
    if counted:
        first = context.item_at(measure.clause.start)
        whole = first is not None and "scope" in first.lists  # 全市信访量120件
        return thing if distance <= (_REACH if continues else 1) and not whole else None
    return thing if continues and distance == 1 else None


def _is_means(context: Context, rules: MeasuredRules, thing: Mention) -> bool:
    """Whether a thing is what was made use of, not what was done: 利用|监测系统, 结合|学习教育."""
    clause = context.clause_at(thing.start)
    items = context.items_in(clause.start, thing.start) if clause else ()
    verbs = [i for i in items if i.lists & {"launch", "preposition"}]
    return bool(verbs) and context.text[verbs[-1].start : verbs[-1].end] in rules.means


def _opening(context: Context, clause: Clause) -> Item | None:
    """The verb or preposition that a clause opens with, after adverbs."""
    at = clause.start
    while (item := context.item_at(at)) is not None and item.lists & {"adverb", "scope"} and "launch" not in item.lists:
        at = item.end
    return item


def _opens(context: Context, clause: Clause) -> bool:
    """Whether a clause opens with a launch verb."""
    item = _opening(context, clause)
    return item is not None and "launch" in item.lists


def _says_means(context: Context, rules: MeasuredRules, clause: Clause) -> bool:
    """Whether a clause says by what means something is done, and nothing that is done: 利用…监测系统、无人机等."""
    item = _opening(context, clause)
    if item is None or context.text[item.start : item.end] not in rules.means:
        return False
    return not any("launch" in i.lists for i in context.items_in(item.end, clause.end))


def _same_noun(context: Context, rules: MeasuredRules, document: Mention, measure: Measure) -> bool:
    """Whether a figure's clause speaks of what the document is named for: 《裁量基准》,裁量事项由142项增至167项."""
    title = context.text[document.start : document.end].strip("《》")
    clause = context.text[measure.clause.start : measure.clause.end]
    # the noun the title ends with, or the one it is about right before that: 工作 in 工作要点 says nothing
    return title[-2:] in clause or (title[-4:-2] in clause and title[-4:-2] not in rules.general)


def _nearest(
    context: Context, rules: MeasuredRules, inside: Sequence[Mention], measure: Measure, counts: Mapping[int, Span]
) -> Mention | None:
    """The initiative or unbracketed document next to the figure; none that another figure counts (`counts`, by end)."""
    start, end = measure.span.start, measure.span.end
    documents = [m for m in inside if m.kind is Kind.REGULATION]
    # 《甲条例》等4部法规草案: the figure counts the documents, it does not measure one of them
    things = [
        m
        for m in inside
        # 2次|专题讲座和3次警示教育
        if (
            counts.get(m.start, measure.span) == measure.span
            and not _bracketed(context, m)
            and not _counts_them(context, rules, m, measure)
        )
        # 按照《免罚清单》免罚41宗
        or (len(documents) == 1 and start - m.end >= _BEHIND and not rules.counts.match(context.text, m.end))
    ]
    return min(things, key=lambda m: (min(abs(m.start - end), abs(start - m.end)), m.start), default=None)


def _counts_them(context: Context, rules: MeasuredRules, thing: Mention, measure: Measure) -> bool:
    """Whether a figure right behind a list says how many things there are: “甲”模式、乙机制等|6项创新举措."""
    if thing.end > measure.span.start or thing.kind is not Kind.INITIATIVE:
        return False
    between = context.text[thing.end : measure.span.start]
    listed = not between or between[0] in context.lexicon.joiners or rules.counts.match(between) is not None
    return listed and rules.apposition.match(context.text, measure.span.end) is not None


def _bracketed(context: Context, thing: Mention) -> bool:
    numbered = thing.rule in ("document-number", "decree-number")
    return thing.kind is Kind.REGULATION and (numbered or context.text[thing.start] == "《")
