"""A report's body to sections and sentences.

Headings are numbered markers (一、 （一） 1. （1） 第一章 第一条) whose numbers make a plausible sequence, on lines of
their own or run into the text. Sentences tile the body outside page furniture: they end at 。！？； and at line ends
that are not mere wrapping, never inside 《》, “” or （）. A heading is a sentence of its own.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from kg.model import Report, Section, Sentence, Span
from kg.segment.headings import Heading, find_headings
from kg.segment.lines import Text
from kg.segment.rules import SegmentationRules
from kg.text import Folded, trimmed

__all__ = ["SegmentationRules", "joined", "segment"]


def segment(
    report: Report, rules: SegmentationRules | None = None, folded: Folded | None = None
) -> tuple[tuple[Section, ...], tuple[Sentence, ...]]:
    """Find the sections and sentences of a report's body; `folded` is its text, where it is known.

    Sections come in text order; a section reaches to the next heading of its own or a higher level (a smaller number).
    Sentences are in text order, disjoint, without outer white space, and hold every visible character of the body that
    is not page furniture. Each heading is one sentence, except where a numbered paragraph has no heading of its own:
    its section is then named after its first clause.
    """
    known = rules or SegmentationRules.load()
    text = Text.of(report, known, folded or Folded.of(report.text))
    headings = find_headings(text, known)
    sections = _sections(headings, report)
    return sections, tuple(_sentences(text, sections, headings))


def joined(text: str, sentences: Iterable[Sentence]) -> str:
    """Return `text` with a space for every line break inside a sentence: same offsets, no sentence torn."""
    result, done = [], 0
    for sentence in sentences:
        if text.find("\n", sentence.start, sentence.end) >= 0:
            result.append(text[done : sentence.start])
            result.append(re.sub(r"[\r\n]", " ", text[sentence.start : sentence.end]))
            done = sentence.end
    return "".join([*result, text[done:]])


def _sections(headings: list[Heading], report: Report) -> tuple[Section, ...]:
    """Nest the headings and give each its stretch of text."""
    sections: list[Section] = []
    ranks: list[float] = []
    open_: list[int] = []
    for index, heading in enumerate(headings):
        while open_ and ranks[open_[-1]] >= heading.rank:
            open_.pop()
        level = heading.level
        if open_ and level <= sections[open_[-1]].level:
            level = sections[open_[-1]].level + 1  # under chapters every lower marker moves down
        while open_ and sections[open_[-1]].level >= level:
            open_.pop()
        span = Span(heading.start, heading.end)
        parent = open_[-1] if open_ else None
        sections.append(
            Section(index, report.text[span.start : span.end], level, Span(span.start, report.body.end), span, parent)
        )
        ranks.append(heading.rank)
        open_.append(index)
    ends = [report.body.end] * len(sections)
    for index, section in enumerate(sections):
        closing = next((s for s in sections[index + 1 :] if s.level <= section.level), None)
        if closing:
            ends[index] = closing.span.start
    return tuple(
        Section(s.index, s.heading, s.level, Span(s.span.start, end), s.heading_span, s.parent)
        for s, end in zip(sections, ends, strict=True)
    )


def _sentences(text: Text, sections: tuple[Section, ...], headings: list[Heading]) -> Iterator[Sentence]:
    """Cut every paragraph at furniture, headings and sentence ends."""
    places = sorted({p for h in headings for p in ((h.start, h.end) if h.is_sentence else (h.start,))})
    starts = [s.span.start for s in sections]
    # A quotation or bracket that ends in a full stop ends the sentence, unless the sentence visibly goes on.
    ends = [
        s.end for s in text.guarded if text.flat[s.end - 2] == "。" and text.flat[s.end : s.end + 1] not in (",", "、")
    ]
    flat = text.flat
    index = 0
    for paragraph, line in enumerate(text.lines):
        start, stop = line
        cuts = {match.end() for match in text.sentence_ends(start, stop)}
        cuts.update(_between(places, start, stop), _between(ends, start, stop))
        for piece in _without(text.chrome, line):
            begin, end = piece
            for cut in sorted((*cuts, end)):
                if not begin < cut <= end:
                    continue
                span = trimmed(flat, begin, cut)
                if span:
                    yield Sentence(index, *span, paragraph, _section_at(sections, starts, span[0]))
                    index += 1
                begin = cut


def _between(places: list[int], start: int, end: int) -> list[int]:
    return places[bisect_right(places, start) : bisect_right(places, end)]


def _without(chrome: tuple[Span, ...], line: Span) -> Iterator[Span]:
    """Yield the pieces of a line that are not furniture."""
    begin = line.start
    for span in chrome:
        if span.overlaps(line):
            if begin < span.start:
                yield Span(begin, span.start)
            begin = max(begin, span.end)
    if begin < line.end:
        yield Span(begin, line.end)


def _section_at(sections: tuple[Section, ...], starts: list[int], place: int) -> int | None:
    at: int | None = bisect_right(starts, place) - 1
    while at is not None and at >= 0 and place >= sections[at].span.end:
        at = sections[at].parent
    return at if at is not None and at >= 0 else None
