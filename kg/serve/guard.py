"""Who may ask and what may be asked, decided before anything is passed on."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from threading import Lock

from kg.errors import GraphError
from kg.query import check

_NAMES = frozenset({"localhost"})
_PARSER = Lock()  # pyparsing keeps its state in the grammar

#: Tokens of SPARQL in which words mean nothing: long and short strings, IRIs, comments (to the end of a line).
_SILENT = re.compile(
    r"'''(?:[^\\]|\\.)*?'''"
    r'|"""(?:[^\\]|\\.)*?"""'
    r"|'(?:[^'\\\n]|\\.)*'"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|<[^<>\"{}|^`\\\x00-\x20]*>|#[^\n]*",
    re.DOTALL,
)
_REFUSED = re.compile(r"(?<![\w:?$@-])(SERVICE|FROM|LOAD)(?![\w:-])", re.IGNORECASE)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def host_allowed(header: str | None, port: int, names: Collection[str], *, public: bool) -> bool:
    """Return whether a Host header names this server. Against DNS rebinding: a name that somebody made lead here.

    `names` are further names the user allows. Numbers cannot be rebound: loopback ones always pass, others where the
    server is `public` (bound to more than loopback).
    """
    if not header:
        return False
    match = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::([0-9]{1,5}))?", header.strip())
    if match is None or int(match[2] or 80) != port:
        return False
    host = match[1].strip("[]").lower().rstrip(".")
    if host in _NAMES or host in names:
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or public


def origin_allowed(origin: str | None, site: str | None, host: str) -> bool:
    """Return whether a request comes from this server's own page or from no page at all (curl, a notebook)."""
    if site in {"cross-site", "same-site"}:
        return False
    return origin is None or origin == f"http://{host}"


def harmless(text: str) -> str:
    """Return a query as it may be passed on: line ends made one; ``GraphError`` where it is refused.

    Two readings must agree, as two parsers may not: rdflib ends a comment at LF only, Oxigraph also at CR. So there is
    but one kind of line end, the parse tree is looked at (``kg.query.check``), and so are the words outside strings,
    IRIs and comments.
    """
    text = re.sub(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]", "\n", text)
    with _PARSER:
        check(text)
    for reading in (text, _ESCAPE.sub(_character, text)):
        word = _REFUSED.search(_SILENT.sub(" ", reading))
        if word:
            keyword = word[1].upper()
            raise GraphError(
                f"不允许 {keyword} / {keyword} is not allowed: 查询只读给定的图,不访问网络",
                where="query",
                hint=f"去掉 {keyword} (leave it out)",
            )
    return text


def _character(match: re.Match[str]) -> str:
    number = int(match[1] or match[2], 16)
    return chr(number) if number < 0x110000 else " "
