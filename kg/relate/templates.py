"""Sentence templates: plain Chinese with slots, compiled to regular expressions over masked sentences.

In a masked sentence every mention is one private-use character of its kind, so a template can neither match inside a
name nor lose an offset. `…` is a gap inside one clause that jumps over no mention of the kinds around it (the nearest is
meant); `……` may cross commas but no sentence end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.errors import RuleError
from kg.model import Kind, Mention
from kg.rulebook import Rulebook, Template
from kg.text import fold

MASKS = {
    Kind.DEPARTMENT: "\ue001",
    Kind.BODY_GROUP: "\ue001",
    Kind.REGULATION: "\ue002",
    Kind.INITIATIVE: "\ue003",
    Kind.PLACE: "\ue004",
    Kind.INDICATOR: "\ue005",
    Kind.MEDIA_WORK: "\ue006",
}
_LETTERS = {"D": Kind.DEPARTMENT, "R": Kind.REGULATION, "I": Kind.INITIATIVE, "P": Kind.PLACE, "X": Kind.INDICATOR}
_TOKEN = re.compile(r"\{(?P<role>\+|subject|object):?(?P<kind>\w+)\}|(?P<far>……)|(?P<gap>…)|\$(?P<list>\w+)|(?P<plain>[^{$…]+)")
_EXAMPLE = re.compile(r"\[([DRIPX]):([^\]]+)\]")
_IMPLICIT = "*"


@dataclass(frozen=True, slots=True)
class Masked:
    """A sentence in which mentions are single characters; `offsets[i]` is the source offset of character `i`."""

    text: str
    offsets: tuple[int, ...]
    mentions: dict[int, Mention]


@dataclass(frozen=True, slots=True)
class Match:
    """One hit: the mentions in each role, the trigger's words, and the masked range."""

    template: Template
    subjects: tuple[Mention, ...]  # empty: the actor is to be found
    objects: tuple[Mention, ...]
    trigger: str
    trigger_start: int  # in the source
    start: int  # masked
    end: int


@dataclass(frozen=True, slots=True)
class CompiledTemplate:
    """A template with its regular expression."""

    template: Template
    regex: re.Pattern[str]
    needs: str  # a mask character that must be there


def compile_templates(rulebook: Rulebook) -> tuple[CompiledTemplate, ...]:
    """Compile and check every template; raises `RuleError` for one that misses its examples."""
    compiled = tuple(_compile(template, rulebook) for template in rulebook.templates)
    for one in compiled:
        for problem in check_template(one):
            raise RuleError(problem, where=f"{one.template.file} {one.template.id}", hint="mend template or example")
    return compiled


def check_template(compiled: CompiledTemplate) -> Iterator[str]:
    """Yield one line for every example whose edges the template does not give, and every counterexample it hits."""
    for example in compiled.template.examples:
        text = str(example["text"])
        got = set(_edges(compiled, text))
        wanted = {fold(str(edge)) for edge in example.get("gives", ())}
        if not wanted:
            yield f"example without gives: {text}"
        elif not wanted <= got:
            yield f"example not met: {text} gives {sorted(got) or 'nothing'}, not {sorted(wanted - got)}"
    for text in compiled.template.counterexamples:
        got = set(_edges(compiled, text))
        if got:
            yield f"counterexample hit: {text} gives {sorted(got)}"


def mask(text: str, start: int, end: int, mentions: Sequence[Mention]) -> Masked:
    """Mask `text[start:end]`; `mentions` are disjoint, sorted and inside the range."""
    parts: list[str] = []
    offsets: list[int] = []
    placed: dict[int, Mention] = {}
    at = start
    for mention in mentions:
        parts.append(text[at : mention.start])
        offsets.extend(range(at, mention.start))
        placed[len(offsets)] = mention
        parts.append(MASKS[mention.kind])
        offsets.append(mention.start)
        at = mention.end
    parts.append(text[at:end])
    offsets.extend(range(at, end + 1))
    return Masked("".join(parts), tuple(offsets), placed)


def matches(compiled: CompiledTemplate, masked: Masked) -> Iterator[Match]:
    """Every hit of the template in a masked sentence."""
    if compiled.needs not in masked.text:
        return
    for found in compiled.regex.finditer(masked.text):
        clause_start = max(masked.text.rfind(mark, 0, found.start()) for mark in ",;:。") + 1
        objects = _in_group(found, "object", masked)
        before = masked.text[clause_start : found.start("object")]
        groups = found.groupdict()
        trigger = groups.get("trigger") or ""
        rest = before.replace(trigger, "", 1) if trigger else before
        if any(word in rest for word in compiled.template.unless):
            continue
        at = found.start("trigger") if trigger else found.start()
        if not trigger:
            trigger = re.sub("[\ue001-\ue006]", "", found.group())[:12]
        yield Match(
            compiled.template, _in_group(found, "subject", masked), objects, trigger, masked.offsets[at],
            found.start(), found.end(),
        )  # fmt: skip


def _in_group(found: re.Match[str], group: str, masked: Masked) -> tuple[Mention, ...]:
    if group not in found.re.groupindex:
        return ()
    start, end = found.span(group)
    return tuple(masked.mentions[i] for i in range(start, end) if i in masked.mentions)


def _compile(template: Template, rulebook: Rulebook) -> CompiledTemplate:
    where = f"{template.file} {template.id}"
    tokens = list(_TOKEN.finditer(template.template))
    if "".join(t.group() for t in tokens) != template.template:
        raise RuleError("the template has a part that is no slot, gap, list or text", where=where, hint="see README.md")
    slots = [(i, t) for i, t in enumerate(tokens) if t["role"]]
    if not any(t["role"] == "object" for _, t in slots):
        raise RuleError("a template needs an {object:…}", where=where, hint="name the object's slot")
    source, has_trigger, needs = "", False, ""
    for number, token in enumerate(tokens):
        if token["role"]:
            char = _mask_of(token["kind"], where)
            if token["role"] == "+":
                source += char
            else:
                between = "等?[、,]?(?:和|及|与|以及|并)?"
                if char == MASKS[Kind.INITIATIVE]:  # 执法检查|问题查处整改、VOCs专项检查
                    between = f"(?:{between}|的|[\u4e00-\u9fff]{{1,6}}、)"
                source += f"(?P<{token['role']}>{char}(?:{between}{char})*)"
            if token["role"] == "object":
                needs = char
        elif token["gap"] or token["far"]:
            around = "".join(_mask_of(t["kind"], where) for i, t in slots if i in (number - 1, number + 1) or t["role"] == "object")
            stop = ";。:!?\n" if token["far"] else ";。:!?,\n"
            source += f"[^{stop}{around}]{{0,{90 if token['far'] else 60}}}?"
        elif token["list"]:
            words = rulebook.alternation(token["list"])
            source += words if has_trigger else f"(?P<trigger>{words})"
            has_trigger = True
        else:
            source += fold(token["plain"])
    try:
        return CompiledTemplate(template, re.compile(source), needs)
    except re.error as error:
        raise RuleError(f"not a usable template: {error}", where=where, hint="check its brackets") from error


def _mask_of(kind: str, where: str) -> str:
    try:
        return MASKS[Kind(kind)]
    except ValueError as error:
        raise RuleError(f"no class {kind}", where=where, hint=f"use one of {[k.value for k in MASKS]}") from error


def _edges(compiled: CompiledTemplate, example: str) -> Iterator[str]:
    text, mentions, at = "", [], 0
    for part in _EXAMPLE.finditer(example):
        text += fold(example[at : part.start()])
        name = fold(part.group(2))
        mentions.append(Mention(len(text), len(text) + len(name), _LETTERS[part.group(1)], "example", name))
        text += name
        at = part.end()
    text += fold(example[at:])
    for match in matches(compiled, mask(text, 0, len(text), mentions)):
        for obj in match.objects:
            for subject in [m.ref for m in match.subjects] or [_IMPLICIT]:
                yield f"{subject} {match.template.predicate} {obj.ref}"
