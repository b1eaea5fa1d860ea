"""The result of one report as one file of the cache: what it says in short, and its compressed N-Quads.

Layout: 8 bytes (the length of the head, big-endian), the head (gzip of JSON), then the N-Quads as they go into a
partition (nothing where the build writes files). Written whole or not at all, so what exists is finished.
"""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from kg.export import write_atomically

Head = dict[str, Any]
_ENDING = ".kgr"


def record_path(cache: str, key: str) -> Path:
    """Return where the record of a key is kept."""
    return Path(cache) / "records" / key[:2] / f"{key}{_ENDING}"


def write_record(cache: str, key: str, head: Head, quads: bytes = b"") -> None:
    """Keep a result; ``StoreError`` where the place refuses."""
    packed = gzip.compress(json.dumps(head, ensure_ascii=False, sort_keys=True).encode(), 1, mtime=0)
    write_atomically(record_path(cache, key), len(packed).to_bytes(8, "big") + packed + quads)


def read_head(cache: str, key: str) -> Head | None:
    """Return the head of a record, None where there is none or it is damaged."""
    try:
        with record_path(cache, key).open("rb") as stream:
            head: Head = json.loads(gzip.decompress(stream.read(int.from_bytes(stream.read(8), "big"))))
    except (OSError, ValueError, EOFError, zlib.error, OverflowError, MemoryError):
        return None
    return head


def read_quads(cache: str, key: str) -> bytes:
    """Return the compressed N-Quads of a record."""
    with record_path(cache, key).open("rb") as stream:
        stream.seek(int.from_bytes(stream.read(8), "big") + 8)
        return stream.read()


def keys(cache: str) -> Iterator[str]:
    """Yield the keys of all records."""
    for path in Path(cache, "records").glob(f"??/*{_ENDING}"):
        yield path.stem


def forget(cache: str, key: str) -> None:
    """Remove a record and, where it was the last there, its folder."""
    path = record_path(cache, key)
    with suppress(OSError):
        path.unlink()
        os.rmdir(path.parent)
