"""One report to all its files: what is written, that it is whole, that it is the same every time."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import MappingProxyType

import pyoxigraph
import pyshacl
import pytest
import rdflib

import kg
from kg.build import ENDINGS, SAMPLE, Built, build, output_name, read_report, readable, sample_report, write
from kg.describe import RunInfo, describe
from kg.errors import GraphError, StoreError
from kg.extract import Extractor, extract
from kg.read import read_text
from kg.validate import Finding
from kg.vocabulary import ontology_file

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ROOT / "kg" / "data" / "sample" / f"{SAMPLE}.txt"

PREFIXES = """
PREFIX kg: <https://govkg.example/ns#>
PREFIX nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
"""
#: Section 2 of the contract (ONTOLOGY.md), written out: that the code's own list is whole is part of what is tested.
EDGES = (
    *("issues", "revises", "repeals", "drafts", "commentsOn", "implements", "carriesOut", "basedOn", "recognisedBy"),
    *("establishes", "reportsTo", "cooperatesWith", "partOf", "measures"),
)


def test_the_sample_is_the_seed_byte_for_byte(shared: Path) -> None:
    assert SHIPPED.read_bytes() == (shared / "seed" / f"{SAMPLE}.txt").read_bytes()


def test_every_file_is_made(sample: Built) -> None:
    assert list(sample.files) == [SAMPLE + ending for ending in ENDINGS]
    assert sample.conforms
    assert all(len(data) > 1000 for data in sample.files.values())


def test_the_graph_is_rdf_and_both_forms_say_the_same(sample: Built) -> None:
    union = {
        (q.subject, q.predicate, q.object)
        for q in pyoxigraph.parse(sample.files[f"{SAMPLE}.ttl"], format=pyoxigraph.RdfFormat.TURTLE)
    }
    quads = list(pyoxigraph.parse(sample.files[f"{SAMPLE}.trig"], format=pyoxigraph.RdfFormat.TRIG))
    assert union == {(q.subject, q.predicate, q.object) for q in quads}
    assert len(union) > 5000
    assert len({q.graph_name for q in quads}) == 4  # the report, the ontology, the vocabularies, the run


@pytest.fixture(scope="module")
def store(sample: Built) -> pyoxigraph.Store:
    """The sample's Turtle, to be asked."""
    store = pyoxigraph.Store()
    store.load(sample.files[f"{SAMPLE}.ttl"], format=pyoxigraph.RdfFormat.TURTLE)
    return store


def rows(store: pyoxigraph.Store, where: str) -> list[list[str]]:
    """Answers as plain strings."""
    solutions = store.query(PREFIXES + where)
    assert isinstance(solutions, pyoxigraph.QuerySolutions)
    return [[str(getattr(term, "value", term)) for term in solution] for solution in solutions]


def count(store: pyoxigraph.Store, pattern: str) -> int:
    return int(rows(store, f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")[0][0])


def test_three_parsers_read_the_same_turtle(sample: Built, store: pyoxigraph.Store, tmp_path: Path) -> None:
    data = sample.files[f"{SAMPLE}.ttl"]
    counts = {"pyoxigraph": len(store), "rdflib": len(rdflib.Graph().parse(data=data, format="turtle"))}
    rapper = shutil.which("rapper")
    if rapper is None and os.environ.get("CI"):
        pytest.fail("CI must install raptor2-utils")
    if rapper is not None:
        path = tmp_path / "sample.ttl"
        path.write_bytes(data)
        told = subprocess.run([rapper, "-c", "-i", "turtle", path], capture_output=True, text=True, check=True).stderr
        counts["rapper"] = int(re.findall(r"returned (\d+) triples", told)[0])
        assert not re.search("(?i)error|warning", told)
    assert len(set(counts.values())) == 1, counts
    assert len(store) > 5000


def test_no_blank_nodes(sample: Built, store: pyoxigraph.Store) -> None:
    assert count(store, "?s ?p ?o FILTER(isBlank(?s) || isBlank(?o))") == 0
    for quad in pyoxigraph.parse(sample.files[f"{SAMPLE}.trig"], format=pyoxigraph.RdfFormat.TRIG):
        assert not isinstance(quad.subject, pyoxigraph.BlankNode)
        assert not isinstance(quad.object, pyoxigraph.BlankNode)


def test_every_span_is_the_text_at_its_place(store: pyoxigraph.Store, sample: Built) -> None:
    """In the graph alone, as whoever is given only the Turtle would check it."""
    span = "?span nif:beginIndex ?b ; nif:endIndex ?e ; nif:anchorOf ?anchor ; nif:referenceContext ?report . "
    span += "?report nif:isString ?text . "
    right = "FILTER(SUBSTR(STR(?text), ?b + 1, ?e - ?b) = STR(?anchor) && ?e > ?b)"
    for kind, fewest in (("Mention", 250), ("Evidence", 100), ("Section", 20)):
        total = count(store, f"?span a kg:{kind}")
        assert total >= fewest
        assert count(store, f"?span a kg:{kind} . {span} {right}") == total, kind
    assert rows(store, "SELECT ?text { ?r a kg:Report ; nif:isString ?text }") == [[sample.extraction.report.text]]
    # The check can fail: one place further on, nearly every span is wrong.
    assert count(store, f"?span a kg:Mention . {span} {right.replace('?b + 1', '?b + 2')}") < 10


def test_every_edge_has_a_statement_with_evidence(store: pyoxigraph.Store) -> None:
    predicates = " ".join(f"kg:{name}" for name in EDGES)
    edge = f"VALUES ?p {{ {predicates} }} ?s ?p ?o ."
    said = (
        "?st a kg:Statement ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; kg:evidence ?ev . ?ev a kg:Evidence ."
    )
    edges = count(store, edge)
    assert edges >= 180
    assert rows(store, f"SELECT ?s ?p ?o {{ {edge} FILTER NOT EXISTS {{ {said} }} }}") == []
    # And the reverse: no statement without its edge, none without evidence.
    assert count(store, "?st a kg:Statement") == edges
    assert rows(store, "SELECT ?st { ?st a kg:Statement FILTER NOT EXISTS { ?st kg:evidence ?e } }") == []
    unsaid = "?st rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o FILTER NOT EXISTS { ?s ?p ?o }"
    assert rows(store, f"SELECT ?st {{ ?st a kg:Statement . {unsaid} }}") == []
    used = {row[0].rpartition("#")[2] for row in rows(store, "SELECT DISTINCT ?p { ?st rdf:predicate ?p }")}
    assert used <= set(EDGES)
    assert len(used) >= 8


def test_the_reference_engine_finds_nothing_either(extractor: Extractor) -> None:
    """pySHACL on the sample's beginning: on all of it, it needs half a minute (it conforms there too)."""
    text = SHIPPED.read_text(encoding="utf-8")
    report = read_text(text[: text.index("(三)")], "beginning.txt")
    dataset = describe([extract(report, extractor)], run=RunInfo("1", extractor.digest))
    data = rdflib.Graph().parse(data=dataset.ntriples(data_only=True), format="nt")
    assert len(data) > 600
    shapes = rdflib.Graph().parse(data=ontology_file("shapes.ttl"), format="turtle")
    conforms, _, told = pyshacl.validate(data, shacl_graph=shapes)
    assert conforms, told
    # A statement that loses its evidence is found.
    evidence = rdflib.URIRef("https://govkg.example/ns#evidence")
    statement = next(data.subjects(rdflib.RDF.predicate))
    data.remove((statement, evidence, None))
    conforms, _, told = pyshacl.validate(data, shacl_graph=shapes)
    assert not conforms
    assert str(statement) in told


class Requests(HTMLParser):
    """Collect what a browser would fetch for a page or follow from it."""

    ATTRIBUTES = (
        *("src", "href", "srcset", "action", "formaction", "poster", "data", "background", "ping", "manifest"),
        *("xlink:href", "cite", "longdesc"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.tags = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags += 1
        for name, value in attrs:
            if name in self.ATTRIBUTES:
                self.targets.append(value or "")
            elif name == "style" or name.startswith("on"):
                self.targets += re.findall(r"url\(([^)]*)", value or "")
        if tag == "meta" and dict(attrs).get("http-equiv", "") == "refresh":
            self.targets.append("refresh")


def requests(html: str) -> list[str]:
    """Return every target in a page's markup, styles and scripts."""
    parser = Requests()
    parser.feed(html)
    assert parser.tags > 0
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", html, re.DOTALL)
    styles = re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL)
    found = parser.targets
    for style in styles:
        found += re.findall(r"url\(\s*['\"]?([^'\")]*)|(@import)", style)
    calls = r"\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|importScripts|\bimport\s*\(|serviceWorker"
    for script in scripts:
        found += re.findall(calls, script)
    return [target for target in found if not str(target).startswith(("#", "data:"))]


def test_the_page_asks_nobody_for_anything(sample: Built) -> None:
    html = sample.files[f"{SAMPLE}.html"].decode()
    assert requests(html) == []
    assert "default-src 'none'" in html
    assert requests('<img src="https://example.org/x.png"><script>fetch("x")</script>') == [
        "https://example.org/x.png",
        "fetch(",
    ]


def test_committed_outputs_are_this_build(sample: Built) -> None:
    committed = {path.name: path.read_bytes() for path in (ROOT / "outputs").glob("*") if path.is_file()}
    if not committed:
        pytest.skip("outputs/ is empty")
    assert set(committed) == set(sample.files)
    stale = [name for name, data in sample.files.items() if committed[name] != data]
    assert not stale, "run `kg build --sample -o outputs`"


def test_the_run_names_program_and_rules(sample: Built, extractor: Extractor) -> None:
    trig = sample.files[f"{SAMPLE}.trig"].decode()
    assert f'"{extractor.digest}"' in trig
    assert f'"{kg.__version__}"' in trig
    assert "endedAtTime" not in trig  # no clock


def test_a_date_only_where_asked_for(extractor: Extractor) -> None:
    built = build(sample_report(), extractor, source_date_epoch=1_600_000_000)
    assert b"2020-09-13" in built.files[f"{SAMPLE}.trig"]


def test_name_and_base_are_the_callers(extractor: Extractor) -> None:
    report = read_text("连云港市人民政府印发《连云港市养犬管理条例》。", "甲.txt")
    built = build(report, extractor, name="乙", base_iri="https://data.example.org/x/")
    assert list(built.files) == ["乙" + ending for ending in ENDINGS]
    turtle = built.files["乙.ttl"].decode()
    assert "https://data.example.org/x/" in turtle
    assert "govkg.example/id/" not in turtle
    assert next(iter(build(report, extractor).files)) == "甲.ttl"
    with pytest.raises(GraphError, match="base IRI"):
        build(report, extractor, base_iri="no iri")


def test_written_whole(sample: Built, tmp_path: Path) -> None:
    paths = write(sample, tmp_path / "new" / "place")
    assert [path.name for path in paths] == list(sample.files)
    assert {path.name: path.read_bytes() for path in paths} == dict(sample.files)
    assert sorted(p.name for p in (tmp_path / "new" / "place").iterdir()) == sorted(sample.files)


def test_or_not_at_all(sample: Built, tmp_path: Path) -> None:
    """The third file's place is taken by a directory: the first two must not be there afterwards."""
    (tmp_path / f"{SAMPLE}.html").mkdir()
    (tmp_path / f"{SAMPLE}.ttl").write_text("old", encoding="utf-8")
    with pytest.raises(StoreError):
        write(sample, tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"{SAMPLE}.html", f"{SAMPLE}.ttl"]
    assert (tmp_path / f"{SAMPLE}.ttl").read_text(encoding="utf-8") == "old"


def test_a_graph_that_breaks_a_shape_is_not_written(sample: Built, tmp_path: Path) -> None:
    finding = Finding("violation", "https://example.org/x", None, None, "坏", "StatementShape")
    bad = replace(sample, findings=(finding,), files=MappingProxyType({}))
    assert not bad.conforms
    with pytest.raises(GraphError, match="breaks a shape"):
        write(bad, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert replace(sample, findings=(replace(finding, severity="warning"),)).conforms


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a/报告.txt", "报告"),
        ("报告", "报告"),
        ("报告.v2.html", "报告.v2"),
        ("政府工作报告__上海市__2026__1.txt", "政府工作报告__上海市__2026__1"),
        ("2020年12.31日", "2020年12.31日"),
        (".txt", ".txt"),
        ("e\u0301.txt", "\u00e9"),
    ],
)
def test_output_name(path: str, name: str) -> None:
    assert output_name(path) == name


def test_names_from_chinese_windows_are_readable() -> None:
    assert readable("报告.txt".encode("gbk").decode("utf-8", "surrogateescape")) == "报告.txt"
    assert readable("报\ud800.txt").encode()  # whatever it is, it can be written


@pytest.mark.skipif(sys.platform != "linux", reason="only there file names are bytes")
def test_a_file_with_a_gbk_name_is_built(extractor: Extractor, tmp_path: Path) -> None:
    path = os.path.join(os.fsencode(tmp_path), "报告.txt".encode("gbk"))
    with open(path, "w", encoding="utf-8") as stream:
        stream.write("连云港市人民政府印发《连云港市养犬管理条例》。")
    report = read_report(os.fsdecode(path))
    assert report.name == "报告.txt"
    assert b"\xe6\x8a\xa5\xe5\x91\x8a.txt" in build(report, extractor).files["报告.summary.json"]


@pytest.mark.parametrize("name", ["连云港 2020 年 报告.txt", "a b.txt", "报告(终稿)#1 100%.txt", "-报告.txt"])
def test_names_with_blanks_and_signs(name: str, extractor: Extractor, tmp_path: Path) -> None:
    path = tmp_path / "目录 一" / name
    path.parent.mkdir()
    path.write_text("连云港市人民政府印发《连云港市养犬管理条例》。", encoding="utf-8")
    built = build(read_report(path), extractor)
    assert built.conforms
    written = write(built, tmp_path / "输 出")
    assert [p.name for p in written] == [name.removesuffix(".txt") + ending for ending in ENDINGS]
    assert rdflib.Graph().parse(written[0], format="turtle")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "gb18030"])
def test_the_same_text_is_the_same_graph_in_any_encoding(
    encoding: str, sample: Built, extractor: Extractor, tmp_path: Path
) -> None:
    path = tmp_path / f"{SAMPLE}.txt"
    path.write_bytes(SHIPPED.read_bytes().decode().encode(encoding))
    report = read_report(path)
    assert report.encoding != "utf-8"
    built = build(report, extractor)
    for ending in (".ttl", ".html", ".annotations.jsonl"):
        assert built.files[SAMPLE + ending] == sample.files[SAMPLE + ending]


def test_a_report_of_nobody_is_built(extractor: Extractor, tmp_path: Path) -> None:
    report = read_text("为落实各项制度,全年办理案件471件,同比增长7.3%,印发《养犬管理办法》。", "无主.txt")
    built = build(report, extractor)
    assert built.extraction.issuer is None
    assert built.conforms
    assert len(write(built, tmp_path)) == len(ENDINGS)
    graph = built.files["无主.ttl"].decode()
    assert "471" in graph
    assert "养犬管理办法" in graph
    assert "kg:issuer <" not in graph


def test_built_without_a_network(tmp_path: Path, sample: Built) -> None:
    """Whatever the build imports, none of it opens a socket, nor asks for a name."""
    code = (
        "import socket, sys\n"
        "def refuse(*a, **k): raise AssertionError('the network was asked')\n"
        "class Refused(socket.socket):\n"
        "    __init__ = refuse\n"
        "socket.socket = Refused\n"
        "socket.create_connection = socket.getaddrinfo = socket.gethostbyname = refuse\n"
        "try:\n    socket.socket()\nexcept AssertionError: pass\nelse: sys.exit(7)\n"
        "sys.argv = ['kg', 'build', '--sample', '-o', 'out']\n"
        "import runpy; runpy.run_module('kg', run_name='__main__')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == dict(sample.files)


def test_where_a_report_lies_is_nowhere_in_the_files(sample: Built, extractor: Extractor, tmp_path: Path) -> None:
    """By an absolute path, a relative one, and through a link: the same bytes, and no directory in them."""
    folder = tmp_path / "geheim"
    folder.mkdir()
    path = folder / f"{SAMPLE}.txt"
    shutil.copy(SHIPPED, path)
    built = build(read_report(path), extractor)
    assert dict(built.files) == dict(sample.files)
    relative = os.path.relpath(path)
    assert dict(build(read_report(relative), extractor).files) == dict(sample.files)
    for data in sample.files.values():
        assert str(ROOT).encode() not in data
        assert b"geheim" not in data


def test_same_bytes_whatever_the_process(sample: Built, tmp_path: Path) -> None:
    """Another hash seed, another locale, another directory, warm or cold: the bytes are those made in this process."""
    for number, environment in enumerate(
        ({"PYTHONHASHSEED": "1", "LC_ALL": "C"}, {"PYTHONHASHSEED": "4242", "PYTHONUTF8": "1", "TZ": "Asia/Shanghai"})
    ):
        out = tmp_path / str(number)
        subprocess.run(
            [sys.executable, "-m", "kg", "build", "--sample", "-o", out],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            check=True,
            capture_output=True,
        )
        assert {path.name: path.read_bytes() for path in out.iterdir()} == dict(sample.files)


# --- the package's front


def test_public_names_are_what_they_say() -> None:
    for name in kg.__all__:
        value = getattr(kg, name)
        assert value.__name__ == name
        assert value.__module__.startswith("kg.")
        assert value.__doc__
        assert name in dir(kg)
    assert set(kg.__all__) == set(kg._HOME)
    with pytest.raises(AttributeError):
        kg.nothing_of_that_name  # noqa: B018


def test_functions_stay_functions_after_their_modules_are_imported() -> None:
    """Python would bind `kg.read` to the module `kg/read` when somebody imports it."""
    code = (
        "import kg.read, kg.extract, kg.build, kg\n"
        "assert callable(kg.read) and callable(kg.extract) and callable(kg.build)\n"
        "from kg import read, extract, build\n"
        "from kg.read import read as one\n"
        "assert read is one\n"
        "import kg.read.rules\n"
        "assert callable(kg.read)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_the_example_of_the_package_runs() -> None:
    import doctest

    result = doctest.testmod(kg)
    assert result.attempted >= 6
    assert not result.failed


def test_version_is_said_once() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == kg.__version__
