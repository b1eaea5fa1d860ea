"""Places: divisions and zones by name, and 全市, 我省 by the report's issuer."""

from __future__ import annotations

import re

import ahocorasick_rs

from kg.gazetteer import Gazetteer
from kg.model import Entity, Kind
from kg.recognise.bodies import Issuer, area_name
from kg.recognise.context import Candidate, Context
from kg.rulebook import Rulebook


class PlaceRules:
    """Names of places and the words that mean the issuer's own area."""

    def __init__(self, rulebook: Rulebook, gazetteer: Gazetteer) -> None:
        """Build the automaton once."""
        self.gazetteer = gazetteer
        names = gazetteer.place_names()
        common = frozenset(rulebook.words("common_word"))
        self._names = sorted(n for n in names if len(n) >= 2 and n not in common)
        self._codes = [names[n] for n in self._names]
        self._automaton = ahocorasick_rs.AhoCorasick(
            self._names, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest, store_patterns=False
        )
        relative = rulebook.alternation("relative_area")
        self.relative = re.compile(rf"{relative}(?P<level>{rulebook.alternation('level_word')}|国|域)(?![\u4e00-\u9fff]{{0,1}}(?:级|委|政府))")
        self.town = re.compile(rulebook.words("town_pattern")[0])


def places(context: Context, rules: PlaceRules, issuer: Issuer | None) -> list[Candidate]:
    """Every place of the text, in text order, disjoint."""
    found: list[Candidate] = []
    near = issuer.adcode if issuer else None
    for number, start, end in rules._automaton.find_matches_as_indexes(context.flat):
        if not context.words.boundary(start) or not context.words.boundary(end):
            if end - start < 3:
                continue
        name = rules._names[number]
        codes = rules._codes[number]
        code = codes[0] if len(codes) == 1 else rules.gazetteer.resolve_place(name, near)
        if code is None:
            if end - start < 3:
                continue
            found.append(
                Candidate(
                    start, end, Kind.PLACE, "place-gazetteer", name,
                    options=tuple(
                        Entity(Kind.PLACE, c, area_name(rules.gazetteer, c), "行政区划", adcode=c) for c in codes
                    ),
                )  # fmt: skip
            )
            continue
        found.append(
            Candidate(start, end, Kind.PLACE, "place-gazetteer", rules.gazetteer.full_name(code), "行政区划", key=code, adcode=code)
        )
    taken = {(c.start, c.end) for c in found}
    for match in rules.relative.finditer(context.flat):
        start, end = match.span()
        if any(s < end and start < e for s, e in taken):
            continue
        level = match["level"]
        if level in ("国", "域"):
            if level == "国":
                found.append(Candidate(start, end, Kind.PLACE, "place-level", "中国", "国家", key="000000", adcode="000000"))
            continue
        area = issuer.area(level) if issuer else None
        if area:
            found.append(
                Candidate(start, end, Kind.PLACE, "place-level", area[0], "行政区划", key=area[1] or area[0], adcode=area[1])
            )
    return sorted(found, key=lambda c: c.start)
