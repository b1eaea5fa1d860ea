"""Three SPARQL engines behind one call: what they answer to the same query on the same file, as values to compare."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import pyoxigraph
import rdflib

from kg.query import Table
from kg.vocabulary import PREFIXES

#: A cell as a value: a number as a number, a term as kind, text and language; None where unbound.
Value: TypeAlias = Decimal | tuple[str, str, str] | None
Answer: TypeAlias = tuple[tuple[str, ...], list[tuple[Value, ...]]]  # columns, rows in the engine's order

_NUMERIC = {PREFIXES["xsd"] + name for name in ("integer", "decimal", "double", "float")}
_PLAIN_NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)


def value(kind: str, text: str, language: str | None, datatype: str | None) -> Value:
    """Return a term as a value; ``AssertionError`` for a number that is none."""
    if datatype in _NUMERIC:
        assert _PLAIN_NUMBER.fullmatch(text), f"no plain number: {text!r}"
        return Decimal(text).normalize()
    return (kind, text, (language or "").lower())


def of_kg(answer: Table) -> Answer:
    """Return an answer of ``kg.query.ask`` (Oxigraph, the union stored in the default graph)."""
    rows = [
        tuple(None if c is None else value(c.kind, c.value, c.language, c.datatype) for c in row) for row in answer.rows
    ]
    return answer.columns, rows


def of_rdflib(dataset: rdflib.Graph, query: str) -> Answer:
    """Ask rdflib."""
    result = dataset.query(query)
    assert result.vars is not None
    rows = []
    for row in result:
        assert isinstance(row, rdflib.query.ResultRow)
        rows.append(tuple(_rdflib_value(term) for term in row))
    return tuple(str(variable) for variable in result.vars), rows


def _rdflib_value(term: Any) -> Value:
    if term is None:
        return None
    if isinstance(term, rdflib.Literal):
        return value("literal", str(term), term.language, str(term.datatype) if term.datatype else None)
    return value("uri" if isinstance(term, rdflib.URIRef) else "bnode", str(term), None, None)


def load_rdflib(path: Path) -> rdflib.Dataset:
    """Return a file's graphs in rdflib, their union as the default graph."""
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(path, format={".ttl": "turtle", ".trig": "trig"}[path.suffix])
    return dataset


def of_union_view(path: Path, queries: Iterable[str]) -> list[Answer]:
    """Ask Oxigraph with its own union of the named graphs, in which a triple of two graphs comes twice.

    So answer stores that compute the union while they answer: `oxigraph serve --union-default-graph`, for one.
    """
    store = pyoxigraph.Store()
    store.bulk_load(path=str(path), format=pyoxigraph.RdfFormat.TRIG)
    answers = []
    for query in queries:
        result = store.query(query, use_default_graph_as_union=True)
        assert isinstance(result, pyoxigraph.QuerySolutions)
        columns = tuple(variable.value for variable in result.variables)
        answers.append((columns, [tuple(_oxigraph_value(term) for term in row) for row in result]))
    return answers


def _oxigraph_value(term: object) -> Value:
    if isinstance(term, pyoxigraph.Literal):
        return value("literal", term.value, term.language, term.datatype.value)
    if isinstance(term, pyoxigraph.NamedNode):
        return value("uri", term.value, None, None)
    assert term is None, f"a blank node in an answer: {term}"
    return None


def of_json(document: Mapping[str, Any]) -> Answer:
    """Return SPARQL 1.1 results JSON, as Jena prints them."""
    columns: Sequence[str] = document["head"]["vars"]
    rows = []
    for binding in document["results"]["bindings"]:
        cells = (binding.get(name) for name in columns)
        rows.append(
            tuple(
                None if c is None else value(c["type"], c["value"], c.get("xml:lang"), c.get("datatype")) for c in cells
            )
        )
    return tuple(columns), rows
