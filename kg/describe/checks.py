"""Audit checks → triples (ONTOLOGY.md section 8). They are computed from an extraction and are no part of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from kg.describe.dataset import Triple
from kg.describe.identity import Minter
from kg.describe.terms import T, Term, decimal, node, plain, zh
from kg.errors import GraphError
from kg.model import Check, CheckRole, Extraction, Observation, Span
from kg.vocabulary import span_iri

_ROLE_AS: Mapping[CheckRole, str] = {
    "numerator": "kg:numerator",
    "denominator": "kg:denominator",
    "compared": "kg:checkInput",
}


def quoted_spans(checks: Iterable[Check]) -> dict[str, list[Span]]:
    """What the checks quote of each report: SHA-256 of the text → spans, sorted, none twice."""
    found: dict[str, set[Span]] = {}
    for check in checks:
        for quotation in check.evidence:
            found.setdefault(quotation.report, set()).add(quotation.span)
    return {report: sorted(spans) for report, spans in found.items()}


def describe_checks(
    extraction: Extraction, checks: Sequence[Check], minter: Minter, figure: Callable[[str, str], Term]
) -> list[Triple]:
    """Return the triples of the checks of one report's claims; `figure` gives the IRI behind one of its refs.

    The figures and sentences of other reports are only pointed at. ``GraphError`` for a check without evidence.
    """
    triples: list[Triple] = []
    by_ref = {observation.ref: observation for observation in extraction.observations}
    report = minter("report", extraction.report.sha256)

    def add(subject: Term, predicate: str, *objects: Term) -> None:
        triples.extend((subject, T[predicate], o) for o in objects)

    for check in checks:
        where = f"{extraction.report.name} {check.kind} {check.claim}"
        claim = figure(check.claim, where)
        if not check.evidence:
            raise GraphError("核验没有证据 / a check without evidence", where=where, hint="quote the claim's sentence")
        key = "|".join(
            (check.kind, check.report, check.claim, check.rule, *(f"{i.role} {i.report} {i.ref}" for i in check.inputs))
        )
        iri = minter("check", key)
        add(iri, "rdf:type", T["kg:Check"])
        add(iri, "dct:identifier", plain(key))
        add(iri, "dct:source", report)
        add(iri, "skos:prefLabel", zh(_label(by_ref[check.claim], check)))
        add(iri, "kg:checks", claim)
        add(iri, "kg:checkKind", plain(check.kind))
        add(iri, "kg:verdict", plain(check.verdict))
        add(iri, "kg:rule", plain(check.rule))
        if check.reason:
            add(iri, "kg:checkReason", plain(check.reason))
        for name, value in (
            ("kg:expected", check.expected),
            ("kg:difference", check.difference),
            ("kg:tolerance", check.tolerance),
        ):
            if value is not None:
                add(iri, name, decimal(value))
        for one in check.inputs:
            own = one.report == extraction.report.sha256
            key = f"{one.report}|{one.ref.partition('|')[2]}"  # as `identity.observation_key` has it
            add(iri, _ROLE_AS[one.role], figure(one.ref, where) if own else minter("observation", key))
        for quotation in check.evidence:
            add(iri, "kg:evidence", node(span_iri(minter("report", quotation.report)[1:-1], quotation.span)))
    return triples


def _label(claim: Observation, check: Check) -> str:
    return f"{claim.name} {claim.quantity.raw}: {check.verdict}"
