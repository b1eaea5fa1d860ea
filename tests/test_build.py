"""One report to all its files: what is written, that it is whole, that it is the same every time."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pyoxigraph
import pytest

import kg
from kg.build import ENDINGS, SAMPLE, Built, build, output_name, read_report, readable, sample_report, write
from kg.errors import GraphError, StoreError
from kg.extract import Extractor
from kg.read import read_text
from kg.validate import Finding

ROOT = Path(__file__).resolve().parent.parent


def test_the_sample_is_the_seed_byte_for_byte(shared: Path) -> None:
    shipped = ROOT / "kg" / "data" / "sample" / f"{SAMPLE}.txt"
    assert shipped.read_bytes() == (shared / "seed" / f"{SAMPLE}.txt").read_bytes()


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
