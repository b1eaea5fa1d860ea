"""What a document says about itself: title, dates, the year it is about, its furniture and its body.

Works on folded text, so every span is a span of the source. The head is read line by line down to the first line of
prose, the foot from the last line up; where furniture and prose share a line it is taken off word by word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kg.model import Field, Span
from kg.read.foot import read_foot, read_letter_end
from kg.read.head import read_head
from kg.read.rules import ReadingRules
from kg.read.table import Found, Notes, han
from kg.text import fold, numeral, trimmed

_WHOLE_TITLE = 12  # characters; shorter ones (政府工作报告) are also menu entries
_LINE = re.compile(r"[^\s](?:[^\n]*[^\s])?")


@dataclass(frozen=True, slots=True)
class Layout:
    """The parts of one document as offsets into its text; `body` is empty where there is nothing but furniture."""

    title: str
    year: int | None
    issued: date | None
    fields: tuple[Field, ...]
    chrome: tuple[Span, ...]
    body: Span


def lay_out(text: str, folded: str, rules: ReadingRules, *, name: str, title: str = "", published: str = "") -> Layout:
    """Find the parts of a document.

    `name` is the file's name without ending, the title of last resort; `title` and `published` (ISO date) are what a
    page's invisible head says, used where the text itself says nothing.
    """
    lines = [Span(m.start(), m.end()) for m in _LINE.finditer(folded)]
    notes = Notes()
    hint = fold(_clean(title))
    start = read_head(folded, lines, rules, notes, _stands_at(folded, lines, hint))
    end = read_foot(folded, lines, rules, notes, start)
    body = trimmed(folded, start, max(start, end)) or Span(start, start)
    read_letter_end(folded, [s for s in lines if body.contains(s)], rules, notes)
    notes.chrome += [Span(*m.span()) for m in rules.anywhere.finditer(folded, body.start, body.end)]
    chosen = _choose_title(text, folded, notes, rules, hint, title or name)
    issued = _issued(folded, notes, rules) or _iso(published)
    found = {f.span: f for f in sorted(notes.found, key=lambda f: f.name)}.values()
    return Layout(
        title=chosen,
        year=_year(folded, chosen, body, issued, notes, rules),
        issued=issued,
        fields=tuple(
            Field(f.name, text[f.span.start : f.span.end], f.span) for f in sorted(found, key=lambda f: f.span)
        ),
        chrome=_merge(notes.chrome),
        body=body,
    )


def _stands_at(text: str, lines: list[Span], hint: str) -> int:
    """Where the title that a page's invisible head gives stands in its text; 0 where it does not."""
    for line in lines[: len(lines) * 2 // 3 + 1]:
        words = _clean(text[line.start : line.end])
        if len(words) >= _WHOLE_TITLE and words in hint:
            return line.start
    return 0


def _choose_title(text: str, folded: str, notes: Notes, rules: ReadingRules, hint: str, fallback: str) -> str:
    """Take the header table's title, else the title line that `hint` holds or that says most, else `fallback`."""
    spans = [f.span for f in notes.found if f.name == "title" and han(folded, f.span) >= 4]
    if not spans and notes.titles:

        def worth(span: Span) -> tuple[bool, bool, int]:
            words = _clean(folded[span.start : span.end])
            return len(words) >= _WHOLE_TITLE and words in hint, bool(rules.title_year.search(words)), len(words)

        spans = [max(notes.titles, key=worth)]
    if not spans:
        return _clean(fallback)
    title = _clean(text[spans[0].start : spans[0].end])
    # A header table often leaves the issuer out of the title: the title line itself is then the full one.
    lines = [_clean(text[s.start : s.end]) for s in notes.titles]
    title = next((line for line in lines if fold(line).endswith(fold(title))), title)
    for span in notes.titles:
        if fold(_clean(text[span.start : span.end])) == fold(title):
            notes.found.append(Found("title", span))
        else:
            notes.chrome.append(span)
    return title


def _clean(title: str) -> str:
    """Put a title on one line: white space beside a Chinese character is a line break's or a scanner's."""
    one = " ".join(title.split())
    return re.sub(r"(?<=[^\x21-\x7e]) | (?=[^\x21-\x7e])", "", one)


def _issued(text: str, notes: Notes, rules: ReadingRules) -> date | None:
    """Prefer the document's own date to the page's, and a date in the header to the one under the signature."""
    order = {"issued": 0, "signed": 1}
    dated = sorted((order[f.name], f.rank, f.span) for f in notes.found if f.name in order)
    spans = [span for _, _, span in dated] + ([notes.meeting] if notes.meeting else [])
    return next((d for span in spans for d in _dates(text, span, rules)), None)


def _dates(text: str, span: Span, rules: ReadingRules) -> Iterator[date]:
    for match in rules.date.finditer(text, span.start, span.end):
        parts = [numeral(match[key]) for key in ("year", "month", "day")]
        try:
            yield date(parts[0] or 0, parts[1] or 0, parts[2] or 0)
        except ValueError:  # 2021年2月30日: a slip of the source, no date
            continue


def _iso(published: str) -> date | None:
    try:
        return date(*map(int, published.split("-"))) if published else None
    except ValueError:
        return None


def _year(text: str, title: str, body: Span, issued: date | None, notes: Notes, rules: ReadingRules) -> int | None:
    """Find the year the report is about.

    A government work report is given early in a year and reviews the year before; other titles name their own year;
    else the first sentence does, else an annual report published by April is about the year before.
    """
    title = fold(title)
    match = rules.title_year.search(title)
    named = numeral(match["name"]) if match else None
    if rules.work_report.search(title):
        meeting = next(_dates(text, notes.meeting, rules), None) if notes.meeting else None
        given = meeting.year if meeting else named or (issued.year if issued else None)
        names_review = not meeting and named and issued and issued.year == named + 1
        return given if names_review or given is None else given - 1
    if named:
        return named
    first = rules.body_year.match(text[body.start : body.start + 400])
    if first and not rules.plan_title.search(title):
        return numeral(first["name"])
    if issued and rules.annual_title.search(title) and issued.month <= 4:
        return issued.year - 1
    return issued.year if issued else None


def _merge(spans: list[Span]) -> tuple[Span, ...]:
    """Sort spans and join those that overlap."""
    merged: list[Span] = []
    for span in sorted(s for s in spans if s.start < s.end):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)
