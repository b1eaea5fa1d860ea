"""The evidence as W3C Web Annotations (JSON-LD): what a reader of the text can show beside it.

Offsets are Unicode code points of the report's text, end exclusive, which is what the recommendation asks of a
TextPositionSelector; a TextQuoteSelector with what stands before and behind finds the place again in another rendering.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from kg.describe import Dataset
from kg.export.view import Clause, View
from kg.vocabulary import IRI, NS, mint

#: Code points of context before and behind a quotation.
CONTEXT = 32

#: The terms of http://www.w3.org/ns/anno.jsonld that are used here, written out: nothing is fetched.
_CONTEXT: dict[str, object] = {
    "oa": "http://www.w3.org/ns/oa#",
    "as": "http://www.w3.org/ns/activitystreams#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "kg": NS,
    "id": "@id",
    "type": "@type",
    "Annotation": "oa:Annotation",
    "AnnotationPage": "as:OrderedCollectionPage",
    "SpecificResource": "oa:SpecificResource",
    "TextPositionSelector": "oa:TextPositionSelector",
    "TextQuoteSelector": "oa:TextQuoteSelector",
    "Choice": "oa:Choice",
    "identifying": "oa:identifying",
    "linking": "oa:linking",
    "describing": "oa:describing",
    "body": {"@id": "oa:hasBody", "@type": "@id"},
    "target": {"@id": "oa:hasTarget", "@type": "@id"},
    "source": {"@id": "oa:hasSource", "@type": "@id"},
    "selector": {"@id": "oa:hasSelector", "@type": "@id"},
    "motivation": {"@id": "oa:motivatedBy", "@type": "@vocab"},
    "start": {"@id": "oa:start", "@type": "xsd:nonNegativeInteger"},
    "end": {"@id": "oa:end", "@type": "xsd:nonNegativeInteger"},
    "exact": "oa:exact",
    "prefix": "oa:prefix",
    "suffix": "oa:suffix",
    "startIndex": {"@id": "as:startIndex", "@type": "xsd:nonNegativeInteger"},
    "items": {"@id": "as:items", "@type": "@id", "@container": "@list"},
    "label": {"@id": "skos:prefLabel", "@language": "zh"},
}


def web_annotations(dataset: Dataset, view: View) -> bytes:
    """Return an AnnotationPage, a line per annotation: one per mention, one per clause that a relation or figure has.

    The body of a mention is its entity, or a Choice of the candidates where the text does not settle it; the body of
    a clause is the statement or figure that rests on it. Annotation IRIs are minted from target and body.
    """
    texts = {report.iri: report.text for report in view.reports}
    found = _annotations(dataset, view, texts)
    lines = [_text(one) for _, one in sorted(found, key=lambda pair: pair[0])]
    page = mint(dataset.base, "annotationpage", "|".join(sorted(report.sha256 for report in view.reports)))
    items = ",\n".join(lines)
    return (
        f'{{\n"@context": {_text(_CONTEXT)},\n"id": {_text(page)},\n"type": "AnnotationPage",\n"startIndex": 0,\n'
        f'"items": [\n{items}\n]\n}}\n'
    ).encode()


#: Report, start, end, IRI of the annotation; and the annotation.
_Placed = tuple[tuple[IRI, int, int, IRI], dict[str, object]]


def _annotations(dataset: Dataset, view: View, texts: dict[IRI, str]) -> Iterator[_Placed]:
    for mention in view.mentions:
        if mention.entity:
            body: dict[str, object] = {
                "id": mention.entity,
                "type": f"kg:{'Observation' if mention.kind == 'Indicator' else mention.kind}",
                "label": mention.entity_label,
            }
            yield _annotation(dataset, mention.clause, mention.entity, body, "identifying", texts)
        elif mention.candidates:
            key = "|".join(mention.candidates)
            choice = {"id": mint(dataset.base, "choice", key), "type": "Choice", "items": list(mention.candidates)}
            yield _annotation(dataset, mention.clause, key, choice, "identifying", texts)
    for relation in view.relations:
        label = f"{relation.subject_label} {relation.predicate_zh} {relation.object_label}"
        body = {"id": relation.iri, "type": "kg:Statement", "label": label}
        for clause in relation.evidence:
            yield _annotation(dataset, clause, relation.iri, body, "linking", texts)
    for figure in view.figures:
        if figure.evidence is not None:
            body = {"id": figure.iri, "type": "kg:Observation", "label": figure.label}
            yield _annotation(dataset, figure.evidence, figure.iri, body, "describing", texts)


def _annotation(
    dataset: Dataset, clause: Clause, body_key: str, body: object, motivation: str, texts: dict[IRI, str]
) -> _Placed:
    # Selectors have IRIs: several annotations of one clause then say one thing of it, and not one thing each.
    position: dict[str, object] = {
        "id": mint(dataset.base, "selector", f"position|{clause.iri}"),
        "type": "TextPositionSelector",
        "start": clause.start,
        "end": clause.end,
    }
    quote: dict[str, object] = {
        "id": mint(dataset.base, "selector", f"quote|{clause.iri}"),
        "type": "TextQuoteSelector",
        "exact": clause.text,
    }
    text = texts.get(clause.report, "")
    if text[clause.start : clause.end] == clause.text:
        quote["prefix"] = text[max(0, clause.start - CONTEXT) : clause.start]
        quote["suffix"] = text[clause.end : clause.end + CONTEXT]
    iri = mint(dataset.base, "annotation", f"{motivation}|{clause.iri}|{body_key}")
    return (clause.report, clause.start, clause.end, iri), {
        "id": iri,
        "type": "Annotation",
        "motivation": motivation,
        "body": body,
        "target": {
            "id": clause.iri,
            "type": "SpecificResource",
            "source": clause.report,
            "selector": [position, quote],
        },
    }


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
