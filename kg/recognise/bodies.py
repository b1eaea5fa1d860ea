"""Public bodies: known names with their place, open names by their grammar, classes of bodies.

A local name is a place (`连云港市`), a level word that the report's issuer fills (`市`, `省`) or nothing, followed by a
standard body (`司法局`) or an open one (`生态环境损害赔偿制度改革工作领导小组`), followed by units inside it (`党组`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import ahocorasick_rs

from kg.gazetteer import Gazetteer, Guard, LocalBody
from kg.model import Entity, Kind
from kg.recognise.context import Candidate, Context
from kg.recognise.names import left_edge
from kg.rulebook import Name, Rulebook

@dataclass(frozen=True, slots=True)
class Issuer:
    """The body whose report this is, and the area its 市, 省, 区, 县 mean."""

    name: str
    key: str
    type: str | None
    place: str  # full name of its area, empty for central bodies
    adcode: str | None
    short: str = ""
    parents: tuple[tuple[str, str, str], ...] = ()  # (level word, place, adcode), the own area first

    @property
    def ref(self) -> str:
        """The ref of the issuer's entity."""
        return f"{Kind.DEPARTMENT}|{self.key}"

    def area(self, level: str) -> tuple[str, str] | None:
        """The (place, adcode) that a level word means in this report."""
        return next(((place, code) for word, place, code in self.parents if word == level), None)


#: Which level words a local body of a level is written with: 市司法局, 县司法局, 区党工委.
_WORDS_OF_LEVEL = {
    "province": ("省", "自治区", "区"),
    "municipality": ("市",),
    "city": ("市", "州", "盟", "自治州"),
    "county": ("县", "区", "市", "旗", "自治县"),
    "town": ("镇", "乡", "街道"),
    "zone": ("区", "新区", "实验区", "开发区", "高新区", "示范区"),
}


@dataclass(frozen=True, slots=True)
class _Known:
    """A dictionary entry: `place` a division, `central` a body with one official name, `local` one of any area."""

    kind: str
    codes: tuple[str, ...] = ()
    name: str = ""
    type: str | None = None
    rows: tuple[LocalBody, ...] = ()
    prefix: str = ""  # the level word a local alias was written with
    guard: Guard = Guard()


class BodyRules:
    """The gazetteer's bodies and the lists of departments.yaml, compiled once for all reports."""

    def __init__(self, rulebook: Rulebook, gazetteer: Gazetteer) -> None:
        """Build one automaton over places, central bodies and local bodies with every level word."""
        self.rulebook = rulebook
        self.gazetteer = gazetteer
        alt = rulebook.alternation
        self.levels = rulebook.words("level_word")
        self.unit = re.compile(alt("inner_unit"))
        stop_first = "".join(w for w in rulebook.words("body_stop") if len(w) == 1)
        self.branch = re.compile(rf"(?P<stem>(?:(?![{stop_first}])[\u4e00-\u9fff]){{0,10}}?)(?P<head>{alt('branch')})")
        self.bare_types = frozenset(rulebook.words("bare_type"))
        self.standing = rulebook.words("standing_committee")
        self.party_unit = frozenset(rulebook.words("party_unit"))
        self.meeting = re.compile(rf"(?:[一二三四五六七八九十]+届|第[一二三四五六七八九十\d]+[届次])?{alt('meeting')}")
        self.not_after = re.compile(alt("body_not_after"))
        self.committee = re.compile(alt("head_committee"))
        stop = "".join(w for w in rulebook.words("body_stop") if len(w) == 1)
        level = alt("level_word")
        self.office = re.compile(
            rf"(?P<level>{level})(?P<stem>(?:(?![{stop}])[\u4e00-\u9fff]){{2,14}}?)(?P<head>{alt('head_office')})"
        )
        self.stem = re.compile(rf"(?P<stem>(?:(?![{stop}])[\u4e00-\u9fff]){{0,14}}?)(?P<head>{alt('head_office', 'head_committee')})")
        self.facility_heads = frozenset(rulebook.words("facility_head"))
        self.institution = re.compile(alt("institution"))
        self.self_head = alt("self_head")
        self.names: tuple[Name, ...] = rulebook.names.get("departments", ())
        self.own_names = {alias: name for name in self.names for alias in name.aliases}
        entries: dict[str, _Known] = {}
        common = frozenset(rulebook.words("common_word"))
        for name, codes in gazetteer.place_names().items():
            if name not in common:
                entries[name] = _Known("place", codes)
        for alias, rows in gazetteer.local_aliases().items():
            guard = gazetteer.guard(alias)
            entries.setdefault(alias, _Known("local", type=rows[0].type, rows=rows, guard=guard))
            for word in dict.fromkeys(w for row in rows for level in row.levels for w in _WORDS_OF_LEVEL[level]):
                fitting = tuple(r for r in rows if any(word in _WORDS_OF_LEVEL[level] for level in r.levels))
                entries.setdefault(
                    word + alias, _Known("local", type=rows[0].type, rows=fitting, prefix=word, guard=guard)
                )
        for alias, official, type_ in gazetteer.central_aliases():
            entries[alias] = _Known("central", name=official, type=type_, guard=gazetteer.guard(alias))
        for alias, own in self.own_names.items():
            entries[alias] = _Known("central", name=own.label, type=own.type)
        self._keys = sorted(entries)
        self._values = [entries[k] for k in self._keys]
        self._automaton = ahocorasick_rs.AhoCorasick(
            self._keys, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest, store_patterns=False
        )

    def known(self, text: str) -> list[tuple[int, int, _Known]]:
        """Every dictionary entry of `text`, leftmost longest, disjoint."""
        return [(s, e, self._values[n]) for n, s, e in self._automaton.find_matches_as_indexes(text)]


@dataclass(frozen=True, slots=True)
class Body:
    """A body read from the text, before its area is settled."""

    start: int
    end: int
    place: tuple[str, ...]  # codes the written place may have
    place_name: str
    level: str  # 市 in 市司法局
    rows: tuple[LocalBody, ...]  # the standard bodies it may be
    central: str
    stem: str  # open body: its name without the place
    type: str | None
    rule: str
    units: tuple[str, ...] = ()
    surface: str = ""


def bodies(context: Context, rules: BodyRules, start: int = 0, end: int | None = None) -> list[Body]:
    """Every named body in `start:end`, in text order, disjoint. Their areas are settled by `resolve`."""
    stop = len(context.text) if end is None else end
    flat = context.flat[start:stop]
    known = [(s + start, e + start, k) for s, e, k in rules.known(flat)]
    found: list[Body] = []
    at = start
    number = 0
    while number < len(known):
        s, e, entry = known[number]
        number += 1
        if s < at:
            continue
        body: Body | None = None
        if entry.kind == "place":
            while number < len(known) and known[number][0] == e and known[number][2].kind == "place":
                # 长沙市岳麓区: one place in the other
                joined = rules.gazetteer.resolve_place(context.text[s : known[number][1]], None, context.report.year)
                if joined is None:
                    break
                e, entry = known[number][1], _Known("place", (joined,))
                number += 1
            following = known[number] if number < len(known) and known[number][0] == e else None
            body = _with_place(context, rules, s, e, entry, following, stop)
        elif entry.kind == "central":
            body = Body(s, e, (), "", "", (), entry.name, "", entry.type, "central-gazetteer")
        elif _begins_name(context, s, entry.prefix) and (entry.prefix or e - s >= 3) and _stands(context, s, e):
            rule = "local-gazetteer" if entry.prefix else "local-bare"
            body = Body(s, e, (), "", entry.prefix, entry.rows, "", "", entry.type, rule, surface=context.text[s:e])
        if body is None or not entry.guard.allows(context.text, s, e):
            continue
        body = _with_units(rules, context, body)
        if _refused(context, rules, body):
            continue
        found.append(body)
        at = body.end
        standing = _standing_committee(context, rules, body)
        if standing:
            found.append(standing)
            at = standing.end
    return found


def _standing_committee(context: Context, rules: BodyRules, body: Body) -> Body | None:
    """`省人大及其常委会`: the second body is the first one's standing committee."""
    link, word, alias = rules.standing
    if not context.text.startswith(link + word, body.end) or not any(alias.startswith(a) for r in body.rows for a in r.aliases):
        return None
    start = body.end + len(link)
    rows = rules.gazetteer.local_aliases().get(alias, ())
    return replace(body, start=start, end=start + len(word), rows=rows, units=())


def _stands(context: Context, start: int, end: int) -> bool:
    """Whether a bare body name stands alone and is no part of a longer word."""
    return context.words.boundary(start) and context.words.boundary(end)


def _begins_name(context: Context, start: int, prefix: str) -> bool:
    """A level word counts only where a word begins: 市 in 城市管理局 does not."""
    if not prefix:
        return context.words.boundary(start)
    before = context.text[start - 1 : start]
    if context.words.boundary(start) or not ("\u4e00" <= before <= "\u9fff"):
        return True
    # 获|省市场监管局: the segmenter errs; only a word that ends with the level word stands against it (城市, 全省)
    return len(prefix) == 1 and before not in context.lexicon.before_level


def _with_place(
    context: Context,
    rules: BodyRules,
    start: int,
    end: int,
    place: _Known,
    following: tuple[int, int, _Known] | None,
    stop: int,
) -> Body | None:
    name = context.text[start:end]
    if following and following[2].kind == "local" and not following[2].prefix:
        entry = following[2]
        if not entry.guard.allows(context.text, following[0], following[1]):
            return None
        return Body(start, following[1], place.codes, name, "", entry.rows, "", "", entry.type, "local-gazetteer")
    match = rules.stem.match(context.flat, end, min(stop, end + 24))
    short = match and len(match["stem"]) + len(match["head"]) < 3
    if match and match["stem"] and not short and _one_noun(context, match) and not _facility(rules, match):
        stem = context.text[end : match.end()]
        return Body(start, match.end(), place.codes, name, "", (), "", stem, None, "open-body")
    return None


def _facility(rules: BodyRules, match: re.Match[str]) -> bool:
    """Whether a 中心, 站 or 馆 is a building and no institution: 奥体中心, 北站."""
    return match["head"] in rules.facility_heads and not rules.institution.search(match["stem"])


def _one_noun(context: Context, match: re.Match[str]) -> bool:
    """Whether the stem can be one noun phrase: it ends where a word ends and holds no launch verb or preposition."""
    if not context.words.boundary(match.end()):
        return False
    items = context.items_in(match.start("stem"), match.start("head"))
    return not any(item.lists & {"launch", "preposition"} and len(context.text[item.start : item.end]) > 1 for item in items)


def _with_units(rules: BodyRules, context: Context, body: Body) -> Body:
    units: list[str] = []
    end = body.end
    while True:
        match = rules.unit.match(context.text, end)
        if match is None and not units:
            match = rules.branch.match(context.flat, end)
            if match and not _one_noun(context, match):
                match = None
        if match is None or not context.words.boundary(match.end()):
            break
        units.append(match.group())
        end = match.end()
    return replace(body, end=end, units=tuple(units)) if units else body


def _refused(context: Context, rules: BodyRules, body: Body) -> bool:
    if rules.not_after.match(context.text, body.end):
        return True
    return bool(rules.meeting.match(context.text, body.end))


def open_bodies(context: Context, rules: BodyRules, taken: Sequence[tuple[int, int]]) -> list[Body]:
    """Bodies that no list knows: 市…领导小组, 区公平竞争审查工作联席会议办公室, 省产业技术研究院."""
    found: list[Body] = []

    def free(start: int, end: int) -> bool:
        return not any(s < end and start < e for s, e in taken) and not any(
            b.start < end and start < b.end for b in found
        )

    for clause in context.clauses:
        for match in rules.committee.finditer(context.flat, clause.start, clause.end):
            if not context.words.boundary(match.end()) or rules.meeting.match(context.text, match.end()):
                continue
            edge = left_edge(context, clause.start, match.start(), lambda i: i)
            body = _committee(context, rules, edge.start, match.start(), match.end(), bool(edge.verb))
            if body and free(body.start, body.end):
                found.append(_with_units(rules, context, body))
        for match in rules.office.finditer(context.flat, clause.start, clause.end):
            start, end = match.start(), match.end()
            if not _begins_name(context, start, match["level"]) or not _one_noun(context, match):
                continue
            if not context.words.boundary(match.start("stem")) or _facility(rules, match):
                continue
            if free(start, end) and not rules.meeting.match(context.text, end) and not rules.not_after.match(context.text, end):
                stem = context.text[start + len(match["level"]) : end]
                found.append(_with_units(rules, context, Body(start, end, (), "", match["level"], (), "", stem, None, "open-body")))
    return sorted(found, key=lambda b: b.start)


def _committee(context: Context, rules: BodyRules, low: int, head: int, end: int, governed: bool) -> Body | None:
    """The committee whose head is at `head:end`: from the last place or level word at a word's beginning after `low`."""
    text = context.text
    best: tuple[int, str, str] | None = None
    for start in range(low, head):
        if not context.words.boundary(start):
            continue
        for word in rules.levels:
            if text.startswith(word, start) and start + len(word) <= head and _begins_name(context, start, word):
                best = best or (start, word, "")
    name = text[low:end]
    for s, e, entry in rules.known(text[low:head]):
        if entry.kind == "place" and (best is None or low + s <= best[0]):
            codes = entry.codes
            stem = text[low + e : end]
            if 2 <= len(stem) <= 30 and not re.search("[的、]", stem):
                return Body(low + s, end, codes, text[low + s : low + e], "", (), "", stem, None, "open-committee")
    if best is not None:
        start, word, _ = best
        stem = text[start + len(word) : end]
        if 2 <= len(stem) <= 34 and "的" not in stem:
            return Body(start, end, (), "", word, (), "", stem, None, "open-committee")
    if governed and 5 <= len(name) <= 30 and end - head >= 3 and head - low >= 4 and not re.search("[的、]", name):
        return Body(low, end, (), "", "", (), "", name, None, "open-committee")
    return None


def resolve(
    body: Body, issuer: Issuer | None, gazetteer: Gazetteer, rules: BodyRules, year: int | None = None
) -> Candidate:
    """Settle the body's area and official name; several possible areas leave the candidate open."""
    if not body.place and not body.level and not body.central and body.rows and body.type not in rules.bare_types:
        # 司法局 without a place means any of its kind
        name = body.rows[0].aliases[0] if not body.surface else body.surface
        return Candidate(body.start, body.end, Kind.BODY_GROUP, "bare-body", name, "机构泛称", key=name)
    place, adcode, options = _area(body, issuer, gazetteer)
    type_ = body.type
    if body.central:
        name, key, adcode = body.central, f"000000|{body.central}", "000000"
    elif body.rows:
        row = _fitting(body.rows, gazetteer.level(adcode) if adcode else "", year)
        type_ = row.type
        short = gazetteer.short_name(adcode) if adcode else place
        name = row.official.replace("{place}", place).replace("{short}", short)
        key = f"{adcode or place or '?'}|{row.key}"
    else:
        name = place + body.stem
        key = f"{adcode or place or '?'}|{body.stem}"
        type_ = open_type(body.stem)
    for unit in body.units:
        name = f"中共{name}{unit}" if unit in rules.party_unit else f"{name}{unit}"
        key = f"{key}/{unit}"
        type_ = "党委" if unit in rules.party_unit else "内设机构"
    function = key.split("|", 1)[1]
    return Candidate(
        body.start, body.end, Kind.DEPARTMENT, body.rule, name, type_, key=key, adcode=adcode,
        options=tuple(
            Entity(Kind.DEPARTMENT, f"{code}|{function}", name.replace(place, area_name(gazetteer, code), 1), type_, adcode=code)
            for code in options
        ),
    )  # fmt: skip


def area_name(gazetteer: Gazetteer, code: str) -> str:
    """A division's name with the division above it, to tell namesakes apart: 北京市通州区."""
    above = gazetteer.around(code)
    return (gazetteer.full_name(above[0]) if above else "") + gazetteer.full_name(code)


def _fitting(rows: tuple[LocalBody, ...], level: str, year: int | None) -> LocalBody:
    """The one of several standard bodies that fits the area's level and the report's year, else the first."""
    return min(rows, key=lambda row: (bool(level) and level not in row.levels, not row.in_force(year)))


def official_area(gazetteer: Gazetteer, code: str) -> str:
    """A place as official names of bodies write it: a district with its city (长沙市岳麓区), all others alone."""
    name = gazetteer.full_name(code)
    if gazetteer.is_district(code):
        above = gazetteer.around(code)
        return (gazetteer.full_name(above[0]) if above else "") + name
    return name


def open_type(stem: str) -> str:
    """The body type of an open name, by its head."""
    if re.search("领导小组|联席会议|指挥部|专班|委员会|工作组|协调小组", stem):
        return "议事协调机构"
    if stem.endswith(("中心", "院", "所", "馆", "台", "站", "校", "大学", "实验室", "医院")):
        return "事业单位"
    return "部门"


def _area(body: Body, issuer: Issuer | None, gazetteer: Gazetteer) -> tuple[str, str | None, tuple[str, ...]]:
    """The (full place name, adcode, open alternatives) of a body."""
    if body.central:
        return "", None, ()
    if body.place:
        near = issuer.adcode if issuer else None
        code = body.place[0] if len(body.place) == 1 else gazetteer.resolve_place(body.place_name, near)
        if code is None:
            return body.place_name, None, body.place
        return official_area(gazetteer, code), code, ()
    if issuer is None:
        return "", None, ()
    if body.level:
        area = issuer.area(body.level)
        return (area[0], area[1], ()) if area else (body.level, None, ())
    return issuer.place, issuer.adcode, ()


def groups(context: Context, rules: BodyRules) -> list[Candidate]:
    """Classes of bodies: 各级行政复议机关, 市级部门."""
    found: list[Candidate] = []
    for pattern in rules.rulebook.group("body-group"):
        for match in pattern.regex.finditer(context.flat):
            start, end = pattern.span(match)
            if any(c.start < end and start < c.end for c in found):
                continue
            name = context.report.text[start:end]
            found.append(Candidate(start, end, Kind.BODY_GROUP, pattern.id, name, "机构泛称", key=name))
    return found


def self_references(context: Context, rules: BodyRules, issuer: Issuer | None) -> list[Candidate]:
    """我局, 本局, and units of the issuer named by its last word alone: 局党组, 局法制机构."""
    if issuer is None:
        return []
    found: list[Candidate] = []
    for pattern in rules.rulebook.group("self-reference"):
        for match in pattern.regex.finditer(context.flat):
            start, end = pattern.span(match)
            if not issuer.name.endswith(match["head"]) or not context.words.boundary(start):
                continue
            unit = match.groupdict().get("unit") or ""
            name, key, type_ = issuer.name, issuer.key, issuer.type
            if unit:
                party = unit in rules.party_unit
                name = f"中共{name}{unit}" if party else f"{name}{unit}"
                key, type_ = f"{key}/{unit}", "党委" if party else "内设机构"
            found.append(
                Candidate(start, end, Kind.DEPARTMENT, pattern.id, name, type_, key=key, adcode=issuer.adcode)
            )
    return found
