"""Regulations: titles in 《》, document numbers, and documents named without brackets."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from kg.gazetteer import Gazetteer
from kg.model import Kind
from kg.recognise.context import HOLE, Candidate, Context
from kg.recognise.names import left_edge
from kg.rulebook import Rulebook

_TRAILING = re.compile(r"[(](?P<status>[^()]{2,8})[)]$")


@dataclass(frozen=True)
class DocumentRules:
    """The compiled rules of regulations.yaml."""

    status: frozenset[str]
    media_after: re.Pattern[str]
    media_before: re.Pattern[str]
    media_tail: re.Pattern[str]
    project_tail: re.Pattern[str]
    plain_head: re.Pattern[str]
    plain_not_after: re.Pattern[str]
    document_verb: frozenset[str]
    generic: re.Pattern[str]
    rulebook: Rulebook

    @classmethod
    def of(cls, rulebook: Rulebook) -> DocumentRules:
        """Compile the lists once."""
        alt = rulebook.alternation
        return cls(
            status=frozenset(rulebook.words("status")),
            media_after=re.compile(rf"(?:等|系列)?{alt('media_after')}"),
            media_before=re.compile(rf"{alt('media_before')}$"),
            media_tail=re.compile(rf"{alt('media_tail')}$"),
            project_tail=re.compile(rf"{alt('project_tail')}$"),
            plain_head=re.compile(alt("plain_head")),
            plain_not_after=re.compile(alt("plain_not_after")),
            document_verb=frozenset(rulebook.words("document_verb")),
            generic=re.compile(alt("generic", "plain_generic", "adverb", "scope")),
            rulebook=rulebook,
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
        for pattern in self.rulebook.group("regulation-type"):
            if pattern.regex.search(title):
                return pattern.type, None
        return None, None


def documents(
    context: Context, rules: DocumentRules, gazetteer: Gazetteer, outside: Callable[[int], int]
) -> list[Candidate]:
    """Every document and media work named in the body, in text order, disjoint."""
    found = _bracketed(context, rules, gazetteer)
    taken = [(c.start, c.end) for c in found]

    def free(start: int, end: int) -> bool:
        return not any(s < end and start < e for s, e in taken)

    def add(candidates: list[Candidate]) -> None:
        for candidate in candidates:
            if free(candidate.start, candidate.end):
                found.append(candidate)
                taken.append((candidate.start, candidate.end))

    add(_plain(context, rules, gazetteer, outside))
    add(_patterned(context, rules, gazetteer))
    add(_laws(context, gazetteer))
    return sorted(found, key=lambda c: c.start)


def _bracketed(context: Context, rules: DocumentRules, gazetteer: Gazetteer) -> list[Candidate]:
    found: list[Candidate] = []
    text, source = context.text, context.report.text
    at = -1
    for bracket in context.brackets:
        if bracket.kind != "《" or bracket.span.start < at:
            continue
        at = bracket.span.end
        folded = text[bracket.inner.start : bracket.inner.end]
        raw = source[bracket.inner.start : bracket.inner.end]
        if not folded.strip():
            continue
        if (
            rules.media_after.match(text, bracket.span.end)
            or rules.media_tail.search(folded)
            or rules.media_before.search(text, max(0, bracket.span.start - 8), bracket.span.start)
        ):
            found.append(Candidate(bracket.span.start, bracket.span.end, Kind.MEDIA_WORK, "title-media", raw, "节目作品"))
            continue
        title, status = rules.title(folded)
        name = raw[: len(title)] if status else raw
        type_, official = rules.type_of(title, gazetteer)
        if rules.project_tail.search(title):
            type_ = "其他"
        found.append(
            Candidate(
                bracket.span.start, bracket.span.end, Kind.REGULATION, "title-brackets", name, type_ or "其他",
                official=official, status=status,
            )
        )  # fmt: skip
    return found


def _patterned(context: Context, rules: DocumentRules, gazetteer: Gazetteer) -> list[Candidate]:
    found = []
    for group in ("document-number", "plain-document"):
        for pattern in rules.rulebook.group(group):
            for match in pattern.regex.finditer(context.text):
                start, end = pattern.span(match)
                if group == "plain-document" and context.is_heading(start, end):
                    continue  # 三、2023年工作计划: a heading, no document
                if HOLE in context.flat[start:end] and context.text[start] not in "“":
                    if group == "plain-document" and context.flat[start] == HOLE:
                        continue
                start = _trim_number(context, start) if group == "document-number" else start
                name = context.report.text[start:end]
                type_, official = rules.type_of(context.text[start:end].strip("“”"), gazetteer)
                found.append(
                    Candidate(
                        start, end, Kind.REGULATION, pattern.id, name.strip("“”") if name.startswith("“") and name.endswith("”") else name,
                        "公文" if group == "document-number" else type_, official=official,
                    )
                )  # fmt: skip
    return found


def _trim_number(context: Context, start: int) -> int:
    """Cut words before an issuing agency's code: `依据国办发〔2018〕23号` begins at 国."""
    while True:
        item = context.item_at(start)
        if item is None:
            return start
        start = item.end


def _laws(context: Context, gazetteer: Gazetteer) -> list[Candidate]:
    found = []
    for start, end, law in gazetteer.laws_in(context.flat):
        if not context.words.boundary(end):
            continue
        name = context.report.text[start:end]
        found.append(
            Candidate(start, end, Kind.REGULATION, "law-gazetteer", law.title, law.type, official=law.official)
            if name == law.title
            else Candidate(start, end, Kind.REGULATION, "law-gazetteer", name, law.type, official=law.official)
        )
    return found


_JOINT = re.compile("、|以及|和|及|与")


def _plain(
    context: Context, rules: DocumentRules, gazetteer: Gazetteer, outside: Callable[[int], int]
) -> list[Candidate]:
    found: list[Candidate] = []
    flat, words = context.flat, context.words
    for clause in context.clauses:
        for match in rules.plain_head.finditer(flat, clause.start, clause.end):
            if not words.boundary(match.end()) or rules.plain_not_after.match(flat, match.end()):
                continue
            low = clause.start
            joint = list(_JOINT.finditer(flat, clause.start, match.start()))
            if joint and rules.plain_head.search(flat, clause.start, joint[-1].start()) and joint[-1].end() < match.start() - 1:
                low = joint[-1].end()
            edge = left_edge(context, low, match.start(), outside, chain=False)
            if low > clause.start and not edge.verb:
                edge = replace(edge, verb=left_edge(context, clause.start, low, outside, chain=False).verb)
            if edge.verb not in rules.document_verb:
                edge = left_edge(context, low, match.start(), outside)  # 推动出台…条例
            if edge.verb not in rules.document_verb:
                continue
            item = context.item_at(edge.start)
            if item and "launch" in item.lists and flat[item.start : item.end] in rules.document_verb:
                edge = replace(edge, start=item.end)  # 编制出台…专项规划
            name = flat[edge.start : match.end()]
            modifier = context.text[edge.start : match.start()]
            specific = rules.generic.sub("", modifier)
            if len(specific) < 2 or len(name) > 40 or "的" in modifier[-1:] or not name.strip():
                continue
            type_, official = rules.type_of(context.text[edge.start : match.end()], gazetteer)
            found.append(
                Candidate(
                    edge.start, match.end(), Kind.REGULATION, "plain-document",
                    context.report.text[edge.start : match.end()], type_, governed=edge.verb, official=official,
                )
            )  # fmt: skip
    return found
