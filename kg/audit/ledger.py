"""The figures of a report in order, with the words between them, and the compiled rules of audit.yaml."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kg.audit.reading import VAGUE, Judgement, Reading, reading
from kg.model import Check, CheckInput, CheckKind, CheckRole, Extraction, Observation, Quotation, Span
from kg.rulebook import Rulebook
from kg.text import fold

_BLANK = re.compile(r"[ \n\t]+")
_BEFORE = re.compile(r"[\u4e00-\u9fff]*$")
_PUNCTUATION = " ,、;:()\n\u3000"


@dataclass(frozen=True)
class Family:
    """The rates of one definition: 受理率 is what was 受理 over what was 收到.

    `bases` fix the denominator; `open_bases` are what it often is, so that they can confirm a rate and not refute it.
    `rests` count what is missing from the numerator (不合格), `summed` what it is the sum of (撤销、确认违法).
    """

    name: str
    rates: tuple[re.Pattern[str], ...]
    parts: tuple[re.Pattern[str], ...]
    rests: tuple[re.Pattern[str], ...]
    summed: tuple[re.Pattern[str], ...]
    bases: tuple[re.Pattern[str], ...]
    open_bases: tuple[re.Pattern[str], ...]


@dataclass(frozen=True)
class AuditRules:
    """The compiled rules of audit.yaml."""

    families: tuple[Family, ...]
    counted: frozenset[str]
    money: frozenset[str]
    percent: str
    points: frozenset[str]
    share: re.Pattern[str]
    opening: re.Pattern[str]
    complete: re.Pattern[str]
    inner: re.Pattern[str]
    rest: re.Pattern[str]
    whole_again: re.Pattern[str]
    total: re.Pattern[str]
    numbered_total: re.Pattern[str]
    numbers: Mapping[str, int]
    among: re.Pattern[str]
    plain_lead: re.Pattern[str]
    rate_subject: re.Pattern[str]
    stage: re.Pattern[str]
    same_base: re.Pattern[str]
    carried: re.Pattern[str]
    running: re.Pattern[str]
    comparable: re.Pattern[str]
    other_base: re.Pattern[str]
    origin: re.Pattern[str]
    reached: re.Pattern[str]
    risen: re.Pattern[str]
    fallen: re.Pattern[str]
    year_before: re.Pattern[str]
    tie: re.Pattern[str]
    form_said: re.Pattern[str]
    nation: tuple[str, ...]
    province: tuple[str, ...]
    city: tuple[str, ...]
    vague_names: frozenset[str]
    several_years: re.Pattern[str]
    dated: re.Pattern[str]
    forms: Forms

    @classmethod
    def of(cls, rulebook: Rulebook) -> AuditRules:
        """Compile the lists and patterns once."""
        union, words = rulebook.union, rulebook.words
        return cls(
            families=_families(rulebook),
            counted=frozenset(words("audit_counted_unit")),
            money=frozenset(words("audit_money_unit")),
            percent=rulebook.word("audit_percent"),
            points=frozenset(words("points_unit")),
            share=union("audit-share"),
            opening=union("audit-parts"),
            complete=union("audit-complete"),
            inner=union("audit-inner"),
            rest=union("audit-rest"),
            whole_again=union("audit-whole-again"),
            total=union("audit-total"),
            numbered_total=rulebook.group("audit-numbered-total")[0].regex,
            numbers={word: number for number, word in enumerate(words("audit_number"), 1)},
            among=union("audit-among"),
            plain_lead=union("audit-plain-lead"),
            rate_subject=union("audit-rate-word"),
            stage=union("audit-stage"),
            same_base=union("audit-same-base"),
            carried=union("audit-carried"),
            running=union("audit-running"),
            comparable=union("audit-comparable"),
            other_base=union("audit-other-base"),
            origin=union("audit-origin"),
            reached=union("audit-reached"),
            risen=union("audit-risen"),
            fallen=union("audit-fallen"),
            year_before=union("audit-year-before"),
            tie=union("audit-tie"),
            form_said=union("audit-form-said"),
            nation=words("audit_area_nation"),
            province=words("audit_area_province"),
            city=words("audit_area_city"),
            vague_names=frozenset(words("audit_vague_name")),
            several_years=union("audit-several-years"),
            dated=union("audit-dated"),
            forms=Forms.of(rulebook),
        )


@dataclass(frozen=True)
class Forms:
    """The sums that the statutory form of 信息公开年报 makes: names of columns, rows and sums, as cells are named."""

    applicants: tuple[str, ...]  # the columns of applicants; the last is their sum
    received: tuple[str, ...]  # rows whose sum is that of `settled`
    settled: tuple[str, ...]
    outcomes: tuple[str, ...]  # rows whose sum is the first of `settled`
    either: tuple[str, ...]  # two names of one of these rows
    review_groups: tuple[str, ...]  # of the table of reviews and lawsuits
    review_results: tuple[str, ...]  # in each group; the last is their sum

    @classmethod
    def of(cls, rulebook: Rulebook) -> Forms:
        """Read the lists once."""
        rows = rulebook.words("application_rows")
        received, settled = rulebook.words("audit_form_received"), rulebook.words("audit_form_settled")
        return cls(
            applicants=rulebook.words("application_columns"),
            received=received,
            settled=settled,
            outcomes=tuple(row for row in rows if row not in {*received, *settled}),
            either=rulebook.words("audit_form_either"),
            review_groups=rulebook.words("audit_form_group"),
            review_results=rulebook.words("audit_form_result"),
        )


def _families(rulebook: Rulebook) -> tuple[Family, ...]:
    """The families of rates, by the `type` that their patterns share."""
    sets = ("audit-ratio", "audit-part", "audit-rest-part", "audit-summed-part", "audit-base", "audit-open-base")
    found: dict[str, dict[str, list[re.Pattern[str]]]] = {}
    for group in sets:
        for pattern in rulebook.group(group):
            found.setdefault(pattern.type or "", {}).setdefault(group, []).append(pattern.regex)
    return tuple(
        Family(name, *(tuple(of.get(group, ())) for group in sets)) for name, of in found.items() if sets[0] in of
    )


@dataclass(frozen=True, slots=True)
class Fig:
    """A figure of the ledger: its observation, folded name, sentence, and what it may stand for."""

    index: int
    seen: Observation
    name: str
    sentence: int
    read: Reading
    own: str  # its name, or where it takes that from the figure before it, the words right before it

    @property
    def start(self) -> int:
        """Where its value expression begins."""
        return self.seen.span.start

    @property
    def end(self) -> int:
        """Where its value expression ends."""
        return self.seen.span.end

    @property
    def unit(self) -> str:
        """Its unit, 万 and 亿 expanded."""
        return self.seen.quantity.unit


class Ledger:
    """The figures of one report that say what is so (no plans, no requirements), in the order of the text."""

    def __init__(self, extraction: Extraction, rules: AuditRules, cell: str) -> None:
        """Read every figure once; `cell` is the rule of figures in tables, which are apart."""
        self.extraction, self.rules = extraction, rules
        self.text = fold(extraction.report.text)
        self.sha256 = extraction.report.sha256
        self._starts = [sentence.start for sentence in extraction.sentences]
        self.figs: list[Fig] = []
        self.cell, self.cells = cell, [seen for seen in extraction.observations if seen.rule == cell]
        names: dict[str, str] = {}
        planned = -1  # the last sentence that has begun to say what shall be; what follows in it is no claim either
        for seen in extraction.observations:
            number = self.sentence_of(seen.span)
            if seen.modality in ("planned", "required"):
                planned = number
            if number == planned >= 0:
                continue
            if seen.rule == cell or seen.modality not in ("reported", "problem"):
                continue
            read = reading(seen.quantity, rules.counted)
            if read is not None:
                name = names.setdefault(seen.name, fold(seen.name))
                own = self._words_before(seen) or name if seen.rule == "elided-name" else name
                self.figs.append(Fig(len(self.figs), seen, name, number, read, own))

    def sentence_of(self, span: Span) -> int:
        """The number of the sentence a span begins in; -1 where it stands in none."""
        return bisect_right(self._starts, span.start) - 1

    def _words_before(self, seen: Observation) -> str:
        """The words of a figure's clause right before it, back to the last digit or mark of punctuation."""
        words = self.text[seen.evidence.start : seen.span.start]
        return _BEFORE.search(words)[0] if words else ""  # type: ignore[index]

    @cached_property
    def by_ref(self) -> dict[str, Fig]:
        """The figures by the ref of their observation."""
        return {fig.seen.ref: fig for fig in self.figs}

    def sentence_span(self, span: Span) -> Span:
        """The sentence that a span stands in, without blanks around it; the span itself where it stands in none."""
        number = self.sentence_of(span)
        if number < 0:
            return span
        sentence = self.extraction.sentences[number]
        if not sentence.start <= span.start < sentence.end:
            return span
        return self.stripped(Span(sentence.start, max(sentence.end, span.end)))

    def stripped(self, span: Span) -> Span:
        """A span without blanks at its ends."""
        start, end = span
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        return Span(start, end) if start < end else span

    def sentence_text(self, fig: Fig) -> str:
        """The folded sentence of a figure."""
        span = self.sentence_span(fig.seen.span)
        return self.text[span.start : span.end]

    def section_of(self, fig: Fig) -> int | None:
        """The section a figure stands in."""
        return self.extraction.sentences[fig.sentence].section if fig.sentence >= 0 else None

    def before(self, fig: Fig) -> list[Fig]:
        """The figures before one in its sentence, in order."""
        return [other for other in self.near(fig, 0) if other.sentence == fig.sentence]

    def near(self, fig: Fig, reach: int) -> list[Fig]:
        """The figures before one that end within `reach` characters of it or stand in its sentence, in order."""
        first = fig.index
        while first and (
            self.figs[first - 1].sentence == fig.sentence or fig.start - self.figs[first - 1].end <= reach
        ):
            first -= 1
        return self.figs[first : fig.index]

    def after(self, fig: Fig) -> list[Fig]:
        """The figures behind one in its sentence, in order."""
        last = fig.index + 1
        while last < len(self.figs) and self.figs[last].sentence == fig.sentence:
            last += 1
        return self.figs[fig.index + 1 : last]

    def gap(self, left: Fig, right: Fig) -> str:
        """The folded words between two figures, without blanks, which PDFs scatter."""
        return _BLANK.sub("", self.text[left.end : right.start])

    def lead(self, fig: Fig) -> str:
        """The folded words before a figure, back to the figure before it or to the beginning of its sentence."""
        start = self._starts[fig.sentence] if fig.sentence >= 0 else 0
        if fig.index and self.figs[fig.index - 1].sentence == fig.sentence:
            start = max(start, self.figs[fig.index - 1].end)
        return _BLANK.sub("", self.text[start : fig.start])

    def check(
        self,
        kind: CheckKind,
        claim: Fig | Observation,
        inputs: Sequence[tuple[CheckRole, Fig | Observation]],
        rule: str,
        judgement: Judgement | None = None,
        reason: str | None = None,
    ) -> Check:
        """Make the check of a claim, undetermined for `reason` where there is no judgement."""
        seen = claim.seen if isinstance(claim, Fig) else claim
        others = [(role, one.seen if isinstance(one, Fig) else one) for role, one in inputs]
        if judgement and judgement.verdict == "disagrees" and any(one.quantity.bound == "≈" for _, one in others):
            judgement = judgement._replace(verdict="undetermined", reason=VAGUE)  # 近, 余 refute nothing
        spans = dict.fromkeys(self.evidence_of(one) for one in (seen, *(other for _, other in others)))
        return Check(
            kind=kind,
            report=self.sha256,
            claim=seen.ref,
            verdict=judgement.verdict if judgement else "undetermined",
            inputs=tuple(CheckInput(role, self.sha256, one.ref) for role, one in others),
            evidence=tuple(Quotation(self.sha256, span) for span in spans),
            rule=rule,
            expected=judgement.expected if judgement else None,
            difference=judgement.difference if judgement else None,
            tolerance=judgement.tolerance if judgement else None,
            reason=judgement.reason if judgement else reason,
        )

    def evidence_of(self, seen: Observation) -> Span:
        """What a figure's check quotes: its sentence, or of a table its row."""
        if seen.rule == self.cell:
            return self.stripped(seen.evidence)
        return self.sentence_span(seen.span)


def plain(gap: str) -> bool:
    """Whether words between two figures are nothing but marks of punctuation.

    >>> plain("、"), plain(", ("), plain("项,")
    (True, True, False)
    """
    return not gap.strip(_PUNCTUATION)
