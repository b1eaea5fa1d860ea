"""Named graphs → an embedded Oxigraph store in a directory, all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import StoreError
from kg.store.parts import STAGING, Loaded, Part, staging_name

if TYPE_CHECKING:
    import pyoxigraph


def is_store(directory: Path) -> bool:
    """Return whether a directory holds an Oxigraph store: a RocksDB database with Oxigraph's tables."""
    if not (directory / "CURRENT").is_file():
        return False
    options = sorted(directory.glob("OPTIONS-*"))
    return bool(options) and b'"id2str"' in options[-1].read_bytes()


def load_directory(directory: Path, parts: Sequence[Part], *, append: bool = False) -> tuple[Loaded, ...]:
    """Load named graphs into the store of a directory, which is made where it is missing or empty.

    Replaces each graph, or adds to it with `append`. The graphs take their places in one transaction. ``StoreError``: a
    directory that is neither empty nor a store, a store that another process holds, a disk that refuses.
    """
    import pyoxigraph

    if append and any(part.has_blank_nodes for part in parts):
        raise StoreError(
            "图里有空白节点,每次追加都会变多 / it has blank nodes, which would double with every append",
            where=str(directory),
            hint="去掉 --append (leave --append out)",
        )
    try:
        if directory.exists() and any(directory.iterdir()) and not is_store(directory):
            raise StoreError(
                "目录不空,也不是 Oxigraph 库 / not empty, and no Oxigraph store",
                where=str(directory),
                hint="换一个空目录 (choose an empty directory)",
            )
        store = pyoxigraph.Store(str(directory))
    except OSError as fault:
        raise _cannot_open(directory, fault) from fault
    try:
        return _load(store, parts, append)
    except OSError as fault:
        raise StoreError(
            f"写入失败 / cannot write: {fault}", where=str(directory), hint="检查磁盘空间 (check the disk)"
        ) from fault


def _load(store: pyoxigraph.Store, parts: Sequence[Part], append: bool) -> tuple[Loaded, ...]:
    import pyoxigraph

    for graph in list(store.named_graphs()):  # what a dead run left
        if isinstance(graph, pyoxigraph.NamedNode) and graph.value.startswith(STAGING):
            store.remove_graph(graph)
    before = [_count(store, part.name) for part in parts]
    try:
        for part in parts:
            graph = pyoxigraph.NamedNode(staging_name(part.name))
            store.bulk_extend(pyoxigraph.Quad(t.subject, t.predicate, t.object, graph) for t in part.triples)
        verb = "ADD" if append else "MOVE"
        steps = [f"{verb} GRAPH <{staging_name(part.name)}> TO GRAPH <{part.name}>" for part in parts]
        steps += [f"DROP SILENT GRAPH <{staging_name(part.name)}>" for part in parts] if append else []
        store.update(" ;\n".join(steps))
    except BaseException:
        for part in parts:
            store.remove_graph(pyoxigraph.NamedNode(staging_name(part.name)))
        raise
    store.flush()
    return tuple(
        Loaded(part.name, old, len(part.triples), _count(store, part.name))
        for part, old in zip(parts, before, strict=True)
    )


def _count(store: pyoxigraph.Store, graph: str) -> int:
    import pyoxigraph

    return sum(1 for _ in store.quads_for_pattern(None, None, None, pyoxigraph.NamedNode(graph)))


def _cannot_open(directory: Path, fault: OSError) -> StoreError:
    text = str(fault)
    if "lock" in text.lower():
        return StoreError(
            "另一个程序正在使用这个库 / another process holds this store",
            where=str(directory),
            hint="先关掉它,例如 kg serve 或 oxigraph serve (stop that process first)",
        )
    return StoreError(
        f"打不开 / cannot open: {fault.strerror or text}", where=str(directory), hint="检查目录与权限 (check it)"
    )
