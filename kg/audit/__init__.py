"""The audit: what a report says held against what its own figures give, and ranks held against other reports.

`audit` and `audit_across` are pure: the same extraction gives the same checks. A check says `disagrees` only where the
text itself fixes what the figure is made of and no reading within rounding fits; everything else that cannot be
confirmed is `undetermined`, with the reason. The words are in kg/rules/audit.yaml and
audit_growth.yaml, the genre's traps in docs/audit.md.
"""

from __future__ import annotations

from collections.abc import Sequence

from kg.audit.forms import form_sums
from kg.audit.growth import growths
from kg.audit.ledger import Ledger
from kg.audit.ratios import ratios
from kg.audit.rules import AuditRules
from kg.audit.said import ranks_across, said_twice
from kg.audit.shares import shares
from kg.audit.sums import sums
from kg.model import Check, CheckInput, Extraction
from kg.recognise.figures import TABLE_CELL

__all__ = ["AuditRules", "audit", "audit_across"]


def audit(extraction: Extraction, rules: AuditRules) -> tuple[Check, ...]:
    """Check every figure of one report that the report's other figures determine, in the order of the text."""
    ledger = Ledger(extraction, rules, TABLE_CELL)
    found = [*ratios(ledger), *shares(ledger), *sums(ledger), *growths(ledger), *said_twice(ledger), *form_sums(ledger)]
    return tuple(sorted(found, key=_place))


def audit_across(extractions: Sequence[Extraction], rules: AuditRules) -> tuple[Check, ...]:
    """Check what several reports say of one thing; the order in which they are given does not matter."""
    ordered = sorted({one.report.sha256: one for one in extractions}.values(), key=lambda one: one.report.sha256)
    ledgers = [Ledger(one, rules, TABLE_CELL) for one in ordered]
    return tuple(sorted(ranks_across(ledgers, rules), key=_place))


def _place(check: Check) -> tuple[str, int, int, str, str, tuple[CheckInput, ...]]:
    """Order by report and place of the claim, then by kind, rule and inputs."""
    start, _, end = check.claim.rpartition("|")[2].partition(",")
    return check.report, int(start), int(end), check.kind, check.rule, check.inputs
