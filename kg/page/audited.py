"""Checks of an audit by the figures of a page: each in words, with the figures it speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from kg.audit_report import AuditFinding, computation, findings_of, reason_text
from kg.model import Check, CheckInput, Extraction

Figure: TypeAlias = tuple[str, str]  # SHA-256 of a report and the ref of an observation in it


@dataclass(frozen=True, slots=True)
class Worded:
    """A check and the same as a reader is told it; `again` where the other figure of the pair tells it already."""

    check: Check
    finding: AuditFinding
    again: bool = False

    @property
    def figure(self) -> Figure:
        """The figure that it is about."""
        return self.check.report, self.check.claim

    @property
    def others(self) -> tuple[Figure, ...]:
        """The figures it was computed from or compared with."""
        return tuple((one.report, one.ref) for one in self.check.inputs)


def worded(extractions: Sequence[Extraction], checks: Sequence[Check]) -> tuple[Worded, ...]:
    """Put the checks of these reports into words, in the given order.

    A rank that two reports claim is a finding about both: it comes twice, seen from each. What a check says of reports
    that are not given is left out of it; a check of another report is left out.
    """
    by_sha = {one.report.sha256: one for one in extractions}
    return tuple(_worded(own, by_sha, again=again) for check in checks for own, again in _sides(check, by_sha))


def _sides(check: Check, by_sha: Mapping[str, Extraction]) -> Iterator[tuple[Check, bool]]:
    if check.report not in by_sha:
        return
    inputs = tuple(one for one in check.inputs if one.report in by_sha)
    own = replace(check, inputs=inputs, evidence=tuple(one for one in check.evidence if one.report in by_sha))
    yield own, False
    if check.kind == "rank":
        for one in inputs:
            claim = CheckInput("compared", check.report, check.claim)
            yield replace(own, report=one.report, claim=one.ref, inputs=(claim,)), True


def _worded(check: Check, by_sha: Mapping[str, Extraction], *, again: bool) -> Worded:
    # Only the reports it speaks of: finding the figures of a thousand for each check would take long.
    reports = dict.fromkeys([check.report, *(one.report for one in check.inputs)])
    return Worded(check, findings_of([by_sha[sha256] for sha256 in reports], [check])[0], again)


def by_figure(
    audited: Sequence[Worded], number: Mapping[str, int], placed: Mapping[Figure, str]
) -> dict[str, list[dict[str, Any]]]:
    """Return what the page says of each figure's checks, by the figure's ref on the page.

    `placed` has the refs on the page, `number` their nodes; what `placed` does not hold is not on the page.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for one in audited:
        if (ref := placed.get(one.figure)) is not None:
            nodes = [number[placed[other]] for other in one.others if other in placed]
            found.setdefault(ref, []).append(_told(one, nodes))
    return found


def _told(one: Worded, nodes: Sequence[int]) -> dict[str, Any]:
    """The computation in both languages, its result, and the nodes of the figures it used."""
    finding, reason = one.finding, one.check.reason
    told: dict[str, Any] = {
        "verdict": finding.verdict,
        "kind": finding.kind,
        "computation": [computation(finding, "zh"), computation(finding, "en")],
        "expected": finding.expected,
        "difference": finding.difference,
        "tolerance": finding.tolerance,
        "reason": [reason_text(reason, "zh"), reason_text(reason, "en")] if reason else None,
        "inputs": list(nodes) or None,
        "again": one.again or None,
    }
    return {name: value for name, value in told.items() if value is not None}
