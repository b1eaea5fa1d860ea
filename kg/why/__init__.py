"""Why a statement is in a graph, or is not: its words, rule, trigger, modality and how its names were resolved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import GraphError
from kg.explain import predicate_name
from kg.facts import Facts, load, sentence
from kg.vocabulary import EDGES, NS
from kg.why.missing import reasons
from kg.why.statements import mention_of, names_in, span_of, statement
from kg.why.wording import as_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.extract import Extractor

__all__ = ["as_text", "at", "find", "find_predicate", "statement", "why"]


def why(
    target: str | Path | Facts,
    subject: str,
    predicate: str | None = None,
    value: str | None = None,
    *,
    extractor: Extractor | None = None,
) -> dict[str, Any]:
    """Explain the statements of a graph file or report that match.

    `subject` and `value` are IRIs, names, aliases or parts of a name, `predicate` a name of ``EDGES``, curie, IRI or
    Chinese name; what is None matches all. Keys of the result: ``statements``, each with its evidence, rules and names;
    ``missing``, the reasons why there is none. ``GraphError`` for a predicate nobody knows.
    """
    extractor = extractor or _rules()
    facts = target if isinstance(target, Facts) else load(target, extractor)
    wanted = None if predicate is None else find_predicate(predicate)
    subjects = find(facts, subject)
    objects = None if value is None else find(facts, value)
    found = [
        statement(facts, iri, extractor)
        for iri, s, p, o in facts.statements()
        if s in subjects and wanted in (None, p) and (objects is None or o in objects)
    ]
    missing = [] if found else list(reasons(facts, (subject, subjects), wanted, (value, objects), extractor))
    return {"statements": found, "missing": missing}


def at(
    target: str | Path | Facts, start: int, end: int | None = None, *, extractor: Extractor | None = None
) -> dict[str, Any]:
    """Explain what a graph says about a stretch of its report's text: mentions in it, statements that rest on it.

    Offsets are code points, `end` exclusive, one character if None. With several reports all are looked at.
    ``GraphError`` for a stretch outside every text.
    """
    extractor = extractor or _rules()
    facts = target if isinstance(target, Facts) else load(target, extractor)
    end = start + 1 if end is None else end
    reports = [r for r in facts.kinds.get("Report", []) if 0 <= start < end <= len(facts.text(r))]
    if not reports:
        raise GraphError(
            f"不在报告的文字之内 / outside the text of the report: {start}-{end}",
            where="--at",
            hint="从 0 起数的字符位置 (characters, counted from 0)",
        )
    rows = [(s, e) for s in facts.statements() for e in facts.all(s[0], "kg:evidence")]
    inside = sorted({s[0] for s, e in rows if _touches(facts, e, reports, start, end)})
    passages = []
    for report in reports:
        begin, stop = sentence(facts.text(report), start, end)
        text = facts.text(report)[begin:stop]
        passages.append({"report": facts.label(report), "start": begin, "end": stop, "text": text})
    return {
        "passages": passages,
        "mentions": [
            mention_of(facts, m) for m in facts.kinds.get("Mention", []) if _touches(facts, m, reports, start, end)
        ],
        "statements": [statement(facts, iri, extractor) for iri in inside],
    }


def _rules() -> Extractor:
    from kg.extract import Extractor

    return Extractor.load()


def find_predicate(name: str) -> str:
    """Return the edge that a name, curie, IRI or Chinese name means; ``GraphError`` where none does."""
    plain = name.removeprefix(NS).removeprefix("kg:")
    for edge in EDGES:
        if plain.casefold() == edge.casefold() or name == predicate_name(edge):
            return edge
    known = "、".join(f"{edge} {predicate_name(edge)}" for edge in EDGES)
    raise GraphError(f"没有这种关系 / no such relation: {name}", where="kg why", hint=f"可用 / choose: {known}")


def find(facts: Facts, name: str) -> set[str]:
    """Return what a name means: that IRI; else all that are called so; else all whose name has it as a part."""
    if name in facts.out:
        return {name}
    names = list(names_in(facts))
    exact = {iri for iri, label in names if label == name}
    return exact or {iri for iri, label in names if name and name in label}


def _touches(facts: Facts, span: str, reports: Sequence[str], start: int, end: int) -> bool:
    begin, stop = span_of(facts, span)
    return facts.one(span, "nif:referenceContext") in reports and begin < end and start < stop
