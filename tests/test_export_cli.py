"""`kg export` and `kg build --also`: what is written where, all or nothing, and one line for each fault."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pyoxigraph
import pytest
from click.testing import CliRunner, Result

from kg.build import ENDINGS, SAMPLE, graph_of, sample_report
from kg.cli import cli
from kg.describe.terms import T
from kg.export import FORMATS, export, file_names
from kg.extract import Extractor

SENTENCE = "连云港市人民政府印发《连云港市养犬管理条例》,新收行政复议案件471件。"


def kg(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def one_line(result: Result) -> str:
    assert result.stderr.count("\n") == 1, result.stderr
    assert "Traceback" not in result.stderr
    return str(result.stderr)


def listing(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(autouse=True)
def loaded_once(extractor: Extractor, monkeypatch: pytest.MonkeyPatch) -> None:
    load = Extractor.load
    monkeypatch.setattr(Extractor, "load", lambda *rules: load(*rules) if rules else extractor)
    monkeypatch.setenv("GOVKG_CACHE", "")


@pytest.fixture(scope="module")
def expected(extractor: Extractor) -> Mapping[str, bytes]:
    return export(graph_of(sample_report(), extractor).dataset, list(FORMATS), name=SAMPLE)


@pytest.fixture
def reports(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "甲.txt", tmp_path / "乙.txt"]
    for path in paths:
        path.write_text(f"{path.stem}:{SENTENCE}", encoding="utf-8")
    return paths


def test_every_format_of_a_text(tmp_path: Path, expected: Mapping[str, bytes]) -> None:
    result = kg("export", "--sample", "-o", tmp_path / "out", "--as", "all")
    assert result.exit_code == 0, result.stderr
    assert listing(tmp_path / "out") == dict(expected)
    assert result.stdout.splitlines() == [str(tmp_path / "out" / name) for name in expected]
    assert result.stderr == ""


@pytest.mark.parametrize("ending", [".trig", ".ttl", ".jsonld"])
def test_a_graph_file_is_exported_as_its_text_is(ending: str, tmp_path: Path, expected: Mapping[str, bytes]) -> None:
    source = tmp_path / f"{SAMPLE}{ending}"
    source.write_bytes(expected[source.name])
    result = kg("export", source, "-o", tmp_path, "--as", "csv,graphml", "--as", "nt,anno,gexf,parquet")
    assert result.exit_code == 0, result.stderr
    made = listing(tmp_path)
    assert made == {name: expected[name] for name in made}
    assert len(made) == 1 + 7 + 7 + 4


def test_build_also_writes_them_beside_its_own(tmp_path: Path, expected: Mapping[str, bytes]) -> None:
    result = kg("build", "--sample", "-o", tmp_path, "--also", "csv,jsonld", "--also", "gexf,ttl")
    assert result.exit_code == 0, result.stderr
    made = listing(tmp_path)
    also = [name for name in file_names(SAMPLE, ["jsonld", "gexf", "csv"]) if name in expected]
    assert set(made) == {*(SAMPLE + ending for ending in ENDINGS), *also}
    assert all(made[name] == expected[name] for name in [*also, f"{SAMPLE}.ttl", f"{SAMPLE}.trig"])


def test_build_all_formats(tmp_path: Path, expected: Mapping[str, bytes]) -> None:
    result = kg("build", "--sample", "-o", tmp_path, "--all-formats")
    assert result.exit_code == 0, result.stderr
    made = listing(tmp_path)
    assert set(made) == {*(SAMPLE + ending for ending in ENDINGS), *expected}
    assert {name for name in expected if made[name] != expected[name]} == {f"{SAMPLE}.catalog.ttl"}  # tells more files


def test_several_sources_and_the_folders_catalogue(tmp_path: Path, reports: list[Path]) -> None:
    out = tmp_path / "out"
    result = kg(
        "export",
        *reports,
        "-o",
        out,
        "--as",
        "turtle,catalog",
        "--licence",
        "https://l.example/",
        "--url",
        "https://d.example",
    )
    assert result.exit_code == 0, result.stderr
    assert sorted(listing(out)) == sorted(["catalog.ttl", "甲.ttl", "甲.catalog.ttl", "乙.ttl", "乙.catalog.ttl"])

    def objects(name: str, curie: str) -> set[str]:
        quads = pyoxigraph.parse((out / name).read_bytes(), format=pyoxigraph.RdfFormat.TURTLE)
        return {str(q.object) for q in quads if str(q.predicate) == T[curie]}

    own = {name: objects(f"{name}.catalog.ttl", "dcat:downloadURL") for name in ("甲", "乙")}
    assert own == {"甲": {"<https://d.example/%E7%94%B2.ttl>"}, "乙": {"<https://d.example/%E4%B9%99.ttl>"}}
    assert len(objects("catalog.ttl", "dcat:dataset")) == 2
    assert objects("甲.catalog.ttl", "dct:license") == {"<https://l.example/>"}
    before = listing(out)
    again = kg(
        "export",
        *reversed(reports),
        "-o",
        out,
        "--as",
        "turtle,catalog",
        "--licence",
        "https://l.example/",
        "--url",
        "https://d.example/",
    )
    assert again.exit_code == 0
    assert listing(out) == before


def test_a_source_that_fails_does_not_stop_the_others(tmp_path: Path, reports: list[Path]) -> None:
    bad = tmp_path / "坏.ttl"
    bad.write_text("[] a <urn:x> .")
    result = kg("export", bad, *reports, "-o", tmp_path / "out", "--as", "nt")
    assert result.exit_code == 1
    assert sorted(listing(tmp_path / "out")) == ["乙.nt", "甲.nt"]
    assert "空白节点" in result.stderr
    assert "Traceback" not in result.stderr


def test_names_of_graph_files(tmp_path: Path, expected: Mapping[str, bytes]) -> None:
    for name in ("a.b.jsonld", "2020.12月.trig"):
        (tmp_path / name).write_bytes(expected[f"{SAMPLE}{Path(name).suffix}"])
        assert kg("export", tmp_path / name, "-o", tmp_path, "--as", "nt").exit_code == 0
    assert {path.name for path in tmp_path.glob("*.nt")} == {"a.b.nt", "2020.12月.nt"}


def test_the_graph_may_be_asked_and_validated_as_json_ld(tmp_path: Path, expected: Mapping[str, bytes]) -> None:
    path = tmp_path / "x.jsonld"
    path.write_bytes(expected[f"{SAMPLE}.jsonld"])
    assert kg("validate", path).exit_code == 0
    answers = []
    for ending in (".jsonld", ".ttl"):
        (tmp_path / f"y{ending}").write_bytes(expected[SAMPLE + ending])
        answers.append(kg("query", "1", "--on", tmp_path / f"y{ending}", "--as", "csv").stdout)
    assert answers[0] == answers[1]
    assert answers[0].count("\n") > 5


def test_a_graph_without_reports_is_said_to_be_one(tmp_path: Path) -> None:
    path = tmp_path / "x.nt"
    path.write_text("<urn:a> <urn:b> <urn:c> .\n")
    result = kg("export", path, "-o", tmp_path / "out", "--as", "turtle,csv")
    assert result.exit_code == 0
    assert "没有报告" in one_line(result)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["{a}", "-o", "{out}", "--as", "docx"], "docx"),
        (["{a}", "-o", "", "--as", "nt"], "-o"),
        (["{a}", "-o", "{out}", "--as", "nt", "--base-iri", "x"], "--base-iri"),
        (["{a}", "{a}", "-o", "{out}", "--as", "nt"], "同名"),
        (["{nothing}", "-o", "{out}", "--as", "nt"], "nothing"),
        (["{nothing}.ttl", "-o", "{out}", "--as", "nt"], "cannot open"),
        (["{a}", "-o", "{out}", "--as", "catalog", "--url", "no url"], "IRI"),
        (["{a}", "-o", "{out}", "--as", "catalog", "--licence", "CC-BY"], "IRI"),
        (["{catalog}", "{a}", "-o", "{out}", "--as", "ttl,catalog"], "catalog.ttl"),
    ],
)
def test_faults_are_one_line_and_write_nothing(
    arguments: list[str], told: str, tmp_path: Path, reports: list[Path]
) -> None:
    (tmp_path / "catalog.txt").write_text(SENTENCE, encoding="utf-8")
    names = {
        "a": reports[0],
        "out": tmp_path / "out",
        "nothing": tmp_path / "nothing",
        "catalog": tmp_path / "catalog.txt",
    }
    result = kg("export", *(argument.format(**names) for argument in arguments))
    assert result.exit_code == 2
    assert told in one_line(result)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "arguments", [["-o", "out", "--as", "nt"], ["--sample", "-o", "out"], ["--sample", "--as", "nt"]]
)
def test_wrong_usage(arguments: list[str]) -> None:
    assert kg("export", *arguments).exit_code == 2


def test_no_source_is_overwritten(tmp_path: Path, expected: Mapping[str, bytes]) -> None:
    source = tmp_path / "x.ttl"
    source.write_bytes(expected[f"{SAMPLE}.ttl"])
    result = kg("export", source, "-o", tmp_path, "--as", "all")
    assert result.exit_code == 2
    assert "覆盖" in one_line(result)
    assert list(listing(tmp_path)) == ["x.ttl"]


@pytest.mark.parametrize("verb", [["export", "--as", "csv,nt,catalog"], ["build", "--also", "csv,nt,catalog"]])
def test_all_or_nothing(verb: list[str], tmp_path: Path) -> None:
    """One of the many files cannot be written: none of the others changes."""
    out = tmp_path / "out"
    (out / f"{SAMPLE}.mentions.csv").mkdir(parents=True)
    (out / f"{SAMPLE}.nt").write_bytes(b"old")
    result = kg(*verb, "--sample", "-o", out)
    assert result.exit_code == 2
    assert "mentions.csv" in result.stderr.splitlines()[-1]  # `kg build` says before that which figures disagree
    assert "Traceback" not in result.stderr
    assert listing(out) == {f"{SAMPLE}.nt": b"old"}


def test_a_fault_of_one_format_leaves_all_unwritten(tmp_path: Path, expected: Mapping[str, bytes]) -> None:
    source = tmp_path / "x.nt"
    number = '"{}"^^<http://www.w3.org/2001/XMLSchema#decimal>'
    text = expected[f"{SAMPLE}.nt"].decode().replace(number.format("88.4"), number.format("9" * 40))
    source.write_text(text, encoding="utf-8")
    result = kg("export", source, "-o", tmp_path / "out", "--as", "csv,parquet")
    assert result.exit_code == 2
    assert "Parquet" in one_line(result)
    assert not (tmp_path / "out").exists()


def test_all_without_pyarrow_leaves_parquet_out_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys
    from importlib import util

    find = util.find_spec
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setattr(util, "find_spec", lambda name, *more: None if name == "pyarrow" else find(name, *more))
    result = kg("export", "--sample", "-o", tmp_path / "out", "--as", "all")
    assert result.exit_code == 0
    assert "govkg[parquet]" in one_line(result)
    endings = {path.suffix for path in (tmp_path / "out").iterdir()}
    assert ".parquet" not in endings
    assert {".csv", ".gexf", ".jsonld"} <= endings
    asked = kg("export", "--sample", "-o", tmp_path / "more", "--as", "all,parquet")
    assert asked.exit_code == 2
    assert "pip install 'govkg[parquet]'" in one_line(asked)
    assert not (tmp_path / "more").exists()


def test_a_long_name_and_every_ending(tmp_path: Path) -> None:
    """76 Chinese characters and the longest ending: within 255 bytes, and so written."""
    report = tmp_path / f"{'长' * 76}.txt"
    report.write_text(SENTENCE, encoding="utf-8")
    result = kg("build", report, "-o", tmp_path / "out", "--all-formats")
    assert result.exit_code == 0, result.stderr
    assert max(len(os.fsencode(path.name)) for path in (tmp_path / "out").iterdir()) > 240


def test_as_processes_under_another_seed_and_locale(
    tmp_path: Path, run: Callable[..., object], expected: Mapping[str, bytes]
) -> None:
    for number, locale in enumerate(("C", "zh_CN.GBK")):
        run("export", "--sample", "-o", str(number), "--as", "all", PYTHONHASHSEED=str(number + 7), LC_ALL=locale)
        assert listing(tmp_path / str(number)) == dict(expected)
