"""The command line: as real processes where streams and exit codes matter, through click's runner elsewhere."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kg.annotations import annotations as annotation_lines
from kg.build import ENDINGS, SAMPLE, Built
from kg.cli import cli
from kg.errors import KgError
from kg.extract import Extractor

ROOT = Path(__file__).resolve().parent.parent
SENTENCE = "连云港市人民政府印发《连云港市养犬管理条例》,新收行政复议案件471件。"

Run = Callable[..., subprocess.CompletedProcess[bytes]]


def kg(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def one_line(result: Result) -> str:
    """Return standard error, which must be one line and no traceback."""
    assert result.stderr.endswith("\n")
    assert result.stderr.count("\n") == 1, result.stderr
    assert "Traceback" not in result.stderr
    return str(result.stderr)


@pytest.fixture(autouse=True)
def loaded_once(extractor: Extractor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands in this process share the loaded rules; with `--rules`, and as processes, they load them themselves."""
    load = Extractor.load
    monkeypatch.setattr(Extractor, "load", lambda *rules: load(*rules) if rules else extractor)
    monkeypatch.setenv("GOVKG_CACHE", "")


def listing(folder: Path) -> dict[str, bytes]:
    """Everything below a folder, with its bytes: nothing half-written, no temporary file, nothing changed."""
    return {str(p.relative_to(folder)): p.read_bytes() if p.is_file() else b"" for p in folder.rglob("*")}


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "报告.txt"
    path.write_text(SENTENCE, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory, sample: Built) -> Path:
    path = tmp_path_factory.mktemp("graph") / "sample.ttl"
    path.write_bytes(sample.files[f"{SAMPLE}.ttl"])
    return path


# --- build


def test_build_sample(run: Run, tmp_path: Path, sample: Built) -> None:
    result = run("build", "--sample", "-o", "out/new")
    assert result.returncode == 0, result.stderr.decode()
    lines = result.stdout.decode().splitlines()
    assert lines == [str(Path("out/new", SAMPLE + ending)) for ending in ENDINGS]
    told = result.stderr.decode().splitlines()
    assert len(told) == 1, "what its own figures do not give"
    assert "figures disagree" in told[0]
    assert {p.name: p.read_bytes() for p in (tmp_path / "out" / "new").iterdir()} == dict(sample.files)


def test_several_reports_one_of_them_bad(report: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"%PDF-1.4 ...")
    other = tmp_path / "另一份.html"
    other.write_text(f"<html><body><p>{SENTENCE}</p></body></html>", encoding="utf-8")
    result = kg("build", report, bad, other, "-o", tmp_path / "out")
    assert result.exit_code == 1
    written = sorted(stem + ending for stem in ("报告", "另一份") for ending in ENDINGS)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == written
    assert len(result.stdout.splitlines()) == 2 * len(ENDINGS)
    told = result.stderr.splitlines()
    assert [line for line in told if line.startswith("[")] == ["[1/3] 报告", "[2/3] bad", "[3/3] 另一份"]
    assert sum(line.startswith("bad.txt: ") for line in told) == 1
    assert told[-1].startswith("完成 2 份,共 3 份")


def test_the_sample_beside_reports(report: Path, tmp_path: Path, sample: Built) -> None:
    result = kg("build", "--sample", report, "-o", tmp_path / "out")
    assert result.exit_code == 0
    made = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert len(made) == 2 * len(ENDINGS)
    assert made.items() >= sample.files.items()


def test_exit_2_where_nothing_could_be_built(tmp_path: Path) -> None:
    result = kg("build", tmp_path / "no.txt", tmp_path / "none.txt", "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert not (tmp_path / "out").exists()


def test_a_violation_is_a_finding_and_writes_nothing(
    report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A base IRI in another case would break no shape, so a shape is made that everything breaks."""
    from kg import vocabulary

    shapes = vocabulary.ontology_file("shapes.ttl").decode() + (
        "<https://govkg.example/shapes#TestShape> a sh:NodeShape ; sh:targetClass <https://govkg.example/ns#Report> ;\n"
        "  sh:property <https://govkg.example/shapes#TestShape-p> .\n"
        "<https://govkg.example/shapes#TestShape-p> a sh:PropertyShape ; sh:path <urn:none> ; sh:minCount 1 ;\n"
        '  sh:message "缺少"@zh , "missing"@en .\n'
    )
    original = vocabulary.ontology_file
    monkeypatch.setattr(  # `kg.validate` is the function; the module of that name holds what is replaced
        import_module("kg.validate"),
        "ontology_file",
        lambda name: shapes.encode() if name == "shapes.ttl" else original(name),
    )
    good = kg("build", report, "-o", tmp_path / "out")
    assert good.exit_code == 1
    assert "violation" in good.stderr
    assert "TestShape" in good.stderr
    assert "缺少" in good.stderr
    assert not good.stdout
    assert not (tmp_path / "out").exists()


def test_an_unexpected_fault_of_one_report_stops_no_other(
    report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib

    module = importlib.import_module("kg.build")  # `kg.build` is the function
    real, calls = module.__dict__["page"], []

    def page(extraction: Any, **options: Any) -> bytes:
        calls.append(extraction)
        if len(calls) == 1:
            raise ZeroDivisionError("odd\nthing")
        return bytes(real(extraction, **options))

    monkeypatch.setitem(module.__dict__, "page", page)
    other = shutil.copy(report, tmp_path / "other.txt")
    result = kg("build", report, other, "-o", tmp_path / "out")
    assert result.exit_code == 1
    fault = [line for line in result.stderr.splitlines() if "ZeroDivisionError" in line]
    assert len(fault) == 1
    assert "报告 (test_cli.py:" in fault[0]
    assert "odd thing" in fault[0]
    assert "--debug" in fault[0]
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted("other" + ending for ending in ENDINGS)
    calls.clear()
    shown = kg("build", report, "-o", tmp_path / "out", "--debug")
    assert shown.exit_code == 2
    assert "Traceback" in shown.stderr


@pytest.mark.parametrize("names", [("a/x.txt", "b/x.txt"), ("a/x.txt", "b/X.html"), ("a/é.txt", "b/e\u0301.txt")])
def test_two_reports_of_one_name_are_refused(tmp_path: Path, names: tuple[str, str]) -> None:
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(SENTENCE, encoding="utf-8")
    result = kg("build", *(tmp_path / name for name in names), "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert "same files" in one_line(result)
    assert not (tmp_path / "out").exists()


def test_the_sample_and_a_report_of_its_name(tmp_path: Path) -> None:
    path = tmp_path / f"{SAMPLE}.txt"
    path.write_text(SENTENCE, encoding="utf-8")
    assert kg("build", path, "--sample", "-o", tmp_path / "out").exit_code == 2


def test_a_report_is_never_overwritten(tmp_path: Path) -> None:
    page = tmp_path / "报告.html"
    page.write_text(f"<html><body>{SENTENCE}</body></html>", encoding="utf-8")
    before = page.read_bytes()
    result = kg("build", page, "-o", tmp_path)
    assert result.exit_code == 2
    assert "overwrite" in one_line(result)
    assert page.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["报告.html"]


def test_base_iri_and_date(report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1600000000")
    result = kg("build", report, "-o", tmp_path / "out", "--base-iri", "https://data.example.org/id/")
    assert result.exit_code == 0
    trig = (tmp_path / "out" / "报告.trig").read_text(encoding="utf-8")
    assert "https://data.example.org/id/" in trig
    assert "2020-09-13" in trig
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    assert "SOURCE_DATE_EPOCH" in one_line(kg("build", report, "-o", tmp_path / "out"))


def test_own_rules(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "departments.yaml").write_text(
        "names:\n  - id: cloud\n    label: 连云港市云上治理专班\n    aliases: [云治专班]\n    type: 议事协调机构\n",
        encoding="utf-8",
    )
    sentence = "云治专班印发《连云港市数据管理办法》。"
    assert "连云港市云上治理专班" not in kg("explain", sentence).stdout
    assert "连云港市云上治理专班" in kg("explain", sentence, "--rules", rules).stdout


# --- faults


#: Arguments, and what the line must say. `PLACE` below makes the files they name.
FAULTS: list[tuple[tuple[str, ...], str]] = [
    (("load", "nothing.trig", "store"), "cannot open"),  # more of these two in test_store.py and test_serve.py
    (("load", "nothing.csv", "store"), "not a graph file"),
    (("serve", "nothing.trig", "--port", "0"), "cannot open"),
    (("build", "nothing.txt", "-o", "out"), "no such file"),
    (("build", "nowhere/nothing.txt", "-o", "out"), "no such file"),
    (("build", "empty.txt", "-o", "out"), "empty"),
    (("build", "zeros.txt", "-o", "out"), "empty"),
    (("build", "report.pdf", "-o", "out"), "a PDF"),
    (("build", "image.txt", "-o", "out"), "PNG"),
    (("build", "report.docx", "-o", "out"), "docx"),
    (("build", "reports.zip", "-o", "out"), "zip archive"),
    (("build", "report.doc", "-o", "out"), "old Word"),
    (("build", "bytes.bin", "-o", "out"), "binary"),
    (("build", "latin.txt", "-o", "out"), "the encoding is none of"),
    (("build", "big5.txt", "-o", "out"), "the encoding is none of"),
    (("build", "cut.txt", "-o", "out"), "byte"),
    (("build", "english.txt", "-o", "out"), "no Chinese"),
    (("build", "chrome.txt", "-o", "out"), "page furniture"),
    (("build", "chrome.html", "-o", "out"), "page furniture"),
    (("build", "scan.txt", "-o", "out"), "pictures"),
    (("build", "good.txt", "good.txt", "-o", "out"), "same files"),
    (("build", "good.txt", "./good.txt", "-o", "out"), "same files"),
    (("build", "good.txt", "-o", "empty.txt"), "empty.txt"),
    (("build", "good.txt", "-o", "empty.txt/out"), "empty.txt"),
    (("build", "good.txt", "-o", "taken"), str(Path("taken", "good.html"))),
    (("build", "good.txt", "-o", "长" * 100), "too long"),
    (("build", "good.txt", "-o", "a/" * 3000), "too long"),
    (("build", "good.txt", "-o", ""), "no directory"),
    (("build", "good.txt", "-o", "out", "--base-iri", "a b"), "base-iri"),
    (("build", "good.txt", "-o", "out", "--base-iri", ""), "base-iri"),
    (("build", "good.txt", "-o", "out", "--base-iri", "https://example.org/id"), "base-iri"),
    (("build", "good.txt", "-o", "out", "--rules", "nowhere"), "nowhere"),
    (("build", "good.txt", "-o", "out", "--rules", "good.txt"), "good.txt"),
    (("build", "good.txt", "-o", "out", "--rules", "rules/torn"), "departments.yaml"),
    (("build", "good.txt", "-o", "out", "--rules", "rules/gbk"), "departments.yaml"),
    (("build", "good.txt", "-o", "out", "--rules", "rules/odd"), "nonsense"),
    (("extract", "good.txt", "--rules", "rules/odd"), "nonsense"),
    (("extract", "nothing.txt"), "no such file"),
    (("extract", "report.pdf"), "a PDF"),
    (("explain", "abc"), "TEXT"),
    (("explain", ""), "TEXT"),
    (("explain", "印发办法", "--issuer", "某某"), "--issuer"),
    (("explain", "印发办法", "--rules", "nowhere"), "nowhere"),
    (("check-rules", "nowhere"), "nowhere"),
    (("check-rules", "good.txt"), "good.txt"),
    (("audit", "nothing.ttl"), "nothing.ttl"),
    (("audit", "bad.ttl"), "not RDF"),
    (("audit", "nothing.txt"), "nothing.txt"),
    (("audit", "."), "."),
    (("audit", "--sample", "--rules", "nowhere"), "nowhere"),
    (("validate", "nothing.ttl"), "nothing.ttl"),
    (("validate", "good.txt"), "good.txt"),
    (("validate", "."), "graph file"),
    (("validate", "bad.ttl"), "not RDF"),
    (("validate", "empty.ttl"), "empty"),
    (("why", "a", "--on", "nothing.ttl"), "nothing.ttl"),
    (("why", "a", "--on", "bad.ttl"), "not RDF"),
    (("diff", "bad.ttl", "nothing.ttl"), "not RDF"),
    (("diff", "nothing.ttl", "bad.ttl"), "nothing.ttl"),
    (("page", "nothing.txt", "-o", "out.html"), "no such file"),
    (("page", "empty.txt", "-o", "out.txt"), ".html"),
    (("query", "1"), "--on"),
    (("query", "1", "--on", "nothing.ttl"), "nothing.ttl"),
    (("query", "1", "--on", "bad.ttl"), "not RDF"),
    (("query", "1", "--on", "good.txt"), "graph file"),
    (("query", "no-such-question", "--on", "bad.ttl"), "no such question"),
    (("query", "99", "--on", "bad.ttl"), "no such question"),
    (("query", "nothing.rq", "--on", "bad.ttl"), "nothing.rq"),
    (("query", "gbk.rq", "--on", "small.ttl"), "gbk.rq"),
    (("query", "SELECT * { ?s ?p", "--on", "small.ttl"), "not SPARQL"),
    (("query", "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "--on", "small.ttl"), "SERVICE"),
    (("query", "SELECT * FROM <http://127.0.0.1:9/> { ?s ?p ?o }", "--on", "small.ttl"), "FROM"),
    (("query", "SELECT * FROM NAMED <http://127.0.0.1:9/> { ?s ?p ?o }", "--on", "small.ttl"), "FROM"),
    (("query", "INSERT DATA { <a:b> <a:b> <a:b> }", "--on", "small.ttl"), "update"),
    (("query", "DELETE WHERE { ?s ?p ?o }", "--on", "small.ttl"), "update"),
    (("query", "load.rq", "--on", "small.ttl"), "update"),
    (("export", "nothing.txt", "-o", "out", "--as", "nt"), "no such file"),
    (("export", "bad.ttl", "-o", "out", "--as", "nt"), "not RDF"),
    (("export", "deep.jsonld", "-o", "out", "--as", "nt"), "not RDF"),
    (("export", "deeper.jsonld", "-o", "out", "--as", "nt"), "not RDF"),
    (("export", "remote.jsonld", "-o", "out", "--as", "nt"), "not RDF"),
    (("export", "good.txt", "-o", "out", "--as", "xlsx"), "--as"),
    (("export", "good.txt", "-o", "out", "--as", ","), "--as"),
    (("export", "good.txt", "-o", "empty.txt", "--as", "nt"), "empty.txt"),
    (("export", "good.txt", "-o", "taken", "--as", "csv,nt"), "good.nt"),
    (("build", "good.txt", "-o", "out", "--also", "xlsx"), "--also"),
    (("compare", "x", "--on", "nothing"), "no index of a build"),
    (("compare", "x", "--on", "taken"), "no index of a build"),
    (("build", "rules", "-o", "o"), "no report found"),
    (("build", "good.txt", "-o", "o", "--format", "nquads", "--decisions", "bad.ttl"), "bad.ttl"),
    (("build", "good.txt", "-o", "o", "--format", "nquads", "--align", "bad.ttl"), "indicators"),
    (("query", "1", "--on", "taken"), "a directory, not a graph file"),
    (("query", "受理率", "--on", "small.ttl"), "可选 / choose: 10 "),
    (("query", "ASK { ?s a foo:Bar }", "--on", "small.ttl"), "need no PREFIX"),
    (("load", "taken", "store"), "a directory, not a graph file"),
    (("load", "small.ttl", "store", "--graph", "no iri"), "--graph: "),
    (("load", "small.ttl", "store", "--graph", ""), "--graph: "),
    (("load", "small.ttl", "http://127.0.0.1:9", "--graph", "urn:g", "--retries", "0"), "1 try: Connection refused"),
    (("load", "small.ttl", "ftp://127.0.0.1", "--graph", "urn:g"), "use http(s)://"),
    (("serve", "nothing", "--port", "0"), "no such file"),
    (("serve", "small.ttl", "--host", "203.0.113.9", "--port", "0"), "choose another --host"),
    (("export", "small.ttl", "-o", "out", "--as", "catalog", "--url", "nonsense"), "--url: "),
    (("export", "small.ttl", "-o", "out", "--as", "catalog", "--licence", "nonsense"), "--licence: "),
    (("export", "turtle", "-o", "out", "--as", "csv"), "a graph (RDF), not a report"),
    (("build", "turtle", "-o", "out"), "a graph (RDF), not a report"),
    (("diff", "data.json", "small.ttl"), "JSON, not a report"),
    (("diff", "taken", "small.ttl"), "directory"),
    (("why", "a", "--in", "data.json"), "JSON, not a report"),
    (("evaluate", "nothing.jsonl", "good.txt"), "nothing.jsonl"),
    (("evaluate", "gold.jsonl", "nothing.txt"), "no such file"),
    (("evaluate", ".", "good.txt"), "cannot read"),
    (("evaluate", "bad.jsonl", "good.txt"), "bad.jsonl"),
    (("evaluate", "deep.jsonl", "good.txt"), "deep.jsonl"),
    (("evaluate", "types.jsonl", "good.txt"), "types.jsonl"),
    (("evaluate", "other.jsonl", "good.txt"), "not of this report"),
    (("evaluate", "gold.jsonl", "good.txt", "--baseline", "good.txt"), "baseline"),
    (("evaluate", "gold.jsonl", "good.txt", "--baseline", "nothing.json"), "baseline"),
    (("evaluate", "gold.jsonl", "good.txt", "--baseline", "deep.jsonl"), "baseline"),
]

#: File → bytes, as users have them.
PLACE: dict[str, bytes] = {
    "good.txt": SENTENCE.encode(),
    "empty.txt": b"",
    "zeros.txt": bytes(100),
    "report.pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "image.txt": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "report.docx": b"PK\x03\x04" + bytes(26) + b"word/document.xml",
    "reports.zip": b"PK\x03\x04" + bytes(26) + b"a.txt",
    "report.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500),
    "bytes.bin": bytes(range(256)) * 4,
    "latin.txt": "Être ou ne pas être, là est la question. ".encode("latin-1") * 20,
    "big5.txt": "連雲港市人民政府印發養犬管理條例。".encode("big5") * 9,
    "cut.txt": SENTENCE.encode("utf-16")[:-1],
    "english.txt": b"Nothing here to see.",
    "chrome.txt": "首页\n打印\n关闭\n扫一扫\n".encode(),
    "chrome.html": "<html><body><div>首页</div><div>打印</div><div>关闭</div></body></html>".encode(),
    "scan.txt": "第1页\f\f\f\f".encode(),
    "bad.ttl": b"this is no Turtle",
    "empty.ttl": b"",
    "small.ttl": b"<https://example.org/a> <https://example.org/b> <https://example.org/c> .\n",
    "turtle": '@prefix a: <urn:a#> .\n<urn:a> a:b "连云港市人民政府印发办法。" .\n'.encode(),
    "data.json": '[{"text": "连云港市人民政府印发办法。"}]'.encode(),
    "gbk.rq": "SELECT * { ?s ?p '市' }".encode("gbk"),
    "load.rq": b"LOAD <http://127.0.0.1:9/graph.ttl>",
    "deep.jsonld": b"[" * 100_000,
    "deeper.jsonld": b'{"@id": "urn:a", "urn:b": ' * 3_000 + b"1" + b"}" * 3_000,
    "remote.jsonld": b'{"@context": "http://127.0.0.1:9/c", "@id": "urn:a", "b": "c"}',
    "bad.jsonl": b"{\n",
    "deep.jsonl": b"[" * 100_000,
    "types.jsonl": b'{"type": "Place", "start": "0", "end": 2, "text": "x"}\n',
    "gold.jsonl": b"",
    "other.jsonl": '{"type": "Place", "start": 0, "end": 2, "text": "南京"}\n'.encode(),
    "rules/torn/departments.yaml": b"names: [ {id: x, ",
    "rules/gbk/departments.yaml": "names:\n  - {id: x, label: 甲局}\n".encode("gbk"),
    "rules/odd/departments.yaml": "names:\n  - {id: x, label: 甲局, nonsense: 1}\n".encode(),
    "taken/good.html/index.txt": b"a directory where the page would go",
    "taken/good.nt/index.txt": b"a directory where N-Triples would go",
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with the files of `PLACE`, the working directory of the test."""
    folder = tmp_path / "place"
    for name, data in PLACE.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    monkeypatch.chdir(folder)
    return folder


def test_the_table_of_faults_has_every_verb() -> None:
    assert len(FAULTS) >= 70
    assert {arguments[0] for arguments, _ in FAULTS} == set(cli.commands)


@pytest.mark.parametrize(("arguments", "told"), FAULTS, ids=[" ".join(arguments)[:60] for arguments, _ in FAULTS])
def test_a_fault_is_one_line_and_exit_2(arguments: tuple[str, ...], told: str, place: Path) -> None:
    before = listing(place)
    result = kg(*arguments)
    assert result.exit_code == 2
    line = one_line(result)
    assert told in line
    assert "→" in line
    assert "internal error" not in line
    assert not result.stdout
    assert listing(place) == before


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("query", "1", "--on", "small.ttl"), 0),
        (("why", "连云港市", "--on", "small.ttl"), 1),
        (("diff", "small.ttl", "small.ttl"), 0),
        (("diff", "empty.ttl", "small.ttl"), 0),
    ],
)
def test_a_graph_without_a_report_is_told(arguments: tuple[str, ...], code: int, place: Path) -> None:
    """An empty answer about a graph of something else must not look like one about a report."""
    result = kg(*arguments)
    assert result.exit_code == code
    assert "small.ttl: 注意:图里没有报告 (note: no report in it)" in result.stderr


def test_queries_need_no_prefix_of_the_graph(place: Path) -> None:
    assert kg("query", "ASK { ?s a kg:Report }", "--on", "small.ttl").stdout == "false\n"
    result = kg("query", "SELECT ?s { ?s a kg:Report ; skos:prefLabel ?label }", "--on", "small.ttl")
    assert (result.exit_code, "no rows" in result.stderr) == (0, True)


def test_a_base_iri_for_a_graph_is_no_silent_wish(place: Path) -> None:
    result = kg("export", "small.ttl", "-o", "out", "--as", "nt", "--base-iri", "https://example.org/id/")
    assert result.exit_code == 0
    assert "graph files keep their IRIs" in result.stderr


def test_a_blank_name_is_wrong_usage(place: Path) -> None:
    result = kg("why", " ", "--on", "small.ttl")
    assert result.exit_code == 2
    assert "blank" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("build", "report.pdf", "-o", "out"), 2),
        (("build", "nothing.txt", "-o", "out"), 2),
        (("build", "good.txt", "-o", "empty.txt/out"), 2),
        (("build", "good.txt", "-o", "taken"), 2),
        (("query", "LOAD <http://127.0.0.1:9/>", "--on", "small.ttl"), 2),
        (("check-rules", "rules/odd"), 1),
        (("frobnicate",), 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else f"exit {value}",
)
def test_a_fault_as_a_process(arguments: tuple[str, ...], code: int, place: Path) -> None:
    """The same through the interpreter: nothing that starts or ends the process adds a line or changes the code."""
    before = listing(place)
    with process(*arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=place) as child:
        _, told = child.communicate(timeout=60)
    assert child.returncode == code
    assert b"Traceback" not in told
    if arguments[0] not in ("check-rules", "frobnicate"):
        assert told.count(b"\n") == 1
    assert listing(place) == before


@pytest.mark.skipif(sys.platform != "linux", reason="/proc lets nobody, not even root, make a directory")
def test_a_place_where_nothing_can_be_written(report: Path) -> None:
    result = kg("build", report, "-o", "/proc/kg-test/out")
    assert result.exit_code == 2
    assert "cannot write" in one_line(result)


@pytest.mark.skipif(os.name != "posix", reason="links as POSIX has them")
def test_a_link_to_itself_is_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "loop.txt").symlink_to("loop.txt")
    result = kg("build", tmp_path / "loop.txt", "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert "cannot be opened" in one_line(result)
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no such file names there")
def test_a_file_name_cannot_drive_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[31mb\u202ec.txt"
    path.write_text("nothing Chinese", encoding="utf-8")
    line = one_line(kg("extract", path))
    assert "a\\x1b[31mb\\u202ec.txt" in line
    assert line.rstrip("\n").isprintable()


@pytest.mark.parametrize("seconds", ["yesterday", "-5", "1.5", "253402300800", "9" * 5000, "\u0663"])
def test_a_date_that_is_none(seconds: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", seconds)
    result = kg("build", "--sample", "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert one_line(result).startswith("SOURCE_DATE_EPOCH: ")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("build",),
        ("build", "-o", "out"),
        ("build", "good.txt"),
        ("build", "-x"),
        ("build", "--sample", "-o", "out", "--nope"),
        ("nonsense",),
        ("--nope",),
        ("extract",),
        ("extract", "good.txt", "good.txt"),
        ("explain",),
        ("validate",),
        ("validate", "small.ttl", "--as", "yaml"),
        ("audit",),
        ("audit", "--sample", "--as", "yaml"),
        ("audit", "--sample", "--lang", "fr"),
        ("query", "--as", "xml"),
        ("query", "1", "2", "--on", "small.ttl"),
        ("evaluate",),
        ("evaluate", "gold.jsonl"),
        ("evaluate", "gold.jsonl", "good.txt", "gold.jsonl"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_2(arguments: tuple[str, ...], place: Path) -> None:
    """How to use it, then one line that says what is wrong."""
    before = listing(place)
    result = kg(*arguments)
    assert result.exit_code == 2
    assert not result.stdout
    usage, *_, last = result.stderr.splitlines()
    assert usage.startswith("Usage: ")
    assert last.startswith("Error: ")
    assert sum(line.startswith("Error: ") for line in result.stderr.splitlines()) == 1
    assert "Traceback" not in result.stderr
    assert listing(place) == before


def test_no_arguments_show_the_help() -> None:
    result = kg()
    assert result.exit_code == 2
    assert "Usage: " in result.stderr
    assert "build" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_an_unwritable_place(report: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    result = kg("build", report, "-o", locked)
    assert result.exit_code == 2
    assert "locked" in one_line(result)


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    for arguments in (("--debug", "extract", "no.txt"), ("extract", "no.txt", "--debug")):
        result = kg(*arguments)
        assert result.exit_code == 2
        assert "Traceback" in result.stderr
        assert "no.txt: " in result.stderr.splitlines()[-1]


def test_an_error_of_several_lines_is_told_in_one(monkeypatch: pytest.MonkeyPatch, report: Path) -> None:
    def fail(*_: object) -> None:
        raise KgError("one\ntwo\r\nthree", where="a\nb")

    monkeypatch.setattr(Extractor, "load", fail)
    monkeypatch.setenv("GOVKG_CACHE", "")  # the rules are loaded, not read back
    assert one_line(kg("extract", report)) == "a b: one two three\n"


# --- the other verbs


def test_extract_prints_the_annotations(run: Run, sample: Built, tmp_path: Path) -> None:
    """The bytes of the file, under a locale that knows no Chinese and under one whose encoding is GBK."""
    path = ROOT / "kg" / "data" / "sample" / f"{SAMPLE}.txt"
    expected = annotation_lines(sample.extraction)
    assert expected.count(b"\n") > 400
    assert b"\r" not in expected
    text = path.read_bytes().decode()
    for line in expected.decode().splitlines():
        record = json.loads(line)
        if record["kind"] == "mention":
            assert text[record["start"] : record["end"]] == record["text"]
    environments: tuple[dict[str, str], ...] = (
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "gbk"},
    )
    for environment in environments:
        result = run("extract", path, **environment)
        assert result.returncode == 0, result.stderr
        assert result.stdout == expected


def test_faults_survive_a_console_that_knows_no_chinese(run: Run) -> None:
    for environment in ({"PYTHONIOENCODING": "gbk"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}):
        result = run("explain", "市政府印发《办法》", "--issuer", "某某", **environment)
        assert result.returncode == 2
        assert "不认识的发文机关" in result.stderr.decode()
        told = run("explain", "市政府印发《办法》", "--issuer", "连云港市人民政府", **environment)
        assert told.returncode == 0
        assert "连云港市人民政府" in told.stdout.decode()


@pytest.mark.skipif(sys.platform != "linux", reason="only there file names are bytes")
def test_a_name_that_is_not_utf_8_can_be_told(run: Run, tmp_path: Path) -> None:
    name = os.fsdecode("没有.txt".encode("gbk"))
    result = run("extract", name)
    assert result.returncode == 2
    told = result.stderr.decode()
    assert told.count("\n") == 1
    assert "\\udcd3" in told
    (tmp_path / name).write_text(SENTENCE, encoding="utf-8")
    built = run("build", name, "-o", "out")
    assert built.returncode == 0, built.stderr.decode()
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted("没有" + ending for ending in ENDINGS)


def test_explain() -> None:
    text = kg("explain", "市司法局印发《办法》,推进各项制度。", "--issuer", "连云港市人民政府")
    assert text.exit_code == 0
    assert "连云港市司法局" in text.stdout
    assert "泛指" in text.stdout
    values = json.loads(kg("explain", "市司法局印发《办法》。", "--as", "json").stdout)
    assert set(values) == {"text", "issuer", "mentions", "statements", "near_misses"}


def test_check_rules_counts() -> None:
    result = kg("check-rules")
    assert result.exit_code == 0, result.stdout
    assert "全部通过" in result.stdout
    for unit in ("patterns", "templates", "examples", "counterexamples"):
        assert unit in result.stdout


def test_check_rules_lists_every_problem(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(
        """
patterns:
  - {id: broken, set: rank, pattern: '(甲', examples: ['<甲>'], counterexamples: ['乙']}
  - {id: unknown-list, set: rank, pattern: '$nowhere甲', examples: ['<甲>'], counterexamples: ['乙']}
  - {id: fails, set: rank, pattern: '甲乙', examples: ['<甲丙>', '<甲丁>'], counterexamples: ['甲乙']}
  - {id: fine, set: rank, pattern: '甲乙', examples: ['<甲乙>'], counterexamples: ['乙']}
templates:
  - id: misses
    predicate: nonsense
    template: '印发{object:Regulation}'
    examples: [{text: '起草[R:《办法》]', gives: ['* issues 《办法》']}]
""",
        encoding="utf-8",
    )
    (tmp_path / "yaml.yaml").write_text("a: [", encoding="utf-8")
    result = kg("check-rules", tmp_path)
    assert result.exit_code == 1
    for told in (
        "own.yaml broken",
        "own.yaml unknown-list",
        "<甲丙>",
        "<甲丁>",
        "counterexample hit: 甲乙",
        "nonsense",
        "起草",
        "yaml.yaml: not YAML",
    ):
        assert told in result.stdout, told
    *problems, _, last = result.stdout.splitlines()
    assert len(problems) == 8
    assert last.startswith("8 处问题")
    assert "own.yaml fine" not in result.stdout


def test_check_rules_notes_ambiguous_names(tmp_path: Path) -> None:
    (tmp_path / "departments.yaml").write_text(
        "names:\n  - {id: a, label: 甲局, aliases: [某局]}\n  - {id: b, label: 乙局, aliases: [某局]}\n",
        encoding="utf-8",
    )
    result = kg("check-rules", tmp_path)
    assert result.exit_code == 0
    assert "某局" in result.stderr


def test_validate(graph: Path, tmp_path: Path) -> None:
    good = kg("validate", graph)
    assert (good.exit_code, good.stderr) == (0, "")
    assert "conforms" in good.stdout
    bad = tmp_path / "bad.ttl"
    text = graph.read_text(encoding="utf-8")
    cut = text.replace("kg:evidence ", "kg:evidenceX ")
    assert cut != text
    bad.write_text(cut, encoding="utf-8")
    result = kg("validate", bad)
    assert result.exit_code == 1
    assert "violation" in result.stdout
    values = json.loads(kg("validate", bad, "--as", "json").stdout)
    assert len(values) >= 100
    columns = ["severity", "shape", "message", "fact", "report", "file", "begin", "end", "quote", "focus", "path"]
    columns += ["value"]
    assert sorted(values[0]) == sorted(columns)
    unsupported = [value for value in values if value["shape"] == "StatementEvidence"]
    assert unsupported
    assert all(value["message"] == "陈述没有原文证据" for value in unsupported)
    assert all("证据" in value["fact"] and value["report"] and value["file"] for value in unsupported)
    english = json.loads(kg("validate", bad, "--as", "json", "--lang", "en").stdout)
    assert {v["message"] for v in english if v["shape"] == "StatementEvidence"} == {"a statement without evidence"}
    assert len(english) == len(values)
    placed = [value for value in values if value["begin"] is not None]
    assert placed
    assert all(0 <= value["begin"] < value["end"] for value in placed)
    rows = list(csv.reader(kg("validate", bad, "--as", "csv").stdout.splitlines()))
    assert len(rows) == len(values) + 1


def test_validating_a_graph_without_a_report_says_so() -> None:
    result = kg("validate", ROOT / "ontology" / "kg.ttl")
    assert result.exit_code == 0
    assert "no report" in result.stderr


def test_query_lists_the_questions() -> None:
    result = kg("query")
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) >= 26  # header, rule, 24 questions
    assert "01-documents-issued" in result.stdout
    assert len(json.loads(kg("query", "--as", "json").stdout)["results"]["bindings"]) >= 24


def test_query_by_number_name_file_and_text(graph: Path, tmp_path: Path) -> None:
    by_number = kg("query", "3", "--on", graph)
    assert by_number.exit_code == 0
    assert by_number.stdout == kg("query", "documents-by-type", "--on", graph).stdout
    file = tmp_path / "mine.rq"
    file.write_text("SELECT (COUNT(?s) AS ?n) { ?s a <https://govkg.example/ns#Report> }", encoding="utf-8")
    rows = list(csv.reader(kg("query", file, "--on", graph, "--as", "csv").stdout.splitlines()))
    assert rows == [["n"], ["1"]]
    asked = kg("query", "ASK { ?s a <https://govkg.example/ns#Report> }", "--on", graph, "--as", "json")
    assert json.loads(asked.stdout)["boolean"] is True


def test_evaluate(tmp_path: Path, report: Path, extractor: object) -> None:
    """Gold records made of the extraction itself: with one record more, recall falls."""
    gold = tmp_path / "gold.jsonl"
    gold.write_text(kg("extract", report).stdout, encoding="utf-8")
    table = kg("evaluate", gold, report)
    assert table.exit_code == 0
    assert "Department mention strict    P 1.000  R 1.000  F1 1.000   (1 of 1 gold, 1 predicted)" in table.stdout
    assert "local-gazetteer" in table.stdout
    baseline = tmp_path / "baseline.json"
    baseline.write_text(kg("evaluate", gold, report, "--as", "json").stdout, encoding="utf-8")
    same = kg("evaluate", gold, report, "--baseline", baseline)
    assert same.exit_code == 0
    assert "失 lost: 0" in same.stdout
    record = {"kind": "mention", "type": "Place", "start": 0, "end": 4, "text": "连云港市", "entity": "连云港市"}
    with gold.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(record) + "\n")
    worse = kg("evaluate", gold, report, "--errors")
    assert worse.exit_code == 0
    assert "报告 missed Place 0-4 连云港市 -> 连云港市" in worse.stdout
    better = tmp_path / "better.json"
    values = json.loads(baseline.read_text(encoding="utf-8"))
    values["figures"]["Place mention strict"] = {"f1": 1.0}
    values["hits"].append("报告 Place 0-4 连云港市")
    better.write_text(json.dumps(values), encoding="utf-8")
    dropped = kg("evaluate", gold, report, "--baseline", better)
    assert dropped.exit_code == 1
    assert "missed: 报告 Place 0-4 连云港市" in dropped.stdout
    assert "dropped: Place mention strict F1 1.0000 → 0.0000" in dropped.stdout
    told = json.loads(kg("evaluate", gold, report, "--baseline", better, "--as", "json").stdout)["comparison"]
    assert told["lost"] == ["missed: 报告 Place 0-4 连云港市"]


# --- the process


def test_help_is_light_and_in_both_languages(run: Run) -> None:
    result = run("--help")
    assert result.returncode == 0
    text = result.stdout.decode()
    assert "Exit codes: 0 done" in text
    assert "退出码" in text
    for verb in ("audit", "build", "extract", "explain", "check-rules", "validate", "query", "evaluate"):
        assert verb in text


@pytest.mark.parametrize("verb", ["", *sorted(cli.commands)])
def test_help_says_it_in_english_and_in_chinese(verb: str) -> None:
    result = kg(*verb.split(), "--help")
    assert result.exit_code == 0
    usage = result.stdout.partition("Options:")[0]
    prose = [line.strip() for line in usage.splitlines()[1:] if line.strip()]
    chinese = [line for line in prose if any("\u4e00" <= c <= "\u9fff" for c in line)]
    english = [line for line in prose if line.isascii() and len(line.split()) >= 4]
    assert chinese, f"{verb} --help has no Chinese line"
    assert english, f"{verb} --help has no English line"


def test_version(run: Run) -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert run("--version").stdout.decode().strip() == f"kg, version {project['version']}"


def process(*arguments: str | Path, **more: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "kg", *map(str, arguments)], env={**os.environ, "PYTHONPATH": str(ROOT)}, **more
    )


@pytest.mark.skipif(os.name != "posix", reason="pipes and signals as POSIX has them")
@pytest.mark.parametrize("lines", [0, 1])
def test_a_reader_that_goes_away_is_no_fault(lines: int) -> None:
    """`kg extract … | head -1`, and a reader that is gone before the first line."""
    path = ROOT / "kg" / "data" / "sample" / f"{SAMPLE}.txt"
    with process("extract", path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        for _ in range(lines):
            assert json.loads(child.stdout.readline())
        child.stdout.close()
        assert child.stderr.read() == b""
    assert child.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_behind_standard_output(tmp_path: Path) -> None:
    with open("/dev/full", "wb") as full, process("query", stdout=full, stderr=subprocess.PIPE) as child:
        assert child.stderr is not None
        told = child.stderr.read().decode()
    assert child.returncode == 2
    assert told.count("\n") == 1
    assert "No space left" in told


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_ctrl_c_is_quiet_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    reports = []
    text = (ROOT / "kg" / "data" / "sample" / f"{SAMPLE}.txt").read_text(encoding="utf-8")
    for number in range(40):
        reports.append(tmp_path / f"r{number}.txt")
        reports[-1].write_text(text, encoding="utf-8")
    out = tmp_path / "out"
    with process("build", *reports, "-o", out, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as child:
        deadline = time.monotonic() + 60
        while not (out.is_dir() and list(out.glob("*.json"))) and time.monotonic() < deadline:
            time.sleep(0.01)
        child.send_signal(signal.SIGINT)
        assert child.stderr is not None
        told = child.stderr.read().decode()
    assert child.returncode == 130
    assert all(line.startswith("[") or "figures disagree" in line for line in told.splitlines())
    assert "Traceback" not in told
    names = [path.name for path in out.iterdir()]
    assert not [name for name in names if name.startswith(".") or name.endswith(".tmp")]
    assert 0 < len(names) < 40 * len(ENDINGS)
    stems = {name.partition(".")[0] for name in names}
    assert sorted(names) == sorted(stem + ending for stem in stems for ending in ENDINGS)


def test_the_installed_layout_works(tmp_path: Path, sample: Built) -> None:
    """As a wheel lays it out: the ontology inside the package, no checkout anywhere near."""
    site = tmp_path / "site"
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "kg", site / "kg", ignore=ignore)
    shutil.copytree(ROOT / "ontology", site / "kg" / "ontology", ignore=ignore)
    result = subprocess.run(
        [sys.executable, "-m", "kg", "build", "--sample", "-o", "out"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr.decode()
    assert {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()} == dict(sample.files)
    listed = subprocess.run(
        [sys.executable, "-m", "kg", "query"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        check=True,
    )
    assert len(listed.stdout.splitlines()) >= 26
