"""Bodies that are not named in full: classes of bodies, and the issuer speaking of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.model import Kind
from kg.recognise.bodies import BodyRules
from kg.recognise.context import Candidate, Context
from kg.recognise.issuer import Issuer
from kg.recognise.settle import inside, official_area, official_name
from kg.recognise.spans import Spans

SECTOR_LIST = "sector-list"  # the rule of 公安、教育等部门

#: Parts of speech of a word behind which a unit of the issuer may be named: 会同|局党组, but not 司法|局党组.
_BEFORE_UNIT = ("v", "p", "r", "c", "d", "u", "x", "m")


def _stands(context: Context, rules: BodyRules, start: int, end: int) -> bool:
    words = context.words
    before = context.flat[start - 1 : start]
    if not words.boundary(end):
        return False
    if before in rules.before_name and (words.boundary(start) or words.word_over(start) == start - 1):
        return True  # the segmenter reads 由局|党组 and 与局|信用监管科
    if not words.boundary(start):
        return False
    if not "\u4e00" <= before <= "\u9fff" or words.tag_before(start).startswith(_BEFORE_UNIT):
        return True
    return context.item_over(start - 1) is not None  # 会同|局党组, where 会同 is taken for a noun


def groups(context: Context, rules: BodyRules) -> list[Candidate]:
    """Classes of bodies: 各级行政复议机关, 市级部门."""
    found: list[Candidate] = []
    taken = Spans()
    for pattern in rules.groups:
        for match in pattern.sought.finditer(context.flat):
            start, end = pattern.span(match)
            if not taken.overlaps(start, end):
                taken.add(start, end)
                name = context.report.text[start:end]
                found.append(Candidate(start, end, Kind.BODY_GROUP, pattern.id, name, rules.group_type, key=name))
    for candidate in _sectors(context, rules):
        if not taken.overlaps(candidate.start, candidate.end):
            found.append(candidate)
    return found


def _sectors(context: Context, rules: BodyRules) -> Iterator[Candidate]:
    """公安、教育和税务等部门: each sector of the list, with the head that they share (公安部门)."""
    text, separator = context.flat, context.lexicon.separator
    for match in rules.sector_head.finditer(text):
        found: list[tuple[int, int]] = []
        at = match.start()
        while (start := _sector_before(text, at, rules)) is not None:
            found.append((start, at))
            # what parts two names is one character long, save where blanks stand beside it
            at = start - 1
            if not separator.fullmatch(text, at, start):
                break
        if not found or not context.words.boundary(found[-1][0]) or (match["other"] and len(found) == 1):
            continue
        for number, (start, end) in enumerate(found):
            name = text[start:end] + match["head"]
            stop = match.end() if not number and not match["other"] else end
            yield Candidate(start, stop, Kind.BODY_GROUP, SECTOR_LIST, name, rules.group_type, key=name)


def _sector_before(text: str, end: int, rules: BodyRules) -> int | None:
    """Where the longest word for a sector that ends at `end` begins, None where none does."""
    for length in range(min(rules.longest_sector, end), 1, -1):
        if rules.gazetteer.is_sector(text[end - length : end]):
            return end - length
    return None


def anaphora(context: Context, rules: BodyRules, named: list[Candidate]) -> list[Candidate]:
    """领导小组, 该中心 for the body of such a name spoken of last, and the office a committee has (下设办公室)."""
    found: list[Candidate] = []
    for pattern in rules.anaphora:
        for match in pattern.sought.finditer(context.flat):
            start, end = pattern.span(match)
            if not _stands(context, rules, start, end):
                continue
            groups = match.groupdict()
            head = groups.get("head", "")
            last = next(
                (
                    c
                    for c in reversed(named)
                    if c.end <= start and c.key and (c.name.endswith(head) if head else c.type == rules.committee_type)
                ),
                None,
            )
            if last is None:
                continue
            body = Candidate(
                start, end, Kind.DEPARTMENT, pattern.id, last.name, last.type, key=last.key, adcode=last.adcode
            )
            if groups.get("office") and not last.name.endswith(groups["office"]):  # 领导小组办公室设在政策法规股
                found.append(_unit(rules, body, groups["office"]))
                continue
            found.append(body)
            if groups.get("unit"):
                low, high = match.span("unit")
                found.append(_unit(rules, body, groups["unit"])._replace(start=low, end=high))
    return found


def _unit(rules: BodyRules, body: Candidate, unit: str) -> Candidate:
    name, key, type_ = inside(rules, body.name, body.key or "", unit)
    return body._replace(name=name, key=key, type=type_)


def counterparts(context: Context, rules: BodyRules, issuer: Issuer | None) -> list[Candidate]:
    """A department's own line above and below by its last word: 省局, 盖州市局 in a report of a city's bureau."""
    if issuer is None or issuer.type != rules.department_type or not issuer.adcode:
        return []
    function = issuer.key.partition("|")[2]
    stem = rules.own_head.sub("", function)
    if "/" in function or stem == function:
        return []
    found: list[Candidate] = []

    def add(start: int, end: int, code: str | None, rule: str) -> None:
        row = rules.counterpart(stem, code) if code else None
        if row is not None and code is not None:
            name = official_name(rules.gazetteer, row, official_area(rules.gazetteer, code), code)
            key = f"{code}|{row.key}"
            found.append(Candidate(start, end, Kind.DEPARTMENT, rule, name, row.type, key=key, adcode=code))

    for pattern in rules.counterparts:
        for match in pattern.sought.finditer(context.flat):
            start, end = pattern.span(match)
            area = issuer.area(match["level"])
            if area and _stands(context, rules, start, end):
                add(start, end, area[1], pattern.id)
    for start, end, entry in context.known:
        if entry.kind == "place" and rules.line.match(context.flat, end) and context.words.boundary(end + 1):
            code = rules.gazetteer.resolve_place(context.text[start:end], issuer.adcode)
            add(start, end + 1, code, "place-line")
    return found


def stations(context: Context, rules: BodyRules, issuer: Issuer | None) -> list[Candidate]:
    """Stations named by their town without a level word: 吴宁司法所, 石桥沟派出所."""
    found: list[Candidate] = []
    for pattern in rules.stations:
        for match in pattern.sought.finditer(context.flat):
            start, end = pattern.span(match)
            if not context.words.boundary(end) or context.items_in(start, match.start("head")):
                continue  # 实施|司法所规范化建设
            name, area = context.text[start:end], issuer.adcode if issuer else None
            county = area.partition("/")[0] if area else None
            if match["head"] in rules.county_stations and county:
                name = official_area(rules.gazetteer, county) + name
            key = f"{county or '?'}|{context.text[start:end]}"
            found.append(
                Candidate(start, end, Kind.DEPARTMENT, pattern.id, name, rules.open_type(name), key=key, adcode=county)
            )
    return found


def short_names(context: Context, rules: BodyRules, named: list[Candidate]) -> list[Candidate]:
    """Later mentions by a short name that brackets gave: 省景泰川…利用中心(以下简称景电中心), then 景电中心."""
    found: list[Candidate] = []
    for match in rules.short_form.finditer(context.text):
        last = next((c for c in named if c.end == match.start() and c.key), None)
        if last is None:
            continue
        for again in re.finditer(re.escape(match["short"]), context.flat[match.start() :]):
            start, end = again.start() + match.start(), again.end() + match.start()
            if start == match.start("short") or context.words.boundary(start):
                found.append(last._replace(start=start, end=end, rule="short-name"))
    return found


def self_references(context: Context, rules: BodyRules, issuer: Issuer | None) -> list[Candidate]:
    """我局, 本局, and units of the issuer named by its last word alone: 局党组, 局法制机构."""
    if issuer is None:
        return []
    found: list[Candidate] = []
    for pattern in rules.self_references:
        for match in pattern.sought.finditer(context.flat):
            start, end = pattern.span(match)
            groups = match.groupdict()
            if not issuer.name.endswith(groups.get("head", "")) or not _stands(context, rules, start, end):
                continue
            if groups.get("unit") and rules.meeting.match(context.text, end):
                continue  # 局党组|会议
            unit = groups.get("unit")
            name, key, type_ = issuer.name, issuer.key, issuer.type
            if unit:
                name, key, type_ = inside(rules, name, key, unit)
            found.append(Candidate(start, end, Kind.DEPARTMENT, pattern.id, name, type_, key=key, adcode=issuer.adcode))
    return found
