"""Network, text and tables of the page: what is selected in one is selected in all."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import pytest
from page_browser import Opened, Opener
from playwright.sync_api import expect

from kg.model import Entity, Extraction, Kind, Mention, Span, Statement
from kg.page import page


def in_view(view: Opened, selector: str, inside: str) -> bool:
    """Whether the first match of `selector` lies within the visible part of `inside`."""
    found = view.tab.evaluate(
        """([selector, inside]) => {
          const part = document.querySelector(selector)?.getBoundingClientRect();
          const box = document.querySelector(inside).getBoundingClientRect();
          return part !== undefined && part.top >= box.top - 1 && part.bottom <= box.bottom + 1 && part.height > 0;
        }""",
        [selector, inside],
    )
    assert isinstance(found, bool)
    return found


def test_the_text_is_the_report_word_for_word(opened: Opener, report: Extraction) -> None:
    view = opened()
    lines = [line for line in report.report.text.split("\n") if line.strip()]
    written = view.tab.locator("#report p").all_text_contents()
    assert written == [view.tab.evaluate("text => kgPage.visible(text)", line) for line in lines]
    assert len(lines) >= 18


def test_every_mention_is_marked_with_its_class(opened: Opener, report: Extraction) -> None:
    view = opened()
    marks = view.tab.evaluate(
        """() => [...document.querySelectorAll("#report [data-node]")].map((mark) => [Number(mark.dataset.start),
             Number(mark.dataset.end), mark.className.split(" ")[1]])"""
    )
    for mention in report.mentions:
        parts = [m for m in marks if mention.start <= m[0] and m[1] <= mention.end and m[2] == mention.kind]
        assert parts, mention
        assert parts[0][0] == mention.start
        assert parts[-1][1] == mention.end
    assert len(report.mentions) >= 50
    styles = view.tab.evaluate(
        """() => [...document.querySelectorAll("#report .name")].map((mark) => {
             const { borderBottomColor, borderBottomStyle } = getComputedStyle(mark);
             return `${mark.className.split(" ")[1]} ${borderBottomColor} ${borderBottomStyle}`; })"""
    )
    assert len({style.split(" ")[0] for style in styles}) == len(Kind)
    assert len({style.split(" ", 1)[1] for style in styles}) >= len(Kind)


def test_every_clause_of_evidence_is_marked(opened: Opener, report: Extraction) -> None:
    view = opened()
    parts = view.tab.evaluate(
        """() => [...document.querySelectorAll("#report .evidence-clause")].map((part) =>
             [Number(part.dataset.start), Number(part.dataset.end)])"""
    )
    marked = {offset for start, end in parts for offset in range(start, end)}
    wanted = {o for s in report.statements for span in s.evidence for o in range(span.start, span.end)}
    assert wanted <= marked
    assert marked <= wanted | {o for r in report.recognitions for o in range(r.evidence.start, r.evidence.end)}


def test_a_click_on_a_line_scrolls_the_text_and_the_table_to_the_clause(opened: Opener) -> None:
    view = opened(height=640)
    view.tab.click("#tab-relation")
    view.tab.evaluate("kgPage.graph.fit(false)")
    view.settled()
    assert not in_view(view, ".evidence-clause[data-start='295']", "#report")
    view.tab.mouse.click(*view.point("云岭市水务局", "安岭省河道管理条例"))
    chosen = view.tab.locator("#report .chosen")
    assert "".join(chosen.all_text_contents()) == "市水务局落实《安岭省河道管理条例》"
    assert in_view(view, "#report .chosen", "#report")
    row = view.tab.locator("#table-panel tr[aria-current]")
    expect(row).to_have_count(1)
    assert row.locator("td").all_inner_texts()[:3] == ["云岭市水务局", "落实", "安岭省河道管理条例"]
    assert in_view(view, "#table-panel tr[aria-current]", "#table-panel .scroll")
    view.picture("edge")
    view.clean()


def test_a_click_on_a_name_in_the_text_centres_the_network(opened: Opener) -> None:
    view = opened()
    view.tab.locator("#report [data-node]", has_text="市数据局").first.click()
    assert view.selected() == ["云岭市数据局"]
    assert view.tab.inner_text("#details h2") == "云岭市数据局"
    view.settled()
    box = view.tab.locator("#network").bounding_box()
    assert box
    x, y = view.point("云岭市数据局")
    assert abs(x - box["x"] - box["width"] / 2) < 3
    assert abs(y - box["y"] - box["height"] / 2) < 3
    assert view.tab.locator("#report .same").all_text_contents() == ["市数据局"]
    view.clean()


def test_a_click_on_a_clause_selects_its_relation(opened: Opener) -> None:
    view = opened()
    view.tab.locator("#report .evidence-clause:not(.name)", has_text="落实").first.click()
    assert view.tab.locator("#details h2").first.inner_text() == "落实 已做"
    assert view.tab.evaluate("kgPage.graph.network.getSelectedEdges().length") == 1


def test_a_click_on_a_row_selects_in_network_and_text(opened: Opener) -> None:
    view = opened()
    view.tab.click("#tab-entity")
    view.tab.locator("#table-panel tbody tr", has_text="云岭市养犬管理条例").locator("td").nth(1).click()
    assert view.selected() == ["云岭市养犬管理条例"]
    assert view.tab.locator("#report .same").all_text_contents() == ["《云岭市养犬管理条例（草案）》"]
    view.tab.click("#tab-relation")
    view.tab.locator("#table-panel tbody tr", has_text="云岭市行政复议委员会").locator("td").nth(3).click()
    assert view.tab.locator("#details h2").first.inner_text() == "成立 已做"
    assert "市政府成立市行政复议委员会" in "".join(view.tab.locator("#report .chosen").all_text_contents())
    view.tab.click("#tab-figure")
    view.tab.locator("#table-panel tbody tr", has_text="98.7%").locator("td").nth(1).click()
    assert view.tab.inner_text("#details h2") == "网上办结率"
    assert "网上办结率" in view.shown()
    view.clean()


def test_a_selection_marks_its_row_in_the_table(opened: Opener) -> None:
    view = opened()
    view.tab.click("#tab-entity")
    view.go("云岭市大数据中心")
    row = view.tab.locator("#table-panel tr[aria-current]")
    assert row.locator("td").first.inner_text() == "云岭市大数据中心"
    assert in_view(view, "#table-panel tr[aria-current]", "#table-panel .scroll")


def test_places_of_a_name_one_after_the_other(opened: Opener) -> None:
    view = opened()
    view.go("云岭市司法局")
    assert view.tab.inner_text("#place-count") == "1/3"
    view.tab.click("#next-place")
    assert view.tab.inner_text("#place-count") == "2/3"
    view.tab.click("#previous-place")
    view.tab.click("#previous-place")
    assert view.tab.inner_text("#place-count") == "3/3"
    assert len(view.tab.locator("#report .same").all()) == 3


def test_the_contents_lead_to_headings(opened: Opener, report: Extraction) -> None:
    view = opened(height=520)
    view.tab.select_option("#contents", label=report.sections[-1].heading)
    assert in_view(view, "#report p.heading:last-of-type, #report p.level-1:nth-last-of-type(4)", "#report")
    assert view.tab.locator("#report p.heading").count() == len(report.sections)


def sorted_column(view: Opened, number: int) -> list[str]:
    return [text.strip() for text in view.tab.locator(f"#table-panel tbody td:nth-child({number})").all_inner_texts()]


def test_tables_sort_by_text_and_by_number(opened: Opener) -> None:
    view = opened()
    view.tab.click("#tab-figure")
    value = view.tab.locator("#table-panel th", has_text="数值")
    assert value.get_attribute("aria-sort") == "none"
    view.tab.click('#table-panel [data-head="value"]')
    assert value.get_attribute("aria-sort") == "ascending"
    numbers = [float(text) for text in sorted_column(view, 3)]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) >= 10
    view.tab.click('#table-panel [data-head="value"]')
    assert value.get_attribute("aria-sort") == "descending"
    assert [float(text) for text in sorted_column(view, 3)] == sorted(numbers, reverse=True)
    view.tab.click("#tab-entity")
    view.tab.click('#table-panel [data-head="mentionCount"]')
    view.tab.click('#table-panel [data-head="mentionCount"]')
    assert sorted_column(view, 1)[0] == "云岭市人民政府"
    assert view.tab.evaluate("document.activeElement.dataset.head") == "mentionCount"


def saved(view: Opened, control: str) -> tuple[str, bytes]:
    """Name and content of the file that a control saves."""
    with view.tab.expect_download() as caught:
        view.tab.click(control)
    path = caught.value.path()
    return caught.value.suggested_filename, path.read_bytes()


FORMULAS = ['=HYPERLINK("http://x")', "+1+1", "-2+3", "@SUM(A1)", "＝1+1", "\t=1", '甲"乙,丙']


def test_csv_holds_what_is_shown_and_no_formula(opened: Opener, report: Extraction) -> None:
    extra = tuple(Entity(Kind.INITIATIVE, f"k{n}", name, "平台") for n, name in enumerate(FORMULAS))
    view = opened(page(replace(report, entities=report.entities + extra)))
    view.tab.click("#tab-entity")
    name, content = saved(view, "#csv")
    assert name == "云岭市人民政府关于2023年度法治政府建设情况的报告.entity.csv"
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert len(rows) == 1 + len(report.entities) + len(FORMULAS)
    assert rows[0][:3] == ["名称", "类别", "类型"]
    names = [row[0] for row in rows[1:]]
    for formula in FORMULAS[:-1]:
        assert f"'{formula}" in names
    assert FORMULAS[-1] in names
    assert not [cell for row in rows for cell in row if re.match("[=+@\t\r＝＋－＠]", cell)]
    view.tab.click("#tab-relation")
    view.tab.fill("#row-filter", "河道")
    _, content = saved(view, "#csv")
    found = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert len(found) == 2
    statement = next(s for s in report.statements if s.object == "Regulation|安岭省河道管理条例")
    span = statement.evidence[0]
    assert found[1][-2:] == [report.report.text[span.start : span.end], f"{span.start}-{span.end}"]
    view.clean()


def test_names_and_clauses_behind_astral_characters_stand_where_they_are(opened: Opener) -> None:
    """Every mention is cut out of a text in which UTF-16 and code points differ from the first character on."""
    from page_factory import extraction

    base = extraction()
    shift = len("𠀀𠮷\n")
    moved = _shifted(base, "𠀀𠮷\n", shift)
    view = opened(page(moved))
    view.go("云岭市水务局")
    assert view.tab.locator("#report .same").all_text_contents() == ["市水务局"]
    mention = next(m for m in moved.mentions if m.ref == "Department|云岭市水务局")
    view.tab.click("#details summary:has-text('全部提及（1）')")
    view.tab.wait_for_selector(f"#details >> text=字符 {mention.start}–{mention.end}")  # it takes a moment
    assert moved.report.text[mention.start : mention.end] == "市水务局"
    view.tab.fill("#search", "行政复议委员会")
    view.tab.locator("#results .place").first.click()
    assert "".join(view.tab.locator("#report .hit").all_text_contents()) == "行政复议委员会"
    view.clean()


def _shifted(base: Extraction, head: str, by: int) -> Extraction:
    """The extraction of the same report with `head` in front."""

    def span(s: Span) -> Span:
        return Span(s.start + by, s.end + by)

    def statement(s: Statement) -> Statement:
        return replace(s, evidence=tuple(span(e) for e in s.evidence))

    mentions = tuple(
        Mention(m.start + by, m.end + by, m.kind, m.rule, m.ref, m.candidates)
        for m in base.mentions
        if m.kind is not Kind.INDICATOR
    )
    return replace(
        base,
        report=replace(base.report, text=head + base.report.text),
        sections=tuple(replace(s, span=span(s.span), heading_span=span(s.heading_span)) for s in base.sections),
        sentences=tuple(replace(s, start=s.start + by, end=s.end + by) for s in base.sentences),
        mentions=mentions,
        observations=(),
        statements=tuple(statement(s) for s in base.statements if s.predicate != "measures"),
        recognitions=(),
    )


@pytest.mark.parametrize("origin", ["network", "text", "table", "search"])
def test_escape_leaves_the_selection_from_wherever_it_was_made(opened: Opener, origin: str) -> None:
    view = opened()
    if origin == "network":
        view.tab.mouse.click(*view.point("云岭市数据局"))
    elif origin == "text":
        view.tab.locator("#report [data-node]", has_text="市数据局").first.click()
    elif origin == "table":
        view.tab.click("#tab-entity")
        view.tab.locator("#table-panel tbody tr", has_text="云岭市数据局").locator("td").nth(1).click()
    else:
        view.tab.fill("#search", "数据局")
        view.tab.keyboard.press("Enter")
    assert view.tab.inner_text("#details h2") == "云岭市数据局"
    view.tab.keyboard.press("Escape")
    assert view.tab.inner_text("#details h2") == "概览"
    assert view.selected() == []
    assert view.tab.locator("#report .same, #report .chosen, tr[aria-current]").count() == 0
