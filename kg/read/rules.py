"""The reading rules: kg/rules/reading.yaml as compiled patterns and tables of field labels.

The file has the form of every rule file (see `kg.rulebook`): word lists, and patterns with examples. Only this file is
parsed here, so that a report can be read before the other rules are loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kg.errors import RuleError
from kg.text import fold

_FOLDER = Path(__file__).parent.parent / "rules"
_BUILT_IN = {"han": r"[\u3400-\u9fff]", "num": r"\d+(?:\.\d+)?"}
_REFERENCE = re.compile(r"\$([a-z]\w*)")
_LABEL = "label_"


@dataclass(frozen=True, slots=True)
class RuleFile:
    """The word lists of one rule file and its patterns: ``sets[name]`` holds (id, regex, type) in file order."""

    lists: Mapping[str, tuple[str, ...]]
    examples: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]  # pattern id → examples, counterexamples
    sets: Mapping[str, tuple[tuple[str, re.Pattern[str], str], ...]]

    def alternation(self, name: str) -> str:
        """One regular expression for every pattern of a set, without group names."""
        return "|".join(f"(?:{_nameless(regex.pattern)})" for _, regex, _ in self.sets.get(name, ()))

    def one(self, name: str) -> re.Pattern[str]:
        """Return the pattern of a set that has exactly one; raises `RuleError` otherwise."""
        patterns = self.sets.get(name, ())
        if len(patterns) != 1:
            raise RuleError(f"set {name} needs exactly one pattern", where="kg/rules", hint=f"it has {len(patterns)}")
        return patterns[0][1]


def load_rules(name: str, directories: Sequence[str | Path] = ()) -> RuleFile:
    """Load the package's rule file `name`, then the files of that name in `directories`, where they have one.

    Lists grow, patterns of a later directory replace those with the same id. Raises `RuleError` (file, id, what to
    change) for what is no rule file.
    """
    lists: dict[str, tuple[str, ...]] = {}
    entries: dict[str, tuple[Path, Any]] = {}
    for path in [_FOLDER / name, *(p for d in directories if (p := Path(d) / name).is_file())]:
        content = _parse(path)
        for key, words in content.get("lists", {}).items():
            lists[key] = tuple(dict.fromkeys((*lists.get(key, ()), *_words(words))))
        for entry in content.get("patterns", ()):
            if not isinstance(entry, dict) or not all(isinstance(entry.get(k), str) for k in ("id", "set", "pattern")):
                raise RuleError("a pattern needs id:, set: and pattern:", where=path.name, hint="add what is missing")
            entries[entry["id"]] = (path, entry)
    sets: dict[str, list[tuple[str, re.Pattern[str], str]]] = {}
    examples: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for path, entry in entries.values():
        examples[entry["id"]] = (tuple(entry.get("examples") or ()), tuple(entry.get("counterexamples") or ()))
        sets.setdefault(entry["set"], []).append(_pattern(path, entry, lists))
    compiled = {key: tuple(value) for key, value in sets.items()}
    return RuleFile(MappingProxyType(lists), MappingProxyType(examples), MappingProxyType(compiled))


def check_rules(file: RuleFile) -> Iterator[tuple[str, str]]:
    """Yield (pattern id, problem) for every example a pattern misses and every counterexample it finds.

    Examples mark the expected span with ``<…>``; each pattern needs at least one example and one counterexample.
    """
    for identity, regex, _ in (pattern for patterns in file.sets.values() for pattern in patterns):
        examples, counterexamples = file.examples[identity]
        if not examples or not counterexamples:
            yield identity, "needs at least one example and one counterexample"
        if regex.match(""):
            yield identity, "matches the empty text"
        for example in examples:
            text, expected = _unmark(example)
            found = {m.span("name" if "name" in regex.groupindex else 0) for m in regex.finditer(text)}
            if not expected or not expected <= found:
                yield identity, f"example not met: {example}"
        for counterexample in counterexamples:
            match = regex.search(fold(counterexample))
            if match:
                yield identity, f"counterexample found: {counterexample} ({match[0]})"


def _unmark(example: str) -> tuple[str, set[tuple[int, int]]]:
    """Take the ``<…>`` marks out of an example; the spans they marked come back beside the folded text."""
    text, spans, start = "", set(), 0
    for part in re.split("([<>])", example):
        if part == "<":
            start = len(text)
        elif part == ">":
            spans.add((start, len(text)))
        else:
            text += part
    return fold(text), spans


def _parse(path: Path) -> dict[str, Any]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        content = yaml.load(path.read_bytes(), Loader=loader)  # noqa: S506 - a safe loader, C or Python
    except (OSError, yaml.YAMLError) as error:
        raise RuleError(f"not a rule file: {error}", where=path.name, hint="mend or restore the file") from error
    if not isinstance(content, dict):
        raise RuleError("a rule file is a mapping", where=path.name, hint="use the keys lists: and patterns:")
    return content


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """Everything `kg.read` knows about pages and header tables. Build it once; it never changes.

    `label` matches any field label with the colon, bar or space behind it; `canonical` gives the field name of a label
    without spaces ("" where the field is only furniture); `priority` ranks the labels of one field, best first.
    """

    label: re.Pattern[str]
    canonical: Mapping[str, str]
    priority: Mapping[str, int]
    furniture: re.Pattern[str]
    terminator: re.Pattern[str]
    anywhere: re.Pattern[str]
    title: re.Pattern[str]
    title_start: re.Pattern[str]
    work_report: re.Pattern[str]
    own_title: re.Pattern[str]
    plan_title: re.Pattern[str]
    annual_title: re.Pattern[str]
    title_year: re.Pattern[str]
    body_year: re.Pattern[str]
    meeting: re.Pattern[str]
    speaker: re.Pattern[str]
    addressee: re.Pattern[str]
    addressee_inline: re.Pattern[str]
    signature: re.Pattern[str]
    date: re.Pattern[str]
    doc_number: re.Pattern[str]
    heading_line: re.Pattern[str]

    @classmethod
    def load(cls, *directories: str | Path) -> ReadingRules:
        """Load the package's reading.yaml and those in `directories`, once per process; raises `RuleError`."""
        if directories not in _LOADED:
            _LOADED[directories] = cls.of(load_rules("reading.yaml", directories))
        return _LOADED[directories]

    def keep(self) -> None:
        """Take these as the package's rules, of which they are a copy."""
        _LOADED.setdefault((), self)

    @classmethod
    def of(cls, file: RuleFile) -> ReadingRules:
        """Build the rules from a parsed rule file."""
        labels: dict[str, str] = {}
        priority: dict[str, int] = {}
        for key, words in file.lists.items():
            if key.startswith(_LABEL):
                field = key.removeprefix(_LABEL)
                for rank, word in enumerate(words):
                    labels[word] = "" if field == "other" else field
                    priority[word] = rank
        spaced = "|".join(r"[ \t]{0,4}".join(map(re.escape, w)) for w in sorted(labels, key=lambda w: (-len(w), w)))
        return cls(
            label=re.compile(rf"(?<![^\s|【〔*(])(?P<label>{spaced})[*】〕]?(?:[ \t]*[:|]|(?=[ \t\r\n]|\Z))"),
            canonical=MappingProxyType(labels),
            priority=MappingProxyType(priority),
            furniture=re.compile(file.alternation("furniture"), re.MULTILINE),
            terminator=re.compile(file.alternation("terminator"), re.MULTILINE),
            anywhere=re.compile(file.alternation("anywhere"), re.MULTILINE),
            title=file.one("title"),
            title_start=file.one("title-start"),
            work_report=file.one("work-report"),
            own_title=file.one("own-title"),
            plan_title=file.one("plan-title"),
            annual_title=file.one("annual-title"),
            title_year=file.one("title-year"),
            body_year=file.one("body-year"),
            meeting=file.one("meeting"),
            speaker=file.one("speaker"),
            addressee=file.one("addressee"),
            addressee_inline=file.one("addressee-inline"),
            signature=file.one("signature"),
            date=file.one("date"),
            doc_number=file.one("doc-number"),
            heading_line=file.one("heading-line"),
        )


#: By the folders they were loaded from, once per process.
_LOADED: dict[tuple[str | Path, ...], ReadingRules] = {}


def _words(words: Any) -> tuple[str, ...]:
    parts = words.split() if isinstance(words, str) else [w for word in words for w in str(word).split()]
    return tuple(dict.fromkeys(fold(w) for w in parts))


def _pattern(path: Path, entry: Any, lists: Mapping[str, tuple[str, ...]]) -> tuple[str, re.Pattern[str], str]:
    where = f"{path.name} {entry['id']}"

    def replace(match: re.Match[str]) -> str:
        key = match[1]
        if key in _BUILT_IN:
            return _BUILT_IN[key]
        if key not in lists:
            raise RuleError(f"${key} names no list", where=where, hint="add it under lists: or mend the name")
        return "(?:" + "|".join(re.escape(w) for w in sorted(lists[key], key=lambda w: (-len(w), w))) + ")"

    try:
        regex = re.compile(_REFERENCE.sub(replace, entry["pattern"]))
    except re.error as error:
        raise RuleError(f"not a regular expression: {error}", where=where, hint="mend the pattern") from error
    return entry["id"], regex, entry.get("type") or ""


def _nameless(pattern: str) -> str:
    return re.sub(r"\(\?P<\w+>", "(?:", pattern.removeprefix("(?m)"))
