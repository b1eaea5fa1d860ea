"""Words and arithmetic of growth over years: 是上年的2.3倍, 增长1.5倍, and 年均增长6.5% as the root of a quotient."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from kg.audit.reading import Interval, Judgement, Reading, judge
from kg.rulebook import Rulebook

_ROOT_DIGITS = 15  # digits behind the point to which a root is bounded; no report prints more than four
_PLAN = 5  # years of a five-year plan


@dataclass(frozen=True)
class GrowthRules:
    """The compiled rules of audit_growth.yaml that growth is checked by."""

    times: str
    nominal: re.Pattern[str]
    level_year: re.Pattern[str]
    multiple: re.Pattern[str]
    average: re.Pattern[str]
    average_lead: re.Pattern[str]
    years: re.Pattern[str]
    plan_years: re.Pattern[str]

    @classmethod
    def of(cls, rulebook: Rulebook) -> GrowthRules:
        """Compile the lists and patterns once."""
        union = rulebook.union
        return cls(
            times=rulebook.word("audit_times"),
            nominal=re.compile("|".join(map(re.escape, rulebook.words("audit_nominal")))),
            level_year=union("audit-level-year"),
            multiple=union("audit-multiple"),
            average=union("audit-average"),
            average_lead=union("audit-average-lead"),
            years=union("audit-years"),
            plan_years=union("audit-plan-years"),
        )


def years_named(text: str, rules: GrowthRules, numbers: Mapping[str, int]) -> set[int]:
    """How many years a text says that it speaks of: 五年来 is 5, “十四五”期间 is 5."""
    counts = [match["count"] or match["past"] for match in rules.years.finditer(text)]
    found = {count_of(count, numbers) for count in counts}
    if rules.plan_years.search(text):
        found.add(_PLAN)
    return {count for count in found if count > 1}


def count_of(word: str, numbers: Mapping[str, int]) -> int:
    """The number that a numeral of at most two digits or one character says; 0 where it is none."""
    return int(word) if word.isascii() and word.isdigit() else numbers.get(word, 0)


def quotient(claim: Reading, now: Reading, then: Reading, scale: int, less: int) -> Judgement | None:
    """Hold a growth against two levels: `scale` 100 for per cent, 1 for 倍; `less` 1 for 增长, 0 for 是…的几倍.

    None where the earlier level is not above nothing.
    """
    if then.value <= 0:
        return None
    one = Interval(Fraction(less), Fraction(less))
    interval = now.interval.over(then.interval).minus(one).times(scale)
    return judge(claim, interval, (now.value / then.value - less) * scale)


def yearly(claim: Reading, now: Reading, then: Reading, years: int) -> Judgement | None:
    """Hold 年均增长 in per cent against the levels at both ends of so many years; None where one is not above 0."""
    if then.value <= 0 or now.value < 0:
        return None
    low, high = now.interval.over(then.interval)
    roots = Interval(
        None if low is None else root(max(low, Fraction(0)), years),
        None if high is None else root(high, years) + Fraction(1, 10**_ROOT_DIGITS),
    )
    one = Interval(Fraction(1), Fraction(1))
    return judge(claim, roots.minus(one).times(100), (root(now.value / then.value, years) - 1) * 100)


def mean(claim: Reading, now: Reading, then: Reading, years: int) -> Judgement | None:
    """Hold 年均增长 against the arithmetic mean, which some reports print instead of the root."""
    if then.value <= 0:
        return None
    one = Interval(Fraction(1), Fraction(1))
    low, high = now.interval.over(then.interval).minus(one).times(100)
    interval = Interval(None if low is None else low / years, None if high is None else high / years)
    return judge(claim, interval, (now.value / then.value - 1) * 100 / years)


def root(value: Fraction, degree: int) -> Fraction:
    """The largest decimal of fifteen digits behind the point that is not above the root of a value from 0 up.

    >>> float(root(Fraction(32), 5)), float(root(Fraction(2), 2))
    (2.0, 1.414213562373095)
    """
    scaled = value.numerator * 10 ** (_ROOT_DIGITS * degree) // value.denominator
    return Fraction(_whole_root(scaled, degree), 10**_ROOT_DIGITS)


def _whole_root(value: int, degree: int) -> int:
    """The whole part of a root, by Newton's steps from above, in whole numbers throughout."""
    if value == 0 or degree == 1:
        return value
    guess = 1 << -(-value.bit_length() // degree)
    while True:
        better = ((degree - 1) * guess + value // guess ** (degree - 1)) // degree
        if better >= guess:
            return guess
        guess = better
