"""Why and why not: what the rules see in a sentence, who says so, and what nearly matched. The expert's debugger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from kg.annotations import records
from kg.coverage import REASONS
from kg.extract import Extractor, extract
from kg.model import Extraction, Field, Kind, Mention, Report, Span
from kg.read import read_text
from kg.relate.templates import CompiledTemplate, mask, matches
from kg.rulebook import Rulebook

_KINDS = {
    Kind.DEPARTMENT: "部门机构", Kind.BODY_GROUP: "机构泛称", Kind.REGULATION: "法规文件", Kind.INITIATIVE: "举措",
    Kind.MEDIA_WORK: "节目作品", Kind.PLACE: "行政区划", Kind.INDICATOR: "指标",
}  # fmt: skip
_NAME = "explain"


def explain_text(text: str, extractor: Extractor, *, issuer: str = "") -> dict[str, Any]:
    """Explain a sentence or two as plain values.

    `issuer` is the full name of the body whose report the text is from (`连云港市人民政府`); without it 市政府 has no
    area. Keys: text, mentions (start, end, text, kind, entity, rule, file, figure), relations (subject, predicate,
    object, trigger, rule, file, modality, evidence), near_misses (what, text, why). Raises `ReadError` for a text without
    Chinese characters.
    """
    report, offset = _report(text, issuer)
    extraction = extract(report, extractor)
    book = extractor.rulebook
    listed = list(records(extraction))
    figures = {(r["start"], r["end"]): r for r in listed if r.get("type") == "Indicator"}
    entities = {e.ref: e for e in extraction.entities}
    mentions = []
    for mention in extraction.mentions:
        if mention.start < offset:
            continue
        entity = entities.get(mention.ref or "")
        record = {
            "start": mention.start - offset,
            "end": mention.end - offset,
            "text": report.text[mention.start : mention.end],
            "kind": mention.kind.value,
            "entity": entity.name if entity else None,
            "candidates": [entities[c].name for c in mention.candidates if c in entities],
            "rule": mention.rule,
            "file": _file(book, mention.rule),
        }
        if mention.kind is Kind.INDICATOR:
            figure = figures[mention.start, mention.end]
            record["figure"] = {k: figure[k] for k in ("name", "value", "unit", "bound", "rank")}
        mentions.append(record)
    relations = [
        {
            "subject": record["subject"],
            "predicate": record["predicate"],
            "object": record["object"],
            "trigger": statement.trigger,
            "rule": statement.rule,
            "file": _file(book, statement.rule),
            "modality": statement.modality,
            "evidence": report.text[statement.evidence[0].start : statement.evidence[0].end],
        }
        for statement, record in zip(extraction.statements, (r for r in listed if r["kind"] == "relation"), strict=True)
        if statement.evidence[0].start >= offset
    ]
    misses = list(_near_misses(extraction, extractor, offset))
    return {"text": text, "issuer": issuer or None, "mentions": mentions, "relations": relations, "near_misses": misses}


def as_text(told: dict[str, Any]) -> str:
    """The explanation for reading, in Chinese."""
    lines = ["提及:"]
    for m in told["mentions"]:
        name = m["entity"] or ("/".join(m["candidates"]) + " (多个可能,未定)" if m["candidates"] else "")
        detail = f" → {name}" if name else ""
        if "figure" in m:
            f = m["figure"]
            rank = f" 位次:{f['rank']['area']}{f['rank']['position'] or ''}" if f["rank"] else ""
            value = "" if f["value"] is None else f" = {f['value']} {f['unit']} ({f['bound']})"
            detail = f" → {f['name']}{value}{rank}"
        lines.append(f"  [{m['start']},{m['end']}) {m['text']} 〔{_KINDS[Kind(m['kind'])]}〕{detail}")
        lines.append(f"      规则 {m['rule']}{_in(m['file'])}")
    lines.append("关系:")
    for r in told["relations"]:
        lines.append(f"  {r['subject']} —{r['predicate']}→ {r['object']}  (触发词:{r['trigger'] or '无'};情态:{r['modality']})")
        lines.append(f"      规则 {r['rule']}{_in(r['file'])};依据:{r['evidence']}")
    lines.append("差一点成立:")
    lines += [f"  {m['text']}  {m['why']}" for m in told["near_misses"]]
    for part in ("提及:", "关系:", "差一点成立:"):
        at = lines.index(part)
        if at + 1 == len(lines) or not lines[at + 1].startswith(" "):
            lines.insert(at + 1, "  无")
    return "\n".join(lines) + "\n"


def _in(file: str | None) -> str:
    return f" ({file})" if file else ""


def _report(text: str, issuer: str) -> tuple[Report, int]:
    """A report that holds the text, and where the text begins: the issuer stands before it as a title would."""
    if not issuer:
        report = read_text(text, _NAME)
        return replace(report, body=Span(0, len(text)), chrome=()), 0
    head = issuer + "\n"
    report = read_text(head + text, _NAME)
    title = Span(0, len(issuer))
    fields = (Field("title", issuer, title),)
    return replace(report, fields=fields, title="", chrome=(title,), body=Span(len(head), len(head) + len(text))), len(head)


def _file(book: Rulebook, rule: str) -> str | None:
    if rule in book.patterns:
        return book.patterns[rule].file
    return next((t.file for t in book.templates if t.id == rule), None)


def _near_misses(extraction: Extraction, extractor: Extractor, offset: int) -> Iterator[dict[str, str]]:
    yield from _vetoed_templates(extraction, extractor, offset)
    yield from _bare_heads(extraction, extractor.rulebook, offset)
    for left in extraction.left_out:
        if left.span.start >= offset:
            zh, _ = REASONS[left.reason]
            what = "数字" if left.what == "number" else "书名号"
            yield {"what": left.what, "text": left.text, "why": f"{what}未进入图谱:{zh}"}


def _vetoed_templates(extraction: Extraction, extractor: Extractor, offset: int) -> Iterator[dict[str, str]]:
    """Templates that match but for a word of `unless`."""
    text = extraction.report.text
    mentions = _outermost([m for m in extraction.mentions if m.kind is not Kind.INDICATOR and m.start >= offset])
    for sentence in extraction.sentences:
        inside = [m for m in mentions if sentence.start <= m.start and m.end <= sentence.end]
        if not inside:
            continue
        masked = mask(text, sentence.start, sentence.end, inside)
        for compiled in extractor.relations.templates:
            if not compiled.template.unless:
                continue
            free = CompiledTemplate(replace(compiled.template, unless=()), compiled.regex, compiled.needs)
            kept = {m.start for m in matches(compiled, masked)}
            for match in matches(free, masked):
                if match.start not in kept:
                    words = [w for w in compiled.template.unless if w in masked.text]
                    yield {
                        "what": "template",
                        "text": text[match.trigger_start : masked.offsets[match.end]],
                        "why": f"句式 {compiled.template.id} 因“{'、'.join(words)}”不成立",
                    }


def _bare_heads(extraction: Extraction, book: Rulebook, offset: int) -> Iterator[dict[str, str]]:
    """Head nouns of initiatives that named nothing: no modifier of their own, or no verb that runs them."""
    words = sorted({w for key, found in book.lists.items() if key.startswith("head_") for w in found if len(w) >= 2})
    taken = [m.span for m in extraction.mentions]
    heads = re.compile("|".join(re.escape(w) for w in sorted(words, key=len, reverse=True)))
    for match in heads.finditer(extraction.report.text, offset):
        span = Span(match.start(), match.end())
        if not any(t.overlaps(span) for t in taken):
            yield {"what": "head", "text": match.group(), "why": "中心词没有足够具体的修饰语,或没有起动词,不成名称"}


def _outermost(mentions: list[Mention]) -> list[Mention]:
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end)):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept
