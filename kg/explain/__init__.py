"""Why and why not: what the rules see in a sentence, who says so, and what nearly matched. The expert's debugger."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from kg.annotations import records
from kg.errors import KgError, ReadError
from kg.explain.misses import near_misses
from kg.explain.rules import kind_name, modality_name, predicate_name, rule_of, template_of
from kg.explain.wording import as_text
from kg.extract import Extractor, extract
from kg.model import Extraction, Field, Kind, Mention, Report, Span, Statement
from kg.rulebook import Rulebook
from kg.text import cjk_count

__all__ = ["as_text", "explain_text", "kind_name", "modality_name", "predicate_name", "rule_of"]


def explain_text(text: str, extractor: Extractor, *, issuer: str = "") -> dict[str, Any]:
    """Explain a sentence or two as plain values.

    `issuer` is the full name of the body whose report the text is from (`连云港市人民政府`); without it 市政府 has no
    area. Keys: ``text``, ``issuer`` (name, adcode, given), ``mentions``, ``statements``, ``near_misses``; every mention
    and statement bears its rule with the file it is in. Offsets are code points of `text`, end exclusive.

    `ReadError` for a text without Chinese characters, `KgError` for an issuer nobody knows.
    """
    if not cjk_count(text, limit=1):
        raise ReadError(
            "没有汉字 / there is no Chinese text", where="TEXT", hint="给出报告里的一句话 (give a sentence)"
        )
    if issuer and extract(_report(issuer, issuer), extractor).issuer is None:
        raise KgError(
            f"不认识的发文机关 / not a body or place I know: {issuer}",
            where="--issuer",
            hint="写全称,例如 连云港市人民政府 (write its full name)",
        )
    extraction = extract(_report(text, issuer), extractor)
    end = len(text)
    return {
        "text": text,
        "issuer": _issuer(extraction, issuer),
        "mentions": [_mention(extraction, extractor, m) for m in extraction.mentions if m.end <= end],
        "statements": [
            _statement(extraction, extractor.rulebook, s) for s in extraction.statements if s.evidence[0].end <= end
        ],
        "near_misses": list(near_misses(extraction, extractor, end)),
    }


def _report(text: str, issuer: str) -> Report:
    """Return a report of just that text, all of it body; the issuer stands behind it, where a report is signed."""
    signed = Span(len(text) + 1, len(text) + 1 + len(issuer))
    whole = f"{text}\n{issuer}" if issuer else text
    return Report(
        text=whole,
        sha256=hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest(),
        name="TEXT",
        encoding="utf-8",
        title="",
        year=None,
        issued=None,
        fields=(Field("signature", issuer, signed),) if issuer else (),
        chrome=(),
        body=Span(0, len(text)),
    )


def _issuer(extraction: Extraction, given: str) -> dict[str, Any] | None:
    entity = next((e for e in extraction.entities if e.ref == extraction.issuer), None)
    if entity is None or not (given or entity.adcode):
        return None  # 市政府 of a sentence alone: of which city, only --issuer tells
    return {"name": entity.name, "adcode": entity.adcode, "given": bool(given)}


def _mention(extraction: Extraction, extractor: Extractor, mention: Mention) -> dict[str, Any]:
    entity = next((e for e in extraction.entities if e.ref == mention.ref), None)
    told: dict[str, Any] = {
        "start": mention.start,
        "end": mention.end,
        "text": extraction.report.text[mention.start : mention.end],
        "class": mention.kind.value,
        "name": entity.name if entity else None,
        "type": entity.type if entity else None,
        "official": entity.official if entity else None,
        "adcode": entity.adcode if entity else None,
        "candidates": [_candidate(ref, extractor) for ref in mention.candidates],
    }
    if mention.kind is Kind.INDICATOR:
        observation = next(o for o in extraction.observations if o.ref == mention.ref)
        figure = next(
            r for r in records(extraction) if r["kind"] == "mention" and r["type"] == "Indicator" and _at(r, mention)
        )
        told["name"] = observation.name
        told["figure"] = {key: figure[key] for key in ("value", "unit", "bound", "period", "scope", "rank")}
        told["figure"] |= {"measure": observation.measure, "modality": observation.modality}
    return told | rule_of(extractor.rulebook, mention.rule)


def _at(record: Mapping[str, Any], mention: Mention) -> bool:
    return (record["start"], record["end"]) == (mention.start, mention.end)


def _candidate(ref: str, extractor: Extractor) -> str:
    """Return a possible meaning for reading: the area's full name before the rest of the key."""
    _, _, key = ref.partition("|")
    code, _, function = key.partition("|")
    known = extractor.gazetteer.place(code) or extractor.gazetteer.zone(code)
    return f"{extractor.gazetteer.full_name(code)}{function} ({code})" if known else key


def _statement(extraction: Extraction, book: Rulebook, statement: Statement) -> dict[str, Any]:
    names = {entity.ref: entity.name for entity in extraction.entities}
    names |= {o.ref: f"{o.name} {o.quantity.raw}".strip() for o in extraction.observations}
    template = template_of(book, statement.rule)
    return {
        "subject": names[statement.subject],
        "predicate": statement.predicate,
        "object": names[statement.object],
        "modality": statement.modality,
        "trigger": statement.trigger,
        "implicit_subject": statement.implicit_subject,
        "template": template.template if template else None,
        "evidence": [
            {"start": s.start, "end": s.end, "text": extraction.report.text[s.start : s.end]}
            for s in statement.evidence
        ],
    } | rule_of(book, statement.rule)
