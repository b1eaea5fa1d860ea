"""One extraction → the triples of its report's graph (ONTOLOGY.md sections 1 to 7)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kg.describe.checks import describe_checks
from kg.describe.concepts import Concepts, fold
from kg.describe.dataset import Triple
from kg.describe.identity import Minter, Referents, observation_key, place_of, referents
from kg.describe.terms import T, Term, boolean, day, decimal, integer, node, plain, year, zh
from kg.errors import GraphError
from kg.model import Check, Entity, Extraction, Kind, Observation, Section, Span, Statement
from kg.vocabulary import EDGES, VOCAB

#: The property that holds an entity's type, and the scheme of its values.
_TYPE_OF: Mapping[Kind, tuple[str, str]] = {
    Kind.DEPARTMENT: ("kg:bodyType", "bodytype"),
    Kind.REGULATION: ("eli:type_document", "instrumenttype"),
    Kind.INITIATIVE: ("kg:initiativeType", "initiativetype"),
    Kind.MEDIA_WORK: ("kg:mediaType", "mediatype"),
}

#: Header fields (``model.Field``) that are kept as written → property, and whether it is Chinese prose.
_FIELD_AS: Mapping[str, tuple[str, bool]] = {
    "index_number": ("kg:indexNumber", False),
    "doc_number": ("kg:docNumber", False),
    "publisher": ("kg:publisherName", True),
    "status": ("kg:statusText", True),
    "subject": ("dct:subject", True),
    "summary": ("dct:abstract", True),
    "source": ("kg:sourceText", True),
    "addressee": ("kg:addressee", True),
    "signature": ("kg:signature", True),
}

_GOVERNMENT = node(f"{VOCAB}bodytype/government")


@dataclass(slots=True)
class _Graph:
    """The triples of one report while they are gathered."""

    extraction: Extraction
    ids: Referents
    mint: Minter
    concepts: Concepts
    names: Mapping[str, str]
    section_starts: list[int]
    triples: list[Triple] = field(default_factory=list)

    def add(self, subject: Term, predicate: str, *objects: Term) -> None:
        """One triple per object; `predicate` is a curie of ``vocabulary.TERMS``."""
        term = T[predicate]
        for o in objects:  # a loop: called a hundred thousand times, mostly for one object
            self.triples.append((subject, term, o))

    def text(self, span: Span) -> str:
        """Return the characters of a span; ``GraphError`` for a span that is empty or outside the text."""
        report = self.extraction.report
        if not 0 <= span.start < span.end <= len(report.text):
            raise GraphError(
                f"字符区间越界或为空 / span empty or outside the text: [{span.start}, {span.end})",
                where=report.name,
                hint=f"the text has {len(report.text)} characters",
            )
        return report.text[span.start : span.end]

    def string(self, span: Span, kind: str) -> Term:
        """Describe a stretch of text as a `kind` (``kg:Mention``, …) and give its IRI."""
        iri = self.ids.span(span)
        self.add(iri, "rdf:type", T[kind])
        self.add(iri, "nif:beginIndex", integer(span.start))
        self.add(iri, "nif:endIndex", integer(span.end))
        self.add(iri, "nif:anchorOf", zh(self.text(span)))
        self.add(iri, "nif:referenceContext", self.ids.report)
        return iri

    def quotation(self, span: Span, kind: str) -> Term:
        """Return a mention or evidence: a stretch of text and the section it stands in."""
        iri = self.string(span, kind)
        section = self.section_at(span.start)
        if section is not None:
            self.add(iri, "kg:inSection", self.ids.span(section.span))
        return iri

    def section_at(self, position: int) -> Section | None:
        """Return the innermost section that governs a character, None before the first heading."""
        sections = self.extraction.sections
        index = bisect_right(self.section_starts, position) - 1
        while index >= 0:
            section = sections[index]
            if position < section.span.end:
                return section
            index = -1 if section.parent is None else section.parent
        return None

    def evidence(self, subject: Term, spans: Iterable[Span], *predicates: str) -> None:
        """Tie `subject` to the clauses it rests on, by ``kg:evidence`` and further `predicates`."""
        for span in spans:
            clause = self.quotation(span, "kg:Evidence")
            for predicate in ("kg:evidence", *predicates):
                self.add(subject, predicate, clause)

    def concept(self, scheme: str, word: str) -> Term:
        """Return the concept a word stands for: of the scheme, or one of this graph where the scheme has none."""
        known = self.concepts.find(scheme, word)
        if known is not None:
            return known
        minted = self.mint(scheme, fold(word))
        self.add(minted, "rdf:type", T["skos:Concept"])
        self.add(minted, "skos:inScheme", node(f"{VOCAB}{scheme}"))
        self.add(minted, "skos:prefLabel", zh(fold(word)))
        self.add(minted, "dct:identifier", plain(fold(word)))
        return minted


def describe_report(
    extraction: Extraction,
    *,
    minter: Minter,
    concepts: Concepts,
    names: Mapping[str, str],
    checks: Sequence[Check] = (),
    quoted: Sequence[Span] = (),
) -> tuple[Term, list[Triple]]:
    """Return the report's IRI and the triples of its graph, in no particular order, some of them repeated.

    `minter` is shared by the reports of a run, `names` maps entity refs to their labels (``preferred_names``),
    `checks` are those of this report's claims, `quoted` what any check quotes of its text.
    ``GraphError`` for refs that lead nowhere, spans outside the text and strings that RDF cannot hold.
    """
    ids = referents(extraction, minter)
    graph = _Graph(extraction, ids, minter, concepts, names, [s.span.start for s in extraction.sections])
    _report(graph)
    _sections(graph)
    _entities(graph)
    _mentions(graph)
    _observations(graph)
    _recognitions(graph)
    _statements(graph)
    for span in quoted:
        graph.quotation(span, "kg:Evidence")
    graph.triples.extend(describe_checks(extraction, checks, minter, ids))
    return ids.report, graph.triples


def _report(graph: _Graph) -> None:
    report, iri = graph.extraction.report, graph.ids.report
    graph.add(iri, "rdf:type", T["kg:Report"], T["nif:Context"])
    graph.add(iri, "dct:identifier", plain(report.sha256))
    graph.add(iri, "kg:sha256", plain(report.sha256))
    graph.add(iri, "kg:fileName", plain(report.name))
    graph.add(iri, "nif:isString", zh(report.text))
    graph.add(iri, "nif:beginIndex", integer(0))
    graph.add(iri, "nif:endIndex", integer(len(report.text)))
    label = report.title or report.name
    graph.add(iri, "dct:title", zh(label))
    graph.add(iri, "skos:prefLabel", zh(label))
    if report.year is not None:
        graph.add(iri, "kg:year", year(report.year))
    if report.issued is not None:
        graph.add(iri, "dct:issued", day(report.issued))
    if graph.extraction.issuer is not None:
        graph.add(iri, "kg:issuer", graph.ids(graph.extraction.issuer, f"{report.name} issuer"))
    for cell in report.fields:
        if cell.name in _FIELD_AS and cell.value:
            predicate, prose = _FIELD_AS[cell.name]
            graph.add(iri, predicate, zh(cell.value) if prose else plain(cell.value))
        if cell.name == "publisher":
            # The publisher's cell is a body's name: the mention in it says which body.
            for mention in graph.extraction.mentions:
                if mention.kind is Kind.DEPARTMENT and mention.ref and mention.span == cell.span:
                    graph.add(iri, "dct:publisher", graph.ids(mention.ref, f"{report.name} publisher"))


def _sections(graph: _Graph) -> None:
    sections = graph.extraction.sections
    for section in sections:
        iri = graph.string(section.span, "kg:Section")
        graph.add(iri, "kg:heading", zh(section.heading))
        graph.add(iri, "skos:prefLabel", zh(section.heading))
        graph.add(iri, "kg:level", integer(section.level))
        if section.parent is not None:
            graph.add(iri, "kg:parentSection", graph.ids.span(sections[section.parent].span))


def _entities(graph: _Graph) -> None:
    places = [entity for entity in graph.extraction.entities if entity.kind is Kind.PLACE]
    surface: dict[str, set[str]] = {}
    for mention in graph.extraction.mentions:
        if mention.ref is not None:
            surface.setdefault(mention.ref, set()).add(graph.text(mention.span))
    for entity in graph.extraction.entities:
        if entity.kind is Kind.INDICATOR:
            raise GraphError(
                f"指标不是实体 / an indicator is no entity: {entity.ref!r}",
                where=graph.extraction.report.name,
                hint="put figures in observations",
            )
        _entity(graph, entity, surface.get(entity.ref, set()))
        place = place_of(entity, places)
        if place is not None:
            graph.add(graph.ids(entity.ref, entity.ref), "kg:jurisdiction", graph.ids(place.ref, entity.ref))
    for inner, outer in graph.extraction.place_within:
        graph.add(graph.ids(inner, "place_within"), "kg:within", graph.ids(outer, "place_within"))


def _entity(graph: _Graph, entity: Entity, surface: set[str]) -> None:
    iri = graph.ids(entity.ref, entity.ref)
    graph.add(iri, "rdf:type", T[f"kg:{entity.kind}"])
    graph.add(iri, "dct:identifier", plain(entity.key))
    label = graph.names[entity.ref]
    if not label.strip():
        raise GraphError("实体没有名称 / an entity without a name", where=entity.ref, hint="give it a name")
    graph.add(iri, "skos:prefLabel", zh(label))
    forms = {*entity.aliases, *surface, entity.name, entity.official or ""} - {label, ""}
    graph.add(iri, "skos:altLabel", *(zh(form) for form in sorted(forms)))
    if entity.official:
        graph.add(iri, "kg:officialTitle", zh(entity.official))
    if entity.kind is Kind.REGULATION:
        graph.add(iri, "dct:title", zh(label))
        if entity.status:
            graph.add(iri, "kg:status", graph.concept("status", entity.status))
        if entity.doc_number:
            graph.add(iri, "kg:docNumber", plain(entity.doc_number))
    if entity.type and entity.kind in _TYPE_OF:
        predicate, scheme = _TYPE_OF[entity.kind]
        graph.add(iri, predicate, graph.concept(scheme, entity.type))
    if entity.adcode:
        graph.add(iri, "kg:adcode" if entity.kind is Kind.PLACE else "kg:areaCode", plain(entity.adcode))


def _mentions(graph: _Graph) -> None:
    for mention in graph.extraction.mentions:
        where = f"{graph.extraction.report.name} [{mention.start}, {mention.end})"
        iri = graph.quotation(mention.span, "kg:Mention")
        graph.add(iri, "kg:mentionKind", T[f"kg:{mention.kind}"])
        graph.add(iri, "kg:rule", plain(mention.rule))
        if mention.provision is not None:
            graph.add(iri, "kg:provision", zh(graph.text(mention.provision)))
        if mention.ref is not None:
            denoted = graph.ids(mention.ref, where)
            graph.add(iri, "kg:denotes", denoted)
            if mention.kind is not Kind.INDICATOR:
                graph.add(graph.ids.report, "kg:mentions", denoted)
        else:
            graph.add(iri, "kg:candidate", *(graph.ids(ref, where) for ref in mention.candidates))


def _observations(graph: _Graph) -> None:
    report = graph.extraction.report
    area_of = {
        graph.text(mention.span): mention.ref
        for mention in reversed(graph.extraction.mentions)
        if mention.kind is Kind.PLACE and mention.ref is not None
    }
    for observation in graph.extraction.observations:
        iri, quantity = graph.ids(observation.ref, observation.ref), observation.quantity
        graph.add(iri, "rdf:type", T["kg:Observation"])
        graph.add(iri, "dct:identifier", plain(observation_key(graph.extraction, observation)))
        graph.add(iri, "skos:prefLabel", zh(f"{observation.name} {quantity.raw}".strip()))
        graph.add(iri, "dct:source", graph.ids.report)
        graph.add(iri, "kg:indicator", _indicator(graph, observation))
        graph.add(iri, "kg:rawValue", plain(quantity.raw))
        graph.add(iri, "kg:unitText", plain(quantity.unit))
        graph.add(iri, "kg:bound", plain(quantity.bound))
        graph.add(iri, "kg:measureKind", plain(observation.measure))
        graph.add(iri, "kg:modality", plain(observation.modality))
        graph.add(iri, "kg:rule", plain(observation.rule))
        if quantity.value is not None:
            graph.add(iri, "sdmx-measure:obsValue", decimal(quantity.value))
            unit = graph.concept("unit", quantity.unit) if quantity.unit else node(f"{VOCAB}unit/one")
            graph.add(iri, "sdmx-attribute:unitMeasure", unit)
        period = observation.period or (str(report.year) if report.year is not None else None)
        if period:
            graph.add(iri, "sdmx-dimension:refPeriod", plain(period))
        if observation.scope:
            graph.add(iri, "kg:scopeText", zh(observation.scope))
            if observation.scope in area_of:
                graph.add(iri, "sdmx-dimension:refArea", graph.ids(area_of[observation.scope], observation.ref))
        for predicate, ref in (("kg:comparedWith", observation.compared_with), ("kg:partOfCount", observation.part_of)):
            if ref is not None:
                graph.add(iri, predicate, graph.ids(ref, observation.ref))
        graph.evidence(iri, (observation.evidence,))
        _rank(graph, iri, observation)


def _indicator(graph: _Graph, observation: Observation) -> Term:
    quantity = observation.quantity
    kind = "rank" if quantity.value is None else graph.concepts.unit_kind(quantity.unit)
    name = fold(observation.name)
    key = f"{name}|{kind}"
    iri = graph.mint("indicator", key)
    graph.add(iri, "rdf:type", T["kg:Indicator"])
    graph.add(iri, "dct:identifier", plain(key))
    graph.add(iri, "skos:prefLabel", zh(name))
    graph.add(iri, "skos:inScheme", node(f"{VOCAB}indicator"))
    graph.add(iri, "kg:unitKind", node(f"{VOCAB}unitkind/{kind}"))
    if observation.name != name:
        graph.add(iri, "skos:altLabel", zh(observation.name))
    return iri


def _rank(graph: _Graph, observation_iri: Term, observation: Observation) -> None:
    rank = observation.rank
    if rank is None:
        return
    key = f"{graph.extraction.report.sha256}|{rank.span.start},{rank.span.end}"
    # One rank expression may rank several figures: each has a claim of its own.
    key = f"{key}|{observation.span.start},{observation.span.end}"
    iri = graph.mint("rankclaim", key)
    graph.add(observation_iri, "kg:rankClaim", iri)
    graph.add(iri, "rdf:type", T["kg:RankClaim"])
    graph.add(iri, "dct:identifier", plain(key))
    graph.add(iri, "skos:prefLabel", zh(graph.text(rank.span)))
    if rank.area.strip():
        graph.add(iri, "kg:rankArea", zh(rank.area))
    if rank.position is not None:
        graph.add(iri, "kg:rankPosition", integer(rank.position))
    graph.evidence(iri, (rank.span,))


def _recognitions(graph: _Graph) -> None:
    report = graph.extraction.report
    for recognition in graph.extraction.recognitions:
        span, where = recognition.span, f"recognition [{recognition.span.start}, {recognition.span.end})"
        parts = (
            report.sha256,
            f"{span.start},{span.end}",
            recognition.how,
            recognition.thing or "",
            recognition.recogniser or "",
            recognition.title or "",
        )
        key = "|".join(parts)
        iri = graph.mint("recognition", key)
        graph.add(iri, "rdf:type", T["kg:Recognition"])
        graph.add(iri, "dct:identifier", plain(key))
        graph.add(iri, "dct:source", graph.ids.report)
        graph.add(iri, "skos:prefLabel", zh(recognition.title or graph.text(span)))
        graph.add(iri, "kg:recognitionKind", zh(recognition.how))
        if recognition.title:
            graph.add(iri, "dct:title", zh(recognition.title))
        if recognition.thing is not None:
            graph.add(iri, "kg:thing", graph.ids(recognition.thing, where))
        if recognition.recogniser is not None:
            graph.add(iri, "kg:recogniser", graph.ids(recognition.recogniser, where))
        graph.evidence(iri, (recognition.evidence,))


def _statements(graph: _Graph) -> None:
    body_types = _body_types(graph)
    for statement in graph.extraction.statements:
        where = f"{statement.subject} {statement.predicate} {statement.object}"
        _check_statement(statement, where)
        subject, object_ = graph.ids(statement.subject, where), graph.ids(statement.object, where)
        predicate = f"kg:{statement.predicate}"
        graph.add(subject, predicate, object_)
        if statement.predicate == "partOf" and body_types.get(statement.object) == _GOVERNMENT:
            graph.add(subject, "org:unitOf", object_)
        # Statements of one report with the same ends are one: their evidence, triggers and modalities add up,
        # and which clause says “done” and which “planned” is told by the property that leads to it.
        key = "|".join((graph.extraction.report.sha256, statement.subject, statement.predicate, statement.object))
        iri = graph.mint("statement", key)
        graph.add(iri, "rdf:type", T["kg:Statement"])
        graph.add(iri, "dct:identifier", plain(key))
        graph.add(iri, "dct:source", graph.ids.report)
        graph.add(iri, "rdf:subject", subject)
        graph.add(iri, "rdf:predicate", T[predicate])
        graph.add(iri, "rdf:object", object_)
        graph.add(iri, "kg:rule", plain(statement.rule))
        graph.add(iri, "kg:modality", plain(statement.modality))
        if statement.trigger:
            graph.add(iri, "kg:trigger", zh(statement.trigger))
        if statement.implicit_subject:
            graph.add(iri, "kg:implicitSubject", boolean(True))
        graph.evidence(iri, statement.evidence, f"kg:evidence{statement.modality.capitalize()}")


def _check_statement(statement: Statement, where: str) -> None:
    if statement.predicate not in EDGES:
        raise GraphError(
            f"未知谓词 / no such predicate: {statement.predicate!r}", where=where, hint=f"one of {', '.join(EDGES)}"
        )
    if not statement.evidence:
        raise GraphError("陈述没有证据 / a statement without evidence", where=where, hint="give at least one clause")


def _body_types(graph: _Graph) -> dict[str, Term | None]:
    bodies: Sequence[Entity] = [e for e in graph.extraction.entities if e.kind is Kind.DEPARTMENT and e.type]
    return {entity.ref: graph.concepts.find("bodytype", entity.type or "") for entity in bodies}
