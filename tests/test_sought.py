"""Where a pattern may match: `Sought` gives what the engine gives, and `opening` lets nothing go by."""

import re
from itertools import pairwise

import pytest

from kg.build import sample_report
from kg.rulebook import Rulebook
from kg.segment import SegmentationRules
from kg.sought import Everywhere, Sought, opening
from kg.text import fold

PATTERNS = [
    "全省第[一二三]",
    "(?:各|有关)+(?:部门|机关)(?!人员)",
    "(?<![一-九])第?[一二三]{1,2}、",
    r"(?:年度|\d{4}年度?)[\u3400-\u9fff]{2,14}(?:计划|要点)",
    r"[\u3400-\u9fff]{1,12}[〔(]\s?20\d\d[〕)]第?\d+号",
    "(?:总体|[一-龥]{2,6}(?:事故|事件))应急预案",
    "甲?乙?",
    "(?i)app",
    "[^。]+。",
    "(?P<a>甲+)乙|丙{2,3}?",
    "a*b|c?(?=d)e?d",
    "^(?:甲|乙)+$",
    "(?:连续|上|超)?(?P<n>[十百千]+)(?:余|多)?个",
    ".甲",
    r"(甲|乙)\1丙",
    r"(?>甲+)乙|甲(?i:A)",
    r"(?m)^[一二]\b",
    "(?:[、和][一-龥]{1,4})?的?(?:正确|有力)*(?:领导|指导)",
    "(?:市[^第]|第)?一",
    r"\d+(?:,\d{3})*|\d+%",
    "(?:[\u3400-\u9fff]{2,5}、)+[\u3400-\u9fff]{2,4}?等?[二两三四]个?(?:镇|乡|街道)(?!级|村)",
]
TEXTS = [
    "",
    "。",
    "甲",
    "市政府各有关部门、各机关人员,全省第二,全省第四。一、总体要求 二、2021年度立法计划和年度工作要点,国办发〔2020〕5号",
    "突发事件应急预案、自然灾害总体应急预案(2021)第3号 甲甲乙丙丙丙,连续十余个、上百个,1,234,567个 12%。App",
    "走访横店、南马、巍山三镇,到甲子、乙丑等两个乡。镇村、街道,横店、南马三镇级,三\n横店、大巍山四街道",
    "abbbcdedaab 甲乙甲乙",
    "在市委、市政府的正确领导和大力指导下,领导和有力指导、市委领导,市外一,市一第一",
]


@pytest.fixture(scope="module")
def rules() -> list[re.Pattern[str]]:
    book = Rulebook.load()
    unions = [book.union(name) for name in ("spoken", "measure", "time", "enumerator", "growth", "relative-area")]
    return [*(p.regex for p in book.patterns.values()), *unions, SegmentationRules.load().any_marker]


def spans(matches: object) -> list[object]:
    return [(m.span(), m.groups()) for m in matches]  # type: ignore[attr-defined]


@pytest.mark.parametrize("source", PATTERNS)
@pytest.mark.parametrize("text", TEXTS)
def test_a_sought_pattern_gives_what_the_engine_gives(source: str, text: str) -> None:
    regex = re.compile(source)
    for start in range(0, len(text) + 1, 3):
        for end in (start, start + 7, len(text)):
            assert spans(Sought(regex).finditer(text, start, end)) == spans(regex.finditer(text, start, end))


def test_every_rule_is_found_where_the_engine_finds_it(rules: list[re.Pattern[str]]) -> None:
    text = fold(sample_report().text)
    for regex in rules:
        sought = Sought(regex)
        for start, end in ((0, len(text)), (1000, 1900), (1900, 1920)):
            assert spans(sought.finditer(text, start, end)) == spans(regex.finditer(text, start, end)), regex.pattern


@pytest.mark.parametrize("source", PATTERNS)
@pytest.mark.parametrize("text", TEXTS)
def test_every_match_holds_a_mark(source: str, text: str) -> None:
    regex = re.compile(source)
    marks = Sought(regex).marks(text)
    if marks is not None:
        places = list(marks)
        assert all(any(m.start() <= place < m.end() for place in places) for m in regex.finditer(text))


@pytest.mark.parametrize("source", ["[。!?;]+[”)]*", r"\d\d*(?:,\d{3})*(?:\.\d+)?", "(?:甲|甲乙|乙丙)"])
def test_the_matches_of_a_stretch_are_those_of_the_whole_text(source: str) -> None:
    regex = re.compile(source)
    text = "甲乙丙甲甲乙。”。!12,345.6;1,23,甲乙"
    for pattern in (regex, Sought(regex)):
        found = Everywhere(pattern, text)
        for start in range(len(text) + 1):
            for end in range(start, len(text) + 1):
                assert spans(found.within(start, end)) == spans(regex.finditer(text, start, end))


@pytest.mark.parametrize("text", TEXTS)
def test_where_an_opening_is_not_no_pattern_matches(text: str) -> None:
    for first, second in pairwise(PATTERNS):
        one, other = re.compile(first), re.compile(second)
        either = opening(one, other)
        for at in range(len(text)):
            assert either.match(text, at) or not (one.match(text, at) or other.match(text, at))


def test_a_pattern_that_may_be_anywhere_has_no_marks() -> None:
    assert Sought(re.compile("[^。]+")).marks("甲。") is None
    assert list(Sought(re.compile("第一")).marks("第二、第一") or ()) == [3]


@pytest.mark.parametrize(
    "source", ["[。!?;]+[”’)》>〕]*", r"\d+ ?(?:余|多)?(?:%|件)", "[。!]+|x", r"[a-c]+?d", r"[a\]]+b"]
)
def test_a_class_repeated_at_the_beginning_is_sought_as_one_character(source: str) -> None:
    regex = re.compile(source)
    text = "。。!”)甲 12 余件、7%x3多件!!abcd]]ab。"
    assert [m.span() for m in Sought(regex).finditer(text)] == [m.span() for m in regex.finditer(text)]
    assert Sought(regex).regex.pattern.startswith(("[。!?;][", r"\d\d*", "[。!][", "[a-c]+?", r"[a\]]+"))
