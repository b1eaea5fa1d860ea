"""Graphs into real stores: the counts, the idempotence, the traps of each store, and what a failure leaves behind."""

from __future__ import annotations

import json
import os
import re
import shlex
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import jena
import pyoxigraph
import pytest
from conftest import Run
from servers import Fault, Request, Store, docs_block, faulty, free_port, oxigraph, require, virtuoso

from kg.build import Built
from kg.errors import GraphError, KgError, StoreError
from kg.store import Client, find_endpoints, load_directory, load_server, read_parts, staging_name
from kg.store.client import _unreachable
from kg.store.parts import Loaded

G = "https://example.org/graph/报告"
XSD = "http://www.w3.org/2001/XMLSchema#"


def lines(*numbers: int) -> str:
    return "".join(f'<urn:s> <urn:p> "{number}" .\n' for number in numbers)


@pytest.fixture
def graph(tmp_path: Path) -> Callable[..., Path]:
    """Write a graph file of some triples."""

    def write(*numbers: int, name: str = "g.nt", text: str | None = None) -> Path:
        path = tmp_path / name
        path.write_text(lines(*numbers) if text is None else text, encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def trig(sample: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's graphs in a file."""
    path = tmp_path_factory.mktemp("built") / "sample.trig"
    path.write_bytes(sample.files[f"{sample.name}.trig"])
    return path


@pytest.fixture(scope="session")
def expected(trig: Path) -> dict[str, int]:
    """Graph → distinct triples, counted by another way than the loader's."""
    found: dict[str, set[str]] = {}
    for quad in pyoxigraph.parse(path=str(trig), format=pyoxigraph.RdfFormat.TRIG):
        found.setdefault(quad.graph_name.value, set()).add(str(quad.triple))
    assert len(found) >= 4
    assert sum(map(len, found.values())) > 10_000
    return {name: len(triples) for name, triples in sorted(found.items())}


def load(url: str, *files: Path, graph: str | None = None, **options: Any) -> tuple[Loaded, ...]:
    """Load with waits too short to notice; options of the client, the endpoints and the load by their names."""
    client = {k: options.pop(k) for k in ("user", "password", "ca", "retries") if k in options}
    places = {k: options.pop(k) for k in ("kind", "query_url", "update_url") if k in options}
    pauses: list[float] = options.pop("pauses", [])
    with Client(url, wait=0.5, timeout=30, sleep=pauses.append, **client) as connection:
        found = find_endpoints(connection, signed="user" in client, **places)
        return load_server(connection, found, read_parts(files, graph), sleep=pauses.append, **options)


def counts(done: tuple[Loaded, ...]) -> dict[str, int]:
    return {one.graph: one.after for one in done}


# --- what is read -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "iri", "part"),
    [
        ("a.nt", "", G, "empty graph"),
        ("a.ttl", "# nothing\n", G, "empty graph"),
        ("a.ttl", "<urn:a> <urn:b>", G, "not RDF"),
        ("a.csv", "a,b", G, "not a graph file"),
        ("a.nt", lines(1), None, "no named graph"),
        ("a.nq", '<urn:s> <urn:p> "1" <urn:g> .', G, "named graph already"),
        ("a.nq", '<urn:s> <urn:p> "1" _:g .', None, "blank node"),
        ("a.nt", lines(1), "no iri", "not an IRI"),
        ("a.nq", '<urn:s> <urn:p> "1" <urn:x\\u003E\\u0020> .', None, "I"),
        ("a.nt", lines(1), "urn:x> } ; DROP ALL ; #", "not an IRI"),
    ],
)
def test_files_that_are_refused(graph: Callable[..., Path], name: str, text: str, iri: str | None, part: str) -> None:
    with pytest.raises(GraphError) as caught:
        read_parts([graph(name=name, text=text)], iri)
    assert part in str(caught.value)


def test_a_graph_in_two_files_is_their_union_and_blank_nodes_stay_apart(graph: Callable[..., Path]) -> None:
    one, two = graph(1, 2), graph(2, 3, name="h.nt")
    assert [len(part.triples) for part in read_parts([one, two], G)] == [3]
    files = [graph(name=f"{n}.nt", text='_:a <urn:p> "x" .\n') for n in "ab"]
    assert [len(part.triples) for part in read_parts(files, G)] == [2]


def test_chunks_hold_each_triple_once_and_do_not_tear_blank_nodes(graph: Callable[..., Path]) -> None:
    (part,) = read_parts([graph(*range(10))], G)
    pieces = list(part.chunks(3))
    assert [piece.count(b"\n") for piece in pieces] == [3, 3, 3, 1]
    assert len(list(part.chunks(0))) == 1
    assert sorted(b"".join(pieces).decode().splitlines()) == sorted(lines(*range(10)).splitlines())
    (torn,) = read_parts([graph(text=lines(1, 2) + '_:a <urn:p> "x" .\n')], G)
    assert len(list(torn.chunks(1))) == 1


# --- the oxigraph server ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with oxigraph(tmp_path_factory.mktemp("oxigraph")) as (url, _):
        yield url


def test_the_sample_in_oxigraph_twice_and_appended(server: str, trig: Path, expected: dict[str, int]) -> None:
    assert counts(load(server, trig)) == expected
    assert counts(load(f"{server}/store", trig, chunk=700)) == expected  # told by its path, and again
    assert counts(load(f"{server}/", trig, append=True, kind="oxigraph")) == expected
    assert counts(load(server, trig, in_place=True, chunk=4000)) == expected
    assert not [name for name in all_graphs(server) if "loading" in name]


def test_what_docs_say_of_oxigraph(server: str, graph: Callable[..., Path]) -> None:
    load(server, graph(1), graph="urn:named")
    with Client(server, retries=0) as client:
        bad = client.send(
            "PUT",
            f"{server}/store",
            params={"graph": "urn:bad"},
            content=b"<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:b> nonsense .\n",
            headers={"Content-Type": "text/turtle"},
            accept=frozenset({400}),
        )
        answers = [
            client.send(
                "POST", f"{server}/query", form={"query": f"ASK {{ {where} }}"}, headers={"Accept": "text/csv"}
            ).text.strip()
            for where in (
                '<urn:s> <urn:p> "1"',
                'GRAPH <urn:named> { <urn:s> <urn:p> "1" }',
                "GRAPH <urn:bad> { ?s ?p ?o }",
            )
        ]
    assert bad.status_code == 400
    assert "line 2" in bad.text
    assert answers == ["false", "true", "false"]  # the default graph is no union; half a file is no graph


def all_graphs(url: str) -> list[str]:
    with Client(url) as client:
        answer = client.send(
            "POST",
            f"{url}/query",
            form={"query": "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"},
            headers={"Accept": "text/csv"},
        )
    return answer.text.split()[1:]


def test_replace_replaces_and_append_adds(server: str, graph: Callable[..., Path]) -> None:
    assert load(server, graph(1, 2), graph=G) == (Loaded(G, 0, 2, 2),)
    assert load(server, graph(2, 3), graph=G, append=True) == (Loaded(G, 2, 2, 3),)
    assert load(server, graph(4), graph=G) == (Loaded(G, 3, 1, 1),)
    assert load(server, graph(4, 5), graph=G, append=True, in_place=True) == (Loaded(G, 1, 2, 2),)


def test_a_graph_of_blank_nodes_is_replaced_and_never_appended(server: str, graph: Callable[..., Path]) -> None:
    path = graph(text="_:a <urn:p> _:b .\n_:b <urn:p> _:a .\n")
    for _ in range(2):
        assert counts(load(server, path, graph="urn:blank", chunk=1)) == {"urn:blank": 2}
    with pytest.raises(StoreError, match="blank nodes"):
        load(server, path, graph="urn:blank", append=True)


def test_a_server_killed_in_the_middle_keeps_the_old_graph(tmp_path: Path, graph: Callable[..., Path]) -> None:
    """The server is a real one on disk: it dies between two chunks, comes back, and the next load finds it clean."""
    with oxigraph(tmp_path / "db") as (url, process):
        load(url, graph(1, 2, 3), graph=G)
        seen = 0

        class Killing(Client):
            def send(self, method: str, *arguments: Any, **options: Any) -> Any:
                nonlocal seen
                seen += method == "POST" and options.get("content") is not None
                if seen == 3:
                    process.kill()
                    process.wait()
                return super().send(method, *arguments, **options)

        with (
            Killing(url, retries=1, sleep=lambda _: None) as client,
            pytest.raises(StoreError, match="cannot be reached") as caught,
        ):
            load_server(client, find_endpoints(client), read_parts([graph(*range(50))], G), chunk=5)
        assert staging_name(G) in str(caught.value)
    with oxigraph(tmp_path / "db") as (url, _):
        assert sorted(all_graphs(url)) == sorted([G, staging_name(G)])
        assert load(url, graph(1, 2, 3), graph=G, append=True) == (Loaded(G, 3, 3, 3),)
        assert all_graphs(url) == [G]


# --- Virtuoso 7 -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def virtuoso_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with virtuoso(tmp_path_factory.mktemp("virtuoso")) as url:
        yield url


DBA = {"user": "dba", "password": "dba"}


def test_the_sample_in_virtuoso_twice_and_appended(virtuoso_url: str, trig: Path, expected: dict[str, int]) -> None:
    assert counts(load(virtuoso_url, trig, **DBA)) == expected
    assert counts(load(f"{virtuoso_url}/sparql-graph-crud-auth", trig, chunk=3000, **DBA)) == expected
    assert counts(load(virtuoso_url, trig, append=True, **DBA)) == expected


#: Spellings that Virtuoso merges: what is sent, how many triples it then has.
MERGED = [
    (f'"3.50"^^<{XSD}decimal>', f'"3.5"^^<{XSD}decimal>', 1),
    (f'"3.50"^^<{XSD}decimal>', f'"3.51"^^<{XSD}decimal>', 2),
    (f'"007"^^<{XSD}integer>', f'"7"^^<{XSD}integer>', 1),
    (f'"7"^^<{XSD}integer>', f'"7.0"^^<{XSD}decimal>', 1),
    (f'"7"^^<{XSD}integer>', '"7"', 2),
    (f'"1"^^<{XSD}boolean>', f'"true"^^<{XSD}boolean>', 1),
    ('"a"@zh-Hans', '"a"@zh-hans', 1),
    ('"a"@zh-Hans', '"A"@zh-Hans', 2),
    ('"a"@zh-Hans', '"a"', 2),
    (f'"2020-01-01T00:00:00Z"^^<{XSD}dateTime>', f'"2020-01-01T08:00:00+08:00"^^<{XSD}dateTime>', 1),
    (f'"2020"^^<{XSD}gYear>', '"2020"', 2),
    ('"办\\u6CD5\\"\\\\"', '"办法\\"\\\\"', 1),
]


@pytest.mark.parametrize(("one", "two", "count"), MERGED)
def test_spellings_that_virtuoso_merges_are_expected(
    virtuoso_url: str, graph: Callable[..., Path], one: str, two: str, count: int
) -> None:
    path = graph(text=f"<urn:s> <urn:p> {one} .\n<urn:s> <urn:p> {two} .\n")
    assert counts(load(virtuoso_url, path, graph="urn:merged", **DBA)) == {"urn:merged": count}


def test_escapes_of_prefixed_names_do_not_reach_virtuoso(virtuoso_url: str, graph: Callable[..., Path]) -> None:
    path = graph(name="a.ttl", text="@prefix e: <https://example.org/> .\ne:a\\/b e:p e:部门 .\n")
    load(virtuoso_url, path, graph="urn:escaped", **DBA)
    with Client(virtuoso_url) as client:
        answer = client.send(
            "POST",
            f"{virtuoso_url}/sparql",
            form={"query": "SELECT * { GRAPH <urn:escaped> { ?s ?p ?o } }"},
            headers={"Accept": "application/sparql-results+json"},
        )
    (row,) = answer.json()["results"]["bindings"]
    assert [row[name]["value"] for name in "spo"] == [f"https://example.org/{end}" for end in ("a/b", "p", "部门")]


def ask_virtuoso(url: str, query: str) -> tuple[int, str]:
    with Client(url, retries=0) as client:
        answer = client.send(
            "POST", f"{url}/sparql", form={"query": query}, headers={"Accept": "text/csv"}, accept=frozenset({400, 500})
        )
    return answer.status_code, answer.text


def test_why_virtuoso_gets_n_triples(virtuoso_url: str) -> None:
    """It takes the escape of a prefixed name for a character of the IRI."""
    with Client(virtuoso_url, user="dba", password="dba") as client:
        client.send(
            "PUT",
            f"{virtuoso_url}/sparql-graph-crud-auth",
            params={"graph-uri": "urn:turtle"},
            content=b"@prefix e: <https://example.org/> .\ne:a\\/b e:p e:c .\n",
            headers={"Content-Type": "text/turtle"},
        )
    _, text = ask_virtuoso(virtuoso_url, "SELECT ?s { GRAPH <urn:turtle> { ?s ?p ?o } }")
    assert "a\\/b" in text


def test_what_docs_say_of_virtuoso_s_queries(virtuoso_url: str, graph: Callable[..., Path]) -> None:
    path = graph(
        text='<urn:a> <urn:p> <urn:b> .\n<urn:b> <urn:p> <urn:c> .\n<urn:a> <urn:q> "甲" .\n<urn:a> <urn:q> "乙" .\n'
    )
    load(virtuoso_url, path, graph="urn:paths", **DBA)
    status, text = ask_virtuoso(virtuoso_url, "SELECT * { GRAPH <urn:paths> { ?a <urn:p>+ ?b } }")
    assert (status >= 400, "transitive" in text.lower()) == (True, True), text
    status, text = ask_virtuoso(virtuoso_url, "SELECT * { GRAPH <urn:paths> { <urn:a> <urn:p>+ ?b } }")
    assert (status, text.count("urn:")) == (200, 2)
    query = "SELECT (GROUP_CONCAT(?o; separator='、') AS ?all) { GRAPH <urn:paths> { <urn:a> <urn:q> ?o } }"
    status, text = ask_virtuoso(virtuoso_url, query)
    assert status == 200
    assert "、" not in text


@pytest.mark.parametrize("options", [{}, {"user": "dba", "password": "wrong"}, {"user": "nobody", "password": "dba"}])
def test_virtuoso_refuses_whom_it_does_not_know(
    virtuoso_url: str, graph: Callable[..., Path], options: dict[str, str]
) -> None:
    with pytest.raises(StoreError, match="access refused") as caught:
        load(virtuoso_url, graph(1), graph="urn:refused", retries=0, **options)
    assert "wrong" not in str(caught.value)


# --- Jena TDB2 --------------------------------------------------------------------------------------------------------


def test_the_sample_in_jena_tdb2(trig: Path, expected: dict[str, int], tmp_path: Path) -> None:
    """N-Quads by the loader, twice, counts by the query command."""
    jena.require()
    quads = tmp_path / "sample.nq"
    store = pyoxigraph.Store()
    store.bulk_load(path=str(trig), format=pyoxigraph.RdfFormat.TRIG)
    store.dump(str(quads), format=pyoxigraph.RdfFormat.N_QUADS)
    query = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    for _ in range(2):
        done = jena.java(tmp_path, "tdb2.tdbloader", "--loc", tmp_path / "tdb", quads)
        assert done.returncode == 0, done.stderr.decode()
    done = jena.java(tmp_path, "tdb2.tdbquery", "--loc", tmp_path / "tdb", "--results", "CSV", query)
    assert done.returncode == 0, done.stderr.decode()
    rows = dict(line.rsplit(",", 1) for line in done.stdout.decode().split()[1:])
    assert {name: int(number) for name, number in rows.items()} == expected


def test_jena_does_not_start_as_it_is_packaged(tmp_path: Path, graph: Callable[..., Path]) -> None:
    """Why docs/stores.md mends the class path; should this fail, the steps can be shorter."""
    jena.require()
    mended, *jars = jena.class_path(tmp_path).split(os.pathsep)
    path = graph(text=f'<urn:s> <urn:p> "1.50"^^<{XSD}decimal> .\n')
    for classes, starts in ((jars, False), ([mended, *jars], True)):
        done = subprocess.run(
            ["java", "-cp", os.pathsep.join(classes), "arq.arq", "--data", str(path), "ASK { ?s ?p 1.5 }"],
            cwd=tmp_path,
            capture_output=True,
            check=False,
        )
        assert (done.returncode == 0) is starts, done.stderr.decode()


# --- a directory ------------------------------------------------------------------------------------------------------


def test_the_sample_in_a_directory(tmp_path: Path, trig: Path, expected: dict[str, int]) -> None:
    parts = read_parts([trig])
    for append in (False, True, False):
        assert counts(load_directory(tmp_path / "db", parts, append=append)) == expected
    store = pyoxigraph.Store.read_only(str(tmp_path / "db"))
    assert len(store) == sum(expected.values())


def test_a_directory_replaces_appends_and_clears_what_a_dead_run_left(
    tmp_path: Path, graph: Callable[..., Path]
) -> None:
    place = tmp_path / "db"
    assert load_directory(place, read_parts([graph(1, 2)], G)) == (Loaded(G, 0, 2, 2),)
    store = pyoxigraph.Store(str(place))
    left = pyoxigraph.NamedNode(staging_name("urn:other"))
    store.add(pyoxigraph.Quad(left, left, left, left))
    store.flush()
    del store
    assert load_directory(place, read_parts([graph(2, 3)], G), append=True) == (Loaded(G, 2, 2, 3),)
    assert [name.value for name in pyoxigraph.Store(str(place)).named_graphs()] == [G]


def test_directories_that_are_refused(tmp_path: Path, graph: Callable[..., Path]) -> None:
    parts = read_parts([graph(1)], G)
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("x")
    with pytest.raises(StoreError, match="no Oxigraph store"):
        load_directory(mine, parts)
    (mine / "CURRENT").write_text("MANIFEST-000001\n")  # some other database
    with pytest.raises(StoreError, match="no Oxigraph store"):
        load_directory(mine, parts)
    with pytest.raises(StoreError, match="cannot open"):
        load_directory(graph(1), parts)
    with pytest.raises(StoreError, match="blank nodes"):
        load_directory(tmp_path / "new", read_parts([graph(text="_:a <urn:p> _:b .\n")], G), append=True)


def test_a_store_that_another_process_holds(tmp_path: Path, graph: Callable[..., Path]) -> None:
    parts = read_parts([graph(1)], G)
    load_directory(tmp_path / "db", parts)
    script = f"import pyoxigraph; s = pyoxigraph.Store({str(tmp_path / 'db')!r}); print('held', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(StoreError, match="another process"):
            load_directory(tmp_path / "db", parts)
        holder.communicate(b"\n")
    assert counts(load_directory(tmp_path / "db", parts)) == {G: 1}


# --- a server that fails ----------------------------------------------------------------------------------------------


def nth(number: int, what: Fault, method: str = "") -> Callable[[Request], Fault]:
    """Fail at the requests up to and with this one of that method."""
    seen = 0

    def fault(request: Request) -> Fault:
        nonlocal seen
        if method and request.method != method:
            return None
        seen += 1
        return what if seen == number else None

    return fault


def first(number: int, what: Fault, method: str) -> Callable[[Request], Fault]:
    seen = 0

    def fault(request: Request) -> Fault:
        nonlocal seen
        seen += request.method == method
        return what if request.method == method and seen <= number else None

    return fault


KINDLY = {"kind": "oxigraph"}


@pytest.mark.parametrize(
    ("fault", "pauses"),
    [
        (first(2, 503, "PUT"), [0.5, 1.0]),
        (first(3, 500, "PUT"), [0.5, 1.0, 2.0]),
        (first(1, (503, {"Retry-After": "7"}), "PUT"), [7.0]),
        (first(1, (429, {"Retry-After": "3"}), "PUT"), [3.0]),
        (first(1, (503, {"Retry-After": "soon"}), "PUT"), [0.5]),
        (first(1, (503, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}), "PUT"), [0.0]),
        (first(1, "drop", "PUT"), [0.5]),
        (first(2, "deaf", "PUT"), [0.5, 1.0]),
    ],
)
def test_trouble_that_passes(
    graph: Callable[..., Path], fault: Callable[[Request], Fault], pauses: list[float]
) -> None:
    waited: list[float] = []
    with faulty(Store(fault)) as store:
        assert load(store.url, graph(*range(5)), graph=G, pauses=waited, **KINDLY) == (Loaded(G, 0, 5, 5),)
        assert waited == pauses
        assert store.graphs() == {G: 5}


def old_graph(store: Store) -> None:
    graph = pyoxigraph.NamedNode(G)
    for number in (100, 101):
        subject = pyoxigraph.NamedNode(f"urn:{number}")
        store.store.add(pyoxigraph.Quad(subject, subject, subject, graph))


PERSISTENT = [
    (first(99, 503, "PUT"), "gave up after 5 tries"),
    (first(99, (503, {"Retry-After": "86400"}), "PUT"), "Retry-After 86400"),
    (first(99, "drop", "PUT"), "cannot be reached"),
    (nth(2, 400, "POST"), "refused: 400 trouble"),
    (nth(2, 413, "POST"), "smaller --chunk"),
    (lambda r: 404 if r.method == "PUT" else None, "wrong path"),
    (lambda r: 403 if r.is_update else None, "access refused"),
    (lambda r: 405 if r.is_update else None, "wrong path"),
    (lambda r: 503 if r.is_update else None, "gave up"),
    (lambda r: (302, {"Location": "http://else/"}) if r.method == "PUT" else None, "redirected to http://else/"),
]


@pytest.mark.parametrize(("fault", "part"), PERSISTENT)
def test_trouble_that_stays_leaves_the_old_graph(
    graph: Callable[..., Path], fault: Callable[[Request], Fault], part: str
) -> None:
    with faulty(Store(fault)) as store:
        old_graph(store)
        with pytest.raises(StoreError) as caught:
            load(store.url, graph(*range(9)), graph=G, chunk=2, **KINDLY)
        assert part in str(caught.value)
        assert caught.value.hint
        assert store.graphs() == {G: 2}


def test_a_load_in_place_that_breaks_off_puts_the_old_graph_back(graph: Callable[..., Path]) -> None:
    with faulty(Store(nth(2, 400, "POST"))) as store:
        old_graph(store)
        with pytest.raises(StoreError, match="refused: 400"):
            load(store.url, graph(*range(9)), graph=G, chunk=2, in_place=True, **KINDLY)
        assert store.graphs() == {G: 2}
    with faulty(Store(nth(2, 400, "POST"))) as store:  # no old graph: none afterwards
        with pytest.raises(StoreError, match="refused: 400"):
            load(store.url, graph(*range(9)), graph=G, chunk=2, in_place=True, **KINDLY)
        assert store.graphs() == {}


def test_what_cannot_be_put_back_is_kept_and_named(
    graph: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with faulty(Store(nth(2, "die", "POST"))) as store:
        old_graph(store)
        with pytest.raises(StoreError, match="could not be put back") as caught:
            load(store.url, graph(*range(9)), graph=G, chunk=2, in_place=True, retries=1, **KINDLY)
        (kept,) = tmp_path.glob("kg-backup-*.nt")
        assert str(kept) in str(caught.value)
        assert kept.read_text().count("\n") == 2


def test_a_generic_store_without_queries_is_counted_by_reading(graph: Callable[..., Path]) -> None:
    with faulty(Store()) as store:
        url = f"{store.url}/store"
        assert load(url, graph(1, 2), graph=G, kind="generic") == (Loaded(G, 0, 2, 2),)
        assert load(url, graph(2, 3), graph=G, kind="generic", append=True) == (Loaded(G, 2, 2, 3),)
        assert not [one for one in store.methods() if "/query" in one or "/update" in one]
        done = load(url, graph(4), graph=G, kind="generic", query_url=f"{store.url}/query")
        assert done == (Loaded(G, 3, 1, 1),)


def test_counts_that_differ(graph: Callable[..., Path]) -> None:
    with faulty(Store(missing=1)) as store, pytest.raises(StoreError, match=r"counts differ.*5.*4"):
        load(store.url, graph(*range(5)), graph=G, **KINDLY)


def test_a_store_that_loses_a_chunk_never_shows_it(graph: Callable[..., Path]) -> None:
    """What it says it did and did not do is seen in the staging graph, before the old graph is touched."""
    with faulty(Store(nth(2, 200, "POST"))) as store:
        old_graph(store)
        with pytest.raises(StoreError, match="counts differ"):
            load(store.url, graph(*range(9)), graph=G, chunk=2, **KINDLY)
        assert store.graphs() == {G: 2}


@pytest.mark.parametrize("append", [False, True])
def test_a_move_whose_answer_is_lost_is_not_done_twice(graph: Callable[..., Path], append: bool) -> None:
    lost = 0

    def fault(request: Request) -> Fault:
        nonlocal lost
        lost += request.is_update
        return "deaf" if request.is_update and lost == 1 else None

    with faulty(Store(fault)) as store:
        old_graph(store)
        done = load(store.url, graph(1, 2, 3), graph=G, append=append, **KINDLY)
        assert counts(done) == store.graphs() == {G: 5 if append else 3}
        assert sum(one.is_update for one in store.requests) == 1


def test_two_graphs_take_their_places_in_one_request(graph: Callable[..., Path]) -> None:
    path = graph(name="a.nq", text='<urn:s> <urn:p> "1" <urn:g1> .\n<urn:s> <urn:p> "1" <urn:g2> .\n')
    with faulty(Store(lambda r: 500 if r.is_update else None)) as store:
        with pytest.raises(StoreError, match="gave up"):
            load(store.url, path, **KINDLY)
        assert store.graphs() == {}
        store.fault = lambda _: None
        store.requests.clear()
        assert counts(load(store.url, path, **KINDLY)) == {"urn:g1": 1, "urn:g2": 1}
        (update,) = [one.body.decode() for one in store.requests if one.is_update]
        assert update.count("MOVE GRAPH") == 2


@pytest.mark.parametrize("auth", ["digest", "basic"])
def test_credentials_are_sent_as_the_server_asks(graph: Callable[..., Path], auth: str) -> None:
    with faulty(Store(auth=auth)) as store:
        given = {"user": "user", "password": "秘密"}
        assert counts(load(store.url, graph(1, 2, 3), graph=G, chunk=1, **given, **KINDLY)) == {G: 3}
        assert "Authorization" not in store.requests[0].headers  # never before it asks
        assert sum("Authorization" not in one.headers for one in store.requests) == 1  # and asked once only
        assert not store.requests[0].body  # no triples were sent in vain
        for wrong in ({}, {"user": "user", "password": "tellnobody"}):
            with pytest.raises(StoreError, match="access refused") as caught:
                load(store.url, graph(1), graph=G, **wrong, **KINDLY)
            assert "tellnobody" not in str(caught.value)


def test_what_a_server_says_never_shows_the_password(graph: Callable[..., Path]) -> None:
    with faulty(Store(lambda _: (400, {}))) as store, pytest.raises(StoreError) as caught:
        load(store.url, graph(1), graph=G, user="user", password="trouble", **KINDLY)
    assert "***" in str(caught.value)
    assert "trouble" not in str(caught.value)


# --- where the endpoints are ------------------------------------------------------------------------------------------

H = "http://h:1"
PLACES = [
    (f"{H}/store", None, False, ("oxigraph", f"{H}/store", "graph", f"{H}/query", f"{H}/update")),
    (H, "oxigraph", False, ("oxigraph", f"{H}/store", "graph", f"{H}/query", f"{H}/update")),
    (
        f"{H}/sparql-graph-crud-auth",
        None,
        True,
        ("virtuoso", f"{H}/sparql-graph-crud-auth", "graph-uri", f"{H}/sparql", f"{H}/sparql-auth"),
    ),
    (f"{H}/", "virtuoso", False, ("virtuoso", f"{H}/sparql-graph-crud", "graph-uri", f"{H}/sparql", f"{H}/sparql")),
    (f"{H}/ds/data", None, False, ("fuseki", f"{H}/ds/data", "graph", f"{H}/ds/query", f"{H}/ds/update")),
    (f"{H}/ds", "fuseki", False, ("fuseki", f"{H}/ds/data", "graph", f"{H}/ds/query", f"{H}/ds/update")),
    (
        f"{H}/repositories/r",
        None,
        True,
        (
            "graphdb",
            f"{H}/repositories/r/rdf-graphs/service",
            "graph",
            f"{H}/repositories/r",
            f"{H}/repositories/r/statements",
        ),
    ),
    (f"{H}/sparql/gsp/", "generic", False, ("generic", f"{H}/sparql/gsp/", "graph", None, None)),
]


@pytest.mark.parametrize(("target", "kind", "signed", "places"), PLACES)
def test_endpoints(target: str, kind: str | None, signed: bool, places: tuple[str | None, ...]) -> None:
    with Client(target) as client:
        found = find_endpoints(client, kind=kind, signed=signed)
        assert (found.kind, found.store, found.parameter, found.query, found.update) == places
        own = find_endpoints(client, kind=kind, query_url="http://q", update_url="http://u")
        assert (own.query, own.update) == ("http://q", "http://u")


@pytest.mark.parametrize("target", ["http://user:secret@h/", "ftp://h/", "http://", "http:///x"])
def test_addresses_that_are_refused(target: str) -> None:
    with pytest.raises(StoreError) as caught:
        Client(target)
    assert "secret" not in str(caught.value)


def test_a_store_that_says_no_name_needs_its_kind(graph: Callable[..., Path]) -> None:
    with faulty(Store()) as store, pytest.raises(StoreError, match="--kind"):
        load(store.url, graph(1), graph=G)


# --- certificates -----------------------------------------------------------------------------------------------------


def test_certificates_are_checked(graph: Callable[..., Path], tmp_path: Path) -> None:
    openssl = require("openssl", "apt-get install openssl")
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    arguments = f"req -x509 -newkey rsa:2048 -nodes -keyout {key} -out {certificate} -days 2 -subj /CN=localhost"
    subprocess.run(
        [openssl, *shlex.split(arguments), "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with faulty(Store()) as store:
        url = tls_front(store, context)
        with pytest.raises(StoreError, match="not trusted"):
            load(url, graph(1), graph=G, **KINDLY)
        assert counts(load(url, graph(1), graph=G, ca=str(certificate), **KINDLY)) == {G: 1}
        with pytest.raises(StoreError, match="cannot read the certificates"):
            load(url, graph(1), graph=G, ca=str(tmp_path / "none.pem"), **KINDLY)


def tls_front(store: Store, context: ssl.SSLContext) -> str:
    """Put TLS before a store; returns its address."""
    import socket

    plain = int(store.url.rpartition(":")[2])
    listener = socket.create_server(("127.0.0.1", 0))

    def pump(source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass
        finally:
            source.close()
            target.close()

    def accept() -> None:
        while True:
            try:
                raw, _ = listener.accept()
                inside = context.wrap_socket(raw, server_side=True)
            except OSError:
                continue
            outside = socket.create_connection(("127.0.0.1", plain))
            for pair in ((inside, outside), (outside, inside)):
                Thread(target=pump, args=pair, daemon=True).start()

    Thread(target=accept, daemon=True).start()
    return f"https://localhost:{listener.getsockname()[1]}"


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command_loads_and_says_the_counts(run: Run, server: str, trig: Path, expected: dict[str, int]) -> None:
    for target in (server, "db"):
        done = run("load", trig, target, "--as", "json")
        assert done.returncode == 0, done.stderr.decode()
        assert {one["graph"]: one["after"] for one in json.loads(done.stdout)} == expected
    done = run("load", trig, "db")
    assert done.stdout.decode().count(" → ") == len(expected)


FAULTS = [
    (["none.trig", "{server}"], "cannot open"),
    (["{bad}", "{server}"], "not RDF"),
    (["{empty}", "{server}", "--graph", "urn:g"], "empty graph"),
    (["{good}", "http://127.0.0.1:1", "--kind", "oxigraph", "--graph", "urn:g", "--retries", "0"], "cannot be reached"),
    (["{good}", "{server}/nowhere", "--kind", "oxigraph", "--graph", "urn:g"], "wrong path"),
    (["{good}", "{server}", "--graph", "urn:g", "--user", "me"], "no password"),
    (["{good}", "ftp://example.org/", "--graph", "urn:g"], "no such kind of address"),
    (["{good}", "http://me:secret@127.0.0.1:1/", "--graph", "urn:g"], "no user or password"),
]


@pytest.mark.parametrize(("arguments", "part"), FAULTS)
def test_faults_are_one_line_and_exit_code_2(
    run: Run, server: str, graph: Callable[..., Path], arguments: list[str], part: str
) -> None:
    files = {
        "good": graph(1),
        "bad": graph(name="bad.ttl", text="<urn:a>"),
        "empty": graph(name="empty.nt", text=""),
        "server": server,
    }
    done = run("load", *(argument.format(**files) for argument in arguments))
    told = done.stderr.decode()
    assert done.returncode == 2, told
    assert part in told
    assert told.count("\n") == 1
    assert "secret" not in told
    assert not done.stdout


def test_the_command_takes_the_password_from_the_environment(run: Run, graph: Callable[..., Path]) -> None:
    with faulty(Store(auth="digest")) as store:
        arguments = ("load", graph(1), store.url, "--kind", "oxigraph", "--graph", G, "--user", "user")
        done = run(*arguments, KG_STORE_PASSWORD="秘密")
        assert done.returncode == 0, done.stderr.decode()
        done = run(*arguments, KG_STORE_PASSWORD="wrong")
        assert done.returncode == 2
        assert "access refused" in done.stderr.decode()
        assert "wrong" not in done.stderr.decode().replace("wrong path", "")
    with faulty(Store(missing=1)) as store:
        done = run("load", graph(1), store.url, "--kind", "oxigraph", "--graph", G)
        assert done.returncode == 2
        assert "counts differ" in done.stderr.decode()


def test_without_httpx_the_command_says_what_to_install(graph: Callable[..., Path]) -> None:
    script = (
        "import sys, importlib.util as u; real = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'httpx' else real(name, *rest)\n"
        "from kg.store import Client\n"
        "try: Client('http://localhost/')\nexcept Exception as fault: print(fault)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert 'pip install "govkg[load]"' in done.stdout.decode()


def test_all_faults_are_faults_of_the_package() -> None:
    assert issubclass(StoreError, KgError)


# --- docs/stores.md ---------------------------------------------------------------------------------------------------


def shell(block: str, folder: Path, **replace: str) -> str:
    """Run a block of docs/stores.md in an empty folder, `kg` being this checkout's; returns what it printed."""
    text = docs_block(block)
    for old, new in replace.items():
        assert old in text, old
        text = text.replace(old, new)
    root = Path(__file__).resolve().parent.parent
    start = f'kg() {{ PYTHONPATH={shlex.quote(str(root))} {shlex.quote(sys.executable)} -m kg "$@"; }}\n'
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", start + text],
        cwd=folder,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_the_steps_for_oxigraph_are_as_written(tmp_path: Path, expected: dict[str, int]) -> None:
    require("oxigraph", "pip install oxigraph")
    printed = shell("oxigraph", tmp_path, **{"7878": str(free_port())})
    assert re.findall(r"^(\S+): \d+ → (\d+) ", printed, re.MULTILINE) == [
        (name, str(number)) for name, number in expected.items()
    ]
    assert printed.split()[-1] == str(sum(expected.values()))  # the last step counts


def test_the_steps_for_a_directory_are_as_written(tmp_path: Path, expected: dict[str, int]) -> None:
    printed = shell("directory", tmp_path)
    assert [int(number) for number in re.findall(r"→ (\d+) ", printed)] == [*expected.values()] * 2


def test_the_steps_for_virtuoso_are_as_written(tmp_path: Path, virtuoso_url: str, expected: dict[str, int]) -> None:
    printed = shell("virtuoso-load", tmp_path, **{"http://127.0.0.1:8890": virtuoso_url})
    assert [int(number) for number in re.findall(r"→ (\d+) ", printed)] == [*expected.values()]


def test_the_steps_for_jena_are_as_written(tmp_path: Path, expected: dict[str, int]) -> None:
    jena.require()
    require("unzip", "apt-get install unzip")
    printed = shell("tdb2", tmp_path)
    rows = dict(line.rsplit(",", 1) for line in printed.split() if line.startswith("http"))
    assert {name: int(number) for name, number in rows.items()} == expected


@pytest.mark.parametrize("code", ["[Errno 111] ", "[Errno -2] ", "[WinError 10061] ", ""])
def test_why_a_server_cannot_be_reached_is_told_without_the_systems_number(code: str) -> None:
    told = _unreachable("http://127.0.0.1:1/", OSError(f"{code}refused"), 1)
    assert told.message.endswith("1 try: refused")
