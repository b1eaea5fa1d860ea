"""The nouns of the project: frozen values that the stages hand to each other.

Offsets are 0-based Unicode code points into ``Report.text`` exactly as decoded from the file, half-open
(``text[start:end]``). Nothing here imports another module of the package.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal, NamedTuple, TypeVar, dataclass_transform

Bound = Literal["=", "≈", "≥", "≤"]
MeasureKind = Literal["level", "rate", "growth", "points"]
Modality = Literal["reported", "planned", "required", "problem"]
CheckKind = Literal["ratio", "share", "part-sum", "growth", "said-twice", "rank", "table-total"]
Verdict = Literal["agrees", "disagrees", "undetermined"]
CheckRole = Literal["numerator", "denominator", "compared"]


_T = TypeVar("_T")


@dataclass_transform(frozen_default=True)
def value_type(cls: type[_T]) -> type[_T]:
    """Make a dataclass of the values that the stages hand to each other by the thousand.

    They are frozen, which the type checker sees to: at run time it would make each of them cost three times as much.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)


class Kind(StrEnum):
    """What a mention is; the values are class names of the ontology."""

    DEPARTMENT = "Department"
    BODY_GROUP = "BodyGroup"  # a class of bodies (各级行政复议机关), never merged with a named body
    REGULATION = "Regulation"
    INITIATIVE = "Initiative"
    MEDIA_WORK = "MediaWork"  # stands in 《》 and is no document
    PLACE = "Place"
    INDICATOR = "Indicator"


class Span(NamedTuple):
    """A half-open range of code points of the report's text."""

    start: int
    end: int

    def contains(self, other: Span) -> bool:
        """Whether `other` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two spans share at least one character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Field:
    """One cell of the header table: `name` is a canonical field name, `value` the text of `span`.

    Names: index_number, publisher, issued, title, doc_number, status, subject, summary, source, addressee,
    signature, signed.
    """

    name: str
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Report:
    """One document: its text and what its own head and foot say about it."""

    text: str
    sha256: str  # of the text, UTF-8 encoded: the report's identity
    name: str  # file name without directories: never a path of the machine it was read on
    encoding: str
    title: str
    year: int | None  # the year the report is about
    issued: date | None
    fields: tuple[Field, ...]  # in text order
    chrome: tuple[Span, ...]  # page furniture and header table: kept out of the facts, sorted, disjoint
    body: Span  # from the first to the last character of the report proper

    def field(self, name: str) -> Field | None:
        """The first header field of that canonical name."""
        return next((f for f in self.fields if f.name == name), None)


@value_type
class Section:
    """A heading and the text it governs; `parent` is an index into the sections, None at the top."""

    index: int
    heading: str
    level: int  # 1 for 一、  2 for （一）  3 for 1.
    span: Span  # heading included, up to the next heading of the same or a higher level
    heading_span: Span
    parent: int | None


@value_type
class Sentence:
    """A sentence of the body; `section` is an index into the sections."""

    index: int
    start: int
    end: int
    paragraph: int
    section: int | None


@value_type
class Quantity:
    """A value expression: `value` in `unit` after expanding 万 and 亿; None where only a rank is given."""

    value: Decimal | None
    unit: str
    bound: Bound
    raw: str


@value_type
class Rank:
    """全省第二 → area 全省, position 2; 全省最多 and 居全省前列 have no position."""

    area: str
    position: int | None
    span: Span


@value_type
class Mention:
    """A span of the text that names something.

    `kind` says what it is, `ref` which one (an `Entity.ref` or `Observation.ref`; None where the text does not
    settle it: then `candidates` holds the possible refs), `rule` who says so. `provision` is the part of a document
    that is cited, as written behind its name (第三十三条第一款).
    """

    start: int
    end: int
    kind: Kind
    rule: str
    ref: str | None
    candidates: tuple[str, ...] = ()
    provision: Span | None = None

    @property
    def span(self) -> Span:
        """The mention's place as a `Span`."""
        return Span(self.start, self.end)


@value_type
class Entity:
    """What mentions denote. `key` is its identity within `kind` (ONTOLOGY.md section 6)."""

    kind: Kind
    key: str
    name: str  # canonical: official name of a body, title of a document without 《》
    type: str | None = None  # body type, instrument type, initiative type, kind of media work
    aliases: tuple[str, ...] = ()  # every surface form seen, sorted
    adcode: str | None = None  # GB/T 2260 code: of a place, or of the area a body or local document belongs to
    official: str | None = None  # full official title where `name` keeps the report's shorter wording
    status: str | None = None  # documents: 草案, 试行, 修订 …
    doc_number: str | None = None

    @property
    def ref(self) -> str:
        """The entity's identity as one string, `kind|key`."""
        return f"{self.kind}|{self.key}"


@value_type
class Observation:
    """One figure of one report. `span` is the value expression, `evidence` the clause it stands in."""

    span: Span
    name: str  # what is measured
    quantity: Quantity
    measure: MeasureKind
    modality: Modality
    evidence: Span
    rule: str
    period: str | None = None
    scope: str | None = None
    rank: Rank | None = None
    compared_with: str | None = None  # ref of the figure a growth rate starts from
    part_of: str | None = None  # ref of the total that 其中 splits

    @property
    def ref(self) -> str:
        """The observation's identity within its report."""
        return f"{Kind.INDICATOR}|{self.span.start},{self.span.end}"


@value_type
class Statement:
    """One edge with its evidence; `subject` and `object` are refs, `predicate` a name of ONTOLOGY.md section 2."""

    subject: str
    predicate: str
    object: str
    modality: Modality
    trigger: str  # the word that says it (印发); empty where the name alone says it
    rule: str
    evidence: tuple[Span, ...]  # clauses, in text order, at least one
    implicit_subject: bool = False  # no actor in the text: the report's issuer is meant


@value_type
class Recognition:
    """A praise or honour: `thing` (ref) was 肯定/推广/评为… by `recogniser` (ref, None where not said)."""

    thing: str | None
    recogniser: str | None
    how: str
    title: str | None  # the honour's name
    span: Span
    evidence: Span


@value_type
class LeftOut:
    """A number or a 《》 of the text that is not in the graph, and why."""

    span: Span
    text: str
    what: Literal["number", "title"]
    reason: str  # a code of `summary` reasons: date, ordinal, heading, in-name, chrome, …


@dataclass(frozen=True, slots=True)
class Extraction:
    """Everything found in one report. Mentions in text order; statements and observations in text order."""

    report: Report
    issuer: str | None  # ref of the body whose report this is
    sections: tuple[Section, ...]
    sentences: tuple[Sentence, ...]
    mentions: tuple[Mention, ...]
    entities: tuple[Entity, ...]  # sorted by ref
    statements: tuple[Statement, ...]
    observations: tuple[Observation, ...]
    recognitions: tuple[Recognition, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    place_within: tuple[tuple[str, str], ...] = field(default=())  # (place ref, ref of the place it lies in)

    @property
    def unresolved(self) -> tuple[Mention, ...]:
        """Mentions whose entity the text does not settle."""
        return tuple(m for m in self.mentions if m.ref is None)


class CheckInput(NamedTuple):
    """A figure that a check computes with: `ref` is an `Observation.ref` of the report whose SHA-256 is `report`.

    Roles: the `numerator` (a summand, the later level) and the `denominator` (the total, the earlier level) of a
    computation; `compared` is a figure that says the same, or a rank, in another place.
    """

    role: CheckRole
    report: str
    ref: str


class Quotation(NamedTuple):
    """A stretch of one of several reports: `report` is the SHA-256 of its text."""

    report: str
    span: Span


@dataclass(frozen=True, slots=True)
class Check:
    """A figure held against other figures of the same text, or a rank against another report's.

    `expected`, `difference` (said minus expected) and `tolerance` (half of the last digit printed) are in the unit of
    the figure checked; None where nothing can be computed. `reason` is a code (docs/audit.md lists them), set where
    the verdict is `undetermined`. `evidence`: the sentence of the claim, then those of the inputs, none twice.
    """

    kind: CheckKind
    report: str  # SHA-256 of the text that makes the claim
    claim: str  # Observation.ref of the figure checked
    verdict: Verdict
    inputs: tuple[CheckInput, ...]
    evidence: tuple[Quotation, ...]
    rule: str
    expected: Decimal | None = None
    difference: Decimal | None = None
    tolerance: Decimal | None = None
    reason: str | None = None
