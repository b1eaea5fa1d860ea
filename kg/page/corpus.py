"""Several extractions as one, small enough for one page.

The reports' texts stand behind one another in one text, so that everything else on the page needs one kind of offset
only; `Source` and `Piece` lead back to the report and its own offsets.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from kg.errors import GraphError
from kg.model import Entity, Extraction, Field, Mention, Observation, Report, Section, Sentence, Span, Statement

MOST_BYTES = 15_000_000  # of a page over many reports, so that it opens within seconds
PIECE_GAP = "\n"
# What one of each costs in the page's data, in bytes, without its name: measured on the founding report.
ENTITY_COST, FIGURE_COST, STATEMENT_COST, MENTION_COST, REPORT_COST = 330, 560, 230, 34, 400
MOST_ENTITIES = 10_000  # more are not drawn in a useful time, whatever their size


class Piece(NamedTuple):
    """A stretch of one report's text: where it begins on the page, whose it is, where it begins in the report."""

    start: int
    report: int
    origin: int


@dataclass(frozen=True, slots=True)
class Source:
    """What the page says of one report; `link` is the address of its own page, "" for none."""

    title: str
    file: str
    sha256: str
    year: int | None
    issued: str | None
    doc_number: str | None
    issuer: str | None
    link: str = ""

    @staticmethod
    def of(report: Report, issuer: str | None = None, link: str = "") -> Source:
        """Return what `report` says of itself."""
        number = report.field("doc_number")
        issued = report.issued.isoformat() if report.issued else None
        title = report.title or report.name
        return Source(
            title, report.name, report.sha256, report.year, issued, number.value if number else None, issuer, link
        )


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How much of the reports a page does not hold: entities, relations, figures; `texts` whether text went too."""

    entities: int = 0
    relations: int = 0
    figures: int = 0
    texts: bool = False

    def __bool__(self) -> bool:
        return bool(self.entities or self.relations or self.figures or self.texts)


@dataclass(frozen=True, slots=True)
class Corpus:
    """The merged extraction; `pieces` is empty where its text is one whole report's."""

    extraction: Extraction
    sources: tuple[Source, ...]
    pieces: tuple[Piece, ...]
    left_out: LeftOut
    several: bool = False


def corpus(extractions: Sequence[Extraction], links: Sequence[str], most_bytes: int) -> Corpus:
    """Merge `extractions` to about `most_bytes` of page data. ``GraphError`` for none, and for a report given twice."""
    if not extractions:
        raise GraphError("没有报告 / no report", where="page", hint="给出至少一份报告 (give at least one)")
    hashes = [extraction.report.sha256 for extraction in extractions]
    if len(set(hashes)) != len(hashes):
        twice = next(e.report.name for n, e in enumerate(extractions) if hashes.index(e.report.sha256) != n)
        raise GraphError("同一份报告给了两次 / the same report twice", where=twice, hint="去掉一份 (leave one out)")
    kept = _choose(extractions, most_bytes)
    texts = sum(len(e.report.text.encode("utf-8", "replace")) for e in extractions)
    whole = texts <= max(0, most_bytes - kept.bytes)
    merged = _merge(extractions, kept, whole)
    # What all reports hold, one of each: what is there less what went in is what was left out.
    entities = {entity.ref for e in extractions for entity in e.entities}
    relations = {_edge(number, s) for number, e in enumerate(extractions) for s in e.statements}
    figures = sum(len(e.observations) for e in extractions)
    in_it = merged[0]
    left_out = LeftOut(
        len(entities) - len(in_it.entities),
        len(relations) - len(in_it.statements),
        figures - len(in_it.observations),
        not whole,
    )
    sources = tuple(
        Source.of(e.report, _issuer_name(e), links[number] if number < len(links) else "")
        for number, e in enumerate(extractions)
    )
    return Corpus(in_it, sources, merged[1], left_out, several=True)


@dataclass(frozen=True, slots=True)
class _Kept:
    refs: frozenset[str]
    figures: frozenset[tuple[int, str]]  # (report, ref)
    bytes: int


def _choose(extractions: Sequence[Extraction], most_bytes: int) -> _Kept:
    """Take entities by the number of reports that name them, then of mentions, each with its relations and figures."""
    reports: Counter[str] = Counter(entity.ref for e in extractions for entity in e.entities)
    weight: Counter[str] = Counter(m.ref for e in extractions for m in e.mentions if m.ref is not None)
    names = {entity.ref: entity.name for e in extractions for entity in e.entities}
    issuers = {e.issuer for e in extractions}
    order = sorted(names, key=lambda ref: (ref not in issuers, -reports[ref], -weight[ref], ref))[:MOST_ENTITIES]
    about: dict[str, list[tuple[int, str, int]]] = {}
    beside: dict[str, list[tuple[str, int]]] = {}
    for number, extraction in enumerate(extractions):
        lengths = {o.ref: o.evidence.end - o.evidence.start for o in extraction.observations}
        subjects = {s.subject: s.object for s in extraction.statements if s.predicate == "measures"}
        for ref, length in lengths.items():
            about.setdefault(subjects.get(ref, ""), []).append((number, ref, length))
        for statement in extraction.statements:
            if statement.predicate != "measures":
                cost = STATEMENT_COST + sum(3 * (span.end - span.start) for span in statement.evidence)
                beside.setdefault(statement.subject, []).append((statement.object, cost))
                beside.setdefault(statement.object, []).append((statement.subject, cost))
    room = most_bytes - REPORT_COST * len(extractions)
    refs: set[str] = set()
    spent = 0
    for ref in order:
        # A relation goes in with the second of its ends.
        cost = ENTITY_COST + 6 * len(names[ref]) + MENTION_COST * weight[ref]
        cost += sum(more for other, more in beside.get(ref, ()) if other in refs)
        if spent + cost > room:
            continue
        spent += cost
        refs.add(ref)
    figures: set[tuple[int, str]] = set()
    for ref in [*(r for r in order if r in refs), ""]:
        for number, figure, length in about.get(ref, ()):
            cost = FIGURE_COST + 6 * length
            if spent + cost <= room:
                spent += cost
                figures.add((number, figure))
    return _Kept(frozenset(refs), frozenset(figures), spent)


def _merge(extractions: Sequence[Extraction], kept: _Kept, whole: bool) -> tuple[Extraction, tuple[Piece, ...]]:
    text: list[str] = []
    length = 0
    pieces: list[Piece] = []
    sections: list[Section] = []
    sentences: list[Sentence] = []
    mentions: list[Mention] = []
    entities: dict[str, Entity] = {}
    statements: dict[tuple[str, ...], Statement] = {}
    observations: list[Observation] = []
    recognitions = []
    within: dict[tuple[str, str], None] = {}
    for number, extraction in enumerate(extractions):
        report = extraction.report
        first = length
        spans = [Span(0, len(report.text))] if whole else _evidence(extraction, kept, number)
        starts = []
        for span in spans:
            starts.append(length)
            pieces.append(Piece(length, number, span.start))
            text.append(report.text[span.start : span.end] + PIECE_GAP)
            length += len(text[-1])
        place = _Places(spans, starts)
        sections.append(
            Section(len(sections), report.title or report.name, 1, Span(first, max(length, first)), Span(first, first), None)
        )
        renamed: dict[str, str] = {}
        moved = []
        for observation in extraction.observations:
            span = place(observation.span)
            if (number, observation.ref) in kept.figures and span is not None:
                rank = observation.rank
                at = None if rank is None else place(rank.span)
                evidence = place(observation.evidence) or span
                rank = None if rank is None or at is None else replace(rank, span=at)
                moved.append(replace(observation, span=span, evidence=evidence, rank=rank))
                renamed[observation.ref] = moved[-1].ref
        observations += (
            replace(
                o, compared_with=renamed.get(o.compared_with or ""), part_of=renamed.get(o.part_of or "")
            )
            for o in moved
        )
        inside = {ref: ref for ref in kept.refs} | renamed
        for entity in extraction.entities:
            if entity.ref in kept.refs:
                seen = entities.get(entity.ref)
                aliases = tuple(sorted({*entity.aliases, *(seen.aliases if seen else ())}))
                entities[entity.ref] = replace(seen or entity, aliases=aliases)
        for sentence in extraction.sentences:
            at = place(Span(sentence.start, sentence.end))
            if at is not None:
                sentences.append(Sentence(len(sentences), at.start, at.end, 0, None))
        for mention in extraction.mentions:
            at = place(mention.span)
            if at is not None and (mention.ref is None or mention.ref in inside):
                candidates = tuple(ref for ref in mention.candidates if ref in inside)
                if mention.ref is not None or candidates:
                    ref = None if mention.ref is None else inside[mention.ref]
                    mentions.append(Mention(at.start, at.end, mention.kind, mention.rule, ref, candidates))
        for statement in extraction.statements:
            if statement.subject in inside and statement.object in inside:
                moved_spans = tuple(at for span in statement.evidence if (at := place(span)) is not None)
                subject, object_ = inside[statement.subject], inside[statement.object]
                key = (subject, statement.predicate, object_, statement.modality)
                if key in statements:
                    statements[key] = replace(statements[key], evidence=statements[key].evidence + moved_spans)
                elif moved_spans:
                    statements[key] = replace(statement, subject=subject, object=object_, evidence=moved_spans)
        for recognition in extraction.recognitions:
            at, why = place(recognition.span), place(recognition.evidence)
            if at and why and recognition.thing in inside and recognition.recogniser in (None, *kept.refs):
                recognitions.append(replace(recognition, span=at, evidence=why))
        within |= dict.fromkeys(pair for pair in extraction.place_within if set(pair) <= kept.refs)
    joined = "".join(text)
    document = Report(
        joined, hashlib.sha256(joined.encode("utf-8", "replace")).hexdigest(), "", "utf-8", "", None, None,
        _no_fields(), (), Span(0, len(joined)),
    )  # fmt: skip
    return (
        Extraction(
            document,
            None if len({e.issuer for e in extractions}) > 1 else extractions[0].issuer,
            tuple(sections),
            tuple(sentences),
            tuple(mentions),
            tuple(entities[ref] for ref in sorted(entities)),
            tuple(statements.values()),
            tuple(observations),
            tuple(recognitions),
            (),
            tuple(within),
        ),
        tuple(pieces),
    )


def _no_fields() -> tuple[Field, ...]:
    return ()


class _Places:
    """Spans of a report → spans of the page's text; None for what the pieces do not hold."""

    def __init__(self, spans: Sequence[Span], starts: Sequence[int]) -> None:
        self.spans, self.starts = spans, starts
        self.begins = [span.start for span in spans]

    def __call__(self, span: Span) -> Span | None:
        index = bisect_right(self.begins, span.start) - 1
        if index < 0 or not self.spans[index].contains(span):
            return None
        shift = self.starts[index] - self.begins[index]
        return Span(span.start + shift, span.end + shift)


def _evidence(extraction: Extraction, kept: _Kept, number: int) -> list[Span]:
    """The clauses that what is kept rests on, merged where they touch, in text order."""
    figures = {o.ref for o in extraction.observations if (number, o.ref) in kept.figures}
    inside = kept.refs | figures
    found = [o.evidence for o in extraction.observations if o.ref in figures]
    found += [o.span for o in extraction.observations if o.ref in figures]
    for statement in extraction.statements:
        if statement.subject in inside and statement.object in inside:
            found += statement.evidence
    found += [r.evidence for r in extraction.recognitions if r.thing in inside]
    merged: list[Span] = []
    for span in sorted(found):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _edge(number: int, statement: Statement) -> tuple[str, ...]:
    """A relation's identity over all reports: figures belong to one report each."""
    report = str(number) if statement.predicate == "measures" else ""
    return (report, statement.subject, statement.predicate, statement.object, statement.modality)


def _issuer_name(extraction: Extraction) -> str | None:
    return next((entity.name for entity in extraction.entities if entity.ref == extraction.issuer), None)
