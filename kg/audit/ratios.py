"""Rates against their own numerator and denominator: 受理率 by the rules of its family."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from kg.audit.ledger import Fig, Ledger
from kg.audit.reading import Interval, Judgement, judge
from kg.audit.rules import Family
from kg.model import Check, CheckRole

BASE_UNSAID = "base-not-said"
PART_UNSAID = "numerator-not-said"
SEVERAL = "several-bases"
SCOPES = "scopes-differ"
PERIODS = "periods-differ"
CARRIED = "carried-over"
SUBJECTS = "subjects-differ"
OPEN = "definition-varies"

SURE_DIGITS = 3  # digits of a rate that no other pair of figures gives by chance
FAR = 400  # characters between a rate and a base in another sentence

Inputs = list[tuple[CheckRole, Fig]]


def ratios(ledger: Ledger) -> Iterator[Check]:
    """Check every rate of a known family."""
    for claim in ledger.figs:
        family = family_of(ledger, claim)
        check = _ratio(ledger, claim, family) if family and said_of_now(ledger, claim) else None
        if check is not None:
            yield check


def family_of(ledger: Ledger, claim: Fig) -> Family | None:
    """The family of rates that a figure in per cent belongs to."""
    if not is_rate(ledger, claim):
        return None
    return next((family for family in ledger.rules.families if _finds(family.rates, claim.name)), None)


def is_rate(ledger: Ledger, claim: Fig) -> bool:
    """Whether a figure is a rate in per cent."""
    return claim.seen.measure == "rate" and claim.unit == ledger.rules.percent


def said_of_now(ledger: Ledger, claim: Fig) -> bool:
    """Whether a rate is what is now: not where it began (由95%提高到98%), nor another's in passing (省平均91%)."""
    rules, lead = ledger.rules, ledger.lead(claim)
    if rules.origin.search(lead) or rules.year_before.search(lead):
        return False
    shared = claim.seen.rule == "elided-name"
    return not shared or rules.reached.search(lead) is not None or rules.share.fullmatch(lead.lstrip(MARKS)) is not None


MARKS = " ,、(;"


def _finds(patterns: Sequence[re.Pattern[str]], text: str) -> bool:
    return any(pattern.search(text) for pattern in patterns)


def is_level(fig: Fig) -> bool:
    """Whether a figure is an amount, no rate and no change."""
    return fig.seen.measure == "level"


def _percent(part: Interval, base: Interval) -> Interval:
    return part.over(base).times(100)


def judge_rate(claim: Fig, parts: Sequence[Fig], base: Fig, rest: bool = False) -> Judgement | None:
    """Hold a rate against the sum of `parts` over `base`, or against what they leave of it."""
    if base.read.value <= 0:
        return None
    part, interval = sum((fig.read.value for fig in parts), Fraction(0)), parts[0].read.interval
    for fig in parts[1:]:
        interval = interval.plus(fig.read.interval)
    if rest:
        part, interval = base.read.value - part, base.read.interval.minus(interval)
    return judge(claim.read, _percent(interval, base.read.interval), part / base.read.value * 100)


def _ratio(ledger: Ledger, claim: Fig, family: Family) -> Check | None:
    """Check a rate by its family; None where the text says neither numerator nor denominator."""
    before = [fig for fig in ledger.before(claim) if is_level(fig)]
    rule = f"ratio/{family.name}"
    if family.summed:
        return _summed(ledger, claim, family, before, rule)
    parts = [fig for fig in before if _finds(family.parts, fig.own) and not _finds(family.rates, fig.own)]
    rests = [fig for fig in before if _finds(family.rests, fig.own)]
    numerators = parts or rests
    if not numerators:
        bases = [fig for fig in before if _finds(family.bases, fig.own)]
        if bases:
            return ledger.check("ratio", claim, [("denominator", bases[-1])], rule, reason=PART_UNSAID)
        return None
    part, is_rest = numerators[-1], not parts
    rule = f"ratio-rest/{family.name}" if is_rest else rule
    same = [fig for fig in ledger.near(part, FAR) if is_level(fig) and fig.unit == part.unit]
    here = [fig for fig in same if fig.sentence == claim.sentence and fig is not part and fig not in numerators]
    fixed = [fig for fig in here if _finds(family.bases, fig.own)]
    # 46项任务完成45项: the words before the part name both
    loose = [fig for fig in same if fig.sentence == claim.sentence and fig not in fixed]
    loose = [fig for fig in loose if _finds(family.open_bases, fig.own)]
    if claim.seen.quantity.bound != "=":
        loose = []  # 90%以上 is confirmed by too much
    wide = _bases_before(ledger, claim, family, same) if not fixed and not loose else []
    fitting = _fitting(ledger, claim, [*fixed, *loose, *wide], numerators, rule, is_rest)
    if fitting is not None:
        return fitting
    if not fixed:
        return ledger.check("ratio", claim, [("numerator", part)], rule, reason=OPEN if loose else BASE_UNSAID)
    base = fixed[-1]
    inputs: Inputs = [("numerator", part), ("denominator", base)]
    reason = SEVERAL if len(fixed) > 1 or len(numerators) > 1 else _doubt(ledger, claim, part, base, family)
    judged = None if reason else judge_rate(claim, [part], base, is_rest)
    return ledger.check("ratio", claim, inputs, rule, judged, reason)


def _fitting(
    ledger: Ledger, claim: Fig, bases: Sequence[Fig], numerators: Sequence[Fig], rule: str, is_rest: bool
) -> Check | None:
    """The check of the nearest pair of inputs that gives the rate, None where no pair does."""
    for base in reversed(bases):
        for part in reversed(numerators):
            judged = judge_rate(claim, [part], base, is_rest) if part.index > base.index else None
            if judged and judged.verdict == "agrees":
                return ledger.check("ratio", claim, [("numerator", part), ("denominator", base)], rule, judged)
    return None


def _bases_before(ledger: Ledger, claim: Fig, family: Family, same: Sequence[Fig]) -> list[Fig]:
    """Bases in the sentences before a rate, for one that is printed so finely that chance cannot confirm it."""
    if digits_of(claim) < SURE_DIGITS or claim.seen.quantity.bound != "=":
        return []
    section = ledger.section_of(claim)
    near = [
        fig
        for fig in same
        if claim.start - fig.end <= FAR and fig.sentence != claim.sentence and ledger.section_of(fig) == section
    ]
    return [fig for fig in near if _finds((*family.bases, *family.open_bases), fig.own)]


def digits_of(claim: Fig) -> int:
    """Digits of a rate that say something: 3 of 47.3, 1 of 100."""
    digits = str(int(claim.read.value / claim.read.step)) if claim.read.step else ""
    return len(digits.rstrip("0"))


def _doubt(ledger: Ledger, claim: Fig, part: Fig, base: Fig, family: Family) -> str | None:
    """Why the two figures may not be the rate's own, though both stand in its sentence; None for no doubt."""
    rules, between = ledger.rules, ledger.text[part.end : claim.start]
    sentence = ledger.sentence_text(claim)
    if rules.carried.search(sentence):
        return CARRIED
    if part.seen.scope != base.seen.scope or claim.seen.scope != base.seen.scope:
        return SCOPES
    if not part.seen.period == base.seen.period == claim.seen.period:
        return PERIODS
    leads = [ledger.lead(fig) for fig in (part, claim)]
    if any(rules.running.search(lead) or rules.dated.search(lead) for lead in leads):
        return PERIODS
    if rules.running.search(ledger.lead(base)) or rules.comparable.search(sentence):
        return PERIODS
    if not _same_subject(ledger, claim, part, base, family) or _FULL_STOP.search(between):
        return SUBJECTS
    if part.read.value > base.read.value:  # 新收80件, 办结200件: that is not all that was settled
        return SEVERAL
    return SEVERAL if _other_before(ledger, part, base) or _other_between(ledger, part, claim, family) else None


_FULL_STOP = re.compile(r"[。;!?\n]")
_OBJECT = 2  # characters of the shortest name of what was 受理: 案件


def _same_subject(ledger: Ledger, claim: Fig, part: Fig, base: Fig, family: Family) -> bool:
    """Whether rate and numerator speak of what the denominator counts: they name nothing of their own, or the same."""
    rules = ledger.rules
    match = next((m for p in family.parts if (m := p.search(part.own))), None)
    if match is not None:
        rest, lead = part.own[match.end() :], part.own[: match.start()]
        same = len(rest) < _OBJECT or rest in base.name
        if not same or (lead and not rules.plain_lead.fullmatch(lead)):
            return False
    subject = rules.rate_subject.sub("", claim.name)
    return not subject or subject in base.name or rules.plain_lead.fullmatch(subject) is not None


def _other_before(ledger: Ledger, part: Fig, base: Fig) -> bool:
    """Whether other figures than stages of the same cases stand before the numerator.

    Between base and numerator they part the base (其中市本级126件), before the base they may belong to it (信访100件).
    """
    rules = ledger.rules
    before = [fig for fig in ledger.before(part) if is_level(fig) and fig.unit == part.unit and fig is not base]
    if any(not rules.stage.search(fig.own) for fig in before):
        return True
    opened = rules.among.search(ledger.text[base.end : part.start]) is not None
    return opened and not (part.index == base.index + 1 and rules.among.search(ledger.lead(part)))


def _other_between(ledger: Ledger, part: Fig, claim: Fig, family: Family) -> bool:
    """Whether something else is counted before the rate: 排查隐患120处,整改118处,重大隐患5处,整改率100%."""
    between = [fig for fig in ledger.figs[part.index + 1 : claim.index] if is_level(fig) and fig.unit == part.unit]
    bases = (*family.bases, *family.open_bases)
    return any(_finds(bases, fig.own) or not ledger.rules.stage.search(fig.own) for fig in between)


def _summed(ledger: Ledger, claim: Fig, family: Family, before: Sequence[Fig], rule: str) -> Check | None:
    """Check a rate whose numerator is a sum of outcomes; definitions vary, so it is confirmed or left open."""
    parts = [fig for fig in before if _finds(family.summed, fig.own)]
    if not parts:
        return None
    parts = [fig for fig in parts if fig.unit == parts[-1].unit]
    bases = [fig for fig in before if fig.index < parts[0].index and fig.unit == parts[-1].unit]
    for base in [fig for fig in bases if _finds((*family.bases, *family.open_bases), fig.own)][::-1]:
        judged = judge_rate(claim, parts, base)
        if judged and judged.verdict == "agrees":
            inputs: Inputs = [("numerator", fig) for fig in parts]
            inputs.append(("denominator", base))
            return ledger.check("ratio", claim, inputs, rule, judged)
    return ledger.check("ratio", claim, [("numerator", fig) for fig in parts], rule, reason=OPEN)
