"""Findings of an audit, from checks and their extractions or from the checks stored in a graph file: the same ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, cast

from kg.describe.terms import decimal_text
from kg.errors import GraphError
from kg.model import Check, CheckKind, CheckRole, Extraction, Span, Verdict
from kg.vocabulary import CHECK_KINDS, VERDICTS

if TYPE_CHECKING:
    import pyoxigraph


ROLES: tuple[CheckRole, ...] = ("numerator", "denominator", "compared")
ORDER: tuple[Verdict, ...] = ("disagrees", "undetermined", "agrees")  # what a reader wants first


@dataclass(frozen=True, slots=True)
class Said:
    """A figure of a report and the sentence it stands in; offsets are code points, ends exclusive."""

    role: str  # "claim", or the role of an input
    report: str  # file name
    name: str
    raw: str
    unit: str
    start: int
    end: int
    quote: str
    quote_start: int
    quote_end: int


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One check as a reader wants it; numbers as plain decimal text in the unit of the claim, None where not known."""

    verdict: Verdict
    kind: CheckKind
    reason: str | None
    rule: str
    claim: Said
    inputs: tuple[Said, ...]
    expected: str | None
    difference: str | None
    tolerance: str | None

    @property
    def order(self) -> tuple[str, int, int, str, str, tuple[tuple[str, int], ...]]:
        """The place in a list: by report, then in the order of its text."""
        inputs = tuple((one.report, one.start) for one in self.inputs)
        return (self.claim.report, self.claim.start, self.claim.end, self.kind, self.rule, inputs)


def findings_of(extractions: Sequence[Extraction], checks: Iterable[Check]) -> tuple[AuditFinding, ...]:
    """Return the checks of these reports as findings, in order."""
    by_sha = {one.report.sha256: one for one in extractions}
    figures = {sha256: {o.ref: o for o in one.observations} for sha256, one in by_sha.items()}
    found = []
    for check in checks:
        quotes = [(q.report, q.span) for q in check.evidence]

        def said(role: str, sha256: str, ref: str, quotes: Sequence[tuple[str, Span]] = tuple(quotes)) -> Said:
            seen, report = figures[sha256][ref], by_sha[sha256].report
            own = [span for report_of, span in quotes if report_of == sha256]
            quote = _holding(own, seen.span)
            text = report.text[quote.start : quote.end]
            return Said(
                role,
                report.name,
                seen.name,
                seen.quantity.raw,
                seen.quantity.unit,
                *seen.span,
                text,
                quote[0],
                quote[1],
            )

        found.append(
            _finding(
                check.verdict,
                check.kind,
                check.reason,
                check.rule,
                said("claim", check.report, check.claim),
                [said(one.role, one.report, one.ref) for one in check.inputs],
                [check.expected, check.difference, check.tolerance],
            )
        )
    return tuple(sorted(found, key=lambda finding: finding.order))


def _holding(spans: Sequence[Span], figure: Span) -> Span:
    """The shortest of the quoted spans that holds a figure; the figure itself where none does."""
    return min((s for s in spans if s.contains(figure)), key=lambda s: (s.end - s.start, s), default=figure)


def _finding(
    verdict: Verdict,
    kind: CheckKind,
    reason: str | None,
    rule: str,
    claim: Said,
    inputs: Sequence[Said],
    numbers: Sequence[Decimal | None],
) -> AuditFinding:
    ordered = sorted(inputs, key=lambda one: (ROLES.index(cast(CheckRole, one.role)), one.report, one.start))
    expected, difference, tolerance = (None if number is None else decimal_text(number) for number in numbers)
    return AuditFinding(verdict, kind, reason, rule, claim, tuple(ordered), expected, difference, tolerance)


def stored_findings(paths: Sequence[Path]) -> tuple[AuditFinding, ...]:
    """Return the checks that graph files (.ttl, .trig, .nt, .nq) hold, in order; ``GraphError`` for an unusable file.

    The files are read as one graph: a check of two reports finds both, in whichever files they are.
    """
    from kg.describe.graphfile import read_graph

    graph = _Stored(quad for path in paths for quad in read_graph(path))
    return tuple(sorted((graph.finding(check) for check in graph.checks()), key=lambda finding: finding.order))


_VALIDATE = "用 kg validate 检查该图谱 (check the graph with kg validate)"
_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_PLACE = re.compile(r"\|(\d{1,18}),(\d{1,18})$", re.ASCII)


class _Stored:
    """The triples of graph files, as far as checks need them."""

    def __init__(self, quads: Iterable[pyoxigraph.Quad]) -> None:
        from kg.vocabulary import TERMS

        self._terms: Mapping[str, str] = TERMS
        self._of: dict[str, dict[str, list[str]]] = {}
        for quad in quads:
            if not hasattr(quad.subject, "value") or not hasattr(quad.object, "value"):
                continue  # quoted triples: none of ours
            self._of.setdefault(quad.subject.value, {}).setdefault(quad.predicate.value, []).append(quad.object.value)

    def checks(self) -> list[str]:
        """The IRIs of the checks, sorted."""
        kind, check = self._terms["rdf:type"], self._terms["kg:Check"]
        return sorted(iri for iri, triples in self._of.items() if check in triples.get(kind, ()))

    def all(self, iri: str, curie: str) -> list[str]:
        return sorted(set(self._of.get(iri, {}).get(self._terms[curie], ())))

    def one(self, iri: str, curie: str) -> str | None:
        return next(iter(self.all(iri, curie)), None)

    def finding(self, check: str) -> AuditFinding:
        """Put one check together again."""
        quotes = [(self.one(iri, "nif:referenceContext") or "", span) for iri, span in self._quoted(check)]
        inputs = [
            self._said(role, figure, quotes)
            for role, curie in (
                ("numerator", "kg:numerator"),
                ("denominator", "kg:denominator"),
                ("compared", "kg:checkInput"),
            )
            for figure in self.all(check, curie)
        ]
        numbers = [self.number(check, curie) for curie in ("kg:expected", "kg:difference", "kg:tolerance")]
        return _finding(
            cast(Verdict, self.code(check, "kg:verdict", VERDICTS)),
            cast(CheckKind, self.code(check, "kg:checkKind", CHECK_KINDS)),
            self.one(check, "kg:checkReason"),
            self.one(check, "kg:rule") or "",
            self._said("claim", self.one(check, "kg:checks") or "", quotes),
            inputs,
            numbers,
        )

    def code(self, check: str, curie: str, allowed: Sequence[str]) -> str:
        """A code of a closed list; ``GraphError`` for none, or another."""
        value = self.one(check, curie)
        if value is None or value not in allowed:
            raise GraphError(
                f"核验没有可用的 {curie} / a check without a usable {curie}: {value!r}", where=check, hint=_VALIDATE
            )
        return value

    def number(self, check: str, curie: str) -> Decimal | None:
        """A decimal, None where there is none; ``GraphError`` for what is no number."""
        value = self.one(check, curie)
        if value is None:
            return None
        if not _DECIMAL.fullmatch(value):
            raise GraphError(f"{curie} 不是数 / is no number: {value!r}", where=check, hint=_VALIDATE)
        return Decimal(value)

    def _quoted(self, check: str) -> Iterator[tuple[str, Span]]:
        for iri in self.all(check, "kg:evidence"):
            begin, end = self.one(iri, "nif:beginIndex"), self.one(iri, "nif:endIndex")
            if begin is not None and end is not None and begin.isdecimal() and end.isdecimal():
                yield iri, Span(int(begin), int(end))

    def _said(self, role: str, figure: str, quotes: Sequence[tuple[str, Span]]) -> Said:
        report = self.one(figure, "dct:source") or ""
        raw = self.one(figure, "kg:rawValue") or ""
        place = _PLACE.search(self.one(figure, "dct:identifier") or "")
        span = Span(int(place[1]), int(place[2])) if place else Span(0, 0)  # of a report that is not in the files
        quote = _holding([s for of, s in quotes if of == report], span)
        text = self.one(f"{report}#char={quote.start},{quote.end}", "nif:anchorOf") or raw
        name = (self.one(figure, "skos:prefLabel") or "").removesuffix(raw).strip()
        file = self.one(report, "kg:fileName") or report
        return Said(role, file, name, raw, self.one(figure, "kg:unitText") or "", *span, text, quote[0], quote[1])
