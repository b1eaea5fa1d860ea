"""Walking through the page: neighbourhoods, paths, folding, undo, addresses, search by pinyin, pictures, queries."""

from __future__ import annotations

import json
import math
import re
import struct
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any
from urllib.parse import unquote

import pytest
from page_browser import Opened, Opener
from page_factory import HOSTILE
from playwright.sync_api import expect

from kg.build import Built
from kg.describe import RunInfo, describe
from kg.model import Extraction, Kind
from kg.page import page
from kg.page.pinyin import readings
from kg.query import ask

ISSUER = "云岭市人民政府"


# --- Labels -----------------------------------------------------------------------------------------------------------


def labels(view: Opened) -> list[dict[str, Any]]:
    """The words on the canvas as boxes, in pixels: recorded where they are written."""
    found = view.tab.evaluate(
        """() => {
          const canvas = document.querySelector("#network canvas");
          const context = canvas.getContext("2d");
          const written = [];
          const original = context.fillText;
          context.fillText = function (text, x, y) {
            const half = this.measureText(text).width / 2;
            const size = parseFloat(this.font.match(/([\\d.]+)px/)[1]);
            written.push({ text, left: x - half, right: x + half, top: y - size / 2, bottom: y + size / 2 });
            return original.call(this, text, x, y);
          };
          kgPage.graph.captions.forget();
          return new Promise((resolve) => {
            const finish = () => { context.fillText = original; resolve(written); };
            kgPage.graph.network.once("afterDrawing", () => setTimeout(finish));
            kgPage.graph.network.redraw();
          });
        }"""
    )
    assert isinstance(found, list)
    return found


def clashes(boxes: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    return [
        (a["text"], b["text"])
        for a, b in combinations(boxes, 2)
        if a["left"] < b["right"] and b["left"] < a["right"] and a["top"] < b["bottom"] and b["top"] < a["bottom"]
    ]


@pytest.mark.parametrize("size", [(1440, 900), (1920, 1080), (1280, 720), (1000, 800), (390, 844)], ids=str)
def test_labels_at_the_opening_zoom_do_not_collide(opened: Opener, sample: Built, size: tuple[int, int]) -> None:
    view = opened(page(sample.extraction), *size)
    boxes = labels(view)
    assert len(boxes) >= (30 if size[0] >= 1000 else 15)
    assert clashes(boxes) == []
    width, height = view.tab.evaluate("[kgPage.graph.container.clientWidth, kgPage.graph.container.clientHeight]")
    assert all(box["left"] >= -1 and box["right"] <= width + 1 for box in boxes)
    assert all(box["top"] >= -1 and box["bottom"] <= height + 1 for box in boxes)
    assert any("连云港市人民政府" in box["text"] for box in boxes)


def test_labels_stand_on_no_node_but_their_own(opened: Opener, sample: Built) -> None:
    view = opened(page(sample.extraction))
    nodes = view.tab.evaluate(
        """() => [...kgPage.graph.shown.nodes].filter((id) => id !== kgPage.data.issuer).map((id) => {
             const { x, y } = kgPage.graph.network.canvasToDOM(kgPage.graph.network.getPosition(id));
             const radius = kgPage.graph.sizes.get(id) * kgPage.graph.network.getScale() * 0.7;
             return { text: String(id), left: x - radius, right: x + radius, top: y - radius, bottom: y + radius };
           })"""
    )
    boxes = labels(view)
    covered = [(b["text"], n["text"]) for b in boxes for n in nodes if clashes([b, n])]
    # The issuer's label stands in any case.
    assert not [pair for pair in covered if "人民政府" not in pair[0]]


def test_words_on_lines_only_where_asked_for(opened: Opener) -> None:
    view = opened()
    words = set(view.tab.evaluate("Object.values(kgPage.WORDS.zh.predicate)"))
    assert not [box for box in labels(view) if box["text"] in words]
    view.go("云岭市司法局")
    said = [box["text"] for box in labels(view) if set(box["text"].split("、")) <= words]
    assert {"起草", "隶属"} <= set(said)


# --- Folding and filters ----------------------------------------------------------------------------------------------


def test_figures_open_in_their_subject_and_fold_again(opened: Opener) -> None:
    view = opened()
    assert any("★2" in box["text"] for box in labels(view))
    view.tab.mouse.dblclick(*view.point("“云岭通”APP"))
    view.settled()
    assert {"“云岭通”注册用户", "企业用户"} <= view.shown()
    assert "移送案件" not in view.shown()
    there, home = view.point("企业用户"), view.point("“云岭通”APP")
    assert abs(there[0] - home[0]) + abs(there[1] - home[1]) < 150
    view.go("“云岭通”APP")
    view.tab.click("#details .open-figures")
    assert not {"“云岭通”注册用户", "企业用户"} & view.shown()
    view.tab.click("#figures")
    assert {"移送案件", "企业用户", "废止规范性文件"} <= view.shown()
    assert view.tab.get_attribute("#figures", "aria-pressed") == "true"
    view.clean()


def test_figures_of_what_is_hidden_do_not_stay_alone(opened: Opener) -> None:
    view = opened()
    view.go("“云岭通”APP")
    view.tab.click("#details .open-figures")
    assert {"企业用户", "“云岭通”注册用户"} <= view.shown()
    view.tab.click("#details .close")
    view.press("kinds", "Initiative")
    assert not {"企业用户", "“云岭通”注册用户", "“云岭通”APP"} & view.shown()
    view.press("kinds", "Initiative")
    assert {"企业用户", "“云岭通”注册用户"} <= view.shown()


def test_a_figure_that_is_found_stands_beside_what_it_measures(opened: Opener) -> None:
    view = opened()
    view.go("企业用户")
    (x, y), (a, b) = view.point("企业用户"), view.point("“云岭通”APP")
    scale = view.tab.evaluate("kgPage.graph.network.getScale()")
    assert abs(math.dist((x, y), (a, b)) - 62 * scale) < 1


def test_nodes_without_a_line_can_be_left_out(opened: Opener, report: Extraction) -> None:
    view = opened()
    view.menu("filters")
    before = view.shown()
    view.tab.click("#linked")
    linked = {ref for s in report.statements for ref in (s.subject, s.object) if s.subject != s.object}
    linked |= {ref for pair in report.place_within for ref in pair}
    names = {entity.name for entity in report.entities if entity.ref in linked}
    assert view.shown() == names | {ISSUER}
    assert view.shown() < before
    assert view.tab.get_attribute("#linked", "aria-pressed") == "true"
    assert "linked=1" in view.tab.evaluate("location.hash")
    # What has a line only to what another filter hides goes as well.
    assert "安岭省河道管理条例" in view.shown()
    view.press("kinds", "Department")
    assert "安岭省河道管理条例" not in view.shown()
    assert "证明事项告知承诺制" in view.shown()
    hash = view.tab.evaluate("location.hash")
    assert opened(hash=hash).shown() == view.shown()
    view.menu("filters")
    view.tab.click("#reset")
    assert view.shown() == before
    view.clean()


def test_all_figures_are_in_the_picture_when_they_are_shown(opened: Opener, sample: Built) -> None:
    view = opened(page(sample.extraction))
    view.tab.click("#figures")
    view.settled()
    outside = view.tab.evaluate(
        """() => { const { network, shown, container } = kgPage.graph;
             return [...shown.nodes].map((node) => network.canvasToDOM(network.getPosition(node))).filter(({ x, y }) =>
               x < 0 || y < 0 || x > container.clientWidth || y > container.clientHeight).length; }"""
    )
    assert outside == 0
    assert view.tab.evaluate("kgPage.graph.shown.nodes.size") == len(sample.extraction.entities) + len(
        sample.extraction.observations
    )
    assert clashes(labels(view)) == []


def test_what_the_audit_doubts_is_marked_at_the_opening(opened: Opener, sample: Built) -> None:
    view = opened(page(sample.extraction, checks=sample.checks))
    assert [box["text"] for box in labels(view) if "≠" in box["text"]]
    assert clashes(labels(view)) == []
    view.go("全市各级行政复议机关")
    reach = "kgPage.graph.regions.map(({ points }) => Math.max(...points.map(({ x, y }) => Math.hypot(x, y))))"
    before = view.tab.evaluate(reach)
    view.tab.click("#details .open-figures")
    view.settled()
    assert view.tab.evaluate(reach) == before  # figures beside their subject move no region's rim
    words = [box["text"] for box in labels(view)]
    assert "受理率 88.4% ≠" in words
    assert not [text for text in words if "全市各级行政复议机关" in text and "≠" in text]  # it stands by the figure now


def test_filter_by_section(opened: Opener, report: Extraction) -> None:
    view = opened()
    before = view.shown()
    sections = view.tab.evaluate("kgPage.data.sectors.map(([section]) => section)")
    assert sections == [-1, 0, 1, 2, 3]
    view.press("sections", "2")
    gone = before - view.shown()
    assert {"云岭市数据局", "“云岭通”APP", "临溪区"} <= gone
    assert "云岭市司法局" not in gone
    view.press("sections", "2")
    assert view.shown() == before


def test_a_section_folds_into_one_node_and_opens_at_a_click(opened: Opener) -> None:
    view = opened()
    before = view.shown()
    view.menu("filters")
    group = view.tab.locator("#sections .fold").nth(3)
    number = group.get_attribute("data-group")
    group.click()
    view.menu("filters", False)
    assert not {"云岭市数据局", "“云岭通”APP"} & view.shown()
    assert "收在 1 组中" in view.tab.inner_text("#shown")
    assert any("优化营商环境" in box["text"] for box in labels(view))
    x, y = view.tab.evaluate(
        """(id) => { const box = document.querySelector("#network").getBoundingClientRect();
             const { x, y } = kgPage.graph.network.canvasToDOM(kgPage.graph.network.getPosition(id));
             return [box.x + x, box.y + y]; }""",
        f"g{number}",
    )
    view.tab.mouse.click(x, y)
    assert view.shown() == before
    view.clean()


# --- Neighbourhood and path -------------------------------------------------------------------------------------------


def expected_round(report: Extraction, start: str, depth: int) -> set[str]:
    """Names within `depth` steps, not through the issuer, figures left out; over statements and places."""
    names = {e.ref: e.name for e in report.entities}
    pairs = [(s.subject, s.object) for s in report.statements] + list(report.place_within)
    found = {start}
    for _ in range(depth):
        here = {ref for ref in found if ref != report.issuer or ref == start}
        found |= {b for a, b in pairs if a in here} | {a for a, b in pairs if b in here}
    return {names[ref] for ref in found if ref in names}


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("name", ["云岭市司法局", "安岭省司法厅", ISSUER])
def test_neighbourhood(opened: Opener, report: Extraction, name: str, depth: int) -> None:
    view = opened()
    view.go(name)
    view.tab.click(f'#details [data-depth="{depth}"]')
    assert view.shown() == expected_round(report, f"Department|{name}", depth)
    assert view.tab.input_value("#depth") == str(depth)
    view.tab.select_option("#depth", "0")
    assert len(view.shown()) == len(report.entities)


def test_shortest_path_between_two_nodes(opened: Opener) -> None:
    view = opened()
    view.go("云岭市水务局")
    view.tab.click("#path")
    assert "云岭市水务局" in view.tab.inner_text("#picking")
    view.tab.fill("#search", "行刑衔接")
    view.tab.keyboard.press("Enter")
    assert view.tab.inner_text("#details h2 >> nth=0") == "最短路径"
    assert "没有路径" in view.tab.inner_text("#details")
    view.tab.keyboard.press("Escape")
    view.go("云岭市养犬管理条例")
    view.tab.click("#details button:has-text('从此找路径')")
    view.tab.mouse.click(*view.point("云岭市人民检察院"))
    steps = view.tab.locator("#details .path h2").all_inner_texts()
    assert [step.split()[0] for step in steps] == ["起草", "合作"]
    assert view.tab.locator("#details .path blockquote").count() == 2
    view.picture("path")
    assert "市司法局起草" in "".join(view.tab.locator("#report .chosen").all_text_contents())
    bright = view.tab.evaluate("[...kgPage.graph.shown.near].map((id) => kgPage.data.things[id].name)")
    assert set(bright) == {"云岭市养犬管理条例", "云岭市司法局", "云岭市人民检察院"}
    view.clean()


def test_a_path_may_leave_the_issuer_out(opened: Opener) -> None:
    view = opened()
    view.go("云岭市重大行政决策程序规定")
    view.tab.click("#path")
    view.tab.mouse.click(*view.point("云岭市养犬管理条例"))
    through = view.tab.locator("#details .path .link").all_inner_texts()
    assert ISSUER in through
    view.tab.click("#details .avoid")
    assert "没有路径" in view.tab.inner_text("#details")
    view.tab.keyboard.press("Escape")
    view.go("云岭市法治政府建设实施方案")
    view.tab.click("#path")
    view.tab.keyboard.press("Escape")
    assert not view.tab.locator("#picking").is_visible()


# --- Undo and addresses -----------------------------------------------------------------------------------------------


def test_undo_and_redo_by_button_and_by_key(opened: Opener) -> None:
    view = opened()
    assert view.tab.is_disabled("#undo")
    view.go("云岭市司法局")
    view.press("kinds", "Place")
    view.tab.click('#details [data-depth="1"]')
    view.tab.click("#undo")
    assert view.tab.input_value("#depth") == "0"
    view.tab.keyboard.press("Control+z")
    view.tab.click('#details [data-depth="0"]')
    assert "临溪区" in view.shown()
    view.tab.click("#undo")
    assert view.tab.inner_text("#details h2") == "概览"
    assert view.tab.is_disabled("#undo")
    view.tab.focus("#network")
    view.tab.keyboard.press("Control+y")
    assert view.tab.inner_text("#details h2") == "云岭市司法局"
    view.tab.keyboard.press("Control+Shift+z")
    assert "临溪区" not in view.shown()
    view.go("云岭市数据局")
    assert view.tab.is_disabled("#redo")
    view.clean()


def state(view: Opened) -> Any:
    return view.tab.evaluate(
        """() => Object.fromEntries(Object.entries(kgPage.view.state).map(([key, value]) =>
             [key, value instanceof Set ? [...value].sort() : value ?? null]))"""
    )


def test_an_address_leads_back_to_the_same_view(opened: Opener) -> None:
    view = opened()
    view.go("“云岭通”APP")
    view.tab.click("#details .open-figures")
    view.tab.click('#details [data-depth="2"]')
    view.press("kinds", "Place")
    view.press("modalities", "problem")
    view.press("sections", "-1")
    view.menu("filters", False)
    address = view.tab.evaluate("location.href")
    kept = state(view)
    again = opened(hash="#" + address.partition("#")[2])
    assert state(again) == kept
    assert again.tab.inner_text("#details h2") == "“云岭通”APP"
    assert again.shown() == view.shown()
    again.clean()


@pytest.mark.parametrize("kind", ["edge", "path"])
def test_an_address_names_a_relation_or_a_path(opened: Opener, kind: str) -> None:
    view = opened()
    if kind == "edge":
        view.tab.mouse.click(*view.point("云岭市水务局", "安岭省河道管理条例"))
    else:
        view.go("云岭市水务局")
        view.tab.click("#path")
        view.tab.mouse.click(*view.point("安岭省河道管理条例"))
    heading = view.tab.inner_text("#details h2 >> nth=0")
    again = opened(hash="#" + view.tab.evaluate("location.hash.slice(1)"))
    assert again.tab.inner_text("#details h2 >> nth=0") == heading != "概览"
    again.tab.evaluate("location.hash = ''")
    expect(again.tab.locator("#details h2")).to_have_text("概览")


@pytest.mark.parametrize(
    "hash",
    [
        "#node=nothere", "#edge=a~b&path=~", "#depth=99&kinds=Nothing", "#kinds=%3Cscript%3E", "#folded=999,-1,x",
        "#node=__proto__&open=constructor", "#%", "#sections=77&modalities=none", "#node=<img src=x onerror=alert(1)>",
    ],
)  # fmt: skip
def test_a_wrong_address_is_no_fault(opened: Opener, hash: str) -> None:
    view = opened(hash=hash)
    assert view.tab.inner_text("#details h2") == "概览"
    assert view.shown()
    assert not view.complaints


def test_the_link_is_copied(opened: Opener) -> None:
    view = opened()
    view.go("云岭市司法局")
    view.menu("exports")
    view.tab.click("#link")
    expect(view.tab.locator("#link")).to_have_class("done")
    view.tab.click("#search")
    view.tab.keyboard.press("Control+v")
    assert unquote(view.tab.input_value("#search")).startswith("file:///")
    assert "node=" in view.tab.input_value("#search")


# --- Full screen ------------------------------------------------------------------------------------------------------

FULL = "document.fullscreenElement?.tagName ?? null"


@pytest.mark.parametrize("size", [(1440, 900), (1000, 700), (390, 844)], ids=str)
def test_network_and_details_fill_the_screen(opened: Opener, size: tuple[int, int]) -> None:
    phone: dict[str, Any] = {"is_mobile": True, "has_touch": True} if size[0] < 760 else {}
    view = opened(width=size[0], height=size[1], **phone)
    expect(view.tab.locator("#fullscreen")).to_have_text("全屏")
    before = view.tab.locator("#stage").bounding_box()
    view.tab.click("#fullscreen")
    expect(view.tab.locator("#fullscreen")).to_have_text("退出全屏")
    assert view.tab.evaluate(FULL) == "MAIN"
    after = view.tab.locator("#stage").bounding_box()
    assert before
    assert after
    assert (after["x"], after["y"]) == (0, 0)
    assert after["height"] >= before["height"]
    for hidden in ("#text", "#tables", "#title"):
        box = view.tab.locator(hidden).bounding_box()
        top = view.tab.evaluate(
            "selector => { const box = document.querySelector(selector).getBoundingClientRect();"
            " return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)?.matches(selector) }",
            hidden,
        )
        assert box is None or not top, hidden
    # What is pressed is told, here as well; its labels and its place follow the new size.
    view.settled()
    x, y = view.point("云岭市数据局")
    view.tab.mouse.click(x, y)
    expect(view.tab.locator("#details h2")).to_have_text("云岭市数据局")
    assert view.tab.locator("#details").is_visible()
    assert clashes(labels(view)) == []
    view.picture(f"fullscreen-{size[0]}")
    view.menu("filters")
    view.tab.click('#modalities [data-value="planned"]')
    view.menu("filters", opened=False)
    view.tab.click("#fullscreen")
    expect(view.tab.locator("#fullscreen")).to_have_text("全屏")
    assert view.tab.evaluate(FULL) is None
    assert view.tab.locator("#title").is_visible()
    assert view.tab.locator("#text").is_visible()
    view.tab.click("#language")
    expect(view.tab.locator("#fullscreen")).to_have_text("Full screen")
    view.clean()


def test_full_screen_by_keyboard_and_left_by_the_browser(opened: Opener) -> None:
    view = opened()
    view.tab.focus("#fullscreen")
    view.tab.keyboard.press("Enter")
    expect(view.tab.locator("#fullscreen")).to_have_text("退出全屏")
    view.tab.evaluate("document.exitFullscreen()")  # what Escape does in a browser with a window
    expect(view.tab.locator("#fullscreen")).to_have_text("全屏")
    assert view.tab.evaluate("document.activeElement.id") == "fullscreen"
    assert view.tab.locator("#text-toggle").is_visible()
    view.clean()


def test_a_browser_that_refuses_full_screen_is_no_fault(opened: Opener) -> None:
    view = opened()
    view.tab.evaluate(
        "() => { document.querySelector('main').requestFullscreen = () => Promise.reject(new TypeError('no')); }"
    )
    view.tab.click("#fullscreen")
    expect(view.tab.locator("#spoken")).to_have_text("浏览器不允许全屏")
    assert view.tab.evaluate(FULL) is None
    view.clean()


# --- Search -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("sfj", "云岭市司法局"),
        ("sifaju", "云岭市司法局"),
        ("yls sfj", "云岭市司法局"),
        ("ylssifaju", "云岭市司法局"),
        ("sfaju", "云岭市司法局"),
        ("SFJ", "云岭市司法局"),
        ("shujuju", "云岭市数据局"),
        ("sjj", "云岭市数据局"),
        ("xingzhengfuyi", "云岭市行政复议委员会"),
        ("hangzhengfuyi", "云岭市行政复议委员会"),  # 行 has two readings
        ("ylt", "“云岭通”APP"),
        ("yangquan", "云岭市养犬管理条例"),
        ("fzylan", None),
    ],
)
def test_search_by_pinyin(opened: Opener, typed: str, found: str | None) -> None:
    view = opened()
    view.tab.fill("#search", typed)
    options = view.tab.locator("#results [role=option]:not(.place):not(.none) .name").all_inner_texts()
    if found is None:
        assert options == []
    else:
        assert found in [option.split("\n")[0] for option in options[:3]]


def test_readings() -> None:
    table = readings(["长治市重庆行政复议", "ABC，。"])
    for syllable, character in [("chang", "长"), ("zhang", "长"), ("hang", "行"), ("xing", "行"), ("chong", "重")]:
        assert character in table[syllable]
    assert set("".join(table.values())) == set("长治市重庆行政复议")
    assert list(table) == sorted(table)


def test_a_page_holds_the_readings_of_its_own_characters_and_no_others(sample: Built) -> None:
    """What text search by pinyin costs is bounded by the table: 84 KB where every character it knows occurs."""
    text = sample.extraction.report.text
    held = readings([text])
    assert set("".join(held.values())) <= set(text)
    assert len(json.dumps(held, ensure_ascii=False, separators=(",", ":")).encode()) < 10_000
    everything = readings([chr(code) for code in range(0x3000, 0xA000)])
    assert len(json.dumps(everything, ensure_ascii=False, separators=(",", ":")).encode()) < 90_000


def test_readings_are_those_of_pypinyin() -> None:
    pypinyin = pytest.importorskip("pypinyin", reason="only needed to compare the table with its source")
    names = [
        "连云港市人民政府",
        "盱眙县",
        "亳州市",
        "六安市",
        "东阿县",
        "司法局",
        "发展和改革委员会",
        "绿化",
        "女子监狱",
    ]
    for character in sorted(set("".join(names))):
        [wanted] = pypinyin.pinyin(character, style=pypinyin.Style.NORMAL, heteronym=True, v_to_u=False)
        assert set(wanted) <= set(readings([character])), character


def test_search_in_the_text(opened: Opener) -> None:
    view = opened()
    view.tab.fill("#search", "执法力量")
    place = view.tab.locator("#results .place")
    expect(place).to_have_count(1)
    assert "县区政府执法力量仍显不足" in place.inner_text()
    view.tab.keyboard.press("Enter")
    assert view.tab.locator("#report .hit").all_text_contents() == ["执法力量"]
    assert view.tab.evaluate("document.activeElement.id") == "report"
    view.clean()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("zhifaliliang", ["执法力量"]),
        ("zhi fa li liang", ["执法力量"]),
        ("zfll", ["执法力量"]),
        ("ZFLL", ["执法力量"]),
        ("zhifall", ["执法力量"]),
        ("zhifali", ["执法力"]),
        ("reng xian bu zu", ["仍显不足"]),
        ("yltapp", ["云岭通”APP"]),  # signs within a name are passed over
        ("bszrjg", []),  # …不足，行政…: nothing is read over a sign that is not within a name
        ("xingzhengzhifaxietiao", ["行政执法协调"]),
        ("hangzhengzhifaxietiao", ["行政执法协调"]),
        ("qqqqq", []),
    ],
)
def test_search_in_the_text_by_pinyin(opened: Opener, typed: str, found: list[str]) -> None:
    view = opened()
    view.tab.fill("#search", typed)
    hits = view.tab.locator("#results .place .hit").all_inner_texts()
    assert hits[: len(found)] == found
    assert bool(hits) == bool(found)
    if not found:
        return
    view.tab.locator("#results .place").first.click()
    assert "".join(view.tab.locator("#report .hit").all_text_contents()) == found[0]
    view.clean()


def test_wordings_that_can_be_read_alike_are_told_with_their_number_and_walked_through(
    opened: Opener, sample: Built
) -> None:
    view = opened(page(sample.extraction))
    text = sample.extraction.report.text
    view.tab.fill("#search", "fazhi")
    options = view.tab.locator("#results .place")
    first = options.first.inner_text()
    assert "法治" in first
    assert f"{text.count('法治')} 处" in first
    options.first.click()
    for number in (1, 2, 3):
        assert view.tab.inner_text("#place-count") == f"{number}/{text.count('法治')}"
        assert "".join(view.tab.locator("#report .hit").all_text_contents()) == "法治"
        view.tab.click("#next-place")
    view.go("连云港市人民政府")
    assert view.tab.locator("#report .hit").count() == 0
    view.clean()


# --- Pictures ---------------------------------------------------------------------------------------------------------


def saved(view: Opened, control: str) -> tuple[str, bytes]:
    view.menu("exports")
    with view.tab.expect_download() as caught:
        view.tab.click(control)
    return caught.value.suggested_filename, caught.value.path().read_bytes()


def test_svg_holds_all_that_is_shown(opened: Opener) -> None:
    view = opened()
    name, content = saved(view, "#svg")
    assert name.endswith(".svg")
    root = ElementTree.fromstring(content)
    space = "{http://www.w3.org/2000/svg}"
    assert root.tag == f"{space}svg"
    assert len(root.findall(f"{space}path")) == len(view.shown())
    assert len(root.findall(f"{space}line")) == view.tab.evaluate("kgPage.graph.shown.edges.length")
    words = "".join(text.text or "" for text in root.findall(f"{space}text"))
    assert ISSUER in words
    assert "一、坚持统筹推进" in words
    tags = {element.tag.removeprefix(space) for element in root.iter()}
    assert tags == {"svg", "title", "rect", "polygon", "line", "path", "text"}
    assert not re.search(rb"<script|\son\w+=|href", content)
    view.clean()


def test_svg_of_hostile_names_is_text(opened: Opener) -> None:
    view = opened()
    view.go("云岭市大数据中心")
    _, content = saved(view, "#svg")
    root = ElementTree.fromstring(content)
    assert not [element for element in root.iter() if element.tag.endswith(("script", "img"))]
    assert "window.pwned" in "".join(root.itertext())
    assert len(HOSTILE) >= 7
    view.clean()


def test_png_is_a_picture_of_the_network(opened: Opener) -> None:
    view = opened()
    name, content = saved(view, "#png")
    assert name.endswith(".png")
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", content[16:24])
    assert width > 800
    assert height > 800
    assert len(content) > 30_000
    view.clean()


# --- Figures and queries ----------------------------------------------------------------------------------------------


def fill_of(view: Opened, name: str) -> list[float]:
    view.go(name)
    bars = view.tab.locator("#details dl .bar .fill")
    return [float(bar.get_attribute("width") or 0) / 220 for bar in bars.all()]


@pytest.mark.parametrize(
    ("name", "share"),
    [("网上办结率", [0.987]), ("企业用户", [8.6 / 120]), ("行政复议申请同比增长率", [0.123 / 2]), ("移送案件", [])],
)
def test_bars_of_figures(opened: Opener, name: str, share: list[float]) -> None:
    view = opened()
    assert fill_of(view, name) == pytest.approx(share, abs=0.001)


def answers(built: Built, query: str) -> set[tuple[str, ...]]:
    dataset = describe([built.extraction], run=RunInfo("0", "0", None), checks=built.checks)
    return {tuple(text.rpartition("#")[2] for text in row) for row in ask(query, dataset).texts()}


def told(view: Opened, relations: Sequence[int]) -> set[tuple[str, ...]]:
    """What the page says of relations, in the columns of its query."""
    rows = view.tab.evaluate(
        """(indexes) => indexes.flatMap((index) => {
             const { things, relations, text } = kgPage.data;
             const { s, p, o, m, evidence } = relations[index];
             const name = (node) => [things[node].name, things[node].figure?.raw].filter(Boolean).join(" ");
             return evidence.map(([start, end]) =>
               [name(s), p, name(o), m, String(start), String(end), [...text].slice(start, end).join("")]);
           })""",
        list(relations),
    )
    return {tuple(row) for row in rows}


def test_the_query_of_every_kind_gives_what_the_panel_shows(opened: Opener, sample: Built) -> None:
    view = opened(page(sample.extraction))
    things = view.tab.evaluate("kgPage.data.things.map(({ kind }) => kind)")
    nodes = [things.index(kind) for kind in Kind if kind in things] + [view.node("连云港市人民政府")]
    compared = 0
    for node in nodes:
        view.tab.evaluate("node => kgPage.go(node)", node)
        query = view.tab.input_value("#details textarea")
        shown = view.tab.evaluate(
            """(node) => kgPage.data.relations.map((relation, index) => [relation, index])
                 .filter(([{ s, o, evidence }]) => evidence && (s === node || o === node)).map(([, index]) => index)""",
            node,
        )
        assert answers(sample, query) == told(view, shown), view.tab.inner_text("#details h2")
        compared += len(shown)
    assert compared >= 150


def test_the_query_of_a_relation(opened: Opener, sample: Built) -> None:
    view = opened(page(sample.extraction))
    index = view.tab.evaluate("kgPage.data.relations.findIndex(({ p }) => p === 'recognisedBy')")
    view.tab.click("#tab-relation")
    view.tab.locator(f'#table-panel tr[data-row="{index}"] td').nth(1).click()
    found = answers(sample, view.tab.input_value("#details textarea"))
    parts = view.tab.locator("#details > [data-relation]").all()
    shown = [int(part.get_attribute("data-relation") or -1) for part in parts]
    assert found == told(view, shown)
    assert len(found) >= 1


def test_a_query_with_hostile_keys_is_still_a_query(opened: Opener, report: Extraction) -> None:
    nasty = '甲" . } DROP ALL # \\ \n乙\u202e'
    entity = replace(next(e for e in report.entities if e.kind is Kind.INITIATIVE), key=nasty, name="恶意")
    changed = replace(report, entities=(*report.entities, entity))
    view = opened(page(changed))
    view.go("恶意")
    answer = ask(view.tab.input_value("#details textarea"), describe([report], run=RunInfo("0", "0", None)))
    assert answer.rows == ()
