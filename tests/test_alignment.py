"""The links to other vocabularies: terms that exist, inferences that hold, nothing that contradicts itself."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import graph_factory as factory
import owlrl
import pytest
import rdflib
from rdflib import namespace as known
from rdflib.namespace import DCTERMS, FOAF, ORG, OWL, PROV, RDF, RDFS, SKOS

from kg.build import sample_report
from kg.describe import describe
from kg.extract import Extractor, extract
from kg.vocabulary import CLASSES, EDGES, NS, PREFIXES, PROPERTIES, VOCAB, ontology_file

DATA = Path(__file__).parent / "data"
FILES = ("kg.ttl", "alignment.ttl", "vocabularies.ttl")
#: Vocabularies of which rdflib lists the terms.
LISTED = ["DCAT", "DCTERMS", "FOAF", "ORG", "OWL", "PROV", "QB", "RDF", "RDFS", "SDO", "SKOS", "VANN", "VOID", "XSD"]
TERMS = [tuple(line.split("\t")) for line in (DATA / "aligned_terms.tsv").read_text().splitlines()[1:]]

#: Disjointness of the vocabularies aligned to, so that a reasoner sees a contradiction with them.
FOREIGN_DISJOINT = (
    (PROV.Entity, PROV.Activity),
    (SKOS.Concept, SKOS.ConceptScheme),
    (SKOS.Concept, SKOS.Collection),
    (FOAF.Document, FOAF.Organization),
    (FOAF.Document, FOAF.Person),
)
FOREIGN_SUBCLASSES = (
    (PROV.Organization, PROV.Agent),
    (ORG.OrganizationalUnit, ORG.Organization),
    (ORG.Organization, FOAF.Agent),
)
FOREIGN_DOMAINS = (
    (PROV.used, RDFS.domain, PROV.Activity),
    (PROV.used, RDFS.range, PROV.Entity),
    (PROV.wasAttributedTo, RDFS.domain, PROV.Entity),
    (PROV.wasAttributedTo, RDFS.range, PROV.Agent),
    (PROV.wasAssociatedWith, RDFS.domain, PROV.Activity),
    (PROV.wasAssociatedWith, RDFS.range, PROV.Agent),
    (PROV.wasDerivedFrom, RDFS.domain, PROV.Entity),
    (PROV.wasDerivedFrom, RDFS.range, PROV.Entity),
    (ORG.subOrganizationOf, RDFS.domain, ORG.Organization),
    (ORG.subOrganizationOf, RDFS.range, ORG.Organization),
    (ORG.unitOf, RDFS.domain, ORG.OrganizationalUnit),
    (ORG.classification, RDFS.domain, ORG.Organization),
    (ORG.classification, RDFS.range, SKOS.Concept),
)


def ontology(*names: str) -> rdflib.Graph:
    graph = rdflib.Graph()
    for name in names:
        graph.parse(data=ontology_file(name), format="turtle")
    return graph


@cache
def sample_text() -> str:
    return describe([extract(sample_report(), Extractor.load())]).ntriples(data_only=True)


def sample() -> rdflib.Graph:
    """The sample report's graph without its literals, which no class hierarchy needs."""
    data = sample_text()
    graph = rdflib.Graph().parse(data=data, format="nt")
    for triple in list(graph):
        if isinstance(triple[2], rdflib.Literal):
            graph.remove(triple)
    return graph


@cache
def inferred() -> rdflib.Graph:
    """The sample with all that RDFS infers from the ontology and its alignment."""
    graph = sample() + ontology("kg.ttl", "alignment.ttl")
    for triple in (
        *((a, RDFS.subClassOf, b) for a, b in FOREIGN_SUBCLASSES),
        *FOREIGN_DOMAINS,
    ):
        graph.add(triple)
    owlrl.RDFSClosure.RDFS_Semantics(graph, axioms=False, daxioms=False, rdfs=True).closure()
    return graph


def test_terms_of_other_vocabularies_exist() -> None:
    """Against rdflib's own lists where it has the vocabulary, else against the list kept with its source."""
    entered = {iri for iri, *_ in TERMS}
    assert len(entered) == len(TERMS) > 60
    for iri, vocabulary, copy, day in TERMS:
        assert vocabulary, iri
        assert re.match(r"npm @|github \S+/\S+ [0-9a-f]{7} |QUDT changelog", copy), iri
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", day), iri
    used = {node for triple in ontology(*FILES) for node in triple if isinstance(node, rdflib.URIRef)}
    foreign = {node for node in used if not str(node).startswith(("https://govkg.example/", "https://www.apache.org/"))}
    assert len(foreign) > 110
    unknown = {node for node in foreign if not any(node in getattr(known, name) for name in LISTED)} - {
        rdflib.URIRef(iri) for iri in entered
    }
    assert unknown == set()
    assert {rdflib.URIRef(iri) for iri in entered} <= foreign


def test_alignment_speaks_of_terms_of_the_ontology_and_kinds_of_unit() -> None:
    ours = {rdflib.URIRef(NS + name) for name in (*CLASSES, *EDGES, *PROPERTIES)}
    subjects = set(ontology("alignment.ttl").subjects())
    assert {s for s in subjects if not str(s).startswith(f"{VOCAB}unitkind/")} <= ours
    kinds = set(ontology("vocabularies.ttl").subjects(SKOS.inScheme, rdflib.URIRef(f"{VOCAB}unitkind")))
    assert {s for s in subjects if str(s).startswith(VOCAB)} <= kinds


#: A question in terms of another vocabulary → the class of ours that must answer it, whole, and how many at least.
QUESTIONS = [
    ("SELECT ?x { ?x a org:Organization }", ("Department",), 15),
    ("SELECT ?x { ?x a cv:PublicOrganisation }", ("Department",), 15),
    ("SELECT ?x { ?x a eli:LegalResource }", ("Regulation",), 35),
    ("SELECT ?x { ?x a qb:Observation }", ("Observation",), 80),
    ("SELECT ?x { ?x a schema:AdministrativeArea }", ("Place",), 4),
    ("SELECT ?x { ?x a schema:Project }", ("Initiative",), 80),
    ("SELECT ?x { ?x a nif:OffsetBasedString }", ("Mention", "Evidence", "Section"), 400),
    ("SELECT ?x { ?x a foaf:Document }", ("Report",), 1),
    ("SELECT ?x { ?x a rdf:Statement }", ("Statement",), 150),
    ("SELECT ?x { ?x a prov:Activity }", ("Recognition",), 3),
    ("SELECT DISTINCT ?x { ?x prov:wasInfluencedBy ?e . ?e a kg:Evidence ; a kg:Evidence }",
     ("Statement", "Observation", "RankClaim", "Recognition"), 250),
]  # fmt: skip


@pytest.mark.parametrize(("question", "names", "least"), QUESTIONS, ids=[q for q, _, _ in QUESTIONS])
def test_a_question_in_terms_of_another_vocabulary_is_answered(
    question: str, names: tuple[str, ...], least: int
) -> None:
    graph = inferred()
    answer = {binding[rdflib.Variable("x")] for binding in graph.query(question, initNs=dict(PREFIXES)).bindings}
    assert answer == {s for name in names for s in sample_instances(name)}
    assert len(answer) >= least


@cache
def sample_instances(name: str) -> frozenset[rdflib.term.Node]:
    return frozenset(sample().subjects(RDF.type, rdflib.URIRef(NS + name)))


def test_edges_are_seen_by_their_parents() -> None:
    graph = inferred()
    acts = {(s, o) for name in ("issues", "revises", "repeals", "drafts", "commentsOn", "implements")
            for s, o in graph.subject_objects(rdflib.URIRef(NS + name))}  # fmt: skip
    assert len(acts) > 20
    assert set(graph.subject_objects(rdflib.URIRef(NS + "actsOn"))) == acts
    parts = set(graph.subject_objects(rdflib.URIRef(NS + "partOf")))
    assert parts
    assert parts <= set(graph.subject_objects(ORG.subOrganizationOf))


def contradictions(graph: rdflib.Graph) -> set[tuple[str, str, str]]:
    pairs = {*graph.subject_objects(OWL.disjointWith), *FOREIGN_DISJOINT}
    of = {c: set(graph.subjects(RDF.type, c)) for pair in pairs for c in pair}
    return {(str(x), str(a), str(b)) for a, b in pairs for x in of[a] & of[b]}


def test_nothing_in_the_sample_contradicts_the_ontology_or_what_it_is_aligned_to() -> None:
    assert len(set(ontology("kg.ttl").subject_objects(OWL.disjointWith))) >= 25
    assert contradictions(inferred()) == set()
    wrong = sample() + ontology("kg.ttl", "alignment.ttl")
    body = next(iter(sample_instances("Department")))
    wrong.add((next(iter(sample_instances("Initiative"))), rdflib.URIRef(NS + "partOf"), body))
    owlrl.RDFSClosure.RDFS_Semantics(wrong, axioms=False, daxioms=False, rdfs=True).closure()
    assert contradictions(wrong)  # an initiative that is part of a body is, by the domain, a body


def test_an_owl_reasoner_finds_no_inconsistency() -> None:
    """OWL 2 RL over the ontology, its alignment and a small report with every class and edge."""
    data = rdflib.Graph().parse(data=describe([factory.second_extraction()]).ntriples(data_only=True), format="nt")
    for triple in list(data):
        if isinstance(triple[2], rdflib.Literal):
            data.remove(triple)
    terms = ontology("kg.ttl", "alignment.ttl")
    for triple in list(terms):
        if isinstance(triple[2], rdflib.Literal) or triple[1] in {RDFS.seeAlso, RDFS.isDefinedBy}:
            terms.remove(triple)
    graph = data + terms
    for a, b in FOREIGN_DISJOINT:
        graph.add((a, OWL.disjointWith, b))
    reasoner = owlrl.OWLRL_Semantics(graph, axioms=False, daxioms=False, rdfs=False)
    reasoner.closure()
    assert reasoner.error_messages == []
    assert (None, RDF.type, ORG.Organization) in graph  # it did reason


def test_properties_are_typed_as_owl_2_dl_wants() -> None:
    """Of objects or of data and not both, with parents and ranges of the same sort; classes are no properties."""
    graph = ontology("kg.ttl")
    things = set(graph.subjects(RDF.type, OWL.ObjectProperty))
    data = set(graph.subjects(RDF.type, OWL.DatatypeProperty))
    annotations = set(graph.subjects(RDF.type, OWL.AnnotationProperty))
    classes = set(graph.subjects(RDF.type, OWL.Class))
    assert len(things) > 35
    assert len(data) > 30
    for left, right in ((things, data), (things, annotations), (data, annotations), (classes, things | data)):
        assert left & right == set()
    assert set(graph.subjects(RDF.type, RDF.Property)) == things | data
    datatypes = {
        *(known.XSD[name] for name in ("string", "integer", "decimal", "boolean")),
        RDF.langString,
    }  # those OWL 2 has
    assert {o for s in data for o in graph.objects(s, RDFS.range)} <= datatypes
    assert {o for s in things for o in graph.objects(s, RDFS.range)} <= classes
    assert {o for p in (RDFS.domain, RDFS.subClassOf) for o in graph.objects(None, p)} <= classes
    for property_, parent in graph.subject_objects(RDFS.subPropertyOf):
        assert (property_ in things) == (parent in things)
    # Every other property of the file is declared, or is OWL's own.
    used = {p for _, p, _ in graph if not str(p).startswith((str(OWL), str(RDF), str(RDFS)))}
    assert used <= annotations


def test_the_ontology_says_which_version_it_is() -> None:
    graph = ontology("kg.ttl")
    ours = rdflib.URIRef(NS.removesuffix("#"))
    version = str(graph.value(ours, OWL.versionInfo))
    assert str(graph.value(ours, OWL.versionIRI)) == f"{ours}/{version}"
    created, modified = graph.value(ours, DCTERMS.created), graph.value(ours, DCTERMS.modified)
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", str(created))
    assert str(created) <= str(modified)
    assert graph.value(ours, DCTERMS.license) is not None


# ---- SKOS: the integrity conditions of its reference, on the lists of values ----


def schemes() -> list[rdflib.term.Node]:
    return sorted(ontology("vocabularies.ttl").subjects(RDF.type, SKOS.ConceptScheme), key=str)


def test_the_lists_of_values_keep_the_integrity_conditions_of_skos() -> None:
    graph = ontology("vocabularies.ttl")
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))
    assert len(concepts) > 230
    assert concepts & set(schemes()) == set()  # S9
    for concept in concepts:
        preferred = list(graph.objects(concept, SKOS.prefLabel))
        other = list(graph.objects(concept, SKOS.altLabel)) + list(graph.objects(concept, SKOS.hiddenLabel))
        assert set(preferred) & set(other) == set(), concept  # S13
        languages = [getattr(label, "language", None) for label in preferred]
        assert len(languages) == len(set(languages)), concept  # S14
    broader = {*graph.subject_objects(SKOS.broader), *((b, a) for a, b in graph.subject_objects(SKOS.narrower))}
    above = rdflib.Graph()
    for pair in broader:
        above.add((pair[0], SKOS.broader, pair[1]))
    for concept in concepts:
        ancestors = set(above.transitive_objects(concept, SKOS.broader)) - {concept}
        assert not any(concept in set(above.objects(a, SKOS.broader)) for a in ancestors), concept  # no circles
        assert set(graph.objects(concept, SKOS.related)) & ancestors == set(), concept  # S27
        exact = set(graph.objects(concept, SKOS.exactMatch))
        assert exact & {*graph.objects(concept, SKOS.broadMatch), *graph.objects(concept, SKOS.relatedMatch)} == set()


def test_every_list_has_top_concepts_and_every_concept_a_code_and_a_definition() -> None:
    graph = ontology("vocabularies.ttl")
    assert len(schemes()) >= 15
    for scheme in schemes():
        members = set(graph.subjects(SKOS.inScheme, scheme))
        tops = set(graph.objects(scheme, SKOS.hasTopConcept))
        assert tops == set(graph.subjects(SKOS.topConceptOf, scheme))  # S8
        assert tops <= members  # S7
        assert tops or str(scheme) == f"{VOCAB}indicator"  # whose concepts are in the graphs of reports
        codes = [str(code) for member in members for code in graph.objects(member, SKOS.notation)]
        assert len(codes) == len(set(codes)) == len(members), scheme
    for node in {*graph.subjects(RDF.type, SKOS.Concept), *schemes()}:
        for predicate in (SKOS.prefLabel, SKOS.definition):
            assert sorted(str(getattr(o, "language", "")) for o in graph.objects(node, predicate)) == ["en", "zh"], node
    matches = [match for _, match in graph.subject_objects(SKOS.exactMatch)]
    assert len(matches) == len(set(matches)) >= 35
