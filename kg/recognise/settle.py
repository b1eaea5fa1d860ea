"""Which body is meant: its area, official name and key (ONTOLOGY.md section 6)."""

from __future__ import annotations

from dataclasses import dataclass

from kg.gazetteer import Gazetteer, LocalBody
from kg.model import Entity, Kind
from kg.recognise.bodies import Body, BodyRules
from kg.recognise.context import Candidate
from kg.recognise.issuer import CENTRE, Issuer

_TOWN = "town"
_ACADEMY = "open-academy"  # 郑州大学 is no university of its issuer
_COMMITTEES = ("open-committee", "local-bare")
_ABOVE_TOWNS = ("county", "zone")


@dataclass(frozen=True, slots=True)
class _Reading:
    """One thing a body's name may denote."""

    name: str
    key: str
    type: str | None
    adcode: str | None


def resolve(
    body: Body, issuer: Issuer | None, gazetteer: Gazetteer, rules: BodyRules, year: int | None = None
) -> Candidate:
    """Settle the body's area and official name; several possible ones leave the candidate open."""
    bare = bool(body.rows) and not body.place and not body.level
    if issuer and not body.central and not body.own and not body.place and not body.level:
        committee = body.surface if bare and body.rows[0].type == rules.committee_type else body.stem
        if committee and body.rule in _COMMITTEES:
            return _own_committee(body, committee, issuer, rules)
    if bare and body.surface not in rules.bare_names:
        # 司法局 without a place means any of its kind
        name = body.surface or body.rows[0].aliases[0]
        return Candidate(body.start, body.end, Kind.BODY_GROUP, "bare-body", name, rules.group_type, key=name)
    readings = [_with_units(r, body, rules) for r in _readings(body, issuer, gazetteer, rules, year)]
    if len(readings) > 1:
        options = tuple(Entity(Kind.DEPARTMENT, r.key, r.name, r.type, adcode=r.adcode) for r in readings)
        return Candidate(body.start, body.end, Kind.DEPARTMENT, body.rule, options=options)
    (one,) = readings
    return Candidate(
        body.start, body.end, Kind.DEPARTMENT, body.rule, one.name, one.type, key=one.key, adcode=one.adcode
    )


def _own_committee(body: Body, name: str, issuer: Issuer, rules: BodyRules) -> Candidate:
    """A committee named without a place is the issuer's: of a department itself, of a government its area's."""
    head = issuer.name[-1]
    own = name.removeprefix(head) if len(name) > 4 else name  # 厅依法行政工作领导小组
    if issuer.type in rules.governing:
        full, key = issuer.place + own, f"{issuer.adcode or issuer.place}|{own}"
    else:
        full, key = issuer.name + own, f"{issuer.key}/{own}"
    return Candidate(
        body.start, body.end, Kind.DEPARTMENT, body.rule, full, rules.open_type(own), key=key, adcode=issuer.adcode
    )


def _readings(
    body: Body, issuer: Issuer | None, gazetteer: Gazetteer, rules: BodyRules, year: int | None
) -> list[_Reading]:
    """What the body may be, without its units; never empty."""
    if body.own:
        codes = [own.adcode or CENTRE for own in body.own]
        return [
            _Reading(own.label, f"{code}|{own.label}", own.type or rules.open_type(own.label), code)
            for own, code in zip(body.own, codes, strict=True)
        ]
    if body.central:
        return [_Reading(body.central, f"{CENTRE}|{body.central}", body.type, CENTRE)]
    place, adcode, options = _area(body, issuer, gazetteer)
    if body.rows:
        row = _fitting(body.rows, gazetteer.level(adcode) if adcode else "", year)
        name, function, type_ = official_name(gazetteer, row, place, adcode), row.key, row.type
        if issuer and adcode and issuer.adcode == adcode:
            own = issuer.key.partition("|")[2]
            if own != function and _without(own, rules.joiners) == _without(function, rules.joiners):
                name, function = issuer.name, own  # 县教体局 is 教育和体育局 where the issuer writes itself so
    else:
        # an open name is official as written: 宁波国际商事仲裁院, 扬州中国大运河博物馆
        prefix = "" if body.rule == _ACADEMY else (body.place_name or place)
        name, function, type_ = prefix + body.stem, body.stem, rules.open_type(body.stem)
    if not options:
        return [_Reading(name, f"{adcode or place or '?'}|{function}", type_, adcode)]
    return [
        _Reading(name.replace(place, area_name(gazetteer, code), 1), f"{code}|{function}", type_, code)
        for code in options
    ]


def _without(name: str, characters: frozenset[str]) -> str:
    return "".join(character for character in name if character not in characters)


def _with_units(reading: _Reading, body: Body, rules: BodyRules) -> _Reading:
    for unit in body.units:
        name, key, type_ = inside(rules, reading.name, reading.key, unit)
        reading = _Reading(name, key, type_, reading.adcode)
    return reading


def inside(rules: BodyRules, name: str, key: str, unit: str) -> tuple[str, str, str]:
    """The (name, key, type) of a unit inside a body: 中共…司法局党组, …司法局法规处."""
    if unit in rules.party_unit:
        return f"{rules.party_prefix}{name}{unit}", f"{key}/{unit}", rules.party_unit_type
    return f"{name}{unit}", f"{key}/{unit}", rules.unit_type


def official_area(gazetteer: Gazetteer, code: str) -> str:
    """A place as official names of bodies write it.

    A district with its city (长沙市岳麓区), a town with its county (灌云县东王集镇), all others alone.
    """
    county, slash, town = code.partition("/")
    if slash and gazetteer.level(code) == _TOWN:
        return (official_area(gazetteer, county) if county else "") + town
    return area_name(gazetteer, code) if gazetteer.is_district(code) else gazetteer.full_name(code)


def town_code(gazetteer: Gazetteer, code: str, issuer: Issuer | None) -> str:
    """The code of a town whose county the text does not name: the issuer's own, or one of its county."""
    if not code.startswith("/") or issuer is None or not issuer.adcode:
        return code
    level = gazetteer.level(issuer.adcode)
    if level == _TOWN:
        return issuer.adcode if issuer.adcode.endswith(code) else issuer.adcode.partition("/")[0] + code
    return issuer.adcode + code if level in _ABOVE_TOWNS else code


def official_name(gazetteer: Gazetteer, row: LocalBody, place: str, code: str | None) -> str:
    """The full official name of a standard body of a place (`official_area`), whose code may be unknown."""
    short = gazetteer.short_name(code) if code else place
    return row.official.replace("{place}", place).replace("{short}", short)


def area_name(gazetteer: Gazetteer, code: str) -> str:
    """A division's name with the division above it, to tell namesakes apart: 北京市通州区."""
    above = gazetteer.around(code)
    return (gazetteer.full_name(above[0]) if above else "") + gazetteer.full_name(code)


def _fitting(rows: tuple[LocalBody, ...], level: str, year: int | None) -> LocalBody:
    """The one of several standard bodies that fits the area's level and the report's year, else the first."""
    return min(rows, key=lambda row: (bool(level) and level not in row.levels, not row.in_force(year)))


def _area(body: Body, issuer: Issuer | None, gazetteer: Gazetteer) -> tuple[str, str | None, tuple[str, ...]]:
    """The (full place name, adcode, open alternatives) of a body."""
    if body.place:
        near = issuer.adcode if issuer else None
        code = body.place[0] if len(body.place) == 1 else gazetteer.resolve_place(body.place_name, near)
        if code is None:
            return body.place_name, None, body.place
        code = town_code(gazetteer, code, issuer)
        return official_area(gazetteer, code), code, ()
    if body.level:
        place, code = (issuer.area(body.level) if issuer else None) or (body.level, None)
        return place, code, ()
    return (issuer.place, issuer.adcode, ()) if issuer else ("", None, ())
