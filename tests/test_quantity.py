"""Numbers: what is a figure, its value, unit, bound and growth; and the many numbers that are none."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from text_factory import plain, table

from kg.extract import Extractor
from kg.quantity import Figure, Quantities, chinese_number
from kg.text import fold
from kg.words import cut

TABLE = table("quantities.yaml")


@pytest.fixture(scope="module")
def quantities(extractor: Extractor) -> Quantities:
    return Quantities(extractor.rulebook)


def written(text: str, figure: Figure) -> str:
    """A figure as the table writes it: surface, bound, value, unit, sign of growth with its base."""
    parts = [text[figure.start : figure.end], figure.bound, plain(figure.value), figure.unit]
    if figure.growth:
        parts.append(("+" if figure.growth > 0 else "-") + figure.base)
    return " ".join(part for part in parts if part)


def read(quantities: Quantities, text: str) -> list[str]:
    folded = fold(text)
    figures = quantities.figures(folded, 0, len(folded), cut(folded).end_of)
    return [written(folded, end) for figure in figures for end in figure.ends()]


def test_the_table_is_there() -> None:
    assert len(TABLE["rows"]) >= 140
    assert sum(not row["expect"] for row in TABLE["rows"]) >= 38


@pytest.mark.parametrize("row", TABLE["rows"], ids=lambda row: row["text"])
def test_figures_of_a_sentence(row: dict[str, Any], quantities: Quantities) -> None:
    assert read(quantities, row["text"]) == row["expect"], row["why"]


@pytest.mark.parametrize("row", TABLE["known_faults"], ids=lambda row: row["text"])
def test_known_faults_are_as_they_were(row: dict[str, Any], quantities: Quantities) -> None:
    assert row["expect"] != row["right"]
    assert read(quantities, row["text"]) == row["expect"], "better than it was? then move the row to rows:"


@pytest.mark.parametrize(
    ("text", "start", "end", "expect"),
    [
        ("共120件", 0, 4, []),  # the unit lies behind the end
        ("第120件", 1, 5, ["120件 = 120 件"]),  # what is before the start does not count
        ("近200万人", 1, 6, ["200万人 = 2000000 人"]),
    ],
)
def test_figures_keep_to_their_stretch(
    text: str, start: int, end: int, expect: list[str], quantities: Quantities
) -> None:
    assert [written(text, f) for f in quantities.figures(text, start, end)] == expect


def test_figures_are_disjoint_and_hold_their_number(quantities: Quantities) -> None:
    text = "受理1203件,同比增长7.3%,其中涉及土地征收三分之一,连续三年下降,总投资超百亿元。"
    found = quantities.figures(text, 0, len(text))
    assert len(found) == 5
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(f.start <= f.number[0] < f.number[1] <= f.end for f in found)


def test_a_unit_that_only_begins_a_word_is_none(quantities: Quantities) -> None:
    text = "迈上5万亿台阶"
    assert read(quantities, text) == ["5万亿 = 5000000000000"]
    assert read(quantities, "新增5台设备") == ["5台 = 5 台"]


NUMERALS = [
    ("一", 1), ("两", 2), ("十", 10), ("十五", 15), ("二十", 20), ("一百零三", 103), ("一千二百万", 12_000_000),
    ("三万五千", 35_000), ("两亿", 200_000_000), ("一万亿", 10**12), ("二〇二三", 2023), ("百", 100), ("万", 10_000),
    ("", None), ("三百人", None), ("12", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), NUMERALS)
def test_chinese_numerals(text: str, value: int | None) -> None:
    assert chinese_number(text) == value


def test_values_are_exact(quantities: Quantities) -> None:
    (figure,) = quantities.figures("占比98.96%", 0, 8)
    assert figure.value == Decimal("98.96")
