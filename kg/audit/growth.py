"""Growth against the two levels it is said of: 由142项增至167项,增长17.6%; 增长1.5倍; 是上年的2.3倍; 年均增长6.5%."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from kg.audit.ledger import Fig, Ledger, plain
from kg.audit.multiples import count_of, mean, quotient, yearly, years_named
from kg.audit.ratios import OPEN
from kg.audit.reading import Judgement, Reading, judge
from kg.model import Check, CheckRole

PRICES = "price-basis"  # growth of money may be at comparable prices
_SAID = 3  # figures behind two levels that may say their difference
BASES = "bases-differ"  # the growth is against another base than the two levels
SPAN = "span-not-said"  # how many years lie between the two levels
MULTIPLE = "multiple-or-increase"  # 增长2倍 of what is twice as much: the words are at odds, not the figures
_FEWEST_YEARS = 2  # of a yearly average

_Inputs: TypeAlias = list[tuple[CheckRole, Fig]]


def growths(ledger: Ledger) -> Iterator[Check]:
    """Check every growth whose two levels, or one level and the change, stand right beside it."""
    done: set[int] = set()
    figs = ledger.figs
    for second in figs[1:]:
        first = figs[second.index - 1]
        if first.sentence != second.sentence or first.seen.measure not in ("level", "rate"):
            continue
        levels = _levels(ledger, first, second)
        found = _behind(ledger, levels, second) if levels else []
        found = found or _with_change(ledger, first, second) or (_ahead(ledger, levels, first) if levels else [])
        for check in found:
            claim = ledger.by_ref[check.claim].index
            if claim not in done:
                done.add(claim)
                yield check


class _Levels(NamedTuple):
    """Two levels of one thing, the earlier and the later, and how the text says which is which."""

    start: Fig
    end: Fig
    span: bool  # 从A增长到B; else B,上年为A


def _levels(ledger: Ledger, first: Fig, second: Fig) -> _Levels | None:
    """Read 从A增长到B or B,上年为A."""
    rules, gap = ledger.rules, ledger.gap(first, second)
    if first.unit != second.unit or first.seen.measure != second.seen.measure:
        return None
    if rules.reached.search(gap) and rules.origin.search(ledger.lead(first)):
        return _Levels(first, second, span=True)
    return _Levels(second, first, span=False) if rules.year_before.search(gap) else None


def _behind(ledger: Ledger, levels: _Levels, second: Fig) -> list[Check]:
    """Check what is said behind two levels: the rise in per cent, in 倍, by the year, in points, or in their unit."""
    checks: list[Check] = []
    last = second
    for fig in ledger.figs[second.index + 1 : second.index + 1 + _SAID]:
        check = _rise(ledger, levels, last, fig) if fig.sentence == second.sentence else None
        if check is None:
            break
        checks.append(check)
        last = fig
    return checks


def _rise(ledger: Ledger, levels: _Levels, last: Fig, claim: Fig) -> Check | None:
    """Check one figure behind two levels, None where it does not say how one came from the other."""
    rules, seen, start, end = ledger.rules, claim.seen, levels.start, levels.end
    inputs: _Inputs = [("numerator", end), ("denominator", start)]
    change = end.read.interval.minus(start.read.interval)
    middle = end.read.value - start.read.value
    gap, level = ledger.gap(last, claim), start.seen.measure == "level"
    beside = plain(gap)
    fixed = _year_of(ledger, start) > 0 and (not levels.span or _year_of(ledger, end) > 0)
    if seen.measure == "points" and start.unit == rules.percent and beside:
        return _checked(ledger, claim, inputs, judge(claim.read, change, middle), "points-between", fixed)
    if not level:
        return None
    if seen.measure == "growth" and claim.unit == rules.percent and rules.growth.average.search(seen.quantity.raw):
        return _by_the_year(ledger, levels, claim, gap)
    if _relative_growth(ledger, claim) and (beside or rules.growth.average_lead.fullmatch(gap)):
        judged = _relative(ledger, claim, end.read, start.read)  # 五年增长5.1倍
        return _checked(ledger, claim, inputs, judged, "growth-between", fixed) if judged else None
    if claim.unit == rules.growth.times and seen.measure == "level":
        return _multiple(ledger, levels, claim, gap)
    sign = _sign(ledger, last, claim)
    if sign and claim.unit == start.unit:
        read = claim.read if seen.measure == "growth" else _signed(claim, sign)
        return _checked(ledger, claim, inputs, judge(read, change, middle), "change-between", fixed)
    return None


def _ahead(ledger: Ledger, levels: _Levels, first: Fig) -> list[Check]:
    """Confirm a growth said right before 由A增至B, whose name the levels take over; it may be of another year."""
    rules = ledger.rules
    claim = ledger.figs[first.index - 1] if first.index else None
    if claim is None or claim.sentence != first.sentence or not levels.span or first.seen.rule != "elided-name":
        return []
    if not plain(rules.origin.sub("", ledger.gap(claim, first))):
        return []
    judged: Judgement | None
    inputs: _Inputs = [("numerator", levels.end), ("denominator", levels.start)]
    start, end = levels.start.read, levels.end.read
    if claim.seen.measure == "points" and first.unit == rules.percent:
        rule, judged = "points-before", judge(claim.read, end.interval.minus(start.interval), end.value - start.value)
    elif first.seen.measure == "level" and _relative_growth(ledger, claim):
        rule, judged = "growth-before", _relative(ledger, claim, end, start)
    else:
        return []
    if judged is None:
        return []
    agrees = judged.verdict == "agrees"
    return [ledger.check("growth", claim, inputs, rule, judged if agrees else None, BASES)]


def _by_the_year(ledger: Ledger, levels: _Levels, claim: Fig, gap: str) -> Check | None:
    """Check 年均增长 against the root of the quotient: the text must say how many years lie between the levels."""
    rules, numbers = ledger.rules, ledger.rules.numbers
    lead = rules.growth.average_lead.fullmatch(gap)
    if (lead is None and not plain(gap)) or not levels.span:
        return None
    inputs: _Inputs = [("numerator", levels.end), ("denominator", levels.start)]
    years = [_year_of(ledger, fig) for fig in (levels.start, levels.end)]
    sure = years[1] - years[0] if all(years) else count_of(lead["count"], numbers) if lead else 0
    said = years_named(ledger.said_before(claim), rules.growth, numbers)
    if years[0] and not years[1] and ledger.extraction.report.year:
        said |= {
            ledger.extraction.report.year - years[0] - less for less in (0, 1)
        }  # a report of January tells of 12月
    now, then = levels.end.read, levels.start.read
    for count in [sure] if sure else sorted(said):
        judged = yearly(claim.read, now, then, count) if count > 1 else None
        if judged is not None and judged.verdict == "agrees":
            return ledger.check("growth", claim, inputs, f"average-between/{count}", judged)
    if sure < _FEWEST_YEARS:
        return ledger.check("growth", claim, inputs, "average-between", reason=_prices(ledger, claim, inputs) or SPAN)
    near = [yearly(claim.read, now, then, count) for count in (sure - 1, sure + 1) if count > 1]
    by_mean = mean(claim.read, now, then, sure)
    doubt = _prices(ledger, claim, inputs)
    if any(one is not None and one.verdict == "agrees" for one in near):
        doubt = SPAN
    elif by_mean is not None and by_mean.verdict == "agrees":
        doubt = OPEN
    judged = yearly(claim.read, now, then, sure)
    if judged is not None and judged.verdict == "undetermined":
        doubt = None
    return ledger.check("growth", claim, inputs, f"average-between/{sure}", None if doubt else judged, doubt)


def _year_of(ledger: Ledger, fig: Fig) -> int:
    """The year that is written right before a level; 0 where there is none."""
    match = ledger.rules.growth.level_year.search(ledger.lead(fig))
    return int(match["year"]) if match else 0


def _multiple(ledger: Ledger, levels: _Levels, claim: Fig, gap: str) -> Check | None:
    """Check 是上年的2.3倍: the later level over the earlier, where the words name that one as the base."""
    rules = ledger.rules
    words = rules.growth.multiple.fullmatch(gap)
    judged = quotient(claim.read, levels.end.read, levels.start.read, 1, 0) if words else None
    if words is None or judged is None:
        return None
    inputs: _Inputs = [("numerator", levels.end), ("denominator", levels.start)]
    year = _year_of(ledger, levels.start)
    before = not levels.span or rules.same_base.search(ledger.lead(levels.start)) is not None
    sure = words["same"] or (words["prior"] and before) or (words["year"] and year == int(words["year"]))
    reason = None if sure or judged.verdict == "agrees" else BASES
    if judged.verdict != "agrees" and reason is None:
        grown = quotient(claim.read, levels.end.read, levels.start.read, 1, 1)
        as_rise = grown is not None and grown.verdict == "agrees"
        reason = MULTIPLE if as_rise else _prices(ledger, claim, inputs) if judged.verdict == "disagrees" else None
    return ledger.check("growth", claim, inputs, "multiple-between", None if reason else judged, reason)


def _with_change(ledger: Ledger, level: Fig, other: Fig) -> list[Check]:
    """Check a growth in per cent or 倍 that stands beside a level and the change, or beside this and last year's."""
    rules = ledger.rules
    third = ledger.figs[other.index + 1] if other.index + 1 < len(ledger.figs) else None
    if third is not None and third.sentence != other.sentence:
        third = None
    if level.seen.measure != "level":
        return []
    claim, change = (other, third) if _relative_growth(ledger, other) else (third, other)
    if claim is None or change is None or not _relative_growth(ledger, claim):
        return []
    if change.unit != level.unit:
        return []
    gap = ledger.gap(level if change is other else other, change)
    if not plain(ledger.gap(level, claim) if claim is other else ledger.gap(change, claim)):
        return []
    if rules.year_before.search(gap) and change.seen.measure == "level":
        pair: _Inputs = [("numerator", level), ("denominator", change)]
        judged = _relative(ledger, claim, level.read, change.read)
        return [_checked(ledger, claim, pair, judged, "growth-on-year-before")] if judged else []
    sign = _sign(ledger, level if change is other else other, change)
    if not sign:
        return []
    read = change.read if change.seen.measure == "growth" else _signed(change, sign)
    # The growth is the change over the base, both of which hang on the change: its two ends give the two ends.
    base = level.read._replace(value=level.read.value - read.value, interval=level.read.interval.minus(read.interval))
    judged = _relative(ledger, claim, level.read, base)
    inputs: _Inputs = [("numerator", level), ("compared", change)]
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


def _relative_growth(ledger: Ledger, claim: Fig) -> bool:
    """Whether a figure is growth in per cent or in 倍."""
    return claim.seen.measure == "growth" and claim.unit in (ledger.rules.percent, ledger.rules.growth.times)


def _relative(ledger: Ledger, claim: Fig, now: Reading, then: Reading) -> Judgement | None:
    """Hold a growth in per cent or 倍 against two levels; None where the earlier one is not above nothing.

    增长2倍 of what is now twice as much says the multiple where the rise is meant: open, as words are not figures.
    """
    times = claim.unit == ledger.rules.growth.times
    judged = quotient(claim.read, now, then, 1 if times else 100, 1)
    if times and judged is not None and judged.verdict != "agrees":
        whole = quotient(claim.read, now, then, 1, 0)
        if whole is not None and whole.verdict == "agrees":
            return judged._replace(verdict="undetermined", reason=MULTIPLE)
    return judged


def _checked(ledger: Ledger, claim: Fig, inputs: _Inputs, judged: Judgement, rule: str, fixed: bool = False) -> Check:
    """Make the check; what is not confirmed is open where the base may be another one, or prices have moved.

    `fixed` says that the text dates its levels (从2020年的142项增至2023年的167项): other years are no doubt then.
    """
    rules, reason = ledger.rules, None
    if judged.verdict == "disagrees":
        levels = [fig for _, fig in inputs]
        between = rule.endswith("-between") and rules.same_base.search(claim.seen.quantity.raw)
        if between and not any(rules.same_base.search(ledger.lead(fig)) for fig in levels):
            reason = BASES  # 从85%提高到96.2%,同比提高3个百分点: from which year?
        elif _other_base(ledger, claim, levels, fixed):
            reason = BASES
        else:
            reason = _prices(ledger, claim, inputs)
    return ledger.check("growth", claim, inputs, rule, None if reason else judged, reason)


def _prices(ledger: Ledger, claim: Fig, inputs: _Inputs) -> str | None:
    """`PRICES` where growth may be at comparable prices or scope: money, but for what is nominal by its definition."""
    rules = ledger.rules
    nominal = rules.growth.nominal.search(inputs[0][1].name) is not None
    money = any(fig.unit in rules.money for _, fig in inputs) and not nominal
    return PRICES if money or rules.comparable.search(ledger.sentence_text(claim)) else None


def _other_base(ledger: Ledger, claim: Fig, levels: list[Fig], fixed: bool) -> bool:
    """Whether the growth is against another base than the levels: an average, another year, a run of years."""
    rules = ledger.rules
    if any(rules.other_base.search(fig.seen.quantity.raw) for fig in (claim, *levels)):
        return True
    chain = "".join(ledger.lead(fig) for fig in (*levels, claim)) + claim.seen.quantity.raw
    if any(rules.running.search(ledger.lead(fig)) for fig in levels):
        return True
    if rules.several_years.search(chain):
        return True
    if any(rules.year_before.search(ledger.lead(fig)) for fig in levels):
        return False  # 比上年的85%: the year of the base is said
    return not fixed and len({fig.seen.period for fig in levels}) > 1
