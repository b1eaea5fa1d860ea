"""Recognisers: text to candidates, one module per kind, and the overlap policy between them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kg.gazetteer import Gazetteer
from kg.model import Kind
from kg.recognise.bodies import BodyRules, Issuer, bodies, groups, open_bodies, resolve, self_references
from kg.recognise.context import Candidate, Context, Lexicon
from kg.recognise.documents import DocumentRules, documents
from kg.recognise.figures import FigureRules, Measure, measures
from kg.recognise.head import head_candidates
from kg.recognise.initiatives import InitiativeRules, initiatives
from kg.recognise.places import PlaceRules, places
from kg.rulebook import Rulebook

__all__ = ["Candidate", "Context", "Issuer", "Measure", "Recognised", "Recognisers", "recognise"]


@dataclass(frozen=True)
class Recognisers:
    """Every recogniser's rules, compiled once from a rulebook and a gazetteer."""

    lexicon: Lexicon
    gazetteer: Gazetteer
    bodies: BodyRules
    documents: DocumentRules
    initiatives: InitiativeRules
    figures: FigureRules
    places: PlaceRules

    @classmethod
    def of(cls, rulebook: Rulebook, gazetteer: Gazetteer) -> Recognisers:
        """Compile everything; raises `RuleError` for a list a recogniser misses."""
        return cls(
            lexicon=Lexicon(rulebook),
            gazetteer=gazetteer,
            bodies=BodyRules(rulebook, gazetteer),
            documents=DocumentRules.of(rulebook),
            initiatives=InitiativeRules.of(rulebook),
            figures=FigureRules.of(rulebook),
            places=PlaceRules(rulebook, gazetteer),
        )


@dataclass(frozen=True, slots=True)
class Recognised:
    """Candidates for mentions and figures, in text order."""

    candidates: tuple[Candidate, ...]
    measures: tuple[Measure, ...]


def recognise(context: Context, rules: Recognisers, issuer: Issuer | None) -> Recognised:
    """Find every candidate. Documents win over initiatives, named bodies over open ones, outer names over inner ones.

    Nothing inside a 《》 title is looked at; a body inside an initiative stays, for it is of another class.
    """
    known_bodies = bodies(context, rules.bodies)
    extra = open_bodies(context, rules.bodies, [(b.start, b.end) for b in known_bodies])
    all_places = places(context, rules.places, issuer)
    ends = {b.start: b.end for b in [*extra, *known_bodies]}
    ends.update({p.start: p.end for p in all_places if p.rule != "place-level" and p.start not in ends})

    def outside(at: int) -> int:
        return ends.get(at, at)

    body_ends = {b.start: b.end for b in [*extra, *known_bodies]}
    # a document's name keeps its place (重庆市停车管理条例), not the body before it (省政府“三项制度”推进方案)
    found = documents(context, rules.documents, rules.gazetteer, lambda at: body_ends.get(at, at))
    documents_taken = _Taken([(c.start, c.end) for c in found])
    named = [b for b in [*known_bodies, *extra] if not documents_taken(b.start, b.end)]
    departments = [resolve(b, issuer, rules.gazetteer, rules.bodies, context.report.year) for b in named]
    departments += [
        c for c in self_references(context, rules.bodies, issuer)
        if not documents_taken(c.start, c.end) and not any(d.start <= c.start and c.end <= d.end for d in departments)
    ]  # fmt: skip
    group_candidates = groups(context, rules.bodies)
    departments += [
        g for g in group_candidates
        if not documents_taken(g.start, g.end) and not any(d.start <= g.start and g.end <= d.end for d in departments)
    ]  # fmt: skip
    departments = _outermost(departments)
    open_taken = _Taken([(b.start, b.end) for b in extra])

    place_ends = {p.end for p in all_places if p.end - p.start >= 5}

    laws = [(c.start, c.end) for c in found if c.rule in ("law-gazetteer", "title-brackets")]
    others_taken = _Taken([(c.start, c.end) for c in found if c.rule not in ("law-gazetteer", "title-brackets")])

    def taken(start: int, end: int) -> bool:
        # a named course or campaign may hold a document's title: 《民法典》专题培训
        if any(s < end and start < e and not (start <= s and e < end) for s, e in laws):
            return True
        return others_taken(start, end) or open_taken(start, end) or end in place_ends

    found_initiatives = initiatives(context, rules.initiatives, taken, outside)
    named_taken = _Taken([(c.start, c.end) for c in (*found, *departments, *found_initiatives)])
    found_places = [p for p in all_places if not named_taken(p.start, p.end)]
    found_measures = measures(context, rules.figures, _Taken([(c.start, c.end) for c in found]))
    body = context.report.body
    chrome = _Taken([(s.start, s.end) for s in context.report.chrome])
    kept = [
        c
        for c in (*found, *departments, *found_initiatives, *found_places)
        if body.start <= c.start and c.end <= body.end and not chrome(c.start, c.end)
    ]
    kept += head_candidates(context, rules.bodies, rules.documents, rules.gazetteer, issuer)
    return Recognised(tuple(sorted(_distinct(kept), key=lambda c: (c.start, c.end, c.kind))), tuple(found_measures))


class _Taken:
    """Whether a span overlaps one of a set of spans."""

    def __init__(self, spans: Sequence[tuple[int, int]]) -> None:
        self.spans = sorted(spans)
        self._starts = [s for s, _ in self.spans]
        self._longest = max((e - s for s, e in self.spans), default=0)

    def __call__(self, start: int, end: int) -> bool:
        low = bisect_left(self._starts, start - self._longest)
        high = bisect_left(self._starts, end)
        return any(s < end and start < e for s, e in self.spans[low:high])


def _outermost(candidates: list[Candidate]) -> list[Candidate]:
    kept: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda c: (c.start, -c.end)):
        if kept and candidate.start < kept[-1].end:
            continue
        kept.append(candidate)
    return kept


def _distinct(candidates: list[Candidate]) -> list[Candidate]:
    """One candidate a span: a span denotes exactly one entity."""
    seen: dict[tuple[int, int], Candidate] = {}
    order = list(Kind)
    for candidate in sorted(candidates, key=lambda c: order.index(c.kind)):
        seen.setdefault((candidate.start, candidate.end), candidate)
    return list(seen.values())


OutsideName = Callable[[int], int]
