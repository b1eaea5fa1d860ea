"""The head of a document: furniture, header table, title, speaker, addressee, down to the first line of prose."""

from __future__ import annotations

import re

from kg.model import Span
from kg.read.rules import ReadingRules
from kg.read.table import LONG, Found, Notes, field_line, han, inline, is_furniture, opens_body

_SENTENCE_END = re.compile(r"[。!?;]")
_PUNCTUATION = re.compile("[,。;!?]")
_WORD = re.compile(r"\S+")
_NAV_LOOKAHEAD = 60  # lines of a saved page's menus that may stand between a headline in them and the report's title


def read_head(text: str, lines: list[Span], rules: ReadingRules, notes: Notes, not_before: int = 0) -> int:
    """Read the head into `notes`; return the offset at which the report proper begins (the text's end for none).

    The report cannot begin before `not_before`, where its title is known to stand.
    """
    unknown: list[int] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        used = field_line(text, lines, at, rules, notes)
        if used:
            at += used
            continue
        match = rules.meeting.match(text, line.start)
        if match:
            notes.meeting = Span(*match.span("name"))
            notes.chrome.append(Span(line.start, match.end()))
            while at < len(lines) and lines[at].start < match.end():
                at += 1
            continue
        if is_furniture(text, line, rules) or rules.speaker.fullmatch(text, line.start, line.end):
            notes.chrome.append(line)
        elif number := rules.doc_number.fullmatch(text, line.start, line.end):
            notes.found.append(Found("doc_number", Span(*number.span("name"))))
        elif rules.date.fullmatch(text, line.start, line.end):
            notes.found.append(Found("issued", line, rank=len(rules.priority)))
            notes.chrome.append(line)
        elif addressee := rules.addressee.fullmatch(text, line.start, line.end):
            notes.found.append(Found("addressee", Span(*addressee.span("name"))))
            _junk(lines, unknown, notes)
            return lines[at + 1].start if at + 1 < len(lines) else len(text)
        elif title := _title_lines(text, lines, at, rules, bool(notes.titles)):
            notes.titles.append(title)
            _junk(lines, unknown, notes)
            unknown = []
            while at + 1 < len(lines) and lines[at + 1].start < title.end:
                at += 1
        elif opens_body(text, line, rules):
            if line.start >= not_before and not _in_menu(text, lines, at, rules, bool(notes.titles)):
                return _body_start(text, lines, at, unknown, rules, notes)
            unknown.append(at)
        else:
            unknown.append(at)
        at += 1
    return _without_prose(text, lines, unknown, notes)


def _body_start(text: str, lines: list[Span], at: int, unknown: list[int], rules: ReadingRules, notes: Notes) -> int:
    """Begin the body at line `at`, after furniture on that line, or at the unnumbered heading right before it."""
    # Lines that are neither furniture nor plainly prose: after the title, and in a text without any furniture, they
    # are the report's first lines; the line between a meeting and the speech is who speaks.
    is_bare = not (notes.titles or notes.found or notes.chrome)
    own = [i for i in unknown if is_bare or (notes.titles and (han(text, lines[i]) >= 10 or i == at - 1))]
    own = [i for i in own if han(text, lines[i]) >= 4 and not notes.meeting]
    if own:
        _junk(lines, [i for i in unknown if i < own[0]], notes)
        return lines[own[0]].start
    _junk(lines, unknown, notes)
    return _take_off(text, lines[at], rules, notes)


def _without_prose(text: str, lines: list[Span], unknown: list[int], notes: Notes) -> int:
    """Tell a few words of real text from a page's furniture, where no line is prose."""
    real = [i for i in unknown if han(text, lines[i]) >= 6]
    is_prose = any(_PUNCTUATION.search(text, lines[i].start, lines[i].end) for i in real)
    if is_prose and not notes.chrome:
        return lines[unknown[0]].start
    if real and (is_prose or len(unknown) <= 5):
        _junk(lines, [i for i in unknown if i < real[0]], notes)
        return lines[real[0]].start
    _junk(lines, unknown, notes)
    return len(text)


def _junk(lines: list[Span], unknown: list[int], notes: Notes) -> None:
    notes.chrome += [lines[i] for i in unknown]


def _title_lines(text: str, lines: list[Span], at: int, rules: ReadingRules, has_title: bool) -> Span | None:
    """Find a title on line `at`, or broken over it and the one or two lines that follow."""
    line = lines[at]
    if has_title and text.startswith("##", line.start):
        return None  # Markdown: one title, then headings
    first = rules.title_start.fullmatch(text, line.start, line.end)
    if first:
        for last in range(at + 1, min(at + 3, len(lines))):
            joined = "".join(text[s.start : s.end] for s in lines[at : last + 1])
            if len(joined) > 100 or rules.label.match(text, lines[last].start):
                break
            if rules.doc_number.fullmatch(text, lines[last].start, lines[last].end):
                break
            alone = rules.title.fullmatch(text, line.start, line.end)
            whole = rules.title.fullmatch(text, lines[last].start, lines[last].end)
            if whole and (alone or rules.own_title.match(text[lines[last].start : lines[last].end])):
                break
            if rules.title.fullmatch(joined):
                return Span(line.start, lines[last].end)
    single = rules.title.fullmatch(text, line.start, line.end)
    return Span(*single.span("name")) if single else None


def _in_menu(text: str, lines: list[Span], at: int, rules: ReadingRules, has_title: bool) -> bool:
    """Whether line `at` is a headline in a page's menus: the title, or the article's own head, is still to come.

    No long line of prose and no numbered heading stands before it. Where a title has been seen already, only a line
    that is no full sentence is taken for a headline.
    """
    if has_title and _SENTENCE_END.search(text, lines[at].start, lines[at].end):
        return False
    for later in range(at, min(at + _NAV_LOOKAHEAD, len(lines))):
        line = lines[later]
        if line.end - line.start > LONG or rules.heading_line.match(text, line.start):
            return False
        if later > at and _title_lines(text, lines, later, rules, has_title) and not has_title:
            return True
        if has_title and len(list(rules.label.finditer(text, line.start, line.end))) > 1:
            return True
    return False


def _take_off(text: str, line: Span, rules: ReadingRules, notes: Notes) -> int:
    """Take furniture, fields and the title off the front of a line that runs on into the report's prose."""
    known = [text[s.start : s.end] for s in notes.titles]
    known += [text[f.span.start : f.span.end] for f in notes.found if f.name == "title"]
    place = line.start
    while place < line.end:
        word = _WORD.search(text, place, line.end)
        if not word:
            break
        place = word.start()
        addressee = rules.addressee_inline.match(text, place, line.end)
        if addressee:
            notes.found.append(Found("addressee", Span(*addressee.span("name"))))
            return addressee.end()
        title = next(
            (t for t in known if text.startswith(t, place) and text[place + len(t) : place + len(t) + 1].isspace()), ""
        )
        if not title and word.end() < line.end and rules.title.fullmatch(word[0]):
            title = word[0]
        if title:
            notes.titles.append(Span(place, place + len(title)))
            place += len(title)
            continue
        after = inline(text, place, line.end, rules, notes)
        if after == place:
            break
        place = after
    return place
