"""What figures are called, of which kind they are, what they are ranked and compared with."""

from __future__ import annotations

from typing import Any

import pytest
from text_factory import extraction, table

from kg.extract import Extractor
from kg.model import Extraction, Observation

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
