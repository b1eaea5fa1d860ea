"""What made the graph: provenance (PROV-O) and statistics (VoID) of one run. No clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from kg.describe.dataset import RUN_GRAPH, Quad, Triple
from kg.describe.identity import Minter
from kg.describe.terms import T, Term, instant, integer, node, plain, zh
from kg.vocabulary import IRI, mint


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What a caller knows of its run. `source_date_epoch` (seconds, UTC) only where a date is wanted at all."""

    version: str  # of the program
    rules_digest: str  # of the rule files
    source_date_epoch: int | None = None


def content_digest(triples: Sequence[Triple]) -> str:
    """SHA-256 of a graph as sorted N-Triples in UTF-8: equal graphs, equal digests."""
    lines = sorted({f"{s} {p} {o} .\n" for s, p, o in triples})
    return sha256("".join(lines).encode()).hexdigest()


def statistics(dataset: Term, triples: Iterable[Triple]) -> list[tuple[Term, str, Term]]:
    """Return what VoID says of the size of a set of triples, repeated or not: how many, of how many subjects."""
    distinct = set(triples)
    return [
        (dataset, "void:triples", integer(len(distinct))),
        (dataset, "void:entities", integer(len({s for s, _, _ in distinct}))),
    ]


def describe_run(
    run: RunInfo, reports: Mapping[Term, str], graphs: Mapping[Term, Sequence[Triple]], base: IRI, minter: Minter
) -> list[Quad]:
    """Return the quads of the run's own graph.

    `reports` maps a report's IRI to the SHA-256 of its text, `graphs` the name of its graph (by the same order) to
    its triples. The run is identified by version, rules and inputs: the same run has the same IRI anywhere.
    """
    inputs = sorted(reports.values())
    key = "|".join((run.version, run.rules_digest, *inputs))
    name = node(f"{base}{RUN_GRAPH}{mint(base, 'run', key).rpartition('/')[2]}")
    activity, agent, whole = minter("run", key), minter("software", run.version), minter("dataset", key)
    triples: list[tuple[Term, str, Term]] = [
        (agent, "rdf:type", T["prov:SoftwareAgent"]),
        (agent, "skos:prefLabel", plain("govkg")),
        (agent, "schema:softwareVersion", plain(run.version)),
        (activity, "rdf:type", T["prov:Activity"]),
        (activity, "skos:prefLabel", zh("构建运行")),
        (activity, "prov:wasAssociatedWith", agent),
        (activity, "kg:rulesDigest", plain(run.rules_digest)),
        (whole, "rdf:type", T["void:Dataset"]),
        (whole, "rdf:type", T["prov:Entity"]),
        (whole, "prov:wasGeneratedBy", activity),
        *statistics(whole, {triple for part in graphs.values() for triple in part}),
    ]
    if run.source_date_epoch is not None:
        triples.append((activity, "prov:endedAtTime", instant(run.source_date_epoch)))
    for (report, digest), (graph, part) in zip(reports.items(), graphs.items(), strict=True):
        triples += [
            (activity, "prov:used", report),
            (report, "kg:sha256", plain(digest)),
            (whole, "void:subset", graph),
            (graph, "rdf:type", T["void:Dataset"]),
            (graph, "rdf:type", T["prov:Entity"]),
            (graph, "prov:wasDerivedFrom", report),
            (graph, "prov:wasGeneratedBy", activity),
            (graph, "kg:contentDigest", plain(content_digest(part))),
            *statistics(graph, part),
        ]
    return [(s, T[p], o, name) for s, p, o in triples]
