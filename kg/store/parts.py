"""What is to be loaded: the triples of some files, by named graph, each once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Context, Decimal, InvalidOperation
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from kg.describe.graphfile import read_graph
from kg.describe.terms import node
from kg.errors import GraphError
from kg.vocabulary import PREFIXES

if TYPE_CHECKING:
    import pyoxigraph

#: Names of staging graphs begin so; whoever finds one after a crash may drop it.
STAGING = "urn:x-govkg:loading:"

_XSD = PREFIXES["xsd"]
_NUMBERS = frozenset(
    {"decimal", "integer", "int", "long", "short", "byte", "double", "float", "nonNegativeInteger", "positiveInteger"}
)
_DOUBLE = Context(prec=15)  # digits that Virtuoso keeps of a decimal


@dataclass(frozen=True, slots=True)
class Part:
    """One named graph of the files: its IRI and its distinct triples in the order of their N-Triples lines."""

    name: str
    triples: tuple[pyoxigraph.Triple, ...]

    @property
    def has_blank_nodes(self) -> bool:
        """Whether labels in it mean something only within one request."""
        import pyoxigraph

        return any(
            isinstance(term, pyoxigraph.BlankNode)
            for triple in self.triples
            for term in (triple.subject, triple.object)
        )

    def chunks(self, size: int) -> Iterator[bytes]:
        """Yield N-Triples of at most `size` triples each; one piece where blank nodes would be torn apart.

        N-Triples is what every store reads the same way: it has no prefixed names, whose escapes Virtuoso keeps.
        """
        import pyoxigraph

        step = len(self.triples) if self.has_blank_nodes or size <= 0 else size
        for start in range(0, len(self.triples), step):
            # Bytes, as no output file is given.
            yield pyoxigraph.serialize(self.triples[start : start + step], format=pyoxigraph.RdfFormat.N_TRIPLES) or b""

    def count(self, kind: str) -> int:
        """Return the number of triples a store of this kind will count.

        Virtuoso keeps values, not their spelling: 3.50 is 3.5, `@zh-Hans` is `@zh-hans`, true is 1.
        """
        if kind != "virtuoso":
            return len(self.triples)
        return len({(str(t.subject), str(t.predicate), _virtuoso_value(t.object)) for t in self.triples})


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of one graph: triples in it before and after, and distinct triples in the files."""

    graph: str
    before: int
    sent: int
    after: int


def staging_name(graph: str) -> str:
    """Return the IRI of the graph that holds what is being loaded into `graph`: always the same one.

    >>> staging_name("https://example.org/g")
    'urn:x-govkg:loading:c8c1afbaea0018459c17da93dfa32e63'
    """
    return STAGING + sha256(graph.encode()).hexdigest()[:32]


def read_parts(files: Sequence[Path], graph: str | None = None) -> tuple[Part, ...]:
    """Read graph files (.ttl, .trig, .nt, .nq) as named graphs, in the order of their names.

    `graph` names the graph of the triples that have none, as all of Turtle and N-Triples. A graph that several files
    hold is their union. ``GraphError``: a file that is missing, no RDF or empty; triples without a graph and no `graph`
    given; a `graph` given and no such triple.
    """
    import pyoxigraph

    name = None if graph is None else node(graph)[1:-1]
    found: dict[str, set[pyoxigraph.Triple]] = {}
    used = False
    for number, path in enumerate(files):
        quads = read_graph(path)
        if not quads:
            raise GraphError("图里没有三元组 / an empty graph", where=str(path), hint="检查文件 (check the file)")
        for quad in quads:
            place = quad.graph_name
            if isinstance(place, pyoxigraph.DefaultGraph):
                if name is None:
                    raise GraphError(
                        "三元组没有图名 / its triples are in no named graph",
                        where=str(path),
                        hint="加 --graph IRI,或改用 .trig、.nq 文件 (add --graph IRI, or give the .trig or .nq file)",
                    )
                used, key = True, name
            elif isinstance(place, pyoxigraph.NamedNode):
                key = node(place.value)[1:-1]  # it goes into SPARQL
            else:
                raise GraphError("图名是空白节点 / a graph named by a blank node", where=str(path), hint="用 IRI")
            found.setdefault(key, set()).add(_apart(quad.triple, number) if len(files) > 1 else quad.triple)
    if name is not None and not used:
        raise GraphError(
            "每个三元组都已有图名 / every triple is in a named graph already",
            where="--graph",
            hint="去掉 --graph (leave --graph out)",
        )
    return tuple(Part(key, tuple(sorted(found[key], key=str))) for key in sorted(found))


def _apart(triple: pyoxigraph.Triple, number: int) -> pyoxigraph.Triple:
    """Return the triple with blank nodes that no other file has."""
    import pyoxigraph

    def own(term: object) -> object:
        return pyoxigraph.BlankNode(f"f{number}{term.value}") if isinstance(term, pyoxigraph.BlankNode) else term

    subject, object_ = own(triple.subject), own(triple.object)
    if subject is triple.subject and object_ is triple.object:
        return triple
    return pyoxigraph.Triple(subject, triple.predicate, object_)  # type: ignore[arg-type]


def _virtuoso_value(term: object) -> tuple[str, ...]:
    import pyoxigraph

    if not isinstance(term, pyoxigraph.Literal):
        return ("term", str(term))
    if term.language:
        return ("text", term.value, term.language.lower())
    kind = term.datatype.value.removeprefix(_XSD)
    if kind in _NUMBERS:
        try:
            value = Decimal(term.value)
        except InvalidOperation:
            return ("term", str(term))
        whole = value == value.to_integral_value() if value.is_finite() else True
        return ("number", str((value if whole else _DOUBLE.plus(value)).normalize() + 0))
    if kind == "boolean":
        return ("number", "1" if term.value in {"true", "1"} else "0")
    if kind in {"date", "dateTime"}:
        try:
            moment = datetime.fromisoformat(term.value)
        except ValueError:
            return ("term", str(term))
        return ("time", (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat())
    return ("term", str(term))
