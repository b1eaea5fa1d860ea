"""Numbers of Chinese official text: value expressions, units, bounds, growth.

Everything works on folded text (`kg.text.fold`): half-width digits and punctuation, same offsets as the source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import zip_longest
from typing import NamedTuple

from kg.model import Bound
from kg.rulebook import Rulebook
from kg.sought import Sought

_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
_MULTIPLIERS = "百亿亿|亿亿|万亿|千亿|百亿|千万|百万|亿|万"  # between Arabic digits and the unit, the longest first
_HUNDREDTHS = "百"  # 百分之五 is 5 %

NUMBER = re.compile(r"\d\d*(?:,\d{3})*(?:\.\d+)?")  # \d\d*: to a single character the engine skips, to \d+ not
_RATIO = (":", "\u2236", "/", "-", "~")
_JOINED = "[+×*/.:-~#№"  # a number right after one of these is a part of something longer: “1+4”, 2.5.1, 10-12
_HEAD_REACH = 8  # characters before the digits in which a bound is looked for: 达到或超过
_GROWTH_REACH = 22  # and a rise or fall with what it is measured against: 比上年同期增长幅度达到
_LONGEST_RUN = 60  # years
_INDEX_REACH = 24  # characters before an index in which its name is: 收入比由2020年的2.42缩小至
_NO_NUMBER = re.compile(r"0\d")


class Figure(NamedTuple):
    """A value expression at `start:end`: `value` in `unit` after expanding 万 and 亿, `number` the digits' place.

    `growth` is +1 or -1 where the expression says a rise or a fall (`下降65.3%` has value -65.3), else 0. Of a range
    (`5至10万元`) it is the lower end, which the characters up to `low_end` say, with bound ≥; `high` is the upper end.
    """

    start: int
    end: int
    value: Decimal
    unit: str
    bound: Bound
    number: tuple[int, int]
    growth: int = 0
    base: str = ""  # 同比, 年均, …: what the growth is measured against
    low_end: int = 0
    high: Figure | None = None

    def ends(self) -> tuple[Figure, ...]:
        """Return the ends of a range, each a figure of its own, in the order of the text; any other figure alone."""
        if self.high is None:
            return (self,)
        value = -abs(self.high.value) if self.growth < 0 else self.high.value
        high = self.high._replace(value=value, growth=self.growth, base=self.base)
        return (self._replace(end=self.low_end, low_end=0, high=None), high)


def chinese_number(text: str) -> int | None:
    """The value of a Chinese numeral below 10^16, None where `text` is none.

    >>> chinese_number("一千二百万"), chinese_number("十五"), chinese_number("两")
    (12000000, 15, 2)
    """
    if not text:
        return None
    total, section, digit = 0, 0, -1
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char] if digit < 0 else digit * 10 + _DIGITS[char]
        elif char in _PLACES:
            section += (1 if digit < 0 else digit) * _PLACES[char]
            digit = -1
        elif char in _MYRIADS:
            section += max(digit, 0)
            if char == "亿":  # 一万亿: what came before is multiplied as a whole
                total = (total + section or 1) * _MYRIADS[char]
            else:
                total += (section or 1) * _MYRIADS[char]
            section, digit = 0, -1
        else:
            return None
    return total + section + max(digit, 0)


class Quantities:
    """The compiled quantity rules of a rulebook."""

    def __init__(self, rulebook: Rulebook) -> None:
        """Compile the lists and patterns of quantities.yaml."""
        alt = rulebook.alternation
        self._bounds: dict[str, Bound] = {}
        marks: tuple[tuple[Bound, tuple[str, ...]], ...] = (
            ("≈", ("about_before", "about_middle", "about_after")),
            ("≥", ("over_before", "over_after")),
            ("≤", ("under_before", "under_after", "deadline_after")),
        )
        for bound, keys in marks:
            self._bounds.update(dict.fromkeys(rulebook.words(*keys), bound))
        after, few = alt("about_after", "over_after", "under_after"), alt("about_middle")
        self._tail = re.compile(
            rf" ?(?:(?P<frac>/\d+)|(?P<ratio>[:\u2236]1(?![\d:.]))"
            rf"|(?P<few>(?:{few}(?={_MULTIPLIERS}))?)(?P<mult>{_MULTIPLIERS}|))(?P<mid>{few}?) ?"
            rf"(?P<unit>(?:{alt('unit')}(?:/{alt('per_unit')})?)?)(?P<post>{after}?)"
        )
        self._head = re.compile(rf"(?P<bound>{alt('about_before', 'over_before', 'under_before')}) ?$")
        self._head_word = re.compile(rf"{alt('head_in_word')} ?$")
        self._criterion_before = re.compile(rf"{alt('criterion_before')}$")
        self._after = re.compile(after)
        self.spoken = Sought(
            rulebook.union("spoken")
        )  # a stretch with neither such a match nor a number holds no figure
        self._growth = rulebook.union("growth")
        self._growth_units = frozenset(rulebook.words("growth_unit"))
        self._years = rulebook.words("duration_unit")[0]
        self._not_after = frozenset(rulebook.words("not_figure_after"))
        self._dated = frozenset(rulebook.words("date_before"))
        self._class = rulebook.word("class_after")
        self._not_unit = re.compile(alt("not_unit_after"))
        self._deadline_units = frozenset(rulebook.words("deadline_unit"))
        self._deadline = re.compile(alt("deadline_after"))
        self._longer = re.compile(alt("unit_in_word"))
        self._level_change = re.compile(alt("level_change"))
        self._periods = frozenset(rulebook.words("period_unit"))
        self._first = rulebook.word("period_before")
        self._scale = frozenset(rulebook.words("scale_unit"))
        self._event = re.compile(alt("scale_after"))
        self._index = rulebook.union("index-before")
        self._criterion = frozenset(rulebook.words("criterion_unit"))
        self._points = rulebook.word("score_unit")
        self._clock = frozenset(rulebook.words("score_not_after"))
        self._points_longer = re.compile(alt("score_not_before"))
        self._to = re.compile(
            rf"(?P<low> ?(?P<mult>{_MULTIPLIERS}|)(?P<unit>{alt('unit')}?)) ?(?P<mark>{alt('range_mark')}){{1,2}} ?"
        )
        self._range_after = re.compile(alt("range_after"))
        self._changing = frozenset(rulebook.words("change_from"))

    def figures(
        self,
        text: str,
        start: int,
        end: int,
        word_end: Callable[[int], int] = lambda at: at,
        numbers: Iterable[re.Match[str]] | None = None,
        spoken: Iterable[re.Match[str]] | None = None,
    ) -> list[Figure]:
        """Every value expression of `text[start:end]`, in order, disjoint. Dates and ordinals are not among them.

        `word_end(i)` gives the end of the word that begins at `i` (or `i`): a unit is no unit where it only begins a
        longer word (`5万亿台阶`). `numbers` and `spoken` are the matches of `NUMBER` and `spoken` in that
        stretch, where they are known.
        """
        found: list[Figure] = []
        matches = list(NUMBER.finditer(text, start, end) if numbers is None else numbers)
        taken = start  # up to here the text has been told
        for match, following in zip_longest(matches, matches[1:]):
            if match.start() < taken:
                continue
            to = None if following is None else self._to.fullmatch(text, match.end(), following.start())
            if following is not None and to is not None:
                span = self._range(text, (match, to, following), start, end, word_end)
                if span is not None:
                    found += span
                    taken = span[0].end if span else following.end()
                    continue
            figure = self._figure(text, match, start, end, word_end)
            if figure is not None:
                found.append(figure)
                taken = figure.end
        if spoken is None:
            spoken = self.spoken.finditer(text, start, end)
        others = [figure for m in spoken if (figure := self._spoken_figure(m, start))]
        if not others:
            return found
        for figure in others:
            if not any(f.start < figure.end and figure.start < f.end for f in found):
                found.append(figure)
        return sorted(found, key=lambda f: f.start)

    def _figure(
        self, text: str, match: re.Match[str], start: int, end: int, word_end: Callable[[int], int]
    ) -> Figure | None:
        first, digits_end = match.span()
        before = text[first - 1] if first > start else ""
        if _NO_NUMBER.match(match.group()):
            return None  # 00: cells of a table that run into each other
        if before and (before in _JOINED or before in self._not_after or (before.isascii() and before.isalpha())):
            return None
        tail = self._tail.match(text, digits_end, end)
        if tail is None:
            return None
        unit, multiplier, fraction = tail["unit"], tail["mult"] or "", tail["frac"]
        if before in self._dated and not unit:
            return None
        if unit and text.startswith(self._class, tail.end("unit")):
            return None  # 1000吨级船闸: a class of things
        if unit and word_end(tail.start("unit")) > tail.end("unit") and self._longer.match(text, tail.start("unit")):
            unit = ""
        post: str = tail["post"]
        stop = tail.end()
        if unit:
            if not post and unit in self._deadline_units:
                within = self._deadline.match(text, stop, end)
                if within and word_end(stop) <= within.end():  # 5个工作日内, not 3天内部审核
                    post, stop = within.group(), within.end()
            if _latin(text[stop : stop + 1]):
                return None
            if before == self._first and unit in self._periods:
                return None  # 前10个月
            if unit in self._scale and self._event.match(text, stop):
                return None  # 6.2级地震
            if self._criterion_before.search(text, start, first):
                return None  # 海拔5000米以上乡镇
            if post and unit in self._criterion:
                return None  # 80岁以上老年人: who, not how many
            if unit == self._points and (before in self._clock or self._points_longer.match(text, tail.end("unit"))):
                return None  # 9时30分, 三分之一
        elif tail["ratio"]:
            stop, post = tail.end("ratio"), ""
        elif multiplier or fraction:
            stop = tail.end("mid") if tail["mid"] else tail.end("frac" if fraction else "mult")
            after = self._after.match(text, stop, end)
            post = after.group() if after else ""
            stop += len(post)
            follower = text[stop : stop + 1]
            if _latin(follower) or follower.isdecimal() or self._not_unit.match(text, stop):
                return None
        elif _is_index(text, match, end) and self._index.search(text, max(start, first - _INDEX_REACH), first):
            stop, post = digits_end, ""  # 收入比缩小至2.12
        else:
            return None
        value = Decimal(match.group().replace(",", ""))
        if fraction:
            divisor = Decimal(fraction[1:])
            if not divisor:
                return None
            value /= divisor
        unit, value = _plain_unit(unit, value * _multiplier(multiplier))
        bound: Bound = "="
        head = self._head_before(text, start, first)
        if head:
            bound = self._bounds[head["bound"]]
            first = head.start()
        for mark in (tail["few"], tail["mid"], post):
            if mark:
                bound = self._bounds[mark]
        growth, base, first = self._growth_before(text, start, first, unit)
        return Figure(first, stop, -value if growth < 0 else value, unit, bound, match.span(), growth, base)

    def _range(
        self,
        text: str,
        parts: tuple[re.Match[str], re.Match[str], re.Match[str]],
        start: int,
        end: int,
        word_end: Callable[[int], int],
    ) -> tuple[Figure, ...] | None:
        """Read 5|至|10万元 as one figure with both its ends; () where it counts nothing, None where it is no range."""
        first, to, last = parts
        begin = first.start()
        before = text[begin - 1] if begin > start else ""
        if before in self._not_after:
            return ()  # 第3至5条
        if before and (before in _JOINED or (before.isascii() and before.isalpha())):
            return None
        high = self._figure(text, last, last.start(), end, word_end)
        if high is None or not high.unit or high.number[0] != high.start:
            return None
        closing = self._range_after.match(text, high.end, end)
        spoken = text[to.end("mark") - 1].isalpha()
        if spoken and before in self._changing and to["unit"] and closing is None:
            return None  # 从5件至10件: a change
        if high.unit in self._criterion:
            return ()  # 3-6岁儿童: who, not how many
        digits, high_digits = (Decimal(match.group().replace(",", "")) for match in (first, last))
        if to["unit"]:
            unit, low = _plain_unit(to["unit"], digits * _multiplier(to["mult"]))
        else:  # 5至10万元: both ends in the unit of the last
            factor = _multiplier(to["mult"]) if to["mult"] else high.value / (high_digits or Decimal(1))
            unit, low = high.unit, digits * factor
        if unit != high.unit or low >= high.value:
            return None
        head = self._head_before(text, start, begin)
        growth, base, begin = self._growth_before(text, start, head.start() if head else begin, unit)
        stop = closing.end() if closing else high.end
        high = high._replace(bound="≤")
        value = -low if growth < 0 else low
        return (Figure(begin, stop, value, unit, "≥", first.span(), growth, base, to.end("low"), high),)

    def _head_before(self, text: str, start: int, at: int) -> re.Match[str] | None:
        """The bound that stands before a number, unless it only ends a word: 签约|3543亿元."""
        low = max(start, at - _HEAD_REACH)
        return None if self._head_word.search(text, low, at) else self._head.search(text, low, at)

    def _growth_before(self, text: str, start: int, at: int, unit: str) -> tuple[int, str, int]:
        """+1 or -1, what it is measured against, and where the words of growth before `at` begin; 0 where none are."""
        match = self._growth.search(text, max(start, at - _GROWTH_REACH), at)
        changed = match is not None and (match["base"] or self._level_change.match(match.group()))
        if match is None or (unit not in self._growth_units and not changed):
            return 0, "", at  # 减少材料120份 counts the papers; 比上年减少17批次 is a fall
        if not unit:
            return 0, "", at
        return (1 if match["up"] else -1), match["base"], match.start()

    def _spoken_figure(self, match: re.Match[str], start: int) -> Figure | None:
        """The figure of a match of the set `spoken`, whose named groups say which of its forms it is."""
        unit, place = "", match.span()
        bound: Bound = "="
        if match["frac"]:
            above, below = chinese_number(match["frac"]), chinese_number(match["den"])
            if above is None or not below:
                return None
            value = Decimal(above)
            bound = self._bounds.get(match["fpost"] or match["fpre"], "=")
            if match["den"] == _HUNDREDTHS:
                unit = "%"
            else:
                value /= Decimal(below)
        else:
            group = next(name for name in ("run", "tenths", "round", "big") if match[name])
            place = match.span(group)
            digits = match[group]
            number = int(digits) if digits.isdecimal() else chinese_number(digits)
            if number is None:
                return None
            value = Decimal(number)
            if group == "run":
                if number > _LONGEST_RUN:
                    return None
                unit = self._years
            elif group == "tenths":
                unit = match["tunit"]
                bound = self._bounds.get(match["tpost"] or match["tpre"], "=")
            elif group == "round":
                unit, value = _plain_unit(match["runit"], value)
                bound = "≈"
            else:
                unit, value = _plain_unit(match["unit"], value)
                bound = self._bounds.get(match["pre"], "≥")
        growth, base, first = self._growth_before(match.string, start, match.start(), unit)
        return Figure(first, match.end(), -value if growth < 0 else value, unit, bound, place, growth, base)


def _is_index(text: str, number: re.Match[str], end: int) -> bool:
    """Whether a number is a decimal with nothing written to it: 2.12, not 2.0版 or 8.3:41.4."""
    after = text[number.end() : number.end() + 1] if number.end() < end else ""
    return "." in number.group() and not (_latin(after) or after.isdecimal() or after in _RATIO)


def _latin(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _multiplier(word: str) -> Decimal:
    value = Decimal(1)
    for char in word:
        value *= _PLACES.get(char) or _MYRIADS[char]
    return value


def _plain_unit(unit: str, value: Decimal) -> tuple[str, Decimal]:
    """万元 → 元, 亿立方米 → 立方米: the multiplier belongs to the value."""
    factor = _MYRIADS.get(unit[:1])
    return (unit[1:], value * factor) if factor and len(unit) > 1 else (unit, value)
