"""The same graph in four formats, the same bytes each time, and files that are whole or not there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import graph_factory as factory
import pyoxigraph
import pytest
import rdflib
from rdflib.compare import isomorphic

from kg import export
from kg.describe import Dataset, RunInfo, describe
from kg.errors import StoreError
from kg.export import nquads, ntriples, trig, turtle, write_all_atomically, write_atomically
from kg.vocabulary import BASE, NS

DATASET = describe([factory.extraction(), factory.second_extraction()], run=RunInfo("1.2.3", "d"))
WRITTEN = {"turtle": turtle(DATASET), "trig": trig(DATASET), "nquads": nquads(DATASET), "ntriples": ntriples(DATASET)}
OXIGRAPH = {
    "turtle": pyoxigraph.RdfFormat.TURTLE,
    "trig": pyoxigraph.RdfFormat.TRIG,
    "nquads": pyoxigraph.RdfFormat.N_QUADS,
    "ntriples": pyoxigraph.RdfFormat.N_TRIPLES,
}

#: Strings that break careless writers.
AWKWARD = [
    '引号"与\\反斜线',
    "换行\n回车\r制表\t",
    "\x01\x02\x1f\x7f",
    "\x85\u2028\u2029\ufeff",
    "'''\"\"\"",
    "末尾反斜线\\",
    "𠮷野家 😀 \U0010fffd",
    "@zh ^^<x> . ;",
    "\\u0041 \\n",
    "",
]


def awkward() -> Dataset:
    predicate, graph = f"<{NS}rawValue>", f"<{BASE}graph/00>"
    from kg.describe.terms import plain, zh

    quads = [(f"<{BASE}observation/{n:016x}>", predicate, plain(text), graph) for n, text in enumerate(AWKWARD)]
    quads += [(f"<{BASE}observation/{n:016x}>", predicate, zh(text), graph) for n, text in enumerate(AWKWARD)]
    return Dataset.of(quads)


def rapper() -> str:
    found = shutil.which("rapper")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("CI must install raptor2-utils")
        pytest.skip("rapper is not installed")
    return found


@pytest.mark.parametrize("name", list(WRITTEN))
def test_rapper_reads_what_is_written(name: str, tmp_path: Path) -> None:
    for data in (WRITTEN[name], getattr(export, name)(awkward())):
        path = tmp_path / "graph"
        path.write_bytes(data)
        done = subprocess.run([rapper(), "-q", "-c", "-i", name, str(path)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert not done.stderr


@pytest.mark.parametrize("name", ["trig", "nquads"])
def test_quads_come_back_from_oxigraph(name: str) -> None:
    for dataset in (DATASET, awkward()):
        data = getattr(export, name)(dataset)
        back = {
            (str(q.subject), str(q.predicate), str(q.object), str(q.graph_name))
            for q in pyoxigraph.parse(data, format=OXIGRAPH[name])
        }
        assert back == set(dataset.quads)


@pytest.mark.parametrize("name", ["turtle", "ntriples"])
def test_the_union_is_what_has_no_graphs(name: str) -> None:
    for dataset in (DATASET, awkward()):
        parsed = pyoxigraph.parse(getattr(export, name)(dataset), format=OXIGRAPH[name])
        assert {(str(q.subject), str(q.predicate), str(q.object)) for q in parsed} == set(dataset.triples())


def test_the_three_formats_are_isomorphic_in_rdflib() -> None:
    flat = rdflib.Graph().parse(data=WRITTEN["turtle"], format="turtle")
    for name in ("trig", "nquads"):
        dataset = rdflib.Dataset(default_union=True)
        dataset.parse(data=WRITTEN[name], format=name)
        union = rdflib.Graph()
        for triple in dataset.triples((None, None, None)):
            union.add(triple)
        assert isomorphic(flat, union), name
    assert len(flat) == len(DATASET.triples())


def test_awkward_strings_come_back_from_rdflib() -> None:
    graph = rdflib.Graph().parse(data=turtle(awkward()), format="turtle")
    assert sorted({str(o) for o in graph.objects()}) == sorted(set(AWKWARD))


@pytest.mark.parametrize("name", list(WRITTEN))
def test_the_bytes_do_not_depend_on_the_order_of_the_quads(name: str) -> None:
    shuffled = Dataset.of(reversed(DATASET.quads))
    assert getattr(export, name)(shuffled) == WRITTEN[name]
    assert getattr(export, name)(DATASET) == WRITTEN[name]


@pytest.mark.parametrize("name", ["nquads", "ntriples"])
def test_lines_are_sorted_each_once(name: str) -> None:
    lines = WRITTEN[name].decode().splitlines(keepends=True)
    assert lines == sorted(set(lines))
    assert all(line.endswith(" .\n") for line in lines)


def test_turtle_is_readable() -> None:
    text = WRITTEN["turtle"].decode()
    block = next(part for part in text.split("\n\n") if '"盐城市人民政府"@zh' in part and "a kg:Department" in part)
    lines = block.splitlines()
    assert re.fullmatch(r"id-department:[0-9a-f]{16} a kg:Department ;", lines[0])
    assert lines[1] == '    skos:prefLabel "盐城市人民政府"@zh ;'
    assert lines[-1].endswith(" .")
    subjects = [line.split(" ")[0] for line in text.splitlines() if re.match(r"[<a-z]", line)]
    assert len(subjects) == len(set(subjects))  # one block per subject
    assert "sdmx-measure:obsValue 98.96 ;" in text
    assert 'sdmx-measure:obsValue "43"^^xsd:decimal ;' in text
    assert "nif:beginIndex 0 ;" in text
    assert "kg:implicitSubject true ;" in text


@pytest.mark.parametrize("name", ["turtle", "trig"])
def test_names_need_no_escapes_and_only_used_prefixes_are_declared(name: str) -> None:
    text = WRITTEN[name].decode()
    outside_strings = re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', text)
    assert "\\" not in outside_strings  # some stores keep \/ literally
    declared = re.findall(r"^@prefix ([\w-]+): ", text, re.MULTILINE)
    assert declared == sorted(declared)
    used = set(re.findall(r"(?<![\w<:/#-])([a-z][\w-]*):[\w]", re.sub(r"<[^>]*>", "", outside_strings)))
    assert set(declared) == used
    assert "<../" not in text
    assert not re.search(r"\n(?:BASE|@base)", text)


def test_trig_has_one_block_per_graph() -> None:
    text = WRITTEN["trig"].decode()
    assert len(re.findall(r"^\S+ \{$", text, re.MULTILINE)) == len(DATASET.graphs()) == 5


@pytest.mark.parametrize("name", ["trig", "nquads"])
def test_what_has_no_graphs_stays_in_the_default_graph(name: str) -> None:
    graph = DATASET.report_graphs()[0]
    mixed = Dataset.of([*awkward().quads, *((s, p, o, "") for s, p, o in DATASET.graph(graph))])
    back = pyoxigraph.parse(getattr(export, name)(mixed), format=OXIGRAPH[name])
    names = {pyoxigraph.DefaultGraph(): ""}
    assert mixed.quads == tuple(
        sorted(
            (str(q.subject), str(q.predicate), str(q.object), names.get(q.graph_name, str(q.graph_name))) for q in back
        )
    )


def test_a_swapped_base_gets_its_prefixes_too() -> None:
    text = turtle(describe([factory.second_extraction()], base_iri="https://example.org/kg/")).decode()
    assert "@prefix id-department: <https://example.org/kg/department/> ." in text
    urn = turtle(describe([factory.second_extraction()], base_iri="urn:govkg:id/"))
    assert len(list(pyoxigraph.parse(urn, format=OXIGRAPH["turtle"]))) > 1000


# ---- files ----


def listing(directory: Path) -> dict[str, bytes]:
    return {str(p.relative_to(directory)): p.read_bytes() for p in sorted(directory.rglob("*")) if p.is_file()}


def test_files_are_written_and_parents_made(tmp_path: Path) -> None:
    write_all_atomically(tmp_path / "a" / "b", {"x.ttl": b"1", "sub/y.ttl": b"2"})
    assert listing(tmp_path) == {"a/b/sub/y.ttl": b"2", "a/b/x.ttl": b"1"}
    write_atomically(tmp_path / "c" / "z", b"3")
    assert (tmp_path / "c" / "z").read_bytes() == b"3"


def test_files_are_replaced_whole_and_keep_their_mode(tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_bytes(b"old and longer")
    path.chmod(0o640)
    write_atomically(path, b"new")
    assert listing(tmp_path) == {"x.ttl": b"new"}
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_new_file_has_the_mode_any_new_file_has(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    write_atomically(tmp_path / "ours", b"")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize(
    ("characters", "fits"), [(60, True), (76, True), (79, True), (83, True), (84, False), (300, False)]
)
def test_names_may_be_as_long_as_the_file_system_lets_them(tmp_path: Path, characters: int, fits: bool) -> None:
    """255 bytes: 83 Chinese characters and `.ttl`. The temporary file beside it must not need more."""
    files = {f"{'长' * characters}.ttl": b"new", "b": b"new"}
    (tmp_path / "b").write_bytes(b"old")
    if fits:
        write_all_atomically(tmp_path, files)
        write_all_atomically(tmp_path, files)  # also over what is there
        assert listing(tmp_path) == files
    else:
        with pytest.raises(StoreError, match="File name too long"):
            write_all_atomically(tmp_path, files)
        assert listing(tmp_path) == {"b": b"old"}


def test_a_refused_place_is_a_store_error_and_nothing_stays(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"in the way")
    with pytest.raises(StoreError) as caught:
        write_all_atomically(tmp_path / "file" / "dir", {"x": b"1"})
    assert caught.value.where
    assert caught.value.hint
    assert listing(tmp_path) == {"file": b"in the way"}


def test_one_impossible_file_leaves_all_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "b").mkdir()  # a directory where a file should go
    with pytest.raises(StoreError):
        write_all_atomically(tmp_path, {"a": b"new", "deep/c": b"new", "b": b"new"})
    assert listing(tmp_path) == {"a": b"old"}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "b"]  # `deep` was taken away again


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_fault_halfway_through_writing_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    (tmp_path / "a").write_bytes(b"old")
    real, calls = Path.chmod, []

    def failing(self: Path, mode: int) -> None:
        calls.append(self)
        if len(calls) == 2:
            raise fault
        real(self, mode)

    monkeypatch.setattr(Path, "chmod", failing)
    with pytest.raises(StoreError if isinstance(fault, OSError) else KeyboardInterrupt):
        write_all_atomically(tmp_path, {"a": b"new", "b": b"new", "c": b"new"})
    assert listing(tmp_path) == {"a": b"old"}


def test_a_rename_that_fails_gives_back_what_was_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"old a")
    (tmp_path / "c").write_bytes(b"old c")
    real = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if target.name == "c" and self.suffix == ".tmp":
            raise OSError(13, "Permission denied", str(target))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(StoreError, match="Permission denied"):
        write_all_atomically(tmp_path, {"a": b"new a", "b": b"new b", "c": b"new c"})
    assert listing(tmp_path) == {"a": b"old a", "c": b"old c"}


@pytest.mark.parametrize("name", ["../x", "/etc/x", "", ".", "a/../../x"])
def test_names_stay_inside_the_directory(tmp_path: Path, name: str) -> None:
    with pytest.raises(StoreError):
        write_all_atomically(tmp_path / "d", {name: b"1"})
    assert listing(tmp_path) == {}
