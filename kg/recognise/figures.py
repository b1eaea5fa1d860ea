"""Indicators: value expressions with the name of what they measure, ranks, and the numbers that are none."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from kg.model import Rank, Span
from kg.quantity import Figure, chinese_number
from kg.recognise.context import Clause, Context
from kg.rulebook import Rulebook

_LONG_NAME = 18
_SPLIT = re.compile(r"、|以及|和|及|与")


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure with its name, before it becomes an observation. `figure` is None for a rank that stands alone."""

    span: Span
    figure: Figure | None
    name: str
    clause: Clause
    rule: str
    rank: Rank | None = None
    period: str | None = None
    scope: str | None = None


@dataclass(frozen=True)
class FigureRules:
    """The compiled rules of indicators.yaml."""

    link: re.Pattern[str]
    link_head: re.Pattern[str]
    lead: re.Pattern[str]
    keep_head: re.Pattern[str]
    keep_tail: re.Pattern[str]
    scope: re.Pattern[str]
    apart: re.Pattern[str]
    area: re.Pattern[str]
    rank_verb: re.Pattern[str]
    growth_words: re.Pattern[str]
    verbs: frozenset[str]
    rulebook: Rulebook

    @classmethod
    def of(cls, rulebook: Rulebook) -> FigureRules:
        """Compile the lists once."""
        alt = rulebook.alternation
        return cls(
            link=re.compile(rf"(?:{alt('link')}|[ ,、:])+$"),
            link_head=re.compile(alt("link_to")),
            lead=re.compile(rf"^(?:{alt('lead', 'adverb', 'scope')}|\d{{4}}年度?|[ ,、:;)]|了)+"),
            keep_head=re.compile(alt("keep_head")),
            keep_tail=re.compile(rf"{alt('keep_tail')}$"),
            scope=re.compile(alt("scope")),
            apart=re.compile("分别"),
            area=re.compile(rf"{alt('rank_area')}|{alt('rank_group')}"),
            rank_verb=re.compile(alt("rank_verb")),
            growth_words=re.compile(rf"(?:{alt('growth_base')})+$"),
            verbs=frozenset(rulebook.words("launch")),
            rulebook=rulebook,
        )


def measures(context: Context, rules: FigureRules, taken: Callable[[int, int], bool]) -> list[Measure]:
    """Every figure and rank of the body's prose, in text order."""
    found: list[Measure] = []
    previous: Measure | None = None
    for clause in context.clauses:
        figures = [
            f
            for f in context.lexicon.quantities.figures(context.flat, clause.start, clause.end, context.words.end_of)
            if not taken(f.start, f.end)
        ]
        ranks = _ranks(context, rules, clause)
        if not figures and not ranks:
            if previous and previous.clause.sentence != clause.sentence:
                previous = None
            continue
        if previous and previous.clause.sentence != clause.sentence:
            previous = None
        named = _named(context, rules, clause, figures, previous)
        named, alone = _ranked(context, rules, clause, named, ranks, found, previous)
        found += named
        found += alone
        found.sort(key=lambda m: m.span)
        if named:
            previous = named[-1]
    return found


def _named(
    context: Context, rules: FigureRules, clause: Clause, figures: list[Figure], previous: Measure | None
) -> list[Measure]:
    text = context.text
    if not figures:
        return []
    respective = _respectively(context, rules, clause, figures)
    if respective:
        return respective
    found: list[Measure] = []
    shared = ""
    for number, figure in enumerate(figures):
        low = figures[number - 1].end if number else clause.start
        high = figures[number + 1].start if number + 1 < len(figures) else clause.end
        left_raw = text[low : figure.start]
        right_raw = text[figure.end : high]
        if number + 1 < len(figures):
            cut = _last_split(right_raw)
            right_raw = right_raw if cut is None else right_raw[:cut]
        if number:
            lead = _SPLIT.match(left_raw.lstrip())
            # 、调解和终止7件: a separator right behind the figure before it opens the name, others are part of it
            cut = len(left_raw) - len(left_raw.lstrip()) + lead.end() if lead else _last_split_end(left_raw)
            left_raw = left_raw[cut:] if cut is not None else left_raw
            if cut is None and left_raw.strip() and found and not left_raw.startswith(("、", ",")):
                left_raw = left_raw if _takes_right(text, figures[number - 1].end) is False else left_raw
        left = _clean(rules, left_raw)
        right = _clean_right(rules, right_raw)
        last = found[-1] if found else previous
        if figure.growth:
            name = _growth_name(rules, left, figure, last, left_raw)
            rule = "growth"
        elif not left and not right:
            name, rule = (last.name if last else ""), "elided-name"
        elif not left:
            name, rule = (shared + right if number and shared else right), "name-after"
        elif not right:
            name, rule = _from_verb(context, rules, left, low, figure.start), "name-before"
        elif _is_verb(context, rules, left, figure.start, low):
            name, rule = left + right, "verb-and-object"
            shared = left
        elif len(left) > 14:
            name, rule = (right if len(right) >= 2 and not _predicate(rules, right) else left), "name-after"
        else:
            name, rule = left + right, "name-around"
        if not number and rule != "verb-and-object":
            shared = ""
        name = name or _clause_name(rules, text, clause, figure)
        found.append(Measure(Span(figure.start, figure.end), figure, name[:60], clause, rule))
    return found


def _from_verb(context: Context, rules: FigureRules, left: str, low: int, at: int) -> str:
    """A long name begins at its last launch verb: `结合…宣传周等|开展宣传活动`20余场次."""
    if len(left) <= _LONG_NAME:
        return left
    for item in reversed(context.items_in(low, at)):
        if "launch" in item.lists and not context.words.tag_at(item.start).startswith(("vn", "n")):
            shorter = _clean(rules, context.text[item.start : at])
            return shorter if 4 <= len(shorter) < len(left) else left
    return left


def _clause_name(rules: FigureRules, text: str, clause: Clause, figure: Figure) -> str:
    """The clause without the figure, for a figure that nothing else names."""
    rest = f"{text[clause.start : figure.start]}{text[figure.end : clause.end]}"
    return _clean(rules, rest) or rest.strip() or text[figure.start : figure.end]


def _respectively(
    context: Context, rules: FigureRules, clause: Clause, figures: list[Figure]
) -> list[Measure] | None:
    """`A、B和C分别达90%、93.5%和98%`: the names before 分别 and the figures after it, one to one."""
    text = context.text
    match = rules.apart.search(context.flat, clause.start, figures[0].start)
    if match is None or len(figures) < 2:
        return None
    before = text[clause.start : match.start()]
    names = [n for n in _SPLIT.split(_clean(rules, before)) if n.strip()]
    verb = figures[0].growth
    if len(names) != len(figures):
        # 工业、农业和服务业增加值: a separator inside a name; without a sure pairing all share the whole phrase
        names = [_clean(rules, before)] * len(figures)
    else:
        names = _share_tail(names)
    base = figures[0].base
    found = []
    for name, figure in zip(names, figures, strict=True):
        figure_ = figure
        if verb and not figure.growth:
            value = figure.value if verb > 0 else -figure.value
            figure_ = replace(figure, growth=verb, value=value, base=base)
        name = name or _clause_name(rules, text, clause, figure)
        label = f"{name}{base}增长率" if verb else name
        found.append(Measure(Span(figure.start, figure.end), figure_, label, clause, "respectively"))
    return found


def _share_tail(names: list[str]) -> list[str]:
    """`新兴产业、高新技术产业产值占比` → both get 产值占比 where the last name holds the first one's last word."""
    last = names[-1]
    shared = []
    for name in names[:-1]:
        tail = name[-2:]
        at = last.rfind(tail)
        shared.append(name + last[at + 2 :] if at > 0 and len(last) - at - 2 <= 12 else name)
    return [*shared, last]


def _ranks(context: Context, rules: FigureRules, clause: Clause) -> list[Rank]:
    found: list[Rank] = []
    for pattern in rules.rulebook.group("rank"):
        for match in pattern.regex.finditer(context.flat, clause.start, clause.end):
            start, end = pattern.span(match)
            if any(r.span.start < end and start < r.span.end for r in found):
                continue
            groups = match.groupdict()
            position = groups.get("position")
            number = None
            if position:
                number = int(position) if position.isdigit() else chinese_number(position)
            elif re.search("首|榜首", context.text[start:end]):
                number = 1
            area = groups.get("area") or ""
            if not area:  # 在国家级经开区综合考核评价中稳居第一: the area is said before, or the rank says nothing
                before = list(rules.area.finditer(context.flat, clause.start, start))
                if not before or not rules.rank_verb.match(context.text, start):
                    continue
                area = before[-1].group()
            found.append(Rank(area, number, Span(start, end)))
    return sorted(found, key=lambda r: r.span)


def _ranked(
    context: Context,
    rules: FigureRules,
    clause: Clause,
    named: list[Measure],
    ranks: list[Rank],
    found: list[Measure],
    previous: Measure | None,
) -> tuple[list[Measure], list[Measure]]:
    """Give each rank to the figures it is said of; one with a name of its own stands alone."""
    alone: list[Measure] = []
    for rank in ranks:
        before = [m for m in named if m.span.end <= rank.span.start]
        low = before[-1].span.end if before else clause.start
        gap = _clean(rules, context.text[low : rank.span.start])
        if not gap and before and not (before[-1].figure and before[-1].figure.unit == "年"):
            named[named.index(before[-1])] = replace(before[-1], rank=rank)
        elif not gap and not before and previous and previous.clause.sentence == clause.sentence and previous.figure:
            every = context.text[clause.start : rank.span.start + 1].startswith(("均", "都"))
            for i in range(len(found) - 1, -1, -1):
                if found[i].clause is not previous.clause or (not every and found[i] is not previous):
                    break
                found[i] = replace(found[i], rank=rank)
        else:
            subject = gap or (before[-1].name if before else "")
            subject = subject or (previous.name if previous else "") or context.text[rank.span.start : rank.span.end]
            alone.append(Measure(rank.span, None, subject[:60], clause, "rank-alone", rank))
    return named, alone


def _clean(rules: FigureRules, raw: str) -> str:
    text = raw.strip()
    for _ in range(4):
        shorter = text if rules.keep_tail.search(text) else rules.link.sub("", text)
        shorter = shorter.strip() if rules.keep_head.match(shorter) else rules.lead.sub("", shorter).strip()
        if shorter == text:
            break
        text = shorter
    return text.strip("、,;:() ")


def _clean_right(rules: FigureRules, raw: str) -> str:
    text = raw.strip()
    if text.startswith(("、", ",", ")", "(", "和", "及", "并")):
        return ""
    if rules.link_head.match(text):  # 从3826.5亿元增长到4398.6亿元
        return ""
    return text.removeprefix("的").strip("、,;: ")


def _last_split(text: str) -> int | None:
    matches = list(_SPLIT.finditer(text))
    return matches[0].start() if matches and matches[0].start() == 0 else (matches[-1].start() if matches else None)


def _last_split_end(text: str) -> int | None:
    matches = list(_SPLIT.finditer(text))
    return matches[-1].end() if matches else None


def _takes_right(text: str, at: int) -> bool:
    return text[at : at + 1] not in "、,和及"


def _growth_name(rules: FigureRules, left: str, figure: Figure, last: Measure | None, raw: str) -> str:
    name = rules.growth_words.sub("", left) or (last.name if last else "")
    name = re.sub(r"(?:同比|年均|累计)?增长率$", "", name) or name
    return f"{name}{figure.base}增长率"


def _is_verb(context: Context, rules: FigureRules, left: str, at: int, low: int) -> bool:
    """Whether what stands before the figure ends with a verb (`召开4次…`, `全年公开各类文件146件` not)."""
    for item in reversed(context.items_in(max(low, at - 8), at)):
        if item.end >= at - 1 and "launch" in item.lists:
            return True
        break
    words = context.words
    for start in range(at - 1, max(low, at - 5) - 1, -1):
        if start in words.index:
            return words.tag_at(start).startswith("v") and words.end_of(start) >= at
    return False


def _predicate(rules: FigureRules, right: str) -> bool:
    return right.startswith(("全部", "已", "均", "进行", "完成"))
