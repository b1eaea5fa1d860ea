"""Indicators that mean the same under different wordings: a table of patterns that an expert extends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from kg.describe.concepts import fold
from kg.errors import RuleError

_FIELDS = {"id", "label", "wordings", "pattern", "examples", "counterexamples"}


@dataclass(frozen=True, slots=True)
class Aligned:
    """One indicator: `wordings` are its names (folded), `pattern` further ones; `label` is how it is shown."""

    id: str
    label: str
    wordings: frozenset[str]
    pattern: re.Pattern[str] | None

    def means(self, name: str) -> bool:
        """Whether a folded name is one of this indicator."""
        return name in self.wordings or (self.pattern is not None and self.pattern.fullmatch(name) is not None)


class Alignment:
    """All aligned indicators; a name belongs to one of them at most."""

    def __init__(self, indicators: Sequence[Aligned]) -> None:
        """Keep the indicators in order: a user's file comes first and wins."""
        self.indicators = tuple(indicators)
        self.label = lru_cache(100_000)(self._label)

    def _label(self, name: str) -> str:
        """Return the label of the indicator that a name (folded) belongs to, the name itself where it is alone."""
        found = self.find(name)
        return found.label if found else name

    def find(self, name: str) -> Aligned | None:
        """Return the indicator of that id or label, or that the name belongs to."""
        name = fold(name)
        exact = (one for one in self.indicators if name in (one.id, fold(one.label)))
        return next(exact, None) or next((one for one in self.indicators if one.means(name)), None)

    @classmethod
    def load(cls, *extra: str | Path) -> Alignment:
        """Load the package's table and those of the user; ``RuleError`` for an entry that fails its own examples."""
        files: list[Traversable | Path] = [
            *map(Path, extra),
            resources.files("kg") / "data" / "align" / "indicators.yaml",
        ]
        return cls([entry for file in files for entry in _read(file)])


def _read(file: Traversable | Path) -> list[Aligned]:
    import yaml

    try:
        content = yaml.safe_load(file.read_bytes())
    except (OSError, yaml.YAMLError) as fault:
        raise RuleError(
            f"无法读取 / cannot read: {fault}", where=str(file), hint="检查路径与缩进 (path, indents)"
        ) from fault
    entries = content.get("indicators") if isinstance(content, dict) else None
    if not isinstance(entries, list):
        raise RuleError("没有 indicators 列表 / no list of indicators", where=str(file), hint="见 kg/data/align")
    result = [_entry(entry, str(file)) for entry in entries]
    ids = [one.id for one in result]
    for one in result:
        if ids.count(one.id) > 1:
            raise _fault(str(file), one.id, "id 用了两次 / id used twice", "改名 (rename one)")
    return result


def _entry(entry: Any, file: str) -> Aligned:
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str) or set(entry) - _FIELDS:
        raise _fault(file, str(entry)[:40], "条目格式不对 / not an entry", f"fields: {' '.join(sorted(_FIELDS))}")
    name = entry["id"]
    lists = {key: entry.get(key) or [] for key in ("wordings", "examples", "counterexamples")}
    if not all(isinstance(value, list) and all(isinstance(w, str) for w in value) for value in lists.values()):
        raise _fault(file, name, "应是词语列表 / not a list of words", "- …")
    if not isinstance(entry.get("label"), str) or not (lists["examples"] and lists["counterexamples"]):
        raise _fault(file, name, "缺少 label、正例或反例 / label, example or counterexample missing", "补上 (add it)")
    try:
        pattern = re.compile(entry["pattern"]) if entry.get("pattern") else None
    except (re.error, TypeError) as fault:
        raise _fault(file, name, f"模式不能用 / bad pattern: {fault}", "见 Python 的 re") from fault
    words = frozenset(fold(word) for word in (*lists["wordings"], entry["label"]))
    aligned = Aligned(name, entry["label"], words, pattern)
    for example in lists["examples"]:
        if not aligned.means(fold(example)):
            raise _fault(file, name, f"不符合自己的正例 / misses its example: {example}", "改模式或措辞")
    for example in lists["counterexamples"]:
        if aligned.means(fold(example)):
            raise _fault(file, name, f"误收了反例 / takes its counterexample: {example}", "改模式或措辞")
    return aligned


def _fault(file: str, name: str, message: str, hint: str) -> RuleError:
    return RuleError(message, where=f"{file} ({name})", hint=hint)
