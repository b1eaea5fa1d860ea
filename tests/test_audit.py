"""The audit: sentences with the checks they call for, the laws of rounding, the sample, forms, ranks across reports."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    localcontext,
)
from fractions import Fraction
from itertools import permutations
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kg.audit import audit, audit_across
from kg.audit.multiples import mean, root, yearly
from kg.audit.reading import Interval, Reading, decimal, judge, reading
from kg.audit_report import REASONS, computation, findings_of, markdown, one_line, stored_findings, values
from kg.build import build, sample_report, write
from kg.cli import cli
from kg.describe import describe
from kg.errors import GraphError
from kg.export import trig, turtle
from kg.extract import Extractor, extract
from kg.model import Check, Extraction, Quantity, Span
from kg.query import ask
from kg.read import read
from kg.validate import validate
from kg.vocabulary import CHECK_KINDS, VERDICTS

ROOT = Path(__file__).resolve().parent
ROWS = yaml.safe_load((ROOT / "gold" / "audit.yaml").read_text(encoding="utf-8"))["rows"]
FEWEST_ROWS = 200
HEAD = "某市2023年法治政府建设情况报告\n\n一、总体情况\n"

Reader = Callable[[str], Extraction]


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor.load()


@pytest.fixture
def report_of(extractor: Extractor, tmp_path: Path) -> Reader:
    def read_text(text: str) -> Extraction:
        path = tmp_path / "report.txt"
        path.write_text(text, encoding="utf-8")
        return extract(read(path), extractor)

    return read_text


def spelt(extraction: Extraction, checks: Sequence[Check]) -> list[str]:
    raw = {o.ref: o.quantity.raw for o in extraction.observations}
    return [" ".join(filter(None, (c.verdict, c.kind, raw[c.claim], c.reason))) for c in checks]


@pytest.mark.parametrize("row", ROWS, ids=[row["text"][:40] for row in ROWS])
def test_sentences(row: dict[str, object], report_of: Reader, extractor: Extractor) -> None:
    extraction = report_of(f"{HEAD}{row['text']}\n")
    found = spelt(extraction, audit(extraction, extractor.auditing))
    assert sorted(found) == sorted(row["expect"]), row["why"]  # type: ignore[call-overload]


def test_there_are_enough_sentences() -> None:
    assert len(ROWS) >= FEWEST_ROWS
    verdicts = [line.split()[0] for row in ROWS for line in row["expect"]]
    assert min(verdicts.count(v) for v in ("agrees", "disagrees", "undetermined")) >= 20
    assert sum(not row["expect"] for row in ROWS) >= 15


# --- rounding ---------------------------------------------------------------------------------------------------------

COUNTED = frozenset(("件",))
ROUNDINGS = (ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_DOWN, ROUND_UP, ROUND_FLOOR, ROUND_CEILING)


def quantity(raw: str, value: Decimal, unit: str = "%", bound: str = "=") -> Quantity:
    return Quantity(value, unit, bound, raw)  # type: ignore[arg-type]


def exactly(value: int) -> Interval:
    return Interval(Fraction(value), Fraction(value))


def rate(part: int, base: int, places: int, rounding: str) -> Decimal:
    exact = Decimal(part) / Decimal(base) * 100
    return exact.quantize(Decimal(1).scaleb(-places), rounding=rounding)


@given(
    st.integers(1, 100_000).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base))),
    st.integers(0, 4),
    st.sampled_from(ROUNDINGS),
)
@settings(max_examples=400, deadline=None)
def test_a_ratio_printed_in_any_rounding_never_disagrees(pair: tuple[int, int], places: int, rounding: str) -> None:
    part, base = pair
    said = rate(part, base, places, rounding)
    claim = reading(quantity(f"{said}%", said), COUNTED)
    assert claim is not None
    judged = judge(claim, exactly(part).over(exactly(base)).times(100), Fraction(part * 100, base))
    assert judged.verdict != "disagrees"
    if rounding in (ROUND_HALF_UP, ROUND_HALF_EVEN):
        assert judged.verdict == "agrees"


@given(st.integers(100, 100_000), st.integers(1, 99), st.integers(0, 2))
@settings(max_examples=300, deadline=None)
def test_a_ratio_two_digits_off_disagrees(base: int, percent: int, places: int) -> None:
    part = base * percent // 100
    said = rate(part, base, places, ROUND_HALF_UP) + 2 * Decimal(1).scaleb(-places)
    claim = reading(quantity(f"{said}%", said), COUNTED)
    assert claim is not None
    assert judge(claim, exactly(part).over(exactly(base)).times(100), Fraction(part * 100, base)).verdict == "disagrees"


@given(st.fractions(0, 10**6), st.integers(2, 12))
@settings(max_examples=300, deadline=None)
def test_a_root_is_bounded_from_below(value: Fraction, degree: int) -> None:
    below = root(value, degree)
    assert below**degree <= value < (below + Fraction(1, 10**15)) ** degree


@given(
    st.integers(1, 100_000), st.integers(1, 100_000), st.integers(2, 10), st.integers(0, 2), st.sampled_from(ROUNDINGS)
)
@settings(max_examples=400, deadline=None)
def test_a_yearly_growth_printed_in_any_rounding_never_disagrees(
    start: int, end: int, years: int, places: int, rounding: str
) -> None:
    with localcontext() as context:
        context.prec = 40
        exact = ((Decimal(end) / Decimal(start)) ** (Decimal(1) / years) - 1) * 100
        said = exact.quantize(Decimal(1).scaleb(-places), rounding=rounding)
    counts = [reading(quantity(f"{count}件", Decimal(count), "件"), COUNTED) for count in (end, start)]
    claim = reading(quantity(f"{abs(said)}%", said), COUNTED)
    assert claim is not None
    now, then = (count for count in counts if count is not None)
    judged = yearly(claim, now, then, years)
    assert judged is not None
    assert judged.verdict != "disagrees"
    if rounding in (ROUND_HALF_UP, ROUND_HALF_EVEN):
        assert judged.verdict == "agrees"


@given(st.integers(100, 100_000), st.integers(2, 10), st.integers(20, 900))
@settings(max_examples=300, deadline=None)
def test_a_yearly_growth_two_digits_off_disagrees(start: int, years: int, percent: int) -> None:
    end = start * (100 + percent) // 100
    now, then = (reading(quantity(f"{n}件", Decimal(n), "件"), COUNTED) for n in (end, start))
    assert now is not None
    assert then is not None
    near = yearly(_said("10.0"), now, then, years)
    assert near is not None
    off = near.expected.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP) + Decimal("0.2")
    judged = yearly(_said(str(off)), now, then, years)
    assert judged is not None
    assert judged.verdict == "disagrees"


def test_the_arithmetic_mean_is_another_figure() -> None:
    now, then = (reading(quantity(f"{n}件", Decimal(n), "件"), COUNTED) for n in (810, 80))
    assert now is not None
    assert then is not None
    judged = mean(_said("182.5"), now, then, 5)
    assert judged is not None
    assert (judged.verdict, str(judged.expected)) == ("agrees", "182.50")


def _said(percent: str) -> Reading:
    claim = reading(quantity(f"{percent}%", Decimal(percent)), COUNTED)
    assert claim is not None
    return claim


@given(
    st.integers(20_000, 10_000_000),
    st.integers(1, 99),
    st.integers(0, 2),
    st.sampled_from(ROUNDINGS),
    st.integers(0, 1),
)
@settings(max_examples=400, deadline=None)
def test_inputs_in_myriads_never_make_a_true_ratio_disagree(
    base: int, percent: int, places: int, rounding: str, digits: int
) -> None:
    """1.2万件 stands for all that rounds to it, so the ratio of the true counts is always among what is expected."""
    part = base * percent // 100
    assume(part >= 10_000)

    def myriads(count: int) -> Interval:
        shown = (Decimal(count) / 10_000).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
        read = reading(quantity(f"{shown}万件", shown * 10_000, "件"), COUNTED)
        assert read is not None, "0万件 is written by nobody"
        return read.interval

    said = rate(part, base, places, rounding)
    claim = reading(quantity(f"{said}%", said), COUNTED)
    assert claim is not None
    expected = myriads(part).over(myriads(base)).times(100)
    assert judge(claim, expected, Fraction(part * 100, base)).verdict != "disagrees"


@given(st.fractions(min_value=-1000, max_value=1000), st.fractions(min_value=-1000, max_value=1000))
def test_interval_arithmetic_holds_every_result(first: Fraction, second: Fraction) -> None:
    a, b = Interval(first - 1, first + 2), Interval(second - 3, second + 1)
    for x in (first - 1, first, first + 2):
        for y in (second - 3, second, second + 1):
            assert a.plus(b).overlaps(Interval(x + y, x + y))
            assert a.minus(b).overlaps(Interval(x - y, x - y))
            if y > 0:
                assert a.over(b).overlaps(Interval(x / y, x / y))


@pytest.mark.parametrize(
    ("raw", "value", "unit", "bound", "low", "high"),
    [
        ("411件", "411", "件", "=", "411", "411"),  # counted: exact
        ("411公里", "411", "公里", "=", "410.5", "411.5"),
        ("1.2万件", "12000", "件", "=", "11500", "12500"),
        ("83.05万件", "830500", "件", "=", "830450", "830550"),
        ("88.4%", "88.4", "%", "=", "88.35", "88.45"),
        ("下降65.3%", "-65.3", "%", "=", "-65.35", "-65.25"),
        ("70余条", "70", "条", "≈", "60", "80"),
        ("近200万人", "2000000", "人", "≈", "1000000", "3000000"),
        ("12000余人", "12000", "人", "≈", "11000", "13000"),
        ("96%以上", "96", "%", "≥", "95.5", None),
        ("不超过3件", "3", "件", "≤", "0", "3"),
        ("下降超14%", "-14", "%", "≥", None, "-13.5"),
        ("3,399件", "3399", "件", "=", "3399", "3399"),
    ],
)
def test_what_a_figure_may_stand_for(
    raw: str, value: str, unit: str, bound: str, low: str | None, high: str | None
) -> None:
    read = reading(quantity(raw, Decimal(value), unit, bound), COUNTED)
    assert read is not None
    assert read.interval == Interval(low and Fraction(low), high and Fraction(high))  # type: ignore[arg-type]


@pytest.mark.parametrize("raw", ["1/10", "九成"])
def test_what_is_no_plain_number_is_not_read(raw: str) -> None:
    assert reading(quantity(raw, Decimal("0.1"), "成"), COUNTED) is None


def test_fractions_are_rounded_exactly() -> None:
    assert str(decimal(Fraction(41100, 471), 2)) == "87.26"
    assert str(decimal(Fraction(-1, 3), 3)) == "-0.333"
    assert str(decimal(Fraction(10**30), 2)) == f"1{'0' * 30}.00"


# --- the sample -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample(extractor: Extractor) -> Extraction:
    return extract(sample_report(), extractor)


def test_the_sample(sample: Extraction, extractor: Extractor) -> None:
    checks = audit(sample, extractor.auditing)
    assert spelt(sample, checks) == [
        "disagrees ratio 88.4%",
        "agrees ratio 98.1%",
        "undetermined ratio 101.9% base-not-said",
        "agrees ratio 47.3%",
    ]
    found = findings_of([sample], checks)[0]
    assert (found.expected, found.difference, found.tolerance) == ("87.26", "1.14", "0.05")
    assert [(one.role, one.raw) for one in found.inputs] == [("numerator", "411件"), ("denominator", "471件")]
    text = sample.report.text
    for one in (found.claim, *found.inputs):
        assert text[one.start : one.end] == one.raw
        assert text[one.quote_start : one.quote_end] == one.quote
        assert one.quote_start <= one.start < one.end <= one.quote_end
    assert "受理 411件 ÷ 行政复议机关新收行政复议案件 471件 = 87.26%" in one_line(found)


def test_same_input_same_checks(sample: Extraction, extractor: Extractor) -> None:
    again = extract(sample_report(), Extractor.load())
    assert audit(again, Extractor.load().auditing) == audit(sample, extractor.auditing)


def test_the_build_has_the_checks_in_every_file(extractor: Extractor, tmp_path: Path) -> None:
    built = build(sample_report(), extractor, name="sample")
    assert [check.verdict for check in built.checks].count("disagrees") == 1
    summary = json.loads(built.files["sample.summary.json"])["audit"]
    assert summary["counts"] == {"ratio": {"agrees": 2, "disagrees": 1, "undetermined": 1}}
    assert [one["expected"] for one in summary["disagrees"]] == ["87.26"]
    assert built.files["sample.audit.md"].decode() == markdown(findings_of([built.extraction], built.checks))
    write(built, tmp_path)
    expected = findings_of([built.extraction], built.checks)
    for ending in (".ttl", ".trig"):
        graph = tmp_path / f"sample{ending}"
        assert stored_findings([graph]) == expected
        rows = ask("09-inconsistent-ratios", graph).rows
        assert [[cell.value for cell in row if cell] for row in rows] == [
            ["受理率", "88.4%", "87.26", "1.14", "411件", "471件"]
        ]


def test_the_acceptance_rate_needs_no_stored_checks(sample: Extraction) -> None:
    dataset = describe([sample])
    assert not any("kg:Check" in o or o.endswith("#Check>") for _, _, o in dataset.triples(data_only=True))
    rows = ask("10-acceptance-rate", dataset).rows
    assert [[cell.value for cell in row if cell][1:] for row in rows] == [["88.4%", "411件", "471件", "87.26", "1.14"]]


# --- forms ------------------------------------------------------------------------------------------------------------

OPENNESS = ROOT / "gold" / "invented" / "openness-report-2023.txt"


def form(
    tmp_path: Path, extractor: Extractor, edits: Sequence[tuple[str, str]]
) -> tuple[Extraction, tuple[Check, ...]]:
    text = OPENNESS.read_text(encoding="utf-8")
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = tmp_path / "form.txt"
    path.write_text(text, encoding="utf-8")
    extraction = extract(read(path), extractor)
    return extraction, tuple(c for c in audit(extraction, extractor.auditing) if c.kind == "table-total")


def test_a_sound_form_adds_up(tmp_path: Path, extractor: Extractor) -> None:
    _, checks = form(tmp_path, extractor, [])
    assert len(checks) >= 25
    assert {check.verdict for check in checks} == {"agrees"}
    assert {check.rule for check in checks} == {"form-row", "form-column", "form-balance", "form-review"}


def test_the_prose_against_the_form(tmp_path: Path, extractor: Extractor) -> None:
    text = OPENNESS.read_text(encoding="utf-8")
    said = re.search(r"新收申请64件", text)
    assert said
    for number, verdict in (("64", "agrees"), ("69", "undetermined")):
        path = tmp_path / "form.txt"
        path.write_text(text.replace("新收申请64件", f"新收申请{number}件"), encoding="utf-8")
        extraction = extract(read(path), extractor)
        checks = [c for c in audit(extraction, extractor.auditing) if c.rule == "form-and-prose"]
        assert [c.verdict for c in checks] == [verdict], "other ways to count refute nothing"


def settled(text: str) -> re.Match[str]:
    found = re.search(r"\t55\t4\t1\t0\t2\t0\t62", text)
    assert found
    return found


def test_a_wrong_total_is_found_across_and_down(tmp_path: Path, extractor: Extractor) -> None:
    row = settled(OPENNESS.read_text(encoding="utf-8")).group()
    extraction, checks = form(tmp_path, extractor, [(row, row.replace("62", "64"))])
    wrong = [check for check in checks if check.verdict == "disagrees"]
    assert {check.rule for check in wrong} == {"form-row", "form-column", "form-balance"}
    names = {o.ref: o.name for o in extraction.observations}
    assert {names[check.claim] for check in wrong} == {"办理结果:总计(总计)"}
    assert {(str(check.expected), str(check.difference)) for check in wrong} == {("62.00", "2.00")}


def test_a_form_with_a_row_missing_refutes_nothing(tmp_path: Path, extractor: Extractor) -> None:
    text = OPENNESS.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if "不掌握相关政府信息" in line)
    _, checks = form(tmp_path, extractor, [(line + "\n", "")])
    assert {check.verdict for check in checks if check.rule == "form-column"} <= {"agrees", "undetermined"}
    reasons = {check.reason for check in checks if check.verdict == "undetermined"}
    assert reasons == {"rows-not-read"}


# --- ranks across reports ---------------------------------------------------------------------------------------------


def city(extractor: Extractor, tmp_path: Path, name: str, sentence: str, year: int = 2023) -> Extraction:
    path = tmp_path / f"{name}{year}{abs(hash(sentence))}.txt"
    title = f"{name}人民政府{year}年法治政府建设情况报告"
    path.write_text(f"{title}\n\n一、总体情况\n{sentence}\n", encoding="utf-8")
    return extract(read(path), extractor)


FIRST = "行政复议案件调解成功率居全省第一。"
RANKS: list[tuple[str, list[tuple[str, str, int]], list[str]]] = [
    ("two cities cannot both be first", [("连云港市", FIRST, 2023), ("淮安市", FIRST, 2023)], ["disagrees"]),
    ("second is not first", [("连云港市", FIRST, 2023), ("淮安市", FIRST.replace("第一", "第二"), 2023)], []),
    ("another year", [("连云港市", FIRST, 2023), ("淮安市", FIRST, 2022)], []),
    ("another province", [("连云港市", FIRST, 2023), ("合肥市", FIRST, 2023)], []),
    ("another thing", [("连云港市", FIRST, 2023), ("淮安市", "行政机关负责人出庭应诉率居全省第一。", 2023)], []),
    (
        "a tie that is said",
        [("连云港市", FIRST, 2023), ("淮安市", FIRST.replace("。", "（并列）。"), 2023)],
        ["undetermined tie-possible"],
    ),
    (
        "a tie of equal figures",
        [
            ("连云港市", "负责人出庭应诉率100%，居全省第一。", 2023),
            ("淮安市", "负责人出庭应诉率100%，居全省第一。", 2023),
        ],
        ["undetermined tie-possible"],
    ),
    (
        "growth and increment are two things",
        [
            ("连云港市", "地区生产总值增长5.3%、增量居全省第一。", 2023),
            ("淮安市", "地区生产总值增长5.8%、增速居全省第一。", 2023),
        ],
        [],
    ),
    ("front ranks are no number", [("连云港市", FIRST.replace("第一", "前列"), 2023), ("淮安市", FIRST, 2023)], []),
    (
        "five years and one",
        [("连云港市", f"五年来，{FIRST}", 2023), ("淮安市", FIRST, 2023)],
        ["undetermined years-not-said"],
    ),
    ("one body says it twice", [("连云港市", FIRST, 2023), ("连云港市", f"成绩明显。{FIRST}", 2023)], ["agrees"]),
]


@pytest.mark.parametrize(("why", "reports", "expected"), RANKS, ids=[case[0] for case in RANKS])
def test_ranks_across_reports(
    why: str, reports: list[tuple[str, str, int]], expected: list[str], extractor: Extractor, tmp_path: Path
) -> None:
    extractions = [city(extractor, tmp_path, *report) for report in reports]
    checks = audit_across(extractions, extractor.auditing)
    assert [" ".join(filter(None, (c.verdict, c.reason))) for c in checks] == expected, why


def test_the_order_of_the_reports_does_not_matter(extractor: Extractor, tmp_path: Path) -> None:
    cities = [city(extractor, tmp_path, name, FIRST) for name in ("连云港市", "淮安市", "徐州市", "无锡市")]
    expected = audit_across(cities, extractor.auditing)
    assert len(expected) == 6  # every pair of the four
    for order in permutations(cities):
        assert audit_across(order, extractor.auditing) == expected
    assert audit_across([*cities, cities[0]], extractor.auditing) == expected, "a report given twice is one"


def test_checks_across_reports_in_one_graph(extractor: Extractor, tmp_path: Path) -> None:
    cities = [city(extractor, tmp_path, name, FIRST) for name in ("连云港市", "淮安市")]
    checks = audit_across(cities, extractor.auditing)
    dataset = describe(cities, checks=checks)
    assert validate(dataset) == []
    path = tmp_path / "both.trig"
    path.write_bytes(trig(dataset))
    assert stored_findings([path]) == findings_of(cities, checks)
    assert len({one.report for one in (stored_findings([path])[0].claim, *stored_findings([path])[0].inputs)}) == 2
    with pytest.raises(GraphError, match="not given"):
        describe(cities[:1], checks=checks)


# --- forms of output --------------------------------------------------------------------------------------------------


def test_every_reason_and_kind_has_words(extractor: Extractor) -> None:
    sources = [p.read_text(encoding="utf-8") for p in (ROOT.parent / "kg" / "audit").glob("*.py")]
    used = {code for text in sources for code in re.findall(r'^[A-Z_]+ = "([a-z]+(?:-[a-z]+)+)"', text, re.MULTILINE)}
    assert len(used) >= 15
    assert used == set(REASONS)
    assert set(VERDICTS) == {"agrees", "disagrees", "undetermined"}
    assert "ratio" in CHECK_KINDS


HOSTILE = "全市新收**行政复议**案件471件，受理<script>411件，受理率为88.4%。"


def test_markdown_holds_no_markup_of_the_report(report_of: Reader, extractor: Extractor) -> None:
    extraction = report_of(f"{HEAD}{HOSTILE}\n")
    text = markdown(findings_of([extraction], audit(extraction, extractor.auditing)))
    assert "<script>" not in text
    assert "**" not in text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_markdown_tells_what_is_said_and_what_the_figures_give(
    lang: str, sample: Extraction, extractor: Extractor
) -> None:
    text = markdown(findings_of([sample], audit(sample, extractor.auditing)), lang)  # type: ignore[arg-type]
    words = {
        "zh": ("不符", "报告说", "报告自己的数", "容差"),
        "en": ("Disagrees", "The report says", "figures give", "tolerance"),
    }
    for word in words[lang]:
        assert word in text
    assert "87.26%" in text
    assert "受理411件,受理率为88.4%" in text
    assert re.search(r"\[\d+, \d+\)", text)


COMPUTATIONS = [
    ("企业从80户增加到810户、增长8.1倍。", "企业 810户 ÷ 企业 80户 − 1 = 9.12倍"),
    ("企业由上年的80户增加到810户，是上年的12.1倍。", " ÷ .* = 10.12倍"),
    ("企业从2018年的80户增加到2023年的810户，年均增长48.9%。", r"\(.* 810户 ÷ .* 80户\)\^\(1/5\) − 1 = 58.88%"),
    ("企业从80户增加到810户，年均增长48.9%。", r"\(.*\)\^\(1/年数\) − 1$"),
    ("网上可办率从85%提高到96.2%，提高13.2个百分点。", "96.2% − 网上可办率 85% = 11.2个百分点"),
    ("网上可办率提高11.2个百分点，由85%提高到96.2%。", "96.2% − .* 85% = 11.2个百分点"),
    ("行政许可事项由142项增至167项，增加28项。", "167项 − 行政许可事项 142项 = 25项"),
    ("民生支出380亿元，占年度计划500亿元的86%。", "民生支出 380亿元 ÷ .* 500亿元 = 76%"),
]


@pytest.mark.parametrize(("sentence", "shown"), COMPUTATIONS)
def test_a_finding_shows_the_computation_it_made(
    sentence: str, shown: str, report_of: Reader, extractor: Extractor
) -> None:
    extraction = report_of(f"{HEAD}{sentence}\n")
    (finding,) = findings_of([extraction], audit(extraction, extractor.auditing))
    assert re.search(shown, computation(finding))


def test_the_command_line(tmp_path: Path) -> None:
    run = CliRunner().invoke
    result = run(cli, ["audit", "--sample", "--as", "json"])
    assert result.exit_code == 1  # something disagrees
    rows = json.loads(result.stdout)
    assert [row["verdict"] for row in rows].count("disagrees") == 1
    sound = tmp_path / "sound.txt"
    sound.write_text(f"{HEAD}全市新收行政复议案件471件，受理411件，受理率87.3%。\n", encoding="utf-8")
    assert run(cli, ["audit", str(sound)]).exit_code == 0
    for options in (("--as", "csv"), ("--as", "markdown", "--lang", "en")):
        result = run(cli, ["audit", str(sound), *options])
        assert result.exit_code == 0
        assert "87.26" in result.stdout
    assert run(cli, ["audit"]).exit_code == 2
    missing = run(cli, ["audit", str(tmp_path / "none.ttl")])
    assert missing.exit_code == 2
    assert missing.stderr.count("\n") == 1


def test_graphs_and_reports_give_the_same_output(tmp_path: Path, extractor: Extractor) -> None:
    run = CliRunner().invoke
    assert run(cli, ["build", "--sample", "-o", str(tmp_path)]).exit_code == 0
    for form_name in ("table", "csv", "json", "markdown"):
        outputs = {
            run(cli, ["audit", source, "--as", form_name]).stdout
            for source in ("--sample", *(str(tmp_path / f"lianyungang-2020{ending}") for ending in (".ttl", ".trig")))
        }
        assert len(outputs) == 1, form_name


def test_the_build_says_what_disagrees_on_standard_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["build", "--sample", "-o", str(tmp_path)])
    assert result.exit_code == 0, "a finding about the report is no fault of the build"
    lines = [line for line in result.stderr.splitlines() if "figures disagree" in line]
    assert len(lines) == 1
    assert "87.26%" in lines[0]


def test_a_graph_without_checks_has_no_findings(sample: Extraction, tmp_path: Path) -> None:
    path = tmp_path / "plain.ttl"
    path.write_bytes(turtle(describe([sample])))
    assert stored_findings([path]) == ()
    assert values(()) == []
    assert "0" in markdown(())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('kg:verdict "disagrees"', 'kg:verdict "perhaps"'),
        ('kg:checkKind "ratio"', 'kg:checkKind "guess"'),
        (" 87.26", ' "many"'),
    ],
)
def test_a_damaged_graph_is_one_line(
    old: str, new: str, sample: Extraction, extractor: Extractor, tmp_path: Path
) -> None:
    text = turtle(describe([sample], checks=audit(sample, extractor.auditing))).decode()
    assert old in text
    path = tmp_path / "damaged.ttl"
    path.write_text(text.replace(old, new), encoding="utf-8")
    result = CliRunner().invoke(cli, ["audit", str(path)])
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert "kg validate" in result.stderr


def test_a_report_beside_its_graph_is_told_once(sample: Extraction, extractor: Extractor, tmp_path: Path) -> None:
    path = tmp_path / "sample.ttl"
    path.write_bytes(turtle(describe([sample], checks=audit(sample, extractor.auditing))))
    alone, both = (CliRunner().invoke(cli, ["audit", "--sample", *more]) for more in ((), (str(path),)))
    assert alone.stdout == both.stdout


def test_many_figures_take_no_square_time(extractor: Extractor, sample: Extraction) -> None:
    """A ledger of twenty thousand figures in one text: a slice per figure would copy two hundred million."""
    import time

    figure = next(o for o in sample.observations if o.quantity.raw == "88.4%")
    count = 20_000
    text = "受理率为88.4%。" * count
    length = len(text) // count
    sentences = tuple(
        replace(sample.sentences[0], index=n, start=n * length, end=(n + 1) * length, section=None)
        for n in range(count)
    )
    spans = [Span(n * length + 4, n * length + 9) for n in range(count)]
    observations = tuple(replace(figure, span=span, evidence=span) for span in spans)
    many = replace(
        sample, report=replace(sample.report, text=text), sentences=sentences, observations=observations, left_out=()
    )
    started = time.process_time()
    audit(many, extractor.auditing)
    assert time.process_time() - started < 10


def test_a_check_needs_evidence(sample: Extraction, extractor: Extractor) -> None:
    check = audit(sample, extractor.auditing)[0]
    with pytest.raises(GraphError, match="without evidence"):
        describe([sample], checks=[replace(check, evidence=())])
    with pytest.raises(GraphError, match="no such entity"):
        describe([sample], checks=[replace(check, claim="Indicator|1,2")])


# --- real reports -----------------------------------------------------------------------------------------------------


def test_the_checked_list_is_what_the_audit_says(shared: Path, extractor: Extractor) -> None:
    """Nothing but `agrees` on a real report that somebody has not read against its sentence (docs/audit.md)."""
    listed = [
        tuple(cell.strip() for cell in line.strip("|").split("|"))[:4]
        for line in (ROOT.parent / "docs" / "audit.md").read_text(encoding="utf-8").splitlines()
        if re.match(r"\| \S+\.txt \|", line)
    ]
    paths = [*sorted((shared / "corpus").glob("*.txt")), *sorted((shared / "gold").glob("*.txt"))]
    assert len(paths) >= 45
    found = []
    for path in paths:
        extraction = extract(read(path), extractor)
        for one in findings_of([extraction], audit(extraction, extractor.auditing)):
            if one.verdict != "agrees":
                found.append((one.claim.report, one.claim.raw, one.verdict, one.reason or ""))
    assert sorted(found) == sorted(listed)


def test_the_invented_reports_are_sound(extractor: Extractor) -> None:
    paths = sorted((ROOT / "gold" / "invented").glob("*.txt"))
    assert len(paths) >= 13
    verdicts = []
    for path in paths:
        extraction = extract(read(path), extractor)
        verdicts += [check.verdict for check in audit(extraction, extractor.auditing)]
    assert verdicts.count("disagrees") == 0
    assert verdicts.count("agrees") >= 50
