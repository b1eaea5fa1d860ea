"""A graph against ``ontology/shapes.ttl``: findings are values, and what to do about them is the caller's decision.

The engine is pyrudof, which runs SHACL Core and SHACL-SPARQL in about a quarter of a second where pySHACL, the
reference that the tests hold it to, takes many seconds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from kg.describe import Dataset
from kg.describe.dataset import ONTOLOGY_GRAPH, RUN_GRAPH, VOCABULARIES_GRAPH
from kg.describe.graphfile import read_graph
from kg.errors import GraphError
from kg.vocabulary import PREFIXES, SHAPES, ontology_file

Severity: TypeAlias = Literal["violation", "warning", "info"]
Language: TypeAlias = Literal["zh", "en"]

_SEVERITIES: tuple[Severity, ...] = ("violation", "warning", "info")
_LITERAL = re.compile(r'"(?P<text>.*)"(?:@[A-Za-z0-9-]+|\^\^\S+)?', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a graph breaks a shape.

    `severity` ``violation``, ``warning`` or ``info``; `focus` the IRI of the node at fault; `path` the IRI of the
    property, None where the node as a whole is meant; `value` the offending value as text, None where one is missing;
    `message` what is wrong, in the language asked for; `shape` the shape's name in ``shapes.ttl``.
    """

    severity: Severity
    focus: str
    path: str | None
    value: str | None
    message: str
    shape: str

    @property
    def order(self) -> tuple[int, str, str, str, str]:
        """The place in a report: gravest first, then by shape and node."""
        return (_SEVERITIES.index(self.severity), self.shape, self.focus, self.path or "", self.value or "")


def validate(graph: Dataset | Path | str, *, language: Language = "zh") -> list[Finding]:
    """Check a dataset, or a Turtle, TriG, N-Triples or N-Quads file, against the shapes; [] where nothing is wrong.

    Of a dataset, of TriG and of N-Quads only the graphs of reports are checked. The findings are sorted.
    ``GraphError`` where the file cannot be read as RDF.
    """
    import pyrudof

    data = graph.ntriples(data_only=True) if isinstance(graph, Dataset) else _data_of_file(Path(graph))
    if not data.strip():
        raise GraphError(
            "图是空的 / the graph is empty",
            where="" if isinstance(graph, Dataset) else str(graph),
            hint="用 kg build 生成图谱 (make one with kg build)",
        )
    shapes = ontology_file("shapes.ttl").decode()
    session = pyrudof.Rudof(pyrudof.RudofConfig())
    try:
        session.read_shacl(shapes, pyrudof.ShaclFormat.Turtle, reader_mode=pyrudof.ReaderMode.Strict)
        session.read_data(data, pyrudof.RDFFormat.NTriples, reader_mode=pyrudof.ReaderMode.Strict)
        report = session.validate_shacl()
    except pyrudof.RudofError as fault:
        raise GraphError(
            f"SHACL 引擎无法完成校验 / the SHACL engine gave up: {fault}",
            where="shapes.ttl",
            hint="检查 ontology/shapes.ttl 是否被改坏 (see whether shapes.ttl was damaged)",
        ) from fault
    messages = _messages(shapes, language)
    findings = {
        Finding(
            severity=_severity(entry.severity),
            focus=entry.focus_node,
            path=entry.path,
            value=_plain(entry.value),
            message=messages.get(entry.source_shape or "", entry.message),
            shape=(entry.source_shape or "").removeprefix(SHAPES),
        )
        for entry in report
    }
    return sorted(findings, key=lambda finding: finding.order)


def _severity(name: str) -> Severity:
    return next((severity for severity in _SEVERITIES if severity == name.lower()), "violation")


def _plain(value: str | None) -> str | None:
    """Return the text of a literal without quotes, language and datatype; an IRI as it is."""
    if value is None:
        return None
    match = _LITERAL.fullmatch(value)
    return match["text"] if match else value


def _messages(shapes: str, language: Language) -> Mapping[str, str]:
    """Return shape IRI → its message in one language."""
    import pyoxigraph

    message = pyoxigraph.NamedNode(PREFIXES["sh"] + "message")
    result: dict[str, str] = {}
    for quad in pyoxigraph.parse(shapes, format=pyoxigraph.RdfFormat.TURTLE):
        if (
            quad.predicate == message
            and isinstance(quad.object, pyoxigraph.Literal)
            and quad.object.language == language
        ):
            result[quad.subject.value if isinstance(quad.subject, pyoxigraph.NamedNode) else ""] = quad.object.value
    return result


def _data_of_file(path: Path) -> str:
    """Return the N-Triples of a file's report graphs (of a file without graphs: of all of it)."""
    import pyoxigraph

    quads = read_graph(path)
    names = {quad.graph_name for quad in quads if isinstance(quad.graph_name, pyoxigraph.NamedNode)}
    left_out = {name for name in names if _holds_no_report(name.value)}
    return "".join({f"{q.subject} {q.predicate} {q.object} .\n": None for q in quads if q.graph_name not in left_out})


def _holds_no_report(graph: str) -> bool:
    local = "graph/" + graph.rpartition("graph/")[2]
    return local in {ONTOLOGY_GRAPH, VOCABULARIES_GRAPH} or local.startswith(RUN_GRAPH)
