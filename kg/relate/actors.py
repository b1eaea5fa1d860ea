"""Who did it: the body that stands as the subject of a clause, inherited along the sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.model import Kind, Mention, Span
from kg.recognise.context import Clause, Context
from kg.rulebook import Rulebook
from kg.sought import Sought

_BODIES = (Kind.DEPARTMENT, Kind.BODY_GROUP)

#: The bodies that act in a clause, by the clause's start.
Acting = Mapping[int, tuple[Mention, ...]]


@dataclass(frozen=True)
class ActorRules:
    """The compiled actor lists of modality.yaml."""

    by: re.Pattern[str]
    not_before: tuple[str, ...]
    not_after: re.Pattern[str]
    lead: re.Pattern[str]
    joint: frozenset[str]
    meeting: Sought
    not_inherited: re.Pattern[str]
    learning: re.Pattern[str]
    item: re.Pattern[str]
    charge: Sought
    charge_part: re.Pattern[str]
    helping: re.Pattern[str]

    @classmethod
    def of(cls, rulebook: Rulebook) -> ActorRules:
        """Compile the lists once."""
        return cls(
            by=re.compile(rf"{rulebook.alternation('actor_before')}$"),
            not_before=rulebook.words("actor_not_before"),
            not_after=re.compile(rulebook.alternation("actor_not_after")),
            lead=rulebook.union("actor-lead"),
            joint=frozenset(("", *rulebook.words("actor_joint"))),
            meeting=Sought(re.compile(rulebook.alternation("actor_meeting"))),
            learning=re.compile(rulebook.alternation("actor_learning")),
            not_inherited=re.compile(rf"{rulebook.alternation('actor_not_inherited')}$"),
            item=rulebook.union("item"),
            charge=Sought(rulebook.union("charge")),
            charge_part=rulebook.union("charge-part"),
            helping=re.compile(rulebook.alternation("charge_helping")),
        )


def actors(context: Context, rules: ActorRules, mentions: Sequence[Mention]) -> Acting:
    """For every clause (by its start) the bodies that act in it; empty where the text names none.

    A subject holds until the sentence ends or another one comes; `由X牵头` counts, `向X报告`, `与X`, `受到X` do not.
    """
    bodies = [m for m in mentions if m.kind in _BODIES]
    starts = frozenset(m.start for m in bodies)
    maybe_meetings = {clause.start for clause in context.clauses_with(rules.meeting)}
    result: dict[int, tuple[Mention, ...]] = {}
    current: tuple[Mention, ...] = ()
    sentence = -1
    at = 0
    for clause in context.clauses:
        if clause.sentence != sentence:
            if not _goes_on(context, rules, clause):
                current = ()
            sentence = clause.sentence
        while at < len(bodies) and bodies[at].end <= clause.start:
            at += 1
        end = at
        while end < len(bodies) and bodies[end].start < clause.end:
            end += 1
        subject = _subject(context, rules, clause, bodies[at:end], starts) if end > at else ()
        if (
            not subject
            and clause.start in maybe_meetings
            and rules.meeting.regex.search(context.flat, clause.start, clause.end)
        ):
            current = ()  # 县政府常务会议学法6次: a meeting is the subject, and it is no body
        if not subject and current and rules.not_inherited.search(context.text, current[-1].start, current[-1].end):
            # 学习中心组…,专题学习《甲》,|举办培训班: it goes on learning, what else is done is another's
            learning = rules.learning.search(context.flat, clause.start, clause.end)
            result[clause.start] = current if learning else ()
            continue
        current = subject or current
        result[clause.start] = current
    return result


@dataclass(frozen=True, slots=True)
class Charge:
    """Who is in charge of what stands before: `（省商务厅牵头，合肥海关配合）`, `责任单位：市司法局`.

    `start` is where that begins: the paragraph's beginning, or behind the charge before.
    """

    start: int
    span: Span
    leads: tuple[Mention, ...]
    helpers: tuple[Mention, ...]


def charges(context: Context, rules: ActorRules, mentions: Sequence[Mention]) -> list[Charge]:
    """Every charge of the text, in order."""
    bodies = [m for m in mentions if m.kind is Kind.DEPARTMENT and m.ref]
    found: list[Charge] = []
    for match in rules.charge.finditer(context.text):
        inside = [m for m in bodies if match.start() <= m.start and m.end <= match.end()]
        if not inside:
            continue
        leads: list[Mention] = []
        helpers: list[Mention] = []
        low = match.start()
        for mark in [*rules.charge_part.finditer(context.text, match.start(), match.end()), None]:
            high = mark.start() if mark else match.end()
            part = [m for m in inside if low <= m.start < high]
            helping = rules.helping.search(context.text, low, high) is not None
            (helpers if helping else leads).extend(part)
            low = high
        start = max(_charged_from(context, match), found[-1].span.end if found else 0)
        found.append(Charge(start, Span(*match.span()), tuple(leads), tuple(helpers)))
    return found


def _charged_from(context: Context, match: re.Match[str]) -> int:
    """Where that begins which a charge is about.

    The sentence that holds the charge (推行服务员制度（市财政局负责）。), else the paragraph it ends, or, where it
    has a line of its own, the paragraph above.
    """
    text, at = context.report.text, match.start()
    sentence = next((s for s in context.sentences if s.start < at < s.end), None)
    if sentence is not None and context.text[match.end() : match.end() + 1] in ("。", ";"):
        return sentence.start
    paragraph = text.rfind("\n", 0, at) + 1
    if not text[paragraph:at].strip():
        paragraph = text.rfind("\n", 0, len(text[:paragraph].rstrip())) + 1
    return paragraph


def with_charges(context: Context, acting: Acting, found: Sequence[Charge]) -> Acting:
    """The acting bodies, those in charge where the text names none."""
    result = dict(acting)
    for charge in found:
        for clause in context.clauses:
            if charge.start <= clause.start < charge.span.start and not result.get(clause.start):
                result[clause.start] = charge.leads
    return result


def _goes_on(context: Context, rules: ActorRules, clause: Clause) -> bool:
    """Whether a sentence goes on with the actor of the one before: that ends with a semicolon, and no item begins."""
    end = context.sentences[clause.sentence].start
    while end and context.text[end - 1].isspace():
        end -= 1
    return context.text[end - 1 : end] == ";" and not rules.item.match(context.text, clause.start)


def _subject(
    context: Context, rules: ActorRules, clause: Clause, bodies: Sequence[Mention], starts: frozenset[int]
) -> tuple[Mention, ...]:
    """The first body of a clause that acts, with those joined to it."""
    subject: list[Mention] = []
    for body in bodies:
        if subject:
            if context.text[subject[-1].end : body.start] in rules.joint:
                subject.append(body)
        elif _acts(context, rules, clause, body, starts):
            subject.append(body)
    return tuple(subject)


def _acts(context: Context, rules: ActorRules, clause: Clause, body: Mention, starts: frozenset[int]) -> bool:
    before = context.text[clause.start : body.start]
    if rules.not_after.match(context.text, body.end) and not _listed(context, body, starts):
        return False
    if rules.by.search(before):
        # 建立由人民法院主导的…机制: a part of the name, not the actor
        return not any("launch" in i.lists for i in context.items_in(clause.start, body.start))
    return not before or (rules.lead.match(before) is not None and not before.endswith(rules.not_before))


def _listed(context: Context, body: Mention, starts: frozenset[int]) -> bool:
    """Whether 、和与 after the body joins it to another body (市委、市政府印发), rather than to a thing."""
    if context.text[body.end : body.end + 1] not in ("、", "和", "与"):
        return False
    return body.end + 1 in starts or body.end in starts
