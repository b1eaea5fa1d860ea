"""Who may ask and what may be asked, decided before anything is passed on."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from threading import Lock

from kg.query import check

_NAMES = frozenset({"localhost"})
_PARSER = Lock()  # pyparsing keeps its state in the grammar


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


def refuse_harm(text: str) -> None:
    """Raise ``GraphError`` for what is no harmless query (``kg.query.check``), from any thread."""
    with _PARSER:
        check(text)
