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
_CHARACTER = re.compile(r"\w")
_MOST_LINKS = 8  # words that come off at either end of a name
_LIST = 12  # figures back that one may be compared with
_YEAR_REACH = 3  # characters from a year to the figure that is of it: 由2020|年的|7.2%
_LONGEST_SUBJECT = 24  # characters of a clause that names what an elided subject is
_STOPS = ("", "\n", "。", ";", ")", "(", "”", " ", "　")
_TAIL = 20  # characters of a tail that names in a list may share
_PAIR = 2
_PLAIN = (
    "name-before",
    "elided-name",
    "growth",
    "respectively",
    "share",
    "rank-alone",
)  # rules of names that are nouns
_NO_UNIT = re.compile(r"(?:\d+(?:\.\d+)?[、和与])+$")


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
    step: re.Pattern[str]
    fixed: re.Pattern[str]
    lead: re.Pattern[str]
    lead_letters: frozenset[str]  # the words of `lead` that are one character
    lead_counting: frozenset[str]
    lead_always: frozenset[str]
    launch: re.Pattern[str]
    keep_head: re.Pattern[str]
    keep_tail: re.Pattern[str]
    apart: re.Pattern[str]
    growth_base: re.Pattern[str]
    growth_suffix: str
    growth_name: re.Pattern[str]
    about: re.Pattern[str]
    rates: frozenset[str]
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
    listing: re.Pattern[str]
    pairs: tuple[tuple[str, tuple[str, ...]], ...]  # 城乡: 城镇, 农村
    measured: re.Pattern[str]  # the end of a name that says what is measured
    trades: frozenset[str]
    kinds: frozenset[str]  # last characters of names of a kind: 型, 级
    ordinal: re.Pattern[str]
    heads: re.Pattern[str]  # what of several things is measured
    ratio_heads: re.Pattern[str]
    total: re.Pattern[str]
    new: re.Pattern[str]
    newly: re.Pattern[str]
    increased: re.Pattern[str]
    level: re.Pattern[str]
    relational: re.Pattern[str]
    ratio_end: re.Pattern[str]
    limit: re.Pattern[str]
    compared: re.Pattern[str]
    since: re.Pattern[str]
    share: re.Pattern[str]
    multiple: frozenset[str]
    multiple_of: re.Pattern[str]
    multiple_name: str
    share_end: re.Pattern[str]
    share_names: tuple[str, str]  # what the share of a whole that is named is called, and that of one that is not
    criterion: re.Pattern[str]
    class_of: re.Pattern[str]
    duty: re.Pattern[str]
    deadline: re.Pattern[str]
    points: str
    scope_within: frozenset[str]  # scopes that do not go beyond their clause
    not_scope: re.Pattern[str]
    not_year: re.Pattern[str]  # before a year: it is compared with
    year_from: re.Pattern[str]  # before a year: of the figure right behind it alone
    year_since: re.Pattern[str]
    last_year: re.Pattern[str]
    ranks: RankRules
    rank_gap: re.Pattern[str]
    rank_from: re.Pattern[str]

    @classmethod
    def of(cls, rulebook: Rulebook) -> FigureRules:
        """Compile the lists and patterns once."""
        alt = rulebook.alternation
        suffix = rulebook.word("growth_suffix")
        return cls(
            link=re.compile(rf"(?:{alt('link')}|(?<!{alt('year_compared')})(?:19|20)\d\d{alt('year_unit')}|[ ,、:])$"),
            having=re.compile(alt("having")),
            link_ends=frozenset({word[-1] for word in rulebook.words("link", "year_unit")} | set(" ,、:\n")),
            link_to=re.compile(alt("link_to")),
            step=re.compile(rf"{alt('numeral')}*{alt('step_after')}"),
            fixed=re.compile(alt("fixed_phrase")),
            goes_on=re.compile(alt("conjunction_after")),
            lead=rulebook.union("figure-lead"),
            lead_letters=frozenset(w for w in rulebook.words("lead", "adverb", "scope") if len(w) == 1),
            launch=re.compile(
                "|".join(sorted((re.escape(w) for w in rulebook.words("launch") if len(w) > 1), key=len))
            ),
            lead_always=frozenset(rulebook.words("lead_always")),
            lead_counting=frozenset(rulebook.words("lead_counting")),
            keep_head=re.compile(alt("keep_head")),
            keep_tail=re.compile(rf"{alt('keep_tail')}$"),
            apart=re.compile(alt("respectively")),
            growth_base=re.compile(rf"(?:{alt('growth_base')})+$"),
            growth_suffix=suffix,
            growth_name=re.compile(rf"{alt('growth_name_base')}?{re.escape(suffix)}$"),
            about=re.compile(rf"{alt('about_before', 'over_before', 'under_before')}$"),
            rates=frozenset(rulebook.words("rate_unit", "share_unit")),
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
            newly=re.compile(rf"(?P<new>{alt('new_prefix')})$"),
            increased=re.compile(rf"(?:{alt('growth_count', 'new_prefix')})+$"),
            level=re.compile(rf"(?:{alt('link_to', 'reached_word')})[^,、]{{0,4}}$"),
            relational=re.compile(alt("relational_name")),
            ratio_end=re.compile(rf"(?<=..){alt('measured_ratio')}(?:{alt('link')})*$"),
            limit=re.compile(rf"[\u4e00-\u9fff]{{0,4}}{alt('limit_name')}"),
            compared=rulebook.union("figure-compared"),
            since=rulebook.union("growth-since"),
            share=rulebook.union("figure-share"),
            multiple=frozenset(rulebook.words("multiple_unit")),
            multiple_of=rulebook.union("figure-multiple"),
            multiple_name=rulebook.word("multiple_name"),
            share_end=re.compile(rf"{alt('share_word')}$"),
            share_names=(rulebook.word("share_of"), rulebook.word("share_alone")),
            criterion=re.compile(rf" ?{alt('criterion_after')} ?"),
            class_of=re.compile(
                rf"{alt('link_of')}?[\u4e00-\u9fff]{{1,8}}?{alt('reached_word', 'having', 'count_word')}"
            ),
            duty=re.compile(alt("duty_word")),
            deadline=re.compile(rf"{alt('deadline_after')}$"),
            points=rulebook.word("score_unit"),
            scope_within=frozenset(rulebook.words("scope_within_clause")),
            not_scope=re.compile(alt("not_scope_after")),
            not_year=re.compile(rf"{alt('year_compared')}$"),
            year_from=re.compile(rf"{alt('change_from')}$"),
            year_since=re.compile(rf"(?:19|20)\d\d{alt('year_unit')}{alt('year_part')}?{alt('year_since')}"),
            last_year=re.compile(rf"(?:{alt('year_compared', 'compared_word')})?{alt('last_year')}{alt('link_of')}?$"),
            link_of=rulebook.word("link_of"),
            listing=re.compile(alt("list_mark")),
            pairs=tuple((word, tuple(parts)) for word, *parts in (p.split(":") for p in rulebook.words("paired_word"))),
            kinds=frozenset(rulebook.words("kind_end", "trade_end")),
            trades=frozenset(rulebook.words("trade_end")),
            measured=re.compile(rf"{alt('measured_head', 'measured_ratio', 'measured_end')}$"),
            ordinal=re.compile(rf"{alt('ordinal_before')}{alt('numeral')}"),
            heads=re.compile(rf"{alt('measured_head')}$"),
            ratio_heads=re.compile(rf"{alt('measured_ratio')}$"),
            examples=rulebook.union("figure-examples"),
            ranks=RankRules.of(rulebook),
            rank_gap=re.compile(rf"^{alt('rank_gap')}+$"),
            rank_from=rulebook.union("rank-from"),
        )

    def name(self, raw: str) -> str:
        """What is left of the words before a figure without linking words at the end and adverbs at the beginning."""
        text = self.examples.sub("", raw.strip())
        for _ in range(_MOST_LINKS):
            linked = text[-1:] in self.link_ends and not self.keep_tail.search(text)
            shorter = self.link.sub("", text) if linked else text
            shorter = shorter.strip() if self.keep_head.match(shorter) else self._without_lead(shorter).strip()
            if shorter == text:
                break
            text = shorter
        return _worded(_balanced(text.strip("、,;:| ")))

    def _without_lead(self, text: str) -> str:
        """Take off the adverbs at the beginning, a single character only where it is a word: not 能 of 能源."""
        lead = self.lead.match(text)
        if lead is None:
            return text
        end = lead.end()
        if end < len(text):
            words = cut(text)
            # the segmenter may join 共|制发 to 共制
            counting = text[end - 1] not in self.lead_letters or text[end - 1] in self.lead_counting
            counting = counting and self.launch.match(text, end) is not None
            counting = counting or text[end - 1] in self.lead_always
            if not words.boundary(end) and not counting:
                end = words.word_over(end)
        return text[end:]

    def name_after(self, raw: str) -> str:
        """What the words after a figure name; empty where a list or a clause goes on there."""
        text = raw.strip()
        if text.startswith(("、", ",", ")", "(")) or (self.goes_on.match(text) and cut(text).boundary(1)):
            return ""
        if self.step.match(text):  # 突破百万吨|大关, 9万亿|三个大台阶
            return ""
        if self.link_to.match(text):  # 从3826.5亿元增长到4398.6亿元
            return ""
        return _worded(text.removeprefix("的").removesuffix("的").strip("、,;:| "))


def _worded(name: str) -> str:
    """A name, empty where it is nothing but marks: what a closing ” is left over from names no figure."""
    return name if _CHARACTER.search(name) else ""


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
            if not (titles.overlaps(f.start, f.end) or tables.overlaps(f.start, f.end))
            # a name that would hold a list of counts is none
            and not (names.hold(f.start, f.end) and not rules.listing.match(context.text, f.end))
        ]
        patterns = [p for p, may_match in zip(rules.ranks.patterns, ranked, strict=True) if number in may_match]
        placed = ranks(context, rules.ranks, clause, patterns) if patterns else []
        figures = _counting(context, rules, figures, placed)
        if previous and previous.clause.sentence != clause.sentence:
            previous = None
        if not figures and not placed:
            continue
        named = [
            end
            for measure in _named(context, rules, clause, figures, previous, found, placed)
            for end in _ends(measure)
        ]
        total = _total(context, rules, clause, found, total)
        named = [_placed(context, rules, measure, total) for measure in named]
        alone = _ranked(context, rules, clause, named, placed, found, previous)
        found += sorted([*named, *alone], key=lambda m: (m.span.start, m.span.end))
        if named:
            previous = named[-1]
    return found


def _counting(context: Context, rules: FigureRules, figures: list[Figure], placed: Sequence[Rank]) -> list[Figure]:
    """The figures that measure something: no places of ranks, no criteria, no marks that an evaluation may give."""
    text = context.text
    kept = []
    for number, figure in enumerate(figures):
        following = figures[number + 1].start if number + 1 < len(figures) else None
        if any(rank.span.start <= figure.start and figure.end <= rank.span.end for rank in placed):
            continue  # 居全国前10位
        if following is not None and rules.criterion.fullmatch(text, figure.end, following):
            continue  # 占比超过10%的有|44种
        bounded = figure.bound not in ("=", "≈") and not figure.growth and figure.high is None
        if following is not None and bounded and rules.class_of.fullmatch(text, figure.end, following):
            continue  # 经济总量超千亿元县域达|12个
        if figure.unit == rules.points and text[figure.end : figure.end + 1] == ")":
            opening = text.rfind("(", 0, figure.start)
            alone = opening + 1 == figure.start
            if alone and (text[opening - 1 : opening] in _STOPS or _in_heading(context, figure.start)):
                continue  # 一、政务服务(25分)
        kept.append(figure)
    return kept


def _in_heading(context: Context, at: int) -> bool:
    return any(section.heading_span.start <= at < section.heading_span.end for section in context.sections)


def _subject(rules: FigureRules, last: Measure | None) -> str:
    """What the last figure is said of, without what a rise or an increase adds: 通用机场 of 通用机场增加|11个."""
    if last is None:
        return ""
    name = last.name
    if last.figure is not None and last.figure.growth:
        shorter = name.removesuffix(rules.growth_suffix)
        for word in rules.growth_count:
            shorter = shorter.removesuffix(word)
        shorter = shorter.removesuffix(last.figure.base)
        name = rules.since.sub("", shorter) or shorter or name
    return rules.increased.sub("", name) or name


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
    scope = _scope(context, rules, measure)
    period = measure.period or _period(context, rules, measure)
    part = None
    if total and total.figure and measure.figure and total.span.end <= measure.span.start:
        same = total.figure.unit == measure.figure.unit and not measure.figure.growth
        part = total.span if same and measure.figure.value <= total.figure.value else None
    return measure._replace(period=period, scope=scope, part_of=part)


def _scope(context: Context, rules: FigureRules, measure: Measure) -> str | None:
    """The area that a clause of the sentence begins with: 全市共受理…, not 居全国前列, 高于全国, 全国文明城市."""
    sentence = context.sentences[measure.clause.sentence]
    scope = None
    for match in rules.scope.finditer(context.flat, sentence.start, measure.span.start):
        clause = context.clause_at(match.start())
        if clause is None or rules.not_scope.match(context.flat, match.end()):
            continue
        if clause is not measure.clause and match.group() in rules.scope_within:
            continue
        lead = rules.lead.match(context.flat[clause.start : match.end()].lstrip())
        if lead and lead.end() >= len(context.flat[clause.start : match.start()].strip()):
            scope = match.group()
    return scope


def _period(context: Context, rules: FigureRules, measure: Measure) -> str | None:
    """The year the clause gives before a figure, where it is another than the report's: not the one compared with."""
    flat, start = context.flat, measure.clause.start
    period = None
    for match in rules.year.finditer(flat, start, measure.span.start):
        before = flat[max(start, match.start() - 2) : match.start()]
        if rules.not_year.search(before) or rules.year_since.match(flat, match.start()):
            continue
        if rules.year_from.search(before) and measure.span.start - match.end() > _YEAR_REACH:
            continue  # 由2020年的7.2%提升至|7.4%
        period = match.group(1)
    return None if period is None or int(period) == context.report.year else period


def _named(
    context: Context,
    rules: FigureRules,
    clause: Clause,
    figures: list[Figure],
    previous: Measure | None,
    found_before: list[Measure],
    placed: Sequence[Rank],
) -> list[Measure]:
    """Give each figure of a clause its name: from before it, from behind it, from both, or from the figure before."""
    if not figures:
        return []
    respective = _respectively(context, rules, clause, figures, found_before)
    if respective:
        return respective
    found: list[Measure] = []
    shared = ""
    left_before = ""
    earlier = False
    told = 0  # where the words end that name the last figure from behind
    for number, figure in enumerate(figures):
        low = figures[number - 1].end if number else clause.start
        left_raw, right_raw = _around(context, clause, figures, number, rules)
        if number and (having := rules.having.search(left_raw)):
            left_raw = left_raw[having.end() :]  # 32个执法部门共有|执法人员1126人
        if number + 1 < len(figures) and (having := rules.having.search(right_raw, _SHORTEST_NAME)):
            right_raw = right_raw[: having.start()]
        listed = bool(number) and not left_raw.strip()  # 22个新型城镇化建设试点、|8个整县推进农文旅融合发展试点
        for rank in placed:
            if figure.end <= rank.span.start < figure.end + len(right_raw) and figure.unit not in rules.durations:
                # 24个|省份、规模|居全国前列: the rank's own subject is no part of it
                right_raw = context.lexicon.separator.split(right_raw[: rank.span.start - figure.end])[0]
                right_raw = rules.link.sub("", right_raw)
                break
        if number and (
            left_raw.rstrip().endswith(rules.link_of) or told >= figure.start - len(left_raw) + len(left_raw.rstrip())
        ):
            left_raw = ""  # 27个部门单位的|278项行政许可事项: the words belong to the figure before
        left = rules.name(left_raw)
        shared_with = rules.ratio_end.search(right_raw) if not left and number + 1 < len(figures) else None
        if shared_with:
            right_raw = right_raw[: shared_with.start()]  # 12条|重点产业链项目|占比达|84.4%: the next one takes all
        newly = rules.newly.search(left_raw.rstrip())
        if not left and len(figures) > 1 and not listed:
            right_raw = _one_phrase(context, rules, figure.end, right_raw)
        right = rules.name_after(right_raw)
        told = figure.end + len(right_raw.rstrip()) if right and not shared_with else 0
        last = found[-1] if found else previous
        if figure.growth and last and last.period:
            last = _this_year(context, last, [*found_before[-_LIST:], *found])
        base = None
        period = None
        as_before = bool(number) and figures[number - 1].end == figure.start and earlier  # 相较去年22件|59人
        earlier = bool(as_before or rules.last_year.fullmatch(left_raw.strip(" ,、")))
        if not figure.growth and last and earlier:
            same = [m for m in (*found_before[-_LIST:], *found) if m.clause.sentence == clause.sentence]
            like = [m for m in same if m.figure and not m.figure.growth and m.figure.unit == figure.unit]
            left, right, last = "", "", like[-1] if like else last
            period = f"{context.report.year - 1}" if context.report.year else None
        if figure.growth:
            name = _growth_name(context, rules, left, figure, last, clause)
            rule = "growth"
            counted = last and last.figure and not last.figure.growth and last.figure.unit not in rules.durations
            if last and counted and not rules.since.sub("", rules.growth_base.sub("", left)):
                base = _ends(last)[0].span  # 新收471件,同比增长7.3%: the rate is said of the figure before it
        elif (figure.unit in rules.rates or (not figure.unit and figure.value < 1)) and (
            shared_out := _share_name(rules, left_raw, left, figure, context.text, last)
        ):
            name, rule = shared_out, "share"
        elif not left and not right:
            name, rule = (
                _elided(rules, left_raw + context.text[figure.start : figure.number[0]], figure, last),
                "elided-name",
            )
            if name and (total := rules.total.search(left_raw)):
                name = rules.new.sub("", name) + total.group()  # 新增市场主体1.2万户,总量7.3万户
        elif not left:
            name = f"{newly['new']}{right}" if newly else right  # 新增|58名|传承人
            name, rule = (shared + name if number and shared and not newly else name), "name-after"
            if newly:
                shared = newly["new"]
        elif not right:
            name, rule = _from_verb(context, rules, left, low, figure.start), "name-before"
            name = _complete(context, rules, name, last, clause)
            if figure.unit in rules.multiple and (multiple := rules.multiple_of.fullmatch(name)):
                whole = rules.multiple_name.replace("*", multiple["whole"])  # 是上年的|2.3倍
                name = f"{multiple['part'] or _subject(rules, last)}{whole}"
            elif rules.year.search(left_raw) and last and last.name.startswith(name):
                name = last.name  # 2021年受理案件120件,2022年受理|135件
            if newly and not rules.new.match(name):
                name = f"{newly['new']}{name.removesuffix(newly['new'])}"
        elif rules.deadline.search(context.text[figure.number[1] : figure.end]) and rules.duty.search(left_raw):
            name, rule = rules.name(right) or right, "name-after"  # 应当在收到申请之日起7个工作日内|答复
        elif right_raw.startswith(rules.link_of) and rules.relational.fullmatch(left):
            noun = _one_phrase(context, rules, figure.end, right_raw).strip().removeprefix(rules.link_of)
            name, rule = f"{noun}{left}", "name-around"  # 总投资|410亿元|的项目
        elif _is_verb(context, figure.start, low):
            name, rule = left + right, "verb-and-object"
            shared = left
        elif len(left) > _LONG_LEFT:
            named_after = len(right) >= 2 and not right.startswith(rules.predicate)
            name, rule = (right if named_after else left), "name-after"
        else:
            name, rule = left + right, "name-around"
        if not number and rule != "verb-and-object" and not newly:
            shared = ""
        name = name or _clause_name(rules, context.text, clause, figure)
        measure = Measure(Span(figure.start, figure.end), figure, name[:_LONGEST], clause, rule, None, period)
        found.append(measure._replace(compared_with=base))
        if number and figures[number - 1].end == figure.start and found[-2].rule == "elided-name" and not left_before:
            found[-2] = found[-2]._replace(name=measure.name, rule=measure.rule)  # 13.07万户|46万群众
        left_before = left
    return found


def _this_year(context: Context, last: Measure, before: list[Measure]) -> Measure:
    """The figure of this year that a rise is said of where last year's stands between: 471件,去年同期439件,同比增长."""
    sentence = [m for m in before if m.clause.sentence == last.clause.sentence and m.figure and not m.figure.growth]
    return next((m for m in reversed(sentence) if m.name == last.name and not m.period), last)


def _elided(rules: FigureRules, head: str, figure: Figure, last: Measure | None) -> str:
    """The name of a figure that has none of its own: what the last figure is called, or is said of.

    Said of it is a level after a rise (增长5.5%、达到10.3万亿元) and one after an increase (增加11个、达到25个).
    """
    if last is None:
        return ""
    rise = bool(last.figure and last.figure.growth)
    if (rise and figure.unit not in rules.growth_units) or rules.level.search(head.rstrip()):
        name = _subject(rules, last)
        return rules.new.sub("", name) or name
    return last.name


def _complete(context: Context, rules: FigureRules, name: str, last: Measure | None, clause: Clause) -> str:
    """A name of no more than 占比 or 高于全国 with what it is said of: that of the figure or the clause before."""
    if rules.compared.match(name):
        return f"{last.name}{name}" if last else name
    if rules.limit.fullmatch(name):
        subject = _clause_before(context, rules, clause) or (last.name if last else "")  # 给予奖补,最高|100万元
    elif last and last.rule in _PLAIN and rules.relational.fullmatch(name) and not _is_level_rate(rules, last):
        subject = _subject(rules, last)
        subject = rules.new.sub("", subject) or subject
        for match in rules.relational.finditer(subject):
            if match.end() == len(subject) and match.start():
                subject = subject[: match.start()]  # 粮食播种面积, 产量
    else:
        return name
    return subject if subject.endswith(name) else f"{subject}{name}"


def _is_level_rate(rules: FigureRules, last: Measure) -> bool:
    """Whether a figure is a rate and no rise: the sum after 调解成功率98% is not the rate's."""
    return last.figure is not None and not last.figure.growth and last.figure.unit in rules.rates


def _clause_before(context: Context, rules: FigureRules, clause: Clause) -> str:
    """What the clause before says, where it is of the same sentence, short and has no figure."""
    before = context.clause_at(clause.start - 2)
    if before is None or before.sentence != clause.sentence or before is clause:
        return ""
    name = rules.name(context.text[before.start : before.end])
    return name if len(name) <= _LONGEST_SUBJECT else ""


def _share_name(rules: FigureRules, left_raw: str, left: str, figure: Figure, text: str, last: Measure | None) -> str:
    """What a share is called: 民生支出占一般公共预算支出|78.6% is 民生支出占一般公共预算支出比重, A占|25% is A占比."""
    of, alone = rules.share_names
    head = f"{left_raw.rstrip()}{text[figure.start : figure.number[0]]}"
    part = left
    if rules.share_end.search(rules.about.sub("", head).rstrip()):
        return f"{part or _subject(rules, last)}{alone}" if part or last else ""
    match = rules.share.fullmatch(left)
    if match is None or not (figure.unit or figure.value < 1):
        return ""
    part, whole = rules.name(match["part"]), match["whole"]
    if (rules.relational.fullmatch(part) or not part) and last and last.rule in _PLAIN:
        part = f"{_subject(rules, last)}{part}"
    said = f"{part}{left[match.start('whole') - 1]}{whole}"
    return said if rules.relational.search(whole[-2:]) else f"{said}{of}"


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


def _around(
    context: Context, clause: Clause, figures: list[Figure], number: int, rules: FigureRules
) -> tuple[str, str]:
    """The words between a figure and its neighbours: what is before it and after it, parted at the last separator."""
    text, separator = context.text, context.lexicon.separator
    figure = figures[number]
    low = figures[number - 1].end if number else clause.start
    high = figures[number + 1].start if number + 1 < len(figures) else clause.end
    left, right = text[low : figure.start], text[figure.end : high]
    if number + 1 < len(figures):
        marks = _marks(rules, separator, right)
        # 127个国家和地区的|584个港口: all is the name of the first
        if marks and (marks[0].start() == 0 or not right.rstrip().endswith(rules.link_of)):
            right = right[: marks[0].start() if marks[0].start() == 0 else marks[-1].start()]
    if number:
        # 、调解和终止7件: a separator right behind the figure before it opens the name, others are part of it
        opening = left.lstrip()
        lead = separator.match(opening)
        marks = _marks(rules, separator, left)
        if lead:
            left = opening[lead.end() :]
        elif marks:
            left = left[marks[-1].end() :]
    # brackets that end or begin around the figure: (另有|103件|顺延到下年度答复)
    closed = right.find(")")
    if closed >= 0 and "(" not in right[:closed]:
        right = right[:closed]
    opened = left.rfind("(")
    if opened >= 0 and ")" not in left[opened:]:
        alone = not left[opened + 1 :].strip()  # 日常监测(60%)
        left = left[:opened] if alone else left[opened + 1 :]
    return left, right


def _marks(rules: FigureRules, separator: re.Pattern[str], words: str) -> list[re.Match[str]]:
    """The separators of a list: not the 和 of 国家和地区."""
    fixed = [match.span() for match in rules.fixed.finditer(words)]
    return [m for m in separator.finditer(words) if not any(a <= m.start() < b for a, b in fixed)]


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
    return rules.name(rest) or _worded(rest.strip()) or text[figure.start : figure.end]


def _respectively(
    context: Context, rules: FigureRules, clause: Clause, figures: list[Figure], before: list[Measure]
) -> list[Measure] | None:
    """`A、B和C分别达90%、93.5%和98%`: the names before 分别 and the figures after it, one to one.

    `A9836户、B3.2万户,分别增长12.4%、20.7%`: where no name is before 分别, the last figures give theirs.
    """
    text = context.text
    match = rules.apart.search(context.flat, clause.start, figures[0].start)
    if match is None:
        return None
    figures = [*_without_units(context, match.end(), figures[0]), *figures]
    if len(figures) < _PAIR:
        return None
    said = text[clause.start : match.start()]
    bare = rules.growth_base.sub("", said)
    since = rules.since.search(bare)
    whole = rules.name(bare[: since.start()] if since else bare)
    names = _paired(context, rules, whole, len(figures))
    growth, base = figures[0].growth, figures[0].base
    against = rules.growth_base.search(said)
    if growth and not base and against:
        base = against.group()  # 同比|分别增长12%、8%
    bases: list[Span | None] = [None] * len(figures)
    last = [m for m in before[-len(figures) :] if clause.sentence - m.clause.sentence <= 1 and m.figure]
    if not whole and len(last) == len(figures):
        names = [m.name for m in last]
        bases = [m.span if growth else None for m in last]
    apart = not (bases[0] and last[-1].clause is context.clause_at(clause.start - 2))
    listed = _listed_before(context, rules, clause) if not whole and apart else ""
    if listed and (not names[0] or context.lexicon.separator.search(listed)):
        names, bases = _paired(context, rules, listed, len(figures)), [None] * len(figures)
    found = []
    low, shared = match.end(), ""
    for name, figure, compared in zip(names, figures, bases, strict=True):
        own = "" if growth else _own_words(context, rules, low, figure)
        shared = own or shared  # 分别给予企业一次性奖补|50万元、|100万元
        low = figure.end
        label = f"{name}{shared}" or _clause_name(rules, text, clause, figure)
        if growth:
            suffix = rules.growth_suffix if figures[0].unit in rules.growth_units else rules.growth_count[growth < 0]
            label = f"{label}{since.group() if since else ''}{base}{suffix}"
        if growth and not figure.growth:
            value = figure.value if growth > 0 else -figure.value
            figure = figure._replace(growth=growth, value=value, base=base)
        unit = figures[-1].unit
        if unit != figure.unit and unit.startswith(figure.unit):
            figure = figure._replace(unit=unit)  # 1409万、1305万人次
        found.append(
            Measure(Span(figure.start, figure.end), figure, label, clause, "respectively", compared_with=compared)
        )
    return found


def _listed_before(context: Context, rules: FigureRules, clause: Clause) -> str:
    """The things that the clause before lists: 粮食产量、单产 of 粮食产量、单产|均创历史新高,分别达…."""
    before = context.clause_at(clause.start - 2)
    if before is None or before.sentence != clause.sentence or before is clause:
        return ""
    for item in context.items_in(before.start, before.end):
        if (
            item.start > before.start + 1
            and item.lists & {"adverb", "launch", "preposition"}
            and "joining" not in item.lists
        ):
            return rules.name(context.text[before.start : item.start])
    return ""


def _without_units(context: Context, start: int, first: Figure) -> list[Figure]:
    """The numbers of a list that leave the unit to the last: 分别提高|15|、22个百分点."""
    listed = _NO_UNIT.search(context.text, start, first.start)
    if listed is None:
        return []
    found: list[Figure] = []
    for number in NUMBER.finditer(listed.group()):
        low, high = listed.start() + number.start(), listed.start() + number.end()
        # with the unit of the last it is read as if it were written
        read = context.lexicon.quantities.figures(f"{context.text[start:high]}{first.unit}", 0, high - start + 99)
        if not read or read[-1].number[0] != low - start:
            return []
        begin = read[-1].start + start if not found else low
        found.append(read[-1]._replace(start=begin, end=high, number=(low, high)))
    return found


def _own_words(context: Context, rules: FigureRules, low: int, figure: Figure) -> str:
    """What 分别 does with the figures: 分别|高于全国|3.4个; a share where it is 占."""
    said = context.text[low : figure.start].strip(" 、,")
    if rules.share_end.fullmatch(said):
        return rules.share_names[1]
    lead = context.lexicon.separator.match(said)
    return rules.name(said[lead.end() :] if lead else said)


def _paired(context: Context, rules: FigureRules, whole: str, count: int) -> list[str]:
    """The names before 分别 for so many figures; without a sure pairing all share the whole phrase."""
    for separator in (context.lexicon.separator, rules.listing):
        names = [name for name in separator.split(whole) if _worded(name)]
        if len(names) == count:
            return _share_tail(rules, names)
        if len(names) > 1 and count % len(names) == 0:
            return _share_tail(rules, names) * (count // len(names))  # 分别由209元、280元提高到217元、290元
    for word, parts in rules.pairs:
        if len(parts) == count and word in whole:
            return [whole.replace(word, part) for part in parts]  # 城乡居民收入: 城镇, 农村
    return [whole] * count


def _share_tail(rules: FigureRules, names: list[str]) -> list[str]:
    """`新兴产业、高新技术产业产值占比`: both get 产值占比, for the last name holds the first one's last word.

    So do 第一、第三产业增加值, 炼铁、炼钢先进产能占比 (what is measured is said once) and 急难型、支出型救助标准.
    """
    last = names[-1]
    share = rules.share.fullmatch(last)
    if share and share["part"] and not any(rules.share.fullmatch(name) for name in names[:-1]):
        whole = last[share.end("part") :]  # 文化、旅游产业增加值|占生产总值比重
        return [f"{name}{whole}" for name in _share_tail(rules, [*names[:-1], share["part"]])]
    ordinal = rules.ordinal.match(last)
    alike = not any(
        rules.measured.search(name) for name in names[:-1]
    )  # 货值、游客、免税销售额 measure different things
    shared = []
    for name in names[:-1]:
        at = last.rfind(name[-2:]) + 2
        kind = last.rfind(name[-1]) + 1 if name[-1] in rules.kinds else 0
        tail = last[at:] if at > 2 and len(last) - at <= _TAIL else ""
        if not tail and kind > 1 and (name[-1] not in rules.trades or rules.heads.fullmatch(last[kind:])):
            tail = last[kind:]
        if not tail and ordinal and rules.ordinal.fullmatch(name):
            tail = last[ordinal.end() :]
        for _, parts in rules.pairs:
            other = next((part for part in parts if part != name and last.startswith(part)), "")
            if not tail and name in parts and other:
                tail = last[len(other) :]  # 城镇、农村|常住居民人均可支配收入
        head = rules.ratio_heads.search(last) or (rules.heads.search(last) if alike else None)
        if not tail and head and head.start() and not rules.ratio_heads.search(name):
            tail = head.group()
        shared.append(f"{name}{tail}")
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
        gap = rules.rank_gap.sub("", rules.name(rules.rank_from.sub("", context.text[low : rank.span.start])))
        if not gap and before and not (before.figure and before.figure.unit in rules.durations):
            named[at] = before._replace(rank=rank)
        elif not gap and not before and previous and previous.figure:
            previous = _compared_one(rules, found, previous)
            every = context.text[clause.start : rank.span.start + 1].startswith(rules.every)
            last_of_it = next((i for i in range(len(found) - 1, -1, -1) if found[i] is previous), -1)
            for i in range(last_of_it, -1, -1):
                if found[i].clause is not previous.clause:
                    break
                if every or found[i] is previous:
                    found[i] = found[i]._replace(rank=rank)
        else:
            last = named[at - 1] if at > 0 else previous
            if not gap and before:  # 总量连续|37年|居全国首位
                gap = rules.name(context.text[last.span.end if last in named else clause.start : before.span.start])
            subject = _complete(context, rules, gap, last, clause) if gap else ""
            subject = subject or (before.name if before else "") or (previous.name if previous else "")
            subject = subject or _clause_before(context, rules, clause)
            if not subject and not rules.ranks.verb.match(context.text, rank.span.start):
                continue  # 全球最大、国内首制的海船
            subject = subject or context.text[rank.span.start : rank.span.end]
            alone.append(Measure(rank.span, None, subject[:_LONGEST], clause, "rank-alone", rank))
    return alone


def _compared_one(rules: FigureRules, found: list[Measure], last: Measure) -> Measure:
    """The figure that `last` is compared of: 增长8.2% where 高于全省1.3个百分点 stands between it and its rank."""
    at = next((i for i in range(len(found) - 1, 0, -1) if found[i] is last), 0)
    before = found[at - 1] if at else last
    same = before.clause.sentence == last.clause.sentence
    compared = last.name.startswith(before.name) and rules.compared.match(last.name[len(before.name) :])
    return before if same and compared else last


def _growth_name(
    context: Context, rules: FigureRules, left: str, figure: Figure, last: Measure | None, clause: Clause
) -> str:
    """What a rise or fall is called: what rises, since when (5年), what it is measured against, and 增长率."""
    bare = rules.growth_base.sub("", left)
    since = rules.since.search(bare)
    said = bare[: since.start()] if since else bare
    name = _complete(context, rules, rules.name(said), last, clause) if said else _subject(rules, last)
    name = rules.growth_name.sub("", name) or name
    # 比上年减少203件 is no rate
    suffix = rules.growth_suffix if figure.unit in rules.growth_units else rules.growth_count[figure.growth < 0]
    return f"{name}{since.group() if since else ''}{figure.base}{suffix}"


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
