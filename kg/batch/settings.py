"""What a build of many reports is asked to do, and the key under which one report's result is kept."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Literal

from kg import __version__
from kg.vocabulary import BASE, IRI, ontology_file

Form = Literal["files", "nquads"]
Compression = Literal["gzip", "zstd"]

#: Number of the layout of records and index: raised when it changes, which empties caches of older ones.
LAYOUT = 2


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything beside the reports that the outputs depend on; equal settings and reports give equal bytes."""

    output: str
    cache: str
    rules_digest: str
    rules: tuple[str, ...] = ()
    base: IRI = BASE
    epoch: int | None = None
    form: Form = "files"
    compression: Compression = "gzip"
    also: tuple[str, ...] = ()  # further formats (`kg.export.FORMATS`) of each report's files
    checked: bool = True  # against the shapes
    tables: bool = False  # Parquet tables beside the partitions
    partitions: int | None = None  # None: as many as the number of reports asks for

    @property
    def ending(self) -> str:
        """File ending of compressed N-Quads."""
        return ".nq.gz" if self.compression == "gzip" else ".nq.zst"

    def key(self, basename: str, content: str) -> str:
        """Return the key of one report's result: its bytes' SHA-256 (`content`), its file name, and all of this."""
        values = (LAYOUT, __version__, self.rules_digest, program_digest(), self.base, self.epoch, self.form)
        parts = (*values, self.compression, self.also, self.checked, basename, content)
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@cache
def program_digest() -> str:
    """SHA-256 over the program and the ontology: a checkout under development must not take results of older code."""
    digest = hashlib.sha256()
    for name in ("kg.ttl", "alignment.ttl", "vocabularies.ttl", "shapes.ttl"):
        digest.update(ontology_file(name))

    def walk(folder: Traversable) -> None:
        for entry in sorted(folder.iterdir(), key=lambda one: one.name):
            if entry.is_dir():
                if entry.name not in ("__pycache__", "cli", "batch"):
                    walk(entry)
            elif entry.name.endswith((".py", ".js", ".css", ".html")):
                digest.update(entry.name.encode() + b"\0" + entry.read_bytes() + b"\0")

    walk(resources.files("kg"))
    return digest.hexdigest()
