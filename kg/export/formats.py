"""The formats by name: which files each makes, and all files of an export at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from kg.describe import Dataset
from kg.describe.catalogue import Artefact, describe_catalogue, describe_folder
from kg.errors import StoreError
from kg.export.graphs import gexf, graphml
from kg.export.json_ld import jsonld
from kg.export.rdf import nquads, ntriples, trig, turtle
from kg.export.reader import view
from kg.export.tables import TABLES, csv_files, parquet_files
from kg.export.view import View
from kg.export.web_annotations import web_annotations
from kg.vocabulary import IRI


class Source:
    """A dataset, and its view, which is read at most once."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset

    @cached_property
    def view(self) -> View:
        """What tables, networks and annotations show."""
        return view(self.dataset)


@dataclass(frozen=True, slots=True)
class File:
    """A kind of file: its ending, IANA media type and what it is, in Chinese and English."""

    ending: str
    media_type: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name for `--as`, other names it goes by, its kinds of files, and what makes them."""

    name: str
    synonyms: tuple[str, ...]
    files: tuple[File, ...]
    write: Callable[[Source], Mapping[str, bytes]]  # ending → content; optional tables may be missing


def _one(ending: str, write: Callable[[Source], bytes]) -> Callable[[Source], Mapping[str, bytes]]:
    return lambda source: {ending: write(source)}


def _tables(ending: str, write: Callable[[View], Mapping[str, bytes]]) -> Callable[[Source], Mapping[str, bytes]]:
    return lambda source: {f".{name}{ending}": data for name, data in write(source.view).items()}


def _table_files(ending: str, media_type: str, name: str) -> tuple[File, ...]:
    return tuple(
        File(f".{table.name}{ending}", media_type, f"{table.zh}({name})", f"{table.en} ({name})") for table in TABLES
    )


CATALOG = "catalog"

_MADE: tuple[Format, ...] = (
    Format(
        "turtle",
        ("ttl",),
        (File(".ttl", "text/turtle", "图谱(Turtle)", "graph (Turtle)"),),
        _one(".ttl", lambda source: turtle(source.dataset)),
    ),
    Format(
        "trig",
        (),
        (File(".trig", "application/trig", "分图的图谱(TriG)", "named graphs (TriG)"),),
        _one(".trig", lambda source: trig(source.dataset)),
    ),
    Format(
        "ntriples",
        ("nt",),
        (File(".nt", "application/n-triples", "图谱(N-Triples)", "graph (N-Triples)"),),
        _one(".nt", lambda source: ntriples(source.dataset)),
    ),
    Format(
        "nquads",
        ("nq",),
        (File(".nq", "application/n-quads", "分图的图谱(N-Quads)", "named graphs (N-Quads)"),),
        _one(".nq", lambda source: nquads(source.dataset)),
    ),
    Format(
        "jsonld",
        ("json-ld",),
        (File(".jsonld", "application/ld+json", "分图的图谱(JSON-LD)", "named graphs (JSON-LD)"),),
        _one(".jsonld", lambda source: jsonld(source.dataset)),
    ),
    Format(
        "graphml",
        (),
        (File(".graphml", "application/xml", "网络图(GraphML)", "network (GraphML)"),),
        _one(".graphml", lambda source: graphml(source.view)),
    ),
    Format(
        "gexf",
        (),
        (File(".gexf", "application/xml", "网络图(GEXF)", "network (GEXF)"),),
        _one(".gexf", lambda source: gexf(source.view)),
    ),
    Format("csv", (), _table_files(".csv", "text/csv", "CSV"), _tables(".csv", csv_files)),
    Format(
        "parquet",
        (),
        _table_files(".parquet", "application/vnd.apache.parquet", "Parquet"),
        _tables(".parquet", parquet_files),
    ),
    Format(
        "annotations",
        ("anno",),
        (File(".anno.jsonld", "application/ld+json", "证据(Web Annotation)", "evidence (Web Annotation)"),),
        _one(".anno.jsonld", lambda source: web_annotations(source.dataset, source.view)),
    ),
    # Made of the other files, when these are there.
    Format(
        CATALOG,
        ("dcat", "void"),
        (File(".catalog.ttl", "text/turtle", "目录(DCAT)", "catalogue (DCAT)"),),
        lambda _: {},
    ),
)

#: Format name → format, in the order in which files are written and listed.
FORMATS: Mapping[str, Format] = MappingProxyType({one.name: one for one in _MADE})

#: Files that a build writes besides.
_OF_A_BUILD = (
    File(".html", "text/html", "离线网页", "offline page"),
    File(".annotations.jsonl", "text/plain", "标注(JSON Lines)", "annotations (JSON Lines)"),
    File(".summary.json", "application/json", "摘要", "summary"),
)

_BY_NAME = {name: one.name for one in _MADE for name in (one.name, *one.synonyms)}
_FILES = {file.ending: file for one in _MADE for file in one.files} | {file.ending: file for file in _OF_A_BUILD}


def parse_formats(texts: Iterable[str], option: str = "--as") -> tuple[str, ...]:
    """Return the formats named in texts such as ``csv,graphml``, each once, in the order of `FORMATS`.

    ``all`` is every format. ``StoreError``, naming `option`, for an unknown name.

    >>> parse_formats(["nt,CSV", "ttl"])
    ('turtle', 'ntriples', 'csv')
    """
    wanted: set[str] = set()
    for name in (part.strip().lower().removeprefix(".") for text in texts for part in text.split(",")):
        if name == "all":
            wanted.update(FORMATS)
        elif name in _BY_NAME:
            wanted.add(_BY_NAME[name])
        elif name:
            raise StoreError(
                f"没有这种格式 / no such format: {name[:40]!r}",
                where=option,
                hint=f"可选 / choose: {', '.join(FORMATS)}, all",
            )
    return tuple(name for name in FORMATS if name in wanted)


def file_names(name: str, formats: Iterable[str]) -> tuple[str, ...]:
    """Return the names of all files that `export` may write for something called `name`."""
    return tuple(name + file.ending for one in formats for file in FORMATS[one].files)


def export(
    dataset: Dataset,
    formats: Sequence[str],
    *,
    name: str,
    beside: Mapping[str, bytes] | None = None,
    url: IRI = "",
    licence: IRI = "",
) -> dict[str, bytes]:
    """Return file name → bytes of every format asked for (names of `FORMATS`); same arguments, same bytes.

    `beside` are files of the same dataset that are written with these, for the catalogue; `url` is the folder where the
    files will be published and `licence` the IRI of a licence, both for the catalogue alone. ``GraphError`` where the
    graph cannot be shown so, ``StoreError`` where Parquet is asked for and pyarrow is missing.
    """
    source = Source(dataset)
    files: dict[str, bytes] = {}
    for one in formats:
        files |= {name + ending: data for ending, data in FORMATS[one].write(source).items()}
    if CATALOG in formats:
        artefacts = [_artefact(name, file, data) for file, data in {**(beside or {}), **files}.items()]
        files[f"{name}.catalog.ttl"] = _turtle(
            dataset, describe_catalogue(dataset, artefacts, url=url, licence=licence)
        )
    return files


def folder_catalogue(datasets: Mapping[str, tuple[str, str]], base: IRI) -> bytes:
    """Return the catalogue of a folder as Turtle: dataset IRI (encoded) → its titles in Chinese and English."""
    return _turtle(Dataset((), base), describe_folder(datasets, base))


def _turtle(dataset: Dataset, triples: Iterable[tuple[str, str, str]]) -> bytes:
    return turtle(Dataset.of(((s, p, o, "") for s, p, o in triples), dataset.base))


def _artefact(name: str, file_name: str, data: bytes) -> Artefact:
    file = _FILES.get(file_name.removeprefix(name))
    if file is None:
        return Artefact(file_name, "application/octet-stream", file_name, file_name, data)
    return Artefact(file_name, file.media_type, file.zh, file.en, data)
