"""Who did it: the body that stands as the subject of a clause, inherited along the sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kg.model import Kind, Mention
from kg.recognise.context import Context
from kg.rulebook import Rulebook

_BODIES = (Kind.DEPARTMENT, Kind.BODY_GROUP)


@dataclass(frozen=True)
class ActorRules:
    """The compiled actor lists of modality.yaml."""

    by: re.Pattern[str]
    not_before: re.Pattern[str]
    not_after: re.Pattern[str]
    lead: re.Pattern[str]

    @classmethod
    def of(cls, rulebook: Rulebook) -> ActorRules:
        """Compile the lists once."""
        alt = rulebook.alternation
        return cls(
            by=re.compile(rf"{alt('actor_before')}$"),
            not_before=re.compile(rf"{alt('actor_not_before')}$"),
            not_after=re.compile(alt("actor_not_after")),
            lead=re.compile(rf"^(?:{alt('adverb', 'scope')}|\d{{4}}年度?|\d{{1,2}}月(?:份|初|底)?|[ 、])*$"),
        )


def actors(context: Context, rules: ActorRules, mentions: Sequence[Mention]) -> dict[int, tuple[Mention, ...]]:
    """For every clause (by its start) the bodies that act in it; empty where the text names none.

    A subject holds until the sentence ends or another subject comes; `由X牵头` counts, `向X报告`, `与X`, `受到X` do not.
    """
    bodies = [m for m in mentions if m.kind in _BODIES]
    result: dict[int, tuple[Mention, ...]] = {}
    current: tuple[Mention, ...] = ()
    sentence = -1
    at = 0
    for clause in context.clauses:
        if clause.sentence != sentence:
            sentence, current = clause.sentence, ()
        while at < len(bodies) and bodies[at].end <= clause.start:
            at += 1
        subject: list[Mention] = []
        for body in bodies[at:]:
            if body.start >= clause.end:
                break
            if subject:
                gap = context.text[subject[-1].end : body.start]
                if gap in ("", "、", "和", "与", "及", "会同", "联合"):
                    subject.append(body)
                continue
            before = context.text[clause.start : body.start]
            if rules.not_after.match(context.text, body.end) and not _listed(context, body, bodies):
                continue
            by = rules.by.search(before) is not None
            if by and any("launch" in i.lists for i in context.items_in(clause.start, body.start)):
                continue  # 建立由人民法院主导的…机制: a part of the name, not the actor
            if by or rules.lead.match(before):
                subject.append(body)
        if subject:
            current = tuple(subject)
        result[clause.start] = current
    return result


def _listed(context: Context, body: Mention, bodies: Sequence[Mention]) -> bool:
    """Whether 、和与 after the body joins it to another body (市委、市政府印发), rather than to a thing."""
    return any(b.start in (body.end + 1, body.end) for b in bodies) and context.text[body.end : body.end + 1] in "、和与"
