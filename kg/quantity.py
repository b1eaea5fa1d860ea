"""Numbers of Chinese official text: value expressions, units, bounds, growth.

Everything works on folded text (`kg.text.fold`): half-width digits and punctuation, same offsets as the source.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from kg.model import Bound
from kg.rulebook import Rulebook

_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8, "万亿": 10**12}


@dataclass(frozen=True, slots=True)
class Figure:
    """A value expression at `start:end`: `value` in `unit` after expanding 万 and 亿, `number` the digits' place.

    `growth` is +1 or -1 where the expression says a rise or a fall (`下降65.3%` has value -65.3), else 0.
    """

    start: int
    end: int
    value: Decimal
    unit: str
    bound: Bound
    number: tuple[int, int]
    growth: int = 0
    base: str = ""  # 同比, 年均, …: what the growth is measured against


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
            total = (total + (section or 1)) * _MYRIADS[char] if char == "亿" else total + (section or 1) * _MYRIADS[char]
            section, digit = 0, -1
        else:
            return None
    return total + section + max(digit, 0)


class Quantities:
    """The compiled quantity rules of a rulebook."""

    def __init__(self, rulebook: Rulebook) -> None:
        """Compile the lists of quantities.yaml."""
        alt = rulebook.alternation
        self.bounds: dict[str, Bound] = {}
        marks: tuple[tuple[str, Bound], ...] = (
            ("about_before", "≈"), ("over_before", "≥"), ("under_before", "≤"),
            ("about_after", "≈"), ("about_middle", "≈"), ("over_after", "≥"), ("under_after", "≤"),
        )  # fmt: skip
        for key, bound in marks:
            self.bounds.update(dict.fromkeys(rulebook.words(key), bound))
        before = alt("about_before", "over_before", "under_before")
        after = alt("about_after", "over_after", "under_after")
        middle = alt("about_middle")
        unit = alt("unit")
        multiplier = "(?P<mult>万亿|千亿|百亿|千万|百万|亿|万|千(?=瓦)|)"
        self._number = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
        self._tail = re.compile(
            rf"(?P<gap> ?)(?:(?P<frac>/\d+)|{multiplier})(?P<mid>{middle}?)(?P<gap2> ?)(?P<unit>{unit}?)(?P<post>{after}?)"
        )
        self._head = re.compile(rf"{before} ?$")
        numeral = "[一二两三四五六七八九十百千万亿零〇]"
        self._spoken = re.compile(
            rf"(?P<frac>(?P<den>{numeral}+|百)分之(?P<num>{numeral}+))"
            rf"|(?P<pre>{before}|上)(?P<big>[十百千万亿]+)(?P<mid>{middle}?)(?P<unit>{unit})(?P<post>{after}?)"
            rf"|(?P<round>[十百千万]{{1,2}})(?P<rmid>余|多)(?P<runit>{unit})"
            rf"|(?P<run>连续)(?P<years>{numeral}+|\d+)(?P<yunit>年)(?![来间代以])"
        )
        self._growth = re.compile(
            rf"(?P<base>(?:{alt('growth_base')})*)(?P<verb>(?P<up>{alt('growth_up')})|{alt('growth_down')})"
            rf"(?P<of>幅度)?(?:达到|达|为|了|约)?$"
        )
        self._not_unit = re.compile(alt("not_unit_after"))
        self._longer = re.compile(alt("unit_in_word"))
        self._after = re.compile(after)
        self._window = 22

    def figures(
        self, text: str, start: int, end: int, word_end: Callable[[int], int] = lambda at: at
    ) -> list[Figure]:
        """Every value expression of `text[start:end]`, in order, disjoint. Dates and ordinals are not among them.

        `word_end(i)` gives the end of the word that begins at `i` (or `i`): a unit is no unit where it only begins a
        longer word (`5万亿台阶`).
        """
        found: list[Figure] = []
        for match in self._number.finditer(text, start, end):
            if found and match.start() < found[-1].end:
                continue
            figure = self._figure(text, match, start, end, word_end)
            if figure is not None:
                found.append(figure)
        for match in self._spoken.finditer(text, start, end):
            figure = self._spoken_figure(match)
            if figure and not any(f.start < figure.end and figure.start < f.end for f in found):
                found.append(figure)
        return sorted(found, key=lambda f: f.start)

    def _figure(
        self, text: str, match: re.Match[str], start: int, end: int, word_end: Callable[[int], int]
    ) -> Figure | None:
        s, e = match.span()
        before = text[s - 1] if s > start else ""
        if before and (before in "第[+×xX*/.:-~年月#№" or (before.isascii() and before.isalpha())):
            return None
        if before == "年" or (before == "月" and text[e : e + 1] == "日"):
            return None
        tail = self._tail.match(text, e, end)
        if tail is None:
            return None
        unit, multiplier = tail["unit"], tail["mult"] or ""
        if unit and word_end(tail.start("unit")) > tail.end("unit") and self._longer.match(text, tail.start("unit")):
            unit = ""
        if not unit and not multiplier and not tail["frac"]:
            return None
        stop = tail.end()
        after: re.Match[str] | None = None
        follower = text[stop : stop + 1]
        if not unit:
            stop = tail.end("mid") if tail["mid"] else (tail.end("frac") if tail["frac"] else tail.end("mult"))
            after = self._after.match(text, stop, end)
            if after:
                stop = after.end()
            follower = text[stop : stop + 1]
            if follower and (self._not_unit.match(text, stop) or (follower.isascii() and follower.isalnum())):
                return None
        elif follower.isascii() and follower.isalpha():
            return None
        value = Decimal(match.group().replace(",", ""))
        if tail["frac"]:
            divisor = Decimal(tail["frac"][1:])
            if not divisor:
                return None
            value = value / divisor
        value *= _multiplier(multiplier)
        unit, value = _plain_unit(unit, value)
        bound: Bound = "="
        first = s
        head = self._head.search(text, max(start, s - 8), s)
        if head:
            bound = self.bounds[head.group().strip()]
            first = head.start()
        for mark in (tail["mid"], tail["post"] if unit else "", after.group() if not unit and after else ""):
            if mark:
                bound = self.bounds[mark]
        growth, base, first_growth = self._growth_before(text, start, first, unit)
        if growth < 0:
            value = -value
        return Figure(first_growth, stop, value, unit, bound, (s, e), growth, base)

    def _growth_before(self, text: str, start: int, at: int, unit: str) -> tuple[int, str, int]:
        if unit not in ("%", "‰", "个百分点", "百分点", "倍"):
            return 0, "", at
        match = self._growth.search(text[max(start, at - self._window) : at])
        if match is None:
            return 0, "", at
        offset = max(start, at - self._window)
        return (1 if match["up"] else -1), match["base"], offset + match.start()

    def _spoken_figure(self, match: re.Match[str]) -> Figure | None:
        if match["frac"]:
            above, below = chinese_number(match["num"]), chinese_number(match["den"])
            if above is None or not below:
                return None
            if match["den"] == "百":
                return Figure(*match.span(), Decimal(above), "%", "=", match.span())
            return Figure(*match.span(), Decimal(above) / Decimal(below), "", "=", match.span())
        if match["run"]:
            years = match["years"]
            number = int(years) if years.isdigit() else chinese_number(years)
            if number is None or number > 60:
                return None
            return Figure(*match.span(), Decimal(number), "年", "=", match.span("years"))
        if match["round"]:
            number = chinese_number(match["round"])
            if number is None:
                return None
            unit, value = _plain_unit(match["runit"], Decimal(number))
            return Figure(*match.span(), value, unit, "≈", match.span("round"))
        number = chinese_number(match["big"])
        if number is None or number < 10:
            return None
        unit, value = _plain_unit(match["unit"], Decimal(number))
        return Figure(*match.span(), value, unit, self.bounds.get(match["pre"], "≥"), match.span("big"))


def _multiplier(word: str) -> Decimal:
    value = Decimal(1)
    for char in word:
        value *= {"千": 1000, "百": 100, "万": 10**4, "亿": 10**8}[char]
    return value


def _plain_unit(unit: str, value: Decimal) -> tuple[str, Decimal]:
    """万元 → 元, 亿立方米 → 立方米: the multiplier belongs to the value."""
    for prefix, factor in (("万", 10**4), ("亿", 10**8)):
        if unit.startswith(prefix) and len(unit) > 1:
            return unit[1:], value * factor
    return unit, value
