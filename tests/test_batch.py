"""Many reports: found, built once, kept, merged, written in parts; the same bytes on every way to them."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph
import pytest
from click.testing import CliRunner

from kg.audit import audit
from kg.batch import cluster as cluster_module
from kg.batch import work as work_module
from kg.batch.align import Alignment
from kg.batch.amend import Amendment
from kg.batch.cluster import Cluster
from kg.batch.compare import compare
from kg.batch.find import find
from kg.batch.identity import Change
from kg.batch.index import Index
from kg.batch.parts import check
from kg.batch.pool import WorkerDied, calls
from kg.batch.run import Outcome, build_many, settings_of
from kg.batch.settings import Settings
from kg.build import read_report
from kg.cli import cli
from kg.describe import RunInfo, describe
from kg.errors import GraphError, KgError, RuleError, StoreError
from kg.extract import Extractor, extract
from kg.model import Kind
from kg.validate import validate
from kg.vocabulary import BASE, mint

ROOT = Path(__file__).resolve().parent.parent

CITIES = {"连云港市": "320700", "淮安市": "320800", "盐城市": "320900"}


def text(city: str, year: int, cases: int, more: str = "") -> str:
    """A report of a few sentences, issued by a city."""
    return (
        f"{city}人民政府{year}年法治政府建设工作报告\n\n"
        f"{year}年,{city}人民政府印发《{city}养犬管理条例》,市司法局落实《中华人民共和国民法典》。"
        f"全市受理行政复议案件{cases}件。市司法局开展“法润江淮”专项行动。{more}\n\n"
        f"{city}人民政府\n{year + 1}年1月20日\n"
    )


def fill(folder: Path) -> None:
    """Twelve reports of three cities, in folders of the cities."""
    for number, city in enumerate(CITIES):
        (folder / city).mkdir(parents=True, exist_ok=True)
        for year in range(2019, 2023):
            (folder / city / f"{year}.txt").write_text(text(city, year, 100 + 10 * number + year % 7), encoding="utf-8")


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of an output but the cache, with its bytes."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".govkg" not in path.relative_to(folder).parts
    }


def settings(output: Path, form: str = "nquads", **further: object) -> Settings:
    made = settings_of(str(output), base=BASE)
    return replace(made, form=form, checked=False, **further)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def loaded_once(extractor: Extractor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in this process shares the loaded rules."""
    monkeypatch.setattr(work_module, "_extractor", lambda rules: extractor)


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    fill(tmp_path / "in")
    return tmp_path / "in"


def quads(folder: Path) -> set[str]:
    """All lines of a partitioned output."""
    return {
        line
        for path in sorted(folder.glob("*.nq.gz"))
        for line in gzip.decompress(path.read_bytes()).decode().splitlines(keepends=True)
    }


# --- finding


def test_folders_of_any_depth_links_that_loop_and_what_is_left_out(tmp_path: Path) -> None:
    top = tmp_path / "in"
    deep = top.joinpath(*"abcdefghij")
    deep.mkdir(parents=True)
    (deep / "深.txt").write_text("x")
    (deep / "loop").symlink_to(top, target_is_directory=True)
    (deep / "self").symlink_to(deep / "self")
    for name in ("甲.TXT", "乙.html", "丙.htm", "丁.md", ".hidden.txt", "no.pdf", "no.ttl", "Same.txt", "same.html"):
        (top / name).write_text("x")
    (top / ".git").mkdir()
    (top / ".git" / "x.txt").write_text("x")
    (top / "out").mkdir()
    (top / "out" / "y.txt").write_text("x")
    (top / "broken.txt").symlink_to(tmp_path / "nowhere")
    os.mkfifo(top / "pipe.txt")
    for name in ("page.html", "page.trig", "page.summary.json"):  # of an earlier build
        (top / name).write_text("x")
    found = find([str(top)], str(top / "out"))
    names = ["a/b/c/d/e/f/g/h/i/j/深.txt", "甲.TXT", "乙.html", "丙.htm", "丁.md", "Same.txt", "same.html"]
    assert [one.name for one in found] == sorted([*names, "broken.txt", "pipe.txt"])
    assert {one.name for one in found if one.fault} == {"broken.txt", "pipe.txt"}
    outputs = {one.name: one.output for one in found}
    assert outputs["甲.TXT"] == "甲"
    assert outputs["a/b/c/d/e/f/g/h/i/j/深.txt"] == "a/b/c/d/e/f/g/h/i/j/深"
    assert (outputs["Same.txt"], outputs["same.html"]) == ("Same.txt", "same.html")


def test_several_arguments_keep_their_names_apart(tmp_path: Path) -> None:
    for name in ("a/x.txt", "b/x.txt", "c/a/x.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    names = [one.name for one in find([str(tmp_path / "b"), str(tmp_path / "a")], str(tmp_path / "out"))]
    assert names == ["a/x.txt", "b/x.txt"]
    with pytest.raises(KgError, match="one name"):
        find([str(tmp_path / "a"), str(tmp_path / "c" / "a")], str(tmp_path / "out"))
    with pytest.raises(KgError, match="no such file"):
        find([str(tmp_path / "none")], str(tmp_path / "out"))


def test_an_output_that_would_overwrite_a_report_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.html").write_text("<p>报告</p>")
    with pytest.raises(KgError, match="overwrite"):
        find([str(tmp_path)], str(tmp_path))


# --- one bad report, several ways to the same bytes


def test_bad_reports_are_rows_and_the_rest_is_built(reports: Path, tmp_path: Path) -> None:
    (reports / "坏.txt").write_bytes(b"%PDF-1.4 ...")
    (reports / "gone.txt").symlink_to(tmp_path / "nowhere")
    shutil.copy(reports / "淮安市" / "2019.txt", reports / "淮安市" / "复本.txt")
    outcome = build_many([str(reports)], settings(tmp_path / "out"))
    assert outcome.statuses == {"duplicate": 1, "failed": 2, "ok": 12}
    lines = (tmp_path / "out" / "reports.tsv").read_text(encoding="utf-8").splitlines()
    rows = [dict(zip(lines[0].split("\t"), line.split("\t"), strict=True)) for line in lines[1:]]
    assert [row["report"] for row in rows] == sorted(row["report"] for row in rows)
    by_name = {row["report"]: row for row in rows}
    assert "PDF" in by_name["坏.txt"]["reason"]
    assert str(tmp_path) not in "".join(lines)
    assert by_name["淮安市/复本.txt"]["reason"] == "same text as 淮安市/2019.txt"
    assert by_name["连云港市/2020.txt"]["issuer"] == "连云港市人民政府"
    assert by_name["连云港市/2020.txt"]["year"] == "2020"
    assert int(by_name["连云港市/2020.txt"]["quads"]) > 100


def test_a_fault_of_the_program_is_a_row_and_tried_again(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = extract

    def extract_or_break(report: object, extractor: Extractor) -> object:
        if getattr(report, "year", None) == 2021:
            raise RecursionError("too deep")
        return real(report, extractor)  # type: ignore[arg-type]

    monkeypatch.setattr(work_module, "extract", extract_or_break)
    outcome = build_many([str(reports)], settings(tmp_path / "out"))
    assert outcome.statuses == {"failed": 3, "ok": 9}
    monkeypatch.undo()
    outcome = build_many([str(reports)], settings(tmp_path / "out"))
    assert (outcome.statuses, outcome.built) == ({"ok": 12}, 3)


def test_the_parts_hold_what_describe_says_of_all_reports(reports: Path, tmp_path: Path, extractor: Extractor) -> None:
    """The graphs of reports, labels voted over all of them included, and the run, of an independent description."""
    # One law under two wordings, so that labels have to be voted on.
    (reports / "x.txt").write_text(text("盐城市", 2018, 7, "市政府依据《民法典》制定规则。"), encoding="utf-8")
    rate = "收到行政复议申请471件,受理411件,受理率88.4%。"  # for the audit
    (reports / "y.txt").write_text(text("盐城市", 2017, 7, rate), encoding="utf-8")
    build_many([str(reports)], settings(tmp_path / "out", partitions=4))
    extractions = [extract(read_report(one.path), extractor) for one in find([str(reports)], "-")]
    checks = [check for extraction in extractions for check in audit(extraction, extractor.auditing)]
    whole = describe(extractions, run=RunInfo(version(), extractor.digest), checks=checks)
    expected = {f"{s} {p} {o} {g} .\n" for s, p, o, g in whole}
    assert any("ns#Check>" in line for line in expected - {line for line in expected if "/graph/ontology>" in line})
    # Counts over all graphs together are not in the partitioned form: they would need all of them at once.
    over_all = list(expected - quads(tmp_path / "out"))
    assert quads(tmp_path / "out") <= expected
    assert len(over_all) == 2
    assert all("void#" in line and "/dataset/" in line for line in over_all)


def version() -> str:
    from kg import __version__

    return __version__


def test_oxigraph_loads_the_parts_and_the_manifest_counts_right(reports: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    outcome = build_many([str(reports)], settings(out, partitions=4))
    told = json.loads((out / "manifest.json").read_bytes())
    store = pyoxigraph.Store(str(tmp_path / "db"))
    for entry in (told["shared"], *told["partitions"]):
        data = gzip.decompress((out / entry["file"]).read_bytes())
        assert data.count(b"\n") == entry["quads"]
        store.bulk_load(data, format=pyoxigraph.RdfFormat.N_QUADS)
    assert len(store) == told["totals"]["quads"] == outcome.quads
    answer = store.query(
        "PREFIX kg: <https://govkg.example/ns#> SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?r a kg:Report } }"
    )
    assert isinstance(answer, pyoxigraph.QuerySolutions)
    assert int(next(iter(answer))[0].value) == 12
    assert [entry["reports"] for entry in told["partitions"]] != [12, 0, 0, 0]
    assert check(out) == []
    loaded = CliRunner().invoke(
        cli, ["load", *map(str, sorted(out.glob("*.nq.gz"))), str(tmp_path / "by-kg-load")], catch_exceptions=False
    )
    assert loaded.exit_code == 0, loaded.stderr
    assert len(pyoxigraph.Store.read_only(str(tmp_path / "by-kg-load"))) >= outcome.quads
    (out / "part-00001.nq.gz").write_bytes(b"")
    assert check(out) == ["part-00001.nq.gz"]
    # gzip headers bear no clock and no name.
    assert (out / "part-00000.nq.gz").read_bytes()[3:8] == b"\0" * 5


def test_zstd_partitions_are_read_by_kg_load_and_hold_what_gzip_holds(reports: Path, tmp_path: Path) -> None:
    zstandard = pytest.importorskip("zstandard", reason="pip install 'govkg[zstd]'")
    out = tmp_path / "out"
    code, told = invoke(
        *("build", reports, "-o", out, "--format", "nquads", "--no-validate", "--partitions", "2", "--quiet"),
        *("--compress", "zstd"),
    )
    assert code == 0, told
    files = sorted(out.glob("*.nq.zst"))
    assert [path.name for path in files] == ["part-00000.nq.zst", "part-00001.nq.zst", "shared.nq.zst"]
    values = json.loads((out / "manifest.json").read_bytes())
    assert values["compression"] == "zstd"
    assert check(out) == []
    lines = set()
    for path in files:
        reader = zstandard.ZstdDecompressor().stream_reader(path.read_bytes(), read_across_frames=True)
        lines |= set(reader.read().decode().splitlines(keepends=True))
    build_many([str(reports)], settings(tmp_path / "gzip", partitions=2))
    assert lines == quads(tmp_path / "gzip")
    store = tmp_path / "store"
    code, told = invoke("load", *files, store)
    assert code == 0, told
    assert len(pyoxigraph.Store.read_only(str(store))) == values["totals"]["quads"] == len(lines)
    for damaged in (files[0].read_bytes()[:-9], b"not zstd"):
        (tmp_path / "x.nq.zst").write_bytes(damaged)
        code, told = invoke("load", tmp_path / "x.nq.zst", tmp_path / "none")
        assert (code, "zstd" in str(told), str(told).count("\n")) == (2, True, 1)


def test_what_is_not_installed_is_said_in_a_line(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("zstandard", "pyarrow"):
        monkeypatch.setitem(sys.modules, module, None)
    (tmp_path / "x.nq.zst").write_bytes(b"")
    for arguments, extra in (
        (("build", reports, "-o", tmp_path / "out", "--format", "nquads", "--compress", "zstd"), "govkg[zstd]"),
        (("build", reports, "-o", tmp_path / "out", "--format", "nquads", "--parquet"), "govkg[parquet]"),
        (("load", tmp_path / "x.nq.zst", tmp_path / "store"), "govkg[zstd]"),
    ):
        code, told = invoke(*arguments)
        assert (code, extra in str(told), str(told).count("\n")) == (2, True, 1), told
    assert not (tmp_path / "out").exists()


def test_parquet_tables_beside_the_partitions(reports: Path, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    out, table = tmp_path / "out", tmp_path / "decisions.tsv"
    table.write_text(DECISIONS + "same\t盐城市司法局\t淮安市司法局\t两局合署\n", encoding="utf-8")
    wanted = settings(out, partitions=4, tables=True)
    build_many([str(reports)], wanted, decisions=str(table))
    values = json.loads((out / "manifest.json").read_bytes())
    assert check(out) == []
    rows = values["totals"]["rows"]
    db = duckdb.connect()

    def ask(query: str) -> list[tuple[object, ...]]:
        query = re.sub(r"\{(\w+)\}", lambda match: f"read_parquet('{out}/tables/{match[1]}/*.parquet')", query)
        answer: list[tuple[object, ...]] = db.execute(query).fetchall()
        return answer

    for name, number in rows.items():
        assert ask(f"SELECT count(*) FROM {{{name}}}") == [(number,)]
        assert len(list((out / "tables" / name).glob("part-*.parquet"))) == 4
    assert rows["reports"] == 12
    lines = quads(out)
    statements = {
        line.split(" ")[0][1:-1] for line in lines if "ns#Statement> " in line and "/graph/ontology" not in line
    }
    statements &= {line.split(" ")[0][1:-1] for line in lines if "22-rdf-syntax-ns#type> <https://govkg" in line}
    assert {iri for (iri,) in ask("SELECT iri FROM {relations}")} == statements
    # What people decided holds here, too; every row says of which report it is.
    assert ask("SELECT count(*) FROM {entities} WHERE label = '淮安市司法局'") == [(0,)]
    assert ask("SELECT count(DISTINCT report) FROM {entities} WHERE label = '盐城市司法局'") == [(8,)]
    figures = ask(
        "SELECT r.issuer_label, r.year, f.value FROM {indicators} f JOIN {reports} r ON f.report = r.iri "
        "WHERE f.indicator LIKE '%行政复议案件' ORDER BY ALL"
    )
    assert len(figures) == 12
    assert ("盐城市人民政府", 2019, 123) in figures
    again = build_many([str(reports)], wanted, decisions=str(table))
    assert again.parts_written == 0
    victim = next((out / "tables" / "mentions").glob("*.parquet"))
    whole = victim.read_bytes()
    victim.write_bytes(b"?")
    assert check(out) == [str(victim.relative_to(out))]
    assert build_many([str(reports)], wanted, decisions=str(table)).parts_written == 1
    assert victim.read_bytes() == whole
    build_many([str(reports)], replace(wanted, output=str(tmp_path / "two"), cache=str(tmp_path / "two/.govkg")))
    build_many([str(reports)], wanted)
    assert tree(out) == tree(tmp_path / "two")
    build_many([str(reports)], replace(wanted, tables=False))
    assert not [name for name in tree(out) if name.endswith(".parquet")]
    assert not (out / "tables").exists()


@pytest.mark.parametrize("form", ["nquads", "files"])
def test_every_way_of_change_ends_in_the_bytes_of_a_clean_build(form: str, tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    fill(source)
    if form == "files":  # pages take their time
        for year in (2019, 2020, 2021):
            shutil.rmtree(source / "盐城市", ignore_errors=True)
            for city in ("淮安市", "连云港市"):
                (source / city / f"{year}.txt").unlink()
    chance = random.Random(6)
    wanted = settings(out, form, partitions=4 if form == "nquads" else None)
    build_many([str(source)], wanted)

    def change() -> None:
        (source / "淮安市" / "2022.txt").write_text(text("淮安市", 2022, 999, "市政府依据《民法典》办事。"), "utf-8")

    def add() -> None:
        (source / "新").mkdir()
        (source / "新" / "a.txt").write_text(text("盐城市", 2023, 5), "utf-8")

    def rename() -> None:
        (source / "新" / "a.txt").rename(source / "新" / "b.txt")

    def move() -> None:
        (source / "新" / "b.txt").rename(source / "b.txt")

    def remove() -> None:
        (source / "淮安市" / "2022.txt").unlink()

    def damage() -> None:
        victim = chance.choice(sorted(name for name in tree(out) if not name.endswith(".tsv")))
        (out / victim).write_bytes(b"?")

    def forget_index() -> None:
        (out / ".govkg" / "index.sqlite").unlink()

    def garble_index() -> None:
        (out / ".govkg" / "index.sqlite").write_bytes(b"no database" * 99)

    steps = [("change", change, 1), ("add", add, 1), ("rename", rename, 1), ("move", move, 1 if form == "files" else 0)]
    steps += [("remove", remove, 0), ("index gone", forget_index, 0), ("index garbled", garble_index, 0)]
    for name, step, worked_on in steps:
        step()
        outcome = build_many([str(source)], wanted)
        clean = tmp_path / f"clean-{name}"
        build_many([str(source)], settings(clean, form, partitions=wanted.partitions))
        assert tree(out) == tree(clean), name
        assert outcome.built == worked_on, name
        left = list((out / ".govkg" / "records").rglob("*.kgr"))
        assert len(left) == outcome.total, name  # nothing is kept that no report has
    damage()
    build_many([str(source)], wanted)
    assert tree(out) == tree(clean)


def test_a_change_touches_one_part(reports: Path, tmp_path: Path) -> None:
    wanted = settings(tmp_path / "out", partitions=8)
    first = build_many([str(reports)], wanted)
    assert (first.parts, first.parts_written) == (8, 8)
    (reports / "淮安市" / "2022.txt").write_text(text("淮安市", 2022, 999), encoding="utf-8")
    again = build_many([str(reports)], wanted)
    assert again.built == 1
    assert again.parts_written in (1, 2)  # the part it leaves, the part it goes to
    assert build_many([str(reports)], wanted).parts_written == 0


def test_settings_that_bear_on_the_bytes_are_in_the_key(tmp_path: Path) -> None:
    one = settings(tmp_path / "out")
    others = [
        replace(one, base="https://example.org/id/"),
        replace(one, epoch=0),
        replace(one, rules_digest="0"),
        replace(one, form="files"),
        replace(one, checked=True),
    ]
    keys = {each.key("x.txt", "00") for each in (one, *others)} | {one.key("y.txt", "00"), one.key("x.txt", "01")}
    assert len(keys) == 8
    assert replace(one, output="elsewhere", cache="other", partitions=2).key("x.txt", "00") == one.key("x.txt", "00")


def test_memory_goes_back_after_each_report_that_is_checked(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[int] = []
    rounds: list[int] = []

    def checked(*graph: object, **options: int) -> object:
        rounds.append(options["rounds"])
        return validate(*graph, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(work_module, "give_back", lambda: given.append(1))
    monkeypatch.setattr(work_module, "validate", checked)
    build_many([str(reports / "淮安市")], settings(tmp_path / "quick"))
    assert (given, rounds) == ([], [])
    build_many([str(reports / "淮安市")], replace(settings(tmp_path / "out"), checked=True))
    assert (len(given), rounds) == (4, [2] * 4)


def test_free_memory_is_given_back() -> None:
    """In a process of its own: small pieces of an arena between two that stay."""
    script = (
        "import ctypes, os\nfrom kg.memory import give_back\n"
        "def resident():\n    return int(open('/proc/self/statm').read().split()[1]) * os.sysconf('SC_PAGESIZE')\n"
        "libc = ctypes.CDLL(None)\nlibc.malloc.restype = ctypes.c_void_p\nlibc.free.argtypes = [ctypes.c_void_p]\n"
        "pieces = [libc.malloc(20_000) for _ in range(5_000)]\n"
        "for piece in pieces: ctypes.memset(piece, 1, 20_000)\n"
        "for piece in pieces[:-1]: libc.free(piece)\n"
        "before = resident()\ngive_back()\nprint(before - resident())\n"
    )
    if not sys.platform.startswith("linux"):
        pytest.skip("only glibc has the call")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert int(done.stdout) > 80_000_000


def test_two_builds_do_not_write_one_output(reports: Path, tmp_path: Path) -> None:
    wanted = settings(tmp_path / "out")
    with Index(wanted.cache), pytest.raises(StoreError, match="another build"):
        build_many([str(reports)], wanted)
    assert build_many([str(reports)], wanted).done == 12


def test_forms_replace_each_other_in_one_output(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    (source / "a.txt").write_text(text("淮安市", 2020, 5), "utf-8")
    build_many([str(source)], settings(out, "files"))
    assert "a.html" in tree(out)
    build_many([str(source)], settings(out))
    assert sorted(tree(out)) == ["conflicts.tsv", "manifest.json", "part-00000.nq.gz", "reports.tsv", "shared.nq.gz"]


# --- processes


def answer_or_die(value: int) -> int:
    """What the pool's test calls: 7 kills its process, 5 raises."""
    if value == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    if value == 5:
        raise ValueError("five")
    return value * value


def test_a_worker_that_dies_costs_its_value_and_no_other() -> None:
    answers = dict(calls(answer_or_die, range(12), 2))
    assert set(answers) == set(range(12))
    assert isinstance(answers.pop(7), WorkerDied)
    assert isinstance(answers.pop(5), ValueError)
    assert answers == {value: value * value for value in answers}


def start(*arguments: str | Path, cwd: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "kg", "build", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def wait_for_records(folder: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait until a process has kept a result that was not there before."""
    before = len(list(folder.rglob("*.kgr")))
    deadline = time.monotonic() + 60
    while len(list(folder.rglob("*.kgr"))) <= before:
        assert process.poll() is None, "it ended before it was interrupted"
        assert time.monotonic() < deadline, "no results in a minute"
        time.sleep(0.01)


def test_killed_interrupted_and_on_two_workers_the_same_bytes(reports: Path, tmp_path: Path) -> None:
    """As real processes: kill -9, then Ctrl-C, then to the end; what was finished is not done again."""
    for number in range(50):
        (reports / f"{number:02d}.txt").write_text(text("盐城市", 2010, number, "共15件。" * 40), encoding="utf-8")
    options = ("--format", "nquads", "--no-validate", "--partitions", "4")
    killed = start("in", "-o", "out", *options, "--jobs", "2", cwd=tmp_path)
    wait_for_records(tmp_path / "out", killed)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    time.sleep(0.5)  # its workers end with it
    interrupted = start("in", "-o", "out", *options, "--jobs", "1", cwd=tmp_path)
    wait_for_records(tmp_path / "out", interrupted)
    interrupted.send_signal(signal.SIGINT)
    _, told = interrupted.communicate()
    assert interrupted.returncode == 130, told.decode()
    assert b"done and kept" in told
    assert b"Traceback" not in told
    kept = len(list((tmp_path / "out").rglob("*.kgr")))
    assert 2 <= kept < 62
    last = start("in", "-o", "out", *options, "--quiet", cwd=tmp_path)
    _, told = last.communicate()
    assert last.returncode == 0, told.decode()
    assert f"{62 - kept} worked on, {kept} kept".encode() in told
    build_many([str(reports)], settings(tmp_path / "clean", partitions=4))
    assert tree(tmp_path / "out") == tree(tmp_path / "clean")


def test_on_dask_with_a_worker_killed_the_same_bytes(reports: Path, tmp_path: Path) -> None:
    """Two workers as processes of a local scheduler, one of them killed while it works."""
    distributed = pytest.importorskip("distributed", reason="pip install 'govkg[cluster]'")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with distributed.LocalCluster(
        n_workers=0, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        workers = [
            subprocess.Popen(
                [
                    *(
                        sys.executable,
                        "-m",
                        "distributed.cli.dask_worker",
                        cluster.scheduler_address,
                        "--nthreads",
                        "1",
                    ),
                    *("--no-dashboard", "--no-nanny", "--local-directory", str(tmp_path / f"worker-{number}")),
                ],
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for number in range(2)
        ]
        try:
            with distributed.Client(cluster, set_as_default=False) as client:
                client.wait_for_workers(2, timeout=60)
            killed: list[int] = []

            def kill(*_: object) -> None:
                if not killed:
                    killed.append(workers[0].pid)
                    workers[0].kill()

            outcome = build_many(
                [str(reports)],
                settings(tmp_path / "out", partitions=4),
                progress=kill,
                scheduler=Cluster(cluster.scheduler_address),
            )
        finally:
            for worker in workers:
                worker.kill()
                worker.wait()
    assert killed
    assert outcome.statuses == {"ok": 12}
    build_many([str(reports)], settings(tmp_path / "clean", partitions=4))
    assert tree(tmp_path / "out") == tree(tmp_path / "clean")


def test_a_scheduler_that_is_not_there(reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="pip install 'govkg[cluster]'")
    monkeypatch.setattr(cluster_module, "_PATIENCE", "1s")
    with pytest.raises(StoreError, match="does not answer"):
        build_many([str(reports)], settings(tmp_path / "out"), scheduler=Cluster("tcp://127.0.0.1:9"))


# --- who is who


def nodes(folder: Path, label: str) -> set[str]:
    """The IRIs that bear a label."""
    told = f' <http://www.w3.org/2004/02/skos/core#prefLabel> "{label}"@zh '
    return {line.split(" ")[0][1:-1] for line in quads(folder) if told in line}


def test_one_node_for_one_thing_and_homonyms_apart(reports: Path, tmp_path: Path) -> None:
    build_many([str(reports)], settings(tmp_path / "out", partitions=4))
    out = tmp_path / "out"
    assert len(nodes(out, "中华人民共和国民法典")) == 1
    offices = {city: nodes(out, f"{city}司法局") for city in CITIES}
    assert all(len(iris) == 1 for iris in offices.values()), offices
    assert len(set.union(*offices.values())) == 3
    for city, code in CITIES.items():
        assert offices[city] == {mint(BASE, "department", f"{code}|司法局")}
        assert len(nodes(out, f"{city}人民政府")) == 1
    # The same campaign of three cities is three initiatives; the figure they count is one indicator.
    assert len([iri for iri in nodes(out, "“法润江淮”专项行动") if "/initiative/" in iri]) == 3
    indicators = {line.split(" ")[2] for line in quads(out) if " <https://govkg.example/ns#indicator> " in line}
    assert len(indicators) == 1


RENAMED = (
    # issuer in one report, issuer in another: years of the reports, whether they are one node
    ("淮安市清河区", 2014, "淮安市清江浦区", 2020, False),  # merged county: the old one keeps its code
    ("济南市莱芜区", 2020, "济南市莱芜区", 2021, True),
    ("北京市崇文区", 2009, "北京市东城区", 2012, False),
)


@pytest.mark.parametrize(("old", "first", "new", "second", "same"), RENAMED)
def test_bodies_of_merged_counties_by_year(
    old: str, first: int, new: str, second: int, same: bool, tmp_path: Path
) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.txt").write_text(text(old, first, 3), encoding="utf-8")
    (source / "b.txt").write_text(text(new, second, 4), encoding="utf-8")
    build_many([str(source)], settings(tmp_path / "out"))
    lines = (tmp_path / "out" / "reports.tsv").read_text(encoding="utf-8").splitlines()[1:]
    issuers = [line.split("\t")[4] for line in lines]
    assert all(issuers), "an issuer that is not found proves nothing"
    iris = {iri for name in issuers for iri in nodes(tmp_path / "out", name) if "/department/" in iri}
    assert (len(iris) == 1) is same


DECISIONS = "judgement\tkeep\tother\treason\n"


def test_a_decision_merges_and_is_undone(reports: Path, tmp_path: Path) -> None:
    out, table = tmp_path / "out", tmp_path / "decisions.tsv"
    wanted = settings(out, partitions=4)
    build_many([str(reports)], wanted)
    before = tree(out)
    keep, other = nodes(out, "盐城市司法局"), nodes(out, "淮安市司法局")
    table.write_text(DECISIONS + "# 试验\nsame\t盐城市司法局\t淮安市司法局\t两局合署\n", encoding="utf-8")
    outcome = build_many([str(reports)], wanted, decisions=str(table))
    assert outcome.built == 0  # no new extraction
    assert tree(out) != before
    merged = quads(out)
    iri, gone = keep.pop(), other.pop()
    assert not nodes(out, "淮安市司法局")
    assert any(line.startswith(f"<{iri}> ") and 'altLabel> "淮安市司法局"@zh' in line for line in merged)
    held = [line for line in merged if f"<{gone}>" in line]
    assert held
    assert all("/graph/decisions>" in line for line in held)
    assert any("decisionReason" in line and "两局合署" in line for line in held)
    build_many([str(reports)], settings(tmp_path / "clean", partitions=4), decisions=str(table))
    assert tree(out) == tree(tmp_path / "clean")
    for part in out.glob("part-*.nq.gz"):  # what people decided breaks no shape
        assert not [finding for finding in validate(part) if finding.severity == "violation"]
    build_many([str(reports)], wanted)
    assert tree(out) == before


def test_nodes_stay_one_when_the_one_they_became_is_in_no_report(reports: Path, tmp_path: Path) -> None:
    out, table = tmp_path / "out", tmp_path / "decisions.tsv"
    one, two = (mint(BASE, "department", f"{CITIES[city]}|司法局") for city in ("盐城市", "淮安市"))
    absent = mint(BASE, "department", "110000|司法局")
    rows = f"same\t{absent}\t{one}\t甲\nsame\t<{absent}>\t{two}\t乙\n"
    table.write_text(DECISIONS + rows, encoding="utf-8")
    build_many([str(reports)], settings(out, partitions=4), decisions=str(table))
    stays, goes = sorted((one, two))
    told = quads(out)
    assert f"<{stays}> <https://govkg.example/ns#mergedFrom> <{goes}> <{BASE}graph/decisions> .\n" in told
    assert not [line for line in told if f"<{goes}>" in line and "/graph/decisions>" not in line]
    assert not [line for line in told if absent in line]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("same\t盐城市司法局\t淮安市司法局\t", "not a decision"),
        ("maybe\t盐城市司法局\t淮安市司法局\tx", "not a decision"),
        ("same\t盐城市司法局\t中华人民共和国民法典\tx", "two kinds"),
        ("same\t盐城市司法局\t盐城市司法局\tx", "contradicts"),
        ("same\t盐城市司法局\t淮安市司法局\tx\nsame\t连云港市司法局\t淮安市司法局\tx", "contradicts"),
        ("same\t盐城市司法局\t淮安市司法局\tx\nsame\t淮安市司法局\t盐城市司法局\tx", "circle"),
        (
            "same\t盐城市司法局\t淮安市司法局\tx\nsame\t淮安市司法局\t连云港市司法局\tx\n"
            "different\t连云港市司法局\t盐城市司法局\tx",
            "same and different",
        ),
        ("same\t“法润江淮”专项行动\thttps://govkg.example/id/initiative/0\tx", "several nodes"),
    ],
)
def test_decisions_that_cannot_be(rows: str, told: str, reports: Path, tmp_path: Path) -> None:
    table = tmp_path / "decisions.tsv"
    table.write_text(DECISIONS + rows + "\n", encoding="utf-8")
    with pytest.raises(RuleError, match=told):
        build_many([str(reports)], settings(tmp_path / "out"), decisions=str(table))


# --- decisions in the files of each report


def few(folder: Path) -> Path:
    """Four reports of two cities; one of them names both offices of justice, which a decision makes one."""
    for city in ("盐城市", "淮安市"):
        (folder / city).mkdir(parents=True)
        (folder / city / "2020.txt").write_text(text(city, 2020, 5), encoding="utf-8")
    both = text("淮安市", 2021, 6, "淮安市司法局会同盐城市司法局印发《盐城市养犬管理条例》。")
    (folder / "淮安市" / "2021.txt").write_text(both, encoding="utf-8")
    # Of another city, so that no decision bears on it.
    (folder / "连云港市.txt").write_text(text("连云港市", 2020, 7), encoding="utf-8")
    return folder


MERGED = DECISIONS + "same\t盐城市司法局\t淮安市司法局\t两局合署\n"


def test_a_decision_holds_in_every_file_of_a_report(tmp_path: Path) -> None:
    source, out, table = few(tmp_path / "in"), tmp_path / "out", tmp_path / "decisions.tsv"
    every = ("turtle", "ntriples", "jsonld", "graphml", "csv")
    wanted = settings(out, "files", also=every)
    build_many([str(source)], wanted)
    before = tree(out)
    table.write_text(MERGED, encoding="utf-8")
    outcome = build_many([str(source)], wanted, decisions=str(table))
    after = tree(out)
    assert (outcome.statuses, outcome.built) == ({"ok": 4}, 0)
    assert set(after) == set(before)
    changed = {name.partition(".")[0] for name in after if after[name] != before[name]}
    assert changed == {"淮安市/2020", "淮安市/2021"}, "only reports that hold a node which became another"
    keep, gone = (mint(BASE, "department", f"{CITIES[city]}|司法局") for city in ("盐城市", "淮安市"))
    for stem in changed:
        for ending in (".ttl", ".trig", ".nt", ".jsonld"):
            graph = pyoxigraph.Store()
            graph.bulk_load(after[stem + ending], format=pyoxigraph.RdfFormat.from_extension(ending[1:]))
            old, new = pyoxigraph.NamedNode(gone), pyoxigraph.NamedNode(keep)
            left = [*graph.quads_for_pattern(old, None, None), *graph.quads_for_pattern(None, None, old)]
            names = {quad.predicate.value.rpartition("/")[2].rpartition("#")[2] for quad in left}
            assert names == {"mergedFrom", "identifier", "decisionReason"}, (stem, ending)
            label = pyoxigraph.NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
            labels = {str(quad.object) for quad in graph.quads_for_pattern(new, label, None)}
            assert labels == {'"盐城市司法局"@zh'}, (stem, ending)
        records = [json.loads(line) for line in after[f"{stem}.annotations.jsonl"].splitlines()]
        names = {record.get("entity") for record in records} | {record.get("subject") for record in records}
        assert "盐城市司法局" in names
        assert "淮安市司法局" not in names
    # What was said of either stands in the tables and on the page under the one node, with the other as its alias.
    both = "淮安市/2021"
    counted = [json.loads(tree[f"{both}.summary.json"])["counts"]["entities"]["Department"] for tree in (before, after)]
    assert counted[0] == counted[1] + 1
    page_ids = [hashlib.sha256(f"Department|{CITIES[city]}|司法局".encode()).hexdigest()[:12] for city in CITIES]
    assert page_ids[2].encode() in after[f"{both}.html"]
    assert page_ids[1].encode() in before[f"{both}.html"]
    assert page_ids[1].encode() not in after[f"{both}.html"]
    for name in ("entities", "relations"):
        rows = after[f"{both}.{name}.csv"].decode("utf-8-sig")
        assert gone not in rows
        assert keep in rows
    # The graph of the report is the one that a partition has, to the byte.
    build_many([str(source)], settings(tmp_path / "parts"), decisions=str(table))
    for stem in changed:
        graph = pyoxigraph.Store()
        graph.bulk_load(after[f"{stem}.trig"], format=pyoxigraph.RdfFormat.TRIG)
        lines = {f"{quad} .\n" for quad in graph if "/graph/" in str(quad.graph_name)}
        own = {line for line in lines if re.search(r"/graph/[0-9a-f]{16}> \.\n$", line)}
        assert len(own) > 100
        assert own <= quads(tmp_path / "parts")
        told = {line for line in lines if "/graph/decisions>" in line}
        assert told == {line for line in quads(tmp_path / "parts") if "/graph/decisions>" in line}


def test_decisions_in_files_end_in_the_bytes_of_a_clean_build(tmp_path: Path) -> None:
    source, out, table = few(tmp_path / "in"), tmp_path / "out", tmp_path / "decisions.tsv"
    wanted = settings(out, "files")
    build_many([str(source)], wanted)
    plain = tree(out)
    table.write_text(MERGED, encoding="utf-8")
    build_many([str(source)], wanted, decisions=str(table))
    clean = tmp_path / "clean"
    build_many([str(source)], settings(clean, "files"), decisions=str(table))
    decided = tree(clean)
    assert tree(out) == decided

    def stamps() -> dict[str, int]:
        return {name: (out / name).stat().st_mtime_ns for name in decided}

    kept = stamps()
    build_many([str(source)], wanted, decisions=str(table))
    assert stamps() == kept, "nothing to do, nothing written"
    for victim, data in (("淮安市/2021.ttl", b"?"), ("淮安市/2020.html", plain["淮安市/2020.html"])):
        (out / victim).write_bytes(data)
        build_many([str(source)], wanted, decisions=str(table))
        assert tree(out) == decided, victim
    (out / ".govkg" / "index.sqlite").unlink()
    build_many([str(source)], wanted, decisions=str(table))
    assert tree(out) == decided
    table.write_text(MERGED.replace("两局合署", "另有理由"), encoding="utf-8")
    build_many([str(source)], wanted, decisions=str(table))
    assert {name for name in decided if tree(out)[name] != decided[name]} == {
        f"淮安市/{year}{ending}" for year in (2020, 2021) for ending in (".ttl", ".trig")
    }
    (source / "淮安市" / "2021.txt").unlink()
    build_many([str(source)], wanted)  # undone, and one report fewer
    assert tree(out) == {name: data for name, data in plain.items() if "2021" not in name} | {
        "reports.tsv": tree(out)["reports.tsv"]
    }
    with Index(wanted.cache, write=False) as index:
        assert not list(index.rows("SELECT * FROM amended"))


def test_relations_that_both_nodes_had_are_one(tmp_path: Path, extractor: Extractor) -> None:
    (tmp_path / "a.txt").write_text(
        text("淮安市", 2021, 6, "盐城市司法局印发《淮安市养犬管理条例》。淮安市司法局印发《淮安市养犬管理条例》。"),
        "utf-8",
    )
    extraction = extract(read_report(tmp_path / "a.txt"), extractor)
    keep, gone = (f"{CITIES[city]}|司法局" for city in ("盐城市", "淮安市"))
    change = Change(
        *(mint(BASE, "department", gone), "淮安市司法局", mint(BASE, "department", keep), "盐城市司法局", keep)
    )
    amended = Amendment(BASE, (change,), ()).extraction(extraction)
    issued = [s for s in extraction.statements if s.predicate == "issues" and s.subject.endswith("|司法局")]
    assert len(issued) == 2
    one = [s for s in amended.statements if s.predicate == "issues" and s.subject == f"Department|{keep}"]
    assert [len(s.evidence) for s in one] == [2]
    body = next(e for e in amended.entities if e.key == keep)
    assert "淮安市司法局" in body.aliases
    assert (body.name, body.adcode) == ("盐城市司法局", CITIES["盐城市"])
    refs = {e.ref for e in amended.entities}
    assert all(m.ref in refs for m in amended.mentions if m.kind is Kind.DEPARTMENT and m.ref)
    assert len(amended.mentions) == len(extraction.mentions)


# --- figures of several reports


def test_conflicts_are_listed_and_not_overwritten(reports: Path, tmp_path: Path) -> None:
    wanted = settings(tmp_path / "out")
    assert build_many([str(reports)], wanted).conflicts == 0
    # A later report says something else of 2020 under another wording of the same indicator.
    other = text("连云港市", 2020, 777).replace("受理行政复议案件", "共受理行政复议申请")
    (reports / "更正.txt").write_text(other, encoding="utf-8")
    outcome = build_many([str(reports)], wanted)
    lines = (tmp_path / "out" / "conflicts.tsv").read_text(encoding="utf-8").splitlines()
    rows = [dict(zip(lines[0].split("\t"), line.split("\t"), strict=True)) for line in lines[1:]]
    assert outcome.conflicts == len(rows) == 2
    assert {row["report"] for row in rows} == {"更正.txt", "连云港市/2020.txt"}
    assert {row["code"] for row in rows} == {"320700"}
    values = {line.split('"')[1] for line in quads(tmp_path / "out") if "obsValue" in line}
    assert {"777", "104"} <= values


def test_compare_as_table_and_plot(reports: Path, tmp_path: Path) -> None:
    wanted = settings(tmp_path / "out")
    build_many([str(reports)], wanted)
    with Index(wanted.cache, write=False) as index:
        values = compare(index, "review-accepted", Alignment.load())
        assert values == compare(index, "受理行政复议案件", Alignment.load())
        assert len(values) == 12
        assert {(v.code, v.period, v.value) for v in values} == {
            (code, str(year), str(100 + 10 * number + year % 7))
            for number, code in enumerate(CITIES.values())
            for year in range(2019, 2023)
        }
        with pytest.raises(GraphError, match="no figure"):
            compare(index, "森林覆盖率", Alignment.load())
    for value in values:  # to the character
        assert read_report(reports / value.report).text[value.start : value.end] == value.raw
    plots = []
    for number in range(2):
        plot = tmp_path / f"{number}.svg"
        arguments = ["compare", "受理行政复议案件", "--on", str(tmp_path / "out"), "--plot", str(plot), "--as", "json"]
        result = CliRunner().invoke(cli, arguments)
        assert result.exit_code == 0, result.stderr
        assert len(json.loads(result.stdout)) == 12
        plots.append(plot.read_bytes())
    assert plots[0] == plots[1]
    assert plots[0].count(b"<circle") == 12


def test_the_alignment_of_the_package_and_of_a_user(tmp_path: Path) -> None:
    shipped = Alignment.load()
    assert len(shipped.indicators) >= 12
    assert shipped.label("生产总值") == "地区生产总值"
    assert shipped.label("人均生产总值") == "人均地区生产总值"
    assert shipped.label("没有听说过的指标") == "没有听说过的指标"
    own = tmp_path / "own.yaml"
    entry = "indicators:\n- {id: x, label: 森林, wordings: [森林覆盖率], examples: [%s], counterexamples: [%s]}\n"
    own.write_text(entry % ("森林覆盖率", "草原"), encoding="utf-8")
    assert Alignment.load(own).label("森林覆盖率") == "森林"
    for bad in (("草原", "河"), ("森林覆盖率", "森林")):
        own.write_text(entry % bad, encoding="utf-8")
        with pytest.raises(RuleError, match=r"example"):
            Alignment.load(own)


# --- the command


def invoke(*arguments: str | Path) -> Iterator[str | int]:
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    yield result.exit_code
    yield result.stderr


def test_exit_codes_of_folders(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    code, told = invoke("build", source, "-o", tmp_path / "out")
    assert (code, "no report found" in str(told)) == (2, True)
    (source / "bad.txt").write_bytes(b"%PDF-1.4")
    assert next(invoke("build", source, "-o", tmp_path / "out")) == 2
    (source / "good.txt").write_text(text("淮安市", 2020, 5), encoding="utf-8")
    code, told = invoke("build", source, "-o", tmp_path / "out")
    assert code == 1
    assert "bad.txt: " in str(told)
    assert "完成 1 份,共 2 份" in str(told)
    (source / "bad.txt").unlink()
    assert next(invoke("build", source, "-o", tmp_path / "out", "--quiet")) == 0
    assert sorted(name.partition(".")[2] for name in tree(tmp_path / "out") if name.startswith("good."))[:2]
    code, told = invoke("build", source, "-o", tmp_path / "out", "--partitions", "3")
    assert (code, "--format nquads" in str(told)) == (2, True)
    code, told = invoke("compare", "x", "--on", tmp_path / "none")
    assert (code, "no index" in str(told)) == (2, True)


def test_outcome_counts() -> None:
    outcome = Outcome({"ok": 3, "duplicate": 1, "failed": 2}, 1, 5, 0, 0, 0, 0, 1.0)
    assert (outcome.done, outcome.total) == (4, 6)
