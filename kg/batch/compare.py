"""One indicator over years and places, and figures of different reports that contradict each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from kg.batch.align import Alignment
from kg.batch.index import Index
from kg.describe.concepts import fold
from kg.errors import GraphError

_YEAR = re.compile(r"(\d{4})\D?")


@dataclass(frozen=True, slots=True, order=True)
class Value:
    """One figure of one report, under the label of its indicator; `wording` is what the report calls it.

    `value` is a decimal as text, `period` a year of four digits where the report gives one, `report` the row of the
    list of reports, `start` and `end` code points of its text.
    """

    indicator: str
    unit: str
    measure: str
    area: str
    code: str
    period: str
    value: str
    bound: str
    modality: str
    scope: str
    wording: str
    raw: str
    report: str
    start: int
    end: int


_QUERY = (
    "SELECT f.name, f.unit, f.measure, f.area, f.code, f.period, f.value, f.bound, f.modality, f.scope, f.raw, "
    'r.name, f.start, f."end" FROM figures f JOIN current c ON c.doc = f.doc '
    "JOIN (SELECT doc, MIN(name) AS name FROM reports GROUP BY doc) r ON r.doc = f.doc "
)


def compare(index: Index, indicator: str, alignment: Alignment) -> list[Value]:
    """Return every value of an indicator, sorted by unit, area and period.

    `indicator` is an id, label or wording of the alignment, whose units alone count then, else the name as reports have
    it. ``GraphError``, with
    names that are near, where no report has such a figure.
    """
    aligned = alignment.find(indicator)
    names = [fold(indicator)]
    if aligned is not None:
        named = (name for (name,) in index.rows("SELECT DISTINCT name FROM figures ORDER BY name"))
        names = [name for name in named if alignment.of(name) is aligned]
    found: list[Value] = []
    for name in names:
        query = _QUERY + "WHERE f.value IS NOT NULL AND f.name = ?"
        found += [_value(row, alignment) for row in index.rows(query, (name,))]
    if aligned is not None and aligned.units:
        found = [value for value in found if value.unit in aligned.units]
    if not found:
        raise GraphError(
            f"没有这个指标的数值 / no figure of this indicator: {indicator}",
            where="kg compare",
            hint="相近的 (near): " + ("、".join(_near(index, fold(indicator))) or "–"),
        )
    return sorted(found)


def _near(index: Index, name: str) -> list[str]:
    from difflib import get_close_matches

    names = [known for (known,) in index.rows("SELECT DISTINCT name FROM figures WHERE value IS NOT NULL")]
    inside = sorted((known for known in names if name in known), key=lambda known: (len(known), known))[:5]
    return inside or get_close_matches(name, sorted(names), 5, 0.5)


def _value(row: tuple[object, ...], alignment: Alignment) -> Value:
    name, unit, measure, area, code, period, *rest = (str(cell) if cell is not None else "" for cell in row)
    value, bound, modality, scope, raw, report, start, end = rest
    label = alignment.label(name)
    return Value(
        *(label, unit, measure, area, code, _year(period), value, bound, modality, scope),
        *(name, raw, report, int(start), int(end)),
    )


def _year(period: str) -> str:
    year = _YEAR.fullmatch(period)
    return year[1] if year else period


def conflicts(index: Index, alignment: Alignment) -> Iterator[Value]:
    """Yield the figures that contradict those of another report, sorted by what they are of.

    Same indicator (by the alignment), unit, kind of measure, area, scope and period, both reported as done and exact;
    two reports contradict each other where they have no value in common. Nothing is overwritten: both stay.
    """
    index.db.create_function("aligned", 1, alignment.label, deterministic=True)
    index.db.create_function("year", 1, _year, deterministic=True)
    query = _QUERY + (
        "WHERE f.value IS NOT NULL AND f.modality = 'reported' AND f.bound = '=' AND f.code != '' AND f.period != '' "
        "ORDER BY aligned(f.name), f.unit, f.measure, f.code, f.scope, year(f.period), r.name, f.start"
    )

    def topic(value: Value) -> tuple[str, ...]:
        return (value.indicator, value.unit, value.measure, value.code, value.scope, value.period)

    for _, group in groupby((_value(row, alignment) for row in index.rows(query)), topic):
        values = list(group)
        by_report: dict[str, set[str]] = {}
        for value in values:
            by_report.setdefault(value.report, set()).add(value.value)
        if len(by_report) > 1 and _disjoint(list(by_report.values())):
            yield from values


def _disjoint(sets: list[set[str]]) -> bool:
    """Whether two of the sets have nothing in common."""
    distinct = {frozenset(one) for one in sets}
    return len(distinct) > 1 and any(a.isdisjoint(b) for a in distinct for b in distinct if a is not b)
