"""Sentence templates: plain Chinese with slots, compiled to regular expressions over masked sentences.

In a masked sentence every mention is one private-use character of its kind, so a template can neither match inside a
name nor lose an offset. `…` is a gap inside one clause that jumps over no mention of the kinds around it (the nearest
is meant); `……` may cross commas but no sentence end.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import NamedTuple

from kg.errors import RuleError
from kg.model import Kind, Mention
from kg.rulebook import Rulebook, Template
from kg.sought import needed
from kg.text import fold
from kg.vocabulary import EDGES

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
_TOKEN = re.compile(
    r"\{(?P<role>subject|object):(?P<kind>\w+)\}|(?P<far>……)|(?P<gap>…)|\$(?P<list>[a-z]\w*)|(?P<plain>[^{$…]+)",
    re.ASCII,
)
_EXAMPLE = re.compile(r"\[([DRIPX]):([^\]]+)\]")
_IMPLICIT = "*"
_MASKED = re.compile("[\ue001-\ue006]")
_TRIGGER = 12  # characters of a hit that stand for its trigger where the template has no list


class Masked(NamedTuple):
    """A sentence, from `start` of its text, in which mentions are single characters: `mentions` has their places."""

    text: str
    start: int
    mentions: dict[int, Mention]  # in text order
    characters: frozenset[str]

    def source(self, at: int) -> int:
        """The source offset of character `at`."""
        places = list(self.mentions)
        before = bisect_left(places, at)
        if not before:
            return self.start + at
        place = places[before - 1]
        return self.mentions[place].end + at - place - 1


class Match(NamedTuple):
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
    all_of: frozenset[str]  # characters of the masked sentence without which the template has no hit
    one_of: frozenset[str]  # … and some of which one must be there
    object: str  # the mask character of the object's kind
    has_trigger: bool  # a list gives the trigger
    has_subject: bool


def compile_templates(rulebook: Rulebook) -> tuple[CompiledTemplate, ...]:
    """Compile and check every template; raises `RuleError` for one that misses its examples."""
    compiled = tuple(compile_template(template, rulebook) for template in rulebook.templates)
    for one in compiled:
        for problem in check_template(one):
            raise RuleError(problem, where=f"{one.template.file} {one.template.id}", hint="mend template or example")
    return compiled


def check_template(compiled: CompiledTemplate) -> Iterator[str]:
    """Yield one line for everything that is wrong with a template that compiles.

    That is a predicate no graph has, an example whose edges it does not give, a counterexample it hits.
    """
    if compiled.template.predicate not in EDGES:
        yield f"no such predicate: {compiled.template.predicate} (there are {', '.join(EDGES)})"
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
    placed: dict[int, Mention] = {}
    at, length = start, 0
    for mention in mentions:
        parts.append(text[at : mention.start])
        length += mention.start - at
        placed[length] = mention
        parts.append(MASKS[mention.kind])
        length += 1
        at = mention.end
    parts.append(text[at:end])
    masked = "".join(parts)
    return Masked(masked, start, placed, frozenset(masked))


def fitting(templates: Iterable[CompiledTemplate], masked: Masked) -> list[CompiledTemplate]:
    """The templates whose characters a masked sentence has: most have not, and are not tried."""
    characters = masked.characters
    return [t for t in templates if t.all_of <= characters and not t.one_of.isdisjoint(characters)]


def matches(compiled: CompiledTemplate, masked: Masked) -> list[Match]:
    """Every hit of the template in a masked sentence."""
    return [
        match for found in compiled.regex.finditer(masked.text) if (match := _read(compiled, masked, found)) is not None
    ]


def _read(compiled: CompiledTemplate, masked: Masked, found: re.Match[str]) -> Match | None:
    """What a hit of the regular expression says; None where a word before the object rules it out."""
    template = compiled.template
    start, end = found.span()
    trigger = (found["trigger"] or "") if compiled.has_trigger else ""
    if template.unless:
        clause_start = max(map(masked.text.rfind, ",;:。", repeat(0), repeat(start))) + 1
        whole = masked.text[clause_start : found.start("object")]
        before = whole.replace(trigger, "", 1)
        # 贯彻新修订的《甲法》: a word may hold the trigger itself
        for word in template.unless:
            if word in (whole if trigger and trigger in word else before):
                return None
    at = found.start("trigger") if trigger else start
    return Match(
        template=template,
        subjects=_in_group(found, "subject", masked) if compiled.has_subject else (),
        # in a list of documents the bodies that issued them may stand between: 《甲》和省委《乙》
        objects=tuple([m for m in _in_group(found, "object", masked) if MASKS[m.kind] == compiled.object]),
        trigger=trigger or _MASKED.sub("", found.group())[:_TRIGGER],
        trigger_start=masked.source(at),
        start=start,
        end=end,
    )


def _in_group(found: re.Match[str], group: str, masked: Masked) -> tuple[Mention, ...]:
    mentions = masked.mentions
    start, end = found.span(group)
    return tuple([mentions[i] for i in range(start, end) if i in mentions])


def compile_template(template: Template, rulebook: Rulebook) -> CompiledTemplate:
    """Compile one template without checking it; raises `RuleError` for what has no such form."""
    where = f"{template.file} {template.id}"
    tokens = list(_TOKEN.finditer(template.template))
    if "".join(t.group() for t in tokens) != template.template:
        hint = "see kg/rules/README.md"
        raise RuleError("the template has a part that is no slot, gap, list or text", where=where, hint=hint)
    slots = {number: _mask_of(t["kind"], where) for number, t in enumerate(tokens) if t["role"]}
    objects = [char for number, char in slots.items() if tokens[number]["role"] == "object"]
    if not objects:
        raise RuleError("a template needs an {object:…}", where=where, hint="name the object's slot")
    source, has_trigger = "", False
    for number, token in enumerate(tokens):
        if token["role"]:
            source += f"(?P<{token['role']}>{_slot(slots[number], rulebook)})"
        elif token["gap"] or token["far"]:
            near = [slots[n] for n in (number - 1, number + 1) if n in slots]
            if MASKS[Kind.PLACE] in near:  # 潼关县“联合巡查”机制被省政府评为…: what stands between is meant
                near.append(MASKS[Kind.INITIATIVE])
            elif token["far"] and MASKS[Kind.INITIATIVE] in near:  # …,某某镇被命名为…: the town is, not the initiative
                near.append(MASKS[Kind.PLACE])
            source += _gap("".join(dict.fromkeys([*near, *objects])), far=bool(token["far"]))
        elif token["list"]:
            words = rulebook.alternation(token["list"])
            source += words if has_trigger else f"(?P<trigger>{words})"
            has_trigger = True
        else:
            # square brackets of a regular expression are no 〔〕
            source += fold(token["plain"]).replace("〔", "[").replace("〕", "]")
    try:
        regex = re.compile(source)
    except re.error as error:
        raise RuleError(f"not a usable template: {error}", where=where, hint="check its brackets") from error
    needs = sorted(needed(regex), key=len)
    all_of = frozenset[str]().union(*(characters for characters in needs if len(characters) == 1))
    return CompiledTemplate(
        template,
        regex,
        all_of,
        next((n for n in needs if len(n) > 1), all_of),
        objects[-1],
        has_trigger,
        "subject" in regex.groupindex,
    )


def _slot(char: str, rulebook: Rulebook) -> str:
    """One mention or several in a list: A、B和C, A等、B; among documents a 《》 that is none is passed over."""
    between = f"等?[、,]?{rulebook.alternation('name_joint')}?"
    if char == MASKS[Kind.INITIATIVE]:  # 执法检查|问题查处整改、VOCs专项检查
        between = f"(?:{between}|的|[\u4e00-\u9fff]{{1,6}}、)"
    if char == MASKS[Kind.REGULATION]:  # 《甲纲要》(以下简称《纲要》)和《乙要点》
        body = f"(?:{MASKS[Kind.DEPARTMENT]}[、和]?)*"  # 《甲》和省委、省政府《乙》
        between = rf"(?:\([^()]{{1,24}}\))?{between}{body}{rulebook.alternation('document_between')}?"
    other = f"(?:《[^《》]*》{between})*" if char == MASKS[Kind.REGULATION] else ""  # 审议《甲项目》《乙办法》
    return f"{other}{char}(?:{between}{other}{char})*"


def _gap(kinds: str, *, far: bool) -> str:
    """Words inside one clause (`far`: one sentence) that jump over no mention of the `kinds`."""
    stop, length = (";。:!?\n", 90) if far else (";。:!?,\n", 60)
    return f"[^{stop}{kinds}]{{0,{length}}}?"


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
