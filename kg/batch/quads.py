"""One report → the triples of its own graph, and of the graphs that all reports share."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from kg.describe import Dataset, report_graph
from kg.describe.checks import quoted_spans
from kg.describe.concepts import Concepts, load_concepts, read_turtle
from kg.describe.dataset import ONTOLOGY_GRAPH, VOCABULARIES_GRAPH
from kg.describe.gathered import ReportTriples
from kg.describe.identity import Minter
from kg.describe.report import describe_report
from kg.describe.terms import Term, node
from kg.model import Check, Extraction
from kg.vocabulary import IRI


def report_triples(extraction: Extraction, base: IRI, checks: Sequence[Check] = ()) -> tuple[Term, ReportTriples]:
    """Return the name of the graph of one report and its audit, and its triples, labels as this report words them.

    They are those that `describe([extraction], checks=checks)` has in the report's graph, without reading the ontology
    for each report; ``GraphError`` as there.
    """
    names = {entity.ref: entity.name for entity in extraction.entities}
    iri, triples = describe_report(
        extraction,
        minter=Minter(base),
        concepts=_concepts(),
        names=names,
        checks=checks,
        quoted=quoted_spans(checks).get(extraction.report.sha256, ()),
    )
    return report_graph(base, iri), triples


def shared_dataset(base: IRI) -> Dataset:
    """Return the graphs of the ontology with its alignment and of the vocabularies."""
    ontology, vocabularies = node(base + ONTOLOGY_GRAPH), node(base + VOCABULARIES_GRAPH)
    quads = [(*triple, ontology) for name in ("kg.ttl", "alignment.ttl") for triple in read_turtle(name)]
    quads += [(*triple, vocabularies) for triple in _concepts().triples]
    return Dataset.of(quads, base)


@cache
def _concepts() -> Concepts:
    """The vocabularies, read once a process."""
    return load_concepts()
