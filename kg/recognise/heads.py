"""Head nouns of initiatives in the text: 改革, 制度, 平台, 行动, and compounds of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from kg.automaton import Automaton
from kg.model import value_type
from kg.recognise.context import Context
from kg.rulebook import Rulebook

#: Kinds of head nouns, each with its list ``head_KIND`` in initiatives.yaml. Where a word is in several lists the first
#: one counts, and a word of `head_alone` is a system.
HEADS = ("reform", "system", "mechanism", "model", "platform", "campaign", "pilot", "programme", "service", "training")
_OTHERS = ("weak", "quoted")
_MERGE_GAP = 6  # characters between two heads of one compound: 改革|深化|提升行动


@value_type
class Head:
    """A head noun in the text; those of the kinds `weak` and `quoted` need more than a specific modifier.

    Of a compound, `last` is where its last part begins (工程建设项目审批制度|改革); else -1.
    """

    start: int
    end: int
    kind: str
    last: int = -1


@dataclass(frozen=True)
class HeadRules:
    """The head nouns of initiatives.yaml as one automaton, and what must not or may follow them."""

    automaton: Automaton
    kinds: tuple[str, ...]  # by the automaton's pattern number
    types: Mapping[str, str]  # kind → type of the initiative, where the kind says it
    not_after: re.Pattern[str]
    not_after_character: frozenset[str]
    end: re.Pattern[str]
    apart: frozenset[str]
    in_verb: re.Pattern[str]

    @classmethod
    def of(cls, rulebook: Rulebook) -> HeadRules:
        """Compile the lists once."""
        kinds: dict[str, str] = {}
        for kind in (*HEADS, *_OTHERS):
            for word in rulebook.words(f"head_{kind}"):
                kinds.setdefault(word, kind)
        kinds.update(dict.fromkeys(rulebook.words("head_alone"), "system"))
        words = sorted(kinds)
        return cls(
            automaton=Automaton(words),
            kinds=tuple(kinds[w] for w in words),
            types=MappingProxyType({kind: rulebook.type_of(f"head_{kind}") for kind in HEADS}),
            not_after=re.compile(rulebook.alternation("head_not_after")),
            not_after_character=frozenset(rulebook.words("head_not_before_char")),
            apart=frozenset(rulebook.words("head_apart")),
            in_verb=re.compile(rulebook.alternation("head_in_verb")),
            end=re.compile(rulebook.alternation("weak_end")),
        )


def find_heads(context: Context, rules: HeadRules) -> list[Head]:
    """Every head noun that stands as a noun at the end of a word, in text order, disjoint."""
    heads = []
    text, words = context.text, context.words
    for number, start, end in rules.automaton.find_matches_as_indexes(context.flat):
        if not words.boundary(end) and end - start < 3:
            continue
        if rules.not_after.match(text, end) or rules.in_verb.match(text, start) or _is_verb(context, start, end):
            continue
        if text[end : end + 1] in rules.not_after_character and (
            words.end_of(end) == end + 1 or not words.boundary(end)
        ):
            continue  # 制度|化, also where the segmenter has 制度化 as one word
        kind = rules.kinds[number]
        if kind in _OTHERS and text[start - 1] != "”" and not _ends(context, rules, end):
            continue
        heads.append(Head(start, end, kind))
    return heads


def merged(context: Context, rules: HeadRules, heads: Sequence[Head]) -> list[Head]:
    """Join heads of one compound: the last one names it, the search to the left begins at the first one."""
    result: list[Head] = []
    for head in heads:
        if result and context.flat[head.start : head.end] in rules.apart and result[-1].end == head.start:
            continue
        strong = (
            bool(result) and result[-1].kind not in _OTHERS and "”" not in context.flat[result[-1].start : head.start]
        )
        if strong and head.kind == "quoted" and result[-1].end == head.start:
            continue  # 行政执法平台|应用: what only a quotation makes a name adds nothing to one
        if result and _one_compound(context, result[-1], head):
            last = result[-1]
            result[-1] = Head(last.start, head.end, head.kind if head.kind != "weak" else last.kind, head.start)
        else:
            result.append(head)
    return result


def _one_compound(context: Context, last: Head, head: Head) -> bool:
    gap = context.flat[last.end : head.start]
    if any(mark in gap for mark in "、和及与或的,“") or (head.kind == "quoted" and "”" in gap):
        return False
    if gap and len(gap) <= _MERGE_GAP and head.kind in ("campaign", "pilot", "programme"):
        return True
    items = context.items_in(last.end, head.start)
    broken = any(i.lists & {"launch", "preposition", "adverb"} for i in items)
    return not broken and len(gap) <= 2 * _MERGE_GAP


def _is_verb(context: Context, start: int, end: int) -> bool:
    """Whether the head stands where a verb does: 试点 in `率先试点推行`, 建设 in `建设…平台`, 计划 in `计划开展`."""
    if context.lexicon.intends.match(context.flat, start):
        return True  # 计划|开展督查
    item = context.item_over(start)
    if item is None or "launch" not in item.lists or item.end < end:
        return False
    if item.start < start:
        return True
    before = context.text[start - 1 : start]
    if not before or before in ",;:。!?\n、)” ":
        return before != "”"
    previous = context.items_in(max(0, start - 6), start)
    return bool(previous) and previous[-1].end == start


def _ends(context: Context, rules: HeadRules, end: int) -> bool:
    """Whether a name can end here: punctuation, a particle, a verb, another head right behind."""
    if end >= len(context.text) or context.text[end] in "\n0123456789" or rules.end.match(context.text, end):
        return True
    item = context.item_at(end)
    return item is not None and bool(item.lists & {"launch", "adverb", "preposition"})
