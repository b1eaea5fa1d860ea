"""The named questions of ``ontology/questions``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kg.errors import GraphError
from kg.vocabulary import ontology_dir


@dataclass(frozen=True, slots=True)
class Question:
    """A named question: its number and file stem, what it asks and what it is called, in Chinese and English."""

    number: int
    stem: str
    zh: str
    en: str
    name_zh: str
    name_en: str
    text: str


_HEADER = re.compile(r"# 问[:\uff1a](?P<zh>.+)\n# Q: (?P<en>.+)\n# 名[:\uff1a] ?(?P<name_zh>\S+) / (?P<name_en>\S+)\n")
_STEM = re.compile(r"(?P<number>\d\d)-(?P<name>[a-z0-9-]+)")


def questions() -> tuple[Question, ...]:
    """Return the named questions in the order of their numbers; ``GraphError`` for a file without its header."""
    found = []
    for entry in (ontology_dir() / "questions").iterdir():
        if not entry.name.endswith(".rq"):
            continue
        stem, text = entry.name.removesuffix(".rq"), entry.read_text(encoding="utf-8")
        name, header = _STEM.fullmatch(stem), _HEADER.match(text)
        if name is None or header is None:
            raise GraphError("no name, or no header of three comment lines", where=entry.name, hint="see 01-*.rq")
        found.append(Question(int(name["number"]), stem, text=text, **header.groupdict()))
    return tuple(sorted(found, key=lambda question: question.number))


def find_question(question: str) -> Question | None:
    """Return the question of that number (``7``), file stem, or Chinese or English name; None where there is none."""
    wanted = question.strip()
    for known in questions():
        names = {known.stem, known.stem.partition("-")[2], known.name_zh, known.name_en, known.zh, known.en}
        if wanted in names or (wanted.isascii() and wanted.isdigit() and int(wanted) == known.number):
            return known
    return None


def near(wanted: str) -> Sequence[Question]:
    """Return the questions that have the wanted words in them, all where none has."""
    words = wanted.strip().casefold()
    texts = ((known, f"{known.stem} {known.zh} {known.en}".casefold()) for known in questions())
    return [known for known, text in texts if words in text] or questions()
