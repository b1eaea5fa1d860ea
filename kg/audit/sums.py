"""Parts against their total: what 其中 or a bracket lists, and a 合计 behind a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from kg.audit.ledger import Fig, Ledger
from kg.audit.reading import VAGUE, Interval, Judgement, judge
from kg.model import Check, CheckRole

OPEN_LIST = "list-not-complete"  # the text does not say that the parts are all
OVERLAP = "parts-may-overlap"

_MARKS = " ,、;()和及"
_FEWEST = 2  # parts that make a sum


def sums(ledger: Ledger) -> Iterator[Check]:
    """Check every total that a list of parts follows, and every 合计 that follows a list."""
    for total in ledger.figs:
        if total.seen.measure != "level":
            continue
        check = _split(ledger, total) or _added(ledger, total)
        if check is not None:
            yield check


def _list(ledger: Ledger, total: Fig, first: Fig) -> list[Fig]:
    """The figures of one unit that follow each other as items of one list; their rates and growths stand between."""
    parts, last = [first], first
    most = total.read.interval.high
    for fig in ledger.after(first):
        gap = ledger.gap(last, fig)
        if ledger.rules.inner.search(gap):
            break
        if fig.seen.measure == "level":
            larger = most is not None and fig.read.interval.low is not None and fig.read.interval.low > most
            if fig.unit != first.unit or larger:
                break  # 新增营造林148万亩、其中绿化43万亩,修复草原517万亩: the list has ended
            parts.append(fig)
        last = fig
    return parts


def _split(ledger: Ledger, total: Fig) -> Check | None:
    """Check a total against the list that 其中, a bracket or 分为 opens right behind it."""
    rules, after = ledger.rules, ledger.after(total)
    last = total
    while after and after[0].seen.measure != "level" and not rules.among.search(ledger.gap(last, after[0])):
        last = after.pop(0)  # 新收64件,同比下降17.9%,其中…
    if not after or after[0].seen.measure != "level" or after[0].unit != total.unit:
        return None
    gap = ledger.gap(last, after[0])
    complete = rules.complete.search(gap) is not None
    if not complete and not rules.opening.search(gap):
        return None
    parts = _list(ledger, total, after[0])
    if len(parts) < _FEWEST:
        return _exceeding(ledger, total, parts[0], gap)
    for number in range(len(parts), _FEWEST - 1, -1):
        judged = _judge(total, parts[:number])
        if judged.verdict == "agrees":
            return _check(ledger, total, parts[:number], judged)
    judged = _judge(total, parts)
    leads = [ledger.lead(part).lstrip(_MARKS) for part in parts]
    rest = [n for n, lead in enumerate(leads) if rules.rest.search(lead)]
    closed = complete or bool(rest and rest[-1] == len(parts) - 1)
    exact = all(fig.seen.quantity.bound == "=" for fig in (total, *parts))
    if judged.difference < 0 or closed:
        doubt = OVERLAP if not closed else None if exact else VAGUE
        if doubt is None and (not _same_kind(ledger, total, parts) or _other_total(ledger, total)):
            doubt = OPEN_LIST
        return _check(ledger, total, parts, judged if doubt is None else None, doubt)
    return _exceeding(ledger, total, parts[0], gap)


def _same_kind(ledger: Ledger, total: Fig, parts: Sequence[Fig]) -> bool:
    """Whether total and parts speak of one period and place, and no part is itself a total of something larger."""
    rules = ledger.rules
    if rules.carried.search(ledger.sentence_text(total)):
        return False
    if any(rules.whole_again.search(part.name) or rules.whole_again.search(ledger.lead(part)) for part in parts):
        return False
    return all(part.seen.scope == total.seen.scope and part.seen.period == total.seen.period for part in parts)


def _other_total(ledger: Ledger, total: Fig) -> bool:
    """Whether 其中 may split an earlier figure: 查处案件309件,移送12件,其中食品类20件."""
    return any(fig.seen.measure == "level" and fig.unit == total.unit for fig in ledger.before(total))


def _exceeding(ledger: Ledger, total: Fig, part: Fig, gap: str) -> Check | None:
    """A part that 其中 takes out of a smaller total; None where it is not larger."""
    rules = ledger.rules
    high, low = total.read.interval.high, part.read.interval.low
    if high is None or low is None or low <= high or not rules.among.search(gap):
        return None
    if not _same_kind(ledger, total, [part]) or rules.running.search(gap) or _other_total(ledger, total):
        return ledger.check("part-sum", total, [("numerator", part)], "part-above-total", reason=OPEN_LIST)
    judged = _judge(total, [part])
    return ledger.check("part-sum", total, [("numerator", part)], "part-above-total", judged)


def _added(ledger: Ledger, total: Fig) -> Check | None:
    """Check a 合计 against the list before it."""
    rules, lead = ledger.rules, ledger.lead(total)
    if not rules.total.search(lead):
        return None
    parts: list[Fig] = []
    for fig in reversed(ledger.before(total)):
        if parts and rules.inner.search(ledger.gap(fig, parts[-1])):
            break
        if fig.seen.measure == "level":
            if fig.unit != total.unit:
                break
            parts.append(fig)
    parts.reverse()
    for number in range(_FEWEST, len(parts) + 1):
        judged = _judge(total, parts[-number:])
        if judged.verdict == "agrees":
            return _check(ledger, total, parts[-number:], judged, rule="sum-of-list")
    numbered = rules.numbered_total.search(lead)
    if numbered is None or rules.numbers.get(numbered["name"], 0) != len(parts):
        return None
    if not _same_kind(ledger, parts[0], parts[1:]):
        return _check(ledger, total, parts, None, OPEN_LIST, "sum-of-list")
    return _check(ledger, total, parts, _judge(total, parts), rule="sum-of-list")


def _judge(total: Fig, parts: Sequence[Fig]) -> Judgement:
    interval = Interval(Fraction(0), Fraction(0))
    for part in parts:
        interval = interval.plus(part.read.interval)
    return judge(total.read, interval, sum((part.read.value for part in parts), Fraction(0)))


def _check(
    ledger: Ledger,
    total: Fig,
    parts: Sequence[Fig],
    judged: Judgement | None,
    reason: str | None = None,
    rule: str = "parts-of-total",
) -> Check:
    inputs: list[tuple[CheckRole, Fig]] = [("numerator", part) for part in parts]
    return ledger.check("part-sum", total, inputs, rule, judged, reason)
