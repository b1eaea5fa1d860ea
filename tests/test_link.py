"""Which one is meant: level words by issuer, the issuer itself, short forms, and what makes two names one thing."""

from __future__ import annotations

from typing import Any

import pytest
from text_factory import extraction, mentions, names, surface, table

from kg.extract import Extractor
from kg.model import Entity, Extraction, Kind

TABLE = table("links.yaml")


def linked(row: dict[str, Any], extractor: Extractor) -> tuple[dict[str, str], list[str]]:
    """What each body of the row is called in full, and the keys, in text order."""
    read = extraction(row["text"], extractor, issuer=row["issuer"])
    bodies = {e.ref: e for e in read.entities}
    found = [m for m in mentions(read) if m.kind is Kind.DEPARTMENT]
    return {surface(read, m): bodies[m.ref or ""].name for m in found}, [bodies[m.ref or ""].key for m in found]


def test_the_table_is_there() -> None:
    assert len(TABLE["rows"]) >= 80
    assert len({row["issuer"] for row in TABLE["rows"]}) >= 25


@pytest.mark.parametrize("row", TABLE["rows"], ids=lambda row: f"{row['issuer']}: {row['text']}")
def test_bodies_by_issuer(row: dict[str, Any], extractor: Extractor) -> None:
    assert linked(row, extractor) == (row["expect"], row["keys"]), row["why"]


@pytest.mark.parametrize("row", TABLE["known_faults"], ids=lambda row: row["text"])
def test_known_faults_are_as_they_were(row: dict[str, Any], extractor: Extractor) -> None:
    assert row["expect"] != row["right"]
    assert linked(row, extractor) == (row["expect"], row["keys"]), "better than it was? then move the row to rows:"


def one(read: Extraction, kind: Kind, name: str) -> Entity:
    """The entity of that class and name; there is exactly one."""
    (entity,) = [e for e in read.entities if e.kind is kind and e.name == name]
    return entity


# --- one thing, several names: (first wording, second wording, class, why) -----------------------------------------

SAME: list[tuple[str, str, Kind, str]] = [
    ("市政府印发通知", "岳阳市人民政府印发通知", Kind.DEPARTMENT, "level word and full name"),
    ("市人社局组织培训", "市人力资源和社会保障局组织培训", Kind.DEPARTMENT, "short and full name"),
    ("贯彻《行政处罚法》", "贯彻《中华人民共和国行政处罚法》", Kind.REGULATION, "with and without the State's name"),
    ("贯彻《民法典》", "贯彻民法典", Kind.REGULATION, "with and without brackets"),
    ("制定《养犬管理办法(试行)》", "制定《养犬管理办法》", Kind.REGULATION, "the status is no part of the name"),
    ("印发《治水规划(2021年-2025年)》", "印发《治水规划(2021-2025年)》", Kind.REGULATION, "year ranges"),
    ("印发《关于“放心消费”的意见》", "印发《关于放心消费的意见》", Kind.REGULATION, "quotation marks in a title"),
    ("推行“一件事一次办”改革", "推行“一件事 一次办”改革", Kind.INITIATIVE, "spaces in a name"),
    ("全市信访总量下降", "我市信访总量下降", Kind.PLACE, "two words for the issuer's area"),
]


@pytest.mark.parametrize(("first", "second", "kind", "why"), SAME)
def test_one_thing_with_several_names(first: str, second: str, kind: Kind, why: str, extractor: Extractor) -> None:
    read = extraction(f"{first}。{second}。", extractor, issuer="岳阳市人民政府")
    refs = [m.ref for m in mentions(read) if m.kind is kind]
    assert len(refs) == 2, why
    assert refs[0] == refs[1], why
    entity = next(e for e in read.entities if e.ref == refs[0])
    written = {"".join(surface(read, m).split()) for m in mentions(read) if m.kind is kind}
    assert set(entity.aliases) == written
    assert list(entity.aliases) == sorted(entity.aliases)


# --- two things: (first issuer, first text, second issuer, second text, class, why) --------------------------------

DIFFERENT: list[tuple[str, str, str, str, Kind, str]] = [
    ("岳阳市人民政府", "市司法局组织", "湘潭市人民政府", "市司法局组织", Kind.DEPARTMENT, "each its own city's"),
    ("南京市鼓楼区人民政府", "区政府组织", "徐州市鼓楼区人民政府", "区政府组织", Kind.DEPARTMENT, "namesakes"),
    (
        "岳阳市人民政府",
        "制定《养犬管理办法》",
        "湘潭市人民政府",
        "制定《养犬管理办法》",
        Kind.REGULATION,
        "local rules",
    ),
    (
        "岳阳市人民政府",
        "推行“千警联万家”活动",
        "湘潭市人民政府",
        "推行“千警联万家”活动",
        Kind.INITIATIVE,
        "local names",
    ),
    ("岳阳市人民政府", "市司法局组织", "岳阳市人民政府", "省司法厅组织", Kind.DEPARTMENT, "level"),
    ("", "市政府组织", "", "省政府组织", Kind.DEPARTMENT, "levels without an issuer"),
]


@pytest.mark.parametrize(("issuer", "text", "issuer2", "text2", "kind", "why"), DIFFERENT)
def test_two_things(
    issuer: str, text: str, issuer2: str, text2: str, kind: Kind, why: str, extractor: Extractor
) -> None:
    refs = []
    for whose, what in ((issuer, text), (issuer2, text2)):
        read = extraction(f"{what}。", extractor, issuer=whose)
        refs += [m.ref for m in mentions(read) if m.kind is kind]
    assert len(refs) == 2, why
    assert refs[0] != refs[1], why


NATIONAL = ["贯彻《行政处罚法》", "贯彻《重大行政决策程序暂行条例》", "贯彻《湖南省湿地保护条例》", "国务院印发通知"]


@pytest.mark.parametrize("text", NATIONAL)
def test_what_is_not_the_issuers_is_one_thing_everywhere(text: str, extractor: Extractor) -> None:
    refs = set()
    for issuer in ("岳阳市人民政府", "贵阳市人民政府"):
        read = extraction(f"{text}。", extractor, issuer=issuer)
        refs |= {m.ref for m in mentions(read)}
    assert len(refs) == 1


# --- short forms -------------------------------------------------------------------------------------------------

SHORT = [
    ("制定《岳阳市养犬管理条例》(以下简称《条例》)。贯彻落实《条例》。", "岳阳市养犬管理条例", "《条例》"),
    ("印发《法治督察工作实施方案》(简称“《方案》”)。落实《方案》。", "法治督察工作实施方案", "《方案》"),
    (
        "印发《甲办法》。制定《岳阳市停车管理办法》（以下简称《办法》）。修订《办法》。",
        "岳阳市停车管理办法",
        "《办法》",
    ),
]


@pytest.mark.parametrize(("text", "name", "short"), SHORT)
def test_short_forms_mean_the_document_they_were_said_of(
    text: str, name: str, short: str, extractor: Extractor
) -> None:
    read = extraction(text, extractor, issuer="岳阳市人民政府")
    last = [m for m in mentions(read) if m.kind is Kind.REGULATION][-1]
    assert surface(read, last) == short
    assert names(read)[last.ref or ""] == name
    assert short in one(read, Kind.REGULATION, name).aliases


def test_a_short_form_does_not_look_ahead(extractor: Extractor) -> None:
    read = extraction(
        "贯彻《条例》。制定《岳阳市养犬管理条例》(以下简称《条例》)。", extractor, issuer="岳阳市人民政府"
    )
    first = mentions(read)[0]
    assert names(read)[first.ref or ""] == "条例"


# --- what the text leaves open -----------------------------------------------------------------------------------


def test_namesakes_far_away_stay_open(extractor: Extractor) -> None:
    read = extraction("支持鼓楼区司法局创建。", extractor, issuer="岳阳市人民政府")
    (mention,) = mentions(read)
    assert mention.ref is None
    assert mention in read.unresolved
    called = {e.ref: (e.name, e.adcode) for e in read.entities}
    assert [called[ref] for ref in mention.candidates] == [
        ("南京市鼓楼区司法局", "320106"),
        ("徐州市鼓楼区司法局", "320302"),
        ("福州市鼓楼区司法局", "350102"),
        ("开封市鼓楼区司法局", "410204"),
    ]


def test_the_issuer_is_an_entity_though_never_named(extractor: Extractor) -> None:
    read = extraction("制定《养犬管理办法》。", extractor, issuer="岳阳市人民政府")
    issuer = next(e for e in read.entities if e.ref == read.issuer)
    assert (issuer.name, issuer.adcode, issuer.key) == ("岳阳市人民政府", "430600", "430600|人民政府")
    assert read.statements[0].subject == issuer.ref


def test_entities_are_sorted_and_each_stands_once(extractor: Extractor) -> None:
    read = extraction("市司法局、市财政局、省司法厅印发《甲办法》《乙办法》。", extractor, issuer="岳阳市人民政府")
    refs = [e.ref for e in read.entities]
    assert len(refs) >= 5
    assert refs == sorted(set(refs))


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("依据《行政处罚法》第三十三条第一款不予处罚。", {"《行政处罚法》": "第三十三条第一款"}),
        ("落实《优化营商环境条例》（国务院令第722号）第十条、第十一条。", {"《优化营商环境条例》": "第十条、第十一条"}),
        ("按照《某市养犬条例》第5条第（二）项处理。", {"《某市养犬条例》": "第5条第（二）项"}),
        ("按照《甲办法》《乙办法》第二条之一处理。", {"《甲办法》": None, "《乙办法》": "第二条之一"}),
        ("贯彻《法治政府建设实施纲要》，第三十条之前完成。", {"《法治政府建设实施纲要》": None}),
        ("宣传《民法典》第一条战线。", {"《民法典》": None}),
    ],
)
def test_the_provision_cited_belongs_to_the_mention(
    text: str, expect: dict[str, str | None], extractor: Extractor
) -> None:
    """The document stays one entity; what of it is cited is said of the mention, and its number is not left out."""
    read = extraction(text, extractor, issuer="岳阳市人民政府")
    found = {
        surface(read, m): m.provision and read.report.text[m.provision.start : m.provision.end]
        for m in read.mentions
        if m.kind is Kind.REGULATION and surface(read, m).startswith("《")
    }
    assert found == expect
    assert not [left for left in read.left_out if left.text in {"5", "33"}]


# --- places: (text, issuer, pairs of inner and outer, why) ----------------------------------------------------------

WITHIN: list[tuple[str, str, list[str], str]] = [
    (
        "汨罗市、平江县先行,全市推开。",
        "岳阳市人民政府",
        ["平江县 < 岳阳市", "汨罗市 < 岳阳市"],
        "counties in their city",
    ),
    ("湖南省推广,平江县先行。", "岳阳市人民政府", ["平江县 < 湖南省"], "the province, where the city is not named"),
    ("平江县先行。", "岳阳市人民政府", [], "nothing named around it"),
    ("湖南省、浙江省推广,德清县先行。", "岳阳市人民政府", ["德清县 < 浙江省"], "each in its own"),
]


@pytest.mark.parametrize(("text", "issuer", "pairs", "why"), WITHIN, ids=[row[3] for row in WITHIN])
def test_places_lie_in_places(text: str, issuer: str, pairs: list[str], why: str, extractor: Extractor) -> None:
    read = extraction(text, extractor, issuer=issuer)
    called = {e.ref: e.name for e in read.entities}
    assert sorted(f"{called[inner]} < {called[outer]}" for inner, outer in read.place_within) == pairs, why
