"""Praise and honours: who or what was 肯定, 推广 or 评为… by whom."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.model import Kind, Mention, Recognition, Span, Statement
from kg.recognise.context import Context

_HONOURED = (Kind.PLACE, Kind.DEPARTMENT, Kind.INITIATIVE)


def recognitions(
    context: Context, award: re.Pattern[str], mentions: Sequence[Mention], statements: Sequence[Statement]
) -> tuple[Recognition, ...]:
    """Honours (`被评为“…示范单位”`, with or without the one who gave it) and praise (`受到司法部肯定`)."""
    found = [
        Recognition(s.subject, s.object, s.trigger, None, s.evidence[0], s.evidence[0])
        for s in statements
        if s.predicate == "recognisedBy"
    ]
    for mention in mentions:
        clause = context.clause_at(mention.start) if mention.rule == "quoted-award" and mention.ref else None
        if clause is None:
            continue
        verb = award.search(context.text, clause.start, mention.start)
        honoured = (m.ref for m in mentions if m.kind in _HONOURED and clause.start <= m.start < mention.start)
        title = context.report.text[mention.start : mention.end]
        found.append(
            Recognition(
                thing=next(filter(None, honoured), None),
                recogniser=None,
                how=verb.group() if verb else "",
                title=title,
                span=mention.span,
                evidence=Span(clause.start, clause.end),
            )
        )
    return tuple(sorted(found, key=lambda r: (r.span, r.thing or "", r.recogniser or "")))
