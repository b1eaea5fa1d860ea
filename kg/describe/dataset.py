"""The graph as a value: sorted quads of N-Triples terms, and the doors to rdflib and Oxigraph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from kg.describe.terms import T, Term
from kg.vocabulary import BASE, CLASSES, IRI, NS

if TYPE_CHECKING:  # both are slow to import and only wanted by those who ask for them
    import pyoxigraph
    import rdflib

Quad: TypeAlias = tuple[Term, Term, Term, Term]  # subject, predicate, object, graph
Triple: TypeAlias = tuple[Term, Term, Term]

#: Local parts of the names of the graphs that hold no report.
ONTOLOGY_GRAPH = "graph/ontology"
VOCABULARIES_GRAPH = "graph/vocabularies"
RUN_GRAPH = "graph/run-"
DECISIONS_GRAPH = "graph/decisions"


@dataclass(frozen=True, slots=True)
class Dataset:
    """An RDF dataset: `quads` sorted and without repeats, `base` the IRI that data IRIs start with.

    What `describe` makes is in named graphs, ``<{base}graph/…>``, and its default graph is empty. What is read from
    Turtle or N-Triples, which have no names for graphs, stands in the default graph: its name here is the empty string.
    """

    quads: tuple[Quad, ...]
    base: IRI = BASE

    @classmethod
    def of(cls, quads: Iterable[Quad], base: IRI = BASE) -> Dataset:
        """Return a dataset of quads in any order, repeated or not."""
        return cls(tuple(sorted(set(quads))), base)

    def with_quads(self, quads: Iterable[Quad]) -> Dataset:
        """Return return this dataset and the further quads (what an audit adds, for example)."""
        return Dataset.of((*self.quads, *quads), self.base)

    def __len__(self) -> int:
        """Return the number of quads."""
        return len(self.quads)

    def __iter__(self) -> Iterator[Quad]:
        """Return the quads in order."""
        return iter(self.quads)

    def graphs(self) -> tuple[Term, ...]:
        """Return the names of the graphs, sorted."""
        return tuple(sorted({quad[3] for quad in self.quads}))

    def report_graphs(self) -> tuple[Term, ...]:
        """Return the names of the graphs that hold reports: all but ontology, vocabularies, decisions, run."""
        head = f"<{self.base}"
        other = {f"{head}{name}>" for name in (ONTOLOGY_GRAPH, VOCABULARIES_GRAPH, DECISIONS_GRAPH)}
        return tuple(name for name in self.graphs() if name not in other and not name.startswith(head + RUN_GRAPH))

    def graph(self, name: Term) -> tuple[Triple, ...]:
        """Return the triples of one named graph, sorted."""
        return tuple((s, p, o) for s, p, o, g in self.quads if g == name)

    def by_graph(self) -> dict[Term, list[Triple]]:
        """Return every graph's triples, sorted, by the graph's name; the names sorted too. One pass over the quads."""
        parts: dict[Term, list[Triple]] = {name: [] for name in self.graphs()}
        for s, p, o, g in self.quads:
            parts[g].append((s, p, o))
        return parts

    def triples(self, *, data_only: bool = False) -> tuple[Triple, ...]:
        """Return the triples of the union of the graphs, sorted, none twice; of the reports' graphs alone if asked."""
        wanted = set(self.report_graphs() if data_only else self.graphs())
        # A triple in two graphs stands twice, side by side: dict.fromkeys keeps the order and drops the second.
        return tuple(dict.fromkeys((s, p, o) for s, p, o, g in self.quads if g in wanted))

    def counts(self) -> dict[str, int]:
        """Count ``quads``, ``triples``, ``graphs``, ``reports`` and the instances of each class (``kg:Department``)."""
        kinds = Counter(o for _, p, o in self.triples(data_only=True) if p == T["rdf:type"])
        result = {
            "quads": len(self.quads),
            "triples": len(self.triples()),
            "graphs": len(self.graphs()),
            "reports": len(self.report_graphs()),
        }
        return result | {f"kg:{name}": kinds[f"<{NS}{name}>"] for name in CLASSES}

    def nquads(self) -> str:
        """Return the quads as N-Quads text, one sorted line each: canonical, so equal datasets give equal text."""
        lines = (f"{s} {p} {o} {g} .\n" if g else f"{s} {p} {o} .\n" for s, p, o, g in self.quads)
        return "".join(sorted(lines))

    def ntriples(self, *, data_only: bool = False) -> str:
        """Return the union of the graphs as N-Triples text, one sorted line each."""
        return "".join(f"{s} {p} {o} .\n" for s, p, o in self.triples(data_only=data_only))

    def rdflib(self) -> rdflib.Dataset:
        """Return an ``rdflib.Dataset`` whose default graph is the union (about 25,000 quads a second)."""
        import rdflib

        dataset = rdflib.Dataset(default_union=True)
        dataset.parse(data=self.nquads(), format="nquads")
        return dataset

    def oxigraph(self) -> pyoxigraph.Store:
        """Return a ``pyoxigraph.Store`` in memory: the named graphs, and in its default graph their union.

        The union is stored, not computed per query: Oxigraph's own union option gives a triple that stands in two
        graphs twice, so that counts come out wrong.
        """
        import pyoxigraph

        store = pyoxigraph.Store()
        text = self.nquads() + self.ntriples()
        store.bulk_load(text.encode(), format=pyoxigraph.RdfFormat.N_QUADS)
        return store
