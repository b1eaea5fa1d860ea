"""Where the words of the rules are attested: rules state how the genre writes, never what one report says.

`entries` lists every word of every list in kg/rules/*.yaml and every literal piece of its patterns and templates. Run
as a script beside ../shared (or with the path of that folder), it prints tests/data/attestation.tsv: how many reports
of the corpus and how many gold texts write each of them. `tests/test_attestation.py` reads the table and judges.

    python tests/attestation.py > tests/data/attestation.tsv
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from kg.text import fold

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "kg" / "rules"
SHARED = ROOT.parent / "shared"
TABLE = ROOT / "tests" / "data" / "attestation.tsv"
REASONS = ROOT / "tests" / "data" / "attested.tsv"
REMAKE = "python tests/attestation.py > tests/data/attestation.tsv"
HEADER = "word\treports\tgold"

#: What is not literal text in a pattern or a template: classes, escapes, groups, references, counts, slots, gaps.
_SYNTAX = re.compile(
    r"\[(?:\\.|[^\]\\])+\]|\\.|\(\?(?:P<\w+>|P=\w+|[:=!]|<[=!]|\w+\))|\$\{[^}]*\}|\$[a-z]\w*"
    r"|\{[^}]*\}|……?|[()|^$.*+]",
    re.ASCII,
)
_OPTIONAL = re.compile(r"(.)\?")
_HAN = re.compile(r"[\u3400-\u9fff]")
_PARTS = re.compile(r"\{\w+\}|[=|:]")  # of a list's word: 简称={area}全名|…, 上级栏目:本栏
_WINDOW = 12  # characters that two texts share only where one has copied the other


@dataclass(frozen=True, slots=True)
class Entry:
    """A word of a list, or a literal piece of a pattern or template; `place` is the list's name or the rule's id."""

    file: str
    place: str
    word: str

    def __str__(self) -> str:
        """Write it as the tests' messages do."""
        return f"{self.file} {self.place}: {self.word}"


class Count(NamedTuple):
    """How many reports of the corpus and how many gold texts write a word."""

    reports: int
    gold: int


# --- what the rules say ---------------------------------------------------------------------------------------------


def package_entries() -> list[Entry]:
    """Every entry of the package's rule files."""
    return [
        entry for path in sorted(RULES.glob("*.yaml")) for entry in entries(path.name, path.read_text(encoding="utf-8"))
    ]


def entries(file: str, content: str) -> list[Entry]:
    """Every word with a Chinese character that a rule file acts on; examples and notes are none of them."""
    return list(dict.fromkeys(entry for entry in _entries(file, yaml.safe_load(content)) if _HAN.search(entry.word)))


def _entries(file: str, content: Mapping[str, Any]) -> Iterator[Entry]:
    for key, value in (content.get("lists") or {}).items():
        words = value["words"] if isinstance(value, dict) else value
        for word in words.split() if isinstance(words, str) else words:
            for part in _PARTS.split(word):
                yield Entry(file, key, squash(part))
    for rule in (*(content.get("patterns") or ()), *(content.get("templates") or ())):
        for source in (rule.get("pattern") or rule["template"], *(rule.get("unless") or ())):
            for literal in literals(source):
                yield Entry(file, rule["id"], squash(literal))
    for name in content.get("names") or ():
        for form in (name["label"], *(name.get("aliases") or ())):
            yield Entry(file, name["id"], squash(form))


def literals(source: str) -> list[str]:
    """Every run of literal text in a pattern or template, with and without its optional characters.

    >>> literals("全?新一?轮(?:改革|试点)$")
    ['新轮', '新一轮', '全新轮', '全新一轮', '改革', '试点']
    """
    found: list[str] = []
    for run in _SYNTAX.sub("\n", source).split("\n"):
        variants = [""]
        at = 0
        for match in _OPTIONAL.finditer(run):
            variants = [v + run[at : match.start()] + tail for v in variants for tail in ("", match[1])]
            at = match.end()
        found += [variant + run[at:] for variant in variants]
    return [literal.strip("?") for literal in dict.fromkeys(found) if _HAN.search(literal)]


def squash(text: str) -> str:
    """Fold a text and take out its spaces and line breaks: PDFs break words anywhere, tables space them out."""
    return re.sub(r"\s+", "", fold(text))


# --- who writes it --------------------------------------------------------------------------------------------------


def table(shared: Path = SHARED) -> dict[str, Count]:
    """Count the reports and gold texts under `shared` that write each word of the package's rules."""
    gold = {path.stem: squash(_text(path)) for path in sorted((shared / "gold").glob("*.txt"))}
    corpus = {path.stem: squash(_text(path)) for path in sorted((shared / "corpus").glob("*.txt"))}
    reports = [text for text in corpus.values() if not any(holds(text, part) for part in gold.values())]
    words = sorted({entry.word for entry in package_entries()})
    return {w: Count(sum(w in text for text in reports), sum(w in text for text in gold.values())) for w in words}


def holds(report: str, part: str) -> bool:
    """Whether `part` is of the report: a gold text's own report, or one that quotes most of it, attests nothing."""
    windows = [part[at : at + _WINDOW] for at in range(0, max(len(part) - _WINDOW, 0) + 1, _WINDOW)]
    return 2 * sum(window in report for window in windows) > len(windows)


def _text(path: Path) -> str:
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def lines(counts: Mapping[str, Count]) -> str:
    """Write the table as its file holds it."""
    rows = (f"{word}\t{count.reports}\t{count.gold}" for word, count in sorted(counts.items()))
    return "\n".join((HEADER, *rows)) + "\n"


def read_table(path: Path = TABLE) -> dict[str, Count]:
    """Read the committed table."""
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    if header != HEADER:
        raise ValueError(f"{path.name}: the first line is not {HEADER!r}")
    cells = (row.split("\t") for row in rows)
    return {word: Count(int(reports), int(gold)) for word, reports, gold in cells}


# --- where else it is known -----------------------------------------------------------------------------------------


def dictionary() -> frozenset[str]:
    """The words of jieba's dictionary: general Chinese."""
    spec = find_spec("jieba")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("jieba")
    text = (Path(spec.submodule_search_locations[0]) / "dict.txt").read_text(encoding="utf-8")
    return frozenset(line.split(" ", 1)[0] for line in text.splitlines())


def public_data() -> str:
    """The package's public data (names of places, bodies, laws), as one squashed text, a cell a line."""
    folder = resources.files("kg") / "data"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".tsv")), key=lambda f: f.name)
    rows = (row for f in files for row in f.read_text(encoding="utf-8").splitlines() if not row.startswith("#"))
    return "\n".join(squash(cell) for row in rows for cell in re.split("[\t;]", row))


def read_reasons(path: Path) -> dict[tuple[str, str], str]:
    """Read a table of word, place and reason; lines that start with # are comments."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {(word, place): reason for word, place, reason in rows[1:]}


def unattested(
    entries: Iterable[Entry],
    counts: Mapping[str, Count],
    known: Iterable[str],
    data: str,
    reasons: Iterable[tuple[str, str]],
) -> list[Entry]:
    """The entries that a gold text writes, and neither the corpus, `known` words, `data` nor a reason attests."""
    words, excused = frozenset(known), frozenset(reasons)
    return [
        entry
        for entry in entries
        if counts[entry.word].gold
        and not counts[entry.word].reports
        and entry.word not in words
        and entry.word not in data
        and (entry.word, entry.place) not in excused
    ]


if __name__ == "__main__":
    sys.stdout.buffer.write(lines(table(*map(Path, sys.argv[1:2]))).encode())
