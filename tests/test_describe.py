"""Extractions become exactly the triples the contract names."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import graph_factory as factory
import pyoxigraph
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from kg.batch.quads import report_triples
from kg.build import sample_report
from kg.describe import Dataset, RunInfo, Triple, describe, report_graph
from kg.describe import identity as identity_module
from kg.describe.concepts import fold
from kg.describe.gathered import ReportTriples
from kg.describe.run import content_digest
from kg.describe.terms import decimal_text, node, plain, quoted, zh
from kg.errors import GraphError
from kg.extract import Extractor, extract
from kg.model import Entity, Extraction, Kind, Mention, Observation, Span, Statement
from kg.vocabulary import BASE, EDGES, VOCAB, expand, mint

FIRST, SECOND = factory.extraction(), factory.second_extraction()
RUN = RunInfo("1.2.3", "rules-digest")
DATASET = describe([FIRST, SECOND], run=RUN)
DATA = DATASET.triples(data_only=True)


def t(curie: str) -> str:
    return f"<{expand(curie)}>"


def of(entity: Entity) -> str:
    return f"<{mint(BASE, entity.kind.lower(), entity.key)}>"


def figure(extraction: Extraction, span: Span) -> str:
    return f"<{mint(BASE, 'observation', f'{extraction.report.sha256}|{span.start},{span.end}')}>"


def values(subject: str, predicate: str, triples: tuple[Triple, ...] = DATA) -> list[str]:
    return [o for s, p, o in triples if s == subject and p == t(predicate)]


REPORT = f"<{mint(BASE, 'report', FIRST.report.sha256)}>"


def span_node(span: Span) -> str:
    return f"{REPORT[:-1]}#char={span.start},{span.end}>"


def statement_node(subject: Entity, predicate: str, object_: Entity) -> str:
    found = [
        s
        for s, p, o in DATA
        if p == t("rdf:subject")
        and o == of(subject)
        and values(s, "rdf:predicate") == [t(f"kg:{predicate}")]
        and values(s, "rdf:object") == [of(object_)]
        and values(s, "dct:source") == [REPORT]
    ]
    assert len(found) == 1
    return found[0]


# ---- reports, sections, spans ----


def test_the_report_says_what_its_head_says() -> None:
    expected = {
        "rdf:type": [t("kg:Report"), t("nif:Context")],
        "dct:title": ['"盐城市人民政府2020年法治政府建设情况报告"@zh'],
        "kg:docNumber": ['"盐政发〔2021〕8号"'],
        "kg:indexNumber": ['"014326/2021-00007"'],
        "kg:publisherName": ['"市政府办"@zh'],
        "dct:publisher": [of(factory.OFFICE)],
        "kg:issuer": [of(factory.CITY)],
        "dct:issued": [f'"2021-03-01"^^{t("xsd:date")}'],
        "kg:year": [f'"2020"^^{t("xsd:gYear")}'],
        "kg:sha256": [f'"{sha256(factory.TEXT.encode()).hexdigest()}"'],
        "nif:isString": [zh(factory.TEXT)],
        "nif:endIndex": [f'"{len(factory.TEXT)}"^^{t("xsd:integer")}'],
        "dct:abstract": ['"依法治市情况"@zh'],
        "kg:statusText": ['"有效"@zh'],
    }
    for predicate, objects in expected.items():
        assert sorted(values(REPORT, predicate)) == sorted(objects), predicate


def test_every_span_holds_the_text_of_its_offsets() -> None:
    texts = {f"<{mint(BASE, 'report', e.report.sha256)}>": e.report.text for e in (FIRST, SECOND)}
    checked = 0
    for s, p, o in DATA:
        if p == t("nif:anchorOf"):
            report, _, offsets = s[:-1].partition("#char=")
            begin, end = map(int, offsets.split(","))
            assert o == zh(texts[report + ">"][begin:end])
            assert values(s, "nif:beginIndex") == [f'"{begin}"^^{t("xsd:integer")}']
            assert values(s, "nif:endIndex") == [f'"{end}"^^{t("xsd:integer")}']
            assert values(s, "nif:referenceContext") == [report + ">"]
            checked += 1
    assert checked > 90


def test_a_mention_stands_in_the_innermost_section() -> None:
    section = FIRST.sections[1]
    mention = next(m for m in FIRST.mentions if m.ref == factory.TINGHU.ref)
    assert values(span_node(mention.span), "kg:inSection") == [span_node(section.span)]
    assert values(span_node(section.span), "kg:parentSection") == [span_node(FIRST.sections[0].span)]
    assert values(span_node(section.span), "kg:heading") == ['"(一)深化改革"@zh']
    head = next(m for m in FIRST.mentions if m.ref == factory.OFFICE.ref)
    assert values(span_node(head.span), "kg:inSection") == []  # before the first heading


def test_mentions_denote_one_thing_or_list_candidates() -> None:
    doubtful = next(m for m in FIRST.mentions if m.ref is None)
    assert values(span_node(doubtful.span), "kg:denotes") == []
    assert sorted(values(span_node(doubtful.span), "kg:candidate")) == sorted([of(factory.JUSTICE), of(factory.POLICE)])
    for mention in FIRST.mentions:
        assert len(values(span_node(mention.span), "kg:denotes")) == (mention.ref is not None)
    sharing = factory.SHARING
    assert values(span_node(sharing.span), "kg:denotes") == [figure(FIRST, sharing.span)]


def test_the_report_mentions_entities_and_not_figures() -> None:
    mentioned = {o for s, p, o in DATA if s == REPORT and p == t("kg:mentions")}
    assert of(factory.RADIO) in mentioned
    assert of(factory.REVIEWERS) in mentioned
    assert mentioned == {of(e) for e in FIRST.entities if any(m.ref == e.ref for m in FIRST.mentions)}


# ---- entities ----


def test_a_body_has_its_names_key_type_and_area() -> None:
    city = of(factory.CITY)
    assert values(city, "rdf:type") == [t("kg:Department")]
    assert values(city, "skos:prefLabel") == ['"盐城市人民政府"@zh']
    assert values(city, "skos:altLabel") == ['"市政府"@zh']
    assert values(city, "dct:identifier") == ['"320900|人民政府"']
    assert values(city, "kg:bodyType") == [f"<{VOCAB}bodytype/government>"]
    assert values(city, "kg:jurisdiction") == [of(factory.YANCHENG)]
    assert values(city, "kg:areaCode") == ['"320900"']


def test_a_document_has_its_status_type_and_number() -> None:
    lifts = of(factory.LIFTS)
    assert values(lifts, "kg:status") == [f"<{VOCAB}status/trial>"]
    assert values(lifts, "eli:type_document") == [f"<{VOCAB}instrumenttype/normative-document>"]
    assert values(lifts, "dct:title") == ['"盐城市电梯安全管理办法"@zh']
    assert values(lifts, "skos:altLabel") == ['"《盐城市电梯安全管理办法(试行)》"@zh']
    assert values(lifts, "kg:docNumber") == ['"盐政规发〔2020〕1号"']
    assert values(of(factory.OUTLINE), "kg:officialTitle") == ['"法治政府建设实施纲要(2015-2020年)"@zh']


def test_places_have_codes_and_lie_in_each_other() -> None:
    assert values(of(factory.TINGHU), "kg:adcode") == ['"320902"']
    assert values(of(factory.TINGHU), "kg:within") == [of(factory.YANCHENG)]
    assert values(of(factory.YANCHENG), "kg:within") == [of(factory.JIANGSU)]


def test_a_zone_with_the_code_of_its_area_does_not_hide_the_area() -> None:
    zone = Entity(Kind.PLACE, "自贸片区", "自贸片区", adcode="320900")
    entities = tuple(sorted((*FIRST.entities, zone), key=lambda e: e.ref))
    triples = describe([replace(FIRST, entities=entities)]).triples(data_only=True)
    assert values(of(factory.CITY), "kg:jurisdiction", triples) == [of(factory.YANCHENG)]


def test_a_type_that_no_scheme_has_becomes_a_concept_of_the_report() -> None:
    (concept,) = values(of(factory.THREE), "kg:initiativeType")
    assert concept == f"<{mint(BASE, 'initiativetype', '执法制度')}>"
    assert values(concept, "skos:prefLabel") == ['"执法制度"@zh']
    assert values(concept, "skos:inScheme") == [f"<{VOCAB}initiativetype>"]


def test_every_entity_has_one_label_and_one_key() -> None:
    for entity in {*FIRST.entities, *SECOND.entities}:
        assert len(values(of(entity), "skos:prefLabel")) == 1
        assert values(of(entity), "dct:identifier") == [plain(entity.key)]


def test_one_name_is_chosen_where_reports_differ_whatever_their_order() -> None:
    renamed = replace(factory.MINISTRY, name="司法部", aliases=())
    entities = tuple(renamed if e.ref == renamed.ref else e for e in SECOND.entities)
    other = replace(SECOND, entities=entities)
    datasets = [describe([FIRST, other]), describe([other, FIRST])]
    assert datasets[0] == datasets[1]
    triples = datasets[0].triples(data_only=True)
    assert values(of(renamed), "skos:prefLabel", triples) == ['"司法部"@zh']  # one vote each: the shorter
    assert values(of(renamed), "skos:altLabel", triples) == ['"中华人民共和国司法部"@zh']


# ---- statements ----


def test_every_edge_has_a_statement_and_every_statement_its_edge() -> None:
    edges = {t(f"kg:{name}") for name in EDGES}
    plain_edges = {(s, p, o) for s, p, o in DATA if p in edges}
    statements = {s for s, p, o in DATA if p == t("rdf:type") and o == t("kg:Statement")}
    reified = {
        (values(s, "rdf:subject")[0], values(s, "rdf:predicate")[0], values(s, "rdf:object")[0]) for s in statements
    }
    assert reified == plain_edges
    assert {p for _, p, _ in plain_edges} == edges  # the factory shows all fourteen
    assert len(plain_edges) == 20
    assert all(values(s, "kg:evidence") and values(s, "kg:rule") == ['"factory"'] for s in statements)


def test_a_statement_says_who_did_what_and_which_clause_says_so() -> None:
    issues = statement_node(factory.CITY, "issues", factory.LIFTS)
    clause = factory.Finder(factory.TEXT).at("市政府印发《盐城市电梯安全管理办法(试行)》")
    assert values(issues, "kg:evidence") == [span_node(clause)]
    assert values(issues, "kg:evidenceReported") == [span_node(clause)]
    assert values(issues, "kg:trigger") == ['"印发"@zh']
    assert values(issues, "kg:modality") == ['"reported"']
    assert values(issues, "kg:implicitSubject") == []
    established = statement_node(factory.CITY, "establishes", factory.LAW_OFFICE)
    assert values(established, "kg:implicitSubject") == [f'"true"^^{t("xsd:boolean")}']


def test_statements_with_the_same_ends_are_one_with_all_their_evidence() -> None:
    reports = statement_node(factory.CITY, "reportsTo", factory.PROVINCE)
    assert len(values(reports, "kg:evidence")) == 2
    carries = statement_node(factory.CITY, "carriesOut", factory.CONFIRM)
    assert sorted(values(carries, "kg:modality")) == ['"problem"', '"reported"']
    at = factory.Finder(factory.TEXT).at
    # The deed and the shortcoming keep their own clauses.
    assert values(carries, "kg:evidenceReported") == [span_node(at("盐城市在全省率先开展企业登记“确认制”改革"))]
    assert values(carries, "kg:evidenceProblem") == [span_node(at("“确认制”改革推进还不够平衡"))]


def test_a_unit_of_a_government_is_also_an_org_unit() -> None:
    assert values(of(factory.JUSTICE), "kg:partOf") == values(of(factory.JUSTICE), "org:unitOf") == [of(factory.CITY)]


# ---- figures ----

OBSERVED = [
    (factory.MATTERS, "43", "item", "=", "level"),
    (factory.SHARING, "98.96", "percent", "=", "rate"),
    (factory.USERS, "2000000", "one", "≈", "level"),
    (factory.ILLEGAL, "987910000", "yuan", "=", "level"),
    (factory.IRREGULAR, "32530000000", "yuan", "=", "level"),
    (factory.SETTLED, "96", "percent", "≥", "rate"),
    (factory.DAYS, "3", "working-day", "≤", "level"),
    (factory.POINTS, "2.5", "percentage-point", "=", "points"),
    (factory.GROWTH, "7.3", "percent", "=", "growth"),
]


@pytest.mark.parametrize(("observation", "value", "unit", "bound", "measure"), OBSERVED)
def test_a_figure_has_value_unit_bound_and_kind(
    observation: Observation, value: str, unit: str, bound: str, measure: str
) -> None:
    iri = figure(FIRST, observation.span)
    unit = "piece-ge" if unit == "item" else unit
    assert values(iri, "sdmx-measure:obsValue") == [f'"{value}"^^{t("xsd:decimal")}']
    assert values(iri, "sdmx-attribute:unitMeasure") == [f"<{VOCAB}unit/{unit}>"]
    assert values(iri, "kg:bound") == [f'"{bound}"']
    assert values(iri, "kg:measureKind") == [f'"{measure}"']
    assert values(iri, "kg:rawValue") == [plain(observation.quantity.raw)]
    assert values(iri, "dct:source") == [REPORT]
    assert values(iri, "kg:evidence") == [span_node(observation.evidence)]


def test_a_figure_has_its_indicator_period_and_area() -> None:
    accepted = figure(FIRST, factory.ACCEPTED.span)
    (indicator,) = values(accepted, "kg:indicator")
    assert indicator == f"<{mint(BASE, 'indicator', '行政复议案件受理|count')}>"
    assert values(indicator, "kg:unitKind") == [f"<{VOCAB}unitkind/count>"]
    assert values(accepted, "sdmx-dimension:refPeriod") == ['"2020"']  # the report's year where none is said
    assert values(accepted, "sdmx-dimension:refArea") == [of(factory.YANCHENG)]  # 全市
    assert values(accepted, "kg:scopeText") == ['"全市"@zh']
    assert values(figure(FIRST, factory.TRAINING.span), "sdmx-dimension:refPeriod") == ['"2021"']
    assert values(figure(FIRST, factory.TRAINING.span), "kg:modality") == ['"planned"']


def test_reports_share_their_indicators() -> None:
    rate = f"<{mint(BASE, 'indicator', '受理率|ratio')}>"
    assert len({s for s, p, o in DATA if p == t("kg:indicator") and o == rate}) == 2


def test_growth_parts_and_ranks_lead_to_what_they_are_said_of() -> None:
    assert values(figure(FIRST, factory.GROWTH.span), "kg:comparedWith") == [figure(FIRST, factory.NEW_CASES.span)]
    assert values(figure(FIRST, factory.OF_BUSINESS.span), "kg:partOfCount") == [figure(FIRST, factory.REPEALED.span)]
    (rank,) = values(figure(FIRST, factory.SHARING.span), "kg:rankClaim")
    assert values(rank, "kg:rankArea") == ['"全省"@zh']
    assert values(rank, "kg:rankPosition") == [f'"2"^^{t("xsd:integer")}']
    (most,) = values(figure(FIRST, factory.MATTERS.span), "kg:rankClaim")
    assert values(most, "kg:rankPosition") == []
    only_rank = figure(FIRST, factory.CONTENT.span)
    assert values(only_rank, "sdmx-measure:obsValue") == values(only_rank, "sdmx-attribute:unitMeasure") == []
    assert len(values(only_rank, "kg:rankClaim")) == 1


def test_a_measure_word_that_no_scheme_has_is_minted_and_counts() -> None:
    teams = figure(FIRST, factory.TEAMS.span)
    (unit,) = values(teams, "sdmx-attribute:unitMeasure")
    assert unit == f"<{mint(BASE, 'unit', '专班')}>"
    assert values(unit, "skos:prefLabel") == ['"专班"@zh']
    assert values(teams, "kg:indicator") == [f"<{mint(BASE, 'indicator', '专班|count')}>"]


def test_recognitions_keep_thing_recogniser_kind_and_title() -> None:
    nodes = [s for s, p, o in DATA if p == t("rdf:type") and o == t("kg:Recognition")]
    praised = next(s for s in nodes if values(s, "kg:recognitionKind") == ['"肯定"@zh'])
    honoured = next(s for s in nodes if values(s, "kg:recognitionKind") == ['"授予"@zh'])
    assert values(praised, "kg:thing") == [of(factory.CONFIRM)]
    assert values(praised, "kg:recogniser") == [of(factory.MINISTRY)]
    assert values(honoured, "dct:title") == ['"全省法治政府建设示范区"@zh']
    assert values(honoured, "kg:recogniser") == []


# ---- graphs and runs ----


def test_there_is_a_graph_per_report_and_one_each_for_ontology_vocabularies_and_run() -> None:
    names = [name[1:-1].removeprefix(BASE) for name in DATASET.graphs()]
    assert len(names) == 5
    assert {"graph/ontology", "graph/vocabularies"} <= set(names)
    assert sum(name.startswith("graph/run-") for name in names) == 1
    assert report_graph(BASE, REPORT) in DATASET.report_graphs()
    assert len(DATASET.report_graphs()) == 2


def test_a_reports_graph_depends_on_that_report_alone() -> None:
    alone = describe([FIRST])
    name = report_graph(BASE, REPORT)
    assert alone.graph(name) == DATASET.graph(name)
    union = {*alone.quads, *describe([SECOND]).quads}
    assert Dataset.of(union) == describe([SECOND, FIRST])


def test_the_run_names_its_inputs_version_rules_and_counts() -> None:
    (name,) = (g for g in DATASET.graphs() if "/graph/run-" in g)
    run = DATASET.graph(name)
    activity = next(s for s, p, o in run if p == t("rdf:type") and o == t("prov:Activity"))
    assert len(values(activity, "prov:used", run)) == 2
    assert values(activity, "kg:rulesDigest", run) == ['"rules-digest"']
    (agent,) = values(activity, "prov:wasAssociatedWith", run)
    assert values(agent, "schema:softwareVersion", run) == ['"1.2.3"']
    graph = report_graph(BASE, REPORT)
    size = len(DATASET.graph(graph))
    assert values(graph, "void:triples", run) == [f'"{size}"^^{t("xsd:integer")}']
    assert values(graph, "kg:contentDigest", run) == [f'"{content_digest(DATASET.graph(graph))}"']
    assert f'"{FIRST.report.sha256}"' in values(REPORT, "kg:sha256", run)
    assert not [o for _, p, o in run if p == t("prov:endedAtTime")]


@pytest.mark.parametrize("extraction", [FIRST, SECOND, extract(sample_report(), Extractor.load())])
def test_the_text_of_one_report_is_that_of_its_graph_in_a_dataset(extraction: Extraction) -> None:
    graph, gathered = report_triples(extraction, BASE)
    expected = describe([extraction]).graph(graph)
    lines = sorted(f"{s} {p} {o} {graph} .\n" for s, p, o in expected)
    assert gathered.nquads(graph).decode() == "".join(lines) == gathered.dataset(graph, BASE).nquads()
    assert gathered.digest() == content_digest(expected)
    assert gathered.size() == (len(expected), len({s for s, _, _ in expected}))


def test_lines_of_terms_that_begin_alike_are_sorted_as_lines() -> None:
    gathered = ReportTriples()
    ends = ['<p> "a"@zh', '<p> "a"', '<p> "a"^^<x:d>', "<p> <x:a>", '<p> "a b"', "<p> <x:ab>", '<p> "a"', '<pp> "!"']
    for subject in ("<x:ab>", "<x:a>", "<x:a#1>"):
        gathered[subject] += ends
    gathered["<x:none>"] += []
    lines = {f"{subject} {end} <g> .\n" for subject in ("<x:ab>", "<x:a>", "<x:a#1>") for end in ends}
    assert gathered.nquads("<g>").decode() == "".join(sorted(lines))
    assert gathered.size() == (len(lines), 3)


def test_the_run_has_a_time_only_where_one_is_given() -> None:
    dated = describe([SECOND], run=RunInfo("1", "d", source_date_epoch=0))
    times = [o for _, p, o, _ in dated if p == t("prov:endedAtTime")]
    assert times == [f'"1970-01-01T00:00:00Z"^^{t("xsd:dateTime")}']


def test_the_base_can_be_swapped_and_moves_every_data_iri() -> None:
    moved = describe([FIRST], base_iri="https://example.org/kg/")
    ours = {term for quad in moved.quads for term in quad if term.startswith(f"<{BASE}")}
    assert ours == set()
    back = [tuple(x.replace("https://example.org/kg/", BASE) for x in quad) for quad in moved.quads]
    assert sorted(back) == list(describe([FIRST]).quads)
    assert moved.counts()["reports"] == 1


def test_no_blank_nodes_and_every_term_is_well_formed() -> None:
    term = re.compile(r'<[^\x00-\x20<>"{}|^`\\]+>|"(?:[^"\\\n\r]|\\.)*"(?:@[a-z]+|\^\^<[^<>]+>)?')
    for quad in DATASET.quads:
        assert all(term.fullmatch(part) for part in quad), quad
    minted = [s for s, _, _ in DATA if s.startswith(f"<{BASE}")]
    assert all(s.isascii() for s in minted)


def test_counts_are_those_of_the_extractions() -> None:
    counts = DATASET.counts()
    assert counts["kg:Observation"] == len(FIRST.observations) + len(SECOND.observations) == 21
    assert counts["kg:Department"] == 9
    assert counts["kg:Statement"] == 20
    assert counts["kg:Section"] == 8
    assert counts["quads"] == len(DATASET) == len(list(DATASET))
    assert counts["triples"] == len(DATASET.triples()) < counts["quads"]  # some triples are in both reports


def test_rdflib_and_oxigraph_hold_the_same_triples() -> None:
    union = {
        (str(q.subject), str(q.predicate), str(q.object))
        for q in DATASET.oxigraph()
        if q.graph_name == pyoxigraph.DefaultGraph()
    }
    assert union == set(DATASET.triples())
    graph = DATASET.rdflib()
    assert len(set(graph.triples((None, None, None)))) == len(union)
    assert {str(g.identifier) for g in graph.graphs()} >= {g[1:-1] for g in DATASET.graphs()}


def test_with_quads_adds_and_keeps_the_order() -> None:
    extra = (of(factory.CITY), t("skos:altLabel"), '"新名"@zh', report_graph(BASE, REPORT))
    more = DATASET.with_quads([extra, extra, DATASET.quads[0]])
    assert len(more) == len(DATASET) + 1
    assert list(more.quads) == sorted(more.quads)


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_the_bytes_do_not_depend_on_the_hash_seed(seed: str) -> None:
    code = (
        "import graph_factory as f; from kg.describe import describe, RunInfo; from hashlib import sha256;"
        "d = describe([f.second_extraction(), f.extraction()], run=RunInfo('1.2.3', 'rules-digest'));"
        "print(sha256(d.nquads().encode()).hexdigest())"
    )
    here = Path(__file__).parent
    env = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": "C", "PYTHONPATH": f"{here}{os.pathsep}{here.parent}"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == sha256(DATASET.nquads().encode()).hexdigest()


def test_a_report_of_real_size_is_described() -> None:
    dataset = describe([factory.large_extraction()])
    assert 10_000 < len(dataset.triples(data_only=True)) < 15_000


# ---- faults ----


def _unknown_subject(e: Extraction) -> Extraction:
    return replace(e, statements=(replace(e.statements[0], subject="Department|没有"),))


def _unknown_object(e: Extraction) -> Extraction:
    return replace(e, statements=(replace(e.statements[0], object="Initiative|没有"),))


def _unknown_figure(e: Extraction) -> Extraction:
    return replace(
        e, statements=(Statement("Indicator|1,2", "measures", factory.CITY.ref, "reported", "", "r", (Span(0, 3),)),)
    )


def _unknown_predicate(e: Extraction) -> Extraction:
    return replace(e, statements=(replace(e.statements[0], predicate="likes"),))


def _no_evidence(e: Extraction) -> Extraction:
    return replace(e, statements=(replace(e.statements[0], evidence=()),))


def _unknown_mention(e: Extraction) -> Extraction:
    return replace(e, mentions=(Mention(0, 2, Kind.PLACE, "r", "Place|没有"),))


def _unknown_candidate(e: Extraction) -> Extraction:
    return replace(e, mentions=(Mention(0, 2, Kind.PLACE, "r", None, ("Place|没有",)),))


def _unknown_base(e: Extraction) -> Extraction:
    return replace(e, observations=(replace(e.observations[0], compared_with="Indicator|1,2"), *e.observations[1:]))


def _unknown_issuer(e: Extraction) -> Extraction:
    return replace(e, issuer="Department|没有")


def _unknown_area(e: Extraction) -> Extraction:
    return replace(e, place_within=((factory.TINGHU.ref, "Place|没有"),))


def _unknown_recogniser(e: Extraction) -> Extraction:
    return replace(e, recognitions=(replace(e.recognitions[0], recogniser="Department|没有"),))


def _twice(e: Extraction) -> Extraction:
    return replace(e, entities=(*e.entities, e.entities[0]))


def _span_outside(e: Extraction) -> Extraction:
    return replace(e, mentions=(Mention(0, 10**6, Kind.DEPARTMENT, "r", factory.CITY.ref),))


def _empty_span(e: Extraction) -> Extraction:
    return replace(e, statements=(replace(e.statements[0], evidence=(Span(5, 5),)),))


def _nul(e: Extraction) -> Extraction:
    return replace(e, entities=tuple(replace(x, aliases=("a\0b",)) if x == factory.CITY else x for x in e.entities))


def _surrogate(e: Extraction) -> Extraction:
    return replace(e, entities=tuple(replace(x, aliases=("a\ud800b",)) if x == factory.CITY else x for x in e.entities))


def _surrogate_key(e: Extraction) -> Extraction:
    return replace(e, entities=(*e.entities, Entity(Kind.PLACE, "\udfff", "x")))


def _no_name(e: Extraction) -> Extraction:
    return replace(e, entities=tuple(replace(x, name=" ", aliases=()) if x == factory.RADIO else x for x in e.entities))


def _indicator_entity(e: Extraction) -> Extraction:
    return replace(e, entities=(*e.entities, Entity(Kind.INDICATOR, "受理率", "受理率")))


def _not_a_number(e: Extraction) -> Extraction:
    first = e.observations[0]
    broken = replace(first, quantity=replace(first.quantity, value=Decimal("NaN")))
    return replace(e, observations=(broken, *e.observations[1:]))


FAULTS: list[tuple[Callable[[Extraction], Extraction], str]] = [
    (_unknown_subject, "没有"),
    (_unknown_object, "没有"),
    (_unknown_figure, "Indicator|1,2"),
    (_unknown_predicate, "likes"),
    (_no_evidence, "without evidence"),
    (_unknown_mention, "没有"),
    (_unknown_candidate, "没有"),
    (_unknown_base, "Indicator|1,2"),
    (_unknown_issuer, "没有"),
    (_unknown_area, "没有"),
    (_unknown_recogniser, "没有"),
    (_twice, "listed twice"),
    (_span_outside, "outside the text"),
    (_empty_span, "outside the text"),
    (_nul, "NUL"),
    (_surrogate, "D800"),
    (_surrogate_key, "surrogate"),
    (_no_name, "without a name"),
    (_indicator_entity, "no entity"),
    (_not_a_number, "not a number"),
]


@pytest.mark.parametrize(("breaking", "word"), FAULTS, ids=[f.__name__ for f, _ in FAULTS])
def test_what_cannot_be_said_stops_the_build_with_a_reason(
    breaking: Callable[[Extraction], Extraction], word: str
) -> None:
    with pytest.raises(GraphError) as caught:
        describe([breaking(FIRST)])
    assert word in str(caught.value)
    assert caught.value.where
    assert caught.value.hint
    assert "\n" not in str(caught.value)
    str(caught.value).encode()  # the message itself must be printable


def test_the_same_report_twice_stops_the_build() -> None:
    with pytest.raises(GraphError, match="twice"):
        describe([FIRST, FIRST])


def test_two_keys_with_one_iri_stop_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    def colliding(base: str, kind: str, key: str) -> str:
        return f"{base}{kind}/{len(key):016x}" if kind == "department" else mint(base, kind, key)

    monkeypatch.setattr(identity_module, "mint", colliding)
    with pytest.raises(GraphError, match="two keys give one IRI"):
        describe([FIRST])


# ---- terms ----


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("43", "43"),
        ("43.0", "43"),
        ("98.960", "98.96"),
        ("1E+3", "1000"),
        ("2E+6", "2000000"),
        ("1E-3", "0.001"),
        ("-7.30", "-7.3"),
        ("0", "0"),
        ("-0.00", "0"),
        ("0.50", "0.5"),
        ("100", "100"),
        ("32530000000.00", "32530000000"),
        ("123456789012345678901234567890.10", "123456789012345678901234567890.1"),
    ],
)
def test_a_number_has_one_spelling(number: str, text: str) -> None:
    assert decimal_text(Decimal(number)) == text


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_every_spelling_is_the_number_and_canonical(number: Decimal) -> None:
    text = decimal_text(number)
    assert Decimal(text) == number
    assert re.fullmatch(r"0|-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?", text)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_any_text_survives_oxigraph_and_rdflib(text: str) -> None:
    line = f"<http://a/> <http://b/> {quoted(text)} .\n"
    (triple,) = pyoxigraph.parse(line, format=pyoxigraph.RdfFormat.N_TRIPLES)
    assert isinstance(triple.object, pyoxigraph.Literal)
    assert triple.object.value == text
    assert str(triple.object) == quoted(text)  # Oxigraph writes the same canonical form
    graph = rdflib.Graph().parse(data=line, format="nt")
    assert [str(o) for o in graph.objects()] == [text]


@pytest.mark.parametrize(
    "iri", ["a", "http://a b", "http://a>", 'http://a"', "http://a\n", "http://a\\u0020", "http://\ud800"]
)
def test_what_is_no_iri_is_refused(iri: str) -> None:
    with pytest.raises(GraphError):
        node(iri)


def test_words_are_folded_by_width_blanks_and_quotation_marks() -> None:
    assert fold("“一件事” 改革") == fold('"一件事"改革') == fold("「一件事」改革") == "一件事改革"
    assert fold("\uff21\uff22\uff08\u4e00\uff09") == "AB(一)"
    assert fold("市政府") != fold("省政府")
