"""The expert's files: YAML word lists, names and patterns, checked and compiled once.

A rule file has up to four sections. ``lists`` name sets of words; ``names`` are known things with their aliases;
``patterns`` are regular expressions over *folded* text (see `kg.text.fold`) in which ``$list`` stands for "one of the
words of that list", ``${one other}`` for the words of both, and ``$han`` for a Chinese character; ``templates`` are
sentences with slots. Every pattern carries examples, the expected span marked with ``<…>``, and counterexamples; a
pattern that misses an example or hits a counterexample does not load.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path

from kg.errors import RuleError
from kg.rulefile import (
    Attempts,
    Fault,
    Name,
    Pattern,
    RuleFile,
    Template,
    alternation,
    check_pattern,
    compile_pattern,
    pattern_set,
    read_file,
    references,
)

__all__ = ["READ_APART", "Name", "Pattern", "Problem", "Rulebook", "Template", "check_pattern", "classify", "problems"]

#: Files of the same format that are no part of a rulebook. `kg.read` and `kg.segment` read them on their own, before
#: anything is extracted: their lists are about pages and headings, and may share names with lists of the rulebook.
READ_APART = frozenset(("reading.yaml", "segmentation.yaml"))

_Source = tuple[str, bytes]


@dataclass(frozen=True)
class Rulebook:
    """All rule files of one run. Load it once and pass it on; it never changes."""

    lists: Mapping[str, tuple[str, ...]]
    types: Mapping[str, str]  # list → the type label of what its words name, where its file gives one
    patterns: Mapping[str, Pattern]
    names: Mapping[str, tuple[Name, ...]]  # by file stem
    templates: tuple[Template, ...]

    @classmethod
    def load(cls, *directories: str | Path) -> Rulebook:
        """Load the package's rules, then `directories` in order: lists grow, ids of later ones replace earlier ones.

        Raises `RuleError` (file, rule id, what to change) for anything that is not a usable rule.
        """
        book, found = cls.inspect(*directories)
        if found:
            raise found[0]
        return book

    @classmethod
    def inspect(cls, *directories: str | Path) -> tuple[Rulebook, tuple[RuleError, ...]]:
        """Load as `load` does, but go on at a problem: what is usable, and every problem in the order of the files.

        Raises `RuleError` only for a directory that is none, or a file that cannot be opened.
        """
        return cls._of([_package_files(), *(_files(directory) for directory in directories)])

    @classmethod
    def of_sources(cls, sources: Iterable[_Source]) -> tuple[Rulebook, tuple[RuleError, ...]]:
        """Make a rulebook of files given as (name, bytes), as if they lay in one directory; see `inspect`."""
        return cls._of([list(sources)])

    @classmethod
    def _of(cls, directories: Sequence[Sequence[_Source]]) -> tuple[Rulebook, tuple[RuleError, ...]]:
        attempts = Attempts([])
        contents: list[list[RuleFile]] = []
        for sources in directories:
            seen: set[str] = set()  # within one directory an id is used once, a later directory may replace it
            contents.append([read_file(file, data, seen, attempts) for file, data in sources])
        attempts.problems.extend(_twice(contents))
        attempts.problems.extend(_unread(contents))
        files = [file for directory in contents for file in directory]
        lists: dict[str, tuple[str, ...]] = {}
        for one in (one for file in files for one in file.lists):
            lists[one.key] = tuple(dict.fromkeys((*lists.get(one.key, ()), *one.words)))
        patterns: dict[str, Pattern] = {}
        entries = {identity: (file.file, entry) for file in files for identity, entry in file.patterns}
        for identity, (name_of_file, entry) in entries.items():
            pattern = attempts(compile_pattern, name_of_file, entry, lists)
            if pattern is not None:
                patterns[identity] = pattern
                hint = "mend the pattern or the example"
                for line in check_pattern(pattern):
                    attempts.problems.append(Fault(line, file=name_of_file, id=identity, hint=hint))
        names: dict[str, dict[str, Name]] = {}
        for name in (name for file in files for name in file.names):
            names.setdefault(name.file.removesuffix(".yaml"), {})[name.id] = name
        book = cls(
            lists=lists,
            types={one.key: one.type for file in files for one in file.lists if one.type is not None},
            patterns=patterns,
            names={key: tuple(value.values()) for key, value in names.items()},
            templates=tuple({t.id: t for file in files for t in file.templates}.values()),
        )
        return book, tuple(attempts.problems)

    def words(self, *keys: str) -> tuple[str, ...]:
        """The words of the named lists, in file order; raises `RuleError` for a list that is not there."""
        try:
            return tuple(dict.fromkeys(w for key in keys for w in self.lists[key]))
        except KeyError as error:
            raise RuleError(f"no list named {error.args[0]}", where="kg/rules", hint="add it under lists:") from error

    def word(self, key: str) -> str:
        """The only word of a list; raises `RuleError` where it has none or several."""
        words = self.words(key)
        if len(words) != 1:
            raise RuleError(f"list {key} needs exactly one word", where="kg/rules", hint=f"it has {len(words)}")
        return words[0]

    def type_of(self, key: str) -> str:
        """The type label of a list (``key: {type: …, words: …}``); raises `RuleError` where it has none."""
        try:
            return self.types[key]
        except KeyError as error:
            hint = f"write {key}: {{type: …, words: …}}"
            raise RuleError(f"list {key} has no type", where="kg/rules", hint=hint) from error

    def alternation(self, *keys: str) -> str:
        """A non-capturing group that matches any word of the lists, the longest first."""
        return alternation(self.words(*keys))

    def group(self, group: str) -> tuple[Pattern, ...]:
        """The patterns of one set, in file order; raises `RuleError` for a set without patterns."""
        try:
            return self._groups[group]
        except KeyError as error:
            hint = f"add one with set: {group}"
            raise RuleError(f"no pattern in set {group}", where="kg/rules", hint=hint) from error

    def union(self, group: str) -> re.Pattern[str]:
        """One regular expression for all patterns of a set, tried in file order; named groups stay, but for `name`."""
        sources = [pattern.regex.pattern.replace("(?P<name>", "(?:") for pattern in self.group(group)]
        try:
            return re.compile(sources[0] if len(sources) == 1 else "|".join(f"(?:{source})" for source in sources))
        except re.error as error:
            hint = "a named group may occur in one pattern of a set only"
            raise RuleError(f"set {group} cannot be joined: {error}", where="kg/rules", hint=hint) from error

    @cached_property
    def _groups(self) -> dict[str, tuple[Pattern, ...]]:
        groups: dict[str, list[Pattern]] = {}
        for pattern in self.patterns.values():
            groups.setdefault(pattern.group, []).append(pattern)
        return {key: tuple(value) for key, value in groups.items()}


def classify(patterns: Iterable[Pattern], text: str) -> str | None:
    """The type of the first pattern that finds something in `text`, None where none does."""
    for pattern in patterns:
        if pattern.regex.search(text):
            return pattern.type
    return None


def _twice(directories: Iterable[Iterable[RuleFile]]) -> Iterator[Fault]:
    """Lists that two files of one directory share: they would become one without anybody wanting it."""
    for files in directories:
        seen: dict[str, str] = {}
        for file in files:
            for one in file.lists:
                if one.key in seen:
                    yield Fault(
                        f"list {one.key} is in {seen[one.key]}, too", file=file.file, hint="rename one of the two"
                    )
                seen[one.key] = file.file


def _unread(directories: Sequence[Iterable[RuleFile]]) -> Iterator[Fault]:
    """Lists and sets of later directories that neither the first one nor any rule knows: slips of the pen, mostly."""
    files = [file for directory in directories for file in directory]
    first = list(directories[0]) if directories else []
    sources = [str(entry.get("pattern")) for file in files for _, entry in file.patterns]
    sources += [template.template for file in files for template in file.templates]
    lists = {one.key for file in first for one in file.lists}.union(*map(references, sources))
    sets = {pattern_set(file.file, entry) for file in first for _, entry in file.patterns}
    for file in (file for directory in directories[1:] for file in directory):
        for one in file.lists:
            if one.key not in lists:
                hint = "use the name of a list that is there, or refer to it in a pattern"
                yield Fault(f"nothing reads the list {one.key}", file=file.file, hint=hint)
        for identity, entry in file.patterns:
            group = pattern_set(file.file, entry)
            if group not in sets:
                hint = f"use one of {', '.join(sorted(sets))}"
                yield Fault(f"nothing reads the set {group}", file=file.file, id=identity, hint=hint)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: `id` is the rule's, empty where the whole file or the rules together are at fault."""

    file: str
    id: str
    message: str

    @classmethod
    def of(cls, error: RuleError) -> Problem:
        """A rule error as a problem; where only `where` is known, its first word is the file."""
        message = f"{error.message} → {error.hint}" if error.hint else error.message
        if isinstance(error, Fault):
            return cls(error.file, error.id, message)
        file, _, identity = error.where.partition(" ")
        return cls(file, identity, message)


def problems(*directories: str | Path) -> list[Problem]:
    """Check every rule file of the package and of `directories` and list all that is wrong, in the order of the files.

    Checked are the form of every entry, examples and counterexamples of every pattern and template, the rules for
    reading and segmentation, and, where all of that holds, that an extractor can be built of it. Raises `RuleError`
    only for a directory that is none or a file that cannot be opened.
    """
    book, found = Rulebook.inspect(*directories)
    result = [Problem.of(error) for error in found]
    for file in sorted(READ_APART):
        result += _apart(file, directories)
    result += [Problem.of(error) for template in book.templates for error in _of_template(template, book)]
    if not result:
        from kg.extract import Extractor

        try:
            Extractor.load(*map(str, directories))
        except RuleError as error:
            result.append(Problem.of(error))
    return result


def _apart(file: str, directories: Sequence[str | Path]) -> Iterator[Problem]:
    """Check a file that is read on its own."""
    from kg.read.rules import check_rules, load_rules

    try:
        rules = load_rules(file, directories)
    except RuleError as error:
        yield Problem.of(error)
        return
    for identity, message in check_rules(rules):
        yield Problem(file, identity, message)


def _of_template(template: Template, book: Rulebook) -> Iterator[RuleError]:
    """Check one template; `compile_templates` would stop at the first problem of all."""
    from kg.relate.templates import check_template, compile_template

    try:
        compiled = compile_template(template, book)
    except RuleError as error:
        yield Fault(error.message, file=template.file, id=template.id, hint=error.hint)
        return
    for line in check_template(compiled):
        yield Fault(line, file=template.file, id=template.id, hint="mend the template or the example")


def _package_files() -> list[_Source]:
    folder = resources.files("kg").joinpath("rules")
    files = (f for f in folder.iterdir() if f.name.endswith(".yaml") and f.name not in READ_APART)
    return [(f.name, f.read_bytes()) for f in sorted(files, key=lambda f: f.name)]


def _files(directory: str | Path) -> list[_Source]:
    folder = Path(directory)
    if not folder.is_dir():
        raise RuleError("no such directory of rules", where=folder.name, hint="give a folder that holds .yaml files")
    for f in sorted(folder.iterdir()):
        if f.suffix.lower() in (".yaml", ".yml") and f.suffix != ".yaml":  # nothing would read it, or not everywhere
            raise RuleError("a rule file's name ends in .yaml", where=f.name, hint=f"name it {f.stem}.yaml")
    files = sorted(f for f in folder.glob("*.yaml") if f.name not in READ_APART)
    return [(f.name, _bytes(f)) for f in files]


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Fault(f"cannot be opened: {error.strerror}", file=file.name, hint="check its permissions") from error
