"""Every rule file against its own examples, and how much there is of everything: for whoever edits the rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from kg.rulebook import READ_APART, Problem, Rulebook, problems


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """What is wrong with the rules (nothing, one hopes), what is only worth knowing, and how many there are."""

    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    files: int
    lists: int
    words: int
    names: int
    patterns: int
    templates: int
    examples: int
    counterexamples: int


def check_rules(*directories: str | Path) -> RuleCheck:
    """Check the package's rules together with `directories`, as `Extractor.load` would use them, and count them.

    Raises `RuleError` only where a directory is none or a file cannot be opened; other problems are in the result.
    """
    book, _ = Rulebook.inspect(*directories)
    # Rules of the same form that `kg.read` and `kg.segment` read on their own.
    rules = resources.files("kg") / "rules"
    books = [book, *(Rulebook.of_sources([(name, (rules / name).read_bytes())])[0] for name in sorted(READ_APART))]
    patterns = [pattern for one in books for pattern in one.patterns.values()]
    tried: list[tuple[str, Sequence[object], Sequence[str]]] = [
        (p.file, p.examples, p.counterexamples) for p in patterns
    ]
    tried += [(t.file, t.examples, t.counterexamples) for t in book.templates]
    names = [name for group in book.names.values() for name in group]
    return RuleCheck(
        problems=tuple(problems(*directories)),
        notes=tuple(_ambiguous(book)),
        files=len({*(file for file, _, _ in tried), *(name.file for name in names)}),
        lists=sum(len(one.lists) for one in books),
        words=sum(len(words) for one in books for words in one.lists.values()),
        names=len(names),
        patterns=len(patterns),
        templates=len(book.templates),
        examples=sum(len(examples) for _, examples, _ in tried),
        counterexamples=sum(len(counterexamples) for _, _, counterexamples in tried),
    )


def _ambiguous(book: Rulebook) -> Iterator[str]:
    """Yield aliases that two names share: allowed, and undecided wherever they occur."""
    for file, names in sorted(book.names.items()):
        owners: dict[str, list[str]] = {}
        for name in names:
            for alias in name.aliases:
                owners.setdefault(alias, []).append(name.id)
        for alias, ids in sorted(owners.items()):
            if len(ids) > 1:
                yield f"{file}.yaml: “{alias}” 有歧义 / is ambiguous: {', '.join(ids)}"
