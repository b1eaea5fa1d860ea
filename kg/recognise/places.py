"""Places: divisions and zones by name, and 全市, 我省 by the report's issuer."""

from __future__ import annotations

import ahocorasick_rs

from kg.gazetteer import Gazetteer
from kg.model import Entity, Kind
from kg.recognise.context import Candidate, Context
from kg.recognise.issuer import CENTRE, Issuer
from kg.recognise.settle import area_name
from kg.recognise.spans import Spans
from kg.rulebook import Rulebook


class PlaceRules:
    """Names of places and the words that mean the issuer's own area."""

    def __init__(self, rulebook: Rulebook, gazetteer: Gazetteer) -> None:
        """Build the automaton once."""
        self.gazetteer = gazetteer
        self.relative = rulebook.union("relative-area")
        self.type = rulebook.word("place_type")
        self.country = rulebook.word("country")
        self.country_type = rulebook.type_of("country")
        common = frozenset(rulebook.words("common_word"))
        names = gazetteer.place_names()
        self._names = sorted(n for n in names if len(n) >= 2 and n not in common)
        self._codes = [names[n] for n in self._names]
        self._automaton = ahocorasick_rs.AhoCorasick(
            self._names, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest, store_patterns=False
        )

    def known(self, text: str) -> list[tuple[int, int, str, tuple[str, ...]]]:
        """Every name of `text` with its place and the codes it may mean, leftmost longest, disjoint."""
        found = self._automaton.find_matches_as_indexes(text)
        return [(start, end, self._names[number], self._codes[number]) for number, start, end in found]


def places(context: Context, rules: PlaceRules, issuer: Issuer | None) -> list[Candidate]:
    """Every place of the text, in text order, disjoint."""
    found: list[Candidate] = []
    near = issuer.adcode if issuer else None
    for start, end, name, codes in rules.known(context.flat):
        if end - start < 3 and not (context.words.boundary(start) and context.words.boundary(end)):
            continue
        code = codes[0] if len(codes) == 1 else rules.gazetteer.resolve_place(name, near)
        if code is not None:
            name = rules.gazetteer.full_name(code)
            found.append(Candidate(start, end, Kind.PLACE, "place-gazetteer", name, rules.type, key=code, adcode=code))
        elif end - start >= 3:
            options = tuple(Entity(Kind.PLACE, c, area_name(rules.gazetteer, c), rules.type, adcode=c) for c in codes)
            found.append(Candidate(start, end, Kind.PLACE, "place-gazetteer", name, options=options))
    taken = Spans.of(found)
    for match in rules.relative.finditer(context.flat):
        start, end = match.span()
        if taken.overlaps(start, end):
            continue
        if match["country"]:
            type_ = rules.country_type
            found.append(
                Candidate(start, end, Kind.PLACE, "place-level", rules.country, type_, key=CENTRE, adcode=CENTRE)
            )
        elif match["level"] and issuer and (area := issuer.area(match["level"])):
            name, adcode = area
            found.append(
                Candidate(start, end, Kind.PLACE, "place-level", name, rules.type, key=adcode or name, adcode=adcode)
            )
    return sorted(found, key=lambda c: c.start)
