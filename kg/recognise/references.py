"""Bodies that are not named in full: classes of bodies, and the issuer speaking of itself."""

from __future__ import annotations

from kg.model import Kind
from kg.recognise.bodies import BodyRules
from kg.recognise.context import Candidate, Context
from kg.recognise.issuer import Issuer
from kg.recognise.settle import inside
from kg.recognise.spans import Spans


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
    return found


def self_references(context: Context, rules: BodyRules, issuer: Issuer | None) -> list[Candidate]:
    """我局, 本局, and units of the issuer named by its last word alone: 局党组, 局法制机构."""
    if issuer is None:
        return []
    found: list[Candidate] = []
    for pattern in rules.self_references:
        for match in pattern.sought.finditer(context.flat):
            start, end = pattern.span(match)
            if not issuer.name.endswith(match["head"]) or not context.words.boundary(start):
                continue
            unit = match.groupdict().get("unit")
            name, key, type_ = issuer.name, issuer.key, issuer.type
            if unit:
                name, key, type_ = inside(rules, name, key, unit)
            found.append(Candidate(start, end, Kind.DEPARTMENT, pattern.id, name, type_, key=key, adcode=issuer.adcode))
    return found
