"""Extractions → an RDF dataset. This package is the only one that turns values into triples."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kg.describe.checks import quoted_spans
from kg.describe.concepts import load_concepts, read_turtle
from kg.describe.dataset import ONTOLOGY_GRAPH, VOCABULARIES_GRAPH, Dataset, Quad, Triple
from kg.describe.identity import Minter, preferred_names
from kg.describe.report import describe_report
from kg.describe.run import RunInfo, describe_run
from kg.describe.terms import Term, node
from kg.errors import GraphError
from kg.model import Check, Extraction
from kg.vocabulary import BASE, IRI, check_base

__all__ = ["Dataset", "Quad", "RunInfo", "Term", "Triple", "describe", "report_graph"]


def report_graph(base: IRI, report: Term) -> Term:
    """Return the name of the graph that holds what is known from one report, given the report's IRI.

    >>> report_graph("https://govkg.example/id/", "<https://govkg.example/id/report/00ff>")
    '<https://govkg.example/id/graph/00ff>'
    """
    return node(f"{base}graph/{report[1:-1].rpartition('/')[2]}")


def describe(
    extractions: Sequence[Extraction],
    *,
    base_iri: IRI = BASE,
    run: RunInfo | None = None,
    checks: Sequence[Check] = (),
    amend: Callable[[Sequence[Triple]], Sequence[Triple]] | None = None,
) -> Dataset:
    """Say in RDF what was found in the reports, and what an audit of them found (`checks`, of `kg.audit`).

    One named graph per report, one for the ontology with its alignment, one for the vocabularies and, where `run` is
    given, one for the run. No blank nodes; the result does not depend on the order of `extractions`. `amend` returns
    what becomes of a report's triples (decisions of people), before the run counts them.

    ``GraphError``: an unusable `base_iri`; a report given twice; a check of a report that is not given; a ref that
    leads nowhere; two keys with one IRI; a span outside its text; a string that RDF cannot hold (NUL, lone surrogates).
    """
    base = check_base(base_iri)
    minter = Minter(base)
    concepts = load_concepts()
    names = preferred_names(extractions)
    reports: dict[Term, str] = {}
    graphs: dict[Term, Sequence[Triple]] = {}
    quoted = quoted_spans(checks)
    given = {extraction.report.sha256 for extraction in extractions}
    missing = sorted({*quoted, *(check.report for check in checks)} - given)
    if missing:
        raise GraphError(
            "核验所引的报告没有给出 / a check of a report that is not given",
            where=missing[0][:16],
            hint="把它引用的报告一并给出 (give every report that the checks quote)",
        )
    for extraction in sorted(extractions, key=lambda one: one.report.sha256):
        sha256 = extraction.report.sha256
        iri, triples = describe_report(
            extraction,
            minter=minter,
            concepts=concepts,
            names=names,
            checks=[check for check in checks if check.report == sha256],
            quoted=quoted.get(sha256, ()),
        )
        if iri in reports:
            raise GraphError(
                "同一份报告给了两次 / the same report twice",
                where=extraction.report.name,
                hint="每份报告只给一次 (give each report once)",
            )
        reports[iri] = extraction.report.sha256
        graphs[report_graph(base, iri)] = amend(triples.triples()) if amend else triples.triples()

    quads: list[Quad] = [(s, p, o, name) for name, triples in graphs.items() for s, p, o in triples]
    ontology = (*read_turtle("kg.ttl"), *read_turtle("alignment.ttl"))
    quads += [(s, p, o, node(base + ONTOLOGY_GRAPH)) for s, p, o in ontology]
    quads += [(s, p, o, node(base + VOCABULARIES_GRAPH)) for s, p, o in concepts.triples]
    if run is not None:
        quads += describe_run(run, reports, graphs, base, minter)
    return Dataset.of(quads, base)
