"""Open names: where a name that no list knows begins.

Chinese has no spaces, so an open name needs a left edge. The genre writes names behind the verb that launches them
(`深入开展“法律明白人”培养工程`), behind a preposition (`依托…平台`) or at the head of a clause
(`“院坝会”治理模式被推广`); adverbs, scope words, quantities, times, places and bodies before the name stay outside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from kg.recognise.context import Context, Item

_LONGEST = 34  # a name seldom has more characters; beyond, a later verb is taken for the edge
_NOUN_TAGS = ("vn", "n", "j", "an")


class Outside:
    """The places and bodies that stay outside names."""

    def __init__(self, ends: Mapping[int, int]) -> None:
        """Take where they begin, with their ends."""
        self._ends = ends
        self._starts: dict[int, list[int]] = {}
        for start, end in sorted(ends.items()):
            self._starts.setdefault(end, []).append(start)

    def end_of(self, at: int) -> int:
        """The end of the one that begins at `at`, or `at` itself."""
        return self._ends.get(at, at)

    def ends(self, at: int) -> bool:
        """Whether one ends at `at`."""
        return at in self._starts

    def before(self, at: int, longest: int) -> int | None:
        """Where the shortest one that ends at `at` begins: one of two to `longest` characters."""
        starts = self._starts.get(at, ())
        return next((start for start in reversed(starts) if at - longest <= start <= at - 2), None)


#: No places and no bodies are known.
NOTHING_OUTSIDE = Outside({})


class Edge(NamedTuple):
    """The left edge of a name, and the word that governs it (empty at the head of a clause)."""

    start: int
    verb: str
    verb_start: int
    preposition: bool = False
    raw: int = 0  # the start with the adverbs and places that `start` steps over


def left_edge(context: Context, low: int, at: int, outside: Outside = NOTHING_OUTSIDE, chain: bool = True) -> Edge:
    """The left edge of the name whose head begins at `at`, not before `low`.

    Without `chain` only the first verb governs: `拟订了|推进…工作方案`.
    """
    items = context.items_in(low, at)
    start, verb, verb_start, preposition = low, "", low, False
    number = 0
    frame = context.lexicon.frame.search(context.flat, low, at) if items else None
    while number < len(items):
        item = items[number]
        if frame and frame.start() <= item.start < frame.end():
            number += 1
            continue
        if item.end == at and _behind_quotation(context, items, number):
            break  # “e拍即得”协同执行|机制: the verb is a part of the name
        behind_body = "launch" in item.lists and outside.ends(item.start)  # 市司法局|启动“七五”普法
        if (behind_body or _governs(context, items, number, low)) and (
            not verb or preposition or at - start > _LONGEST or _renewed(context, items, number)
        ):
            start, last, verb_start = _chain(context, items, number, at) if chain else (item.end, item, item.start)
            verb = context.text[last.start : last.end]
            preposition = False
            while number + 1 < len(items) and items[number + 1].start < start:
                number += 1
        elif "preposition" in item.lists and _parts(context, item):
            # a preposition after the verb opens a new phrase: 提高全社会对…制度的认同
            start, verb, verb_start, preposition = item.end, context.text[item.start : item.end], item.start, True
        number += 1
    raw = start
    start = skip_outside(context, start, at, outside)
    while chain and (behind := context.item_at(start)) is not None and behind.end < at and "launch" in behind.lists:
        # 会同A局、B局|开展…: the verb behind the bodies governs the name
        if context.words.tag_at(start).startswith(("vn", "n")) or context.text[behind.end] == "”":
            break
        if start == raw and _begins_held(context, verb, behind, at):
            break
        verb, verb_start, preposition = context.text[behind.start : behind.end], behind.start, False
        start = skip_outside(context, behind.end, at, outside)
    return Edge(start, verb, verb_start, preposition, raw)


def _behind_quotation(context: Context, items: tuple[Item, ...], number: int) -> bool:
    """Whether the words up to item `number` follow one another right behind a quotation."""
    while number and items[number - 1].end == items[number].start:
        number -= 1
    return context.text[items[number].start - 1 : items[number].start] == "”"


def _governs(context: Context, items: tuple[Item, ...], number: int, low: int) -> bool:
    """Whether the item is a launch verb and no noun (建设 in `法治建设报告制度`), by its tag and what is before it."""
    item = items[number]
    if "launch" not in item.lists:
        return False
    if item.start <= low or context.text[item.start - 1] in ",;:。!?\n、)了 ":
        return True
    if number and items[number - 1].end == item.start:
        return True
    if context.words.end_of(item.start) < item.end:
        return True  # several words make a verb: 上线使用
    intended = context.lexicon.intends.search(context.flat, max(low, item.start - 2), item.end)
    if intended and intended.end() == item.start:
        return True  # 计划|开展
    # the tag is asked for last: it costs most; no verb is a proper name, which the segmenter takes 建立健全 for
    tag = context.words.tag_at(item.start)
    return tag in _PROPER or not tag.startswith(_NOUN_TAGS)


def _renewed(context: Context, items: tuple[Item, ...], number: int) -> bool:
    """Whether a later launch verb is the real one: behind an adverb (`项目全面落实`) or a manner (`…形式开展`)."""
    item = items[number]
    before = items[number - 1]
    if before.end == item.start and "adverb" in before.lists and "launch" not in before.lists:
        return True
    lexicon = context.lexicon
    if (
        context.text[item.start - 1 : item.start] == "、"
        and context.text[item.start : item.end] in lexicon.listed_verbs
    ):
        return True  # 推进法治宣传教育、|深化责任体系构建
    first = next((i for i in items if "launch" in i.lists), item)
    verb = context.text[first.start : first.end]
    if verb in lexicon.causative or (verb in lexicon.organising and "organised" in item.lists):
        return item.start - first.end >= 2
    before_it = max(first.end, item.start - 4)
    return any(p.search(context.flat, before_it, item.start) for p in (lexicon.manner, lexicon.actor_end))


def _begins_held(context: Context, verb: str, later: Item, at: int) -> bool:
    """Whether a launch verb behind `verb` begins the name of the action with its head at `at`."""
    lexicon = context.lexicon
    if verb not in lexicon.holding or "launch" not in later.lists:
        return False
    return context.text[later.start : later.end] not in lexicon.holding and bool(
        lexicon.held_head.match(context.flat, at)
    )


def _parts(context: Context, item: Item) -> bool:
    """Whether a preposition stands alone as a word, and not as an 与 or 和 that joins two names."""
    return "joining" not in item.lists and context.words.boundary(item.start) and context.words.boundary(item.end)


def _chain(context: Context, items: tuple[Item, ...], number: int, at: int) -> tuple[int, Item, int]:
    """The end of a chain of launch verbs (`探索建立`, `加强和创新`), its last verb, and its start.

    A verb right behind one of holding begins the name of what is held: `开展|提升行政执法质量三年行动`.
    """
    text = context.text
    verb = items[number]
    end = verb.end  # of the last verb or adverb
    for later in items[number + 1 :]:
        if later.start == end and _begins_held(context, text[verb.start : verb.end], later, at):
            break
        if text[end : later.start] not in ("", "和", "、", "并", "了"):
            break
        if "launch" not in later.lists and "adverb" not in later.lists:
            break
        end = later.end
        if "launch" in later.lists:
            verb = later
    return verb.end, verb, items[number].start


def skip_outside(context: Context, start: int, at: int, outside: Outside) -> int:
    """Move `start` right over what stands before a name and is no part of it, never past `at`."""
    text, lexicon = context.text, context.lexicon
    while start < at:
        step = start
        counting = lexicon.counting.match(text, start, at)
        if counting and (number := lexicon.enumerator.match(text, start, at)):
            step = number.end()
        elif (item := context.item_at(start)) and item.lists & {"adverb", "scope"} and item.end <= at:
            step = item.end
        elif (
            text[start] in "、 \n,;:"
            or text[start] in lexicon.particles
            or (text[start] in lexicon.conjunctions and context.words.end_of(start) == start + 1)
        ):
            step = start + 1
        else:
            match = counting and (lexicon.measure.match(text, start, at) or lexicon.time.match(text, start, at))
            step = match.end() if match else outside.end_of(start)
        if step <= start or step > at:
            return start
        start = step
    return start


#: Parts of speech of the words that make a proper name: nouns, abbreviations, distinctives, nominal verbs.
_NAME_TAGS = ("n", "j", "b", "vn")
#: Parts of speech of the word that must stand before it, besides no word at all.
_BEFORE_NAME = ("p", "v", "c", "u", "x", "m", "r", "d")
_PROPER = ("ns", "nr", "nz", "nt", "j")
_PLACE_NAME = ("ns", "nr", "nz")


def noun_phrase(context: Context, at: int, longest: int) -> int:
    """Where the run of nouns that ends at `at` begins, if its first word is a proper name and no noun goes before it.

    `at` itself where there is no such run of at most `longest` characters.
    """
    words = context.words
    start, number = at, words.number_at(at)
    if number is None:  # 湖南工业大学 is one word of the segmenter's dictionary
        start = words.word_over(at) if at < words.length else at
        if start == at or not words.tag_at(start).startswith(_PROPER):
            return at
        before = (words.number_at(start) or 0) - 1
        if before >= 0 and words.tag(before).startswith(_PLACE_NAME) and at - words.starts[before] <= longest:
            return words.starts[before]  # 荆楚|理工学院
        return start
    while number and at - words.starts[number - 1] <= longest and words.tag(number - 1).startswith(_NAME_TAGS):
        number -= 1
        start = words.starts[number]
    if start == at or not words.tag(number).startswith(_PROPER):
        return at
    return start if not number or words.tag(number - 1).startswith(_BEFORE_NAME) else at
