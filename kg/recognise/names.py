"""Open names: where a name that no list knows begins.

Chinese has no spaces, so an open name needs a left edge. The genre writes names behind the verb that launches them
(`深入开展“万家访查”活动`), behind a preposition (`依托…平台`) or at the head of a clause (`“一委三会”社区治理模式被民政部肯定`);
adverbs, scope words, quantities, times, places and bodies before the name stay outside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kg.recognise.context import Context, Item

_LONGEST = 34  # a name seldom has more characters; beyond, a later verb is taken for the edge


@dataclass(frozen=True, slots=True)
class Edge:
    """The left edge of a name, and the word that governs it (empty at the head of a clause)."""

    start: int
    verb: str
    verb_start: int
    preposition: bool = False


def left_edge(context: Context, low: int, at: int, outside: Callable[[int], int]) -> Edge:
    """The left edge of the name whose head begins at `at`, not before `low`.

    `outside(i)` gives the end of a place or body that begins at `i` and stays outside names, or `i`.
    """
    items = context.items_in(low, at)
    launches = [i for i, item in enumerate(items) if "launch" in item.lists]
    start, verb, verb_start, preposition = low, "", low, False
    for number in launches:
        start, verb, verb_start = _chain(context, items, number)
        if at - start <= _LONGEST:
            break
    if not launches:
        # 的 after the preposition's object ends it: 按照…要求的…
        for item in reversed(items):
            if "preposition" in item.lists:
                start, verb, verb_start, preposition = item.end, context.text[item.start : item.end], item.start, True
                break
    return Edge(skip_outside(context, start, at, outside), verb, verb_start, preposition)


def _chain(context: Context, items: tuple[Item, ...], number: int) -> tuple[int, str, int]:
    """The end of a chain of launch verbs (`探索建立`, `加强和创新`), its last verb, its start."""
    item = items[number]
    first, end, verb = item.start, item.end, item
    for later in items[number + 1 :]:
        gap = context.text[end : later.start]
        if gap not in ("", "和", "、", "并", "了"):
            break
        if "launch" not in later.lists and "adverb" not in later.lists:
            break
        end = later.end
        if "launch" in later.lists:
            verb = later
    return end, context.text[verb.start : verb.end], first


def skip_outside(context: Context, start: int, at: int, outside: Callable[[int], int]) -> int:
    """Move `start` right over what stands before a name and is no part of it, never past `at`."""
    text, lexicon = context.text, context.lexicon
    while start < at:
        item = context.item_at(start)
        step = start
        if item is not None and item.lists & {"adverb", "scope"} and item.end <= at:
            step = item.end
        elif text[start] in "了着过的、 \n,;:":
            step = start + 1
        elif text[start] in "和及与并或" and context.words.end_of(start) == start + 1:
            step = start + 1
        else:
            match = lexicon.measure.match(text, start, at) or lexicon.time.match(text, start, at)
            step = match.end() if match else outside(start)
        if step <= start or step > at:
            return start
        start = step
    return start
