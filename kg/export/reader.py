"""The quads → the view: read from the graph, never from the text, so that a graph file serves as well as a report.

Everything is sorted, so that equal graphs give equal views.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation

from kg.describe import Dataset, Term, Triple
from kg.describe.concepts import read_turtle
from kg.describe.terms import T, literal, text_of
from kg.errors import GraphError
from kg.export.view import (
    CheckView,
    Clause,
    EntityView,
    FigureView,
    MentionView,
    RelationView,
    ReportView,
    SectionView,
    View,
)
from kg.vocabulary import ENTITY_CLASSES, IRI, MODALITIES, NS


def view(dataset: Dataset) -> View:
    """Read the view from the quads; ``GraphError`` where a number or a date of the graph is none."""
    return _Reader(dataset.triples()).view()


class _Reader:
    """Triples by subject and predicate, and what is asked of them again and again."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.objects: dict[Term, dict[Term, list[Term]]] = {}
        self.instances: dict[Term, list[Term]] = defaultdict(list)
        for s, p, o in triples:
            self.objects.setdefault(s, {}).setdefault(p, []).append(o)
            if p == T["rdf:type"]:
                self.instances[o].append(s)
        self._shipped: Mapping[Term, str] | None = None
        self._clauses: dict[Term, Clause] = {}

    def all(self, subject: Term, curie: str) -> list[Term]:
        """Return the objects of a subject and a predicate, sorted."""
        return self.objects.get(subject, {}).get(T[curie], [])

    def iri(self, subject: Term, curie: str) -> IRI:
        """Return the first IRI among the objects, the empty string where there is none."""
        return next((o[1:-1] for o in self.all(subject, curie) if o.startswith("<")), "")

    def iris(self, subject: Term, curie: str) -> tuple[IRI, ...]:
        return tuple(o[1:-1] for o in self.all(subject, curie) if o.startswith("<"))

    def text(self, subject: Term, curie: str) -> str:
        """Return the first of the objects as text, the empty string where there is none."""
        return next(map(text_of, self.all(subject, curie)), "")

    def texts(self, subject: Term, curie: str) -> tuple[str, ...]:
        return tuple(sorted({text_of(o) for o in self.all(subject, curie)}))

    def integer(self, subject: Term, curie: str) -> int | None:
        text = self.text(subject, curie)
        if not text:
            return None
        try:
            return int(text)
        except ValueError:
            raise _fault(text, subject, curie, "整数 / an integer") from None

    def decimal(self, subject: Term, curie: str) -> Decimal | None:
        text = self.text(subject, curie)
        if not text:
            return None
        try:
            value = Decimal(text)
        except InvalidOperation:
            raise _fault(text, subject, curie, "数 / a number") from None
        if not value.is_finite():
            raise _fault(text, subject, curie, "数 / a number")
        return value

    def day(self, subject: Term, curie: str) -> date | None:
        text = self.text(subject, curie)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise _fault(text, subject, curie, "日期 / a date") from None

    def label(self, iri: IRI) -> str:
        """Return the Chinese label of a thing, from the graph, else from the ontology; else its local name."""
        if not iri:
            return ""
        term = f"<{iri}>"
        labels = [literal(o) for o in self.all(term, "skos:prefLabel") if o.startswith('"')]
        chosen = next((text for text, language, _ in labels if language.startswith("zh")), None)
        if chosen is None:
            chosen = labels[0][0] if labels else self.shipped.get(term)
        return chosen if chosen is not None else _local(iri)

    @property
    def shipped(self) -> Mapping[Term, str]:
        """Labels of the ontology and the vocabularies, for graphs that come without them."""
        if self._shipped is None:
            triples = (*read_turtle("kg.ttl"), *read_turtle("vocabularies.ttl"))
            self._shipped = {s: text_of(o) for s, p, o in triples if p == T["skos:prefLabel"] and o.endswith('"@zh')}
        return self._shipped

    def labels(self, iris: Iterable[IRI]) -> tuple[str, ...]:
        return tuple(self.label(iri) for iri in iris)

    def clause(self, span: Term) -> Clause | None:
        """Return a stretch of text, None where the graph does not say where it stands."""
        known = self._clauses.get(span)
        if known is None:
            start, end = self.integer(span, "nif:beginIndex"), self.integer(span, "nif:endIndex")
            report = self.iri(span, "nif:referenceContext")
            if start is None or end is None or not report:
                return None
            section = self.text(f"<{self.iri(span, 'kg:inSection')}>", "kg:heading")
            known = Clause(span[1:-1], report, start, end, self.text(span, "nif:anchorOf"), section)
            self._clauses[span] = known
        return known

    def clauses(self, subject: Term, curie: str = "kg:evidence") -> tuple[Clause, ...]:
        """Return the clauses a fact rests on, in the order of the text, each with what it says of the fact."""
        modality: dict[Term, list[str]] = defaultdict(list)
        for one in MODALITIES:
            for span in self.all(subject, f"kg:evidence{one.capitalize()}"):
                modality[span].append(one)
        found = ((span, self.clause(span)) for span in self.all(subject, curie))
        result = [_said(clause, modality.get(span, ())) for span, clause in found if clause is not None]
        return tuple(sorted(result, key=_place))

    def instances_of(self, curie: str) -> list[Term]:
        return self.instances.get(T[curie], [])

    def view(self) -> View:
        mentions = tuple(sorted(self._mentions(), key=lambda one: (*_place(one.clause), one.entity)))
        return View(
            tuple(self._report(term) for term in self.instances_of("kg:Report")),
            tuple(sorted(self._entities(mentions), key=_entity_order)),
            tuple(sorted(self._figures(mentions), key=_figure_order)),
            tuple(sorted(map(self._relation, self.instances_of("kg:Statement")), key=_relation_order)),
            mentions,
            tuple(sorted(self._sections(), key=lambda one: _place(one.clause))),
            tuple(map(self._check, self.instances_of("kg:Check"))),
        )

    def _report(self, term: Term) -> ReportView:
        issuer = self.iri(term, "kg:issuer")
        return ReportView(
            iri=term[1:-1],
            title=self.text(term, "dct:title"),
            file_name=self.text(term, "kg:fileName"),
            sha256=self.text(term, "kg:sha256"),
            year=self.integer(term, "kg:year"),
            issued=self.day(term, "dct:issued"),
            issuer=issuer,
            issuer_label=self.label(issuer),
            doc_number=self.text(term, "kg:docNumber"),
            index_number=self.text(term, "kg:indexNumber"),
            publisher=self.text(term, "kg:publisherName"),
            text=self.text(term, "nif:isString"),
        )

    def _mentions(self) -> Iterable[MentionView]:
        for term in self.instances_of("kg:Mention"):
            clause = self.clause(term)
            if clause is None:
                continue
            entity = self.iri(term, "kg:denotes")
            yield MentionView(
                clause=clause,
                kind=_local(self.iri(term, "kg:mentionKind")),
                entity=entity,
                entity_label=self.label(entity),
                candidates=self.iris(term, "kg:candidate"),
                provision=self.text(term, "kg:provision"),
                rule=" | ".join(self.texts(term, "kg:rule")),
            )

    def _entities(self, mentions: tuple[MentionView, ...]) -> Iterable[EntityView]:
        first: dict[IRI, tuple[IRI, int]] = {}
        counts: Counter[IRI] = Counter()
        reports: dict[IRI, set[IRI]] = defaultdict(set)
        for mention in mentions:
            if mention.entity:
                first.setdefault(mention.entity, (mention.clause.report, mention.clause.start))
                counts[mention.entity] += 1
                reports[mention.entity].add(mention.clause.report)
        for kind in ENTITY_CLASSES:
            for term in self.instances_of(f"kg:{kind}"):
                iri = term[1:-1]
                yield EntityView(
                    iri=iri,
                    kind=kind,
                    kind_zh=self.label(NS + kind),
                    label=self.label(iri),
                    type=self._type(term),
                    aliases=self.texts(term, "skos:altLabel"),
                    official=self.text(term, "kg:officialTitle"),
                    status=self.label(self.iri(term, "kg:status")),
                    doc_number=self.text(term, "kg:docNumber"),
                    area_code=self.text(term, "kg:adcode") or self.text(term, "kg:areaCode"),
                    key=self.text(term, "dct:identifier"),
                    mentions=counts[iri],
                    reports=len(reports[iri]),
                    first=first.get(iri),
                )

    def _type(self, term: Term) -> str:
        for curie in ("kg:bodyType", "eli:type_document", "kg:initiativeType", "kg:mediaType"):
            if iri := self.iri(term, curie):
                return self.label(iri)
        return ""

    def _figures(self, mentions: tuple[MentionView, ...]) -> Iterable[FigureView]:
        span_of: dict[IRI, Clause] = {}
        for mention in mentions:
            span_of.setdefault(mention.entity, mention.clause)
        for term in self.instances_of("kg:Observation"):
            indicator, unit = self.iri(term, "kg:indicator"), self.iri(term, "sdmx-attribute:unitMeasure")
            rank, about, evidence = self.all(term, "kg:rankClaim"), self.iris(term, "kg:measures"), self.clauses(term)
            span = span_of.get(term[1:-1])
            yield FigureView(
                iri=term[1:-1],
                kind_zh=self.label(NS + "Indicator"),
                label=self.label(term[1:-1]),
                indicator=self.label(indicator),
                indicator_iri=indicator,
                value=self.decimal(term, "sdmx-measure:obsValue"),
                # "" where the text gives no unit; the concept where a graph of other making keeps no wording
                unit=self.text(term, "kg:unitText") if self.all(term, "kg:unitText") else self.label(unit),
                raw=self.text(term, "kg:rawValue"),
                bound=self.text(term, "kg:bound"),
                measure=self.text(term, "kg:measureKind"),
                modality=self.text(term, "kg:modality"),
                period=self.text(term, "sdmx-dimension:refPeriod"),
                scope=self.text(term, "kg:scopeText"),
                area=self.iri(term, "sdmx-dimension:refArea"),
                rank_area=self.text(rank[0], "kg:rankArea") if rank else "",
                rank=self.integer(rank[0], "kg:rankPosition") if rank else None,
                about=about,
                about_labels=self.labels(about),
                compared_with=self.iri(term, "kg:comparedWith"),
                part_of=self.iri(term, "kg:partOfCount"),
                rule=" | ".join(self.texts(term, "kg:rule")),
                report=self.iri(term, "dct:source"),
                start=None if span is None else span.start,
                end=None if span is None else span.end,
                evidence=evidence[0] if evidence else None,
            )

    def _relation(self, term: Term) -> RelationView:
        subject, object_ = self.iri(term, "rdf:subject"), self.iri(term, "rdf:object")
        predicate = self.iri(term, "rdf:predicate")
        modalities = self.texts(term, "kg:modality")
        return RelationView(
            iri=term[1:-1],
            subject=subject,
            subject_label=self.label(subject),
            predicate=_local(predicate),
            predicate_zh=self.label(predicate),
            object=object_,
            object_label=self.label(object_),
            modalities=tuple(sorted(modalities, key=_modality_order)),
            triggers=self.texts(term, "kg:trigger"),
            rules=self.texts(term, "kg:rule"),
            implicit_subject=self.text(term, "kg:implicitSubject") in ("true", "1"),
            report=self.iri(term, "dct:source"),
            evidence=self.clauses(term),
        )

    def _sections(self) -> Iterable[SectionView]:
        for term in self.instances_of("kg:Section"):
            clause = self.clause(term)
            if clause is not None:
                heading, level = self.text(term, "kg:heading"), self.integer(term, "kg:level")
                yield SectionView(clause, heading, level or 1, self.iri(term, "kg:parentSection"))

    def _check(self, term: Term) -> CheckView:
        checks = self.iris(term, "kg:checks")
        return CheckView(
            iri=term[1:-1],
            label=self.label(term[1:-1]),
            checks=checks,
            checks_labels=self.labels(checks),
            numerator=self.iri(term, "kg:numerator"),
            denominator=self.iri(term, "kg:denominator"),
            expected=self.decimal(term, "kg:expected"),
            difference=self.decimal(term, "kg:difference"),
            tolerance=self.decimal(term, "kg:tolerance"),
            verdict=self.text(term, "kg:verdict"),
            report=self.iri(term, "dct:source"),
            evidence=self.clauses(term),
        )


def _fault(text: str, subject: Term, curie: str, wanted: str) -> GraphError:
    return GraphError(
        f"{curie} 的值不是{wanted}: {text[:40]!r}",
        where=subject[1:-1],
        hint="用 kg validate 检查该图 (validate the graph)",
    )


def _said(clause: Clause, modalities: Iterable[str]) -> Clause:
    modality = " | ".join(modalities)
    if not modality:
        return clause
    return replace(clause, modality=modality)


def _local(iri: IRI) -> str:
    """Return the last part of an IRI: ``issues`` of ``…/ns#issues``."""
    return iri.rstrip("/#").replace("#", "/").rpartition("/")[2]


def _place(clause: Clause) -> tuple[IRI, int, int]:
    return (clause.report, clause.start, clause.end)


def _modality_order(modality: str) -> tuple[int, str]:
    return (MODALITIES.index(modality) if modality in MODALITIES else len(MODALITIES), modality)


def _entity_order(entity: EntityView) -> tuple[int, str, IRI]:
    return (ENTITY_CLASSES.index(entity.kind), entity.label, entity.iri)


def _figure_order(figure: FigureView) -> tuple[IRI, int, IRI]:
    return (figure.report, -1 if figure.start is None else figure.start, figure.iri)


def _relation_order(relation: RelationView) -> tuple[IRI, int, str, str, IRI]:
    start = relation.evidence[0].start if relation.evidence else -1
    return (relation.report, start, relation.predicate, relation.subject_label, relation.iri)
