"""The same thing said in two places: a figure twice in one report, a rank in two reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from kg.audit.ledger import Fig, Ledger
from kg.audit.reading import Judgement, judge
from kg.audit.rules import AuditRules
from kg.model import Check, CheckInput, Observation, Quotation, Verdict
from kg.text import fold

MAY_DIFFER = "may-be-two-things"
TIES = "tie-possible"
YEARS = "years-not-said"

_SHORTEST = 6  # characters of a name that says by itself what is measured
_SHORTEST_RANKED = 4
_SURE_DIGITS = 3  # digits that no two figures share by chance


def said_twice(ledger: Ledger) -> Iterator[Check]:
    """Check figures of one name, unit, kind, scope and period against each other.

    Reports of a year also tell of the five years before it, in the same words: figures that differ are at odds only
    where both sentences name one and the same year, and nothing else that is a time.
    """
    groups: dict[tuple[str, str, str, str, str], list[Fig]] = {}
    for fig in ledger.figs:
        seen = fig.seen
        own = seen.rule not in ("elided-name", "respectively") and seen.part_of is None
        if own and seen.measure in ("level", "rate") and len(fig.name) >= _SHORTEST and seen.quantity.bound == "=":
            key = (fig.name, fig.unit, seen.measure, seen.scope or "", seen.period or "")
            groups.setdefault(key, []).append(fig)
    for figs in groups.values():
        for number, second in enumerate(figs):
            first = next((fig for fig in figs[:number] if fig.sentence != second.sentence), None)
            check = _twice(ledger, first, second) if first else None
            if check is not None:
                yield check


def _twice(ledger: Ledger, first: Fig, second: Fig) -> Check | None:
    judged = judge(second.read, first.read.interval, first.read.value)
    if judged.verdict == "agrees":
        digits = str(abs(first.read.value / first.read.step)).rstrip("0")
        return _compared(ledger, first, second, judged) if len(digits) >= _SURE_DIGITS else None
    years = [_years(ledger, fig) for fig in (first, second)]
    if not years[0] or years[0] != years[1]:
        return None
    where = first.seen.scope  # without 全市 each may be said of another body, by its heading
    if (
        where is None
        or len(years[0]) > 1
        or judged.verdict == "undetermined"
        or _frame(ledger, first) != _frame(ledger, second)
    ):
        return _compared(ledger, first, second, None, MAY_DIFFER)
    return _compared(ledger, first, second, judged)


def _years(ledger: Ledger, fig: Fig) -> frozenset[str]:
    """What the sentence of a figure names as its time, up to the figure; nothing where it runs over years or months."""
    rules, sentence = ledger.rules, ledger.sentence_span(fig.seen.span)
    lead = ledger.text[sentence.start : fig.start]
    if rules.running.search(lead) or rules.several_years.search(lead):
        return frozenset()
    return frozenset(match.group() for match in rules.dated.finditer(lead))


def _frame(ledger: Ledger, fig: Fig) -> str:
    """The words right before a figure, back to the last mark of punctuation, without times."""
    words = ledger.lead(fig)
    for mark in ",、;:。":
        words = words.rpartition(mark)[2]
    return ledger.rules.dated.sub("", words).strip()


def _compared(ledger: Ledger, first: Fig, second: Fig, judged: Judgement | None, reason: str | None = None) -> Check:
    return ledger.check("said-twice", second, [("compared", first)], "said-twice", judged, reason)


@dataclass(frozen=True, slots=True)
class _Claim:
    """A rank that a report claims for something of its own area."""

    ledger: Ledger
    seen: Observation
    position: int
    adcode: str  # of the body that reports
    year: str
    sentence: str


def ranks_across(ledgers: Sequence[Ledger], rules: AuditRules) -> Iterator[Check]:
    """Check one rank for one thing, area and year that reports of several bodies claim.

    Two bodies of one level cannot both be first, but for a tie; one body may report the same rank twice.
    """
    groups: dict[tuple[str, str, str, str, int], list[_Claim]] = {}
    for ledger in ledgers:
        for key, claim in _claims(ledger, rules):
            groups.setdefault(key, []).append(claim)
    for claims in groups.values():
        for first, second in combinations(claims, 2):
            if first.ledger is not second.ledger:
                yield _ranked(first, second, rules)


def _claims(ledger: Ledger, rules: AuditRules) -> Iterator[tuple[tuple[str, str, str, str, int], _Claim]]:
    extraction = ledger.extraction
    issuer = next((e for e in extraction.entities if e.ref == extraction.issuer), None)
    if issuer is None or not issuer.adcode:
        return
    for seen in extraction.observations:
        rank, name = seen.rank, fold(seen.name)
        year = seen.period or (str(extraction.report.year) if extraction.report.year else "")
        if rank is None or rank.position is None or seen.modality != "reported" or not year:
            continue
        reach = _reach(rank.area, issuer.adcode, rules)
        vague = len(name) < _SHORTEST_RANKED or any(word in name for word in rules.vague_names)
        if reach is None or vague or (seen.quantity.value is not None and seen.rule == "elided-name"):
            continue
        sentence = ledger.sentence_span(seen.span)
        # 增长5.3%、增量居全国第一 and 增长5.8%、增速居全国第一 rank two things
        aspect = ledger.text[seen.span.end : rank.span.start].strip(" ,、;:()") if seen.quantity.raw else ""
        text = ledger.text[sentence.start : sentence.end]
        claim = _Claim(ledger, seen, rank.position, issuer.adcode, year, text)
        yield (name, aspect if seen.span.end <= rank.span.start else "", reach, year, rank.position), claim


def _reach(area: str, adcode: str, rules: AuditRules) -> str | None:
    """Among whom a body is ranked: the codes of its level in the area; None where the area's name does not say."""
    level = next((n for n, tail in ((2, "0000"), (4, "00")) if adcode.endswith(tail)), 6)
    within = {**dict.fromkeys(rules.nation, 0), **dict.fromkeys(rules.province, 2), **dict.fromkeys(rules.city, 4)}
    digits = within.get(area)
    return None if digits is None or digits >= level else f"{adcode[:digits]}/{level}"


def _ranked(first: _Claim, second: _Claim, rules: AuditRules) -> Check:
    ordered = sorted((first, second), key=lambda claim: (claim.ledger.sha256, claim.seen.span))
    one, other = ordered
    reason: str | None = None
    if one.adcode != other.adcode:
        values = [claim.seen.quantity.value for claim in ordered]
        tied = values[0] is not None and values[0] == values[1]
        if tied or any(rules.tie.search(claim.sentence) for claim in ordered):
            reason = TIES
        elif any(rules.several_years.search(claim.sentence) for claim in ordered):
            reason = YEARS
    quotations = tuple(Quotation(claim.ledger.sha256, claim.ledger.sentence_span(claim.seen.span)) for claim in ordered)
    verdict: Verdict = "undetermined" if reason else "agrees" if one.adcode == other.adcode else "disagrees"
    return Check(
        kind="rank",
        report=one.ledger.sha256,
        claim=one.seen.ref,
        verdict=verdict,
        inputs=(CheckInput("compared", other.ledger.sha256, other.seen.ref),),
        evidence=quotations,
        rule="same-rank",
        reason=reason,
    )
