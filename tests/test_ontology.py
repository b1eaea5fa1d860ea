"""The ontology files and the vocabulary module name the same terms, in two languages, and nothing else does."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pyoxigraph
import pytest
from graph_factory import extraction

from kg import vocabulary
from kg.describe import describe
from kg.describe.concepts import load_concepts, read_turtle
from kg.errors import GraphError
from kg.vocabulary import BASE, CLASSES, EDGES, NS, PREFIXES, PROPERTIES, mint, ontology_dir, ontology_file

ROOT = Path(__file__).parent.parent
KG_TERMS = {f"<{NS}{name}>" for name in (*CLASSES, *EDGES, *PROPERTIES)}
KG = read_turtle("kg.ttl")


def node(curie: str) -> str:
    return f"<{vocabulary.expand(curie)}>"


def objects(subject: str, predicate: str) -> list[str]:
    return [o for s, p, o in KG if s == subject and p == node(predicate)]


def test_kg_ttl_defines_exactly_the_terms_of_the_vocabulary() -> None:
    defined = {s for s, p, _ in KG if p == node("rdf:type") and s.startswith(f"<{NS}")}
    assert defined == KG_TERMS
    assert len(KG_TERMS) > 80


def test_the_edges_are_those_of_the_annotation_guideline() -> None:
    assert sorted(EDGES) == sorted(
        [
            "issues",
            "revises",
            "repeals",
            "drafts",
            "commentsOn",
            "implements",
            "carriesOut",
            "basedOn",
            "recognisedBy",
            "establishes",
            "reportsTo",
            "cooperatesWith",
            "partOf",
            "measures",
        ]
    )


@pytest.mark.parametrize("term", sorted(KG_TERMS))
def test_every_term_is_labelled_and_defined_in_chinese_and_english(term: str) -> None:
    for predicate in ("rdfs:label", "skos:prefLabel", "skos:definition"):
        languages = sorted(o.rpartition("@")[2] for o in objects(term, predicate))
        assert languages == ["en", "zh"], predicate
    assert objects(term, "rdfs:label") == objects(term, "skos:prefLabel")
    definition = next(o for o in objects(term, "skos:definition") if o.endswith("@zh"))
    assert re.search(r"[\u4e00-\u9fff]", definition)
    assert [o.rpartition("@")[2] for o in objects(term, "skos:example")] == ["zh"]
    assert objects(term, "rdfs:isDefinedBy") == [f"<{NS.removesuffix('#')}>"]


@pytest.mark.parametrize("name", [*EDGES, *PROPERTIES])
def test_every_property_says_what_it_joins(name: str) -> None:
    term = f"<{NS}{name}>"
    assert len(objects(term, "rdfs:domain")) <= 1  # several would mean their intersection
    assert len(objects(term, "rdfs:range")) <= 1
    assert objects(term, "rdfs:domain") + objects(term, "schema:domainIncludes")
    assert objects(term, "rdfs:range") + objects(term, "schema:rangeIncludes")


def test_acts_on_documents_share_a_parent_and_the_domains_of_the_guideline() -> None:
    for name in vocabulary.ACTS:
        term = f"<{NS}{name}>"
        assert objects(term, "rdfs:subPropertyOf") == [node("kg:actsOn")]
        assert objects(term, "schema:domainIncludes") == [node("kg:Department"), node("kg:BodyGroup")]
        assert objects(term, "rdfs:range") == [node("kg:Regulation")]


def test_labels_are_told_apart() -> None:
    labels = [o for s, p, o in KG if p == node("skos:prefLabel") and s in KG_TERMS]
    assert [label for label in labels if labels.count(label) > 1] == []


def test_alignment_covers_the_classes_and_speaks_only_of_known_terms() -> None:
    alignment = read_turtle("alignment.ttl")
    assert {s for s, _, _ in alignment if not s.startswith(f"<{PREFIXES['kg-unitkind']}")} <= KG_TERMS
    aligned = {s for s, p, _ in alignment if p == node("rdfs:subClassOf")}
    assert {f"<{NS}{name}>" for name in CLASSES} - aligned == {node("kg:BodyGroup")}
    assert not any("eli/ontology#title" in term for triple in alignment for term in triple)


def test_ontology_and_vocabularies_have_no_blank_nodes_and_known_prefixes() -> None:
    for name in ("kg.ttl", "alignment.ttl", "vocabularies.ttl"):
        for triple in read_turtle(name):  # raises for a blank node
            assert not any(term.startswith("_:") for term in triple)
        declared = dict(re.findall(r"@prefix ([\w-]+): <([^>]+)>", ontology_file(name).decode()))
        assert declared.items() <= dict(PREFIXES).items()


def test_every_concept_is_labelled_in_two_languages_and_belongs_to_a_scheme() -> None:
    triples = load_concepts().triples
    concepts = {s for s, p, o in triples if o == node("skos:Concept")}
    schemes = {s for s, p, o in triples if o == node("skos:ConceptScheme")}
    assert len(concepts) > 150
    for concept in concepts:
        labels = [o for s, p, o in triples if s == concept and p == node("skos:prefLabel")]
        assert sorted(label.rpartition("@")[2] for label in labels) == ["en", "zh"], concept
        found = [o for s, p, o in triples if s == concept and p == node("skos:inScheme")]
        assert len(found) == 1, concept
        assert found[0] in schemes, concept


def test_every_unit_has_a_known_kind_and_the_special_ones_are_kept_apart() -> None:
    concepts = load_concepts()
    kinds = {s for s, p, o in concepts.triples if s.startswith(f"<{PREFIXES['kg-unitkind']}")}
    units = {s for s, p, o in concepts.triples if s.startswith(f"<{PREFIXES['kg-unit']}")}
    assert units == set(concepts.unit_kinds)
    assert set(concepts.unit_kinds.values()) <= kinds
    assert concepts.unit_kind("%") == concepts.unit_kind("\uff05") == "ratio"
    assert concepts.unit_kind("个百分点") == "points"
    assert concepts.unit_kind("元") == "money"
    assert concepts.unit_kind("亩") == "area"
    assert concepts.unit_kind("从未见过的量词") == "count"
    matches = {s for s, p, o in concepts.triples if p == node("skos:exactMatch") if PREFIXES["unit"] in o}
    assert node("kg-unit:percent") in matches
    assert not matches & {node("kg-unit:percentage-point"), node("kg-unit:mu")}  # QUDT has neither


@pytest.mark.parametrize(
    ("scheme", "codes"),
    [
        ("modality", vocabulary.MODALITIES),
        ("bound", vocabulary.BOUNDS),
        ("measurekind", vocabulary.MEASURE_KINDS),
        ("verdict", vocabulary.VERDICTS),
    ],
)
def test_closed_codes_are_the_notations_of_their_scheme(scheme: str, codes: tuple[str, ...]) -> None:
    triples = load_concepts().triples
    members = {s for s, p, o in triples if p == node("skos:inScheme") and o == f"<{vocabulary.VOCAB}code/{scheme}>"}
    notations = {o for s, p, o in triples if s in members and p == node("skos:notation")}
    assert notations == {f'"{code}"' for code in codes}


@pytest.mark.parametrize(
    ("scheme", "word", "local"),
    [
        ("bodytype", "政府", "government"),
        ("instrumenttype", "党内法规和文件", "party-document"),
        ("initiativetype", "专项行动", "campaign"),
        ("initiativetype", "reform", "reform"),  # a rule file may use the local name
        ("status", "征求意见稿", "draft"),
        ("unit", "㎡", "square-metre"),
    ],
)
def test_words_of_reports_find_their_concept(scheme: str, word: str, local: str) -> None:
    assert load_concepts().find(scheme, word) == node(f"kg-{scheme}:{local}")


def test_every_shape_has_a_comment_a_name_and_messages_in_both_languages() -> None:
    text = ontology_file("shapes.ttl").decode()
    names = re.findall(r"^kgsh:(\w+) a sh:(?:Node|Property)Shape", text, re.MULTILINE)
    commented = re.findall(r"^# .+\nkgsh:(\w+) a sh:(?:Node|Property)Shape", text, re.MULTILINE)
    assert names == commented
    assert len(names) == len(set(names)) > 80
    quads = list(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE))
    sh = PREFIXES["sh"]
    languages: dict[str, list[str]] = {}
    for quad in quads:
        if quad.predicate.value == sh + "message" and isinstance(quad.object, pyoxigraph.Literal):
            languages.setdefault(str(quad.subject), []).append(quad.object.language or "")
    assert all(sorted(found) == ["en", "zh"] for found in languages.values())
    property_shapes = [str(q.subject) for q in quads if str(q.object) == f"<{sh}PropertyShape>"]
    assert set(property_shapes) <= set(languages)


def test_shapes_and_questions_use_only_known_terms() -> None:
    questions = sorted((ROOT / "ontology" / "questions").glob("*.rq"))
    assert len(questions) == 29
    for path in (ROOT / "ontology" / "shapes.ttl", *questions):
        used = set(re.findall(r"(?<![\w-])kg:(\w+)", path.read_text(encoding="utf-8")))
        assert {f"<{NS}{name}>" for name in used} <= KG_TERMS, path.name


def test_the_factory_shows_every_class_and_property_but_the_checks() -> None:
    quads = describe([extraction()]).quads
    data = [quad for quad in quads if "/graph/ontology" not in quad[3] and "/graph/vocab" not in quad[3]]
    used = {p for _, p, _, _ in data} | {o for _, p, o, _ in data if p == node("rdf:type")}
    not_shown = {term.rpartition("#")[2].rstrip(">") for term in KG_TERMS - used}
    checks = {"Check", "checks", "numerator", "denominator", "expected", "difference", "tolerance", "verdict"}
    checks |= {"checkInput", "checkKind", "checkReason"}
    run = {"rulesDigest", "contentDigest"}
    decisions = {"mergedFrom", "decisionReason"}  # of people, over many reports
    assert not_shown == checks | run | decisions | {"actsOn"}  # actsOn is only a parent


def test_the_ontology_is_found_inside_an_installed_package(tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(ROOT / "kg", site / "kg", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "ontology", site / "kg" / "ontology")  # as the wheel's force-include does
    code = "from kg.vocabulary import ontology_dir, ontology_file; print(ontology_dir()); ontology_file('kg.ttl')"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(site)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(site / "kg" / "ontology")
    assert (ontology_dir() / "kg.ttl").is_file()  # and in this checkout


def test_a_missing_ontology_file_is_named() -> None:
    with pytest.raises(GraphError, match=r"nothing\.ttl"):
        ontology_file("nothing.ttl")


def test_minted_iris_are_what_the_contract_says() -> None:
    from hashlib import sha256

    digest = sha256("department|320700|人民政府".encode()).hexdigest()[:16]
    assert mint(BASE, "department", "320700|人民政府") == f"https://govkg.example/id/department/{digest}"
    assert mint(BASE, "department", "320700|人民政府").isascii()
    assert mint(BASE, "regulation", "a") != mint(BASE, "initiative", "a")


@pytest.mark.parametrize("kind", ["Department", "部门", "a/b", "", "a b"])
def test_mint_refuses_what_is_no_plain_word(kind: str) -> None:
    with pytest.raises(GraphError):
        mint(BASE, kind, "key")


@pytest.mark.parametrize("base", ["https://example.org/id/", "http://localhost:8080/a/", "urn:govkg:id/"])
def test_usable_bases(base: str) -> None:
    assert vocabulary.check_base(base) == base


@pytest.mark.parametrize(
    "base",
    [
        "",
        "id/",
        "urn:x:",
        "https://example.org",
        "https://example.org/#",
        "https://example.org/?q=/",
        "https://例子/",
        "https://a b/",
        'https://a"/',
        "https://a>/",
        "https://a/\n",
    ],
)
def test_unusable_bases(base: str) -> None:
    with pytest.raises(GraphError, match="base IRI"):
        vocabulary.check_base(base)
