"""A build of many reports: find, take what is kept, work on the rest, write what they have in common.

Whatever ends it (Ctrl-C, kill -9, a full disk), results that were finished are in the cache, and the next run goes on
from there. Equal reports and settings give an equal output tree, byte for byte, whatever was built there before.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from kg.batch.align import Alignment
from kg.batch.amend import Amendment
from kg.batch.compare import Value, conflicts
from kg.batch.decisions import NONE, Decisions, decide, read_decisions
from kg.batch.find import Found, find
from kg.batch.identity import Change, decided, note, preferred
from kg.batch.index import COUNTS, Index
from kg.batch.pack import require
from kg.batch.parts import (
    MANIFEST,
    SHARED,
    files_of,
    manifest,
    number_of_parts,
    part_of,
    plan,
    write_part,
    write_shared,
)
from kg.batch.place import Place, is_url
from kg.batch.pool import WORTH_A_POOL, WorkerDied, calls
from kg.batch.records import Head, forget, keys, read_head
from kg.batch.settings import Settings
from kg.batch.work import Task, content_digest, work
from kg.describe.dataset import DECISIONS_GRAPH
from kg.describe.terms import node
from kg.errors import KgError, StoreError
from kg.export.tables import require_parquet
from kg.vocabulary import IRI

#: Folder of the cache in the output, if none is given.
CACHE = ".govkg"

REPORTS = "reports.tsv"
CONFLICTS = "conflicts.tsv"

REPORT_COLUMNS = ("report", "sha256", "status", "reason", "issuer", "year", "title", *COUNTS, "output")
CONFLICT_COLUMNS = (
    *("indicator", "area", "code", "scope", "period", "measure", "value", "unit", "wording", "raw", "report", "start"),
    "end",
)

#: A time stamp younger than this (ns) may hide a later change within its own tick: the file is read again.
_RACY = 2_000_000_000

Progress = Callable[[int, int, str, Head], None]  # done, of how many, the report's name, what it became


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a build did: reports per status, how many were taken from the cache, quads, parts that were written."""

    statuses: dict[str, int]
    kept: int
    built: int
    quads: int
    parts: int
    parts_written: int
    conflicts: int
    seconds: float

    @property
    def done(self) -> int:
        """Reports that are in the output (a duplicate is there under its first name)."""
        return self.statuses.get("ok", 0) + self.statuses.get("duplicate", 0)

    @property
    def total(self) -> int:
        """All reports that were found."""
        return sum(self.statuses.values())


def build_many(
    arguments: Sequence[str],
    settings: Settings,
    *,
    jobs: int = 1,
    decisions: str | None = None,
    alignment: Sequence[str] = (),
    progress: Progress | None = None,
    scheduler: Callable[..., Iterator[Any]] = calls,
) -> Outcome:
    """Build the reports under folders and among files; the outputs depend on reports, settings and decisions alone.

    `jobs` processes work on reports that the cache does not hold. `progress` is called after each of these, and before
    the first for every report known to be at fault. `scheduler` makes the calls (`kg.batch.pool.calls`, or a
    `kg.batch.cluster.Cluster`).
    ``KgError`` where nothing was found, two arguments clash or a table is at fault; ``StoreError`` where the output
    refuses or another build is at work there. A report at fault is a row of ``reports.tsv``.
    """
    start = time.monotonic()
    require(settings.compression)
    if Place(settings.output).remote and settings.form != "nquads":
        raise StoreError(
            "对象存储只能放分区 / an object store takes partitions only", where=settings.output, hint="--format nquads"
        )
    if settings.tables:
        require_parquet()
    aligned = Alignment.load(*alignment)
    table = read_decisions(Path(decisions)) if decisions else []
    found = find(arguments, settings.output)
    if not found:
        raise KgError(
            "没有找到报告 / no report found",
            where=", ".join(arguments),
            hint="报告是 .txt .html .htm .md 文件 (reports are files with these endings)",
        )
    with _index(settings) as index:
        _ingest(index, settings)
        kept, tasks, unread = _look(index, found, settings)
        if len(tasks) < WORTH_A_POOL:
            jobs = 1
        index.run("DELETE FROM reports")
        with index.transaction():
            for one, doc, content in kept:
                _row(index, one, content, doc, index.head(doc))
            for one in unread:
                _row(index, one, "", None, {"status": "failed", "reason": one.fault})
        for name, status, reason in list(
            index.rows("SELECT name, status, reason FROM reports WHERE status != 'ok' ORDER BY name")
        ):
            if progress is not None:
                progress(0, len(tasks), name, {"status": status, "reason": reason})
        for done, (task, result) in enumerate(scheduler(partial(work, settings=settings), tasks, jobs), 1):
            head = _answer(result)
            number: int | None = None
            if head.pop("kept", False):
                number = index.doc(task.key)
                number = index.add(task.key, head) if number is None else number
            _row(index, task.found, task.content, number, head)
            index.run("DELETE FROM amended WHERE output = ?", (task.found.output,))
            _note_files(index, task.found, settings, task.key, head)
            if progress is not None:
                progress(done, len(tasks), task.found.name, head)
        _settle(index, settings)
        judged = decide(table, index, Path(decisions)) if decisions else NONE
        if settings.form == "nquads":
            counted = _write_parts(index, settings, judged, jobs, scheduler)
        else:
            _amend(index, settings, judged, found, jobs, scheduler)
            counted = (0, 0, 0)
        contradicting = _write_lists(index, settings, aligned)
        _sweep(index, settings)
        statuses = dict(index.rows("SELECT status, COUNT(*) FROM reports GROUP BY status ORDER BY status"))
    return Outcome(statuses, len(kept), len(tasks), *counted, contradicting, time.monotonic() - start)


def settings_of(
    output: str,
    *,
    cache: str | None = None,
    rules: Sequence[str] = (),
    base: IRI,
    epoch: int | None = None,
    **further: Any,
) -> Settings:
    """Return settings for an output folder; raises ``RuleError`` for folders of rules that cannot be read."""
    from kg.extract import rules_digest

    remote = is_url(output)
    if remote and not cache:
        raise StoreError(
            "输出到对象存储时要给出本地缓存目录 / an object store needs a cache on this machine",
            where="--cache",
            hint="加 --cache 目录 (add --cache DIR)",
        )
    directory = output.rstrip("/") if remote else os.path.abspath(output)
    place = os.path.abspath(cache) if cache else os.path.join(directory, CACHE)
    digest = rules_digest(rules)
    return Settings(directory, place, digest, tuple(os.path.abspath(one) for one in rules), base, epoch, **further)


def _index(settings: Settings) -> Index:
    try:
        return Index(settings.cache)
    except OSError as fault:
        raise StoreError(
            f"无法写入 / cannot write: {fault.strerror or fault}", where=settings.cache, hint="换一个 -o 或 --cache"
        ) from fault


def _ingest(index: Index, settings: Settings) -> None:
    """Put into the index what is kept and not in it: the results of a run that was killed, or all if it was lost."""
    known = {key for (key,) in index.rows("SELECT key FROM docs")}
    for key in keys(settings.cache):
        if key not in known:
            head = read_head(settings.cache, key)
            if head is None:
                forget(settings.cache, key)
            else:
                index.add(key, head)


Kept = tuple[Found, int, str]


def _look(index: Index, found: Sequence[Found], settings: Settings) -> tuple[list[Kept], list[Task], list[Found]]:
    """Part the reports: those whose result is kept, those to be worked on, those that cannot be opened."""
    kept: list[Kept] = []
    tasks: list[Task] = []
    unread: list[Found] = []
    stats: list[tuple[Any, ...]] = []
    now = time.time_ns()
    for one in found:
        if one.fault:
            unread.append(one)
            continue
        try:
            content = _content(index, one, stats, now)
        except OSError as fault:
            unread.append(replace(one, fault=f"无法打开 / cannot open: {fault.strerror or fault}"))
            continue
        name = one.name.rpartition("/")[2]
        stem = one.output.rpartition("/")[2] if settings.form == "files" else ""
        key = settings.key(f"{name}|{stem}", content)
        doc = index.doc(key)
        if doc is not None and _stands(index, one, key, index.head(doc), settings):
            kept.append((one, doc, content))
        else:
            tasks.append(Task(one, key, content))
    index.many("INSERT OR REPLACE INTO stats VALUES (?, ?, ?, ?, ?, ?)", stats)
    return kept, tasks, unread


def _content(index: Index, one: Found, stats: list[tuple[Any, ...]], now: int) -> str:
    """Return the SHA-256 of a report's bytes, from the index where the file has not been touched since; ``OSError``."""
    path = os.path.abspath(one.path).encode("utf-8", "surrogateescape").decode("latin-1")
    status = os.stat(one.path)
    same = (path, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    known = index.one(
        "SELECT content FROM stats WHERE path = ? AND size = ? AND mtime = ? AND ctime = ? AND inode = ?", same
    )
    if known is not None:
        return str(known)
    content = content_digest(one.path)
    if now - max(status.st_mtime_ns, status.st_ctime_ns) > _RACY:
        stats.append((*same, content))
    return content


def _stands(index: Index, one: Found, key: str, head: Head, settings: Settings) -> bool:
    """Whether the files of a kept result are there as they were written, and the result itself if it is needed."""
    amended = index.db.execute("SELECT key, fingerprint, files FROM amended WHERE output = ?", (one.output,)).fetchone()
    files, mark = head.get("files", {}), key
    if amended is not None:
        if amended[0] != key:
            return False
        files, mark = json.loads(amended[2]), amended[1]
    for ending, (size, digest) in files.items():
        name = one.output + ending
        path = Path(settings.output, name)
        try:
            status = path.stat()
        except OSError:
            return False
        if status.st_size != size:
            return False
        noted = index.one("SELECT key FROM outputs WHERE path = ? AND mtime = ?", (name, status.st_mtime_ns))
        if noted != mark:
            try:
                if content_digest(str(path)) != digest:
                    return False
            except OSError:
                return False
            index.run("INSERT OR REPLACE INTO outputs VALUES (?, ?, ?, ?)", (name, size, status.st_mtime_ns, mark))
    return settings.form == "files" or head["status"] != "ok" or _has_record(settings, key)


def _has_record(settings: Settings, key: str) -> bool:
    from kg.batch.records import record_path

    return record_path(settings.cache, key).is_file()


def _answer(result: Head | Exception) -> Head:
    """Return what became of a report; faults of the place end the build, faults of a report are its row."""
    if isinstance(result, WorkerDied):
        reason = "处理它的进程中止(内存不足?)/ the process that worked on it ended (out of memory?)"
        return {"status": "failed", "reason": reason}
    if isinstance(result, Exception):
        raise result
    return result


def _row(index: Index, one: Found, content: str, doc: int | None, head: Head) -> None:
    output = one.output if head.get("files") else ""
    values = (one.name, doc, head["status"], head["reason"], content, output)
    index.run("INSERT OR REPLACE INTO reports VALUES (?, ?, ?, ?, ?, ?)", values)


def _note_files(index: Index, one: Found, settings: Settings, key: str, head: Head) -> None:
    for ending, (size, _) in head.get("files", {}).items():
        name = one.output + ending
        with suppress(OSError):
            mtime = Path(settings.output, name).stat().st_mtime_ns
            index.run("INSERT OR REPLACE INTO outputs VALUES (?, ?, ?, ?)", (name, size, mtime, key))


def _settle(index: Index, settings: Settings) -> None:
    """Say which results the output is made of: one for each text; forget those that no report has any more."""
    for doc, key in list(
        index.rows("SELECT id, key FROM docs d WHERE NOT EXISTS (SELECT 1 FROM reports r WHERE r.doc = d.id)")
    ):
        index.remove(doc)
        forget(settings.cache, key)
    with index.transaction():
        index.run("DELETE FROM current")
        # Of reports with one text the first by name stands for all.
        index.run(
            "INSERT INTO current SELECT doc, 0, sha FROM (SELECT r.doc AS doc, d.sha AS sha, MIN(r.name) FROM "
            "reports r JOIN docs d ON d.id = r.doc WHERE r.status = 'ok' GROUP BY d.sha)"
        )
        parts = settings.partitions or number_of_parts(index.one("SELECT COUNT(*) FROM current"))
        index.db.create_function("part_of", 1, lambda sha: part_of(sha, parts), deterministic=True)
        index.run("UPDATE current SET part = part_of(sha)")
        index.run(
            "UPDATE reports SET status = 'duplicate', reason = 'same text as ' || (SELECT MIN(o.name) FROM reports o "
            "JOIN docs od ON od.id = o.doc WHERE od.sha = (SELECT sha FROM docs WHERE id = reports.doc)) "
            "WHERE status = 'ok' AND name != (SELECT MIN(o.name) FROM reports o JOIN docs od ON od.id = o.doc "
            "WHERE od.sha = (SELECT sha FROM docs WHERE id = reports.doc))"
        )


def _amend(
    index: Index,
    settings: Settings,
    judged: Decisions,
    found: Sequence[Found],
    jobs: int,
    scheduler: Callable[..., Iterator[Any]],
) -> None:
    """Write the files of those reports anew that decisions bear on, or did and no longer do.

    These are read again; the others are not touched. `amended` says whose files hold decisions, and which.
    """
    wanted: dict[int, tuple[str, Amendment]] = {}
    if judged.merged:
        for doc, changes in decided(index, judged.merged):
            wanted[doc] = _amendment(index, settings, judged, changes)
    standing = dict(index.rows("SELECT output, fingerprint FROM amended"))
    if not wanted and not standing:
        return
    places = {one.name: one for one in found}
    tasks: list[Task] = []
    marks: dict[str, str] = {}
    query = (
        "SELECT r.name, r.doc, r.content, r.output, d.key FROM reports r JOIN docs d ON d.id = r.doc "
        "WHERE r.output != '' AND r.status IN ('ok', 'duplicate') ORDER BY r.name"
    )
    for name, doc, content, output, key in index.rows(query):
        mark, amendment = wanted.get(doc, ("", None))
        mark = mark and hashlib.sha256(f"{key}|{mark}".encode()).hexdigest()
        if standing.get(output, "") != mark:
            tasks.append(Task(places[name], key, content, amendment))
            marks[output] = mark
    for task, result in scheduler(partial(work, settings=settings), tasks, jobs if len(tasks) >= WORTH_A_POOL else 1):
        head = _answer(result)
        output, files = task.found.output, head.get("files", {})
        index.run("DELETE FROM amended WHERE output = ?", (output,))
        if not files:  # what people decided breaks a shape, or the report changed meanwhile
            index.run(
                "UPDATE reports SET status = ?, reason = ?, output = '' WHERE name = ?",
                (head["status"], head["reason"], task.found.name),
            )
        elif task.amendment is not None:
            told = json.dumps(files, sort_keys=True)
            index.run("INSERT INTO amended VALUES (?, ?, ?, ?)", (output, task.key, marks[output], told))
        _note_files(index, task.found, settings, marks[output] or task.key, head)


def _amendment(index: Index, settings: Settings, judged: Decisions, changes: Sequence[Change]) -> tuple[str, Amendment]:
    """Return what decisions make of one report, and a digest of it."""
    iris = {change.iri for change in changes}
    reasons = {pair: reason for pair, reason in judged.reasons.items() if pair[0] in iris}
    lines = note(index, reasons, node(settings.base + DECISIONS_GRAPH))
    told = json.dumps([[astuple(change) for change in changes], lines], ensure_ascii=False)
    quads = []
    for line in lines:
        subject, predicate, rest = line.split(" ", 2)
        thing, _, graph = rest.rpartition(" <")
        quads.append((subject, predicate, thing, f"<{graph.removesuffix(' .' + chr(10))}"))
    return hashlib.sha256(told.encode()).hexdigest(), Amendment(settings.base, tuple(changes), tuple(quads))


def _write_parts(
    index: Index, settings: Settings, decided: Decisions, jobs: int, scheduler: Callable[..., Iterator[Any]]
) -> tuple[int, int, int]:
    """Write the parts that changed, the shared graphs and the manifest; return quads, parts and parts written."""
    preferred(index, decided.merged)
    number = settings.partitions or number_of_parts(index.one("SELECT COUNT(*) FROM current"))
    files: list[str] = []
    fingerprints: dict[str, str] = {}

    def stale() -> Iterator[Any]:
        for part in plan(index, settings, number):
            files.append(part.file)
            fingerprint = part.fingerprint + ("+tables" if settings.tables else "")
            kept = index.db.execute("SELECT fingerprint, told FROM parts WHERE file = ?", (part.file,)).fetchone()
            if (
                kept is None
                or kept[0] != fingerprint
                or not all(_is_whole(index, settings, file) for file in files_of(json.loads(kept[1])["entry"]))
            ):
                fingerprints[part.file] = fingerprint
                yield part

    written = 0
    for part, result in scheduler(partial(write_part, settings=settings), stale(), jobs):
        if isinstance(result, Exception):
            raise (
                result
                if isinstance(result, KgError)
                else StoreError(
                    f"无法写出分区 / cannot write a part: {result}", where=part.file, hint="再运行一次 (run again)"
                )
            ) from result
        index.run(
            "INSERT OR REPLACE INTO parts VALUES (?, ?, ?)",
            (part.file, fingerprints.pop(part.file), json.dumps(result, sort_keys=True)),
        )
        for file in files_of(result["entry"]):
            _note(index, settings, file)
        written += 1
    entries = [json.loads(index.one("SELECT told FROM parts WHERE file = ?", (file,)))["entry"] for file in files]
    marks = ", ".join("?" * len(files))
    index.run(f"DELETE FROM parts WHERE file NOT IN ({marks})", files)  # noqa: S608 - only question marks
    shared = write_shared(index, settings, decided, files)
    _note(index, settings, shared)
    data = manifest(settings, entries, shared)
    Place(settings.output).write(MANIFEST, data)
    _note(index, settings, {"file": MANIFEST, "bytes": len(data), "sha256": ""})
    return sum(entry["quads"] for entry in entries) + shared["quads"], len(files), written


def _is_whole(index: Index, settings: Settings, entry: dict[str, Any]) -> bool:
    """Whether a part stands as it was written."""
    place = Place(settings.output)
    stamp = place.stamp(entry["file"])
    if stamp is None or stamp[0] != entry["bytes"]:
        return False
    query = "SELECT 1 FROM outputs WHERE path = ? AND size = ? AND mtime = ?"
    return index.one(query, (entry["file"], *stamp)) is not None or place.digest(entry["file"]) == entry["sha256"]


def _note(index: Index, settings: Settings, entry: dict[str, Any]) -> None:
    stamp = Place(settings.output).stamp(entry["file"])
    if stamp is None:
        raise StoreError(
            "写出的文件不见了 / a file written is gone", where=entry["file"], hint="再运行一次 (run again)"
        )
    index.run("INSERT OR REPLACE INTO outputs VALUES (?, ?, ?, ?)", (entry["file"], *stamp, entry["sha256"]))


def _write_lists(index: Index, settings: Settings, alignment: Alignment) -> int:
    """Write the lists of reports and of conflicts; return how many rows of figures contradict others."""
    _stream(settings, REPORTS, REPORT_COLUMNS, _report_rows(index))
    count = 0

    def rows() -> Iterator[list[Any]]:
        nonlocal count
        for value in conflicts(index, alignment):
            count += 1
            yield conflict_row(value)

    _stream(settings, CONFLICTS, CONFLICT_COLUMNS, rows())
    return count


def conflict_row(value: Value) -> list[Any]:
    """Return a figure as a row under `CONFLICT_COLUMNS`."""
    return [getattr(value, column) for column in CONFLICT_COLUMNS]


def _report_rows(index: Index) -> Iterator[list[Any]]:
    query = (
        "SELECT r.name, r.status, r.reason, r.output, r.content, d.head FROM reports r "
        "LEFT JOIN docs d ON d.id = r.doc ORDER BY r.name"
    )
    for name, status, reason, output, content, told in index.rows(query):
        head = json.loads(told) if told else {}
        counts = [head.get(column, "") for column in COUNTS]
        about = [head.get(column) for column in ("issuer", "year", "title")]
        yield [name, head.get("sha256") or content, status, reason, *about, *counts, output]


def _stream(settings: Settings, name: str, columns: Sequence[str], rows: Iterator[list[Any]]) -> None:
    """Write a table row by row beside its place, then put it there, unless it stands there already."""
    place = Place(settings.output)
    path = Path(settings.cache if place.remote else settings.output, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write("\t".join(columns) + "\n")
            for row in rows:
                stream.write("\t".join(_cell(cell) for cell in row) + "\n")
        if place.remote:
            if place.digest(name) != _digest(temporary).hex():
                place.write(name, temporary.read_bytes())
        elif path.is_file() and _digest(path) == _digest(temporary):
            temporary.unlink()
        else:
            temporary.replace(path)
    except OSError as fault:
        raise StoreError(
            f"无法写入 / cannot write: {fault.strerror or fault}", where=str(path), hint="检查权限与磁盘空间"
        ) from fault
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _digest(path: Path) -> bytes:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()


def _cell(value: Any) -> str:
    """Return a value as a cell: no tabs, no line ends, nothing UTF-8 cannot write."""
    text = "" if value is None else str(value)
    return " ".join(text.split()).encode("utf-8", "backslashreplace").decode()


def _sweep(index: Index, settings: Settings) -> None:
    """Remove what earlier runs wrote and this one would not have: the tree is that of a clean build."""
    index.run("CREATE TEMP TABLE live (path TEXT PRIMARY KEY) WITHOUT ROWID")

    def live() -> Iterator[tuple[str]]:
        query = "SELECT r.output, d.head FROM reports r JOIN docs d ON d.id = r.doc WHERE r.output != ''"
        for output, told in index.rows(query):
            for ending in json.loads(told)["files"]:
                yield (f"{output}{ending}",)
        if settings.form == "nquads":
            yield from ((MANIFEST,), (SHARED + settings.ending,))
            for (told,) in index.rows("SELECT told FROM parts"):
                yield from ((file["file"],) for file in files_of(json.loads(told)["entry"]))

    index.many("INSERT OR IGNORE INTO live VALUES (?)", live())
    stale = [name for (name,) in index.rows("SELECT path FROM outputs WHERE path NOT IN (SELECT path FROM live)")]
    place = Place(settings.output)
    for name in stale:
        place.remove(name)
        index.run("DELETE FROM outputs WHERE path = ?", (name,))
    index.run("DELETE FROM amended WHERE output NOT IN (SELECT output FROM reports)")
    if settings.form == "files":
        index.run("DELETE FROM parts")
