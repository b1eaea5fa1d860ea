"""Shares against the total they are of: 占比 by the figure before, 占一般公共预算支出的 by the total that is named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.audit.ledger import Fig, Ledger, plain
from kg.audit.ratios import (
    BASE_UNSAID,
    CARRIED,
    FAR,
    MARKS,
    PERIODS,
    SCOPES,
    SEVERAL,
    SURE_DIGITS,
    Inputs,
    digits_of,
    family_of,
    is_level,
    is_rate,
    judge_rate,
    said_of_now,
)
from kg.model import Check

_NEAREST = 3  # bases that are tried for 占比
_NAME = 4  # characters of a name that a longer one may end with and still mean the same: 财政支出, 全市财政支出


def shares(ledger: Ledger) -> Iterator[Check]:
    """Check every share that follows its numerator, by its total: the one before, the one named, the one between."""
    for claim in ledger.figs:
        if is_rate(ledger, claim) and family_of(ledger, claim) is None:
            check = _of_plan(ledger, claim)
            if check is None and said_of_now(ledger, claim):
                check = _share(ledger, claim) or _of_named(ledger, claim)
            if check is not None:
                yield check


def _part_before(ledger: Ledger, claim: Fig) -> tuple[Fig, Fig] | None:
    """The amount that a share is said of, and the figure right before the share: 380亿元、增长5%,占…."""
    last = part = ledger.figs[claim.index - 1] if claim.index else None
    while part is not None and not is_level(part):
        before = ledger.figs[part.index - 1] if part.index else None
        change = part.seen.measure in ("growth", "points") and part.unit in {ledger.rules.percent, *ledger.rules.points}
        part = before if change and before is not None and plain(ledger.gap(before, part)) else None
    if part is None or last is None or part.sentence != claim.sentence or part.seen.rank is not None:
        return None
    return part, last


def _of_plan(ledger: Ledger, claim: Fig) -> Check | None:
    """Check 完成投资120亿元,占年度计划150亿元的80%."""
    rules = ledger.rules
    if claim.index < 2:
        return None
    part, base = ledger.figs[claim.index - 2], ledger.figs[claim.index - 1]
    if part.sentence != claim.sentence or not is_level(part) or not is_level(base) or part.unit != base.unit:
        return None
    if not rules.share_plan.fullmatch(ledger.gap(part, base)) or not rules.share_of.fullmatch(ledger.gap(base, claim)):
        return None
    lead = ledger.lead(part)
    doubt = PERIODS if rules.dated.search(lead) or rules.several_years.search(lead) else None
    judged = judge_rate(claim, [part], base)
    if judged is not None and judged.verdict == "agrees":
        doubt = None
    inputs: Inputs = [("numerator", part), ("denominator", base)]
    return ledger.check("share", claim, inputs, "share-of-plan", None if doubt else judged, doubt) if judged else None


def _of_named(ledger: Ledger, claim: Fig) -> Check | None:
    """Check 占一般公共预算支出的76% against the figure of that name; None where the text has none."""
    rules, near = ledger.rules, _part_before(ledger, claim)
    words = rules.share_named.fullmatch(ledger.gap(near[1], claim)) if near else None
    if near is None or words is None:
        return None
    part, named = near[0], words["base"]
    same = [fig for fig in ledger.near(part, FAR) if is_level(fig) and fig.unit == part.unit and fig is not part]
    same = [fig for fig in same if ledger.section_of(fig) == ledger.section_of(claim)]
    exact = [fig for fig in same if _called(fig, named) and fig.seen.rule != "elided-name"]
    loose = [fig for fig in same if fig not in exact and len(fig.name) >= _NAME and named.endswith(fig.name)]
    for base in [*reversed(exact), *reversed(loose)]:
        judged = judge_rate(claim, [part], base)
        if judged is not None and judged.verdict == "agrees":
            return ledger.check("share", claim, [("numerator", part), ("denominator", base)], "share-of-named", judged)
    if not exact:
        return None
    base = exact[-1]
    doubt = _doubt_of_named(ledger, claim, part, exact)
    judged = None if doubt else judge_rate(claim, [part], base)
    inputs: Inputs = [("numerator", part), ("denominator", base)]
    return ledger.check("share", claim, inputs, "share-of-named", judged, doubt) if doubt or judged else None


def _called(fig: Fig, name: str) -> bool:
    """Whether a figure is called so, but for words before that: 全市一般公共预算支出."""
    return fig.name == name or (len(name) >= _NAME and fig.name.endswith(name))


def _doubt_of_named(ledger: Ledger, claim: Fig, part: Fig, bases: Sequence[Fig]) -> str | None:
    """Why the figure of that name may not be the one the share is of; None for no doubt."""
    rules, base = ledger.rules, bases[-1]
    leads = [ledger.lead(fig) for fig in (base, part, claim)]
    if len(bases) > 1 or base.sentence != claim.sentence or part.read.value > base.read.value:
        return SEVERAL
    if rules.carried.search(ledger.sentence_text(claim)):
        return CARRIED
    if part.seen.scope != base.seen.scope:
        return SCOPES
    if part.seen.period != base.seen.period or any(
        rules.running.search(lead) or rules.dated.search(lead) or rules.several_years.search(lead) for lead in leads
    ):
        return PERIODS
    return PERIODS if rules.comparable.search(ledger.sentence_text(claim)) else None


def _share(ledger: Ledger, claim: Fig) -> Check | None:
    """Check 占76.9% right behind its numerator against the total that 其中 splits."""
    rules = ledger.rules
    near = _part_before(ledger, claim)
    if near is None or not rules.share.fullmatch(ledger.gap(near[1], claim).lstrip(MARKS)):
        return None
    part = near[0]
    same = [fig for fig in ledger.near(part, FAR) if is_level(fig) and fig.unit == part.unit]
    here = [fig for fig in same if fig.sentence == claim.sentence]
    section = ledger.section_of(claim)
    wide = [
        fig
        for fig in same
        if part.start - fig.end <= FAR and ledger.section_of(fig) == section and fig.read.value >= part.read.value
    ]
    tried = here[-_NEAREST:] if here else []
    if claim.seen.quantity.bound != "=":
        tried = tried[:0]
    elif digits_of(claim) >= SURE_DIGITS:
        tried = list(dict.fromkeys([*wide[-_NEAREST:], *tried]))
    for base in reversed(tried):
        judged = judge_rate(claim, [part], base)
        if judged and judged.verdict == "agrees":
            return ledger.check("share", claim, [("numerator", part), ("denominator", base)], "share", judged)
    base_ref = part.seen.part_of
    if base_ref is None or len(here) != 1 or here[0].seen.ref != base_ref:
        reason = SEVERAL if base_ref is not None else BASE_UNSAID
        return ledger.check("share", claim, [("numerator", part)], "share", reason=reason)
    base = here[0]
    among = rules.among.search(ledger.lead(part)) is not None
    doubt = _doubt_of_share(ledger, part, base) if among else BASE_UNSAID
    judged = None if doubt else judge_rate(claim, [part], base)
    return ledger.check("share", claim, [("numerator", part), ("denominator", base)], "share", judged, doubt)


def _doubt_of_share(ledger: Ledger, part: Fig, base: Fig) -> str | None:
    """Why 其中 may not split the figure before it."""
    rules = ledger.rules
    if rules.running.search(ledger.lead(part)) or rules.running.search(part.name):
        return PERIODS
    if part.seen.scope != base.seen.scope:
        return SCOPES
    between = ledger.figs[base.index + 1 : part.index]
    return SEVERAL if any(is_level(fig) for fig in between) else None
