"""Reading: encodings, refusals, saved pages, header tables, titles, years; rule examples."""

from __future__ import annotations

import codecs
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from kg.errors import ReadError, RuleError
from kg.model import Report
from kg.read import SIZE_LIMIT, ReadingRules, read, read_text
from kg.read.rules import check_rules, load_rules

DATA = Path(__file__).parent / "data" / "reading"
EXPECTED: list[dict[str, Any]] = yaml.safe_load((DATA / "expected.yaml").read_text(encoding="utf-8"))
SHARED = Path(__file__).resolve().parents[2] / "shared"
CORPUS = sorted([*SHARED.glob("corpus/*.txt"), *SHARED.glob("gold/*.txt")])
PROSE = "青阳市人民政府关于2020年法治政府建设情况的报告\n\n省人民政府：\n\n2020年，青阳市制定规章2部，清理文件30件。\n"


def test_expected_table_is_not_empty() -> None:
    assert len(EXPECTED) >= 8


@pytest.mark.parametrize("case", EXPECTED, ids=[c["file"] for c in EXPECTED])
def test_read_file(case: dict[str, Any]) -> None:
    report = read(DATA / case["file"])
    assert report.title == case["title"]
    assert report.year == case["year"]
    assert str(report.issued) == case["issued"]
    assert [[f.name, f.value] for f in report.fields] == case["fields"]
    body = report.text[report.body.start : report.body.end]
    assert body.startswith(case["body"][0])
    assert body.endswith(case["body"][1])


@pytest.mark.parametrize("case", EXPECTED, ids=[c["file"] for c in EXPECTED])
def test_spans_hold_what_they_say(case: dict[str, Any]) -> None:
    _check_spans(read(DATA / case["file"]))


@pytest.mark.parametrize(
    ("encoding", "mark", "said"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", codecs.BOM_UTF8, "utf-8-sig"),
        ("gb18030", b"", "gb18030"),
        ("gbk", b"", "gb18030"),
        ("gb2312", b"", "gb18030"),
        ("utf-16-le", codecs.BOM_UTF16_LE, "utf-16"),
        ("utf-16-be", codecs.BOM_UTF16_BE, "utf-16"),
        ("utf-16-le", b"", "utf-16-le"),
        ("utf-16-be", b"", "utf-16-be"),
    ],
)
def test_encodings_give_the_same_text_and_offsets(tmp_path: Path, encoding: str, mark: bytes, said: str) -> None:
    path = tmp_path / "report.txt"
    text = PROSE.replace("\n", "\r\n")
    path.write_bytes(mark + text.encode(encoding))
    report = read(path)
    with path.open(encoding=report.encoding, newline="") as stored:
        assert report.text == stored.read() == text
    assert report.encoding == said
    assert report.sha256 == read_text(text, "other.txt").sha256
    assert report.name == "report.txt"


def _zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")


REFUSALS: list[tuple[str, Callable[[Path], object], str, str]] = [
    ("missing.txt", lambda p: None, "no such file", "check"),
    ("folder", lambda p: p.mkdir(), "directory", "files inside"),
    ("empty.txt", lambda p: p.write_bytes(b""), "empty", "again"),
    ("blank.txt", lambda p: p.write_bytes(b"\xef\xbb\xbf \r\n"), "empty", "again"),
    ("spaces.txt", lambda p: p.write_text("　　\n　", encoding="utf-8"), "empty", "again"),
    ("a.pdf", lambda p: p.write_bytes(b"%PDF-1.7\n\0\0"), "PDF", "pdftotext"),
    ("a.docx", _zip, "docx", "plain text"),
    ("a.doc", lambda p: p.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99)), "Word", "plain text"),
    ("a.png", lambda p: p.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(99)), "PNG", "OCR"),
    ("a.jpg", lambda p: p.write_bytes(b"\xff\xd8\xff\xe0" + bytes(99)), "JPEG", "OCR"),
    ("a.bin", lambda p: p.write_bytes(bytes(range(256)) * 4), "binary", "plain text"),
    (
        "big5.txt",
        lambda p: p.write_bytes(("臺灣繁體中文測試，這是一個測試文件。" * 9).encode("big5")),
        "encoding",
        "UTF-8",
    ),
    ("latin.txt", lambda p: p.write_text("There is nothing Chinese here.", encoding="utf-8"), "no Chinese", "Chinese"),
    ("scan.txt", lambda p: p.write_text("青阳市\n\f\n第2页\n\f\n\f3\n", encoding="utf-8"), "pictures", "OCR"),
    (
        "menu.txt",
        lambda p: p.write_text(
            "首页\n新闻中心\n政务公开\n办事服务\n互动交流\n打印\n版权所有：某市\n", encoding="utf-8"
        ),
        "furniture",
        "copy",
    ),
    (
        "table.txt",
        lambda p: p.write_text("索引号 K1/2\n发布机构 市政府办\n打印\n", encoding="utf-8"),
        "furniture",
        "copy",
    ),
    (
        "menu.html",
        lambda p: p.write_text("<html><nav>政务公开。</nav><ul><li>首页<li>打印</ul></html>", encoding="utf-8"),
        "furniture",
        "copy",
    ),
    ("huge.txt", lambda p: p.write_bytes(b"\n" * (SIZE_LIMIT + 1)), "20 MB", "single"),
    (
        "page.mht",
        lambda p: p.write_bytes(b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n"),
        "mhtml",
        ".html",
    ),
]


@pytest.mark.parametrize(("name", "make", "what", "hint"), REFUSALS, ids=[r[0] for r in REFUSALS])
def test_refusals_say_what_where_and_what_to_do(
    tmp_path: Path, name: str, make: Callable[[Path], object], what: str, hint: str
) -> None:
    make(tmp_path / name)
    with pytest.raises(ReadError) as caught:
        read(tmp_path / name)
    assert what in caught.value.message
    assert hint in caught.value.hint
    assert caught.value.where == name
    assert "\n" not in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize(
    ("title", "first", "foot", "year"),
    [
        ("青阳市2020年法治政府建设情况报告", "市政府制定规章2部，清理文件9件。", "", 2020),
        ("青阳市2024 年度政府信息公开工作年度报告", "市政府公开信息20条，答复30件。", "", 2024),
        ("青阳市二〇二一年法治政府建设工作总结", "市政府制定规章2部，清理文件9件。", "", 2021),
        ("青阳市法治政府建设情况报告", "2019年，市政府制定规章2部，清理文件9件。", "", 2019),
        ("青阳市法治政府建设情况报告", "市政府制定规章2部，清理文件9件。", "\n青阳市人民政府\n2022年3月1日", 2021),
        ("青阳市法治政府建设情况报告", "市政府制定规章2部，清理文件9件。", "\n青阳市人民政府\n2022年11月1日", 2022),
        ("青阳市关于2022年法治工作情况暨2023年工作要点的报告", "市政府制定规章2部，清理文件9件。", "", 2022),
        ("青阳市贯彻《法治政府建设实施纲要（2015-2020年）》情况报告", "2018年，市政府制定规章2部，清理9件。", "", 2018),
        (
            "青阳市行动计划（2021—2023年）",
            "为加快发展，制定本计划，各地要抓好落实。",
            "\n青阳市人民政府\n2021年9月2日",
            2021,
        ),
        ("2026年青阳市政府工作报告", "各位代表：现在，我代表市人民政府向大会报告工作。", "", 2025),
        ("政府工作报告", "各位代表：现在，我代表市人民政府向大会报告工作。", "", None),
        ("青阳市政务数据管理办法", "为规范管理，制定本办法，请各地遵照执行。", "", None),
    ],
)
def test_year_the_report_is_about(title: str, first: str, foot: str, year: int | None) -> None:
    report = read_text(f"{title}\n\n{first}\n{foot}", "x.txt")
    assert report.title == title.replace(" ", "")
    assert report.year == year


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (
            "青阳市人民政府关于青阳市2020年\n法治政府建设情况的报告",
            "青阳市人民政府关于青阳市2020年法治政府建设情况的报告",
        ),
        ("青阳市司法局\n2020年度法治政府建设情况报告", "青阳市司法局2020年度法治政府建设情况报告"),
        (
            "青阳县委全面依法治县委员会办公室\n青阳县财政局2022年度法治政府建设工作报告",
            "青阳县财政局2022年度法治政府建设工作报告",
        ),
        ("市内要闻\n2020年青阳市法治政府建设情况报告", "2020年青阳市法治政府建设情况报告"),
        ("青阳市政务数据管理办法\n青阳市人民政府令\n\n（第16号）", "青阳市政务数据管理办法"),
        ("", "x"),
    ],
)
def test_titles(head: str, title: str) -> None:
    assert read_text(f"{head}\n\n2020年，市政府制定规章2部，清理文件9件。\n", "x.txt").title == title


def test_a_single_sentence_is_a_report() -> None:
    for text in ("省财政厅牵头实施制造业强基工程。", "由省财政厅牵头实施制造业强基工程"):
        report = read_text(text, "dir/说明.txt")
        assert report.text[report.body.start : report.body.end] == text
        assert (report.name, report.title, report.fields, report.chrome) == ("说明.txt", "说明", (), ())


def test_prose_words_like_buttons_stay_in_the_body() -> None:
    text = "2020年，我市下载安装量达1万次。\n打印材料减少30%，来源：统计局。\n中小企业受益，分享经验12次。\n"
    report = read_text(text, "x.txt")
    assert report.text[report.body.start : report.body.end] == text.strip()
    assert report.chrome == ()


def test_page_in_declared_charset_utf8_and_unclosed_tags(tmp_path: Path) -> None:
    path = tmp_path / "p.htm"
    path.write_bytes(
        '<html><meta charset="UTF-8"><title>甲</title><div>2020年，市政府<p>制定&nbsp;规章2部&lt;甲&gt;，'
        "清理文件9件。<script>if(a<b){}</script><br>办结<b>5</b>件。".encode()
    )
    assert read(path).text == "2020年，市政府\n制定\u00a0规章2部<甲>，清理文件9件。\n办结5件。"


def test_rules_meet_their_examples() -> None:
    file = load_rules("reading.yaml")
    assert len(file.examples) >= 30
    assert list(check_rules(file)) == []


def test_a_later_directory_adds_a_button(tmp_path: Path) -> None:
    (tmp_path / "reading.yaml").write_text("lists:\n  page_button: 投我一票\n", encoding="utf-8")
    text = "投我一票\n2020年，市政府制定规章2部，清理文件9件。\n\n投我一票\n"
    extended = read_text(text, "x.txt", rules=ReadingRules.load(str(tmp_path)))
    assert [text[c.start : c.end] for c in extended.chrome] == ["投我一票", "投我一票"]
    assert ReadingRules.load() is ReadingRules.load()


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("- 1\n", "mapping"),
        ("patterns:\n  - pattern: 甲\n", "id"),
        ("patterns:\n  - {id: a, set: furniture, pattern: '(甲'}\n", "regular expression"),
        ("patterns:\n  - {id: a, set: furniture, pattern: $nothing}\n", "names no list"),
        ("lists: [\n", "not a rule file"),
    ],
)
def test_a_broken_rule_file_is_named(tmp_path: Path, content: str, what: str) -> None:
    (tmp_path / "reading.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        load_rules("reading.yaml", [tmp_path])
    assert what in caught.value.message
    assert caught.value.where.startswith("reading.yaml")


@pytest.mark.skipif(not CORPUS, reason="the real reports are not on this machine")
def test_real_reports_read() -> None:
    assert len(CORPUS) >= 46
    for path in CORPUS:
        report = read(path)
        _check_spans(report)
        assert len(report.title) >= 6, path.name
        assert not any(c in report.title for c in "。\n\r："), path.name
        assert report.year is None or 2015 <= report.year <= 2026, path.name
        if "政府工作报告__" in path.name:
            assert report.year == 2025, path.name
            assert "各位代表：\n" not in report.text[report.body.start : report.body.start + 20], path.name
        assert report.body.end - report.body.start >= 0.8 * len(report.text) or len(report.text) < 6000, path.name


def _check_spans(report: Report) -> None:
    for field in report.fields:
        assert report.text[field.span.start : field.span.end] == field.value
        assert field.value.strip() == field.value != ""
    assert list(report.fields) == sorted(report.fields, key=lambda f: f.span)
    ends = 0
    for span in report.chrome:
        assert ends <= span.start < span.end <= len(report.text)
        ends = span.end
    assert 0 <= report.body.start < report.body.end <= len(report.text)
