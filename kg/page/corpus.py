"""Several extractions as one, small enough for one page.

The reports' texts stand behind one another in one text, so that everything else on the page needs one kind of offset
only; `Source` and `Piece` lead back to the report and its own offsets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kg.errors import GraphError
from kg.model import Extraction, Report, Statement, Verdict
from kg.page.audited import Figure, Worded
from kg.page.merge import Kept, Merge, Piece

MOST_BYTES = 15_000_000  # of a page over many reports, so that it opens within seconds
# What one of each costs in the page's data, in bytes, without its name: measured on the founding report.
ENTITY_COST, FIGURE_COST, STATEMENT_COST, MENTION_COST, REPORT_COST = 330, 560, 230, 34, 400
MOST_ENTITIES = 10_000  # more are not drawn in a useful time, whatever their size


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
    """How much of the reports a page does not hold; `checks` of figures left out, `texts` whether text went too."""

    entities: int = 0
    relations: int = 0
    figures: int = 0
    texts: bool = False
    checks: int = 0

    def __bool__(self) -> bool:
        return bool(self.entities or self.relations or self.figures or self.texts or self.checks)


@dataclass(frozen=True, slots=True)
class Corpus:
    """The merged extraction; `pieces` is empty where its text is one whole report's.

    `figures`: refs in `extraction` of the reports' observations, by (SHA-256, ref in the report).
    """

    extraction: Extraction
    sources: tuple[Source, ...]
    pieces: tuple[Piece, ...]
    left_out: LeftOut
    several: bool = False
    figures: Mapping[Figure, str] = field(default_factory=dict)

    @staticmethod
    def of(extraction: Extraction) -> Corpus:
        """One report, whole."""
        sha256 = extraction.report.sha256
        figures = {(sha256, one.ref): one.ref for one in extraction.observations}
        return Corpus(extraction, (Source.of(extraction.report),), (), LeftOut(), figures=figures)


def corpus(
    extractions: Sequence[Extraction], links: Sequence[str], most_bytes: int, audited: Sequence[Worded] = ()
) -> Corpus:
    """Merge `extractions` to about `most_bytes` of page data; figures that are `audited` go in before others.

    ``GraphError`` for no report, and for one given twice.
    """
    if not extractions:
        raise GraphError("没有报告 / no report", where="page", hint="给出至少一份报告 (give at least one)")
    hashes = [extraction.report.sha256 for extraction in extractions]
    if len(set(hashes)) != len(hashes):
        twice = next(e.report.name for n, e in enumerate(extractions) if hashes.index(e.report.sha256) != n)
        raise GraphError("同一份报告给了两次 / the same report twice", where=twice, hint="去掉一份 (leave one out)")
    kept = _choose(extractions, most_bytes, audited)
    texts = sum(len(e.report.text.encode("utf-8", "replace")) for e in extractions)
    whole = texts <= max(0, most_bytes - kept.bytes)
    merge = Merge(kept, whole)
    for number, extraction in enumerate(extractions):
        merge.add(extraction, number)
    # What all reports hold, one of each: what is there less what went in is what was left out.
    entities = {entity.ref for e in extractions for entity in e.entities}
    relations = {_edge(number, s) for number, e in enumerate(extractions) for s in e.statements}
    figures = sum(len(e.observations) for e in extractions)
    in_it = merge.extraction()
    left_out = LeftOut(
        len(entities) - len(in_it.entities),
        len(relations) - len(in_it.statements),
        figures - len(in_it.observations),
        not whole,
        sum(one.figure not in merge.placed for one in audited if not one.again),
    )
    sources = tuple(
        Source.of(e.report, _issuer_name(e), links[number] if number < len(links) else "")
        for number, e in enumerate(extractions)
    )
    return Corpus(in_it, sources, tuple(merge.pieces), left_out, several=True, figures=merge.placed)


def _choose(extractions: Sequence[Extraction], most_bytes: int, audited: Sequence[Worded]) -> Kept:
    """Take entities by the number of reports that name them, then of mentions, each with its relations and figures.

    What the audit doubts goes in before all else, what it confirms before other figures.
    """
    reports: Counter[str] = Counter(entity.ref for e in extractions for entity in e.entities)
    weight: Counter[str] = Counter(m.ref for e in extractions for m in e.mentions if m.ref is not None)
    names = {entity.ref: entity.name for e in extractions for entity in e.entities}
    issuers = {e.issuer for e in extractions}
    order = sorted(names, key=lambda ref: (ref not in issuers, -reports[ref], -weight[ref], ref))[:MOST_ENTITIES]
    about: dict[str, list[tuple[int, str]]] = {}
    beside: dict[str, list[tuple[str, int]]] = {}
    for number, extraction in enumerate(extractions):
        subjects = {s.subject: s.object for s in extraction.statements if s.predicate == "measures"}
        for observation in extraction.observations:
            about.setdefault(subjects.get(observation.ref, ""), []).append((number, observation.ref))
        for statement in extraction.statements:
            if statement.predicate != "measures":
                cost = STATEMENT_COST + sum(3 * (span.end - span.start) for span in statement.evidence)
                beside.setdefault(statement.subject, []).append((statement.object, cost))
                beside.setdefault(statement.object, []).append((statement.subject, cost))
    room = most_bytes - REPORT_COST * len(extractions)
    refs: set[str] = set()
    figures: set[tuple[int, str]] = set()
    costs = _figure_costs(extractions)
    spent = 0

    def put(wanted: Iterable[tuple[int, str]]) -> None:
        nonlocal spent
        for figure in wanted:
            if figure not in figures and spent + costs[figure] <= room:
                spent += costs[figure]
                figures.add(figure)

    put(_audited(extractions, audited, "disagrees"))
    for ref in order:
        # A relation goes in with the second of its ends.
        cost = ENTITY_COST + 6 * len(names[ref]) + MENTION_COST * weight[ref]
        cost += sum(more for other, more in beside.get(ref, ()) if other in refs)
        if spent + cost > room:
            continue
        spent += cost
        refs.add(ref)
    put(_audited(extractions, audited, "undetermined", "agrees"))
    for ref in [*(r for r in order if r in refs), ""]:
        put(about.get(ref, ()))
    return Kept(frozenset(refs), frozenset(figures), spent)


def _figure_costs(extractions: Sequence[Extraction]) -> dict[tuple[int, str], int]:
    return {
        (number, o.ref): FIGURE_COST + 6 * (o.evidence.end - o.evidence.start)
        for number, extraction in enumerate(extractions)
        for o in extraction.observations
    }


def _audited(
    extractions: Sequence[Extraction], audited: Sequence[Worded], *verdicts: Verdict
) -> Iterator[tuple[int, str]]:
    """Figures with checks of these verdicts, each followed by those it was computed from, as (report, ref)."""
    numbers = {extraction.report.sha256: number for number, extraction in enumerate(extractions)}
    for verdict in verdicts:
        for one in audited:
            if one.check.verdict == verdict:
                yield from ((numbers[sha256], ref) for sha256, ref in (one.figure, *one.others))


def _edge(number: int, statement: Statement) -> tuple[str, ...]:
    """A relation's identity over all reports: figures belong to one report each."""
    report = str(number) if statement.predicate == "measures" else ""
    return (report, statement.subject, statement.predicate, statement.object, statement.modality)


def _issuer_name(extraction: Extraction) -> str | None:
    return next((entity.name for entity in extraction.entities if entity.ref == extraction.issuer), None)
