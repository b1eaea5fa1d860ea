"""Each shape catches the mistake it is there for, and the fast engine agrees with pySHACL."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import graph_factory as factory
import pyshacl
import pytest
import rdflib

from kg.describe import Dataset, Quad, RunInfo, describe, report_graph
from kg.describe.identity import observation_key
from kg.describe.terms import zh
from kg.errors import GraphError
from kg.export import nquads, trig, turtle
from kg.model import Entity, Observation, Span
from kg.validate import Finding, _parted, _shapes, validate
from kg.vocabulary import BASE, PREFIXES, SHAPES, expand, mint, ontology_file

FIRST, SECOND = factory.extraction(), factory.second_extraction()
DATASET = describe([FIRST, SECOND])
REPORT = f"<{mint(BASE, 'report', FIRST.report.sha256)}>"
OTHER_REPORT = f"<{mint(BASE, 'report', SECOND.report.sha256)}>"
GRAPH = report_graph(BASE, REPORT)


def t(curie: str) -> str:
    return f"<{expand(curie)}>"


def of(entity: Entity) -> str:
    return f"<{mint(BASE, entity.kind.lower(), entity.key)}>"


def figure(observation: Observation) -> str:
    key = f"{FIRST.report.sha256}|{observation.span.start},{observation.span.end}"
    return f"<{mint(BASE, 'observation', key)}>"


def span_node(span: Span) -> str:
    return f"{REPORT[:-1]}#char={span.start},{span.end}>"


def first(curie: str) -> str:
    """The first node of a class in the first report's graph."""
    return next(s for s, p, o in DATASET.graph(GRAPH) if p == t("rdf:type") and o == t(curie))


def having(curie: str, value: str) -> str:
    return next(s for s, p, o in DATASET.graph(GRAPH) if p == t(curie) and o == value)


CITY, POLICE, CONFIRM, LIFTS = (of(e) for e in (factory.CITY, factory.POLICE, factory.CONFIRM, factory.LIFTS))
YANCHENG, TINGHU, RADIO = of(factory.YANCHENG), of(factory.TINGHU), of(factory.RADIO)
GROUP = of(factory.REVIEWERS)
STATEMENT = having("rdf:object", LIFTS)
MENTION = span_node(next(m.span for m in FIRST.mentions if m.ref == factory.TINGHU.ref))
SECTION = span_node(FIRST.sections[1].span)
EVIDENCE = span_node(factory.STATEMENTS[0].evidence[0])
FIGURE, RANKED, ONLY_RANK = figure(factory.ACCEPTED), figure(factory.SHARING), figure(factory.CONTENT)
INDICATOR = f"<{mint(BASE, 'indicator', '行政复议案件受理|count')}>"
RANK, RECOGNITION, CONCEPT = first("kg:RankClaim"), first("kg:Recognition"), first("skos:Concept")
TWIN = f"<{mint(BASE, 'statement', 'twin')}>"
ISSUING = span_node(next(s.evidence[0] for s in FIRST.statements if s.object == factory.LIFTS.ref))
OTHER_EVIDENCE = (
    f"{OTHER_REPORT[:-1]}#char={SECOND.statements[0].evidence[0].start},{SECOND.statements[0].evidence[0].end}>"
)
OTHER_FIGURE = f"<{mint(BASE, 'observation', observation_key(SECOND, SECOND.observations[0]))}>"
OTHER_SECTION = f"{OTHER_REPORT[:-1]}#char={SECOND.sections[0].span.start},{SECOND.sections[0].span.end}>"
FIGURE_MENTION = span_node(factory.ACCEPTED.span)
PRAISE, HONOUR = having("kg:thing", CONFIRM), having("kg:thing", TINGHU)
PART, TOTAL = figure(factory.OF_BUSINESS), figure(factory.REPEALED)
CHECK = f"<{BASE}check/00000000000000aa>"
SOUND_CHECK = (
    (CHECK, t("rdf:type"), t("kg:Check")),
    (CHECK, t("kg:checks"), FIGURE),
    (CHECK, t("kg:verdict"), '"disagrees"'),
    (CHECK, t("kg:checkKind"), '"ratio"'),
    (CHECK, t("kg:evidence"), EVIDENCE),
    (CHECK, t("kg:numerator"), FIGURE),
    (CHECK, t("kg:expected"), f'"87.26"^^{t("xsd:decimal")}'),
    (CHECK, t("kg:difference"), f'"1.14"^^{t("xsd:decimal")}'),
    (CHECK, t("kg:tolerance"), f'"0.05"^^{t("xsd:decimal")}'),
)

Edit = Callable[[set[Quad]], None]


def drop(subject: str, curie: str, quads: set[Quad]) -> None:
    gone = {quad for quad in quads if quad[0] == subject and quad[1] == t(curie)}
    assert gone, f"nothing to drop: {subject} {curie}"
    quads -= gone


def add(subject: str, curie: str, object_: str, quads: set[Quad]) -> None:
    quads.add((subject, t(curie), object_, GRAPH))


def swap(subject: str, curie: str, object_: str, quads: set[Quad]) -> None:
    drop(subject, curie, quads)
    add(subject, curie, object_, quads)


def drop_one(subject: str, curie: str, object_: str, quads: set[Quad]) -> None:
    assert (subject, t(curie), object_, GRAPH) in quads, f"nothing to drop: {subject} {curie}"
    quads.remove((subject, t(curie), object_, GRAPH))


def drop_node(subject: str, quads: set[Quad]) -> None:
    gone = {quad for quad in quads if subject in (quad[0], quad[2])}
    assert gone, f"nothing to drop: {subject}"
    quads -= gone


def rename(old: str, new: str, quads: set[Quad]) -> None:
    found = {quad for quad in quads if old in (quad[0], quad[2])}
    assert found, f"nothing to rename: {old}"
    quads -= found
    quads.update((new if s == old else s, p, new if o == old else o, g) for s, p, o, g in found)


def copy(old: str, new: str, quads: set[Quad]) -> None:
    found = {(new, p, o, g) for s, p, o, g in quads if s == old}
    assert found, f"nothing to copy: {old}"
    quads |= found


def both(*edits: Edit, quads: set[Quad]) -> None:
    for edit in edits:
        edit(quads)


def check_with(curie: str, object_: str | None, quads: set[Quad]) -> None:
    """A sound check, but for one property."""
    quads.update((s, p, o, GRAPH) for s, p, o in SOUND_CHECK if p != t(curie))
    if object_ is not None:
        add(CHECK, curie, object_, quads)


def number(text: str, kind: str = "decimal") -> str:
    return f'"{text}"^^{t(f"xsd:{kind}")}'


WIDE = span_node(Span(FIRST.sections[0].span.start, FIRST.sections[3].span.end))


def add_wide_section(quads: set[Quad]) -> None:
    """A section of the first level from the first to the second chapter: a second one over what the first holds."""
    above = span_node(FIRST.sections[0].span)
    copy(above, WIDE, quads)
    start, end = FIRST.sections[0].span.start, FIRST.sections[3].span.end
    swap(WIDE, "nif:endIndex", number(str(end), "integer"), quads)
    swap(WIDE, "nif:anchorOf", zh(FIRST.report.text[start:end]), quads)


# Shape → what breaks it. The comment over a shape in shapes.ttl says why each is a mistake.
CASES: list[tuple[str, Edit]] = [
    ("StatementEvidence", partial(drop, STATEMENT, "kg:evidence")),
    ("StatementEvidence", partial(add, STATEMENT, "kg:evidence", CITY)),
    ("StatementSubject", partial(drop, STATEMENT, "rdf:subject")),
    ("StatementSubject", partial(add, STATEMENT, "rdf:subject", POLICE)),
    ("StatementPredicate", partial(swap, STATEMENT, "rdf:predicate", t("kg:mentions"))),
    ("StatementObject", partial(drop, STATEMENT, "rdf:object")),
    ("StatementModality", partial(swap, STATEMENT, "kg:modality", '"done"')),
    ("StatementModality", partial(drop, STATEMENT, "kg:modality")),
    ("StatementRule", partial(drop, STATEMENT, "kg:rule")),
    ("StatementSource", partial(add, STATEMENT, "dct:source", OTHER_REPORT)),
    ("StatementTrigger", partial(add, STATEMENT, "kg:trigger", '"issued"@en')),
    ("StatementHasEdge", partial(drop, CITY, "kg:issues")),
    ("EdgeHasStatement", partial(add, CITY, "kg:issues", of(factory.GUIDE))),
    ("EdgeHasStatement", partial(add, FIGURE, "kg:measures", CITY)),
    ("StatementEvidenceByModality", partial(add, STATEMENT, "kg:modality", '"planned"')),
    ("StatementEvidenceReport", partial(swap, EVIDENCE, "nif:referenceContext", OTHER_REPORT)),
    ("ActSubjectShape", partial(add, YANCHENG, "kg:issues", LIFTS)),
    ("ActObjectShape", partial(add, CITY, "kg:repeals", CONFIRM)),
    ("CarriesOutSubjectShape", partial(add, YANCHENG, "kg:carriesOut", CONFIRM)),
    ("CarriesOutObjectShape", partial(add, CITY, "kg:carriesOut", LIFTS)),
    ("BasedOnSubjectShape", partial(add, CITY, "kg:basedOn", LIFTS)),
    ("BasedOnObjectShape", partial(add, CONFIRM, "kg:basedOn", CITY)),
    ("RecognisedBySubjectShape", partial(add, FIGURE, "kg:recognisedBy", CITY)),
    ("RecognisedByObjectShape", partial(add, CONFIRM, "kg:recognisedBy", YANCHENG)),
    ("BodiesSubjectShape", partial(add, YANCHENG, "kg:reportsTo", CITY)),
    ("PartOfSubjectShape", partial(add, GROUP, "kg:partOf", CITY)),
    ("PartOfObjectShape", partial(add, POLICE, "kg:partOf", GROUP)),
    ("BodiesObjectShape", partial(add, CITY, "kg:establishes", LIFTS)),
    ("MeasuresSubjectShape", partial(add, INDICATOR, "kg:measures", CITY)),
    ("MeasuresObjectShape", partial(add, FIGURE, "kg:measures", INDICATOR)),
    ("NoSelfEdge", partial(add, CITY, "kg:partOf", CITY)),
    ("NoSelfEdge", partial(add, FIGURE, "kg:comparedWith", FIGURE)),
    ("NoCircle", partial(add, YANCHENG, "kg:within", TINGHU)),
    ("NoCircle", partial(add, CITY, "kg:partOf", of(factory.JUSTICE))),
    ("SpanShape", partial(add, f"<{BASE}evidence/1>", "rdf:type", t("kg:Evidence"))),
    ("SpanBegin", partial(swap, EVIDENCE, "nif:beginIndex", number("9999", "integer"))),
    ("SpanBegin", partial(swap, EVIDENCE, "nif:beginIndex", number("1.5"))),
    ("SpanEnd", partial(drop, EVIDENCE, "nif:endIndex")),
    ("SpanText", partial(drop, EVIDENCE, "nif:anchorOf")),
    ("SpanReport", partial(drop, EVIDENCE, "nif:referenceContext")),
    ("SpanMatchesText", partial(swap, EVIDENCE, "nif:anchorOf", '"短"@zh')),  # another length
    ("SpanMatchesText", partial(swap, MENTION, "nif:anchorOf", '"亭湖县"@zh')),  # other words
    ("MentionShape", partial(drop, MENTION, "kg:denotes")),
    ("MentionShape", partial(add, MENTION, "kg:denotes", YANCHENG)),
    ("MentionShape", partial(add, MENTION, "kg:candidate", YANCHENG)),
    ("MentionKind", partial(drop, MENTION, "kg:mentionKind")),
    ("MentionKind", partial(add, MENTION, "kg:mentionKind", t("kg:Department"))),
    ("MentionRule", partial(drop, MENTION, "kg:rule")),
    ("MentionSection", partial(add, MENTION, "kg:inSection", span_node(FIRST.sections[0].span))),
    ("MentionKindMatches", partial(swap, MENTION, "kg:denotes", CITY)),
    ("SectionHeading", partial(drop, SECTION, "kg:heading")),
    ("SectionLevel", partial(swap, SECTION, "kg:level", number("0", "integer"))),
    ("SectionParent", partial(add, SECTION, "kg:parentSection", span_node(FIRST.sections[3].span))),
    ("ReportTitle", partial(drop, REPORT, "dct:title")),
    ("ReportText", partial(drop, REPORT, "nif:isString")),
    ("ReportHash", partial(swap, REPORT, "kg:sha256", '"abc"')),
    ("ReportYear", partial(add, REPORT, "kg:year", number("2020", "integer"))),
    ("ReportIssued", partial(swap, REPORT, "dct:issued", '"2021-03-01"')),
    ("ReportIssuer", partial(swap, REPORT, "kg:issuer", YANCHENG)),
    ("ReportPublisher", partial(add, REPORT, "dct:publisher", '"市政府办"@zh')),
    ("ReportMentions", partial(add, REPORT, "kg:mentions", FIGURE)),
    ("EntityShape", partial(add, f"<{BASE}initiative/改革>", "rdf:type", t("kg:Initiative"))),
    ("EntityLabel", partial(drop, CITY, "skos:prefLabel")),
    ("EntityLabel", partial(add, CITY, "skos:prefLabel", '"又名"@zh')),
    ("EntityLabel", partial(swap, CITY, "skos:prefLabel", '"无语言"')),
    ("EntityAltLabel", partial(add, CITY, "skos:altLabel", '"盐城市人民政府"@zh')),
    ("EntityAltLabel", partial(add, CITY, "skos:altLabel", '"无语言"')),
    ("EntityIdentifier", partial(add, CITY, "dct:identifier", '"另一个键"')),
    ("EntityOneClass", partial(add, GROUP, "rdf:type", t("kg:Department"))),
    ("DepartmentType", partial(add, CITY, "kg:bodyType", t("kg-bodytype:court"))),
    ("AreaCode", partial(swap, CITY, "kg:areaCode", '"3209"')),
    ("DepartmentJurisdiction", partial(add, CITY, "kg:jurisdiction", TINGHU)),
    ("PlaceCode", partial(swap, YANCHENG, "kg:adcode", '"920900"')),
    ("PlaceCode", partial(swap, YANCHENG, "kg:adcode", '"32090"')),
    ("PlaceWithin", partial(add, YANCHENG, "kg:within", CITY)),
    ("RegulationType", partial(add, LIFTS, "eli:type_document", t("kg-instrumenttype:law"))),
    ("RegulationStatus", partial(add, LIFTS, "kg:status", t("kg-status:repealed"))),
    ("RegulationTitle", partial(drop, LIFTS, "dct:title")),
    ("InitiativeType", partial(add, CONFIRM, "kg:initiativeType", t("kg-initiativetype:pilot"))),
    ("ConceptLabel", partial(drop, CONCEPT, "skos:prefLabel")),
    ("ConceptScheme", partial(drop, CONCEPT, "skos:inScheme")),
    ("IndicatorUnitKind", partial(drop, INDICATOR, "kg:unitKind")),
    ("ObservationShape", partial(drop, FIGURE, "sdmx-measure:obsValue")),
    ("ObservationShape", partial(drop, ONLY_RANK, "kg:rankClaim")),
    ("ObservationIndicator", partial(drop, FIGURE, "kg:indicator")),
    ("ObservationValue", partial(swap, FIGURE, "sdmx-measure:obsValue", '"411"')),
    ("ObservationValue", partial(add, FIGURE, "sdmx-measure:obsValue", number("412"))),
    ("ObservationUnit", partial(swap, FIGURE, "sdmx-attribute:unitMeasure", '"件"')),
    ("ObservationUnitText", partial(drop, FIGURE, "kg:unitText")),
    ("ObservationRaw", partial(drop, FIGURE, "kg:rawValue")),
    ("ObservationBound", partial(swap, FIGURE, "kg:bound", '">"')),
    ("ObservationBound", partial(drop, FIGURE, "kg:bound")),
    ("ObservationKind", partial(swap, FIGURE, "kg:measureKind", '"count"')),
    ("ObservationModality", partial(add, FIGURE, "kg:modality", '"planned"')),
    ("ObservationEvidence", partial(drop, FIGURE, "kg:evidence")),
    ("ObservationSource", partial(add, FIGURE, "dct:source", OTHER_REPORT)),
    ("ObservationPeriod", partial(add, FIGURE, "sdmx-dimension:refPeriod", '"2019"')),
    ("ObservationArea", partial(swap, FIGURE, "sdmx-dimension:refArea", CITY)),
    ("ObservationBase", partial(add, FIGURE, "kg:comparedWith", INDICATOR)),
    ("ObservationTotal", partial(add, FIGURE, "kg:partOfCount", INDICATOR)),
    ("ObservationRank", partial(add, FIGURE, "kg:rankClaim", INDICATOR)),
    ("ObservationRule", partial(drop, FIGURE, "kg:rule")),
    ("ObservationValueHasUnit", partial(drop, FIGURE, "sdmx-attribute:unitMeasure")),
    (
        "PointsAreNoPercentage",
        partial(swap, figure(factory.POINTS), "sdmx-attribute:unitMeasure", t("kg-unit:percent")),
    ),
    ("PointsAreNoPercentage", partial(swap, figure(factory.POINTS), "kg:measureKind", '"rate"')),
    ("PartWithinTotal", partial(swap, figure(factory.OF_BUSINESS), "sdmx-measure:obsValue", number("179"))),
    ("RankArea", partial(add, RANK, "kg:rankArea", '"全国"@zh')),
    ("RankKnownArea", partial(drop, RANK, "kg:rankArea")),
    ("RankPosition", partial(add, RANK, "kg:rankPosition", number("0", "integer"))),
    ("RankEvidence", partial(drop, RANK, "kg:evidence")),
    ("RecognitionKind", partial(drop, RECOGNITION, "kg:recognitionKind")),
    ("RecognitionEvidence", partial(drop, RECOGNITION, "kg:evidence")),
    ("RecognitionThing", partial(add, RECOGNITION, "kg:thing", RADIO)),
    ("RecognitionBody", partial(add, RECOGNITION, "kg:recogniser", YANCHENG)),
    ("RecognitionSource", partial(drop, RECOGNITION, "dct:source")),
    ("RecognitionShape", partial(add, f"<{BASE}recognition/1>", "rdf:type", t("kg:Recognition"))),
    (
        "StatementIsOne",
        lambda q: both(partial(copy, STATEMENT, TWIN), partial(swap, TWIN, "dct:identifier", '"twin"'), quads=q),
    ),
    ("ModalityOfEvidence", partial(add, STATEMENT, "kg:evidencePlanned", ISSUING)),
    ("EvidenceIsEvidence", partial(add, STATEMENT, "kg:evidenceReported", EVIDENCE)),
    ("UnitOfGovernment", partial(drop, of(factory.JUSTICE), "org:unitOf")),
    ("UnitOfIsPart", partial(add, POLICE, "org:unitOf", CITY)),
    ("SpanOfItsReport", partial(copy, EVIDENCE, EVIDENCE.replace(REPORT[1:-1], OTHER_REPORT[1:-1]))),
    ("InSectionHolds", partial(swap, MENTION, "kg:inSection", span_node(FIRST.sections[4].span))),
    ("InSectionHolds", partial(swap, ISSUING, "kg:inSection", OTHER_SECTION)),
    ("SectionInsideParent", partial(swap, SECTION, "kg:parentSection", span_node(FIRST.sections[6].span))),
    ("HeadingIsText", partial(swap, SECTION, "kg:heading", '"(一)别的标题"@zh')),
    ("MentionIsListed", partial(drop_one, REPORT, "kg:mentions", RADIO)),
    ("ReportContext", partial(drop_one, REPORT, "rdf:type", t("nif:Context"))),
    ("ReportDocNumber", partial(add, REPORT, "kg:docNumber", '"盐政发〔2021〕9号"')),
    ("ReportIndexNumber", partial(add, REPORT, "kg:indexNumber", '"014326/2021-00008"')),
    ("ReportHashIsOfText", partial(swap, REPORT, "kg:sha256", f'"{SECOND.report.sha256}"')),
    ("ReportLength", partial(swap, REPORT, "nif:endIndex", number("5", "integer"))),
    ("ReportYearBeforeIssue", partial(swap, REPORT, "kg:year", number("2022", "gYear"))),
    ("MentionsIsFound", partial(add, REPORT, "kg:mentions", of(factory.HUAIAN_CITY))),
    ("KnownTerm", partial(add, CITY, "kg:isues", LIFTS)),
    ("KnownTerm", partial(add, CITY, "rdf:type", t("kg:Departement"))),
    ("NodeIsIri", partial(rename, RANK, "_:rank")),
    ("KeyMakesIri", partial(swap, INDICATOR, "dct:identifier", '"行政复议案件受理|ratio"')),
    ("AreaCode", partial(swap, of(factory.GUIDE), "kg:areaCode", '"920900"')),
    ("JurisdictionCode", partial(swap, of(factory.JUSTICE), "kg:areaCode", '"320800"')),
    ("WithinByCode", partial(swap, TINGHU, "kg:adcode", '"320802"')),
    ("RegulationDocNumber", partial(add, LIFTS, "kg:docNumber", '"盐政规发〔2020〕2号"')),
    ("RegulationNoEliTitle", partial(add, LIFTS, "eli:title", '"盐城市电梯安全管理办法"@zh')),
    ("ConceptOfItsScheme", partial(swap, CITY, "kg:bodyType", t("kg-status:trial"))),
    ("ConceptOfItsScheme", partial(swap, FIGURE, "sdmx-attribute:unitMeasure", t("kg-unitkind:count"))),
    ("RecordLabel", partial(drop, RECOGNITION, "skos:prefLabel")),
    ("RecordLabel", partial(add, FIGURE, "skos:prefLabel", '"又名"@zh')),
    ("EvidenceOfItsReport", partial(add, FIGURE, "kg:evidence", OTHER_EVIDENCE)),
    ("EvidenceOfItsReport", partial(add, RECOGNITION, "kg:evidence", OTHER_EVIDENCE)),
    ("ObservationIsFound", partial(drop_node, FIGURE_MENTION)),
    ("RawValueIsText", partial(swap, FIGURE, "kg:rawValue", '"四百一十一件"')),
    ("FiguresOfOneReport", partial(swap, figure(factory.GROWTH), "kg:comparedWith", OTHER_FIGURE)),
    ("OnlyGrowthHasABase", partial(add, FIGURE, "kg:comparedWith", figure(factory.NEW_CASES))),
    ("UnitMatchesIndicator", partial(swap, FIGURE, "sdmx-attribute:unitMeasure", t("kg-unit:percent"))),
    ("UnitMatchesIndicator", partial(swap, INDICATOR, "kg:unitKind", t("kg-unitkind:rank"))),
    ("PartInUnitOfTotal", partial(swap, PART, "sdmx-attribute:unitMeasure", t("kg-unit:item-xiang"))),
    (
        "NoCircleOfParts",
        lambda q: both(
            partial(add, TOTAL, "kg:partOfCount", PART),
            partial(swap, TOTAL, "sdmx-measure:obsValue", number("31")),
            quads=q,
        ),
    ),
    ("RankOfAFigure", partial(drop, RANKED, "kg:rankClaim")),
    ("RankEvidenceOfItsReport", partial(add, RANK, "kg:evidence", OTHER_EVIDENCE)),
    ("RecognitionThingKind", partial(swap, HONOUR, "kg:thing", SECTION)),
    ("RecognitionThingKind", partial(swap, HONOUR, "kg:thing", f"<{BASE}place/0000000000000000>")),
    ("RecognitionHasEdge", partial(swap, PRAISE, "kg:recogniser", CITY)),
    ("ObservationPeriod", partial(swap, FIGURE, "sdmx-dimension:refPeriod", '"去年"')),
    ("PlaceCode", partial(swap, TINGHU, "kg:adcode", '"32090"')),
    ("CheckVerdict", partial(check_with, "kg:verdict", None)),
    ("CheckVerdict", partial(check_with, "kg:verdict", '"perhaps"')),
    ("CheckTarget", partial(check_with, "kg:checks", None)),
    ("CheckKind", partial(check_with, "kg:checkKind", None)),
    ("CheckKind", partial(check_with, "kg:checkKind", '"guess"')),
    ("CheckEvidence", partial(check_with, "kg:evidence", None)),
    ("CheckEvidence", partial(check_with, "kg:evidence", CITY)),
    ("CheckExpected", partial(check_with, "kg:expected", '"87"')),
    ("CheckDifference", partial(check_with, "kg:difference", '"1"')),
    ("CheckTolerance", partial(check_with, "kg:tolerance", number("-1"))),
    ("DisagreementNeedsInputs", partial(check_with, "kg:expected", None)),
    ("DisagreementNeedsInputs", partial(check_with, "kg:numerator", None)),
    ("UndeterminedNeedsReason", partial(check_with, "kg:verdict", '"undetermined"')),
    # Mistakes that break one shape and no other, for ontology/examples, where those above break several.
    (
        "DepartmentJurisdiction",
        lambda q: both(partial(drop, CITY, "kg:areaCode"), partial(add, CITY, "kg:jurisdiction", TINGHU), quads=q),
    ),
    ("SectionParent", lambda q: both(add_wide_section, partial(add, SECTION, "kg:parentSection", WIDE), quads=q)),
    ("SpanBegin", partial(drop, EVIDENCE, "nif:beginIndex")),
    ("SpanShape", partial(rename, EVIDENCE, f"{REPORT[:-1]}#clause-1>")),
    ("ObservationBase", partial(swap, figure(factory.GROWTH), "kg:comparedWith", INDICATOR)),
    ("PartOfSubjectShape", partial(add, GROUP, "kg:partOf", POLICE)),
    ("ObservationSource", partial(drop, FIGURE, "dct:source")),
    ("ReportHash", partial(drop, REPORT, "kg:sha256")),
    (
        "RecognitionShape",
        lambda q: both(partial(drop, HONOUR, "kg:thing"), partial(drop, HONOUR, "dct:title"), quads=q),
    ),
    ("StatementSource", partial(drop, STATEMENT, "dct:source")),
    ("StatementEvidenceReport", partial(add, STATEMENT, "kg:evidence", OTHER_EVIDENCE)),
    ("EntityShape", partial(rename, RADIO, f"<{BASE}mediawork/行风热线>")),
    ("StatementPredicate", partial(drop, STATEMENT, "rdf:predicate")),
    (
        "RecognitionBody",
        lambda q: both(partial(drop, HONOUR, "kg:thing"), partial(add, HONOUR, "kg:recogniser", YANCHENG), quads=q),
    ),
    ("NoSelfEdge", partial(add, POLICE, "kg:partOf", POLICE)),
    ("SectionLevel", partial(drop, SECTION, "kg:level")),
    ("EntityIdentifier", partial(drop, CITY, "dct:identifier")),
    (
        "NoCircle",
        lambda q: both(
            partial(add, POLICE, "kg:partOf", of(factory.JUSTICE)),
            partial(add, of(factory.JUSTICE), "kg:partOf", POLICE),
            quads=q,
        ),
    ),
    ("StatementModality", partial(add, STATEMENT, "kg:modality", '"done"')),
]
WARNINGS = {
    "DepartmentType",
    "RegulationType",
    "RegulationStatus",
    "InitiativeType",
    "PartWithinTotal",
    "RankKnownArea",
    "ReportYearBeforeIssue",
    "RegulationDocNumber",
    "PartInUnitOfTotal",
    "WithinByCode",
}


def broken(*edits: Edit) -> Dataset:
    quads = set(DATASET.quads)
    for edit in edits:
        edit(quads)
    return Dataset.of(quads)


def test_sound_graphs_have_no_findings() -> None:
    assert validate(DATASET) == []
    assert validate(describe([SECOND], base_iri="https://example.org/kg/", run=RunInfo("1", "d"))) == []
    assert validate(broken(partial(check_with, "kg:verdict", '"disagrees"'))) == []


@pytest.mark.parametrize(("shape", "edit"), CASES, ids=[f"{n}-{shape}" for n, (shape, _) in enumerate(CASES)])
def test_each_shape_catches_its_mistake(shape: str, edit: Edit) -> None:
    findings = [finding for finding in validate(broken(edit)) if finding.shape == shape]
    assert findings
    assert {finding.severity for finding in findings} == {"warning" if shape in WARNINGS else "violation"}


def test_every_shape_that_says_something_has_a_case() -> None:
    text = ontology_file("shapes.ttl").decode()
    blocks = re.findall(r"^kgsh:(\w+) a sh:(?:Node|Property)Shape(.*?)(?=^kgsh:|\Z)", text, re.MULTILINE | re.DOTALL)
    saying = {name for name, body in blocks if "sh:message" in body}
    assert len(saying) > 80
    assert saying - {shape for shape, _ in CASES} == set()


def named(focus: str) -> str:
    """A blank node's label is each engine's own."""
    return "_:" if focus.startswith("_:") else focus


def test_the_engine_agrees_with_pyshacl() -> None:
    """All mistakes at once that can stand beside each other: both engines must find the same."""
    quads = set(DATASET.quads)
    made = 0
    for _, edit in CASES:
        try:
            edit(quads)
        except AssertionError:  # an earlier mistake took away what this one would drop
            continue
        made += 1
    assert made > 120
    dataset = Dataset.of(quads)
    ours = {(f.severity, named(f.focus), f.path, f.shape) for f in validate(dataset)}
    shapes = rdflib.Graph().parse(data=ontology_file("shapes.ttl"), format="turtle")
    data = rdflib.Graph().parse(data=dataset.ntriples(data_only=True), format="nt")
    _, results, _ = pyshacl.validate(data, shacl_graph=shapes)
    assert isinstance(results, rdflib.Graph)
    sh = rdflib.Namespace(PREFIXES["sh"])
    theirs = set()
    for result in results.subjects(rdflib.RDF.type, sh.ValidationResult):
        severity = str(results.value(result, sh.resultSeverity)).rpartition("#")[2].lower()
        path = results.value(result, sh.resultPath)
        shape = str(results.value(result, sh.sourceShape)).removeprefix(SHAPES)
        focus = results.value(result, sh.focusNode)
        node = "_:" if isinstance(focus, rdflib.BNode) else str(focus)
        theirs.add((severity, node, str(path) if path else None, shape))
    assert len({shape for *_, shape in theirs}) > 105
    assert ours == theirs


def test_a_finding_says_where_what_and_why_in_either_language() -> None:
    graph = broken(partial(swap, YANCHENG, "kg:adcode", '"32090"'))
    expected = Finding(
        severity="violation",
        focus=YANCHENG[1:-1],
        path=expand("kg:adcode"),
        value="32090",
        message="区划代码必须是六位数字,首位 1 至 8(全国为 000000)",
        shape="PlaceCode",
        fact="盐城市 · 区划代码 · 32090",
        report="盐城市人民政府2020年法治政府建设情况报告",
        file="yancheng-2020.txt",
        begin=factory.TEXT.index("盐城市在"),
        end=factory.TEXT.index("盐城市在") + 3,
        quote="盐城市",
    )
    assert [finding for finding in validate(graph) if finding.shape == "PlaceCode"] == [expected]
    english = [finding for finding in validate(graph, language="en") if finding.shape == "PlaceCode"]
    assert [(finding.message, finding.fact) for finding in english] == [
        ("an area code has six digits, the first from 1 to 8 (000000 for the country)", "盐城市 · area code · 32090")
    ]


def test_findings_are_sorted_gravest_first() -> None:
    graph = broken(*(edit for shape, edit in CASES if shape in {"DepartmentType", "PlaceWithin", "EntityIdentifier"}))
    findings = validate(graph)
    assert findings == sorted(findings, key=lambda finding: finding.order)
    assert findings[0].severity == "violation"
    assert findings[-1].severity == "warning"
    assert findings == validate(graph)


@pytest.mark.parametrize(("suffix", "write"), [("ttl", turtle), ("trig", trig), ("nq", nquads)])
def test_files_give_the_findings_of_the_dataset(tmp_path: Path, suffix: str, write: Callable[[Dataset], bytes]) -> None:
    """The ontology is in the file too: it must neither break a shape nor, by its subclasses, hide a mistake."""
    sound, unsound = tmp_path / f"sound.{suffix}", tmp_path / f"unsound.{suffix}"
    graph = broken(*(edit for shape, edit in CASES if shape in {"PlaceCode", "StatementRule", "MentionRule"}))
    sound.write_bytes(write(describe([FIRST, SECOND], run=RunInfo("1", "d"))))
    unsound.write_bytes(write(graph))
    assert validate(sound) == []
    assert validate(unsound) == validate(graph) != []


@pytest.mark.parametrize(
    ("name", "content"),
    [("bad.ttl", b"<a> <b"), ("missing.ttl", None), ("graph.docx", b""), ("noext", b""), ("bad.nq", b"\xff\xfe")],
)
def test_what_is_no_graph_is_an_error_with_its_place(tmp_path: Path, name: str, content: bytes | None) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(GraphError) as caught:
        validate(path)
    assert caught.value.where == str(path)
    assert caught.value.hint


def test_a_report_of_real_size_conforms() -> None:
    dataset = describe([factory.large_extraction()])
    assert len(dataset.triples(data_only=True)) > 10_000
    assert validate(dataset) == []


def test_rounds_change_no_finding() -> None:
    """Shapes in parts find in every invalid example what they find together, and take each target once."""
    examples = sorted((Path(__file__).parent.parent / "ontology" / "examples").rglob("*.ttl"))
    assert len(examples) > 130
    broken = 0
    for path in examples[::3]:
        whole = validate(path)
        assert validate(path, rounds=2) == whole, path.name
        broken += bool(whole)
    assert broken > 30
    assert validate(DATASET, rounds=5) == validate(DATASET) == []
    core = _shapes(ontology_file("shapes.ttl").decode()).core
    for rounds in (2, 5, 500):
        parts = _parted(core, rounds)
        aimed = sorted(line for part in parts for line in part.splitlines() if "shacl#target" in line)
        assert aimed == sorted(line for line in core.splitlines() if "shacl#target" in line)
        assert 1 < len(parts) <= rounds
