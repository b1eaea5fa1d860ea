"""What is served: a snapshot of the graphs in a store of its own, and the pages built beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.describe.graphfile import SUFFIXES, read_graph
from kg.errors import GraphError, StoreError
from kg.store import is_store

if TYPE_CHECKING:
    import pyoxigraph

_PREFERRED = (".trig", ".nq", ".ttl", ".nt")  # of one report: the forms that keep the named graphs first


@dataclass(frozen=True, slots=True)
class Material:
    """A store on disk, the number of its triples, and the HTML pages of its reports by name."""

    store: Path
    triples: int
    pages: tuple[tuple[str, bytes], ...]


def gather(sources: Sequence[Path], into: Path) -> Material:
    """Copy graph files, folders of a build, or one Oxigraph store into a new store at `into`.

    The copy keeps the original free for others: `kg load` may write to it meanwhile. ``GraphError`` and ``StoreError``:
    no such file, not RDF, nothing in it, a store that another process holds.
    """
    import pyoxigraph

    if len(sources) == 1 and sources[0].is_dir() and is_store(sources[0]):
        return Material(into, _snapshot(sources[0], into), ())
    files = [file for source in sources for file in _files(source)]
    store = pyoxigraph.Store(str(into))
    for path in files:
        store.bulk_extend(read_graph(path))
    triples = _close(store)
    if not triples:
        raise GraphError("图里没有三元组 / an empty graph", where=str(files[0]), hint="检查文件 (check the file)")
    pages = {path.with_suffix(".html") for path in files}
    return Material(into, triples, tuple((p.stem, _read(p)) for p in sorted(pages) if p.is_file()))


def _files(source: Path) -> list[Path]:
    """Return the graph files a source stands for: itself, or one per report of a folder."""
    if not source.is_dir():
        return [source]
    found: dict[str, Path] = {}
    for path in sorted(source.iterdir()):
        if path.suffix in SUFFIXES and path.is_file():
            best = found.get(path.stem)
            if best is None or _PREFERRED.index(path.suffix) < _PREFERRED.index(best.suffix):
                found[path.stem] = path
    if not found:
        raise StoreError(
            "目录里没有图谱文件,也不是 Oxigraph 库 / no graph files in it, and no Oxigraph store",
            where=str(source),
            hint=f"给出 {' '.join(SUFFIXES)} 文件、kg build 的输出目录或 kg load 的目录 (see kg serve --help)",
        )
    return list(found.values())


def _snapshot(source: Path, into: Path) -> int:
    import pyoxigraph

    try:
        store = pyoxigraph.Store(str(source))
        store.backup(str(into))
    except OSError as fault:
        if "lock" in str(fault).lower():
            raise StoreError(
                "另一个程序正在使用这个库 / another process holds this store",
                where=str(source),
                hint="先关掉它,例如 oxigraph serve (stop that process first)",
            ) from fault
        raise StoreError(f"打不开 / cannot open: {fault}", where=str(source), hint="检查目录与权限") from fault
    del store
    triples = _close(pyoxigraph.Store(str(into)))
    if not triples:
        raise GraphError("库里没有三元组 / an empty store", where=str(source), hint="先用 kg load 装入 (kg load first)")
    return triples


def _close(store: pyoxigraph.Store) -> int:
    """Make the default graph the union of all graphs, close the store, return the number of triples in the union.

    The server has an option for it (`--union-default-graph`), but that gives a triple of two graphs twice.
    """
    import pyoxigraph

    union = pyoxigraph.DefaultGraph()
    quads = [q for q in store if q.graph_name != union]
    store.bulk_extend(pyoxigraph.Quad(q.subject, q.predicate, q.object) for q in quads)
    triples = sum(1 for _ in store.quads_for_pattern(None, None, None, union))
    store.flush()
    return triples


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise GraphError(f"无法打开 / cannot open: {fault.strerror}", where=str(path), hint="检查权限") from fault
