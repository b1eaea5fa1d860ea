"""One extraction → the triples of its report's graph (ONTOLOGY.md sections 1 to 7)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from kg.describe.checks import describe_checks
from kg.describe.concepts import Concepts, fold
from kg.describe.gathered import ReportTriples
from kg.describe.identity import Minter, Referents, observation_key, place_of, referents
from kg.describe.terms import T, Term, boolean, day, decimal, integer, node, plain, year, zh
from kg.errors import GraphError
from kg.model import Check, Entity, Extraction, Kind, Mention, Observation, Section, Span, Statement
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


#: Predicates with the blank behind them, and whole ends of triples, of what a report has by the thousand.
_P: Final[Mapping[str, str]] = MappingProxyType({curie: f"{term} " for curie, term in T.items()})
_A: Final[Mapping[str, str]] = MappingProxyType({curie: f"{T['rdf:type']} {term}" for curie, term in T.items()})
_BEGIN, _END, _ANCHOR, _CONTEXT = (
    _P[f"nif:{name}"] for name in ("beginIndex", "endIndex", "anchorOf", "referenceContext")
)
_INTEGER = integer(0)[2:]  # what follows the digits


@dataclass(slots=True)
class _Graph:
    """The triples of one report while they are gathered."""

    extraction: Extraction
    ids: Referents
    mint: Minter
    concepts: Concepts
    names: Mapping[str, str]
    section_starts: list[int]
    about: ReportTriples = field(default_factory=ReportTriples)
    quoted: set[Term] = field(default_factory=set)  # spans whose section is told

    def add(self, subject: Term, predicate: str, *objects: Term) -> None:
        """One triple per object; `predicate` is a curie of ``vocabulary.TERMS``."""
        head = _P[predicate]
        self.about[subject] += [head + o for o in objects]

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
        known = self.about[iri]
        if known:  # as another kind, or as the same: a clause is evidence of many things
            known.append(_A[kind])
            return iri
        known += (
            _A[kind],
            f'{_BEGIN}"{span.start}{_INTEGER}',
            f'{_END}"{span.end}{_INTEGER}',
            _ANCHOR + zh(self.text(span)),
            _CONTEXT + self.ids.report,
        )
        return iri

    def quotation(self, span: Span, kind: str) -> Term:
        """Return a mention or evidence: a stretch of text and the section it stands in."""
        iri = self.string(span, kind)
        if iri not in self.quoted:
            self.quoted.add(iri)
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
            self.about[subject] += [_P[predicate] + clause for predicate in ("kg:evidence", *predicates)]

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
) -> tuple[Term, ReportTriples]:
    """Return the report's IRI and the triples of its graph.

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
    for subject, predicate, object_ in describe_checks(extraction, checks, minter, ids):
        graph.about[subject].append(f"{predicate} {object_}")
    return ids.report, graph.about


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
    places: dict[str | None, list[Entity]] = {}
    for entity in graph.extraction.entities:
        if entity.kind is Kind.PLACE:
            places.setdefault(entity.adcode, []).append(entity)
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
        place = place_of(entity, places.get(entity.adcode, ()))
        if place is not None:
            graph.add(graph.ids(entity.ref, entity.ref), "kg:jurisdiction", graph.ids(place.ref, entity.ref))
    for inner, outer in graph.extraction.place_within:
        graph.add(graph.ids(inner, "place_within"), "kg:within", graph.ids(outer, "place_within"))


def _entity(graph: _Graph, entity: Entity, surface: set[str]) -> None:
    iri = graph.ids(entity.ref, entity.ref)
    label = graph.names[entity.ref]
    if not label.strip():
        raise GraphError("实体没有名称 / an entity without a name", where=entity.ref, hint="give it a name")
    named = zh(label)
    about = graph.about[iri]
    about += (_A[f"kg:{entity.kind}"], _P["dct:identifier"] + plain(entity.key), _P["skos:prefLabel"] + named)
    forms = {*entity.aliases, *surface, entity.name, entity.official or ""} - {label, ""}
    about += [_P["skos:altLabel"] + zh(form) for form in forms]
    if entity.official:
        about.append(_P["kg:officialTitle"] + zh(entity.official))
    if entity.kind is Kind.REGULATION:
        about.append(_P["dct:title"] + named)
        if entity.status:
            about.append(_P["kg:status"] + graph.concept("status", entity.status))
        if entity.doc_number:
            about.append(_P["kg:docNumber"] + plain(entity.doc_number))
    if entity.type and entity.kind in _TYPE_OF:
        predicate, scheme = _TYPE_OF[entity.kind]
        about.append(_P[predicate] + graph.concept(scheme, entity.type))
    if entity.adcode:
        about.append(_P["kg:adcode" if entity.kind is Kind.PLACE else "kg:areaCode"] + plain(entity.adcode))


def _mentions(graph: _Graph) -> None:
    mentioned = graph.about[graph.ids.report]
    for mention in graph.extraction.mentions:
        iri = graph.quotation(mention.span, "kg:Mention")
        about = graph.about[iri]
        about += (f"{_P['kg:mentionKind']}{T[f'kg:{mention.kind}']}", _P["kg:rule"] + plain(mention.rule))
        if mention.provision is not None:
            about.append(_P["kg:provision"] + zh(graph.text(mention.provision)))
        if mention.ref is not None:
            denoted = graph.ids.by_ref.get(mention.ref) or graph.ids(mention.ref, _place(graph, mention))
            about.append(_P["kg:denotes"] + denoted)
            if mention.kind is not Kind.INDICATOR:
                mentioned.append(_P["kg:mentions"] + denoted)
        else:
            where = _place(graph, mention)
            about += [_P["kg:candidate"] + graph.ids(ref, where) for ref in mention.candidates]


def _place(graph: _Graph, mention: Mention) -> str:
    """Say which mention is at fault."""
    return f"{graph.extraction.report.name} [{mention.start}, {mention.end})"


def _observations(graph: _Graph) -> None:
    report = graph.extraction.report
    area_of = {
        graph.text(mention.span): mention.ref
        for mention in reversed(graph.extraction.mentions)
        if mention.kind is Kind.PLACE and mention.ref is not None
    }
    source = _P["dct:source"] + graph.ids.report
    one = _P["sdmx-attribute:unitMeasure"] + node(f"{VOCAB}unit/one")
    for observation in graph.extraction.observations:
        ref, quantity = observation.ref, observation.quantity
        iri = graph.ids(ref, ref)
        about = graph.about[iri]
        about += (
            _A["kg:Observation"],
            _P["dct:identifier"] + plain(observation_key(graph.extraction, observation)),
            _P["skos:prefLabel"] + zh(f"{observation.name} {quantity.raw}".strip()),
            source,
            _P["kg:indicator"] + _indicator(graph, observation),
            _P["kg:rawValue"] + plain(quantity.raw),
            _P["kg:unitText"] + plain(quantity.unit),
            _P["kg:bound"] + plain(quantity.bound),
            _P["kg:measureKind"] + plain(observation.measure),
            _P["kg:modality"] + plain(observation.modality),
            _P["kg:rule"] + plain(observation.rule),
        )
        if quantity.value is not None:
            about.append(_P["sdmx-measure:obsValue"] + decimal(quantity.value))
            unit = quantity.unit
            about.append(_P["sdmx-attribute:unitMeasure"] + graph.concept("unit", unit) if unit else one)
        period = observation.period or (str(report.year) if report.year is not None else None)
        if period:
            about.append(_P["sdmx-dimension:refPeriod"] + plain(period))
        if observation.scope:
            about.append(_P["kg:scopeText"] + zh(observation.scope))
            if observation.scope in area_of:
                about.append(_P["sdmx-dimension:refArea"] + graph.ids(area_of[observation.scope], ref))
        for predicate, other in (
            ("kg:comparedWith", observation.compared_with),
            ("kg:partOfCount", observation.part_of),
        ):
            if other is not None:
                about.append(_P[predicate] + graph.ids(other, ref))
        graph.evidence(iri, (observation.evidence,))
        _rank(graph, iri, observation)


def _indicator(graph: _Graph, observation: Observation) -> Term:
    quantity = observation.quantity
    kind = "rank" if quantity.value is None else graph.concepts.unit_kind(quantity.unit)
    name = fold(observation.name)
    key = f"{name}|{kind}"
    iri = graph.mint("indicator", key)
    about = graph.about[iri]
    if not about:
        about += (
            _A["kg:Indicator"],
            _P["dct:identifier"] + plain(key),
            _P["skos:prefLabel"] + zh(name),
            f"{_P['skos:inScheme']}{node(f'{VOCAB}indicator')}",
            f"{_P['kg:unitKind']}{node(f'{VOCAB}unitkind/{kind}')}",
        )
    if observation.name != name:
        about.append(_P["skos:altLabel"] + zh(observation.name))
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
    source = _P["dct:source"] + graph.ids.report
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
        about = graph.about[iri]
        about += (
            _A["kg:Statement"],
            _P["dct:identifier"] + plain(key),
            source,
            _P["rdf:subject"] + subject,
            _P["rdf:predicate"] + T[predicate],
            _P["rdf:object"] + object_,
            _P["kg:rule"] + plain(statement.rule),
            _P["kg:modality"] + plain(statement.modality),
        )
        if statement.trigger:
            about.append(_P["kg:trigger"] + zh(statement.trigger))
        if statement.implicit_subject:
            about.append(_P["kg:implicitSubject"] + boolean(True))
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
