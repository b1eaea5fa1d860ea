"""A hand-built extraction of an invented report: what the network and the page are tested on.

The text is written with its mentions marked: ``{kind:name|as written}``, where ``|as written`` may be left out;
figures as ``{I:name|as written}``. 云岭市 and everything in it are invented.
"""

from __future__ import annotations

import hashlib
import re
from datetime import date
from decimal import Decimal

from kg.model import (
    Entity,
    Extraction,
    Field,
    Kind,
    Mention,
    Modality,
    Observation,
    Quantity,
    Rank,
    Recognition,
    Report,
    Section,
    Sentence,
    Span,
    Statement,
)

KINDS = {
    "D": Kind.DEPARTMENT,
    "G": Kind.BODY_GROUP,
    "R": Kind.REGULATION,
    "T": Kind.INITIATIVE,
    "M": Kind.MEDIA_WORK,
    "P": Kind.PLACE,
    "I": Kind.INDICATOR,
}

SCRIPT = "</script><script>window.pwned=1</script>"
IMAGE = "<img src=x onerror=window.pwned=2>"
ADDRESS = "javascript:window.pwned=3"
BIDI = "法治\u202e导督\u202c平台"
TEMPLATE = "{{data}}&lt;b&gt;<!--"
PROTOTYPE = "__proto__"
SEPARATORS = "甲\u2028乙\u2029丙"
HOSTILE = (SCRIPT, IMAGE, ADDRESS, BIDI, TEMPLATE, PROTOTYPE, SEPARATORS)

# 𠮷 lies outside the Basic Multilingual Plane: from there on UTF-16 counts one more than code points do.
MARKED = (
    """索引号 014000/2024-00031
{D:云岭市人民政府}关于2023年度法治政府建设情况的报告
云政发〔2024〕6号
{D:安岭省人民政府|省人民政府}：
2023年，{P:云岭市}深入推进法治政府建设，现将有关情况报告如下。
一、坚持统筹推进，法治建设责任全面压实
{D:云岭市人民政府|市政府}印发{R:云岭市法治政府建设实施方案|《云岭市法治政府建设实施方案》}，{D:云岭市司法局|市司法局}牵头开展{T:“法治𠮷祥”专项行动}。"""
    """{D:云岭市人民政府|市政府}修订{R:云岭市重大行政决策程序规定|《云岭市重大行政决策程序规定（试行）》}，组织学习{R:行政处罚法}。
{D:云岭市司法局|市司法局}与{D:云岭市人民检察院|市检察院}联合建立{T:行刑衔接双向移送机制}，全年移送案件{I:移送案件|46件}，居全省前列。
（一）健全制度体系
{D:云岭市司法局|市司法局}起草{R:云岭市养犬管理条例|《云岭市养犬管理条例（草案）》}，废止规范性文件{I:废止规范性文件|17件}。"""
    """{D:云岭市人民政府|市政府}成立{D:云岭市行政复议委员会|市行政复议委员会}，{D:云岭市水务局|市水务局}落实{R:安岭省河道管理条例|《安岭省河道管理条例》}。
二、优化营商环境，政务服务提质增效
{D:云岭市数据局|市数据局}上线{T:“云岭通”APP}，注册用户{I:“云岭通”注册用户|近120万}，其中企业用户{I:企业用户|8.6万}。"""
    """{T:“一枚印章管审批”改革}获{D:安岭省司法厅|省司法厅}肯定，{P:临溪区}被评为全省法治政府建设示范区。
按照{R:优化营商环境条例|《优化营商环境条例》}推行{T:证明事项告知承诺制}，取消证明{I:取消证明事项|312项}，办结率{I:网上办结率|98.7%}，居全省第二。
{D:云岭市市场监督管理局|市市场监管局}推出{T:企业开办“半日办”服务}，办理时限压缩至{I:企业开办时限|0.5个工作日以内}。"""
    """{G:各级行政复议机关}收到申请{I:行政复议申请|511件}，同比增长{I:行政复议申请同比增长率|12.3%}，受理{I:行政复议受理|463件}。
{M:法治云岭|《法治云岭》}栏目播出{I:栏目播出|52期}。
三、存在问题和下一步打算
"""
    """{G:县区政府}执法力量仍显不足，{T:行政执法协调监督工作体系}有待健全。
2024年，{D:云岭市人民政府|市政府}将制定{R:云岭市数字政府条例|《云岭市数字政府条例》}，要求{G:各行政部门}落实{R:云岭市法治政府建设实施方案|该方案}。
{D:云岭市大数据中心|市大数据中心}建成"""
    + "、".join(f"{{T:{name}}}" for name in HOSTILE)
    + """等系统。
"""
)

# subject, predicate, object, modality, trigger, and below them the clause; the subject - is the issuer, unsaid.
STATED = """
云岭市人民政府 reportsTo 安岭省人民政府 reported -
    省人民政府
云岭市人民政府 issues 云岭市法治政府建设实施方案 reported 印发
    市政府印发《云岭市法治政府建设实施方案》
云岭市司法局 carriesOut “法治𠮷祥”专项行动 reported 开展
    市司法局牵头开展“法治𠮷祥”专项行动
云岭市人民政府 revises 云岭市重大行政决策程序规定 reported 修订
    市政府修订《云岭市重大行政决策程序规定（试行）》
云岭市人民政府 implements 行政处罚法 reported 学习
    组织学习行政处罚法
云岭市司法局 cooperatesWith 云岭市人民检察院 reported 联合
    市司法局与市检察院联合建立行刑衔接双向移送机制
云岭市司法局 carriesOut 行刑衔接双向移送机制 reported 建立
    市司法局与市检察院联合建立行刑衔接双向移送机制
云岭市人民检察院 carriesOut 行刑衔接双向移送机制 reported 建立
    市司法局与市检察院联合建立行刑衔接双向移送机制
移送案件 measures 行刑衔接双向移送机制 reported -
    全年移送案件46件
云岭市司法局 drafts 云岭市养犬管理条例 reported 起草
    市司法局起草《云岭市养犬管理条例（草案）》
云岭市人民政府 establishes 云岭市行政复议委员会 reported 成立
    市政府成立市行政复议委员会
云岭市水务局 implements 安岭省河道管理条例 reported 落实
    市水务局落实《安岭省河道管理条例》
云岭市数据局 carriesOut “云岭通”APP reported 上线
    市数据局上线“云岭通”APP
“云岭通”注册用户 measures “云岭通”APP reported -
    注册用户近120万
企业用户 measures “云岭通”APP reported -
    其中企业用户8.6万
“一枚印章管审批”改革 recognisedBy 安岭省司法厅 reported 肯定
    “一枚印章管审批”改革获省司法厅肯定
证明事项告知承诺制 basedOn 优化营商环境条例 reported 按照
    按照《优化营商环境条例》推行证明事项告知承诺制
- carriesOut 证明事项告知承诺制 reported 推行
    按照《优化营商环境条例》推行证明事项告知承诺制
取消证明事项 measures 证明事项告知承诺制 reported -
    取消证明312项
云岭市市场监督管理局 carriesOut 企业开办“半日办”服务 reported 推出
    市市场监管局推出企业开办“半日办”服务
企业开办时限 measures 企业开办“半日办”服务 reported -
    办理时限压缩至0.5个工作日以内
行政复议申请 measures 各级行政复议机关 reported -
    各级行政复议机关收到申请511件
- carriesOut 行政执法协调监督工作体系 problem 健全
    行政执法协调监督工作体系有待健全
云岭市人民政府 issues 云岭市数字政府条例 planned 制定
    市政府将制定《云岭市数字政府条例》
各行政部门 implements 云岭市法治政府建设实施方案 required 落实
    要求各行政部门落实该方案
云岭市司法局 partOf 云岭市人民政府 reported -
    市司法局牵头开展
云岭市司法局 issues 云岭市法治政府建设实施方案 reported 印发
    市政府印发《云岭市法治政府建设实施方案》，市司法局牵头
"""

UNITS = {"万": Decimal(10000)}


def extraction() -> Extraction:
    """The invented report as the extractor would give it."""
    text, marks = _unmark(MARKED)
    issuer = f"{Kind.DEPARTMENT}|云岭市人民政府"
    sections = _sections(text)
    sentences = tuple(
        Sentence(index, match.start(), match.end(), text.count("\n", 0, match.start()), None)
        for index, match in enumerate(re.finditer(r"[^。\n]+。?", text))
    )
    surfaces: dict[tuple[Kind, str], set[str]] = {}
    mentions: list[Mention] = []
    observations: list[Observation] = []
    for kind, name, start, end in marks:
        if kind is Kind.INDICATOR:
            observations.append(_observation(text, name, Span(start, end)))
            mentions.append(Mention(start, end, kind, "figures.value", observations[-1].ref))
        else:
            surfaces.setdefault((kind, name), set()).add(text[start:end])
            mentions.append(Mention(start, end, kind, f"{kind.lower()}.name", f"{kind}|{name}"))
    entities = [Entity(kind, name, name, aliases=tuple(sorted(found))) for (kind, name), found in surfaces.items()]
    refs = {entity.name: entity.ref for entity in entities} | {o.name: o.ref for o in observations}
    statements = [_statement(text, refs, issuer, *fact) for fact in _facts()]
    by_name = {o.name: o for o in observations}
    linked = {"行政复议申请同比增长率": ("compared_with", "行政复议申请"), "企业用户": ("part_of", "“云岭通”注册用户")}
    recognised = Recognition(
        refs["临溪区"], None, "评为", "全省法治政府建设示范区", _find(text, "被评为全省法治政府建设示范区"),
        _find(text, "临溪区被评为全省法治政府建设示范区"),
    )  # fmt: skip
    unresolved = _find(text, "有关情况")
    return Extraction(
        report=Report(
            text=text,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            name="云岭 2023.txt",
            encoding="utf-8",
            title="云岭市人民政府关于2023年度法治政府建设情况的报告",
            year=2023,
            issued=date(2024, 2, 18),
            fields=(Field("doc_number", "云政发〔2024〕6号", _find(text, "云政发〔2024〕6号")),),
            chrome=(),
            body=Span(0, len(text)),
        ),
        issuer=issuer,
        sections=sections,
        sentences=sentences,
        mentions=tuple(
            sorted(
                [
                    *mentions,
                    Mention(unresolved.start, unresolved.end, Kind.DEPARTMENT, "department.name", None,
                            (refs["云岭市水务局"], refs["云岭市数据局"])),
                ],
                key=lambda m: (m.start, m.end),
            )
        ),
        entities=tuple(sorted(entities, key=lambda e: e.ref)),
        statements=tuple(sorted(statements, key=lambda s: (s.evidence, s.subject, s.predicate, s.object))),
        observations=tuple(
            _with(o, linked[o.name][0], by_name[linked[o.name][1]].ref) if o.name in linked else o for o in observations
        ),
        recognitions=(recognised,),
        place_within=((refs["临溪区"], refs["云岭市"]),),
    )  # fmt: skip


def _unmark(marked: str) -> tuple[str, list[tuple[Kind, str, int, int]]]:
    """The bare text and (kind, name, start, end) of each mark."""
    text, at = "", 0
    marks: list[tuple[Kind, str, int, int]] = []
    # Hostile names hold braces of their own, so they are tried first, as they are.
    names = "|".join(re.escape(name) for name in HOSTILE)
    for match in re.finditer(rf"\{{([DGRTMPI]):({names}|[^{{}}|]+)(?:\|([^{{}}]+))?\}}", marked):
        text += marked[at : match.start()]
        surface = match[3] or match[2]
        marks.append((KINDS[match[1]], match[2], len(text), len(text) + len(surface)))
        text += surface
        at = match.end()
    return text + marked[at:], marks


def _facts() -> list[tuple[str, str, str, Modality, str, str]]:
    """(subject, predicate, object, modality, trigger, clause) of every statement."""
    modalities: dict[str, Modality] = {
        "reported": "reported",
        "planned": "planned",
        "required": "required",
        "problem": "problem",
    }
    facts: list[tuple[str, str, str, Modality, str, str]] = []
    for head, clause in re.findall(r"(\S.*)\n    (.+)", STATED):
        subject, predicate, object_, modality, trigger = head.split(" ")
        facts.append((subject, predicate, object_, modalities[modality], trigger, clause))
    for name in HOSTILE:
        facts.append(("云岭市大数据中心", "carriesOut", name, "reported", "建成", "市大数据中心建成"))
    return facts


def _statement(
    text: str,
    refs: dict[str, str],
    issuer: str,
    subject: str,
    predicate: str,
    object_: str,
    modality: Modality,
    trigger: str,
    clause: str,
) -> Statement:
    return Statement(
        subject=issuer if subject == "-" else refs[subject],
        predicate=predicate,
        object=refs[object_],
        modality=modality,
        trigger=trigger.strip("-"),
        rule=f"relations.{predicate}",
        evidence=(_find(text, clause),),
        implicit_subject=subject == "-",
    )


def _sections(text: str) -> tuple[Section, ...]:
    found = [(m.start(), m.end(), 1 if m[1] else 2) for m in re.finditer(r"(?m)^(?:([一二三]、)|（一）).*$", text)]
    sections: list[Section] = []
    for index, (start, heading_end, level) in enumerate(found):
        end = next((s for s, _, other in found[index + 1 :] if other <= level), len(text))
        parent = next((i for i in range(index - 1, -1, -1) if found[i][2] < level), None)
        heading = Span(start, heading_end)
        sections.append(Section(index, text[start:heading_end], level, Span(start, end), heading, parent))
    return tuple(sections)


def _observation(text: str, name: str, span: Span) -> Observation:
    raw = text[span.start : span.end]
    number = re.search(r"[\d.]+", raw)
    assert number
    after = raw[number.end() :]
    value = Decimal(number[0]) * UNITS.get(after[:1], Decimal(1))
    clause = max(text.rfind(mark, 0, span.start) for mark in "，。\n") + 1
    ranks = {"网上办结率": (2, "全省第二"), "移送案件": (None, "居全省前列")}
    return Observation(
        span=span,
        name=name,
        quantity=Quantity(
            value,
            after.lstrip("万").removesuffix("以内"),
            "≈" if raw.startswith("近") else "≤" if raw.endswith("以内") else "=",
            raw,
        ),
        measure="growth" if "增长率" in name else "rate" if after == "%" else "level",
        modality="reported",
        evidence=Span(clause, span.end),
        rule="figures.value",
        scope="全市",
        rank=Rank("全省", ranks[name][0], _find(text, ranks[name][1])) if name in ranks else None,
    )


def _with(observation: Observation, field: str, ref: str) -> Observation:
    from dataclasses import replace

    return replace(observation, **{field: ref})  # type: ignore[arg-type]


def _find(text: str, clause: str) -> Span:
    start = text.index(clause)
    return Span(start, start + len(clause))
