"""The compiled rules kept between runs: what `Extractor.load` makes of them in 0.6 s is read back in 0.15 s.

A file for each set of rules lies in the user's cache folder (``GOVKG_CACHE``, else ``govkg`` in the place for caches of
the system; ``GOVKG_CACHE=`` keeps nothing, nor does root in the home of another). Its name is a digest of everything it
depends on: the bytes of the rules, lists and program, the version of Python, the user's own folders. Where it is
absent, damaged, of somebody else or cannot be read for any reason the rules are compiled, as if there were no such
thing: only time is at stake.

Regular expressions are kept as the code that Python's own compiler made of them; `_sre`, to which it is handed again,
checks it.
"""

from __future__ import annotations

import _sre  # type: ignore[import-not-found]
import contextlib
import gc
import hashlib
import io
import os
import pickle
import re
import stat
import sys
from array import array
from collections.abc import Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from re import _compiler, _parser  # type: ignore[attr-defined]  # the engine's own compiler: see above
from types import MappingProxyType
from typing import Any

from kg.extract import Extractor
from kg.read.rules import ReadingRules

_ENDING = ".rules"
_NAME = re.compile(r"[0-9a-f]{64}\.rules")  # a folder that GOVKG_CACHE names may hold files of the user's own
_DIGEST = hashlib.sha256().digest_size
_KEPT = 4  # sets of rules; the oldest beyond go
#: What a snapshot may name beside the classes of this package.
_OTHERS = frozenset({("datetime", "date"), ("decimal", "Decimal"), ("builtins", "frozenset"), ("builtins", "set")})


def load_extractor(directories: Sequence[str | Path] = ()) -> Extractor:
    """Return `Extractor.load(*directories)`, from the snapshot where there is one, and keep one where there is none.

    Raises `RuleError` as there. What is loaded stays for good: the collector of garbage need not look at it again.
    """
    collecting = gc.isenabled()
    gc.disable()  # a hundred thousand values are made, none of them garbage
    try:
        return _loaded(directories)
    finally:
        if not gc.get_freeze_count():  # once: what was garbage by now would stay, too
            gc.freeze()
        if collecting:
            gc.enable()


def cache_folder() -> Path | None:
    """Return the folder for snapshots, None where none are wanted or no place is known."""
    chosen = os.environ.get("GOVKG_CACHE")
    if chosen is not None:
        return Path(chosen) if chosen else None
    home = os.path.expanduser("~")
    if _is_anothers(home):
        return None
    if sys.platform == "win32":
        place = os.environ.get("LOCALAPPDATA", "")
    elif sys.platform == "darwin":
        place = os.path.join(home, "Library", "Caches")
    else:
        place = os.environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache")
    return Path(place, "govkg") if os.path.isabs(place) else None


def _is_anothers(home: str) -> bool:
    """Whether this is root in a user's home (sudo): what it would leave there, the user could neither read nor mend."""
    if os.name != "posix" or os.geteuid() != 0:
        return False
    try:
        return os.stat(home).st_uid != 0
    except OSError:
        return False


def _loaded(directories: Sequence[str | Path]) -> Extractor:
    folder = cache_folder()
    try:
        path = folder / f"{_key(directories)}{_ENDING}" if folder else None
    except OSError:  # a folder that cannot be read: loading says what is wrong
        path = None
    if path is not None and (kept := _read(path)) is not None:
        extractor, reading = kept
        reading.keep()
        return extractor
    extractor = Extractor.load(*directories)
    with contextlib.suppress(OSError):
        # Rules that somebody edits at this moment are not what the name says: kept, they would come back with the old.
        if path is not None and path.name == f"{_key(directories)}{_ENDING}":
            _write(path, (extractor, ReadingRules.load()))
    return extractor


def _key(directories: Sequence[str | Path]) -> str:
    """Digest what compiled rules depend on; ``OSError`` where a folder cannot be read."""
    digest = hashlib.sha256()
    package = resources.files("kg")

    def take(*parts: str | bytes) -> None:
        for part in parts:
            data = part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part
            digest.update(len(data).to_bytes(8, "big") + data)

    def take_folder(folder: Traversable, *endings: str) -> None:
        for entry in sorted(folder.iterdir(), key=lambda one: one.name):
            if entry.name.endswith(endings) and entry.is_file():
                take(entry.name, entry.read_bytes())
            elif entry.is_dir() and entry.name != "__pycache__" and endings == (".py",):
                take(entry.name)
                take_folder(entry, *endings)

    take(sys.version, str(sys.implementation.cache_tag), str(_sre.MAGIC), str(array("I").itemsize), sys.byteorder)
    take(str(package))
    take_folder(package, ".py")
    take_folder(package / "rules", ".yaml")
    take_folder(package / "data", ".tsv")
    for directory in directories:  # every name of the user's: a file with a wrong ending is told when rules are loaded
        take(str(directory), os.path.abspath(directory), *sorted(os.listdir(directory)))
        take_folder(Path(directory), ".yaml", ".tsv")
    return digest.hexdigest()


def _read(path: Path) -> tuple[Extractor, ReadingRules] | None:
    """Return what a snapshot holds; None where there is none, or none that is whole and our own."""
    try:
        with path.open("rb") as stream:
            if not _is_ours(os.fstat(stream.fileno())):
                return None
            data = stream.read()
        if hashlib.sha256(memoryview(data)[_DIGEST:]).digest() != data[:_DIGEST]:
            return None
        extractor, reading = _Loader(io.BytesIO(memoryview(data)[_DIGEST:])).load()
    except Exception:  # whatever is wrong with it, the rules themselves are there
        return None
    return (extractor, reading) if isinstance(extractor, Extractor) and isinstance(reading, ReadingRules) else None


def _is_ours(status: os.stat_result) -> bool:
    """Whether nobody else can have written the file."""
    return os.name != "posix" or (status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH))


def _write(path: Path, kept: tuple[Extractor, ReadingRules]) -> None:
    """Keep a snapshot, and no more than a few; where that cannot be done, nothing is kept."""
    from kg.export.files import write_atomically

    buffer = io.BytesIO()
    with contextlib.suppress(Exception):  # a full disk, another engine of regular expressions: not our task to tell
        _Saver(buffer, pickle.HIGHEST_PROTOCOL).dump(kept)
        data = buffer.getvalue()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(path, hashlib.sha256(data).digest() + data)
        path.chmod(0o600)
        kept_ones = [one for one in path.parent.iterdir() if _NAME.fullmatch(one.name)]
        for old in sorted(kept_ones, key=lambda one: one.stat().st_mtime, reverse=True)[_KEPT:]:
            old.unlink(missing_ok=True)


class _Saver(pickle.Pickler):
    """Pickles compiled expressions as their code, not as text to be compiled again."""

    def reducer_override(self, value: Any) -> Any:
        """Tell how to keep what `pickle` does not know, or knows to keep only in a slow way."""
        if isinstance(value, re.Pattern):
            parsed = _parser.parse(value.pattern, value.flags)
            code = array("I", _compiler._code(parsed, value.flags)).tobytes()
            state = parsed.state
            names: list[str | None] = [None] * state.groups
            for name, number in state.groupdict.items():
                names[number] = name
            return _pattern, (value.pattern, value.flags, code, state.groups - 1, state.groupdict, tuple(names))
        if isinstance(value, MappingProxyType):
            return _proxy, (dict(value),)
        return NotImplemented


class _Loader(pickle.Unpickler):
    """Makes nothing but the classes of this package and the values they hold."""

    def find_class(self, module: str, name: str) -> Any:
        """Return a class by its name; ``pickle.UnpicklingError`` for one that no snapshot has."""
        if (module, name) in _OTHERS or (module == __name__ and name in _HELPERS):
            return super().find_class(module, name)
        if module.split(".")[0] == "kg" and "." not in name:  # a dotted name would reach what a module imports
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a snapshot")


def _pattern(
    source: str, flags: int, code: bytes, groups: int, by_name: dict[str, int], by_number: tuple[str | None, ...]
) -> Any:
    return _sre.compile(source, flags, array("I", code).tolist(), groups, by_name, by_number)


def _proxy(values: dict[Any, Any]) -> Any:
    return MappingProxyType(values)


_HELPERS: frozenset[str] = frozenset(helper.__name__ for helper in (_pattern, _proxy))
