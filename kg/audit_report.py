"""What an audit found, for people: from checks and their extractions, or from the checks stored in a graph file.

Both ways give the same `AuditFinding`s, so a graph that was made last year prints as the report does today.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from kg.describe.terms import decimal_text
from kg.errors import GraphError
from kg.model import Check, CheckKind, CheckRole, Extraction, Span, Verdict
from kg.vocabulary import CHECK_KINDS, VERDICTS

if TYPE_CHECKING:
    import pyoxigraph

    from kg.query import Table

Language: TypeAlias = Literal["zh", "en"]

_ROLES: tuple[CheckRole, ...] = ("numerator", "denominator", "compared")
_ORDER: tuple[Verdict, ...] = ("disagrees", "undetermined", "agrees")  # what a reader wants first


@dataclass(frozen=True, slots=True)
class Said:
    """A figure of a report and the sentence it stands in; offsets are code points, ends exclusive."""

    role: str  # "claim", or the role of an input
    report: str  # file name
    name: str
    raw: str
    unit: str
    start: int
    end: int
    quote: str
    quote_start: int
    quote_end: int


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One check as a reader wants it; numbers as plain decimal text in the unit of the claim, None where not known."""

    verdict: Verdict
    kind: CheckKind
    reason: str | None
    rule: str
    claim: Said
    inputs: tuple[Said, ...]
    expected: str | None
    difference: str | None
    tolerance: str | None

    @property
    def order(self) -> tuple[str, int, int, str, str, tuple[tuple[str, int], ...]]:
        """The place in a list: by report, then in the order of its text."""
        inputs = tuple((one.report, one.start) for one in self.inputs)
        return (self.claim.report, self.claim.start, self.claim.end, self.kind, self.rule, inputs)


def findings_of(extractions: Sequence[Extraction], checks: Iterable[Check]) -> tuple[AuditFinding, ...]:
    """Return the checks of these reports as findings, in order."""
    by_sha = {one.report.sha256: one for one in extractions}
    figures = {sha256: {o.ref: o for o in one.observations} for sha256, one in by_sha.items()}
    found = []
    for check in checks:
        quotes = [(q.report, q.span) for q in check.evidence]

        def said(role: str, sha256: str, ref: str, quotes: Sequence[tuple[str, Span]] = tuple(quotes)) -> Said:
            seen, report = figures[sha256][ref], by_sha[sha256].report
            own = [span for report_of, span in quotes if report_of == sha256]
            quote = _holding(own, seen.span)
            text = report.text[quote.start : quote.end]
            return Said(
                role,
                report.name,
                seen.name,
                seen.quantity.raw,
                seen.quantity.unit,
                *seen.span,
                text,
                quote[0],
                quote[1],
            )

        found.append(
            _finding(
                check.verdict,
                check.kind,
                check.reason,
                check.rule,
                said("claim", check.report, check.claim),
                [said(one.role, one.report, one.ref) for one in check.inputs],
                [check.expected, check.difference, check.tolerance],
            )
        )
    return tuple(sorted(found, key=lambda finding: finding.order))


def _holding(spans: Sequence[Span], figure: Span) -> Span:
    """The shortest of the quoted spans that holds a figure; the figure itself where none does."""
    return min((s for s in spans if s.contains(figure)), key=lambda s: (s.end - s.start, s), default=figure)


def _finding(
    verdict: Verdict,
    kind: CheckKind,
    reason: str | None,
    rule: str,
    claim: Said,
    inputs: Sequence[Said],
    numbers: Sequence[Decimal | None],
) -> AuditFinding:
    ordered = sorted(inputs, key=lambda one: (_ROLES.index(cast(CheckRole, one.role)), one.report, one.start))
    expected, difference, tolerance = (None if number is None else decimal_text(number) for number in numbers)
    return AuditFinding(verdict, kind, reason, rule, claim, tuple(ordered), expected, difference, tolerance)


def stored_findings(paths: Sequence[Path]) -> tuple[AuditFinding, ...]:
    """Return the checks that graph files (.ttl, .trig, .nt, .nq) hold, in order; ``GraphError`` for an unusable file.

    The files are read as one graph: a check of two reports finds both, in whichever files they are.
    """
    from kg.describe.graphfile import read_graph

    graph = _Stored(quad for path in paths for quad in read_graph(path))
    return tuple(sorted((graph.finding(check) for check in graph.checks()), key=lambda finding: finding.order))


_VALIDATE = "用 kg validate 检查该图谱 (check the graph with kg validate)"
_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_PLACE = re.compile(r"\|(\d{1,18}),(\d{1,18})$", re.ASCII)


class _Stored:
    """The triples of graph files, as far as checks need them."""

    def __init__(self, quads: Iterable[pyoxigraph.Quad]) -> None:
        from kg.vocabulary import TERMS

        self._terms: Mapping[str, str] = TERMS
        self._of: dict[str, dict[str, list[str]]] = {}
        for quad in quads:
            if not hasattr(quad.subject, "value") or not hasattr(quad.object, "value"):
                continue  # quoted triples: none of ours
            self._of.setdefault(quad.subject.value, {}).setdefault(quad.predicate.value, []).append(quad.object.value)

    def checks(self) -> list[str]:
        """The IRIs of the checks, sorted."""
        kind, check = self._terms["rdf:type"], self._terms["kg:Check"]
        return sorted(iri for iri, triples in self._of.items() if check in triples.get(kind, ()))

    def all(self, iri: str, curie: str) -> list[str]:
        return sorted(set(self._of.get(iri, {}).get(self._terms[curie], ())))

    def one(self, iri: str, curie: str) -> str | None:
        return next(iter(self.all(iri, curie)), None)

    def finding(self, check: str) -> AuditFinding:
        """Put one check together again."""
        quotes = [(self.one(iri, "nif:referenceContext") or "", span) for iri, span in self._quoted(check)]
        inputs = [
            self._said(role, figure, quotes)
            for role, curie in (
                ("numerator", "kg:numerator"),
                ("denominator", "kg:denominator"),
                ("compared", "kg:checkInput"),
            )
            for figure in self.all(check, curie)
        ]
        numbers = [self.number(check, curie) for curie in ("kg:expected", "kg:difference", "kg:tolerance")]
        return _finding(
            cast(Verdict, self.code(check, "kg:verdict", VERDICTS)),
            cast(CheckKind, self.code(check, "kg:checkKind", CHECK_KINDS)),
            self.one(check, "kg:checkReason"),
            self.one(check, "kg:rule") or "",
            self._said("claim", self.one(check, "kg:checks") or "", quotes),
            inputs,
            numbers,
        )

    def code(self, check: str, curie: str, allowed: Sequence[str]) -> str:
        """A code of a closed list; ``GraphError`` for none, or another."""
        value = self.one(check, curie)
        if value is None or value not in allowed:
            raise GraphError(
                f"核验没有可用的 {curie} / a check without a usable {curie}: {value!r}", where=check, hint=_VALIDATE
            )
        return value

    def number(self, check: str, curie: str) -> Decimal | None:
        """A decimal, None where there is none; ``GraphError`` for what is no number."""
        value = self.one(check, curie)
        if value is None:
            return None
        if not _DECIMAL.fullmatch(value):
            raise GraphError(f"{curie} 不是数 / is no number: {value!r}", where=check, hint=_VALIDATE)
        return Decimal(value)

    def _quoted(self, check: str) -> Iterator[tuple[str, Span]]:
        for iri in self.all(check, "kg:evidence"):
            begin, end = self.one(iri, "nif:beginIndex"), self.one(iri, "nif:endIndex")
            if begin is not None and end is not None and begin.isdecimal() and end.isdecimal():
                yield iri, Span(int(begin), int(end))

    def _said(self, role: str, figure: str, quotes: Sequence[tuple[str, Span]]) -> Said:
        report = self.one(figure, "dct:source") or ""
        raw = self.one(figure, "kg:rawValue") or ""
        place = _PLACE.search(self.one(figure, "dct:identifier") or "")
        span = Span(int(place[1]), int(place[2])) if place else Span(0, 0)  # of a report that is not in the files
        quote = _holding([s for of, s in quotes if of == report], span)
        text = self.one(f"{report}#char={quote.start},{quote.end}", "nif:anchorOf") or raw
        name = (self.one(figure, "skos:prefLabel") or "").removesuffix(raw).strip()
        file = self.one(report, "kg:fileName") or report
        return Said(role, file, name, raw, self.one(figure, "kg:unitText") or "", *span, text, quote[0], quote[1])


# --- forms ------------------------------------------------------------------------------------------------------------


def values(findings: Sequence[AuditFinding], language: Language = "zh") -> list[dict[str, Any]]:
    """Return findings as plain values for JSON, with the reason and the computation in words."""
    return [
        {
            **asdict(finding),
            "reason_text": reason_text(finding.reason, language) if finding.reason else None,
            "computation": computation(finding, language),
        }
        for finding in findings
    ]


def counts(checks: Iterable[Check | AuditFinding]) -> dict[str, dict[str, int]]:
    """Count checks per kind and verdict; a verdict that nothing has says 0."""
    tally = Counter((check.kind, check.verdict) for check in checks)
    return {kind: {v: tally[kind, v] for v in VERDICTS} for kind in sorted({k for k, _ in tally})}


def table(findings: Sequence[AuditFinding], language: Language = "zh") -> Table:
    """Return findings as a table of `kg.query`, one row each, what disagrees first."""
    from kg.query import Cell, Table

    columns = (
        *("verdict", "kind", "report", "name", "said", "start", "end", "expected", "difference", "tolerance"),
        *("computation", "reason", "sentence"),
    )
    rows = []
    for finding in sorted(findings, key=lambda f: (_ORDER.index(f.verdict), f.order)):
        claim = finding.claim
        row: tuple[str | None, ...] = (
            finding.verdict,
            finding.kind,
            claim.report,
            claim.name,
            claim.raw,
            str(claim.start),
            str(claim.end),
            finding.expected,
            finding.difference,
            finding.tolerance,
            computation(finding, language),
            reason_text(finding.reason, language) if finding.reason else None,
            " ".join(claim.quote.split()),
        )
        rows.append(tuple(None if value is None else Cell("literal", value) for value in row))
    return Table(columns, tuple(rows))


def markdown(findings: Sequence[AuditFinding], language: Language = "zh") -> str:
    """Return findings as Markdown that somebody who knows neither RDF nor this program can read."""
    words = _WORDS[language]
    tally = Counter(finding.verdict for finding in findings)
    reports = sorted({finding.claim.report for finding in findings})
    title = words["title"] + (f"{words['colon']}{_escaped(reports[0])}" if len(reports) == 1 else "")
    lines = [f"# {title}", "", words["counts"].format(total=len(findings), **{v: tally[v] for v in _ORDER}), ""]
    if findings:
        lines += [words["note"], ""]
    for verdict in _ORDER:
        chosen = [finding for finding in findings if finding.verdict == verdict]
        if not chosen:
            continue
        lines += [f"## {words[verdict]}", ""]
        for finding in chosen:
            lines += _agreeing(finding, language) if verdict == "agrees" else _told(finding, language, len(reports) > 1)
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def _agreeing(finding: AuditFinding, language: Language) -> list[str]:
    """One line: what agrees needs no quotation."""
    claim, said = finding.claim, computation(finding, language)
    place = f"{_escaped(claim.report)} [{claim.start}, {claim.end})"
    return [f"- {_escaped(_named(claim))}{_WORDS[language]['colon']}{_escaped(said)} — {place}"]


def _told(finding: AuditFinding, language: Language, with_report: bool) -> list[str]:
    """A finding with what the report says, what its figures give, and the sentences."""
    words, claim, colon = _WORDS[language], finding.claim, _WORDS[language]["colon"]
    lines = [f"### {_escaped(_named(claim))}", ""]
    if with_report:
        lines.append(f"- {words['report']}{colon}{_escaped(claim.report)}")
    lines.append(f"- {words['says']}{colon}{_escaped(_named(claim))} [{claim.start}, {claim.end})")
    lines.append(f"- {words['gives']}{colon}{_escaped(computation(finding, language))}")
    if finding.difference is not None and finding.verdict == "disagrees":
        unit = words["points"] if claim.unit == _PERCENT else f" {claim.unit}".rstrip()
        lines.append(
            f"- {words['difference']}{colon}{finding.difference}{unit} ({words['tolerance']} {finding.tolerance})"
        )
    if finding.reason:
        lines.append(f"- {words['why']}{colon}{reason_text(finding.reason, language)} ({finding.reason})")
    quoted: dict[tuple[str, int, int], str] = {}
    for one in (claim, *finding.inputs):
        quoted.setdefault((one.report, one.quote_start, one.quote_end), one.quote)
    for (report, start, end), quote in quoted.items():
        where = f"{_escaped(report)} " if len({key[0] for key in quoted}) > 1 else ""
        lines += ["", f"> {_escaped(' '.join(quote.split()))}", ">", f"> — {where}[{start}, {end})"]
    return [*lines, ""]


_PERCENT = "%"
_SPECIAL = re.compile(r"([\\`*_<>\[\]#|&~])")


def _escaped(text: str) -> str:
    """Text of a report in Markdown: nothing in it is markup, and what cannot be seen is written out."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return _SPECIAL.sub(r"\\\1", shown)


def _named(said: Said) -> str:
    return f"{said.name} {said.raw}".strip()


def computation(finding: AuditFinding, language: Language = "zh") -> str:
    """What the inputs are and what they give, as one line: 受理 411件 ÷ 新收 471件 = 87.26%."""
    by_role: dict[str, list[Said]] = {role: [] for role in _ROLES}
    for one in finding.inputs:
        by_role[one.role].append(one)
    tops, bases, compared = (by_role[role] for role in _ROLES)
    said = finding.kind not in ("said-twice", "rank") and finding.expected is not None
    result = f" = {finding.expected}{finding.claim.unit}" if said else ""
    return _SAYING[finding.kind](finding, tops, bases, compared, _WORDS[language]) + result


_Saying: TypeAlias = Callable[[AuditFinding, list[Said], list[Said], list[Said], Mapping[str, str]], str]


def _list(figures: Sequence[Said], joint: str) -> str:
    return joint.join(_named(one) for one in figures)


def _quotient(
    finding: AuditFinding, tops: list[Said], bases: list[Said], _: list[Said], words: Mapping[str, str]
) -> str:
    top = _list(tops, " + ") or words["unsaid"]
    base = _list(bases, " + ") or words["unsaid"]
    if finding.rule.startswith("ratio-rest"):
        return f"({base} − {top}) ÷ {base}"
    return f"({top}) ÷ {base}" if len(tops) > 1 else f"{top} ÷ {base}"


def _addition(_: AuditFinding, tops: list[Said], __: list[Said], compared: list[Said], words: Mapping[str, str]) -> str:
    less = f" − {_list(compared, ' − ')}" if compared else ""
    return _list(tops, " + ") + less


def _change(
    finding: AuditFinding, tops: list[Said], bases: list[Said], compared: list[Said], words: Mapping[str, str]
) -> str:
    now = _list(tops, "")
    if compared:
        change = compared[0].raw
        return f"{now} ÷ ({now} − {words['change']} {change}) − 1"
    then = _list(bases, "")
    rule, _, years = finding.rule.partition("/")
    if rule == "average-between":
        return f"({now} ÷ {then})^(1/{years or words['years']}) − 1"
    if rule == "multiple-between":
        return f"{now} ÷ {then}"
    return f"{now} − {then}" if rule in _DIFFERENCES else f"{now} ÷ {then} − 1"


_DIFFERENCES = frozenset(("points-between", "points-before", "change-between"))  # rules of growth in the levels' unit


def _elsewhere(_: AuditFinding, __: list[Said], ___: list[Said], compared: list[Said], words: Mapping[str, str]) -> str:
    return words["elsewhere"].format(said=_list(compared, "; "), report=compared[0].report if compared else "")


_SAYING: Mapping[CheckKind, _Saying] = {
    "ratio": _quotient,
    "share": _quotient,
    "part-sum": _addition,
    "table-total": _addition,
    "growth": _change,
    "said-twice": _elsewhere,
    "rank": _elsewhere,
}

_WORDS: Mapping[Language, Mapping[str, str]] = {
    "zh": {
        "title": "核验",
        "colon": ":",
        "counts": "核验 {total} 处:不符 {disagrees},无法判定 {undetermined},相符 {agrees}。",
        "note": "用报告自己的数核对报告所说的数。“不符”只说两处数字对不上,不说哪一处错、为什么错;方括号里是字符位置。",
        "disagrees": "不符",
        "undetermined": "无法判定",
        "agrees": "相符",
        "report": "报告",
        "says": "报告说",
        "gives": "报告自己的数",
        "difference": "相差",
        "tolerance": "容差",
        "why": "为什么无法判定",
        "points": " 个百分点",
        "unsaid": "(原文没有写明)",
        "change": "增减",
        "years": "年数",
        "elsewhere": "另一处({report})说:{said}",
    },
    "en": {
        "title": "Audit",
        "colon": ": ",
        "counts": "{total} checks: {disagrees} disagree, {undetermined} undetermined, {agrees} agree.",
        "note": "What the report says, held against its own figures. “Disagrees” says that two figures do not fit each "
        "other, not which of them is wrong or why; brackets hold character offsets.",
        "disagrees": "Disagrees",
        "undetermined": "Undetermined",
        "agrees": "Agrees",
        "report": "Report",
        "says": "The report says",
        "gives": "Its own figures give",
        "difference": "Difference",
        "tolerance": "tolerance",
        "why": "Why undetermined",
        "points": " percentage points",
        "unsaid": "(not said in the text)",
        "change": "change",
        "years": "years",
        "elsewhere": "elsewhere ({report}): {said}",
    },
}

#: Reason codes → what they say, in Chinese and English.
REASONS: Mapping[str, tuple[str, str]] = {
    "base-not-said": ("没有写明分母", "the denominator is not said"),
    "numerator-not-said": ("没有写明分子", "the numerator is not said"),
    "definition-varies": ("算法不一,原文没有写明", "definitions vary and the text does not say which"),
    "several-bases": ("可作分母的数不止一个", "several figures may be the denominator"),
    "scopes-differ": ("分子分母说的范围可能不同", "the inputs may be of different areas or bodies"),
    "periods-differ": ("分子分母说的时间可能不同", "the inputs may be of different periods"),
    "carried-over": ("有上年结转,分母不止当年所收", "cases carried over belong to the base as well"),
    "subjects-differ": ("分子分母说的可能不是一件事", "the inputs may be about different things"),
    "cut-not-rounded": ("差在末位以内:可能是截断,不是四舍五入", "within the last digit: cut off rather than rounded"),
    "claim-approximate": ("说的是约数,相差不远", "the figure is said to be approximate, and is near"),
    "inputs-vague": ("所用的数是约数,或进位太粗,定不了", "the inputs are approximate or rounded too coarsely"),
    "list-not-complete": ("没有写明所列就是全部", "the text does not say that the list is complete"),
    "parts-may-overlap": ("所列各项可能交叉", "the parts may overlap"),
    "price-basis": ("金额的增速可能按可比价、同口径计算", "growth of money may be at comparable prices"),
    "bases-differ": ("增速所比的基期与前后两数可能不同", "the growth may be against another base"),
    "span-not-said": ("没有写明前后两数相隔几年", "the text does not say how many years lie between the two levels"),
    "multiple-or-increase": (
        "所说的倍数是后数除以前数,不是增加的倍数(或者相反)",
        "the figure is the multiple where the increase is said, or the other way round",
    ),
    "may-be-two-things": ("两处说的可能不是一件事", "the two places may speak of different things"),
    "tie-possible": ("可能并列", "a tie is possible"),
    "years-not-said": ("两份报告说的年份可能不同", "the two reports may speak of different years"),
    "rows-not-read": ("表格有读不出或没有的行", "a row of the table is missing or could not be read"),
}


def reason_text(reason: str, language: Language = "zh") -> str:
    """Return what a reason code says; the code itself where it has no text."""
    zh, en = REASONS.get(reason, (reason, reason))
    return zh if language == "zh" else en


def one_line(finding: AuditFinding) -> str:
    """A finding for a terminal: what is said, what the figures give, where."""
    claim = finding.claim
    return f"{_named(claim)} [{claim.start}, {claim.end}): {computation(finding)}"
