"""Public bodies by name: known ones with their place or level word, and the units inside them.

A local name is a place (`连云港市`), a level word that the report's issuer fills (`市`, `省`) or nothing, followed by a
standard body (`司法局`) or an open one (`生态环境损害赔偿制度改革工作领导小组`), followed by units inside it (`党组`).
Bodies that no list knows are found by `kg.recognise.open_bodies`; whose they are is settled by `kg.recognise.settle`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple, get_args

from kg.automaton import Automaton
from kg.errors import RuleError
from kg.gazetteer import Gazetteer, Guard, Level, LocalBody
from kg.recognise.context import Context
from kg.rulebook import Name, Rulebook, classify
from kg.sought import Sought

_CJK = r"[\u4e00-\u9fff]"
_NO_GUARD = Guard()
_start = itemgetter(0)
_CLOSING = ("》", "”", ")")
_AGAIN = 15  # characters in which the longest names of the dictionary end
_SURE = 4  # characters of a body's name that is believed against the segmenter
_OF_NAMES = ("n", "nz", "nr", "nt", "b")
_NOUN = ("n", "vn")
_INSIDE = 2  # characters of a body's name that a longer word of the segmenter must begin with


@dataclass(frozen=True, slots=True)
class Known:
    """A dictionary entry: `place` a division, `central` a body with one official name, `local` one of any area.

    `own` is what the expert's rules name; several of one alias are undecided.
    """

    kind: str
    codes: tuple[str, ...] = ()
    name: str = ""
    type: str | None = None
    rows: tuple[LocalBody, ...] = ()
    prefix: str = ""  # the level word a local alias was written with
    guard: Guard = _NO_GUARD
    own: tuple[Name, ...] = ()


class BodyRules:
    """The gazetteer's bodies and the lists of departments.yaml, compiled once for all reports."""

    def __init__(self, rulebook: Rulebook, gazetteer: Gazetteer) -> None:
        """Build one automaton over places, central bodies and local bodies with every level word."""
        alt = rulebook.alternation
        stem = rf"(?:{alt('body_keep')}|(?!{alt('body_stop')}){_CJK})"
        joined = rf"{stem}{{2,10}}?{alt('body_joint')}(?!{alt('level_word')}){stem}{{2,8}}?"  # 农业农村和水利|局
        self.gazetteer = gazetteer
        self.levels = rulebook.words("level_word")
        self.unit = re.compile(alt("inner_unit", "party_unit"))
        self.unit_type = rulebook.type_of("inner_unit")
        self.party_unit = frozenset(rulebook.words("party_unit"))
        self.party_unit_type = rulebook.type_of("party_unit")
        self.party_prefix = rulebook.word("party_prefix")
        self.party_alias = rulebook.word("party_alias")
        self.government_alias = rulebook.word("government_alias")
        self.government = re.compile(
            rf"{alt('separator')}(?P<name>{rulebook.word('government_short')})(?!{alt('government_not_before')})"
        )
        self.party_type = gazetteer.local_aliases()[self.party_alias][0].type
        self.joiners = frozenset(word for word in rulebook.words("separator") if len(word) == 1)
        self.branch_units = rulebook.words("branch_unit")
        self.branch_parent = rulebook.word("branch_parent")
        # the longest first: 共青团…委员会 goes before 团…委
        self.forms = sorted(gazetteer.local_forms(), key=lambda f: (-len(f[1]) - len(f[2]), f[1:]))
        self.branch = re.compile(
            rf"(?P<stem>{stem}{{0,10}}?)(?P<head>{alt('branch')})"
            rf"|(?!{alt('station_generic')})(?P<town>{stem}{{2,4}}?){alt('branch_station')}"
        )
        self.bare_names = frozenset(rulebook.words("bare_name"))
        self.committee_type = rulebook.word("committee_type")
        self.governing = frozenset(rulebook.words("governing_type"))
        self.group_type = rulebook.word("group_type")
        self._body_types = rulebook.group("body-type")
        self._other_type = rulebook.word("body_type")
        self.standing = rulebook.union("standing-committee")
        self.standing_alias = rulebook.word("standing_alias")
        self.meeting = rulebook.union("meeting")
        self.membership = rulebook.union("membership")
        self.groups = rulebook.group("body-group")
        self.longest_sector = gazetteer.longest_sector()
        self.sector_head = Sought(re.compile(rf"(?P<other>{alt('sector_other')})?(?P<head>{alt('sector_head')})"))
        self.anaphora = rulebook.group("body-anaphora")
        self.self_references = rulebook.group("self-reference")
        self.not_after = re.compile(alt("body_not_after"))
        (speech,) = rulebook.group("speech-area")
        self.speech = speech.regex
        self.press = re.compile(rf"{alt('press')}$")
        self.above = rulebook.union("body-above")
        suffixes = sorted(
            {*gazetteer.suffixes("town"), *(s for _, s in gazetteer.endings())}, key=lambda s: (-len(s), s)
        )
        self.title_opening = re.compile(rf"{alt('title_opening')}?")
        self.titled_area = re.compile(
            rf"{alt('title_opening')}?+(?P<area>{_CJK}{{2,8}}?(?P<suffix>{'|'.join(map(re.escape, suffixes))}))"
            rf"(?={alt('title_after_area')}|\d{{4}})"
        )
        self.counted = re.compile(rf"\d(?:{alt('about_middle')})?{alt('body_counter')}$")
        self.titled_body = re.compile(
            rf"{alt('title_opening')}?(?P<name>{_CJK}{{4,40}}?{alt('head_office', 'head_committee')})"
            rf"(?={alt('title_after_area')}|\d{{4}})"
        )
        self.zone = re.compile(rf"{alt('zone_ending')}$")
        self.no_area_opening = re.compile(alt("no_area_opening"))
        self.no_area_ending = re.compile(rf".{{2}}{alt('no_area_ending')}$|{alt('no_area_ending')}$(?<=^..)")
        (self.opening_name,) = rulebook.group("opening-name")
        self.committee = Sought(re.compile(alt("head_committee")))
        no_body = "".join(f"(?<!{re.escape(word)})" for word in rulebook.words("no_body"))  # 调处|化解中心
        self.office = Sought(
            re.compile(
                rf"(?P<level>{alt('level_word')})(?P<stem>{stem}{{2,14}}?|{joined})(?P<head>{alt('head_office')}){no_body}"
            )
        )
        self.stem = re.compile(rf"(?P<stem>{stem}{{0,14}}?|{joined})(?P<head>{alt('head_office', 'head_committee')})")
        self.tail_word = re.compile(alt("body_tail_word"))
        self.joint_place = re.compile(rf"{alt('body_jointly')}(?={alt('level_word')}$)")
        self.jointly = frozenset(rulebook.words("body_jointly"))
        self.founding = frozenset(rulebook.words("verb_found"))
        self.founded = Sought(re.compile(rf"(?P<head>{alt('founded_head')})"))
        self.building = re.compile(rf"{alt('building_stem')}$")
        self.short_form = rulebook.union("short-form")
        self.generic_academy = re.compile(alt("academy_generic"))
        self.academy = re.compile(alt("academy"))
        self.department_type = rulebook.word("body_type")
        self.own_start = re.compile(alt("own_start"))
        self.own_head = re.compile(rf"{alt('own_head')}$")
        self._own_heads = rulebook.words("own_head")
        self.counterparts = rulebook.group("counterpart")
        self.line = re.compile(rulebook.word("line_head"))
        self.no_body = re.compile(rf"{alt('no_body')}$")
        self.stations = rulebook.group("station")
        self.county_stations = frozenset(rulebook.words("county_station"))
        self.before_name = frozenset(rulebook.words("before_body"))
        self.facility_heads = frozenset(rulebook.words("facility_head"))
        self.institution = re.compile(alt("institution"))
        entries = _entries(rulebook, gazetteer)
        keys = sorted(entries)
        self._values = [entries[key] for key in keys]
        self._automaton = Automaton(keys)

    def known(self, text: str) -> list[tuple[int, int, Known]]:
        """Every dictionary entry of `text`, leftmost longest, disjoint."""
        return [(s, e, self._values[n]) for n, s, e in self._automaton.find_matches_as_indexes(text)]

    def open_type(self, name: str) -> str:
        """The body type of a name that no list has, by its head."""
        return classify(self._body_types, name) or self._other_type

    def counterpart(self, stem: str, code: str) -> LocalBody | None:
        """The standard body of an area whose name is `stem` and a department's ending: 水利 → 水利厅 of a province."""
        level = self.gazetteer.level(code)
        rows = {b.key: b for b in self.gazetteer.local if level in b.levels and b.until is None}
        return next((rows[stem + head] for head in self._own_heads if stem + head in rows), None)

    def refused(self, context: Context, end: int) -> bool:
        """Whether what follows a body's name at `end` makes it no body: a meeting, a website, a decree."""
        return bool(self.not_after.match(context.text, end) or self.meeting.match(context.text, end))


def _entries(rulebook: Rulebook, gazetteer: Gazetteer) -> dict[str, Known]:
    """The dictionary: places first, then local bodies bare and behind every level word of theirs, then central ones."""
    entries: dict[str, Known] = {}
    common = frozenset(rulebook.words("common_word"))
    words_of_level = {level: rulebook.words(f"level_{level}") for level in get_args(Level)}
    for name, codes in gazetteer.place_names().items():
        if name not in common:
            entries[name] = Known("place", codes)
    for alias, rows in gazetteer.local_aliases().items():
        guard = gazetteer.guard(alias)
        entries.setdefault(alias, Known("local", type=rows[0].type, rows=rows, guard=guard))
        for word in dict.fromkeys(w for row in rows for level in row.levels for w in words_of_level[level]):
            fitting = tuple(r for r in rows if any(word in words_of_level[level] for level in r.levels))
            known = Known("local", type=rows[0].type, rows=fitting, prefix=word, guard=guard)
            entries.setdefault(word + alias, known)
    for body, front, back in gazetteer.local_forms():
        for word in dict.fromkeys(w for level in body.levels for w in words_of_level[level]):  # 团|市|委
            entries.setdefault(front + word + back, Known("local", type=body.type, rows=(body,), prefix=word))
    for alias, official, type_ in gazetteer.central_aliases():
        entries[alias] = Known("central", name=official, type=type_, guard=gazetteer.guard(alias))
    for own in rulebook.names.get("departments", ()):
        if own.adcode is not None and not gazetteer.full_name(own.adcode):
            hint = "write the six digits of GB/T 2260 in quotation marks, or leave adcode out"
            raise RuleError(f"no place has the code {own.adcode}", where=f"{own.file} {own.id}", hint=hint)
        for alias in own.aliases:
            before = entries[alias].own if alias in entries else ()
            entries[alias] = Known("own", guard=Guard(own.not_before, own.not_after), own=(*before, own))
    return entries


class Body(NamedTuple):
    """A body read from the text, before its area is settled."""

    start: int
    end: int
    rule: str
    place: tuple[str, ...] = ()  # codes the written place may have
    place_name: str = ""
    level: str = ""  # 市 in 市司法局
    rows: tuple[LocalBody, ...] = ()  # the standard bodies it may be
    central: str = ""  # official name of a body with only one
    stem: str = ""  # open body: its name without the place
    type: str | None = None
    units: tuple[str, ...] = ()
    surface: str = ""  # as written, where nothing says of which area it is
    own: tuple[Name, ...] = ()  # the expert's bodies it may be


def bodies(context: Context, rules: BodyRules, start: int = 0, end: int | None = None) -> list[Body]:
    """Every named body in `start:end`, in text order, disjoint. Their areas are settled by `resolve`."""
    stop = len(context.text) if end is None else end
    known = list(_known(context, rules, start, stop))
    found: list[Body] = []
    at = start
    number = 0
    while number < len(known):
        s, e, entry = known[number]
        number += 1
        behind = (found and found[-1].end == s) or context.flat[s - 1 : s] in _CLOSING
        if entry.kind == "place" and behind and context.text[s] in context.lexicon.joiners:
            # 州委|和|县委, 《甲》|和|县司法局, not 和县
            known, number = _from(context, rules, s + 1, known[number:], stop), 0
            continue
        if s < at:
            continue
        word = rules.joint_place.match(context.flat, s, e) if entry.kind == "place" else None
        if word and not _at_home(context, s, e):
            # 会同|县财政局: another county's report hardly speaks of the county 会同
            known, number = _from(context, rules, word.end(), known[number:], stop), 0
            continue
        body: Body | None = None
        if entry.kind == "place":
            while number < len(known) and known[number][0] == e and known[number][2].kind == "place":
                # 长沙市岳麓区: one place in the other
                code = known[number][2].codes[0]
                joined: str | None
                if "/" in code and rules.gazetteer.level(code) == "town":
                    joined = f"{entry.codes[0]}/{code.partition('/')[2]}" if len(entry.codes) == 1 else code
                else:
                    joined = rules.gazetteer.resolve_place(
                        context.text[s : known[number][1]], None, context.report.year
                    )
                if joined is None:
                    break
                e, entry = known[number][1], Known("place", (joined,))
                number += 1
            following = known[number] if number < len(known) and known[number][0] == e else None
            body = _around(context, rules, s, e, entry) or _with_place(context, rules, s, e, entry, following, stop)
            party = body is not None and bool(body.rows) and context.flat.endswith(rules.party_prefix, at, s)
            if body and party and all(row.official.startswith(rules.party_prefix) for row in body.rows):
                body = body._replace(start=s - len(rules.party_prefix))  # 中共|安吉县委
        elif entry.kind == "central":
            body = Body(s, e, "central-gazetteer", central=entry.name, type=entry.type)
        elif entry.kind == "own":
            body = Body(s, e, "own-name", own=entry.own)
        elif not entry.prefix and _is_part(context, rules, found, s):
            continue  # 大河村遗址|博物馆: the end of a longer name
        elif (
            begins_name(context, s, entry.prefix)
            and _long_enough(context, rules, s, e, entry)
            and _stands(context, rules, s, e)
        ):
            rule = "local-gazetteer" if entry.prefix else "local-bare"
            surface = context.text[s:e]
            body = Body(s, e, rule, level=entry.prefix, rows=entry.rows, type=entry.type, surface=surface)
        if body is None or not entry.guard.allows(context.text, s, e):
            continue
        body = with_units(context, rules, body)
        if rules.refused(context, body.end):
            continue
        if found:
            body = _beside(context, rules, found[-1], body)
            if body.start == found[-1].start:
                found.pop()
        found.append(body)
        at = body.end
        for beside in (_standing_committee(context, rules, body), _government(context, rules, body)):
            if beside:
                found.append(beside)
                at = beside.end
    return found


def _known(context: Context, rules: BodyRules, start: int, stop: int) -> Iterator[tuple[int, int, Known]]:
    """What the dictionary knows of `start:stop`, and the towns of the text, which go before it (石桥沟镇|党委)."""
    at = start
    for town in context.towns:
        if town.start >= at and town.end <= stop:
            yield from _entries_in(context, rules, at, town.start)
            yield town.start, town.end, Known("place", (town.code,))
            at = town.end
    yield from _entries_in(context, rules, at, stop)


def _entries_in(context: Context, rules: BodyRules, start: int, stop: int) -> Sequence[tuple[int, int, Known]]:
    """What the dictionary has of `start:stop`, read as if nothing stood around it."""
    known = context.known
    low = bisect_left(known, start, key=_start)
    high = bisect_left(known, stop, low, key=_start)
    if (low and known[low - 1][1] > start) or (high > low and known[high - 1][1] > stop):
        return [(s + start, e + start, k) for s, e, k in rules.known(context.flat[start:stop])]
    return known[low:high]


def _government(context: Context, rules: BodyRules, body: Body) -> Body | None:
    """The government behind the party committee of a place: `县委、|政府`."""
    match = rules.government.match(context.text, body.end)
    if match is None or body.units or body.type != rules.party_type or not (body.place or body.level):
        return None
    start, end = match.span("name")
    if not context.words.boundary(end) or rules.refused(context, end):
        return None
    rows = rules.gazetteer.local_aliases()[rules.government_alias]
    return body._replace(start=start, end=end, rule="local-gazetteer", rows=rows, type=rows[0].type)


def _beside(context: Context, rules: BodyRules, last: Body, body: Body) -> Body:
    """A body that takes its area from the one before it.

    `无锡市委、市政府`: 市 means 无锡市. `自治区党委|全面依法治区委员会办公室`: one name, of the area of its first part.
    """
    gap = context.text[last.end : body.start]
    if last.central and not gap and any(row.official.startswith(last.central) for row in body.rows):
        return body._replace(start=last.start)  # 中国人民银行|荆门市中心支行
    if not gap and not body.place and not body.level and not body.central and body.rows and not last.central:
        return body._replace(start=last.start, place=last.place, place_name=last.place_name, level=last.level)
    listed = bool(gap) and (context.lexicon.separator.fullmatch(gap) or gap in rules.jointly)
    if listed and body.rule == "local-bare" and (last.place or last.level):
        # 县自然资源局会同住建局、税务局: the area is said once
        return body._replace(rule="local-gazetteer", place=last.place, place_name=last.place_name, level=last.level)
    if body.level and last.place and gap and context.lexicon.separator.fullmatch(gap):
        code = last.place[0] if len(last.place) == 1 else None
        if code and body.level in rules.gazetteer.level_words(code):
            return body._replace(place=last.place, place_name=last.place_name)
    return body


def _from(
    context: Context, rules: BodyRules, start: int, rest: list[tuple[int, int, Known]], stop: int
) -> list[tuple[int, int, Known]]:
    """The dictionary's entries from `start`, where an entry was given up, with the `rest` of them behind the first."""
    again = [(a + start, b + start, k) for a, b, k in rules.known(context.flat[start : min(stop, start + _AGAIN)])]
    return [*again[:1], *(k for k in rest if not again or k[0] >= again[0][1])]


def _at_home(context: Context, start: int, end: int) -> bool:
    """Whether the report's head names the place at `start:end`."""
    name, report = context.text[start:end], context.report
    return name in report.title or any(name in field.value for field in report.fields)


def _around(context: Context, rules: BodyRules, start: int, end: int, place: Known) -> Body | None:
    """The body whose name holds the place at `start:end`: `中共|安吉县|委员会`, `团|德清县|委`."""
    for row, before, after in rules.forms:
        low, high = start - len(before), end + len(after)
        if low < 0 or not (context.flat.startswith(before, low) and context.flat.startswith(after, end)):
            continue
        if context.words.boundary(low) and not rules.refused(context, high):
            name = context.text[start:end]
            return Body(low, high, "local-gazetteer", place=place.codes, place_name=name, rows=(row,), type=row.type)
    return None


def _with_place(
    context: Context,
    rules: BodyRules,
    start: int,
    end: int,
    place: Known,
    following: tuple[int, int, Known] | None,
    stop: int,
) -> Body | None:
    """The body whose name begins with the place at `start:end`: a standard one right behind it, or an open one."""
    name = context.text[start:end]
    if following and following[2].kind == "local" and (not following[2].prefix or name.endswith(following[2].prefix)):
        low, high, entry = following  # 和县|司法局, 和县|县委
        if not entry.guard.allows(context.text, low, high):
            return None
        return Body(
            start, high, "local-gazetteer", place=place.codes, place_name=name, rows=entry.rows, type=entry.type
        )
    match = rules.stem.match(context.flat, end, min(stop, end + 24))
    if match is None or not match["stem"] or len(match["stem"]) + len(match["head"]) < 3:
        return None
    if not one_noun(context, match) or is_facility(rules, match) or rules.no_body.search(match.group()):
        return None
    stem = context.text[end : match.end()]
    return Body(start, match.end(), "open-body", place=place.codes, place_name=name, stem=stem)


def _standing_committee(context: Context, rules: BodyRules, body: Body) -> Body | None:
    """`省人大及其常委会`: the second body is the first one's standing committee."""
    match = rules.standing.match(context.text, body.end)
    if match is None:
        return None
    alias = rules.standing_alias
    if not any(alias.startswith(a) for row in body.rows for a in row.aliases):
        return None
    rows = rules.gazetteer.local_aliases().get(alias, ())
    return body._replace(start=match.start("committee"), end=match.end("committee"), rows=rows, units=())


def _is_part(context: Context, rules: BodyRules, found: list[Body], start: int) -> bool:
    """Whether a name without an area stands right behind a noun that is no body and no place."""
    beside = bool(found) and (found[-1].end == start or context.text[found[-1].end : start] in rules.jointly)
    return not beside and context.flat[start - 1 : start] >= "\u4e00" and context.words.tag_before(start) in _OF_NAMES


def _stands(context: Context, rules: BodyRules, start: int, end: int) -> bool:
    """Whether a body's name stands alone and is no part of a longer word."""
    if not context.words.boundary(start) and end - start < _SURE:
        return False  # a long name is believed against the segmenter, who reads 报县|人大常委会
    # 省|政协提案: the segmenter's word begins with the body's name; 市政|协商 does not
    if context.words.boundary(end):
        return True
    word = context.words.word_over(end)
    if end - word >= _INSIDE:
        return True
    # 县政府|办拟: no word of Chinese, unlike 办理
    return end - start >= _SURE and not rules.tail_word.match(context.text, word)


def _long_enough(context: Context, rules: BodyRules, start: int, end: int, entry: Known) -> bool:
    """Whether a name without an area is no syllable of a longer word; one with its level word inside needs an edge."""
    if entry.prefix:
        return context.text.startswith(entry.prefix, start) or context.words.boundary(start)  # 团市委, not 集|团市委
    return end - start >= 3 or context.text[start:end] in rules.bare_names


def begins_name(context: Context, start: int, prefix: str) -> bool:
    """A level word counts only where a word begins: 市 in 城市管理局 does not."""
    if not prefix:
        return context.words.boundary(start)
    before = context.text[start - 1 : start]
    ends_word = before in context.lexicon.before_level
    if not "\u4e00" <= before <= "\u9fff":
        return True
    if context.words.boundary(start):
        return not (ends_word and context.words.tag_before(start).startswith("n"))  # 化工|区管委会, not 本|区公安局
    # 获|省市场监管局: the segmenter errs; only a word that ends with the level word stands against it (城市, 全省)
    return len(prefix) == 1 and not ends_word


def is_facility(rules: BodyRules, match: re.Match[str]) -> bool:
    """Whether a 中心, 站 or 馆 is a building and no institution: 奥体中心, 北站."""
    return match["head"] in rules.facility_heads and not rules.institution.search(match["stem"])


def one_noun(context: Context, match: re.Match[str]) -> bool:
    """Whether the stem can be one noun phrase: it ends where a word ends and holds no launch verb or preposition."""
    if not context.words.boundary(match.end()):
        return False
    items = context.items_in(match.start("stem"), match.start("head"))
    return not any(
        item.lists & {"launch", "preposition"}
        and item.end - item.start > 1
        and not context.words.tag_at(item.start).startswith(_NOUN)  # 水资源利用中心
        and context.text[item.start : item.end] not in context.lexicon.body_verbs  # 建设工程质量安全管理服务中心
        for item in items
    )


def _is_town(context: Context, match: re.Match[str]) -> bool:
    """Whether what a station is named by can be a town: no word of it is a verb (指导|司法所)."""
    start, end = match.span("town")
    return not context.items_in(start, end) and not any(
        context.words.tag_at(at).startswith("v") for at in range(start, end)
    )


def with_units(context: Context, rules: BodyRules, body: Body) -> Body:
    """The body with the units named right behind it: 市司法局|党组, 市仲裁委员会|灌云办事处."""
    units: list[str] = []
    end = body.end
    while True:
        match = rules.unit.match(context.text, end)
        if match is None and not units:
            match = rules.branch.match(context.flat, end)
            if match and not (_is_town(context, match) if match["stem"] is None else one_noun(context, match)):
                match = None
        if match is None or not context.words.boundary(match.end()):
            break
        units.append(match.group())
        end = match.end()
    if not units:
        return body
    if units[0].endswith(rules.branch_units) and body.rule == "local-bare":
        body = body._replace(rule="local-gazetteer", level=rules.branch_parent)
    return body._replace(end=end, units=tuple(units))
