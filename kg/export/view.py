"""What exports other than RDF show of a graph: reports, entities, figures, relations, mentions, sections, checks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kg.vocabulary import IRI


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a report's text: `start` and `end` are code points of `report`, half-open; `text` stands there.

    `modality` is what the clause says of the statement that it was reached from (``reported``, …; ``""`` elsewhere).
    """

    iri: IRI
    report: IRI
    start: int
    end: int
    text: str
    section: str
    modality: str = ""


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report: `text` whole, `characters` its number of code points, `issuer` the IRI of the body that issued it."""

    iri: IRI
    title: str
    file_name: str
    sha256: str
    year: int | None
    issued: date | None
    issuer: IRI
    issuer_label: str
    doc_number: str
    index_number: str
    publisher: str
    text: str

    @property
    def characters(self) -> int:
        """The length of the text in code points."""
        return len(self.text)


@dataclass(frozen=True, slots=True)
class EntityView:
    """An entity. `type` is the Chinese label of its type, `mentions` how often it is named, `first` where first."""

    iri: IRI
    kind: str
    kind_zh: str
    label: str
    type: str
    aliases: tuple[str, ...]
    official: str
    status: str
    doc_number: str
    area_code: str
    key: str
    mentions: int
    reports: int
    first: tuple[IRI, int] | None  # report and code point


@dataclass(frozen=True, slots=True)
class FigureView:
    """One figure of one report. `value` in `unit`, exact; `start` and `end` of the value expression, if known."""

    iri: IRI
    kind_zh: str
    label: str
    indicator: str
    indicator_iri: IRI
    value: Decimal | None
    unit: str
    raw: str
    bound: str
    measure: str
    modality: str
    period: str
    scope: str
    area: IRI
    rank_area: str
    rank: int | None
    about: tuple[IRI, ...]
    about_labels: tuple[str, ...]
    compared_with: IRI
    part_of: IRI
    rule: str
    report: IRI
    start: int | None
    end: int | None
    evidence: Clause | None


@dataclass(frozen=True, slots=True)
class RelationView:
    """A reified edge: its ends with their labels, its modalities, trigger words and rules, the clauses it rests on."""

    iri: IRI
    subject: IRI
    subject_label: str
    predicate: str
    predicate_zh: str
    object: IRI
    object_label: str
    modalities: tuple[str, ...]
    triggers: tuple[str, ...]
    rules: tuple[str, ...]
    implicit_subject: bool
    report: IRI
    evidence: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class MentionView:
    """A mention: what it denotes, or the candidates where the text does not settle it."""

    clause: Clause
    kind: str
    entity: IRI
    entity_label: str
    candidates: tuple[IRI, ...]
    provision: str  # the part of a document that is cited, as written
    rule: str


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section of a report: a stretch of text with its heading, its level, and the IRI of the section around it."""

    clause: Clause
    heading: str
    level: int
    parent: IRI


@dataclass(frozen=True, slots=True)
class CheckView:
    """An audit check (ONTOLOGY.md section 8): what is checked, from which figures, and how it came out."""

    iri: IRI
    label: str
    checks: tuple[IRI, ...]
    checks_labels: tuple[str, ...]
    numerator: IRI
    denominator: IRI
    expected: Decimal | None
    difference: Decimal | None
    tolerance: Decimal | None
    verdict: str
    report: IRI
    evidence: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class View:
    """All of a graph that exports other than RDF show; entities by kind, the rest in the order of the text."""

    reports: tuple[ReportView, ...]
    entities: tuple[EntityView, ...]
    figures: tuple[FigureView, ...]
    relations: tuple[RelationView, ...]
    mentions: tuple[MentionView, ...]
    sections: tuple[SectionView, ...]
    checks: tuple[CheckView, ...]
