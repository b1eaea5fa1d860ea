"""The page in a real browser: what is drawn, found, told and refused."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from page_browser import Opener
from page_factory import BIDI, HOSTILE, IMAGE, SCRIPT
from playwright.sync_api import expect

from kg.model import Check, CheckInput, Extraction, Kind, Quotation, Statement
from kg.page import page

ROOT = Path(__file__).parent.parent
PREDICATES = re.findall(
    r"\w+",
    "issues revises repeals drafts commentsOn implements carriesOut basedOn recognisedBy establishes reportsTo "
    "cooperatesWith partOf measures within",
)


def test_opens_alone_and_draws_every_entity(opened: Opener, report: Extraction) -> None:
    view = opened()
    palette = {
        "Department": [0, 114, 178],
        "BodyGroup": [86, 180, 233],
        "Regulation": [213, 94, 0],
        "Initiative": [0, 158, 115],
        "MediaWork": [204, 121, 167],
        "Place": [230, 159, 0],
    }
    drawn = 0
    for entity in report.entities:
        near = [abs(a - b) for a, b in zip(view.colour(entity.name), palette[entity.kind], strict=True)]
        assert max(near) <= 2, entity.name
        drawn += 1
    assert drawn >= 36
    view.picture("opening")
    assert view.shown() == {entity.name for entity in report.entities}
    view.clean()


def test_places_are_those_computed_in_python(opened: Opener) -> None:
    view = opened()
    off = view.tab.evaluate(
        """() => {
          const { graph, data } = kgPage;
          return data.nodes.filter(({ id }) => graph.shown.nodes.has(id)).filter(({ id, x, y }) => {
            const place = graph.network.getPosition(id);
            return Math.abs(place.x - x * graph.stretch[0]) > 1 || Math.abs(place.y - y * graph.stretch[1]) > 1;
          }).length;
        }"""
    )
    assert off == 0
    assert view.tab.evaluate("kgPage.graph.stretch.every((share) => share >= 1)")


def test_header(opened: Opener) -> None:
    view = opened()
    assert view.tab.inner_text("h1") == "云岭市人民政府关于2023年度法治政府建设情况的报告"
    facts = view.tab.inner_text("#facts")
    for part in ("发布机关 云岭市人民政府", "2024-02-18", "云政发〔2024〕6号", "37 个实体", "35 条关系", "11 个指标值"):
        assert part in facts


def test_legend_hides_and_shows_a_class(opened: Opener) -> None:
    view = opened()
    button = view.tab.locator('#kinds [data-value="Regulation"]')
    assert button.inner_text().split() == ["法规文件", "7"]
    before, colour, place = view.shown(), view.colour("行政处罚法"), view.point("行政处罚法")
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    assert before - view.shown() == {
        "云岭市法治政府建设实施方案", "云岭市重大行政决策程序规定", "行政处罚法", "云岭市养犬管理条例",
        "安岭省河道管理条例", "优化营商环境条例", "云岭市数字政府条例",
    }  # fmt: skip
    assert view.drawn_at(*place) != colour
    assert "30/48" in view.tab.inner_text("#shown")
    button.click()
    assert view.shown() == before
    assert view.colour("行政处罚法") == colour
    view.clean()


def test_legend_works_from_the_keyboard_and_keeps_the_focus(opened: Opener) -> None:
    view = opened()
    view.tab.focus('#kinds [data-value="Place"]')
    view.tab.keyboard.press("Space")
    assert "临溪区" not in view.shown()
    assert view.tab.evaluate("document.activeElement.dataset.value") == "Place"


def test_figures_are_folded_until_asked_for(opened: Opener, report: Extraction) -> None:
    view = opened()
    figures = {o.name for o in report.observations}
    assert not figures & view.shown()
    view.press("kinds", "Indicator")
    assert figures <= view.shown()
    view.menu("filters")
    view.tab.click("#reset")
    assert not figures & view.shown()


@pytest.mark.parametrize(
    ("modality", "expected"),
    [
        ("planned", {"云岭市数字政府条例"}),
        ("required", {"各行政部门", "云岭市法治政府建设实施方案"}),
        ("problem", {"行政执法协调监督工作体系"}),
    ],
)
def test_filter_by_modality(opened: Opener, modality: str, expected: set[str]) -> None:
    view = opened()
    for other in {"reported", "planned", "required", "problem"} - {modality}:
        view.press("modalities", other)
    assert view.shown() == {"云岭市人民政府"} | expected


def test_filter_by_relation(opened: Opener) -> None:
    view = opened()
    for name in PREDICATES:
        if name != "drafts" and view.tab.locator(f'#predicates [data-value="{name}"]').count():
            view.press("predicates", name)
    assert view.shown() == {"云岭市人民政府", "云岭市司法局", "云岭市养犬管理条例"}
    assert view.tab.evaluate("kgPage.graph.shown.edges.length") == 1


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("市数据局", "云岭市数据局"),  # as the report writes it
        ("云岭市数据局", "云岭市数据局"),
        ("云岭通", "“云岭通”APP"),
        ("云岭通”ａｐｐ", "“云岭通”APP"),  # full width, lower case
        ("该方案", "云岭市法治政府建设实施方案"),
        ("<img", IMAGE),
        ("312", "取消证明事项"),  # a figure, hidden until chosen
    ],
)
def test_search_finds_centres_and_selects(opened: Opener, typed: str, found: str) -> None:
    view = opened()
    view.tab.fill("#search", typed)
    assert view.tab.get_attribute("#search", "aria-expanded") == "true"
    view.tab.keyboard.press("Enter")
    assert view.tab.inner_text("#details h2") == found
    assert view.tab.evaluate("kgPage.graph.network.getSelectedNodes()") == [view.node(found)]
    box = view.tab.locator("#network").bounding_box()
    assert box
    x, y = view.point(found)
    assert abs(x - box["x"] - box["width"] / 2) < 3
    assert abs(y - box["y"] - box["height"] / 2) < 3
    assert view.tab.evaluate("document.activeElement.id") == "details"
    assert found in view.shown()
    view.clean()


def test_search_by_arrow_keys(opened: Opener) -> None:
    view = opened()
    view.tab.focus("#search")
    view.tab.keyboard.type("条例")
    options = view.tab.locator("#results [role=option]:not(.place)")
    assert options.count() == 4
    view.tab.keyboard.press("ArrowDown")
    view.tab.keyboard.press("ArrowDown")
    assert view.tab.get_attribute("#search", "aria-activedescendant") == options.nth(1).get_attribute("id")
    assert options.nth(1).get_attribute("aria-selected") == "true"
    wanted = options.nth(1).inner_text()
    view.tab.keyboard.press("Enter")
    assert view.tab.inner_text("#details h2") == wanted
    view.tab.keyboard.press("Escape")
    assert view.tab.inner_text("#details h2") == "概览"


def test_search_says_when_nothing_matches(opened: Opener) -> None:
    view = opened()
    view.tab.fill("#search", "没有这个名称")
    assert view.tab.inner_text("#results") == "名称与原文中都没有找到"
    view.tab.keyboard.press("Enter")
    assert view.tab.inner_text("#details h2") == "概览"


def test_click_on_a_node_shows_its_facts_with_evidence(opened: Opener, report: Extraction) -> None:
    view = opened()
    view.tab.mouse.click(*view.point("云岭市数据局"))
    panel = view.tab.locator("#details")
    assert panel.locator("h2").inner_text() == "云岭市数据局"
    assert panel.locator(".alias").all_inner_texts() == ["市数据局"]
    fact = panel.locator(".fact").first
    assert fact.locator(".link").inner_text() == "“云岭通”APP"
    assert fact.locator("blockquote").inner_text() == "市数据局上线“云岭通”APP，注册用户近120万，其中企业用户8.6万。"
    assert fact.locator("mark.clause").inner_text() == "市数据局上线“云岭通”APP"
    assert fact.locator("mark.mention").all_inner_texts() == ["市数据局", "“云岭通”APP"]
    statement = next(
        s for s in report.statements if s.object == "Initiative|“云岭通”APP" and s.predicate == "carriesOut"
    )
    span = statement.evidence[0]
    caption = fact.locator("figcaption").inner_text()
    assert f"字符 {span.start}–{span.end}" in caption
    assert "relations.carriesOut" in caption
    assert "上线" in caption
    view.clean()


def test_click_on_a_line_shows_its_relation(opened: Opener) -> None:
    view = opened()
    view.tab.mouse.click(*view.point("云岭市水务局", "安岭省河道管理条例"))
    panel = view.tab.locator("#details")
    assert panel.locator("h2").inner_text() == "落实 已做"
    assert panel.locator(".link").all_inner_texts() == ["云岭市水务局", "安岭省河道管理条例"]
    assert panel.locator("mark.clause").inner_text() == "市水务局落实《安岭省河道管理条例》"
    view.clean()


def test_click_beside_everything_goes_back_to_the_overview(opened: Opener) -> None:
    view = opened()
    view.go("云岭市数据局")
    view.tab.locator("#network").click(position={"x": 5, "y": 5})
    assert view.tab.inner_text("#details h2") == "概览"
    assert view.tab.evaluate("kgPage.graph.network.getSelectedNodes()") == []


def test_facts_are_grouped_by_predicate_in_both_directions(opened: Opener) -> None:
    view = opened()
    view.go("云岭市法治政府建设实施方案")
    groups = view.tab.locator("#details .group > summary").all_inner_texts()
    assert groups == ["← 印发者 2", "← 落实者 1", "全部提及（2）", "SPARQL 查询"]
    assert view.tab.locator("#details .badge").all_inner_texts() == ["要求"]


def test_figures_of_what_they_measure(opened: Opener) -> None:
    view = opened()
    view.go("“云岭通”APP")
    fact = view.tab.locator("#details .group .fact").first
    terms = dict(
        zip(
            fact.locator("dt").all_inner_texts(),
            [text.strip() for text in fact.locator("dd").all_inner_texts()],
            strict=True,
        )
    )
    assert terms == {
        "原文写法": "近120万", "数值": "1200000", "限定": "≈ （约）", "范围": "全市", "种类": "数量", "情态": "已做",
    }  # fmt: skip
    assert fact.locator("mark.clause").inner_text() == "注册用户近120万"
    assert fact.locator("mark.clause mark.mention").inner_text() == "近120万"


@pytest.mark.parametrize(
    ("name", "term", "value"),
    [
        ("网上办结率", "位次", "全省第 2 位"),
        ("移送案件", "位次", "居全省前列"),
        ("企业开办时限", "限定", "≤ （不高于）"),
        ("企业用户", "属于总数", "“云岭通”注册用户 近120万"),
        ("行政复议申请同比增长率", "同比基数", "行政复议申请 511件"),
        ("行政复议申请同比增长率", "种类", "增减"),
    ],
)
def test_qualifiers_of_a_figure(opened: Opener, name: str, term: str, value: str) -> None:
    view = opened()
    view.go(name)
    assert view.tab.locator(f'#details dt:text-is("{term}") + dd').inner_text() == value


def test_an_unsaid_subject_an_honour_and_open_candidates_are_told(opened: Opener) -> None:
    view = opened()
    view.go("证明事项告知承诺制")
    assert "原文未写主语，按发布机关计" in view.tab.inner_text("#details")
    view.go("临溪区")
    panel = view.tab.inner_text("#details")
    assert "全省法治政府建设示范区" in panel
    assert "由名称或区划得出，无原文句" in panel
    view.go("云岭市水务局")
    view.tab.click("#details summary:has-text('可能的提及（1）')")
    expect(view.tab.locator("#details mark.clause").last).to_have_text("有关情况")


def test_offsets_count_code_points(opened: Opener, report: Extraction) -> None:
    view = opened()
    assert any(ord(char) > 0xFFFF for char in report.report.text[: report.statements[-1].evidence[0].start])
    view.tab.click("#tab-relation")
    rows = view.tab.locator("#table-panel tbody tr")
    expect(rows).to_have_count(len(report.statements) + 1)  # and one place within another

    def wanted(statement: Statement) -> str:
        span = statement.evidence[0]
        return f"{report.report.text[span.start : span.end]} [{span.start}, {span.end})"

    cells = view.tab.locator("#table-panel tbody td:nth-child(5)").all_inner_texts()
    assert cells[:-1] == [wanted(statement) for statement in report.statements]


def test_the_tables_say_everything_and_filter(opened: Opener, report: Extraction) -> None:
    view = opened()
    view.tab.click("#tab-relation")
    view.tab.fill("#row-filter", "河道")
    rows = view.tab.locator("#table-panel tbody tr:visible")
    expect(rows).to_have_count(1)
    assert rows.first.locator("td").all_inner_texts()[:4] == ["云岭市水务局", "落实", "安岭省河道管理条例", "已做"]
    assert view.tab.inner_text("#table-panel .rows") == f"1/{len(report.statements) + 1} 行"
    view.tab.click("#tab-figure")
    expect(view.tab.locator("#table-panel tbody tr")).to_have_count(len(report.observations))
    assert view.tab.locator("#table-panel thead th").count() == 11
    assert view.tab.input_value("#row-filter") == ""
    view.tab.click("#tab-relation")
    view.tab.fill("#row-filter", "河道")
    rows.first.locator(".link").first.click()
    assert view.tab.inner_text("#details h2") == "云岭市水务局"


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_hostile_names_are_text(opened: Opener, name: str) -> None:
    view = opened()
    written = view.tab.evaluate("text => kgPage.visible(text)", name)
    view.go(name)
    assert view.tab.locator("#details h2").text_content() == written
    view.tab.click("#details summary:has-text('全部提及')")
    expect(view.tab.locator("#details .group:not(.query)").last.locator("mark.mention")).to_have_text([written])
    view.tab.mouse.move(*view.point(name))
    view.tab.fill("#search", name)
    assert written in (view.tab.locator("#results li").first.text_content() or "")
    view.tab.keyboard.press("Enter")
    view.tab.click("#language")
    view.tab.click("#tab-relation")
    view.tab.fill("#row-filter", name)
    expect(view.tab.locator("#table-panel tbody tr:visible")).to_have_count(1)
    view.clean()


def test_controls_of_the_writing_direction_are_shown_not_obeyed(opened: Opener) -> None:
    view = opened()
    view.go(BIDI)
    assert view.tab.inner_text("#details h2") == "法治[U+202E]导督[U+202C]平台"
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", view.tab.inner_text("body"))


def test_a_hostile_title_file_name_rule_and_heading_are_text(opened: Opener, report: Extraction) -> None:
    hostile = f"</title>{SCRIPT}{IMAGE}"
    sections = tuple(replace(section, heading=hostile) for section in report.sections)
    statements = tuple(replace(s, rule=hostile, trigger=hostile) for s in report.statements)
    document = replace(report.report, name=hostile, sha256=hostile)
    view = opened(page(replace(report, report=document, sections=sections, statements=statements), title=hostile))
    assert view.tab.title() == hostile
    assert view.tab.inner_text("h1") == hostile
    view.go("云岭市司法局")
    assert hostile in (view.tab.locator("#details").text_content() or "")
    view.clean()


def test_the_policy_lets_no_other_script_run(opened: Opener) -> None:
    view = opened()
    policy = view.tab.get_attribute("meta[http-equiv=Content-Security-Policy]", "content") or ""
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert "http" not in policy
    view.tab.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.pwned = 4";
          document.body.append(script);
          const image = document.createElement("img");
          image.setAttribute("onerror", "window.pwned = 5");
          image.src = "https://example.com/x.png";
          document.body.append(image);
        }"""
    )
    view.tab.wait_for_timeout(200)
    assert view.tab.evaluate("window.pwned") is None
    assert not [url for url in view.requests if url.startswith("http") and "example.com" not in url]
    assert len(view.complaints) >= 2


def test_english_words_for_the_page_chinese_for_the_data(opened: Opener) -> None:
    view = opened()
    view.tab.click("#language")
    assert view.tab.get_attribute("html", "lang") == "en"
    assert view.tab.locator('#kinds [data-value="Regulation"] .name').inner_text() == "Regulation"
    view.go("云岭市数据局")
    assert "carries out" in view.tab.inner_text("#details")
    assert view.tab.inner_text("#details h2") == "云岭市数据局"
    assert view.tab.get_attribute("#details h2 bdi", "lang") == "zh-CN"
    assert view.tab.get_attribute("#search", "placeholder") == "name, pinyin, number, text"
    view.tab.click("#language")
    assert "开展" in view.tab.inner_text("#details")
    view.clean()


def test_both_languages_have_every_word(opened: Opener) -> None:
    view = opened()
    words = view.tab.evaluate(
        """() => Object.fromEntries(Object.entries(kgPage.WORDS).map(([language, words]) => [language,
             Object.entries(words).flatMap(([key, value]) => typeof value === "object"
               ? Object.keys(value).map((inner) => `${key}.${inner}`) : [key])]))"""
    )
    assert sorted(words["zh"]) == sorted(words["en"])
    for name in [f"kind.{kind}" for kind in Kind] + [
        f"{side}.{p}" for p in PREDICATES for side in ("predicate", "inverse")
    ]:
        assert name in words["zh"]
    for name in ("reported", "planned", "required", "problem"):
        assert f"modalityOf.{name}" in words["zh"]


def test_dark_mode(opened: Opener) -> None:
    view = opened(color_scheme="dark")
    assert view.tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 31)"
    view.picture("dark")
    assert max(abs(a - b) for a, b in zip(view.colour("行政处罚法"), [240, 128, 60], strict=True)) <= 2
    view.clean()


def test_phone(opened: Opener) -> None:
    view = opened(width=390, height=844, is_mobile=True, has_touch=True)
    assert view.tab.evaluate("document.documentElement.scrollWidth") == 390
    view.picture("phone")
    box = view.tab.locator("#network").bounding_box()
    assert box
    assert box["width"] == 390
    assert box["height"] > 350
    assert view.tab.locator("#filters").get_attribute("open") is None
    x, y = view.point("云岭市数据局")
    view.tab.touchscreen.tap(x, y)
    view.tab.wait_for_function("document.querySelector('#details h2').textContent === '云岭市数据局'")
    view.clean()


def test_print_opens_the_tables(opened: Opener, report: Extraction) -> None:
    view = opened()
    view.tab.emulate_media(media="print")
    view.tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert view.tab.locator("#print table").count() == 3
    assert view.tab.locator("#print table").nth(1).locator("tbody tr:visible").count() == len(report.statements) + 1
    assert view.tab.locator("#report").is_visible()
    assert not view.tab.locator("#toolbar").is_visible()
    view.tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert view.tab.locator("#print table").count() == 0


def test_every_control_has_a_name(opened: Opener) -> None:
    view = opened()
    view.go("云岭市司法局")
    view.tab.click("#tab-relation")
    unnamed = view.tab.evaluate(
        """() => [...document.querySelectorAll("button, input, [role=region], section[aria-label]")].filter((control) =>
             !control.textContent.trim() && !control.getAttribute("aria-label") && !(control.labels?.length)).length"""
    )
    assert unnamed == 0


def test_labels_at_opening_do_not_collide(opened: Opener) -> None:
    """The labels drawn, as boxes: record what is written on the canvas and where."""
    view = opened()
    boxes = view.tab.evaluate(
        """() => {
          const canvas = document.querySelector("#network canvas");
          const context = canvas.getContext("2d");
          const written = [];
          const original = context.fillText;
          context.fillText = function (text, x, y) {
            const half = this.measureText(text).width / 2;
            written.push({ text, left: x - half, right: x + half, top: y - 5, bottom: y + 5 });
            return original.call(this, text, x, y);
          };
          return new Promise((resolve) => {
            const finish = () => { context.fillText = original; resolve(written); };
            kgPage.graph.network.once("afterDrawing", () => setTimeout(finish));
            kgPage.graph.network.redraw();
          });
        }"""
    )
    assert len(boxes) >= 30
    clashes = [
        (a["text"], b["text"])
        for index, a in enumerate(boxes)
        for b in boxes[index + 1 :]
        if a["left"] < b["right"] and b["left"] < a["right"] and a["top"] < b["bottom"] and b["top"] < a["bottom"]
    ]
    assert clashes == []
    assert any("云岭市人民政府" in box["text"] for box in boxes)


def test_a_report_with_nothing_in_it_opens(opened: Opener, report: Extraction) -> None:
    bare = replace(
        report, issuer=None, mentions=(), entities=(), statements=(), observations=(), recognitions=(),
        place_within=(), sections=(), sentences=(),
    )  # fmt: skip
    view = opened(page(bare))
    assert view.tab.inner_text("h1") == report.report.title
    view.clean()


def test_one_file_that_names_no_other(html: bytes) -> None:
    text = html.decode("utf-8")
    assert not re.search(r"<(?:script|img|link)[^>]*\s(?:src|href)=\"(?!data:)", text)
    assert "sourceMappingURL" not in text
    assert "vis-network" in text
    assert "{{" not in re.sub(r"<script.*?</script>", "", text, flags=re.S)


def test_the_data_block_is_inert_and_whole(html: bytes, report: Extraction) -> None:
    block = re.search(r'<script type="application/json" id="data">(.*?)</script>', html.decode("utf-8"), re.S)
    assert block
    assert not re.search("[<>&\u2028\u2029]", block[1])
    data = json.loads(block[1])
    assert data["text"] == report.report.text
    assert data["nodes"][0]["shape"]
    assert {"physics", "interaction"} <= set(data["options"])


def test_the_same_bytes_under_every_hash_seed(html: bytes) -> None:
    program = "import sys, page_factory, kg.page; sys.stdout.buffer.write(kg.page.page(page_factory.extraction()))"
    for seed, locale in (("0", "C"), ("1", "C.UTF-8"), ("4242", "C")):
        environment = os.environ | {
            "PYTHONHASHSEED": seed,
            "LC_ALL": locale,
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]),
        }
        built = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
        assert built.stdout == html


def test_what_the_audit_found_stands_by_the_figure(opened: Opener, report: Extraction) -> None:
    sha256, by_name = report.report.sha256, {o.name: o for o in report.observations}
    rate, base = by_name["网上办结率"], by_name["行政复议申请"]
    quoted = (Quotation(sha256, rate.evidence),)
    check = Check(
        kind="ratio",
        report=sha256,
        claim=rate.ref,
        verdict="disagrees",
        inputs=(CheckInput("numerator", sha256, base.ref), CheckInput("denominator", sha256, base.ref)),
        evidence=quoted,
        rule="ratio/办结率",
        expected=Decimal("87.26"),
        difference=Decimal("1.14"),
        tolerance=Decimal("0.05"),
    )
    unsaid = replace(check, claim=base.ref, verdict="undetermined", inputs=(), reason="base-not-said", expected=None)
    view = opened(page(report, checks=[check, replace(unsaid, difference=None, tolerance=None)]))
    view.go("网上办结率")
    card = view.tab.locator("#details .audit")
    assert card.get_attribute("data-verdict") == "disagrees"
    told = card.inner_text()
    for word in (
        "核验",
        "不符",
        "推算值",
        "87.26",
        "1.14 个百分点 （0.05）",
        "行政复议申请 511件 ÷ 行政复议申请 511件",
    ):
        assert word in told
    view.tab.click("#language")
    assert "disagrees" in card.inner_text()
    view.tab.click("#language")
    view.go("行政复议申请")
    assert "没有写明分母" in view.tab.locator("#details .audit").inner_text()
    view.go("行政复议申请同比增长率")
    assert view.tab.locator("#details .audit").count() == 0
    view.clean()
