"""Bodies that no list knows, by the grammar of their names: committees and offices."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kg.recognise.bodies import Body, BodyRules, begins_name, one_noun, with_units
from kg.recognise.context import Context
from kg.recognise.names import left_edge, noun_phrase
from kg.recognise.spans import Spans

# Longest names, in characters after the place or level word: beyond, the words before the head are a sentence.
_AFTER_PLACE = 30
_ACADEMY = 8  # characters of a university's name before its ending
_STEM = (4, 16)  # characters before the head of a body without a place
_AFTER_LEVEL = 34
_OWN = 4  # characters of the name of a committee of the issuer before its head


def open_bodies(context: Context, rules: BodyRules, known: Iterable[Body]) -> list[Body]:
    """Bodies that no list knows: 市…领导小组, 区公平竞争审查工作联席会议办公室, 省产业技术研究院.

    They are in text order, disjoint, and overlap none of the `known` ones.
    """
    found: list[Body] = []
    # a name of no place may be the end of a longer one: 市涉外|法律服务中心
    taken = Spans.of(b for b in known if b.place or b.level or b.central or b.own)

    def add(body: Body | None) -> None:
        if body is not None and not taken.overlaps(body.start, body.end):
            found.append(with_units(context, rules, body))
            taken.add(body.start, found[-1].end)

    committees = set(context.numbers_with(rules.committee))
    foundations = set(context.numbers_with(rules.founded))
    offices = set(context.numbers_with(rules.office))
    for number in sorted(committees | foundations | offices):
        clause = context.clauses[number]
        start = clause.start
        for match in rules.committee.finditer(context.flat, start, clause.end) if number in committees else ():
            if context.words.boundary(match.end()) and not rules.meeting.match(context.text, match.end()):
                edge = left_edge(context, clause.start, match.start())
                own = _own_start(context, rules, clause.start, match.start())
                if own is not None:
                    stem = context.text[own : match.end()]
                    add(Body(own, match.end(), "open-committee", stem=stem))
                    continue
                low = _earlier_level(context, rules, clause.start, edge.start, match.start())
                led = rules.membership.search(context.flat, clause.start, match.start())
                governed = bool(edge.verb)
                if led and led.end() > low:
                    low, governed = led.end(), True
                add(_committee(context, rules, low, match.start(), match.end(), governed))
        for match in rules.founded.finditer(context.flat, start, clause.end) if number in foundations else ():
            add(_founded(context, rules, clause.start, match))
        for match in rules.office.finditer(context.flat, start, clause.end) if number in offices else ():
            start, end = match.span()
            if not begins_name(context, start, match["level"]) or not one_noun(context, match):
                continue
            opens = not "\u4e00" <= context.flat[start - 1 : start] <= "\u9fff"  # 。|县运政管理所, cut as 县运|政
            if not (opens or context.words.boundary(match.start("stem"))) or rules.building.search(match["stem"]):
                continue
            if rules.meeting.search(context.flat, match.start("stem"), match.start("head")):
                continue  # 市|政府常务会议研究部|署
            if not rules.refused(context, end) and not rules.no_body.search(context.flat, start, end):
                stem = context.text[match.start("stem") : end]
                add(Body(start, end, "open-body", level=match["level"], stem=stem))
    for match in rules.academy.finditer(context.flat):
        start = noun_phrase(context, match.start(), _ACADEMY)
        general = rules.generic_academy.search(context.flat, start, match.start())  # 高水平研究型|大学
        if general or rules.refused(context, match.end()):
            continue
        if start < match.start() and context.words.boundary(match.end()):
            add(Body(start, match.end(), "open-academy", stem=context.text[start : match.end()]))
    return sorted(found, key=lambda b: b.start)


def _own_start(context: Context, rules: BodyRules, low: int, head: int) -> int | None:
    """Where the issuer's own committee begins with what the issuer is: 调整了|局法治政府建设工作领导小组."""
    for start in range(max(low, head - _AFTER_LEVEL), head - _OWN):
        word = rules.own_start.match(context.flat, start)
        if word is None or not context.words.boundary(start):
            continue
        before = context.flat[start - 1 : start]
        opens = start == low or before in rules.before_name or not "\u4e00" <= before <= "\u9fff"
        if opens or context.words.tag_before(start).startswith("v"):
            return None if _is_phrase(context.flat[start:head]) else start
    return None


def _committee(context: Context, rules: BodyRules, low: int, head: int, end: int, governed: bool) -> Body | None:
    """The committee whose head is at `head:end`.

    It begins with the first level word at a word's beginning after `low`, or an earlier place; else, behind a verb,
    at `low`.
    """
    text = context.text
    level = _first_level(context, rules, low, head)
    for s, e, entry in rules.known(text[low:head]):
        if entry.kind == "place" and (level is None or low + s <= level[0]):
            stem = text[low + e : end]
            if 2 <= len(stem) <= _AFTER_PLACE and not _is_phrase(stem):
                place_name = text[low + s : low + e]
                return Body(low + s, end, "open-committee", place=entry.codes, place_name=place_name, stem=stem)
    if level is not None:
        start, word = level
        stem = text[start + len(word) : end]
        if 2 <= len(stem) <= _AFTER_LEVEL and "的" not in stem:
            return Body(start, end, "open-committee", level=word, stem=stem)
    name = text[low:end]
    if governed and 5 <= len(name) <= _AFTER_PLACE and end - head >= 3 and head - low >= 4 and not _is_phrase(name):
        return Body(low, end, "open-committee", stem=name)
    return None


def _founded(context: Context, rules: BodyRules, low: int, match: re.Match[str]) -> Body | None:
    """The body that a verb of founding sets up without a place: `建成全国首个|影视产业合规服务中心`."""
    head, end = match.start("head"), match.end()
    edge = left_edge(context, low, head)
    stem = context.flat[edge.start : head]
    if edge.verb not in rules.founding or not _STEM[0] <= len(stem) <= _STEM[1] or _is_phrase(stem):
        return None
    if not context.words.boundary(end) or not rules.institution.search(stem) or rules.refused(context, end):
        return None
    if rules.no_body.search(context.flat, edge.start, end):
        return None  # 构建新发展格|局
    if not all("\u4e00" <= character <= "\u9fff" for character in stem):
        return None
    return Body(edge.start, end, "open-founded", stem=context.text[edge.start : end])


def _earlier_level(context: Context, rules: BodyRules, low: int, edge: int, head: int) -> int:
    """The level word before a verb that is a part of the name: `被|市优化营商环境工作领导小组`; else `edge`."""
    for start in range(max(low, head - _AFTER_LEVEL), edge):
        before = context.flat[start - 1 : start]
        word = next((w for w in rules.levels if context.text.startswith(w, start, head)), "")
        begins = start == low or before in rules.before_name or not "\u4e00" <= before <= "\u9fff"
        if word and begins and not any(mark in context.flat[start:head] for mark in "的、,“"):
            items = [i for i in context.items_in(start + len(word), head) if "launch" in i.lists]
            if all(context.words.tag_at(i.start).startswith(("vn", "n", "an", "j")) for i in items):
                return start
    return edge


def _first_level(context: Context, rules: BodyRules, low: int, head: int) -> tuple[int, str] | None:
    """The first level word that begins a name in `low:head`, with its place."""
    for start in range(low, head):
        if context.words.boundary(start) or context.text[start - 1 : start] in rules.before_name:
            for word in rules.levels:
                if context.text.startswith(word, start, head) and begins_name(context, start, word):
                    return start, word
    return None


def _is_phrase(name: str) -> bool:
    return "的" in name or "、" in name
