"""What the graph leaves out: every number and every 《》 of the text that is not in it, with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.model import Kind, LeftOut, Mention, Observation, Span
from kg.recognise.context import HOLE, Context
from kg.recognise.spans import Spans
from kg.rulebook import Rulebook

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
    "project": ("项目或工程,不是文件", "a project, no document"),
    "table": ("表格里的数,看不出属于哪一行哪一列", "in a table, of no row and column that can be told"),
    "unread": ("没有规则能读", "no rule reads it"),
}

_DOCUMENTS = frozenset((Kind.REGULATION, Kind.MEDIA_WORK))
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True)
class CoverageRules:
    """What stands after a number of a date and before an ordinal, and what ends the name of a project."""

    date: re.Pattern[str]
    ordinal: re.Pattern[str]
    project: re.Pattern[str]

    @classmethod
    def of(cls, rulebook: Rulebook) -> CoverageRules:
        """Compile the lists of quantities.yaml and regulations.yaml once."""
        return cls(
            date=re.compile(rulebook.alternation("date_after")),
            ordinal=re.compile(rf"{rulebook.alternation('ordinal_before')}$"),
            project=re.compile(rf"{rulebook.alternation('project_tail')}$"),
        )


def left_out(
    context: Context,
    rules: CoverageRules,
    mentions: Sequence[Mention],
    observations: Sequence[Observation],
    tables: Spans,
) -> tuple[LeftOut, ...]:
    """Every number and title without a place in the graph, in text order; `tables` says where the tables are."""
    taken = _Taken.of(context, mentions)
    found = [*_numbers(context, rules, taken, observations, tables), *_titles(context, rules, taken)]
    return tuple(sorted(found, key=lambda x: (x.span, x.what)))


@dataclass(frozen=True, slots=True)
class _Taken:
    """What has a place in the graph, or can have none."""

    documents: Spans
    names: Spans
    chrome: Spans
    cited: Spans  # articles and paragraphs of documents

    @classmethod
    def of(cls, context: Context, mentions: Sequence[Mention]) -> _Taken:
        documents = [m for m in mentions if m.kind in _DOCUMENTS]
        names = [m for m in mentions if m.kind not in _DOCUMENTS and m.kind is not Kind.INDICATOR]
        cited = Spans(m.provision for m in documents if m.provision)
        return cls(Spans.of(documents), Spans.of(names), Spans.of(context.report.chrome), cited)


def _numbers(
    context: Context, rules: CoverageRules, taken: _Taken, observations: Sequence[Observation], tables: Spans
) -> Iterator[LeftOut]:
    report, text = context.report, context.text
    told = Spans([*(o.span for o in observations), *(o.rank.span for o in observations if o.rank)])
    cited, documents, names, chrome = taken.cited, taken.documents, taken.names, taken.chrome
    headings = Spans(s.heading_span for s in context.sections)
    for match in _NUMBER.finditer(text):
        start = match.start()
        end = start + len(match.group().rstrip(","))
        if told.hold(start, end) or cited.hold(start, end):
            continue
        if documents.hold(start, end):
            reason = "in-title"
        elif _outside_body(context, chrome, start, end):
            reason = "chrome"
        elif names.hold(start, end):
            reason = "in-name"
        elif rules.date.match(text, end) or (text[end : end + 1] == " " and rules.date.match(text, end + 1)):
            reason = "date"
        elif rules.ordinal.search(text, max(0, start - 2), start):
            reason = "ordinal"
        elif headings.hold(start, end) and not text[max(0, start - 1) : start].strip():
            reason = "heading"
        elif context.flat[start] == HOLE:
            reason = "in-quotation"
        elif tables.hold(start, end):
            reason = "table"
        elif _in_word(text, start, end):
            reason = "in-name"
        else:
            reason = "no-unit"
        yield LeftOut(Span(start, end), report.text[start:end], "number", reason)


def _titles(context: Context, rules: CoverageRules, taken: _Taken) -> Iterator[LeftOut]:
    for bracket in context.brackets:
        if bracket.kind != "《" or bracket.depth:
            continue
        start, end = bracket.span
        if taken.documents.hold(start, end) or taken.names.hold(start, end):
            continue
        if _outside_body(context, taken.chrome, start, end):
            reason = "chrome"
        elif rules.project.search(context.text, bracket.inner.start, bracket.inner.end):
            reason = "project"
        else:
            reason = "unread"
        yield LeftOut(bracket.span, context.report.text[start:end], "title", reason)


def _outside_body(context: Context, chrome: Spans, start: int, end: int) -> bool:
    return chrome.hold(start, end) or not context.report.body.contains(Span(start, end))


def _in_word(text: str, start: int, end: int) -> bool:
    around = text[max(0, start - 1) : start] + text[end : end + 1]
    return any((c.isascii() and c.isalpha()) or c in "+-×/." for c in around)
