"""Every format, read back by a reader that did not write it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import graph_factory as factory
import igraph
import networkx as nx
import pyld.jsonld
import pyoxigraph
import pyshacl
import pytest
import rdflib
from rdflib.query import ResultRow

from kg.build import SAMPLE, Built, build, graph_of, sample_report
from kg.describe import Dataset, RunInfo, describe
from kg.describe.catalogue import dataset_iri
from kg.describe.graphfile import read_dataset
from kg.describe.terms import T, decimal, integer, plain, text_of, zh
from kg.errors import GraphError, StoreError
from kg.export import FORMATS, export, file_names, parse_formats
from kg.export.formats import folder_catalogue
from kg.export.reader import view
from kg.export.tables import TABLES, csv_files, parquet_files
from kg.extract import Extractor
from kg.model import Extraction, Kind
from kg.vocabulary import BASE, NS, PREFIXES

ROOT = Path(__file__).resolve().parent.parent
INVENTED = describe([factory.extraction(), factory.second_extraction()], run=RunInfo("1.2.3", "d"))
OF_THE_UNION = [name for name in FORMATS if name not in ("trig", "nquads", "jsonld", "catalog")]


@pytest.fixture(scope="module")
def dataset(extractor: Extractor) -> Dataset:
    """The graph of the sample."""
    return graph_of(sample_report(), extractor).dataset


@pytest.fixture(scope="module")
def files(dataset: Dataset) -> Mapping[str, bytes]:
    """Every file of the sample."""
    return export(dataset, list(FORMATS), name=SAMPLE)


@pytest.fixture(scope="module")
def folder(files: Mapping[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


# ---- names ----


def test_every_format_writes_the_files_it_names(files: Mapping[str, bytes]) -> None:
    assert list(files) == list(file_names(SAMPLE, FORMATS))
    assert len(files) >= 20
    assert all(len(data) > 400 for data in files.values())
    wanted = [".nt", ".nq", ".jsonld", ".graphml", ".gexf", ".entities.csv", ".relations.csv", ".indicators.csv"]
    wanted += [".entities.parquet", ".relations.parquet", ".indicators.parquet", ".anno.jsonld", ".catalog.ttl"]
    assert {SAMPLE + ending for ending in wanted} <= set(files)


@pytest.mark.parametrize(
    ("texts", "formats"),
    [
        (["ttl"], ("turtle",)),
        (["csv,nt", "nq , JSON-LD"], ("ntriples", "nquads", "jsonld", "csv")),
        ([".ttl,,"], ("turtle",)),
        (["all"], tuple(FORMATS)),
        (["csv", "all"], tuple(FORMATS)),
        ([""], ()),
    ],
)
def test_names_of_formats(texts: list[str], formats: tuple[str, ...]) -> None:
    assert parse_formats(texts) == formats


def test_an_unknown_format_is_named() -> None:
    with pytest.raises(StoreError, match="xlsx") as caught:
        parse_formats(["csv,xlsx"])
    assert "graphml" in caught.value.hint


# ---- both ways in, and the same bytes each time ----


@pytest.mark.parametrize("ending", [".trig", ".nq", ".jsonld"])
def test_a_graph_file_gives_the_bytes_that_the_text_gives(
    ending: str, folder: Path, files: Mapping[str, bytes], dataset: Dataset
) -> None:
    back = read_dataset(folder / f"{SAMPLE}{ending}")
    assert back == dataset
    assert export(back, list(FORMATS), name=SAMPLE) == dict(files)


@pytest.mark.parametrize("ending", [".ttl", ".nt"])
def test_so_does_a_file_without_graphs_where_graphs_do_not_matter(
    ending: str, folder: Path, files: Mapping[str, bytes], dataset: Dataset
) -> None:
    back = read_dataset(folder / f"{SAMPLE}{ending}")
    assert back.graphs() == ("",)
    assert back.triples() == dataset.triples()
    made = export(back, OF_THE_UNION, name=SAMPLE)
    assert made == {name: files[name] for name in made}
    with_catalogue = [*OF_THE_UNION, "catalog"]
    assert export(back, with_catalogue, name=SAMPLE) == export(dataset, with_catalogue, name=SAMPLE)
    # What has graphs then has all in its default graph.
    for name, kind in (("trig", "TRIG"), ("nquads", "N_QUADS"), ("jsonld", "JSON_LD")):
        data = next(iter(export(back, [name], name="x").values()))
        quads = list(pyoxigraph.parse(data, format=getattr(pyoxigraph.RdfFormat, kind)))
        assert {q.graph_name for q in quads} == {pyoxigraph.DefaultGraph()}
        assert {(str(q.subject), str(q.predicate), str(q.object)) for q in quads} == set(dataset.triples())


def test_two_reports_in_one_graph(tmp_path: Path) -> None:
    files = export(INVENTED, list(FORMATS), name="two")
    (tmp_path / "two.trig").write_bytes(files["two.trig"])
    assert export(read_dataset(tmp_path / "two.trig"), list(FORMATS), name="two") == files
    shuffled = Dataset.of(reversed(INVENTED.quads))
    assert export(shuffled, list(FORMATS), name="two") == files
    assert len({row["report"] for row in rows(files["two.relations.csv"])}) == 2
    assert any(row["provision"] for row in rows(files["two.mentions.csv"]))
    titles = {text_of(o) for _, p, o in triples(files["two.catalog.ttl"]) if p == T["dct:title"]}
    assert {"2 份报告的知识图谱", "Knowledge graph of 2 reports"} <= titles


@pytest.mark.parametrize("base", ["https://example.org/kg/", "urn:govkg:id/"])
def test_another_base(base: str, tmp_path: Path) -> None:
    dataset = describe([factory.extraction()], base_iri=base, run=RunInfo("1", "d"))
    files = export(dataset, list(FORMATS), name="x")
    (tmp_path / "x.jsonld").write_bytes(files["x.jsonld"])
    back = read_dataset(tmp_path / "x.jsonld")
    assert back == dataset
    assert back.base == base
    assert BASE.encode() not in b"".join(data for name, data in files.items() if not name.endswith(".parquet"))


def test_a_report_graph_without_ontology_and_run_is_enough(dataset: Dataset) -> None:
    """As a store gives it out: the labels then come from the package, the counts are counted."""
    wanted = set(dataset.report_graphs())
    bare = Dataset.of((q for q in dataset.quads if q[3] in wanted), dataset.base)
    full = export(dataset, OF_THE_UNION, name="x")
    alone = export(bare, OF_THE_UNION, name="x")
    assert {name for name in full if alone[name] != full[name]} == {"x.ttl", "x.nt"}
    void = {(p, o) for _, p, o in triples(export(bare, ["ntriples", "catalog"], name="x")["x.catalog.ttl"])}
    assert (T["void:triples"], integer(len(bare))) in void


# ---- RDF ----


def no_network(url: str, options: object) -> object:
    raise AssertionError(f"fetched {url}")


def test_json_ld_as_pyld_reads_it(files: Mapping[str, bytes]) -> None:
    document = json.loads(files[f"{SAMPLE}.jsonld"])
    back = pyld.jsonld.to_rdf(document, {"format": "application/n-quads", "documentLoader": no_network})
    assert sorted(back.splitlines()) == files[f"{SAMPLE}.nq"].decode().splitlines()


@pytest.mark.parametrize("name", ["jsonld", "trig", "nquads"])
def test_named_graphs_as_rdflib_reads_them(name: str, files: Mapping[str, bytes], dataset: Dataset) -> None:
    ending, form = {"jsonld": (".jsonld", "json-ld"), "trig": (".trig", "trig"), "nquads": (".nq", "nquads")}[name]
    parsed = rdflib.Dataset()
    parsed.parse(data=files[SAMPLE + ending].decode(), format=form)
    back = {(s.n3(), p.n3(), o.n3(), f"<{g}>") for s, p, o, g in parsed.quads()}
    expected = rdflib.Dataset()
    expected.parse(data=dataset.nquads(), format="nquads")
    assert back == {(s.n3(), p.n3(), o.n3(), f"<{g}>") for s, p, o, g in expected.quads()}
    assert len(back) == len(dataset) > 10000


@pytest.mark.parametrize("ending", [".ttl", ".nt"])
def test_the_union_as_rdflib_reads_it(ending: str, files: Mapping[str, bytes], dataset: Dataset) -> None:
    graph = rdflib.Graph().parse(data=files[SAMPLE + ending], format={".ttl": "turtle", ".nt": "nt"}[ending])
    assert len(graph) == len(dataset.triples())
    assert {str(s) for s in graph.subjects()} == {s[1:-1] for s, _, _ in dataset.triples()}


def test_json_ld_is_compact_and_stands_alone(files: Mapping[str, bytes]) -> None:
    data = files[f"{SAMPLE}.jsonld"]
    document = json.loads(data)
    assert isinstance(document["@context"], dict)
    assert not [line for line in data.decode().splitlines() if '"@import"' in line]
    assert len(data) < len(files[f"{SAMPLE}.nq"]) / 3
    graphs = document["@graph"]
    assert len(graphs) == 4
    assert all(set(graph) == {"@id", "@graph"} for graph in graphs)
    keys = {key for graph in graphs for node in graph["@graph"] for key in node}
    assert all(re.fullmatch(r"@id|@type|[a-z-]+:[A-Za-z_0-9]+", key) for key in keys)
    (report,) = [n for g in graphs for n in g["@graph"] if "kg:Report" in n.get("@type", ()) and "nif:isString" in n]
    assert report["nif:endIndex"] == len(report["nif:isString"])
    assert report["dct:issued"] == "2021-02-26"
    values = [n["sdmx-measure:obsValue"] for g in graphs for n in g["@graph"] if "sdmx-measure:obsValue" in n]
    assert "88.4" in values  # a string with its datatype in the context: JSON's numbers are doubles


ODD = [
    ("<urn:a>", "<urn:p>", '"007"^^<http://www.w3.org/2001/XMLSchema#integer>'),
    ("<urn:a>", "<urn:p>", '"7"^^<http://www.w3.org/2001/XMLSchema#integer>'),
    ("<urn:a>", "<urn:p>", '"123456789012345678901234567890"^^<http://www.w3.org/2001/XMLSchema#integer>'),
    ("<urn:a>", "<urn:p>", '"-0"^^<http://www.w3.org/2001/XMLSchema#integer>'),
    ("<urn:a>", "<urn:d>", '"1.50"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
    ("<urn:a>", "<urn:d>", '"1.5"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
    ("<urn:a>", "<urn:d>", '"1.0E0"^^<http://www.w3.org/2001/XMLSchema#double>'),
    ("<urn:a>", "<urn:b>", '"1"^^<http://www.w3.org/2001/XMLSchema#boolean>'),
    ("<urn:a>", "<urn:b>", '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'),
    ("<urn:a>", "<urn:m>", '"x"'),
    ("<urn:a>", "<urn:m>", '"x"@zh'),
    ("<urn:a>", "<urn:m>", '"x"@en'),
    ("<urn:a>", "<urn:m>", "<urn:x>"),
    ("<urn:a>", "<urn:m>", "<kg:not-a-curie>"),
    ("<kg:a>", "<skos:b>", '"x"^^<xsd:string>'),
    ("<urn:a>", T["rdf:type"], "<urn:T>"),
    ("<urn:a>", T["rdf:type"], "<urn:U>"),
    ("<urn:a>", T["rdf:type"], '"a string as type"'),
    ("<urn:a>", f"<{PREFIXES['rdf']}first>", f"<{PREFIXES['rdf']}nil>"),
    (f"<{NS}//x>", f"<{NS}a/b>", f"<{NS}>"),
    (f"<{BASE}report/00#char=1,2>", f"<{BASE}x>", f"<{BASE}report/#x>"),
]


@pytest.mark.parametrize("graph", ["", "<urn:g>", "<kg:g>"])
def test_json_ld_of_odd_terms(graph: str) -> None:
    """Compact names must not change what a term is: curies that are IRIs, numbers that are not canonical."""
    dataset = Dataset.of((s, p, o, graph) for s, p, o in ODD)
    assert len(dataset) == len(ODD) >= 20
    data = export(dataset, ["jsonld"], name="x")["x.jsonld"]
    quads = pyoxigraph.parse(data, format=pyoxigraph.RdfFormat.JSON_LD)
    back = {(str(q.subject), str(q.predicate), str(q.object)) for q in quads}
    assert back == set(ODD)
    options = {"format": "application/n-quads", "documentLoader": no_network}
    lines = pyld.jsonld.to_rdf(json.loads(data), options).splitlines()
    assert sorted(lines) == dataset.nquads().splitlines()


def test_an_empty_dataset_is_written_too() -> None:
    for name, data in export(Dataset(()), list(FORMATS), name="x").items():
        if name.endswith(".jsonld") and not name.endswith(".anno.jsonld"):
            assert list(pyoxigraph.parse(data, format=pyoxigraph.RdfFormat.JSON_LD)) == []
        if name.endswith((".graphml", ".gexf")):
            assert ElementTree.fromstring(data) is not None
        if name.endswith(".csv"):
            assert rows(data) == []


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("x.jsonld", '{"@context": "https://example.org/context", "@id": "urn:a", "b": "c"}', "LoadDocument"),
        ("x.jsonld", '{"@context": {"@import": "http://127.0.0.1:9/c"}, "@id": "urn:a"}', "LoadDocument"),
        ("x.jsonld", "[", "RDF"),
        ("x.ttl", "[] a <urn:x> .", "空白节点"),
        ("x.nq", "<urn:a> <urn:b> <urn:c> _:g .", "空白节点"),
        ("x.nt", '<urn:a> <urn:b> "\\u0000" .', "NUL"),
        ("x.nt", '<urn:a> <urn:b> "\\uD800" .', "RDF"),
        ("x.json", "{}", "not a graph file"),
    ],
)
def test_graph_files_that_are_refused(name: str, text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(GraphError, match=told) as caught:
        read_dataset(path)
    assert caught.value.where == str(path)
    assert caught.value.hint


def test_backslash_u0000_as_text_is_no_nul(tmp_path: Path) -> None:
    path = tmp_path / "x.nt"
    path.write_text('<urn:a> <urn:b> "\\\\u0000" .\n', encoding="utf-8")
    assert [text_of(o) for _, _, o, _ in read_dataset(path)] == ["\\u0000"]


# ---- the tables ----


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def queried(folder: Path, query: str) -> list[tuple[Any, ...]]:
    """Answers of DuckDB; `{entities}` in the query is the Parquet file of that table, `{entities.csv}` the CSV."""
    names = re.sub(r"\{(\w+)(\.csv)?\}", lambda m: f"'{folder}/{SAMPLE}.{m[1]}{m[2] or '.parquet'}'", query)
    return duckdb.connect().execute(names).fetchall()


def test_the_tables_hold_what_the_extraction_holds(files: Mapping[str, bytes], sample: Built) -> None:
    extraction = sample.extraction
    counts = {
        name: len(rows(files[f"{SAMPLE}.{name}.csv"])) for name in ("entities", "relations", "indicators", "mentions")
    }
    assert counts == {
        "entities": len(extraction.entities),
        "relations": len({(s.subject, s.predicate, s.object) for s in extraction.statements}),
        "indicators": len(extraction.observations),
        "mentions": len({m.span for m in extraction.mentions}),
    }
    by_key = {(row["kind"], row["key"]): row for row in rows(files[f"{SAMPLE}.entities.csv"])}
    named = Counter(m.ref for m in extraction.mentions)
    for entity in extraction.entities:
        row = by_key[entity.kind, entity.key]
        assert row["label"] == entity.name
        if entity.kind not in (Kind.BODY_GROUP, Kind.PLACE):  # which have no type in the graph
            assert row["type"] == (entity.type or "")
        assert int(row["mentions"]) == named[entity.ref]
        assert row["area_code"] == (entity.adcode or "")
        assert set(row["aliases"].split(" | ")) - {""} >= set(entity.aliases) - {entity.name}
    text = extraction.report.text
    for row, observation in zip(rows(files[f"{SAMPLE}.indicators.csv"]), extraction.observations, strict=True):
        assert text[int(row["start"]) : int(row["end"])] == row["raw"] == observation.quantity.raw
        assert (Decimal(row["value"]) if row["value"] else None) == observation.quantity.value
        assert row["unit"] == observation.quantity.unit
        assert (int(row["rank"]) if row["rank"] else None) == (observation.rank.position if observation.rank else None)
    for name in ("relations", "evidence", "indicators"):
        found = [row for row in rows(files[f"{SAMPLE}.{name}.csv"]) if row["evidence"]]
        assert len(found) > 90
        assert all(text[int(r["evidence_start"]) : int(r["evidence_end"])] == r["evidence"] for r in found)
    cited = {(m.start, m.end): text[slice(*m.provision)] for m in extraction.mentions if m.provision is not None}
    shown = rows(files[f"{SAMPLE}.mentions.csv"])
    assert {(int(r["start"]), int(r["end"])): r["provision"] for r in shown if r["provision"]} == cited
    labels = {row["iri"]: row["label"] for row in by_key.values()}
    for row in rows(files[f"{SAMPLE}.relations.csv"]):
        assert labels.get(row["subject"], row["subject_label"]) == row["subject_label"]
        assert labels[row["object"]] == row["object_label"]
    said = {(r["subject_label"], r["predicate_zh"], r["object_label"]) for r in rows(files[f"{SAMPLE}.relations.csv"])}
    assert ("中共连云港市委员会", "印发", "法治社会建设指标体系") in said


def test_csv_is_what_excel_on_chinese_windows_opens(files: Mapping[str, bytes]) -> None:
    """Excel takes UTF-8 only behind the mark, GBK otherwise; rows end in CRLF; a cell that begins a formula is run."""
    tables = {name: data for name, data in files.items() if name.endswith(".csv")}
    assert len(tables) >= 6
    for data in tables.values():
        assert data.startswith(b"\xef\xbb\xbf")
        assert data.endswith(b"\r\n")
        assert not re.search(rb"(?<!\r)\n", re.sub(rb'"(?:[^"]|"")*"', b"", data))
        for row in rows(data):
            assert all(value is not None for value in row.values())
            assert not [
                v for v in row.values() if len(v) > 1 and v[0] in "=+-@\t\r\n" and not re.fullmatch(r"-?[\d.]+", v)
            ]
    without = files[f"{SAMPLE}.entities.csv"].removeprefix(b"\xef\xbb\xbf")
    assert "部门" not in without.decode("gbk", "replace")  # what the mark is for


def test_parquet_and_csv_are_the_same_tables_to_duckdb(folder: Path, files: Mapping[str, bytes]) -> None:
    for table in (one for one in TABLES if not one.optional):
        (count,) = queried(folder, f"SELECT count(*) FROM {{{table.name}}}")[0]
        assert count == len(rows(files[f"{SAMPLE}.{table.name}.csv"])) > 0
        plain_columns = [name for name, kind in table.columns if kind not in ("texts",)]
        columns = ", ".join(f'"{name}"' for name in plain_columns)
        typed = queried(folder, f"SELECT {columns} FROM {{{table.name}}}")
        texts = queried(
            folder,
            f"SELECT {columns} FROM read_csv({{{table.name}.csv}}, all_varchar = true, header = true, nullstr = '')",
        )
        assert [tuple(_as_csv(value) for value in row) for row in typed] == [
            tuple((value or "").removeprefix("\ufeff") for value in row) for row in texts
        ]


def _as_csv(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_parquet_has_real_types(folder: Path) -> None:
    types = {
        name: kind for table in ("entities", "indicators", "relations", "reports")
        for name, kind, *_ in queried(folder, f"DESCRIBE SELECT * FROM {{{table}}}")
    }  # fmt: skip
    wanted = {
        "value": "DECIMAL(38,10)",
        "start": "BIGINT",
        "aliases": "VARCHAR[]",
        "implicit_subject": "BOOLEAN",
        "issued": "DATE",
        "label": "VARCHAR",
        "rank": "BIGINT",
    }
    assert {name: types[name] for name in wanted} == wanted
    query = "SELECT sum(value) FROM {indicators} WHERE unit = '件' AND measure = 'level'"
    (total,) = queried(folder, query)[0]
    assert isinstance(total, Decimal)
    assert total > 1000
    query = "SELECT label FROM {entities} WHERE list_contains(aliases, '市政府')"
    assert queried(folder, query) == [("连云港市人民政府",)]


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("0.3333333333333333333333333333", "0.3333333333"),  # 1/3, as reports write it
        ("0.66666666665", "0.6666666666"),  # half to even
        ("-12.5", "-12.5"),
        ("9" * 28, "9" * 28),
        ("9" * 28 + ".9999999999", "9" * 28 + ".9999999999"),
        ("9" * 28 + ".99999999999", None),
        ("9" * 29, None),
        ("9" * 200, None),
        ("0", "0"),
        ("0." + "0" * 60 + "1", "0"),
    ],
)
def test_numbers_in_parquet_have_ten_decimals_and_in_csv_all(text: str, held: str | None, tmp_path: Path) -> None:
    observation = f"<{BASE}observation/00>"
    about = [(T["rdf:type"], T["kg:Observation"]), (T["sdmx-measure:obsValue"], decimal(Decimal(text)))]
    seen = view(Dataset.of((observation, p, o, "") for p, o in about))
    assert rows(csv_files(seen)["indicators"])[0]["value"] == text
    if held is None:
        with pytest.raises(GraphError, match="Parquet") as caught:
            parquet_files(seen)
        assert observation[1:-1] in caught.value.where
    else:
        (tmp_path / "x.parquet").write_bytes(parquet_files(seen)["indicators"])
        assert duckdb.connect().execute(f"SELECT value FROM '{tmp_path}/x.parquet'").fetchall() == [(Decimal(held),)]


def test_parquet_without_pyarrow_is_one_clear_line(monkeypatch: pytest.MonkeyPatch, dataset: Dataset) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)  # as if it were not installed
    with pytest.raises(StoreError, match="pyarrow") as caught:
        export(dataset, ["parquet"], name="x")
    assert caught.value.hint == "pip install 'govkg[parquet]'"


def test_checks_become_a_table_where_there_are_some() -> None:
    """An audit adds `kg:Check`s: the table of them comes without further ado."""
    observation = next(s for s, p, o, _ in INVENTED.quads if p == T["rdf:type"] and o == T["kg:Observation"])
    clause = next(o for s, p, o, _ in INVENTED.quads if s == observation and p == T["kg:evidence"])
    graph, check = INVENTED.report_graphs()[0], f"<{BASE}check/00>"
    about = [
        (T["rdf:type"], T["kg:Check"]),
        (T["skos:prefLabel"], zh("受理率")),
        (T["kg:checks"], observation),
        (T["kg:numerator"], observation),
        (T["kg:expected"], decimal(Decimal("87.26"))),
        (T["kg:verdict"], plain("disagrees")),
        (T["kg:evidence"], clause),
    ]
    assert "checks" not in csv_files(view(INVENTED))
    seen = view(INVENTED.with_quads([(check, p, o, graph) for p, o in about]))
    (row,) = rows(csv_files(seen)["checks"])
    assert (row["verdict"], row["expected"], row["checks"]) == ("disagrees", "87.26", observation[1:-1])
    assert row["evidence"]
    assert "checks" in parquet_files(seen)


# ---- networks ----


def test_graphml_as_networkx_and_igraph_read_it(files: Mapping[str, bytes], folder: Path, sample: Built) -> None:
    read = nx.read_graphml(io.BytesIO(files[f"{SAMPLE}.graphml"]), force_multigraph=True)
    check_network(read, sample.extraction)
    again = igraph.Graph.Read_GraphML(str(folder / f"{SAMPLE}.graphml"))
    assert again.is_directed()
    assert sorted(again.vs["label"]) == sorted(data["label"] for _, data in read.nodes(data=True))
    ends = [(again.vs[e.source]["iri"], e["predicate"], again.vs[e.target]["iri"]) for e in again.es]
    iri = dict(read.nodes(data="iri"))
    assert sorted(ends) == sorted((iri[s], d["predicate"], iri[o]) for s, o, d in read.edges(data=True))
    nodes = dict(read.nodes(data=True))
    assert {nodes[n]["kind"]: (d["r"], d["g"], d["b"]) for n, d in nodes.items()}["Department"] == (0, 114, 178)


def test_gexf_as_networkx_reads_it(files: Mapping[str, bytes], sample: Built) -> None:
    data = files[f"{SAMPLE}.gexf"]
    read = nx.read_gexf(io.BytesIO(data))
    check_network(read, sample.extraction)
    assert b"date" not in data.lower().split(b"<graph ")[0]
    places = {n: (d["viz"]["position"]["x"], d["viz"]["position"]["y"]) for n, d in read.nodes(data=True)}
    assert len(set(places.values())) == len(places)
    (issuer,) = [n for n, d in read.nodes(data=True) if d["label"] == "连云港市人民政府"]
    assert places[issuer] == (0, 0)
    ids = [e.get("id") for e in ElementTree.fromstring(data).iter("{http://gexf.net/1.3}edge")]
    assert len(ids) == len(set(ids)) == read.number_of_edges()


def check_network(graph: Any, extraction: Extraction) -> None:
    nodes = dict(graph.nodes(data=True))
    assert Counter(d["kind"] for d in nodes.values()) == Counter(
        [*(str(e.kind) for e in extraction.entities), *("Indicator" for _ in extraction.observations)]
    )
    assert graph.number_of_edges() == len({(s.subject, s.predicate, s.object) for s in extraction.statements})
    text = extraction.report.text
    for _, _, data in graph.edges(data=True):
        assert text[data["start"] : data["end"]] == data["evidence"]
        assert data["predicate"]
        assert data["modality"]
        assert data["rule"]
    figures = {d["start"]: d for d in nodes.values() if d["kind"] == "Indicator"}
    (rate,) = [d for d in figures.values() if d.get("value_text") == "88.4"]
    assert (rate["value"], rate["unit"]) == (88.4, "%")
    (city,) = [d for d in nodes.values() if d["label"] == "连云港市人民政府"]
    assert city["mentions"] == sum(m.ref == extraction.issuer for m in extraction.mentions)
    assert "市政府" in city["aliases"].split(" | ")


def test_the_layout_is_the_pages(files: Mapping[str, bytes], sample: Built) -> None:
    from kg.network import layout, network

    extraction = sample.extraction
    drawn = layout(network(extraction))
    read = nx.read_graphml(io.BytesIO(files[f"{SAMPLE}.graphml"]), force_multigraph=True)
    placed = {(d["kind"], d["label"]): (d["x"], d["y"]) for _, d in read.nodes(data=True) if d["kind"] != "Indicator"}
    same = [placed[str(e.kind), e.name] == drawn[e.ref] for e in extraction.entities]
    assert sum(same) > 0.95 * len(same)


# ---- Web Annotation ----


def test_web_annotations_quote_the_text(files: Mapping[str, bytes], sample: Built, dataset: Dataset) -> None:
    document = json.loads(files[f"{SAMPLE}.anno.jsonld"])
    assert isinstance(document["@context"], dict)
    text = sample.extraction.report.text
    for one in document["items"]:
        position, quote = one["target"]["selector"]
        start, end = position["start"], position["end"]
        assert text[start:end] == quote["exact"]
        assert text[:start].endswith(quote["prefix"])
        assert len(quote["prefix"]) == min(32, start)
        assert text[end:].startswith(quote["suffix"])
        assert text.count(quote["prefix"] + quote["exact"] + quote["suffix"]) == 1
        assert one["target"]["id"].endswith(f"#char={start},{end}")
    kinds = Counter(one["motivation"] for one in document["items"])
    mentions = {(m.span, m.ref or m.candidates) for m in sample.extraction.mentions}
    assert kinds["identifying"] == len(mentions)
    assert kinds["linking"] == sum(len(r.evidence) for r in view(dataset).relations)
    assert kinds["describing"] == len(sample.extraction.observations)
    assert len({one["id"] for one in document["items"]}) == len(document["items"])


def test_web_annotations_as_json_ld_processors_read_them(files: Mapping[str, bytes], dataset: Dataset) -> None:
    data = files[f"{SAMPLE}.anno.jsonld"]
    options = {"format": "application/n-quads", "documentLoader": no_network}
    lines = set(pyld.jsonld.to_rdf(json.loads(data), options).splitlines())
    quads = list(pyoxigraph.parse(data, format=pyoxigraph.RdfFormat.JSON_LD))
    assert len(set(quads)) == len(lines)  # apart from the names of the list's blank nodes they agree
    store = pyoxigraph.Store()
    store.extend(quads)
    oa = "PREFIX oa: <http://www.w3.org/ns/oa#> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>"
    solutions = store.query(
        oa + "SELECT ?body ?target ?start ?end ?exact ?report { ?a a oa:Annotation ; oa:hasBody ?body ; "
        "oa:hasTarget ?target . "
        "?target oa:hasSource ?report ; oa:hasSelector ?p , ?q . ?p a oa:TextPositionSelector ; oa:start ?start ; "
        "oa:end ?end . ?q a oa:TextQuoteSelector ; oa:exact ?exact }"
    )
    assert isinstance(solutions, pyoxigraph.QuerySolutions)
    found = [tuple(term.value for term in row) for row in solutions]
    document = json.loads(data)
    assert len(found) == len(document["items"])
    described = {s[1:-1] for s, _, _ in dataset.triples()}
    choices = {one["body"]["id"] for one in document["items"] if one["body"]["type"] == "Choice"}
    assert {row[0] for row in found} - choices <= described
    assert {row[1] for row in found} <= described


def test_web_annotations_count_characters_as_the_recommendation_says() -> None:
    """Code points: an astral character before the place moves it by one, not by two."""
    items = json.loads(export(INVENTED, ["annotations"], name="x")["x.anno.jsonld"])["items"]
    texts = {report.iri: report.text for report in view(INVENTED).reports}
    assert len(texts) == 2
    for one in items:
        position, quote = one["target"]["selector"]
        assert texts[one["target"]["source"]][position["start"] : position["end"]] == quote["exact"]
    choices = [one["body"] for one in items if one["body"]["type"] == "Choice"]
    assert choices
    assert all(len(choice["items"]) >= 2 for choice in choices)


# ---- the catalogue ----


def triples(data: bytes) -> set[tuple[str, str, str]]:
    quads = pyoxigraph.parse(data, format=pyoxigraph.RdfFormat.TURTLE)
    return {(str(q.subject), str(q.predicate), str(q.object)) for q in quads}


def catalogue(data: bytes) -> rdflib.Graph:
    return rdflib.Graph().parse(data=data, format="turtle")


def answers(graph: rdflib.Graph, query: str) -> list[tuple[str, ...]]:
    return [tuple(map(str, row)) for row in graph.query(query, initNs=dict(PREFIXES)) if isinstance(row, ResultRow)]


def test_the_catalogue_tells_every_file_as_it_is(files: Mapping[str, bytes]) -> None:
    graph = catalogue(files[f"{SAMPLE}.catalog.ttl"])
    query = """SELECT ?name ?size ?sum { ?d dcat:distribution ?f . ?f dct:identifier ?name ; dcat:byteSize ?size ;
        spdx:checksum [ spdx:checksumValue ?sum ] }"""
    told = {name: (int(size), value) for name, size, value in answers(graph, query)}
    assert told == {
        name: (len(data), sha256(data).hexdigest()) for name, data in files.items() if not name.endswith(".catalog.ttl")
    }
    assert len(told) >= 20


def test_the_catalogue_counts_what_is_there(files: Mapping[str, bytes], dataset: Dataset) -> None:
    graph = catalogue(files[f"{SAMPLE}.catalog.ttl"])
    data = dataset.triples(data_only=True)
    whole = rdflib.URIRef(dataset_iri(dataset)[1:-1])
    void = rdflib.Namespace(PREFIXES["void"])
    assert int(str(graph.value(whole, void.triples))) == len(data)
    assert int(str(graph.value(whole, void.entities))) == len({s for s, _, _ in data})
    properties = {
        f"<{graph.value(part, void.property)}>": int(str(graph.value(part, void.triples)))
        for part in graph.objects(whole, void.propertyPartition)
    }
    assert properties == Counter(p for _, p, _ in data)
    classes = {
        f"<{graph.value(part, void['class'])}>": int(str(graph.value(part, void.entities)))
        for part in graph.objects(whole, void.classPartition)
    }
    assert classes == Counter(o for _, p, o in data if p == T["rdf:type"])
    assert int(str(graph.value(whole, void.classes))) == len(classes)


def test_the_catalogue_gives_source_and_provenance(files: Mapping[str, bytes], dataset: Dataset) -> None:
    graph = catalogue(files[f"{SAMPLE}.catalog.ttl"])
    query = """SELECT ?title ?sum ?version ?rules { ?d a dcat:Dataset ; dct:source ?r ; prov:wasGeneratedBy ?run .
        ?r dct:title ?title ; kg:sha256 ?sum .
        ?run prov:used ?r ; kg:rulesDigest ?rules ; prov:wasAssociatedWith ?agent .
        ?agent schema:softwareVersion ?version }"""
    ((title, digest, _, rules),) = answers(graph, query)
    assert title == "连云港市人民政府关于连云港市2020年法治政府建设情况报告"
    assert digest == sha256(sample_report().text.encode()).hexdigest()
    assert len(rules) == 64
    # What the run's graph says is taken over whole, not said a second time in other words.
    (run,) = [g for g in dataset.graphs() if "/graph/run-" in g]
    assert set(dataset.graph(run)) <= triples(files[f"{SAMPLE}.catalog.ttl"])
    counts = [
        o for s, p, o in triples(files[f"{SAMPLE}.catalog.ttl"]) if p == T["void:triples"] and s == dataset_iri(dataset)
    ]
    assert len(counts) == 1


def test_the_catalogue_meets_the_basics_of_dcat(files: Mapping[str, bytes]) -> None:
    shapes = rdflib.Graph().parse(ROOT / "tests" / "data" / "dcat-basics.ttl", format="turtle")
    graph = catalogue(files[f"{SAMPLE}.catalog.ttl"])
    conforms, _, told = pyshacl.validate(graph, shacl_graph=shapes)
    assert conforms, told
    graph.remove((None, rdflib.URIRef(PREFIXES["dcat"] + "byteSize"), None))
    conforms, _, told = pyshacl.validate(graph, shacl_graph=shapes)  # the check can fail
    assert not conforms
    assert "byteSize" in told


def test_the_catalogue_of_a_build_lists_its_other_files(extractor: Extractor) -> None:
    built = build(sample_report(), extractor, name="报告", also=("csv", "catalog"))
    told = {text_of(o) for _, p, o in triples(built.files["报告.catalog.ttl"]) if p == T["dct:identifier"]}
    assert told == set(built.files) - {"报告.catalog.ttl"}
    assert {"报告.html", "报告.ttl", "报告.summary.json"} <= told


def test_address_and_licence_where_given() -> None:
    files = export(
        INVENTED, ["csv", "catalog"], name="报告 1", url="https://data.example/x/", licence="https://l.example/1"
    )
    found = triples(files["报告 1.catalog.ttl"])
    urls = {o for _, p, o in found if p == T["dcat:downloadURL"]}
    assert "<https://data.example/x/%E6%8A%A5%E5%91%8A%201.entities.csv>" in urls
    assert len(urls) == len(files) - 1
    assert len([1 for _, p, _ in found if p == T["dct:license"]]) == len(urls) + 1
    plain_files = export(INVENTED, ["csv", "catalog"], name="x")
    assert not {T["dct:license"], T["dcat:downloadURL"]} & {p for _, p, _ in triples(plain_files["x.catalog.ttl"])}
    for url, licence in (("no url/", ""), ("", "CC BY")):
        with pytest.raises(GraphError, match="IRI"):
            export(INVENTED, ["catalog"], name="x", url=url, licence=licence)


def test_the_catalogue_of_a_folder() -> None:
    datasets = {dataset_iri(INVENTED): ("甲", "A"), f"<{BASE}dataset/00>": ("乙", "B")}
    found = triples(folder_catalogue(datasets, BASE))
    assert {o for _, p, o in found if p == T["dcat:dataset"]} == set(datasets)
    assert folder_catalogue(dict(reversed(datasets.items())), BASE) == folder_catalogue(datasets, BASE)


# ---- the view ----


@pytest.mark.parametrize(
    ("curie", "value"), [("kg:year", '"MMXX"'), ("dct:issued", '"昨天"'), ("nif:beginIndex", '"x"')]
)
def test_values_that_are_none_are_told(curie: str, value: str) -> None:
    subject, graph = next((s, g) for s, p, _, g in INVENTED.quads if p == T[curie] and g in INVENTED.report_graphs())
    quads = [q for q in INVENTED.quads if not (q[0] == subject and q[1] == T[curie])]
    with pytest.raises(GraphError, match=curie) as caught:
        view(Dataset.of([*quads, (subject, T[curie], value, graph)]))
    assert caught.value.where == subject[1:-1]


def test_a_number_that_is_none_is_told() -> None:
    subject, graph = next((s, g) for s, p, _, g in INVENTED.quads if p == T["sdmx-measure:obsValue"])
    others = [q for q in INVENTED.quads if q[:2] != (subject, T["sdmx-measure:obsValue"])]
    for text in ('"x"', '"NaN"'):
        dataset = Dataset.of([*others, (subject, T["sdmx-measure:obsValue"], text, graph)])
        with pytest.raises(GraphError, match="obsValue"):
            view(dataset)


def test_a_name_too_long_for_a_double_stays_exact() -> None:
    """Networks reckon in doubles; the exact number stands beside."""
    extraction = factory.extraction()
    one = extraction.observations[0]
    value = Decimal("12345678901234567890.5")
    changed = replace(one, quantity=replace(one.quantity, value=value))
    dataset = describe([replace(extraction, observations=(changed, *extraction.observations[1:]))])
    read = nx.read_graphml(io.BytesIO(export(dataset, ["graphml"], name="x")["x.graphml"]), force_multigraph=True)
    (found,) = [d for _, d in read.nodes(data=True) if d.get("value_text") == "12345678901234567890.5"]
    assert found["value"] == float(value)
