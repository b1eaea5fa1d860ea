r"""A dataset → bytes of Turtle, TriG and N-Quads, and bytes → files, whole or not at all.

Equal datasets give equal bytes. Local names never need an escape: every kind of data IRI has a prefix of its own, and
what has no plain local name (spans, for example) is written out in full. Some stores keep Turtle's ``\/`` literally.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from kg.describe import Dataset, Term, Triple
from kg.errors import StoreError
from kg.vocabulary import PREFIXES, TERMS

_TYPE = f"<{TERMS['rdf:type']}>"
_LABEL = f"<{TERMS['skos:prefLabel']}>"
_FIRST = {_TYPE: 0, _LABEL: 1}  # what a reader looks for first
_XSD = PREFIXES["xsd"]

#: Local names that every Turtle parser reads the same way: no dots, no colons, no escapes.
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?", re.ASCII)
_NAMESPACE = re.compile(r"(.*[/#])([^/#]*)", re.DOTALL)
_BARE = {
    "integer": re.compile(r"-?[0-9]+"),
    "decimal": re.compile(r"-?[0-9]+\.[0-9]+"),
    "boolean": re.compile("true|false"),
}


class _Names:
    """Terms as Turtle writes them; remembers which prefixes were used and every term already written."""

    def __init__(self, base: str) -> None:
        self._by_namespace = {iri: prefix for prefix, iri in PREFIXES.items()}
        self._base = base
        self._written: dict[Term, str] = {}
        self.used: dict[str, str] = {}  # prefix → namespace

    def __call__(self, term: Term) -> str:
        """Return the term in Turtle: prefixed where it can be, numbers and booleans bare where they can be."""
        text = self._written.get(term)
        if text is None:
            text = self._written[term] = self._write(term)
        return text

    def _write(self, term: Term) -> str:
        if term.startswith("<"):
            return self._iri(term)
        head, mark, datatype = term.rpartition('"^^')
        if not mark:
            return term  # plain or with a language
        local = datatype[1 + len(_XSD) : -1] if datatype.startswith(f"<{_XSD}") else ""
        bare = _BARE.get(local)
        if bare is not None and bare.fullmatch(head[1:]):
            return head[1:]
        return f'{head}"^^{self._iri(datatype)}'

    def _iri(self, term: Term) -> str:
        match = _NAMESPACE.fullmatch(term[1:-1])
        if match is None or not _LOCAL.fullmatch(match[2]):
            return term
        prefix = self._prefix(match[1])
        if prefix is None:
            return term
        self.used[prefix] = match[1]
        return f"{prefix}:{match[2]}"

    def _prefix(self, namespace: str) -> str | None:
        known = self._by_namespace.get(namespace)
        if known is None and namespace.startswith(self._base):
            kind = namespace[len(self._base) : -1]  # one prefix per kind of thing: id-department, id-report, …
            if _LOCAL.fullmatch(kind):
                known = self._by_namespace[namespace] = f"id-{kind}"
        return known


def _blocks(triples: Iterable[Triple], names: _Names, indent: str) -> Iterator[str]:
    """Return one block of Turtle per subject, in the order of the subjects; predicates sorted, type and label first."""
    subject, lines = "", dict[str, list[str]]()
    for s, p, o in triples:
        if s != subject:
            if lines:
                yield _block(subject, lines, names, indent)
            subject, lines = s, {}
        lines.setdefault(p, []).append(names(o))
    if lines:
        yield _block(subject, lines, names, indent)


def _block(subject: Term, lines: Mapping[str, list[str]], names: _Names, indent: str) -> str:
    predicates = sorted(lines, key=lambda p: (_FIRST.get(p, 2), p))
    parts = [f"{'a' if p == _TYPE else names(p)} {' , '.join(lines[p])}" for p in predicates]
    return f"{indent}{names(subject)} {f' ;{chr(10)}{indent}    '.join(parts)} .\n"


def _prefixes(names: _Names) -> str:
    return "".join(f"@prefix {prefix}: <{names.used[prefix]}> .\n" for prefix in sorted(names.used))


def turtle(dataset: Dataset) -> bytes:
    """Return the union of the graphs as Turtle (RDF 1.1): prefixes, then subjects in the order of their IRIs."""
    names = _Names(dataset.base)
    body = "\n".join(_blocks(dataset.triples(), names, ""))
    return f"{_prefixes(names)}\n{body}".encode()


def trig(dataset: Dataset) -> bytes:
    """Return the named graphs as TriG, in the order of their names; inside each, as ``turtle``."""
    names = _Names(dataset.base)
    graphs = []
    for graph in dataset.graphs():
        body = "\n".join(_blocks(dataset.graph(graph), names, "    "))
        graphs.append(f"{names(graph)} {{\n{body}}}\n")
    return "\n".join((_prefixes(names), *graphs)).encode()


def nquads(dataset: Dataset) -> bytes:
    """Return the quads as N-Quads, one sorted line each: the canonical form, for digests and for loading."""
    return dataset.nquads().encode()


def write_atomically(path: Path, data: bytes) -> None:
    """Write one file, whole or not at all; parents are made. ``StoreError`` where the place refuses."""
    write_all_atomically(path.parent, {path.name: data})


def write_all_atomically(directory: Path, files: Mapping[str, bytes]) -> None:
    """Write several files of one directory (names may have subdirectories): on any fault none of them is changed.

    Every file is first written beside its place under a temporary name, then all are renamed. Should a
    rename fail, those already done are undone. Temporary files never stay. ``StoreError`` where the place refuses or a
    name leads out of the directory.
    """
    targets = {_inside(directory, name): data for name, data in files.items()}
    staged: dict[Path, Path] = {}  # target → temporary file
    made: list[Path] = []
    try:
        for target, data in targets.items():
            _make_directory(target.parent, made)
            staged[target] = _stage(target, data)
        _rename_all(staged)
    except BaseException as fault:
        for temporary in staged.values():
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
        for folder in reversed(made):
            with suppress(OSError):  # not empty: somebody else uses it by now
                folder.rmdir()
        if not isinstance(fault, OSError):
            raise
        raise StoreError(
            f"无法写入 / cannot write: {fault.strerror or fault}",
            where=str(fault.filename or directory),
            hint="检查目录权限与磁盘空间,或用 -o 换一个目录 (check permissions and space, or choose another -o)",
        ) from fault


def _inside(directory: Path, name: str) -> Path:
    target = directory / name
    if not name or Path(name).is_absolute() or ".." in Path(name).parts or target == directory:
        raise StoreError(f"not a file name: {name!r}", where=str(directory), hint="use a plain relative name")
    return target


def _make_directory(directory: Path, made: list[Path]) -> None:
    """Make a directory and its parents; note in `made` those that were missing, outermost first."""
    made += [folder for folder in (directory, *directory.parents) if not folder.exists()][::-1]
    directory.mkdir(parents=True, exist_ok=True)


def _stage(target: Path, data: bytes) -> Path:
    if target.is_dir():
        raise IsADirectoryError(21, "is a directory", str(target))
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        # mkstemp makes files private to the user; a result has the mode any other new file would have.
        temporary.chmod(_mode(target))
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _mode(target: Path) -> int:
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _rename_all(staged: Mapping[Path, Path]) -> None:
    """Rename every temporary file to its target; where one fails, give back what the earlier ones replaced."""
    aside: dict[Path, Path] = {}  # target → a copy of what stood there
    renamed: list[Path] = []
    try:
        for target, temporary in staged.items():
            if target.exists():
                aside[target] = temporary.with_suffix(".old")
                _copy(target, aside[target])
        for target, temporary in staged.items():
            temporary.replace(target)
            renamed.append(target)
    except OSError:
        for target in renamed:
            with suppress(OSError):
                if target in aside:
                    aside[target].replace(target)
                else:
                    target.unlink()
        raise
    finally:
        for copy in aside.values():
            with suppress(OSError):
                copy.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links
        shutil.copy2(source, target)
