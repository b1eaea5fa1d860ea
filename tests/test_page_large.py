"""Large graphs and many reports: what is drawn at once, what folds, what is left out and said to be."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from urllib.parse import quote

import pytest
from conftest import Run
from page_browser import Opened, Opener
from page_factory import extraction
from page_large import large, small

from kg.errors import GraphError
from kg.model import Check, CheckInput, Extraction, Quotation
from kg.network import MOST_IN_WEDGES, grouped, layout, network, on_islands
from kg.page import LeftOut, page, pages
from kg.page.audited import worded
from kg.page.corpus import corpus


def test_two_thousand_nodes_are_drawn_at_once(opened: Opener) -> None:
    view = opened(page(large(2000)))
    assert len(view.shown()) == 2000
    assert view.tab.evaluate("kgPage.graph.shown.groups.size") == 0
    view.clean()


def test_more_nodes_open_as_communities(opened: Opener) -> None:
    view = opened(page(large(4000)))
    assert len(view.shown()) <= 1  # the issuer
    groups = view.tab.evaluate("kgPage.data.groups.length")
    assert view.tab.evaluate("kgPage.graph.shown.groups.size") == groups >= 10
    assert "收在" in view.tab.inner_text("#shown")
    view.picture("communities")
    x, y, inside = view.tab.evaluate(
        """() => { const [index, nodes] = [...kgPage.graph.shown.groups][0];
             const box = document.querySelector("#network").getBoundingClientRect();
             const { x, y } = kgPage.graph.network.canvasToDOM(kgPage.graph.network.getPosition(`g${index}`));
             return [box.x + x, box.y + y, nodes.length]; }"""
    )
    view.tab.mouse.click(x, y)
    view.settled()
    assert len(view.shown()) >= inside
    view.tab.click("#undo")
    assert len(view.shown()) <= 1
    view.tab.fill("#search", "第3333号单位")
    view.tab.keyboard.press("Enter")
    assert view.tab.inner_text("#details h2") == "第3333号单位"
    assert "第3333号单位" in view.shown()
    assert len(view.shown()) >= 2  # its neighbours come with it, into view
    hidden = view.tab.evaluate(
        """() => { const { network, shown, container } = kgPage.graph;
             return [...shown.near].map((node) => network.canvasToDOM(network.getPosition(node))).filter(({ x, y }) =>
               x < 0 || y < 0 || x > container.clientWidth || y > container.clientHeight).length; }"""
    )
    assert hidden == 0
    view.clean()


def test_what_is_too_much_to_draw_is_told(opened: Opener) -> None:
    view = opened(page(large(4000)))
    view.tab.evaluate("kgPage.view.change((state) => state.folded.clear())")
    assert len(view.shown()) == view.tab.evaluate("kgPage.data.most") == MOST_IN_WEDGES
    assert "2000 个节点太多未画" in view.tab.inner_text("#shown")


def test_islands_do_not_overlap_and_are_the_same_every_time() -> None:
    graph = network(large(2600))
    assert on_islands(graph)
    places = layout(graph)
    assert layout(network(large(2600))) == places
    assert len(places) == len(graph)
    cells: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for x, y in places.values():
        cells.setdefault((x // 80, y // 80), []).append((x, y))
    nearest = math.inf
    for cx, cy in cells:
        near = [p for dx in (-1, 0, 1) for dy in (-1, 0, 1) for p in cells.get((cx + dx, cy + dy), ())]
        nearest = min([nearest, *(math.dist(a, b) for a, b in combinations(near, 2))])
    assert nearest >= 80
    members = [ref for group in grouped(graph) for ref in group.refs]
    assert len(members) == len(set(members)) == len(graph) - 1  # all but the issuer


# --- Several reports --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def three() -> list[Extraction]:
    return [extraction(), small(1), small(2)]


def test_reports_share_what_they_both_name(opened: Opener, three: list[Extraction]) -> None:
    content, left_out = pages(three, title="三份报告")
    assert left_out == LeftOut()
    assert not left_out
    view = opened(content)
    names = {entity.ref: entity.name for e in three for entity in e.entities}
    assert view.shown() == set(names.values())
    view.go("共有事项3")
    captions = view.tab.locator("#details .fact figcaption").all_inner_texts()
    assert [caption.split(" · ")[0] for caption in captions if "字符" in caption][:1] == ["报告1"]
    assert any(caption.startswith("报告2") for caption in captions)
    assert view.tab.locator("#left-out").is_hidden()
    view.tab.select_option("#which-report", "2")
    assert "第2市人民政府开展共有事项0" in view.tab.inner_text("#report")
    view.clean()


def test_offsets_are_those_of_each_report(opened: Opener, three: list[Extraction]) -> None:
    view = opened(pages(three)[0])
    statement = next(s for s in three[2].statements if s.object.endswith("|s5"))
    start, end = statement.evidence[0]
    view.go("共有事项5")
    assert f"报告2 · 字符 {start}–{end}" in view.tab.inner_text("#details")
    clause = three[2].report.text[start:end]
    assert clause in view.tab.locator("#details mark.clause").all_text_contents()
    view.tab.click("#tab-relation")
    view.tab.fill("#row-filter", clause)
    assert f"[{start}, {end})" in view.tab.inner_text("#table-panel tbody")


def test_what_does_not_fit_is_left_out_and_told(opened: Opener) -> None:
    many = [small(number, shared=6, own=60) for number in range(60)]
    whole, nothing = pages(many)
    assert not nothing
    limit = 1_500_000
    content, left_out = pages(many, most_bytes=limit)
    assert 0.7 * limit < len(content) <= limit < len(whole)  # the room there is, is used
    assert left_out.texts
    assert left_out.entities + left_out.figures > 0
    view = opened(content)
    told = view.tab.inner_text("#left-out")
    assert f"{left_out.entities} 个实体" in told
    assert f"{left_out.figures} 个指标值" in told
    assert ".ttl" in told
    shared = {f"共有事项{n}" for n in range(6)}
    assert shared <= set(view.tab.evaluate("kgPage.data.things.map(({ name }) => name)"))
    view.go("共有事项1")
    clause = view.tab.locator("#details mark.clause").first.text_content() or ""
    assert re.fullmatch("第\\d+市人民政府开展共有事项1", clause)
    caption = view.tab.locator("#details figcaption").first.text_content() or ""
    number, start, end = map(int, re.findall(r"\d+", caption)[:3])
    assert many[number].report.text[start:end] == clause
    view.clean()


def audited(three: list[Extraction]) -> list[Check]:
    """A rate that disagrees, a figure that cannot be told, and a rank that two reports claim."""
    first, second = (one.report.sha256 for one in three[:2])
    by_name = {o.name: o for o in three[0].observations}
    rate, base, rank = by_name["网上办结率"], by_name["行政复议申请"], three[1].observations[0]
    said = (Quotation(first, rate.evidence),)
    ratio = Check(
        "ratio", first, rate.ref, "disagrees", (CheckInput("denominator", first, base.ref),), said, "ratio/办结率",
        Decimal("87.26"), Decimal("1.14"), Decimal("0.05"),
    )  # fmt: skip
    unsaid = Check("ratio", first, base.ref, "undetermined", (), said, "ratio/结案率", reason="base-not-said")
    both = (*said, Quotation(second, rank.evidence))
    ranks = Check("rank", first, rate.ref, "disagrees", (CheckInput("compared", second, rank.ref),), both, "same-rank")
    return [ratio, unsaid, ranks]


def test_what_the_audit_found_stands_by_the_figures_of_each_report(opened: Opener, three: list[Extraction]) -> None:
    """The reports come in another order than their checks, so that every offset has moved."""
    content, left_out = pages(three[::-1], checks=audited(three))
    assert not left_out
    view = opened(content)
    summary = view.tab.locator("#details .audit-summary")
    assert "不符 2，无法判定 1，相符 0" in summary.inner_text()
    assert summary.locator(".finding").count() == 3
    assert three[0].report.title in summary.locator(".finding").first.inner_text()
    summary.locator(".finding .link").first.click()
    assert view.tab.inner_text("#details h2") == "网上办结率"
    cards = view.tab.locator("#details .audit")
    assert [card.get_attribute("data-verdict") for card in cards.all()] == ["disagrees", "disagrees"]
    assert "87.26" in cards.first.inner_text()
    assert "1.14 个百分点 （0.05）" in cards.first.inner_text()
    assert view.tab.locator("#report .doubted").all_inner_texts() == ["98.7%"]
    assert view.tab.locator("#report .chosen.doubted").count() == 1
    # The other report's figure is marked as well, with the way back.
    cards.nth(1).locator(".link").click()
    assert view.tab.inner_text("#details h2") == three[1].observations[0].name
    other = view.tab.locator("#details .audit")
    assert other.get_attribute("data-verdict") == "disagrees"
    other.locator(".link").click()
    assert view.tab.inner_text("#details h2") == "网上办结率"
    view.tab.click("#tab-figure")
    view.tab.locator("#table-panel th button", has_text="核验").click()
    rows = view.tab.locator("#table-panel tbody tr td:nth-child(10)").all_inner_texts()
    assert rows[:4] == ["不符", "不符", "无法判定", ""]
    view.clean()


def test_doubted_figures_are_the_last_to_be_left_out(three: list[Extraction]) -> None:
    many = [*three, *(small(number, shared=6, own=60) for number in range(3, 60))]
    data = corpus(many, (), 200_000, worded(many, audited(three)))
    assert data.left_out.figures > 3000
    assert data.left_out.checks == 0
    names = [observation.name for observation in data.extraction.observations]
    assert {"网上办结率", "行政复议申请"} <= set(names)
    rate = next(o for o in data.extraction.observations if o.name == "网上办结率")
    assert data.extraction.report.text[slice(*rate.evidence)] == "办结率98.7%"
    assert corpus(many, (), 24_300, worded(many, audited(three))).left_out.checks == 3


def test_checks_of_reports_that_are_not_there_are_left_out(three: list[Extraction]) -> None:
    assert worded(three[1:], audited(three)) == ()
    alone = worded(three[:1], audited(three))
    assert [one.others for one in alone] == [(audited(three)[0].inputs[0][1:],), (), ()]


def test_pages_do_not_depend_on_how_often_they_are_made(three: list[Extraction]) -> None:
    assert pages(three) == pages([extraction(), small(1), small(2)])


def test_the_merged_extraction_says_what_its_reports_say(three: list[Extraction]) -> None:
    merged = corpus(three, (), 10**9).extraction
    text = merged.report.text
    said = {(s.subject, s.predicate, s.object) for e in three for s in e.statements if s.predicate != "measures"}
    assert {(s.subject, s.predicate, s.object) for s in merged.statements if s.predicate != "measures"} == said
    assert len(merged.observations) == sum(len(e.observations) for e in three)
    assert [text[o.span.start : o.span.end] for o in merged.observations] == [
        e.report.text[o.span.start : o.span.end] for e in three for o in e.observations
    ]
    clauses = sorted(e.report.text[a:b] for e in three for s in e.statements for a, b in s.evidence)
    assert sorted(text[a:b] for s in merged.statements for a, b in s.evidence) == clauses
    linked = {o.name for o in merged.observations if o.compared_with or o.part_of}
    assert linked == {"行政复议申请同比增长率", "企业用户"}
    refs = {o.ref for o in merged.observations}
    assert all(o.part_of in refs for o in merged.observations if o.part_of)


def test_no_report_and_the_same_twice_are_errors(three: list[Extraction]) -> None:
    with pytest.raises(GraphError, match="no report"):
        pages([])
    with pytest.raises(GraphError, match="twice"):
        pages([three[0], three[0]])


LINKS = [
    ("b.html", "b.html"), ("子 目录/报告#1.html", None), ("子 目录/报告 1.html", quote("子 目录/报告 1.html")),
    ("javascript:alert(1)//.html", None), ("https://example.com/x.html", None), ("//example.com/x.html", None),
    ("/etc/x.html", None), ("data:text/html,x.html", None), ("x.txt", None), ("", None), ("a\\b.html", None),
]  # fmt: skip


@pytest.mark.parametrize(("link", "address"), LINKS)
def test_links_lead_to_files_beside_the_page_and_nowhere_else(
    opened: Opener, three: list[Extraction], link: str, address: str | None
) -> None:
    view = opened(pages(three, links=["", link, ""])[0])
    found: list[Opened] = view.tab.locator("#details a.report").all()  # type: ignore[assignment]
    assert [one.get_attribute("href") for one in found] == ([] if address is None else [address])  # type: ignore[attr-defined]


def test_a_hostile_report_among_several(opened: Opener, three: list[Extraction]) -> None:
    nasty = "</script><script>window.pwned=9</script>"
    first = replace(three[0], report=replace(three[0].report, title=nasty, name=nasty))
    view = opened(pages([first, three[1]], title=nasty)[0])
    assert view.tab.title() == nasty
    assert view.tab.inner_text("h1") == nasty
    view.clean()


# --- The verb ---------------------------------------------------------------------------------------------------------

ONE = (
    "云岭市人民政府关于2023年法治政府建设情况的报告\n云岭市司法局印发《云岭市养犬管理条例》，推行证明事项告知承诺制。\n"
)
TWO = "安溪市人民政府关于2023年法治政府建设情况的报告\n安溪市司法局落实《优化营商环境条例》，推行证明事项告知承诺制。\n"


def test_kg_page(run: Run, tmp_path: Path) -> None:
    for name, text in (("甲.txt", ONE), ("乙.txt", TWO)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "甲.html").write_text("<p>甲</p>", encoding="utf-8")
    output = tmp_path / "全部.html"
    result = run("page", tmp_path / "甲.txt", tmp_path / "乙.txt", "-o", output, "--title", "两份")
    assert result.returncode == 0, result.stderr.decode()
    assert result.stdout.decode().strip() == str(output)
    content = output.read_text(encoding="utf-8")
    assert "<title>两份</title>" in content
    assert '"link":"甲.html"' in content
    assert content.count('"file":') == 2


def test_kg_page_audits_what_it_draws(run: Run, tmp_path: Path) -> None:
    for name, text in (("甲.txt", ONE), ("乙.txt", TWO + "新收行政复议案件471件，受理411件，受理率为88.4%。\n")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    result = run("page", tmp_path / "甲.txt", tmp_path / "乙.txt", "-o", tmp_path / "全部.html")
    assert result.returncode == 0, result.stderr.decode()
    content = (tmp_path / "全部.html").read_text(encoding="utf-8")
    assert content.count('"verdict":') == content.count('"verdict":"disagrees"') == 1
    assert "= 87.26%" in content


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("甲.txt", "-o", "all.txt"), 2, ".html"),
        (("甲.txt", "甲2.txt", "-o", "all.html"), 2, "twice"),
        (("没有.txt", "-o", "all.html"), 2, "没有.txt"),
        (("甲.txt", "没有.txt", "-o", "all.html"), 1, "没有.txt"),
    ],
)
def test_faults_of_kg_page(run: Run, tmp_path: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    for name in ("甲.txt", "甲2.txt"):
        (tmp_path / name).write_text(ONE, encoding="utf-8")
    places = [argument if argument == "-o" else str(tmp_path / argument) for argument in arguments]
    result = run("page", *places)
    assert result.returncode == code, result.stderr.decode()
    assert said in result.stderr.decode()
    assert "Traceback" not in result.stderr.decode()
    assert (tmp_path / "all.html").exists() == (code == 1)
