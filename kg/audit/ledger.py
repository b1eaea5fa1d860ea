"""The figures of a report in order, with the words between them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from kg.audit.reading import VAGUE, Judgement, Reading, reading
from kg.audit.rules import AuditRules
from kg.model import Check, CheckInput, CheckKind, CheckRole, Extraction, Observation, Quotation, Span
from kg.text import fold

_BLANK = re.compile(r"[ \n\t]+")
_BEFORE = re.compile(r"[\u4e00-\u9fff]*$")
_LOOK = 1500  # characters before a figure in which its paragraph or section says of which years it speaks
_PUNCTUATION = " ,、;:()\n\u3000"


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

    def said_before(self, fig: Fig) -> str:
        """The folded words of a figure's section before it, at most `_LOOK` characters back, without blanks."""
        section, start = self.section_of(fig), max(0, fig.start - _LOOK)
        number = fig.sentence
        while number > 0 and self._starts[number] > start and self._section(number - 1) == section:
            number -= 1
        start = max(start, self._starts[number]) if number >= 0 else start
        return _BLANK.sub("", self.text[start : fig.start])

    def _section(self, sentence: int) -> int | None:
        return self.extraction.sentences[sentence].section

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
