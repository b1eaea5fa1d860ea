"""What the graph leaves out: every number and every 《》 of the text that is not in it, with the reason."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from kg.model import Kind, LeftOut, Mention, Observation, Span
from kg.recognise.context import HOLE, Context

#: Reason codes and what they mean to a reader (zh, en).
REASONS: dict[str, tuple[str, str]] = {
    "chrome": ("网页框架或信息表", "page furniture or header table"),
    "date": ("日期、年份或时间", "date, year or time"),
    "ordinal": ("序数", "ordinal"),
    "heading": ("标题编号", "heading number"),
    "in-title": ("文件标题或文号的一部分", "part of a document's title or number"),
    "in-name": ("名称的一部分", "part of a name"),
    "in-quotation": ("引号内", "inside quotation marks"),
    "no-unit": ("没有单位,不知所计何物", "no unit: what it counts is not said"),
    "unread": ("没有规则能读", "no rule reads it"),
}

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def left_out(context: Context, mentions: Sequence[Mention], observations: Sequence[Observation]) -> tuple[LeftOut, ...]:
    """Every number and title without a place in the graph, in text order."""
    report = context.report
    text = context.text
    figures = _Cover(o.span for o in observations)
    ranks = _Cover(o.rank.span for o in observations if o.rank)
    documents = _Cover(m.span for m in mentions if m.kind in (Kind.REGULATION, Kind.MEDIA_WORK))
    names = _Cover(m.span for m in mentions if m.kind not in (Kind.REGULATION, Kind.MEDIA_WORK, Kind.INDICATOR))
    chrome = _Cover(report.chrome)
    headings = _Cover(s.heading_span for s in context.sections)
    date = context.lexicon.rulebook.compile("$date_after")
    ordinal = context.lexicon.rulebook.compile("$ordinal_before$")
    found: list[LeftOut] = []
    for match in _NUMBER.finditer(text):
        start = match.start()
        end = match.start() + len(match.group().rstrip(","))
        span = Span(start, end)
        if figures.holds(span) or ranks.holds(span):
            continue
        if documents.holds(span):
            reason = "in-title"
        elif chrome.holds(span) or not report.body.contains(span):
            reason = "chrome"
        elif names.holds(span):
            reason = "in-name"
        elif date.match(text, end) or date.match(text, end + 1) and text[end] == " ":
            reason = "date"
        elif ordinal.search(text, max(0, start - 2), start):
            reason = "ordinal"
        elif headings.holds(span) and not text[max(0, start - 1) : start].strip():
            reason = "heading"
        elif context.flat[start] == HOLE:
            reason = "in-quotation"
        elif _in_word(text, start, end):
            reason = "in-name"
        else:
            reason = "no-unit"
        found.append(LeftOut(span, report.text[start:end], "number", reason))
    for bracket in context.brackets:
        span = bracket.span
        if bracket.kind == "《" and bracket.depth == 0 and not documents.holds(span) and not names.holds(span):
            reason = "chrome" if chrome.holds(span) or not report.body.contains(span) else "unread"
            found.append(LeftOut(span, report.text[span.start : span.end], "title", reason))
    return tuple(sorted(found, key=lambda x: (x.span, x.what)))


def _in_word(text: str, start: int, end: int) -> bool:
    around = text[max(0, start - 1) : start] + text[end : end + 1]
    return any((c.isascii() and c.isalpha()) or c in "+-×/." for c in around)


class _Cover:
    """Whether a span lies inside one of a set of spans."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._spans = sorted(spans)
        self._starts = [s.start for s in self._spans]
        self._longest = max((s.end - s.start for s in self._spans), default=0)

    def holds(self, span: Span) -> bool:
        low = bisect_left(self._starts, span.start - self._longest)
        high = bisect_right(self._starts, span.start)
        return any(s.contains(span) for s in self._spans[low:high])
