"""Partitioned, compressed N-Quads with a manifest: what the bulk loaders of triple stores take.

Reports go into parts by the hash of their text, so a change touches few parts; each report is a compressed member of
its part, taken from the cache as it is unless a label or a decision changes it.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from kg import __version__
from kg.batch.decisions import Decisions
from kg.batch.identity import Change, changes, note, rewrite
from kg.batch.index import Index
from kg.batch.pack import compress, decompress
from kg.batch.place import Place
from kg.batch.quads import shared_dataset
from kg.batch.records import read_quads
from kg.batch.settings import Settings
from kg.describe import Dataset, report_graph
from kg.describe.dataset import DECISIONS_GRAPH, RUN_GRAPH
from kg.describe.terms import T, instant, integer, node, plain, zh
from kg.errors import StoreError
from kg.export import nquads
from kg.export.reader import view
from kg.export.tables import ParquetTables
from kg.vocabulary import IRI, mint

#: Reports a part is to hold, about; the number of parts is a power of two, so that it seldom changes.
PER_PART = 32
MOST_PARTS = 4096

MANIFEST = "manifest.json"
SHARED = "shared"
TABLES = "tables"
_BITS = 32
_RUN_KINDS = ("run", "dataset")


@dataclass(frozen=True, slots=True)
class Part:
    """A part to be written: file, number of entities and, for each of its reports in order, the report.

    A report is the key of its record, its SHA-256, digest and counts of its graph as it is kept, and what is to be
    changed in it.
    """

    file: str
    entities: int
    reports: tuple[tuple[str, str, tuple[str, int, int], tuple[Change, ...]], ...]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all that the part's bytes depend on."""
        told = [(key, [astuple(change) for change in changed]) for key, _, _, changed in self.reports]
        return hashlib.sha256(json.dumps((self.entities, told), ensure_ascii=False).encode()).hexdigest()


def number_of_parts(reports: int) -> int:
    """Return how many parts so many reports get: a power of two, `PER_PART` or up to twice as many reports in each.

    >>> [number_of_parts(reports) for reports in (0, 63, 64, 1000, 10_000, 1_000_000)]
    [1, 1, 2, 16, 256, 4096]
    """
    parts = 1
    while parts < MOST_PARTS and reports >= 2 * parts * PER_PART:
        parts *= 2
    return parts


def part_of(sha256: str, parts: int) -> int:
    """Return the part that a report belongs to, by its first bits.

    >>> [part_of(start + "0" * 56, 4) for start in ("00000000", "40000000", "ffffffff")]
    [0, 1, 3]
    """
    return int(sha256[: _BITS // 4], 16) * parts >> _BITS


def file_name(part: int, settings: Settings) -> str:
    """Return what a part is called."""
    return f"part-{part:05d}{settings.ending}"


def plan(index: Index, settings: Settings, parts: int) -> Iterator[Part]:
    """Yield the parts in order, from the table `current` and what `identity.preferred` found."""
    for number in range(parts):
        rows = index.rows(
            "SELECT d.id, d.key, c.sha, d.head FROM current c JOIN docs d ON d.id = c.doc WHERE c.part = ? "
            "ORDER BY c.sha",
            (number,),
        )
        reports = [
            (key, sha, tuple(json.loads(told)["graph"]), tuple(changes(index, doc)))
            for doc, key, sha, told in list(rows)
        ]
        entities = index.one(
            "SELECT COUNT(DISTINCT COALESCE(m.target, e.iri)) FROM current c JOIN uses u ON u.doc = c.doc "
            "JOIN ents e ON e.id = u.ent LEFT JOIN merged m ON m.ent = u.ent WHERE c.part = ?",
            (number,),
        )
        yield Part(file_name(number, settings), entities, tuple(reports))


def write_part(part: Part, settings: Settings) -> dict[str, Any]:
    """Write one part, whole or not at all; return its entry in the manifest and what its graphs hold.

    One report is in memory at a time, and the part's compressed bytes. Its tables are written before it.
    """
    data = bytearray()
    tables = ParquetTables(by_report=True) if settings.tables else None
    graphs: list[tuple[str, str, int, int]] = []
    for key, sha256, kept, changed in part.reports:
        member, told = read_quads(settings.cache, key), kept
        if changed:
            lines = rewrite(decompress(member, settings.compression).decode().splitlines(keepends=True), changed)
            member = compress("".join(lines).encode(), settings.compression)
            told = _told(lines, f" {report_graph(settings.base, node(mint(settings.base, 'report', sha256)))} .\n")
        if tables is not None:
            tables.add(view(_dataset(decompress(member, settings.compression).decode(), settings.base)))
        data += member
        graphs.append((sha256, *told))
    if not part.reports:
        data += compress(b"", settings.compression)
    written = []
    place = Place(settings.output)
    for name, (content, rows) in tables.files().items() if tables is not None else ():
        file = f"{TABLES}/{name}/{part.file.removesuffix(settings.ending)}.parquet"
        place.write(file, content)
        written.append({"table": name, "rows": rows, **_file(file, content)})
    place.write(part.file, bytes(data))
    entry = {
        **_file(part.file, data),
        "reports": len(part.reports),
        "quads": sum(graph[2] for graph in graphs),
        "entities": part.entities,
    }
    return {"entry": {**entry, "tables": written} if settings.tables else entry, "graphs": graphs}


def _file(name: str, data: bytes | bytearray) -> dict[str, Any]:
    return {"file": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def files_of(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the files of an entry of the manifest: the part and its tables, each with ``file sha256 bytes``."""
    return [entry, *entry.get("tables", ())]


def _dataset(text: str, base: IRI) -> Dataset:
    """Return the quads of lines that this package wrote."""
    quads = []
    for line in text.splitlines():
        subject, predicate, rest = line.split(" ", 2)
        thing, _, graph = rest.rpartition(" <")
        quads.append((subject, predicate, thing, f"<{graph.removesuffix(' .')}"))
    return Dataset.of(quads, base)


def _told(lines: list[str], tail: str) -> tuple[str, int, int]:
    """Return digest (as `kg.describe.run.content_digest`), triples and subjects of a graph, given its lines' end."""
    triples = sorted(f"{line.removesuffix(tail)} .\n" for line in lines)
    subjects = {line[: line.index(" ")] for line in triples}
    return hashlib.sha256("".join(triples).encode()).hexdigest(), len(triples), len(subjects)


def write_shared(index: Index, settings: Settings, decisions: Decisions, files: list[str]) -> dict[str, Any]:
    """Write the graphs that belong to no one report: ontology, vocabularies, the run and the decisions of people."""
    data = bytearray(compress(nquads(shared_dataset(settings.base)), settings.compression))
    count = len(shared_dataset(settings.base))
    chunk: list[str] = []
    for line in _run_lines(index, settings, files):
        chunk.append(line)
        if len(chunk) == 100_000:
            data += compress("".join(chunk).encode(), settings.compression)
            count, chunk = count + len(chunk), []
    chunk += note(index, decisions.reasons, node(settings.base + DECISIONS_GRAPH))
    data += compress("".join(chunk).encode(), settings.compression)
    count += len(chunk)
    file = SHARED + settings.ending
    Place(settings.output).write(file, bytes(data))
    return {**_file(file, data), "quads": count}


def _run_lines(index: Index, settings: Settings, files: list[str]) -> Iterator[str]:
    """Yield the graph of the run, as `kg.describe.run` has it but for the counts over all graphs, in report order."""
    base = settings.base
    # The key of `kg.describe.run` is version, rules and inputs, joined by bars: long, so it is hashed as it comes.
    digests = {kind: hashlib.sha256(f"{kind}|{__version__}|{settings.rules_digest}".encode()) for kind in _RUN_KINDS}
    for (sha256,) in index.rows("SELECT sha FROM current ORDER BY sha"):
        for digest in digests.values():
            digest.update(f"|{sha256}".encode())
    activity, whole = (node(f"{base}{kind}/{digests[kind].hexdigest()[:16]}") for kind in _RUN_KINDS)
    name = node(f"{base}{RUN_GRAPH}{digests['run'].hexdigest()[:16]}")
    agent = node(mint(base, "software", __version__))
    lines = [
        (agent, "rdf:type", T["prov:SoftwareAgent"]),
        (agent, "skos:prefLabel", plain("govkg")),
        (agent, "schema:softwareVersion", plain(__version__)),
        (activity, "rdf:type", T["prov:Activity"]),
        (activity, "skos:prefLabel", zh("构建运行")),
        (activity, "prov:wasAssociatedWith", agent),
        (activity, "kg:rulesDigest", plain(settings.rules_digest)),
        (whole, "rdf:type", T["void:Dataset"]),
        (whole, "rdf:type", T["prov:Entity"]),
        (whole, "prov:wasGeneratedBy", activity),
    ]
    if settings.epoch is not None:
        lines.append((activity, "prov:endedAtTime", instant(settings.epoch)))
    yield from (f"{s} {T[p]} {o} {name} .\n" for s, p, o in lines)
    for file in files:
        for sha256, content, triples, entities in json.loads(
            index.one("SELECT told FROM parts WHERE file = ?", (file,))
        )["graphs"]:
            report = node(mint(base, "report", sha256))
            graph = report_graph(base, report)
            described = [
                (activity, "prov:used", report),
                (report, "kg:sha256", plain(sha256)),
                (whole, "void:subset", graph),
                (graph, "rdf:type", T["void:Dataset"]),
                (graph, "rdf:type", T["prov:Entity"]),
                (graph, "prov:wasDerivedFrom", report),
                (graph, "prov:wasGeneratedBy", activity),
                (graph, "kg:contentDigest", plain(content)),
                (graph, "void:triples", integer(triples)),
                (graph, "void:entities", integer(entities)),
            ]
            yield from (f"{s} {T[p]} {o} {name} .\n" for s, p, o in described)


def manifest(settings: Settings, entries: list[dict[str, Any]], shared: dict[str, Any]) -> bytes:
    """Return the manifest: every file with its hash and counts, and what they were made with."""
    tables = [table for entry in entries for table in entry.get("tables", ())]
    values = {
        "format": "govkg-partitions/1",
        "program": {"name": "govkg", "version": __version__, "rules_digest": settings.rules_digest},
        "base": settings.base,
        "compression": settings.compression,
        "totals": {
            "reports": sum(entry["reports"] for entry in entries),
            "quads": sum(entry["quads"] for entry in entries) + shared["quads"],
            "bytes": sum(entry["bytes"] for entry in entries) + shared["bytes"],
            **({"rows": dict(sorted(rows.items()))} if (rows := _rows(tables)) else {}),
        },
        "shared": shared,
        "partitions": entries,
    }
    return (json.dumps(values, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _rows(tables: list[dict[str, Any]]) -> Counter[str]:
    rows: Counter[str] = Counter()
    for table in tables:
        rows[table["table"]] += table["rows"]
    return rows


def check(folder: Path | str) -> list[str]:
    """Return the files of a partitioned output that are not as its manifest says; ``StoreError`` without manifest."""
    place = Place(str(folder))
    try:
        values = json.loads(place.read(MANIFEST))
    except (OSError, ValueError) as fault:
        raise StoreError(
            f"没有可用的清单 / no manifest: {fault}", where=str(folder), hint="重新构建 (build again)"
        ) from fault
    files = (values["shared"], *(file for part in values["partitions"] for file in files_of(part)))
    return [str(file["file"]) for file in files if place.digest(file["file"]) != file["sha256"]]
