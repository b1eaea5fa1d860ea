"""`kg why`: each statement with its words, place, rule, trigger, modality and names; and why there is none."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from conftest import Run

from kg import why as why_function
from kg.build import Built
from kg.errors import GraphError
from kg.extract import Extractor
from kg.facts import Facts, line_and_column, load, sentence
from kg.why import as_text, at, find_predicate, missing, why
from kg.why.wording import _REASONS

CITY = "连云港市人民政府"


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory, sample: Built) -> Path:
    path = tmp_path_factory.mktemp("why") / "sample.trig"
    path.write_bytes(sample.files[f"{sample.name}.trig"])
    return path


@pytest.fixture(scope="module")
def facts(graph: Path) -> Facts:
    return load(graph)


#: Question → the one statement that is meant.
FOUND = [
    (("市政府", "合作", "电视台"), (CITY, "cooperatesWith", "连云港市电视台")),
    ((CITY, "kg:cooperatesWith", "电视台"), (CITY, "cooperatesWith", "连云港市电视台")),
    ((CITY, "https://govkg.example/ns#repeals", None), None),
    (("一委三会", None, "民政部"), ("“一委三会”社区治理模式", "recognisedBy", "中华人民共和国民政部")),
    (("受理率", None, None), ("受理率 88.4%", "measures", "全市各级行政复议机关")),
    ((CITY, "establishes", "国际商事仲裁院"), (CITY, "establishes", "连云港国际商事仲裁院")),
    (("市政府", "贯彻落实", "十四五"), (CITY, "implements", "“十四五”规划")),
]


@pytest.mark.parametrize(("asked", "edge"), FOUND)
def test_a_statement_is_found_by_names_aliases_parts_and_relation(
    facts: Facts, extractor: Extractor, asked: tuple[str, str | None, str | None], edge: tuple[str, str, str] | None
) -> None:
    told = why(facts, *asked, extractor=extractor)
    assert [(s["subject"], s["predicate"], s["object"]) for s in told["statements"]] == ([edge] if edge else [])
    assert bool(told["missing"]) == (edge is None) or told["missing"] == []


def test_an_iri_finds_its_thing(facts: Facts, extractor: Extractor) -> None:
    one = why(facts, "受理率", extractor=extractor)["statements"][0]
    assert why(facts, one["subject_iri"], None, one["object_iri"], extractor=extractor)["statements"] == [one]


def one(facts: Facts, extractor: Extractor, *asked: str | None) -> dict[str, Any]:
    (found,) = why(facts, *asked, extractor=extractor)["statements"]  # type: ignore[arg-type]
    assert isinstance(found, dict)
    return found


def test_evidence_stands_in_its_sentence_at_its_place(facts: Facts, extractor: Extractor, sample: Built) -> None:
    text = sample.extraction.report.text
    (clause,) = one(facts, extractor, CITY, "合作", "电视台")["evidence"]
    assert (
        text[clause["start"] : clause["end"]]
        == clause["text"]
        == "与市电视台、“连云港发布”等媒体合作推出数据分析民生专栏"
    )
    assert clause["before"] == "推进“数据+服务”模式创新,"
    assert clause["after"].endswith("良好氛围。")
    assert text.split("\n")[clause["line"] - 1][clause["column"] - 1 :].startswith(clause["text"])
    assert clause["section"] == "(四)加强社会监督、舆论监督。"


def test_the_rule_is_told_with_the_line_where_it_stands(facts: Facts, extractor: Extractor) -> None:
    found = one(facts, extractor, CITY, "合作", "电视台")
    (rule,) = found["rules"]
    lines = (Path(__file__).parent.parent / rule["file"]).read_text(encoding="utf-8").splitlines()
    assert "cooperates-with" in lines[rule["line"] - 1]
    assert "$verb_with" in rule["template"]
    assert found["triggers"] == ["合作"]
    assert found["implicit_subject"]


def test_every_statement_of_the_sample_has_a_rule_with_a_file(facts: Facts, extractor: Extractor) -> None:
    statements = [s for kind, iri in facts.entities() for s in why(facts, iri, extractor=extractor)["statements"]]
    assert len(statements) >= 120
    for found in statements:
        assert found["rules"]
        assert all(rule["file"] for rule in found["rules"]), found["rules"]
        assert all(rule["line"] or not rule["template"] for rule in found["rules"]), found["rules"]
        assert all(clause["modality"] for clause in found["evidence"])


def test_a_plan_says_which_word_made_it_one(facts: Facts, extractor: Extractor) -> None:
    (clause,) = one(facts, extractor, CITY, "implements", "十四五")["evidence"]
    assert clause["modality"] == ["planned"]
    assert {"modality": "planned", "word": "2021年", "list": "year-opening", "where": "paragraph"} in clause["because"]


def test_a_figure_comes_with_what_was_made_of_it(facts: Facts, extractor: Extractor) -> None:
    figure = one(facts, extractor, "实名注册用户", None, None)["figure"]
    assert (figure["raw"], figure["value"], figure["bound"]) == ("近200万", "2000000", "≈")
    assert figure["rules"][0]["rule"] == "name-before"


def test_names_say_what_they_were_taken_for(facts: Facts, extractor: Extractor) -> None:
    (name,) = one(facts, extractor, CITY, "合作", "电视台")["named"]
    assert (name["text"], name["entity"], name["key"]) == ("市电视台", "连云港市电视台", "320700|电视台")
    assert name["rules"] == ["local-gazetteer"]


#: What is not there → the first reason.
MISSING = [
    (("火星局", None, None), "no-name"),
    (("强富美高", None, None), "not-recognised"),
    ((CITY, "repeals", "民政部"), "never-together"),
    (("民政部", "issues", None), "other-relation"),
    (("民政部", "recognisedBy", "一委三会"), "other-relation"),
    (("司法部", "cooperatesWith", "江苏省司法厅"), "no-template"),
]


@pytest.mark.parametrize(("asked", "what"), MISSING)
def test_what_is_not_there_has_its_reason(
    facts: Facts, extractor: Extractor, asked: tuple[str, str | None, str | None], what: str
) -> None:
    told = why(facts, *asked, extractor=extractor)
    assert told["statements"] == []
    assert what in [reason["what"] for reason in told["missing"]]
    assert as_text(told).startswith("没有:")


def test_an_unknown_name_is_answered_with_the_nearest(facts: Facts, extractor: Extractor) -> None:
    (reason,) = why(facts, "连云港市电视厂", extractor=extractor)["missing"]
    assert reason["nearest"][0] == "连云港市电视台"


def test_two_possible_bodies_are_both_told(extractor: Extractor) -> None:
    import graph_factory as factory

    from kg.describe import describe

    store = describe([factory.extraction()]).oxigraph()
    facts = Facts.of((q.subject.value, q.predicate.value, q.object.value) for q in store)
    reasons = why(facts, "该局", extractor=extractor)["missing"]
    assert [r["candidates"] for r in reasons if r["what"] == "ambiguous"] == [["盐城市公安局", "盐城市司法局"]]


def test_a_place_of_the_text_is_explained(facts: Facts, extractor: Extractor, sample: Built) -> None:
    text = sample.extraction.report.text
    start = text.index("411件")
    told = at(facts, start, start + 4, extractor=extractor)
    assert [m["text"] for m in told["mentions"]] == ["411件"]
    assert [s["subject"] for s in told["statements"]] == ["受理 411件"]
    assert told["passages"][0]["text"].startswith("2020年,全市各级行政复议机关")
    assert not at(facts, text.index("重大意义") if "重大意义" in text else 0, extractor=extractor)["statements"]
    for bad in ((-1, 3), (3, 3), (0, len(text) + 1)):
        with pytest.raises(GraphError, match="outside the text"):
            at(facts, *bad, extractor=extractor)


def test_relations_are_known_by_three_names() -> None:
    assert {find_predicate(name) for name in ("issues", "kg:issues", "制发", "ISSUES")} == {"issues"}
    with pytest.raises(GraphError, match="no such relation"):
        find_predicate("喜欢")


@pytest.mark.parametrize(
    ("text", "start", "end", "words"),
    [("甲。乙丙。丁", 2, 3, "乙丙。"), ("甲\n乙\n", 2, 3, "乙"), ("甲乙", 0, 1, "甲乙"), ("甲。乙。", 0, 2, "甲。")],
)
def test_the_sentence_around(text: str, start: int, end: int, words: str) -> None:
    begin, stop = sentence(text, start, end)
    assert text[begin:stop] == words


def test_lines_and_columns_count_from_one() -> None:
    assert [line_and_column("甲\n乙丙", offset) for offset in (0, 2, 3)] == [(1, 1), (2, 1), (2, 2)]


def test_the_command(run: Run, graph: Path, sample: Built) -> None:
    found = run("why", CITY, "合作", "电视台", "--on", graph)
    assert found.returncode == 0, found.stderr.decode()
    assert "【与市电视台、“连云港发布”等媒体合作推出数据分析民生专栏】" in found.stdout.decode()
    as_json = json.loads(run("why", CITY, "合作", "电视台", "--on", graph, "--as", "json").stdout)
    assert as_json["statements"][0]["triggers"] == ["合作"]
    report = Path(__file__).parent.parent / "kg/data/sample" / f"{sample.name}.txt"
    assert run("why", CITY, "合作", "电视台", "--in", report).stdout == found.stdout
    assert run("why", CITY, "repeals", "--on", graph).returncode == 1
    place = run("why", "--at", "6871-6875", "--on", graph)
    assert (place.returncode, "411件" in place.stdout.decode()) == (0, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("why", "a"),
        ("why", "--on", "x.ttl"),
        ("why", "a", "--on", "none.ttl"),
        ("why", "a", "b", "c", "d", "--on", "x.ttl"),
        ("why", "a", "喜欢", "b", "--on", "GRAPH"),
        ("why", "--at", "x", "--on", "GRAPH"),
        ("why", "--at", "99999999", "--on", "GRAPH"),
        ("why", "a", "--in", "none.txt"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(run: Run, graph: Path, arguments: tuple[str, ...]) -> None:
    done = run(*(graph if argument == "GRAPH" else argument for argument in arguments))
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert done.stderr


def test_the_library_function_is_public() -> None:
    assert why_function is why


def test_an_explanation_in_english_says_the_same(facts: Facts) -> None:
    """The words of the tool are English; what the report and the rules say stays as it is."""
    told = why(facts, "受理率")
    zh, en = as_text(told), as_text(told, "en")
    assert len(zh.splitlines()) == len(en.splitlines()) > 5
    for word in ("原文", "字符", "规则", "数值", "名称 "):
        assert word in zh
        assert word not in re.sub("【.*?】|kg/rules.*", "", en)
    for word in ("text ", "characters [", "rule ", "figure ", "indicator ", "modality reported"):
        assert word in en


def test_an_absence_in_english(facts: Facts) -> None:
    assert as_text(why(facts, "没有这个名字的机构"), "en").startswith("none: no such name or IRI in the graph: ")
    absent = as_text(why(facts, CITY, "kg:commentsOn", "受理率"), "en")
    assert absent.startswith("none: ")
    assert "没有:" not in absent


def test_every_reason_for_an_absence_has_its_english(facts: Facts) -> None:
    source = Path(missing.__file__).read_text(encoding="utf-8")
    codes = set(re.findall(r'"what": "([a-z-]+)"', source))
    assert len(codes) >= 7
    assert codes == set(_REASONS)
    absent = as_text(why(facts, "连云港市"), "en")  # a place: nothing is said of it
    assert absent.startswith("none: the graph has this name")


def test_an_iri_that_is_not_there_has_no_nearest_name(facts: Facts) -> None:
    told = why(facts, "https://govkg.example/id/department/nothing")
    assert [reason.get("nearest") for reason in told["missing"]] == [[]]
    assert "IRI" in as_text(told)


def test_the_command_speaks_english(graph: Path, run: Run) -> None:
    told = run("why", "受理率", "--on", graph, "--lang", "en")
    assert told.returncode == 0
    assert "characters [" in told.stdout.decode()
