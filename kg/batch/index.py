"""The index of a build: what every report said, in a SQLite file, so that no number of reports has to fit in memory.

It is derived: records (`kg.batch.records`) hold the same, and an index that is missing, damaged or of another layout is
made anew of them. Held open it is locked, so two builds never write one output; the lock ends with its process.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from kg.batch.records import Head
from kg.batch.settings import LAYOUT
from kg.errors import GraphError, StoreError

#: Columns of a figure, in the order of the rows in records.
FIGURE = (
    *("name", "unit", "value", "bound", "measure", "modality", "period", "scope", "code", "area"),
    *("raw", "start", "end"),
)

#: Columns of the list of reports that are counts.
COUNTS = ("characters", "mentions", "entities", "statements", "observations", "quads")

_SCHEMA = f"""
CREATE TABLE stats (path TEXT PRIMARY KEY, size INT, mtime INT, ctime INT, inode INT, content TEXT) WITHOUT ROWID;
CREATE TABLE docs (id INTEGER PRIMARY KEY, key TEXT UNIQUE, head TEXT, sha TEXT);
CREATE INDEX docs_sha ON docs (sha);
CREATE TABLE ents (id INTEGER PRIMARY KEY, iri TEXT UNIQUE, kind TEXT, key TEXT);
CREATE TABLE names (id INTEGER PRIMARY KEY, ent INT, name TEXT, UNIQUE (ent, name));
CREATE INDEX names_name ON names (name);
CREATE TABLE uses (ent INT, doc INT, name INT, PRIMARY KEY (ent, doc)) WITHOUT ROWID;
CREATE INDEX uses_doc ON uses (doc);
CREATE TABLE figures (doc INT, {", ".join(f'"{column}"' for column in FIGURE)});
CREATE INDEX figures_doc ON figures (doc);
CREATE INDEX figures_name ON figures (name);
CREATE TABLE reports (name TEXT PRIMARY KEY, doc INT, status TEXT, reason TEXT, content TEXT, output TEXT)
    WITHOUT ROWID;
CREATE INDEX reports_doc ON reports (doc);
CREATE TABLE current (doc INTEGER PRIMARY KEY, part INT, sha TEXT);
CREATE INDEX current_part ON current (part, sha);
CREATE TABLE outputs (path TEXT PRIMARY KEY, size INT, mtime INT, key TEXT) WITHOUT ROWID;
CREATE TABLE amended (output TEXT PRIMARY KEY, key TEXT, fingerprint TEXT, files TEXT) WITHOUT ROWID;
CREATE TABLE parts (file TEXT PRIMARY KEY, fingerprint TEXT, told TEXT) WITHOUT ROWID;
"""


class Index:
    """An open index. Close it, or use it as a context; what was committed stays whatever happens."""

    def __init__(self, folder: str, *, write: bool = True) -> None:
        """Open or make the index in a folder; ``StoreError`` where it is in use or (to read) not there."""
        self.path = Path(folder) / "index.sqlite"
        self.write = write
        if not write and not self.path.is_file():
            raise StoreError(
                "没有索引 / no index of a build here",
                where=str(folder),
                hint="先用 kg build 目录 -o 输出 (build a folder first), 缓存在别处则加 --cache",
            )
        try:
            self.db = self._open(write)
        except sqlite3.DatabaseError as fault:
            if isinstance(fault, sqlite3.OperationalError) and "locked" in str(fault):
                raise StoreError(
                    "另一个构建正在使用这个输出目录 / another build is using this output",
                    where=str(folder),
                    hint="等它结束 (wait for it to end)",
                ) from fault
            if not write:
                raise StoreError(
                    f"索引已损坏 / damaged index: {fault}", where=str(self.path), hint="重新构建"
                ) from fault
            self._remove()
            self.db = self._open(write)

    def _open(self, write: bool) -> sqlite3.Connection:
        if not write:
            db = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True)
            self._layout(db)
            return db
        self.path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self.path, timeout=0.2, isolation_level=None)
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA cache_size = -32000")  # 32 MB
        db.execute("PRAGMA temp_store = FILE")
        db.execute("BEGIN IMMEDIATE")
        db.execute("COMMIT")
        layout = db.execute("PRAGMA user_version").fetchone()[0]
        if layout not in (0, LAYOUT):
            db.close()
            self._remove()
            return self._open(write)
        if not layout:
            db.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {LAYOUT}; COMMIT;")
        return db

    @staticmethod
    def _layout(db: sqlite3.Connection) -> None:
        if db.execute("PRAGMA user_version").fetchone()[0] != LAYOUT:
            raise sqlite3.DatabaseError("layout of another version")

    def _remove(self) -> None:
        for ending in ("", "-wal", "-shm", "-journal"):
            with suppress(OSError):
                self.path.with_name(self.path.name + ending).unlink()

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(sqlite3.Error):  # so that a reader needs no right to write
            if self.write:
                self.db.execute("PRAGMA journal_mode = DELETE")
        self.db.close()

    def rows(self, query: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query, one at a time."""
        return iter(self.db.execute(query, values))

    def one(self, query: str, values: Sequence[Any] = ()) -> Any:
        """Return the first column of the first row, None where there is none."""
        row = self.db.execute(query, values).fetchone()
        return None if row is None else row[0]

    def run(self, query: str, values: Sequence[Any] = ()) -> None:
        """Do one thing; it is committed unless a transaction is open."""
        self.db.execute(query, values)

    def many(self, query: str, values: Iterable[Sequence[Any]]) -> None:
        """Do one thing for many values, together."""
        with self.transaction():
            self.db.executemany(query, values)

    def transaction(self) -> _Transaction:
        """Return a context that commits all or nothing."""
        return _Transaction(self.db)

    def doc(self, key: str) -> int | None:
        """Return the number of a result that is in the index."""
        found: int | None = self.one("SELECT id FROM docs WHERE key = ?", (key,))
        return found

    def add(self, key: str, head: Head) -> int:
        """Put a result into the index, all or nothing, and return its number.

        ``GraphError`` where one of its IRIs stands for another key in another report.
        """
        kept = {name: value for name, value in head.items() if name not in ("names", "figures")}
        with self.transaction():
            told = json.dumps(kept, ensure_ascii=False, sort_keys=True)
            self.run("INSERT INTO docs (key, head, sha) VALUES (?, ?, ?)", (key, told, head.get("sha256")))
            doc = int(self.one("SELECT last_insert_rowid()"))
            for iri, kind, identity, name in head.get("names", ()):
                self.run("INSERT OR IGNORE INTO ents (iri, kind, key) VALUES (?, ?, ?)", (iri, kind, identity))
                ent, same = self.db.execute("SELECT id, key = ? FROM ents WHERE iri = ?", (identity, iri)).fetchone()
                if not same:
                    raise GraphError(
                        f"两个不同的键得到同一个 IRI / two keys give one IRI: {kind}|{identity}",
                        where=iri,
                        hint="给其中一个键加上区别成分 (make one of the keys differ in more than this)",
                    )
                self.run("INSERT OR IGNORE INTO names (ent, name) VALUES (?, ?)", (ent, name))
                self.run(
                    "INSERT INTO uses SELECT ?, ?, id FROM names WHERE ent = ? AND name = ?", (ent, doc, ent, name)
                )
            marks = ", ".join("?" * (1 + len(FIGURE)))
            self.db.executemany(
                f"INSERT INTO figures VALUES ({marks})",  # noqa: S608 - only question marks
                [(doc, *row) for row in head.get("figures", ())],
            )
        return doc

    def remove(self, doc: int) -> None:
        """Take a result out; names that nothing uses any more go, too."""
        with self.transaction():
            used = [(ent, name) for ent, name in self.rows("SELECT ent, name FROM uses WHERE doc = ?", (doc,))]
            for table in ("uses", "figures"):
                self.run(f"DELETE FROM {table} WHERE doc = ?", (doc,))  # noqa: S608 - names of tables
            self.run("DELETE FROM docs WHERE id = ?", (doc,))
            for ent, name in used:
                self.run(
                    "DELETE FROM names WHERE id = ? AND NOT EXISTS (SELECT 1 FROM uses WHERE ent = ? AND name = ?)",
                    (name, ent, name),
                )
                self.run("DELETE FROM ents WHERE id = ? AND NOT EXISTS (SELECT 1 FROM uses WHERE ent = ?)", (ent, ent))

    def head(self, doc: int) -> Head:
        """Return what is kept of a result's head (all but names and figures)."""
        told: Head = json.loads(self.one("SELECT head FROM docs WHERE id = ?", (doc,)))
        return told


class _Transaction:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, *_: object) -> None:
        self._db.execute("COMMIT" if kind is None else "ROLLBACK")
