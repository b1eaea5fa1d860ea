"""Where partitions go: a folder, or an object store by way of fsspec (``s3://…``, ``gs://…``, ``memory://…``).

An object store has no rename, and needs none: an object is there whole or not at all. Results under way (records and
index) stay in the cache, a folder on this machine or a shared file system.
"""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from kg.errors import StoreError
from kg.export import write_atomically

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


def is_url(output: str) -> bool:
    """Whether an output is an address and no folder.

    >>> [is_url(output) for output in ("s3://reports/graph", "out", "C://out")]
    [True, False, False]
    """
    return _URL.match(output) is not None


class Place:
    """The files of an output, by names with slashes, relative to it."""

    def __init__(self, output: str) -> None:
        """Open a folder or an address; ``StoreError`` where nothing here speaks its protocol."""
        self.output = output
        self._remote: Any = None
        if is_url(output):
            self._remote, self._root = _opened(output)

    @property
    def remote(self) -> bool:
        """Whether it is an object store."""
        return self._remote is not None

    def write(self, name: str, data: bytes) -> None:
        """Write a file, whole or not at all; ``StoreError`` where the place refuses."""
        if not self.remote:
            write_atomically(Path(self.output, name), data)
            return
        path = f"{self._root}/{name}"
        try:
            if self._remote.protocol in ("file", ("file", "local")):  # a file system under an address has folders
                self._remote.makedirs(path.rpartition("/")[0], exist_ok=True)
            self._remote.pipe_file(path, data)
        except Exception as fault:  # each protocol has its own
            raise _refused(fault, f"{self.output}/{name}") from fault

    def stamp(self, name: str) -> tuple[int, int] | None:
        """Return size and a number that changes when a file is written again, None where it is not there."""
        if not self.remote:
            try:
                status = Path(self.output, name).stat()
            except OSError:
                return None
            return status.st_size, status.st_mtime_ns
        try:
            self._remote.invalidate_cache()
            told = self._remote.info(f"{self._root}/{name}")
        except FileNotFoundError:
            return None
        except Exception as fault:
            raise _refused(fault, f"{self.output}/{name}") from fault
        marks = [str(told.get(key, "")) for key in ("ETag", "etag", "LastModified", "mtime", "created", "updated")]
        digest = hashlib.sha256(json.dumps(marks).encode()).hexdigest()
        return int(told["size"]), int(digest[:15], 16)

    def read(self, name: str) -> bytes:
        """Return a file's bytes; ``OSError`` where there is none."""
        if not self.remote:
            return Path(self.output, name).read_bytes()
        data: bytes = self._remote.cat_file(f"{self._root}/{name}")
        return data

    def digest(self, name: str) -> str:
        """SHA-256 of a file's bytes, empty where there is none."""
        try:
            return hashlib.sha256(self.read(name)).hexdigest()
        except OSError:
            return ""

    def remove(self, name: str) -> None:
        """Remove a file and the folders that it leaves empty; nothing where it is not there."""
        if self.remote:
            with suppress(FileNotFoundError):
                self._remote.rm_file(f"{self._root}/{name}")
            return
        path = Path(self.output, name)
        with suppress(OSError):
            path.unlink(missing_ok=True)
            for folder in path.parents:
                if folder == Path(self.output):
                    break
                folder.rmdir()


def _opened(output: str) -> tuple[Any, str]:
    try:
        import fsspec
    except ImportError as fault:
        raise StoreError(
            "没有安装 fsspec / fsspec is not installed", where=output, hint="pip install 'govkg[object-store]'"
        ) from fault
    try:
        system, root = fsspec.core.url_to_fs(output)
    except (ImportError, ValueError) as fault:  # a protocol whose package is missing, or that nobody knows
        raise StoreError(
            f"用不了这种地址 / no way to such an address: {' '.join(str(fault).split())}",
            where=output,
            hint="装上它的 fsspec 包,如 s3fs、gcsfs、adlfs (install its fsspec package)",
        ) from fault
    return system, str(root).rstrip("/")


def _refused(fault: Exception, where: str) -> StoreError:
    told = " ".join(str(fault).split()) or type(fault).__name__
    return StoreError(
        f"对象存储拒绝 / the object store refuses: {told[:200]}",
        where=where,
        hint="检查地址与凭据 (address, credentials)",
    )
