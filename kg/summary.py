"""What one build found and what it left out, as JSON for people and programs.

The file answers three questions of whoever checks a graph: how much of each kind there is, which names the text does
not settle, and what became of every number and every 《》 that is not in the graph.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kg.coverage import REASONS
from kg.model import Check, Extraction, Kind, LeftOut, Mention, Report, Span
from kg.text import bracketed, fold

if TYPE_CHECKING:  # only the type: validating is somebody else's work
    from kg.validate import Finding

#: Header fields that the summary repeats as written, under the names of `kg.model.Field`.
_FIELDS = ("index_number", "doc_number", "publisher", "addressee", "signature", "status")
_NUMBER = re.compile(r"\d(?:[\d,]*\d)?(?:\.\d+)?")  # over folded text, so that full-width digits count
_SEVERITIES = ("violation", "warning", "info")


def summary(
    extraction: Extraction,
    *,
    version: str,
    rules_digest: str,
    findings: Sequence[Finding] = (),
    checks: Sequence[Check] = (),
) -> dict[str, Any]:
    """Return the summary of one report as plain values (strings, numbers, lists, dictionaries).

    Keys: ``program``, ``report``, ``counts`` (mentions and entities per class, statements per predicate and per
    modality, figures per kind), ``unresolved`` (mentions that may mean several things), ``coverage`` (numbers and
    titles of the text: how many are in the graph, and each one left out with its reason), ``findings`` (of the
    validation, per severity), ``audit`` (`checks` per kind and verdict, and each that disagrees).
    Offsets are code points of the report's text, end exclusive.
    """
    return {
        "program": {"name": "govkg", "version": version, "rules_digest": rules_digest},
        "report": _report(extraction),
        "counts": _counts(extraction),
        "unresolved": [_unresolved(extraction.report, mention) for mention in extraction.unresolved],
        "coverage": _coverage(extraction),
        "findings": {severity: sum(f.severity == severity for f in findings) for severity in _SEVERITIES},
        "audit": _audit(extraction, checks),
    }


def _audit(extraction: Extraction, checks: Sequence[Check]) -> dict[str, Any]:
    from kg.audit_report import counts, findings_of, values

    return {
        "counts": counts(checks),
        "disagrees": values(findings_of([extraction], [check for check in checks if check.verdict == "disagrees"])),
    }


def summary_json(values: Mapping[str, Any]) -> bytes:
    r"""Return a summary as UTF-8 JSON: keys sorted, two spaces of indent, Chinese as written, ``\n`` line ends."""
    return (json.dumps(values, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def _report(extraction: Extraction) -> dict[str, Any]:
    report = extraction.report
    issuer = next((e for e in extraction.entities if e.ref == extraction.issuer), None)
    fields = {name: field.value for name in _FIELDS if (field := report.field(name)) is not None}
    return {
        "file": report.name,
        "sha256": report.sha256,
        "encoding": report.encoding,
        "characters": len(report.text),
        "sentences": len(extraction.sentences),
        "sections": len(extraction.sections),
        "title": report.title,
        "year": report.year,
        "issued": report.issued.isoformat() if report.issued else None,
        "issuer": None if issuer is None else {"name": issuer.name, "adcode": issuer.adcode},
        "fields": fields,
    }


def _counts(extraction: Extraction) -> dict[str, Any]:
    observations, statements = extraction.observations, extraction.statements
    return {
        "mentions": _per_class(mention.kind for mention in extraction.mentions),
        "entities": _per_class(entity.kind for entity in extraction.entities),
        "observations": {
            "total": len(observations),
            "by_measure": _sorted(Counter(o.measure for o in observations)),
            "by_modality": _sorted(Counter(o.modality for o in observations)),
            "with_rank": sum(o.rank is not None for o in observations),
        },
        "recognitions": len(extraction.recognitions),
        "statements": {
            "total": len(statements),
            "by_predicate": _sorted(Counter(s.predicate for s in statements)),
            "by_modality": _sorted(Counter(s.modality for s in statements)),
            "implicit_subject": sum(s.implicit_subject for s in statements),
            "evidence": sum(len(s.evidence) for s in statements),
        },
    }


def _per_class(kinds: Iterable[Kind]) -> dict[str, int]:
    """Count per class; a class that occurs nowhere says 0, so that its absence is no riddle."""
    counts = Counter(kinds)
    return {kind.value: counts[kind] for kind in Kind}


def _sorted(counts: Counter[Any]) -> dict[str, int]:
    return dict(sorted(counts.items()))


def _unresolved(report: Report, mention: Mention) -> dict[str, Any]:
    return {
        "text": report.text[mention.start : mention.end],
        "start": mention.start,
        "end": mention.end,
        "class": mention.kind.value,
        "rule": mention.rule,
        "candidates": list(mention.candidates),
    }


def _coverage(extraction: Extraction) -> dict[str, Any]:
    text = fold(extraction.report.text)
    numbers = [Span(*match.span()) for match in _NUMBER.finditer(text)]
    titles = [bracket.span for bracket in bracketed(text) if bracket.kind == "《" and bracket.depth == 0]
    figures = [o.span for o in extraction.observations]
    figures += [o.rank.span for o in extraction.observations if o.rank is not None]
    names = [mention.span for mention in extraction.mentions]
    return {
        "number": _of_kind(_inside(numbers, figures), [x for x in extraction.left_out if x.what == "number"]),
        "title": _of_kind(_inside(titles, names), [x for x in extraction.left_out if x.what == "title"]),
        "left_out": [_left_out(item) for item in extraction.left_out],
    }


def _inside(spans: Sequence[Span], holders: Sequence[Span]) -> int:
    """Count the spans that lie in one of `holders`."""
    return sum(any(holder.contains(span) for holder in holders) for span in spans)


def _of_kind(in_graph: int, left_out: Sequence[LeftOut]) -> dict[str, Any]:
    reasons = Counter(item.reason for item in left_out)
    return {
        "in_graph": in_graph,
        "left_out": len(left_out),
        "by_reason": {
            reason: {"count": count, "zh": reason_text(reason)[0], "en": reason_text(reason)[1]}
            for reason, count in sorted(reasons.items())
        },
    }


def _left_out(item: LeftOut) -> dict[str, Any]:
    zh, en = reason_text(item.reason)
    return {
        "text": item.text,
        "start": item.span.start,
        "end": item.span.end,
        "what": item.what,
        "reason": item.reason,
        "reason_zh": zh,
        "reason_en": en,
    }


def reason_text(reason: str) -> tuple[str, str]:
    """Return what a reason code says in Chinese and English; the code itself where it has no text."""
    return REASONS.get(reason, (reason, reason))
