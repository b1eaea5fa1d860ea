"""An explanation in words, Chinese or English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from kg.explain import predicate_name

_WHERE = {"clause": "分句", "sentence": "句子", "paragraph": "段落", "heading": "标题"}


def as_text(told: Mapping[str, Any], lang: Literal["zh", "en"] = "zh") -> str:
    """Return the explanation for reading; what rules say of themselves, and the report, stay Chinese."""
    return "\n".join(_plain(line) for line in _lines(told, ("zh", "en").index(lang))) + "\n"


#: What the explanation is written with, in Chinese and English.
_SAYS: Mapping[str, tuple[str, str]] = {
    "mention": ("提及", "mention"),
    "implicit": ("(原文省略,取发文机关)", " (not in the text: its issuer is meant)"),
    "quote": ("原文", "text"),
    "place": (
        "字符 [{start},{end}),第 {line} 行第 {column} 列,情态 {modality}",
        "characters [{start},{end}), line {line}, column {column}, modality {modality}",
    ),
    "section": (",章节 ", ", section "),
    "because": (
        "{modality}:因{where}里的“{word}”(modality.yaml {list})",
        "{modality}: “{word}” in the {where} (modality.yaml {list})",
    ),
    "rule": ("规则", "rule"),
    "trigger": (";触发词 ", "; trigger "),
    "figure": ("数值", "figure"),
    "no-value": ("无数值", "no value"),
    "indicator": (";指标 ", "; indicator "),
    "period": (";时期 ", "; period "),
    "scope": (";范围 ", "; area "),
    "name": ("名称", "name"),
    "open": ("未定:", "open: "),
    "at": ("(第 {line} 行第 {column} 列)", " (line {line}, column {column})"),
    "none": ("没有:{why}:{text}", "none: {why}: {text}"),
    "nearest": ("最接近的名称:", "nearest names: "),
    "candidates": ("可能是:", "it may be: "),
    "near-miss": ("差一点:", "a near miss: "),
}
#: In English, what an absence has for a reason.
_REASONS = {
    "not-recognised": "these words are in the report, but not taken for a name",
    "ambiguous": "several things may be meant",
    "no-name": "no such name or IRI in the graph",
    "other-relation": "the graph has another relation or direction",
    "no-statement": "the graph has this name, but no relation about it",
    "never-together": "no sentence has both",
    "no-template": "a sentence has both, and no template holds",
}


def _say(key: str, lang: int, **parts: object) -> str:
    return _SAYS[key][lang].format(**parts) if parts else _SAYS[key][lang]


def _lines(told: Mapping[str, Any], lang: int) -> Iterator[str]:
    for passage in told.get("passages", []):
        yield f"{passage['report']} [{passage['start']},{passage['end']}) {passage['text']}"
    for mention in told.get("mentions", []):
        yield f"  {_say('mention', lang)} {_mention_line(mention, lang)}"
    for one in told["statements"]:
        yield from _statement_lines(one, lang)
    for reason in told.get("missing", []):
        place = _say("at", lang, line=reason["line"], column=reason["column"]) if "line" in reason else ""
        why = _REASONS.get(reason["what"], reason["why"]) if lang else reason["why"]
        yield _say("none", lang, why=why, text=reason["text"]) + place
        if reason.get("nearest"):
            yield f"  {_say('nearest', lang)}{'、'.join(reason['nearest'])}"
        if reason.get("candidates"):
            yield f"  {_say('candidates', lang)}{'、'.join(reason['candidates'])}"
        for miss in reason.get("near_misses", []):
            file = f"({miss['file']})" if miss.get("file") else ""
            yield f"  {_say('near-miss', lang)}{miss['text']}:{miss['why']}{file}"


def _statement_lines(one: Mapping[str, Any], lang: int) -> Iterator[str]:
    implicit = _say("implicit", lang) if one["implicit_subject"] else ""
    edge = one["predicate"] if lang else f"{one['predicate']} {predicate_name(one['predicate'])}"
    yield f"{one['subject']}{implicit} —[{edge}]→ {one['object']}"
    for clause in one["evidence"]:
        yield f"  {_say('quote', lang)} {clause['before']}【{clause['text']}】{clause['after']}"
        place = {key: clause[key] for key in ("start", "end", "line", "column")}
        section = f"{_say('section', lang)}{clause['section']}" if clause["section"] else ""
        yield f"    {_say('place', lang, modality='/'.join(clause['modality']), **place)}{section}"
        for reason in clause["because"]:
            where = reason["where"] if lang else _WHERE[reason["where"]]
            yield "    " + _say("because", lang, **{**reason, "where": where})
    for rule in one["rules"]:
        triggers = f"{_say('trigger', lang)}{'、'.join(one['triggers'])}" if one["triggers"] else ""
        yield f"  {_rule_line(rule, lang)}{triggers}"
    figure = one["figure"]
    if figure:
        value = f"{figure['bound'] or ''} {figure['value'] or _say('no-value', lang)} {figure['unit'] or ''}".strip()
        line = f"  {_say('figure', lang)} {figure['raw']} → {value}{_say('indicator', lang)}{figure['indicator']}"
        line += f"{'; ' if lang else ';'}{figure['measure']}"
        yield line + "".join(f"{_say(key, lang)}{figure[key]}" for key in ("period", "scope") if figure[key])
        yield from (f"    {_rule_line(rule, lang)}" for rule in figure["rules"])
    for mention in one["named"]:
        yield f"  {_say('name', lang)} {_mention_line(mention, lang)}"


def _rule_line(rule: Mapping[str, Any], lang: int) -> str:
    place = f",{rule['file']}" + (f":{rule['line']}" if rule["line"] else "") if rule["file"] else ""
    says = f"({rule['template'] or rule['rule_says']})" if rule["template"] or rule["rule_says"] else ""
    return f"{_say('rule', lang)} {rule['rule']}{place}{says}"


def _mention_line(mention: Mapping[str, Any], lang: int) -> str:
    means = (
        f"{mention['entity']}({mention['key']})"
        if mention["entity"]
        else _say("open", lang) + "、".join(mention["candidates"])
    )
    rules = "、".join(mention["rules"])
    return f"“{mention['text']}”[{mention['start']},{mention['end']}) → {means},{_say('rule', lang)} {rules}"


def _plain(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)
