"""docs/exports.md says what is so, and its commands do what it says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kg.export import FORMATS
from kg.export.tables import TABLES

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"<!-- run: (bash|python) -->\n```(?:bash|python)\n(.+?)```", PAGE, re.DOTALL)


def test_every_format_and_table_is_told() -> None:
    rows = re.findall(r"^\| (`.+?) \|", PAGE, re.MULTILINE)
    named = set(re.findall(r"`([a-z]+)`", " ".join(rows)))
    assert set(FORMATS) <= named
    assert {table.name for table in TABLES} <= named
    for table in TABLES:
        for column in ("predicate_zh", "area_code"):
            assert column in PAGE
            assert any(column == name for one in TABLES for name, _ in one.columns), table.name


def test_columns_that_the_page_uses_exist() -> None:
    columns = {name for table in TABLES for name, _ in table.columns}
    used = set(re.findall(r"\brow\.(\w+)", PAGE))
    assert len(used) >= 12
    assert used <= columns


def test_the_commands_of_the_page_run(tmp_path: Path) -> None:
    """In their order and in one directory, as a reader would."""
    if shutil.which("sha256sum") is None:
        if os.environ.get("KG_REQUIRE_TOOLS") or os.environ.get("CI"):
            pytest.fail("CI must have coreutils")
        pytest.skip("sha256sum (coreutils) is not installed")
    assert len(BLOCKS) >= 5
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "kg").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kg "$@"\n')
    (programs / "kg").chmod(0o755)
    place = tmp_path / "place"
    place.mkdir()
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    for kind, block in BLOCKS:
        command = ["bash", "-euo", "pipefail", "-c", block] if kind == "bash" else [sys.executable, "-c", block]
        done = subprocess.run(command, cwd=place, env=environment, capture_output=True, timeout=120, check=False)
        assert done.returncode == 0, f"{block}\n{done.stderr.decode()}"
    assert {path.name for path in place.iterdir()} == {"out", "all", "tables", "everything"}
    assert (place / "all" / "SHA256SUMS").read_text().count("\n") >= 20
    assert {path.suffix for path in (place / "tables").iterdir()} == {".csv", ".parquet"}
