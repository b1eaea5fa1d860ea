"""Promises about offsets, on made-up texts (hypothesis)."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from test_segment import check

from kg.errors import ReadError
from kg.model import Span
from kg.read import read_text
from kg.segment import joined, segment
from kg.text import bracketed, clauses, fold, protected

ANY = st.text(max_size=300)
WORDS = (
    "一、 二、 三、 （一） （二） (三) 1. 2. （1） 第一章　 第一条　 第二条　 一是 # ## ** | 附件 名词解释 "
    '。 ， ； ： ！ 《 》 “ ” （ ） 〈 〉 " < > 、 — 总体情况 存在问题 2020年 2021年3月1日 连政发〔2021〕14号 '
    "市人民政府 市人民政府： 各位代表： 制定规章2部 清理文件30件，废止5件 全市坚持依法行政推进法治政府建设各项工作 "
    "索引号 发布机构 标题： 来源：青阳日报 时间：2021-03-01 当前位置：首页 打印 【字号： 大 中 】 分享到 微信 "
    "2020年法治政府建设情况报告 政府工作报告 责任编辑：张三 相关链接 附件下载 版权所有 省长　张三 — 3 — PM 2.5"
)
PIECES = st.sampled_from(WORDS.split(" "))
BREAKS = st.sampled_from(["", "", "", " ", "\n", "\n", "\r\n", "\n\n", "\n　　", "\t", "\f"])
REPORTS = st.lists(st.tuples(PIECES, BREAKS), max_size=60).map(lambda parts: "".join(a + b for a, b in parts))


@given(ANY)
def test_fold_keeps_length_and_is_stable(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded


@given(ANY | REPORTS)
def test_brackets_nest_and_clauses_tile(text: str) -> None:
    spans = [b.span for b in bracketed(text)]
    assert spans == sorted(spans)
    for at, outer in enumerate(spans):
        for other in spans[at + 1 :]:
            assert outer.contains(other) or not outer.overlaps(other)
    guarded = protected(text)
    assert all(a.end <= b.start for a, b in pairwise(guarded))
    end = 0
    for clause in clauses(text):
        assert end <= clause.start < clause.end <= len(text)
        assert not fold(text[clause.start]).isspace()
        assert not any(g.start < clause.start < g.end or g.start < clause.end < g.end for g in guarded)
        end = clause.end


@given(ANY | REPORTS, st.integers(0, 300), st.integers(0, 300))
def test_clauses_of_a_stretch_lie_in_it(text: str, start: int, end: int) -> None:
    start, end = sorted((min(start, len(text)), min(end, len(text))))
    assert all(Span(start, end).contains(c) for c in clauses(text, start, end))


@settings(max_examples=400, deadline=None)
@given(REPORTS | ANY)
def test_read_and_segment_keep_their_promises(text: str) -> None:
    try:
        report = read_text(text, "x.txt")
    except ReadError:
        return  # no Chinese prose in it
    assert report.text == text
    for field in report.fields:
        assert text[field.span.start : field.span.end] == field.value
    assert list(report.chrome) == sorted(report.chrome)
    assert all(a.end < b.start for a, b in pairwise(report.chrome))
    sections, sentences = segment(report)
    check(report, sections, sentences)
    flat = joined(text, sentences)
    assert len(flat) == len(text)
    assert not any("\n" in flat[s.start : s.end] for s in sentences)
