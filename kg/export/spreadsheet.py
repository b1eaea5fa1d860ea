"""CSV that spreadsheets open as text and never run: RFC 4180, CRLF, no cell that begins a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from io import StringIO

#: Excel on Chinese Windows takes a CSV file for GBK unless it begins with this mark.
BOM = "\ufeff"

_FORMULA_STARTS = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # the last four are full-width = + - @
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV (RFC 4180: CRLF, quotes doubled); the first is the header and stays as it is.

    A cell that a spreadsheet would run as a formula (``=``, ``+``, ``-``, ``@`` or a control character first) gets a
    leading apostrophe, unless it is a number or that one character.
    """
    import csv

    stream = StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    for number, row in enumerate(rows):
        writer.writerow([harmless(cell) for cell in row] if number else row)
    return stream.getvalue()


def harmless(text: str) -> str:
    """Return a cell's text, with an apostrophe before what would be a formula.

    >>> [harmless(text) for text in ("=cmd()", "-5.2", "@x", "")]
    ["'=cmd()", '-5.2', "'@x", '']
    """
    risky = len(text) > 1 and text[0] in _FORMULA_STARTS and not _NUMBER.fullmatch(text)
    return f"'{text}" if risky else text
