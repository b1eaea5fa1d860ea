"""`kg serve` as a process: the endpoint, what it refuses, what it leaves behind, and its page in a real browser."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import pyoxigraph
import pytest
from page_browser import ARGUMENTS, CHROMIUM
from playwright.sync_api import Browser, Page, expect, sync_playwright
from servers import require

from kg.build import Built, write
from kg.errors import GraphError, KgError, StoreError
from kg.query import ask, questions
from kg.serve import Limits, Server, gather
from kg.serve.guard import host_allowed, origin_allowed
from kg.store import load_directory, read_parts

ROOT = Path(__file__).resolve().parent.parent
FORM = "application/x-www-form-urlencoded"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def kind(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]


@dataclass
class Running:
    """A `kg serve` process; `folder` is where it makes its temporary files."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path
    first: str

    def ask(
        self, method: str, path: str, body: bytes | str | None = None, host: str | None = None, **headers: str
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent["Host"] = host or f"127.0.0.1:{self.port}"
        connection.request(method, path, body.encode() if isinstance(body, str) else body, sent)
        answer = connection.getresponse()
        got = Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        connection.close()
        return got

    def query(self, text: str, accept: str = "application/sparql-results+json", **headers: str) -> Answer:
        return self.ask("GET", f"/query?{urlencode({'query': text})}", Accept=accept, **headers)

    def children(self) -> list[int]:
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(number) for number in listed.split()]


@contextmanager
def running(tmp_path: Path, *arguments: str | Path) -> Iterator[Running]:
    require("oxigraph", "pip install oxigraph")
    folder = tmp_path / "tmp"
    folder.mkdir(exist_ok=True)
    with subprocess.Popen(
        [sys.executable, "-m", "kg", "serve", *map(str, arguments), "--port", "0"],
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder)},
    ) as process:
        assert process.stderr
        said = ""
        while "http://" not in said:
            line = process.stderr.readline().decode()
            assert line, f"it ended: {said}"
            said += line
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", said)
        assert found, said
        try:
            yield Running(process, int(found[1]), folder, said)
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture(scope="module")
def built(sample: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    write(sample, folder)
    return folder


@pytest.fixture(scope="module")
def served(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("serve"), built, "--timeout", "3", "--limit", "1") as server:
        yield server


# --- answers ----------------------------------------------------------------------------------------------------------

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


def triples(path: Path) -> int:
    return len({str(q.triple) for q in pyoxigraph.parse(path=str(path))})


def test_the_default_graph_is_the_union_and_graphs_can_be_named(served: Running, built: Path) -> None:
    number = triples(next(built.glob("*.trig")))
    assert number > 10_000
    answer = served.query(COUNT)
    assert json.loads(answer.body)["results"]["bindings"][0]["n"]["value"] == str(number)
    graphs = served.query("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", accept="text/csv").text.split()
    assert len(graphs) == 5


SELECT, CONSTRUCT = "SELECT ?s { ?s ?p ?o } LIMIT 2", "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 2"
FORMS = [
    (SELECT, "application/sparql-results+json", b'{"head"'),
    (SELECT, "application/sparql-results+xml", b"<?xml"),
    (SELECT, "text/csv", b"s\r\n"),
    (SELECT, "text/tab-separated-values", b"?s\n"),
    ("ASK {}", "application/sparql-results+json", b'{"head"'),
    (CONSTRUCT, "text/turtle", b"<"),
    (CONSTRUCT, "application/n-triples", b"<"),
]


@pytest.mark.parametrize(("text", "accept", "start"), FORMS)
def test_results_come_in_the_form_that_is_asked_for(served: Running, text: str, accept: str, start: bytes) -> None:
    for answer in (
        served.query(text, accept),
        served.ask("POST", "/query", text, Accept=accept, Content_Type="application/sparql-query"),
        served.ask("POST", "/sparql", urlencode({"query": text}), Accept=accept, Content_Type=FORM),
    ):
        assert answer.status == 200, answer.text
        assert answer.kind == accept
        assert answer.body.startswith(start)
        assert int(answer.headers["content-length"]) == len(answer.body)


def test_the_named_questions_answer_as_kg_query_does(served: Running, built: Path) -> None:
    compared = 0
    for question in questions():
        local = ask(question.text, next(built.glob("*.trig")))
        answer = json.loads(served.query(question.text).body)
        rows = [
            tuple(row[name]["value"] if name in row else "" for name in answer["head"]["vars"])
            for row in answer["results"]["bindings"]
        ]
        assert sorted(rows) == sorted(local.texts()), question.stem
        compared += bool(rows)
    assert compared >= 15


# --- refusals ---------------------------------------------------------------------------------------------------------

GET, POST = "GET", "POST"
QUERY = "application/sparql-query"
REFUSED = [
    (GET, "/query", None, {}, 400, "exactly one"),
    (GET, f"/query?query={quote('SELECT * {')}", None, {}, 400, "line 1"),
    (GET, f"/query?query={quote('ASK {}')}&query=x", None, {}, 400, "exactly one"),
    (GET, f"/query?query={quote('ASK {}')}&default-graph-uri=http://x/", None, {}, 400, "not supported"),
    (
        POST,
        "/query",
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        {"Content_Type": QUERY},
        400,
        "SERVICE",
    ),
    (POST, "/query", "SELECT * { #\r SERVICE <http://127.0.0.1:9/> {} \n}", {"Content_Type": QUERY}, 400, "SERVICE"),
    (POST, "/query", "SELECT * FROM <http://x/> { ?s ?p ?o }", {"Content_Type": QUERY}, 400, "FROM"),
    (POST, "/query", "LOAD <http://127.0.0.1:9/>", {"Content_Type": QUERY}, 405, "update"),
    (POST, "/query", "DELETE WHERE { ?s ?p ?o }", {"Content_Type": QUERY}, 405, "update"),
    (POST, "/query", "DELETE WHERE { ?s ?p ?o }", {"Content_Type": "application/sparql-update"}, 405, "read-only"),
    (POST, "/query", "update=CLEAR+ALL", {"Content_Type": FORM}, 405, "read-only"),
    (POST, "/query", "ASK {}", {"Content_Type": "text/plain"}, 415, "application/sparql-query"),
    (POST, "/query", b"\xff", {"Content_Type": QUERY}, 400, "UTF-8"),
    (POST, "/query", "#" * 200_000, {"Content_Type": QUERY}, 413, "too long"),
    (POST, "/query", "#" * 2_000_000, {"Content_Type": QUERY}, 413, "too long"),
    (POST, "/update", "CLEAR ALL", {"Content_Type": "application/sparql-update"}, 405, "read-only"),
    (GET, "/update?update=CLEAR+ALL", None, {}, 405, "read-only"),
    (GET, "/store?default", None, {}, 405, "read-only"),
    ("PUT", "/store?default", "", {}, 405, "read-only"),
    ("DELETE", "/store?default", None, {}, 405, "read-only"),
    ("PATCH", "/query", "", {}, 405, "read-only"),
    ("OPTIONS", "/query", None, {"Origin": "http://evil.example"}, 405, "read-only"),
    ("BREW", "/query", None, {}, 405, "BREW"),
    (GET, "/assets/../../cli/stores.py", None, {}, 404, "no such page"),
    (GET, "/pages/%2e%2e%2f%2e%2e%2fetc%2fpasswd", None, {}, 404, "no such page"),
    (GET, f"/query?query={quote('ASK {}')}", None, {"host": "evil.example:{port}"}, 421, "name of this server"),
    (GET, "/", None, {"host": "evil.example"}, 421, "name of this server"),
    (GET, "/", None, {"host": "127.0.0.1:1"}, 421, "name of this server"),
    (GET, f"/query?query={quote('ASK {}')}", None, {"Origin": "http://evil.example"}, 403, "other sites"),
    (GET, f"/query?query={quote('ASK {}')}", None, {"Origin": "null"}, 403, "other sites"),
    (GET, f"/query?query={quote('ASK {}')}", None, {"Sec_Fetch_Site": "cross-site"}, 403, "other sites"),
]


@pytest.mark.parametrize(("method", "path", "body", "headers", "status", "part"), REFUSED)
def test_what_is_refused(
    served: Running,
    method: str,
    path: str,
    body: bytes | str | None,
    headers: dict[str, str],
    status: int,
    part: str,
) -> None:
    sent = {name: value.format(port=served.port) for name, value in headers.items()}
    answer = served.ask(method, path, body, **sent)
    assert (answer.status, part in answer.text) == (status, True), answer.text
    assert answer.text.count("\n") == 1
    assert "access-control-allow-origin" not in answer.headers
    assert ("allow" in answer.headers) == (status == 405)
    assert json.loads(served.query("ASK {}").body)["boolean"] is True  # and it still serves


def test_every_answer_bears_its_policy(served: Running) -> None:
    for path in ("/", "/assets/serve.js", "/assets/serve.css", "/about.json", "/none", "/query?query=ASK%7B%7D"):
        headers = served.ask("GET", path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
    head = served.ask("HEAD", "/")
    assert (head.status, head.body) == (200, b"")


def test_a_query_that_takes_too_long_ends(served: Running) -> None:
    begun = time.monotonic()
    answer = served.query("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    assert (answer.status, "3 秒" in answer.text) == (504, True), answer.text
    assert time.monotonic() - begun < 15
    assert served.query(COUNT).status == 200


def test_an_answer_that_is_too_large_is_refused_not_cut(served: Running) -> None:
    answer = served.query("SELECT * { ?s ?p ?o }")
    assert (answer.status, "LIMIT" in answer.text) == (413, True)


def test_the_engine_is_not_at_an_address_that_can_be_guessed_and_takes_no_updates(served: Running) -> None:
    (child,) = served.children()
    command = Path(f"/proc/{child}/cmdline").read_text().split("\0")
    assert command[1] == "serve-read-only"
    host, _, port = command[command.index("--bind") + 1].rpartition(":")
    assert host.startswith("127.")
    assert host != "127.0.0.1"
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", int(port)), timeout=5)
    connection = http.client.HTTPConnection(host, int(port), timeout=5)
    connection.request("POST", "/update", "CLEAR ALL", {"Content-Type": "application/sparql-update"})
    assert connection.getresponse().status >= 400


@pytest.mark.parametrize(
    ("header", "port", "names", "public", "allowed"),
    [
        ("127.0.0.1:80", 80, (), False, True),
        ("127.0.0.1", 80, (), False, True),
        ("localhost:7878", 7878, (), False, True),
        ("LOCALHOST:7878", 7878, (), False, True),
        ("[::1]:7878", 7878, (), False, True),
        ("127.0.0.1:7879", 7878, (), False, False),
        ("127.0.0.1", 7878, (), False, False),
        ("evil.example:7878", 7878, (), False, False),
        ("evil.example:7878", 7878, ("evil.example",), False, True),
        ("localhost.evil.example:7878", 7878, (), True, False),
        ("127.0.0.1.evil.example:7878", 7878, (), True, False),
        ("192.168.1.5:7878", 7878, (), False, False),
        ("192.168.1.5:7878", 7878, (), True, True),
        ("", 7878, (), True, False),
        (None, 7878, (), True, False),
        ("localhost:7878@evil", 7878, (), True, False),
    ],
)
def test_hosts(header: str | None, port: int, names: Sequence[str], public: bool, allowed: bool) -> None:
    assert host_allowed(header, port, names, public=public) is allowed


@pytest.mark.parametrize(
    ("origin", "site", "allowed"),
    [
        (None, None, True),
        ("http://h:1", "same-origin", True),
        (None, "none", True),
        ("http://h:2", None, False),
        ("https://h:1", None, False),
        ("null", None, False),
        (None, "same-site", False),
    ],
)
def test_origins(origin: str | None, site: str | None, allowed: bool) -> None:
    assert origin_allowed(origin, site, "h:1") is allowed


# --- beginning and end ------------------------------------------------------------------------------------------------


def gone(pid: int) -> bool:
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2]:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_in_order(tmp_path: Path, built: Path, sent: signal.Signals) -> None:
    with running(tmp_path, next(built.glob("*.nt" if list(built.glob("*.nt")) else "*.ttl"))) as server:
        (child,) = server.children()
        assert list(server.folder.glob("kg-serve-*"))
        assert server.query(COUNT).status == 200
        server.process.send_signal(sent)
        assert server.process.wait(20) == 0
        assert gone(child)
        assert not list(server.folder.iterdir())


def test_killed_outright_it_leaves_no_engine(tmp_path: Path, built: Path) -> None:
    with running(tmp_path, next(built.glob("*.trig"))) as server:
        (child,) = server.children()
        server.process.kill()
        server.process.wait()
        assert gone(child)


def test_an_engine_that_dies_comes_back(tmp_path: Path, built: Path) -> None:
    with running(tmp_path, next(built.glob("*.trig"))) as server:
        (child,) = server.children()
        os.kill(child, signal.SIGKILL)
        for _ in range(100):
            if server.query(COUNT).status == 200:
                break
            time.sleep(0.1)
        assert server.query(COUNT).status == 200
        assert server.children() != [child]


def test_a_store_is_served_while_it_is_loaded_again(tmp_path: Path, built: Path) -> None:
    parts = read_parts([next(built.glob("*.trig"))])
    load_directory(tmp_path / "db", parts)
    with running(tmp_path, tmp_path / "db") as server:
        assert server.query(COUNT).status == 200
        load_directory(tmp_path / "db", parts)
        assert server.query(COUNT).status == 200


def test_other_addresses_are_warned_of(tmp_path: Path, built: Path) -> None:
    with running(tmp_path, next(built.glob("*.trig")), "--host", "0.0.0.0") as server:
        assert "warning" in server.first
        assert server.query(COUNT).status == 200


def test_what_cannot_be_served_is_one_line_and_exit_code_2(tmp_path: Path, built: Path) -> None:
    (tmp_path / "empty.ttl").write_text("")
    (tmp_path / "bad.nt").write_text("<urn:a>")
    (tmp_path / "nothing").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        cases: list[tuple[list[str | Path], str]] = [
            ([tmp_path / "none.ttl"], "cannot open"),
            ([tmp_path / "empty.ttl"], "empty graph"),
            ([tmp_path / "bad.nt"], "not RDF"),
            ([tmp_path / "nothing"], "no graph files"),
            ([next(built.glob("*.trig")), "--port", port], "in use"),
            ([next(built.glob("*.trig")), "--host", "no.such.host.invalid"], "→"),
        ]
        for arguments, part in cases:
            done = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "kg",
                    "serve",
                    *map(str, [*(() if "--port" in arguments else ("--port", "0"))]),
                    *map(str, arguments),
                ],
                capture_output=True,
                env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)},
                timeout=60,
                check=False,
            )
            told = done.stderr.decode()
            assert done.returncode == 2, told
            assert part in told
            assert told.count("\n") == 1
        assert not list(tmp_path.glob("kg-serve-*"))


def test_a_store_that_is_held_or_empty_is_refused(tmp_path: Path) -> None:
    store = pyoxigraph.Store(str(tmp_path / "db"))
    store.flush()
    with pytest.raises(StoreError, match="another process"):
        gather([tmp_path / "db"], tmp_path / "copy")
    del store
    with pytest.raises(GraphError, match="empty store"):
        gather([tmp_path / "db"], tmp_path / "copy2")


def test_without_the_server_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, built: Path) -> None:
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    with pytest.raises(KgError, match=r"govkg\[serve\]"):
        Server([next(built.glob("*.trig"))], limits=Limits(seconds=1))


# --- the page ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("no chromium is installed, and this is a CI run")
        pytest.skip("no chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, served: Running) -> Iterator[Page]:
    """The page, which may ask nobody but its server and may not complain, but of answers that refuse."""
    context = browser.new_context(locale="zh-CN", accept_downloads=True)
    tab = context.new_page()
    complaints: list[str] = []
    requests: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda fault: complaints.append(str(fault)))
    tab.on("request", lambda request: requests.append(request.url))
    tab.goto(f"http://127.0.0.1:{served.port}/")
    tab.wait_for_selector("html[data-ready]")
    yield tab
    context.close()
    own = (f"http://127.0.0.1:{served.port}/", "data:", "blob:")
    assert requests
    assert not [url for url in requests if not url.startswith(own)]
    assert not [text for text in complaints if "status of 40" not in text and "query=ASK" not in text]


def test_a_named_question_is_one_click_away_in_both_languages(page: Page) -> None:
    assert page.locator("#questions button").count() == len(questions()) >= 24
    expect(page.locator("#questions button").first).to_have_text(questions()[0].zh)
    page.locator("#questions button").first.click()
    expect(page.locator("#answer tbody tr").first).to_be_visible()
    assert page.locator("#answer tbody tr").count() >= 5
    expect(page.locator("#state")).to_contain_text("行")
    page.click("#language")
    expect(page.locator("#questions button").first).to_have_text(questions()[0].en)


def test_a_query_is_typed_with_its_prefixes_added(page: Page) -> None:
    page.fill("#query", "SELECT ?r ?l { ?r a kg:Report ; skos:prefLabel ?l }")
    for _ in range(2):
        page.locator("#missing button").first.click()
    expect(page.locator("#missing")).to_be_hidden()
    page.press("#query", "Control+Enter")
    expect(page.locator("#answer tbody tr")).to_have_count(1)
    page.locator("#answer tbody button").first.click()  # an IRI asks for its description
    expect(page.locator("#answer pre")).to_contain_text("Report")


def test_a_refusal_shows_its_reason(page: Page) -> None:
    page.fill("#query", "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }")
    page.click("#run")
    expect(page.locator("#fault")).to_contain_text("SERVICE is not allowed")
    page.fill("#query", "ASK {}")
    page.click("#run")
    expect(page.locator("#answer")).to_contain_text("true")
    expect(page.locator("#fault")).to_be_hidden()


def test_answers_are_saved_and_text_stays_text(page: Page) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    page.fill("#query", f"SELECT ?a ?b {{ VALUES (?a ?b) {{ ('=1+1' '{hostile}') (-2 'a,\"b') }} }}")
    page.click("#run")
    expect(page.locator("#answer tbody tr")).to_have_count(2)
    expect(page.locator("#answer td").nth(1)).to_have_text(hostile)
    with page.expect_download() as waiting:
        page.click("#csv")
    text = Path(waiting.value.path()).read_bytes().decode("utf-8-sig")
    assert text == f'a,b\r\n\'=1+1,{hostile}\r\n-2,"a,""b"\r\n'
    with page.expect_download() as waiting:
        page.click("#json")
    assert len(json.loads(Path(waiting.value.path()).read_bytes())["results"]["bindings"]) == 2


def test_the_report_s_page_is_there_and_kept_apart(page: Page, served: Running) -> None:
    link = page.locator("#pages a").first
    expect(link).to_be_visible()
    link.click()
    expect(page.locator("canvas").first).to_be_visible(timeout=30_000)
    refused = page.evaluate("fetch('/query?query=ASK%7B%7D').then(() => 'reached', () => 'refused')")
    assert refused == "refused"
