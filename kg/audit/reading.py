"""What a printed figure may stand for: intervals by the last digit printed and by 近, 余, 以上, and how they compare.

All arithmetic is exact (`Fraction`): a check never disagrees because a binary fraction was rounded.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from kg.model import Quantity, Verdict
from kg.quantity import NUMBER
from kg.text import fold

_FRACTION = re.compile(r"\d\s*/\s*\d")  # 1/10; 元/月 is a unit
_WIDE = Fraction(1, 10)  # inputs that leave more than this share of the result open decide nothing

_NEAR = Fraction(1, 10)  # 近95% is not said of less than nine tenths of it
ABOUT = "claim-approximate"  # 近…, 约…: near enough to be meant
CUT = "cut-not-rounded"  # said and computed differ by less than one unit of the last digit: cut off, or rounded up
VAGUE = "inputs-vague"  # the inputs (近…, …以上) leave too much open


class Interval(NamedTuple):
    """From `low` to `high`, both included; None is no bound at all."""

    low: Fraction | None
    high: Fraction | None

    def overlaps(self, other: Interval) -> bool:
        """Whether some value lies in both."""
        below = self.high is not None and other.low is not None and self.high < other.low
        above = self.low is not None and other.high is not None and self.low > other.high
        return not below and not above

    def widened(self, by: Fraction) -> Interval:
        """The interval with `by` more room at both ends."""
        return Interval(None if self.low is None else self.low - by, None if self.high is None else self.high + by)

    def __neg__(self) -> Interval:
        """The interval of the opposite values."""
        return Interval(None if self.high is None else -self.high, None if self.low is None else -self.low)

    def plus(self, other: Interval) -> Interval:
        """All sums of a value of each."""
        low = None if self.low is None or other.low is None else self.low + other.low
        high = None if self.high is None or other.high is None else self.high + other.high
        return Interval(low, high)

    def minus(self, other: Interval) -> Interval:
        """All differences of a value of each."""
        return self.plus(-other)

    def times(self, factor: int) -> Interval:
        """All values times a factor above nothing."""
        return Interval(
            None if self.low is None else self.low * factor, None if self.high is None else self.high * factor
        )

    def over(self, other: Interval) -> Interval:
        """All quotients; of a divisor only what lies above nothing counts."""
        if other.high is not None and other.high <= 0:
            return Interval(None, None)
        least = other.low if other.low is not None and other.low > 0 else None  # None: it may be as small as you like
        most = other.high  # None: as large as you like
        low, high = self
        if low is not None and low >= 0:
            low = low / most if most is not None else Fraction(0)
        elif low is not None:
            low = low / least if least is not None else None
        if high is not None and high >= 0:
            high = high / least if least is not None else None
        elif high is not None:
            high = high / most if most is not None else Fraction(0)
        return Interval(low, high)


class Reading(NamedTuple):
    """A figure's middle `value`, the `interval` it may stand for, and `step`, the unit of its last digit printed."""

    value: Fraction
    interval: Interval
    step: Fraction
    about: bool  # said with 近, 约, 余
    places: int  # digits behind the point, after 万 and 亿 are expanded; may be below nothing


def reading(quantity: Quantity, counted: frozenset[str]) -> Reading | None:
    """What a quantity may stand for; None for what is no plain number (1/10, 九成).

    `counted` are the units of things counted: 411件 is exact, while 1.2万件 and 411公里 may have been rounded. 余 says
    “more, but less than the next”, 近 and 约 “near”: all are read as one unit of the last digit that is not 0, either
    way.
    """
    if quantity.value is None:
        return None
    raw = fold(quantity.raw)
    numbers = NUMBER.findall(raw)
    value = Fraction(quantity.value)
    if not numbers or _FRACTION.search(raw):
        return None
    printed = numbers[-1].replace(",", "")
    _, _, decimals = printed.partition(".")
    said = Fraction(Decimal(printed))
    if not said and raw.replace(printed, "", 1).strip() != quantity.unit:
        return None  # 0万件: nothing tells what it was rounded to
    scale = abs(value) / said if said else Fraction(1)
    if scale < 1 or scale.denominator != 1:
        return None
    step = scale / 10 ** len(decimals)
    places = len(decimals) - (len(str(scale.numerator)) - 1)
    exact = scale == 1 and not decimals and quantity.unit in counted
    size, half = abs(value), Fraction(0) if exact else step / 2
    if quantity.bound == "≈":
        digits = printed.replace(".", "").lstrip("0")
        trailing = len(digits) - len(digits.rstrip("0"))
        near = step * 10**trailing if digits.rstrip("0") else step
        interval = Interval(size - near, size + near)
    elif quantity.bound == "≥":
        interval = Interval(size - half, None)
    elif quantity.bound == "≤":
        interval = Interval(None if value < 0 else Fraction(0), size + half)
    else:
        interval = Interval(size - half, size + half)
    return Reading(value, -interval if value < 0 else interval, step, quantity.bound == "≈", places)


class Judgement(NamedTuple):
    """A verdict with its figures, as `Check` has them."""

    verdict: Verdict
    expected: Decimal
    difference: Decimal
    tolerance: Decimal
    reason: str | None


def judge(claim: Reading, expected: Interval, middle: Fraction) -> Judgement:
    """Hold what is said against what the inputs give: `expected` is all they may give, `middle` what they say.

    `disagrees` only where no reading of any figure fits, neither rounded nor cut off.
    """
    exact = claim.interval.low is not None and claim.interval.low == claim.interval.high
    half = Fraction(0) if exact else claim.step / 2
    digits = max(claim.places + 1, 2)
    verdict: Verdict
    reason = None
    if claim.interval.overlaps(expected):
        wide = _wide(claim, expected, middle)
        verdict, reason = ("undetermined", VAGUE) if wide else ("agrees", None)
    elif claim.about and claim.interval.widened(abs(claim.value) * _NEAR).overlaps(expected):
        verdict, reason = "undetermined", ABOUT
    elif claim.interval.widened(half).overlaps(expected):
        verdict, reason = "undetermined", CUT
    else:
        verdict = "disagrees"
    number = decimal(middle, digits)
    return Judgement(verdict, number, decimal(claim.value - middle, digits), decimal(half, digits + 2), reason)


def _wide(claim: Reading, expected: Interval, middle: Fraction) -> bool:
    """Whether inputs leave so much open that they confirm nothing.

    5.5% less 5.3% may be anything from 0.1 to 0.3, yet gives the 0.2 that is said: printed as finely, it confirms.
    """
    if expected.low is None or expected.high is None:
        return True
    room = expected.high - expected.low
    if middle == claim.value and room <= 2 * claim.step:
        return False
    return room > max(abs(middle) * _WIDE, claim.step)


def decimal(value: Fraction, digits: int) -> Decimal:
    """Round a fraction to so many digits behind the point, exactly, half to even."""
    return Decimal(f"{round(value * 10**digits)}E-{digits}")
