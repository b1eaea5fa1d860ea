"""Growth against the two levels it is said of: 由142项增至167项,增长17.6%; 比上年增加32件,增长7.3%; 去年同期为439件."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from kg.audit.ledger import Fig, Ledger, plain
from kg.audit.reading import Interval, Judgement, Reading, judge
from kg.model import Check, CheckRole

PRICES = "price-basis"  # growth of money may be at comparable prices
_SAID = 3  # figures behind two levels that may say their difference
BASES = "bases-differ"  # the growth is against another base than the two levels


def growths(ledger: Ledger) -> Iterator[Check]:
    """Check every growth whose two levels, or one level and the change, stand right before it."""
    done: set[int] = set()
    figs = ledger.figs
    for second in figs[1:]:
        first = figs[second.index - 1]
        if first.sentence != second.sentence or first.seen.measure not in ("level", "rate"):
            continue
        for check in _from_to(ledger, first, second) or _with_change(ledger, first, second):
            claim = ledger.by_ref[check.claim].index
            if claim not in done:
                done.add(claim)
                yield check


def _from_to(ledger: Ledger, first: Fig, second: Fig) -> list[Check]:
    """Check what is said behind 从A增长到B, or behind B,上年为A: the rise in per cent, in points, or in their unit."""
    rules, gap = ledger.rules, ledger.gap(first, second)
    if first.unit != second.unit or first.seen.measure != second.seen.measure:
        return []
    if rules.reached.search(gap) and rules.origin.search(ledger.lead(first)):
        start, end = first, second
    elif rules.year_before.search(gap):
        start, end = second, first
    else:
        return []
    checks: list[Check] = []
    last = second
    for fig in ledger.figs[second.index + 1 : second.index + 1 + _SAID]:
        check = _rise(ledger, start, end, last, fig) if fig.sentence == second.sentence else None
        if check is None:
            break
        checks.append(check)
        last = fig
    return checks


def _rise(ledger: Ledger, start: Fig, end: Fig, last: Fig, claim: Fig) -> Check | None:
    """Check one figure behind two levels, None where it does not say their difference."""
    rules, seen = ledger.rules, claim.seen
    inputs: list[tuple[CheckRole, Fig]] = [("numerator", end), ("denominator", start)]
    change = end.read.interval.minus(start.read.interval)
    middle = end.read.value - start.read.value
    beside, level = plain(ledger.gap(last, claim)), start.seen.measure == "level"
    if seen.measure == "points" and start.unit == rules.percent and beside:
        return _checked(ledger, claim, inputs, judge(claim.read, change, middle), "points-between")
    if seen.measure == "growth" and claim.unit == rules.percent and beside and level:
        judged = _relative(claim, end.read.interval, start.read.interval, end.read.value, start.read.value)
        return _checked(ledger, claim, inputs, judged, "growth-between") if judged else None
    sign = _sign(ledger, last, claim)
    if sign and claim.unit == start.unit and level:
        read = claim.read if seen.measure == "growth" else _signed(claim, sign)
        return _checked(ledger, claim, inputs, judge(read, change, middle), "change-between")
    return None


def _with_change(ledger: Ledger, level: Fig, other: Fig) -> list[Check]:
    """Check a growth in per cent that stands beside a level and the change, or beside this and last year's level."""
    rules = ledger.rules
    third = ledger.figs[other.index + 1] if other.index + 1 < len(ledger.figs) else None
    if third is not None and third.sentence != other.sentence:
        third = None
    if level.seen.measure != "level":
        return []
    claim, change = (other, third) if other.seen.measure == "growth" and other.unit == rules.percent else (third, other)
    if claim is None or change is None or claim.seen.measure != "growth" or claim.unit != rules.percent:
        return []
    if change.unit != level.unit:
        return []
    gap = ledger.gap(level if change is other else other, change)
    if not plain(ledger.gap(level, claim) if claim is other else ledger.gap(change, claim)):
        return []
    if rules.year_before.search(gap) and change.seen.measure == "level":
        pair: list[tuple[CheckRole, Fig]] = [("numerator", level), ("denominator", change)]
        interval = change.read.interval
        judged = _relative(claim, level.read.interval, interval, level.read.value, change.read.value)
        return [_checked(ledger, claim, pair, judged, "growth-on-year-before")] if judged else []
    sign = _sign(ledger, level if change is other else other, change)
    if not sign:
        return []
    read = change.read if change.seen.measure == "growth" else _signed(change, sign)
    base, value = level.read.interval.minus(read.interval), level.read.value - read.value
    # The growth is the change over the base, both of which hang on the change: its two ends give the two ends.
    judged = _relative(claim, level.read.interval, base, level.read.value, value)
    inputs: list[tuple[CheckRole, Fig]] = [("numerator", level), ("compared", change)]
    return [_checked(ledger, claim, inputs, judged, "growth-with-change")] if judged else []


def _sign(ledger: Ledger, before: Fig, change: Fig) -> int:
    """+1 or -1 where a figure is said to be the rise or the fall of the one before it, 0 where it is not."""
    gap = ledger.gap(before, change)
    if change.seen.measure == "growth" and change.unit != ledger.rules.percent and plain(gap):
        return 1  # its value has the sign
    if change.seen.measure != "level":
        return 0
    return 1 if ledger.rules.risen.search(gap) else -1 if ledger.rules.fallen.search(gap) else 0


def _signed(fig: Fig, sign: int) -> Reading:
    read = fig.read
    return read if sign > 0 else read._replace(value=-read.value, interval=-read.interval)


def _relative(claim: Fig, now: Interval, then: Interval, value: Fraction, base: Fraction) -> Judgement | None:
    """Hold a growth in per cent against two levels; None where the earlier one is not above nothing."""
    if base <= 0:
        return None
    one = Interval(Fraction(1), Fraction(1))
    return judge(claim.read, now.over(then).minus(one).times(100), (value / base - 1) * 100)


def _checked(ledger: Ledger, claim: Fig, inputs: list[tuple[CheckRole, Fig]], judged: Judgement, rule: str) -> Check:
    """Make the check; what is not confirmed is open where the base may be another one, or prices have moved."""
    rules, reason = ledger.rules, None
    if judged.verdict == "disagrees":
        levels = [fig for _, fig in inputs]
        between = rule.endswith("-between") and rules.same_base.search(claim.seen.quantity.raw)
        if between and not any(rules.same_base.search(ledger.lead(fig)) for fig in levels):
            reason = BASES  # 从85%提高到96.2%,同比提高3个百分点: from which year?
        elif _other_base(ledger, claim, levels):
            reason = BASES
        elif any(fig.unit in rules.money for fig in levels) or rules.comparable.search(ledger.sentence_text(claim)):
            reason = PRICES
    return ledger.check("growth", claim, inputs, rule, None if reason else judged, reason)


def _other_base(ledger: Ledger, claim: Fig, levels: list[Fig]) -> bool:
    """Whether the growth is against another base than the levels: an average, another year, a run of years."""
    rules = ledger.rules
    if any(rules.other_base.search(fig.seen.quantity.raw) for fig in (claim, *levels)):
        return True
    chain = "".join(ledger.lead(fig) for fig in (*levels, claim)) + claim.seen.quantity.raw
    if any(rules.running.search(ledger.lead(fig)) for fig in levels):
        return True
    return rules.several_years.search(chain) is not None or len({fig.seen.period for fig in levels}) > 1
