"""Public knowledge as data: divisions, zones, bodies of State and Party, laws (`kg/data/*.tsv`).

A `Gazetteer` is loaded once and never changes. Everything it says comes from the files, whose columns, sources and
as-of dates are in `kg/data/README.md`; directories of the user's own with files of the same names add rows or replace
them.

A place is referred to by its code: six digits of GB/T 2260 for a division, `parent/name` for a zone, which has none.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from kg.automaton import Automaton
from kg.errors import RuleError
from kg.text import fold

Level = Literal["province", "municipality", "city", "county", "town", "zone"]

#: Header of each file: the contract with editors, checked on load.
HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "levels": "level suffix words government",
        "places": "code name short abbr status first last successors",
        "zones": "name short kind parent_code near_code note",
        "central_bodies": "name aliases body_type from to parent not_before not_after",
        "local_bodies": "function level pattern aliases body_type from to sector not_before",
        "laws": "title type issuer_or_place versions prefix",
        "law_aliases": "alias title not_before not_after",
    }
)
# Columns that identify a row: a user's row with the same ones replaces ours.
_KEYS = {
    "levels": (0, 1),
    "places": (0, 1),
    "zones": (0,),
    "central_bodies": (0,),
    "local_bodies": (0, 1, 5),
    "laws": (0,),
    "law_aliases": (0,),
}
_LEVELS: frozenset[str] = frozenset(("province", "municipality", "city", "county", "town", "zone"))
# The four municipalities rank as provinces, but their bodies are named like a city's (局, not 厅).
_MUNICIPALITIES = frozenset(("11", "12", "31", "50"))
_ALWAYS = (0, 9999)

_YEARS_TAIL = re.compile(r"\((\d{4})-(\d{4})[^\d()]?\)")
_TAIL = re.compile(r"\([^()\d]{1,12}\)$")
_NOISE = str.maketrans({" ": None, "《": "<", "》": ">", "“": '"', "”": '"', "‘": '"', "’": '"', "'": '"'})

Row = list[str]


@dataclass(frozen=True, slots=True)
class Guard:
    """What must not follow or precede an alias in running text (中央 before 空调)."""

    not_before: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()

    def allows(self, text: str, start: int, end: int) -> bool:
        """Whether the alias at `start:end` of `text` stands for its body or law there."""
        if self.not_before and text.startswith(self.not_before, end):
            return False
        return not (self.not_after and text.endswith(self.not_after, 0, start))


#: The level word of a city's district.
_DISTRICT = "区"
_NO_GUARD = Guard()


@dataclass(frozen=True, slots=True)
class Generic:
    """A generic ending of area names at a level: 自治区 → words 自治区 and 区, governed by 人民政府."""

    level: str
    suffix: str
    words: tuple[str, ...]
    government: str


@dataclass(frozen=True, slots=True)
class Place:
    """A division. `last`: the latest year the name may be in force, None while current; `first` 2002: or before."""

    code: str
    name: str
    short: tuple[str, ...]
    abbr: tuple[str, ...]
    current: bool
    first: int | None
    last: int | None
    successors: tuple[str, ...]

    def in_force(self, year: int) -> bool:
        """Whether the name stood in `year`, as far as the tables know."""
        return (self.first is None or self.first <= 2002 or self.first <= year) and (
            self.last is None or year <= self.last
        )


@dataclass(frozen=True, slots=True)
class Zone:
    """An area with an administration of its own (管委会) that is no division, or not only one."""

    name: str
    short: tuple[str, ...]
    kind: str
    parent: str  # code of the division it belongs to, empty where it lies in several provinces
    near: str  # code of the division it shares ground with, empty where there is none
    note: str

    @property
    def code(self) -> str:
        """The zone's code in this project, for no standard gives it one: `350000/平潭综合实验区`."""
        return f"{self.parent}/{self.name}"


@dataclass(frozen=True, slots=True)
class CentralBody:
    """A body of the centre. `since` and `until` are years, None where open; guards veto aliases, not the name."""

    name: str
    aliases: tuple[str, ...]
    type: str
    since: int | None
    until: int | None
    parent: str
    guard: Guard


@dataclass(frozen=True, slots=True)
class LocalBody:
    """A standard body of some levels.

    `key` is its identity within a place (司法局); `official` its name with `{place}` for the area's full name and
    `{short}` for the name without its generic ending; `aliases` are what stands after a level word or a place
    (市|司法局); `forms` are aliases with `{place}` inside; `sectors` the words of elliptical lists (公安、司法部门).
    """

    key: str
    levels: tuple[str, ...]
    official: str
    aliases: tuple[str, ...]
    forms: tuple[str, ...]
    type: str
    since: int | None
    until: int | None
    sectors: tuple[str, ...]
    guard: Guard

    def in_force(self, year: int | None) -> bool:
        """Whether the body may exist in `year`; reforms run from top to bottom, so eras overlap. None: today."""
        if year is None:
            return self.until is None
        return (self.since or _ALWAYS[0]) <= year <= (self.until or _ALWAYS[1])


@dataclass(frozen=True, slots=True)
class Law:
    """A law, regulation or document. `title` as usually written; `official` the full title."""

    title: str
    type: str
    issuer: str  # issuing body, or the place of a local regulation; empty for laws and administrative regulations
    versions: tuple[int, ...]  # years of adoption or amendment that are known, not all there are
    prefix: str

    @property
    def official(self) -> str:
        """The full official title."""
        return self.prefix + self.title


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """All files, indexed. Build it with `Gazetteer.load`; its fields are read-only."""

    places: tuple[Place, ...]
    zones: tuple[Zone, ...]
    central: tuple[CentralBody, ...]
    local: tuple[LocalBody, ...]
    laws: tuple[Law, ...]
    _generics: tuple[Generic, ...]  # longest suffix first
    _by_code: Mapping[str, Place]
    _history: Mapping[str, tuple[Place, ...]]  # every name a code has had, in file order
    _by_name: Mapping[str, tuple[str, ...]]
    _zones: Mapping[str, Zone]
    _children: Mapping[str, tuple[str, ...]]
    _central: Mapping[str, CentralBody]
    _local: Mapping[str, tuple[LocalBody, ...]]
    _sectors: Mapping[str, tuple[LocalBody, ...]]
    _titles: Mapping[str, Law]
    _loose_titles: Mapping[str, Law]
    _law_aliases: Mapping[str, Law]
    _law_guards: tuple[Guard, ...]
    _law_names: tuple[Law, ...]
    _law_automaton: Automaton
    _prefixes: tuple[str, ...]

    @classmethod
    def load(cls, extra_dirs: Iterable[str | Path] = ()) -> Gazetteer:
        """Read the package's files, then those of the same names in `extra_dirs`, in order.

        Raises `RuleError` where a file's header, a row's width, a year or a level is not as documented, where an
        alias or a successor points at nothing, and for a .tsv of the user's that is none of these files or not UTF-8.
        """
        extra_dirs = tuple(extra_dirs)
        _refuse_unknown(extra_dirs)
        tables = {name: _table(name, extra_dirs) for name in HEADERS}
        generics = tuple(
            sorted(
                (Generic(r[0], r[1], _split(r[2]), r[3]) for r in tables["levels"]),
                key=lambda g: (-len(g.suffix), g.suffix, g.level),
            )
        )
        places = tuple(_place(r) for r in tables["places"])
        zones = tuple(Zone(r[0], _split(r[1]), r[2], r[3], r[4], r[5]) for r in tables["zones"])
        by_code: dict[str, Place] = {}
        children: dict[str, list[str]] = {}
        for place in places:
            known = by_code.get(place.code)
            if known is None or place.current or (not known.current and (place.last or 0) > (known.last or 0)):
                by_code[place.code] = place
        for code, place in by_code.items():
            if place.current and not code.endswith("0000"):
                prefecture = code[:4] + "00"
                parent = prefecture if code != prefecture and prefecture in by_code else code[:2] + "0000"
                children.setdefault(parent, []).append(code)
        for place in places:
            for code in place.successors:
                if code not in by_code:
                    raise _fault("places", f"{place.name} 的后继代码 {code} 不存在", "改成一个存在的代码,或留空")
        for zone in zones:
            for code in (zone.parent, zone.near):
                if code and code not in by_code:
                    raise _fault("zones", f"{zone.name} 的代码 {code} 不存在", "改成 places.tsv 里的代码,或留空")
        by_name = _names(places, zones, by_code)
        central = tuple(
            CentralBody(
                r[0], _split(r[1]), r[2], _year(r[3]), _year(r[4]), r[5], Guard(_split(r[6]), _split(r[7]))
            )
            for r in tables["central_bodies"]
        )  # fmt: skip
        local = tuple(_local_rows(tables["local_bodies"], generics))
        laws = tuple(Law(r[0], r[1], r[2], tuple(map(int, _split(r[3]))) if r[3] else (), r[4]) for r in tables["laws"])
        prefixes = tuple(sorted({law.prefix for law in laws if law.prefix}, key=lambda p: (-len(p), p)))
        titles, loose = _title_index(laws, prefixes)
        aliases = _alias_index(tables["law_aliases"], titles, prefixes)
        names = tuple(aliases)
        return cls(
            places=places,
            zones=zones,
            central=central,
            local=local,
            laws=laws,
            _generics=generics,
            _by_code=by_code,
            _history=_history_of(places),
            _by_name=by_name,
            _zones={zone.code: zone for zone in zones},
            _children={parent: tuple(sorted(codes)) for parent, codes in children.items()},
            _central=_central_index(central),
            _local=_group((alias, body) for body in local for alias in body.aliases),
            _sectors=_group((word, body) for body in local for word in body.sectors),
            _titles=titles,
            _loose_titles=loose,
            _law_aliases={alias: law for alias, (law, _) in aliases.items()},
            _law_guards=tuple(guard for _, guard in aliases.values()),
            _law_names=tuple(law for law, _ in aliases.values()),
            _law_automaton=Automaton(names),
            _prefixes=prefixes,
        )

    # places ----------------------------------------------------------------------------------------------------

    def place(self, code: str, year: int | None = None) -> Place | None:
        """Look up the division of a code: the one in force in `year`, the current one, or the last there was."""
        found = self._by_code.get(code)
        if found is None or year is None or found.in_force(year):
            return found
        return next((p for p in self._history[code] if p.in_force(year)), found)

    def zone(self, code: str) -> Zone | None:
        """Look up the zone of a code `parent/name`."""
        return self._zones.get(code)

    def place_names(self) -> Mapping[str, tuple[str, ...]]:
        """Every name and short name of divisions and zones, as in folded text, with the codes it may mean, sorted.

        Abbreviations of one character (苏) are not in it: see `Place.abbr`.
        """
        return self._by_name

    def places_named(self, name: str) -> tuple[Place, ...]:
        """Every division, current or former, with this full or short name, by code."""
        return tuple(p for p in self.places if name == p.name or name in p.short)

    def full_name(self, code: str, year: int | None = None) -> str:
        """Return the full name of a division, zone or town, empty for an unknown code."""
        zone = self._zones.get(code)
        if zone:
            return zone.name
        place = self.place(code, year)
        return place.name if place else code.partition("/")[2]

    def short_name(self, code: str) -> str:
        """Return the name without its generic ending (连云港, 阿坝, 平潭), or all of it where nothing would be left."""
        zone = self._zones.get(code)
        if zone:
            return min(zone.short, key=len, default=zone.name)
        place = self._by_code.get(code)
        if place is None:
            return self._bare(code, self.full_name(code))
        return min(place.short, key=len) if place.short else self._bare(code, place.name)

    def level(self, code: str) -> str:
        """`province`, `municipality` (a province by rank, its bodies named like a city's), `city`, `county`, `zone`.

        Empty for an unknown code. A district of a municipality and a county-level city are `county`. `town` for a code
        that a report's own text gave a town: its county's, a slash and its name.
        """
        if code in self._zones:
            return "zone"
        if "/" in code:
            return "town"
        return _level(code) if code in self._by_code else ""

    place_level = level

    def level_words(self, code: str) -> tuple[str, ...]:
        """Return the words that mean this area in its own reports: 市 for 连云港市, 自治区 and 区 for 广西."""
        generic = self._generic(code)
        return generic.words if generic else ()

    def endings(self) -> tuple[tuple[str, str], ...]:
        """List (level, generic ending) of areas above towns: (county, 县), (city, 自治州)."""
        return tuple((g.level, g.suffix) for g in self._generics if g.suffix and g.level not in ("town", "zone"))

    def suffixes(self, level: str) -> tuple[str, ...]:
        """List the generic endings of a level's names: 镇, 乡, 街道, 苏木 of towns."""
        return tuple(g.suffix for g in self._generics if g.level == level and g.suffix)

    def ancestors(self, code: str) -> tuple[str, ...]:
        """List the divisions a place lies in, province first: 320706 → 320000, 320700."""
        return tuple(reversed(self.around(code)))

    def around(self, code: str) -> tuple[str, ...]:
        """List the divisions a place lies in, the nearest first; for a zone, first the one it shares ground with."""
        zone = self._zones.get(code)
        if zone is not None:
            base = zone.near or zone.parent
            found = [*((base, *self.around(base)) if base else ())]
            if zone.parent and zone.parent not in found:
                found.append(zone.parent)
            return tuple(found)
        county = code.partition("/")[0]
        if county != code:
            return (county, *self.around(county)) if county else ()
        upper = (code[:4] + "00", code[:2] + "0000")
        return tuple(c for c in upper if c != code and c in self._by_code and len(code) == 6)

    def is_district(self, code: str) -> bool:
        """Whether a place is a city's district, whose bodies bear the city's name too (长沙市岳麓区人民政府)."""
        words = self.level_words(code)
        return self.level(code) == "county" and bool(words) and words[0] == _DISTRICT

    def children(self, code: str) -> tuple[str, ...]:
        """List current divisions directly under one, sorted: prefectures of a province, counties of a prefecture."""
        return self._children.get(code, ())

    def resolve_place(self, name: str, near_code: str | None, year: int | None = None) -> str | None:
        """Find the code a name means in a report of `near_code`; None where it is unknown or stays ambiguous.

        Accepts `海州区` and `江苏省连云港市海州区`. Of several places of one name it takes the area itself, then what
        lies in or around it, in its prefecture, in its province; names in force in `year` (today, if None) go first,
        divisions before zones.
        """
        name = _surface(name)
        codes = self._by_name.get(name)
        if codes is None:
            return self._resolve_joined(name, near_code, year)
        if len(codes) == 1:
            return codes[0]
        codes = self._in_force(name, codes, near_code, year)
        if len(codes) == 1:
            return codes[0]
        if near_code is None:
            return None
        ranked = sorted((self._distance(code, near_code), code) for code in codes)
        best = ranked[0][0]
        nearest = [code for rank, code in ranked if rank == best]
        if best > 3 or len(nearest) > 1:
            return None
        return nearest[0]

    def _resolve_joined(self, name: str, near_code: str | None, year: int | None) -> str | None:
        for cut in range(len(name) - 2, 1, -1):
            codes = self._by_name.get(name[:cut])
            if codes is None:
                continue
            head = self.resolve_place(name[:cut], near_code, year)
            tail = self.resolve_place(name[cut:], head, year) if head else None
            if head and tail and head in self.around(tail):
                return tail
        return None

    def _in_force(self, name: str, codes: tuple[str, ...], near: str | None, year: int | None) -> tuple[str, ...]:
        def stands(code: str) -> bool:
            if code in self._zones:
                return True
            rows = [p for p in self._history.get(code, ()) if p.name == name or name in p.short]
            return any(p.current if year is None else p.in_force(year) for p in rows)

        standing = tuple(code for code in codes if stands(code)) or codes
        # A zone is meant in its own reports, or before it became a division of the same name (两江新区).
        divisions = tuple(code for code in standing if code not in self._zones)
        if divisions and near not in standing:
            standing = divisions
        if len(standing) > 1:
            # Of a division and its successor of the same name, both in force in the year of the change, the new one.
            old = {
                code
                for code in standing
                if (place := self._by_code.get(code)) and not place.current and set(place.successors) & set(standing)
            }
            standing = tuple(code for code in standing if code not in old)
        return standing

    def _distance(self, code: str, near: str) -> int:
        """0 the area itself, 1 in or around it, 2 in its prefecture, 3 in its province, 4 elsewhere."""
        if code == near:
            return 0
        mine, its = self.around(code), self.around(near)
        if near in mine or code in its:
            return 1
        shared = set(mine) & set(its)
        if any(not c.endswith("0000") for c in shared):
            return 2
        return 3 if shared else 4

    def _generic(self, code: str) -> Generic | None:
        level, name = self.level(code), self.full_name(code)
        return next((g for g in self._generics if g.level == level and name.endswith(g.suffix)), None)

    def _bare(self, code: str, name: str) -> str:
        generic = self._generic(code)
        bare = name[: -len(generic.suffix)] if generic and generic.suffix else name
        return bare if len(bare) >= 2 else name

    # bodies ----------------------------------------------------------------------------------------------------

    def central_body(self, name: str) -> CentralBody | None:
        """Look up the central body with this full name or alias; guards are the caller's (`guard`)."""
        return self._central.get(_surface(name))

    def central_aliases(self) -> Iterator[tuple[str, str, str]]:
        """(surface, official name, body type) of every central body, its full name included, sorted by surface."""
        for surface in sorted(self._central):
            body = self._central[surface]
            yield surface, body.name, body.type

    def local_aliases(self) -> Mapping[str, tuple[LocalBody, ...]]:
        """Map what stands after a level word or a place to the bodies it may mean, today's before former ones."""
        return self._local

    def local_forms(self) -> tuple[tuple[LocalBody, str, str], ...]:
        """List the bodies whose name has its place inside, with what is before and behind it (团{place}委)."""
        inner = ((row, form.partition("{place}")) for row in self.local for form in row.forms)
        return tuple((row, before, after) for row, (before, _, after) in inner if before)

    def local_bodies(self, alias: str, level: str, year: int | None = None) -> tuple[LocalBody, ...]:
        """List the bodies that `alias` means at a level in `year` (today, if None); several where it is ambiguous.

        Where none is in force in the year, those of other years: an old name in a new report still names its body.
        """
        at_level = tuple(b for b in self._local.get(_surface(alias), ()) if level in b.levels)
        return tuple(b for b in at_level if b.in_force(year)) or at_level

    def sector_bodies(self, word: str, level: str, year: int | None = None) -> tuple[LocalBody, ...]:
        """List the bodies that a bare sector word of an elliptical list means (公安、司法、人社等部门)."""
        at_level = tuple(b for b in self._sectors.get(word, ()) if level in b.levels)
        return tuple(b for b in at_level if b.in_force(year)) or at_level

    def is_sector(self, word: str) -> bool:
        """Whether `word` says which bodies an elliptical list means."""
        return word in self._sectors

    def longest_sector(self) -> int:
        """Return the number of characters of the longest such word."""
        return max(map(len, self._sectors), default=0)

    def official_name(self, body: LocalBody, code: str, year: int | None = None) -> str:
        """Write the full official name of a local body of the area `code`."""
        return body.official.replace("{place}", self.full_name(code, year)).replace("{short}", self.short_name(code))

    def government_of(self, code: str) -> LocalBody:
        """Return the body that governs an area: people's government, administrative office, zone administration.

        Raises `RuleError` where levels.tsv and local_bodies.tsv name none for the area's level.
        """
        generic = self._generic(code)
        if generic is not None:
            for body in self.local:
                if body.key == generic.government and generic.level in body.levels and body.until is None:
                    return body
        raise _fault(
            "levels", f"{self.full_name(code) or code} 一级没有政府", "在 levels.tsv 与 local_bodies.tsv 各加一行"
        )

    def guard(self, surface: str) -> Guard:
        """Return what vetoes a surface form in running text. A body's full name has no guard."""
        body = self._central.get(surface)
        if body is not None:
            return _NO_GUARD if surface == _surface(body.name) else body.guard
        rows = self._local.get(surface, ())
        return rows[0].guard if rows else _NO_GUARD

    # laws ------------------------------------------------------------------------------------------------------

    def law(self, title: str) -> Law | None:
        """Look up the document with this title, as it stands between 《 and 》 or with them.

        Brackets, dashes, widths, spaces and the State's name in front do not matter; a year range may lack its 年; a
        status at the end may be missing or added; short titles in common use (环保法) are known.
        """
        key = self.normal_title(title)
        if key.startswith("<") and key.endswith(">"):
            key = key[1:-1]
        found = self._titles.get(key) or self._law_aliases.get(key)
        if found is None:
            bare = _TAIL.sub("", key)
            found = self._titles.get(bare) or self._loose_titles.get(bare) or self._law_aliases.get(bare)
        return found

    def law_by_alias(self, alias: str) -> Law | None:
        """Look up a name used in running text: a short one, or a full title that is safe without 《》."""
        return self._law_aliases.get(fold(alias))

    def laws_in(self, text: str) -> Iterator[tuple[int, int, Law]]:
        """(start, end, law) of every law named without 《》 in folded `text`, in text order, the longest name first."""
        for number, start, end in self._law_automaton.find_matches_as_indexes(text):
            if self._law_guards[number].allows(text, start, end):
                yield start, end, self._law_names[number]

    def normal_title(self, title: str) -> str:
        """Return a title as the index keeps it: folded, without spaces and the State's name, year ranges alike."""
        return _normal(fold(title), self._prefixes)


# reading the files ---------------------------------------------------------------------------------------------


def _fault(name: str, message: str, hint: str, line: int = 0) -> RuleError:
    return RuleError(message, where=f"{name}.tsv:{line}" if line else f"{name}.tsv", hint=hint)


def _split(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(";")) if cell else ()


def _year(cell: str) -> int | None:
    return int(cell) if cell else None


def _table(name: str, extra_dirs: Iterable[str | Path]) -> list[Row]:
    """Read one file, the rows of the user's directories merged in by key."""
    text = files("kg").joinpath("data", f"{name}.tsv").read_text(encoding="utf-8")
    rows = _rows(name, text, name)
    extra: list[Row] = []
    for directory in extra_dirs:
        path = Path(directory) / f"{name}.tsv"
        if path.exists():
            extra += _rows(name, _text_of(path), str(path))
    if not extra:
        return rows
    columns = _KEYS[name]
    merged = {tuple(row[c] for c in columns): row for row in (*rows, *extra)}
    return sorted(merged.values())


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as fault:
        raise RuleError(
            "不是 UTF-8 文本 / not UTF-8",
            where=str(path),
            hint="另存为 UTF-8,制表符分隔 (save it as UTF-8, tab-separated)",
        ) from fault
    except OSError as fault:
        raise RuleError(
            f"无法打开 / cannot be opened: {fault.strerror}", where=str(path), hint="检查权限 (check its permissions)"
        ) from fault


def _refuse_unknown(directories: Iterable[str | Path]) -> None:
    """Refuse a list that nothing would read, because its name is misspelt or in capitals."""
    known = {f"{name}.tsv" for name in HEADERS}
    for directory in filter(os.path.isdir, directories):
        for name in sorted(os.listdir(directory)):
            if name.lower().endswith(".tsv") and name not in known:
                raise RuleError(
                    "不认识的名录文件 / no such list",
                    where=os.path.join(directory, name),
                    hint=f"改名为其中之一 (name it as one of these): {' '.join(sorted(known))}",
                )


def _rows(name: str, text: str, where: str) -> list[Row]:
    header = HEADERS[name].split(" ")
    width = len(header)
    lines = text.splitlines()
    number = next((n for n, line in enumerate(lines) if line and not line.startswith("#")), len(lines))
    if number == len(lines) or lines[number].split("\t") != header:
        raise RuleError(
            "表头不符", where=f"{where}:{number + 1}", hint=f"第一行(注释之后)应是,用制表符分隔:{' '.join(header)}"
        )
    rows = [line.split("\t") for line in lines[number + 1 :] if line and not line.startswith("#")]
    if any(len(row) != width for row in rows):
        bad = next(row for row in rows if len(row) != width)
        at = lines.index("\t".join(bad)) + 1
        raise RuleError(
            f"有 {len(bad)} 列,应有 {width} 列", where=f"{where}:{at}", hint="列之间用制表符,空列也要留制表符"
        )
    for column, title in enumerate(header):
        if title in ("from", "to", "first", "last"):
            bad = next((row for row in rows if row[column] and not _is_year(row[column])), [])
            if bad:
                raise RuleError(f"{title} 不是年份:{bad[column]}", where=f"{where}: {bad[0]}", hint="写四位年份,或留空")
    return rows


def _is_year(cell: str) -> bool:
    return len(cell) == 4 and cell.isdecimal() and cell.isascii()


def _place(row: Row) -> Place:
    code, name, short, abbr, status, first, last, successors = row
    return Place(
        code, name, _split(short), _split(abbr), status == "current", _year(first), _year(last), _split(successors)
    )


def _level(code: str) -> str:
    if code.endswith("0000"):
        return "municipality" if code[:2] in _MUNICIPALITIES else "province"
    return "city" if code.endswith("00") else "county"


_WIDE = re.compile("[^\u4e00-\u9fff]")


def _surface(name: str) -> str:
    """Fold a name as texts are folded: brackets and quotation marks of one kind. Most names hold none."""
    return fold(name) if _WIDE.search(name) else name


def _names(
    places: tuple[Place, ...], zones: tuple[Zone, ...], by_code: Mapping[str, Place]
) -> dict[str, tuple[str, ...]]:
    """Names and short names to sorted codes. A zone that is a division under its own name is left to the division."""
    found: dict[str, set[str]] = {}
    for place in places:
        for name in (place.name, *place.short):
            found.setdefault(name, set()).add(place.code)  # divisions are written in Chinese characters only
    for zone in zones:
        if zone.near and by_code[zone.near].name == zone.name and (by_code[zone.near].first or 0) < 2020:
            continue
        for name in (zone.name, *zone.short):
            found.setdefault(_surface(name), set()).add(zone.code)
    return {name: tuple(sorted(codes)) for name, codes in found.items()}


def _history_of(places: tuple[Place, ...]) -> dict[str, tuple[Place, ...]]:
    rows: dict[str, list[Place]] = {}
    for place in places:
        rows.setdefault(place.code, []).append(place)
    return {code: tuple(found) for code, found in rows.items()}


def _local_rows(rows: list[Row], generics: tuple[Generic, ...]) -> Iterator[LocalBody]:
    """Local bodies; a row with {word} becomes one row for each word its levels are called by (全面依法治市委员会)."""
    words: dict[str, list[str]] = {}
    for generic in generics:
        for word in generic.words:
            if len(word) == 1:
                words.setdefault(word, []).append(generic.level)
    for row in rows:
        levels = _split(row[1].replace(",", ";"))
        if not _LEVELS.issuperset(levels):
            raise _fault("local_bodies", f"{row[0]} 的层级 {row[1]} 有误", f"只能是 {'、'.join(sorted(_LEVELS))}")
        if "{word}" not in row[0]:
            yield _local_body(row, levels)
            continue
        for word in sorted(words):
            fitting = tuple(level for level in levels if level in words[word])
            if fitting:
                yield _local_body([cell.replace("{word}", word) for cell in row], fitting)


def _local_body(row: Row, levels: tuple[str, ...]) -> LocalBody:
    names = _split(row[3])
    return LocalBody(
        key=row[0],
        levels=levels,
        official=row[2],
        aliases=tuple(_surface(n) for n in names if "{" not in n),
        forms=tuple(_surface(n) for n in names if "{" in n),
        type=row[4],
        since=_year(row[5]),
        until=_year(row[6]),
        sectors=_split(row[7]),
        guard=Guard(_split(row[8])),
    )


def _group(pairs: Iterable[tuple[str, LocalBody]]) -> dict[str, tuple[LocalBody, ...]]:
    found: dict[str, list[LocalBody]] = {}
    for name, body in pairs:
        found.setdefault(name, []).append(body)
    return {
        name: tuple(sorted(rows, key=lambda b: (b.until is not None, -(b.until or 0), b.key)))
        for name, rows in found.items()
    }


def _central_index(bodies: tuple[CentralBody, ...]) -> dict[str, CentralBody]:
    index = {_surface(body.name): body for body in bodies}
    for body in bodies:
        for alias in map(_surface, body.aliases):
            if index.setdefault(alias, body) is not body:
                raise _fault(
                    "central_bodies", f"{alias} 同时是 {index[alias].name} 和 {body.name} 的别名", "只留给其中一个"
                )
        if body.parent and body.parent not in index:
            raise _fault("central_bodies", f"{body.name} 的上级 {body.parent} 不存在", "写上级的全称(name 列),或留空")
    return index


def _normal(folded: str, prefixes: tuple[str, ...]) -> str:
    key = folded.translate(_NOISE)
    for prefix in prefixes:
        key = key.replace(prefix, "")
    return _YEARS_TAIL.sub(r"(\1-\2)", key) if key.endswith(")") else key


def _title_index(laws: tuple[Law, ...], prefixes: tuple[str, ...]) -> tuple[dict[str, Law], dict[str, Law]]:
    # One fold over all titles: the table is applied to a single string instead of three thousand.
    folded = fold("\n".join(law.title for law in laws)).split("\n")
    titles: dict[str, Law] = {}
    loose: dict[str, Law] = {}
    for law, text in zip(laws, folded, strict=True):
        key = _normal(text, prefixes)
        titles[key] = law
        if key.endswith(")"):
            loose.setdefault(_TAIL.sub("", key), law)
    return titles, loose


def _alias_index(rows: list[Row], titles: Mapping[str, Law], prefixes: tuple[str, ...]) -> dict[str, tuple[Law, Guard]]:
    """Folded alias to its law and guard."""
    folded = fold("\n".join(f"{r[0]}\t{r[1]}" for r in rows)).split("\n") if rows else []
    found: dict[str, tuple[Law, Guard]] = {}
    for row, text in zip(rows, folded, strict=True):
        alias, title = text.split("\t")
        law = titles.get(_normal(title, prefixes))
        if law is None:
            raise _fault("law_aliases", f"{row[0]} 指向的 {row[1]} 不在 laws.tsv", "先在 laws.tsv 加这部法,或改正名称")
        found[alias] = (law, Guard(_split(row[2]), _split(row[3])))
    return found
