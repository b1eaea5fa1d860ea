"""The examples of ``ontology/examples``: each breaks the one shape it names, and two engines say so."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import make_examples
import pyshacl
import pytest
import rdflib

from kg.validate import Language, validate
from kg.vocabulary import PREFIXES, SHAPES, ontology_file

FOLDER = make_examples.FOLDER
INVALID = sorted((FOLDER / "invalid").glob("*.ttl"))
VALID = sorted((FOLDER / "valid").glob("*.ttl"))
LANGUAGES: tuple[Language, ...] = ("zh", "en")
SH = rdflib.Namespace(PREFIXES["sh"])


def test_every_shape_has_an_example_that_names_it() -> None:
    names = make_examples.shapes_that_say_something()
    assert len(names) > 120
    assert [path.stem for path in INVALID] == sorted(names)
    assert len(VALID) >= 3
    for path in INVALID:
        first, message, purpose, *_ = path.read_text(encoding="utf-8").splitlines()
        assert first == f"# {path.stem}"
        assert " / " in message
        assert purpose == f"# {make_examples.purposes()[path.stem]}"


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_an_example_breaks_the_shape_it_names_and_no_other(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for language in LANGUAGES:
        findings = validate(path, language=language)
        assert {finding.shape for finding in findings} == {path.stem}
        assert all(finding.message in text for finding in findings)
        assert all(finding.fact for finding in findings)


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_valid_examples_conform(path: Path) -> None:
    assert validate(path) == []


def test_the_examples_are_what_the_script_makes() -> None:
    made = make_examples.examples()
    assert sorted(made) == sorted(path.relative_to(FOLDER).as_posix() for path in (*VALID, *INVALID))
    stale = [name for name, data in made.items() if (FOLDER / name).read_bytes() != data]
    assert stale == [], "run `python tests/make_examples.py`"


@cache
def shapes() -> rdflib.Graph:
    return rdflib.Graph().parse(data=ontology_file("shapes.ttl"), format="turtle")


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_pyshacl_the_reference_says_the_same(path: Path) -> None:
    data = rdflib.Graph().parse(path, format="turtle")
    _, results, _ = pyshacl.validate(data, shacl_graph=shapes())
    assert isinstance(results, rdflib.Graph)
    theirs = set()
    for result in results.subjects(rdflib.RDF.type, SH.ValidationResult):
        node, way = results.value(result, SH.focusNode), results.value(result, SH.resultPath)
        severity = str(results.value(result, SH.resultSeverity)).rpartition("#")[2].lower()
        shape = str(results.value(result, SH.sourceShape)).removeprefix(SHAPES)
        name = "_:" if isinstance(node, rdflib.BNode) else str(node)
        theirs.add((name, str(way) if way else None, severity, shape))
    ours = {("_:" if f.focus.startswith("_:") else f.focus, f.path, f.severity, f.shape) for f in validate(path)}
    assert ours == theirs != set()
