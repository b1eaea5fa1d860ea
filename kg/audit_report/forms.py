"""Findings as values for JSON, a table, Markdown, a line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from kg.audit_report.findings import ORDER, AuditFinding
from kg.audit_report.wording import PERCENT, WORDS, Language, computation, named, reason_text
from kg.model import Check
from kg.vocabulary import VERDICTS

if TYPE_CHECKING:
    from kg.query import Table

_SPECIAL = re.compile(r"([\\`*_<>\[\]#|&~])")


def values(findings: Sequence[AuditFinding], language: Language = "zh") -> list[dict[str, Any]]:
    """Return findings as plain values for JSON, with the reason and the computation in words."""
    return [
        {
            **asdict(finding),
            "reason_text": reason_text(finding.reason, language) if finding.reason else None,
            "computation": computation(finding, language),
        }
        for finding in findings
    ]


def counts(checks: Iterable[Check | AuditFinding]) -> dict[str, dict[str, int]]:
    """Count checks per kind and verdict; a verdict that nothing has says 0."""
    tally = Counter((check.kind, check.verdict) for check in checks)
    return {kind: {v: tally[kind, v] for v in VERDICTS} for kind in sorted({k for k, _ in tally})}


def table(findings: Sequence[AuditFinding], language: Language = "zh") -> Table:
    """Return findings as a table of `kg.query`, one row each, what disagrees first."""
    from kg.query import Cell, Table

    columns = (
        *("verdict", "kind", "report", "name", "said", "start", "end", "expected", "difference", "tolerance"),
        *("computation", "reason", "sentence"),
    )
    rows = []
    for finding in sorted(findings, key=lambda f: (ORDER.index(f.verdict), f.order)):
        claim = finding.claim
        row: tuple[str | None, ...] = (
            finding.verdict,
            finding.kind,
            claim.report,
            claim.name,
            claim.raw,
            str(claim.start),
            str(claim.end),
            finding.expected,
            finding.difference,
            finding.tolerance,
            computation(finding, language),
            reason_text(finding.reason, language) if finding.reason else None,
            " ".join(claim.quote.split()),
        )
        rows.append(tuple(None if value is None else Cell("literal", value) for value in row))
    return Table(columns, tuple(rows))


def markdown(findings: Sequence[AuditFinding], language: Language = "zh") -> str:
    """Return findings as Markdown that somebody who knows neither RDF nor this program can read."""
    words = WORDS[language]
    tally = Counter(finding.verdict for finding in findings)
    reports = sorted({finding.claim.report for finding in findings})
    title = words["title"] + (f"{words['colon']}{_escaped(reports[0])}" if len(reports) == 1 else "")
    lines = [f"# {title}", "", words["counts"].format(total=len(findings), **{v: tally[v] for v in ORDER}), ""]
    if findings:
        lines += [words["note"], ""]
    for verdict in ORDER:
        chosen = [finding for finding in findings if finding.verdict == verdict]
        if not chosen:
            continue
        lines += [f"## {words[verdict]}", ""]
        for finding in chosen:
            lines += _agreeing(finding, language) if verdict == "agrees" else _told(finding, language, len(reports) > 1)
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def _agreeing(finding: AuditFinding, language: Language) -> list[str]:
    """One line: what agrees needs no quotation."""
    claim, said = finding.claim, computation(finding, language)
    place = f"{_escaped(claim.report)} [{claim.start}, {claim.end})"
    return [f"- {_escaped(named(claim))}{WORDS[language]['colon']}{_escaped(said)} — {place}"]


def _told(finding: AuditFinding, language: Language, with_report: bool) -> list[str]:
    """A finding with what the report says, what its figures give, and the sentences."""
    words, claim, colon = WORDS[language], finding.claim, WORDS[language]["colon"]
    lines = [f"### {_escaped(named(claim))}", ""]
    if with_report:
        lines.append(f"- {words['report']}{colon}{_escaped(claim.report)}")
    lines.append(f"- {words['says']}{colon}{_escaped(named(claim))} [{claim.start}, {claim.end})")
    lines.append(f"- {words['gives']}{colon}{_escaped(computation(finding, language))}")
    if finding.difference is not None and finding.verdict == "disagrees":
        unit = words["points"] if claim.unit == PERCENT else f" {claim.unit}".rstrip()
        lines.append(
            f"- {words['difference']}{colon}{finding.difference}{unit} ({words['tolerance']} {finding.tolerance})"
        )
    if finding.reason:
        lines.append(f"- {words['why']}{colon}{reason_text(finding.reason, language)} ({finding.reason})")
    quoted: dict[tuple[str, int, int], str] = {}
    for one in (claim, *finding.inputs):
        quoted.setdefault((one.report, one.quote_start, one.quote_end), one.quote)
    for (report, start, end), quote in quoted.items():
        where = f"{_escaped(report)} " if len({key[0] for key in quoted}) > 1 else ""
        lines += ["", f"> {_escaped(' '.join(quote.split()))}", ">", f"> — {where}[{start}, {end})"]
    return [*lines, ""]


def _escaped(text: str) -> str:
    """Text of a report in Markdown: nothing in it is markup, and what cannot be seen is written out."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return _SPECIAL.sub(r"\\\1", shown)


def one_line(finding: AuditFinding) -> str:
    """A finding for a terminal: what is said, what the figures give, where."""
    claim = finding.claim
    return f"{named(claim)} [{claim.start}, {claim.end}): {computation(finding)}"
