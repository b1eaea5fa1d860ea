"""Every rule file against its own examples: all problems at once, for whoever edits the rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path

from kg.errors import KgError, RuleError
from kg.extract import Extractor
from kg.relate.templates import check_template, compile_templates
from kg.rulebook import Rulebook, Template
from kg.vocabulary import EDGES

#: Rule files of the same form that are read by `kg.read` and `kg.segment` on their own.
_APART = ("reading.yaml", "segmentation.yaml")


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """What is wrong with the rules (nothing, one hopes), what is only worth knowing, and how many there are."""

    problems: tuple[KgError, ...]
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
    """Check the package's rules together with `directories`, as `Extractor.load` would use them.

    Raises `RuleError` only where a directory is none; every other problem is in the result.
    """
    book, found = Rulebook.inspect(*directories)
    problems: list[KgError] = list(found)
    apart = []
    for name in _APART:
        data = resources.files("kg").joinpath("rules", name).read_bytes()
        other, found = Rulebook.of_sources([(name, data)])
        apart.append(other)
        problems += found
    for template in book.templates:
        problems += _of_template(template, book)
    if not problems:  # with a rule missing, what depends on it would only fail once more
        try:
            Extractor.load(*map(str, directories))
        except RuleError as problem:
            problems.append(problem)
    books = (book, *apart)
    patterns = [pattern for one in books for pattern in one.patterns.values()]
    tried: list[tuple[str, Sequence[object], Sequence[str]]] = [
        (p.file, p.examples, p.counterexamples) for p in patterns
    ]
    tried += [(t.file, t.examples, t.counterexamples) for t in book.templates]
    names = [name for group in book.names.values() for name in group]
    return RuleCheck(
        problems=tuple(problems),
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


def _of_template(template: Template, book: Rulebook) -> Iterator[RuleError]:
    """Yield every problem of one template, which `compile_templates` would stop at the first of."""
    where = f"{template.file} {template.id}"
    if template.predicate not in EDGES:
        yield RuleError(
            f"没有这种关系 / no such predicate: {template.predicate}",
            where=where,
            hint=f"可用 / use: {', '.join(EDGES)}",
        )
    silent = replace(template, examples=(), counterexamples=())
    try:
        (compiled,) = compile_templates(replace(book, templates=(silent,)))
    except RuleError as problem:
        yield problem
        return
    for line in check_template(replace(compiled, template=template)):
        yield RuleError(line, where=where, hint="mend template or example")


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
