"""Folding, brackets, clauses, numerals on short texts."""

from __future__ import annotations

import pytest

from kg.text import Folded, bracketed, cjk, cjk_count, clauses, clauses_within, fold, inside, numeral, protected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("２０２０年，共５项；占３．５％（试行）：", "2020年,共5项;占3.5%(试行):"),
        ("连政发〔2021〕14号 闽政[2022]3号 ［甲］", "连政发〔2021〕14号 闽政〔2022〕3号 〔甲〕"),
        ("2021—2025　2021–2025 2021－2025 4.5%～5% 4〜5", "2021-2025 2021-2025 2021-2025 4.5%~5% 4~5"),
        ("「一网通办」『小巨人』", "“一网通办”‘小巨人’"),
        ('政务服务"一网通办"，“蒙速办"、"好差评"', "政务服务“一网通办”,“蒙速办”、“好差评”"),
        ('"未闭合\n"下一行"', "“未闭合\n“下一行”"),
        ("《关于修改〈甲办法〉的决定》", "《关于修改<甲办法>的决定》"),
        ("①Ⅱ㎡℃…", "①Ⅱ㎡℃…"),  # longer when normalised by NFKC: left alone
        ("⼀、⽅案", "一、方案"),  # Kangxi radicals out of PDF fonts
        ("甲\r乙\r\n丙\u2028丁", "甲\n乙\r\n丙\n丁"),
        ("13﹒开展 甲·乙•丙", "13.开展 甲·乙·丙"),
        ("", ""),
    ],
)
def test_fold_unifies_and_keeps_length(text: str, expected: str) -> None:
    assert fold(text) == expected
    assert len(fold(text)) == len(text)
    assert fold(expected) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("印发《甲办法（试行）》和《乙》", [("《甲办法（试行）》", 0), ("（试行）", 1), ("《乙》", 0)]),
        ("《关于修改〈甲办法〉的决定》", [("《关于修改〈甲办法〉的决定》", 0), ("〈甲办法〉", 1)]),
        ("《关于印发<甲规划>的通知》", [("《关于印发<甲规划>的通知》", 0), ("<甲规划>", 1)]),
        ("《关于修改〈甲办法的决定》", [("《关于修改〈甲办法的决定》", 0)]),  # one close missing inside
        ("《关于印发《甲办法》的通知》", [("《关于印发《甲办法》的通知》", 0), ("《甲办法》", 1)]),
        ("《《甲通知》（闽政办〔2018〕41号）要求", [("《甲通知》", 1), ("（闽政办〔2018〕41号）", 1)]),
        ("增长<5%，“放管服”改革", [("“放管服”", 0)]),  # < outside 《》 is no bracket
        ('推行"一网通办"', [('"一网通办"', 0)]),
        ("（联系地址：" + "甲" * 130 + "）", []),  # too far apart
        ("（未闭合\n下一行）", []),
        ("制度”被评为“十大”", [("“十大”", 0)]),
    ],
)
def test_bracketed_pairs(text: str, expected: list[tuple[str, int]]) -> None:
    found = [(text[b.span.start : b.span.end], b.depth) for b in bracketed(text)]
    assert found == expected


def test_bracketed_unclosed_title_reaches_to_the_line_end() -> None:
    text = "印发《甲管理办法 \n下一行》"
    (title,) = bracketed(text)
    assert (title.closed, text[title.inner.start : title.inner.end]) == (False, "甲管理办法")
    assert protected(text) == []


def test_bracketed_unclosed_title_before_another_is_dropped() -> None:
    text = "印发《甲办法、《乙办法》等"
    assert [text[b.span.start : b.span.end] for b in bracketed(text)] == ["《乙办法》"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("修订甲，印发《乙，丙；丁》，办结5件。", ["修订甲", "印发《乙，丙；丁》", "办结5件"]),
        ("共1,234件,其中5件", ["共1,234件", "其中5件"]),
        ("9:30开会：部署", ["9:30开会", "部署"]),
        ("一行\n二行；；三", ["一行", "二行", "三"]),
        ("（联系地址：甲。一、概述", ["（联系地址", "甲", "一、概述"]),  # unclosed: swallows nothing
        ("从“甲上、乙，丙上”解决", ["从“甲上、乙，丙上”解决"]),
        (" ， 。", []),
    ],
)
def test_clauses(text: str, expected: list[str]) -> None:
    assert [text[c.start : c.end] for c in clauses(text)] == expected


def test_clauses_of_a_stretch_are_offsets_into_the_whole() -> None:
    text = "前句。修订甲，印发乙。后句。"
    assert [text[c.start : c.end] for c in clauses(text, 3, 11)] == ["修订甲", "印发乙"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", 12),
        ("十二", 12),
        ("二十", 20),
        ("三", 3),
        ("一百零三", 103),
        ("二〇二六", 2026),
        ("二○", None),
        ("甲", None),
        ("", None),
    ],
)
def test_numeral(text: str, expected: int | None) -> None:
    assert numeral(text) == expected


def test_cjk() -> None:
    assert [cjk(c) for c in "政〇㐀𠀀a，1"] == [True, True, True, True, False, False, False]
    assert cjk_count("政策a，法规", 1) == 3
    assert cjk_count("政策法规", limit=2) == 2


def test_inside_finds_the_span_that_holds_a_place() -> None:
    spans = protected("甲《乙》丙（丁）")
    assert [inside(spans, i) for i in range(8)] == [None, *[spans[0]] * 3, None, *[spans[1]] * 3]


def test_stray_brackets_in_a_long_line_swallow_nothing() -> None:
    text = ("印发《甲（乙“丙，" * 400) + "\n" + "共1,234件；" * 400
    assert len(fold(text)) == len(text)
    assert [pair.closed for pair in bracketed(text)] == [False]
    assert len([span for span in clauses(text) if text[span.start : span.end] == "共1,234件"]) == 400


@pytest.mark.parametrize(
    "text",
    [
        "印发《关于甲,乙的通知》(试行,三年),开展“甲,乙”行动;增长1,234,12万元",
        "完成《甲,<乙;丙>,丁》,再<戊,己>庚,“辛,壬(癸,子)”丑",
        "开头(没有,闭合;后面“有,的”,又)一,段《未闭合,的",
        "9:30开会:甲,000乙,,;  丙 ,丁",
    ],
)
def test_the_clauses_of_pieces_are_those_of_each_piece(text: str) -> None:
    whole = Folded.of(text)
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            assert clauses_within(whole, [(start, end)]) == [clauses(whole.text, start, end)]
    for middle in range(1, len(text)):
        pieces = [(0, middle), (middle, len(text))]
        assert clauses_within(whole, pieces) == [clauses(whole.text, *piece) for piece in pieces]
