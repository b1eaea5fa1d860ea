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
    generic: re.Pattern[str]
    slogan: re.Pattern[str]
    award: re.Pattern[str]
    weak_verbs: frozenset[str]
    free_after: re.Pattern[str]
    listing: re.Pattern[str]
    problem: re.Pattern[str]
    rulebook: Rulebook

    @classmethod
    def of(cls, rulebook: Rulebook) -> InitiativeRules:
        """Compile the lists once."""
        kinds: dict[str, str] = {}
        for kind in (*_HEADS, "weak"):
            for word in rulebook.words(f"head_{kind}" if kind != "weak" else "head_weak"):
                kinds.setdefault(word, kind)
        words = sorted(kinds)
        alt = rulebook.alternation
        return cls(
            heads=ahocorasick_rs.AhoCorasick(
                words, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest, store_patterns=False
            ),
            head_kinds=tuple(kinds[w] for w in words),
            not_after=re.compile(alt("head_not_after")),
            generic=re.compile(alt("generic", "adverb", "scope")),
            slogan=re.compile(alt("slogan")),
            award=re.compile(rf"{alt('quote_award')}(?:了)?$"),
            weak_verbs=frozenset(rulebook.words("launch_weak")),
            free_after=re.compile(alt("quote_free_after")),
            listing=re.compile(rf"{alt('listing')}$"),
            problem=re.compile(alt("problem")),
            rulebook=rulebook,
        )


def initiatives(
    context: Context, rules: InitiativeRules, taken: Callable[[int, int], bool], outside: Callable[[int], int]
) -> list[Candidate]:
    """Every initiative named in the body, in text order, disjoint; `taken` says which spans other names hold."""
    heads = _heads(context, rules)
    found: list[Candidate] = []
    number = 0
    for clause in context.clauses:
        inside: list[Head] = []
        while number < len(heads) and heads[number].start < clause.end:
            if heads[number].start >= clause.start:
                inside.append(heads[number])
            number += 1
        if inside:
            found += _in_clause(context, rules, clause, _merged(context, inside), taken, outside)
    found += _quoted(context, rules, found, taken)
    return sorted(found, key=lambda c: c.start)


def _heads(context: Context, rules: InitiativeRules) -> list[Head]:
    heads = []
    for number, start, end in rules.heads.find_matches_as_indexes(context.flat):
        if not context.words.boundary(end) or rules.not_after.match(context.text, end):
            continue
        heads.append(Head(start, end, rules.head_kinds[number]))
    return heads


def _merged(context: Context, heads: list[Head]) -> list[Head]:
    """Join heads of one compound: the last one names it, the first one's place is where the search to the left begins."""
    merged: list[Head] = []
    for head in heads:
        if merged:
            last = merged[-1]
            gap = context.flat[last.end : head.start]
            plain = not re.search(r"[、和及与或的]", gap)
            items = context.items_in(last.end, head.start)
            broken = any(i.lists & {"launch", "preposition"} for i in items)
            if plain and ((not broken and len(gap) <= 2 * _MERGE_GAP) or (len(gap) <= _MERGE_GAP and head.kind in ("campaign", "pilot", "programme") and gap)):
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
) -> list[Candidate]:
    found: list[Candidate] = []
    low, verb = clause.start, ""
    for head in heads:
        edge = left_edge(context, low, head.start, outside)
        start = _after_de(context, rules, edge, head)
        governed = edge.verb if edge.verb and not edge.preposition else ""
        if not edge.verb and found and rules.listing.search(context.flat, low, max(low, min(start, head.start))):
            governed = verb  # 开展A检查、B整治: the verb governs the whole list
        if not taken(start, head.end) and _accept(context, rules, clause, start, head, governed, edge.preposition):
            text = context.report.text[start : head.end]
            found.append(
                Candidate(start, head.end, Kind.INITIATIVE, f"head-{head.kind}", text, head.kind, governed=governed)
            )
            verb = governed or verb
        low = head.end
    return found


def _after_de(context: Context, rules: InitiativeRules, edge: Edge, head: Head) -> int:
    """A name begins after the last 的 before its head, unless what follows 的 is too general to be a name."""
    start = edge.start
    region = context.flat[start : head.start]
    at = region.rfind("的")
    if at < 0:
        return start
    rest = region[at + 1 :]
    specific = rules.generic.sub("", rest)
    if len(specific) >= 2 or "“" in rest:
        return start + at + 1
    return start


def _accept(
    context: Context, rules: InitiativeRules, clause: Clause, start: int, head: Head, governed: str, preposition: bool
) -> bool:
    length = head.end - start
    modifier = context.text[start : head.start]
    flat = context.flat[start : head.start]
    if length < 4 or length > 44 or not modifier.strip():
        return False
    quoted = "“" in flat
    if rules.slogan.search(flat) and not quoted:
        return False
    if flat.count("“") != flat.count("”"):
        return False
    specific = rules.generic.sub("", flat)
    if not quoted and len(specific) < 2 and not re.search(r"[A-Za-z]", specific):
        return False
    if rules.problem.search(context.flat, clause.start, clause.end) and not governed:
        return False
    if head.kind == "weak":
        return quoted or (governed in rules.weak_verbs and len(specific) >= 3 and length >= 6)
    if governed or quoted:
        return True
    return head.kind not in ("service", "model", "training") and len(specific) >= 3


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
            if free(start, end):
                extra.append(
                    Candidate(start, end, Kind.INITIATIVE, pattern.id, context.report.text[start:end], "quoted")
                )
                spans.append((start, end))
    for bracket in context.brackets:
        if bracket.kind != "“" or not free(bracket.span.start, bracket.span.end):
            continue
        if rules.award.search(context.text, max(0, bracket.span.start - 6), bracket.span.start):
            extra.append(
                Candidate(
                    bracket.span.start, bracket.span.end, Kind.INITIATIVE, "quoted-award",
                    context.report.text[bracket.span.start : bracket.span.end], "honour",
                )
            )  # fmt: skip
            spans.append((bracket.span.start, bracket.span.end))
            continue
        item = _governing(context, bracket.span.start)
        if item and 5 <= bracket.span.end - bracket.span.start <= 16 and rules.free_after.match(context.text, bracket.span.end):
            extra.append(
                Candidate(
                    bracket.span.start, bracket.span.end, Kind.INITIATIVE, "quoted-governed",
                    context.report.text[bracket.span.start : bracket.span.end], "quoted", governed=item,
                )
            )  # fmt: skip
            spans.append((bracket.span.start, bracket.span.end))
    return extra


def _governing(context: Context, at: int) -> str:
    """The launch verb that ends right before `at`."""
    for item in reversed(context.items_in(max(0, at - 6), at)):
        if item.end == at and "launch" in item.lists:
            return context.text[item.start : item.end]
    return ""
