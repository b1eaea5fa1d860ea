"""Where in a text a pattern can match at all, told from the pattern itself.

Python's engine tries a pattern that begins with a repetition, an option or a look behind at every character of a
text. Most patterns of the rules have characters that no match can be without, at its beginning (各级, 各有, 全市 …
in 各级审计机关) or close to it (第 in 全省第二, 应急 in …应急预案). Those are found at once, and the engine tries
only there.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from re import _parser  # type: ignore[attr-defined]  # the engine's own parser: no other one knows its language
from typing import Any

_MANY = 64  # members of a range that is no help: it is nearly everywhere
_BACK = 32  # the longest way from a match's beginning to its mark that is gone
_FREQUENT = frozenset((*"0123456789", r"\d", r"\s"))
PUNCTUATION = ",;:。!?\n\r"
_SEPARATORS = ",。;\n"
_LINKS = frozenset("、和的")  # frequent characters
_REPEATED_CLASS = re.compile(r"(\[[^\]\[\\^]+\]|\\d)\+(?![+?])")
_MOST = 400  # beginnings of a mark

#: The first two characters of what a sequence matches, each as part of a class (字, 一-九, \d) or `_ANY`; fewer where
#: there are no more.
_Beginnings = frozenset[tuple[str, ...]]
_EMPTY: _Beginnings = frozenset([()])
_ANY = ""
_CATEGORIES = {_parser.CATEGORY_DIGIT: r"\d", _parser.CATEGORY_SPACE: r"\s"}


class _Unknown(Exception):  # noqa: N818 - no fault: nothing can be said of the pattern
    """A sequence may begin with nearly anything."""


class Sought:
    """A pattern with its mark: characters that every match has not far from its beginning.

    It has none where nothing is known.
    """

    def __init__(self, regex: re.Pattern[str]) -> None:
        """Find the mark of `regex`."""
        regex = _skipping(regex)
        self.regex = regex
        items = _items(regex)
        self._mark, self._back = _mark(items)
        self._swift = bool(items) and _is_swift(items[0])
        #: Whether no match holds a mark of punctuation or a space, and none of them around it matters to it.
        self.unbroken = bool(items) and not _may_take(items, f"{PUNCTUATION} ")
        self._rare: re.Pattern[str] | None = None
        if self._mark is None and items and not _may_take(items, _SEPARATORS):
            one_of = min(needed(regex), key=lambda firsts: (len(firsts & _LINKS), len(firsts)), default=None)
            if one_of:
                self._rare = re.compile(f"[{''.join(sorted(map(re.escape, one_of)))}]")

    def finditer(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """Give the matches that ``regex.finditer(text, start, end)`` gives."""
        if self._rare is not None:
            return self._in_stretches(self._rare, text, start, min(end, len(text)))
        if self._mark is None or self._swift:
            return self.regex.finditer(text, start, end)
        if self._mark.search(text, start, end) is None:
            return iter(())
        return self._at_marks(self._mark, text, start, end)

    def found(self, text: str) -> bool:
        """Whether the pattern matches somewhere in the text."""
        return next(self.finditer(text), None) is not None

    def marks(self, text: str) -> list[int] | None:
        """Give the places of a text where a mark is: each match holds one. None: a match may be anywhere."""
        return None if self._mark is None else [hit.start() for hit in self._mark.finditer(text)]

    def _in_stretches(self, rare: re.Pattern[str], text: str, start: int, end: int) -> Iterator[re.Match[str]]:
        """Look between the separators around each character of which a match has one: no match crosses them."""
        done = start
        for hit in rare.finditer(text, start, end):
            place = hit.start()
            if place >= done:
                low = max([text.rfind(mark, done, place) + 1 for mark in _SEPARATORS] + [done])
                after = [text.find(mark, place, end) for mark in _SEPARATORS]
                done = min([at for at in after if at >= 0], default=end)
                yield from self.regex.finditer(text, low, done)

    def _at_marks(self, mark: re.Pattern[str], text: str, start: int, end: int) -> Iterator[re.Match[str]]:
        match, back = self.regex.match, self._back
        low = start  # before it, every place has been tried
        for hit in mark.finditer(text, start, end):
            place = hit.start()
            if place < low:
                continue
            if not back:
                if found := match(text, place, end):
                    yield found
                    low = found.end()
                continue
            for at in range(max(low, place - back), place + 1):
                found = match(text, at, end)
                if found:
                    yield found
                    low = found.end()
                    break
            else:
                low = place + 1


class Everywhere:
    """The matches of a pattern in a whole text, found once and asked for by stretches of it.

    The pattern must not look behind or ahead of what it matches: a stretch is read as if nothing stood around it.
    """

    def __init__(self, pattern: Sought | re.Pattern[str], text: str) -> None:
        """Find the matches."""
        self._pattern, self._text = pattern, text
        self._matches = list(pattern.finditer(text))
        self._places = [match.span() for match in self._matches]
        self.starts = [start for start, _ in self._places]

    def within(self, start: int, end: int) -> list[re.Match[str]]:
        """Give the matches that ``pattern.finditer(text, start, end)`` gives."""
        low = bisect_left(self.starts, start)
        high = bisect_left(self.starts, end, low)
        if (low and self._places[low - 1][1] > start) or (high > low and self._places[high - 1][1] > end):
            return list(self._pattern.finditer(self._text, start, end))  # the stretch cuts a match of the whole text
        return self._matches[low:high]


def _skipping(regex: re.Pattern[str]) -> re.Pattern[str]:
    r"""Write ``[…]+`` and ``\d+`` at a pattern's beginning as ``[…][…]*``: to a single character the engine skips."""
    first = _REPEATED_CLASS.match(regex.pattern)
    return re.compile(f"{first[1]}{first[1]}*{regex.pattern[first.end() :]}", regex.flags) if first else regex


def opening(*regexes: re.Pattern[str]) -> re.Pattern[str]:
    """Return an expression that matches wherever one of the patterns can: where it does not, none need be tried."""
    try:
        beginnings = frozenset[tuple[str, ...]]().union(*(_beginnings(_items(regex)) for regex in regexes))
    except _Unknown:
        return re.compile("")
    return re.compile("" if () in beginnings else _expression(beginnings))


def needed(regex: re.Pattern[str]) -> list[frozenset[str]]:
    """Return sets of characters of each of which every match of the pattern has one; not all there are."""
    found = []
    for item in _items(regex):
        try:
            beginnings = _beginnings([item]) if _consumes(item) else _EMPTY
        except _Unknown:
            continue
        firsts = [parts[0] for parts in beginnings if parts]
        if () not in beginnings and all(
            part not in _CATEGORIES.values() and part == re.escape(part[-1]) for part in firsts
        ):
            found.append(frozenset(part[-1] for part in firsts))
    return found


def _items(regex: re.Pattern[str]) -> list[Any]:
    """Return the items of a pattern; of one to which capital letters are small ones nothing can be said."""
    return [] if regex.flags & re.IGNORECASE else list(_flat(_parser.parse(regex.pattern, regex.flags)))


def _may_take(items: Iterable[Any], characters: str) -> bool:
    """Whether one of the characters can be part of a match, or what stands around it can matter to a match."""
    return any(_takes(kind, value, characters) for kind, value in items)


def _takes(kind: Any, value: Any, characters: str) -> bool:
    if kind is _parser.LITERAL:
        return chr(value) in characters
    if kind is _parser.IN:
        return any(
            chr(member) in characters
            if part is _parser.LITERAL
            else any(member[0] <= ord(character) <= member[1] for character in characters)
            if part is _parser.RANGE
            else (part, member) != (_parser.CATEGORY, _parser.CATEGORY_DIGIT)
            for part, member in value
        )
    if kind is _parser.BRANCH:
        return any(_may_take(branch, characters) for branch in value[1])
    if kind is _parser.SUBPATTERN:
        return bool(value[1]) or bool(value[2]) or _may_take(value[3], characters)
    if kind in (_parser.MAX_REPEAT, _parser.MIN_REPEAT, _parser.POSSESSIVE_REPEAT):
        return _may_take(value[2], characters)
    if kind in (_parser.ASSERT, _parser.ASSERT_NOT):
        return _may_take(value[1], characters)
    return True


def _is_swift(first: Any) -> bool:
    """Whether the engine itself skips to the places where a pattern with this first item can begin."""
    kind, value = first
    if kind is _parser.BRANCH:
        return all(branch and branch[0][0] is _parser.LITERAL for branch in value[1])
    return kind in (_parser.LITERAL, _parser.IN)


def _mark(items: Sequence[Any]) -> tuple[re.Pattern[str] | None, int]:
    """Choose the rarest mark, as an expression of one character with a look ahead, and its way from the beginning."""
    best, best_cost, best_back = "", sys.maxsize, 0
    back = 0
    for number, item in enumerate(items):
        try:
            beginnings = _beginnings(items[number:]) if _consumes(item) else _EMPTY
        except _Unknown:
            beginnings = _EMPTY
        if () not in beginnings:
            firsts = {parts[0] for parts in beginnings}
            cost = sum(10 if part in _FREQUENT or len(part) > 2 else 1 for part in firsts) * (back + 1)
            if cost < best_cost:
                best, best_cost, best_back = _expression(beginnings), cost, back
        back += _width(item)
        if back > _BACK:
            break
    return (re.compile(best) if best else None), best_back


def _expression(beginnings: _Beginnings) -> str:
    """Write an expression of one character that stands at each of the beginnings, with a look at the second one."""
    seconds: dict[str, set[str]] = {}
    for parts in beginnings:
        seconds.setdefault(parts[0], set()).add(parts[1] if len(parts) > 1 else _ANY)
    if not any(_ANY in after for after in seconds.values()) and all(part == re.escape(part[-1]) for part in seconds):
        # each first character with its own second ones: the engine skips to a branch by its first character
        return "|".join(f"{first}(?=[{''.join(sorted(seconds[first]))}])" for first in sorted(seconds))
    every = frozenset().union(*seconds.values())
    ahead = "" if _ANY in every else f"(?=[{''.join(sorted(every))}])"
    return f"[{''.join(sorted(seconds))}]{ahead}"


def _flat(items: Iterable[Any]) -> Iterator[Any]:
    """Give the items of a sequence, those of a group that stands once in the group's place."""
    for item in items:
        inner = _group(item)
        if inner is None:
            yield item
        else:
            yield from _flat(inner)


def _group(item: Any) -> Any:
    """Return the sequence in a group that changes no flags."""
    kind, value = item
    return value[3] if kind is _parser.SUBPATTERN and not value[1] and not value[2] else None


def _consumes(item: Any) -> bool:
    return item[0] not in (_parser.ASSERT, _parser.ASSERT_NOT, _parser.AT)


def _width(item: Any) -> int:
    """Return the greatest number of characters that an item takes."""
    if not _consumes(item):
        return 0
    try:
        return int(_parser.SubPattern(_parser.State(), [item]).getwidth()[1])
    except IndexError:  # a reference to a group that is not in this item
        return sys.maxsize


def _beginnings(items: Sequence[Any]) -> _Beginnings:
    """Return what a sequence may begin with; raises `_Unknown`."""
    found = _EMPTY
    for item in items:
        if all(len(parts) == 2 for parts in found):
            break
        try:
            found = _joined(found, _beginnings_of(item)) if _consumes(item) else found
        except _Unknown:
            return _cut_short(found)
    return found


def _cut_short(found: _Beginnings) -> _Beginnings:
    """Return the beginnings with any second character; raises `_Unknown` where not even the first one is known."""
    if () in found:
        raise _Unknown
    return frozenset((parts[0], _ANY) for parts in found)


def _joined(found: _Beginnings, following: _Beginnings) -> _Beginnings:
    joined = frozenset((*left, *right)[:2] for left, right in product(found, following))
    return joined if len(joined) <= _MOST else _cut_short(joined)


def _beginnings_of(item: Any) -> _Beginnings:
    kind, value = item
    if kind is _parser.LITERAL:
        return frozenset([(re.escape(chr(value)),)])
    if kind is _parser.IN:
        return frozenset((part,) for part in _class(value))
    if kind is _parser.BRANCH:
        return frozenset[tuple[str, ...]]().union(*map(_beginnings, value[1]))
    if kind in (_parser.MAX_REPEAT, _parser.MIN_REPEAT, _parser.POSSESSIVE_REPEAT):
        least, most, inner = value
        once = _beginnings(inner)
        found = once if most == 1 else once | _joined(once, once)
        return found | _EMPTY if least == 0 else found
    inner = _group(item)
    if inner is None:
        raise _Unknown
    return _beginnings(inner)


def _class(parts: Iterable[Any]) -> Iterator[str]:
    """Give the parts of a class; raises `_Unknown` where its members are too many to be of use."""
    for kind, value in parts:
        if kind is _parser.LITERAL:
            yield re.escape(chr(value))
        elif kind is _parser.RANGE and value[1] - value[0] < _MANY:
            yield f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
        elif kind is _parser.CATEGORY and value in _CATEGORIES:
            yield _CATEGORIES[value]
        else:
            raise _Unknown
