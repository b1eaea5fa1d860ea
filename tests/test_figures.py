"""What figures are called, of which kind they are, what they are ranked and compared with."""

from __future__ import annotations

import re
from typing import Any

import pytest
from text_factory import extraction, table

from kg.describe import describe
from kg.extract import Extractor
from kg.model import Extraction, Observation
from kg.validate import validate

TABLE = table("figures.yaml")


def written(observed: Observation, spans: dict[str, str]) -> str:
    """A figure as the table writes it: text, name, kind, rank, and the figure its growth starts from."""
    parts = [f"{spans[observed.ref]} = {observed.name}"]
    if observed.measure != "level":
        parts.append(f"[{observed.measure}]")
    if observed.rank:
        parts.append(f"@{observed.rank.area},{observed.rank.position}")
    if observed.compared_with:
        parts.append(f"of {spans[observed.compared_with]}")
    return " ".join(parts)


def figures(read: Extraction) -> list[str]:
    spans = {o.ref: read.report.text[o.span.start : o.span.end] for o in read.observations}
    return [written(o, spans) for o in read.observations]


def test_the_table_is_there() -> None:
    assert len(TABLE["rows"]) >= 20
    assert sum(len(row["expect"]) for row in TABLE["rows"]) >= 38


@pytest.mark.parametrize("row", TABLE["rows"], ids=lambda row: row["text"])
def test_names_of_figures(row: dict[str, Any], extractor: Extractor) -> None:
    assert figures(extraction(row["text"], extractor, issuer="岳阳市人民政府")) == row["expect"], row["why"]


@pytest.mark.parametrize("row", TABLE["known_faults"], ids=lambda row: row["text"])
def test_known_faults_are_as_they_were(row: dict[str, Any], extractor: Extractor) -> None:
    assert row["expect"] != row["right"]
    found = figures(extraction(row["text"], extractor, issuer="岳阳市人民政府"))
    assert found == row["expect"], "better than it was? then move the row to rows:"


@pytest.mark.parametrize(
    "text",
    [
        "其中1/1以上”2项减少。",
        "“推进九成”32个部门增长1.5倍”，万分之五”。",
        "其中“”“”分别增长12%、8%。",
    ],
)
def test_marks_alone_name_no_figure(text: str, extractor: Extractor) -> None:
    """What a stray quotation mark is left over from would be an indicator without a name, which no graph may have."""
    read = extraction(text, extractor, issuer="岳阳市人民政府")
    assert read.observations
    assert all(re.search(r"\w", observed.name) for observed in read.observations)
    assert validate(describe([read])) == []


def test_a_rank_is_counted_from_one(extractor: Extractor) -> None:
    read = extraction("全省考核位列第0名，受理案件20件。", extractor, issuer="岳阳市人民政府")
    assert [observed.rank for observed in read.observations if observed.rank] == []
    assert validate(describe([read])) == []
