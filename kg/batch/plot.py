"""Values of an indicator over the years as a drawing: SVG, the same bytes for the same values, no library's clock."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from xml.sax.saxutils import escape

from kg.batch.compare import Value
from kg.errors import GraphError

_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 860, 440, 90, 50, 220, 50
# Okabe and Ito's colours, which colour-blind readers tell apart.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442")
_MOST = 24  # lines in the legend


def svg(values: Sequence[Value]) -> bytes:
    """Draw a line per area, scope and unit over the years; ``GraphError`` where no value has a year."""
    series: dict[str, list[tuple[int, Decimal, Value]]] = {}
    for value in values:
        if len(value.period) == 4 and value.period.isdigit():
            label = " ".join(part for part in (value.area or "–", value.scope, value.unit) if part)
            series.setdefault(label, []).append((int(value.period), Decimal(value.value), value))
    if not series:
        raise GraphError("没有带年份的数值,画不出图 / no value has a year", where="--plot", hint="去掉 --plot")
    points = [point for line in series.values() for point in line]
    years = sorted({year for year, _, _ in points})
    low, high = min(Decimal(0), *(v for _, v, _ in points)), max(Decimal(0), *(v for _, v, _ in points))
    span = (high - low) or Decimal(1)
    across = max(years[-1] - years[0], 1)
    wide, tall = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def x(year: int) -> str:
        return f"{_LEFT + wide * (year - years[0]) / across:.1f}"

    def y(value: Decimal) -> str:
        return f"{_TOP + tall * float((high - value) / span):.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
        'font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'<text x="{_LEFT}" y="24" font-size="16">{escape(values[0].indicator)}</text>',
    ]
    for step in range(5):
        level = low + span * step / 4
        parts.append(
            f'<line x1="{_LEFT}" x2="{_LEFT + wide}" y1="{y(level)}" y2="{y(level)}" stroke="#ddd"/>'
            f'<text x="{_LEFT - 6}" y="{y(level)}" dy="4" text-anchor="end">{float(level):.6g}</text>'
        )
    parts += [f'<text x="{x(year)}" y="{_TOP + tall + 20}" text-anchor="middle">{year}</text>' for year in years]
    for number, (label, line) in enumerate(sorted(series.items())):
        colour = _COLOURS[number % len(_COLOURS)]
        line.sort(key=lambda point: (point[0], point[1], point[2].report))
        path = " ".join(f"{x(year)},{y(value)}" for year, value, _ in line)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for year, amount, value in line:
            told = f"{label} {value.period}: {value.bound}{value.raw} ({value.report})"
            parts.append(
                f'<circle cx="{x(year)}" cy="{y(amount)}" r="4" fill="{colour}"><title>{escape(told)}</title></circle>'
            )
        if number < _MOST:
            place = _TOP + 14 * number
            parts.append(f'<text x="{_LEFT + wide + 16}" y="{place}" fill="{colour}">{escape(label)}</text>')
    return ("\n".join((*parts, "</svg>")) + "\n").encode()
