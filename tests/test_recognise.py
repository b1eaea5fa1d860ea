"""What is named in a sentence: bodies, documents, initiatives, places and ranks, and what only looks like them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from text_factory import extraction, mentions, observation, surface, table

from kg.extract import Extractor
from kg.model import Extraction, Kind, Mention
from kg.recognise.spans import Spans, outermost

TABLE = table("mentions.yaml")


def found(row: dict[str, Any], extractor: Extractor) -> list[str]:
    """All mentions of the row's class as the text writes them; ranks with their area and place."""
    read = extraction(row["text"], extractor, issuer=row["issuer"])
    if row["class"] == "Rank":
        return [r for m in mentions(read) if m.kind is Kind.INDICATOR and (r := rank(read, m))]
    return [surface(read, m) for m in mentions(read) if m.kind == Kind(row["class"])]


def rank(read: Extraction, mention: Mention) -> str:
    placed = observation(read, mention).rank
    if placed is None:
        return ""
    position = "" if placed.position is None else f",{placed.position}"
    return f"{surface(read, mention)}={placed.area}{position}"


def test_the_table_is_there() -> None:
    assert len(TABLE["rows"]) >= 240
    counted = Counter(row["class"] for row in TABLE["rows"])
    assert all(counted[kind] >= least for kind, least in MINIMA.items()), counted


MINIMA = {
    "Department": 75,
    "Regulation": 33,
    "Initiative": 60,
    "Place": 38,
    "Rank": 16,
    "BodyGroup": 6,
    "MediaWork": 7,
}


@pytest.mark.parametrize("row", TABLE["rows"], ids=lambda row: f"{row['class']}: {row['text']}")
def test_mentions_of_a_sentence(row: dict[str, Any], extractor: Extractor) -> None:
    assert found(row, extractor) == row["expect"], row["why"]


@pytest.mark.parametrize("row", TABLE["known_faults"], ids=lambda row: row["text"])
def test_known_faults_are_as_they_were(row: dict[str, Any], extractor: Extractor) -> None:
    assert row["expect"] != row["right"]
    assert found(row, extractor) == row["expect"], "better than it was? then move the row to rows:"


TYPES = [
    ("市粮食安全工作领导小组", "Department", "议事协调机构"),
    ("省产业技术研究院", "Department", "事业单位"),
    ("市司法局党组", "Department", "党委"),
    ("市司法局督查室", "Department", "内设机构"),
    ("市司法局", "Department", "部门"),
    ("开展农资打假专项行动", "Initiative", "专项行动"),
    ("开展房屋安全隐患排查", "Initiative", "专项行动"),
    ("完善府院联动机制", "Initiative", "机制"),
    ("获评“全国法治政府建设示范市”", "Initiative", "称号"),
    ("推进“互联网+监管”", "Initiative", "其他"),
    ("《岳阳市城市绿化管理办法》", "Regulation", "规范性文件"),
    ("《湖南省湿地保护条例》", "Regulation", "地方性法规"),
    ("《中华人民共和国行政处罚法》", "Regulation", "法律"),
    ("《岳阳市防汛应急预案》", "Regulation", "应急预案"),
    ("《权责清单》", "Regulation", "清单"),
    ("岳政发〔2023〕5号", "Regulation", "公文"),
    ("《基层治理合作备忘录》", "Regulation", "其他"),
    ("全市", "Place", "行政区划"),
    ("全国", "Place", "国家"),
]


@pytest.mark.parametrize(("text", "kind", "type_"), TYPES)
def test_types(text: str, kind: str, type_: str, extractor: Extractor) -> None:
    read = extraction(f"{text}。", extractor, issuer="岳阳市人民政府")
    types = {e.ref: e.type for e in read.entities}
    assert [types[m.ref or ""] for m in mentions(read) if m.kind == Kind(kind)] == [type_]


def test_a_name_in_a_title_is_not_marked(extractor: Extractor) -> None:
    read = extraction("印发《岳阳市人民政府关于推进“一网通办”改革的意见》", extractor, issuer="岳阳市人民政府")
    assert [m.kind for m in mentions(read)] == [Kind.REGULATION]


def test_a_span_has_one_mention(extractor: Extractor) -> None:
    read = extraction(
        "市行政争议调解中心上线“智慧调解”平台,市司法局被司法部评为“全国先进集体”。", extractor, issuer="岳阳市人民政府"
    )
    places = [(m.start, m.end) for m in mentions(read)]
    assert len(places) >= 5
    assert len(places) == len(set(places))


# --- spans -----------------------------------------------------------------------------------------------------


def test_spans() -> None:
    spans = Spans([(2, 5), (3, 9), (20, 30)])
    spans.add(12, 14)
    assert spans.overlaps(8, 10)
    assert not spans.overlaps(9, 12), "ends are exclusive"
    assert spans.overlaps(0, 100)
    assert spans.hold(4, 8)
    assert not spans.hold(4, 10)
    assert spans.hold(22, 22), "an empty span inside"
    assert spans.crossed(12, 13)
    assert not spans.crossed(11, 15), "it holds the span and more"
    assert not Spans().overlaps(0, 1)


def test_outermost_keeps_the_longer_of_two_that_begin_together() -> None:
    def at(start: int, end: int) -> Mention:
        return Mention(start, end, Kind.PLACE, "test", None)

    assert outermost([at(3, 4), at(0, 2), at(0, 5), at(5, 6)]) == [at(0, 5), at(5, 6)]
