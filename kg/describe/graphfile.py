"""Graph files → quads, with faults a user can act on."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from kg.describe.dataset import Dataset, Quad
from kg.describe.terms import T
from kg.errors import GraphError
from kg.vocabulary import BASE

if TYPE_CHECKING:
    import pyoxigraph

#: File endings the package writes and reads.
SUFFIXES = (".ttl", ".trig", ".nt", ".nq", ".jsonld")

_DEEPEST = 100  # our own files are six deep; Oxigraph's JSON-LD parser overflows the stack at some thousands
_STRING_OR_BRACKET = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\Z)|[\[\]{}]', re.DOTALL)

_REPORT = re.compile(r"<(.+[/:])report/[0-9a-f]{16}>")


def read_graph(path: Path) -> list[pyoxigraph.Quad]:
    """Return the quads of a Turtle, TriG, N-Triples, N-Quads or JSON-LD file, told apart by its ending, in file order.

    A further ``.gz`` or ``.zst`` is unpacked, also where it has several members or frames (the latter needs zstandard).
    ``GraphError`` where the file has another ending, cannot be opened or is not RDF (with line and column). Nothing is
    fetched: a JSON-LD file whose context stands elsewhere is refused.
    """
    import pyoxigraph

    if path.is_dir():
        raise GraphError(
            "这是目录,不是图谱文件 / this is a directory, not a graph file",
            where=str(path),
            hint="给出目录里的文件 (give a file in it)",
        )
    packed = path.suffix in _UNPACK  # the partitions of many reports
    ending = path.with_suffix("").suffix if packed else path.suffix
    if not path.suffix and not path.exists():
        raise GraphError("没有这个文件 / no such file", where=str(path), hint="检查路径 (check the path)")
    if ending not in SUFFIXES:
        raise GraphError(
            f"不认识的图文件类型 / not a graph file: {path.suffix or path.name}",
            where=str(path),
            hint=f"用 {' '.join(SUFFIXES)} (use one of these)",
        )
    if path.exists() and not path.is_file() and not path.is_dir():  # a pipe would keep the reader waiting
        raise GraphError(
            "不是普通文件 / not a regular file", where=str(path), hint="先存成文件 (save it as a file first)"
        )
    form = pyoxigraph.RdfFormat.from_extension(ending.removeprefix("."))
    try:
        if packed:
            data = _UNPACK[path.suffix](path.read_bytes())
            if form == pyoxigraph.RdfFormat.JSON_LD:
                _check_depth(data)
            return list(pyoxigraph.parse(data, format=form))
        if form == pyoxigraph.RdfFormat.JSON_LD:
            data = path.read_bytes()
            _check_depth(data)
            return list(pyoxigraph.parse(data, format=form))
        return list(pyoxigraph.parse(path=str(path), format=form))
    except OSError as fault:
        raise GraphError(
            f"无法打开 / cannot open: {fault.strerror or fault}", where=str(path), hint="检查路径 (check the path)"
        ) from fault
    except ImportError as fault:
        raise GraphError(
            "没有安装 zstandard,读不了 .zst / reading .zst needs zstandard, which is not installed",
            where=str(path),
            hint="pip install 'govkg[zstd]'",
        ) from fault
    except (SyntaxError, EOFError, zlib.error) as fault:
        raise GraphError(
            f"不是合法的 RDF / not RDF: {fault}", where=str(path), hint="重新生成该文件 (build it again)"
        ) from fault


def _zstd(data: bytes) -> bytes:
    """Unpack all frames; ``EOFError`` where they are damaged or cut off."""
    import zstandard

    unpacked = bytearray()
    try:
        while data:
            frame = zstandard.ZstdDecompressor().decompressobj()
            unpacked += frame.decompress(data)
            if not frame.eof:
                raise EOFError("zstd: the file ends too early")
            data = frame.unused_data
    except zstandard.ZstdError as fault:
        raise EOFError(f"zstd: {fault}") from fault
    return bytes(unpacked)


_UNPACK: Mapping[str, Callable[[bytes], bytes]] = MappingProxyType({".gz": gzip.decompress, ".zst": _zstd})


def _check_depth(data: bytes) -> None:
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(data):
        bracket = match.group()
        depth += 1 if bracket in (b"[", b"{") else -1 if bracket in (b"]", b"}") else 0
        if depth > _DEEPEST:
            raise SyntaxError(f"nested more than {_DEEPEST} deep")


def read_dataset(path: Path) -> Dataset:
    """Return the dataset of a graph file; what has no graph's name there stands in the default graph, ``""``.

    The base is the one that the IRIs of its reports begin with. ``GraphError`` as `read_graph`, and for what the graphs
    of this package never hold: blank nodes, whose names would change from one reading to the next, and NUL.
    """
    import pyoxigraph

    quads: list[Quad] = []
    for quad in read_graph(path):
        named = isinstance(quad.graph_name, pyoxigraph.NamedNode)
        parts = (str(quad.subject), str(quad.predicate), str(quad.object), str(quad.graph_name) if named else "")
        if isinstance(quad.graph_name, pyoxigraph.BlankNode) or any(part.startswith(("_:", "<<")) for part in parts):
            raise GraphError(
                f"图里有空白节点 / the graph has a blank node: {' '.join(parts[:3])[:120]}",
                where=str(path),
                hint="给每个节点一个 IRI,kg build 的图都如此 (give every node an IRI, as kg build does)",
            )
        if "\\u0000" in parts[2] and isinstance(quad.object, pyoxigraph.Literal) and "\0" in quad.object.value:
            raise GraphError(
                f"图里有 NUL 字符,XML 和多数工具都不能保存 / the graph holds a NUL character: {' '.join(parts[:2])}",
                where=str(path),
                hint="去掉该字符 (take it out)",
            )
        quads.append(parts)
    bases = (_REPORT.fullmatch(s) for s, p, o, _ in quads if p == T["rdf:type"] and o == T["kg:Report"])
    return Dataset.of(quads, min((match[1] for match in bases if match), default=BASE))
