"""Indicators under their many wordings: the names that the extractor gives to sentences as reports write them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kg.batch.align import Alignment
from kg.batch.compare import Value, compare
from kg.batch.index import Index
from kg.batch.run import build_many, settings_of
from kg.build import read_report
from kg.describe.concepts import fold
from kg.errors import RuleError
from kg.extract import Extractor, extract
from kg.vocabulary import BASE

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "corpus"

#: Sentences of the genre → the indicators of their figures in order, None for a figure that is alone.
SENTENCES: dict[str, list[str | None]] = {
    # 行政复议、行政应诉
    "全年共收到行政复议申请412件，直接纠错28件。": ["review-received", None],
    "全市行政复议机关共新收行政复议案件1203件，办结行政复议案件1105件，纠错率为12.5%。": [
        *("review-received", "review-closed", "review-corrected-share")
    ],
    "全市受理行政复议申请386件。": ["review-accepted"],
    "全市行政复议案件调解率为41%。": ["review-settled-share"],
    "全市一审行政诉讼案件634件，行政机关负责人出庭应诉率达到98.6%，行政机关败诉率为5.8%。": [
        *("suits-first-instance", "head-in-court", "suits-lost-share")
    ],
    "办理行政应诉案件87件，负责人出庭应诉率100%。": ["suits-defended", "head-in-court"],
    # 规范性文件、决策
    "全年制定行政规范性文件26件，报送备案规范性文件24件，备案审查规范性文件53件。": [
        *("documents-made", "documents-filed", "documents-received-for-filing")
    ],
    "审查行政规范性文件48件，废止规范性文件19件，修改规范性文件7件，宣布失效规范性文件12件。": [
        *("documents-reviewed", "documents-abolished", None, None)
    ],
    "出台行政规范性文件15件，现行有效规范性文件210件。": ["documents-made", "documents-in-force"],
    "完成重大行政决策合法性审查23件，审核政府合同156份。": ["decisions-reviewed", "contracts-reviewed"],
    # 普法
    "开展法治宣传活动1200余场次，发放普法宣传资料35万份，受教育群众50万人次。": [
        *("publicity-events", "publicity-material", None)
    ],
    "组织普法宣传活动860场，举办法治讲座320场，培养“法律明白人”5600名。": [
        *("publicity-events", "law-lectures", "village-law-guides")
    ],
    "创建全国民主法治示范村12个。": ["law-villages"],
    # 人民调解
    "各级人民调解组织共调解矛盾纠纷12.6万件，调解成功率达99.2%。": ["disputes-mediated", "mediation-success"],
    "人民调解委员会共调处各类矛盾纠纷3200件，人民调解员9800名。": ["disputes-mediated", "mediators"],
    "全市共有人民调解委员会1860个，专职人民调解员2400人。": ["mediation-committees", None],
    # 法律援助、公共法律服务
    "全年办理法律援助案件5230件，受援人数6120人，挽回经济损失1.2亿元，提供法律咨询4.5万人次。": [
        *("legal-aid-cases", "legal-aid-people", "legal-aid-recovered", "legal-advice")
    ],
    "受理法律援助案件930件，办结法律援助案件880件。": ["legal-aid-cases", None],
    "办理公证事项2.3万件。": ["notarial-acts"],
    "全市执业律师2560名，律师事务所180家。": ["lawyers", None],
    # 行政执法
    "全年办理行政处罚案件2.6万件，作出行政处罚决定1.2万件，办理行政许可3.5万件。": [
        *("penalties", "penalties", "licences")
    ],
    "行政检查45万次，行政强制320件。": ["inspections", "coercion"],
    "持有行政执法证人员8700人，换发行政执法证件3200个。": ["enforcement-officers", None],
    "评查行政执法案卷460件，案卷合格率98%。": ["case-files-examined", None],
    "培训行政执法人员3200人次。": ["officers-trained"],
    # 政务服务
    "政务服务事项全程网办率达98%，即办件占比75%，“跨省通办”事项180项。": [
        *("online-share", "at-once-share", "cross-province")
    ],
    "政务服务事项网上可办率达99.5%。": ["online-possible-share"],
    "12345政务服务便民热线共受理诉求32万件，按时办结率99.8%。": ["hotline-calls", None],
    # 政府信息公开
    "主动公开政府信息3.2万条，办理政府信息公开申请1260件。": ["published-information", "disclosure-requests"],
    "全年主动公开各类政府信息9800条，收到政府信息公开申请342件，答复310件。": [
        *("published-information", "disclosure-requests", None)
    ],
    # 立法、建议提案
    "提请市人大常委会审议地方性法规3件，制定政府规章4部。": ["statutes-proposed", "rules-made"],
    "办理人大代表建议213件，办理政协提案305件，办复率100%。": [
        *("deputies-suggestions", "cppcc-proposals", "answered-share")
    ],
    # 政府工作报告
    "实现地区生产总值4523亿元，增长6.2%，一般公共预算收入320亿元，增长5%。": [
        *("gdp", "gdp-growth", "budget-revenue", "budget-revenue-growth")
    ],
    "规模以上工业增加值增长8.1%，固定资产投资增长5.2%。": ["industry-growth", "investment-growth"],
    "社会消费品零售总额1850亿元，增长6%，进出口总额750亿元，增长3.3%。": [
        *("retail-sales", "retail-sales-growth", "foreign-trade", "foreign-trade-growth")
    ],
    "城镇居民人均可支配收入48200元，农村居民人均可支配收入25600元，分别增长4.5%、6.1%。": [
        *("urban-income", "rural-income", "urban-income-growth", "rural-income-growth")
    ],
    "城镇新增就业5.2万人，城镇调查失业率5.1%，居民消费价格上涨0.2%。": [
        *("new-urban-jobs", "unemployment", "consumer-prices")
    ],
    "空气质量优良天数比例达83.5%，PM2.5平均浓度32微克/立方米，国考断面水质优良比例95%。": [
        *("good-air", "fine-dust", "good-water")
    ],
}


@pytest.fixture(scope="module")
def alignment() -> Alignment:
    return Alignment.load()


@pytest.mark.parametrize(("sentence", "wanted"), SENTENCES.items(), ids=[text[:12] for text in SENTENCES])
def test_names_as_extracted_find_their_indicator(
    sentence: str, wanted: list[str | None], alignment: Alignment, extractor: Extractor, tmp_path: Path
) -> None:
    path = tmp_path / "r.txt"
    path.write_text(
        f"淮安市人民政府2022年法治政府建设工作报告\n\n{sentence}\n\n淮安市人民政府\n2023年1月20日\n", encoding="utf-8"
    )
    figures = extract(read_report(path), extractor).observations
    found = [alignment.of(fold(figure.name)) for figure in figures]
    assert [one.id if one else None for one in found] == wanted, [figure.name for figure in figures]
    for one, figure in zip(found, figures, strict=True):
        if one is not None and one.units:
            assert figure.quantity.unit in one.units, one.id


def test_the_table_is_wide_and_no_name_is_of_two(alignment: Alignment) -> None:
    assert len(alignment.indicators) >= 120
    assert len({one.label for one in alignment.indicators}) == len(alignment.indicators)
    raw = (Path(__file__).parent.parent / "kg/data/align/indicators.yaml").read_text(encoding="utf-8")
    import yaml

    for entry in yaml.safe_load(raw)["indicators"]:
        names = [entry["label"], *entry.get("wordings", ()), *entry["examples"]]
        for name in names:
            owners = [one.id for one in alignment.indicators if one.means(fold(name))]
            assert owners == [entry["id"]], name
        for name in entry["counterexamples"]:
            found = alignment.of(fold(name))
            assert found is None or found.id != entry["id"], name


def test_words_at_the_edges_say_nothing_of_what_is_measured(alignment: Alignment) -> None:
    for name in ("全市地区生产总值", "2023年全区受理政府信息公开申请", "全年累计办理法律援助案件", "地区生产总值预计"):
        assert alignment.of(name) is not None, name
    # These change what is meant: another place, another way of reckoning, another thing.
    for name in (
        "全国地区生产总值",
        "市本级一般公共预算收入",
        "年均新增城镇就业",
        "一般公共预算收入同口径增长率",
        "全市",
    ):
        assert alignment.of(name) is None, name


ENTRY = "indicators:\n- {id: x, label: 森林, wordings: [森林覆盖率], examples: [森林覆盖率], counterexamples: [草原]}\n"


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("openings: 全市\n", "not a list of words"),
        ("openings: ['(']\n", "bad pattern"),
        ("closing: [达]\n", "unknown list"),
        ("closings: ['']\n", "not a list of words"),
    ],
)
def test_tables_at_fault(head: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(head + ENTRY, encoding="utf-8")
    with pytest.raises(RuleError, match=told):
        Alignment.load(tmp_path / "own.yaml")


def test_words_at_the_edges_of_a_user(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("openings: [全旗]\n" + ENTRY, encoding="utf-8")
    own = Alignment.load(tmp_path / "own.yaml")
    assert own.label("全旗森林覆盖率") == "森林", "the user's words are for the user's indicators"
    assert own.of("全旗地区生产总值") is None
    assert own.label("全市地区生产总值") == "地区生产总值"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of the reports of the corpus."""
    if not SHARED.is_dir():
        pytest.skip("no corpus beside the project")
    out = tmp_path_factory.mktemp("corpus")
    wanted = replace(settings_of(str(out), base=BASE), form="nquads", checked=False)
    build_many([str(SHARED)], wanted)
    return out / ".govkg"


def values(corpus: Path, indicator: str) -> list[Value]:
    with Index(str(corpus), write=False) as index:
        return compare(index, indicator, Alignment.load())


def test_real_reports_are_compared(corpus: Path, alignment: Alignment) -> None:
    """Rows of 2025 that were read in the reports."""
    rows = {(one.area, one.modality, one.value) for one in values(corpus, "gdp-growth")}
    assert {("广东省", "reported", "3.9"), ("江苏省", "reported", "5.3"), ("浙江省", "planned", "5")} <= rows
    rows = {(one.area, one.wording, one.value) for one in values(corpus, "地表水国考断面水质优良比例")}
    assert ("安徽省", "国考断面水质优良比例", "90") in rows
    assert ("浙江省", "地表水国控断面i-iii类水质比例", "98.7") in {(a, w.lower(), v) for a, w, v in rows}
    jobs = values(corpus, "城镇新增就业")
    assert len({one.area for one in jobs}) >= 25
    assert {one.unit for one in jobs} == {"人"}, "a share of jobs is another figure"
    fees = {(one.area, one.period, one.value) for one in values(corpus, "administrative-fees")}
    assert {("淮安市", "2024", "961716000"), ("洪泽区", "2023", "77302800")} <= fees
    with Index(str(corpus), write=False) as index:
        names = {name for (name,) in index.rows("SELECT DISTINCT name FROM figures WHERE value IS NOT NULL")}
    known = {one.id for name in names if (one := alignment.of(name))}
    assert len(known) >= 95, "indicators that reports of the corpus have"
