"""docs/library.md and its Chinese twin: each example runs and prints what stands under it; each public name is told."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest
from conftest import ROOT

import kg

DOCS = [ROOT / "docs" / name for name in ("library.md", "library.zh.md")]
_EXAMPLE = re.compile(r"```python\n(?P<code>.*?)```\n\n```text\n(?P<printed>.*?)```", re.DOTALL)


def examples(path: Path) -> list[tuple[str, str]]:
    return [(m["code"], m["printed"]) for m in _EXAMPLE.finditer(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.name)
def test_the_examples_print_what_they_say(path: Path) -> None:
    found = examples(path)
    assert len(found) == path.read_text(encoding="utf-8").count("```python") == 4
    names: dict[str, object] = {}
    for code, printed in found:
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            exec(compile(code, path.name, "exec"), names)
        assert output.getvalue() == printed


def test_the_twin_has_the_same_examples() -> None:
    english, chinese = ([re.sub(r"  # .*", "", code) for code, _ in examples(path)] for path in DOCS)
    assert english == chinese


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.name)
def test_every_public_name_is_told(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for name in kg.__all__:
        if name not in ("Built", "Rulebook"):  # values on the way, told by the functions that give them
            assert re.search(rf"\b{name}\b", text), name


def test_public_names_are_functions_whoever_imported_their_module_first() -> None:
    import kg.diff
    import kg.query
    import kg.validate
    import kg.why

    for name in ("ask", "build", "describe", "diff", "extract", "read", "validate", "why"):
        assert callable(getattr(kg, name)), name
