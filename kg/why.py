"""Why a statement is in a graph, or is not: its words, rule, trigger, modality and how its names were resolved."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from kg.errors import GraphError
from kg.explain import explain_text, predicate_name, rule_of
from kg.facts import Facts, line_and_column, load, sentence
from kg.vocabulary import EDGES, MODALITIES, NS

if TYPE_CHECKING:
    from kg.extract import Extractor

_WHERE = {"clause": "分句", "sentence": "句子", "paragraph": "段落", "heading": "标题"}
_NEAREST = 5  # names shown where none is the one asked for
_ALIKE = 0.4  # of two names: half their characters in the same order, about


def why(
    target: str | Path | Facts,
    subject: str,
    predicate: str | None = None,
    value: str | None = None,
    *,
    extractor: Extractor | None = None,
) -> dict[str, Any]:
    """Explain the statements of a graph file or report that match.

    `subject` and `value` are IRIs, names, aliases or parts of a name, `predicate` a name of ``EDGES``, curie, IRI or
    Chinese name; what is None matches all. Keys of the result: ``statements``, each with its evidence, rules and names;
    ``missing``, the reasons why there is none. ``GraphError`` for a predicate nobody knows.
    """
    extractor = extractor or _rules()
    facts = target if isinstance(target, Facts) else load(target, extractor)
    wanted = None if predicate is None else find_predicate(predicate)
    subjects = find(facts, subject)
    objects = None if value is None else find(facts, value)
    found = [
        statement(facts, iri, extractor)
        for iri, s, p, o in facts.statements()
        if s in subjects and wanted in (None, p) and (objects is None or o in objects)
    ]
    missing = [] if found else list(_missing(facts, (subject, subjects), wanted, (value, objects), extractor))
    return {"statements": found, "missing": missing}


def at(
    target: str | Path | Facts, start: int, end: int | None = None, *, extractor: Extractor | None = None
) -> dict[str, Any]:
    """Explain what a graph says about a stretch of its report's text: mentions in it, statements that rest on it.

    Offsets are code points, `end` exclusive, one character if None. With several reports all are looked at.
    ``GraphError`` for a stretch outside every text.
    """
    extractor = extractor or _rules()
    facts = target if isinstance(target, Facts) else load(target, extractor)
    end = start + 1 if end is None else end
    reports = [r for r in facts.kinds.get("Report", []) if 0 <= start < end <= len(facts.text(r))]
    if not reports:
        raise GraphError(
            f"不在报告的文字之内 / outside the text of the report: {start}-{end}",
            where="--at",
            hint="从 0 起数的字符位置 (characters, counted from 0)",
        )
    rows = [(s, e) for s in facts.statements() for e in facts.all(s[0], "kg:evidence")]
    inside = sorted({s[0] for s, e in rows if _touches(facts, e, reports, start, end)})
    passages = []
    for report in reports:
        begin, stop = sentence(facts.text(report), start, end)
        text = facts.text(report)[begin:stop]
        passages.append({"report": facts.label(report), "start": begin, "end": stop, "text": text})
    return {
        "passages": passages,
        "mentions": [
            _mention(facts, m) for m in facts.kinds.get("Mention", []) if _touches(facts, m, reports, start, end)
        ],
        "statements": [statement(facts, iri, extractor) for iri in inside],
    }


def _rules() -> Extractor:
    from kg.extract import Extractor

    return Extractor.load()


def _touches(facts: Facts, span: str, reports: Sequence[str], start: int, end: int) -> bool:
    begin, stop = _span(facts, span)
    return facts.one(span, "nif:referenceContext") in reports and begin < end and start < stop


def _span(facts: Facts, span: str) -> tuple[int, int]:
    return int(facts.one(span, "nif:beginIndex") or 0), int(facts.one(span, "nif:endIndex") or 0)


def find_predicate(name: str) -> str:
    """Return the edge that a name, curie, IRI or Chinese name means; ``GraphError`` where none does."""
    plain = name.removeprefix(NS).removeprefix("kg:")
    for edge in EDGES:
        if plain.casefold() == edge.casefold() or name == predicate_name(edge):
            return edge
    known = "、".join(f"{edge} {predicate_name(edge)}" for edge in EDGES)
    raise GraphError(f"没有这种关系 / no such relation: {name}", where="kg why", hint=f"可用 / choose: {known}")


def find(facts: Facts, name: str) -> set[str]:
    """Return what a name means: that IRI; else all that are called so; else all whose name has it as a part."""
    if name in facts.out:
        return {name}
    names = list(_names(facts))
    exact = {iri for iri, label in names if label == name}
    return exact or {iri for iri, label in names if name and name in label}


def _names(facts: Facts) -> Iterator[tuple[str, str]]:
    """Yield everything a statement can be about with each of its names; a figure's are its label and its indicator."""
    for _, iri in facts.entities():
        for curie in ("skos:prefLabel", "skos:altLabel", "kg:officialTitle"):
            yield from ((iri, label) for label in facts.all(iri, curie))
    for iri in facts.kinds.get("Observation", []):
        yield iri, facts.label(iri)
        yield iri, facts.label(facts.one(iri, "kg:indicator"))


def statement(facts: Facts, iri: str, extractor: Extractor) -> dict[str, Any]:
    """Explain one statement; see `why`."""
    subject, predicate, value = (facts.one(iri, f"rdf:{part}") for part in ("subject", "predicate", "object"))
    clauses = sorted(facts.all(iri, "kg:evidence"), key=lambda clause: _span(facts, clause))
    return {
        "subject": facts.label(subject),
        "subject_iri": subject,
        "predicate": predicate.removeprefix(NS),
        "object": facts.label(value),
        "object_iri": value,
        "report": facts.label(facts.one(iri, "dct:source")),
        "rules": [_rule(rule, extractor) for rule in facts.all(iri, "kg:rule")],
        "triggers": facts.all(iri, "kg:trigger"),
        "modality": facts.all(iri, "kg:modality"),
        "implicit_subject": facts.one(iri, "kg:implicitSubject") == "true",
        "evidence": [_evidence(facts, iri, clause, extractor) for clause in clauses],
        "named": [m for clause in clauses for m in _named(facts, clause, (subject, value))],
        "figure": _figure(facts, subject, extractor) if "Observation" in _kinds(facts, subject) else None,
    }


def _kinds(facts: Facts, iri: str) -> list[str]:
    return [kind.removeprefix(NS) for kind in facts.all(iri, "rdf:type")]


def _rule(rule: str, extractor: Extractor) -> dict[str, Any]:
    told: dict[str, Any] = dict(rule_of(extractor.rulebook, rule))
    template = next((t for t in extractor.rulebook.templates if t.id == rule), None)
    return {**told, "template": template.template if template else None, "line": _line(told["file"], rule)}


def _line(file: str, rule: str) -> int | None:
    """Return the line of the package's rule file where a rule begins, None where it is code over lists."""
    from importlib import resources

    folder, _, name = file.rpartition("/")
    source = resources.files("kg") / "rules" / name
    if folder != "kg/rules" or not source.is_file():
        return None
    head = re.compile(rf"\bid:\s*[\"']?{re.escape(rule)}[\"']?\s*(?:[,}}#].*)?$")
    lines = source.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if head.search(line)), None)


def _evidence(facts: Facts, iri: str, clause: str, extractor: Extractor) -> dict[str, Any]:
    report = facts.one(clause, "nif:referenceContext")
    text, (start, end) = facts.text(report), _span(facts, clause)
    begin, stop = sentence(text, start, end)
    line, column = line_and_column(text, start)
    heading = facts.one(facts.one(clause, "kg:inSection"), "kg:heading")
    modality = [m for m in MODALITIES if clause in facts.all(iri, f"kg:evidence{m.capitalize()}")]
    places = {
        "clause": text[start:end],
        "sentence": text[begin:stop],
        "paragraph": text[text.rfind("\n", 0, start) + 1 : end],
        "heading": heading,
    }
    return {
        "start": start,
        "end": end,
        "line": line,
        "column": column,
        "text": text[start:end],
        "before": text[begin:start],
        "after": text[end:stop],
        "section": heading,
        "modality": modality,
        "because": list(_because(facts, clause, modality, places, extractor)),
    }


#: Lists of modality.yaml that decide, and where they look: the clause, its sentence, its paragraph, its heading.
_DECIDING: Mapping[str, Sequence[tuple[str, str]]] = {
    "problem": (("clause_problem", "sentence"), ("heading_problem", "heading")),
    "planned": (
        ("clause_plan", "clause"),
        ("clause_will", "clause"),
        ("heading_plan", "heading"),
        ("paragraph_plan", "paragraph"),
    ),
    "required": (("clause_required", "clause"),),
}


def _because(
    facts: Facts, clause: str, modality: Sequence[str], places: Mapping[str, str], extractor: Extractor
) -> Iterator[dict[str, str]]:
    """Yield the words that made a clause a plan, a demand or a problem, with their list and where they stand.

    Headings further up count as well. A plan without such a word follows from an opening such as 2021年 after the year
    of the report.
    """
    headings, section = [places["heading"]], facts.one(clause, "kg:inSection")
    while section := facts.one(section, "kg:parentSection"):
        headings.append(facts.one(section, "kg:heading"))
    places = {**places, "heading": "\n".join(headings)}
    for one in modality:
        for key, where in _DECIDING.get(one, ()):
            found = re.search(extractor.rulebook.alternation(key), places[where])
            if found:
                yield {"modality": one, "word": found.group(), "list": key, "where": where}
        opening = extractor.rulebook.union("year-opening").match(places["paragraph"].lstrip())
        if one == "planned" and opening:
            yield {"modality": one, "word": opening.group(), "list": "year-opening", "where": "paragraph"}


def _named(facts: Facts, clause: str, ends: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the mentions in a clause that stand for the subject or the object."""
    report, (start, end) = facts.one(clause, "nif:referenceContext"), _span(facts, clause)
    for entity in dict.fromkeys(ends):
        for mention in facts.into.get((f"{NS}denotes", entity), []):
            begin, stop = _span(facts, mention)
            if facts.one(mention, "nif:referenceContext") == report and start <= begin and stop <= end:
                yield _mention(facts, mention)


def _mention(facts: Facts, mention: str) -> dict[str, Any]:
    start, end = _span(facts, mention)
    entity = facts.one(mention, "kg:denotes")
    return {
        "start": start,
        "end": end,
        "text": facts.one(mention, "nif:anchorOf"),
        "rules": facts.all(mention, "kg:rule"),
        "entity": facts.label(entity) if entity else None,
        "key": facts.one(entity, "dct:identifier") if entity else None,
        "candidates": [facts.label(other) for other in facts.all(mention, "kg:candidate")],
    }


def _figure(facts: Facts, iri: str, extractor: Extractor) -> dict[str, Any]:
    fields = {
        "raw": "kg:rawValue",
        "value": "sdmx-measure:obsValue",
        "unit": "kg:unitText",
        "bound": "kg:bound",
        "measure": "kg:measureKind",
        "period": "sdmx-dimension:refPeriod",
        "scope": "kg:scopeText",
    }
    told: dict[str, Any] = {name: facts.one(iri, curie) or None for name, curie in fields.items()}
    told["indicator"] = facts.label(facts.one(iri, "kg:indicator"))
    told["rank"] = [facts.label(claim) for claim in facts.all(iri, "kg:rankClaim")]
    told["rules"] = [_rule(rule, extractor) for rule in facts.all(iri, "kg:rule")]
    return told


# --- why not ----------------------------------------------------------------------------------------------------------

_Asked = tuple[str | None, set[str] | None]


def _missing(
    facts: Facts, subject: _Asked, predicate: str | None, value: _Asked, extractor: Extractor
) -> Iterator[dict[str, Any]]:
    unknown = False
    for name, found in (subject, value):
        if name is not None and not found:
            unknown = True
            yield from _unknown(facts, name)
    if unknown:
        return
    subjects, objects = subject[1] or set(), value[1]
    others = [
        (s, p, o)
        for _, s, p, o in facts.statements()
        if (s in subjects and (objects is None or o in objects)) or (objects and s in objects and o in subjects)
    ]
    for s, p, o in others[:_NEAREST]:
        told = f"{facts.label(s)} —[{p}]→ {facts.label(o)}"
        yield {"what": "other-relation", "why": "图中有的是另一种关系或方向", "text": told}
    if objects is None and not others:
        yield {"what": "no-statement", "why": "图里有这个名称,但没有关于它的关系", "text": subject[0] or ""}
    if objects is None:
        for s in sorted(subjects)[:_NEAREST]:
            for _, other, p, o in facts.statements():
                if o == s:
                    told = f"{facts.label(other)} —[{p}]→ {facts.label(o)}"
                    yield {"what": "other-relation", "why": "图中它是关系的宾语", "text": told}
    else:
        yield from _together(facts, subjects, objects, extractor)


def _unknown(facts: Facts, name: str) -> Iterator[dict[str, Any]]:
    for report in facts.kinds.get("Report", []):
        start = facts.text(report).find(name)
        if start >= 0:
            line, column = line_and_column(facts.text(report), start)
            yield {
                "what": "not-recognised",
                "why": "报告里有这几个字,但没有认作名称",
                "text": name,
                "start": start,
                "line": line,
                "column": column,
            }
    for mention in facts.kinds.get("Mention", []):
        if name == facts.one(mention, "nif:anchorOf") and facts.all(mention, "kg:candidate"):
            yield {"what": "ambiguous", "why": "多个可能,未定", **_mention(facts, mention)}
    if "://" in name:  # what is spelt like an IRI is not it
        yield {"what": "no-name", "why": "图里没有这个 IRI", "text": name, "nearest": []}
        return
    labels = sorted({label for _, label in _names(facts)})
    near = sorted(labels, key=lambda label: (-SequenceMatcher(None, name, label).ratio(), label))[:_NEAREST]
    near = [label for label in near if SequenceMatcher(None, name, label).ratio() >= _ALIKE]
    yield {"what": "no-name", "why": "图里没有这个名称", "text": name, "nearest": near}


def _together(facts: Facts, subjects: set[str], objects: set[str], extractor: Extractor) -> Iterator[dict[str, Any]]:
    """Yield what the rules make of sentences that name both, or that none does."""
    places: dict[str, list[set[tuple[str, int, int]]]] = {"s": [], "o": []}
    for part, entities in (("s", subjects), ("o", objects)):
        spans = set()
        for entity in entities:
            for mention in facts.into.get((f"{NS}denotes", entity), []):
                report = facts.one(mention, "nif:referenceContext")
                spans.add((report, *sentence(facts.text(report), *_span(facts, mention))))
        places[part].append(spans)
    both = sorted(places["s"][0] & places["o"][0])
    if not both:
        yield {"what": "never-together", "why": "没有一句话同时写到二者", "text": ""}
    for report, start, end in both[:_NEAREST]:
        text = facts.text(report)[start:end]
        issuer = facts.label(facts.one(report, "kg:issuer")) if facts.one(report, "kg:issuer") else ""
        told = explain_text(text, extractor, issuer=issuer)
        line, column = line_and_column(facts.text(report), start)
        yield {
            "what": "no-template",
            "why": "同一句话写到二者,但没有句式成立",
            "text": text,
            "start": start,
            "line": line,
            "column": column,
            "near_misses": [m for m in told["near_misses"] if m["what"] in ("unless", "no-object", "head")],
        }


# --- for reading ------------------------------------------------------------------------------------------------------


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
