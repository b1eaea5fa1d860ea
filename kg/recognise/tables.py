"""Figures of tables: Markdown, tab- or space-aligned grids, and the statutory forms (`kg.recognise.forms`).

A table's figure is named by its row and its column: `行政处罚 | 1,100` under `本年数量(件)` is 行政处罚本年数量, in 件.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kg.model import Span
from kg.quantity import Figure
from kg.recognise.context import Clause, Context
from kg.recognise.figures import TABLE_CELL, Measure
from kg.recognise.forms import Cell, FormRules, form_cells
from kg.recognise.spans import Spans
from kg.rulebook import Pattern, Rulebook

_CELL = re.compile(r"[^|\t\n]+?(?= {2,}|[|\t\n]|$)")
_RULED = re.compile(r"[\s|:+=-]*")  # the line under a Markdown head
_PARTED = re.compile(r"\||\t|  +")
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_LEAST_ROWS = 2  # a single line of two cells is no table
_LEAST_NUMBERS = 2
_LONGEST_LABEL = 60


@dataclass(frozen=True)
class TableRules:
    """The lists of tables.yaml about heads and cells, and the statutory forms."""

    unit_columns: frozenset[str]
    plain_heads: frozenset[str]
    first_heads: frozenset[str]
    empty: frozenset[str]
    forms: FormRules
    units: frozenset[str]
    unit: tuple[Pattern, ...]
    year: re.Pattern[str]
    enumerator: re.Pattern[str]

    @classmethod
    def of(cls, rulebook: Rulebook) -> TableRules:
        """Read the lists once."""
        return cls(
            unit_columns=frozenset(rulebook.words("table_unit_column")),
            plain_heads=frozenset(rulebook.words("table_plain_header")),
            first_heads=frozenset(rulebook.words("table_first_header")),
            empty=frozenset(rulebook.words("table_empty")),
            forms=FormRules.of(rulebook),
            units=frozenset(rulebook.words("unit")),
            unit=rulebook.group("table-unit"),
            year=rulebook.union("table-year"),
            enumerator=rulebook.union("table-enumerator"),
        )

    def name(self, row: str, head: str, columns: int) -> str:
        """The name of a figure: its row, and its column where there are several or the head says more."""
        row, head = (self._without_unit(words).strip(" :") for words in (row, head))
        plain = columns == 1 and (head in self.plain_heads or head in row)
        if not head or plain or head in self.first_heads:
            return row[:_LONGEST_LABEL]
        return f"{row}({head})"[:_LONGEST_LABEL]

    def unit_in(self, words: str) -> str:
        """The unit that a head, a label or a caption says: (件), 单位:万元; empty where it says none."""
        for pattern in self.unit:
            for match in pattern.regex.finditer(words):
                if match["name"] in self.units:
                    return match["name"]
        return ""

    def _without_unit(self, words: str) -> str:
        for pattern in self.unit:
            words = pattern.regex.sub(lambda m: "" if m["name"] in self.units else m.group(), words)
        return words


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a grid: its place and its cells."""

    span: Span
    cells: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """What the tables of a report say: figures in text order, the places read (no prose), and where the tables are."""

    measures: tuple[Measure, ...]
    rows: Spans
    regions: Spans


def tables(context: Context, rules: TableRules) -> Tables:
    """Read every table of the body."""
    body = context.report.body
    cells, regions = form_cells(context.text, body.start, body.end, rules.forms)
    rows = [cell.row for cell in cells]
    for grid in _grids(context, rules):
        first, last = grid[0].span.start, grid[-1].span.end
        if not any(region.start < last and first < region.end for region in regions):
            cells += _grid_cells(context, rules, grid)
            regions.append(Span(first, last))
            rows.append(Span(first, last))
    found = [measure for cell in cells if (measure := _measure(context, cell)) is not None]
    return Tables(tuple(sorted(found, key=lambda m: m.span)), Spans.of(rows), Spans.of(regions))


def _measure(context: Context, cell: Cell) -> Measure | None:
    text = context.text[cell.span.start : cell.span.end]
    # the unit of the head, behind the digits, is read as prose would have it: 18651.06 under 万元
    whole = [
        f
        for f in context.lexicon.quantities.figures(f"{text}{cell.unit}", 0, len(text) + len(cell.unit))
        if not f.start
    ]
    number = _NUMBER.match(text)
    if whole and (figure := whole[0]).number[0] == 0:
        value, unit, bound = figure.value, figure.unit, figure.bound
    elif number is not None:
        value, unit, bound = Decimal(number.group().replace(",", "")), cell.unit, "="
    else:
        return None
    read = Figure(cell.span.start, cell.span.end, value, unit, bound, (cell.span.start, cell.span.end))
    year = cell.period if cell.period and cell.period != f"{context.report.year}" else None
    clause = Clause(cell.row.start, cell.row.end, _sentence(context, cell.span.start))
    return Measure(cell.span, read, cell.name, clause, TABLE_CELL, period=year)


def _sentence(context: Context, at: int) -> int:
    """The sentence that holds the character at `at`, or the one before it."""
    return max(0, bisect_right(context.sentences, at, key=lambda s: s.start) - 1)


def _grids(context: Context, rules: TableRules) -> Iterator[list[_Line]]:
    """Runs of lines with as many cells each, some of them numbers."""
    text, body = context.text, context.report.body
    run: list[_Line] = []
    at = body.start
    while at < body.end:
        end = text.find("\n", at, body.end)
        end = body.end if end < 0 else end
        line = _line(text, at, end)
        if line is not None:
            run.append(line)
        elif not (run and _RULED.fullmatch(text, at, end) and end > at):
            if _is_grid(text, rules, run):
                yield run
            run = []
        at = end + 1
    if _is_grid(text, rules, run):
        yield run


def _line(text: str, start: int, end: int) -> _Line | None:
    """The cells of a line that has at least two, parted by bars, tabs or two blanks; empty ones between bars count."""
    if _RULED.fullmatch(text, start, end):
        return None
    low, high = start, end
    while low < high and text[low] == " ":
        low += 1
    while low < high and text[high - 1] == " ":
        high -= 1
    if text[low : low + 1] == "|":
        low += 1
    if text[high - 1 : high] == "|":
        high -= 1
    cells = []
    for mark in [*_PARTED.finditer(text, low, high), None]:
        stop = mark.start() if mark else high
        left, right = low, stop
        while left < right and text[left] == " ":
            left += 1
        while left < right and text[right - 1] == " ":
            right -= 1
        cells.append(Span(left, right))
        if mark:
            low = mark.end()
    return _Line(Span(start, end), tuple(cells)) if len(cells) > 1 else None


def _is_grid(text: str, rules: TableRules, run: Sequence[_Line]) -> bool:
    """Whether lines make a table: several, the first a head, and labelled numbers below it."""
    if len(run) < _LEAST_ROWS or any(_is_number(text, rules, cell) for cell in run[0].cells):
        return False
    labelled = sum(
        _is_number(text, rules, cell) and any(_is_label(text, rules, c) for c in line.cells[:n])
        for line in run[1:]
        for n, cell in enumerate(line.cells)
    )
    return labelled >= _LEAST_NUMBERS


def _is_number(text: str, rules: TableRules, cell: Span) -> bool:
    word = text[cell.start : cell.end]
    match = _NUMBER.match(word)
    if match is None:
        return False
    return match.end() == len(word) or word[match.end() :].strip() in rules.units


def _is_label(text: str, rules: TableRules, cell: Span) -> bool:
    word = text[cell.start : cell.end]
    return bool(word) and word not in rules.empty and not _is_number(text, rules, cell)


def _grid_cells(context: Context, rules: TableRules, grid: Sequence[_Line]) -> Iterator[Cell]:
    """Name every number of a grid by the label of its row and the head of its column."""
    text = context.text
    width = max(len(line.cells) for line in grid)
    heads = [""] * width
    caption = rules.unit_in(text[max(context.report.body.start, grid[0].span.start - 24) : grid[0].span.start])
    labels: list[str] = []
    for line in grid:
        words = [text[c.start : c.end] for c in line.cells]
        numbers = [n for n, cell in enumerate(line.cells) if _is_number(text, rules, cell)]
        first = numbers[0] if numbers else len(words)
        if not any(_is_label(text, rules, c) for c in line.cells[:first]) or not numbers:
            if not numbers and len(words) == width:
                heads = [f"{above}{word}" if above != word else word for above, word in zip(heads, words, strict=True)]
            continue
        # a cell that spans rows stands in the first of them only: short rows lack cells on the left
        lacking = width - len(words)
        own = [word for word in words[:first] if word and word not in rules.empty]
        units = [w for n, w in enumerate(words[:first]) if heads[n + lacking] in rules.unit_columns]
        named = [w for w in own if w not in units]
        if lacking and labels:
            named = [*labels[:1], *named]
        elif len(named) > 1 or not lacking:
            labels = named[:-1] or labels if len(named) > 1 else []
        row = "".join(rules.enumerator.sub("", word) for word in named)
        for n in numbers:
            head = heads[n + lacking]
            unit = (units[0] if units else "") or rules.unit_in(head) or rules.unit_in(row) or caption
            year = rules.year.search(head)
            name = rules.name(row, rules.year.sub("", head), len(numbers))
            yield Cell(line.cells[n], name, unit, line.span, year.group()[:4] if year else "")
