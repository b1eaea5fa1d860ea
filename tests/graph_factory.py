"""Two short reports and what is to be found in them, by hand: every class and every predicate of the graph.

The sentences write as such reports write; the cities are real, what is said of them is made up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from hashlib import sha256

from kg.model import (
    Bound,
    Entity,
    Extraction,
    Field,
    Kind,
    MeasureKind,
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

TEXT = """索 引 号 014326/2021-00007
发布机构 市政府办 发文日期 2021-03-01
标 题 盐城市人民政府2020年法治政府建设情况报告
文 号 盐政发〔2021〕8号 主 题 词 依法行政
内容概述 依法治市情况
时 效 有效 来 源 本站

盐城市人民政府2020年法治政府建设情况报告

省人民政府:

一、依法履行政府职能

(一)深化改革。盐城市在全省率先开展企业登记“确认制”改革,受到司法部肯定。按照《优化营商环境条例》推进“一件事”改革。亭湖区被授予“全省法治政府建设示范区”。上线审批事项43个、全省最多,数据实时共享率98.96%、全省第二,群众满意度居全省前列。平台实名注册用户近200万。

(二)健全机构。成立市依法治市办,该局牵头落实。市政府向省人民政府报告工作。市司法局与市公安局联合开展“护航”专项行动,组建6专班。

二、完善依法行政制度

(一)加强立法。市政府印发《盐城市电梯安全管理办法(试行)》,修订《政府信息公开指南》,废止《盐城市客运管理规定》,落实《法治政府建设实施纲要》。市司法局起草《盐城市养犬管理条例(草案)》,对《江苏省水域保护办法(草案)》反馈意见70余条。清理后废止规范性文件178件,其中涉及营商环境31件。

(二)化解纠纷。全市各级行政复议机关新收行政复议案件471件,同比增长7.3%,受理411件,受理率为88.4%。查出违规金额98791万元,管理不规范金额325.3亿元。96%以上纠纷化解在社区,文件公开不超过3个工作日。调解成功率提高2.5个百分点。《行风热线》节目播出240期。

三、不足与打算

一些方面仍存在不少短板,“确认制”改革推进还不够平衡。2021年将推行行政执法“三项制度”,计划培训5000人。要求市公安局落实《优化营商环境条例》第十条。

盐城市人民政府
"""

SECOND_TEXT = """淮安市人民政府2020年法治政府建设情况报告

一、行政复议

市政府全年新收行政复议案件320件,受理率为91.2%。市政府落实《法治政府建设实施纲要》,市司法局得到司法部指导。
"""


@dataclass(frozen=True)
class Finder:
    """Finds spans of a text by their words, so that no offset is typed by hand."""

    text: str

    def at(self, words: str, nth: int = 0) -> Span:
        """The `nth` place (from 0) where `words` stand; it must be there."""
        start = -1
        for _ in range(nth + 1):
            start = self.text.index(words, start + 1)
        return Span(start, start + len(words))

    def mention(self, words: str, entity: Entity | None, nth: int = 0, candidates: tuple[Entity, ...] = ()) -> Mention:
        """A mention of an entity, or of one of several candidates."""
        span = self.at(words, nth)
        kind = entity.kind if entity else candidates[0].kind
        ref = entity.ref if entity else None
        return Mention(span.start, span.end, kind, "factory", ref, tuple(sorted(c.ref for c in candidates)))

    def says(
        self,
        subject: str,
        predicate: str,
        object_: str,
        clause: str,
        trigger: str = "",
        modality: Modality = "reported",
        implicit: bool = False,
    ) -> Statement:
        """A statement that rests on one clause."""
        return Statement(subject, predicate, object_, modality, trigger, "factory", (self.at(clause),), implicit)

    def figure(
        self,
        name: str,
        raw: str,
        value: str | None,
        unit: str,
        clause: str,
        bound: Bound = "=",
        measure: MeasureKind = "level",
        modality: Modality = "reported",
        period: str | None = None,
        scope: str | None = None,
        rank: tuple[str, str, int | None] | None = None,
        compared_with: Observation | None = None,
        part_of: Observation | None = None,
    ) -> Observation:
        """A figure; `rank` is its words, area and position."""
        whole = self.at(clause)
        start = self.text.index(raw, whole.start)
        quantity = Quantity(None if value is None else Decimal(value), unit, bound, raw)
        return Observation(
            Span(start, start + len(raw)),
            name,
            quantity,
            measure,
            modality,
            whole,
            "factory",
            period,
            scope,
            Rank(rank[1], rank[2], self.at(rank[0])) if rank else None,
            compared_with.ref if compared_with else None,
            part_of.ref if part_of else None,
        )


# ---- entities ----
YANCHENG = Entity(Kind.PLACE, "320900", "盐城市", adcode="320900", aliases=("全市",))
JIANGSU = Entity(Kind.PLACE, "320000", "江苏省", adcode="320000")
TINGHU = Entity(Kind.PLACE, "320902", "亭湖区", adcode="320902")
CITY = Entity(Kind.DEPARTMENT, "320900|人民政府", "盐城市人民政府", "政府", ("市政府",), "320900")
OFFICE = Entity(Kind.DEPARTMENT, "320900|人民政府办公室", "盐城市人民政府办公室", "部门", ("市政府办",), "320900")
PROVINCE = Entity(Kind.DEPARTMENT, "320000|人民政府", "江苏省人民政府", "政府", ("省人民政府",), "320000")
JUSTICE = Entity(Kind.DEPARTMENT, "320900|司法局", "盐城市司法局", "部门", ("市司法局",), "320900")
POLICE = Entity(Kind.DEPARTMENT, "320900|公安局", "盐城市公安局", "部门", ("市公安局",), "320900")
LAW_OFFICE = Entity(Kind.DEPARTMENT, "320900|依法治市办", "盐城市依法治市办", "议事协调机构", (), "320900")
MINISTRY = Entity(Kind.DEPARTMENT, "000000|司法部", "中华人民共和国司法部", "部门", ("司法部",))
REVIEWERS = Entity(Kind.BODY_GROUP, "全市各级行政复议机关", "全市各级行政复议机关")
LIFTS = Entity(
    Kind.REGULATION,
    "盐城市电梯安全管理办法",
    "盐城市电梯安全管理办法",
    "规范性文件",
    status="试行",
    doc_number="盐政规发〔2020〕1号",
)
GUIDE = Entity(Kind.REGULATION, "政府信息公开指南|320900", "政府信息公开指南", adcode="320900")
TRANSPORT = Entity(Kind.REGULATION, "盐城市客运管理规定", "盐城市客运管理规定", "规范性文件", status="废止")
OUTLINE = Entity(
    Kind.REGULATION,
    "法治政府建设实施纲要",
    "法治政府建设实施纲要",
    "党内法规和文件",
    official="法治政府建设实施纲要(2015-2020年)",
)
DOGS = Entity(Kind.REGULATION, "盐城市养犬管理条例", "盐城市养犬管理条例", "地方性法规", status="草案")
WATERS = Entity(Kind.REGULATION, "江苏省水域保护办法", "江苏省水域保护办法", "地方政府规章", status="草案")
BUSINESS = Entity(Kind.REGULATION, "优化营商环境条例", "优化营商环境条例", "行政法规", official="优化营商环境条例")
CONFIRM = Entity(Kind.INITIATIVE, "企业登记确认制改革|320900", "企业登记“确认制”改革", "改革")
ONE_THING = Entity(Kind.INITIATIVE, "一件事改革|320900", "“一件事”改革", "改革")
ESCORT = Entity(Kind.INITIATIVE, "护航专项行动|320900", "“护航”专项行动", "专项行动")
THREE = Entity(Kind.INITIATIVE, "三项制度|320900", "行政执法“三项制度”", "执法制度")
RADIO = Entity(Kind.MEDIA_WORK, "行风热线", "行风热线", "节目")

_F = Finder(TEXT)

# ---- figures ----
MATTERS = _F.figure("上线审批事项", "43个", "43", "个", "上线审批事项43个、全省最多", rank=("全省最多", "全省", None))
SHARING = _F.figure(
    "数据实时共享率",
    "98.96%",
    "98.960",
    "%",
    "数据实时共享率98.96%、全省第二",
    measure="rate",
    rank=("全省第二", "全省", 2),
)
CONTENT = _F.figure(
    "群众满意度", "居全省前列", None, "", "群众满意度居全省前列", measure="rate", rank=("居全省前列", "全省", None)
)
USERS = _F.figure("平台实名注册用户", "近200万", "2E+6", "", "平台实名注册用户近200万", bound="≈")
TEAMS = _F.figure("专班", "6专班", "6", "专班", "组建6专班")
OPINIONS = _F.figure("反馈意见", "70余条", "70", "条", "反馈意见70余条", bound="≈")
REPEALED = _F.figure("废止规范性文件", "178件", "178", "件", "清理后废止规范性文件178件")
OF_BUSINESS = _F.figure("废止营商环境规范性文件", "31件", "31", "件", "其中涉及营商环境31件", part_of=REPEALED)
NEW_CASES = _F.figure(
    "行政复议案件新收", "471件", "471", "件", "全市各级行政复议机关新收行政复议案件471件", scope="全市"
)
GROWTH = _F.figure(
    "行政复议案件新收同比增长率",
    "同比增长7.3%",
    "7.3",
    "%",
    "同比增长7.3%",
    measure="growth",
    scope="全市",
    compared_with=NEW_CASES,
)
ACCEPTED = _F.figure("行政复议案件受理", "411件", "411", "件", "受理411件", scope="全市")
ACCEPTANCE = _F.figure("受理率", "88.4%", "88.4", "%", "受理率为88.4%", measure="rate", scope="全市")
ILLEGAL = _F.figure("违规金额", "98791万元", "987910000", "元", "查出违规金额98791万元")
IRREGULAR = _F.figure("管理不规范金额", "325.3亿元", "32530000000.0", "元", "管理不规范金额325.3亿元")
SETTLED = _F.figure("纠纷化解在社区", "96%以上", "96", "%", "96%以上纠纷化解在社区", bound="≥", measure="rate")
DAYS = _F.figure("文件公开时限", "不超过3个工作日", "3", "个工作日", "文件公开不超过3个工作日", bound="≤")
POINTS = _F.figure("调解成功率提高", "2.5个百分点", "2.5", "个百分点", "调解成功率提高2.5个百分点", measure="points")
ISSUES = _F.figure("《行风热线》节目播出", "240期", "240", "期", "《行风热线》节目播出240期")
TRAINING = _F.figure("培训", "5000人", "5000", "人", "计划培训5000人", modality="planned", period="2021")

OBSERVATIONS = (
    MATTERS,
    SHARING,
    CONTENT,
    USERS,
    TEAMS,
    OPINIONS,
    REPEALED,
    OF_BUSINESS,
    NEW_CASES,
    GROWTH,
    ACCEPTED,
    ACCEPTANCE,
    ILLEGAL,
    IRREGULAR,
    SETTLED,
    DAYS,
    POINTS,
    ISSUES,
    TRAINING,
)

_ENTITIES = (
    YANCHENG,
    JIANGSU,
    TINGHU,
    CITY,
    OFFICE,
    PROVINCE,
    JUSTICE,
    POLICE,
    LAW_OFFICE,
    MINISTRY,
    REVIEWERS,
    LIFTS,
    GUIDE,
    TRANSPORT,
    OUTLINE,
    DOGS,
    WATERS,
    BUSINESS,
    CONFIRM,
    ONE_THING,
    ESCORT,
    THREE,
    RADIO,
)

_MENTIONS = (
    _F.mention("市政府办", OFFICE),
    _F.mention("省人民政府", PROVINCE),
    _F.mention("盐城市", YANCHENG, 2),
    _F.mention("企业登记“确认制”改革", CONFIRM),
    _F.mention("司法部", MINISTRY),
    _F.mention("《优化营商环境条例》", BUSINESS),
    _F.mention("“一件事”改革", ONE_THING),
    _F.mention("亭湖区", TINGHU),
    _F.mention("市依法治市办", LAW_OFFICE),
    _F.mention("该局", None, candidates=(JUSTICE, POLICE)),
    _F.mention("市政府", CITY, 1),
    _F.mention("省人民政府", PROVINCE, 1),
    _F.mention("市司法局", JUSTICE),
    _F.mention("市公安局", POLICE),
    _F.mention("“护航”专项行动", ESCORT),
    _F.mention("市政府", CITY, 2),
    _F.mention("《盐城市电梯安全管理办法(试行)》", LIFTS),
    _F.mention("《政府信息公开指南》", GUIDE),
    _F.mention("《盐城市客运管理规定》", TRANSPORT),
    _F.mention("《法治政府建设实施纲要》", OUTLINE),
    _F.mention("市司法局", JUSTICE, 1),
    _F.mention("《盐城市养犬管理条例(草案)》", DOGS),
    _F.mention("《江苏省水域保护办法(草案)》", WATERS),
    _F.mention("全市", YANCHENG),
    _F.mention("各级行政复议机关", REVIEWERS),
    _F.mention("《行风热线》", RADIO),
    _F.mention("“确认制”改革", CONFIRM, 1),
    _F.mention("行政执法“三项制度”", THREE),
    _F.mention("市公安局", POLICE, 1),
    replace(_F.mention("《优化营商环境条例》", BUSINESS, 1), provision=_F.at("第十条")),
)

STATEMENTS = (
    _F.says(CITY.ref, "carriesOut", CONFIRM.ref, "盐城市在全省率先开展企业登记“确认制”改革", "开展", implicit=True),
    _F.says(CONFIRM.ref, "recognisedBy", MINISTRY.ref, "受到司法部肯定", "肯定"),
    _F.says(ONE_THING.ref, "basedOn", BUSINESS.ref, "按照《优化营商环境条例》推进“一件事”改革", "按照"),
    _F.says(CITY.ref, "carriesOut", ONE_THING.ref, "按照《优化营商环境条例》推进“一件事”改革", "推进", implicit=True),
    _F.says(CITY.ref, "establishes", LAW_OFFICE.ref, "成立市依法治市办", "成立", implicit=True),
    _F.says(CITY.ref, "reportsTo", PROVINCE.ref, "市政府向省人民政府报告工作", "报告"),
    _F.says(CITY.ref, "reportsTo", PROVINCE.ref, "省人民政府:"),
    _F.says(JUSTICE.ref, "cooperatesWith", POLICE.ref, "市司法局与市公安局联合开展“护航”专项行动", "联合"),
    _F.says(JUSTICE.ref, "carriesOut", ESCORT.ref, "市司法局与市公安局联合开展“护航”专项行动", "开展"),
    _F.says(JUSTICE.ref, "partOf", CITY.ref, "市司法局"),
    _F.says(CITY.ref, "issues", LIFTS.ref, "市政府印发《盐城市电梯安全管理办法(试行)》", "印发"),
    _F.says(CITY.ref, "revises", GUIDE.ref, "修订《政府信息公开指南》", "修订"),
    _F.says(CITY.ref, "repeals", TRANSPORT.ref, "废止《盐城市客运管理规定》", "废止"),
    _F.says(CITY.ref, "implements", OUTLINE.ref, "落实《法治政府建设实施纲要》", "落实"),
    _F.says(JUSTICE.ref, "drafts", DOGS.ref, "市司法局起草《盐城市养犬管理条例(草案)》", "起草"),
    _F.says(JUSTICE.ref, "commentsOn", WATERS.ref, "对《江苏省水域保护办法(草案)》反馈意见70余条", "反馈意见"),
    _F.says(OPINIONS.ref, "measures", WATERS.ref, "对《江苏省水域保护办法(草案)》反馈意见70余条"),
    _F.says(ISSUES.ref, "measures", RADIO.ref, "《行风热线》节目播出240期"),
    _F.says(CITY.ref, "carriesOut", CONFIRM.ref, "“确认制”改革推进还不够平衡", "推进", "problem", True),
    _F.says(CITY.ref, "carriesOut", THREE.ref, "2021年将推行行政执法“三项制度”", "推行", "planned", True),
    _F.says(POLICE.ref, "implements", BUSINESS.ref, "要求市公安局落实《优化营商环境条例》", "落实", "required"),
)


def _sections(finder: Finder, headings: tuple[tuple[str, int, int | None], ...]) -> tuple[Section, ...]:
    """Sections from (heading, level, parent); each ends where the next of the same or a higher level starts."""
    spans = [finder.at(heading) for heading, _, _ in headings]
    result = []
    for index, (heading, level, parent) in enumerate(headings):
        after = [spans[j].start for j in range(index + 1, len(headings)) if headings[j][1] <= level]
        span = Span(spans[index].start, after[0] if after else len(finder.text))
        result.append(Section(index, heading, level, span, spans[index], parent))
    return tuple(result)


def _report(text: str, name: str, title: str, issued: date | None, fields: tuple[Field, ...]) -> Report:
    body = Span(text.index("一、"), len(text.rstrip()))
    return Report(text, sha256(text.encode()).hexdigest(), name, "utf-8", title, 2020, issued, fields, (), body)


def _in_text_order(mentions: tuple[Mention, ...], observations: tuple[Observation, ...]) -> tuple[Mention, ...]:
    figures = (Mention(o.span.start, o.span.end, Kind.INDICATOR, o.rule, o.ref) for o in observations)
    return tuple(sorted((*mentions, *figures), key=lambda m: (m.start, m.end)))


def extraction() -> Extraction:
    """The report of 盐城: every class and predicate, every bound and modality."""
    values = (
        ("index_number", "014326/2021-00007"),
        ("publisher", "市政府办"),
        ("issued", "2021-03-01"),
        ("doc_number", "盐政发〔2021〕8号"),
        ("addressee", "省人民政府"),
        ("subject", "依法行政"),
        ("summary", "依法治市情况"),
        ("status", "有效"),
        ("source", "本站"),
        ("signature", "盐城市人民政府"),
    )
    fields = tuple(Field(name, value, _F.at(value)) for name, value in values)
    title = "盐城市人民政府2020年法治政府建设情况报告"
    sections = _sections(
        _F,
        (
            ("一、依法履行政府职能", 1, None),
            ("(一)深化改革", 2, 0),
            ("(二)健全机构", 2, 0),
            ("二、完善依法行政制度", 1, None),
            ("(一)加强立法", 2, 3),
            ("(二)化解纠纷", 2, 3),
            ("三、不足与打算", 1, None),
        ),
    )
    honour = _F.at("“全省法治政府建设示范区”")
    recognitions = (
        Recognition(CONFIRM.ref, MINISTRY.ref, "肯定", None, _F.at("受到司法部肯定"), _F.at("受到司法部肯定")),
        Recognition(
            TINGHU.ref,
            None,
            "授予",
            TEXT[honour.start + 1 : honour.end - 1],
            honour,
            _F.at("亭湖区被授予“全省法治政府建设示范区”"),
        ),
    )
    return Extraction(
        report=_report(TEXT, "yancheng-2020.txt", title, date(2021, 3, 1), fields),
        issuer=CITY.ref,
        sections=sections,
        sentences=(Sentence(0, TEXT.index("盐城市在"), TEXT.index("按照"), 0, 1),),
        mentions=_in_text_order(_MENTIONS, OBSERVATIONS),
        entities=tuple(sorted(_ENTITIES, key=lambda entity: entity.ref)),
        statements=STATEMENTS,
        observations=OBSERVATIONS,
        recognitions=recognitions,
        place_within=((TINGHU.ref, YANCHENG.ref), (YANCHENG.ref, JIANGSU.ref)),
    )


HUAIAN = Entity(Kind.PLACE, "320800", "淮安市", adcode="320800")
HUAIAN_CITY = Entity(Kind.DEPARTMENT, "320800|人民政府", "淮安市人民政府", "政府", ("市政府",), "320800")
HUAIAN_JUSTICE = Entity(Kind.DEPARTMENT, "320800|司法局", "淮安市司法局", "部门", ("市司法局",), "320800")


def second_extraction() -> Extraction:
    """The report of 淮安: shares a ministry, a document and two indicators with the first."""
    finder = Finder(SECOND_TEXT)
    cases = finder.figure("行政复议案件新收", "320件", "320", "件", "市政府全年新收行政复议案件320件")
    rate = finder.figure("受理率", "91.2%", "91.2", "%", "受理率为91.2%", measure="rate")
    mentions = (
        finder.mention("市政府", HUAIAN_CITY),
        finder.mention("市政府", HUAIAN_CITY, 1),
        finder.mention("《法治政府建设实施纲要》", OUTLINE),
        finder.mention("市司法局", HUAIAN_JUSTICE),
        finder.mention("司法部", MINISTRY),
    )
    statement = finder.says(HUAIAN_CITY.ref, "implements", OUTLINE.ref, "市政府落实《法治政府建设实施纲要》", "落实")
    entities = (HUAIAN, HUAIAN_CITY, HUAIAN_JUSTICE, MINISTRY, OUTLINE)
    return Extraction(
        report=_report(SECOND_TEXT, "huaian-2020.txt", "淮安市人民政府2020年法治政府建设情况报告", None, ()),
        issuer=HUAIAN_CITY.ref,
        sections=_sections(finder, (("一、行政复议", 1, None),)),
        sentences=(),
        mentions=_in_text_order(mentions, (cases, rate)),
        entities=tuple(sorted(entities, key=lambda entity: entity.ref)),
        statements=(statement,),
        observations=(cases, rate),
    )


def large_extraction(mentions: int = 300, statements: int = 250, observations: int = 100) -> Extraction:
    """A made-up report of about the size of a real one, for measuring time: some 12,000 triples."""
    lines = [
        f"市政府第{n:03}次推进“举措{n:03}”改革,落实《文件{n:03}办法》,办理案件{n + 1}件。\n"
        for n in range(mentions // 2)
    ]
    heading = "一、工作\n"
    text = heading + "".join(lines)
    finder = Finder(text)
    starts = [len(heading) + sum(map(len, lines[:n])) for n in range(len(lines))]
    initiatives = [Entity(Kind.INITIATIVE, f"举措{n}|320900", f"“举措{n:03}”改革", "改革") for n in range(len(lines))]
    documents = [Entity(Kind.REGULATION, f"文件{n}办法", f"文件{n:03}办法", "规范性文件") for n in range(len(lines))]

    def place(n: int, words: str) -> Span:
        start = text.index(words, starts[n])
        return Span(start, start + len(words))

    def named(n: int, words: str, entity: Entity) -> Mention:
        span = place(n, words)
        return Mention(span.start, span.end, entity.kind, "factory", entity.ref)

    found = [named(n, f"“举措{n:03}”改革", initiatives[n]) for n in range(len(lines))]
    found += [named(n, f"《文件{n:03}办法》", documents[n]) for n in range(len(lines))]
    edges = []
    for n in range(statements):
        row = n % len(lines)
        clause = Span(starts[row], starts[row] + len(lines[row]) - 2)
        predicate, thing = ("carriesOut", initiatives[row]) if n < len(lines) else ("implements", documents[row])
        edges.append(Statement(CITY.ref, predicate, thing.ref, "reported", "推进", "factory", (clause,)))
    figures = []
    for n in range(observations):
        raw = f"{n + 1}件"
        span = place(n, f"办理案件{raw}")
        figures.append(
            Observation(
                Span(span.start + 4, span.end),
                f"案件办理{n:03}",
                Quantity(Decimal(n + 1), "件", "=", raw),
                "level",
                "reported",
                span,
                "factory",
            )
        )
    return Extraction(
        report=_report(text, "large.txt", "年度工作报告", None, ()),
        issuer=CITY.ref,
        sections=_sections(finder, (("一、工作", 1, None),)),
        sentences=(),
        mentions=_in_text_order(tuple(found), tuple(figures)),
        entities=tuple(sorted((CITY, YANCHENG, *initiatives, *documents), key=lambda entity: entity.ref)),
        statements=tuple(edges),
        observations=tuple(figures),
    )
