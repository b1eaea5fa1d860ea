"""Sums of the statutory form of 信息公开年报: across the applicants, down the outcomes, and through the year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from kg.audit.ledger import Ledger
from kg.audit.reading import Interval, judge, reading
from kg.audit.rules import Forms
from kg.model import Check, CheckRole, Observation

_LEFT_OUT = "table"  # the reason of `kg.coverage` for a number of a table that could not be read
_ENUMERATED = ".、)"
MAY_DIFFER = "may-be-two-things"
ROWS_MISSING = "rows-not-read"  # a row of the form could not be read, or is not in the report


def form_sums(ledger: Ledger) -> Iterator[Check]:
    """Check every sum that the form prints beside its summands; sums of nothing but zeros are passed over."""
    if not ledger.cells:
        return
    cells: dict[str, Observation | None] = {}
    for cell in ledger.cells:
        # a name that stands twice (two forms in one report) says nothing
        cells[cell.name] = None if cell.name in cells else cell
    forms = ledger.rules.forms
    yield from _said(ledger, forms, cells)
    yield from _across(ledger, forms, cells)
    yield from _down(ledger, forms, cells)
    for group in forms.review_groups:
        row = [cells.get(f"{group}{result}") for result in forms.review_results]
        yield from _sum(ledger, row[-1], row[:-1], "form-review")


def _said(ledger: Ledger, forms: Forms, cells: dict[str, Observation | None]) -> Iterator[Check]:
    """The number of applications that the prose tells, against the form: received this year, or settled in all."""
    totals = [cells.get(f"{name}({forms.applicants[-1]})") for name in (forms.received[0], forms.settled[0])]
    known = [cell for cell in totals if cell is not None]
    for fig in ledger.figs:
        if known and fig.seen.measure == "level" and ledger.rules.form_said.search(fig.name):
            same = next((cell for cell in known if cell.quantity.value == fig.seen.quantity.value), None)
            read = reading((same or known[0]).quantity, ledger.rules.counted | {""})
            judged = judge(fig.read, read.interval, read.value) if same and read else None
            inputs: list[tuple[CheckRole, Observation]] = [("compared", same or known[0])]
            yield ledger.check("said-twice", fig, inputs, "form-and-prose", judged, MAY_DIFFER)


def _across(ledger: Ledger, forms: Forms, cells: dict[str, Observation | None]) -> Iterator[Check]:
    for name in (*forms.received, *forms.outcomes, *forms.settled):
        row = [cells.get(f"{name}({column})") for column in forms.applicants]
        yield from _sum(ledger, row[-1], row[:-1], "form-row")


def _down(ledger: Ledger, forms: Forms, cells: dict[str, Observation | None]) -> Iterator[Check]:
    """The outcomes add up to their total; received and carried over are settled or carried on."""
    missing = _unread_row(ledger, forms, cells)
    for column in forms.applicants:
        outcomes = [cells.get(f"{name}({column})") for name in forms.outcomes if name not in forms.either]
        either = [cell for name in forms.either if (cell := cells.get(f"{name}({column})"))]
        whole = cells.get(f"{forms.settled[0]}({column})")
        yield from _sum(ledger, whole, [*outcomes, either[0] if either else None], "form-column", open_list=missing)
        received = [cells.get(f"{name}({column})") for name in forms.received]
        settled = [cells.get(f"{name}({column})") for name in forms.settled]
        if None not in received and None not in settled and whole is not None:
            # 新收 + 结转来 − 结转去 = 总计
            yield from _sum(ledger, whole, [*received, settled[-1]], "form-balance", minus_last=True)


def _unread_row(ledger: Ledger, forms: Forms, cells: dict[str, Observation | None]) -> bool:
    """Whether a row of the form that is in no list was left out: a number between its first and its last row."""
    ends = [
        cell.span.start
        for name in (*forms.received, *forms.settled)
        for column in forms.applicants
        if (cell := cells.get(f"{name}({column})")) is not None
    ]
    left_out = (i.span for i in ledger.extraction.left_out if i.what == "number" and i.reason == _LEFT_OUT)
    # 1.属于国家秘密: the number of a row
    return any(min(ends) < s.start < max(ends) and ledger.text[s.end] not in _ENUMERATED for s in left_out if ends)


def _sum(
    ledger: Ledger,
    total: Observation | None,
    parts: Sequence[Observation | None],
    rule: str,
    *,
    open_list: bool = False,
    minus_last: bool = False,
) -> Iterator[Check]:
    """Check one sum; cells that were parted by that very sum, or say nothing but 0, are no check."""
    found = [part for part in parts if part is not None]
    if total is None or not found or (_glued([*found, total]) and rule not in ("form-column", "form-balance")):
        return
    counted = ledger.rules.counted | {""}  # cells of the form count, and say no unit
    whole, reads = reading(total.quantity, counted), [reading(part.quantity, counted) for part in found]
    known = [read for read in reads if read is not None]
    if whole is None or len(known) != len(reads) or not any((whole.value, *(read.value for read in known))):
        return
    value, interval = Fraction(0), Interval(Fraction(0), Fraction(0))
    for number, read in enumerate(known):
        last = minus_last and number == len(known) - 1
        value += -read.value if last else read.value
        interval = interval.plus(-read.interval if last else read.interval)
    judged = judge(whole, interval, value)
    inputs: list[tuple[CheckRole, Observation]] = [
        ("compared" if minus_last and number == len(found) - 1 else "numerator", part)
        for number, part in enumerate(found)
        if part.quantity.value
    ]
    if judged.verdict != "agrees" and (open_list or len(found) != len(parts)):
        yield ledger.check("table-total", total, inputs, rule, reason=ROWS_MISSING)
        return
    yield ledger.check("table-total", total, inputs, rule, judged)


def _glued(row: Sequence[Observation]) -> bool:
    """Whether numbers of a row stand without anything between: they were parted so that they add up."""
    return any(left.span.end == right.span.start for left, right in pairwise(row))
