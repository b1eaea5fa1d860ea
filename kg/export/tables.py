"""The graph as tables, for spreadsheets and data frames: columns with types, rows of Python values.

A table more is one more entry of `TABLES`; CSV, Parquet, the catalogue and the command line follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from typing import Any, Literal, TypeAlias

from kg.describe.terms import decimal_text
from kg.errors import GraphError, StoreError
from kg.export.spreadsheet import BOM, csv_text
from kg.export.view import Clause, View

ColumnType: TypeAlias = Literal["text", "texts", "integer", "decimal", "date", "boolean"]
Value: TypeAlias = str | tuple[str, ...] | int | Decimal | date | bool | None  # None where nothing is said
Columns: TypeAlias = tuple[tuple[str, ColumnType], ...]

#: Digits before and after the point that a decimal column of Parquet has: what DuckDB, Spark and pandas can all hold.
PRECISION, SCALE = 38, 10
_UNIT = Decimal(1).scaleb(-SCALE)
_LARGEST_INTEGER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Table:
    """A kind of table: its name, titles, columns (name and type) and its rows, each as long as `columns`."""

    name: str
    zh: str
    en: str
    columns: Columns
    rows: Callable[[View], Iterable[tuple[Value, ...]]]
    optional: bool = False  # written only where it has rows


_CLAUSE: Columns = (
    ("evidence", "text"),
    ("evidence_start", "integer"),
    ("evidence_end", "integer"),
    ("section", "text"),
)


def _clause(clause: Clause | None) -> tuple[Value, ...]:
    return (None,) * 4 if clause is None else (clause.text, clause.start, clause.end, clause.section or None)


def _reports(view: View) -> Iterable[tuple[Value, ...]]:
    for one in view.reports:
        yield (
            one.iri,
            one.title,
            one.file_name,
            one.year,
            one.issued,
            one.issuer_label or None,
            one.issuer or None,
            one.publisher or None,
            one.doc_number or None,
            one.index_number or None,
            one.characters,
            one.sha256,
        )


def _entities(view: View) -> Iterable[tuple[Value, ...]]:
    for one in view.entities:
        yield (
            one.iri,
            one.kind,
            one.kind_zh,
            one.label,
            one.type or None,
            one.aliases,
            one.official or None,
            one.status or None,
            one.doc_number or None,
            one.area_code or None,
            one.mentions,
            one.reports,
            one.key,
        )


def _relations(view: View) -> Iterable[tuple[Value, ...]]:
    for one in view.relations:
        yield (
            one.iri,
            one.subject,
            one.subject_label,
            one.predicate,
            one.predicate_zh,
            one.object,
            one.object_label,
            one.modalities,
            one.triggers,
            one.rules,
            one.implicit_subject,
            len(one.evidence),
            *_clause(one.evidence[0] if one.evidence else None),
            one.report,
        )


def _evidence(view: View) -> Iterable[tuple[Value, ...]]:
    for one in view.relations:
        for clause in one.evidence:
            said = tuple(clause.modality.split(" | ")) if clause.modality else ()
            yield (one.iri, one.subject_label, one.predicate, one.object_label, said, *_clause(clause), one.report)


def _indicators(view: View) -> Iterable[tuple[Value, ...]]:
    for one in view.figures:
        yield (
            one.iri,
            one.indicator,
            one.value,
            one.unit or None,
            one.raw or None,
            one.bound or None,
            one.measure or None,
            one.modality or None,
            one.period or None,
            one.scope or None,
            one.rank_area or None,
            one.rank,
            one.about,
            one.about_labels,
            one.compared_with or None,
            one.part_of or None,
            one.indicator_iri or None,
            one.rule or None,
            one.start,
            one.end,
            *_clause(one.evidence),
            one.report,
        )


def _mentions(view: View) -> Iterable[tuple[Value, ...]]:
    for one in view.mentions:
        yield (
            one.clause.iri,
            one.kind,
            one.clause.text,
            one.clause.start,
            one.clause.end,
            one.entity or None,
            one.entity_label or None,
            one.candidates,
            one.provision or None,
            one.clause.section or None,
            one.rule or None,
            one.clause.report,
        )


def _checks(view: View) -> Iterable[tuple[Value, ...]]:
    for one in view.checks:
        yield (
            one.iri,
            one.label,
            one.verdict or None,
            one.checks,
            one.checks_labels,
            one.numerator or None,
            one.denominator or None,
            one.expected,
            one.difference,
            one.tolerance,
            *_clause(one.evidence[0] if one.evidence else None),
            one.report or None,
        )


#: Every table, in the order in which they are written.
TABLES: tuple[Table, ...] = (
    Table(
        "entities",
        "实体表",
        "entities",
        (
            ("iri", "text"),
            ("kind", "text"),
            ("kind_zh", "text"),
            ("label", "text"),
            ("type", "text"),
            ("aliases", "texts"),
            ("official_title", "text"),
            ("status", "text"),
            ("doc_number", "text"),
            ("area_code", "text"),
            ("mentions", "integer"),
            ("reports", "integer"),
            ("key", "text"),
        ),
        _entities,
    ),
    Table(
        "relations",
        "关系表",
        "relations",
        (
            ("iri", "text"),
            ("subject", "text"),
            ("subject_label", "text"),
            ("predicate", "text"),
            ("predicate_zh", "text"),
            ("object", "text"),
            ("object_label", "text"),
            ("modality", "texts"),
            ("trigger", "texts"),
            ("rule", "texts"),
            ("implicit_subject", "boolean"),
            ("evidences", "integer"),
            *_CLAUSE,
            ("report", "text"),
        ),
        _relations,
    ),
    Table(
        "indicators",
        "指标表",
        "indicators",
        (
            ("iri", "text"),
            ("indicator", "text"),
            ("value", "decimal"),
            ("unit", "text"),
            ("raw", "text"),
            ("bound", "text"),
            ("measure", "text"),
            ("modality", "text"),
            ("period", "text"),
            ("scope", "text"),
            ("rank_area", "text"),
            ("rank", "integer"),
            ("about", "texts"),
            ("about_label", "texts"),
            ("compared_with", "text"),
            ("part_of", "text"),
            ("indicator_iri", "text"),
            ("rule", "text"),
            ("start", "integer"),
            ("end", "integer"),
            *_CLAUSE,
            ("report", "text"),
        ),
        _indicators,
    ),
    Table(
        "mentions",
        "提及表",
        "mentions",
        (
            ("iri", "text"),
            ("kind", "text"),
            ("text", "text"),
            ("start", "integer"),
            ("end", "integer"),
            ("entity", "text"),
            ("entity_label", "text"),
            ("candidates", "texts"),
            ("provision", "text"),
            ("section", "text"),
            ("rule", "text"),
            ("report", "text"),
        ),
        _mentions,
    ),
    Table(
        "evidence",
        "证据表",
        "evidence of the relations",
        (
            ("relation", "text"),
            ("subject_label", "text"),
            ("predicate", "text"),
            ("object_label", "text"),
            ("modality", "texts"),
            *_CLAUSE,
            ("report", "text"),
        ),
        _evidence,
    ),
    Table(
        "reports",
        "报告表",
        "reports",
        (
            ("iri", "text"),
            ("title", "text"),
            ("file_name", "text"),
            ("year", "integer"),
            ("issued", "date"),
            ("issuer_label", "text"),
            ("issuer", "text"),
            ("publisher", "text"),
            ("doc_number", "text"),
            ("index_number", "text"),
            ("characters", "integer"),
            ("sha256", "text"),
        ),
        _reports,
    ),
    Table(
        "checks",
        "核验表",
        "audit checks",
        (
            ("iri", "text"),
            ("label", "text"),
            ("verdict", "text"),
            ("checks", "texts"),
            ("checks_label", "texts"),
            ("numerator", "text"),
            ("denominator", "text"),
            ("expected", "decimal"),
            ("difference", "decimal"),
            ("tolerance", "decimal"),
            *_CLAUSE,
            ("report", "text"),
        ),
        _checks,
        optional=True,
    ),
)


def csv_files(view: View) -> dict[str, bytes]:
    """Return table name → CSV in UTF-8 with a byte order mark, CRLF, no cell that is a formula.

    Lists are joined by `` | ``; a ``|`` or backslash of their own gets a backslash. Booleans are ``true`` and
    ``false``, dates ISO 8601, numbers in their one spelling; nothing said is an empty cell.
    """
    result = {}
    for table in TABLES:
        rows = [tuple(_cell(value) for value in row) for row in table.rows(view)]
        if rows or not table.optional:
            header = tuple(name for name, _ in table.columns)
            result[table.name] = (BOM + csv_text((header, *rows))).encode()
    return result


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return " | ".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in value)
    return decimal_text(value) if isinstance(value, Decimal) else str(value)


def parquet_files(view: View) -> dict[str, bytes]:
    """Return table name → Parquet: int64, decimal128(38, 10), date32, bool, lists of strings, strings.

    One version of pyarrow gives the same bytes each time; another may write another version number into the file.
    What has more than ten decimals (1/3) is rounded to them, half to even; CSV has them all. ``StoreError`` where
    pyarrow is not installed, ``GraphError`` for a number too large for its column.
    """
    tables = ParquetTables()
    tables.add(view)
    return {name: data for name, (data, rows) in tables.files().items() if rows or not tables.optional(name)}


class ParquetTables:
    """The tables of one graph after another in one Parquet file each; columns and faults as `parquet_files`.

    With `by_report` each graph is one report's, and every table says of which: those without a column for it get one.
    """

    def __init__(self, *, by_report: bool = False) -> None:
        """Make empty tables; ``StoreError`` where pyarrow is not installed."""
        self._arrow = require_parquet()
        self._by_report = by_report
        self._batches: dict[str, list[Any]] = {table.name: [] for table in TABLES}

    def optional(self, name: str) -> bool:
        """Whether a table is written only where it has rows."""
        return next(table.optional for table in TABLES if table.name == name)

    def add(self, view: View) -> None:
        """Put the rows of a graph behind those that are there; of several graphs one is in memory as Python values."""
        for table in TABLES:
            rows = list(table.rows(view))
            columns = [
                [_fitting(row[number], f"{table.name}.{name} {row[0]}") for row in rows]
                for number, (name, _) in enumerate(table.columns)
            ]
            if self._further(table):
                columns.append([view.reports[0].iri if view.reports else None] * len(rows))
            schema = self._schema(table)
            arrays = [self._arrow.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)]
            self._batches[table.name].append(self._arrow.RecordBatch.from_arrays(arrays, schema=schema))

    def files(self) -> dict[str, tuple[bytes, int]]:
        """Return table name → Parquet (compressed by zstd) and number of rows."""
        import pyarrow.parquet as pq

        result = {}
        for table in TABLES:
            whole = self._arrow.Table.from_batches(self._batches[table.name], schema=self._schema(table))
            sink = self._arrow.BufferOutputStream()
            pq.write_table(whole.combine_chunks(), sink, compression="zstd", version="2.6")
            result[table.name] = (sink.getvalue().to_pybytes(), whole.num_rows)
        return result

    def _further(self, table: Table) -> bool:
        return self._by_report and table.name != "reports" and all(name != "report" for name, _ in table.columns)

    def _schema(self, table: Table) -> Any:
        pa = self._arrow
        types = {
            "text": pa.string(),
            "texts": pa.list_(pa.string()),
            "integer": pa.int64(),
            "decimal": pa.decimal128(PRECISION, SCALE),
            "date": pa.date32(),
            "boolean": pa.bool_(),
        }
        further: Columns = (("report", "text"),) if self._further(table) else ()
        return pa.schema([pa.field(name, types[kind]) for name, kind in (*table.columns, *further)])


def require_parquet() -> Any:
    """Return pyarrow; ``StoreError`` where it is not installed."""
    try:
        import pyarrow
    except ImportError:
        raise StoreError(
            "没有安装 pyarrow,写不了 Parquet / Parquet needs pyarrow, which is not installed",
            where="parquet",
            hint="pip install 'govkg[parquet]'",
        ) from None
    return pyarrow


def _fitting(value: Value, where: str) -> Value:
    """Return a value as its column holds it: decimals with `SCALE` digits behind the point."""
    if isinstance(value, Decimal):
        with localcontext(Context(prec=max(PRECISION, len(value.as_tuple().digits) + abs(value.adjusted()) + SCALE))):
            value = value.quantize(_UNIT, ROUND_HALF_EVEN)
        fits = len(value.as_tuple().digits) <= PRECISION
    else:
        fits = not isinstance(value, int) or abs(value) <= _LARGEST_INTEGER
    if not fits:
        raise GraphError(
            f"Parquet 的列容不下这个数 / too large for a column of Parquet: {str(value)[:60]}",
            where=where,
            hint="用 csv,其中数字不限位数 (use csv, which has no such limit)",
        )
    return value
