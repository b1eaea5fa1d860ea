"""The compiled rules of audit.yaml and audit_growth.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kg.audit.multiples import GrowthRules
from kg.rulebook import Rulebook


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
    """The compiled rules of audit*.yaml."""

    families: tuple[Family, ...]
    counted: frozenset[str]
    money: frozenset[str]
    percent: str
    points: frozenset[str]
    share: re.Pattern[str]
    share_named: re.Pattern[str]
    share_plan: re.Pattern[str]
    share_of: re.Pattern[str]
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
    growth: GrowthRules
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
            share_named=union("audit-share-named"),
            share_plan=union("audit-share-plan"),
            share_of=union("audit-share-of"),
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
            growth=GrowthRules.of(rulebook),
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
