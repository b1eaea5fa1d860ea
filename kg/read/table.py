"""Page furniture and the header table: what is neither, and which fields they hold.

All functions work on folded text, so every span is a span of the source.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kg.model import Span
from kg.read.rules import ReadingRules
from kg.text import cjk_count, trimmed

_SENTENCE_END = re.compile(r"[。!?;]")
_WORD = re.compile(r"\S+")
_BLANK = re.compile(r"\s+")
_CELL_EDGE = " \t|:*【】〔〕"
#: Characters; a longer line is prose, never a button, a menu entry or the value of a short field.
LONG = 60


@dataclass(frozen=True, slots=True)
class Found:
    """A field as found; `rank` orders the labels of one field (document date before page date)."""

    name: str
    span: Span
    rank: int = 0


@dataclass(slots=True)
class Notes:
    """What has been found so far."""

    found: list[Found] = field(default_factory=list)
    chrome: list[Span] = field(default_factory=list)
    titles: list[Span] = field(default_factory=list)
    meeting: Span | None = None


def is_furniture(text: str, line: Span, rules: ReadingRules) -> bool:
    """Whether a line consists of page furniture only."""
    match = rules.anywhere.match(text, line.start)
    if match and match.end() >= line.end:
        return True
    place = line.start
    while place < line.end:
        if text[place].isspace():
            place += 1
            continue
        furniture = rules.furniture.match(text, place, line.end)
        if not furniture or furniture.end() == place:
            return False
        place = furniture.end()
    return True


def opens_body(text: str, line: Span, rules: ReadingRules) -> bool:
    """Whether a line is prose or a numbered heading."""
    if rules.heading_line.match(text, line.start):
        return True
    count = han(text, line)
    return (count >= 10 and _SENTENCE_END.search(text, line.start, line.end) is not None) or (
        count >= 15 and text.find(",", line.start, line.end) >= 0
    )


def han(text: str, span: Span) -> int:
    """Count the Chinese characters of a span, up to `LONG`."""
    return cjk_count(text, span.start, span.end, limit=LONG)


def inline(text: str, place: int, end: int, rules: ReadingRules, notes: Notes) -> int:
    """Take one piece of furniture, or one `label: value`, at `place`; return where it ends (`place` for none)."""
    label = rules.label.match(text, place, end)
    if label and text[label.end() - 1] == ":":
        value = trimmed(text, label.end(), end)
        if value:
            stamp = rules.date.match(text, value.start, end)
            word = stamp or _WORD.match(text, value.start, end)
            if word and not _SENTENCE_END.search(text, word.start(), word.end()):
                _note_field(text, label, Span(word.start(), word.end()), rules, notes)
                notes.chrome.append(Span(place, word.end()))
                return word.end()
    furniture = rules.furniture.match(text, place, end)
    if furniture and furniture.end() > place:
        notes.chrome.append(Span(place, furniture.end()))
        return furniture.end()
    return place


def field_line(text: str, lines: list[Span], at: int, rules: ReadingRules, notes: Notes) -> int:
    """Read a line of the header table; return how many lines it took, 0 where it is none.

    Layouts: `name: value`, several `name value` on a line, tab or bar separated cells, the value on the next line.
    """
    line = lines[at]
    start = line.start
    while start < line.end and text[start] in "|*#- \t【〔(":
        start += 1
    first = rules.label.match(text, start, line.end)
    if not first:
        return 0
    labels = [m for m in rules.label.finditer(text, start, line.end) if m.start("label") >= first.start("label")]
    open_ended = text[first.end() - 1] not in ":|"
    last = lines[at + 1] if at + 1 < len(lines) else None
    if open_ended and len(labels) == 1 and first.end() < line.end:
        name = rules.canonical[_label(first)]
        if name != "summary" and (opens_body(text, Span(first.end(), line.end), rules)):
            return 0
    used, end = 1, line.end
    for match, following in zip(labels, [*labels[1:], None], strict=True):
        stop = following.start() if following else line.end
        value = _cell(text, match.end(), stop, rules)
        name = rules.canonical[_label(match)]
        if following is None and name in ("title", "summary", "subject"):
            more = _continued(text, lines, at, name, value, rules)
            if more:
                used, end = 1 + more, lines[at + more].end
                value = Span(value.start if value else lines[at + 1].start, end)
        is_cell = following is None and last is not None and used == 1 and value is None
        if is_cell and last and _is_value(text, last, name, rules) and not _begins_title(text, lines, at + 1, rules):
            value, used, end = _cell(text, last.start, last.end, rules), 2, last.end
        if value:
            _note_field(text, match, value, rules, notes)
    notes.chrome.append(Span(line.start, end))
    return used


def _label(match: re.Match[str]) -> str:
    return _BLANK.sub("", match["label"])


def _note_field(text: str, match: re.Match[str], value: Span, rules: ReadingRules, notes: Notes) -> None:
    name = rules.canonical[_label(match)]
    if not name:
        return
    if name == "issued":
        stamp = rules.date.search(text, value.start, value.end)
        if not stamp:
            return
        value = Span(stamp.start(), stamp.end("time") if stamp["time"] else stamp.end())
    notes.found.append(Found(name, value, rules.priority[_label(match)]))


def _cell(text: str, start: int, end: int, rules: ReadingRules) -> Span | None:
    """Take the value out of ``text[start:end]``: without cell borders, without buttons behind it."""
    while start < end and text[start] in _CELL_EDGE:
        start += 1
    while start < end and text[end - 1] in " \t|:*\r":
        end -= 1
    buttons = [m for m in rules.furniture.finditer(text, start, end) if m.end() > m.start()]
    while buttons and buttons[-1].end() == end:
        end = buttons.pop().start()
        while start < end and text[end - 1].isspace():
            end -= 1
    if text[end - 1 : end] == ")" and text.count("(", start, end) < text.count(")", start, end):
        end -= 1
    return Span(start, end) if start < end else None


def _is_value(text: str, line: Span, name: str, rules: ReadingRules) -> bool:
    """Whether the line after an empty cell is that cell's value."""
    if rules.label.match(text, line.start, line.end) or is_furniture(text, line, rules):
        return False
    if name in ("title", "summary"):
        return True
    if line.end - line.start > LONG or rules.heading_line.match(text, line.start):
        return False
    if name == "issued":
        return rules.date.match(text, line.start, line.end) is not None
    if name == "doc_number":
        return rules.doc_number.match(text, line.start, line.end) is not None
    return not rules.title.fullmatch(text, line.start, line.end) and not opens_body(text, line, rules)


def _begins_title(text: str, lines: list[Span], at: int, rules: ReadingRules) -> bool:
    """Whether line `at` is the first half of a title."""
    if at + 1 >= len(lines) or not rules.title_start.fullmatch(text, lines[at].start, lines[at].end):
        return False
    joined = text[lines[at].start : lines[at].end] + text[lines[at + 1].start : lines[at + 1].end]
    is_name = rules.signature.fullmatch(text, lines[at].start, lines[at].end)
    return not is_name and rules.title.fullmatch(joined) is not None


def _continued(text: str, lines: list[Span], at: int, name: str, value: Span | None, rules: ReadingRules) -> int:
    """How many further lines the last cell of line `at` runs on: a broken title, or prose before the next label."""
    if value is None:
        return 0
    if name == "title":
        if rules.title.fullmatch(text[value.start : value.end]) or at + 1 >= len(lines):
            return 0
        following = lines[at + 1]
        joined = text[value.start : value.end] + text[following.start : following.end]
        is_label = rules.label.match(text, following.start, following.end)
        return 1 if not is_label and rules.title.fullmatch(joined) else 0
    for later in range(at + 1, min(at + 5, len(lines))):
        if rules.label.match(text, lines[later].start, lines[later].end):
            return later - at - 1
        if rules.title.fullmatch(text, lines[later].start, lines[later].end):
            return 0
    return 0
