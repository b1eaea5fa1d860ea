"""Done, planned, required or a problem: read from the section, the paragraph and the clause."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.model import Modality
from kg.recognise.context import Clause, Context
from kg.rulebook import Rulebook
from kg.sought import Sought
from kg.text import fold


@dataclass(frozen=True)
class ModalityRules:
    """The compiled rules of modality.yaml."""

    heading_plan: re.Pattern[str]
    heading_problem: re.Pattern[str]
    heading_review: re.Pattern[str]
    clause_plan: Sought
    paragraph_plan: re.Pattern[str]
    clause_required: re.Pattern[str]
    clause_problem: re.Pattern[str]
    year: re.Pattern[str]
    heading_year: re.Pattern[str]
    intends: Sought

    @classmethod
    def of(cls, rulebook: Rulebook) -> ModalityRules:
        """Compile the lists once."""

        def any_of(*keys: str) -> re.Pattern[str]:
            return re.compile(rulebook.alternation(*keys))

        return cls(
            heading_plan=any_of("heading_plan"),
            heading_problem=any_of("heading_problem"),
            heading_review=any_of("heading_review"),
            clause_plan=Sought(any_of("clause_plan", "clause_will")),
            paragraph_plan=any_of("paragraph_plan"),
            clause_required=any_of("clause_required"),
            clause_problem=any_of("clause_problem"),
            year=rulebook.union("year-opening"),
            # 2021—2025年: the last year of a plan is no year to come
            heading_year=re.compile(
                rf"(?<!\d)(?<!{rulebook.alternation('range_mark')})((?:19|20)\d\d)(?={rulebook.alternation('year_unit')})"
            ),
            intends=Sought(rulebook.union("intends")),
        )


def modalities(context: Context, rules: ModalityRules) -> tuple[Modality, ...]:
    """The modality of every clause of `context.clauses`."""
    sections: list[Modality] = []
    for section in context.sections:
        own = _of_heading(rules, section.heading, context.report.year)
        above = sections[section.parent] if section.parent is not None else "reported"
        sections.append(own or above)
    maybe_plans = {clause.start for clause in context.clauses_with(rules.clause_plan)}
    intended = {clause.start for clause in context.clauses_with(rules.intends)}
    result: list[Modality] = []
    plan_paragraph = -1
    last_sentence = -1
    problem = False
    for clause in context.clauses:
        sentence = context.sentences[clause.sentence]
        if clause.sentence != last_sentence:
            last_sentence = clause.sentence
            text = context.text[sentence.start : sentence.end]
            problem = rules.clause_problem.search(text) is not None
            if rules.paragraph_plan.match(text.lstrip()) or _future(context, rules, text):
                plan_paragraph = sentence.paragraph
        of_section = sections[sentence.section] if sentence.section is not None else "reported"
        plan = plan_paragraph == sentence.paragraph or _intended(context, rules, clause, intended)
        result.append(_of_clause(context, rules, clause, of_section, plan, problem, clause.start in maybe_plans))
    return tuple(result)


def _intended(context: Context, rules: ModalityRules, clause: Clause, maybe: set[int]) -> bool:
    """Whether the clause says what its writer means to do: 计划开展督查4次."""
    return clause.start in maybe and rules.intends.regex.search(context.flat, clause.start, clause.end) is not None


def _of_heading(rules: ModalityRules, heading: str, year: int | None) -> Modality | None:
    """What a heading says: 下一步…, 存在的问题…, 2026年重点任务; None where the one above it counts."""
    if rules.heading_review.search(heading):
        return "reported"
    if year and any(int(said) > year for said in rules.heading_year.findall(fold(heading))):
        return "planned"
    if rules.heading_plan.search(heading):
        return "planned"
    if rules.heading_problem.search(heading):
        return "problem"
    return None


def _future(context: Context, rules: ModalityRules, text: str) -> bool:
    """Whether a sentence opens with a year after the report's: 2021年是…的开局之年 in a report on 2020."""
    year = context.report.year
    match = rules.year.match(text.lstrip())
    return bool(match and year and int(match["year"]) > year)


def _of_clause(
    context: Context,
    rules: ModalityRules,
    clause: Clause,
    section: Modality,
    plan: bool,
    problem: bool,
    maybe_plan: bool,
) -> Modality:
    if problem and section != "planned":
        return "problem"
    if section != "reported":
        return section
    if plan or (maybe_plan and rules.clause_plan.regex.search(context.flat, clause.start, clause.end)):
        return "planned"
    if rules.clause_required.match(context.flat, clause.start, clause.end):
        return "required"
    return "reported"
