"""The statutory tables of 信息公开年报, also where a copy from a page or a PDF has run their cells together.

The rows and columns of the form are public (kg/rules/tables.yaml), so a row is its label and as many numbers as the
form has columns. Where the numbers are not parted, a row that ends with its total can be: of all ways to part the
digits, one alone may add up. Where several do, or none, the row is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kg.model import Span
from kg.rulebook import Rulebook

_FORMS = ("publication", "decision", "fee", "application", "review")
_NAMED_BY_ROW = ("decision", "fee")  # one column, whose heading says nothing that the row does not
_NAMED_BY_COLUMN = "review"
_WITH_TOTAL = ("application", "review")
_GROUP = 5  # columns of each group of the review table, the last one being the group's total
_EDITION = "publication_2019"  # the form of 2019 asks other figures of the same documents
_WAYS = 2  # two ways to part the digits are as bad as many
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_CELLS = re.compile(r"[\d.\s|]*\d")
_BLANK = re.compile(r"[\s|]*")
_ENUMERATED = (".", "、")


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of a table at `span`, the name of what it counts, and its unit (empty where the table has none)."""

    span: Span
    name: str
    unit: str
    row: Span  # the label and the numbers of its row
    period: str = ""  # the year of its column, where the head says one


@dataclass(frozen=True, slots=True)
class _Form:
    """One table of the form."""

    key: str
    rows: Mapping[str, str]  # label → the name of its row, which may say more
    columns: tuple[str, ...]
    unit: str
    label: re.Pattern[str]


@dataclass(frozen=True)
class FormRules:
    """The forms of tables.yaml, compiled."""

    forms: Mapping[str, tuple[_Form, ...]]  # by the title they stand under
    titles: re.Pattern[str]
    edition: re.Pattern[str]
    edition_columns: tuple[str, ...]
    unit: re.Pattern[str]  # right behind a number it makes prose of a row: 行政处罚12件

    @classmethod
    def of(cls, rulebook: Rulebook) -> FormRules:
        """Read the lists once."""
        forms: dict[str, tuple[_Form, ...]] = {}
        for key in _FORMS:
            columns = rulebook.words(f"{key}_columns")
            rows = {word.rpartition(":")[2]: word for word in rulebook.words(f"{key}_rows")}
            unit = rulebook.types.get(f"{key}_rows", "")
            label = re.compile("|".join(rf"(?:{_spaced(row)})" for row in sorted(rows, key=len, reverse=True)))
            title = rulebook.word(f"{key}_title")
            forms[title] = (*forms.get(title, ()), _Form(key, MappingProxyType(rows), columns, unit, label))
        ends = (*forms, *rulebook.words("form_end"))
        edition = rulebook.words(f"{_EDITION}_columns")
        return cls(
            forms=MappingProxyType(forms),
            titles=re.compile("|".join(_spaced(title) for title in ends)),
            edition=re.compile(_spaced(edition[0])),
            edition_columns=edition,
            unit=re.compile(rulebook.alternation("unit")),
        )


def _spaced(label: str) -> str:
    """A pattern for a label whose characters may be parted by blanks, as narrow cells part them."""
    return r"\s*".join(map(re.escape, label))


def form_cells(text: str, start: int, end: int, rules: FormRules) -> tuple[list[Cell], list[Span]]:
    """Every number that can be told in the statutory tables of folded ``text[start:end]``.

    Also where the tables are: from the first to the last label of a form that has a number behind it.
    """
    cells: list[Cell] = []
    regions: list[Span] = []
    titles = list(rules.titles.finditer(text, start, end))
    for number, title in enumerate(titles):
        forms = rules.forms.get(re.sub(r"\s", "", title.group()))
        if not forms:
            continue
        stop = titles[number + 1].start() if number + 1 < len(titles) else end
        cells += [cell for form in forms for cell in _read(text, title.end(), stop, form, rules)]
        filled = [
            Span(label.start(), numbers.end())
            for form in forms
            for label in form.label.finditer(text, title.end(), stop)
            if (numbers := _CELLS.match(text, label.end(), stop)) and not rules.unit.match(text, numbers.end())
        ]
        if filled:
            regions.append(Span(min(filled).start, max(span.end for span in filled)))
    return cells, regions


def _read(text: str, start: int, end: int, form: _Form, rules: FormRules) -> Iterator[Cell]:
    columns = form.columns
    if form.key == "publication" and rules.edition.search(text, start, end):
        columns = rules.edition_columns
    labels = list(form.label.finditer(text, start, end))
    for number, label in enumerate(labels):
        if form.key == _NAMED_BY_COLUMN and number + 1 < len(labels):
            continue  # the headings 总计 of the groups; the numbers stand behind the last one
        if number and not text[labels[number - 1].end() : label.start()].strip() and form.key != _NAMED_BY_COLUMN:
            continue  # two labels, then the numbers of both: which is whose is not to be told
        blank = _BLANK.match(text, label.end(), end)
        cells = _CELLS.match(text, blank.end() if blank else label.end(), end)
        if cells is None:
            continue
        stop = cells.end()
        if rules.unit.match(text, stop):
            continue
        if text[stop : stop + 1] in _ENUMERATED:
            stop -= 1  # the number of the next row: 属于国家秘密4000004|2.其他法律行政法规禁止公开
        row = Span(label.start(), stop)
        for column, place in zip(columns, _parted(text, cells.start(), stop, len(columns), form.key), strict=False):
            yield Cell(place, _name(form, form.rows[re.sub(r"\s", "", label.group())], column), form.unit, row)


def _name(form: _Form, row: str, column: str) -> str:
    if form.key in _NAMED_BY_ROW:
        return f"{row}{column}"
    return column if form.key == _NAMED_BY_COLUMN else f"{row}({column})"


def _parted(text: str, start: int, end: int, columns: int, key: str) -> list[Span]:
    """The places of a row's numbers: as the blanks part them, or in the only way that the totals allow."""
    numbers = [Span(m.start(), m.end()) for m in _NUMBER.finditer(text, start, end)]
    if len(numbers) == columns:
        return numbers
    if len(numbers) > columns and key not in _WITH_TOTAL:
        return numbers[:columns] if columns == 1 else []
    if len(numbers) != 1 or "." in text[numbers[0].start : numbers[0].end]:
        return []
    run = numbers[0]
    digits = text[run.start : run.end]
    if key in _WITH_TOTAL:  # even a digit a column is right only where it adds up
        ways = _ways(digits, columns, _GROUP if key == _NAMED_BY_COLUMN else columns)
    elif len(digits) == columns:
        ways = [tuple(range(1, columns + 1))]
    else:
        return []
    if len(ways) != 1:
        return []
    places, low = [], 0
    for cut in ways[0]:
        places.append(Span(run.start + low, run.start + cut))
        low = cut
    return places


def _ways(digits: str, columns: int, group: int) -> list[tuple[int, ...]]:
    """The ends of `columns` numbers that `digits` may be parted into, each group's last being the sum of the others.

    No number but 0 begins with 0. At most `_WAYS` ways come back.
    """
    ways: list[tuple[int, ...]] = []

    def go(at: int, cuts: tuple[int, ...], total: int) -> None:
        if len(ways) >= _WAYS:
            return
        if len(cuts) == columns:
            if at == len(digits):
                ways.append(cuts)
            return
        if (len(cuts) + 1) % group == 0:
            expected = str(total)
            if digits.startswith(expected, at):
                go(at + len(expected), (*cuts, at + len(expected)), 0)
            return
        # each number to come has a digit at least, and the group's total as many as the numbers before it make it
        rest = columns - len(cuts) - 2
        longest = at + 1 if digits[at : at + 1] == "0" else len(digits) - rest
        for cut in range(at + 1, longest + 1):
            so_far = total + int(digits[at:cut])
            if cut + rest + len(str(so_far)) > len(digits):
                break
            go(cut, (*cuts, cut), so_far)

    go(0, (), 0)
    return ways
