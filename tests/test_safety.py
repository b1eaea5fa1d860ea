"""Questions and files from others reach neither the network nor the disk, and do not keep the program busy for ever."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest
from conftest import ROOT, Run

from kg.build import Built
from kg.describe.graphfile import read_graph
from kg.errors import GraphError, ReadError, StoreError
from kg.query import LONGEST, ask, load
from kg.read import read


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory, sample: Built) -> Path:
    path = tmp_path_factory.mktemp("safety") / "sample.ttl"
    path.write_bytes(sample.files[f"{sample.name}.ttl"])
    return path


class Listener:
    """A server on this machine that notes whoever connects."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/"
        self.callers: list[object] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, caller = self.socket.accept()
            except OSError:
                return
            self.callers.append(caller)
            connection.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    server = Listener()
    yield server
    server.socket.close()


def test_the_listener_notices(listener: Listener) -> None:
    """Or the tests below could not fail."""
    socket.create_connection(listener.socket.getsockname()).close()
    deadline = time.monotonic() + 5
    while not listener.callers and time.monotonic() < deadline:
        time.sleep(0.01)
    assert listener.callers


#: Queries that would reach `URL`.
REACHING = [
    "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <URL> { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <URL> { ?s ?p ?o } } }",
    "SELECT * FROM <URL> { ?s ?p ?o }",
    "SELECT * FROM NAMED <URL> { GRAPH ?g { ?s ?p ?o } }",
    "CONSTRUCT { ?s ?p ?o } FROM <URL> { ?s ?p ?o }",
    "DESCRIBE <URL> FROM <URL>",
    "LOAD <URL>",
    "LOAD SILENT <URL> INTO GRAPH <urn:a>",
]


@pytest.mark.parametrize("text", REACHING)
def test_no_query_opens_a_connection(
    text: str, graph: Path, listener: Listener, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = text.replace("URL", listener.url)
    done = run("query", text, "--on", graph)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr

    def blocked(*_: object, **__: object) -> object:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", blocked)
    monkeypatch.setattr(socket, "getaddrinfo", blocked)
    with pytest.raises(GraphError):
        ask(text, graph)
    assert listener.callers == []


@pytest.mark.parametrize("text", ["DESCRIBE <URL>\n", "SELECT * { GRAPH <URL> { ?s ?p ?o } }", "ASK { <URL> a <URL> }"])
def test_an_address_in_a_query_is_only_a_name(text: str, graph: Path, listener: Listener) -> None:
    ask(text.replace("URL", listener.url), graph)
    assert listener.callers == []


@pytest.mark.parametrize("verb", ["LOAD <file:///etc/hostname>", "CLEAR ALL", "drop all", "COPY <urn:a> TO <urn:b>"])
def test_an_update_is_called_one(verb: str, graph: Path, run: Run) -> None:
    done = run("query", verb, "--on", graph)
    assert done.returncode == 2
    assert "an update, not a query" in done.stderr.decode()


def test_a_build_and_a_query_need_no_network(tmp_path: Path) -> None:
    """In a network namespace without any interface, where the system lets us make one."""
    tool = shutil.which("unshare")
    if tool is None or subprocess.run([tool, "-rn", "true"], capture_output=True, check=False).returncode:
        pytest.skip("no network namespaces here (unshare -rn)")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for arguments in (
        ("build", "--sample", "-o", "out"),
        ("query", "17", "--on", "out/lianyungang-2020.ttl"),
        ("validate", "out/lianyungang-2020.trig"),
        ("diff", "out/lianyungang-2020.ttl", "out/lianyungang-2020.trig"),
    ):
        done = subprocess.run(
            [tool, "-rn", sys.executable, "-m", "kg", *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()


# ---- files ----


def test_imports_and_bases_of_a_graph_are_only_names(tmp_path: Path, listener: Listener) -> None:
    """`owl:imports`, `@base` and relative IRIs are read as what they say, not fetched."""
    secret = tmp_path / "secret.ttl"
    secret.write_text("<urn:secret> <urn:secret> <urn:secret> .", encoding="utf-8")
    for base in (listener.url, f"{secret.as_uri()}"):
        path = tmp_path / "graph.ttl"
        path.write_text(
            f"@base <{base}> .\n@prefix owl: <http://www.w3.org/2002/07/owl#> .\n<#a> owl:imports <> , <{base}> .\n",
            encoding="utf-8",
        )
        assert len(set(read_graph(path))) == 1
        assert ask("ASK { ?s ?p <urn:secret> }", path).boolean is False
    assert listener.callers == []


XXE = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "URL">]>'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="urn:a">'
    "<rdf:value>&x;</rdf:value></rdf:Description></rdf:RDF>"
)
CONTEXT = '{"@context": "URL", "@id": "urn:a", "name": "b"}'


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.rdf", XXE),
        ("a.xml", XXE),
        ("a.owl", XXE),
        ("a.ttl", XXE),
        ("a.jsonld", CONTEXT),
        ("a.json", CONTEXT),
        ("a.ttl", CONTEXT),
    ],
)
def test_files_that_could_fetch_are_refused(name: str, text: str, tmp_path: Path, listener: Listener, run: Run) -> None:
    path = tmp_path / name
    path.write_text(text.replace("URL", listener.url), encoding="utf-8")
    with pytest.raises(GraphError):
        read_graph(path)
    for arguments in (("query", "1", "--on", path), ("validate", path)):
        done = run(*arguments)
        assert done.returncode == 2
        assert b"Traceback" not in done.stderr
    assert listener.callers == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_pipes_and_devices_are_refused_at_once(tmp_path: Path, run: Run) -> None:
    text, graph = tmp_path / "pipe.txt", tmp_path / "pipe.ttl"
    for path in (text, graph):
        os.mkfifo(path)
    with pytest.raises(ReadError, match="no regular file"):
        read(text)
    with pytest.raises(GraphError, match="not a regular file"):
        load(graph)
    for arguments in (
        ("extract", text),
        ("extract", "/dev/zero"),
        ("build", text, "-o", "out"),
        ("query", "1", "--on", graph),
        ("why", "a", "--in", text),
        ("diff", graph, graph),
    ):
        done = run(*arguments)  # the fixture's time limit is the test
        assert done.returncode == 2
        assert b"regular file" in done.stderr, done.stderr


# ---- queries without end ----

BOMB = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def test_a_query_without_end_is_stopped(graph: Path, run: Run) -> None:
    begin = time.monotonic()
    done = run("query", BOMB, "--on", graph, "--timeout", "1")
    assert done.returncode == 2
    assert "1 s" in done.stderr.decode()
    assert len(done.stderr.decode().splitlines()) == 1
    assert time.monotonic() - begin < 60


def test_a_time_limit_changes_no_answer_and_no_fault(graph: Path) -> None:
    assert ask("17", graph, timeout=60) == ask("17", graph)
    with pytest.raises(GraphError, match="cannot open") as caught:
        ask("17", graph.with_name("none.ttl"), timeout=60)
    assert caught.value.hint
    with pytest.raises(GraphError, match="store"):
        ask("17", pyoxigraph.Store(), timeout=60)


@pytest.mark.parametrize("limit", ["0", "-1", "x"])
def test_a_time_limit_is_a_time(limit: str, graph: Path, run: Run) -> None:
    assert run("query", "17", "--on", graph, "--timeout", limit).returncode == 2


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p ?o FILTER(" + "(" * 3000 + "1" + ")" * 3000 + ") }",
        "SELECT * { ?s " + "/".join(["<http://a/>"] * 1000) + " ?o }",
        "SELECT * { ?s " + "|".join(["<http://a/>"] * 1000) + " ?o }",
        "SELECT * { ?s ?p ?o } #" + "x" * LONGEST,
        "SELECT * { " * 2000 + "}" * 2000,
    ],
)
def test_monstrous_queries_are_refused_quickly(text: str, graph: Path) -> None:
    begin = time.monotonic()
    with pytest.raises(GraphError) as caught:
        ask(text, graph)
    assert caught.value.hint
    assert time.monotonic() - begin < 60


# ---- faults keep their parts ----


def test_an_unusable_base_fails_before_anything_is_read(run: Run) -> None:
    done = run("build", "--sample", "-o", "out", "--base-iri", "urn:x:")
    assert done.returncode == 2
    (line,) = done.stderr.decode().splitlines()
    assert "--base-iri" in line
    assert run("build", "--sample", "-o", "out", "--base-iri", "urn:x:id/").returncode == 0


def test_a_fault_survives_the_way_between_processes() -> None:
    import pickle

    for kind in (GraphError, ReadError, StoreError):
        back = pickle.loads(pickle.dumps(kind("what", where="where", hint="hint")))
        assert (type(back), back.message, back.where, back.hint) == (kind, "what", "where", "hint")
