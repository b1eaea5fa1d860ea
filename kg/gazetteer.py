"""Public knowledge as data: divisions and zones, central and local bodies, titles of laws (`kg/data/*.tsv`).

A user's directory may hold files of the same names: their rows are added to the package's, and replace those of the same
key. Codes are GB/T 2260; a zone that has none is known by its parent's code, a colon and its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path

import ahocorasick_rs

from kg.errors import RuleError
from kg.text import fold

_MUNICIPALITIES = frozenset({"110000", "120000", "310000", "500000"})
_PREFIX_TITLE = fold("中华人民共和国")
_DASHES = re.compile(r"年(?=-|\))")


@dataclass(frozen=True, slots=True)
class Place:
    """A division or zone. `code` is six digits, or parent:name for a zone; `near` the divisions around it."""

    code: str
    name: str
    short: tuple[str, ...]
    current: bool
    zone: bool = False
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CentralBody:
    """A body of the centre with its official name, the forms it is written in, and what must not stand around those."""

    name: str
    aliases: tuple[str, ...]
    type: str
    not_before: tuple[str, ...]
    not_after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LocalBody:
    """A standard body of local level. `key` is its function; `official` a pattern with {place}, {short}, {word}."""

    key: str
    levels: tuple[str, ...]
    official: str
    aliases: tuple[str, ...]
    type: str
    since: int | None
    until: int | None
    sectors: tuple[str, ...]
    not_before: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Law:
    """A title of the list of laws: `official` is the full title where it differs."""

    title: str
    type: str
    place: str
    official: str | None


@dataclass(frozen=True)
class Gazetteer:
    """All lists of one run. Load it once and pass it on; it never changes."""

    places: Mapping[str, Place]
    central: tuple[CentralBody, ...]
    local: tuple[LocalBody, ...]
    laws: Mapping[str, Law]  # by normal title
    law_aliases: Mapping[str, str]  # alias → normal title

    @classmethod
    def load(cls, directories: Sequence[str | Path] = ()) -> Gazetteer:
        """Load the package's lists, then those of `directories`. Raises `RuleError` (file, line, what to change)."""
        places = {row["code"]: _place(row) for row in _rows("places.tsv", directories)}
        for row in _rows("zones.tsv", directories):
            zone = _zone(row)
            places[zone.code] = zone
        central = {row["name"]: _central(row) for row in _rows("central_bodies.tsv", directories)}
        local = {(r["function"], r["level"]): _local(r) for r in _rows("local_bodies.tsv", directories)}
        laws = {normal_title(row["title"]): _law(row) for row in _rows("laws.tsv", directories)}
        aliases = {fold(r["alias"]): normal_title(r["title"]) for r in _rows("law_aliases.tsv", directories)}
        return cls(places, tuple(central.values()), tuple(local.values()), laws, aliases)

    # ---- places ----

    @cached_property
    def names(self) -> Mapping[str, tuple[str, ...]]:
        """Every written form of a place → the codes it may mean, current divisions before former ones."""
        found: dict[str, list[str]] = {}
        for former in (False, True):
            for place in self.places.values():
                if place.current is former:
                    continue
                for name in (place.name, *place.short):
                    codes = found.setdefault(name, [])
                    if not former or not codes:
                        codes.append(place.code)
        return {name: tuple(codes) for name, codes in found.items()}

    def place_names(self) -> Mapping[str, tuple[str, ...]]:
        """The same as `names`, without forms of a single character."""
        return {name: codes for name, codes in self.names.items() if len(name) >= 2}

    def resolve_place(self, name: str, near: str | None) -> str | None:
        """The code `name` means in a report of the area `near`; None where it stays ambiguous."""
        codes = self.names.get(name, ())
        if len(codes) <= 1:
            return codes[0] if codes else None
        # the short form of a city is more often meant than the district of the same name
        exact = [c for c in codes if self.level(c) in ("province", "municipality")] or [
            c for c in codes if self.level(c) == "city"
        ]
        if near:
            for size in (6, 4, 2):
                inside = [c for c in codes if c[:size] == near[:size]]
                if len(inside) == 1:
                    return inside[0]
                if len(inside) > 1:
                    cities = [c for c in inside if self.level(c) in ("city", "municipality", "province")]
                    return cities[0] if len(cities) == 1 else None
        return exact[0] if len(exact) == 1 else None

    def full_name(self, code: str) -> str:
        """The full name of a place."""
        return self.places[code].name

    def short_name(self, code: str) -> str:
        """The shortest usual name of a place: 连云港市 → 连云港."""
        place = self.places[code]
        return place.short[0] if place.short else place.name

    def level(self, code: str) -> str:
        """One of province, municipality, city, county, zone."""
        if ":" in code:
            return "zone"
        if code in _MUNICIPALITIES:
            return "municipality"
        if code.endswith("0000"):
            return "province"
        return "city" if code.endswith("00") else "county"

    def around(self, code: str) -> tuple[str, ...]:
        """The places around `code`, the nearest first: for a zone the division it shares ground with, then as for all."""
        place = self.places[code]
        base = code.split(":")[0]
        chain = (*place.near, base, base[:4] + "00", base[:2] + "0000")
        return tuple(dict.fromkeys(c for c in chain if c != code and c in self.places))

    def level_words(self, code: str) -> tuple[str, ...]:
        """The words that mean this place in its own reports: 市 for 连云港市, 区 for a zone."""
        name = self.places[code].name
        if ":" in code:
            return tuple(w for w in ("区", "新区", "实验区", "示范区", "合作区", "开发区") if w == "区" or name.endswith(w))
        words = ("自治区", "自治州", "自治县", "自治旗", "省", "市", "区", "县", "州", "盟", "旗")
        return tuple(w for w in words if name.endswith(w))

    # ---- bodies ----

    def local_aliases(self) -> Mapping[str, tuple[LocalBody, ...]]:
        """Every written form of a local body, without its place → the standard bodies it may mean."""
        found: dict[str, list[LocalBody]] = {}
        for body in self.local:
            for alias in body.aliases:
                if "{" not in alias:
                    found.setdefault(alias, []).append(body)
        return {alias: tuple(bodies) for alias, bodies in found.items()}

    def official(self, body: LocalBody, code: str) -> str:
        """The official name of a standard body of the place `code`."""
        return fill(body.official, self.full_name(code), self.short_name(code))

    def fitting(self, bodies: Sequence[LocalBody], code: str | None, year: int | None) -> LocalBody:
        """The one of several standard bodies that fits the area's level and the report's year, else the first."""

        def misfit(body: LocalBody) -> tuple[bool, bool]:
            level = bool(code) and self.level(code or "") not in body.levels
            era = bool(year) and not ((body.since or 0) <= (year or 0) <= (body.until or 9999))
            return level, era

        return min(bodies, key=misfit)

    def government_of(self, code: str) -> LocalBody:
        """The government of a division, the administrative committee of a zone."""
        key = "管理委员会" if self.level(code) == "zone" else "人民政府"
        return next(body for body in self.local if body.key == key and self.level(code) in body.levels)

    # ---- laws ----

    def law(self, title: str) -> Law | None:
        """The law of that title, whatever its brackets, dashes and prefix."""
        return self.laws.get(normal_title(title))

    def laws_in(self, folded: str) -> Iterator[tuple[int, int, Law]]:
        """Every law or administrative regulation written without 《》 in a folded text: start, end, law."""
        automaton, laws = self._law_automaton
        for number, start, end in automaton.find_matches_as_indexes(folded):
            yield start, end, laws[number]

    @cached_property
    def _law_automaton(self) -> tuple[ahocorasick_rs.AhoCorasick, tuple[Law, ...]]:
        names: dict[str, Law] = {}
        for law in self.laws.values():
            title = fold(law.title)
            if law.type == "法律" or (law.type == "行政法规" and len(title) >= 6):
                names[title] = law
                names[_PREFIX_TITLE + title] = law
        for alias, title in self.law_aliases.items():
            if title in self.laws:
                names[alias] = self.laws[title]
        keys = sorted(names)
        kind = ahocorasick_rs.MatchKind.LeftmostLongest
        return ahocorasick_rs.AhoCorasick(keys, matchkind=kind, store_patterns=False), tuple(names[k] for k in keys)


def fill(pattern: str, place: str, short: str = "") -> str:
    """An official name from its pattern: {place} the full name, {short} without its last word, {word} the last word."""
    word = place[-1:] if place else ""
    return pattern.replace("{place}", place).replace("{short}", short or place).replace("{word}", word)


def normal_title(title: str) -> str:
    """A title of a law as a key: folded, without 中华人民共和国, spaces and the 年 of year ranges."""
    text = _DASHES.sub("", "".join(fold(title).split()))
    return text.removeprefix(_PREFIX_TITLE) if len(text) > len(_PREFIX_TITLE) + 1 else text


def _rows(file: str, directories: Sequence[str | Path]) -> Iterable[dict[str, str]]:
    texts = [(file, resources.files("kg").joinpath("data", file).read_text(encoding="utf-8"))]
    for directory in directories:
        path = Path(directory) / file
        if path.is_file():
            texts.append((f"{path.parent.name}/{file}", path.read_text(encoding="utf-8")))
    for name, text in texts:
        header: list[str] = []
        for number, line in enumerate(text.split("\n"), 1):
            if not line or line.startswith("#"):
                continue
            cells = line.rstrip("\r").split("\t")
            if not header:
                header = cells
            elif len(cells) > len(header):
                raise RuleError("more cells than columns", where=f"{name} line {number}", hint="separate cells by one tab")
            else:
                yield dict(zip(header, cells + [""] * (len(header) - len(cells)), strict=True))


def _list(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split(";") if part)


def _place(row: Mapping[str, str]) -> Place:
    return Place(row["code"], row["name"], _list(row["short"]), row["status"] == "current")


def _zone(row: Mapping[str, str]) -> Place:
    near = tuple(c for c in (row["near_code"],) if c)
    return Place(f"{row['parent_code']}:{row['name']}", row["name"], _list(row["short"]), True, True, near)


def _central(row: Mapping[str, str]) -> CentralBody:
    return CentralBody(
        row["name"], (row["name"], *_list(row["aliases"])), row["body_type"], _list(row["not_before"]), _list(row["not_after"])
    )


def _local(row: Mapping[str, str]) -> LocalBody:
    years = [int(row[k]) if row[k].isdigit() else None for k in ("from", "to")]
    return LocalBody(
        row["function"], tuple(row["level"].split(",")), row["pattern"], _list(row["aliases"]), row["body_type"],
        years[0], years[1], _list(row["sector"]), _list(row["not_before"]),
    )  # fmt: skip


def _law(row: Mapping[str, str]) -> Law:
    title = row["title"]
    official = row["prefix"] + title if row["prefix"] else None
    return Law(title, row["type"], row["issuer_or_place"], official)
