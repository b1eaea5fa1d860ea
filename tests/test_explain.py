"""Explanations: each mention's and statement's rule and file, and every kind of near miss."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from kg.build import Built
from kg.errors import KgError, ReadError
from kg.explain import as_text, explain_text, rule_of
from kg.explain.rules import CODE_RULES
from kg.explain.wording import _MISSES
from kg.extract import Extractor

ROOT = Path(__file__).resolve().parent.parent
CITY = "连云港市人民政府"


def misses(told: dict[str, Any], what: str) -> dict[str, str]:
    """Text → why, of one kind of near miss."""
    return {miss["text"]: miss["why"] for miss in told["near_misses"] if miss["what"] == what}


Row = tuple[str, set[tuple[str, str, str]], set[tuple[str, str, str]], set[tuple[str, str]]]

#: Sentence of a Lianyungang report; its mentions (text, class, rule); its statements (subject, predicate, object);
#: its near misses (what, text). All of each: what a row does not list must not be told.
TABLE: list[Row] = [
    (
        "市司法局印发《行政执法指导意见》。",
        {("市司法局", "Department", "local-gazetteer"), ("《行政执法指导意见》", "Regulation", "title-brackets")},
        {("连云港市司法局", "issues", "行政执法指导意见")},
        set(),
    ),
    (
        "市政府修订《连云港市养犬管理办法》。",
        {("市政府", "Department", "local-gazetteer"), ("《连云港市养犬管理办法》", "Regulation", "title-brackets")},
        {(CITY, "revises", "连云港市养犬管理办法")},
        set(),
    ),
    (
        "废止《连云港市市区养犬管理规定》。",
        {("《连云港市市区养犬管理规定》", "Regulation", "title-brackets")},
        {(CITY, "repeals", "连云港市市区养犬管理规定")},
        set(),
    ),
    (
        "市司法局会同市财政局制定《法律援助经费管理办法》。",
        {
            ("市司法局", "Department", "local-gazetteer"),
            ("市财政局", "Department", "local-gazetteer"),
            ("《法律援助经费管理办法》", "Regulation", "title-brackets"),
        },
        {
            ("连云港市司法局", "issues", "法律援助经费管理办法"),
            ("连云港市财政局", "issues", "法律援助经费管理办法"),
            ("连云港市司法局", "cooperatesWith", "连云港市财政局"),
        },
        set(),
    ),
    (
        "根据《民法典》,推行证明事项告知承诺制。",
        {("《民法典》", "Regulation", "title-brackets"), ("证明事项告知承诺制", "Initiative", "head-system")},
        {
            ("证明事项告知承诺制", "basedOn", "民法典"),
            (CITY, "implements", "民法典"),
            (CITY, "carriesOut", "证明事项告知承诺制"),
        },
        set(),
    ),
    (
        "推进“放管服”改革。",
        {("“放管服”改革", "Initiative", "head-reform")},
        {(CITY, "carriesOut", "“放管服”改革")},
        set(),
    ),
    (
        "开展“法治体检”活动。",
        {("“法治体检”活动", "Initiative", "head-campaign")},
        {(CITY, "carriesOut", "“法治体检”活动")},
        set(),
    ),
    (
        "成立市行政执法协调委员会。",
        {("市行政执法协调委员会", "Department", "open-committee")},
        {(CITY, "establishes", "连云港市行政执法协调委员会")},
        set(),
    ),
    (
        "市政府向市委报告工作。",
        {("市政府", "Department", "local-gazetteer"), ("市委", "Department", "local-gazetteer")},
        {(CITY, "reportsTo", "中共连云港市委员会")},
        {("head", "工作")},
    ),
    (
        "新收行政复议案件471件,同比增长7.3%。",
        {("471件", "Indicator", "name-before"), ("同比增长7.3%", "Indicator", "growth")},
        set(),
        set(),
    ),
    (
        "各级行政复议机关受理案件411件。",
        {("各级行政复议机关", "BodyGroup", "group-every"), ("411件", "Indicator", "name-before")},
        {("行政复议机关受理案件 411件", "measures", "各级行政复议机关")},
        set(),
    ),
    ("播出《行风热线》节目。", {("《行风热线》节目", "Initiative", "title-column")}, set(), set()),
    (
        "拍摄《小案大道理》短视频。",
        {("《小案大道理》", "MediaWork", "title-media")},
        set(),
        {("title", "《小案大道理》")},
    ),
    (
        "要求各部门制定《安全生产办法》。",
        {("各部门", "BodyGroup", "group-every"), ("《安全生产办法》", "Regulation", "title-brackets")},
        set(),
        {("unless", "制定《安全生产办法》")},
    ),
    ("出台相关文件。", set(), set(), {("no-object", "出台")}),
    ("推进各项制度。", set(), set(), {("no-object", "推进"), ("head", "制度")}),
    ("办理案件411。", set(), set(), {("number", "411")}),
]


@pytest.mark.parametrize(("sentence", "mentions", "statements", "near"), TABLE, ids=[row[0] for row in TABLE])
def test_what_is_told_of_a_sentence(
    sentence: str,
    mentions: set[tuple[str, str, str]],
    statements: set[tuple[str, str, str]],
    near: set[tuple[str, str]],
    extractor: Extractor,
) -> None:
    told = explain_text(sentence, extractor, issuer=CITY)
    assert {(m["text"], m["class"], m["rule"]) for m in told["mentions"]} == mentions
    assert {(s["subject"], s["predicate"], s["object"]) for s in told["statements"]} == statements
    assert {(miss["what"], miss["text"]) for miss in told["near_misses"]} == near
    for one in (*told["mentions"], *told["statements"]):
        assert (ROOT / one["file"]).is_file()
        assert one["rule_says"]
    text = as_text(told)
    for said in (*(m["rule"] for m in told["mentions"]), *(miss["why"] for miss in told["near_misses"])):
        assert said in text


def test_the_table_has_every_kind_of_near_miss() -> None:
    assert len(TABLE) >= 16
    assert {what for *_, near in TABLE for what, _ in near} == set(_MISSES)


def test_mentions_name_class_entity_rule_and_file(extractor: Extractor) -> None:
    told = explain_text("市政府办印发《指导意见》,推进“放管服”改革。", extractor, issuer=CITY)
    mentions = {m["text"]: m for m in told["mentions"]}
    assert mentions["市政府办"]["class"] == "Department"
    assert mentions["市政府办"]["name"] == "连云港市人民政府办公室"
    assert mentions["市政府办"]["adcode"] == "320700"
    assert (mentions["市政府办"]["rule"], mentions["市政府办"]["file"]) == (
        "local-gazetteer",
        "kg/data/local_bodies.tsv",
    )
    assert mentions["《指导意见》"]["class"] == "Regulation"
    assert mentions["“放管服”改革"]["file"] == "kg/rules/initiatives.yaml"
    assert told["issuer"] == {"name": CITY, "adcode": "320700", "given": True}
    for mention in told["mentions"]:
        assert told["text"][mention["start"] : mention["end"]] == mention["text"]


def test_the_issuer_decides_what_the_city_is(extractor: Extractor) -> None:
    sentence = "市政府印发《养犬管理办法》。"
    named = explain_text(sentence, extractor, issuer="江苏省徐州市人民政府")
    assert named["mentions"][0]["name"] == "徐州市人民政府"
    unnamed = explain_text(sentence, extractor)
    assert unnamed["issuer"] is None
    assert "--issuer" in as_text(unnamed)
    inferred = explain_text("连云港市政府印发《养犬管理办法》。", extractor)
    assert inferred["issuer"] == {"name": CITY, "adcode": "320700", "given": False}


def test_a_department_can_be_the_issuer(extractor: Extractor) -> None:
    told = explain_text("开展“法治体检”活动。", extractor, issuer="江苏省司法厅")
    assert told["statements"][0]["subject"] == "江苏省司法厅"
    assert told["statements"][0]["implicit_subject"] is True
    assert "原文省略" in as_text(told)


def test_statements_show_their_template(extractor: Extractor) -> None:
    told = explain_text("市司法局印发《行政执法指导意见》。", extractor, issuer=CITY)
    statement = next(s for s in told["statements"] if s["predicate"] == "issues")
    assert statement["subject"] == "连云港市司法局"
    assert statement["object"] == "行政执法指导意见"
    assert statement["trigger"] == "印发"
    assert statement["template"] == "$verb_issue…{object:Regulation}"
    assert (statement["rule"], statement["file"]) == ("issues", "kg/rules/relations.yaml")
    evidence = statement["evidence"][0]
    assert told["text"][evidence["start"] : evidence["end"]] == evidence["text"]


def test_figures(extractor: Extractor) -> None:
    told = explain_text("全年新收行政复议案件471件,同比增长7.3%,居全省第二。", extractor, issuer=CITY)
    figures = [m for m in told["mentions"] if m["class"] == "Indicator"]
    assert [f["figure"]["value"] for f in figures] == [471, 7.3]
    assert figures[1]["figure"]["rank"] == {"area": "全省", "position": 2}
    assert figures[1]["figure"]["measure"] == "growth"
    text = as_text(told)
    assert "= 471 件" in text
    assert "位次 全省第 2" in text


def test_an_ambiguous_place_lists_what_it_may_be(extractor: Extractor) -> None:
    told = explain_text("鼓楼区被评为示范区。", extractor)
    place = told["mentions"][0]
    assert place["name"] is None
    assert len(place["candidates"]) >= 2
    assert any("南京市" in candidate or "320106" in candidate for candidate in place["candidates"])
    assert "未定" in as_text(told)


# --- near misses


def test_a_template_undone_by_unless(extractor: Extractor) -> None:
    told = explain_text("要求各部门制定《安全生产办法》。", extractor, issuer=CITY)
    assert not told["statements"]
    ((text, why),) = misses(told, "unless").items()
    assert text == "制定《安全生产办法》"
    assert "issues" in why
    assert "“要求”" in why
    # The same sentence without the word gives the edge: it was that word.
    freed = explain_text("各部门制定《安全生产办法》。", extractor, issuer=CITY)
    assert [s["predicate"] for s in freed["statements"]] == ["issues"]
    assert not misses(freed, "unless")


def test_full_width_punctuation_hides_no_near_miss(extractor: Extractor) -> None:
    told = explain_text("去年，要求各部门制定《安全生产办法》（试行）。", extractor, issuer=CITY)
    assert misses(told, "unless")
    # The word stands in another clause, behind a full-width comma: it undoes nothing.
    other = explain_text("要求落实责任，各部门制定《安全生产办法》。", extractor, issuer=CITY)
    assert [s["predicate"] for s in other["statements"]] == ["issues"]
    assert not misses(other, "unless")


def test_a_verb_without_an_object(extractor: Extractor) -> None:
    told = explain_text("出台相关文件。", extractor, issuer=CITY)
    assert "法规文件" in misses(told, "no-object")["出台"]
    satisfied = explain_text("出台《养犬管理办法》。", extractor, issuer=CITY)
    assert not misses(satisfied, "no-object")


@pytest.mark.parametrize(
    ("sentence", "head", "why"),
    [
        ("推进各项制度。", "制度", "泛指"),
        ("推进制度。", "制度", "没有修饰语"),
        ("完善有关机制,取得实效。", "机制", "泛指"),
    ],
)
def test_a_head_noun_without_a_specific_modifier(extractor: Extractor, sentence: str, head: str, why: str) -> None:
    told = explain_text(sentence, extractor, issuer=CITY)
    assert why in misses(told, "head")[head]


def test_numbers_left_out_say_why(extractor: Extractor) -> None:
    told = explain_text("2020年召开第3次会议,推进“1+4”改革,办理案件411。", extractor, issuer=CITY)
    numbers = misses(told, "number")
    assert numbers["2020"] == "日期、年份或时间"
    assert numbers["3"] == "序数"
    assert numbers["411"].startswith("没有单位")
    reasons = {miss["text"]: miss["reason"] for miss in told["near_misses"] if miss["what"] == "number"}
    assert reasons["411"] == "no-unit"


def test_titles_that_are_no_documents_say_why(extractor: Extractor) -> None:
    told = explain_text("拍摄《小案大道理》短视频。", extractor, issuer=CITY)
    assert "节目" in misses(told, "title")["《小案大道理》"]


def test_the_issuer_given_adds_nothing_to_what_is_explained(extractor: Extractor) -> None:
    told = explain_text("开展“法治体检”活动", extractor, issuer="江苏省司法厅2号")
    end = len(told["text"])
    assert all(m["end"] <= end for m in (*told["mentions"], *told["near_misses"]))


# --- errors and form


def test_an_issuer_nobody_knows(extractor: Extractor) -> None:
    with pytest.raises(KgError, match="not a body or place") as caught:
        explain_text("印发《办法》。", extractor, issuer="某某")
    assert caught.value.where == "--issuer"


@pytest.mark.parametrize("text", ["", "   ", "abc 123"])
def test_a_text_without_chinese(extractor: Extractor, text: str) -> None:
    with pytest.raises(ReadError, match="no Chinese"):
        explain_text(text, extractor)


def test_text_form_cannot_drive_a_terminal(extractor: Extractor) -> None:
    told = explain_text("印发《\x1b[31m办法\x07》,\u202e推进制度。", extractor, issuer=CITY)
    text = as_text(told)
    assert not [c for c in text if not c.isprintable() and c != "\n"]


def test_values_are_plain_json(extractor: Extractor) -> None:
    told = explain_text("市政府印发《办法》,新收案件471件,推进制度。", extractor, issuer=CITY)
    assert json.loads(json.dumps(told)) == told


def test_every_rule_of_the_sample_has_a_file(sample: Built, extractor: Extractor) -> None:
    """An expert must be able to open what made a mention; the table of code rules names files that exist."""
    used = {m.rule for m in sample.extraction.mentions} | {s.rule for s in sample.extraction.statements}
    assert len(used) >= 20
    files = {rule: rule_of(extractor.rulebook, rule)["file"] for rule in used}
    assert not [rule for rule, file in files.items() if not file]
    for file in {*files.values(), *(file for file, _ in CODE_RULES.values())}:
        assert (ROOT / file).is_file(), file


def test_every_rule_that_code_writes_has_a_file(extractor: Extractor) -> None:
    """Also of rules that the sample does not use: names like counted-bodies that are no list or set of a rulebook."""
    asked = {"union", "group", "alternation", "words", "word", "type_of"}
    for path in [*(ROOT / "kg/recognise").glob("*.py"), *(ROOT / "kg/relate").glob("*.py")]:
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        calls = [n for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]
        sets = {id(a) for n in calls if n.func.attr in asked for a in n.args}  # type: ignore[attr-defined]
        texts = [n.value for n in nodes if isinstance(n, ast.Constant) and id(n) not in sets]
        for rule in (t for t in texts if isinstance(t, str) and re.fullmatch("[a-z]+(-[a-z]+)+", t)):
            assert rule_of(extractor.rulebook, rule)["file"], f"{path.name}: {rule}"
