"""The HTTP server that people reach: the page, the named questions, the endpoint."""

from __future__ import annotations

import errno
import http.client
import json
import socket
import tempfile
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from ipaddress import ip_address
from pathlib import Path
from threading import BoundedSemaphore, Event, Thread
from urllib.parse import parse_qs, quote, unquote, urlsplit

from kg.errors import GraphError, StoreError
from kg.query import questions
from kg.serve.engine import Engine
from kg.serve.guard import host_allowed, origin_allowed, refuse_harm
from kg.serve.material import Material, gather
from kg.vocabulary import PREFIXES

_OWN = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
#: A report's page brings its own policy by hash; here it is also kept apart from the endpoint's origin.
_REPORT = "sandbox allow-scripts allow-downloads allow-popups; frame-ancestors 'none'"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_ENDPOINTS = ("/query", "/sparql")
_WRITES = ("/update", "/store")
_READS = "GET, HEAD, POST"
_DRAINED = 4_000_000  # bytes of a request that is too large


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds a query may take, bytes its answer may have, bytes a query may have, queries at a time."""

    seconds: float = 30.0
    answer: int = 32_000_000
    query: int = 100_000
    at_once: int = 4


class Server:
    """A running front with its engine. Use as a context manager: leaving it ends both and removes the copy.

    `port` 0 takes a free one. `names` are further host names that lead here. ``StoreError`` where the port is taken.
    """

    def __init__(
        self,
        sources: Sequence[Path],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        names: Collection[str] = (),
        limits: Limits | None = None,
    ) -> None:
        """Copy the graphs, start the engine, bind the port."""
        self.limits = limits or Limits()
        self.public = not _is_loopback(host)
        self.names = frozenset(name.lower() for name in names)
        self.places = BoundedSemaphore(self.limits.at_once)
        self._listener = _bind(host, port)
        self.host, self.port = host, self._listener.server_address[1]
        self._folder = tempfile.TemporaryDirectory(prefix="kg-serve-")
        try:
            self.material: Material = gather(sources, Path(self._folder.name) / "store")
            self.engine = Engine(self.material.store, self.limits.seconds)
        except BaseException:
            self._listener.server_close()
            self._folder.cleanup()
            raise
        self.files = _files(self.material)
        self._listener.RequestHandlerClass = _handler(self)
        self._thread = Thread(target=self._listener.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The address to open."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not bound
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"

    def __enter__(self) -> Server:
        """Return the server, which runs already."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening, end the engine, remove the copy."""
        self._listener.shutdown()
        self._listener.server_close()
        self.engine.stop()
        self._folder.cleanup()

    def wait(self, stop: Event) -> None:
        """Return when `stop` is set; meanwhile start the engine again should it die."""
        while not stop.wait(0.2):
            if not self.engine.alive:
                self.engine.restart()


def serve(
    sources: Sequence[Path],
    stop: Event,
    ready: Callable[[Server], None],
    *,
    host: str = "127.0.0.1",
    port: int = 7878,
    names: Collection[str] = (),
    limits: Limits | None = None,
) -> None:
    """Serve until `stop` is set; `ready` is called once with the running server."""
    with Server(sources, host=host, port=port, names=names, limits=limits) as server:
        ready(server)
        server.wait(stop)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a reader who closes the connection is no event."""


class _Listener6(_Listener):
    import socket as _socket

    address_family = _socket.AF_INET6


def _bind(host: str, port: int) -> _Listener:
    try:
        return (_Listener6 if ":" in host else _Listener)((host, port), BaseHTTPRequestHandler)
    except OSError as fault:
        what = "端口被占用 / the port is in use" if fault.errno == errno.EADDRINUSE else f"{fault.strerror or fault}"
        elsewhere = isinstance(fault, socket.gaierror) or fault.errno == errno.EADDRNOTAVAIL
        if elsewhere:
            what = f"不是本机的地址 / no address of this machine: {fault.strerror or fault}"
        hint = (
            "用 --host 换一个,例如 127.0.0.1 或 0.0.0.0 (choose another --host)"
            if elsewhere
            else "用 --port 换一个,0 为任意空闲端口 (choose another --port, 0 for any)"
        )
        raise StoreError(what, where=host if elsewhere else f"{host}:{port}", hint=hint) from fault
    except OverflowError as fault:
        raise StoreError(f"no such port: {port}", where=host, hint="0 … 65535") from fault


def _files(material: Material) -> Mapping[str, tuple[str, str, bytes]]:
    """Return path → content type, policy, bytes of everything that is served as it is."""
    files: dict[str, tuple[str, str, bytes]] = {}
    for entry in (resources.files("kg") / "assets" / "serve").iterdir():
        kind = _TYPES.get(Path(entry.name).suffix)
        if kind:
            path = "/" if entry.name == "index.html" else f"/assets/{entry.name}"
            files[path] = (f"{kind}; charset=utf-8", _OWN, entry.read_bytes())
    pages = []
    for name, data in material.pages:
        path = f"/pages/{name}.html"
        files[path] = ("text/html; charset=utf-8", _REPORT, data)
        pages.append({"name": name, "path": quote(path)})
    about = {
        "triples": material.triples,
        "pages": pages,
        "prefixes": dict(PREFIXES),
        "questions": [
            {"number": q.number, "zh": q.zh, "en": q.en, "nameZh": q.name_zh, "nameEn": q.name_en, "text": q.text}
            for q in questions()
        ],
    }
    files["/about.json"] = ("application/json; charset=utf-8", _OWN, json.dumps(about, ensure_ascii=False).encode())
    return files


class _RefusalError(Exception):
    """An answer that is not 200, with its reason in one line."""

    def __init__(self, status: HTTPStatus, reason: str, **headers: str) -> None:
        super().__init__(reason)
        self.status, self.reason, self.headers = status, reason, headers


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        front = server

    return Handler


class _Handler(BaseHTTPRequestHandler):
    front: Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "govkg", ""
    timeout = 30  # seconds that a connection may keep a thread without saying anything

    def log_message(self, format: str, *args: object) -> None:
        """Keep no log: what people ask is theirs."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what the standard library itself refuses (a broken request line, an unknown method) as we do."""
        self.close_connection = True
        status = HTTPStatus(code)
        if status == HTTPStatus.NOT_IMPLEMENTED:
            status = HTTPStatus.METHOD_NOT_ALLOWED
        self._answer(status, "text/plain; charset=utf-8", _OWN, f"{message or status.phrase}\n".encode(), Allow=_READS)

    def do_GET(self) -> None:
        """Answer files and queries in the address."""
        self._do(self._get)

    do_HEAD = do_GET  # noqa: N815 - the names that http.server calls

    def do_POST(self) -> None:
        """Answer queries in the body."""
        self._do(self._post)

    def do_PUT(self) -> None:
        """Refuse: nothing can be written here."""
        self._do(self._refuse_writing)

    do_DELETE = do_PATCH = do_OPTIONS = do_PUT  # noqa: N815

    def _do(self, act: Callable[[], None]) -> None:
        try:
            host = self.headers.get("Host")
            if not host_allowed(host, self.front.port, self.front.names, public=self.front.public):
                raise _RefusalError(
                    HTTPStatus.MISDIRECTED_REQUEST,
                    "不是本机的名字 / not a name of this server: 用 127.0.0.1 或 localhost,或 --allow-host",
                )
            act()
        except _RefusalError as refusal:
            self.close_connection = True  # a body may be unread
            self._answer(
                refusal.status, "text/plain; charset=utf-8", _OWN, f"{refusal.reason}\n".encode(), **refusal.headers
            )
        except ConnectionError:
            self.close_connection = True

    def _refuse_writing(self) -> None:
        raise _RefusalError(HTTPStatus.METHOD_NOT_ALLOWED, "只读 / read-only: 只能查询 (queries only)", Allow=_READS)

    def _get(self) -> None:
        parts = urlsplit(self.path)
        if parts.path in _ENDPOINTS:
            self._query(parse_qs(parts.query, keep_blank_values=True, max_num_fields=20) if parts.query else {})
            return
        if parts.path in _WRITES:
            self._refuse_writing()
        file = self.front.files.get(unquote(parts.path))
        if file is None:
            raise _RefusalError(HTTPStatus.NOT_FOUND, "没有这一页 / no such page")
        kind, policy, data = file
        self._answer(HTTPStatus.OK, kind, policy, data)

    def _post(self) -> None:
        parts = urlsplit(self.path)
        if parts.path not in _ENDPOINTS:
            if parts.path in _WRITES:
                self._refuse_writing()
            raise _RefusalError(HTTPStatus.NOT_FOUND, "没有这一页 / no such page")
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()) or "Transfer-Encoding" in self.headers:
            raise _RefusalError(HTTPStatus.LENGTH_REQUIRED, "需要 Content-Length / Content-Length is required")
        if int(length) > 4 * self.front.limits.query:  # a form takes up to nine bytes for a character
            for _ in range(min(int(length), _DRAINED) // 65_536):  # who is still sending does not hear the answer
                self.rfile.read(65_536)
            raise _RefusalError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "查询太长 / the query is too long")
        body = self.rfile.read(int(length))
        kind = self.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        fields = parse_qs(parts.query, keep_blank_values=True, max_num_fields=20)
        try:
            text = body.decode("utf-8")
            if kind == "application/sparql-query":
                fields["query"] = [text]
            elif kind == "application/x-www-form-urlencoded":
                fields |= parse_qs(text, keep_blank_values=True, max_num_fields=20)
            elif kind == "application/sparql-update":
                self._refuse_writing()
            else:
                raise _RefusalError(
                    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                    "用 application/sparql-query 或表单 (or application/x-www-form-urlencoded)",
                )
        except ValueError as fault:
            raise _RefusalError(
                HTTPStatus.BAD_REQUEST, f"不是 UTF-8 或字段太多 / not UTF-8, or too many: {fault}"
            ) from fault
        self._query(fields)

    def _query(self, fields: Mapping[str, list[str]]) -> None:
        host = self.headers.get("Host", "")
        if not origin_allowed(self.headers.get("Origin"), self.headers.get("Sec-Fetch-Site"), host):
            raise _RefusalError(HTTPStatus.FORBIDDEN, "别的网页不能查询 / pages of other sites may not ask")
        if "update" in fields:
            self._refuse_writing()
        if fields.keys() & {"default-graph-uri", "named-graph-uri"}:
            raise _RefusalError(
                HTTPStatus.BAD_REQUEST,
                "不支持 default-graph-uri、named-graph-uri / not supported: 用 GRAPH (use GRAPH)",
            )
        asked = fields.get("query", [])
        if len(asked) != 1:
            raise _RefusalError(
                HTTPStatus.BAD_REQUEST, "要且只要一个 query 参数 / exactly one parameter query is needed"
            )
        if len(asked[0].encode("utf-8", "replace")) > self.front.limits.query:
            raise _RefusalError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "查询太长 / the query is too long")
        try:
            refuse_harm(asked[0])
        except GraphError as fault:
            if "an update, not a query" in fault.message:
                raise _RefusalError(HTTPStatus.METHOD_NOT_ALLOWED, str(fault), Allow=_READS) from fault
            raise _RefusalError(HTTPStatus.BAD_REQUEST, " ".join(str(fault).split())) from fault
        self._answer(*self._ask(asked[0]))

    def _ask(self, text: str) -> tuple[HTTPStatus, str, str, bytes]:
        limits = self.front.limits
        if not self.front.places.acquire(timeout=limits.seconds):
            raise _RefusalError(
                HTTPStatus.SERVICE_UNAVAILABLE, "正忙 / busy", **{"Retry-After": str(round(limits.seconds) or 1)}
            )
        begun = time.monotonic()
        try:
            status, kind, data = self.front.engine.query(text, self.headers.get("Accept") or "*/*", limits.answer)
        except (OSError, http.client.HTTPException) as fault:
            raise self._cut(begun) from fault
        finally:
            self.front.places.release()
        if status >= 500:
            raise self._cut(begun)
        if len(data) > limits.answer:
            raise _RefusalError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"结果超过 {limits.answer / 1e6:g} MB / the answer is larger than that: 加 LIMIT (add LIMIT)",
            )
        if status >= 400:
            raise _RefusalError(HTTPStatus(status), " ".join(data.decode("utf-8", "replace").split())[:500])
        return HTTPStatus(status), kind, _OWN, data

    def _cut(self, begun: float) -> _RefusalError:
        if time.monotonic() - begun >= 0.9 * self.front.limits.seconds:
            return _RefusalError(
                HTTPStatus.GATEWAY_TIMEOUT,
                f"查询超过 {self.front.limits.seconds:g} 秒 / the query took longer than that: 缩小范围 (narrow it)",
            )
        return _RefusalError(HTTPStatus.BAD_GATEWAY, "查询中断 / the query broke off: 再试一次 (try again)")

    def _answer(self, status: HTTPStatus, kind: str, policy: str, data: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(data)),
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-store",
            **headers,
        }.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)
