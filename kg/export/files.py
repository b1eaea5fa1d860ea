"""Bytes → files, whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from kg.errors import StoreError


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
    # Not the target's name with something added: names end at 255 bytes, and Chinese ones come near.
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".kg-", suffix=".tmp")
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
