"""Regulations: titles in 《》, document numbers, and documents named without brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.gazetteer import Gazetteer
from kg.model import Kind
from kg.recognise.context import HOLE, Candidate, Context
from kg.recognise.names import Edge, Outside, left_edge
from kg.recognise.spans import Spans
from kg.rulebook import Pattern, Rulebook, classify

_WORK = 8  # characters of a title that may be a play's or a film's
_VERB = 8  # characters before a title in which its verb stands
_LONGEST = 40  # a document's name without brackets seldom has more characters
_NUMBER_RULES = ("document-number", "decree-number")
_OPENING = re.compile(r"\s?\(\s?")
_TRAILING = re.compile(r"[(](?P<status>[^()]{2,8})[)]$")


@dataclass(frozen=True)
class DocumentRules:
    """The compiled rules of regulations.yaml."""

    status: frozenset[str]
    media_after: re.Pattern[str]
    media_list: re.Pattern[str]
    media_before: re.Pattern[str]
    media_tail: re.Pattern[str]
    media_type: str
    document_sign: re.Pattern[str]
    column_after: re.Pattern[str]
    column_type: str
    project_tail: re.Pattern[str]
    plain_head: re.Pattern[str]
    plain_not_after: re.Pattern[str]
    document_verb: frozenset[str]
    generic: re.Pattern[str]
    numbers: tuple[Pattern, ...]
    plain: tuple[Pattern, ...]
    types: tuple[Pattern, ...]
    own_type: str  # of the report itself
    other_type: str

    @classmethod
    def of(cls, rulebook: Rulebook) -> DocumentRules:
        """Compile the lists and patterns once."""
        alt = rulebook.alternation
        return cls(
            status=frozenset(rulebook.words("status")),
            media_after=re.compile(alt("media_after")),
            media_list=re.compile(rf"{alt('media_link')}+[0-9\u4e00-\u9fff]{{0,4}}?{alt('media_after')}"),
            media_before=re.compile(rf"{alt('media_before')}$"),
            media_tail=re.compile(rf"{alt('media_tail')}(?:$|·)"),
            document_sign=re.compile(alt("document_sign")),
            media_type=rulebook.word("media_type"),
            column_after=re.compile(alt("column_after")),
            column_type=rulebook.type_of("column_after"),
            project_tail=re.compile(rf"{alt('project_tail')}$"),
            plain_head=re.compile(alt("plain_head")),
            plain_not_after=re.compile(alt("plain_not_after")),
            document_verb=frozenset(rulebook.words("document_verb")),
            generic=re.compile(alt("generic", "plain_generic", "adverb", "scope")),
            numbers=rulebook.group("document-number"),
            plain=rulebook.group("plain-document"),
            types=rulebook.group("regulation-type"),
            own_type=rulebook.word("own_type"),
            other_type=rulebook.word("other_document"),
        )

    def title(self, raw: str) -> tuple[str, str | None]:
        """The title without a trailing status, and the status: `…办法(试行)` → `…办法`, 试行."""
        match = _TRAILING.search(raw)
        if match and match["status"] in self.status:
            return raw[: match.start()], match["status"]
        return raw, None

    def type_of(self, title: str, gazetteer: Gazetteer) -> tuple[str | None, str | None]:
        """Instrument type and full official title, from the gazetteer of laws first, then by the title's form."""
        law = gazetteer.law(title)
        if law is not None:
            return law.type, law.official
        return classify(self.types, title), None


def documents(context: Context, rules: DocumentRules, gazetteer: Gazetteer, outside: Outside) -> list[Candidate]:
    """Every document and media work named in the body, in text order, disjoint.

    Titles in 《》 win over names without brackets; of those behind a verb and those of a known form see `_better`.
    """
    found: list[Candidate] = []
    taken = Spans()
    patterned = list(_patterned(context, rules, gazetteer))
    for candidates in (
        _bracketed(context, rules, gazetteer),
        [q for q in _plain(context, rules, gazetteer, outside) if not any(_better(context, p, q) for p in patterned)],
        patterned,
        _laws(context, gazetteer),
    ):
        for candidate in candidates:
            if not taken.overlaps(candidate.start, candidate.end):
                found.append(candidate)
                taken.add(candidate.start, candidate.end)
    return _numbered(context, sorted(found, key=lambda c: c.start))


def _numbered(context: Context, found: list[Candidate]) -> list[Candidate]:
    """A number in brackets behind a title denotes that document: `《某方案》(某政发〔2021〕5号)`."""
    result: list[Candidate] = []
    for candidate in found:
        last = result[-1] if result else None
        numbers = candidate.rule in _NUMBER_RULES and last is not None and last.rule not in _NUMBER_RULES
        if last and numbers and _OPENING.fullmatch(context.text, last.end, candidate.start):
            candidate = last._replace(start=candidate.start, end=candidate.end, rule=candidate.rule)
        result.append(candidate)
    return result


def _better(context: Context, known: Candidate, plain: Candidate) -> bool:
    """Whether a name of a known form is better than an overlapping one that begins behind a verb.

    It is unless the latter only says more before it: `政府常务会议|年度学法计划`, but not `全会精神和|“十五五”规划`.
    """
    if known.start >= plain.end or plain.start >= known.end:
        return False
    longer = plain.start <= known.start and plain.end == known.end
    return not longer or context.lexicon.separator.search(context.flat, plain.start, known.start) is not None


def _bracketed(context: Context, rules: DocumentRules, gazetteer: Gazetteer) -> Iterator[Candidate]:
    text, source = context.text, context.report.text
    at = -1
    for bracket in context.brackets:
        if bracket.kind != "《" or bracket.span.start < at:
            continue
        start, at = bracket.span.start, bracket.span.end
        folded = text[bracket.inner.start : bracket.inner.end]
        raw = source[bracket.inner.start : bracket.inner.end]
        if not folded.strip():
            continue
        column = rules.column_after.match(text, at)
        if column:  # 开设《所长说法》专栏: what government runs
            name = source[start : column.end()]
            yield Candidate(start, column.end(), Kind.INITIATIVE, "title-column", name, rules.column_type)
            continue
        if (
            rules.media_after.match(text, at)
            # 《宪法》等普法短视频 tells about a document, 《甲》等普法短视频 names a work
            or (rules.media_list.match(text, at) and rules.type_of(folded, gazetteer) == (None, None))
            or rules.media_tail.search(folded)
            or rules.media_before.search(text, max(0, start - 8), start)
        ):
            yield Candidate(start, at, Kind.MEDIA_WORK, "title-media", raw, rules.media_type)
            continue
        title, status = rules.title(folded)
        name = raw[: len(title)] if status else raw
        type_, official = rules.type_of(title, gazetteer)
        if type_ is None and rules.project_tail.search(title):
            continue
        if type_ is None and not status and len(title) <= _WORK and not rules.document_sign.search(title):
            edge = context.flat[max(0, start - _VERB) : start]
            if not any(edge.endswith(verb) for verb in rules.document_verb):
                yield Candidate(start, at, Kind.MEDIA_WORK, "title-work", raw, rules.media_type)
                continue
        if type_ is None:
            type_ = rules.other_type
        yield Candidate(start, at, Kind.REGULATION, "title-brackets", name, type_, official=official, status=status)


def _plain(context: Context, rules: DocumentRules, gazetteer: Gazetteer, outside: Outside) -> Iterator[Candidate]:
    """Documents without brackets behind a verb that makes or follows one: `编制|水污染防治专项规划`."""
    flat, words = context.flat, context.words
    for match in rules.plain_head.finditer(flat):
        clause = context.clause_at(match.start())
        if clause is None or match.end() > clause.end or not words.boundary(match.end()):
            continue
        if rules.plain_not_after.match(flat, match.end()):
            continue
        edge = _document_edge(context, rules, clause.start, match.start(), outside)
        if edge is None:
            continue
        name = flat[edge.start : match.end()]
        modifier = context.text[edge.start : match.start()]
        specific = rules.generic.sub("", modifier)
        if len(specific) < 2 or len(name) > _LONGEST or modifier.endswith("的") or not name.strip():
            continue
        if context.lexicon.counted.found(modifier):
            continue  # 发放调查问卷4次、征求意见
        type_, official = rules.type_of(context.text[edge.start : match.end()], gazetteer)
        surface = context.report.text[edge.start : match.end()]
        yield Candidate(
            edge.start,
            match.end(),
            Kind.REGULATION,
            "plain-document",
            surface,
            type_,
            governed=edge.verb,
            official=official,
        )


def _document_edge(context: Context, rules: DocumentRules, start: int, head: int, outside: Outside) -> Edge | None:
    """The left edge of a document's name in the clause from `start`; None where no document verb governs it."""
    flat = context.flat
    low = start
    joints = list(context.lexicon.separator.finditer(flat, start, head))
    if joints and joints[-1].end() < head - 1 and rules.plain_head.search(flat, start, joints[-1].start()):
        low = joints[-1].end()  # 制定A办法和B细则: the second name begins behind the first one
    edge = left_edge(context, low, head, outside, chain=False)
    if low > start and not edge.verb:
        edge = edge._replace(verb=left_edge(context, start, low, outside, chain=False).verb)
    if edge.verb not in rules.document_verb:
        edge = left_edge(context, low, head, outside)  # 推动出台…条例
    if edge.verb not in rules.document_verb:
        return None
    item = context.item_at(edge.start)
    if item and "launch" in item.lists and flat[item.start : item.end] in rules.document_verb:
        return edge._replace(start=item.end)  # 编制出台…专项规划
    return edge


def _patterned(context: Context, rules: DocumentRules, gazetteer: Gazetteer) -> Iterator[Candidate]:
    """Documents of a known form: numbers first, then names such as `“十四五”规划`."""
    text, flat = context.text, context.flat
    for pattern in rules.numbers:
        for match in pattern.sought.finditer(text):
            low, end = pattern.span(match)
            start = _trim_number(context, low)
            yield Candidate(start, end, Kind.REGULATION, pattern.id, context.report.text[start:end], pattern.type)
    for pattern in rules.plain:
        for match in pattern.sought.finditer(text):
            start, end = pattern.span(match)
            if flat[start] == HOLE:
                continue  # inside a title or a quotation
            if context.is_heading(start, end):
                continue  # 三、2023年工作计划: a heading, no document
            type_, official = rules.type_of(text[start:end].strip("“”"), gazetteer)
            name = _unquoted(context.report.text[start:end])
            yield Candidate(start, end, Kind.REGULATION, pattern.id, name, type_, official=official)


def _unquoted(name: str) -> str:
    return name.strip("“”") if name.startswith("“") and name.endswith("”") else name


def _trim_number(context: Context, start: int) -> int:
    """Cut words before an issuing agency's code: `依据国办发〔2018〕23号` begins at 国."""
    while (item := context.item_at(start)) is not None:
        start = item.end
    return start


def _laws(context: Context, gazetteer: Gazetteer) -> Iterator[Candidate]:
    for start, end, law in gazetteer.laws_in(context.flat):
        if context.words.boundary(end):
            name = context.report.text[start:end]
            yield Candidate(start, end, Kind.REGULATION, "law-gazetteer", name, law.type, official=law.official)
