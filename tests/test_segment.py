"""Sections and sentences: numbering, run-on text, wrapped lines, furniture, tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from kg.errors import RuleError
from kg.model import Report, Section, Sentence
from kg.read import read, read_text
from kg.read.rules import check_rules, load_rules
from kg.segment import SegmentationRules, joined, segment

DATA = Path(__file__).parent / "data" / "reading"
EXPECTED: list[dict[str, Any]] = yaml.safe_load((DATA / "expected.yaml").read_text(encoding="utf-8"))
SHARED = Path(__file__).resolve().parents[2] / "shared"
CORPUS = sorted([*SHARED.glob("corpus/*.txt"), *SHARED.glob("gold/*.txt")])


def headings(text: str) -> list[str]:
    sections, _ = segment(read_text(text, "x.txt"))
    return [f"{s.level} {s.heading}" for s in sections]


def sentences(text: str) -> list[str]:
    report = read_text(text, "x.txt")
    return [report.text[s.start : s.end] for s in segment(report)[1]]


@pytest.mark.parametrize("case", EXPECTED, ids=[c["file"] for c in EXPECTED])
def test_file_sections_and_sentences(case: dict[str, Any]) -> None:
    report = read(DATA / case["file"])
    sections, found = segment(report)
    assert [f"{s.level} {s.heading}" for s in sections] == case["sections"]
    assert len(found) == case["sentences"]
    check(report, sections, found)


PARAGRAPH = "全市坚持依法行政，推动高质量发展，各项事业取得新的进步，群众获得感增强。" * 2
OPENING = "2020年，我局坚持依法行政，现将有关情况报告如下："
HEADINGS: list[tuple[str, str, list[str]]] = [
    (
        "run-on headings start after a sentence, and under a heading without a full stop",
        f"{OPENING}一、加强领导，坚定方向（一）深入学习贯彻。区局组织学习4次。（二）落实责任。召开会议2次。二、规范执法（一）完善制度。制定办法1件。",
        [
            "1 一、加强领导，坚定方向",
            "2 （一）深入学习贯彻。",
            "2 （二）落实责任。",
            "1 二、规范执法",
            "2 （一）完善制度。",
        ],
    ),
    (
        "a run-on heading ends before a year, 一是, or a known closing word",
        f"{OPENING}一、概述2018年以来，我区公开信息20条。二、主动公开情况（一）公开的数量2018年公开信息30条。"
        "（二）强化管理，落实应诉工作 一是协调顾问，审核合同5件。"
        "三、存在问题执法力量不足，装备落后，机制不活。四、下一步工作计划我局将抓好落实，完善制度。",
        [
            "1 一、概述",
            "1 二、主动公开情况",
            "2 （一）公开的数量",
            "2 （二）强化管理，落实应诉工作",
            "1 三、存在问题",
            "1 四、下一步工作计划",
        ],
    ),
    (
        "an enumeration with 一是 and a listing of numerals are no headings",
        "2020年，我局做了以下工作。一是抓学习，培训3次；二是抓制度。一、二、三产业比重为5:40:55。第一、第二季度增长。",
        [],
    ),
    (
        "a misnumbered heading is tolerated",
        f"{OPENING}\n一、主要做法\n（一）抓学习。全年培训3次。\n（一）抓制度。制定办法2件。\n（三）抓队伍。考核12人。\n二、打算\n继续努力。",
        ["1 一、主要做法", "2 （一）抓学习。", "2 （一）抓制度。", "2 （三）抓队伍。", "1 二、打算"],
    ),
    (
        "a missing number is tolerated, a falling one inside a table is not",
        f"{OPENING}\n一、总体情况\n全年公开20条。\n二、申请情况\n一、本年新收数量\n二、上年结转数量\n三、办理结果情况\n全部办结。\n五、存在问题\n力量不足。",
        ["1 一、总体情况", "1 二、申请情况", "1 三、办理结果情况", "1 五、存在问题"],
    ),
    (
        "items that end in ； or have nothing under them are no headings",
        f"{OPENING}\n一、职责\n（一）统筹数据管理工作；\n（二）编制数据目录；\n（三）其他事项。\n二、目标\n（一）规章2件。\n（二）文件5件。\n",
        ["1 一、职责", "1 二、目标"],
    ),
    (
        "a quoted or bracketed marker is none",
        f"{OPENING}落实《规定》第（一）项和《关于（一）甲（二）乙的办法》，办理“一、二”类案件。依照第三条的规定处罚5件。",
        [],
    ),
    (
        "four levels",
        f"{OPENING}\n一、公开\n（一）解读\n1.规范\n（1）透明。公开文件9件。\n（2）及时。解读8次。\n2.创新\n制作图解3幅。\n（二）平台\n建设网站1个。\n",
        ["1 一、公开", "2 （一）解读", "3 1.规范", "4 （1）透明。", "4 （2）及时。", "3 2.创新", "2 （二）平台"],
    ),
    (
        "numbers of the third level run on through the document",
        f"{OPENING}\n一、任务\n（一）货物\n1.扩大出口。培育品牌5个。\n2.扩大进口。引进设备。\n（二）服务\n3.发展贸易。建设基地。\n4.建好平台。建成2个。\n",
        [
            "1 一、任务",
            "2 （一）货物",
            "3 1.扩大出口。",
            "3 2.扩大进口。",
            "2 （二）服务",
            "3 3.发展贸易。",
            "3 4.建好平台。",
        ],
    ),
    (
        "numbered tasks with a figure in the first sentence are text, not headings",
        f"{OPENING}\n一、民生实事\n1.新增就业110万人。强化援助。\n2.改造小区300个。加装电梯。\n3.新建学校12所。增加学位。\n",
        ["1 一、民生实事"],
    ),
    (
        "numbering starts again in an annex",
        f"{OPENING}\n一、要求\n抓好落实。\n二、考核\n纳入考评。\n附件\n一、指标\n公开率100%。\n二、分值\n满分5分。\n",
        ["1 一、要求", "1 二、考核", "1 附件", "1 一、指标", "1 二、分值"],
    ),
    (
        "parts, chapters and articles",
        "青阳市数据管理办法\n\n为规范管理，制定本办法，请遵照执行。\n第一章　总则\n第一条　为规范管理，制定本办法。\n"
        "第二条　（适用范围）\n本市适用。\n"
        "第二章　附则\n第三条　本办法自2021年1月1日起施行。\n",
        ["1 第一章　总则", "3 第一条", "3 第二条　（适用范围）", "1 第二章　附则", "3 第三条"],
    ),
    (
        "unnumbered headings over prose, where no 一、 governs",
        f"{OPENING}\n“十三五”工作回顾\n{PARAGRAPH}\n2021年重点工作\n{PARAGRAPH}\n"
        "（一）抓学习\n培训3次。\n（二）抓制度\n制定办法。",
        ["1 “十三五”工作回顾", "1 2021年重点工作", "2 （一）抓学习", "2 （二）抓制度"],
    ),
    (
        "Markdown headings without numbers",
        "# 青阳市2020年法治政府建设报告\n\n## 总体情况\n\n全年制定规章2部。\n\n"
        "### 立法\n\n清理文件9件。\n\n## 下一步\n\n继续努力。\n",
        ["1 总体情况", "2 立法", "1 下一步"],
    ),
    (
        "a numbered paragraph without a heading is named after its first clause",
        f"{OPENING}\n一、计划\n（一）开展法治教育学习，提高干部职工对法治建设工作必要性长期性的认识，增强依法行政的自觉性和责任感。\n（二）抓落实。制定办法1件。",
        ["1 一、计划", "2 （一）开展法治教育学习", "2 （二）抓落实。"],
    ),
]


@pytest.mark.parametrize(("why", "text", "expected"), HEADINGS, ids=[h[0] for h in HEADINGS])
def test_headings(why: str, text: str, expected: list[str]) -> None:
    report = read_text(text, "x.txt")
    sections, found = segment(report)
    assert [f"{s.level} {s.heading}" for s in sections] == expected, why
    check(report, sections, found)


def test_heading_cases_are_many() -> None:
    assert len(HEADINGS) >= 15


def test_sections_nest_and_reach_to_the_next_of_their_level() -> None:
    text = (
        f"{OPENING}\n一、甲类\n（一）学习。培训3次。\n（二）制度。办法2件。\n"
        "二、乙类\n（一）执法。检查5次。\n（二）队伍。12人。\n"
    )
    sections, found = segment(read_text(text, "x.txt"))
    assert [s.parent for s in sections] == [None, 0, 0, None, 3, 3]
    assert [text[s.span.start : s.span.end].strip().splitlines()[-1] for s in sections] == [
        "（二）制度。办法2件。",
        "（一）学习。培训3次。",
        "（二）制度。办法2件。",
        "（二）队伍。12人。",
        "（一）执法。检查5次。",
        "（二）队伍。12人。",
    ]
    assert [(s.paragraph, s.section) for s in found] == [
        (0, None), (1, 0), (2, 1), (2, 1), (3, 2), (3, 2), (4, 3), (5, 4), (5, 4), (6, 5), (6, 5),
    ]  # fmt: skip


SENTENCES: list[tuple[str, str, list[str]]] = [
    (
        "；ends a sentence",
        "2020年，办结5件；清理9件！为什么？继续。",
        ["2020年，办结5件；", "清理9件！", "为什么？", "继续。"],
    ),
    ("half-width marks", "2020年,办结5件;清理9件!继续。", ["2020年,办结5件;", "清理9件!", "继续。"]),
    (
        "never inside 《》, “” or （）",
        "2020年，印发《甲；乙。丙》，落实“丁；戊”（己。庚；）要求。继续。",
        ["2020年，印发《甲；乙。丙》，落实“丁；戊”（己。庚；）要求。", "继续。"],
    ),
    (
        "a full stop before the closing mark ends it",
        "市长说：“要依法行政。”会议要求落实。",
        ["市长说：“要依法行政。”", "会议要求落实。"],
    ),
    ("a quotation that goes on", "落实“依法行政。”、“执法为民”要求。", ["落实“依法行政。”、“执法为民”要求。"]),
    (
        "an unmatched closing mark stays with its sentence",
        "首创调解制度”获评十大事件。”继续努力前行。",
        ["首创调解制度”获评十大事件。”", "继续努力前行。"],
    ),
    (
        "an unclosed mark swallows nothing",
        "（联系地址：青阳市大路1号。办理许可5件。继续努力前行。",
        ["（联系地址：青阳市大路1号。", "办理许可5件。", "继续努力前行。"],
    ),
    (
        "a line end ends a sentence",
        "2020年，全市制定规章2部，清理文件9件\r\n\r\n继续努力前行，再接再厉。\r\n",
        ["2020年，全市制定规章2部，清理文件9件", "继续努力前行，再接再厉。"],
    ),
    (
        "an indented line is a new paragraph",
        "　　2020年，全市制定规章2部\n　　清理文件9件，继续努力。",
        ["2020年，全市制定规章2部", "清理文件9件，继续努力。"],
    ),
    (
        "a subscript on a line of its own",
        "2020年，污染防治成效明显，PM\n2.5\n浓度下降。水质改善。",
        ["2020年，污染防治成效明显，PM\n2.5\n浓度下降。", "水质改善。"],
    ),
    (
        "a quotation broken over lines",
        "2020年，全市推行“双向\n揭榜\n挂帅”制度。水质改善。",
        ["2020年，全市推行“双向\n揭榜\n挂帅”制度。", "水质改善。"],
    ),
    (
        "furniture is cut out",
        "2020年，全市制定规章2部。\n— 3 —\n清理文件9件，继续努力。",
        ["2020年，全市制定规章2部。", "清理文件9件，继续努力。"],
    ),
]


@pytest.mark.parametrize(("why", "text", "expected"), SENTENCES, ids=[s[0] for s in SENTENCES])
def test_sentences(why: str, text: str, expected: list[str]) -> None:
    assert sentences(text) == expected, why


def test_sentence_cases_are_many() -> None:
    assert len(SENTENCES) >= 12


def test_lines_are_joined_only_where_the_document_is_wrapped() -> None:
    wrapped = read(DATA / "wrapped.txt")
    found = segment(wrapped)[1]
    torn = [s for s in found if "\n" in wrapped.text[s.start : s.end]]
    assert len(torn) == 5
    flat = joined(wrapped.text, found)
    assert len(flat) == len(wrapped.text)
    assert "深入贯彻落 实《法治政府建设实施纲要" in flat
    assert "罚案件1,234 件，同比下降" in flat
    assert flat.count("\n") == wrapped.text.count("\n") - sum(wrapped.text.count("\n", s.start, s.end) for s in torn)
    lines = "\n".join(
        [
            "2020年，全市办理案件",
            "新收5件",
            "审结3件",
            "结转2件",
            "调解1件",
            "和解1件",
            "撤回1件",
            "其他0件",
            "全部办结，继续努力。",
        ]
    )
    assert len(sentences(lines)) == 9


def test_rules_meet_their_examples() -> None:
    file = load_rules("segmentation.yaml")
    assert len(file.examples) >= 14
    assert list(check_rules(file)) == []


def test_a_later_directory_adds_a_marker(tmp_path: Path) -> None:
    (tmp_path / "segmentation.yaml").write_text(
        "patterns:\n  - {id: step, set: marker, type: '1', pattern: '第(?P<number>[一二三])步'}\n", encoding="utf-8"
    )
    report = read_text("2020年，我局依法行政，做法如下：\n第一步动员\n召开会议。\n第二步落实\n制定办法。\n", "x.txt")
    assert segment(report)[0] == ()
    assert [s.heading for s in segment(report, SegmentationRules.load(str(tmp_path)))[0]] == [
        "第一步动员",
        "第二步落实",
    ]


def test_a_marker_without_level_is_refused(tmp_path: Path) -> None:
    (tmp_path / "segmentation.yaml").write_text(
        "patterns:\n  - {id: step, set: marker, pattern: '第(?P<number>[一二三])步'}\n", encoding="utf-8"
    )
    with pytest.raises(RuleError, match="level"):
        SegmentationRules.load(str(tmp_path))


@pytest.mark.skipif(not CORPUS, reason="the real reports are not on this machine")
def test_real_reports_segment() -> None:
    assert len(CORPUS) >= 46
    for path in CORPUS:
        report = read(path)
        sections, found = segment(report)
        check(report, sections, found)
        assert len(sections) >= 7, path.name
        top = [s for s in sections if s.level == 1]
        assert len(top) >= 1, path.name
        assert all(len(s.heading) <= 70 for s in sections), path.name


def check(report: Report, sections: tuple[Section, ...], found: tuple[Sentence, ...]) -> None:
    """The promises of `segment`, on any report."""
    text, chrome = report.text, report.chrome
    at = report.body.start
    left = []
    for index, sentence in enumerate(found):
        assert sentence.index == index
        assert at <= sentence.start < sentence.end <= report.body.end
        assert text[sentence.start : sentence.end].strip() == text[sentence.start : sentence.end]
        assert not any(c.start < sentence.end and sentence.start < c.end for c in chrome)
        left.append(text[at : sentence.start])
        at = sentence.end
    left.append(text[at : report.body.end])
    furniture = "".join(text[max(c.start, report.body.start) : min(c.end, report.body.end)] for c in chrome)
    assert sorted("".join("".join(left).split())) == sorted("".join(furniture.split()))
    assert [s.paragraph for s in found] == sorted(s.paragraph for s in found)
    for index, section in enumerate(sections):
        assert section.index == index
        assert text[section.heading_span.start : section.heading_span.end] == section.heading
        assert section.span.contains(section.heading_span)
        assert section.span.start == section.heading_span.start
        assert report.body.contains(section.span)
        following = [s for s in sections[index + 1 :] if s.level <= section.level]
        assert section.span.end == (following[0].span.start if following else report.body.end)
        if section.parent is not None:
            above = sections[section.parent]
            assert above.level < section.level
            assert above.span.contains(section.span)
        assert any(s.start == section.heading_span.start for s in found)
    for sentence in found:
        holding = [s for s in sections if s.span.start <= sentence.start < s.span.end]
        assert sentence.section == (max(holding, key=lambda s: s.level).index if holding else None)
