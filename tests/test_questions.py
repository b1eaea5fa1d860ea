"""Every named question gives one answer in three engines, however it is loaded: for the sample the checked one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import answers
import engines
import graph_factory as factory
import jena
import pyoxigraph
import pytest
import rdflib

from kg.build import Built
from kg.describe import Dataset, RunInfo, describe
from kg.export import trig, turtle
from kg.extract import Extractor, extract
from kg.query import Question, ask, check, load, questions
from kg.read import read_text

QUESTIONS = questions()

#: Two years of one issuer: a figure that grew, one that is the same, one that is new, one whose scope differs.
YEARS = {
    "2020": "宿迁市人民政府2020年法治政府建设情况报告\n\n2020年,全市新收行政复议案件471件,审结403件,举办培训班5次。"
    "市政府制定《宿迁市养犬管理办法》。\n\n宿迁市人民政府\n2021年2月1日\n",
    "2021": "宿迁市人民政府2021年法治政府建设情况报告\n\n2021年,全市新收行政复议案件512件,审结403件,开展检查30次。"
    "市政府修订《宿迁市养犬管理办法》。\n\n宿迁市人民政府\n2022年2月1日\n",
}


@dataclass
class Loaded:
    """One graph in both its files."""

    name: str
    ttl: Path
    trig: Path

    @cached_property
    def store(self) -> pyoxigraph.Store:
        return load(self.ttl)

    @cached_property
    def rdflib(self) -> dict[str, rdflib.Dataset]:
        return {path.suffix: engines.load_rdflib(path) for path in (self.ttl, self.trig)}


@pytest.fixture(scope="module")
def graphs(tmp_path_factory: pytest.TempPathFactory, extractor: Extractor, sample: Built) -> dict[str, Loaded]:
    """The sample, the factory's two cities, and two years of one city."""
    folder = tmp_path_factory.mktemp("graphs")
    years = [extract(read_text(text, f"{year}.txt"), extractor) for year, text in YEARS.items()]
    cities = [factory.extraction(), factory.second_extraction()]
    made = {"sample": (sample.files[f"{sample.name}.ttl"], sample.files[f"{sample.name}.trig"])}
    for name, extractions in (("years", years), ("cities", cities)):
        dataset: Dataset = describe(extractions, run=RunInfo("1.2.3", "d"))
        made[name] = (turtle(dataset), trig(dataset))
    found = {}
    for name, (as_ttl, as_trig) in made.items():
        found[name] = Loaded(name, folder / f"{name}.ttl", folder / f"{name}.trig")
        found[name].ttl.write_bytes(as_ttl)
        found[name].trig.write_bytes(as_trig)
    return found


NAMES = ("sample", "cities", "years")
each_graph = pytest.mark.parametrize("name", NAMES)
each_question = pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.stem)


@each_graph
@pytest.mark.parametrize("suffix", [".ttl", ".trig"])
def test_rdflib_gives_the_same_answers(graphs: dict[str, Loaded], name: str, suffix: str) -> None:
    graph = graphs[name]
    named = load(graph.trig)
    for question in QUESTIONS:
        ours = engines.of_kg(ask(question.stem, graph.store))
        assert engines.of_kg(ask(question.stem, named)) == ours, question.stem
        assert engines.of_rdflib(graph.rdflib[suffix], question.text) == ours, question.stem


@each_graph
@pytest.mark.parametrize("suffix", [".ttl", ".trig"])
def test_jena_gives_the_same_answers(graphs: dict[str, Loaded], tmp_path: Path, name: str, suffix: str) -> None:
    jena.require("javac")
    graph = graphs[name]
    files = []
    for question in QUESTIONS:
        files.append(tmp_path / f"{question.stem}.rq")
        files[-1].write_text(question.text, encoding="utf-8")
    theirs = jena.ask_all(tmp_path, graph.ttl if suffix == ".ttl" else graph.trig, files)
    assert len(theirs) == len(QUESTIONS) >= 29
    for question, file in zip(QUESTIONS, files, strict=True):
        assert engines.of_json(theirs[file]) == engines.of_kg(ask(question.stem, graph.store)), question.stem


#: Questions whose rows repeat in such a store.
REPEATING = {10}


@each_graph
def test_a_union_that_repeats_triples_changes_no_answer(graphs: dict[str, Loaded], name: str) -> None:
    """Stores that compute the union of graphs while they answer may give a triple of two graphs twice."""
    graph = graphs[name]
    theirs = engines.of_union_view(graph.trig, (question.text for question in QUESTIONS))
    for question, (columns, found) in zip(QUESTIONS, theirs, strict=True):
        answer = (columns, list(dict.fromkeys(found)) if question.number in REPEATING else found)
        assert answer == engines.of_kg(ask(question.stem, graph.store)), question.stem


def test_every_question_answers_something_somewhere(graphs: dict[str, Loaded]) -> None:
    """Or the comparisons above compare nothing; 9 needs the checks of an audit, which `test_query.py` gives it."""
    empty = {q.number for q in QUESTIONS if not any(ask(q.stem, graphs[name].store).rows for name in NAMES)}
    assert empty <= {9}


@each_question
def test_a_question_orders_its_answers_and_all_of_them(graphs: dict[str, Loaded], question: Question) -> None:
    """No two rows tie: else engines may swap them."""
    assert check(question.text, question.stem)
    for graph in graphs.values():
        rows = ask(question.stem, graph.store).texts()
        assert len(set(rows)) == len(rows)


@each_question
def test_the_answer_for_the_sample_is_the_committed_one(graphs: dict[str, Loaded], question: Question) -> None:
    told = (answers.FOLDER / f"{question.stem}.csv").read_text(encoding="utf-8")
    assert answers.as_csv(ask(question.stem, graphs["sample"].store)) == told, (
        "read the difference; if it is right: python tests/answers.py"
    )


def test_there_is_an_answer_for_every_question_and_none_too_many() -> None:
    assert {path.stem for path in answers.FOLDER.glob("*.csv")} == {question.stem for question in QUESTIONS}
    told = (answers.FOLDER / "README.md").read_text(encoding="utf-8")
    assert all(f"| {question.number} " in told for question in QUESTIONS), "the README says what was read in each"


def rows(graphs: dict[str, Loaded], name: str, question: int) -> Iterator[tuple[str, ...]]:
    yield from ask(str(question), graphs[name].store).texts()


def test_evidence_stands_where_it_is_said_to(graphs: dict[str, Loaded], sample: Built) -> None:
    text = sample.extraction.report.text
    found = list(rows(graphs, "sample", 12))
    assert len(found) >= 150
    assert all(text[int(begin) : int(end)] == evidence for *_, begin, end, evidence in found)


def test_changes_between_two_years(graphs: dict[str, Loaded]) -> None:
    """What stayed the same, what only one year has, is no change."""
    assert list(rows(graphs, "years", 26)) == [
        ("宿迁市人民政府", "新收行政复议案件", "全市", "2020", "471件", "2021", "512件", "41", "件")
    ]


def test_statements_on_a_document_over_two_years(graphs: dict[str, Loaded]) -> None:
    found = [row[:6] for row in rows(graphs, "years", 27) if row[0] == "宿迁市养犬管理办法"]
    assert [(row[3], row[4]) for row in found] == [("issues", "宿迁市人民政府"), ("revises", "宿迁市人民政府")]


def test_bodies_and_what_ties_them(graphs: dict[str, Loaded]) -> None:
    found = {row[:3] for row in rows(graphs, "sample", 25)}
    assert ("合作", "连云港市人民政府", "连云港市电视台") in found
    assert ("报告", "连云港市人民政府", "江苏省人民政府") in found


def test_figures_of_an_initiative_bear_their_rank(graphs: dict[str, Loaded]) -> None:
    found = [row for row in rows(graphs, "sample", 28) if row[0] == "“建设工程一体化综合平台”"]
    assert [(row[2], row[3], row[5]) for row in found] == [("43个", "43", "全省最多"), ("98.96%", "98.96", "全省第二")]


def test_the_yield_of_rules_is_all_statements(graphs: dict[str, Loaded]) -> None:
    """A statement that two rules found counts for both."""
    total = sum(int(row[2]) for row in rows(graphs, "sample", 29))
    assert total >= int(ask(COUNT, graphs["sample"].store).texts()[0][0]) >= 200


COUNT = "PREFIX kg: <https://govkg.example/ns#>\nSELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a kg:Statement }"
