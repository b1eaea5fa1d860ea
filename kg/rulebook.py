"""The expert's files: YAML word lists, names and patterns, checked and compiled once.

A rule file has up to three sections. ``lists`` name sets of words; ``names`` are known things with their aliases;
``patterns`` are regular expressions over *folded* text (see `kg.text.fold`) in which ``$list`` stands for "one of the
words of that list" and ``$han`` for a Chinese character. Every pattern carries examples, the expected span marked with
``<…>``, and counterexamples; a pattern that misses an example or hits a counterexample does not load.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from kg.errors import RuleError
from kg.text import fold

_FILE_KEYS = {"lists", "names", "patterns", "templates"}
_PATTERN_KEYS = {"id", "pattern", "type", "set", "examples", "counterexamples", "note"}
_NAME_KEYS = {"id", "label", "aliases", "type", "official", "adcode", "not_before", "not_after", "note"}
_TEMPLATE_KEYS = {"id", "predicate", "template", "unless", "examples", "counterexamples", "note", "evidence"}
_BUILT_IN = {"han": r"[\u3400-\u9fff]", "num": r"\d+(?:\.\d+)?"}
_REFERENCE = re.compile(r"\$(\w+)")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One compiled pattern; `group` says which named set of patterns it belongs to (`set` in the file)."""

    id: str
    group: str
    regex: re.Pattern[str]
    type: str | None
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]
    file: str

    def span(self, match: re.Match[str]) -> tuple[int, int]:
        """The expected span of a match: group `name` where the pattern has one, else the whole match."""
        return match.span("name") if "name" in self.regex.groupindex else match.span()


@dataclass(frozen=True, slots=True)
class Name:
    """A known thing an expert has added, with every form in which reports write it."""

    id: str
    label: str
    aliases: tuple[str, ...]
    type: str | None
    official: str | None
    adcode: str | None
    file: str


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence template of relations.yaml, compiled by `kg.relate` over masked text."""

    id: str
    predicate: str
    template: str
    unless: tuple[str, ...]
    examples: tuple[Mapping[str, Any], ...]
    counterexamples: tuple[str, ...]
    file: str


_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Attempts:
    """Calls that may fail with a `RuleError`: the error is kept and None comes back."""

    problems: list[RuleError]

    def __call__(self, make: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T | None:
        try:
            return make(*args, **kwargs)
        except RuleError as problem:
            self.problems.append(problem)
            return None


@dataclass(frozen=True)
class Rulebook:
    """All rule files of one run. Load it once and pass it on; it never changes."""

    lists: Mapping[str, tuple[str, ...]]
    patterns: Mapping[str, Pattern]
    names: Mapping[str, tuple[Name, ...]]  # by file stem
    templates: tuple[Template, ...]
    digest: str  # SHA-256 of all files' bytes, for caches and the run's record

    @classmethod
    def load(cls, *directories: str | Path) -> Rulebook:
        """Load the package's rules, then `directories` in order: lists grow, ids of later ones replace earlier ones.

        Raises `RuleError` (file, rule id, what to change) for anything that is not a usable rule.
        """
        book, problems = cls.inspect(*directories)
        if problems:
            raise problems[0]
        return book

    @classmethod
    def inspect(cls, *directories: str | Path) -> tuple[Rulebook, tuple[RuleError, ...]]:
        """Load as `load` does, but go on at a problem: what is usable, and every problem in the order of the files.

        Raises `RuleError` only for a directory that is none.
        """
        sources = [(f.name, f.read_bytes()) for f in sorted(_package_files(), key=lambda f: f.name)]
        for directory in directories:
            folder = Path(directory)
            if not folder.is_dir():
                raise RuleError(
                    "no such directory of rules", where=folder.name, hint="give a folder that holds .yaml files"
                )
            sources += [(f.name, _bytes(f)) for f in sorted(folder.glob("*.yaml"))]
        return cls.of_sources(sources)

    @classmethod
    def of_sources(cls, sources: Iterable[tuple[str, bytes]]) -> tuple[Rulebook, tuple[RuleError, ...]]:
        """Make a rulebook of files given as (name, bytes); see `inspect`."""
        attempts = _Attempts([])
        digest = hashlib.sha256()
        lists: dict[str, list[str]] = {}
        raw_patterns: dict[str, tuple[str, dict[str, Any]]] = {}
        names: dict[str, dict[str, Name]] = {}
        templates: dict[str, Template] = {}
        for file, data in sources:
            digest.update(file.encode() + b"\0" + data + b"\0")
            content = attempts(_parse, file, data) or {}
            for key, words in content.get("lists", {}).items():
                known = lists.setdefault(key, [])
                known += [w for w in attempts(_words, file, key, words) or () if w not in known]
            seen: set[str] = set()
            for entry in content.get("patterns", ()):
                identity = attempts(_identity, file, entry, _PATTERN_KEYS, seen)
                if identity is not None:
                    raw_patterns[identity] = (file, entry)
            for entry in content.get("names", ()):
                name = attempts(_name, file, entry, seen)
                if name is not None:
                    names.setdefault(file.removesuffix(".yaml"), {})[name.id] = name
            for entry in content.get("templates", ()):
                template = attempts(_template, file, entry, seen)
                if template is not None:
                    templates[template.id] = template
        frozen = {key: tuple(words) for key, words in lists.items()}
        patterns: dict[str, Pattern] = {}
        for key, (file, entry) in raw_patterns.items():
            pattern = attempts(_pattern, file, entry, frozen)
            if pattern is not None:
                patterns[key] = pattern
                where = f"{file} {key}"
                hint = "mend the pattern or the example"
                attempts.problems.extend(RuleError(line, where=where, hint=hint) for line in check_pattern(pattern))
        book = cls(
            lists=frozen,
            patterns=patterns,
            names={key: tuple(value.values()) for key, value in names.items()},
            templates=tuple(templates.values()),
            digest=digest.hexdigest(),
        )
        return book, tuple(attempts.problems)

    def words(self, *keys: str) -> tuple[str, ...]:
        """The words of the named lists, in file order."""
        try:
            return tuple(dict.fromkeys(w for key in keys for w in self.lists[key]))
        except KeyError as error:
            raise RuleError(f"no list named {error.args[0]}", where="kg/rules", hint="add it under lists:") from error

    def alternation(self, *keys: str) -> str:
        """A non-capturing group that matches any word of the lists, the longest first."""
        return _alternation(self.words(*keys))

    def group(self, group: str) -> tuple[Pattern, ...]:
        """The patterns of one set, in file order."""
        return self._groups.get(group, ())

    @cached_property
    def _groups(self) -> dict[str, tuple[Pattern, ...]]:
        groups: dict[str, list[Pattern]] = {}
        for pattern in self.patterns.values():
            groups.setdefault(pattern.group, []).append(pattern)
        return {key: tuple(value) for key, value in groups.items()}

    def compile(self, source: str) -> re.Pattern[str]:
        """Compile a regular expression in which ``$list`` stands for the words of a list."""
        return re.compile(_expand(source, self.lists, "kg"))


def check_pattern(pattern: Pattern) -> Iterator[str]:
    """Yield one line for every example the pattern misses and every counterexample it hits."""
    for example in pattern.examples:
        marked, expected = _unmark(example)
        text = fold(marked)
        found = {pattern.span(m) for m in pattern.regex.finditer(text)}
        missing = expected - found
        if not expected:
            yield f"example marks no <span>: {example}"
        elif missing:
            got = "、".join(text[s:e] for s, e in sorted(found)) or "nothing"
            yield f"example not met: {example} (found: {got})"
    for counterexample in pattern.counterexamples:
        match = pattern.regex.search(fold(counterexample))
        if match:
            yield f"counterexample hit: {counterexample} (found: {match.group()})"


def _package_files() -> list[Any]:
    return [
        f
        for f in resources.files("kg").joinpath("rules").iterdir()
        if f.name.endswith(".yaml") and f.name not in ("reading.yaml", "segmentation.yaml")
    ]


def _parse(file: str, data: bytes) -> dict[str, Any]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        content = yaml.load(data, Loader=loader)  # noqa: S506 - a safe loader, C or Python
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" line {mark.line + 1}" if mark else ""
        raise RuleError(
            f"not YAML:{line} {getattr(error, 'problem', error)}", where=file, hint="mend the line"
        ) from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise RuleError("a rule file is a mapping", where=file, hint=f"use the keys {sorted(_FILE_KEYS)}")
    unknown = set(content) - _FILE_KEYS
    if unknown:
        raise RuleError(f"unknown section {sorted(map(str, unknown))}", where=file, hint=f"use {sorted(_FILE_KEYS)}")
    # An empty section (`patterns:` with nothing under it) is none.
    content = {key: part for key, part in content.items() if part is not None}
    for key, part in content.items():
        if not isinstance(part, dict if key == "lists" else list):
            form = "a mapping, name: words" if key == "lists" else "a list, one entry after each -"
            raise RuleError(f"{key}: is not {form}", where=file, hint="mend the section's indentation")
    return content


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise RuleError(f"cannot be opened: {error.strerror}", where=file.name, hint="check its permissions") from error


def _words(file: str, key: str, words: Any) -> list[str]:
    if isinstance(words, str):
        words = words.split()
    if not isinstance(words, list):
        raise RuleError(
            f"list {key} is no list of words", where=file, hint="write words separated by spaces, or a YAML list"
        )
    result: list[str] = []
    for word in words:
        if not isinstance(word, str):
            raise RuleError(f"list {key}: {word!r} is no text", where=file, hint="put it in quotation marks")
        result += [fold(w) for w in word.split()]
    return result


def _identity(file: str, entry: Any, allowed: set[str], seen: set[str]) -> str:
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        raise RuleError("a rule without id", where=file, hint="give every rule an id: …")
    identity: str = entry["id"]
    unknown = set(entry) - allowed
    if unknown:
        raise RuleError(f"unknown key {sorted(unknown)}", where=f"{file} {identity}", hint=f"use {sorted(allowed)}")
    if identity in seen:
        raise RuleError("this id occurs twice", where=f"{file} {identity}", hint="rename one of the two")
    seen.add(identity)
    for key, value in entry.items():
        scalars = value if isinstance(value, list) else [value]
        if any(isinstance(v, (bool, int, float)) for v in scalars):
            raise RuleError(f"{key} is read as a number or a truth value", where=f"{file} {identity}", hint="quote it")
        structured = key == "examples" and "template" in allowed  # those are text: … with gives: …
        if not structured and not all(isinstance(v, str) for v in scalars if v is not None):
            raise RuleError(
                f"{key} is no text", where=f"{file} {identity}", hint="write plain text, in quotation marks"
            )
    return identity


def _strings(entry: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = entry.get(key) or ()
    return (value,) if isinstance(value, str) else tuple(value)


def _name(file: str, entry: Any, seen: set[str]) -> Name:
    identity = _identity(file, entry, _NAME_KEYS, seen)
    if not isinstance(entry.get("label"), str):
        raise RuleError("a name without label", where=f"{file} {identity}", hint="add label: the official name")
    aliases = tuple(dict.fromkeys((entry["label"], *_strings(entry, "aliases"))))
    return Name(identity, entry["label"], aliases, entry.get("type"), entry.get("official"), entry.get("adcode"), file)


def _template(file: str, entry: Any, seen: set[str]) -> Template:
    identity = _identity(file, entry, _TEMPLATE_KEYS, seen)
    for key in ("predicate", "template"):
        if not isinstance(entry.get(key), str):
            raise RuleError(f"a template without {key}", where=f"{file} {identity}", hint=f"add {key}: …")
    examples = tuple(entry.get("examples") or ())
    if not examples:
        raise RuleError("a template without example", where=f"{file} {identity}", hint="add examples: […]")
    if not all(isinstance(e, dict) and _is_example(e) for e in examples):
        raise RuleError(
            "an example without text: or gives:",
            where=f"{file} {identity}",
            hint="write {text: …, gives: ['* issues …']}",
        )
    return Template(
        id=identity,
        predicate=entry["predicate"],
        template=entry["template"],
        unless=_strings(entry, "unless"),
        examples=examples,
        counterexamples=_strings(entry, "counterexamples"),
        file=file,
    )


def _is_example(example: Mapping[str, Any]) -> bool:
    gives = example.get("gives")
    return isinstance(example.get("text"), str) and isinstance(gives, list) and all(isinstance(e, str) for e in gives)


def _pattern(file: str, entry: dict[str, Any], lists: Mapping[str, tuple[str, ...]]) -> Pattern:
    where = f"{file} {entry['id']}"
    source = entry.get("pattern")
    if not isinstance(source, str):
        raise RuleError("a pattern without pattern:", where=where, hint="add pattern: …")
    try:
        regex = re.compile(_expand(source, lists, where))
    except re.error as error:
        raise RuleError(f"not a regular expression: {error}", where=where, hint="mend the pattern") from error
    if regex.match("") is not None:
        raise RuleError("the pattern matches the empty text", where=where, hint="make one part of it obligatory")
    pattern = Pattern(
        id=entry["id"],
        group=entry.get("set", file.removesuffix(".yaml")),
        regex=regex,
        type=entry.get("type"),
        examples=_strings(entry, "examples"),
        counterexamples=_strings(entry, "counterexamples"),
        file=file,
    )
    if not pattern.examples or not pattern.counterexamples:
        raise RuleError("a pattern needs examples and counterexamples", where=where, hint="add at least one of each")
    return pattern


def _expand(source: str, lists: Mapping[str, tuple[str, ...]], where: str) -> str:
    def replace(match: re.Match[str]) -> str:
        key = match.group(1)
        if key in _BUILT_IN:
            return _BUILT_IN[key]
        if key not in lists:
            raise RuleError(f"${key} names no list", where=where, hint="add it under lists: or mend the name")
        return _alternation(lists[key])

    return _REFERENCE.sub(replace, source)


def _alternation(words: Iterable[str]) -> str:
    return "(?:" + "|".join(re.escape(w) for w in sorted(set(words), key=lambda w: (-len(w), w))) + ")"


def _unmark(example: str) -> tuple[str, set[tuple[int, int]]]:
    """Take the ``<…>`` marks out of an example; the spans they marked come back beside the text."""
    text, spans, start = "", set(), None
    for part in re.split(r"(\ue000|\ue001)", example.replace("<", "\ue000").replace(">", "\ue001")):
        if part == "\ue000":
            start = len(text)
        elif part == "\ue001" and start is not None:
            spans.add((start, len(text)))
            start = None
        else:
            text += part
    return text, spans
