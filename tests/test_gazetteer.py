"""The gazetteers: what names, aliases, codes and titles mean, and that the files are as kg/data/README.md says.

Every row of a table ends with why it is there.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from kg.errors import RuleError
from kg.gazetteer import HEADERS, Gazetteer

PINGTAN = "350000/平潭综合实验区"


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.load()


# --- places: (name, near, year, code, why) ---------------------------------------------------------------------

PLACES: list[tuple[str, str | None, int | None, str | None, str]] = [
    ("连云港市", None, None, "320700", "one place of the name"),
    ("连云港", None, None, "320700", "short name of a prefecture"),
    ("海州区", "320700", None, "320706", "the one inside the issuer's city, not 阜新"),
    ("海州区", "210900", None, "210902", "the same name in another city"),
    ("海州区", "320722", None, "320706", "in the prefecture around the near county"),
    ("海州区", "320100", None, "320706", "in the same province"),
    ("海州区", "440100", None, None, "two far candidates: ambiguous"),
    ("海州区", None, None, None, "nothing near: ambiguous"),
    ("鼓楼区", "320100", None, "320106", "南京, not 徐州, 开封, 福州"),
    ("鼓楼区", "320300", None, "320302", "徐州"),
    ("鼓楼区", "350100", None, "350102", "福州"),
    ("鼓楼区", "320000", None, None, "two inside the same province: ambiguous"),
    ("鼓楼区", "320700", None, None, "two in the same province, none in the prefecture"),
    ("鼓楼区", "410203", None, "410204", "near a sibling district of 开封"),
    ("市中区", "511100", None, "511102", "乐山"),
    ("市中区", "511000", None, "511002", "内江"),
    ("市中区", "370400", None, "370402", "枣庄"),
    ("市中区", "370800", 2010, "370802", "济宁 had one until 2013"),
    ("朝阳区", "110000", None, "110105", "北京"),
    ("朝阳区", "220100", None, "220104", "长春"),
    ("通州区", "320600", None, "320612", "南通"),
    ("通州区", "110000", None, "110112", "北京"),
    ("南沙区", "440100", None, "440115", "广州, not 三沙"),
    ("江北区", "330200", None, "330205", "宁波; the one of 重庆 is gone"),
    ("江北区", "500000", 2020, "500105", "重庆 had one until 2025"),
    ("江北区", None, 2026, "330205", "only one is left by then"),
    ("崇川区", "320600", 2018, "320602", "the code before 2020"),
    ("崇川区", "320600", 2023, "320613", "the code since 2020"),
    ("崇川区", "320600", None, "320613", "today, where no year is given"),
    ("三元区", "350400", 2019, "350403", "same name, old code"),
    ("三元区", "350400", 2022, "350404", "same name, new code"),
    ("海门市", None, 2019, "320684", "a former name in a report of its time"),
    ("海门市", None, 2025, "320684", "a former name still names the former division"),
    ("海门区", None, 2025, "320614", "what became of it"),
    ("莱芜市", None, 2017, "371200", "a prefecture dissolved in 2018-19"),
    ("密云县", None, 2015, "110228", "a county before it became a district"),
    ("两江新区", "500000", 2019, "500000/两江新区", "a zone until 2025"),
    ("两江新区", "500000", None, "500157", "a division since"),
    ("浦东新区", None, None, "310115", "a national new area that is a division: the division"),
    ("滨海新区", None, None, "120116", "the same in 天津"),
    ("江苏省连云港市海州区", None, None, "320706", "a joined name"),
    ("福建省平潭县", None, None, "350128", "a joined name that skips the prefecture"),
    ("北京市朝阳区", None, None, "110105", "a joined name in a municipality"),
    ("江苏省海淀区", None, None, None, "a joined name that is no place"),
    ("平潭综合实验区", None, None, PINGTAN, "a zone, not the county on its ground"),
    ("平潭县", PINGTAN, None, "350128", "the county, in the zone's own report"),
    ("平潭", PINGTAN, None, PINGTAN, "the short name, in the zone's report"),
    ("平潭", "350128", None, "350128", "the short name, in the county's report"),
    ("吉林", "220000", None, "220000", "the province; 吉林市 has no bare short name"),
    ("海南", None, None, "460000", "the province, not 海南州 in 青海 nor 海南区 in 乌海"),
    ("海南州", None, None, "632500", "the prefecture by its usual short name"),
    ("阿坝州", None, None, "513200", "autonomous prefecture"),
    ("广西", None, None, "450000", "autonomous region"),
    ("新疆维吾尔自治区", None, None, "650000", "full name"),
    ("锡盟", None, None, "152500", "usual abbreviation of 锡林郭勒盟"),
    ("盱眙", None, None, "320830", "short name of a county"),
    ("岑岭县", None, None, "653132", "a county of 2026"),
    ("襄樊市", None, 2009, "420600", "renamed 襄阳市 in 2010 under the same code"),
    ("苏州工业园区", None, None, "320500/苏州工业园区", "a zone"),
    ("临港新片区", None, None, "310000/中国（上海）自由贸易试验区临港新片区", "usual name of an FTZ area"),
    (
        "中国(江苏)自由贸易试验区",
        None,
        None,
        "320000/中国（江苏）自由贸易试验区",
        "half-width brackets, as in folded text",
    ),
    (
        "中国（江苏）自由贸易试验区连云港片区",
        "320700",
        None,
        "320700/中国（江苏）自由贸易试验区连云港片区",
        "full width",
    ),
    ("江苏自贸区", None, None, "320000/中国（江苏）自由贸易试验区", "short name of an FTZ"),
    ("合作", None, None, None, "合作市 has no short name: an ordinary word"),
    ("公安", None, None, None, "公安县 has no short name"),
    ("会同", None, None, None, "会同县 has no short name"),
    ("资源", None, None, None, "资源县 has no short name"),
    ("全州", None, None, None, "全州 is the whole prefecture, not 全州县"),
    ("新乡", None, None, None, "stands in 创新乡村: only 新乡市"),
    ("海州", None, None, None, "districts keep their 区"),
    ("市辖区", None, None, None, "a heading of the tables, no place"),
    ("不存在市", None, None, None, "unknown"),
]


@pytest.mark.parametrize(("name", "near", "year", "code", "why"), PLACES)
def test_resolve_place(
    gazetteer: Gazetteer, name: str, near: str | None, year: int | None, code: str | None, why: str
) -> None:
    assert gazetteer.resolve_place(name, near, year) == code, why


# (code, level, level words, nearest-first surroundings, short name, why)
AREAS: list[tuple[str, str, tuple[str, ...], tuple[str, ...], str, str]] = [
    ("320000", "province", ("省",), (), "江苏", "province"),
    ("320700", "city", ("市",), ("320000",), "连云港", "prefecture-level city"),
    ("320706", "county", ("区",), ("320700", "320000"), "海州", "district"),
    ("320281", "county", ("市",), ("320200", "320000"), "江阴", "county-level city"),
    ("110000", "municipality", ("市",), (), "北京", "municipality: names like a city's"),
    ("110105", "county", ("区",), ("110000",), "朝阳", "district right under a municipality"),
    ("450000", "province", ("自治区", "区"), (), "广西", "autonomous region: 区 means it too"),
    ("513200", "city", ("州", "自治州"), ("510000",), "阿坝", "autonomous prefecture"),
    ("542500", "city", ("地区",), ("540000",), "阿里", "prefecture without a people's government"),
    ("152500", "city", ("盟",), ("150000",), "锡盟", "league"),
    ("150221", "county", ("旗",), ("150200", "150000"), "土右旗", "banner"),
    ("429021", "county", ("林区", "区"), ("420000",), "神农架", "unit right under a province"),
    ("419001", "county", ("市",), ("410000",), "济源", "city right under a province"),
    ("441900", "city", ("市",), ("440000",), "东莞", "prefecture without counties"),
    ("533124", "county", ("县",), ("533100", "530000"), "陇川", "county of an autonomous prefecture"),
    ("230281", "county", ("市",), ("230200", "230000"), "讷河", "county-level city in the north"),
    (
        PINGTAN,
        "zone",
        ("实验区", "区"),
        ("350128", "350100", "350000"),
        "平潭",
        "zone: the county on its ground comes first",
    ),
    ("320500/苏州工业园区", "zone", ("区",), ("320500", "320000"), "苏州工业园区", "zone of a city"),
    ("", "", (), (), "", "no code"),
    ("999999", "", (), (), "", "unknown code"),
]


@pytest.mark.parametrize(("code", "level", "words", "around", "short", "why"), AREAS)
def test_areas(
    gazetteer: Gazetteer,
    code: str,
    level: str,
    words: tuple[str, ...],
    around: tuple[str, ...],
    short: str,
    why: str,
) -> None:
    assert gazetteer.level(code) == level, why
    assert gazetteer.place_level(code) == level, why
    assert gazetteer.level_words(code) == words, why
    assert gazetteer.around(code) == around, why
    assert gazetteer.ancestors(code) == around[::-1], why
    assert gazetteer.short_name(code) == short, why


def test_children(gazetteer: Gazetteer) -> None:
    assert gazetteer.children("320700") == ("320703", "320706", "320707", "320722", "320723", "320724")
    assert "429021" in gazetteer.children("420000"), "units without a prefecture hang under the province"
    assert "110105" in gazetteer.children("110000")
    assert "320684" not in gazetteer.children("320600"), "former divisions are nobody's children"
    assert gazetteer.children("320706") == ()
    assert len(gazetteer.children("320000")) == 13


def test_code_of_two_names(gazetteer: Gazetteer) -> None:
    assert gazetteer.full_name("130502") == "襄都区"
    assert gazetteer.full_name("130502", 2015) == "桥东区", "the same code, before 2020"
    assert [p.name for p in gazetteer.places_named("襄樊")] == []
    assert gazetteer.full_name("000001") == ""


# --- central bodies ----------------------------------------------------------------------------------------------

CENTRAL: list[tuple[str, str, str]] = [
    ("党中央", "中国共产党中央委员会", "the guideline's own example"),
    ("中共中央", "中国共产党中央委员会", "usual short form"),
    ("中央", "中国共产党中央委员会", "bare form, guarded"),
    ("国务院", "中华人民共和国国务院", "the guideline's own example"),
    ("司法部", "中华人民共和国司法部", "the guideline's own example"),
    ("民政部", "中华人民共和国民政部", "the guideline's own example"),
    ("全国人大常委会", "全国人民代表大会常务委员会", "the guideline's own example"),
    ("全国人大", "全国人民代表大会", "not its standing committee"),
    ("全国政协", "中国人民政治协商会议全国委员会", "consultative conference"),
    ("国家发改委", "中华人民共和国国家发展和改革委员会", "newspaper form"),
    ("国家发展改革委", "中华人民共和国国家发展和改革委员会", "the standard abbreviation"),
    ("人社部", "中华人民共和国人力资源和社会保障部", "abbreviation"),
    ("人力资源社会保障部", "中华人民共和国人力资源和社会保障部", "the standard abbreviation without 和"),
    ("住建部", "中华人民共和国住房和城乡建设部", "abbreviation"),
    ("住房城乡建设部", "中华人民共和国住房和城乡建设部", "the standard abbreviation"),
    ("工信部", "中华人民共和国工业和信息化部", "abbreviation"),
    ("生态环境部", "中华人民共和国生态环境部", "since 2018"),
    ("环保部", "中华人民共和国环境保护部", "2008-2018"),
    ("国土资源部", "中华人民共和国国土资源部", "until 2018"),
    ("国家卫健委", "中华人民共和国国家卫生健康委员会", "since 2018"),
    ("国家卫计委", "中华人民共和国国家卫生和计划生育委员会", "2013-2018"),
    ("人民银行", "中国人民银行", "the one ministry-level body without the State's name"),
    ("海关总署", "中华人民共和国海关总署", "carries the State's name"),
    ("市场监管总局", "国家市场监督管理总局", "does not carry it"),
    ("国家税务总局", "国家税务总局", "its own name"),
    ("国务院法制办", "国务院法制办公室", "until 2018"),
    ("国务院国资委", "国务院国有资产监督管理委员会", "special organ"),
    ("国办", "中华人民共和国国务院办公厅", "bare form, guarded"),
    ("中办", "中共中央办公厅", "bare form, guarded"),
    ("中央依法治国办", "中央全面依法治国委员会办公室", "office of the commission"),
    ("中央深改委", "中央全面深化改革委员会", "since 2018"),
    ("中央深改组", "中央全面深化改革领导小组", "before 2018"),
    ("中宣部", "中共中央宣传部", "Party department"),
    ("中央政法委", "中共中央政法委员会", "Party department"),
    ("中央网信办", "中央网络安全和信息化委员会办公室", "Party side of one office"),
    ("国家网信办", "国家互联网信息办公室", "State side of the same office"),
    ("中央纪委国家监委", "中国共产党中央纪律检查委员会、中华人民共和国国家监察委员会", "two in one"),
    ("国家监委", "中华人民共和国国家监察委员会", "supervisory commission"),
    ("最高人民法院", "最高人民法院", "its own name"),
    ("最高检", "最高人民检察院", "bare form, guarded"),
    ("银保监会", "中国银行保险监督管理委员会", "2018-2023"),
    ("保监会", "中国保险监督管理委员会", "until 2018, guarded against 银保监会"),
    ("金融监管总局", "国家金融监督管理总局", "since 2023"),
    ("国家数据局", "国家数据局", "since 2023"),
    ("全国普法办", "全国普及法律常识办公室", "office in the Ministry of Justice"),
    ("中国科协", "中国科学技术协会", "mass organisation"),
    ("团中央", "中国共产主义青年团中央委员会", "mass organisation"),
    ("中央党校(国家行政学院)", "中共中央党校（国家行政学院）", "half-width brackets, as in folded text"),
]


@pytest.mark.parametrize(("surface", "name", "why"), CENTRAL)
def test_central_body(gazetteer: Gazetteer, surface: str, name: str, why: str) -> None:
    body = gazetteer.central_body(surface)
    assert body is not None, why
    assert body.name == name, why


@pytest.mark.parametrize(
    ("surface", "why"),
    [
        ("市政府", "local"),
        ("发改委", "without 国家 it is the local one"),
        ("公安部门", "a class of bodies"),
        ("", "empty"),
        ("国资委", "without 国务院 it is the local one"),
    ],
)
def test_no_central_body(gazetteer: Gazetteer, surface: str, why: str) -> None:
    assert gazetteer.central_body(surface) is None, why


def test_eras(gazetteer: Gazetteer) -> None:
    def era(name: str) -> tuple[int | None, int | None]:
        body = gazetteer.central_body(name)
        assert body is not None
        return body.since, body.until

    assert era("环境保护部") == (2008, 2018)
    assert era("生态环境部") == (2018, None)
    assert era("国家卫生计生委") == (2013, 2018)
    assert era("国务院法制办公室") == (None, 2018)
    assert era("国家乡村振兴局") == (2021, 2023)


# (alias, text in which it stands, whether it is the body there, why)
GUARDS: list[tuple[str, str, bool, str]] = [
    ("中央", "落实中央和省决策部署", True, "the Party centre"),
    ("中央", "安装中央空调设备", False, "air conditioning"),
    ("中央", "争取中央财政资金", False, "the central budget"),
    ("中央", "配合中央生态环境保护督察", False, "part of the inspection's name"),
    ("中央", "民革中央主席", False, "another party's centre"),
    ("公安部", "会同公安部门执法", False, "the local police"),
    ("公安部", "受到公安部表彰", True, "the ministry"),
    ("财政部", "落实财政部署要求", False, "财政|部署"),
    ("商务部", "电子商务部分企业", False, "电子商务|部分"),
    ("教育部", "党群工作部宣传教育部", False, "a department for education work"),
    ("人行", "清扫人行道", False, "pavement"),
    ("人行", "人行横道信号灯", False, "zebra crossing"),
    ("人行", "保障当事人行政复议权利", False, "当事人|行政"),
    ("人行", "会同人行、银保监部门", True, "the central bank"),
    ("央行", "中央行政机关", False, "中央|行政"),
    ("中办", "普通高中办学条件", False, "高中|办学"),
    ("中办", "中办、国办印发意见", True, "the two offices"),
    ("国办", "按照国办发〔2018〕118号", False, "part of a document number"),
    ("最高法", "设定最高法定罚款", False, "最高|法定"),
    ("最高检", "最高检、公安部联合", True, "the procuratorate"),
    ("全国人大", "办理全国人大代表建议", False, "deputies"),
    ("保监会", "原银保监会规定", False, "the later body"),
    ("政府", "市政府采购中心", False, "procurement"),
    ("政府", "市政府常务会议审议", False, "its meeting is not annotated"),
    ("政府", "市政府印发通知", True, "the government"),
    ("人大", "市人大代表视察", False, "deputies"),
    ("人大", "向市人大报告工作", True, "the congress"),
    ("政协", "市政协委员提案", False, "members"),
    ("政协", "办理省政协提案4070件", True, "firm in the gold of the Jiangsu report"),
    ("委", "市委托第三方评估", False, "委托"),
    ("委", "市委印发意见", True, "the committee"),
    ("中华人民共和国公安部", "中华人民共和国公安部门", True, "a full name has no guard"),
]


@pytest.mark.parametrize(("alias", "text", "allowed", "why"), GUARDS)
def test_guard(gazetteer: Gazetteer, alias: str, text: str, allowed: bool, why: str) -> None:
    start = text.index(alias)
    assert gazetteer.guard(alias).allows(text, start, start + len(alias)) is allowed, why


# --- local bodies: (alias, code, year, official name, why) -------------------------------------------------------

LOCAL: list[tuple[str, str, int | None, str, str]] = [
    ("政府", "320700", None, "连云港市人民政府", "the guideline's own example"),
    ("委", "320700", None, "中共连云港市委员会", "the guideline's own example"),
    ("党委", "650000", None, "中共新疆维吾尔自治区委员会", "自治区党委"),
    ("人大常委会", "320700", None, "连云港市人民代表大会常务委员会", "the guideline's own example"),
    ("人大", "320700", None, "连云港市人民代表大会", "not its standing committee"),
    ("政协", "320700", None, "中国人民政治协商会议连云港市委员会", "the guideline's own example"),
    ("司法厅", "320000", None, "江苏省司法厅", "the guideline's own example"),
    ("司法局", "110000", None, "北京市司法局", "a municipality has 局"),
    ("司法局", "320706", None, "海州区司法局", "county level"),
    ("政府办", "320700", None, "连云港市人民政府办公室", "gold of the sample report"),
    ("政府办公厅", "320000", None, "江苏省人民政府办公厅", "province"),
    ("政府办", "500000", None, "重庆市人民政府办公厅", "a municipality has 办公厅"),
    ("政府办公厅", "320100", None, "南京市人民政府办公厅", "a sub-provincial city writes 办公厅 itself"),
    ("行署", "542500", None, "阿里地区行政公署", "prefecture without a people's government"),
    ("管委会", PINGTAN, None, "平潭综合实验区管理委员会", "gold of the Pingtan report"),
    ("党工委", PINGTAN, None, "中共平潭综合实验区工作委员会", "gold of the Pingtan report"),
    ("经济发展局", PINGTAN, None, "平潭综合实验区经济发展局", "gold of the Pingtan report"),
    ("社会事业局", PINGTAN, None, "平潭综合实验区社会事业局", "a department only zones have"),
    ("人社局", "320700", None, "连云港市人力资源和社会保障局", "abbreviation"),
    ("人力资源社会保障局", "320700", None, "连云港市人力资源和社会保障局", "the standard abbreviation"),
    ("人社厅", "440000", None, "广东省人力资源和社会保障厅", "province"),
    ("发改委", "320700", None, "连云港市发展和改革委员会", "abbreviation"),
    ("发改局", "320722", None, "东海县发展和改革局", "county"),
    ("教委", "500000", None, "重庆市教育委员会", "municipality"),
    ("教育厅", "530000", None, "云南省教育厅", "province"),
    ("住建局", "513200", None, "阿坝藏族羌族自治州住房和城乡建设局", "autonomous prefecture"),
    ("住建委", "110000", None, "北京市住房和城乡建设委员会", "municipality"),
    ("卫健委", "320700", 2020, "连云港市卫生健康委员会", "since 2018-19"),
    ("卫计委", "320700", 2016, "连云港市卫生和计划生育委员会", "2013 to 2018-19"),
    ("环保局", "320700", 2016, "连云港市环境保护局", "before the reform"),
    ("环保局", "320700", 2024, "连云港市环境保护局", "an old name in a new report names the old body"),
    ("生态环境局", "320700", 2020, "连云港市生态环境局", "after the reform"),
    ("国土局", "320700", 2016, "连云港市国土资源局", "before the reform"),
    ("资规局", "320700", 2021, "连云港市自然资源和规划局", "after the reform"),
    ("法制办", "320700", 2016, "连云港市人民政府法制办公室", "until 2018-19"),
    ("工商局", "320700", 2015, "连云港市工商行政管理局", "until 2018-19"),
    ("市场监管局", "320700", 2021, "连云港市市场监督管理局", "place and body both with 市"),
    ("食药监局", "320700", 2016, "连云港市食品药品监督管理局", "until 2018-19"),
    ("安监局", "320700", 2015, "连云港市安全生产监督管理局", "until 2018-19"),
    ("应急管理局", "320700", 2021, "连云港市应急管理局", "since 2018-19"),
    ("文广新局", "320700", 2016, "连云港市文化广电新闻出版局", "until 2018-19"),
    ("文广旅局", "320700", 2021, "连云港市文化广电和旅游局", "since 2018-19"),
    ("农委", "320700", 2016, "连云港市农业委员会", "until 2018-19"),
    ("农业农村局", "320700", 2021, "连云港市农业农村局", "since 2018-19"),
    ("扶贫办", "520500", 2019, "毕节市扶贫开发办公室", "until 2021"),
    ("乡村振兴局", "520500", 2022, "毕节市乡村振兴局", "2021-24"),
    ("政务办", "320700", 2020, "连云港市政务服务管理办公室", "as in Jiangsu"),
    ("行政审批局", "130100", 2020, "石家庄市行政审批局", "as in Hebei"),
    ("数据局", "320700", 2025, "连云港市数据局", "since 2023-24"),
    ("医保局", "320700", 2021, "连云港市医疗保障局", "since 2018"),
    ("退役军人局", "320700", 2021, "连云港市退役军人事务局", "since 2018"),
    ("金融办", "320700", 2016, "连云港市金融工作办公室", "financial office"),
    ("国资委", "320700", None, "连云港市人民政府国有资产监督管理委员会", "full form has 人民政府"),
    ("税务局", "320700", 2020, "国家税务总局连云港市税务局", "national tax service"),
    ("地税局", "320700", 2016, "连云港市地方税务局", "until 2018"),
    ("海事局", "320700", None, "连云港海事局", "vertical body: the name without 市"),
    ("海关", "320700", None, "连云港海关", "vertical body"),
    ("中院", "320700", None, "连云港市中级人民法院", "city"),
    ("法院", "320700", None, "连云港市中级人民法院", "市法院 of a city is the intermediate court"),
    ("法院", "320706", None, "海州区人民法院", "区法院 is the basic court"),
    ("高院", "320000", None, "江苏省高级人民法院", "province"),
    ("检察院", "320700", None, "连云港市人民检察院", "procuratorate"),
    ("监委", "320700", 2020, "连云港市监察委员会", "since 2017-18"),
    ("纪委监委", "320700", 2020, "中共连云港市纪律检查委员会、连云港市监察委员会", "two in one"),
    ("委组织部", "320700", None, "中共连云港市委员会组织部", "市委组织部"),
    ("委网信办", "320700", 2020, "中共连云港市委员会网络安全和信息化委员会办公室", "since 2018"),
    ("委编办", "320700", None, "中共连云港市委员会机构编制委员会办公室", "市委编办"),
    ("依法治市办", "320700", 2020, "中共连云港市委员会全面依法治市委员会办公室", "the word follows the level"),
    ("依法治县办", "320722", 2020, "中共东海县委员会全面依法治县委员会办公室", "county"),
    ("依法治省办", "320000", 2020, "中共江苏省委员会全面依法治省委员会办公室", "province"),
    ("委全面依法治州委员会", "513200", 2021, "中共阿坝藏族羌族自治州委员会全面依法治州委员会", "prefecture"),
    ("依法行政领导小组", "320700", 2020, "连云港市依法行政领导小组", "gold of the sample report"),
    ("政府行政复议委员会", "320700", None, "连云港市人民政府行政复议委员会", "gold of the sample report"),
    ("仲裁委员会", "320700", None, "连云港仲裁委员会", "the name without 市"),
    ("广播电视台", "320700", None, "连云港广播电视台", "the name without 市"),
    ("行政服务中心", PINGTAN, None, "平潭综合实验区行政服务中心", "an official name of its own, not 政务服务中心"),
    ("政务服务中心", "320700", None, "连云港市政务服务中心", "the standard name"),
    ("教体局", "320722", None, "东海县教育体育局", "a merged department, not 教育局"),
    ("教育和体育局", "320722", None, "东海县教育和体育局", "its other spelling keeps its own name"),
    ("电视台", "320700", None, "连云港市电视台", "gold of the sample report"),
    ("团委", "320700", None, "中国共产主义青年团连云港市委员会", "youth league"),
    ("贸促会", "320000", None, "中国国际贸易促进委员会江苏省委员会", "name around the place"),
    ("交警支队", "320700", None, "连云港市公安局交通警察支队", "unit of the police"),
    ("消防支队", "320700", 2020, "连云港市消防救援支队", "since 2018"),
    ("消防支队", "320700", 2016, "连云港市公安消防支队", "before 2018"),
    ("公平竞争审查工作联席会议办公室", PINGTAN, None, "平潭综合实验区公平竞争审查工作联席会议办公室", "gold"),
]


@pytest.mark.parametrize(("alias", "code", "year", "name", "why"), LOCAL)
def test_local_body(gazetteer: Gazetteer, alias: str, code: str, year: int | None, name: str, why: str) -> None:
    bodies = gazetteer.local_bodies(alias, gazetteer.level(code), year)
    assert [gazetteer.official_name(body, code, year) for body in bodies] == [name], why


@pytest.mark.parametrize(
    ("alias", "level", "year", "keys", "why"),
    [
        (
            "金融监管局",
            "province",
            2023,
            {"地方金融监督管理局", "国家金融监督管理总局监管局"},
            "two in the year of change",
        ),
        ("司法厅", "city", None, set(), "no 厅 in a city"),
        ("管委会", "city", None, set(), "only zones have one"),
        ("无此局", "city", None, set(), "unknown"),
        ("派出所", "town", None, {"派出所"}, "town level"),
        ("村委会", "town", None, {"村民委员会"}, "village committee"),
        ("街道办", "town", None, {"办事处"}, "subdistrict office"),
    ],
)
def test_local_body_keys(
    gazetteer: Gazetteer, alias: str, level: str, year: int | None, keys: set[str], why: str
) -> None:
    assert {body.key for body in gazetteer.local_bodies(alias, level, year)} == keys, why


SECTORS: list[tuple[str, str, int | None, str, str]] = [
    ("公安", "city", 2020, "公安局", "公安、检察部门"),
    ("检察", "city", 2020, "人民检察院", "公安、检察部门"),
    ("人社", "city", 2020, "人力资源和社会保障局", "gold's list"),
    ("城管", "county", 2020, "城市管理局", "gold's list; 城市管理委员会 is another city's form"),
    ("住建", "city", 2020, "住房和城乡建设局", "gold's list"),
    ("市场监管", "city", 2020, "市场监督管理局", "gold's list"),
    ("应急管理", "city", 2020, "应急管理局", "gold's list"),
    ("自然资源", "city", 2020, "自然资源局", "gold's list"),
    ("交通", "city", 2020, "交通运输局", "gold's list"),
    ("司法", "province", 2020, "司法厅", "province"),
    ("环保", "city", 2015, "环境保护局", "before the reform"),
    ("国土", "county", 2015, "国土资源局", "before the reform"),
]


@pytest.mark.parametrize(("word", "level", "year", "key", "why"), SECTORS)
def test_sector(gazetteer: Gazetteer, word: str, level: str, year: int, key: str, why: str) -> None:
    assert key in {body.key for body in gazetteer.sector_bodies(word, level, year)}, why


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("320000", "江苏省人民政府"),
        ("110000", "北京市人民政府"),
        ("320700", "连云港市人民政府"),
        ("320706", "海州区人民政府"),
        ("513200", "阿坝藏族羌族自治州人民政府"),
        ("542500", "阿里地区行政公署"),
        ("152500", "锡林郭勒盟行政公署"),
        ("429021", "神农架林区人民政府"),
        (PINGTAN, "平潭综合实验区管理委员会"),
    ],
)
def test_government_of(gazetteer: Gazetteer, code: str, name: str) -> None:
    assert gazetteer.official_name(gazetteer.government_of(code), code) == name


def test_no_government(gazetteer: Gazetteer) -> None:
    with pytest.raises(RuleError, match=r"levels\.tsv"):
        gazetteer.government_of("810000")


# --- laws --------------------------------------------------------------------------------------------------------

# (title as a report writes it, title of the list or None, type, why)
LAWS: list[tuple[str, str | None, str, str]] = [
    ("民法典", "民法典", "法律", "plain"),
    ("中华人民共和国民法典", "民法典", "法律", "with the State's name"),
    ("《中华人民共和国行政处罚法》", "行政处罚法", "法律", "with its brackets"),
    ("宪法", "宪法", "法律", "the constitution counts as 法律 in the guideline"),
    ("环保法", "环境保护法", "法律", "short title between brackets"),
    ("行诉法", "行政诉讼法", "法律", "short title"),
    ("反有组织犯罪法", "反有组织犯罪法", "法律", "gold of the Pingtan report"),
    ("国家安全法", "国家安全法", "法律", "gold of the Pingtan report"),
    ("民营经济促进法", "民营经济促进法", "法律", "2025; gold of the Jiangsu report"),
    ("法治宣传教育法", "法治宣传教育法", "法律", "2025"),
    ("生态环境法典", "生态环境法典", "法律", "2026"),
    ("公职人员政务处分法", "公职人员政务处分法", "法律", "2020"),
    ("刑法修正案(十一)", "刑法修正案（十一）", "法律", "half-width brackets"),
    ("合同法", "合同法", "法律", "repealed, but in reports before 2021"),
    ("重大行政决策程序暂行条例", "重大行政决策程序暂行条例", "行政法规", "gold of both reports"),
    ("中华人民共和国政府信息公开条例", "政府信息公开条例", "行政法规", "with the State's name"),
    ("优化营商环境条例", "优化营商环境条例", "行政法规", "without the State's name"),
    ("行政执法监督条例", "行政执法监督条例", "行政法规", "2025"),
    ("信访条例", "信访条例", "行政法规", "until 2022"),
    ("信访工作条例", "信访工作条例", "党内法规和文件", "2022: a Party regulation, though 条例"),
    ("党政主要负责人履行推进法治建设第一责任人职责规定", "=", "党内法规和文件", "gold of the Pingtan report"),
    ("法治政府建设与责任落实督察工作规定", "=", "党内法规和文件", "its real title"),
    ("法治政府建设与责任落实督查工作规定", "法治政府建设与责任落实督察工作规定", "党内法规和文件", "often misspelt"),
    ("中国共产党党务公开条例（试行）", "=", "党内法规和文件", "with its status"),
    ("中国共产党党务公开条例", "中国共产党党务公开条例（试行）", "党内法规和文件", "status left out"),
    ("中国共产党党组工作条例", "=", "党内法规和文件", "the final one, not (试行)"),
    ("中国共产党党组工作条例（试行）", "=", "党内法规和文件", "the trial one"),
    ("优化营商环境条例（草案）", "优化营商环境条例", "行政法规", "status added"),
    ("法治政府建设实施纲要(2015-2020年)", "法治政府建设实施纲要（2015—2020年）", "规划计划", "half-width, hyphen"),
    ("法治政府建设实施纲要（2021－2025年）", "法治政府建设实施纲要（2021—2025年）", "规划计划", "full-width dash"),
    ("法治政府建设实施纲要（2021-2025）", "法治政府建设实施纲要（2021—2025年）", "规划计划", "without 年"),
    ("法治中国建设规划（2020—2025年）", "=", "规划计划", "em dash"),
    ("法治社会建设实施纲要（2020-2025年）", "法治社会建设实施纲要（2020—2025年）", "规划计划", "hyphen"),
    ("关于推行法律顾问制度和公职律师公司律师制度的意见", "=", "党内法规和文件", "central document"),
    ("中共中央关于全面推进依法治国若干重大问题的决定", "=", "党内法规和文件", "decision of a plenum"),
    ("国务院办公厅关于加强行政规范性文件制定和监督管理工作的通知", "=", "规范性文件", "国办发〔2018〕37号"),
    (
        "国务院关于进一步贯彻实施〈中华人民共和国行政处罚法〉的通知",
        "国务院关于进一步贯彻实施《中华人民共和国行政处罚法》的通知",
        "规范性文件",
        "inner brackets of either kind",
    ),
    ("提升行政执法质量三年行动计划（2023—2025年）", "=", "规划计划", "state council plan"),
    ("市场监督管理行政处罚程序规定", "=", "部门规章", "departmental rule"),
    ("互联网信息服务算法推荐管理规定", "=", "部门规章", "the raw list calls it 行政法规"),
    ("济南市文明行为促进条例", "=", "地方性法规", "local regulation"),
    ("上海市优化营商环境条例", "=", "地方性法规", "local, not the national one"),
    ("国家突发公共事件总体应急预案", "=", "应急预案", "emergency plan"),
    ("连云港市电梯安全管理条例", None, "", "not in the list: absence proves nothing"),
    ("行风热线", None, "", "no document"),
    ("", None, "", "empty"),
    ("法治平潭建设规划（2021-2025）", None, "", "not the national one"),
    ("江苏省优化营商环境条例", None, "", "must not fall back to the national one"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "expected", "type_", "why"), LAWS)
def test_law(gazetteer: Gazetteer, title: str, expected: str | None, type_: str, why: str) -> None:
    law = gazetteer.law(title)
    if expected is None:
        assert law is None, why
        return
    assert law is not None, why
    assert (law.title, law.type) == (title if expected == "=" else expected, type_), why


@pytest.mark.parametrize(
    ("title", "official"),
    [
        ("民法典", "中华人民共和国民法典"),
        ("环保法", "中华人民共和国环境保护法"),
        ("反分裂国家法", "反分裂国家法"),
        ("政府信息公开条例", "中华人民共和国政府信息公开条例"),
        ("优化营商环境条例", "优化营商环境条例"),
        ("行政复议法实施条例", "中华人民共和国行政复议法实施条例"),
        ("信访工作条例", "信访工作条例"),
    ],
)
def test_official_title(gazetteer: Gazetteer, title: str, official: str) -> None:
    law = gazetteer.law(title)
    assert law is not None
    assert law.official == official


def test_law_details(gazetteer: Gazetteer) -> None:
    law = gazetteer.law("行政复议法")
    assert law is not None
    assert {1999, 2017, 2023} <= set(law.versions)
    local = gazetteer.law("烟台市森林防火条例")
    assert local is not None
    assert local.issuer == "烟台市"
    assert gazetteer.law_by_alias("环保法") is gazetteer.law("环境保护法")
    assert gazetteer.law_by_alias("提升行政执法质量三年行动计划(2023-2025年)") is None, "not for running text"


# (running text, folded; laws named in it, why)
RUNNING: list[tuple[str, list[str], str]] = [
    ("认真学习宪法、民法典和行政处罚法", ["宪法", "民法典", "行政处罚法"], "three plain names"),
    ("办理环保法配套办法案件9件", ["环境保护法"], "short name"),
    ("落实中华人民共和国行政复议法", ["行政复议法"], "the State's name stays outside"),
    ("加强法律法规学习", [], "no law"),
    ("开展国家宪法日活动", [], "the day"),
    ("组织宪法宣誓仪式", [], "the oath"),
    ("举办宪法宣传周", [], "the week"),
    ("教育法规科牵头", [], "教育|法规"),
    ("加强统计法治建设", [], "统计|法治"),
    ("推进审计法制工作", [], "审计|法制"),
    ("企业法人和公司法定代表人", [], "公司|法定"),
    ("涉刑法律文书", [], "法律"),
    ("实施节水法规", [], "法规"),
    ("贯彻水法、防洪法", ["水法", "防洪法"], "short but real"),
    ("落实高等教育法", ["高等教育法"], "the longest name, not 教育法"),
    ("执行劳动合同法", ["劳动合同法"], "the longest name, not 合同法"),
    ("贯彻优化营商环境条例", ["优化营商环境条例"], "administrative regulation"),
    ("贯彻江苏省优化营商环境条例", [], "a local regulation of a like name"),
    ("学习信访工作条例", ["信访工作条例"], "Party regulation"),
    ("实施“八五”普法规划", ["中央宣传部、司法部关于开展法治宣传教育的第八个五年规划（2021—2025年）"], "usual name"),
    ("新行政处罚法实施以来", ["行政处罚法"], "the revised law"),
    ("学习中国共产党纪律处分条例", ["中国共产党纪律处分条例"], "Party regulation with its full title"),
    ("人大监督法律实施", [], "监督|法律"),
    ("", [], "empty"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "titles", "why"), RUNNING)
def test_laws_in(gazetteer: Gazetteer, text: str, titles: list[str], why: str) -> None:
    found = list(gazetteer.laws_in(text))
    assert [law.title for _, _, law in found] == titles, why
    assert all(0 <= start < end <= len(text) for start, end, _ in found)


def test_enough_rows() -> None:
    assert len(PLACES) + len(AREAS) + len(CENTRAL) + len(GUARDS) + len(LOCAL) + len(LAWS) + len(RUNNING) >= 300


# --- the files ---------------------------------------------------------------------------------------------------


def _lines(name: str) -> list[str]:
    return files("kg").joinpath("data", f"{name}.tsv").read_bytes().decode("utf-8").split("\n")


@pytest.mark.parametrize("name", sorted(HEADERS))
def test_file_form(name: str) -> None:
    lines = _lines(name)
    assert lines.pop() == "", "ends with one line feed"
    assert not any("\r" in line or line != line.strip(" ") for line in lines)
    body = [line for line in lines if not line.startswith("#")]
    assert lines[0].startswith("#"), "the first lines tell the editor what the file is"
    assert body[0].split("\t") == HEADERS[name].split(" ")
    rows = body[1:]
    assert rows == sorted(rows), "sorted by code point"
    assert len(rows) == len(set(rows))
    width = len(HEADERS[name].split(" "))
    for row in rows:
        cells = row.split("\t")
        assert len(cells) == width, row
        assert all(cell == cell.strip() for cell in cells), row
        assert cells[0] or name == "levels", row
        for cell in cells:
            parts = cell.split(";")
            assert len(parts) == len(set(parts)), f"said twice: {row}"
            assert len(parts) == 1 or all(parts), f"empty item: {row}"


def test_documented() -> None:
    text = files("kg").joinpath("data", "README.md").read_text(encoding="utf-8")
    for name, header in HEADERS.items():
        assert f"`{name}.tsv`" in text
        for column in header.split(" "):
            assert f"`{column}`" in text, f"{name}: {column}"


def test_sizes(gazetteer: Gazetteer) -> None:
    assert len(gazetteer.places) > 3500
    assert len(gazetteer.zones) > 700
    assert len(gazetteer.central) > 380
    assert len(gazetteer.local) > 500
    assert len(gazetteer.laws) > 3000
    assert len([p for p in gazetteer.places if p.current and p.code.endswith("0000")]) == 34
    assert len([p for p in gazetteer.places if p.current and p.code[4:] == "00" and p.code[2:4] != "00"]) == 333
    assert len(b"".join(line.encode() + b"\n" for line in _lines("laws"))) < 250_000


def test_codes(gazetteer: Gazetteer) -> None:
    current = [p for p in gazetteer.places if p.current]
    assert len({p.code for p in current}) == len(current), "one current name a code"
    for place in gazetteer.places:
        assert re.fullmatch(r"[1-8]\d{5}", place.code)
        assert place.current == (place.last is None), place
        assert place.first is None or place.last is None or place.first <= place.last, place
        assert not place.current or not place.successors
        for code in place.successors:
            successor = gazetteer.place(code)
            assert successor is not None
            assert successor.current, f"{place.name} → {code} is itself former"
            assert code[:2] == place.code[:2], place
    for zone in gazetteer.zones:
        for code in filter(None, (zone.parent, zone.near)):
            found = gazetteer.place(code)
            assert found is not None
            assert found.current, zone
        if zone.parent and zone.near:
            assert zone.parent == zone.near or zone.parent in gazetteer.around(zone.near), zone


def test_short_names(gazetteer: Gazetteer) -> None:
    owners: dict[str, list[str]] = {}
    for place in gazetteer.places:
        for short in place.short:
            assert len(short) >= 2, place
            if place.current:
                owners.setdefault(short, []).append(place.name)
        assert all(len(a) == 1 for a in place.abbr)
    assert {k: v for k, v in owners.items() if len(v) > 1} == {}, "a short name means one division"
    abbreviations = Counter(a for p in gazetteer.places for a in p.abbr)
    assert max(abbreviations.values()) == 1
    assert len(abbreviations) >= 34


BODY_TYPES = {
    "政府", "党委", "人大", "政协", "法院", "检察院", "监察机关", "军事机关", "部门", "党委部门", "议事协调机构",
    "事业单位", "群团", "自治组织", "民主党派", "其他",
}  # fmt: skip
LAW_TYPES = {
    "法律", "行政法规", "地方性法规", "部门规章", "地方政府规章", "规范性文件", "党内法规和文件", "应急预案",
    "规划计划", "清单", "公文", "其他",
}  # fmt: skip


def test_types(gazetteer: Gazetteer) -> None:
    assert {b.type for b in gazetteer.central} | {b.type for b in gazetteer.local} <= BODY_TYPES
    assert {law.type for law in gazetteer.laws} <= LAW_TYPES
    eras = [(b.since, b.until, b) for b in gazetteer.central] + [(b.since, b.until, b) for b in gazetteer.local]
    for since, until, body in eras:
        assert since is None or until is None or since <= until, body


def test_central_surfaces_are_unique(gazetteer: Gazetteer) -> None:
    surfaces = Counter(s for b in gazetteer.central for s in (b.name, *b.aliases))
    assert [s for s, n in surfaces.items() if n > 1] == []
    assert len(list(gazetteer.central_aliases())) == len(surfaces)


# Names that two bodies of one level bore at one time; what they mean in a report stays open.
AMBIGUOUS = {"金融监管局", "粮食局"}


def test_local_aliases_are_unique(gazetteer: Gazetteer) -> None:
    clashes = set()
    for alias, rows in gazetteer.local_aliases().items():
        for i, one in enumerate(rows):
            for other in rows[:i]:
                together = set(one.levels) & set(other.levels)
                eras = (one.since or 0) < (other.until or 9999) and (other.since or 0) < (one.until or 9999)
                if together and eras:
                    clashes.add(alias)
    assert clashes == AMBIGUOUS


def test_local_rows(gazetteer: Gazetteer) -> None:
    keys = Counter((b.key, level, b.since) for b in gazetteer.local for level in b.levels)
    assert [k for k, n in keys.items() if n > 1] == []
    for body in gazetteer.local:
        assert "{word}" not in body.official + "".join((body.key, *body.aliases, *body.forms)), body
        assert body.aliases, body
        if "{" not in body.official:
            assert len(body.levels) == 1, "an official name without a place belongs to one place only"
        assert all("{place}" in form or "{short}" in form for form in body.forms), body


def test_titles_are_unique(gazetteer: Gazetteer) -> None:
    titles = Counter(gazetteer.normal_title(law.title) for law in gazetteer.laws)
    assert [t for t, n in titles.items() if n > 1] == []
    assert {law.prefix for law in gazetteer.laws} == {"", "中华人民共和国"}
    assert all(not law.title.startswith("中华人民共和国") for law in gazetteer.laws)


# --- loading -----------------------------------------------------------------------------------------------------


def test_same_everywhere() -> None:
    code = (
        "from kg.gazetteer import Gazetteer as G; g = G.load();"
        "print(list(g.place_names().items())[:500], list(g.local_aliases().items())[:200], list(g.laws_in('民法典')))"
    )
    outputs = set()
    for seed in ("1", "2"):
        env = {"PYTHONHASHSEED": seed, "LC_ALL": "C", "PYTHONIOENCODING": "utf-8"}
        env["PYTHONPATH"] = str(Path(__file__).parent.parent)
        outputs.add(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=env).stdout)
    assert len(outputs) == 1


def _write(directory: Path, name: str, *rows: str) -> None:
    text = "\n".join(["# 自己的", "\t".join(HEADERS[name].split(" ")), *rows, ""])
    (directory / f"{name}.tsv").write_text(text, encoding="utf-8", newline="")


def test_extra_directory_adds_and_replaces(tmp_path: Path) -> None:
    _write(tmp_path, "zones", "未来示范区\t未来区\t示范区\t320700\t\t")
    _write(
        tmp_path,
        "laws",
        "连云港市电梯安全管理条例\t地方性法规\t连云港市\t2021\t",
        "民法典\t法律\t\t2020;2030\t中华人民共和国",
    )
    _write(tmp_path, "law_aliases", "电梯条例\t连云港市电梯安全管理条例\t\t")
    _write(tmp_path, "central_bodies", "国家未来局\t未来局\t部门\t2027\t\t中华人民共和国国务院\t面\t")
    _write(tmp_path, "local_bodies", "未来局\tcity,county\t{place}未来局\t未来局\t部门\t2027\t\t未来\t")
    _write(tmp_path, "places", "320799\t未来县\t\t\tcurrent\t2027\t\t")
    mine = Gazetteer.load([tmp_path])
    assert mine.resolve_place("未来区", None) == "320700/未来示范区"
    assert mine.resolve_place("未来县", None) == "320799"
    assert mine.around("320799") == ("320700", "320000")
    law = mine.law("电梯条例")
    assert law is not None
    assert law.title == "连云港市电梯安全管理条例"
    code = mine.law("民法典")
    assert code is not None
    assert code.versions == (2020, 2030), "the user's row replaces ours"
    body = mine.central_body("未来局")
    assert body is not None
    assert body.name == "国家未来局"
    assert [b.key for b in mine.local_bodies("未来局", "county")] == ["未来局"]
    assert Gazetteer.load().law("连云港市电梯安全管理条例") is None, "nothing leaks into the package's own"


def test_empty_extra_directory(tmp_path: Path) -> None:
    assert len(Gazetteer.load([tmp_path]).laws) == len(Gazetteer.load().laws)


@pytest.mark.parametrize(
    ("name", "row", "message", "why"),
    [
        ("laws", "只有一列", "应有 5 列", "too few columns"),
        ("places", "320799\t未来县\t\t\tcurrent\t二〇二七\t\t", "first 不是年份", "a year in words"),
        ("places", "320798\t旧县\t\t\tformer\t2002\t2010\t000000", "后继代码 000000 不存在", "successor unknown"),
        ("zones", "未来区\t\t示范区\t999999\t\t", "代码 999999 不存在", "parent unknown"),
        ("central_bodies", "另一个\t司法部\t部门\t\t\t\t\t", "同时是", "alias taken"),
        ("central_bodies", "另一个\t\t部门\t\t\t不存在的部\t\t", "上级", "parent unknown"),
        ("local_bodies", "未来局\tvillage\t{place}未来局\t\t部门\t\t\t\t", "层级", "unknown level"),
        ("law_aliases", "某法\t没有的法\t\t", "不在 laws.tsv", "title unknown"),
    ],
)
def test_faults_name_the_place(tmp_path: Path, name: str, row: str, message: str, why: str) -> None:
    _write(tmp_path, name, row)
    with pytest.raises(RuleError, match=re.escape(message)) as caught:
        Gazetteer.load([tmp_path])
    assert name in caught.value.where, why
    assert caught.value.hint, why


def test_wrong_header(tmp_path: Path) -> None:
    (tmp_path / "laws.tsv").write_text("名称\t类型\n民法典\t法律\n", encoding="utf-8")
    with pytest.raises(RuleError, match="表头不符") as caught:
        Gazetteer.load([tmp_path])
    assert caught.value.where.endswith("laws.tsv:1")


@pytest.mark.parametrize("name", ["place.tsv", "Places.tsv", "laws.TSV"])
def test_a_list_that_nothing_would_read_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("", encoding="utf-8")
    with pytest.raises(RuleError, match=r"no such list.*places\.tsv"):
        Gazetteer.load([tmp_path])


def test_a_list_that_is_not_utf8_or_no_file_is_refused(tmp_path: Path) -> None:
    """A spreadsheet on Windows saves text in GB 18030."""
    path = tmp_path / "places.tsv"
    path.write_bytes("# 我的县\n".encode("gb18030"))
    with pytest.raises(RuleError, match="not UTF-8"):
        Gazetteer.load([tmp_path])
    path.unlink()
    path.mkdir()
    with pytest.raises(RuleError, match="cannot be opened"):
        Gazetteer.load([tmp_path])
