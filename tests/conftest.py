"""Fixtures shared by all tests: the compiled rules, the sample's build, and `kg` as a real process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from page_browser import browser, html, opened, report  # noqa: F401

from kg.build import Built, build, sample_report
from kg.extract import Extractor

ROOT = Path(__file__).resolve().parent.parent

Run = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture(scope="session")
def extractor() -> Extractor:
    """The package's rules and data; they never change, so one serves all tests."""
    return Extractor.load()


@pytest.fixture(scope="session")
def sample(extractor: Extractor) -> Built:
    """The shipped report, built."""
    return build(sample_report(), extractor)


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Compiled rules are kept beside the tests' files, not in the home of who runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GOVKG_CACHE", str(tmp_path_factory.getbasetemp().parent / "govkg-cache"))
        yield


@pytest.fixture
def shared() -> Path:
    """The material beside the project (gold texts, corpus); a fresh clone elsewhere does not have it."""
    folder = ROOT.parent / "shared"
    if not (folder / "gold").is_dir():
        pytest.skip("no ../shared beside this checkout")
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run `python -m kg …` as a process of its own, in an empty directory; output as bytes."""

    def start(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "kg", *map(str, arguments)],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            capture_output=True,
            timeout=120,
            check=False,
        )

    return start
