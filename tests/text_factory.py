"""Reports of a sentence or two, for the tables: all of the text is body, the issuer signs below it."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from kg.extract import Extractor, extract
from kg.model import Extraction, Field, Kind, Mention, Observation, Report, Span

GOLD = Path(__file__).resolve().parent / "gold"


def table(name: str) -> dict[str, list[dict[str, Any]]]:
    """Read a table: ``rows`` that hold, and ``known_faults`` that are not as they should be (``right`` says how)."""
    content: dict[str, list[dict[str, Any]]] = yaml.safe_load((GOLD / name).read_text(encoding="utf-8"))
    for row in (row for rows in content.values() for row in rows):
        assert row["why"], f"{name}: {row['text']} does not say why it is there"
    assert all("right" in row for row in content.get("known_faults", ()))
    return content


def extraction(text: str, extractor: Extractor, *, issuer: str = "", year: int | None = 2023) -> Extraction:
    """Extract from a report on `year` that says only `text`; `issuer` is the full name of the body it is of."""
    whole = f"{text}\n{issuer}"
    signed = Span(len(text) + 1, len(whole))
    report = Report(
        text=whole,
        sha256=hashlib.sha256(whole.encode()).hexdigest(),
        name="sentence.txt",
        encoding="utf-8",
        title="",
        year=year,
        issued=None,
        fields=(Field("signature", issuer, signed),) if issuer else (),
        chrome=(),
        body=Span(0, len(text)),
    )
    return extract(report, extractor)


def mentions(found: Extraction) -> list[Mention]:
    """The mentions of the text itself, without the signature."""
    return [m for m in found.mentions if m.end <= found.report.body.end]


def surface(found: Extraction, mention: Mention) -> str:
    """What the text writes."""
    return found.report.text[mention.start : mention.end]


def names(found: Extraction) -> dict[str, str]:
    """Every ref with the name to read it by: figures as `120件|name`."""
    figures = {o.ref: f"{''.join(o.quantity.raw.split())}|{o.name}" for o in found.observations}
    return {e.ref: e.name for e in found.entities} | figures


def observation(found: Extraction, mention: Mention) -> Observation:
    """The observation that a figure's mention denotes."""
    assert mention.kind is Kind.INDICATOR
    return next(o for o in found.observations if o.ref == mention.ref)


def plain(value: Decimal) -> str:
    """A value as tables write it: whole, or with at most four places."""
    return str(int(value)) if value == value.to_integral_value() else str(round(value, 4).normalize())
