"""Indicators: value expressions with the name of what they measure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kg.model import Rank, Span
from kg.quantity import NUMBER, Figure
from kg.recognise.context import Clause, Context, Item
from kg.recognise.ranks import RankRules, ranks
from kg.recognise.spans import Spans
from kg.rulebook import Rulebook
from kg.sought import PUNCTUATION, Everywhere
from kg.words import cut

TABLE_CELL = "table-cell"  # the rule of figures that stand in tables
_LONGEST = 60  # characters of a name that are kept
_LONG_NAME = 18  # characters from which on a name begins at its last verb
_LONG_LEFT = 14  # words before a figure that are longer are the clause's subject and no part of the name
# 废止《甲》(某发〔2016〕31号)等|规范性文件12件, 开展“甲”、“乙”等|活动26场: the examples are no part of the name
_LISTED_NAMES = re.compile(
    r"(?:[“《][^“”《》]*[”》](?:\([^()]*\))?[\u4e00-\u9fff]{0,6}[、和及]?)+等(?=[\u4e00-\u9fff])"
)
_SHORTEST_NAME = 2
_TAIL = 12  # characters of a tail that names in a list may share


class Measure(NamedTuple):
    """A figure with its name, before it becomes an observation. `figure` is None for a rank that stands alone."""

    span: Span
    figure: Figure | None
    name: str
    clause: Clause
    rule: str
    rank: Rank | None = None
    period: str | None = None  # a year other than the report's
    scope: str | None = None  # 全市, as written
    compared_with: Span | None = None  # the figure a rate of growth is said of
    part_of: Span | None = None  # the total that 其中 splits


@dataclass(frozen=True)
class FigureRules:
    """The compiled rules of indicators.yaml."""

    link: re.Pattern[str]
    having: re.Pattern[str]
    link_ends: frozenset[str]  # the last characters of what `link` takes off
    link_to: re.Pattern[str]
    goes_on: re.Pattern[str]
    lead: re.Pattern[str]
    lead_letters: frozenset[str]  # the words of `lead` that are one character
    keep_head: re.Pattern[str]
    keep_tail: re.Pattern[str]
    apart: re.Pattern[str]
    growth_base: re.Pattern[str]
    growth_suffix: str
    growth_name: re.Pattern[str]
    growth_units: frozenset[str]  # in which a rise is a rate
    growth_count: tuple[str, ...]  # what a rise and a fall of anything else are called
    durations: frozenset[str]
    every: tuple[str, ...]
    predicate: tuple[str, ...]
    scope: re.Pattern[str]
    year: re.Pattern[str]
    among: re.Pattern[str]
    examples: re.Pattern[str]
    link_of: str
    total: re.Pattern[str]
    new: re.Pattern[str]
    ranks: RankRules
    rank_gap: re.Pattern[str]

    @classmethod
    def of(cls, rulebook: Rulebook) -> FigureRules:
        """Compile the lists and patterns once."""
        alt = rulebook.alternation
        suffix = rulebook.word("growth_suffix")
        return cls(
            link=re.compile(rf"(?:{alt('link')}|(?:19|20)\d\d{alt('year_unit')}|[ ,、:])+$"),
            having=re.compile(alt("having")),
            link_ends=frozenset({word[-1] for word in rulebook.words("link", "year_unit")} | set(" ,、:\n")),
            link_to=re.compile(alt("link_to")),
            goes_on=re.compile(alt("conjunction_after")),
            lead=rulebook.union("figure-lead"),
            lead_letters=frozenset(w for w in rulebook.words("lead", "adverb", "scope") if len(w) == 1),
            keep_head=re.compile(alt("keep_head")),
            keep_tail=re.compile(rf"{alt('keep_tail')}$"),
            apart=re.compile(alt("respectively")),
            growth_base=re.compile(rf"(?:{alt('growth_base')})+$"),
            growth_suffix=suffix,
            growth_name=re.compile(rf"{alt('growth_name_base')}?{re.escape(suffix)}$"),
            growth_units=frozenset(rulebook.words("growth_unit")),
            growth_count=rulebook.words("growth_count"),
            durations=frozenset(rulebook.words("duration_unit")),
            every=rulebook.words("every"),
            predicate=rulebook.words("figure_predicate"),
            scope=re.compile(alt("figure_scope")),
            year=re.compile(rf"(?<!\d)((?:19|20)\d\d)(?={alt('year_unit')})"),
            among=re.compile(alt("among")),
            total=re.compile(alt("total_word")),
            new=re.compile(rf"^(?:{alt('new_prefix')})"),
            link_of=rulebook.word("link_of"),
            examples=rulebook.union("figure-examples"),
            ranks=RankRules.of(rulebook),
            rank_gap=re.compile(rf"^{alt('rank_gap')}+$"),
        )

    def name(self, raw: str) -> str:
        """What is left of the words before a figure without linking words at the end and adverbs at the beginning."""
        text = self.examples.sub("", raw.strip())
        for _ in range(4):
            linked = text[-1:] in self.link_ends and not self.keep_tail.search(text)
            shorter = self.link.sub("", text) if linked else text
            shorter = shorter.strip() if self.keep_head.match(shorter) else self._without_lead(shorter).strip()
            if shorter == text:
                break
            text = shorter
        return _balanced(text.strip("、,;: "))

    def _without_lead(self, text: str) -> str:
        """Take off the adverbs at the beginning; one of a single character only where it is a word: 能 of 能源 is none."""
        lead = self.lead.match(text)
        if lead is None:
            return text
        end = lead.end()
        if end < len(text) and text[end - 1] in self.lead_letters:
            words = cut(text)
            if not words.boundary(end):
                end = words.word_over(end)
        return text[end:]

    def name_after(self, raw: str) -> str:
        """What the words after a figure name; empty where a list or a clause goes on there."""
        text = raw.strip()
        if text.startswith(("、", ",", ")", "(")) or (self.goes_on.match(text) and cut(text).boundary(1)):
            return ""
        if self.link_to.match(text):  # 从3826.5亿元增长到4398.6亿元
            return ""
        return text.removeprefix("的").removesuffix("的").strip("、,;: ")


def _balanced(text: str) -> str:
    """Take off brackets that are not closed or were not opened: 含上年度结转申请 of (含上年度结转申请."""
    while text[:1] == ")" or (text[:1] == "(" and ")" not in text):
        text = text[1:].lstrip()
    while text[-1:] == "(" or (text[-1:] == ")" and text.count("(") < text.count(")")):
        text = text[:-1].rstrip()
    return text.removeprefix("(").removesuffix(")") if text[:1] == "(" and text.find(")") == len(text) - 1 else text


def measures(context: Context, rules: FigureRules, titles: Spans, tables: Spans, names: Spans) -> list[Measure]:
    """Every figure and rank of the prose outside `titles` of documents, `tables` and initiatives' `names`, in order."""
    found: list[Measure] = []
    previous: Measure | None = None  # the last figure of the same sentence
    total: Measure | None = None  # what 其中 splits in this sentence
    quantities = context.lexicon.quantities
    flat, word_end = context.flat, context.words.end_of
    numbers, spoken = Everywhere(NUMBER, flat), Everywhere(quantities.spoken, flat)
    ranked = [set(context.numbers_with(pattern.sought)) for pattern in rules.ranks.patterns]
    # behind a heading that runs into its text stands no mark: what follows there is no part of the clause
    open_ended = {
        number
        for number, clause in enumerate(context.clauses)
        if not quantities.spoken.unbroken or flat[clause.end : clause.end + 1] not in PUNCTUATION
    }
    counting = {*context.numbers_at(numbers.starts), *context.numbers_at(spoken.starts), *open_ended}
    for number in sorted(counting.union(*ranked)):
        clause = context.clauses[number]
        start, end = clause.start, clause.end
        said = None if number in open_ended else spoken.within(start, end)
        figures = [
            f
            for f in quantities.figures(flat, start, end, word_end, numbers.within(start, end), said)
            if not (titles.overlaps(f.start, f.end) or tables.overlaps(f.start, f.end) or names.hold(f.start, f.end))
        ]
        patterns = [p for p, may_match in zip(rules.ranks.patterns, ranked, strict=True) if number in may_match]
        placed = ranks(context, rules.ranks, clause, patterns) if patterns else []
        if previous and previous.clause.sentence != clause.sentence:
            previous = None
        if not figures and not placed:
            continue
        named = [end for measure in _named(context, rules, clause, figures, previous, found) for end in _ends(measure)]
        total = _total(context, rules, clause, found, total)
        named = [_placed(context, rules, measure, total) for measure in named]
        alone = _ranked(context, rules, clause, named, placed, found, previous)
        found += sorted([*named, *alone], key=lambda m: (m.span.start, m.span.end))
        if named:
            previous = named[-1]
    return found


def _ends(measure: Measure) -> tuple[Measure, ...]:
    """Return a range as the two measures of its ends, any other measure alone."""
    if measure.figure is None or measure.figure.high is None:
        return (measure,)
    return tuple(measure._replace(span=Span(end.start, end.end), figure=end) for end in measure.figure.ends())


def _total(
    context: Context, rules: FigureRules, clause: Clause, found: list[Measure], total: Measure | None
) -> Measure | None:
    """The figure that 其中 splits: the last one before it in its sentence; it stays the total to the sentence's end."""
    if total and total.clause.sentence != clause.sentence:
        total = None
    sentence = context.sentences[clause.sentence]
    opening = context.text[max(sentence.start, clause.start - 4) : clause.start + 4]
    if not rules.among.search(opening):
        return total
    before = [m for m in found if m.clause.sentence == clause.sentence and m.figure and not m.figure.growth]
    return total or (before[-1] if before else None)


def _placed(context: Context, rules: FigureRules, measure: Measure, total: Measure | None) -> Measure:
    """The figure with its scope (全市), its period where it is another year than the report's, and its total."""
    sentence = context.sentences[measure.clause.sentence]
    scopes = list(rules.scope.finditer(context.flat, sentence.start, measure.span.start))
    years = [int(y) for y in rules.year.findall(context.flat, measure.clause.start, measure.span.start)]
    period = f"{years[-1]}" if years and years[-1] != context.report.year else None
    part = None
    if total and total.figure and measure.figure and total.span.end <= measure.span.start:
        same = total.figure.unit == measure.figure.unit and not measure.figure.growth
        part = total.span if same and measure.figure.value <= total.figure.value else None
    scope = scopes[-1].group() if scopes else None
    return Measure(
        measure.span,
        measure.figure,
        measure.name,
        measure.clause,
        measure.rule,
        measure.rank,
        period,
        scope,
        measure.compared_with,
        part,
    )


def _named(
    context: Context,
    rules: FigureRules,
    clause: Clause,
    figures: list[Figure],
    previous: Measure | None,
    found_before: list[Measure],
) -> list[Measure]:
    """Give each figure of a clause its name: from before it, from behind it, from both, or from the figure before."""
    if not figures:
        return []
    respective = _respectively(context, rules, clause, figures, found_before)
    if respective:
        return respective
    found: list[Measure] = []
    shared = ""
    told = 0  # where the words end that name the last figure from behind
    for number, figure in enumerate(figures):
        low = figures[number - 1].end if number else clause.start
        left_raw, right_raw = _around(context, clause, figures, number)
        if number and (having := rules.having.search(left_raw)):
            left_raw = left_raw[having.end() :]  # 32个执法部门共有|执法人员1126人
        if number + 1 < len(figures) and (having := rules.having.search(right_raw, _SHORTEST_NAME)):
            right_raw = right_raw[: having.start()]
        if number and (
            left_raw.rstrip().endswith(rules.link_of) or told >= figure.start - len(left_raw) + len(left_raw.rstrip())
        ):
            left_raw = ""  # 27个部门单位的|278项行政许可事项: the words belong to the figure before
        left = rules.name(left_raw)
        if not left and len(figures) > 1:
            right_raw = _one_phrase(context, rules, figure.end, right_raw)
        right = rules.name_after(right_raw)
        told = figure.end + len(right_raw.rstrip()) if right else 0
        last = found[-1] if found else previous
        base = None
        if figure.growth:
            name = _growth_name(rules, left, figure, last)
            rule = "growth"
            counted = last and last.figure and not last.figure.growth and last.figure.unit not in rules.durations
            if last and counted and not rules.growth_base.sub("", left):
                base = _ends(last)[0].span  # 新收471件,同比增长7.3%: the rate is said of the figure before it
        elif not left and not right:
            name, rule = (last.name if last else ""), "elided-name"
            if name and (total := rules.total.search(left_raw)):
                name = rules.new.sub("", name) + total.group()  # 新增市场主体1.2万户,总量7.3万户
        elif not left:
            name, rule = (shared + right if number and shared else right), "name-after"
        elif not right:
            name, rule = _from_verb(context, rules, left, low, figure.start), "name-before"
        elif _is_verb(context, figure.start, low):
            name, rule = left + right, "verb-and-object"
            shared = left
        elif len(left) > _LONG_LEFT:
            named_after = len(right) >= 2 and not right.startswith(rules.predicate)
            name, rule = (right if named_after else left), "name-after"
        else:
            name, rule = left + right, "name-around"
        if not number and rule != "verb-and-object":
            shared = ""
        name = name or _clause_name(rules, context.text, clause, figure)
        found.append(Measure(Span(figure.start, figure.end), figure, name[:_LONGEST], clause, rule, compared_with=base))
    return found


def _one_phrase(context: Context, rules: FigureRules, at: int, right: str) -> str:
    """The words behind a figure up to a predicate or a 的: 278项|行政许可事项|统一划入…, 27个|部门单位|的."""
    end = at + len(right)
    for item in context.items_in(at, end):
        verb = "launch" in item.lists and context.words.tag_at(item.start) in ("v", "d", "ad")
        if item.start - at >= _SHORTEST_NAME and (verb or "adverb" in item.lists) and _phrase_ends(context, item):
            return context.text[at : item.start].rstrip()
    return right[: -len(rules.link_of)] if right.rstrip().endswith(rules.link_of) else right


def _phrase_ends(context: Context, item: Item) -> bool:
    """Whether an adverb or a verb behind a noun is its predicate: not 和, and no part of a longer word."""
    return "joining" not in item.lists and context.words.boundary(item.start)


def _around(context: Context, clause: Clause, figures: list[Figure], number: int) -> tuple[str, str]:
    """The words between a figure and its neighbours: what is before it and after it, parted at the last separator."""
    text, separator = context.text, context.lexicon.separator
    figure = figures[number]
    low = figures[number - 1].end if number else clause.start
    high = figures[number + 1].start if number + 1 < len(figures) else clause.end
    left, right = text[low : figure.start], text[figure.end : high]
    if number + 1 < len(figures):
        marks = list(separator.finditer(right))
        if marks:
            right = right[: marks[0].start() if marks[0].start() == 0 else marks[-1].start()]
    if number:
        # 、调解和终止7件: a separator right behind the figure before it opens the name, others are part of it
        opening = left.lstrip()
        lead = separator.match(opening)
        marks = list(separator.finditer(left))
        if lead:
            left = opening[lead.end() :]
        elif marks:
            left = left[marks[-1].end() :]
    return left, right


def _from_verb(context: Context, rules: FigureRules, left: str, low: int, at: int) -> str:
    """A long name begins at its last launch verb: `结合…宣传周等|开展宣传活动`20余场次."""
    if len(left) <= _LONG_NAME:
        return left
    for item in reversed(context.items_in(low, at)):
        if "launch" in item.lists and not context.words.tag_at(item.start).startswith(("vn", "n")):
            shorter = rules.name(context.text[item.start : at])
            return shorter if 4 <= len(shorter) < len(left) else left
    return left


def _clause_name(rules: FigureRules, text: str, clause: Clause, figure: Figure) -> str:
    """The clause without the figure, for a figure that nothing else names."""
    rest = f"{text[clause.start : figure.start]}{text[figure.end : clause.end]}"
    return rules.name(rest) or rest.strip() or text[figure.start : figure.end]


def _respectively(
    context: Context, rules: FigureRules, clause: Clause, figures: list[Figure], before: list[Measure]
) -> list[Measure] | None:
    """`A、B和C分别达90%、93.5%和98%`: the names before 分别 and the figures after it, one to one.

    `A9836户、B3.2万户,分别增长12.4%、20.7%`: where no name is before 分别, the last figures give theirs.
    """
    text = context.text
    match = rules.apart.search(context.flat, clause.start, figures[0].start)
    if match is None or len(figures) < 2:
        return None
    said = text[clause.start : match.start()]
    whole = rules.name(rules.growth_base.sub("", said))
    names = [n for n in context.lexicon.separator.split(whole) if n.strip()]
    # 工业、农业和服务业增加值: a separator inside a name; without a sure pairing all share the whole phrase
    names = _share_tail(names) if len(names) == len(figures) else [whole] * len(figures)
    growth, base = figures[0].growth, figures[0].base
    against = rules.growth_base.search(said)
    if growth and not base and against:
        base = against.group()  # 同比|分别增长12%、8%
    bases: list[Span | None] = [None] * len(figures)
    last = [m for m in before[-len(figures) :] if clause.sentence - m.clause.sentence <= 1 and m.figure]
    if not whole and len(last) == len(figures):
        names = [m.name for m in last]
        bases = [m.span if growth else None for m in last]
    found = []
    for name, figure, compared in zip(names, figures, bases, strict=True):
        label = name or _clause_name(rules, text, clause, figure)
        if growth:
            label = f"{label}{base}{rules.growth_suffix}"
        if growth and not figure.growth:
            value = figure.value if growth > 0 else -figure.value
            figure = figure._replace(growth=growth, value=value, base=base)
        found.append(
            Measure(Span(figure.start, figure.end), figure, label, clause, "respectively", compared_with=compared)
        )
    return found


def _share_tail(names: list[str]) -> list[str]:
    """`新兴产业、高新技术产业产值占比` → both get 产值占比 where the last name holds the first one's last word."""
    last = names[-1]
    shared = []
    for name in names[:-1]:
        at = last.rfind(name[-2:])
        shared.append(name + last[at + 2 :] if at > 0 and len(last) - at - 2 <= _TAIL else name)
    return [*shared, last]


def _ranked(
    context: Context,
    rules: FigureRules,
    clause: Clause,
    named: list[Measure],
    placed: Sequence[Rank],
    found: list[Measure],
    previous: Measure | None,
) -> list[Measure]:
    """Give each rank to the figures it is said of, in `named` or `found`; those with a name of their own come back."""
    alone: list[Measure] = []
    for rank in placed:
        at = max((i for i, m in enumerate(named) if m.span.end <= rank.span.start), default=-1)
        before = named[at] if at >= 0 else None
        low = before.span.end if before else clause.start
        gap = rules.rank_gap.sub("", rules.name(context.text[low : rank.span.start]))
        if not gap and before and not (before.figure and before.figure.unit in rules.durations):
            named[at] = before._replace(rank=rank)
        elif not gap and not before and previous and previous.figure:
            every = context.text[clause.start : rank.span.start + 1].startswith(rules.every)
            for i in range(len(found) - 1, -1, -1):
                if found[i].clause is not previous.clause or (not every and found[i] is not previous):
                    break
                found[i] = found[i]._replace(rank=rank)
        else:
            subject = gap or (before.name if before else "") or (previous.name if previous else "")
            subject = subject or context.text[rank.span.start : rank.span.end]
            alone.append(Measure(rank.span, None, subject[:_LONGEST], clause, "rank-alone", rank))
    return alone


def _growth_name(rules: FigureRules, left: str, figure: Figure, last: Measure | None) -> str:
    name = rules.growth_base.sub("", left) or (last.name if last else "")
    name = rules.growth_name.sub("", name) or name
    # 比上年减少203件 is no rate
    suffix = rules.growth_suffix if figure.unit in rules.growth_units else rules.growth_count[figure.growth < 0]
    return f"{name}{figure.base}{suffix}"


def _is_verb(context: Context, at: int, low: int) -> bool:
    """Whether what stands before the figure ends with a verb (`召开4次…`, `全年公开各类文件146件` not)."""
    items = context.items_in(max(low, at - 8), at)
    if items and items[-1].end >= at - 1 and "launch" in items[-1].lists:
        return True
    words = context.words
    for start in range(at - 1, max(low, at - 5) - 1, -1):
        if start in words.edges:
            return words.tag_at(start).startswith("v") and words.end_of(start) >= at
    return False
