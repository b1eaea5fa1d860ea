"""Graph files → quads, with faults a user can act on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import GraphError

if TYPE_CHECKING:
    import pyoxigraph

#: File endings the package writes and reads.
SUFFIXES = (".ttl", ".trig", ".nt", ".nq")


def read_graph(path: Path) -> list[pyoxigraph.Quad]:
    """Return the quads of a Turtle, TriG, N-Triples or N-Quads file, told apart by its ending, in file order.

    ``GraphError`` where the file has another ending, cannot be opened or is not RDF (with line and column).
    """
    import pyoxigraph

    if path.suffix not in SUFFIXES:
        raise GraphError(
            f"不认识的图文件类型 / not a graph file: {path.suffix or path.name}",
            where=str(path),
            hint=f"用 {' '.join(SUFFIXES)} (use one of these)",
        )
    if path.exists() and not path.is_file() and not path.is_dir():  # a pipe would keep the reader waiting
        raise GraphError(
            "不是普通文件 / not a regular file", where=str(path), hint="先存成文件 (save it as a file first)"
        )
    try:
        return list(
            pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.from_extension(path.suffix.removeprefix(".")))
        )
    except OSError as fault:
        raise GraphError(
            f"无法打开 / cannot open: {fault.strerror or fault}", where=str(path), hint="检查路径 (check the path)"
        ) from fault
    except SyntaxError as fault:
        raise GraphError(
            f"不是合法的 RDF / not RDF: {fault}", where=str(path), hint="重新生成该文件 (build it again)"
        ) from fault
