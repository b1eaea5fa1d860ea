"""Initiatives: what government runs under a name of its own.

A name ends with a head noun (`kg.recognise.heads`) and begins at its left edge (`kg.recognise.names`); whether what is
between makes a name is for `kg.recognise.acceptance`. Names that are quotations and nothing else come from
`kg.recognise.quotations`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from kg.automaton import Automaton
from kg.model import Kind
from kg.recognise.acceptance import NameRules, accepted
from kg.recognise.context import Candidate, Clause, Context
from kg.recognise.heads import Head, HeadRules, find_heads, merged
from kg.recognise.names import Edge, Outside, left_edge
from kg.recognise.quotations import QuotationRules, quoted_names
from kg.recognise.spans import Spans, outermost
from kg.rulebook import Rulebook

Taken = Callable[[int, int], bool]
_ET_CETERA = re.compile("”等[\u4e00-\u9fff]{0,4}$")
_LISTED = re.compile("(?P<item>“[^“”]*”[\u4e00-\u9fff]{0,8})、?$")
_REACH = 40  # characters of an item of a list of quotations
_SINGLE = ("campaign", "service", "training")  # kinds of which a list names several
_SHARED = ("system", "mechanism")
_SHARED_NOUN = 4  # characters of a head that a list may share
_WHOLE = 6  # characters of a compound that make a modifier of its last part: 工程建设项目审批制度|改革
_LEAST_SHARED = 5  # characters of an item that shares it
_PLACE = 9  # characters a place before a name may have, and one


@dataclass(frozen=True)
class InitiativeRules:
    """The compiled rules of initiatives.yaml."""

    nouns: HeadRules
    names: NameRules
    quotations: QuotationRules
    joint: re.Pattern[str]
    last_listed: re.Pattern[str]
    shared: re.Pattern[str]

    @classmethod
    def of(cls, rulebook: Rulebook) -> InitiativeRules:
        """Compile the lists and patterns once."""
        return cls(
            nouns=HeadRules.of(rulebook),
            names=NameRules.of(rulebook),
            quotations=QuotationRules.of(rulebook),
            shared=re.compile(rulebook.alternation("separator")),
            last_listed=re.compile(rf"“[^“”]*”{rulebook.alternation('listed_after')}"),
            joint=re.compile(rf"等?{rulebook.alternation('separator', 'joint')}"),
        )

    # What `kg.explain` tells of a head noun that made no name:

    @property
    def heads(self) -> Automaton:
        """The automaton of the head nouns."""
        return self.nouns.automaton

    @property
    def head_kinds(self) -> tuple[str, ...]:
        """The kind of each head noun, by the automaton's pattern number."""
        return self.nouns.kinds

    @property
    def not_after(self) -> re.Pattern[str]:
        """What behind a head noun makes it another word."""
        return self.nouns.not_after

    @property
    def generic(self) -> re.Pattern[str]:
        """Words of a modifier that do not make a name."""
        return self.names.generic


def initiatives(context: Context, rules: InitiativeRules, taken: Taken, outside: Outside) -> list[Candidate]:
    """Every initiative named in the body, in text order, disjoint; `taken` says which spans other names hold."""
    heads = find_heads(context, rules.nouns)
    headings = Spans.of(section.heading_span for section in context.sections)
    found: list[Candidate] = []
    number = 0
    inherited = ""
    for clause in context.clauses:
        while number < len(heads) and heads[number].start < clause.start:
            number += 1
        first = number
        while number < len(heads) and heads[number].start < clause.end:
            number += 1
        if number == first:
            continue
        # 开展4人次跟班轮训,5场次专项培训: a clause that opens with a quantity goes on with the verb before
        opens = context.lexicon.measure.match(context.text, clause.start, clause.end)
        inside = merged(context, rules.nouns, heads[first:number])
        verb = inherited if opens else ""
        heading = headings.overlaps(clause.start, clause.start + 1)
        new = _in_clause(context, rules, clause, inside, taken, outside, verb, heading)
        found += new
        if new:
            inherited = new[-1].governed
    found = outermost(found)  # A制度、B等领域改革: the list is the name, not its first item
    found += quoted_names(context, rules.quotations, found, taken)
    return sorted(found, key=lambda c: c.start)


def _in_clause(
    context: Context,
    rules: InitiativeRules,
    clause: Clause,
    heads: list[Head],
    taken: Taken,
    outside: Outside,
    inherited: str,
    heading: bool,
) -> list[Candidate]:
    found: list[Candidate] = []
    named: set[int] = set()
    verb = inherited
    for number, head in enumerate(heads):
        low, listed = _low(context, rules, clause.start, heads[:number], head, named)
        edge = left_edge(context, low, head.start, outside)
        if edge.start == head.start <= head.last - _WHOLE:
            head = Head(head.last, head.end, head.kind)  # 深化|工程建设项目审批制度|改革
        governed = "" if edge.preposition else edge.verb
        if not edge.verb and (listed or inherited):
            governed = verb or _first_verb(context, clause.start, low)
        for start in _starts(context, rules.names, edge, head, outside):
            if taken(start, head.end) or not accepted(
                context, rules.names, clause, start, head, governed, edge.preposition, heading
            ):
                continue
            found += _sharing(context, rules, heads[:number], head, start, governed, found)
            found += _quoted_before(context, clause.start, start, head, governed, rules)
            found.append(_candidate(context, rules, start, head, governed))
            named.add(head.end)
            break
        verb = governed or verb
    return found


def _sharing(
    context: Context,
    rules: InitiativeRules,
    before: list[Head],
    head: Head,
    start: int,
    governed: str,
    found: list[Candidate],
) -> list[Candidate]:
    """The items before a system's name that share its head: 规范性文件合法性审查、公平竞争审查|制度 are two systems.

    A candidate of `found` that such items make is taken out of it.
    """
    noun = context.report.text[head.start : head.end]
    if head.kind not in _SHARED or len(noun) > _SHARED_NOUN:
        return []
    ends = sorted({h.end for h in before if h.kind == "weak"}, reverse=True)
    items: list[tuple[int, int]] = []
    low = start
    while True:
        end = next((e for e in ends if e < low and rules.shared.fullmatch(context.flat, e, low)), 0)
        if not end:
            break
        verb = left_edge(context, _item_start(context, end - 1), end)
        begin = verb.start
        name = context.flat[begin:end]
        if end - begin < _LEAST_SHARED or "的" in name or not rules.names.specific(name):
            break
        items.append((begin, end))
        low = begin
    if found and items and found[-1].rule == "head-weak" and found[-1].end in {e for _, e in items}:
        found.pop()
    type_ = rules.nouns.types.get(head.kind)
    return [
        Candidate(b, e, Kind.INITIATIVE, "shared-head", context.report.text[b:e] + noun, type_, governed=governed)
        for b, e in reversed(items)
    ]


def _quoted_before(
    context: Context, low: int, start: int, head: Head, governed: str, rules: InitiativeRules
) -> list[Candidate]:
    """The quotations listed before a name that ends the list: `“铁拳”`“春雷”等专项执法行动; each is a name."""
    if head.kind not in _SINGLE or not rules.last_listed.match(context.flat, start, head.start):
        return []
    found: list[Candidate] = []
    while (item := _LISTED.search(context.flat, max(low, start - _REACH), start)) is not None:
        begin, end = item.span("item")
        name = context.report.text[begin:end]
        type_ = rules.nouns.types.get(head.kind)
        found.append(Candidate(begin, end, Kind.INITIATIVE, "listed-quotation", name, type_, governed=governed))
        start = begin
    return found[::-1]


def _item_start(context: Context, at: int) -> int:
    """Where the list item that holds the character at `at` may begin: behind the last mark before it."""
    return max(context.flat.rfind(mark, 0, at) for mark in "、,;:。(\n") + 1


def _candidate(context: Context, rules: InitiativeRules, start: int, head: Head, governed: str) -> Candidate:
    while context.text[start] == " " or context.text[start] in context.lexicon.joiners:
        start += 1
    name = context.report.text[start : head.end]
    vague = rules.names.vague_end.search(context.flat, start, head.start)
    if vague:  # 政府开放日各类活动 is called 政府开放日活动
        name = name[: vague.start() - start] + name[head.start - start :]
    type_ = rules.nouns.types.get(head.kind)
    return Candidate(start, head.end, Kind.INITIATIVE, f"head-{head.kind}", name, type_, governed=governed)


def _low(
    context: Context, rules: InitiativeRules, start: int, before: list[Head], head: Head, named: set[int]
) -> tuple[int, bool]:
    """Where the search for a name's beginning may not go beyond, and whether the name continues a list.

    `开展A检查、B整治和C行动`: each ends with a head, so each begins after the one before.
    `生产、储存、运输全链条管控机制`: the items before have no head of their own, so they belong to the name.
    `A、B等领域案卷评查活动`: 等 holds the list together.
    """
    for last in reversed(before):
        gap = context.flat[last.end : head.start]
        match = rules.joint.match(gap)
        if match is None:
            if last.end not in named and "、" not in gap:
                continue  # a head that named nothing is a word of this name
            if not gap or gap[0] == "的" or "、" not in gap:
                return last.end, False
            # the head before is followed by more of its own item: 执法检查问题查处整改、VOCs专项执法检查
            return last.end + gap.index("、") + 1, True
        rowed = last.kind == head.kind == "system" and len(named) > 1 and last.end in named
        if match.group() != "等" and "等" in gap[match.end() :] and not rowed:
            continue  # but 首问责任制、一次性告知制、|跟踪“好差评”等制度: each has its own head
        if last.kind == "weak" and last.end not in named and match.group() in context.lexicon.joiners:
            continue  # 行政执法与刑事司法衔接机制: 执法 named nothing
        if last.end - last.start <= 2 and context.text[last.start - 1] in context.lexicon.joiners:
            continue  # 收集、评估、处理、反馈机制: a bare head is an item of the list
        return last.end + match.end(), True
    return start, False


def _first_verb(context: Context, start: int, end: int) -> str:
    """The first launch verb of `start:end`: it governs the whole list that follows."""
    item = next((i for i in context.items_in(start, end) if "launch" in i.lists), None)
    return context.text[item.start : item.end] if item else ""


def _starts(context: Context, rules: NameRules, edge: Edge, head: Head, outside: Outside) -> list[int]:
    """Where the name may begin, the best first: after the last 的 or list item, at the edge, with its place."""
    start = _after_measure(context, rules, edge.start, head)
    start = _after_list(context, rules, start, head, outside)
    starts = [_after_de(context, rules, start, head)]
    if edge.start not in starts:
        starts.append(edge.start)
    adverb = rules.name_adverb.match(context.flat, edge.raw)
    if adverb and edge.raw < edge.start and adverb.end() <= edge.start:
        starts.append(edge.raw)  # 分级审核制度
    if context.words.end_of(edge.start) == edge.start + 1 and context.words.tag_at(edge.start) == "v":
        return starts  # 镇便民服务中心|设综合窗口: a sentence
    # a place stays outside a name that still says something without it: 连云港旗舰店 keeps it
    place = outside.before(edge.start, _PLACE - 1)
    if place is not None:
        starts.append(place)
    return starts


def _after_measure(context: Context, rules: NameRules, start: int, head: Head) -> int:
    """`涵盖…三大类86项“一件事”服务套餐`: the name begins after the quantity."""
    counts = list(context.lexicon.counted.finditer(context.flat, start, head.start))
    if counts and rules.specific(context.flat[counts[-1].end() : head.start]):
        return counts[-1].end()
    return start


def _after_list(context: Context, rules: NameRules, start: int, head: Head, outside: Outside) -> int:
    """Cut list items that are no part of the name: `“六稳”要求、“放管服”改革`, not `生产、储存、运输全链条管控机制`."""
    separator = context.lexicon.separator
    region = context.flat[start : head.start]
    parted = _ET_CETERA.search(region) or (head.kind in _SINGLE and "”“" in region)
    if parted and "”“" in region:  # “甲”“乙”等活动, “甲”“乙”系列活动; but “甲”“乙”责任制 is one
        start += region.rindex("”“") + 1
        region = context.flat[start : head.start]
    for match in reversed(list(separator.finditer(region))):
        before, rest = region[: match.start()], region[match.end() :]
        whole = rest.startswith("“") and _ET_CETERA.search(rest) is not None  # “甲”、“乙”等活动: each is a name
        if ("等" in rest and not whole) or not rules.specific(rest):
            continue
        if len(match.group()) == 1 and match.group() != "、" and not context.words.boundary(start + match.start()):
            continue
        if rest.startswith("“") or "”" in before or outside.ends(start + match.start()):
            return start + match.end()  # 镇司法所、|退役军人服务站
        if rules.listed_end.search(before) and len(separator.split(before)[-1]) >= 4:
            return start + match.end()
    return start


def _after_de(context: Context, rules: NameRules, start: int, head: Head) -> int:
    """A name begins after the last 的 before its head, unless what follows 的 is too general to be a name."""
    before, de, rest = context.flat[start : head.start].rpartition("的")
    return start + len(before) + 1 if de and rules.specific(rest) else start
