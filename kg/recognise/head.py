"""The report's own head and foot: its issuer, title, number, publisher, addressee and signature."""

from __future__ import annotations

from kg.gazetteer import Gazetteer
from kg.model import Kind, Span
from kg.recognise.bodies import Body, BodyRules, Issuer, bodies, official_area, resolve
from kg.recognise.context import Candidate, Context
from kg.recognise.documents import DocumentRules

_BODY_FIELDS = ("publisher", "addressee", "signature", "source")


def find_issuer(context: Context, rules: BodyRules, gazetteer: Gazetteer) -> Issuer | None:
    """Whose report this is: the first body or area with a settled place in title, signature, publisher, opening."""
    report = context.report
    spans: list[Span] = []
    for name in ("title", "signature", "publisher"):
        field = report.field(name)
        if field:
            spans.append(field.span)
    for sentence in context.sentences[:3]:
        spans.append(Span(sentence.start, sentence.end))
    for span in spans:
        for body in bodies(context, rules, span.start, span.end):
            if body.place:
                issuer = _from_body(body, rules, gazetteer, report.year)
                if issuer:
                    return issuer
            elif body.central:
                return Issuer(body.central, f"000000|{body.central}", body.type, "", "000000")
        code = _area_of(context, rules, gazetteer, span)
        if code:
            return _government(code, rules, gazetteer)
    title = report.title
    for start, end, entry in rules.known(title):
        if entry.kind == "place" and len(entry.codes) == 1:
            return _government(entry.codes[0], rules, gazetteer)
        del start, end
    return None


def _from_body(body: Body, rules: BodyRules, gazetteer: Gazetteer, year: int | None) -> Issuer | None:
    candidate = resolve(body, None, gazetteer, rules, year)
    code = candidate.adcode
    if code is None:
        return None
    return Issuer(
        candidate.name, candidate.key or "", candidate.type, official_area(gazetteer, code), code,
        gazetteer.short_name(code), _parents(code, gazetteer),
    )  # fmt: skip


def _area_of(context: Context, rules: BodyRules, gazetteer: Gazetteer, span: Span) -> str | None:
    for start, end, entry in rules.known(context.text[span.start : span.end]):
        if entry.kind == "place":
            name = context.text[span.start + start : span.start + end]
            code = entry.codes[0] if len(entry.codes) == 1 else gazetteer.resolve_place(name, None)
            if code:
                return code
    return None


def _government(code: str, rules: BodyRules, gazetteer: Gazetteer) -> Issuer:
    place = official_area(gazetteer, code)
    row = gazetteer.government_of(code)
    name = row.official.replace("{place}", place).replace("{short}", gazetteer.short_name(code))
    return Issuer(
        name, f"{code}|{row.key}", row.type, place, code, gazetteer.short_name(code), _parents(code, gazetteer)
    )


def _parents(code: str, gazetteer: Gazetteer) -> tuple[tuple[str, str, str], ...]:
    """What 市, 省, 区, 县 mean in a report of the area `code`, the nearest first."""
    found: list[tuple[str, str, str]] = []
    words: set[str] = set()
    for area in (code, *gazetteer.around(code)):
        name = official_area(gazetteer, area)
        for word in gazetteer.level_words(area):
            if word not in words:
                words.add(word)
                found.append((word, name, area))
    return tuple(found)


def head_candidates(
    context: Context, rules: BodyRules, documents: DocumentRules, gazetteer: Gazetteer, issuer: Issuer | None
) -> list[Candidate]:
    """Mentions in the head and foot, which the body's recognisers do not see."""
    found: list[Candidate] = []
    report = context.report
    body_spans = report.body
    for field in report.fields:
        if field.name in _BODY_FIELDS:
            for body in bodies(context, rules, field.span.start, field.span.end):
                found.append(resolve(body, issuer, gazetteer, rules, report.year))
        elif field.name == "title":
            found.append(
                Candidate(field.span.start, field.span.end, Kind.REGULATION, "report-title", report.title, "公文")
            )
        elif field.name == "doc_number" and not body_spans.contains(field.span):
            found.append(
                Candidate(field.span.start, field.span.end, Kind.REGULATION, "document-number", field.value, "公文")
            )
    return found
