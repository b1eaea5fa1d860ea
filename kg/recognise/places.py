"""Places: divisions and zones by name, and 全市, 我省 by the report's issuer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.automaton import Automaton
from kg.gazetteer import Gazetteer
from kg.model import Entity, Kind
from kg.recognise.context import Candidate, Context
from kg.recognise.issuer import CENTRE, Issuer
from kg.recognise.names import noun_phrase
from kg.recognise.settle import area_name, official_area, town_code
from kg.recognise.spans import Spans
from kg.rulebook import Rulebook

_ZONE = 12  # characters of a zone's name before its ending
#: Parts of speech a name goes on with behind 全国.
_NAME_TAGS = ("n", "b", "j", "vn", "v")


class PlaceRules:
    """Names of places and the words that mean the issuer's own area."""

    def __init__(self, rulebook: Rulebook, gazetteer: Gazetteer) -> None:
        """Build the automaton once."""
        self.gazetteer = gazetteer
        self.relative = rulebook.union("relative-area")
        self.type = rulebook.word("place_type")
        self.country = rulebook.word("country")
        self.country_type = rulebook.type_of("country")
        # a place that begins the name of a laboratory, a bank, a road is no place of its own
        self.in_name = rulebook.union("place-in-name")
        self.villages = rulebook.group("open-village")
        self.open_zone = rulebook.union("open-zone")
        self.zone_words = rulebook.words("zone_word")
        self.zone_aliases = tuple(
            (alias, tuple(names.split("|"))) for alias, names in (w.split("=", 1) for w in rulebook.words("zone_alias"))
        )
        common = frozenset(rulebook.words("common_word"))
        names = gazetteer.place_names()
        self._names = sorted(n for n in names if len(n) >= 2 and n not in common)
        self._codes = [names[n] for n in self._names]
        self.foreign = re.compile(rulebook.alternation("foreign_country"))
        self._automaton = Automaton(self._names)

    def known(self, text: str) -> list[tuple[int, int, str, tuple[str, ...]]]:
        """Every name of `text` with its place and the codes it may mean, leftmost longest, disjoint."""
        found = self._automaton.find_matches_as_indexes(text)
        return [(start, end, self._names[number], self._codes[number]) for number, start, end in found]


def places(context: Context, rules: PlaceRules, issuer: Issuer | None) -> list[Candidate]:
    """Every place of the text, in text order, disjoint."""
    found: list[Candidate] = []
    near = issuer.adcode if issuer else None
    towns = {town.start: town.end for town in context.towns}
    for start, end, name, codes in _joined(context, rules):
        if towns.get(start, 0) > end:
            continue  # 三都|镇 is no 三都水族自治县
        if rules.in_name.match(context.flat, end) or _in_brackets(context, start, end):
            continue
        if end - start < 3 and not (context.words.boundary(start) and context.words.boundary(end)):
            continue
        code = codes[0] if len(codes) == 1 else rules.gazetteer.resolve_place(name, near)
        if code is not None:
            joined = end - start > len(name)
            name = official_area(rules.gazetteer, code) if joined else rules.gazetteer.full_name(code)
            found.append(Candidate(start, end, Kind.PLACE, "place-gazetteer", name, rules.type, key=code, adcode=code))
        elif end - start >= 3:
            options = tuple(Entity(Kind.PLACE, c, area_name(rules.gazetteer, c), rules.type, adcode=c) for c in codes)
            found.append(Candidate(start, end, Kind.PLACE, "place-gazetteer", name, options=options))
    known = Spans.of(found)
    for match in rules.foreign.finditer(context.flat):
        start, end = match.span()
        if context.words.boundary(start) and context.words.boundary(end) and not known.overlaps(start, end):
            found.append(
                Candidate(start, end, Kind.PLACE, "country", match.group(), rules.country_type, key=match.group())
            )
    known = Spans.of(found)
    for match in rules.open_zone.finditer(context.flat):
        start = noun_phrase(context, match.start(), _ZONE)
        verb = any("launch" in item.lists for item in context.items_in(start, match.start()))  # 某城建设|集聚区
        free = not verb and not known.crossed(start, match.end())
        if start < match.start() and context.words.boundary(match.end()) and free:
            name = context.report.text[start : match.end()]
            found = [c for c in found if not (start <= c.start and c.end <= match.end())]
            found.append(Candidate(start, match.end(), Kind.PLACE, "open-zone", name, rules.type, key=name))
    known = Spans.of(found)
    for town in context.towns:
        if not known.overlaps(town.start, town.end):
            code = town_code(rules.gazetteer, town.code, issuer)
            name = rules.gazetteer.full_name(code)
            key = code.removeprefix("/")
            found.append(Candidate(town.start, town.end, Kind.PLACE, "town", name, rules.type, key=key, adcode=code))
    known = Spans.of(found)
    for pattern in rules.villages:
        for match in pattern.sought.finditer(context.flat):
            start, end = pattern.span(match)
            before = next((c for c in found if c.end == start), None)
            if before is not None:  # 塘边镇|新建村
                found.remove(before)
                start = before.start
            if before is not None or not known.overlaps(start, end):
                name = context.report.text[start:end]
                found.append(Candidate(start, end, Kind.PLACE, pattern.id, name, rules.type, key=name))
    found += _own_zones(context, rules, issuer, Spans.of(found))
    taken = Spans.of(found)
    for match in rules.relative.finditer(context.flat):
        start, end = match.span()
        if taken.overlaps(start, end):
            continue
        if match["country"]:
            if context.words.tag_at(end).startswith(_NAME_TAGS):
                continue  # 全国统一大市场, 全国文明城市: the beginning of a name
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


def _in_brackets(context: Context, start: int, end: int) -> bool:
    """Whether a place says in brackets which one of several a name means: 信用信息公示系统(辽宁)."""
    text = context.text
    return text[start - 1 : start] == "(" and text[end : end + 1] == ")" and "\u4e00" <= text[start - 2] <= "\u9fff"


def _joined(context: Context, rules: PlaceRules) -> Iterator[tuple[int, int, str, tuple[str, ...]]]:
    """The known names, those that stand together as one: 重庆市|万州区 is the district."""
    last: tuple[int, int, str, tuple[str, ...]] | None = None
    for start, end, name, codes in rules.known(context.flat):
        if last is not None and start == last[1]:
            inner = rules.gazetteer.resolve_place(context.text[last[0] : end], None)
            if inner is not None:
                last = (last[0], end, name, (inner,))
                continue
        if last is not None:
            yield last
        last = (start, end, name, codes)
    if last is not None:
        yield last


def _own_zones(context: Context, rules: PlaceRules, issuer: Issuer | None, taken: Spans) -> list[Candidate]:
    """The zones a report means without naming them: its own (实验区), its province's and its city's free trade zone."""
    if issuer is None or not issuer.adcode:
        return []
    own = issuer.adcode if "/" in issuer.adcode else ""
    meant = {word: own for word in rules.zone_words if own and issuer.place.endswith(word)}
    areas = [issuer.adcode, *rules.gazetteer.around(issuer.adcode)]
    for alias, names in rules.zone_aliases:
        options = (
            rules.gazetteer.resolve_place(n.replace("{area}", rules.gazetteer.short_name(a)), None)
            for n in names
            for a in areas
        )
        code = next((option for option in options if option), None)
        if code:
            meant.setdefault(alias, code)
    found: list[Candidate] = []
    for word in sorted(meant, key=lambda w: (-len(w), w)):
        name = rules.gazetteer.full_name(meant[word])
        at = context.flat.find(word)
        while at >= 0:
            end = at + len(word)
            free = not taken.overlaps(at, end) and not any(c.start < end and at < c.end for c in found)
            if free and context.words.boundary(at):
                found.append(
                    Candidate(at, end, Kind.PLACE, "own-zone", name, rules.type, key=meant[word], adcode=meant[word])
                )
            at = context.flat.find(word, end)
    return found
