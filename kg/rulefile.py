"""One rule file: YAML to lists, names, patterns and templates, every fault with its file and rule id.

The only place that trusts nothing: what comes out of here has the right keys and types. `kg.rulebook` puts the files
together. The format is told for editors in `kg/rules/README.md`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any, ParamSpec, TypeVar

from kg.errors import RuleError
from kg.sought import Sought
from kg.text import fold

_FILE_KEYS = {"lists", "names", "patterns", "templates"}
_LIST_KEYS = {"type", "words"}
_PATTERN_KEYS = {"id", "pattern", "type", "set", "examples", "counterexamples", "note"}
_NAME_KEYS = {"id", "label", "aliases", "type", "adcode", "not_before", "not_after", "note"}
_NAME_FILE = "departments.yaml"  # the only kind of known things that rule files name; others are in kg/data
_TEMPLATE_KEYS = {"id", "predicate", "template", "unless", "examples", "counterexamples", "note"}
_BUILT_IN = {"han": r"[\u3400-\u9fff]", "num": r"\d+(?:\.\d+)?"}
# $list, or ${list list} for the words of several lists. ASCII: in `$verb方案` the name ends before the Chinese.
_REFERENCE = re.compile(r"\$(?:\{(\w+(?: \w+)*)\}|([a-z]\w*))", re.ASCII)


class Fault(RuleError):  # noqa: N818 - the project's word for what is wrong in a file
    """A `RuleError` that keeps the file and the rule's id apart; `id` is empty for a fault of the whole file."""

    def __init__(self, message: str, *, file: str, id: str = "", hint: str) -> None:
        """Say where as every `RuleError` does: the file and the id."""
        super().__init__(message, where=f"{file} {id}".strip(), hint=hint)
        self.file = file
        self.id = id


@dataclass(frozen=True, slots=True)
class WordList:
    """A named set of words; `type` is the label that what these words name has, where the file gives one."""

    key: str
    words: tuple[str, ...]
    type: str | None


@dataclass(frozen=True)
class Pattern:
    """One compiled pattern; `group` says which named set of patterns it belongs to (`set` in the file)."""

    id: str
    group: str
    regex: re.Pattern[str]
    type: str | None
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]
    file: str

    @cached_property
    def sought(self) -> Sought:
        """The pattern with the marks that show where it may match."""
        return Sought(self.regex)

    def span(self, match: re.Match[str]) -> tuple[int, int]:
        """Return the expected span of a match: group `name` where the pattern has one, else the whole match."""
        return match.span("name") if "name" in self.regex.groupindex else match.span()


@dataclass(frozen=True, slots=True)
class Name:
    """A body an expert has added, with every form in which reports write it, as in folded text.

    `adcode` is the code of its area, None for a body of the centre; a form that stands before one of `not_before` or
    after one of `not_after` is not meant.
    """

    id: str
    label: str
    aliases: tuple[str, ...]
    type: str | None
    adcode: str | None
    not_before: tuple[str, ...]
    not_after: tuple[str, ...]
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


@dataclass(frozen=True, slots=True)
class RuleFile:
    """The usable content of one file. `patterns` are (id, entry) pairs: they compile when all lists are known."""

    file: str
    lists: tuple[WordList, ...]
    names: tuple[Name, ...]
    patterns: tuple[tuple[str, dict[str, Any]], ...]
    templates: tuple[Template, ...]


_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Attempts:
    """Calls that may fail with a `RuleError`: the error is kept and None comes back."""

    problems: list[RuleError]

    def __call__(self, make: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T | None:
        """Call `make`, keep its fault."""
        try:
            return make(*args, **kwargs)
        except RuleError as problem:
            self.problems.append(problem)
            return None


def read_file(file: str, data: bytes, seen: set[str], attempts: Attempts) -> RuleFile:
    """Parse one file; entries with a fault are left out and told to `attempts`. `seen` are the ids used before."""
    content = attempts(_parse, file, data) or {}
    lists = (attempts(_word_list, file, key, value) for key, value in content.get("lists", {}).items())
    patterns = [(attempts(_identity, file, e, _PATTERN_KEYS, seen), e) for e in content.get("patterns", ())]
    if content.get("names") and file != _NAME_FILE:
        attempts.problems.append(Fault("names: are read from departments.yaml only", file=file, hint="move them there"))
    names = [attempts(_name, file, entry, seen) for entry in content.get("names", ())]
    templates = [attempts(_template, file, entry, seen) for entry in content.get("templates", ())]
    return RuleFile(
        file=file,
        lists=tuple(x for x in lists if x is not None),
        names=tuple(x for x in names if x is not None),
        patterns=tuple((identity, entry) for identity, entry in patterns if identity is not None),
        templates=tuple(x for x in templates if x is not None),
    )


def compile_pattern(file: str, entry: Mapping[str, Any], lists: Mapping[str, tuple[str, ...]]) -> Pattern:
    """Compile one entry of `patterns:`; raises `RuleError` for what is no usable pattern."""
    identity: str = entry["id"]
    source = entry.get("pattern")
    if not isinstance(source, str):
        raise Fault("a pattern without pattern:", file=file, id=identity, hint="add pattern: …")
    try:
        regex = re.compile(expand(source, lists, file, identity))
    except re.error as error:
        raise Fault(f"not a regular expression: {error}", file=file, id=identity, hint="mend the pattern") from error
    if regex.match("") is not None:
        raise Fault("the pattern matches the empty text", file=file, id=identity, hint="make one part of it obligatory")
    pattern = Pattern(
        id=identity,
        group=pattern_set(file, entry),
        regex=regex,
        type=entry.get("type"),
        examples=_strings(entry, "examples"),
        counterexamples=_strings(entry, "counterexamples"),
        file=file,
    )
    if not pattern.examples or not pattern.counterexamples:
        raise Fault(
            "a pattern needs examples and counterexamples", file=file, id=identity, hint="add at least one of each"
        )
    return pattern


def pattern_set(file: str, entry: Mapping[str, Any]) -> str:
    """Name the set that an entry of `patterns:` belongs to: what it says, else the file's name."""
    return str(entry.get("set") or file.removesuffix(".yaml"))


def check_pattern(pattern: Pattern) -> Iterator[str]:
    """Yield one line for every example the pattern misses and every counterexample it hits."""
    for example in pattern.examples:
        marked, expected = _unmark(example)
        text = fold(marked)
        found = {pattern.span(m) for m in pattern.regex.finditer(text)}
        if not expected:
            yield f"example marks no <span>: {example}"
        elif expected - found:
            got = "、".join(text[s:e] for s, e in sorted(found)) or "nothing"
            yield f"example not met: {example} (found: {got})"
    for counterexample in pattern.counterexamples:
        match = pattern.regex.search(fold(counterexample))
        if match:
            yield f"counterexample hit: {counterexample} (found: {match.group()})"


def expand(source: str, lists: Mapping[str, tuple[str, ...]], file: str = "kg", identity: str = "") -> str:
    """Put the lists' words in the place of ``$list`` and ``${list list}``; raises `RuleError` for an unknown list."""

    def replace(match: re.Match[str]) -> str:
        keys = (match[1] or match[2]).split(" ")
        if keys[0] in _BUILT_IN:
            return _BUILT_IN[keys[0]]
        unknown = [key for key in keys if key not in lists]
        if unknown:
            raise Fault(
                f"${unknown[0]} names no list", file=file, id=identity, hint="add it under lists: or mend the name"
            )
        return alternation(word for key in keys for word in lists[key])

    return _REFERENCE.sub(replace, source)


def references(source: str) -> set[str]:
    """Name the lists that a pattern or template refers to, known or not."""
    found = {key for match in _REFERENCE.finditer(source) for key in (match[1] or match[2]).split(" ")}
    return found - set(_BUILT_IN)


def alternation(words: Iterable[str]) -> str:
    """Write a non-capturing group that matches any of the words, the longest first.

    It is written as a tree of prefixes: the words that match at one place begin one another, so their order stays, and
    the engine need not try word after word.
    """
    return f"(?:{_branches(sorted(set(words)))})"


def _branches(words: Sequence[str]) -> str:
    """Write the alternatives for sorted, different words, with a common beginning written once."""
    branches: list[str] = []
    for first, group in groupby(words, key=lambda word: word[:1]):
        rests = [word[1:] for word in group]
        if first and rests == [""]:
            branches.append(re.escape(first))
        elif first:
            branches.append(re.escape(first) + (f"(?:{_branches(rests)})" if len(rests) > 1 else re.escape(rests[0])))
    return "|".join(branches + [""] * (not words or not words[0]))  # the empty rest is tried last


def _parse(file: str, data: bytes) -> dict[str, Any]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        content = yaml.load(data, Loader=loader)  # noqa: S506 - a safe loader, C or Python
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" line {mark.line + 1}" if mark else ""
        raise Fault(f"not YAML:{line} {getattr(error, 'problem', error)}", file=file, hint="mend the line") from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise Fault("a rule file is a mapping", file=file, hint=f"use the keys {sorted(_FILE_KEYS)}")
    unknown = set(content) - _FILE_KEYS
    if unknown:
        raise Fault(f"unknown section {sorted(map(str, unknown))}", file=file, hint=f"use {sorted(_FILE_KEYS)}")
    # An empty section (`patterns:` with nothing under it) is none.
    content = {key: part for key, part in content.items() if part is not None}
    for key, part in content.items():
        if not isinstance(part, dict if key == "lists" else list):
            form = "a mapping, name: words" if key == "lists" else "a list, one entry after each -"
            raise Fault(f"{key}: is not {form}", file=file, hint="mend the section's indentation")
    return content


def _word_list(file: str, key: Any, value: Any) -> WordList:
    """Read ``key: words`` or ``key: {type: label, words: words}``; words are a string with spaces or a YAML list."""
    label = None
    words = value
    name = str(key)
    if isinstance(value, dict):
        unknown = {str(k) for k in value} - _LIST_KEYS
        if unknown or "words" not in value:
            raise Fault(
                f"list {name} has the keys {sorted(map(str, value))}", file=file, hint=f"use {sorted(_LIST_KEYS)}"
            )
        label, words = value.get("type"), value["words"]
        if label is not None and not isinstance(label, str):
            raise Fault(f"list {name}: the type {label!r} is no text", file=file, hint="put it in quotation marks")
    if isinstance(words, str):
        words = words.split()
    if not isinstance(words, list):
        raise Fault(f"list {name} is no list of words", file=file, hint="write words with spaces, or a YAML list")
    for word in words:
        if not isinstance(word, str):
            raise Fault(f"list {name}: {word!r} is no text", file=file, hint="put it in quotation marks")
    return WordList(name, tuple(dict.fromkeys(fold(w) for word in words for w in word.split())), label)


def _identity(file: str, entry: Any, allowed: set[str], seen: set[str]) -> str:
    """Check an entry's keys and scalars and return its id."""
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        raise Fault("a rule without id", file=file, hint="give every rule an id: …")
    identity: str = entry["id"]
    unknown = set(entry) - allowed
    if unknown:
        raise Fault(f"unknown key {sorted(map(str, unknown))}", file=file, id=identity, hint=f"use {sorted(allowed)}")
    if identity in seen:
        raise Fault("this id occurs twice", file=file, id=identity, hint="rename one of the two")
    seen.add(identity)
    for key, value in entry.items():
        scalars = value if isinstance(value, list) else [value]
        if any(isinstance(v, bool | int | float) for v in scalars):
            raise Fault(f"{key} is read as a number or a truth value", file=file, id=identity, hint="quote it")
        structured = key == "examples" and "template" in allowed  # those are text: … with gives: …
        if not structured and not all(isinstance(v, str) for v in scalars if v is not None):
            raise Fault(f"{key} is no text", file=file, id=identity, hint="write plain text, in quotation marks")
    return identity


def _strings(entry: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = entry.get(key) or ()
    return (value,) if isinstance(value, str) else tuple(value)


def _name(file: str, entry: Any, seen: set[str]) -> Name:
    identity = _identity(file, entry, _NAME_KEYS, seen)
    if not isinstance(entry.get("label"), str):
        raise Fault("a name without label", file=file, id=identity, hint="add label: the official name")
    aliases = tuple(dict.fromkeys(fold(form) for form in (entry["label"], *_strings(entry, "aliases"))))
    return Name(
        id=identity,
        label=entry["label"],
        aliases=aliases,
        type=entry.get("type"),
        adcode=entry.get("adcode"),
        not_before=tuple(fold(word) for word in _strings(entry, "not_before")),
        not_after=tuple(fold(word) for word in _strings(entry, "not_after")),
        file=file,
    )


def _template(file: str, entry: Any, seen: set[str]) -> Template:
    identity = _identity(file, entry, _TEMPLATE_KEYS, seen)
    for key in ("predicate", "template"):
        if not isinstance(entry.get(key), str):
            raise Fault(f"a template without {key}", file=file, id=identity, hint=f"add {key}: …")
    examples = tuple(entry.get("examples") or ())
    if not examples:
        raise Fault("a template without example", file=file, id=identity, hint="add examples: […]")
    if not all(isinstance(e, dict) and _is_example(e) for e in examples):
        raise Fault(
            "an example without text: or gives:", file=file, id=identity, hint="write {text: …, gives: ['* issues …']}"
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


def _unmark(example: str) -> tuple[str, set[tuple[int, int]]]:
    """Take the ``<…>`` marks out of an example; the spans they marked come back beside the text."""
    text, spans, start = "", set(), 0
    for part in re.split("([<>])", example):
        if part == "<":
            start = len(text)
        elif part == ">":
            spans.add((start, len(text)))
        else:
            text += part
    return text, spans
