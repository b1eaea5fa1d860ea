"""Why and why not: what the rules see in a sentence, who says so, and what nearly matched. The expert's debugger."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from kg.annotations import records
from kg.coverage import REASONS
from kg.errors import KgError, ReadError
from kg.extract import Extractor, extract
from kg.model import Extraction, Field, Kind, Mention, Modality, Report, Span, Statement
from kg.recognise import marked
from kg.recognise.context import Clause, Context
from kg.recognise.names import left_edge
from kg.relate.templates import Masked, mask, matches
from kg.rulebook import Rulebook, Template
from kg.text import cjk_count

_KINDS = {
    Kind.DEPARTMENT: "部门机构",
    Kind.BODY_GROUP: "机构泛称",
    Kind.REGULATION: "法规文件",
    Kind.INITIATIVE: "举措",
    Kind.MEDIA_WORK: "节目作品",
    Kind.PLACE: "行政区划",
    Kind.INDICATOR: "指标",
}
_PREDICATES = {
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
_MODALITIES: dict[Modality, str] = {"reported": "已做", "planned": "计划", "required": "要求", "problem": "问题"}
_MEASURES = {"level": "数值", "rate": "比率", "growth": "增减率", "points": "百分点"}
_MISSES = {
    "unless": "句式差一点成立",
    "no-object": "动词之后没有对象",
    "head": "中心词不成名称",
    "number": "没有入图的数字",
    "title": "不是文件的书名号",
}

#: Rules that are code over word lists, not single patterns: where their words are, and what they say.
_CODE_RULES: Mapping[str, tuple[str, str]] = {
    "central-gazetteer": ("kg/data/central_bodies.tsv", "中央机构名录"),
    "local-gazetteer": ("kg/data/local_bodies.tsv", "地方机构名录,加地名或“市/省/区/县”"),
    "sector-list": ("kg/data/local_bodies.tsv", "行业词(sector 列)、行业词等 + sector_head"),
    "local-bare": ("kg/data/local_bodies.tsv", "地方机构名录,没有地名"),
    "bare-body": ("kg/data/local_bodies.tsv", "没有地名的部门:一类机构"),
    "open-body": ("kg/rules/departments.yaml", "地名或“市/省/区/县” + 名称 + head_office"),
    "open-committee": ("kg/rules/departments.yaml", "名称 + head_committee"),
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


def explain_text(text: str, extractor: Extractor, *, issuer: str = "") -> dict[str, Any]:
    """Explain a sentence or two as plain values.

    `issuer` is the full name of the body whose report the text is from (`连云港市人民政府`); without it 市政府 has no
    area. Keys: ``text``, ``issuer`` (name, adcode, given), ``mentions``, ``statements``, ``near_misses``; every mention
    and statement bears its rule with the file it is in. Offsets are code points of `text`, end exclusive.

    `ReadError` for a text without Chinese characters, `KgError` for an issuer nobody knows.
    """
    if not cjk_count(text, limit=1):
        raise ReadError(
            "没有汉字 / there is no Chinese text", where="TEXT", hint="给出报告里的一句话 (give a sentence)"
        )
    if issuer and extract(_report(issuer, issuer), extractor).issuer is None:
        raise KgError(
            f"不认识的发文机关 / not a body or place I know: {issuer}",
            where="--issuer",
            hint="写全称,例如 连云港市人民政府 (write its full name)",
        )
    extraction = extract(_report(text, issuer), extractor)
    end = len(text)
    return {
        "text": text,
        "issuer": _issuer(extraction, issuer),
        "mentions": [_mention(extraction, extractor, m) for m in extraction.mentions if m.end <= end],
        "statements": [
            _statement(extraction, extractor.rulebook, s) for s in extraction.statements if s.evidence[0].end <= end
        ],
        "near_misses": list(_near_misses(extraction, extractor, end)),
    }


def _report(text: str, issuer: str) -> Report:
    """Return a report of just that text, all of it body; the issuer stands behind it, where a report is signed."""
    signed = Span(len(text) + 1, len(text) + 1 + len(issuer))
    whole = f"{text}\n{issuer}" if issuer else text
    return Report(
        text=whole,
        sha256=hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest(),
        name="TEXT",
        encoding="utf-8",
        title="",
        year=None,
        issued=None,
        fields=(Field("signature", issuer, signed),) if issuer else (),
        chrome=(),
        body=Span(0, len(text)),
    )


def _issuer(extraction: Extraction, given: str) -> dict[str, Any] | None:
    entity = next((e for e in extraction.entities if e.ref == extraction.issuer), None)
    if entity is None or not (given or entity.adcode):
        return None  # 市政府 of a sentence alone: of which city, only --issuer tells
    return {"name": entity.name, "adcode": entity.adcode, "given": bool(given)}


def _mention(extraction: Extraction, extractor: Extractor, mention: Mention) -> dict[str, Any]:
    entity = next((e for e in extraction.entities if e.ref == mention.ref), None)
    told: dict[str, Any] = {
        "start": mention.start,
        "end": mention.end,
        "text": extraction.report.text[mention.start : mention.end],
        "class": mention.kind.value,
        "name": entity.name if entity else None,
        "type": entity.type if entity else None,
        "official": entity.official if entity else None,
        "adcode": entity.adcode if entity else None,
        "candidates": [_candidate(ref, extractor) for ref in mention.candidates],
    }
    if mention.kind is Kind.INDICATOR:
        observation = next(o for o in extraction.observations if o.ref == mention.ref)
        figure = next(
            r for r in records(extraction) if r["kind"] == "mention" and r["type"] == "Indicator" and _at(r, mention)
        )
        told["name"] = observation.name
        told["figure"] = {key: figure[key] for key in ("value", "unit", "bound", "period", "scope", "rank")}
        told["figure"] |= {"measure": observation.measure, "modality": observation.modality}
    return told | rule_of(extractor.rulebook, mention.rule)


def _at(record: Mapping[str, Any], mention: Mention) -> bool:
    return (record["start"], record["end"]) == (mention.start, mention.end)


def _candidate(ref: str, extractor: Extractor) -> str:
    """Return a possible meaning for reading: the area's full name before the rest of the key."""
    _, _, key = ref.partition("|")
    code, _, function = key.partition("|")
    known = extractor.gazetteer.place(code) or extractor.gazetteer.zone(code)
    return f"{extractor.gazetteer.full_name(code)}{function} ({code})" if known else key


def _statement(extraction: Extraction, book: Rulebook, statement: Statement) -> dict[str, Any]:
    names = {entity.ref: entity.name for entity in extraction.entities}
    names |= {o.ref: f"{o.name} {o.quantity.raw}".strip() for o in extraction.observations}
    template = _template(book, statement.rule)
    return {
        "subject": names[statement.subject],
        "predicate": statement.predicate,
        "object": names[statement.object],
        "modality": statement.modality,
        "trigger": statement.trigger,
        "implicit_subject": statement.implicit_subject,
        "template": template.template if template else None,
        "evidence": [
            {"start": s.start, "end": s.end, "text": extraction.report.text[s.start : s.end]}
            for s in statement.evidence
        ],
    } | rule_of(book, statement.rule)


def rule_of(book: Rulebook, rule: str) -> dict[str, str]:
    """Return ``rule``, the ``file`` an expert edits to change it, and what it looks for (``rule_says``)."""
    pattern, template = book.patterns.get(rule), _template(book, rule)
    if pattern is not None:
        return {"rule": rule, "file": f"kg/rules/{pattern.file}", "rule_says": f"模式 {pattern.group}"}
    if template is not None:
        return {"rule": rule, "file": f"kg/rules/{template.file}", "rule_says": "句式"}
    head = rule.removeprefix("head-")
    if head != rule:
        return {"rule": rule, "file": "kg/rules/initiatives.yaml", "rule_says": f"修饰语 + 中心词 head_{head}"}
    file, says = _CODE_RULES.get(rule, ("", ""))
    return {"rule": rule, "file": file, "rule_says": says}


def predicate_name(predicate: str) -> str:
    """Return what an edge is called in Chinese, the empty string for one that has no name."""
    return _PREDICATES.get(predicate, "")


def kind_name(kind: str) -> str:
    """Return what a class of entities is called in Chinese, its own name where it has none."""
    return _KINDS.get(kind, kind)  # type: ignore[call-overload, no-any-return]


def modality_name(modality: str) -> str:
    """Return what a modality is called in Chinese, its code where it has no name."""
    return _MODALITIES.get(modality, modality)  # type: ignore[call-overload, no-any-return]


def _template(book: Rulebook, rule: str) -> Template | None:
    return next((template for template in book.templates if template.id == rule), None)


# --- near misses ------------------------------------------------------------------------------------------------------


def _near_misses(extraction: Extraction, extractor: Extractor, end: int) -> Iterator[dict[str, Any]]:
    context = marked(extraction.report, extraction.sections, extraction.sentences, extractor.recognisers)
    vetoed = list(_vetoed(context, extraction, extractor))
    yield from vetoed
    explained = [Span(miss["start"], miss["end"]) for miss in vetoed]
    yield from _without_object(context, extraction, extractor.rulebook, explained)
    yield from _bare_heads(context, extraction, extractor)
    for mention in extraction.mentions:
        if mention.kind is Kind.MEDIA_WORK:
            why = "前后的词说明它是节目、作品,不是文件"
            yield _miss("title", context, mention.span, why, **rule_of(extractor.rulebook, mention.rule))
    for item in extraction.left_out:
        if item.span.end <= end:
            zh, en = REASONS.get(item.reason, (item.reason, item.reason))
            yield _miss(item.what, context, item.span, zh, reason=item.reason, reason_en=en)


def _miss(what: str, context: Context, span: Span, why: str, **more: str) -> dict[str, Any]:
    text = context.report.text[span.start : span.end]
    return {"what": what, "start": span.start, "end": span.end, "text": text, "why": why, **more}


def _vetoed(context: Context, extraction: Extraction, extractor: Extractor) -> Iterator[dict[str, Any]]:
    """Yield matches of templates that a word of their `unless` undoes."""
    for masked in _masked(context, extraction):
        for compiled in extractor.relations.templates:
            template = compiled.template
            if not template.unless:
                continue
            kept = {(m.start, m.end) for m in matches(compiled, masked)}
            free = replace(compiled, template=replace(template, unless=()))
            for match in matches(free, masked):
                place = (match.start, match.end)
                if place in kept:
                    continue
                words = [
                    word
                    for word in template.unless
                    if place
                    not in {
                        (m.start, m.end)
                        for m in matches(replace(compiled, template=replace(template, unless=(word,))), masked)
                    }
                ]
                span = Span(masked.source(match.start), masked.source(match.end))
                why = f"句式 {template.id}({template.template})因 unless 词“{'、'.join(words)}”不成立"
                yield _miss("unless", context, span, why, **rule_of(extractor.rulebook, template.id))


def _masked(context: Context, extraction: Extraction) -> Iterator[Masked]:
    """Yield the masked sentences as `kg.relate` sees them: outermost mentions with an entity, no figures."""
    outer = _outermost([m for m in extraction.mentions if m.ref is not None and m.kind is not Kind.INDICATOR])
    for sentence in extraction.sentences:
        inside = [m for m in outer if sentence.start <= m.start and m.end <= sentence.end]
        if inside:
            yield mask(context.text, sentence.start, sentence.end, inside)


def _outermost(mentions: Sequence[Mention]) -> list[Mention]:
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end)):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def _without_object(
    context: Context, extraction: Extraction, book: Rulebook, explained: Sequence[Span]
) -> Iterator[dict[str, Any]]:
    """Yield verbs of relations in clauses that say nothing: no name of the wanted class stands behind them."""
    wanted: dict[str, set[str]] = {}
    for template in book.templates:
        for key in book.lists:
            if f"${key}…{{object:" in template.template:
                kind = template.template.partition("{object:")[2].partition("}")[0]
                for word in book.lists[key]:
                    wanted.setdefault(word, set()).add(kind)
    verbs = sorted(wanted, key=lambda word: (-len(word), word))
    said = [*explained, *(span for statement in extraction.statements for span in statement.evidence)]
    for clause in context.clauses:
        span = Span(clause.start, clause.end)
        if any(span.overlaps(other) for other in said):
            continue
        at = clause.start
        while at < clause.end:
            verb = next((w for w in verbs if context.flat.startswith(w, at, clause.end)), "")
            if verb and _is_word(context, at, len(verb), extraction.mentions):
                kinds = "、".join(sorted(_KINDS[Kind(kind)] for kind in wanted[verb]))
                here = Span(at, at + len(verb))
                yield _miss("no-object", context, here, f"“{verb}”之后没有认出{kinds}的名称")
                at += len(verb)
            else:
                at += 1


def _is_word(context: Context, at: int, length: int, mentions: Sequence[Mention]) -> bool:
    if not (context.words.boundary(at) and context.words.boundary(at + length)):
        return False
    return not any(m.start < at + length and at < m.end for m in mentions)


def _bare_heads(context: Context, extraction: Extraction, extractor: Extractor) -> Iterator[dict[str, Any]]:
    """Yield head nouns of initiatives that made no name, with the condition that fails."""
    rules = extractor.recognisers.initiatives
    taken = [mention.span for mention in extraction.mentions]
    for number, start, end in rules.heads.find_matches_as_indexes(context.flat):
        span, clause = Span(start, end), context.clause_at(start)
        if clause is None or any(span.overlaps(other) for other in taken):
            continue
        if not (context.words.boundary(start) and context.words.boundary(end)):
            continue
        item = context.item_at(start)
        if item is not None and "launch" in item.lists and item.end >= end:
            continue  # a verb here
        if rules.head_kinds[number] == "quoted" and context.text[start - 1 : start] != "”":
            continue  # 办理, 登记: common words, names only behind a quotation
        why = _why_no_name(context, extractor, clause, span, rules.head_kinds[number])
        yield _miss("head", context, span, why, file="kg/rules/initiatives.yaml")


def _why_no_name(context: Context, extractor: Extractor, clause: Clause, head: Span, kind: str) -> str:
    rules = extractor.recognisers.initiatives
    after = rules.not_after.match(context.text, head.end)
    if after:
        return f"其后紧接“{after.group()}”(head_not_after),是更长的词"
    edge = left_edge(context, clause.start, head.start)
    modifier = context.text[edge.start : head.start]
    if not modifier.strip():
        skipped = context.text[edge.verb_start + len(edge.verb) : edge.start] if edge.verb else modifier
        return f"修饰语“{skipped}”只是泛指,不成名称" if skipped.strip() else "中心词之前没有修饰语"
    if len(rules.generic.sub("", modifier)) < 2:
        return f"修饰语“{modifier}”只是泛指(generic、adverb、scope),不成名称"
    if kind == "quoted" and "”" not in modifier:
        return f"“{context.text[head.start : head.end]}”(head_quoted)之前须是带引号的名称"
    if not edge.verb:
        return f"之前没有起动词(launch),修饰语“{modifier}”不足以自成名称"
    if kind == "weak":
        return f"较弱的中心词(head_weak):“{edge.verb}”之后的修饰语“{modifier}”不够长、不够具体"
    return f"修饰语“{modifier}”不合名称的形式"


# --- for reading ------------------------------------------------------------------------------------------------------


def as_text(told: Mapping[str, Any]) -> str:
    """Return the explanation for reading, in Chinese."""
    return "\n".join(_lines(told)) + "\n"


def _lines(told: Mapping[str, Any]) -> Iterator[str]:
    issuer = told["issuer"]
    if issuer is None:
        yield "发文机关:未知。“市政府”“全市”等因此没有所指;可用 --issuer 写明,例如 --issuer 连云港市人民政府"
    else:
        yield f"发文机关:{issuer['name']}" + ("" if issuer["given"] else "(由文中推得)")
    yield f"\n提及 {len(told['mentions'])} 处"
    for mention in told["mentions"]:
        yield from _mention_lines(mention)
    yield f"\n关系 {len(told['statements'])} 条"
    for statement in told["statements"]:
        yield from _statement_lines(statement)
    yield f"\n差一点 {len(told['near_misses'])} 处"
    for miss in told["near_misses"]:
        yield f"  [{miss['start']},{miss['end']}) {_one_line(miss['text'])}"
        yield f"      {_MISSES[miss['what']]}:{_one_line(miss['why'])}"
        if miss.get("file"):
            yield f"      文件 {miss['file']}"


def _mention_lines(mention: Mapping[str, Any]) -> Iterator[str]:
    kind = Kind(mention["class"])
    yield f"  [{mention['start']},{mention['end']}) {_one_line(mention['text'])}"
    if mention["candidates"]:
        yield f"      {_KINDS[kind]}:多个可能,未定:{'、'.join(mention['candidates'])}"
    else:
        details = [mention["type"], mention["adcode"], mention["official"]]
        detail = ",".join(part for part in details if part and part != mention["name"])
        yield f"      {_KINDS[kind]} {kind.value}:{_one_line(mention['name'])}" + (f"({detail})" if detail else "")
    if "figure" in mention:
        yield f"      {_figure_line(mention['figure'])}"
    yield f"      {_rule_line(mention)}"


def _figure_line(figure: Mapping[str, Any]) -> str:
    parts = [_MEASURES[figure["measure"]]]
    if figure["value"] is not None:
        parts.append(f"{figure['bound']} {figure['value']} {figure['unit']}".rstrip())
    if figure["rank"]:
        position = figure["rank"]["position"]
        parts.append(f"位次 {figure['rank']['area']}" + (f"第 {position}" if position else ""))
    parts += [f"{label} {figure[key]}" for key, label in (("period", "时期"), ("scope", "范围")) if figure[key]]
    return ",".join([*parts, _MODALITIES[figure["modality"]]])


def _statement_lines(statement: Mapping[str, Any]) -> Iterator[str]:
    subject = _one_line(statement["subject"]) + ("(原文省略,取发文机关)" if statement["implicit_subject"] else "")
    predicate = f"{statement['predicate']} {_PREDICATES.get(statement['predicate'], '')}".rstrip()
    yield f"  {subject} —[{predicate}]→ {_one_line(statement['object'])}"
    trigger = f"触发词“{statement['trigger']}”," if statement["trigger"] else ""
    yield f"      {trigger}{_MODALITIES[statement['modality']]};依据:{_one_line(statement['evidence'][0]['text'])}"
    yield f"      {_rule_line(statement)}" + (f":{statement['template']}" if statement["template"] else "")


def _rule_line(told: Mapping[str, Any]) -> str:
    file = f",文件 {told['file']}" if told["file"] else ""
    says = f"({told['rule_says']})" if told["rule_says"] else ""
    return f"规则 {told['rule']}{file}{says}"


def _one_line(text: str) -> str:
    """Return text that cannot break the layout or drive the terminal."""
    return "".join(character if character.isprintable() else " " for character in text)
