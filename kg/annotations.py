"""Annotations of one report as JSON lines, in the form of ANNOTATION.md section 7."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from kg.model import Extraction, Kind, Mention, Observation

#: The guideline has five types; a class of bodies is annotated as a department.
_TYPES = {
    Kind.DEPARTMENT: "Department",
    Kind.BODY_GROUP: "Department",
    Kind.REGULATION: "Regulation",
    Kind.INITIATIVE: "Initiative",
    Kind.PLACE: "Place",
    Kind.INDICATOR: "Indicator",
}


def annotations(extraction: Extraction) -> bytes:
    """One JSON object a line, UTF-8, mentions in text order, then relations in text order."""
    lines = [json.dumps(r, ensure_ascii=False, separators=(", ", ": ")) for r in records(extraction)]
    return ("\n".join(lines) + "\n").encode() if lines else b""


def records(extraction: Extraction) -> Iterator[dict[str, Any]]:
    """The records behind `annotations`."""
    entities = {e.ref: e for e in extraction.entities}
    observations = {o.ref: o for o in extraction.observations}
    text = extraction.report.text
    for mention in extraction.mentions:
        if mention.kind not in _TYPES:
            continue
        record = _mention(text, mention)
        if mention.kind is Kind.INDICATOR:
            record |= _figure(observations[mention.ref or ""])
        elif mention.ref is None:
            record |= {"entity": text[mention.start : mention.end], "candidates": list(mention.candidates)}
        else:
            entity = entities[mention.ref]
            record["entity"] = entity.name
            if mention.kind is Kind.REGULATION:
                record["category"] = entity.type
            if entity.official and entity.official != entity.name:
                record["official"] = entity.official
            if mention.provision is not None:
                record["provision"] = text[mention.provision.start : mention.provision.end]
        record["rule"] = mention.rule
        yield record
    for statement in extraction.statements:
        span = statement.evidence[0]
        yield {
            "kind": "relation",
            "predicate": statement.predicate,
            "subject": _name(statement.subject, entities, observations),
            "object": _name(statement.object, entities, observations),
            "evidence": [span.start, span.end],
            "modality": statement.modality,
            "rule": statement.rule,
        }


def _mention(text: str, mention: Mention) -> dict[str, Any]:
    return {
        "kind": "mention",
        "type": _TYPES[mention.kind],
        "start": mention.start,
        "end": mention.end,
        "text": text[mention.start : mention.end],
    }


def _figure(observation: Observation) -> dict[str, Any]:
    quantity, rank = observation.quantity, observation.rank
    return {
        "name": observation.name,
        "value": _number(quantity.value),
        "unit": quantity.unit,
        "bound": quantity.bound if quantity.value is not None else None,
        "period": observation.period,
        "scope": observation.scope,
        "rank": None if rank is None else {"area": rank.area, "position": rank.position},
    }


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _name(ref: str, entities: dict[str, Any], observations: dict[str, Observation]) -> str:
    if ref in observations:
        observation = observations[ref]
        return f"{''.join(observation.quantity.raw.split())}|{observation.name}"
    return str(entities[ref].name)
