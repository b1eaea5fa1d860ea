"""One report to all its files: read, extract, describe, validate, write whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Protocol
from unicodedata import normalize

from kg import __version__
from kg.annotations import annotations as annotation_lines
from kg.audit import audit
from kg.audit_report import findings_of, markdown
from kg.describe import Dataset, Quad, RunInfo, Triple, describe
from kg.errors import GraphError
from kg.export import export, trig, turtle, write_all_atomically
from kg.extract import Extractor, extract
from kg.model import Check, Extraction, Report
from kg.page import page
from kg.read import read
from kg.summary import summary, summary_json
from kg.validate import Finding, validate
from kg.vocabulary import BASE, IRI

#: File name endings of a build, in the order in which they are written and listed.
ENDINGS = (".ttl", ".trig", ".html", ".annotations.jsonl", ".summary.json", ".audit.md")

SAMPLE = "lianyungang-2020"


@dataclass(frozen=True, slots=True)
class Built:
    """What one report became. `files` maps names to bytes: all of `ENDINGS` and more, or none for an invalid graph."""

    name: str
    extraction: Extraction
    checks: tuple[Check, ...]  # of the audit, in text order
    findings: tuple[Finding, ...]  # of the validation, gravest first
    files: Mapping[str, bytes]

    @property
    def conforms(self) -> bool:
        """Whether the graph breaks no shape; warnings are no breach."""
        return not any(finding.severity == "violation" for finding in self.findings)


class Graph(NamedTuple):
    """What a report says, how its figures agree, the graph of both and what the shapes say of that graph."""

    extraction: Extraction
    checks: tuple[Check, ...]
    dataset: Dataset
    findings: tuple[Finding, ...]


class Amendment(Protocol):
    """What people decided, applied to one report (`kg.batch.amend`)."""

    @property
    def quads(self) -> Sequence[Quad]:
        """What was decided and why: quads of a graph of its own."""

    def extraction(self, extraction: Extraction) -> Extraction:
        """Return what the report says, by the decisions."""

    def triples(self, triples: Sequence[Triple]) -> Sequence[Triple]:
        """Return the triples of the report's graph, by the decisions."""


def build(
    report: Report,
    extractor: Extractor,
    *,
    name: str | None = None,
    base_iri: IRI = BASE,
    source_date_epoch: int | None = None,
    also: Sequence[str] = (),
    amendment: Amendment | None = None,
    rounds: int = 1,
) -> Built:
    """Make every file of one report, in memory.

    `name` is what the files are called (the report's file name without its ending, if not given), `base_iri` what data
    IRIs begin with, `source_date_epoch` seconds UTC where the run's record shall bear a date, `also` further formats
    (names of `kg.export.FORMATS`), whose files come after the others, `amendment` what people decided, `rounds` those
    of `validate`. Same arguments, same bytes. ``GraphError`` for an unusable base or a report that RDF cannot hold,
    ``StoreError`` where a format cannot be written here; an invalid graph is a value.
    """
    extraction, checks, dataset = _described(report, extractor, base_iri, source_date_epoch, amendment)
    drawn: tuple[bytes, ...] = ()
    fault: Exception | None = None
    with ThreadPoolExecutor(1) as beside:  # the engines of the shapes run outside the interpreter, on another core
        checking = beside.submit(validate, dataset, rounds=rounds)
        try:
            drawn = (turtle(dataset), trig(dataset), page(extraction, checks=checks))
        except Exception as raised:  # of a graph that breaks a shape, that is what is told
            fault = raised
        findings = tuple(checking.result())
    built = Built(name or _stem(report.name), extraction, checks, findings, MappingProxyType({}))
    if not built.conforms:
        return built
    if fault is not None:
        raise fault
    values = summary(extraction, version=__version__, rules_digest=extractor.digest, findings=findings, checks=checks)
    contents = (
        *drawn,
        annotation_lines(extraction),
        summary_json(values),
        markdown(findings_of([extraction], checks)).encode(),
    )
    files = {built.name + ending: data for ending, data in zip(ENDINGS, contents, strict=True)}
    further = [name for name in also if name not in ("turtle", "trig")]  # these two are there
    files |= export(dataset, further, name=built.name, beside=files)
    return replace(built, files=MappingProxyType(files))


def graph_of(
    report: Report, extractor: Extractor, *, base_iri: IRI = BASE, source_date_epoch: int | None = None
) -> Graph:
    """Extract, audit, describe and validate one report. Arguments as `build`."""
    extraction, checks, dataset = _described(report, extractor, base_iri, source_date_epoch)
    return Graph(extraction, checks, dataset, tuple(validate(dataset)))


def _described(
    report: Report,
    extractor: Extractor,
    base_iri: IRI,
    source_date_epoch: int | None,
    amendment: Amendment | None = None,
) -> tuple[Extraction, tuple[Check, ...], Dataset]:
    extraction = extract(report, extractor)
    checks = audit(extraction, extractor.auditing)
    run = RunInfo(__version__, extractor.digest, source_date_epoch)
    if amendment is None:
        return extraction, checks, describe([extraction], base_iri=base_iri, run=run, checks=checks)
    # The graph is amended as triples, as it is in partitions: facts keep the IRIs they have in every other build.
    dataset = describe([extraction], base_iri=base_iri, run=run, checks=checks, amend=amendment.triples)
    return amendment.extraction(extraction), checks, dataset.with_quads(amendment.quads)


def write(built: Built, directory: str | os.PathLike[str]) -> tuple[Path, ...]:
    """Write a build's files, all of them or none; missing directories are made. Returns the paths in order.

    ``GraphError`` for a build that does not conform, ``StoreError`` where the place refuses.
    """
    if not built.conforms:
        raise GraphError(
            "图不符合约束,不写出 / the graph breaks a shape: nothing is written",
            where=built.name,
            hint="见 findings (see the findings)",
        )
    folder = Path(directory)
    write_all_atomically(folder, built.files)
    return tuple(folder / name for name in built.files)


def read_report(path: str | os.PathLike[str]) -> Report:
    """Read a report as `kg.read`, with a name that can be shown and stored.

    Files unpacked from archives made on Chinese Windows often have names in GBK, which Python holds as bytes in
    disguise: such a name is decoded, also where it stands in for a title. Raises `ReadError`.
    """
    report = read(path)
    return replace(report, name=readable(report.name), title=_utf8(report.title))


def sample_report() -> Report:
    """Read the report that ships with the package."""
    file = resources.files("kg") / "data" / "sample" / f"{SAMPLE}.txt"
    with resources.as_file(file) as path:
        return read(path)


def output_name(path: str | os.PathLike[str]) -> str:
    """Return what the files of the report at `path` are called: its file name without the ending, readable, NFC."""
    return _stem(readable(Path(path).name))


def readable(name: str) -> str:
    """Return a file name without disguised bytes (surrogates), NFC.

    >>> readable("报告.txt")
    '报告.txt'
    """
    return normalize("NFC", _utf8(name))


def _utf8(name: str) -> str:
    """Return a name that UTF-8 can write; where Python holds bytes in disguise, the characters it was written with."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return _decoded(name)
    return name


def _decoded(name: str) -> str:
    data = name.encode("utf-8", "surrogateescape") if _escaped(name) else name.encode("utf-8", "replace")
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")


def _escaped(name: str) -> bool:
    """Whether every surrogate in `name` is a disguised byte (PEP 383), and none a lone half of a character."""
    return all("\udc80" <= character <= "\udcff" for character in name if "\ud800" <= character <= "\udfff")


def _stem(name: str) -> str:
    """Return a file name without its ending; what is no ending (a date's `.12月`, say) stays, as does a leading dot."""
    stem, dot, ending = name.rpartition(".")
    return stem if stem and dot and 1 <= len(ending) <= 5 and ending.isascii() and ending.isalnum() else name
