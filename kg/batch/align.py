"""Indicators that mean the same under different wordings: a table of patterns that an expert extends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from itertools import groupby
from pathlib import Path
from typing import Any

from kg.describe.concepts import fold
from kg.errors import RuleError

_FIELDS = {"id", "label", "wordings", "pattern", "units", "examples", "counterexamples"}
_LISTS = ("openings", "closings", "indicators")


@dataclass(frozen=True, slots=True)
class Edges:
    """Words at either end of a name that say nothing of what is measured: when, where, that it was done."""

    opening: re.Pattern[str] | None = None
    closing: re.Pattern[str] | None = None

    def cores(self, name: str) -> Iterator[str]:
        """Yield a name as it is, then without ever more of these words; something is always left."""
        rest = name
        while rest:
            yield rest
            ending = self.closing.search(rest) if self.closing else None
            if ending and ending.start():
                yield rest[: ending.start()]
            begun = self.opening.match(rest) if self.opening else None
            rest = rest[begun.end() :] if begun else ""


@dataclass(frozen=True, slots=True)
class Aligned:
    """One indicator: `wordings` are its names (folded), `pattern` further ones; `label` is how it is shown.

    `units` are those whose values are compared, all where it is empty; `edges` what a name may have besides.
    """

    id: str
    label: str
    wordings: frozenset[str]
    pattern: re.Pattern[str] | None
    units: tuple[str, ...] = ()
    edges: Edges = Edges()

    def means(self, name: str) -> bool:
        """Whether a folded name is one of this indicator."""
        return any(
            core in self.wordings or (self.pattern is not None and self.pattern.fullmatch(core) is not None)
            for core in self.edges.cores(name)
        )


class Alignment:
    """All aligned indicators; a name belongs to one of them at most."""

    def __init__(self, indicators: Sequence[Aligned]) -> None:
        """Keep the indicators in order: a user's file comes first and wins."""
        self.indicators = tuple(indicators)
        self._tables = [_Table(list(group)) for _, group in groupby(self.indicators, lambda one: one.edges)]
        self.label = lru_cache(100_000)(self._label)

    def _label(self, name: str) -> str:
        """Return the label of the indicator that a name (folded) belongs to, the name itself where it is alone."""
        found = self.of(name)
        return found.label if found else name

    def of(self, name: str) -> Aligned | None:
        """Return the indicator that a name (folded) belongs to: the first of the table that it means."""
        return next((found for table in self._tables if (found := table.of(name))), None)

    def find(self, name: str) -> Aligned | None:
        """Return the indicator of that id or label, or that the name belongs to."""
        name = fold(name)
        exact = (one for one in self.indicators if name in (one.id, fold(one.label)))
        return next(exact, None) or self.of(name)

    @classmethod
    def load(cls, *extra: str | Path) -> Alignment:
        """Load the package's table and those of the user; ``RuleError`` for an entry that fails its own examples."""
        files: list[Traversable | Path] = [
            *map(Path, extra),
            resources.files("kg") / "data" / "align" / "indicators.yaml",
        ]
        return cls([entry for file in files for entry in _read(file)])


class _Table:
    """The indicators of one file, which tells at once what most names are: none of them."""

    def __init__(self, indicators: Sequence[Aligned]) -> None:
        self._indicators = indicators
        self._edges = indicators[0].edges
        self._words = frozenset[str]().union(*(one.wordings for one in indicators))
        patterns = [one.pattern.pattern for one in indicators if one.pattern is not None]
        self._any = re.compile("|".join(f"(?:{pattern})" for pattern in patterns)) if patterns else None

    def of(self, name: str) -> Aligned | None:
        """Return the first indicator that a name is one of."""
        if any(core in self._words or (self._any and self._any.fullmatch(core)) for core in self._edges.cores(name)):
            return next((one for one in self._indicators if one.means(name)), None)
        return None


def _read(file: Traversable | Path) -> list[Aligned]:
    import yaml

    try:
        content = yaml.safe_load(file.read_bytes())
    except (OSError, yaml.YAMLError) as fault:
        raise RuleError(
            f"无法读取 / cannot read: {fault}", where=str(file), hint="检查路径与缩进 (path, indents)"
        ) from fault
    entries = content.get("indicators") if isinstance(content, dict) else None
    if not isinstance(entries, list) or set(content) - set(_LISTS):
        raise RuleError(
            "没有 indicators 列表,或有不认识的列表 / no list of indicators, or an unknown list",
            where=str(file),
            hint=f"见 kg/data/align: {' '.join(_LISTS)}",
        )
    edges = Edges(_words(content, "openings", "(?:{})", file), _words(content, "closings", "(?:{})$", file))
    result = [_entry(entry, str(file), edges) for entry in entries]
    ids = [one.id for one in result]
    for one in result:
        if ids.count(one.id) > 1:
            raise _fault(str(file), one.id, "id 用了两次 / id used twice", "改名 (rename one)")
    return result


def _words(content: dict[str, Any], name: str, form: str, file: Traversable | Path) -> re.Pattern[str] | None:
    """Return the pattern of a list of words (regular expressions), the longest first; None where there is none."""
    words = content.get(name) or []
    if not isinstance(words, list) or not all(isinstance(word, str) and word for word in words):
        raise _fault(str(file), name, "应是词语列表 / not a list of words", "- …")
    try:
        return re.compile(form.format("|".join(sorted(words, key=len, reverse=True)))) if words else None
    except re.error as fault:
        raise _fault(str(file), name, f"模式不能用 / bad pattern: {fault}", "见 Python 的 re") from fault


def _entry(entry: Any, file: str, edges: Edges) -> Aligned:
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str) or set(entry) - _FIELDS:
        raise _fault(file, str(entry)[:40], "条目格式不对 / not an entry", f"fields: {' '.join(sorted(_FIELDS))}")
    name = entry["id"]
    lists = {key: entry.get(key) or [] for key in ("wordings", "units", "examples", "counterexamples")}
    if not all(isinstance(value, list) and all(isinstance(w, str) for w in value) for value in lists.values()):
        raise _fault(file, name, "应是词语列表 / not a list of words", "- …")
    if not isinstance(entry.get("label"), str) or not (lists["examples"] and lists["counterexamples"]):
        raise _fault(file, name, "缺少 label、正例或反例 / label, example or counterexample missing", "补上 (add it)")
    try:
        pattern = re.compile(entry["pattern"]) if entry.get("pattern") else None
    except (re.error, TypeError) as fault:
        raise _fault(file, name, f"模式不能用 / bad pattern: {fault}", "见 Python 的 re") from fault
    words = frozenset(fold(word) for word in (*lists["wordings"], entry["label"]))
    aligned = Aligned(name, entry["label"], words, pattern, tuple(lists["units"]), edges)
    for example in lists["examples"]:
        if not aligned.means(fold(example)):
            raise _fault(file, name, f"不符合自己的正例 / misses its example: {example}", "改模式或措辞")
    for example in lists["counterexamples"]:
        if aligned.means(fold(example)):
            raise _fault(file, name, f"误收了反例 / takes its counterexample: {example}", "改模式或措辞")
    return aligned


def _fault(file: str, name: str, message: str, hint: str) -> RuleError:
    return RuleError(message, where=f"{file} ({name})", hint=hint)
