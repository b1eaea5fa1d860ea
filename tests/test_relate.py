"""Who did what to what, in which mood, and what a figure is about."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from text_factory import extraction, mentions, names, surface, table

from kg.errors import RuleError
from kg.extract import Extractor
from kg.model import Kind, Span
from kg.relate.edges import Edges
from kg.relate.templates import check_template, compile_templates
from kg.rulebook import Rulebook
from kg.vocabulary import EDGES

TABLE = table("relations.yaml")
ISSUER = "岳阳市人民政府"


def test_the_table_is_there() -> None:
    assert len(TABLE["rows"]) >= 105
    assert sum(not row["expect"] for row in TABLE["rows"]) >= 22
    counted = Counter(row["predicate"] for row in TABLE["rows"] if row["expect"])
    assert set(counted) == set(EDGES)


@pytest.mark.parametrize("row", TABLE["rows"], ids=lambda row: f"{row['predicate']}: {row['text']}")
def test_statements_of_a_sentence(row: dict[str, Any], extractor: Extractor) -> None:
    assert said(row, extractor) == row["expect"], row["why"]


@pytest.mark.parametrize("row", TABLE["known_faults"], ids=lambda row: f"{row['predicate']}: {row['text']}")
def test_known_faults_are_as_they_were(row: dict[str, Any], extractor: Extractor) -> None:
    assert sorted(row["expect"]) != sorted(row["right"])
    assert said(row, extractor) == row["expect"], "better than it was? then move the row to rows:"


def said(row: dict[str, Any], extractor: Extractor) -> list[str]:
    """All statements of the row's predicate that the text makes."""
    read = extraction(row["text"], extractor, issuer=row["issuer"])
    called = names(read)
    return [f"{called[s.subject]} → {called[s.object]}" for s in read.statements if s.predicate == row["predicate"]]


# --- done, planned, required, a problem: (text, modality of its statements, why) ------------------------------------

MODALITIES: list[tuple[str, str, str]] = [
    ("制定《养犬管理办法》。", "reported", "plain"),
    ("全年制定《养犬管理办法》。", "reported", "an adverb of time"),
    ("市司法局将制定《养犬管理办法》。", "planned", "将"),
    ("我市将继续推进“一网通办”改革。", "planned", "将继续"),
    ("力争建成智慧矫正监管平台。", "planned", "力争"),
    ("下一步,推行证明事项告知承诺制。", "planned", "the sentence opens with 下一步"),
    ("下一步,我们将抓好落实。推行证明事项告知承诺制。", "planned", "to the end of the paragraph"),
    ("下一步,我们将抓好落实。\n推行证明事项告知承诺制。", "reported", "the next paragraph is free"),
    ("2024年,推行证明事项告知承诺制。", "planned", "a year after the report's opens the sentence"),
    ("2023年,推行证明事项告知承诺制。", "reported", "the report's own year"),
    ("2022年,推行证明事项告知承诺制。", "reported", "a year before it"),
    ("一、下一步工作打算\n推行证明事项告知承诺制。", "planned", "a section of plans"),
    ("一、主要做法\n推行证明事项告知承诺制。", "reported", "a section of what was done"),
    ("一、存在的问题\n推行证明事项告知承诺制。", "problem", "a section of problems"),
    ("一、存在的问题和下一步打算\n推行证明事项告知承诺制。", "planned", "a section of both: plans"),
    ("一、2024年工作计划\n(一)推进依法行政\n推行证明事项告知承诺制。", "planned", "the section above says so"),
    ("一、工作回顾\n(一)推进依法行政\n推行证明事项告知承诺制。", "reported", "the section above says so"),
    ("推行证明事项告知承诺制,但与群众期盼还存在差距,有待进一步完善。", "problem", "the sentence says so"),
    ("应当落实行政执法公示制度。", "required", "应当"),
    ("计划开展校园安全专项督查不少于4次。", "planned", "an intention"),
    ("一、下年度安排\n继续实施“依法治校示范校”创建工程。", "planned", "next year in the heading"),
    ("一、2024年推进法治建设的主要举措\n开展校园安全专项督查。", "planned", "a heading with a year to come"),
    ("一、2023年主要举措\n开展校园安全专项督查。", "reported", "a heading with the report's own year"),
    ("开展计划生育服务提升行动。", "reported", "计划 of a noun"),
    (
        "一、落实《法治政府建设实施纲要（2021—2025年）》情况\n开展校园安全专项督查。",
        "reported",
        "the last year of a plan",
    ),
    ("一、推进规划(2021-2025年)\n开展校园安全专项督查。", "reported", "the same with a hyphen"),
    ("一、推进2021至2025年规划\n开展校园安全专项督查。", "reported", "the same in words"),
]


@pytest.mark.parametrize(("text", "modality", "why"), MODALITIES)
def test_modality(text: str, modality: str, why: str, extractor: Extractor) -> None:
    read = extraction(text, extractor, issuer=ISSUER, year=2023)
    assert {s.modality for s in read.statements} == {modality}, why


# --- who acts: (text, the subjects, why) ----------------------------------------------------------------------------

ACTORS: list[tuple[str, list[str], str]] = [
    ("制定《养犬管理办法》。", [ISSUER], "nobody named: the issuer"),
    ("市司法局制定《养犬管理办法》。", ["岳阳市司法局"], "subject"),
    ("同时,市司法局制定《养犬管理办法》。", ["岳阳市司法局"], "adverb and comma before it"),
    ("2023年5月,市司法局制定《养犬管理办法》。", ["岳阳市司法局"], "time before it"),
    ("市司法局牵头,制定《养犬管理办法》。", ["岳阳市司法局"], "inherited by the next clause"),
    ("市司法局牵头。制定《养犬管理办法》。", [ISSUER], "not by the next sentence"),
    ("市司法局牵头,市财政局制定《养犬管理办法》。", ["岳阳市财政局"], "a later subject takes its place"),
    ("市司法局、市财政局制定《养犬管理办法》。", ["岳阳市司法局", "岳阳市财政局"], "joined"),
    ("市司法局会同市财政局制定《养犬管理办法》。", ["岳阳市司法局", "岳阳市财政局"], "together with"),
    ("由市司法局制定《养犬管理办法》。", ["岳阳市司法局"], "由"),
    ("向市委报告后制定《养犬管理办法》。", [ISSUER], "向 names no actor"),
    ("与市财政局沟通后,制定《养犬管理办法》。", [ISSUER], "与 names no actor"),
    ("受到司法部肯定,制定《养犬管理办法》。", [ISSUER], "受到 names no actor"),
    ("市委正确领导,制定《养犬管理办法》。", [ISSUER], "the leading body"),
    ("市司法局门户网站改版,制定《养犬管理办法》。", [ISSUER], "a website is no body"),
]


@pytest.mark.parametrize(("text", "subjects", "why"), ACTORS)
def test_actors(text: str, subjects: list[str], why: str, extractor: Extractor) -> None:
    read = extraction(text, extractor, issuer=ISSUER)
    called = names(read)
    issued = [s for s in read.statements if s.predicate == "issues"]
    assert sorted(called[s.subject] for s in issued) == sorted(subjects), why
    assert all(s.implicit_subject == (s.subject == read.issuer) for s in issued), why


def test_without_an_issuer_nobody_is_invented(extractor: Extractor) -> None:
    read = extraction("制定《养犬管理办法》。", extractor)
    assert read.issuer is None
    assert read.statements == ()
    assert len(mentions(read)) == 1


# --- in charge ------------------------------------------------------------------------------------------------------


def test_a_charge_is_evidence_and_has_the_mood_of_its_sentence(extractor: Extractor) -> None:
    text = "下一步,推行首席服务员制度。（市司法局牵头，市财政局配合）"
    read = extraction(text, extractor, issuer=ISSUER)
    called = names(read)
    told = {s.predicate: s for s in read.statements}
    assert set(told) == {"carriesOut", "cooperatesWith"}
    assert [s.modality for s in told.values()] == ["planned", "planned"]
    helped = told["cooperatesWith"]
    assert (called[helped.subject], called[helped.object]) == ("岳阳市司法局", "岳阳市财政局")
    assert [text[e.start : e.end] for e in helped.evidence] == ["（市司法局牵头，市财政局配合）"]
    assert not told["carriesOut"].implicit_subject, "the one in charge is named"


# --- evidence -------------------------------------------------------------------------------------------------------


def test_evidence_and_trigger(extractor: Extractor) -> None:
    text = "今年以来,市司法局认真组织,印发《法治督察工作规则》,成效明显。"
    read = extraction(text, extractor, issuer=ISSUER)
    (statement,) = [s for s in read.statements if s.predicate == "issues"]
    (evidence,) = statement.evidence
    assert text[evidence.start : evidence.end] == "印发《法治督察工作规则》"
    assert (statement.trigger, statement.rule, statement.implicit_subject) == ("印发", "issues", False)


def test_one_statement_with_all_its_evidence(extractor: Extractor) -> None:
    read = extraction("制定《养犬管理办法》。\n出台《养犬管理办法》。", extractor, issuer=ISSUER)
    (statement,) = read.statements
    assert len(statement.evidence) == 2
    assert list(statement.evidence) == sorted(statement.evidence)


def test_what_is_reported_once_is_reported() -> None:
    edges = Edges()
    edges.add("a", "issues", "b", evidence=Span(9, 12), rule="issues", modality="planned", trigger="制定")
    edges.add("a", "issues", "b", evidence=Span(0, 3), rule="other", modality="reported", trigger="印发")
    edges.add("a", "issues", "b", evidence=Span(4, 6), rule="third", modality="planned", trigger="出台")
    edges.add("a", "issues", "a", evidence=Span(4, 6), rule="third")
    (statement,) = edges.statements()
    assert (statement.modality, statement.rule, statement.trigger) == ("reported", "other", "印发")
    assert statement.evidence == (Span(0, 3), Span(4, 6), Span(9, 12))
    assert edges.has("issues", "b")
    assert not edges.has("revises", "b")


# --- figures --------------------------------------------------------------------------------------------------------

FIGURES: list[tuple[str, list[tuple[str, str]], str]] = [
    ("案件120件", [("120件", "level")], "a count"),
    ("办结率达98.5%", [("98.5%", "rate")], "a percentage"),
    ("案件量下降12.5%", [("下降12.5%", "growth")], "a fall"),
    ("占比提高2.1个百分点", [("提高2.1个百分点", "points")], "points are no growth rate"),
    ("位居全省第二", [("位居全省第二", "level")], "a rank without a value"),
]


@pytest.mark.parametrize(("text", "expect", "why"), FIGURES)
def test_kinds_of_figures(text: str, expect: list[tuple[str, str]], why: str, extractor: Extractor) -> None:
    read = extraction(f"{text}。", extractor, issuer=ISSUER)
    assert [(o.quantity.raw, o.measure) for o in read.observations] == expect, why


def test_a_rank_that_stands_alone_has_no_value(extractor: Extractor) -> None:
    read = extraction("营商环境评价位居全省第二。", extractor, issuer=ISSUER)
    (observed,) = read.observations
    assert observed.quantity.value is None
    assert observed.rank is not None
    assert (observed.rank.area, observed.rank.position) == ("全省", 2)


# --- honours --------------------------------------------------------------------------------------------------------


def test_honours_with_and_without_a_giver(extractor: Extractor) -> None:
    text = "君山区被评为“全国法治政府建设示范区”。“院坝会”治理模式被司法部推广。"
    read = extraction(text, extractor, issuer=ISSUER)
    called = names(read)
    told = [(called[r.thing or ""], r.recogniser and called[r.recogniser], r.title) for r in read.recognitions]
    assert told == [
        ("君山区", None, "“全国法治政府建设示范区”"),
        ("“院坝会”治理模式", "中华人民共和国司法部", None),
    ]
    assert [r.how for r in read.recognitions] == ["评为", "推广"]


# --- templates ------------------------------------------------------------------------------------------------------


def templates(extractor: Extractor, template: str, text: str, gives: list[str]) -> list[str]:
    """Compile one template and check it on one example."""
    source = f"templates:\n  - id: t\n    predicate: issues\n    template: '{template}'\n    examples:\n"
    source += f"      - {{text: '{text}', gives: {gives}}}\n"
    lists = "lists:\n  name_joint: 和 及 与\n  document_between: 新修订的\n  verb: 印发 制定\n"
    book, found = Rulebook.of_sources([("relations.yaml", source.encode()), ("words.yaml", lists.encode())])
    assert not found
    try:
        return [line for one in compile_templates(book) for line in check_template(one)]
    except RuleError as error:
        return [error.message]


TEMPLATES: list[tuple[str, str, list[str], bool, str]] = [
    ("$verb…{object:Regulation}", "印发了[R:甲]", ["* issues 甲"], True, "a gap"),
    ("$verb…{object:Regulation}", "印发[R:甲]、[R:乙]和[R:丙]", ["* issues 甲", "* issues 丙"], True, "a list"),
    ("$verb…{object:Regulation}", "印发,[R:甲]", ["* issues 甲"], False, "a gap does not leave the clause"),
    ("$verb……{object:Regulation}", "印发,[R:甲]", ["* issues 甲"], True, "a wide gap does"),
    ("$verb……{object:Regulation}", "印发。[R:甲]", ["* issues 甲"], False, "but not the sentence"),
    ("{subject:Department}$verb…{object:Regulation}", "[D:局]印发[R:甲]", ["局 issues 甲"], True, "a named subject"),
    ("{subject:Department}…$verb…{object:Regulation}", "[D:局]与[D:厅]印发[R:甲]", ["厅 issues 甲"], True, "nearest"),
    ("$verb…{object:Regulation}", "印[R:发甲]", ["* issues 发甲"], False, "no match inside a name"),
    ("$verb…{object:Regulation}", "印发[I:甲]", ["* issues 甲"], False, "another class"),
    ("(印发|制定){object:Regulation}", "制定[R:甲]", ["* issues 甲"], True, "alternatives"),
    ("$verb…", "印发[R:甲]", ["* issues 甲"], False, "no object"),
    ("$verb…{object:Law}", "印发[R:甲]", ["* issues 甲"], False, "no such class"),
    ("$verb…{object:Regulation", "印发[R:甲]", ["* issues 甲"], False, "a slot that is not closed"),
]


@pytest.mark.parametrize(("template", "text", "gives", "holds", "why"), TEMPLATES)
def test_templates(template: str, text: str, gives: list[str], holds: bool, why: str, extractor: Extractor) -> None:
    assert (templates(extractor, template, text, gives) == []) is holds, why


def test_mentions_of_a_template_keep_their_offsets(extractor: Extractor) -> None:
    text = "  向市委、市人大常委会报告年度工作。"
    read = extraction(text, extractor, issuer=ISSUER)
    assert [surface(read, m) for m in mentions(read) if m.kind is Kind.DEPARTMENT] == ["市委", "市人大常委会"]
    assert {text[s.evidence[0].start : s.evidence[0].end] for s in read.statements} == {
        "向市委、市人大常委会报告年度工作"
    }
