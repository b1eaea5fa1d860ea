"""The foot of a document: signature, date, source and what a page lists below the article."""

from __future__ import annotations

import re
from itertools import pairwise

from kg.model import Span
from kg.read.rules import ReadingRules
from kg.read.table import LONG, Found, Notes, field_line, inline, is_furniture, opens_body
from kg.text import trimmed

_SENTENCE_END = re.compile(r"[。!?;]")
_WORD = re.compile(r"\S+")


def read_foot(text: str, lines: list[Span], rules: ReadingRules, notes: Notes, start: int) -> int:
    """Read the foot from the last line up; return the offset at which the report proper ends."""
    cut = _page_end(text, lines, rules, start)
    if cut < len(text):
        notes.chrome.append(Span(cut, len(text)))
    rest = [Span(max(s.start, start), s.end) for s in lines if s.end > start and s.start < cut]
    pending: list[Span] = []
    signed = False
    while rest:
        line = rest[-1]
        if is_furniture(text, line, rules):
            notes.chrome.append(line)
        elif not signed and rules.date.fullmatch(text, line.start, line.end):
            notes.found.append(Found("signed", line))
            signed = True
        elif rules.signature.fullmatch(text, line.start, line.end) and not opens_body(text, line, rules):
            notes.found.append(Found("signature", line))
            signed = True
        elif _is_label_line(text, line, rules):
            field_line(text, [line], 0, rules, notes)
        elif signed or opens_body(text, line, rules) or len(pending) == 6:
            break
        else:
            pending.append(line)
            rest.pop()
            continue
        if pending:
            # Short unknown lines under a signature or a date are what a page lists after the article.
            notes.chrome += pending if signed else []
            if not signed:
                break
            pending.clear()
        rest.pop()
    end = pending[0].end if pending else rest[-1].end if rest else start
    if rest and not pending:
        end = _take_off_tail(text, rest[-1], rules, notes)
    return end


def _is_label_line(text: str, line: Span, rules: ReadingRules) -> bool:
    start = line.start + (text[line.start] in "(【〔")
    label = rules.label.match(text, start, line.end)
    return label is not None and text[label.end() - 1] == ":" and line.end - line.start <= LONG


def _page_end(text: str, lines: list[Span], rules: ReadingRules, start: int) -> int:
    """Where the first line stands after which there is no prose any more (related links, the editor's name)."""
    matches = list(rules.terminator.finditer(text, max(start, len(text) // 2)))
    prose, length, end = 0, 0, len(text)
    for line in reversed(lines):
        # From the last line up: a line of prose too many, and no mark above it ends the page.
        while matches and line.end <= matches[-1].start():
            end = matches.pop().start()
        if not matches:
            break
        if line.start >= matches[-1].end() and opens_body(text, line, rules):
            prose, length = prose + 1, length + line.end - line.start
            if prose > 2 or length >= len(text) // 10:
                return end
    return matches[0].start() if matches else end


def _take_off_tail(text: str, line: Span, rules: ReadingRules, notes: Notes) -> int:
    """Take signature, date, source and buttons off the end of a line that runs on after the last sentence."""
    stops = [m.end() for m in _SENTENCE_END.finditer(text, line.start, line.end)]
    place = stops[-1] if stops else line.end
    while place < line.end and text[place] in ")”’》":
        place += 1
    # A bracketed remark may stand between the last sentence and the foot: try from every word on.
    for word in _WORD.finditer(text, place, line.end):
        tail = _tail(text, word.start(), line.end, rules)
        if tail:
            notes.found += tail.found
            notes.chrome += tail.chrome
            before = trimmed(text, line.start, word.start())
            return before.end if before else line.start
    return line.end


def _tail(text: str, place: int, end: int, rules: ReadingRules) -> Notes | None:
    """Read ``text[place:end]`` as signature, date, source and buttons; None where anything else is in it."""
    tail = Notes()
    while place < end:
        word = _WORD.search(text, place, end)
        if not word:
            break
        place = word.start()
        stamp = rules.date.match(text, place, end)
        signature = rules.signature.match(text, place, end)
        after = stamp.end() if stamp else inline(text, place, end, rules, tail)
        if stamp:
            tail.found.append(Found("signed", Span(place, after)))
        elif after == place and signature:
            after = signature.end()
            tail.found.append(Found("signature", Span(place, after)))
        if after == place:
            return None
        place = after
    return tail


def read_letter_end(text: str, lines: list[Span], rules: ReadingRules, notes: Notes) -> None:
    """Find the signature and date of a covering letter, before the document it sends."""
    if any(f.name == "signed" for f in notes.found):
        return
    for before, line in pairwise(lines):
        if rules.date.fullmatch(text, line.start, line.end):
            notes.found.append(Found("signed", line))
            if rules.signature.fullmatch(text, before.start, before.end):
                notes.found.append(Found("signature", before))
            return
