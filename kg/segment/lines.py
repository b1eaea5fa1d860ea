"""The body's lines: page furniture taken off, wrapped lines joined to paragraphs."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from kg.model import Report, Span
from kg.segment.rules import SegmentationRules
from kg.sought import Everywhere
from kg.text import Folded, inside, outermost_closed, protected, trimmed

#: Characters (folded) after which a line end or a heading marker may follow: the sentence before is complete.
ENDS_SENTENCE = "。!?;:"
CLOSES = "”)》"
_PUNCTUATION = re.compile("[,。;]")
_PROSE = 25  # characters a line of unfinished prose has at least
_PIECE = 6
_LINE = re.compile(r"[^\n]+")


@dataclass(frozen=True, slots=True)
class Text:
    """The body prepared: `flat` is folded, with spaces for line breaks that are mere wrapping."""

    flat: str
    body: Span
    chrome: tuple[Span, ...]
    guarded: list[Span]  # brackets that nothing is split inside
    lines: list[Span]  # paragraphs: from one real line break to the next, without outer white space and furniture
    hashes: Mapping[int, int]  # start of a line → number of Markdown marks before it
    stops: Everywhere  # the marks that end sentences

    @classmethod
    def of(cls, report: Report, rules: SegmentationRules, whole: Folded) -> Text:
        """Prepare the body of a report; `whole` is its text."""
        folded = whole.text
        body = report.body
        chrome = tuple(c for c in report.chrome if c.overlaps(body))
        physical = [
            (span, match.start())
            for match in _LINE.finditer(folded, body.start, body.end)
            if (span := _outside(folded, match.start(), match.end(), chrome))
        ]
        soft = _wrapped(folded, [span for span, _ in physical], chrome, rules)
        pieces: list[str] = []
        lines: list[Span] = []
        hashes: dict[int, int] = {}
        done = body.start
        for (span, start), is_soft in zip(physical, [False, *soft], strict=False):
            if is_soft:
                pieces.append(folded[done : lines[-1].end] + " " * (span.start - lines[-1].end))
                done = span.start
                lines[-1] = Span(lines[-1].start, span.end)
            else:
                lines.append(span)
                marks = folded.count("#", start, span.start)
                if marks:
                    hashes[span.start] = marks
        flat, guarded = folded, outermost_closed(whole.brackets)
        if pieces:
            flat = folded[: body.start] + "".join(pieces) + folded[done:]
            guarded = protected(flat)
        return cls(flat, body, chrome, guarded, lines, hashes, Everywhere(rules.sentence_end, flat))

    def sentence_ends(self, start: int, end: int) -> Iterator[re.Match[str]]:
        """Give the marks in ``start:end`` that end a sentence: those in no bracket."""
        return (match for match in self.stops.within(start, end) if not inside(self.guarded, match.start()))

    def has_sentence_end(self, start: int, end: int) -> bool:
        """Whether a sentence ends in ``start:end``."""
        return next(self.sentence_ends(start, end), None) is not None

    def line_at(self, place: int) -> Span:
        """Find the paragraph that holds `place`."""
        return self.lines[max(0, bisect_right(self.lines, (place, sys.maxsize)) - 1)]


def _outside(text: str, start: int, end: int, chrome: tuple[Span, ...]) -> Span | None:
    """Take the furniture off the two ends of a line."""
    for span in chrome:
        if span.start <= start < span.end:
            start = min(span.end, end)
        if span.start < end <= span.end and span.start >= start:
            end = span.start
    return trimmed(text, start, end)


def _wrapped(text: str, lines: list[Span], chrome: tuple[Span, ...], rules: SegmentationRules) -> list[bool]:
    """For each line break, whether it is mere wrapping: the sentence goes on in the next line."""
    width = _wrap_width(text, lines)
    result: list[bool] = []
    for line, following in pairwise(lines):
        between = text[line.end : following.start]
        ends = text[line.end - 1]
        if between.count("\n") != 1 or any(c.overlaps(Span(line.end - 1, following.start)) for c in chrome):
            result.append(False)
            continue
        if between.endswith((" ", "\t")) or rules.any_marker.match(text, following.start, following.end):
            result.append(False)
            continue
        if _is_open(text, line):
            result.append(_closes(text, following))
            continue
        if ends in ENDS_SENTENCE or ends in CLOSES:
            result.append(False)
            continue
        numbered = rules.any_marker.match(text, line.start, line.end)
        length = line.end - line.start
        is_prose = (length >= _PROSE or ends.isascii()) and _PUNCTUATION.search(text, line.start, line.end) is not None
        is_piece = length <= _PIECE and bool(result) and result[-1]  # a subscript or a marked word that was broken out
        goes_on = is_piece or text.startswith(rules.unfinished, line.end - 1)
        is_full = width > 0 and _width(text, line) >= 0.85 * width
        result.append(is_full or goes_on or (is_prose and not numbered))
    return result


def _wrap_width(text: str, lines: list[Span]) -> float:
    """Find the width at which lines are wrapped, in Chinese characters; 0 where they are not."""
    widths = sorted(_width(text, s) for s in lines)
    if len(widths) < 8:
        return 0
    full = widths[int(len(widths) * 0.9)]
    if not 12 <= full <= 60:
        return 0
    at_full = [s for s in lines if _width(text, s) >= 0.85 * full]
    broken = [s for s in at_full if text[s.end - 1] not in ENDS_SENTENCE]
    return full if len(at_full) >= 0.4 * len(lines) and len(broken) >= 0.3 * len(at_full) else 0


def _width(text: str, line: Span) -> float:
    piece = text[line.start : line.end]
    return len(piece) - len(piece.encode("ascii", "ignore")) / 2


def _is_open(text: str, line: Span) -> bool:
    """Whether a quotation or bracket that a line opens is still open at its end."""
    piece = text[line.start : line.end]
    return any(piece.count(o) > piece.count(c) and piece.rfind(o) > piece.rfind(c) for o, c in ("“”", "()", "《》"))


def _closes(text: str, line: Span) -> bool:
    """Whether a line, or the short pieces after it, close a bracket they have not opened."""
    piece = text[line.start : line.start + 80].replace("\n", " ")
    return any(
        piece.find(c) >= 0 and (piece.find(o) < 0 or piece.find(c) < piece.find(o)) for o, c in ("“”", "()", "《》")
    )
