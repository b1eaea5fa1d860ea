"""Initiatives named by quotation marks alone: with their head inside, as an honour, or behind a verb."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from kg.model import Kind
from kg.recognise.context import Candidate, Context
from kg.recognise.names import left_edge
from kg.recognise.spans import Spans
from kg.rulebook import Pattern, Rulebook

_REACH = 14  # characters before a quotation in which its verb is looked for
_MODIFIER = 8  # characters before a quotation that has its head noun inside
_LONGEST_QUOTATION = 14
_LONGEST = 22  # of a name with a modifier before the quotation


@dataclass(frozen=True)
class QuotationRules:
    """The patterns and lists of initiatives.yaml about quotations."""

    patterns: tuple[Pattern, ...]
    award: re.Pattern[str]
    award_type: str
    verbs: frozenset[str]
    free_after: re.Pattern[str]

    @classmethod
    def of(cls, rulebook: Rulebook) -> QuotationRules:
        """Compile the lists once."""
        return cls(
            patterns=rulebook.group("quoted-name"),
            award=award(rulebook),
            award_type=rulebook.type_of("quote_award"),
            verbs=frozenset(rulebook.words("launch_quote")),
            free_after=re.compile(rulebook.alternation("quote_free_after")),
        )


def award(rulebook: Rulebook) -> re.Pattern[str]:
    """The verb right before an honour: 评为, 荣获了."""
    return re.compile(rf"{rulebook.alternation('quote_award')}了?$")


def quoted_names(
    context: Context, rules: QuotationRules, found: Iterable[Candidate], taken: Callable[[int, int], bool]
) -> list[Candidate]:
    """Quotations that are names by themselves and overlap neither `found` nor what is `taken`."""
    found = list(found)
    spans = Spans.of(found)
    governs = {c.end: c.governed for c in found}  # the verb of each name, by the name's end: a list goes on behind it
    extra: list[Candidate] = []

    def free(start: int, end: int) -> bool:
        return not spans.overlaps(start, end) and not taken(start, end)

    def add(start: int, end: int, rule: str, type_: str | None, governed: str = "") -> None:
        name = context.report.text[start:end]
        extra.append(Candidate(start, end, Kind.INITIATIVE, rule, name, type_, governed=governed))
        spans.add(start, end)

    for pattern in rules.patterns:
        for match in pattern.sought.finditer(context.text):
            start, end = pattern.span(match)
            wider, verb = _governing(context, start)
            if verb in rules.verbs and start - wider <= _MODIFIER and free(wider, end):
                start = wider  # 落实|行政执法“三项制度”
            if free(start, end):
                add(start, end, pattern.id, None)
    for bracket in context.brackets:
        start, end = bracket.span.start, bracket.span.end
        length = bracket.inner.end - bracket.inner.start
        if bracket.kind != "“" or length < 3 or not free(start, end):
            continue
        if rules.award.search(context.text, max(0, start - 6), start):
            add(start, end, "quoted-award", rules.award_type)
            continue
        quotation = start
        start, verb = _governing(context, start)
        if not verb:
            start, verb = quotation, _inherited(context, governs, quotation)
        fits = length <= _LONGEST_QUOTATION and end - start <= _LONGEST
        if verb in rules.verbs and fits and free(start, end) and rules.free_after.match(context.text, end):
            add(start, end, "quoted-governed", None, verb)
            governs[end] = verb
    return extra


def _inherited(context: Context, governs: Mapping[int, str], at: int) -> str:
    """The verb of the name right before a quotation, where nothing or a separator is between: 推行“甲”、“乙”."""
    for low in range(at, max(-1, at - 3), -1):
        if low in governs and (low == at or context.lexicon.separator.fullmatch(context.text, low, at)):
            return governs[low]
    return ""


def _governing(context: Context, at: int) -> tuple[int, str]:
    """The launch verb before a quotation and where the name behind it begins: `推进制造业“智改数转网联”`."""
    clause = context.clause_at(at)
    if clause is None:
        return at, ""
    edge = left_edge(context, max(clause.start, at - _REACH), at)
    modifier = context.flat[edge.start : at]
    if edge.preposition or not edge.verb or any(mark in modifier for mark in "的、”"):
        return at, ""
    return edge.start, edge.verb
