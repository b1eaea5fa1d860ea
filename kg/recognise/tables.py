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
_MARKED = re.compile(r"[|\t]")  # cells that keep their place where they are empty
_BOLD_MARK = "**"  # of Markdown
_BOLD = re.compile(r"\*\*[^*\n]+\*\*")
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
    year_columns: frozenset[str]
    totals: frozenset[str]
    empty: frozenset[str]
    forms: FormRules
    units: frozenset[str]
    unit: tuple[Pattern, ...]
    year: re.Pattern[str]
    no_figure: re.Pattern[str]
    enumerator: re.Pattern[str]

    @classmethod
    def of(cls, rulebook: Rulebook) -> TableRules:
        """Read the lists once."""
        return cls(
            unit_columns=frozenset(rulebook.words("table_unit_column")),
            plain_heads=frozenset(rulebook.words("table_plain_header")),
            first_heads=frozenset(rulebook.words("table_first_header")),
            year_columns=frozenset(rulebook.words("table_year_column")),
            totals=frozenset(rulebook.words("table_total")),
            empty=frozenset(rulebook.words("table_empty")),
            forms=FormRules.of(rulebook),
            units=frozenset(rulebook.words("unit")),
            unit=rulebook.group("table-unit"),
            year=rulebook.union("table-year"),
            no_figure=rulebook.union("table-no-figure"),
            enumerator=rulebook.union("table-enumerator"),
        )

    def name(self, row: str, head: str, columns: int) -> str:
        """The name of a figure: its row, and its column where there are several or the head says more."""
        row, head = (self._without_unit(words).strip(" :") for words in (row, head))
        if not row:  # a row that a year alone labels counts what its column says
            return head[:_LONGEST_LABEL]
        plain = columns == 1 and (_squash(head) in self.plain_heads or head in row)
        if not head or plain or _squash(head) in self.first_heads:
            return row[:_LONGEST_LABEL]
        return f"{row}({head})"[:_LONGEST_LABEL]

    def unit_in(self, words: str) -> str:
        """The unit that a head, a label or a caption says: (件), 单位:万元; empty where it says none."""
        for pattern in self.unit:
            for match in pattern.regex.finditer(words):
                if match["name"] in self.units:
                    return match["name"]
        return ""

    def is_number(self, word: str) -> bool:
        """Whether a cell is a number, alone or with a unit."""
        match = _NUMBER.match(word)
        return match is not None and (match.end() == len(word) or word[match.end() :].strip() in self.units)

    def is_label(self, word: str) -> bool:
        """Whether a cell is neither number nor empty."""
        return bool(word) and word not in self.empty and not self.is_number(word)

    def is_aside(self, head: str, word: str) -> bool:
        """Whether a cell numbers, dates or addresses its row, and measures nothing: 序号 1, 邮编 313300."""
        head = _squash(head)
        return head not in self.year_columns and self.no_figure.search(f"{head}:{word}") is not None

    def is_year(self, column: int, head: str, word: str) -> bool:
        """Whether a cell says the year of its row: the first one, or one of a column of years."""
        return (not column or _squash(head) in self.year_columns) and self.year.fullmatch(word) is not None

    def is_unit(self, column: int, heads: Sequence[str], word: str) -> bool:
        """Whether a cell says the unit of its row; a column 单位 with no labels before it holds bodies."""
        if heads[column] not in self.unit_columns:
            return False
        return word in self.units or any(head and not self.is_aside(head, "1") for head in heads[:column])

    def figures(self, heads: Sequence[str], words: Sequence[str]) -> list[int]:
        """The columns of a row that hold a figure."""
        return [
            n
            for n, (head, word) in enumerate(zip(heads, words, strict=True))
            if self.is_number(word)
            and not self.is_aside(head, word)
            and not self.is_unit(n, heads, word)
            and not (_squash(head) in self.year_columns and self.year.fullmatch(word))
        ]

    def is_head(self, words: Sequence[str], *, first: bool) -> bool:
        """Whether a line is a head: it has words, and no numbers but years.

        Two years make a head of the first line; of another, and one year alone, only what heads begin with does.
        """
        numbers = [word for word in words if self.is_number(word)]
        if not numbers:
            return self.empty.isdisjoint(words)
        if not all(self.year.fullmatch(word) for word in numbers):
            return False
        begins = not words[0] or self.begins_head(words[0])
        return begins or (first and len(set(numbers)) > 1 and not self.is_number(words[0]))

    def begins_head(self, word: str) -> bool:
        """Whether the first column of tables has this word for its head."""
        return any(_squash(word) in heads for heads in (self.first_heads, self.year_columns, self.unit_columns))

    def _without_unit(self, words: str) -> str:
        for pattern in self.unit:
            words = pattern.regex.sub(lambda m: "" if m["name"] in self.units else m.group(), words)
        return words


def _squash(words: str) -> str:
    """A head without the blanks that stretch it over its column: 序 号."""
    return "".join(words.split())


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
    if whole and whole[0].high is not None:
        return None  # 5-10: no single value
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
    if text[low : low + 1] == "|":  # bars around the line; without the first one the last parts an empty cell
        low += 1
        if text[high - 1 : high] == "|" and low < high:
            high -= 1
    cells = []
    for mark in [*_PARTED.finditer(text, low, high), None]:
        stop = mark.start() if mark else high
        left, right = low, stop
        while left < right and text[left] == " ":
            left += 1
        while left < right and text[right - 1] == " ":
            right -= 1
        if _BOLD.fullmatch(text, left, right):
            left, right = left + len(_BOLD_MARK), right - len(_BOLD_MARK)
        cells.append(Span(left, right))
        if mark:
            low = mark.end()
    return _Line(Span(start, end), tuple(cells)) if len(cells) > 1 else None


def _is_grid(text: str, rules: TableRules, run: Sequence[_Line]) -> bool:
    """Whether lines make a table: several, the first a head, and labelled figures below it."""
    if len(run) < _LEAST_ROWS:
        return False
    head, *rows = ([text[c.start : c.end] for c in line.cells] for line in run)
    if not rules.is_head(head, first=True) and any(map(rules.is_number, head)):
        return False
    labelled = 0
    for words in rows:
        heads = head if len(head) == len(words) else [""] * len(words)
        labels = [n for n, word in enumerate(words) if rules.is_label(word) or rules.is_year(n, heads[n], word)]
        labelled += sum(bool(labels) and labels[0] < n for n in rules.figures(heads, words))
    return labelled >= _LEAST_NUMBERS


def _width(grid: Sequence[_Line]) -> int:
    """How many columns a grid has, without those at its end in which no line has a word."""
    return max(max((n for n, c in enumerate(line.cells, 1) if c.start < c.end), default=0) for line in grid)


def _grid_cells(context: Context, rules: TableRules, grid: Sequence[_Line]) -> Iterator[Cell]:
    """Name every number of a grid by the label of its row and the head of its column."""
    text = context.text
    width = _width(grid)
    heads, top = [""] * width, ""
    caption = rules.unit_in(text[max(context.report.body.start, grid[0].span.start - 24) : grid[0].span.start])
    above: list[str] = []  # the row above, with the labels that it shares with rows above it
    labels = 0  # how many columns of labels that row has
    below_head = False
    for line in grid:
        words = [text[c.start : c.end] for c in line.cells[:width]]
        if len(words) == width and rules.is_head(words, first=line is grid[0]):
            # below the rows only a head like the first begins another table or page; what else has no numbers is a row
            if below_head and words[0] and (words[0] == top or rules.begins_head(words[0])):
                heads, above, labels, below_head = [""] * width, [], 0, False
            if not below_head:
                heads = [f"{over}{word}" if over != word else word for over, word in zip(heads, words, strict=True)]
                top = top or words[0]
                continue
        below_head = True
        missing = width - len(words)
        shift = missing if 0 < missing < labels and not rules.is_unit(missing, heads, above[missing]) else 0
        if missing and not shift and not _MARKED.search(text, line.span.start, line.span.end):
            continue  # which cell is not there is not to be told where blanks part them
        words = [*[""] * shift, *words, *[""] * (missing - shift)]
        numbers = rules.figures(heads, words)
        first = numbers[0] if numbers else width
        own = next((word for word in words[:first] if rules.is_label(word)), "")
        # a cell that spans rows stands in the first of them only; a total is of all of them
        for n in range(labels if own and own not in rules.totals else 0):
            if not words[n]:
                words[n] = above[n]
            elif not rules.is_aside(heads[n], words[n]):
                break
        if not missing or shift:
            above, labels = words, first if numbers else labels
        said = [
            n for n in range(first) if words[n] not in ("", *rules.empty) and not rules.is_aside(heads[n], words[n])
        ]
        units = [words[n] for n in said if rules.is_unit(n, heads, words[n])]
        years = [words[n] for n in said if rules.is_year(n, heads[n], words[n])]
        named = [words[n] for n in said if words[n] not in (*units, *years)]
        if not (own or years) or not (named or years):
            continue
        row = "".join(rules.enumerator.sub("", word) for word in named)
        for n in numbers:
            head = heads[n]
            unit = rules.unit_in(head) or (units[0] if units else "") or rules.unit_in(row) or caption
            year = rules.year.search(head) or (rules.year.search(years[0]) if years else None)
            name = rules.name(row, rules.year.sub("", head), len(numbers))
            if name and not (named and not unit and rules.is_aside(named[-1], words[n])):
                yield Cell(line.cells[n - shift], name, unit, line.span, year.group()[:4] if year else "")
