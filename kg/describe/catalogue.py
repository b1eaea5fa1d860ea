"""What a catalogue says of a dataset and its files: DCAT, SPDX checksums, VoID statistics and the run's provenance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from kg.describe.concepts import read_turtle
from kg.describe.dataset import Dataset, Triple
from kg.describe.run import content_digest, statistics
from kg.describe.terms import T, Term, integer, node, plain, text_of, zh
from kg.vocabulary import IRI, NS, PREFIXES, mint

_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_CHINESE = "http://publications.europa.eu/resource/authority/language/ZHO"

#: What a run's graph describes, besides the reports.
_OF_A_RUN = (T["prov:Activity"], T["prov:SoftwareAgent"], T["void:Dataset"])


@dataclass(frozen=True, slots=True)
class Artefact:
    """A file of the dataset: its name without directories, IANA media type, titles and content."""

    name: str
    media_type: str
    zh: str
    en: str
    data: bytes


def describe_catalogue(
    dataset: Dataset, artefacts: Sequence[Artefact], *, url: IRI = "", licence: IRI = ""
) -> list[Triple]:
    """Return the description of `dataset` as published in `artefacts`, without blank nodes and in no order.

    What the run's graph says (provenance, counts) is taken over, and counted anew only where there is no such graph;
    the counts are of the reports' graphs. `url` is the folder where the files will be found (ending in ``/``),
    `licence` the IRI of a licence; both are left out where empty. ``GraphError`` where they are no IRIs.
    """
    for iri in filter(None, (url, licence)):
        node(iri)  # refuses what is none
    by_subject: dict[Term, list[Triple]] = {}
    for triple in dataset.triples():
        by_subject.setdefault(triple[0], []).append(triple)
    data, run = _parts(dataset, by_subject)
    reports = sorted(s for s, p, o in data if p == T["rdf:type"] and o == T["kg:Report"])
    whole = dataset_iri(dataset)
    rows: list[tuple[Term, str, Term]] = []
    if not any(s == whole for s, _, _ in run):
        rows += [
            (whole, "rdf:type", T["void:Dataset"]),
            (whole, "rdf:type", T["prov:Entity"]),
            *statistics(whole, data),
        ]
    rows += _about(dataset.base, whole, reports, by_subject)
    if licence:
        rows.append((whole, "dct:license", node(licence)))
    rows += _more_statistics(dataset.base, whole, data)
    activities = sorted(o for s, p, o in run if s == whole and p == T["prov:wasGeneratedBy"])
    for artefact in artefacts:
        made = _distribution(dataset.base, whole, artefact, url)
        distribution = made[0][2]
        rows += made
        rows += [(distribution, "prov:wasGeneratedBy", activity) for activity in activities]
        if licence:
            rows.append((distribution, "dct:license", node(licence)))
    return [*run, *((s, T[p], o) for s, p, o in rows)]


def describe_folder(datasets: Mapping[Term, tuple[str, str]], base: IRI) -> list[Triple]:
    """Return the description of a folder of datasets: dataset IRI → its titles in Chinese and English."""
    catalogue = node(mint(base, "catalog", "|".join(sorted(datasets))))
    count = len(datasets)
    rows: list[tuple[Term, str, Term]] = [
        (catalogue, "rdf:type", T["dcat:Catalog"]),
        (catalogue, "dct:title", zh(f"{count} 个数据集的目录")),
        (catalogue, "dct:title", f"{plain(f'Catalogue of {count} datasets')}@en"),
        (catalogue, "dct:description", zh("政府报告知识图谱的目录")),
        (catalogue, "dct:description", f"{plain('Catalogue of knowledge graphs of government reports')}@en"),
    ]
    for iri, (chinese, english) in datasets.items():
        rows += [
            (catalogue, "dcat:dataset", iri),
            (iri, "rdf:type", T["dcat:Dataset"]),
            (iri, "dct:title", zh(chinese)),
            (iri, "dct:title", f"{plain(english)}@en"),
        ]
    return [(s, T[p], o) for s, p, o in rows]


def dataset_iri(dataset: Dataset) -> Term:
    """Return the IRI of the dataset as its run gave it; of a graph without a run, one minted from its reports."""
    triples = dataset.triples()
    made = {s for s, p, _ in triples if p == T["prov:wasGeneratedBy"]}
    subsets = {s for s, p, _ in triples if p == T["void:subset"]} & made
    if len(subsets) == 1:
        return min(subsets)
    reports = {s for s, p, o in triples if p == T["rdf:type"] and o == T["kg:Report"]}
    digests = sorted(text_of(o) for s, p, o in triples if s in reports and p == T["kg:sha256"])
    return node(mint(dataset.base, "dataset", "|".join(digests) or content_digest(triples)))


def titles(dataset: Dataset) -> tuple[str, str]:
    """Return what a dataset is called in Chinese and English: after its report, or the number of its reports."""
    triples = dataset.triples()
    reports = {s for s, p, o in triples if p == T["rdf:type"] and o == T["kg:Report"]}
    return _titles(len(reports), sorted(text_of(o) for s, p, o in triples if s in reports and p == T["dct:title"]))


def _titles(count: int, names: Sequence[str]) -> tuple[str, str]:
    if count == 1 and names:
        return f"{names[0]}知识图谱", f"Knowledge graph of {names[0]}"
    return f"{count} 份报告的知识图谱", f"Knowledge graph of {count} reports"


def _parts(dataset: Dataset, by_subject: Mapping[Term, Sequence[Triple]]) -> tuple[set[Triple], list[Triple]]:
    """Part what is known from reports from what the run's graph says: by subject, as Turtle has no graphs."""
    of_a_run = {s for triples in by_subject.values() for s, p, o in triples if p == T["rdf:type"] and o in _OF_A_RUN}
    run = [triple for s in sorted(of_a_run) for triple in by_subject[s]]
    data = set(dataset.triples(data_only=True)).difference(run)
    if "" in dataset.graphs():
        for name in ("kg.ttl", "alignment.ttl", "vocabularies.ttl"):
            data.difference_update(read_turtle(name))
    return data, run


def _about(
    base: IRI, whole: Term, reports: Sequence[Term], by_subject: Mapping[Term, Sequence[Triple]]
) -> list[tuple[Term, str, Term]]:
    rights = node(mint(base, "rights", "publisher"))
    found = {report: by_subject[report] for report in reports}
    names = sorted(text_of(o) for triples in found.values() for _, p, o in triples if p == T["dct:title"])
    chinese, english = _titles(len(reports), names)
    about = "Bodies, documents, initiatives, figures and their relations, each with the clause it rests on."
    rows: list[tuple[Term, str, Term]] = [
        (whole, "rdf:type", T["dcat:Dataset"]),
        (whole, "dct:title", zh(chinese)),
        (whole, "dct:title", f"{plain(english)}@en"),
        (whole, "dct:description", zh("由政府报告抽取的机构、文件、举措、指标及其关系,每条都有原文证据和字符位置。")),
        (whole, "dct:description", f"{plain(about)}@en"),
        (whole, "dct:rights", rights),
        (rights, "rdf:type", T["dct:RightsStatement"]),
        (rights, "skos:prefLabel", zh("报告原文的权利归其发布机构。")),
        (
            rights,
            "skos:prefLabel",
            f"{plain('Rights in the text of the reports are with those who published them.')}@en",
        ),
        (whole, "dct:language", node(_CHINESE)),
    ]
    for report, triples in found.items():
        rows.append((whole, "dct:source", report))
        for curie in ("rdf:type", "dct:title", "dct:issued", "dct:publisher", "kg:fileName", "kg:sha256"):
            rows += [(report, curie, o) for _, p, o in triples if p == T[curie]]
    return rows


def _more_statistics(base: IRI, whole: Term, data: set[Triple]) -> list[tuple[Term, str, Term]]:
    """Return the counts that only a catalogue gives: classes, properties, how often each is used, whose they are."""
    classes = Counter(o for _, p, o in data if p == T["rdf:type"])
    properties = Counter(p for _, p, _ in data)
    rows: list[tuple[Term, str, Term]] = [
        (whole, "void:classes", integer(len(classes))),
        (whole, "void:properties", integer(len(properties))),
        (whole, "void:distinctSubjects", integer(len({s for s, _, _ in data}))),
        (whole, "void:distinctObjects", integer(len({o for _, _, o in data}))),
    ]
    for kind, counts, partition, of, count in (
        ("class", classes, "void:classPartition", "void:class", "void:entities"),
        ("property", properties, "void:propertyPartition", "void:property", "void:triples"),
    ):
        for term, number in counts.items():
            part = node(mint(base, "partition", f"{whole}|{kind}|{term}"))
            rows += [(whole, partition, part), (part, of, term), (part, count, integer(number))]
    used = {*classes, *properties}
    for namespace in PREFIXES.values():
        if namespace == NS or any(term.startswith(f"<{namespace}") for term in used):
            rows.append((whole, "void:vocabulary", node(namespace)))
    return rows


def _distribution(base: IRI, whole: Term, artefact: Artefact, url: IRI) -> list[tuple[Term, str, Term]]:
    iri = node(mint(base, "distribution", f"{whole}|{artefact.name}"))
    digest = sha256(artefact.data).hexdigest()
    checksum = node(mint(base, "checksum", f"sha256|{digest}"))
    rows: list[tuple[Term, str, Term]] = [
        (whole, "dcat:distribution", iri),
        (iri, "rdf:type", T["dcat:Distribution"]),
        (iri, "dct:identifier", plain(artefact.name)),
        (iri, "dct:title", zh(artefact.zh)),
        (iri, "dct:title", f"{plain(artefact.en)}@en"),
        (iri, "dcat:mediaType", node(_MEDIA_TYPES + artefact.media_type)),
        (iri, "dcat:byteSize", f'"{len(artefact.data)}"^^{T["xsd:nonNegativeInteger"]}'),
        (iri, "spdx:checksum", checksum),
        (checksum, "rdf:type", T["spdx:Checksum"]),
        (checksum, "spdx:algorithm", T["spdx:checksumAlgorithm_sha256"]),
        (checksum, "spdx:checksumValue", f'"{digest}"^^{T["xsd:hexBinary"]}'),
    ]
    if url:
        from urllib.parse import quote

        rows.append((iri, "dcat:downloadURL", node(url + quote(artefact.name))))
    return rows
