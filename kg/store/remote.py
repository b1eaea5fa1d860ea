"""Named graphs → a server, each whole or not at all.

With an update endpoint: every graph goes to a staging graph and is counted there; then one request moves (or adds) all
of them, and they are counted again. Until that request the old graphs stand untouched, whatever dies. Without one: the
old graph is fetched first, and put back should anything fail.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from kg.errors import KgError, StoreError
from kg.export import write_atomically
from kg.store.client import Client, RefusalError
from kg.store.parts import Loaded, Part, staging_name
from kg.store.places import Endpoints

_N_TRIPLES = {"Content-Type": "application/n-triples; charset=utf-8"}
_GONE = frozenset({404})


def load_server(
    client: Client,
    places: Endpoints,
    parts: Sequence[Part],
    *,
    append: bool = False,
    chunk: int = 50_000,
    in_place: bool = False,
    commits: int = 4,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[Loaded, ...]:
    """Load named graphs into a server; returns what became of each.

    `append`: add to the graphs instead of replacing them. `chunk`: triples per request, 0 for all at once. `in_place`:
    do without staging graphs, also where the store has an update endpoint; `commits`: how often the last step is tried.
    ``StoreError``: anything the server refuses, an unreachable server, or counts that differ; the graphs are then as
    they were, else the message says which is not.
    """
    if append and any(part.has_blank_nodes for part in parts):
        raise StoreError(
            "图里有空白节点,每次追加都会变多 / it has blank nodes, which would double with every append",
            where=places.store,
            hint="去掉 --append (leave --append out)",
        )
    load = _Load(client, places, chunk, append, commits, sleep)
    return load.in_place(parts) if in_place or places.update is None else load.staged(parts)


class _Load:
    def __init__(
        self,
        client: Client,
        places: Endpoints,
        chunk: int,
        append: bool,
        commits: int,
        sleep: Callable[[float], None],
    ) -> None:
        self._client, self._places, self._chunk, self._append = client, places, chunk, append
        self._commits, self._sleep = commits, sleep

    # --- with staging graphs

    def staged(self, parts: Sequence[Part]) -> tuple[Loaded, ...]:
        """Send, count, move, count."""
        begun: list[Part] = []
        try:
            for part in parts:
                self._delete(staging_name(part.name))  # what a dead run left; and a server that asks for a password
                begun.append(part)  # asks now, not after megabytes
                self._send(staging_name(part.name), part)
                self._same(staging_name(part.name), part.count(self._places.kind), part.name)
            before = [self.count(part.name) for part in parts]
            after = [self._expected(part, old) for part, old in zip(parts, before, strict=True)]
            self._commit(parts, after)
        except BaseException as fault:
            left = [staging_name(part.name) for part in begun if not self._tidy(part)]
            if left and isinstance(fault, StoreError):
                raise StoreError(
                    f"{fault.message}; "
                    f"原有的图没有变,临时图可能还在 / the old graphs stand, staging graphs may be left: "
                    f"{', '.join(left)}",
                    where=fault.where,
                    hint=f"{fault.hint}; 再运行一次会清除 (the next run clears them)",
                ) from fault
            raise
        return self._checked(parts, before, after)

    def _expected(self, part: Part, before: int) -> int:
        if not self._append:
            return part.count(self._places.kind)
        staging = staging_name(part.name)
        return before + self._number(
            f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{staging}> {{ ?s ?p ?o }} "
            f"FILTER NOT EXISTS {{ GRAPH <{part.name}> {{ ?s ?p ?o }} }} }}"
        )

    def _commit(self, parts: Sequence[Part], after: Sequence[int]) -> None:
        """Move all staging graphs in one request, which is not sent twice: a second MOVE would find nothing to move.

        Where the answer is lost, the counts tell whether it was done.
        """
        verb = "ADD" if self._append else "MOVE"
        steps = [f"{verb} GRAPH <{staging_name(part.name)}> TO GRAPH <{part.name}>" for part in parts]
        steps += [f"DROP SILENT GRAPH <{staging_name(part.name)}>" for part in parts] if self._append else []
        body = " ;\n".join(steps).encode()
        for number in range(self._commits):
            try:
                self._client.send(
                    "POST",
                    self._places.update or self._places.store,
                    content=body,
                    headers={"Content-Type": "application/sparql-update"},
                    again=False,
                )
                return
            except RefusalError:
                raise
            except StoreError:
                if number == self._commits - 1:
                    raise
                self._sleep(0.5 * 2**number)
                if self._is_done(parts, after):
                    return
                if any(self.count(staging_name(part.name)) == 0 for part in parts):
                    raise  # half done by a store without transactions: sending it again would empty graphs

    def _is_done(self, parts: Sequence[Part], after: Sequence[int]) -> bool:
        return all(
            self.count(staging_name(part.name)) == 0 and self.count(part.name) == number
            for part, number in zip(parts, after, strict=True)
        )

    def _tidy(self, part: Part) -> bool:
        """Drop a staging graph after a failure; False where the server does not do it."""
        try:
            self._delete(staging_name(part.name), again=False)
        except KgError:
            return False
        return True

    # --- without an update endpoint

    def in_place(self, parts: Sequence[Part]) -> tuple[Loaded, ...]:
        """Fetch the old graphs, write over them, count; put the old ones back if anything fails."""
        old = [self._fetch(part.name) for part in parts]
        before = [len(part.triples) if part else 0 for part in old]
        after = [
            Part("", tuple({*(earlier.triples if earlier and self._append else ()), *part.triples})).count(
                self._places.kind
            )
            for part, earlier in zip(parts, old, strict=True)
        ]
        touched = 0
        try:
            for part in parts:
                touched += 1
                self._send(part.name, part, append=self._append)
            return self._checked(parts, before, after)
        except BaseException as fault:
            broken = [
                note
                for part, earlier in zip(parts[:touched], old, strict=False)
                if (note := self._restore(part.name, earlier))
            ]
            if broken and isinstance(fault, StoreError):
                raise StoreError(
                    f"{fault.message}; 无法恢复 / could not be put back: {', '.join(broken)}",
                    where=fault.where,
                    hint="服务器恢复后再运行一次 (run it again when the server is back)",
                ) from fault
            raise

    def _fetch(self, graph: str) -> Part | None:
        """Return a graph of the server, None where there is none."""
        import pyoxigraph

        answer = self._client.send(
            "GET",
            self._places.store,
            params={self._places.parameter: graph},
            headers={"Accept": "application/n-triples, text/turtle;q=0.5"},
            accept=_GONE,
        )
        if answer.status_code in _GONE or not answer.content:
            return None
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip()
        try:
            form = pyoxigraph.RdfFormat.from_media_type(kind) or pyoxigraph.RdfFormat.N_TRIPLES
            quads = list(pyoxigraph.parse(answer.content, format=form))
        except SyntaxError as fault:
            raise StoreError(
                f"服务器给的图读不了 / cannot read the graph it sends ({kind}): {fault}",
                where=self._places.store,
                hint="检查网址是不是图存储端点 (is this the Graph Store endpoint?)",
            ) from fault
        triples = sorted({quad.triple for quad in quads}, key=str)
        return Part(graph, tuple(triples)) if triples else None

    def _restore(self, graph: str, old: Part | None) -> str | None:
        """Put an old graph back, or delete the new one where there was none; returns what to say where that fails."""
        try:
            if old is None:
                self._delete(graph)
            else:
                self._send(graph, old)
        except KgError:
            if old is None:
                return f"<{graph}>"
            name = f"kg-backup-{sha256(graph.encode()).hexdigest()[:16]}.nt"
            kept = Path(tempfile.gettempdir()) / name
            with suppress(KgError):
                write_atomically(kept, b"".join(old.chunks(0)))
                return f"<{graph}> (old: {kept})"
            return f"<{graph}>"
        return None

    # --- both

    def _send(self, graph: str, part: Part, *, append: bool = False) -> None:
        for number, data in enumerate(part.chunks(self._chunk)):
            self._client.send(
                "POST" if append or number else "PUT",
                self._places.store,
                params={self._places.parameter: graph},
                content=data,
                headers=_N_TRIPLES,
            )

    def _delete(self, graph: str, *, again: bool = True) -> None:
        self._client.send(
            "DELETE", self._places.store, params={self._places.parameter: graph}, accept=_GONE, again=again
        )

    def _checked(self, parts: Sequence[Part], before: Sequence[int], after: Sequence[int]) -> tuple[Loaded, ...]:
        done = []
        for part, old, number in zip(parts, before, after, strict=True):
            self._same(part.name, number, part.name)
            done.append(Loaded(part.name, old, len(part.triples), number))
        return tuple(done)

    def _same(self, graph: str, expected: int, name: str) -> None:
        """Refuse a graph that has not as many triples as it should have."""
        number = self.count(graph)
        if number != expected:
            raise StoreError(
                f"数目不符 / the counts differ: <{name}> 应有 {expected},库中 {number} (expected {expected}, "
                f"the store has {number})",
                where=self._places.store,
                hint="看服务器日志,检查 --kind,再运行一次 (see the server's log, check --kind, run it again)",
            )

    def count(self, graph: str) -> int:
        """Return the number of triples the server has in a graph."""
        if self._places.query is None:
            held = self._fetch(graph)
            return 0 if held is None else len(held.triples)
        return self._number(f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")

    def _number(self, query: str) -> int:
        where = self._places.query or self._places.store
        answer = self._client.send(
            "POST",
            where,
            form={"query": query},
            headers={"Accept": "application/sparql-results+json"},
        )
        try:
            return int(answer.json()["results"]["bindings"][0]["n"]["value"])
        except (ValueError, KeyError, IndexError, TypeError) as fault:
            raise StoreError(
                "查询端点的回答不是 SPARQL 结果 / the query endpoint answers no SPARQL results",
                where=where,
                hint="检查网址与 --query-url (check the address and --query-url)",
            ) from fault
