"""Extractions behind one another in one text: what reports share becomes one entity, every span moves along."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeAlias

from kg.model import (
    Entity,
    Extraction,
    Mention,
    Observation,
    Recognition,
    Report,
    Section,
    Sentence,
    Span,
    Statement,
)

PIECE_GAP = "\n"
Inside: TypeAlias = Callable[[str | None], str | None]


class Piece(NamedTuple):
    """A stretch of one report's text: where it begins on the page, whose it is, where it begins in the report."""

    start: int
    report: int
    origin: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What goes onto the page: refs of entities, figures as (number of the report, ref), and what that costs."""

    refs: frozenset[str]
    figures: frozenset[tuple[int, str]]
    bytes: int


@dataclass(slots=True)
class Merge:
    """Collects reports one after the other; `whole` keeps their texts, else only what is evidence."""

    kept: Kept
    whole: bool
    text: list[str] = field(default_factory=list)
    length: int = 0
    pieces: list[Piece] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    entities: dict[str, Entity] = field(default_factory=dict)
    statements: dict[tuple[str, ...], Statement] = field(default_factory=dict)
    observations: list[Observation] = field(default_factory=list)
    recognitions: list[Recognition] = field(default_factory=list)
    within: dict[tuple[str, str], None] = field(default_factory=dict)
    issuers: list[str | None] = field(default_factory=list)
    placed: dict[tuple[str, str], str] = field(default_factory=dict)  # (SHA-256, ref in the report) → ref on the page

    def add(self, extraction: Extraction, number: int) -> None:
        """Put report `number` behind those before it."""
        place = self._place(extraction, number)
        figures = self._figures(extraction, number, place)
        refs = self.kept.refs

        def inside(ref: str | None) -> str | None:
            """What a ref of the report is on the page, None where it is not there."""
            return ref if ref in refs else figures.get(ref or "")

        for entity in extraction.entities:
            if entity.ref in self.kept.refs:
                seen = self.entities.get(entity.ref, entity)
                aliases = tuple(sorted({*entity.aliases, *seen.aliases}))
                self.entities[entity.ref] = replace(seen, aliases=aliases)
        for sentence in extraction.sentences:
            if (at := place(Span(sentence.start, sentence.end))) is not None:
                self.sentences.append(Sentence(len(self.sentences), at.start, at.end, 0, None))
        for mention in extraction.mentions:
            self._mention(mention, place(mention.span), inside)
        for statement in extraction.statements:
            self._statement(statement, place, inside)
        for recognition in extraction.recognitions:
            at, why = place(recognition.span), place(recognition.evidence)
            known = recognition.recogniser is None or recognition.recogniser in refs
            if at and why and recognition.thing in refs and known:
                self.recognitions.append(replace(recognition, span=at, evidence=why))
        self.within |= dict.fromkeys(pair for pair in extraction.place_within if set(pair) <= self.kept.refs)
        self.issuers.append(extraction.issuer)

    def extraction(self) -> Extraction:
        """What has been collected, as if it were one report without a head."""
        text = "".join(self.text)
        digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
        return Extraction(
            report=Report(text, digest, "", "utf-8", "", None, None, (), (), Span(0, len(text))),
            issuer=self.issuers[0] if len(set(self.issuers)) == 1 else None,
            sections=tuple(self.sections),
            sentences=tuple(self.sentences),
            mentions=tuple(self.mentions),
            entities=tuple(self.entities[ref] for ref in sorted(self.entities)),
            statements=tuple(self.statements.values()),
            observations=tuple(self.observations),
            recognitions=tuple(self.recognitions),
            place_within=tuple(self.within),
        )

    def _place(self, extraction: Extraction, number: int) -> Places:
        """Append the report's text, or its pieces, as a section of its own."""
        report = extraction.report
        first = self.length
        spans = [Span(0, len(report.text))] if self.whole else self._evidence(extraction, number)
        starts = []
        for span in spans:
            starts.append(self.length)
            self.pieces.append(Piece(self.length, number, span.start))
            self.text.append(report.text[span.start : span.end] + PIECE_GAP)
            self.length += len(self.text[-1])
        heading = report.title or report.name
        index = len(self.sections)
        self.sections.append(Section(index, heading, 1, Span(first, self.length), Span(first, first), None))
        return Places(spans, starts)

    def _evidence(self, extraction: Extraction, number: int) -> list[Span]:
        """The clauses that what is kept rests on, merged where they touch, in text order."""
        figures = {o.ref for o in extraction.observations if (number, o.ref) in self.kept.figures}
        refs = self.kept.refs
        found = [span for o in extraction.observations if o.ref in figures for span in (o.evidence, o.span)]
        for statement in extraction.statements:
            subject, object_ = statement.subject, statement.object
            if (subject in refs or subject in figures) and (object_ in refs or object_ in figures):
                found += statement.evidence
        found += [r.evidence for r in extraction.recognitions if r.thing in refs]
        merged: list[Span] = []
        for span in sorted(found):
            if merged and span.start <= merged[-1].end:
                merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
            else:
                merged.append(span)
        return merged

    def _figures(self, extraction: Extraction, number: int, place: Places) -> dict[str, str]:
        """Append the figures that are kept; return their old refs with the new ones."""
        moved: dict[str, Observation] = {}
        for observation in extraction.observations:
            span = place(observation.span)
            if (number, observation.ref) in self.kept.figures and span is not None:
                rank = observation.rank
                at = None if rank is None else place(rank.span)
                moved[observation.ref] = replace(
                    observation,
                    span=span,
                    evidence=place(observation.evidence) or span,
                    rank=None if rank is None or at is None else replace(rank, span=at),
                )
        renamed = {old: new.ref for old, new in moved.items()}
        self.placed |= {(extraction.report.sha256, old): new for old, new in renamed.items()}
        for new in moved.values():
            base, whole = renamed.get(new.compared_with or ""), renamed.get(new.part_of or "")
            self.observations.append(replace(new, compared_with=base, part_of=whole))
        return renamed

    def _mention(self, mention: Mention, at: Span | None, inside: Inside) -> None:
        ref = inside(mention.ref)
        candidates = () if mention.ref else tuple(ref for ref in mention.candidates if inside(ref))
        if at is not None and (ref is not None or candidates):
            self.mentions.append(Mention(at.start, at.end, mention.kind, mention.rule, ref, candidates))

    def _statement(self, statement: Statement, place: Places, inside: Inside) -> None:
        """One statement for a relation that several reports state, with the clauses of all."""
        subject, object_ = inside(statement.subject), inside(statement.object)
        if subject is None or object_ is None:
            return
        evidence = tuple(at for span in statement.evidence if (at := place(span)) is not None)
        if not evidence:
            return
        key = (subject, statement.predicate, object_, statement.modality)
        seen = self.statements.get(key)
        if seen is None:
            self.statements[key] = replace(statement, subject=subject, object=object_, evidence=evidence)
        else:
            self.statements[key] = replace(seen, evidence=seen.evidence + evidence)


class Places:
    """Spans of a report → spans of the page's text; None for what the pieces do not hold."""

    def __init__(self, spans: Sequence[Span], starts: Sequence[int]) -> None:
        self.spans, self.starts = spans, starts
        self.begins = [span.start for span in spans]

    def __call__(self, span: Span) -> Span | None:
        """Return where `span` stands on the page."""
        index = bisect_right(self.begins, span.start) - 1
        if index < 0 or not self.spans[index].contains(span):
            return None
        shift = self.starts[index] - self.begins[index]
        return Span(span.start + shift, span.end + shift)
