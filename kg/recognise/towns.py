"""Towns, townships and streets: no list here names the forty thousand of them, so their names are told by the text.

A name that ends with 镇 or 乡 is a town's where a name may begin and what is before the ending may be one. One that
ends with 街道, a common word, needs evidence once in the report: it stands before a body that towns have
(白云街道|办事处), right behind the division it lies in (坊子区|白云街道), or in a list of towns (白云街道、澳前镇).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import pairwise

from kg.gazetteer import Gazetteer
from kg.recognise.context import Context, Town
from kg.rulebook import Rulebook
from kg.sought import Sought

_SHORTEST, _LONGEST = 2, 5  # characters of a name without its ending
_CLOSED_TAGS = ("v", "p", "c", "u", "m", "r", "t", "y")  # parts of speech no name is made of
_OPEN_IF_SHORT = ("v", "m")
_TOWN = "town"


class TownRules:
    """The endings of towns' names, the bodies towns have, and what only looks like a town."""

    def __init__(self, rulebook: Rulebook, gazetteer: Gazetteer) -> None:
        """Compile the lists once."""
        endings = sorted(gazetteer.suffixes(_TOWN), key=lambda s: (-len(s), s))
        self.ending = re.compile("|".join(map(re.escape, endings)))
        bodies = {
            alias for alias, rows in gazetteer.local_aliases().items() if any(_TOWN in row.levels for row in rows)
        }
        self.body = re.compile("|".join(map(re.escape, sorted(bodies, key=lambda b: (-len(b), b)))))
        self.lists = Sought(rulebook.union("town-list"))
        self.no_town = rulebook.union("no-town")
        self.needs_evidence = re.compile(rf"{rulebook.alternation('town_unsure')}$")
        self.left = frozenset(rulebook.words("town_left"))
        self.separator = re.compile(rulebook.alternation("separator"))


def towns(context: Context, rules: TownRules, place_ends: Collection[tuple[int, str]]) -> list[Town]:
    """Every town the text names, in order, disjoint; `place_ends` has the end and code of each known division."""
    parents = dict(place_ends)
    spans = list(_candidates(context, rules, parents))
    listed = _listed(context, rules, spans)
    sure = {
        context.text[start:end]
        for number, (start, end) in enumerate(spans)
        if start in parents
        or rules.body.match(context.text, end)
        or number in listed
        or not rules.needs_evidence.search(context.text, start, end)
    }
    found: list[Town] = []
    for start, end in spans:
        name = context.text[start:end]
        if name in sure and (not found or start >= found[-1].end):
            found.append(Town(start, end, f"{parents.get(start, '')}/{name}"))
    found += _elliptical(context, rules, found)
    found.sort(key=lambda t: t.start)
    above = {town.code.partition("/")[2]: town.code for town in found if not town.code.startswith("/")}
    return [Town(t.start, t.end, above.get(t.code[1:], t.code)) if t.code[0] == "/" else t for t in found]


def _elliptical(context: Context, rules: TownRules, found: list[Town]) -> Iterator[Town]:
    """The towns of a list that says what they are at its end: 横店、南马、巍山|三镇."""
    for match in rules.lists.finditer(context.flat):
        low = match.start("items")
        for item in match["items"].split("、"):
            start, end = low, low + len(item)
            low = end + 1
            if item[0] in rules.left:
                start += 1  # 在|横店, 向|葛洲坝
            free = not any(town.start < end and start < town.end for town in found)
            if free and end - start >= _SHORTEST and _is_name(context, start, end):
                yield Town(start, end, f"/{context.text[start:end]}{match['ending']}")


def _candidates(context: Context, rules: TownRules, parents: Collection[int]) -> Iterator[tuple[int, int]]:
    """Where a word ends with a town's ending and what is before it may be a name that begins there."""
    for match in rules.ending.finditer(context.flat):
        end = match.end()
        # the segmenter reads 钟管|镇党委 and 泉溪|镇政府
        body_word = context.words.boundary(match.start()) and rules.body.match(context.text, end)
        if not (context.words.boundary(end) or body_word):
            continue
        for start in range(match.start() - _SHORTEST, match.start() - _LONGEST - 1, -1):
            if start < 0 or not "\u4e00" <= context.flat[start] <= "\u9fff":
                break
            if start in parents or _begins(context, rules, start):
                phrase = body_word and context.items_in(start, match.start())  # 充分发挥|镇党委
                name = not phrase and _is_name(context, start, match.start())
                if name and not rules.no_town.search(context.flat[start:end]):
                    yield start, end
                break


def _begins(context: Context, rules: TownRules, start: int) -> bool:
    before = context.flat[start - 1 : start]
    if not "\u4e00" <= before <= "\u9fff" or before in rules.left:
        return True
    return any(item.end == start for item in context.items_in(max(0, start - 6), start))


def _is_name(context: Context, start: int, end: int) -> bool:
    words = context.words
    if not all("\u4e00" <= character <= "\u9fff" for character in context.flat[start:end]):
        return False
    for at in range(start, end):
        # 画水镇, 三单乡: one character of a name is no verb and no number
        closed = words.boundary(at) and words.tag_at(at).startswith(_CLOSED_TAGS)
        if closed and (words.end_of(at) - at > 1 or not words.tag_at(at).startswith(_OPEN_IF_SHORT)):
            return False
    return True


def _listed(context: Context, rules: TownRules, spans: list[tuple[int, int]]) -> set[int]:
    """The numbers of the spans that stand next to another one, only a separator between them."""
    found: set[int] = set()
    for number, ((_, end), (start, _)) in enumerate(pairwise(spans)):
        if rules.separator.fullmatch(context.text, end, start):
            found |= {number, number + 1}
    return found
