"""One statement of a graph: its words, rules, triggers and modality, its figure, and how its names were resolved."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kg.explain import rule_of
from kg.facts import Facts, line_and_column, sentence
from kg.vocabulary import MODALITIES, NS

if TYPE_CHECKING:
    from kg.extract import Extractor


def span_of(facts: Facts, span: str) -> tuple[int, int]:
    """Begin and end of a stretch of text, in code points."""
    return int(facts.one(span, "nif:beginIndex") or 0), int(facts.one(span, "nif:endIndex") or 0)


def statement(facts: Facts, iri: str, extractor: Extractor) -> dict[str, Any]:
    """Explain one statement; see `why`."""
    subject, predicate, value = (facts.one(iri, f"rdf:{part}") for part in ("subject", "predicate", "object"))
    clauses = sorted(facts.all(iri, "kg:evidence"), key=lambda clause: span_of(facts, clause))
    return {
        "subject": facts.label(subject),
        "subject_iri": subject,
        "predicate": predicate.removeprefix(NS),
        "object": facts.label(value),
        "object_iri": value,
        "report": facts.label(facts.one(iri, "dct:source")),
        "rules": [_rule(rule, extractor) for rule in facts.all(iri, "kg:rule")],
        "triggers": facts.all(iri, "kg:trigger"),
        "modality": facts.all(iri, "kg:modality"),
        "implicit_subject": facts.one(iri, "kg:implicitSubject") == "true",
        "evidence": [_evidence(facts, iri, clause, extractor) for clause in clauses],
        "named": [m for clause in clauses for m in _named(facts, clause, (subject, value))],
        "figure": _figure(facts, subject, extractor) if "Observation" in _kinds(facts, subject) else None,
    }


def _kinds(facts: Facts, iri: str) -> list[str]:
    return [kind.removeprefix(NS) for kind in facts.all(iri, "rdf:type")]


def _rule(rule: str, extractor: Extractor) -> dict[str, Any]:
    told: dict[str, Any] = dict(rule_of(extractor.rulebook, rule))
    template = next((t for t in extractor.rulebook.templates if t.id == rule), None)
    return {**told, "template": template.template if template else None, "line": _line(told["file"], rule)}


def _line(file: str, rule: str) -> int | None:
    """Return the line of the package's rule file where a rule begins, None where it is code over lists."""
    from importlib import resources

    folder, _, name = file.rpartition("/")
    source = resources.files("kg") / "rules" / name
    if folder != "kg/rules" or not source.is_file():
        return None
    head = re.compile(rf"\bid:\s*[\"']?{re.escape(rule)}[\"']?\s*(?:[,}}#].*)?$")
    lines = source.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if head.search(line)), None)


def _evidence(facts: Facts, iri: str, clause: str, extractor: Extractor) -> dict[str, Any]:
    report = facts.one(clause, "nif:referenceContext")
    text, (start, end) = facts.text(report), span_of(facts, clause)
    begin, stop = sentence(text, start, end)
    line, column = line_and_column(text, start)
    heading = facts.one(facts.one(clause, "kg:inSection"), "kg:heading")
    modality = [m for m in MODALITIES if clause in facts.all(iri, f"kg:evidence{m.capitalize()}")]
    places = {
        "clause": text[start:end],
        "sentence": text[begin:stop],
        "paragraph": text[text.rfind("\n", 0, start) + 1 : end],
        "heading": heading,
    }
    return {
        "start": start,
        "end": end,
        "line": line,
        "column": column,
        "text": text[start:end],
        "before": text[begin:start],
        "after": text[end:stop],
        "section": heading,
        "modality": modality,
        "because": list(_because(facts, clause, modality, places, extractor)),
    }


#: Lists of modality.yaml that decide, and where they look: the clause, its sentence, its paragraph, its heading.
_DECIDING: Mapping[str, Sequence[tuple[str, str]]] = {
    "problem": (("clause_problem", "sentence"), ("heading_problem", "heading")),
    "planned": (
        ("clause_plan", "clause"),
        ("clause_will", "clause"),
        ("heading_plan", "heading"),
        ("paragraph_plan", "paragraph"),
    ),
    "required": (("clause_required", "clause"),),
}


def _because(
    facts: Facts, clause: str, modality: Sequence[str], places: Mapping[str, str], extractor: Extractor
) -> Iterator[dict[str, str]]:
    """Yield the words that made a clause a plan, a demand or a problem, with their list and where they stand.

    Headings further up count as well. A plan without such a word follows from an opening such as 2021年 after the year
    of the report.
    """
    headings, section = [places["heading"]], facts.one(clause, "kg:inSection")
    while section := facts.one(section, "kg:parentSection"):
        headings.append(facts.one(section, "kg:heading"))
    places = {**places, "heading": "\n".join(headings)}
    for one in modality:
        for key, where in _DECIDING.get(one, ()):
            found = re.search(extractor.rulebook.alternation(key), places[where])
            if found:
                yield {"modality": one, "word": found.group(), "list": key, "where": where}
        opening = extractor.rulebook.union("year-opening").match(places["paragraph"].lstrip())
        if one == "planned" and opening:
            yield {"modality": one, "word": opening.group(), "list": "year-opening", "where": "paragraph"}


def _named(facts: Facts, clause: str, ends: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the mentions in a clause that stand for the subject or the object."""
    report, (start, end) = facts.one(clause, "nif:referenceContext"), span_of(facts, clause)
    for entity in dict.fromkeys(ends):
        for mention in facts.into.get((f"{NS}denotes", entity), []):
            begin, stop = span_of(facts, mention)
            if facts.one(mention, "nif:referenceContext") == report and start <= begin and stop <= end:
                yield mention_of(facts, mention)


def mention_of(facts: Facts, mention: str) -> dict[str, Any]:
    """Explain one mention: where it stands, what it names or may name, by which rules."""
    start, end = span_of(facts, mention)
    entity = facts.one(mention, "kg:denotes")
    return {
        "start": start,
        "end": end,
        "text": facts.one(mention, "nif:anchorOf"),
        "rules": facts.all(mention, "kg:rule"),
        "entity": facts.label(entity) if entity else None,
        "key": facts.one(entity, "dct:identifier") if entity else None,
        "candidates": [facts.label(other) for other in facts.all(mention, "kg:candidate")],
    }


def _figure(facts: Facts, iri: str, extractor: Extractor) -> dict[str, Any]:
    fields = {
        "raw": "kg:rawValue",
        "value": "sdmx-measure:obsValue",
        "unit": "kg:unitText",
        "bound": "kg:bound",
        "measure": "kg:measureKind",
        "period": "sdmx-dimension:refPeriod",
        "scope": "kg:scopeText",
    }
    told: dict[str, Any] = {name: facts.one(iri, curie) or None for name, curie in fields.items()}
    told["indicator"] = facts.label(facts.one(iri, "kg:indicator"))
    told["rank"] = [facts.label(claim) for claim in facts.all(iri, "kg:rankClaim")]
    told["rules"] = [_rule(rule, extractor) for rule in facts.all(iri, "kg:rule")]
    return told


def names_in(facts: Facts) -> Iterator[tuple[str, str]]:
    """Yield everything a statement can be about with each of its names; a figure's are its label and its indicator."""
    for _, iri in facts.entities():
        for curie in ("skos:prefLabel", "skos:altLabel", "kg:officialTitle"):
            yield from ((iri, label) for label in facts.all(iri, curie))
    for iri in facts.kinds.get("Observation", []):
        yield iri, facts.label(iri)
        yield iri, facts.label(facts.one(iri, "kg:indicator"))
