"""Which body is meant: its area, official name and key (ONTOLOGY.md section 6)."""

from __future__ import annotations

from kg.gazetteer import Gazetteer, LocalBody
from kg.model import Entity, Kind
from kg.recognise.bodies import Body, BodyRules
from kg.recognise.context import Candidate
from kg.recognise.issuer import CENTRE, Issuer


def resolve(
    body: Body, issuer: Issuer | None, gazetteer: Gazetteer, rules: BodyRules, year: int | None = None
) -> Candidate:
    """Settle the body's area and official name; several possible areas leave the candidate open."""
    if not body.place and not body.level and not body.central and body.rows and body.type not in rules.bare_types:
        # 司法局 without a place means any of its kind
        name = body.surface or body.rows[0].aliases[0]
        return Candidate(body.start, body.end, Kind.BODY_GROUP, "bare-body", name, rules.group_type, key=name)
    place, adcode, options = _area(body, issuer, gazetteer)
    type_ = body.type
    if body.central:
        name, key, adcode = body.central, f"{CENTRE}|{body.central}", CENTRE
    elif body.rows:
        row = _fitting(body.rows, gazetteer.level(adcode) if adcode else "", year)
        type_ = row.type
        name = official_name(gazetteer, row, place, adcode)
        key = f"{adcode or place or '?'}|{row.key}"
    else:
        # an open name is official as written: 连云港国际商事仲裁院, 扬州中国大运河博物馆
        name = (body.place_name or place) + body.stem
        key = f"{adcode or place or '?'}|{body.stem}"
        type_ = rules.rulebook.classify("body-type", body.stem) or rules.body_type
    for unit in body.units:
        name, key, type_ = inside(rules, name, key, unit)
    function = key.split("|", 1)[1]
    return Candidate(
        body.start,
        body.end,
        Kind.DEPARTMENT,
        body.rule,
        name,
        type_,
        key=key,
        adcode=adcode,
        options=tuple(
            Entity(
                Kind.DEPARTMENT,
                f"{code}|{function}",
                name.replace(place, area_name(gazetteer, code), 1) if place else name,
                type_,
                adcode=code,
            )
            for code in options
        ),
    )


def inside(rules: BodyRules, name: str, key: str, unit: str) -> tuple[str, str, str]:
    """The (name, key, type) of a unit inside a body: 中共…司法局党组, …司法局法规处."""
    if unit in rules.party_unit:
        return f"{rules.party_prefix}{name}{unit}", f"{key}/{unit}", rules.party_unit_type
    return f"{name}{unit}", f"{key}/{unit}", rules.unit_type


def official_area(gazetteer: Gazetteer, code: str) -> str:
    """A place as official names of bodies write it: a district with its city (长沙市岳麓区), all others alone."""
    return area_name(gazetteer, code) if gazetteer.is_district(code) else gazetteer.full_name(code)


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
