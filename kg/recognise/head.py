"""The report's own head and foot: its issuer, title, number, publisher, addressee and signature."""

from __future__ import annotations

import re
from collections import Counter

from kg.errors import RuleError
from kg.gazetteer import Gazetteer
from kg.model import Kind, Span
from kg.recognise.bodies import Body, BodyRules, bodies
from kg.recognise.context import Candidate, Context
from kg.recognise.documents import DocumentRules
from kg.recognise.issuer import CENTRE, Issuer
from kg.recognise.settle import official_area, official_name, resolve

_AREA = (2, 10)  # characters of an area's name before its ending
_HEAD = 200  # characters behind a field in which the area above is looked for
_OPENING = 3  # sentences in which a report says whose it is
_LEADS = 2  # clauses of such a sentence that a body may begin: 2023年,|某某县人民政府坚持…
_NO_NAME = ("r", "v", "p", "d", "c", "u")  # parts of speech that no area's name is made of
_ABOVE = 16  # characters of a title that name the areas above: 浙江省湖州市德清县|云溪镇
_VERBAL = ("v", "p")  # parts of speech behind which nothing is a subject: 学习|某市经验
_TWICE, _FAR_MORE = 2, 3  # how often the only place of a level must be named, and how much oftener than the next
_TOWN = "town"
_ABOVE_TOWNS = ("county", "zone")
_BODY_FIELDS = ("publisher", "addressee", "signature", "source")


def find_issuer(context: Context, rules: BodyRules, gazetteer: Gazetteer) -> Issuer | None:
    """Whose report this is.

    The first body or area with a settled place in title, signature, publisher, or as the subject of the opening; else a
    body that title or opening name without its place (市司法局), or whose name no table has.
    """
    report = context.report
    fields = [
        field.span
        for name in ("title", "signature", "publisher", "source")
        if (field := report.field(name)) and not (name == "source" and rules.press.search(field.value))  # 来源:湖北日报
    ]
    if report.body.start:
        # 在某县|第十八届人民代表大会…会议上, 某县|人民政府县长: where the area is told, without what stands above it
        fields += [Span(m.start("area"), m.end()) for m in rules.speech.finditer(context.text, 0, report.body.start)]
    opening = [Span(sentence.start, sentence.end) for sentence in context.sentences[:_OPENING]]
    without_place: Issuer | None = None
    zone: Issuer | None = None
    for number, span in enumerate([*fields, *opening]):
        head = number < len(fields)
        for body in bodies(context, rules, span.start, span.end):
            if rules.above.match(context.text, body.end) or rules.press.search(context.text, body.start, body.end):
                continue  # 在某市司法局的正确领导下: a body above the issuer; 来源:某日报
            if not (head or _is_subject(context, body.start)):
                continue  # 深入贯彻落实|某省委、省政府决策部署
            if body.place or body.own:
                issuer = _from_body(body, rules, gazetteer, report.year)
                if issuer:
                    return issuer
            elif body.central:
                if head:
                    return Issuer(body.central, f"{CENTRE}|{body.central}", body.type, "", CENTRE)
            elif without_place is None:
                placed = _placed(context, body, rules, gazetteer)
                if placed is not None:
                    return placed
                without_place = _placeless(body, rules, gazetteer, report.year)
        starts = [span.start] if head else [c.start for c in context.clauses if span.start <= c.start < span.end]
        for start in starts[:_LEADS]:
            found = _unlisted(context, rules, gazetteer, Span(start, span.end))
            if found:
                return found
        if not head and without_place is None:
            without_place = _named_openly(context, rules, span)
        code = _area_of(context, rules, gazetteer, span, subject=not head)
        titled = _titled(context, rules, gazetteer, span, code) if head else None
        if titled:
            return titled
        zone = zone or (_unlisted_zone(context, rules, span) if head and not code else None)
        unlisted = _unlisted_area(context, rules, gazetteer, span, code) if head else None
        if unlisted:
            return unlisted
        if code and (government := _government(code, gazetteer)):
            return government
    for _, _, entry in rules.known(report.title):
        if entry.kind == "place" and len(entry.codes) == 1:
            return _government(entry.codes[0], gazetteer) or without_place or zone
    return without_place or zone


def _is_subject(context: Context, at: int) -> bool:
    """Whether what begins at `at` can be the subject of its clause: no verb and no preposition goes before it."""
    clause = context.clause_at(at)
    if clause is None:
        return False
    if any(item.lists & {"launch", "preposition"} for item in context.items_in(clause.start, at)):
        return False
    return not any(context.words.tag_at(i).startswith(_VERBAL) for i in range(clause.start, at))


def _placed(context: Context, body: Body, rules: BodyRules, gazetteer: Gazetteer) -> Issuer | None:
    """The issuer that a report calls 市司法局 where all it names, titles of documents too, is of one city.

    One place of the level is named, at least twice, or one far more often than every other.
    """
    if not body.level or not body.rows:
        return None
    named = Counter(
        entry.codes[0]
        for _, _, entry in rules.known(context.text)
        if entry.kind == "place" and len(entry.codes) == 1 and body.level in gazetteer.level_words(entry.codes[0])
    )
    (first, often), (_, next_often) = [*named.most_common(2), ("", 0), ("", 0)][:2]
    if often < _TWICE or often < _FAR_MORE * next_often:
        return None
    own = body._replace(place=(first,), place_name=gazetteer.full_name(first), level="")
    return _from_body(own, rules, gazetteer, context.report.year)


def _placeless(body: Body, rules: BodyRules, gazetteer: Gazetteer, year: int | None) -> Issuer | None:
    """The issuer that a report calls 市司法局 or 农业农村局, without saying of where."""
    candidate = resolve(body, None, gazetteer, rules, year)
    if candidate.options or not candidate.key:
        return None
    parents = ((body.level, body.level, None),) if body.level else ()
    type_ = body.type or rules.open_type(candidate.name)
    return Issuer(candidate.name, candidate.key, type_, body.level, None, "", parents)


def _unlisted_area(
    context: Context, rules: BodyRules, gazetteer: Gazetteer, span: Span, code: str | None
) -> Issuer | None:
    """The government of an area that no table has, at the beginning of a title: 某某区|2021年度…, 某某街道|2023年….

    `code` is of the area that the tables know there, if any: the city that the unknown district lies in.
    """
    behind = _end_of(context, rules, gazetteer, span, code) if code else None
    match = rules.titled_area.match(context.text, behind or span.start, span.end)
    if match is None:
        return None
    place, suffix = match["area"], match["suffix"]
    listed = False
    if code and not behind and place.endswith(gazetteer.full_name(code)):
        listed = _is_place_before(rules, place.removesuffix(gazetteer.full_name(code)))
        code = code if listed else None  # 长春市|朝阳区, but 青|岚县 is no 岚县
    if listed or rules.zone.search(place):
        return None
    if not _may_be_area(context, rules, match):
        return None  # 服务进社区|2023年…, 全面推进依法治市|2023年…
    above = official_area(gazetteer, code) if code and behind else ""
    if suffix in gazetteer.suffixes(_TOWN):
        if code and behind and gazetteer.level(code) in _ABOVE_TOWNS:
            return _government(f"{code}/{place}", gazetteer)
        return _government(f"/{above}{place}", gazetteer)
    place = above + place
    level = next((level for level, ending in gazetteer.endings() if ending == suffix), "")
    rows = gazetteer.local_aliases()[rules.government_alias]
    row = next((row for row in rows if level in row.levels), None)
    if row is None:
        return None
    name = official_name(gazetteer, row, place, None)
    parents = (
        [(suffix[-1], place, None), *(p for p in _parents(code, gazetteer) if p[0] != suffix[-1])]
        if code
        else [(suffix[-1], place, None)]
    )
    return Issuer(name, f"{place}|{row.key}", row.type, place, None, place.removesuffix(suffix), tuple(parents))


def _end_of(context: Context, rules: BodyRules, gazetteer: Gazetteer, span: Span, code: str) -> int | None:
    """Where the name of a known area ends at the head of a title: 北京市海淀区|石桥街道; None where it is not there."""
    name = gazetteer.full_name(code)
    at = context.text.find(name, span.start, min(span.end, span.start + _ABOVE)) if name else -1
    if at < 0:
        return None
    before = context.text[rules.title_opening.match(context.text, span.start).end() : at]  # type: ignore[union-attr]
    return at + len(name) if _is_place_before(rules, before) else None


def _is_place_before(rules: BodyRules, words: str) -> bool:
    """Whether words before an area's name are nothing, or end with the name of a place."""
    return not words or any(end == len(words) and entry.kind == "place" for _, end, entry in rules.known(words))


def _may_be_area(context: Context, rules: BodyRules, match: re.Match[str]) -> bool:
    """Whether words before an ending can be an area's name: 建设|镇 is one, 乡村振兴示范|乡 is none."""
    place = match["area"]
    start, end = match.span("area")
    stem = end - len(match["suffix"])
    if rules.no_area_opening.match(place) or rules.no_area_ending.search(place):
        return False
    words = context.words
    inside = [(item.start, item.end) for item in context.items_in(start, stem)]
    inside += [
        (at, words.end_of(at))
        for at in range(start, stem)
        if words.tag_at(at).startswith(_NO_NAME) and words.end_of(at) - at > 1
    ]
    return all(word == (start, stem) for word in inside)


def _titled(context: Context, rules: BodyRules, gazetteer: Gazetteer, span: Span, code: str | None) -> Issuer | None:
    """A body of no table that a title opens with: 某县|住房建设和交通运输局|2024年工作总结."""
    match = rules.titled_body.match(context.text, span.start, span.end)
    if match is None:
        return None
    name = match["name"]
    place = next((name[:e] for s, e, entry in rules.known(name) if s == 0 and entry.kind == "place"), "")
    if not place or code is None or not name.startswith(gazetteer.full_name(code)):
        return None
    function = name.removeprefix(gazetteer.full_name(code))
    full = official_area(gazetteer, code) + function
    return _issuer(full, f"{code}|{function}", rules.open_type(function), code, gazetteer) if function else None


def _unlisted_zone(context: Context, rules: BodyRules, span: Span) -> Issuer | None:
    """Who governs a zone that no table has is not known: the report is called the zone's (某某片区|2022年…)."""
    match = rules.titled_area.match(context.text, span.start, span.end)
    if match is None or not rules.zone.search(match["area"]) or not _may_be_area(context, rules, match):
        return None
    place = match["area"]
    return Issuer(place, f"{place}|{place}", rules.open_type(place), place, None)


def _named_openly(context: Context, rules: BodyRules, span: Span) -> Issuer | None:
    """A body that no table has, as the subject of the opening: 2022年,|某某片区管理局|在…领导下."""
    for match in rules.opening_name.regex.finditer(context.flat, span.start, span.end):
        start, end = rules.opening_name.span(match)
        if _is_subject(context, start) and not context.items_in(start, end) and context.words.boundary(end):
            name = context.text[start:end]
            return Issuer(name, f"?|{name}", rules.open_type(name), "", None)
    return None


def _unlisted(context: Context, rules: BodyRules, gazetteer: Gazetteer, span: Span) -> Issuer | None:
    """A standard body of an area that no table has, at the beginning of a field: 某某县|交通运输局. It has no code."""
    text = context.text[span.start : span.end]
    for level, suffix in sorted(gazetteer.endings(), key=lambda pair: -len(pair[1])):
        at = text.find(suffix, _AREA[0], _AREA[1] + len(suffix))
        if at < 0 or not all("\u4e00" <= c <= "\u9fff" for c in text[:at]):
            continue
        if any(context.words.tag_at(span.start + i).startswith(_NO_NAME) for i in range(at)):
            continue  # 我代表|省|人民政府
        end = at + len(suffix)
        local = next((k for s, _, k in rules.known(text[end:]) if s == 0 and k.kind == "local" and not k.prefix), None)
        if local is None:
            continue
        row = next((r for r in local.rows if level in r.levels), local.rows[0])
        place = text[:end]
        above = [e.codes[0] for _, _, e in rules.known(context.text[: span.end + _HEAD]) if e.kind == "place"]
        parents: list[tuple[str, str, str | None]] = [(suffix[-1], place, None)]
        if above and gazetteer.level(above[0]) in ("city", "province", "municipality"):
            parents += [p for p in _parents(above[0], gazetteer) if p[0] != suffix[-1]]
        name = official_name(gazetteer, row, place, None)
        return Issuer(name, f"{place}|{row.key}", row.type, place, None, place[:at], tuple(parents))
    return None


def _from_body(body: Body, rules: BodyRules, gazetteer: Gazetteer, year: int | None) -> Issuer | None:
    candidate = resolve(body, None, gazetteer, rules, year)
    code = candidate.adcode
    if code is None:
        return None
    return _issuer(candidate.name, candidate.key or "", candidate.type, code, gazetteer)


def _area_of(
    context: Context, rules: BodyRules, gazetteer: Gazetteer, span: Span, *, subject: bool = False
) -> str | None:
    """The first area named in `span`, with what is named right behind it and lies in it: 宜昌市西陵区 is 西陵区.

    With `subject`, only one that is the subject of its clause.
    """
    known = [
        (s, e)
        for s, e, entry in rules.known((context.flat if subject else context.text)[span.start : span.end])
        if entry.kind == "place" and (not subject or _is_subject(context, span.start + s))
    ]
    towns = (t for t in context.towns if span.start <= t.start and t.end <= span.end)
    first = next((t for t in towns if not subject or _is_subject(context, t.start)), None)
    if first is not None and (not known or first.start <= span.start + known[0][0]):
        return first.code  # 三都|镇 is no 三都水族自治县
    for number, (start, end) in enumerate(known):
        text = context.text[span.start : span.end]
        code = gazetteer.resolve_place(text[start:end], None)
        for low, high in known[number + 1 :]:
            if low != end:
                break
            inner = gazetteer.resolve_place(text[start:high], None)
            code, end = inner or code, high
        town = next((t for t in context.towns if t.start == span.start + end), None)
        if town is not None and code:
            return f"{code}/{context.text[town.start : town.end]}"
        if code:
            return code
    return None


def _government(code: str, gazetteer: Gazetteer) -> Issuer | None:
    """The government of an area; None for one whose government the lists do not have: 香港特别行政区."""
    try:
        row = gazetteer.government_of(code)
    except RuleError:
        return None
    name = official_name(gazetteer, row, official_area(gazetteer, code), code)
    return _issuer(name, f"{code}|{row.key}", row.type, code, gazetteer)


def _issuer(name: str, key: str, type_: str | None, code: str, gazetteer: Gazetteer) -> Issuer:
    place, short = official_area(gazetteer, code), gazetteer.short_name(code)
    return Issuer(name, key, type_, place, code, short, _parents(code, gazetteer))


def _parents(code: str, gazetteer: Gazetteer) -> tuple[tuple[str, str, str | None], ...]:
    """What 市, 省, 区, 县 mean in a report of the area `code`, the nearest first."""
    found: list[tuple[str, str, str | None]] = []
    words: set[str] = set()
    for area in (code, *gazetteer.around(code)):
        name = official_area(gazetteer, area)
        for word in gazetteer.level_words(area):
            if word not in words:
                words.add(word)
                found.append((word, name, area))
    return tuple(found)


def head_candidates(
    context: Context, rules: BodyRules, documents: DocumentRules, gazetteer: Gazetteer, issuer: Issuer | None
) -> list[Candidate]:
    """Mentions in the head and foot, which the body's recognisers do not see."""
    found: list[Candidate] = []
    report = context.report
    own = documents.own_type
    for field in report.fields:
        start, end = field.span.start, field.span.end
        if field.name in _BODY_FIELDS:
            for body in bodies(context, rules, start, end):
                found.append(resolve(body, issuer, gazetteer, rules, report.year))
        elif field.name == "title":
            found.append(Candidate(start, end, Kind.REGULATION, "report-title", report.title, own))
        elif field.name == "doc_number" and not report.body.contains(field.span):
            found.append(Candidate(start, end, Kind.REGULATION, "document-number", field.value, own))
    return found
