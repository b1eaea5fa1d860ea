"""Real triple stores for the tests: `oxigraph`, Virtuoso 7, and a small Graph Store server that fails as it is told."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from urllib.parse import parse_qs, urlsplit

import pyoxigraph
import pytest


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def require(program: str, package: str) -> str:
    """Return where a program is; without it the test is skipped, with ``KG_REQUIRE_TOOLS=1`` it fails."""
    found = shutil.which(program) or shutil.which(program, path=str(Path(sys.executable).parent))
    if found is None:
        told = f"{program} is not installed ({package})"
        if os.environ.get("KG_REQUIRE_TOOLS") == "1":
            pytest.fail(told)
        pytest.skip(told)
    return found


def wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, f"the server at {url} ended with {process.returncode}"
        with suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.05)
    raise AssertionError(f"no answer from {url}")


@contextmanager
def oxigraph(location: Path, port: int = 0) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """An `oxigraph` server on a directory; yields its address and its process."""
    program = require("oxigraph", "pip install oxigraph")
    port = port or free_port()
    process = subprocess.Popen(
        [program, "serve", "--location", str(location), "--bind", f"127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/", process)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait(10)


def docs_block(name: str) -> str:
    """The block of docs/stores.md after `<!-- test: NAME -->`."""
    text = (Path(__file__).parent.parent / "docs" / "stores.md").read_text(encoding="utf-8")
    match = re.search(rf"<!-- test: {name} -->\n```\w*\n(.+?)\n```", text, re.DOTALL)
    assert match, name
    return match[1]


@contextmanager
def virtuoso(folder: Path) -> Iterator[str]:
    """Virtuoso 7 with the configuration that docs/stores.md gives, at ports of its own; user and password `dba`."""
    program = require("virtuoso-t", "apt-get install virtuoso-opensource-7")
    sql, web = free_port(), free_port()
    text = docs_block("virtuoso.ini").replace("127.0.0.1:1111", f"127.0.0.1:{sql}")
    assert "127.0.0.1:8890" in text
    (folder / "virtuoso.ini").write_text(text.replace("127.0.0.1:8890", f"127.0.0.1:{web}"), encoding="utf-8")
    process = subprocess.Popen(
        [program, "+foreground", "+configfile", "virtuoso.ini"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://127.0.0.1:{web}/sparql?query=ASK%7B%7D", process)
        yield f"http://127.0.0.1:{web}"
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@dataclass(frozen=True)
class Request:
    number: int  # from 1
    method: str
    path: str
    body: bytes
    headers: dict[str, str]

    @property
    def is_update(self) -> bool:
        return self.path.startswith("/update")


#: What to do instead of the right thing: a status, a status with headers, "drop" (the connection, in the middle of the
#: body), "deaf" (do it, then close without an answer), "die" (never answer anybody again).
Fault = int | tuple[int, dict[str, str]] | str | None


@dataclass
class Store:
    """A Graph Store server over an Oxigraph in memory, with its requests and its faults."""

    fault: Callable[[Request], Fault] = lambda _: None
    auth: str = ""  # "digest" or "basic"
    missing: int = 0  # how many triples too few a count says
    store: pyoxigraph.Store = field(default_factory=pyoxigraph.Store)
    requests: list[Request] = field(default_factory=list)
    dead: bool = False
    url: str = ""
    lock: Lock = field(default_factory=Lock)

    def graphs(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for quad in self.store:
            name = getattr(quad.graph_name, "value", "")
            found[name] = found.get(name, 0) + 1
        return found

    def methods(self) -> list[str]:
        return [f"{one.method} {urlsplit(one.path).path}" for one in self.requests]


@contextmanager
def faulty(store: Store) -> Iterator[Store]:
    """Run a `Store`; user `user`, password `秘密` where it asks for one."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def _do(self) -> None:
            with store.lock:
                self._locked()

        do_GET = do_PUT = do_POST = do_DELETE = _do  # noqa: N815

        def _locked(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            number = len(store.requests) + 1
            peek = Request(number, self.command, self.path, b"", dict(self.headers))
            fault = "drop" if store.dead else store.fault(peek)
            if fault == "die":
                store.dead, fault = True, "drop"
            if fault == "drop":
                self.rfile.read(length // 2)
                store.requests.append(peek)
                self._close()
                return
            body = self.rfile.read(length)
            store.requests.append(Request(number, self.command, self.path, body, dict(self.headers)))
            if store.auth and not self._signed():
                challenge = (
                    'Digest realm="r", nonce="n1", qop="auth", algorithm=MD5, opaque="o"'
                    if store.auth == "digest"
                    else 'Basic realm="r"'
                )
                self._say(401, b"no", {"WWW-Authenticate": challenge})
                return
            if isinstance(fault, int):
                self._say(fault, b"<html><h1>trouble</h1></html>", {})
                return
            if isinstance(fault, tuple):
                self._say(fault[0], b"trouble", fault[1])
                return
            status, data, kind = self._act(body)
            if fault == "deaf":
                self._close()
                return
            self._say(status, data, {"Content-Type": kind})

        def _close(self) -> None:
            self.close_connection = True
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)

        def _say(self, status: int, data: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def _signed(self) -> bool:
            sent = self.headers.get("Authorization", "")
            if store.auth == "basic":
                return sent == "Basic " + base64.b64encode("user:秘密".encode()).decode()
            if not sent.startswith("Digest "):
                return False
            part = dict(re.findall(r'(\w+)="?([^",]+)"?', sent[7:]))

            def md5(text: str) -> str:
                return hashlib.md5(text.encode()).hexdigest()

            first, second = md5("user:r:秘密"), md5(f"{self.command}:{part['uri']}")
            right = md5(f"{first}:{part['nonce']}:{part['nc']}:{part['cnonce']}:{part['qop']}:{second}")
            return bool(part["response"] == right and part["uri"] == self.path)

        def _act(self, body: bytes) -> tuple[int, bytes, str]:
            parts = urlsplit(self.path)
            if parts.path == "/query":
                asked = parse_qs(body.decode())["query"][0]
                answer = store.store.query(asked)
                assert isinstance(answer, pyoxigraph.QuerySolutions)
                count = int(next(answer)[0].value)
                if "loading:" not in asked:
                    count -= store.missing
                values = {"head": {"vars": ["n"]}, "results": {"bindings": [{"n": {"value": str(count)}}]}}
                return 200, json.dumps(values).encode(), "application/sparql-results+json"
            if parts.path == "/update":
                store.store.update(body.decode())
                return 204, b"", "text/plain"
            if parts.path != "/store":
                return 404, b"no such path", "text/plain"
            graph = pyoxigraph.NamedNode(parse_qs(parts.query)["graph"][0])
            there = store.store.contains_named_graph(graph)
            if self.command == "GET":
                quads = store.store.quads_for_pattern(None, None, None, graph)
                data = pyoxigraph.serialize((q.triple for q in quads), format=pyoxigraph.RdfFormat.N_TRIPLES)
                return (200, data or b"", "application/n-triples") if there else (404, b"", "text/plain")
            if self.command in {"PUT", "DELETE"} and there:
                store.store.remove_graph(graph)
            if self.command == "DELETE":
                return (204 if there else 404), b"", "text/plain"
            assert self.headers["Content-Type"].startswith("application/n-triples")
            quads_in = pyoxigraph.parse(body, format=pyoxigraph.RdfFormat.N_TRIPLES)
            store.store.extend(pyoxigraph.Quad(q.subject, q.predicate, q.object, graph) for q in quads_in)
            return 201, b"", "text/plain"

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    store.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()
