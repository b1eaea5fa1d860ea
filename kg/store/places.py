"""Where a store has its three endpoints: graphs, queries, updates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from kg.errors import StoreError
from kg.store.client import Client


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Addresses of one store. `parameter` names the graph in requests to `store`; None: the store has no such one."""

    kind: str
    store: str
    parameter: str
    query: str | None
    update: str | None


#: Kind → paths below the base address: graphs, the parameter's name, queries, updates.
_PATHS: Final[Mapping[str, tuple[str, str, str, str]]] = MappingProxyType(
    {
        "oxigraph": ("/store", "graph", "/query", "/update"),
        "virtuoso": ("/sparql-graph-crud", "graph-uri", "/sparql", "/sparql"),
        "fuseki": ("/data", "graph", "/query", "/update"),
        "graphdb": ("/rdf-graphs/service", "graph", "", "/statements"),
    }
)

#: What `--kind` takes.
KINDS: Final = (*_PATHS, "generic")

#: Last part of an address → what it is an address of. `/query` and `/update` are too common to tell anything.
_ENDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "/store": "oxigraph",
        "/sparql-graph-crud-auth": "virtuoso",
        "/sparql-graph-crud": "virtuoso",
        "/sparql-auth": "virtuoso",
        "/data": "fuseki",
        "/rdf-graphs/service": "graphdb",
        "/statements": "graphdb",
    }
)


def find_endpoints(
    client: Client,
    *,
    kind: str | None = None,
    signed: bool = False,
    query_url: str | None = None,
    update_url: str | None = None,
) -> Endpoints:
    """Return the endpoints of the client's store.

    `kind` is one of ``KINDS``; not given, it is told from the address, then from the name the server gives itself.
    `signed`: whether a user is given, as Virtuoso has endpoints of their own for users. `query_url` and `update_url`
    stand in for what the kind would have. ``StoreError`` where the kind cannot be told.
    """
    address = client.target.rstrip("/")
    base, told = address, None
    for end, owner in _ENDS.items():
        if address.endswith(end) and kind in {None, owner}:
            base, told = address.removesuffix(end), owner
            break
    known = kind or told or ("graphdb" if "/repositories/" in address else _by_name(client))
    if known == "generic":
        found = Endpoints("generic", client.target, "graph", None, None)
    else:
        store, parameter, query, update = _PATHS[known]
        if known == "virtuoso" and signed:
            store, update = f"{store}-auth", "/sparql-auth"
        found = Endpoints(known, base + store, parameter, base + query, base + update)
    return replace(found, query=query_url or found.query, update=update_url or found.update)


def _by_name(client: Client) -> str:
    anything = frozenset(range(300, 500))
    answer = client.send("GET", client.target, accept=anything)
    name = answer.headers.get("Server", "").lower()
    for kind in _PATHS:
        if kind in name:
            return kind
    raise StoreError(
        f"认不出是哪种三元组库 / cannot tell what store this is: {name[:60] or '?'}",
        where=client.target,
        hint=f"用 --kind 指明 (say --kind): {' | '.join(KINDS)}",
    )
