"""Initiatives: what government runs under a name of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import ahocorasick_rs

from kg.model import Kind
from kg.recognise.context import Candidate, Clause, Context
from kg.recognise.names import Edge, left_edge
from kg.rulebook import Rulebook

_HEADS = ("reform", "system", "mechanism", "model", "platform", "campaign", "pilot", "programme", "service", "training")
_MERGE_GAP = 6  # characters between two heads of one compound: 改革|深化|提升行动


@dataclass(frozen=True, slots=True)
class Head:
    """A head noun in the text: `strong` ones need only a specific modifier."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class InitiativeRules:
    """The compiled rules of initiatives.yaml."""

    heads: ahocorasick_rs.AhoCorasick
    head_kinds: tuple[str, ...]
    not_after: re.Pattern[str]
    suffix: frozenset[str]
    generic: re.Pattern[str]
    slogan: re.Pattern[str]
    award: re.Pattern[str]
    strict_verbs: frozenset[str]
    loose_verbs: frozenset[str]
    quote_verbs: frozenset[str]
    alone: frozenset[str]
    predicate: re.Pattern[str]
    free_after: re.Pattern[str]
    listing: re.Pattern[str]
    problem: re.Pattern[str]
    vague: re.Pattern[str]
    vague_end: re.Pattern[str]
    joined_verbs: frozenset[str]
    long_heads: frozenset[str]
    sum_heads: frozenset[str]
    listed_end: re.Pattern[str]
    weak_end: re.Pattern[str]
    rulebook: Rulebook

    @classmethod
    def of(cls, rulebook: Rulebook) -> InitiativeRules:
        """Compile the lists once."""
        kinds: dict[str, str] = {}
        for kind in (*_HEADS, "weak", "quoted", "alone"):
            for word in rulebook.words(f"head_{kind}"):
                kinds[word] = "system" if kind == "alone" else kinds.get(word, kind)
        words = sorted(kinds)
        alt = rulebook.alternation
        return cls(
            heads=ahocorasick_rs.AhoCorasick(
                words, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest, store_patterns=False
            ),
            head_kinds=tuple(kinds[w] for w in words),
            not_after=re.compile(alt("head_not_after")),
            suffix=frozenset(rulebook.words("head_not_before_char")),
            generic=re.compile(alt("generic", "adverb", "scope")),
            slogan=re.compile(alt("slogan")),
            award=re.compile(rf"{alt('quote_award')}(?:了)?$"),
            strict_verbs=frozenset(rulebook.words("launch_strict")),
            loose_verbs=frozenset(rulebook.words("launch_loose")),
            quote_verbs=frozenset(rulebook.words("launch_quote")),
            alone=frozenset(rulebook.words("head_alone")),
            predicate=re.compile(rf"(?:{alt('adverb')})*{alt('predicate', 'launch')}"),
            free_after=re.compile(alt("quote_free_after")),
            listing=re.compile(rf"{alt('listing')}$"),
            problem=re.compile(alt("problem")),
            vague=re.compile(alt("vague", "scope")),
            vague_end=re.compile(rf"{alt('vague')}$"),
            joined_verbs=frozenset(rulebook.words("launch_joined")),
            long_heads=frozenset(rulebook.words("head_long")),
            sum_heads=frozenset(rulebook.words("head_sum")),
            listed_end=re.compile(rf"{alt('listed_end')}$"),
            weak_end=re.compile(alt("weak_end")),
            rulebook=rulebook,
        )


def initiatives(
    context: Context, rules: InitiativeRules, taken: Callable[[int, int], bool], outside: Callable[[int], int]
) -> list[Candidate]:
    """Every initiative named in the body, in text order, disjoint; `taken` says which spans other names hold."""
    heads = _heads(context, rules)
    headings = [(s.heading_span.start, s.heading_span.end) for s in context.sections]
    found: list[Candidate] = []
    number = 0
    inherited = ""
    for clause in context.clauses:
        inside: list[Head] = []
        while number < len(heads) and heads[number].start < clause.end:
            if heads[number].start >= clause.start:
                inside.append(heads[number])
            number += 1
        if inside:
            # 开展4人次跟班轮训,5场次专项培训: a clause that opens with a quantity goes on with the verb before
            opens = context.lexicon.measure.match(context.text, clause.start, clause.end)
            heading = any(s <= clause.start < e for s, e in headings)
            new = _in_clause(
                context, rules, clause, _merged(context, inside), taken, outside, inherited if opens else "", heading
            )
            found += new
            if new:
                inherited = new[-1].governed
    found += _quoted(context, rules, found, taken)
    return sorted(found, key=lambda c: c.start)


def _heads(context: Context, rules: InitiativeRules) -> list[Head]:
    heads = []
    text = context.text
    for number, start, end in rules.heads.find_matches_as_indexes(context.flat):
        if not context.words.boundary(end) and end - start < 3:
            continue
        if rules.not_after.match(text, end) or _is_verb(context, start, end):
            continue
        if text[end : end + 1] in rules.suffix and context.words.end_of(end) == end + 1:
            continue
        kind = rules.head_kinds[number]
        if kind in ("weak", "quoted") and text[start - 1] != "”" and not _ends(context, rules, end):
            continue
        heads.append(Head(start, end, kind))
    return heads


def _is_verb(context: Context, start: int, end: int) -> bool:
    """Whether the head stands where a verb does: 试点 in `率先试点推行`, 建设 in `建设…平台`."""
    item = context.item_over(start)
    if item is None or "launch" not in item.lists or item.end < end:
        return False
    if item.start < start:
        return True
    before = context.text[start - 1 : start]
    if not before or before in ",;:。!?\n、)” ":
        return before != "”"
    previous = context.items_in(max(0, start - 6), start)
    return bool(previous) and previous[-1].end == start


def _ends(context: Context, rules: InitiativeRules, end: int) -> bool:
    """Whether a name can end here: punctuation, a particle, a verb, another head right behind."""
    if end >= len(context.text) or context.text[end] in "\n0123456789" or rules.weak_end.match(context.text, end):
        return True
    item = context.item_at(end)
    return item is not None and bool(item.lists & {"launch", "adverb", "preposition"})


def _merged(context: Context, heads: list[Head]) -> list[Head]:
    """Join heads of one compound: the last one names it, the first one's place is where the search to the left begins."""
    merged: list[Head] = []
    for head in heads:
        if merged:
            last = merged[-1]
            gap = context.flat[last.end : head.start]
            plain = not re.search(r"[、和及与或的,“]", gap)
            items = context.items_in(last.end, head.start)
            broken = any(i.lists & {"launch", "preposition", "adverb"} for i in items)
            if plain and last.kind != "alone" and (
                (not broken and len(gap) <= 2 * _MERGE_GAP)
                or (gap and len(gap) <= _MERGE_GAP and head.kind in ("campaign", "pilot", "programme"))
            ):
                merged[-1] = Head(last.start, head.end, head.kind if head.kind != "weak" else last.kind)
                continue
        merged.append(head)
    return merged


def _in_clause(
    context: Context,
    rules: InitiativeRules,
    clause: Clause,
    heads: list[Head],
    taken: Callable[[int, int], bool],
    outside: Callable[[int], int],
    inherited: str,
    heading: bool,
) -> list[Candidate]:
    found: list[Candidate] = []
    verb = inherited
    for number, head in enumerate(heads):
        low, listed = _low(context, rules, clause.start, heads[:number], head, {c.end for c in found})
        edge = left_edge(context, low, head.start, outside)
        governed = edge.verb if edge.verb and not edge.preposition else ""
        if not edge.verb and (listed or inherited):
            governed = verb or _first_verb(context, clause.start, low)
        for start in _starts(context, rules, edge, head, outside):
            if taken(start, head.end):
                continue
            if not _accept(context, rules, clause, start, head, governed, edge.preposition, heading):
                continue
            while context.text[start] in "、和及与 ":
                start += 1
            text = context.report.text[start : head.end]
            vague = rules.vague_end.search(context.flat, start, head.start)
            if vague:  # 政府开放日各类活动 is called 政府开放日活动
                text = text[: vague.start() - start] + text[head.start - start :]
            found.append(
                Candidate(start, head.end, Kind.INITIATIVE, f"head-{head.kind}", text, head.kind, governed=governed)
            )
            break
        verb = governed or verb
    return found


def _low(
    context: Context, rules: InitiativeRules, start: int, before: list[Head], head: Head, named: set[int]
) -> tuple[int, bool]:
    """Where the search for a name's beginning may not go beyond, and whether the name continues a list.

    `开展A检查、B整治和C行动`: each ends with a head, so each begins after the one before. `生产、储存、运输全链条管控机制`:
    the items before have no head of their own, so they belong to the name. `A、B等领域案卷评查活动`: 等 holds the list together.
    """
    for last in reversed(before):
        gap = context.flat[last.end : head.start]
        match = _JOINT.match(gap)
        if match is None:
            if last.end not in named and "、" not in gap:
                continue  # a head that named nothing is a word of this name
            if context.flat[last.end : last.end + 1] in "的" or "、" not in gap:
                return last.end, False
            # the head before is followed by more of its own item: 执法检查问题查处整改、VOCs专项执法检查
            return last.end + gap.index("、") + 1, True
        if match.group().strip() != "等" and "等" in gap[match.end() :]:
            continue
        if last.end - last.start <= 2 and context.text[last.start - 1] in "、和及与":
            continue  # 收集、评估、处理、反馈机制: a bare head is an item of the list
        return last.end + match.end(), True
    return start, False


_JOINT = re.compile(r"等?(?:、|以及|和|及|与|等|暨|并)")


def _first_verb(context: Context, start: int, end: int) -> str:
    """The first launch verb of `start:end`: it governs the whole list that follows."""
    item = next((i for i in context.items_in(start, end) if "launch" in i.lists), None)
    return context.text[item.start : item.end] if item else ""


def _starts(
    context: Context, rules: InitiativeRules, edge: Edge, head: Head, outside: Callable[[int], int]
) -> list[int]:
    """Where the name may begin, the best first: after the last 的 or list item, else at the edge, else with its place."""
    start = _after_list(context, rules, _after_measure(context, rules, edge.start, head), head)
    starts = [_after_de(context, rules, start, head)]
    if edge.start not in starts:
        starts.append(edge.start)
    # a place stays outside a name that still says something without it: 连云港旗舰店 keeps it
    for back in range(edge.start - 2, max(-1, edge.start - 9), -1):
        if outside(back) == edge.start:
            starts.append(back)
            break
    return starts


def _after_measure(context: Context, rules: InitiativeRules, start: int, head: Head) -> int:
    """`涵盖…三大类534项“一件事”服务套餐`: the name begins after the quantity."""
    last = None
    for last in context.lexicon.counted.finditer(context.flat, start, head.start):
        pass
    if last and _says_something(rules, context.flat[last.end() : head.start], head):
        return last.end()
    return start


def _after_de(context: Context, rules: InitiativeRules, start: int, head: Head) -> int:
    """A name begins after the last 的 before its head, unless what follows 的 is too general to be a name."""
    region = context.flat[start : head.start]
    at = region.rfind("的")
    if at < 0:
        return start
    rest = region[at + 1 :]
    return start + at + 1 if _says_something(rules, rest, head) else start


def _after_list(context: Context, rules: InitiativeRules, start: int, head: Head) -> int:
    """Cut list items that are no part of the name: `“六稳”要求、“放管服”改革`, not `生产、储存、运输全链条管控机制`."""
    region = context.flat[start : head.start]
    for match in reversed(list(re.finditer(r"、|以及|和|及|与", region))):
        before, rest = region[: match.start()], region[match.end() :]
        if "等" in rest or not _says_something(rules, rest, head):
            continue
        if len(match.group()) == 1 and match.group() != "、" and not context.words.boundary(start + match.start()):
            continue
        item = re.split(r"、|和|及|与", before)[-1]
        if rest.startswith("“") or "”" in before or (rules.listed_end.search(before) and len(item) >= 4):
            return start + match.end()
    return start


def _says_something(rules: InitiativeRules, modifier: str, head: Head) -> bool:
    """Whether a modifier is specific enough to make a name: quoted, Latin, two content characters or six in all."""
    if "“" in modifier or re.search(r"[A-Za-z]", modifier):
        return True
    content = rules.vague.sub("", modifier)
    return len(rules.generic.sub("", modifier)) >= 2 or len(content) >= 6


def _accept(
    context: Context,
    rules: InitiativeRules,
    clause: Clause,
    start: int,
    head: Head,
    governed: str,
    preposition: bool,
    heading: bool,
) -> bool:
    length = head.end - start
    flat = context.flat[start : head.start]
    noun = context.flat[head.start : head.end]
    quoted = "“" in flat
    if noun in rules.alone and governed:
        return True
    if length < 4 or length > 44 or not flat.strip() or flat.count("“") != flat.count("”"):
        return False
    if rules.slogan.search(flat) and not quoted and head.kind != "training":
        return False
    if flat.endswith("等") and noun in rules.sum_heads:
        return False
    if flat.endswith("的") and head.kind not in ("system", "mechanism", "model", "platform"):
        return False
    framed = context.lexicon.frame.match(context.flat, start) is not None
    if head.kind == "weak" and not quoted and (("的" in flat and not framed) or flat[-1] in "、和及与"):
        return False
    if not quoted and context.lexicon.counted.search(flat):
        return False
    if (head.kind == "weak" and rules.vague_end.search(flat) and not quoted) or (governed in rules.joined_verbs and head.kind in ("programme", "weak")):
        return False
    if head.kind in ("weak", "reform") and _verb_before(context, start, head.start):
        return False
    if not _says_something(rules, flat, head):
        return False
    if "的" in flat and not _says_something(rules, flat[: flat.rindex("的")], head):
        return False
    if rules.problem.search(context.flat, clause.start, clause.end) and not governed:
        return False
    content = rules.vague.sub("", flat)
    if not quoted and len(content) + len(noun) < 5:
        return False
    if noun in rules.long_heads and not quoted and len(content) < 4:
        return False
    if head.kind == "quoted":
        return flat.endswith("”")
    if head.kind == "weak":
        if quoted:
            return True
        if heading:
            return False
        if governed in rules.strict_verbs:
            return len(content) >= 4
        if governed in rules.loose_verbs:
            return len(content) >= 6
        return start == clause.start and "、" not in flat and len(content) >= 4 and bool(rules.predicate.match(context.text, head.end))
    if governed or quoted or preposition:
        return True
    return head.kind not in ("model", "training") and len(content) >= 3 and not _has_verb(context, start, head.start)


def _has_verb(context: Context, start: int, at: int) -> bool:
    """Whether `start:at` is a sentence and no name: it opens with a verb or holds an adverb (`群众只需要跑一趟|窗口`)."""
    words = context.words
    if words.tag_at(start) == "v" and words.end_of(start) < at and context.flat[start] != "“":
        return True
    return any(words.tag_at(i) in ("d", "r") for i in range(start + 1, at))


def _verb_before(context: Context, start: int, at: int) -> bool:
    """Whether a launch verb stands right before the head and after the name's beginning: `以法治方式深化|改革`."""
    items = context.items_in(start, at)
    if not items or items[-1].end != at or items[-1].start <= start or "launch" not in items[-1].lists:
        return False
    return not context.words.tag_at(items[-1].start).startswith("vn")


def _quoted(
    context: Context, rules: InitiativeRules, found: list[Candidate], taken: Callable[[int, int], bool]
) -> list[Candidate]:
    spans = [(c.start, c.end) for c in found]
    extra: list[Candidate] = []

    def free(start: int, end: int) -> bool:
        return not taken(start, end) and not any(s < end and start < e for s, e in spans)

    for pattern in rules.rulebook.group("quoted-name"):
        for match in pattern.regex.finditer(context.text):
            start, end = pattern.span(match)
            wider, verb = _governing(context, start)
            if verb in rules.quote_verbs and start - wider <= 8 and free(wider, end):
                start = wider  # 落实|行政执法“三项制度”
            if free(start, end):
                extra.append(
                    Candidate(start, end, Kind.INITIATIVE, pattern.id, context.report.text[start:end], "quoted")
                )
                spans.append((start, end))
    for bracket in context.brackets:
        if bracket.kind != "“" or not free(bracket.span.start, bracket.span.end):
            continue
        if len(context.text[bracket.inner.start : bracket.inner.end]) >= 3 and rules.award.search(context.text, max(0, bracket.span.start - 6), bracket.span.start):
            extra.append(
                Candidate(
                    bracket.span.start, bracket.span.end, Kind.INITIATIVE, "quoted-award",
                    context.report.text[bracket.span.start : bracket.span.end], "honour",
                )
            )  # fmt: skip
            spans.append((bracket.span.start, bracket.span.end))
            continue
        start, verb = _governing(context, bracket.span.start)
        if verb in rules.quote_verbs and bracket.span.end - start <= 22 and free(start, bracket.span.end):
            inner = context.text[bracket.inner.start : bracket.inner.end]
            if 3 <= len(inner) <= 14 and rules.free_after.match(context.text, bracket.span.end):
                extra.append(
                    Candidate(
                        start, bracket.span.end, Kind.INITIATIVE, "quoted-governed",
                        context.report.text[start : bracket.span.end], "quoted", governed=verb,
                    )
                )  # fmt: skip
                spans.append((start, bracket.span.end))
    return extra


def _governing(context: Context, at: int) -> tuple[int, str]:
    """The launch verb before a quotation and where the name behind it begins: `推进制造业“智改数转网联”`."""
    clause = context.clause_at(at)
    if clause is None:
        return at, ""
    edge = left_edge(context, max(clause.start, at - 14), at, lambda i: i)
    modifier = context.flat[edge.start : at]
    if edge.preposition or not edge.verb or re.search("[的、”]", modifier):
        return at, ""
    return edge.start, edge.verb
