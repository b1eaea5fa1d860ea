"""Rules state how the genre writes: no entry of theirs is known from the gold texts alone.

An entry that a gold text writes must be attested elsewhere: by the corpus in ../shared (where that is absent, through
tests/data/attestation.tsv), by jieba's dictionary, by the names in kg/data, or by a reason in tests/data/attested.tsv.
An entry that no text at hand writes states the genre, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from attestation import (
    REASONS,
    REMAKE,
    ROOT,
    SHARED,
    TABLE,
    Count,
    Entry,
    dictionary,
    entries,
    holds,
    lines,
    literals,
    package_entries,
    public_data,
    read_reasons,
    read_table,
    squash,
    table,
    unattested,
)

SAMPLE = squash((ROOT / "kg" / "data" / "sample" / "lianyungang-2020.txt").read_text(encoding="utf-8"))
ADVICE = "attest it in tests/data/attested.tsv with a public source, say it more generally, or take it out"


class Counts(dict[str, Count]):
    """The committed table; a word it does not have yet is looked up in the shipped gold text, the only one at hand."""

    def __missing__(self, word: str) -> Count:
        return Count(0, int(word in SAMPLE))


def excused() -> dict[tuple[str, str], str]:
    return read_reasons(REASONS)


@pytest.fixture(scope="module")
def counts() -> Mapping[str, Count]:
    return Counts(table() if (SHARED / "corpus").is_dir() else read_table())


@pytest.fixture(scope="module")
def known() -> frozenset[str]:
    return dictionary()


@pytest.fixture(scope="module")
def data() -> str:
    return public_data()


def test_no_rule_is_known_from_the_gold_texts_alone(
    counts: Mapping[str, Count], known: frozenset[str], data: str
) -> None:
    found = unattested(package_entries(), counts, known, data, excused())
    assert [str(entry) for entry in found] == [], ADVICE


def test_every_reason_is_needed(counts: Mapping[str, Count], known: frozenset[str], data: str) -> None:
    needed = {(entry.word, entry.place) for entry in unattested(package_entries(), counts, known, data, ())}
    assert sorted(set(excused()) - needed) == [], "attested otherwise or no longer in the rules: delete the row"


def test_the_table_is_up_to_date(shared: Path) -> None:
    assert TABLE.read_text(encoding="utf-8") == lines(table(shared)), f"out of date: run `{REMAKE}`"


def test_the_table_holds_counts_of_words_and_no_text() -> None:
    counts = read_table()
    assert lines(counts) == TABLE.read_text(encoding="utf-8"), "sorted, each word once"
    assert max(count.reports for count in counts.values()) >= 40
    assert sum(count.reports > 0 for count in counts.values()) >= 2000


def test_reasons_are_written_one_by_one() -> None:
    rows = [row.split("\t") for row in REASONS.read_text(encoding="utf-8").splitlines() if not row.startswith("#")][1:]
    assert all(len(row) == 3 and len(row[2]) >= 6 for row in rows), "word, place, reason"
    assert [row[:2] for row in rows] == sorted(row[:2] for row in rows)
    assert len({tuple(row[:2]) for row in rows}) == len(rows), "each once"


def test_all_of_the_rules_is_looked_at() -> None:
    found = package_entries()
    assert len(found) >= 4500
    assert {entry.file for entry in found} == {path.name for path in (ROOT / "kg" / "rules").glob("*.yaml")}


# --- the check can fail ---------------------------------------------------------------------------------------------

RULES = """
lists:
  head_service: {type: 服务, words: 便民政务服务圈 上门服务}
  launch: 开展 高频次组织
  zone_alias: 兜底翻={area}片区
patterns:
  - {id: own, set: rank, pattern: '(?P<name>一网贯通(?:全市|全省))', examples: [办事无柜台], note: 连易办}
templates:
  - {id: shown, predicate: carriesOut, template: '(挺在|摆在)前面…{object:Initiative}', unless: [触角伸进]}
names:
  - {id: alliance, label: 猴娃说法微联盟, aliases: [“猴娃说法”微联盟]}
"""


def judge(content: str, reasons: Mapping[tuple[str, str], str], known: frozenset[str], data: str) -> list[str]:
    return [str(e) for e in unattested(entries("own.yaml", content), Counts(), known, data, reasons)]


def test_what_only_the_sample_writes_is_named(known: frozenset[str], data: str) -> None:
    """Words of lists and parts of them, pieces of patterns and templates, names; no general word, no note."""
    assert judge(RULES, {}, known, data) == [
        "own.yaml head_service: 便民政务服务圈",
        "own.yaml launch: 高频次组织",
        "own.yaml zone_alias: 兜底翻",
        "own.yaml own: 一网贯通",
        "own.yaml shown: 挺在",
        "own.yaml shown: 触角伸进",
        "own.yaml alliance: “猴娃说法”微联盟",
    ]


@pytest.mark.parametrize(
    "attested",
    [
        pytest.param(([Count(1, 1)], set[str](), "", {}), id="a report of the corpus"),
        pytest.param(([Count(0, 1)], {"一网贯通"}, "", {}), id="the dictionary"),
        pytest.param(([Count(0, 1)], set[str](), "某市一网贯通中心", {}), id="public data"),
        pytest.param(([Count(0, 1)], set[str](), "", {("一网贯通", "own"): "…"}), id="a reason"),
        pytest.param(([Count(0, 0)], set[str](), "", {}), id="no text at all"),
    ],
)
def test_one_attestation_is_enough(
    attested: tuple[list[Count], set[str], str, dict[tuple[str, str], str]],
) -> None:
    (count,), words, data, reasons = attested
    entry = Entry("own.yaml", "own", "一网贯通")
    assert unattested([entry], {"一网贯通": count}, words, data, reasons) == []
    assert unattested([entry], {"一网贯通": Count(0, 1)}, (), "", {("一网贯通", "launch"): "…"}) == [entry]


# --- its parts ------------------------------------------------------------------------------------------------------

LITERALS = [
    ("开展专项行动", ["开展专项行动"]),
    ("全?新一?轮(?:改革|试点)$", ["新轮", "新一轮", "全新轮", "全新一轮", "改革", "试点"]),
    (r"(?P<name>“三定”(?:方案|规定))(?![\u4e00-\u9fff])", ["“三定”", "方案", "规定"]),
    ("届$han{0,8}会议$|第[一二三]次${launch adverb}(?<!办)法", ["届", "会议", "第", "次", "办", "法"]),
    (r"(?m)^[ \t]*各位(?:代表|委员)[:!,]\r?$", ["各位", "代表", "委员"]),
    ("(将|把)……{object:Regulation}……纳入…学", ["将", "把", "纳入", "学"]),
    (r"\d+(?:\.\d+)?%", []),
]


@pytest.mark.parametrize(("source", "expect"), LITERALS)
def test_literals(source: str, expect: list[str]) -> None:
    assert literals(source) == expect


def test_a_gold_text_attests_nothing_in_the_corpus_either() -> None:
    part = SAMPLE[1000:3000]
    assert holds(f"某年报告{SAMPLE}附件", part)
    assert not holds(SAMPLE[:1200], part), "quoting a little is no copy"
    assert not holds("另一份报告。" * 200, part)
