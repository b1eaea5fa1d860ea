"""An answer as values, and those as lines for a terminal, CSV, JSON or Turtle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias
from unicodedata import east_asian_width

from kg.describe import Dataset
from kg.describe.terms import quoted
from kg.errors import GraphError
from kg.vocabulary import PREFIXES


@dataclass(frozen=True, slots=True)
class Cell:
    """One RDF term of an answer: `kind` ``uri``, ``literal`` or ``bnode``; `datatype` None for plain strings."""

    kind: Literal["uri", "literal", "bnode"]
    value: str
    language: str | None = None
    datatype: str | None = None


Row: TypeAlias = tuple[Cell | None, ...]  # None where the query leaves a column unbound


@dataclass(frozen=True, slots=True)
class Table:
    """An answer. SELECT: columns and rows. ASK: `boolean`. CONSTRUCT and DESCRIBE: `is_graph`, a row per triple."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    boolean: bool | None = None
    is_graph: bool = False

    def texts(self) -> tuple[tuple[str, ...], ...]:
        """Return the rows as plain text: lexical forms and IRIs, the empty string where unbound."""
        return tuple(tuple("" if cell is None else cell.value for cell in row) for row in self.rows)


def row_order(row: Row) -> tuple[tuple[str, str, str, str], ...]:
    """Key to sort rows by: by their first column, then the next; what is unbound comes first."""
    return tuple(
        ("", "", "", "") if cell is None else (cell.kind, cell.value, cell.language or "", cell.datatype or "")
        for cell in row
    )


def table(answer: Table) -> str:
    """Return the answer as lines for a terminal: columns aligned by the width that Chinese characters take there."""
    if answer.boolean is not None:
        return f"{str(answer.boolean).lower()}\n"
    rows = [answer.columns, *(tuple(_short(cell) for cell in row) for row in answer.rows)]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(answer.columns))]
    lines = [_line(row, widths) for row in rows]
    return "\n".join((lines[0], "  ".join("-" * width for width in widths), *lines[1:])) + "\n"


def _short(cell: Cell | None) -> str:
    """Return a cell on one line, an IRI of a known namespace with its prefix, control characters as blanks."""
    if cell is None:
        return ""
    text = cell.value
    if cell.kind == "uri":
        for prefix, namespace in PREFIXES.items():
            if text.startswith(namespace) and len(text) > len(namespace):
                text = f"{prefix}:{text[len(namespace) :]}"
                break
    # A terminal must not be driven by what a report says (escape sequences).
    return "".join(character if character.isprintable() else " " for character in text)


def _width(text: str) -> int:
    """Return the number of terminal columns: wide and full-width characters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = (text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True))
    return "  ".join(padded).rstrip()


def csv(answer: Table) -> str:
    """Return the answer as CSV (RFC 4180: CRLF, quotes doubled), header first.

    A cell that a spreadsheet would run as a formula gets a leading apostrophe (`kg.export.spreadsheet`).
    """
    from kg.export.spreadsheet import csv_text

    if answer.boolean is not None:
        return csv_text((["boolean"], [str(answer.boolean).lower()]))
    return csv_text((answer.columns, *answer.texts()))


def json(answer: Table) -> str:
    """Return the answer as SPARQL 1.1 Query Results JSON (a graph as its triples), one stable spelling."""
    import json as json_module

    if answer.boolean is not None:
        document: dict[str, object] = {"head": {}, "boolean": answer.boolean}
    else:
        bindings = [
            {name: _json_term(cell) for name, cell in zip(answer.columns, row, strict=True) if cell is not None}
            for row in answer.rows
        ]
        document = {"head": {"vars": list(answer.columns)}, "results": {"bindings": bindings}}
    return json_module.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _json_term(cell: Cell) -> dict[str, str]:
    term = {"type": cell.kind, "value": cell.value}
    if cell.language:
        term["xml:lang"] = cell.language
    if cell.datatype:
        term["datatype"] = cell.datatype
    return term


def turtle(answer: Table) -> str:
    """Return the triples of a CONSTRUCT or DESCRIBE as Turtle; ``GraphError`` for an answer that is no graph."""
    from kg.export import turtle as write_turtle

    if not answer.is_graph:
        raise GraphError(
            "不是图 / the answer is no graph", where="query", hint="只有 CONSTRUCT、DESCRIBE 可写成 Turtle"
        )
    quads = []
    for row in answer.rows:
        subject, predicate, object_ = (_encoded(cell) for cell in row if cell is not None)
        quads.append((subject, predicate, object_, "<urn:x-govkg:answer>"))
    return write_turtle(Dataset.of(quads)).decode()


def _encoded(cell: Cell) -> str:
    if cell.kind == "uri":
        return f"<{cell.value}>"
    if cell.kind == "bnode":
        return f"_:{cell.value}"
    tail = f"@{cell.language}" if cell.language else f"^^<{cell.datatype}>" if cell.datatype else ""
    return quoted(cell.value) + tail
