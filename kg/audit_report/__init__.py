"""What an audit found, for people: from checks and their extractions, or from the checks stored in a graph file.

Both ways give the same `AuditFinding`s, so a graph that was made last year prints as the report does today.
"""

from __future__ import annotations

from kg.audit_report.findings import AuditFinding, Said, findings_of, stored_findings
from kg.audit_report.forms import counts, markdown, one_line, table, values
from kg.audit_report.wording import REASONS, Language, computation, reason_text

__all__ = [
    "REASONS",
    "AuditFinding",
    "Language",
    "Said",
    "computation",
    "counts",
    "findings_of",
    "markdown",
    "one_line",
    "reason_text",
    "stored_findings",
    "table",
    "values",
]
