"""Ranks: 全省第二, 位列全省第一, 居全国前列."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kg.model import Rank, Span
from kg.quantity import chinese_number
from kg.recognise.context import Clause, Context
from kg.rulebook import Pattern, Rulebook

_TWO = 2
_NEAR = 2  # characters between a rank and what it has become


@dataclass(frozen=True)
class RankRules:
    """The rank patterns, areas and verbs of indicators.yaml."""

    patterns: tuple[Pattern, ...]
    first: re.Pattern[str]
    area: re.Pattern[str]
    verb: re.Pattern[str]
    former: re.Pattern[str]

    @classmethod
    def of(cls, rulebook: Rulebook) -> RankRules:
        """Compile the lists once."""
        alt = rulebook.alternation
        return cls(
            patterns=rulebook.group("rank"),
            first=re.compile(alt("rank_first")),
            area=re.compile(rf"{alt('rank_area')}|{alt('rank_group')}"),
            verb=re.compile(alt("rank_verb")),
            former=re.compile(rf"{alt('change_from')}$"),
        )


def ranks(context: Context, rules: RankRules, clause: Clause, patterns: Iterable[Pattern]) -> list[Rank]:
    """The ranks of a clause by some of the patterns, in text order, disjoint; each with the area it is a rank in."""
    found: list[Rank] = []
    for pattern in patterns:
        for match in pattern.sought.finditer(context.flat, clause.start, clause.end):
            start, end = pattern.span(match)
            if any(r.span.start < end and start < r.span.end for r in found):
                continue
            groups = match.groupdict()
            area = groups.get("area") or _area_before(context, rules, clause, start)
            # 考核中位列第五: a verb of ranking says a rank, of whatever area
            if area or (groups.get("position") and rules.verb.match(context.text, start)):
                position = _position(rules, groups.get("position"), context.text[start:end])
                if position != 0:  # 第0名 is none
                    found.append(Rank(area, position, Span(start, end)))
    if len(found) < _TWO:
        return found
    found.sort(key=lambda r: r.span)
    # 由全省第9位|升至第3位: what it was before is none
    return [
        rank
        for rank, after in zip(found, [*found[1:], None], strict=True)
        if after is None
        or after.span.start - rank.span.end > _NEAR
        or not rules.former.search(context.text, clause.start, rank.span.start)
    ]


def _position(rules: RankRules, position: str | None, words: str) -> int | None:
    """The number of a rank: written, or 1 for 首位 and 榜首, or None for 前列."""
    if position:
        return int(position) if position.isdigit() else chinese_number(position)
    return 1 if rules.first.search(words) else None


def _area_before(context: Context, rules: RankRules, clause: Clause, start: int) -> str:
    """`在国家级经开区综合考核评价中稳居第一`: the area is said before, or the rank says nothing."""
    if not rules.verb.match(context.text, start):
        return ""
    before = list(rules.area.finditer(context.flat, clause.start, start))
    return before[-1].group() if before else ""
