"""Compression with one outcome: no clock, no file name; several members or frames in a row are one file."""

from __future__ import annotations

import gzip
from typing import Any, cast

from kg.batch.settings import Compression
from kg.errors import StoreError

_LEVEL = {"gzip": 6, "zstd": 9}


def compress(data: bytes, how: Compression) -> bytes:
    """Return the compressed bytes; ``StoreError`` where zstd is asked for and is not there."""
    if how == "gzip":
        return gzip.compress(data, _LEVEL[how], mtime=0)
    return cast(bytes, _zstd().ZstdCompressor(level=_LEVEL[how]).compress(data))


def decompress(data: bytes, how: Compression) -> bytes:
    """Undo `compress` for one member or frame."""
    if how == "gzip":
        return gzip.decompress(data)
    return cast(bytes, _zstd().ZstdDecompressor().decompress(data))


def require(how: Compression) -> None:
    """Raise ``StoreError``, before any work, where the compression cannot be had."""
    if how == "zstd":
        _zstd()


def _zstd() -> Any:
    try:
        import zstandard
    except ImportError as fault:
        raise StoreError(
            "没有安装 zstandard / zstandard is not installed", where="--compress zstd", hint="pip install 'govkg[zstd]'"
        ) from fault
    return zstandard
