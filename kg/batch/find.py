"""Arguments of a build → the reports to be read, in one order, each with the name its files get."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kg.build import ENDINGS, output_name, readable
from kg.errors import KgError

#: Endings of files that are taken for reports, in small letters.
REPORT_ENDINGS = (".txt", ".html", ".htm", ".md")


@dataclass(frozen=True, slots=True)
class Found:
    """One report of a build: `path` opens it, `name` is its row in the list, `output` what its files are called.

    `name` and `output` are relative, with slashes and without disguised bytes. `fault` says why it cannot be read at
    all (an unreadable folder is such a row, too); empty where nothing is known against it.
    """

    path: str
    name: str
    output: str
    fault: str = ""


def find(arguments: Sequence[str], output: str) -> list[Found]:
    """List the reports under folders and among files, sorted by name; nothing is read.

    A single folder gives names relative to it; of several arguments each folder keeps its own name in front. Left out:
    hidden files and folders, the output folder, files of an earlier build. A folder is entered once, whatever links
    lead to it. Two reports of one folder that would write the same files (``x.txt``, ``x.html``) keep their endings.
    ``KgError`` where an argument does not exist, is in the way of the output, or two have one name.
    """
    roots = [os.path.realpath(argument) for argument in arguments]
    place = os.path.realpath(output)
    alone = len(arguments) == 1
    found: list[Found] = []
    seen: set[tuple[int, int]] = set()
    names: dict[str, str] = {}
    for argument, root in zip(arguments, roots, strict=True):
        front = "" if alone and os.path.isdir(root) else readable(os.path.basename(root))
        if front and names.setdefault(front.casefold(), root) != root:
            raise KgError(
                "两个参数同名 / two arguments have one name",
                where=front,
                hint="改用它们共同的上级目录 (give the folder that holds both)",
            )
        if os.path.isdir(root):
            found += _walk(argument, front, place, seen)
        elif os.path.lexists(argument):
            found.append(_found(argument, front))
        else:
            raise KgError("没有这个文件或目录 / no such file or folder", where=readable(argument), hint="检查路径")
    result = _with_outputs(sorted(found, key=lambda one: (one.name, one.path)))
    _refuse_overwriting(result, place)
    return result


def _walk(top: str, front: str, place: str, seen: set[tuple[int, int]]) -> Iterator[Found]:
    """Yield the reports below a folder, folders in order of their names, each entered once."""
    stack = [(top, front)]
    while stack:
        folder, prefix = stack.pop()
        if os.path.realpath(folder) == place and folder != top:
            continue
        try:
            status = os.stat(folder)
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as fault:
            yield Found(folder, prefix or ".", "", f"无法进入目录 / cannot enter: {fault.strerror or fault}")
            continue
        names = {entry.name for entry in entries}
        inner = []
        for entry in entries:
            if entry.name.startswith("."):
                continue
            name = f"{prefix}/{readable(entry.name)}".lstrip("/")
            if _is_folder(entry):
                inner.append((entry.path, name))
            elif entry.name.lower().endswith(REPORT_ENDINGS) and not _is_output(entry.name, names):
                yield _found(entry.path, name)
        stack += reversed(inner)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _is_output(name: str, beside: set[str]) -> bool:
    """Whether a file is one of those that a build writes: its sisters stand beside it."""
    for ending in ENDINGS:
        if name.endswith(ending):
            stem = name.removesuffix(ending)
            return f"{stem}.trig" in beside and f"{stem}.summary.json" in beside
    return False


def _found(path: str, name: str) -> Found:
    try:
        mode = os.stat(path).st_mode
    except OSError as fault:
        return Found(path, name, "", f"无法打开 / cannot open: {fault.strerror or fault}")
    if not stat.S_ISREG(mode):  # a pipe would be waited for without end
        return Found(path, name, "", "不是普通文件 / not a regular file")
    return Found(path, name, "")


def _with_outputs(found: Sequence[Found]) -> list[Found]:
    """Give every report the name of its files: the tree of the folders is mirrored, nobody's files meet."""
    outputs = [f"{one.name.rpartition('/')[0]}/{output_name(one.name)}".lstrip("/") for one in found]
    times: dict[str, int] = {}
    for output in outputs:
        times[output.casefold()] = times.get(output.casefold(), 0) + 1
    # File systems of Windows and macOS do not tell capitals from small letters.
    taken = {output.casefold() for output in outputs if times[output.casefold()] == 1}
    result = []
    for one, output in zip(found, outputs, strict=True):
        if one.fault:
            result.append(one)
            continue
        if times[output.casefold()] > 1:
            output = one.name
            if output.casefold() in taken:
                result.append(replace(one, fault="另一份报告的文件同名 / another report's files have this name"))
                continue
            taken.add(output.casefold())
        result.append(replace(one, output=output))
    return result


def _refuse_overwriting(found: Sequence[Found], place: str) -> None:
    """Refuse, before anything is done, an output that would overwrite a report."""
    written = {f"{one.output}{ending}".casefold() for one in found if one.output for ending in ENDINGS}
    for one in found:
        real = os.path.realpath(one.path)
        if real.startswith(place + os.sep) and Path(real).relative_to(place).as_posix().casefold() in written:
            raise KgError(
                "输出会覆盖这份报告 / the output would overwrite this report",
                where=one.name,
                hint="换一个输出目录 (choose another -o)",
            )
