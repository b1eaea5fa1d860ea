"""An explanation in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kg.explain.rules import KINDS, MEASURES, MODALITIES, PREDICATES
from kg.model import Kind

_MISSES = {
    "unless": "句式差一点成立",
    "no-object": "动词之后没有对象",
    "head": "中心词不成名称",
    "number": "没有入图的数字",
    "title": "不是文件的书名号",
}


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
        yield f"      {KINDS[kind]}:多个可能,未定:{'、'.join(mention['candidates'])}"
    else:
        details = [mention["type"], mention["adcode"], mention["official"]]
        detail = ",".join(part for part in details if part and part != mention["name"])
        yield f"      {KINDS[kind]} {kind.value}:{_one_line(mention['name'])}" + (f"({detail})" if detail else "")
    if "figure" in mention:
        yield f"      {_figure_line(mention['figure'])}"
    yield f"      {_rule_line(mention)}"


def _figure_line(figure: Mapping[str, Any]) -> str:
    parts = [MEASURES[figure["measure"]]]
    if figure["value"] is not None:
        parts.append(f"{figure['bound']} {figure['value']} {figure['unit']}".rstrip())
    if figure["rank"]:
        position = figure["rank"]["position"]
        parts.append(f"位次 {figure['rank']['area']}" + (f"第 {position}" if position else ""))
    parts += [f"{label} {figure[key]}" for key, label in (("period", "时期"), ("scope", "范围")) if figure[key]]
    return ",".join([*parts, MODALITIES[figure["modality"]]])


def _statement_lines(statement: Mapping[str, Any]) -> Iterator[str]:
    subject = _one_line(statement["subject"]) + ("(原文省略,取发文机关)" if statement["implicit_subject"] else "")
    predicate = f"{statement['predicate']} {PREDICATES.get(statement['predicate'], '')}".rstrip()
    yield f"  {subject} —[{predicate}]→ {_one_line(statement['object'])}"
    trigger = f"触发词“{statement['trigger']}”," if statement["trigger"] else ""
    yield f"      {trigger}{MODALITIES[statement['modality']]};依据:{_one_line(statement['evidence'][0]['text'])}"
    yield f"      {_rule_line(statement)}" + (f":{statement['template']}" if statement["template"] else "")


def _rule_line(told: Mapping[str, Any]) -> str:
    file = f",文件 {told['file']}" if told["file"] else ""
    says = f"({told['rule_says']})" if told["rule_says"] else ""
    return f"规则 {told['rule']}{file}{says}"


def _one_line(text: str) -> str:
    """Return text that cannot break the layout or drive the terminal."""
    return "".join(character if character.isprintable() else " " for character in text)
