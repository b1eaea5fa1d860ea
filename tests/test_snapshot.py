"""Rules read back from a snapshot are the rules themselves; a snapshot that is not right is as none."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import os
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from kg import snapshot
from kg.automaton import Automaton
from kg.build import sample_report
from kg.errors import RuleError
from kg.extract import Extractor, extract
from kg.read.rules import ReadingRules


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GOVKG_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """The folders of every call that compiles rules."""
    calls: list[tuple[Any, ...]] = []
    load = Extractor.load

    def counted(*directories: str | Path) -> Extractor:
        calls.append(directories)
        return load(*directories)

    monkeypatch.setattr(Extractor, "load", counted)
    return calls


def only(cache: Path) -> Path:
    (path,) = cache.glob("*.rules")
    return path


def patterns(value: object, seen: set[int]) -> Iterator[re.Pattern[str]]:
    """Every compiled expression that a value holds, in the order of its parts."""
    if id(value) in seen:
        return
    seen.add(id(value))
    parts: list[object] = []
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict | MappingProxyType):
        parts = [*value.keys(), *value.values()]
    elif isinstance(value, tuple | list):
        parts = list(value)
    elif dataclasses.is_dataclass(value):
        parts = [getattr(value, field.name) for field in dataclasses.fields(value)]
    elif type(value).__module__.startswith("kg."):
        names = [*getattr(value, "__dict__", {}), *getattr(type(value), "__slots__", ())]
        parts = [getattr(value, name, None) for name in names]
    for part in parts:
        yield from patterns(part, seen)


def test_rules_read_back_are_the_rules(cache: Path, compiled: list[tuple[Any, ...]]) -> None:
    first = snapshot.load_extractor()
    assert compiled == [()]
    again = snapshot.load_extractor()
    assert compiled == [()]  # read back, not compiled
    assert again is not first
    assert again.digest == first.digest
    # expressions are equal where source, flags and code are
    ours, theirs = list(patterns(first, set())), list(patterns(again, set()))
    assert len(ours) > 200
    assert ours == theirs
    report = sample_report()
    assert repr(extract(report, again)) == repr(extract(report, first))


def test_a_named_group_and_a_flag_survive(tmp_path: Path) -> None:
    values = (re.compile(r"(?m)^(?P<year>\d{4})年|(b)"), re.compile("[一-龥]+", re.ASCII | re.IGNORECASE))
    snapshot._write(tmp_path / "x.rules", values)  # type: ignore[arg-type]
    data = (tmp_path / "x.rules").read_bytes()[32:]
    first, second = pickle.loads(data)
    assert (first, second) == values
    match = first.search("一\n2021年")
    assert match
    assert match["year"] == "2021"
    assert match.lastgroup == "year"
    assert first.groupindex == {"year": 1}


def test_automata_find_the_longest_words_again() -> None:
    automaton = pickle.loads(pickle.dumps(Automaton(["市政府", "政府", "市政府办公室"])))
    assert automaton.find_matches_as_indexes("市政府办公室和政府") == [(2, 0, 6), (1, 7, 9)]


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "of another kind", "writable by all"])
def test_a_snapshot_that_is_not_right_is_as_none(cache: Path, compiled: list[tuple[Any, ...]], damage: str) -> None:
    snapshot.load_extractor()
    path = only(cache)
    data = path.read_bytes()
    if damage == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif damage == "changed":
        path.write_bytes(data[:5000] + bytes([data[5000] ^ 1]) + data[5001:])
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "of another kind":
        other = pickle.dumps(frozenset({1}))
        path.write_bytes(hashlib.sha256(other).digest() + other)
    else:
        path.chmod(0o666)
    assert extract(sample_report(), snapshot.load_extractor()).statements
    assert len(compiled) == 2
    snapshot.load_extractor()
    assert len(compiled) == 2  # and it was made anew


class _Bad:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, ("touch harm",)


def test_nothing_foreign_is_run(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    snapshot.load_extractor()
    data = pickle.dumps(_Bad())
    only(cache).write_bytes(hashlib.sha256(data).digest() + data)
    snapshot.load_extractor()
    assert not (tmp_path / "harm").exists()
    for module, name in (
        ("kg.export.files", "write_atomically"),
        ("kg.snapshot", "os.system"),
        ("kg.snapshot", "Path"),  # a class, but not of this package
        ("builtins", "eval"),
    ):
        with pytest.raises((pickle.UnpicklingError, AttributeError)):
            snapshot._Loader(open(os.devnull, "rb")).find_class(module, name)  # noqa: SIM115


def test_no_class_is_reached_through_what_a_module_imports(tmp_path: Path) -> None:
    harm = tmp_path / "harm"
    parts = (b"kg.snapshot", b"io.FileIO", str(harm).encode(), b"w")
    texts = [b"X" + len(part).to_bytes(4, "little") + part for part in parts]
    code = b"\x80\x04" + texts[0] + texts[1] + b"\x93" + texts[2] + texts[3] + b"\x86R."  # io.FileIO(harm, "w")
    with pytest.raises(pickle.UnpicklingError):
        snapshot._Loader(io.BytesIO(code)).load()
    assert not harm.exists()


def test_the_users_rules_have_snapshots_of_their_own(
    cache: Path, tmp_path: Path, compiled: list[tuple[Any, ...]]
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    rules = own / "departments.yaml"
    text = "names:\n  - {{id: x-bureau, label: {}, type: LocalDepartment}}\n"
    package = snapshot.load_extractor().digest
    for count, name in enumerate(("星际事务局", "星际事务厅"), 2):
        rules.write_text(text.format(name), encoding="utf-8")
        try:
            mine = snapshot.load_extractor([own])
        except RuleError as fault:  # pragma: no cover - the form of rules is another test's concern
            pytest.fail(str(fault))
        assert len(compiled) == count
        assert mine.digest != package
        assert snapshot.load_extractor([own]).digest == mine.digest
        assert len(compiled) == count
    assert snapshot.load_extractor().digest == package
    assert len(compiled) == 3
    rules.write_text("names: [", encoding="utf-8")
    with pytest.raises(RuleError):
        snapshot.load_extractor([own])
    with pytest.raises(RuleError):
        snapshot.load_extractor([tmp_path / "nowhere"])


def test_none_is_kept_where_none_is_wanted_or_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compiled: list[tuple[Any, ...]]
) -> None:
    monkeypatch.setenv("GOVKG_CACHE", "")
    assert snapshot.cache_folder() is None
    snapshot.load_extractor()
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("GOVKG_CACHE", str(tmp_path / "file" / "below"))
    snapshot.load_extractor()
    assert len(compiled) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_only_a_few_are_kept(cache: Path) -> None:
    cache.mkdir()
    for number in range(9):
        path = cache / f"{number:064x}.rules"
        path.write_bytes(b"old")
        os.utime(path, (number, number))
    snapshot.load_extractor()
    assert {f"{number:064x}.rules" for number in (6, 7, 8)} < {path.name for path in cache.iterdir()}
    assert len(list(cache.iterdir())) == 4


def test_files_of_the_users_own_stay_where_the_cache_is_among_them(cache: Path) -> None:
    cache.mkdir()
    names = [f"{number}.rules" for number in range(9)]
    for name in names:
        (cache / name).write_bytes(b"mine")
        os.utime(cache / name, (1, 1))
    snapshot.load_extractor()
    assert {path.name for path in cache.iterdir()} > set(names)


def test_rules_edited_while_they_are_loaded_are_not_kept_as_the_old(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = tmp_path / "own" / "departments.yaml"
    rules.parent.mkdir()

    def write(label: str) -> None:
        text = f"names:\n  - {{id: x-bureau, label: {label}, type: LocalDepartment}}\n"
        rules.write_text(text, encoding="utf-8")

    load = Extractor.load

    def edited_meanwhile(*directories: str | Path) -> Extractor:
        write("星际事务厅")
        return load(*directories)

    write("星际事务局")
    with monkeypatch.context() as patch:
        patch.setattr(Extractor, "load", edited_meanwhile)
        later = snapshot.load_extractor([rules.parent])
    write("星际事务局")  # as it was
    assert snapshot.load_extractor([rules.parent]).digest != later.digest


@pytest.mark.skipif(os.name != "posix", reason="owners of files are of POSIX")
@pytest.mark.parametrize(("user", "owner", "kept"), [(0, 1000, False), (0, 0, True), (1000, 1000, True)])
def test_root_leaves_nothing_in_the_home_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: int, owner: int, kept: bool
) -> None:
    monkeypatch.delenv("GOVKG_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    status = list(tmp_path.stat())
    status[4] = owner
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(os, "stat", lambda *_, **__: os.stat_result(status))
    assert (snapshot.cache_folder() is not None) is kept


def test_reports_are_read_by_the_rules_of_the_snapshot(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kg.read import rules

    snapshot.load_extractor()
    monkeypatch.setattr(rules, "_LOADED", {})
    monkeypatch.setattr(rules, "load_rules", lambda *_: pytest.fail("read from YAML again"))
    extractor = snapshot.load_extractor()
    assert ReadingRules.load() is extractor.reading
