"""The page for everyone: screen readers, keyboard alone, phones, print, dark and light, Firefox."""

from __future__ import annotations

import hashlib
import os
import re
import time
from pathlib import Path
from typing import Any

import pytest
from firefox import FIREFOX, Firefox
from page_browser import Opened, Opener
from playwright.sync_api import expect

from kg.build import Built
from kg.model import Extraction, Kind
from kg.page import page

AXE = Path(__file__).parent / "vendor" / "axe-core"


def violations(view: Opened) -> list[str]:
    """What axe-core finds that is serious or critical, with the places."""
    view.tab.evaluate((AXE / "axe.min.js").read_text(encoding="utf-8") + "\n;undefined")
    found = view.tab.evaluate(
        """() => axe.run(document, { resultTypes: ["violations"] }).then(({ violations, passes }) => ({
             passes: passes.length, found: violations.map(({ id, impact, nodes }) =>
               [impact, id, nodes.slice(0, 3).map((node) => `${node.html.slice(0, 99)} ${node.failureSummary}`)]) }))"""
    )
    assert found["passes"] >= 20
    return [
        f"{impact} {name}: {places}" for impact, name, places in found["found"] if impact in ("serious", "critical")
    ]


def test_axe_is_the_file_its_readme_names() -> None:
    digest = hashlib.sha256((AXE / "axe.min.js").read_bytes()).hexdigest()
    assert digest in (AXE / "README.md").read_text(encoding="utf-8")
    assert "Mozilla Public License" in (AXE / "LICENSE").read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("place", ["opening", "node", "relation", "tables", "menus", "search", "english"])
def test_axe_finds_nothing_serious(opened: Opener, sample: Built, scheme: str, place: str) -> None:
    view = opened(page(sample.extraction), color_scheme=scheme)
    if place == "node":
        view.go("全市各级行政复议机关")
        view.tab.click("#details .query summary")
    elif place == "relation":
        view.tab.evaluate("kgPage.view.change((state) => { state.edge = kgPage.data.edges[3].id; })")
    elif place == "tables":
        view.tab.click("#tab-figure")
    elif place == "menus":
        view.menu("filters")
        view.press("kinds", "Place")
    elif place == "search":
        view.tab.fill("#search", "司法")
    elif place == "english":
        view.tab.click("#language")
        view.go("证明事项告知承诺制")
    assert violations(view) == []


def test_axe_finds_nothing_serious_on_a_phone(opened: Opener, sample: Built) -> None:
    view = opened(page(sample.extraction), width=390, height=844, is_mobile=True, has_touch=True)
    assert violations(view) == []
    assert view.tab.evaluate("document.documentElement.scrollWidth") == 390


def test_axe_can_find_something(opened: Opener) -> None:
    view = opened()
    view.tab.evaluate("document.querySelector('#search').closest('.search').querySelector('label').remove()")
    view.tab.evaluate("document.querySelector('#closer').removeAttribute('aria-label')")
    view.tab.evaluate("document.querySelector('#closer').textContent = ''")
    assert any("button-name" in violation for violation in violations(view))


# --- What a screen reader is given: Chromium's accessibility tree ----------------------------------------------------

Heard = dict[
    str, Any
]  # role, name, description, states, text (everything said below it), within (roles and names above)


def heard(view: Opened) -> list[Heard]:
    """The nodes of the accessibility tree that are not ignored, in the order they are read."""
    session = view.tab.context.new_cdp_session(view.tab)
    session.send("Accessibility.enable")
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    by_id = {node["nodeId"]: node for node in nodes}
    found: list[Heard] = []

    def walk(identity: str, within: tuple[tuple[str, str], ...]) -> str:
        node = by_id[identity]
        role, name = node["role"]["value"], node.get("name", {}).get("value", "")
        entry: Heard | None = None
        if not node["ignored"] and role != "InlineTextBox":
            states = {one["name"]: one["value"].get("value") for one in node.get("properties", ())}
            description = node.get("description", {}).get("value", "")
            entry = {"role": role, "name": name, "states": states, "within": within, "description": description}
            found.append(entry)
            within = (*within, (role, name))
        below = [walk(child, within) for child in node.get("childIds", ()) if child in by_id]
        text = name if role == "StaticText" else "".join(below)
        if entry is not None:
            entry["text"] = text
        return text

    walk(nodes[0]["nodeId"], ())
    return found


def only(nodes: list[Heard], role: str, name: str | None = None) -> Heard:
    """The one node of that role, with that name where it is given."""
    matching = [node for node in nodes if node["role"] == role and name in (None, node["name"])]
    assert len(matching) == 1, (role, name, [(node["role"], node["name"]) for node in matching])
    return matching[0]


#: The page's own words in both languages: what each part is called.
SPOKEN = {
    "zh": {
        "text": "原文", "report": "报告原文", "network": "关系网络", "details": "详情：云岭市数据局", "tables": "表格",
        "search": "查找", "theme": "配色：自动", "shown": "显示 37/48 个节点", "close": "返回概览", "kind": "部门机构",
        "facts": "事实", "fact": "开展 1", "selected": "已选中：云岭市数据局，部门机构，1 条关系",
        "relation": "已选中：云岭市数据局 开展 “云岭通”APP", "none": "未选中任何内容，详情为概览", "table": "全部关系",
        "heads": ["主体", "关系", "客体", "情态", "原文依据"], "tab": "关系 35", "class": "部门机构 10",
        "found": "4 个匹配",
        "path": "最短路径: 云岭市数据局 – 云岭市司法局, 没有路径相连", "rows": "1/35 行", "tools": "网络工具",
    },
    "en": {
        "text": "Text", "report": "The report's text", "network": "Network.", "details": "Details: 云岭市数据局",
        "tables": "Tables", "search": "Search", "theme": "Colours: Auto", "shown": "37 of 48 nodes",
        "close": "Back to the overview", "kind": "Public body", "facts": "Facts", "fact": "carries out 1",
        "selected": "Selected: 云岭市数据局, Public body, 1 relation",
        "relation": "Selected: 云岭市数据局 carries out “云岭通”APP",
        "none": "Nothing is selected; the details show the overview", "table": "All relations",
        "heads": ["Subject", "Relation", "Object", "Modality", "Evidence"], "tab": "Relations 35",
        "class": "Public body 10", "found": "4 matches",
        "path": "Shortest path: 云岭市数据局 – 云岭市司法局, No path joins them", "rows": "1 of 35 rows",
        "tools": "Network tools",
    },
}  # fmt: skip


@pytest.fixture(params=["zh", "en"])
def spoken(request: pytest.FixtureRequest, opened: Opener) -> tuple[Opened, dict[str, Any]]:
    """The page in a language, with the words it should say."""
    view = opened()
    if request.param == "en":
        view.tab.click("#language")
    return view, SPOKEN[request.param]


def test_the_parts_of_the_page_are_named(spoken: tuple[Opened, dict[str, Any]]) -> None:
    view, words = spoken
    nodes = heard(view)
    names = [(node["role"], node["name"]) for node in nodes]
    for region in ("text", "report", "tables"):
        assert names.count(("region", words[region])) == 1, region
    assert next(name for role, name in names if role == "heading" and name) == view.tab.inner_text("h1")
    assert only(nodes, "combobox", words["search"])["states"]["expanded"] is False
    assert only(nodes, "button", words["theme"])
    assert only(nodes, "toolbar")["name"] == words["tools"]
    network = only(nodes, "application")
    assert network["name"].startswith(words["network"])
    assert network["states"]["focusable"] is True
    assert all(node["role"] not in ("image", "Canvas") or node["name"] or "application" in dict(node["within"])
               for node in nodes)  # fmt: skip
    states = [node for node in nodes if node["role"] == "status"]
    assert all(node["states"]["live"] == "polite" for node in states)
    assert any(node["text"].startswith(words["shown"]) for node in states)
    nameless = [
        node for node in nodes if node["role"] in ("button", "combobox", "searchbox", "link") and not node["name"]
    ]
    assert nameless == []


def test_a_class_in_the_legend_says_whether_it_is_shown(spoken: tuple[Opened, dict[str, Any]]) -> None:
    view, words = spoken
    assert only(heard(view), "button", words["class"])["states"]["pressed"] == "true"
    view.press("kinds", "Department")
    assert only(heard(view), "button", words["class"])["states"]["pressed"] == "false"


def test_the_table_is_read_as_a_table(spoken: tuple[Opened, dict[str, Any]]) -> None:
    view, words = spoken
    assert only(heard(view), "button", words["tab"])["states"]["expanded"] is False
    view.tab.click("#tab-relation")
    view.tab.fill("#row-filter", "云岭通”APP")
    view.tab.fill("#row-filter", "市水务局落实")
    nodes = heard(view)
    assert only(nodes, "button", words["tab"])["states"]["expanded"] is True
    table = only(nodes, "table")
    assert table["name"] == words["table"]
    assert ("region", words["table"]) in table["within"]
    inside = [node for node in nodes if ("table", words["table"]) in node["within"]]
    assert [node["name"] for node in inside if node["role"] == "columnheader"] == words["heads"]
    assert [node["name"] for node in inside if node["role"] == "rowheader"] == ["云岭市水务局"]
    cells = [node["name"] for node in inside if node["role"] == "cell"]
    assert len(cells) == len(words["heads"]) - 1
    assert cells[1] == "安岭省河道管理条例"
    assert cells[-1].startswith("市水务局落实《安岭省河道管理条例》")
    assert any(node["text"] == words["rows"] for node in nodes if node["role"] == "status")


def test_details_are_read_with_their_headings_states_and_sentences(spoken: tuple[Opened, dict[str, Any]]) -> None:
    view, words = spoken
    view.tab.mouse.click(*view.point("云岭市数据局"))
    nodes = heard(view)
    panel = only(nodes, "region", words["details"])
    assert panel["states"]["focusable"] is True
    inside = [node for node in nodes if ("region", words["details"]) in node["within"]]
    assert only(inside, "button", words["close"])
    assert [(node["name"], node["states"]["level"]) for node in inside if node["role"] == "heading"] == [
        ("云岭市数据局", 2), (words["facts"], 3),
    ]  # fmt: skip
    assert words["kind"] in panel["text"]
    folds = {
        node["name"].strip(): node["states"]["expanded"] for node in inside if node["role"] == "DisclosureTriangle"
    }
    assert folds[words["fact"]] is True
    assert folds["SPARQL 查询" if words is SPOKEN["zh"] else "SPARQL query"] is False
    assert only(inside, "button", "“云岭通”APP")
    quoted = [node["text"] for node in inside if node["role"] == "blockquote"]
    assert quoted[0] == "市数据局上线“云岭通”APP，注册用户近120万，其中企业用户8.6万。"
    pressed = [node["name"] for node in inside if node["states"].get("pressed") == "true"]
    assert len(pressed) == 1  # how far around the node is shown


def announced(view: Opened) -> str:
    """What the live region for selections says, as the accessibility tree has it."""
    view.settled()
    *_, last = [node for node in heard(view) if node["role"] == "status" and node["states"]["live"] == "polite"
                and ("region", view.tab.get_attribute("#stage", "aria-label")) in node["within"]]  # fmt: skip
    return str(last["text"])


def test_selections_are_announced(spoken: tuple[Opened, dict[str, Any]]) -> None:
    view, words = spoken
    assert announced(view) == ""
    view.tab.mouse.click(*view.point("云岭市数据局"))
    assert announced(view) == words["selected"]
    view.tab.click("#tab-relation")
    view.tab.fill("#row-filter", "市数据局上线")
    view.tab.locator("#table-panel tbody tr td:nth-child(5)").click()
    assert announced(view) == words["relation"]
    view.tab.click("#undo")
    assert announced(view) == words["selected"]
    view.tab.keyboard.press("Escape")
    assert announced(view) == words["none"]
    view.tab.fill("#search", "数据")
    assert announced(view) == words["found"]
    assert view.tab.locator("#results [id^=result-]").count() == 4
    view.tab.keyboard.press("Escape")
    view.go("云岭市数据局")
    view.tab.click("#path")
    view.go("云岭市司法局")
    assert announced(view) == words["path"]
    view.clean()


# --- Keyboard ---------------------------------------------------------------------------------------------------------


def focused(view: Opened) -> str:
    found = view.tab.evaluate("document.activeElement.id || document.activeElement.className")
    assert isinstance(found, str)
    return found


def test_from_search_to_evidence_by_keyboard_alone(opened: Opener) -> None:
    view = opened()
    view.tab.keyboard.press("/")
    assert focused(view) == "search"
    view.tab.keyboard.type("sjj")
    view.tab.keyboard.press("ArrowDown")
    view.tab.keyboard.press("Enter")
    assert focused(view) == "details"
    view.tab.keyboard.press("Tab")
    assert focused(view) == "close"
    while view.tab.evaluate("document.activeElement.className") != "link":
        view.tab.keyboard.press("Tab")
    assert view.tab.evaluate("document.activeElement.textContent") == "“云岭通”APP"
    view.tab.keyboard.press("Enter")
    assert view.tab.inner_text("#details h2") == "“云岭通”APP"
    view.tab.keyboard.press("Escape")
    assert view.tab.inner_text("#details h2") == "概览"


def test_arrows_walk_through_the_network(opened: Opener) -> None:
    view = opened()
    view.tab.focus("#network")
    assert "云岭市人民政府" in view.tab.inner_text("#spoken")
    seen = {view.tab.inner_text("#spoken")}
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "ArrowRight", "ArrowRight"):
        before = view.tab.evaluate("kgPage.graph.network.getPosition(kgPage.graph.cursor)")
        view.tab.keyboard.press(key)
        after = view.tab.evaluate("kgPage.graph.network.getPosition(kgPage.graph.cursor)")
        axis, sign = {"ArrowRight": ("x", 1), "ArrowLeft": ("x", -1), "ArrowDown": ("y", 1), "ArrowUp": ("y", -1)}[key]
        assert (after[axis] - before[axis]) * sign > 0 or after == before
        seen.add(view.tab.inner_text("#spoken"))
    assert len(seen) >= 4
    name = view.tab.inner_text("#spoken").split("，")[0]
    view.tab.keyboard.press("Enter")
    assert view.tab.inner_text("#details h2") in name
    view.tab.focus("#network")
    before = view.tab.evaluate("kgPage.graph.network.getScale()")
    view.tab.keyboard.press("+")
    assert view.tab.evaluate("kgPage.graph.network.getScale()") > before
    view.tab.keyboard.press("0")
    view.tab.keyboard.press("Home")
    assert "云岭市人民政府" in view.tab.inner_text("#spoken")
    view.clean()


def test_toolbar_and_text_are_one_stop_each(opened: Opener) -> None:
    view = opened()
    for box in ("#toolbar > *, #toolbar > * > summary, #toolbar > label > select", "#report [data-node]"):
        stops = view.tab.evaluate(
            """(selector) => [...document.querySelectorAll(selector)].filter((item) => item.tabIndex === 0
                 && /^(BUTTON|SELECT|SUMMARY|MARK)$/.test(item.tagName)).length""",
            box,
        )
        assert stops == 1, box
    view.tab.focus("#text-toggle")
    view.tab.keyboard.press("ArrowRight")
    assert focused(view) == "figures"  # what cannot be used now is passed over
    view.tab.focus("#report [data-node]")
    view.tab.keyboard.press("ArrowRight")
    view.tab.keyboard.press("ArrowRight")
    name = view.tab.evaluate("document.activeElement.dataset.node")
    view.tab.keyboard.press("Enter")
    assert view.tab.evaluate("String(kgPage.view.state.node)") == name


def test_skip_links_lead_to_tables_and_details(opened: Opener) -> None:
    view = opened()
    view.tab.keyboard.press("Tab")
    assert view.tab.evaluate("document.activeElement.textContent") == "跳到表格"
    assert view.tab.locator(".skip").first.bounding_box()["x"] >= 0  # type: ignore[index]
    view.tab.keyboard.press("Enter")
    assert focused(view) == "tables"
    view.tab.keyboard.press("Tab")
    assert focused(view) == "tab-entity"
    view.tab.keyboard.press("Enter")
    expect(view.tab.locator("#table-panel tbody tr").first).to_be_visible()


def test_focus_is_seen(opened: Opener) -> None:
    view = opened()
    view.tab.keyboard.press("Tab")
    for _ in range(12):
        view.tab.keyboard.press("Tab")
        style = view.tab.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert style == "solid", focused(view)


def test_escape_closes_one_thing_at_a_time(opened: Opener) -> None:
    view = opened()
    view.go("云岭市司法局")
    view.menu("filters")
    view.tab.keyboard.press("Escape")
    assert view.tab.evaluate("document.getElementById('filters').open") is False
    assert view.tab.inner_text("#details h2") == "云岭市司法局"
    view.tab.keyboard.press("Escape")
    assert view.tab.inner_text("#details h2") == "概览"


# --- Themes, print, phone ---------------------------------------------------------------------------------------------


def test_the_reader_chooses_light_or_dark(opened: Opener) -> None:
    view = opened(color_scheme="dark")
    background = "getComputedStyle(document.body).backgroundColor"
    assert view.tab.evaluate(background) == "rgb(20, 24, 31)"
    assert view.tab.inner_text("#theme") == "自动"
    view.tab.click("#theme")
    assert view.tab.inner_text("#theme") == "浅色"
    assert view.tab.evaluate(background) == "rgb(253, 252, 249)"
    assert max(abs(a - b) for a, b in zip(view.colour("行政处罚法"), [213, 94, 0], strict=True)) <= 2
    view.tab.click("#theme")
    assert view.tab.inner_text("#theme") == "深色"
    assert view.tab.evaluate(background) == "rgb(20, 24, 31)"


def test_each_class_has_a_shape_of_its_own(opened: Opener) -> None:
    view = opened()
    pairs = view.tab.evaluate("kgPage.data.nodes.map(({ id, shape }) => [kgPage.data.things[id].kind, shape])")
    shapes = {kind: {shape for other, shape in pairs if other == kind} for kind in Kind}
    assert all(len(found) == 1 for found in shapes.values())
    assert len({next(iter(found)) for found in shapes.values()}) == len(Kind)


def luminance(colour: str) -> float:
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


#: What people without red or green cones see, in linear light (Machado, Oliveira and Fernandes 2009, full severity).
BLIND = {
    "protan": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "deutan": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("blind", sorted(BLIND))
def test_colours_stay_apart_for_the_colour_blind(opened: Opener, scheme: str, blind: str) -> None:
    """Any two classes differ in lightness or hue as seen without red or green cones; shapes tell them apart as well."""
    view = opened(color_scheme=scheme)
    names = [kind.value for kind in Kind]
    colours = view.tab.evaluate(
        """(names) => names.map((name) =>
             getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim())""",
        names,
    )
    seen = []
    for colour in colours:
        linear = [(int(colour[n : n + 2], 16) / 255) ** 2.2 for n in (1, 3, 5)]
        mixed = [sum(a * b for a, b in zip(row, linear, strict=True)) for row in BLIND[blind]]
        seen.append([max(0.0, min(1.0, value)) ** (1 / 2.2) for value in mixed])
    nearest = min(
        (sum((a - b) ** 2 for a, b in zip(one, two, strict=True)) ** 0.5, names[i], names[j])
        for i, one in enumerate(seen)
        for j, two in enumerate(seen)
        if i < j
    )
    assert nearest[0] >= 0.08, nearest


@pytest.mark.parametrize("width", [320, 390, 600, 768, 1024, 1240, 1440, 1920])
def test_nothing_runs_out_of_the_window(opened: Opener, sample: Built, width: int) -> None:
    view = opened(page(sample.extraction), width=width)
    assert view.tab.evaluate("document.documentElement.scrollWidth") <= width
    box = view.tab.locator("#network").bounding_box()
    assert box
    assert box["width"] >= 300
    assert box["height"] >= 250
    view.clean()


def test_on_a_phone_what_is_opened_or_found_comes_into_view(opened: Opener, sample: Built) -> None:
    view = opened(page(sample.extraction), width=390, height=844, is_mobile=True, has_touch=True)
    view.tab.fill("#search", "zhifaliliang")
    view.tab.locator("#results .place").first.click()
    expect(view.tab.locator("#report .hit").first).to_be_in_viewport()
    view.tab.click("#tab-figure")
    expect(view.tab.locator("#table-panel tbody tr").first).to_be_in_viewport()
    rows = view.tab.locator("#table-panel tbody tr").all()[:20]
    assert max(box["height"] for row in rows if (box := row.bounding_box())) < 100
    view.clean()


def test_the_legend_is_one_row_where_there_is_room(opened: Opener, sample: Built) -> None:
    view = opened(page(sample.extraction))
    tops = {box["y"] for one in view.tab.locator("#kinds .toggle").all() if (box := one.bounding_box())}
    assert len(tops) == 1


def test_print_holds_text_picture_and_tables(opened: Opener, report: Extraction) -> None:
    view = opened()
    view.tab.emulate_media(media="print")
    view.tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    pdf = view.tab.pdf()
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) >= 3
    assert view.tab.evaluate("getComputedStyle(document.querySelector('#report')).overflow") == "visible"


# --- Firefox ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Any:
    if FIREFOX is None:
        if os.environ.get("KG_REQUIRE_TOOLS"):
            pytest.fail("firefox-esr is not installed (KG_REQUIRE_TOOLS is set)")
        pytest.skip("firefox-esr is not installed")
    with Firefox(tmp_path_factory.mktemp("firefox")) as browser:
        yield browser


def test_firefox(firefox: Firefox, html: bytes, tmp_path: Path) -> None:
    path = tmp_path / "报告 与 网络" / "云岭市 2023.html"
    path.parent.mkdir()
    path.write_bytes(html)
    firefox.open(path.as_uri())
    until = "return globalThis.kgPage !== undefined"
    deadline = time.monotonic() + 60
    while not firefox.run(until) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert firefox.run("return kgPage.graph.shown.nodes.size") == 37
    x, y = firefox.run(
        """const { network } = kgPage.graph;
           const node = kgPage.data.things.findIndex(({ name }) => name === "云岭市数据局");
           const box = document.querySelector("#network").getBoundingClientRect();
           const { x, y } = network.canvasToDOM(network.getPosition(node));
           return [box.x + x, box.y + y];"""
    )
    firefox.click(x, y)
    assert firefox.run("return document.querySelector('#details h2').textContent") == "云岭市数据局"
    assert firefox.run("return document.querySelector('#report .same').textContent") == "市数据局"
    assert firefox.run("return location.hash").startswith("#node=")
    firefox.run("document.getElementById('language').click()")
    assert firefox.run("return document.documentElement.lang") == "en"
    assert firefox.run("return performance.getEntriesByType('resource').length") == 0
    assert firefox.run("return window.pwned") is None
    colours = firefox.run(
        """const canvas = document.querySelector("#network canvas");
           const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
           const seen = new Set();
           for (let at = 0; at < pixels.length; at += 4) seen.add(pixels.slice(at, at + 3).join());
           return seen.size;"""
    )
    assert colours > 50
