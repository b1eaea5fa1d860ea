"""The words of a finding in Chinese and English: the computation, the reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, TypeAlias

from kg.audit_report.findings import ROLES, AuditFinding, Said
from kg.model import CheckKind

Language: TypeAlias = Literal["zh", "en"]

PERCENT = "%"


def named(said: Said) -> str:
    """A figure as its report names and writes it: 受理率 88.4%."""
    return f"{said.name} {said.raw}".strip()


def computation(finding: AuditFinding, language: Language = "zh") -> str:
    """What the inputs are and what they give, as one line: 受理 411件 ÷ 新收 471件 = 87.26%."""
    by_role: dict[str, list[Said]] = {role: [] for role in ROLES}
    for one in finding.inputs:
        by_role[one.role].append(one)
    tops, bases, compared = (by_role[role] for role in ROLES)
    said = finding.kind not in ("said-twice", "rank") and finding.expected is not None
    result = f" = {finding.expected}{finding.claim.unit}" if said else ""
    return _SAYING[finding.kind](finding, tops, bases, compared, WORDS[language]) + result


_Saying: TypeAlias = Callable[[AuditFinding, list[Said], list[Said], list[Said], Mapping[str, str]], str]


def _list(figures: Sequence[Said], joint: str) -> str:
    return joint.join(named(one) for one in figures)


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

WORDS: Mapping[Language, Mapping[str, str]] = {
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
