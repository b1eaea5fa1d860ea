"""What a rule is: the file an expert edits, and what it looks for; what classes, edges and modalities are called."""

from __future__ import annotations

from collections.abc import Mapping

from kg.model import Kind, Modality
from kg.rulebook import Rulebook, Template

#: What the classes, edges, modalities and kinds of figures are called in Chinese.
KINDS = {
    Kind.DEPARTMENT: "部门机构",
    Kind.BODY_GROUP: "机构泛称",
    Kind.REGULATION: "法规文件",
    Kind.INITIATIVE: "举措",
    Kind.MEDIA_WORK: "节目作品",
    Kind.PLACE: "行政区划",
    Kind.INDICATOR: "指标",
}
PREDICATES = {
    "issues": "制发",
    "revises": "修订",
    "repeals": "废止",
    "drafts": "起草",
    "commentsOn": "提出意见",
    "implements": "贯彻落实",
    "carriesOut": "开展",
    "basedOn": "依据",
    "recognisedBy": "受到认可",
    "establishes": "成立",
    "reportsTo": "报告",
    "cooperatesWith": "合作",
    "partOf": "隶属",
    "measures": "说的是",
}
MODALITIES: dict[Modality, str] = {"reported": "已做", "planned": "计划", "required": "要求", "problem": "问题"}
MEASURES = {"level": "数值", "rate": "比率", "growth": "增减率", "points": "百分点"}

#: Rules that are code over word lists, not single patterns: where their words are, and what they say.
CODE_RULES: Mapping[str, tuple[str, str]] = {
    "central-gazetteer": ("kg/data/central_bodies.tsv", "中央机构名录"),
    "local-gazetteer": ("kg/data/local_bodies.tsv", "地方机构名录,加地名或“市/省/区/县”"),
    "sector-list": ("kg/data/local_bodies.tsv", "行业词(sector 列)、行业词等 + sector_head"),
    "local-bare": ("kg/data/local_bodies.tsv", "地方机构名录,没有地名"),
    "bare-body": ("kg/data/local_bodies.tsv", "没有地名的部门:一类机构"),
    "open-body": ("kg/rules/departments.yaml", "地名或“市/省/区/县” + 名称 + head_office"),
    "open-committee": ("kg/rules/departments.yaml", "名称 + head_committee"),
    "counted-bodies": ("kg/rules/departments.yaml", "数 + body_counter + 机构:一类机构"),
    "place-line": ("kg/rules/departments.yaml", "地名 + line_head:与发文机关同一系统的机构"),
    "own-name": ("kg/rules/departments.yaml", "names:自己加的机构"),
    "open-founded": ("kg/rules/departments.yaml", "verb_found + 名称 + founded_head"),
    "open-academy": ("kg/rules/departments.yaml", "专名 + academy"),
    "short-name": ("kg/rules/regulations.yaml", "括号里介绍过的简称(short-form)"),
    "town": ("kg/rules/places.yaml", "乡镇、街道:levels.tsv 的后缀,前面是名称"),
    "open-zone": ("kg/rules/places.yaml", "专名 + open-zone"),
    "country": ("kg/rules/places.yaml", "foreign_country"),
    "title-column": ("kg/rules/regulations.yaml", "书名号 + column_after:栏目、节目"),
    "shared-head": ("kg/rules/initiatives.yaml", "并列项共用后面的“制度、机制”"),
    "table-cell": ("kg/rules/tables.yaml", "表格:行名加列名"),
    "charge": ("kg/rules/modality.yaml", "责任单位:牵头与配合"),
    "place-gazetteer": ("kg/data/places.tsv", "行政区划与功能区名录"),
    "listed-quotation": ("kg/rules/initiatives.yaml", "“甲”“乙”等活动里前面的引号"),
    "place-level": ("kg/rules/places.yaml", "relative_area + level_word:本辖区"),
    "own-zone": ("kg/rules/places.yaml", "zone_word、zone_alias:本区、本省自贸试验区、本市自贸片区"),
    "title-brackets": ("kg/rules/regulations.yaml", "书名号"),
    "title-media": ("kg/rules/regulations.yaml", "书名号,前后有 media_before、media_after 或以 media_tail 结尾"),
    "title-work": ("kg/rules/regulations.yaml", "书名号里的作品:没有文种,也没有 document_sign 的字"),
    "law-gazetteer": ("kg/data/laws.tsv", "法律法规名录"),
    "plain-document": ("kg/rules/regulations.yaml", "document_verb + 具体修饰语 + plain_head"),
    "self-reference": ("kg/rules/regulations.yaml", "本办法一类的自称"),
    "report-title": ("kg/rules/reading.yaml", "报告自己的标题"),
    "quoted-award": ("kg/rules/initiatives.yaml", "quote_award + 引号:称号"),
    "quoted-governed": ("kg/rules/initiatives.yaml", "launch_quote + 引号"),
    "name-before": ("kg/rules/indicators.yaml", "指标名称在数值之前"),
    "name-after": ("kg/rules/indicators.yaml", "指标名称在数值之后"),
    "name-around": ("kg/rules/indicators.yaml", "指标名称在数值两侧"),
    "verb-and-object": ("kg/rules/indicators.yaml", "动词 + 数值 + 对象"),
    "elided-name": ("kg/rules/indicators.yaml", "名称承前省略"),
    "respectively": ("kg/rules/indicators.yaml", "“分别”:名称与数值一一对应"),
    "growth": ("kg/rules/quantities.yaml", "growth_up、growth_down + 比率"),
    "rank-alone": ("kg/rules/indicators.yaml", "没有数值的位次"),
    "addressee": ("kg/rules/reading.yaml", "主送机关"),
    "name-part-of": ("kg/data/local_bodies.tsv", "名称本身说明隶属"),
    "figure-in-clause": ("kg/rules/indicators.yaml", "与数值同在一个分句的举措、文件或机构"),
}


def rule_of(book: Rulebook, rule: str) -> dict[str, str]:
    """Return ``rule``, the ``file`` an expert edits to change it, and what it looks for (``rule_says``)."""
    pattern, template = book.patterns.get(rule), template_of(book, rule)
    if pattern is not None:
        return {"rule": rule, "file": f"kg/rules/{pattern.file}", "rule_says": f"模式 {pattern.group}"}
    if template is not None:
        return {"rule": rule, "file": f"kg/rules/{template.file}", "rule_says": "句式"}
    head = rule.removeprefix("head-")
    if head != rule:
        return {"rule": rule, "file": "kg/rules/initiatives.yaml", "rule_says": f"修饰语 + 中心词 head_{head}"}
    file, says = CODE_RULES.get(rule, ("", ""))
    return {"rule": rule, "file": file, "rule_says": says}


def predicate_name(predicate: str) -> str:
    """Return what an edge is called in Chinese, the empty string for one that has no name."""
    return PREDICATES.get(predicate, "")


def kind_name(kind: str) -> str:
    """Return what a class of entities is called in Chinese, its own name where it has none."""
    return KINDS.get(kind, kind)  # type: ignore[call-overload, no-any-return]


def modality_name(modality: str) -> str:
    """Return what a modality is called in Chinese, its code where it has no name."""
    return MODALITIES.get(modality, modality)  # type: ignore[call-overload, no-any-return]


def template_of(book: Rulebook, rule: str) -> Template | None:
    """Return the sentence template of that name, None where it is none."""
    return next((template for template in book.templates if template.id == rule), None)
