"""Whose report it is: from the title, the foot, the source, the opening; and who is named there without being it."""

from __future__ import annotations

import pytest

from kg.extract import Extractor, extract
from kg.read import read_text

BODY = "扎实推进依法行政，完善行政执法监督机制，制定规范性文件3件。\n"

#: (the report's text, its issuer, why)
ISSUERS: list[tuple[str, str, str]] = [
    (f"宜昌市西陵区2022年度法治政府建设情况报告\n\n{BODY}", "宜昌市西陵区人民政府", "a district behind its city"),
    (f"关于长沙市岳麓区2023年法治政府建设情况的报告\n\n{BODY}", "长沙市岳麓区人民政府", "关于 before it"),
    (f"重庆市万州区2023年法治政府建设情况报告\n\n{BODY}", "重庆市万州区人民政府", "a municipality's district"),
    (f"长沙市2023年法治政府建设情况报告\n\n岳麓区{BODY}", "长沙市人民政府", "the district is in the text only"),
    (f"德清县乾元镇2023年政府信息公开工作年度报告\n\n{BODY}", "德清县乾元镇人民政府", "a town behind its county"),
    (f"德清县2023年政府信息公开工作年度报告\n\n乾元镇{BODY}", "德清县人民政府", "the town is in the text only"),
    (f"德清县武康街道2023年工作总结\n\n{BODY}", "德清县武康街道办事处", "a street has an office"),
    (
        f"临江区2021年度法治政府建设情况报告\n\n2021年，我区深入落实党中央、国务院决策部署。{BODY}",
        "临江区人民政府",
        "a district no table has",
    ),
    (
        f"吉林市临江区2021年度法治政府建设情况报告\n\n{BODY}",
        "吉林市临江区人民政府",
        "a district no table has, behind its city",
    ),
    (f"2023年度法治政府建设情况报告\n\n2023年，临江县人民政府{BODY}", "临江县人民政府", "a county no table has"),
    (f"沙河街道2023年度法治政府建设情况报告\n\n{BODY}", "沙河街道办事处", "a street without its district"),
    (
        f"市司法局2023年工作总结\n\n2023年，深入贯彻党中央决策部署。{BODY}",
        "市司法局",
        "a bureau of a city nobody names",
    ),
    (f"2023年工作总结\n\n2023年，县农业农村局{BODY}", "县农业农村局", "the same in the opening"),
    (
        f"君山片区2022年法治政府建设工作报告\n\n2022年，君山片区管理局在区党工委管委会的坚强领导下，{BODY}",
        "君山片区管理局",
        "a body no table has, as the subject of the opening",
    ),
    (
        f"2023年工作总结\n\n2023年，我局深入贯彻落实湖南省委、省政府和党中央、国务院决策部署。岳阳县司法局{BODY}",
        "岳阳县司法局",
        "bodies behind 贯彻落实 are no issuers",
    ),
    (
        f"政府工作报告\n——2026年1月26日在广东省第十四届\n人民代表大会第五次会议上\n广东省省长 某某\n各位代表：\n"
        f"现在，我代表省人民政府，向大会报告工作。\n{BODY}",
        "广东省人民政府",
        "the area of the congress, over two lines",
    ),
    (f"德清县住房建设和交通运输局2024年工作总结\n\n{BODY}", "德清县住房建设和交通运输局", "a bureau no table has"),
    (
        f"君山片区2022年法治政府建设工作报告\n\n一、{BODY}",
        "君山片区",
        "a zone no table has: who governs it is not said",
    ),
    (f"德清县综合执法与应急管理局2024年工作总结\n\n{BODY}", "德清县综合执法与应急管理局", "two functions in one name"),
    (f"青岚县2018年度法治政府建设情况报告\n\n{BODY}", "青岚县人民政府", "no table has it, though one has 岚县"),
    (
        f"市司法局2023年工作总结\n\n2023年，落实《岳阳市法治政府建设实施方案》，修订《岳阳市行政执法监督办法》。{BODY}",
        "岳阳市司法局",
        "the one city that its documents name",
    ),
    (
        f"市司法局2023年工作总结\n\n2023年，学习岳阳市、长沙市、株洲市经验，制定《岳阳市办法》。{BODY}",
        "市司法局",
        "several cities are named: which is its own is not guessed",
    ),
    (f"三都镇2025年法治政府建设年度报告\n\n{BODY}", "三都镇人民政府", "a town that begins like a county far away"),
    (
        f"2023年法治建设工作总结\n\n2023年，在湖州市司法局的正确领导和县委的关心支持下，德清县司法局{BODY}",
        "德清县司法局",
        "the body above in the opening",
    ),
    (
        f"2023年法治建设工作总结\n\n在省市场监督管理局、荆门市人民政府的坚强领导下，荆门市市场监督管理局{BODY}",
        "荆门市市场监督管理局",
        "two bodies above in the opening",
    ),
    (
        f"2023年工作汇报\n\n在荆门市司法局的精心指导下，钟祥市司法局{BODY}",
        "钟祥市司法局",
        "guided by the bureau above",
    ),
    (
        f"2023年法治政府建设年度报告\n来源：湖北日报 发布时间：2024-01-20\n\n{BODY}荆门市人民政府办公室\n",
        "荆门市人民政府办公室",
        "the signature goes before the newspaper",
    ),
    (f"2023年工作总结\n\n荆门市司法局{BODY}", "荆门市司法局", "the same body without words of leading is the issuer"),
    (
        f"2023年工作汇报\n\n在荆门市司法局的精心指导下，我局{BODY}\n钟祥市司法局\n2024年1月3日\n",
        "钟祥市司法局",
        "the signature, not who guides",
    ),
    (
        f"2023年法治政府建设年度报告\n来源：荆门市司法局 发布时间：2024-01-20\n\n{BODY}",
        "荆门市司法局",
        "a body as the source",
    ),
    (
        f"2023年法治政府建设年度报告\n来源：湖北日报 发布时间：2024-01-20\n\n荆门市人民政府{BODY}",
        "荆门市人民政府",
        "the place in a newspaper's name",
    ),
    (
        f"2023年法治政府建设年度报告\n来源：德清县融媒体中心 发布时间：2024-01-20\n\n荆门市人民政府{BODY}",
        "荆门市人民政府",
        "the place of a media centre that is no issuer itself",
    ),
    (
        f"2023年法治政府建设年度报告\n来源：新华社 发布时间：2024-01-20\n\n荆门市人民政府{BODY}",
        "荆门市人民政府",
        "a news agency as the source",
    ),
    (
        f"北京市海淀区石桥街道2023年工作总结\n\n{BODY}",
        "北京市海淀区石桥街道办事处",
        "a street no table has, in its city",
    ),
    (
        f"浙江省湖州市德清县云溪镇2023年工作总结\n\n{BODY}",
        "德清县云溪镇人民政府",
        "a town behind county, city and province",
    ),
    (f"建设镇2023年法治政府建设年度报告\n\n{BODY}", "建设镇人民政府", "a town named with a verb"),
    (f"云城市2023年法治政府建设年度报告\n\n{BODY}", "云城市人民政府", "a city whose name ends like 城市"),
    (f"全面推进依法治市2023年工作报告\n\n{BODY}", "", "what is done is no area"),
    (f"关于我市2023年法治政府建设情况的报告\n\n{BODY}", "", "关于 belongs to no name"),
    (f"加快建设现代化城市2023年报告\n\n{BODY}", "", "a city is not named 现代化城市"),
    (f"建设自由贸易试验区2023年工作报告\n\n{BODY}", "", "nor a zone by what is done to it"),
    (f"优化营商环境示范市2023年度报告\n\n{BODY}", "", "nor a model of something"),
    (f"服务进社区2023年工作总结\n\n{BODY}", "", "a neighbourhood is no district"),
    (f"关于全国文明城市2023年创建工作的报告\n\n{BODY}", "", "a title of honour"),
    (f"香港特别行政区2023年有关情况的报告\n\n{BODY}", "", "an area whose government is not in the lists"),
    (
        f"2023年工作总结\n\n荆门市司法局指导各镇司法所{BODY}",
        "荆门市司法局",
        "the issuer guides others, it is not the one above",
    ),
]


def issuer(text: str, extractor: Extractor) -> str:
    """The name of the body whose report it is, empty where none was found."""
    read = extract(read_text(text, "report.txt", rules=extractor.reading), extractor)
    return {e.ref: e.name for e in read.entities}.get(read.issuer or "", "")


def test_the_table_is_there() -> None:
    assert len(ISSUERS) >= 18


@pytest.mark.parametrize(("text", "name", "why"), ISSUERS, ids=[row[2] for row in ISSUERS])
def test_issuers(text: str, name: str, why: str, extractor: Extractor) -> None:
    assert issuer(text, extractor) == name, why


@pytest.mark.parametrize(
    ("title", "level", "name"),
    [
        ("宜昌市西陵区2022年度法治政府建设情况报告", "区政府", "宜昌市西陵区人民政府"),
        ("宜昌市西陵区2022年度法治政府建设情况报告", "市政府", "宜昌市人民政府"),
        ("宜昌市西陵区2022年度法治政府建设情况报告", "省政府", "湖北省人民政府"),
        ("德清县乾元镇2023年法治政府建设情况报告", "镇政府", "德清县乾元镇人民政府"),
        ("德清县乾元镇2023年法治政府建设情况报告", "县政府", "德清县人民政府"),
        ("德清县乾元镇2023年法治政府建设情况报告", "市政府", "湖州市人民政府"),
    ],
)
def test_levels_are_those_of_the_title(title: str, level: str, name: str, extractor: Extractor) -> None:
    text = f"{title}\n\n一年来，{level}制定《养犬管理办法》，深入推进依法行政。\n"
    read = extract(read_text(text, "report.txt", rules=extractor.reading), extractor)
    called = {e.ref: e.name for e in read.entities}
    at = text.index(level)
    assert [called[m.ref or ""] for m in read.mentions if m.start == at] == [name]
    assert [called[s.subject] for s in read.statements if s.predicate == "issues" and s.trigger == "制定"] == [name]


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("北京市海淀区石桥街道2023年工作总结", "110108/石桥街道|办事处"),
        ("海淀区石桥街道2023年工作总结", "110108/石桥街道|办事处"),
        ("浙江省湖州市德清县云溪镇2023年工作总结", "330521/云溪镇|人民政府"),
    ],
)
def test_a_town_is_of_its_county_however_that_is_named(title: str, key: str, extractor: Extractor) -> None:
    read = extract(read_text(f"{title}\n\n{BODY}", "report.txt", rules=extractor.reading), extractor)
    assert {e.ref: e.key for e in read.entities}.get(read.issuer or "") == key
