"""What a worker does with one report: read, extract, describe, validate, write, keep the result, then tell."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kg.audit import audit
from kg.batch.amend import Amendment
from kg.batch.find import Found
from kg.batch.pack import compress
from kg.batch.quads import report_triples
from kg.batch.records import Head, write_record
from kg.batch.settings import Settings
from kg.build import build, read_report
from kg.describe.concepts import fold
from kg.describe.terms import decimal_text
from kg.errors import KgError, StoreError
from kg.export import write_all_atomically
from kg.extract import Extractor, extract
from kg.memory import give_back
from kg.model import Extraction, Kind
from kg.snapshot import load_extractor
from kg.validate import Finding, validate
from kg.vocabulary import mint

#: Rounds of SHACL: a worker then takes 270 MB for a report of 96 KB where it took 430, and a fifth more time for SHACL.
ROUNDS = 2

#: Heads of records say one of these.
STATUSES = ("ok", "invalid", "failed", "duplicate")


@dataclass(frozen=True, slots=True)
class Task:
    """One report to be built under the key of its result."""

    found: Found
    key: str
    content: str  # SHA-256 of its bytes, from which the key was made
    amendment: Amendment | None = None  # what people decided: files only, its record is there


def work(task: Task, settings: Settings) -> Head:
    """Build one report and keep its record; a report at fault is a record, too. ``StoreError`` where writing fails.

    What is returned says ``kept`` where there is a record: a fault that may pass leaves none, and neither does a report
    amended by decisions, whose record says what it is without them.
    """
    try:
        head, quads = _built(task, settings)
    except StoreError:
        raise
    except KgError as fault:  # without the place: the list of reports does not depend on where they lie
        reason = f"{fault.message} → {fault.hint}".encode("utf-8", "backslashreplace").decode()
        head, quads = {"status": "failed", "reason": reason}, b""
    except Exception as fault:  # one bad report never stops the rest; not kept, the next run tries again
        return {"status": "failed", "reason": f"程序出错 / internal error: {type(fault).__name__}: {fault}"}
    finally:
        if settings.checked:
            give_back()
    try:
        content = content_digest(task.found.path)
    except OSError as fault:
        return {"status": "failed", "reason": f"无法打开 / cannot open: {fault.strerror or fault}"}
    if content != task.content:
        return {"status": "failed", "reason": "构建时文件被改动 / changed while it was read: run again"}
    if task.amendment is not None:
        return head
    write_record(settings.cache, task.key, head, quads)
    return {**head, "kept": True}


def content_digest(path: str) -> str:
    """SHA-256 of a file's bytes; ``OSError`` as `open`."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@cache
def _extractor(rules: tuple[str, ...]) -> Extractor:
    return load_extractor(rules)


def _built(task: Task, settings: Settings) -> tuple[Head, bytes]:
    extractor = _extractor(settings.rules)
    if settings.form == "files":
        return _files(task.found, settings, extractor, task.amendment), b""
    extraction = extract(read_report(task.found.path), extractor)
    graph, triples = report_triples(extraction, settings.base, audit(extraction, extractor.auditing))
    findings = validate(triples.dataset(graph, settings.base), rounds=ROUNDS) if settings.checked else []
    head = _head(extraction, findings, extractor, settings)
    if head["status"] != "ok":
        return head, b""
    number, subjects = triples.size()
    head["quads"] = number
    # What a partition says of the report as it is, so that nothing need be unpacked where nothing is to be changed.
    head["graph"] = [triples.digest(), number, subjects]
    return head, compress(triples.nquads(graph), settings.compression)


def _files(found: Found, settings: Settings, extractor: Extractor, amendment: Amendment | None) -> Head:
    name = found.output.rpartition("/")[2]
    report = read_report(found.path)
    built = build(
        report,
        extractor,
        name=name,
        base_iri=settings.base,
        source_date_epoch=settings.epoch,
        also=settings.also,
        amendment=amendment,
        rounds=ROUNDS,
    )
    head = _head(built.extraction, built.findings, extractor, settings)
    if built.conforms:
        write_all_atomically(Path(settings.output, os.path.dirname(found.output)), built.files)
        head["files"] = {
            file.removeprefix(name): [len(data), hashlib.sha256(data).hexdigest()] for file, data in built.files.items()
        }
    return head


def _head(extraction: Extraction, findings: Sequence[Finding], extractor: Extractor, settings: Settings) -> Head:
    violations = [finding for finding in findings if finding.severity == "violation"]
    issuer = next((entity for entity in extraction.entities if entity.ref == extraction.issuer), None)
    return {
        "status": "invalid" if violations else "ok",
        "reason": f"{violations[0].message} ({violations[0].focus})" if violations else "",
        "sha256": extraction.report.sha256,
        "title": extraction.report.title,
        "issuer": issuer.name if issuer else None,
        "year": extraction.report.year,
        "characters": len(extraction.report.text),
        "mentions": len(extraction.mentions),
        "entities": len(extraction.entities),
        "statements": len(extraction.statements),
        "observations": len(extraction.observations),
        "quads": 0,
        "names": [
            [mint(settings.base, entity.kind.lower(), entity.key), entity.kind.value, entity.key, entity.name]
            for entity in extraction.entities
        ],
        "figures": _figures(extraction, extractor),
    }


def _figures(extraction: Extraction, extractor: Extractor) -> list[list[Any]]:
    """Return the figures as rows of `kg.batch.index.FIGURE`."""
    report = extraction.report
    entities = {entity.ref: entity for entity in extraction.entities}
    issuer = entities.get(extraction.issuer or "")
    own = (issuer.adcode or "", _place_name(issuer.adcode, extractor, report.year)) if issuer else ("", "")
    places = {
        report.text[mention.start : mention.end]: entities[mention.ref]
        for mention in reversed(extraction.mentions)
        if mention.kind is Kind.PLACE and mention.ref in entities
    }
    rows = []
    for figure in extraction.observations:
        place = places.get(figure.scope or "")
        code, area = (place.key, place.name) if place else own
        quantity = figure.quantity
        rows.append(
            [
                fold(figure.name),
                quantity.unit,
                None if quantity.value is None else decimal_text(quantity.value),
                quantity.bound,
                figure.measure,
                figure.modality,
                figure.period or (str(report.year) if report.year else ""),
                "" if place else figure.scope or "",
                code,
                area,
                quantity.raw,
                figure.span.start,
                figure.span.end,
            ]
        )
    return rows


def _place_name(code: str | None, extractor: Extractor, year: int | None) -> str:
    if not code:
        return ""
    try:
        return extractor.gazetteer.full_name(code, year)
    except KeyError:  # a town or zone, named by its report
        return code.rpartition("/")[2]
