"""Recognisers: text to candidates, one module per kind, and the overlap policy between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.gazetteer import Gazetteer
from kg.model import Kind, Report, Section, Sentence
from kg.recognise.bodies import Body, BodyRules, bodies
from kg.recognise.context import Candidate, Context, Lexicon
from kg.recognise.documents import DocumentRules, documents
from kg.recognise.figures import FigureRules, Measure, measures
from kg.recognise.head import head_candidates
from kg.recognise.initiatives import InitiativeRules, Taken, initiatives
from kg.recognise.issuer import Issuer
from kg.recognise.names import Outside
from kg.recognise.open_bodies import open_bodies
from kg.recognise.places import PlaceRules, places
from kg.recognise.references import anaphora, counterparts, groups, self_references, short_names, stations
from kg.recognise.settle import resolve
from kg.recognise.spans import Spans, outermost
from kg.recognise.tables import TableRules, tables
from kg.recognise.towns import TownRules, towns
from kg.rulebook import Rulebook
from kg.text import Folded

__all__ = ["Candidate", "Context", "Issuer", "Measure", "Recognised", "Recognisers", "marked", "recognise"]

#: Rules whose documents an initiative may hold: a named course holds a document's title, 《民法典》专题培训.
_TITLES = ("law-gazetteer", "title-brackets")
_COUNT = 8  # characters of a count: 120余个
_LONG_PLACE = 5  # characters of a place's name (经济技术开发区) whose end is no head noun


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
    tables: TableRules
    towns: TownRules

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
            tables=TableRules.of(rulebook),
            towns=TownRules(rulebook, gazetteer),
        )


@dataclass(frozen=True, slots=True)
class Recognised:
    """Candidates for mentions and figures, in text order."""

    candidates: tuple[Candidate, ...]
    measures: tuple[Measure, ...]
    tables: Spans  # where the report's tables are


def marked(
    report: Report,
    sections: tuple[Section, ...],
    sentences: tuple[Sentence, ...],
    rules: Recognisers,
    folded: Folded | None = None,
) -> Context:
    """Make what the recognisers read: the text folded and cut, its function words and the towns it names.

    `folded` is the report's text, where it is known.
    """
    context = Context(report, folded or Folded.of(report.text), sections, sentences, rules.lexicon)
    context.known = rules.bodies.known(context.flat)
    known = ((end, entry.codes) for _, end, entry in context.known if entry.kind == "place")
    context.towns = tuple(towns(context, rules.towns, [(end, codes[0]) for end, codes in known if len(codes) == 1]))
    return context


def recognise(context: Context, rules: Recognisers, issuer: Issuer | None) -> Recognised:
    """Find every candidate. Documents win over initiatives, named bodies over open ones, outer names over inner ones.

    Nothing inside a 《》 title is looked at; a body inside an initiative stays, for it is of another class.
    """
    known = bodies(context, rules.bodies)
    extra = open_bodies(context, rules.bodies, known)
    every_place = places(context, rules.places, issuer)
    body_ends = {b.start: b.end for b in [*extra, *known]}
    # a document's name keeps its place (重庆市停车管理条例), not the body before it (省政府“三项制度”推进方案)
    found = documents(context, rules.documents, rules.gazetteer, Outside(body_ends))
    titles = Spans.of(found)
    departments = _departments(context, rules, issuer, [*known, *extra], titles)
    place_ends = {p.start: p.end for p in every_place if p.rule != "place-level"}
    taken = _taken(found, extra, [p for p in every_place if p.end - p.start >= _LONG_PLACE])
    whole = Spans.of(departments)
    named = [
        initiative
        for initiative in initiatives(context, rules.initiatives, taken, Outside(place_ends | body_ends))
        if not whole.hold(initiative.start, initiative.end)  # 市公共法律服务|中心
    ]
    others = Spans.of([*found, *departments, *named])
    grids = tables(context, rules.tables)
    chrome = Spans.of(context.report.chrome)
    body = context.report.body
    kept = [
        c
        for c in (*found, *departments, *named, *(p for p in every_place if not others.overlaps(p.start, p.end)))
        if body.start <= c.start
        and c.end <= body.end
        # rows and heads of a table are no prose
        and not (chrome.overlaps(c.start, c.end) or grids.regions.hold(c.start, c.end))
    ]
    kept += head_candidates(context, rules.bodies, rules.documents, rules.gazetteer, issuer)
    prose = measures(context, rules.figures, titles, grids.rows, Spans.of(named))
    return Recognised(
        candidates=tuple(sorted(_distinct(kept), key=lambda c: (c.start, c.end, c.kind))),
        measures=tuple(sorted(prose + list(grids.measures), key=lambda m: (m.span.start, m.span.end))),
        tables=grids.regions,
    )


def _departments(
    context: Context, rules: Recognisers, issuer: Issuer | None, named: list[Body], titles: Spans
) -> list[Candidate]:
    """Bodies with their areas, then what the issuer calls itself, then classes of bodies; the outermost of them."""
    year = context.report.year
    found = [
        resolve(body, issuer, rules.gazetteer, rules.bodies, year)
        for body in named
        if not titles.overlaps(body.start, body.end)
    ]
    found = [_counted(context, rules.bodies, c) for c in found]
    own = [
        *self_references(context, rules.bodies, issuer),
        *counterparts(context, rules.bodies, issuer),
        *stations(context, rules.bodies, issuer),
    ]
    for more in (own, groups(context, rules.bodies)):
        before = Spans.of(found)
        found += [c for c in more if not titles.overlaps(c.start, c.end) and not before.hold(c.start, c.end)]
    found = outermost(found)
    spans = Spans.of(found)
    short = [c for c in short_names(context, rules.bodies, found) if not spans.overlaps(c.start, c.end)]
    again = [c for c in anaphora(context, rules.bodies, found) if not spans.overlaps(c.start, c.end)] + short
    return sorted([*found, *again], key=lambda c: (c.start, c.end))


def _counted(context: Context, rules: BodyRules, body: Candidate) -> Candidate:
    """A body behind a count is a class of bodies: 16个|镇街便民服务中心."""
    if not rules.counted.search(context.text, max(0, body.start - _COUNT), body.start):
        return body
    name = context.report.text[body.start : body.end]
    return Candidate(body.start, body.end, Kind.BODY_GROUP, "counted-bodies", name, rules.group_type, key=name)


def _taken(documents: Iterable[Candidate], open_bodies: Iterable[Body], long_places: list[Candidate]) -> Taken:
    """Whether an initiative may not have a span: a document, an open body or a long place is there."""
    place_ends = {p.end for p in long_places}
    places_named = Spans.of(long_places)
    documents = list(documents)
    titles = Spans.of(d for d in documents if d.rule in _TITLES)
    others = Spans.of([*(d for d in documents if d.rule not in _TITLES), *open_bodies])

    def taken(start: int, end: int) -> bool:
        if end in place_ends or places_named.hold(start, end):
            return True
        return titles.crossed(start, end) or others.overlaps(start, end)

    return taken


def _distinct(candidates: list[Candidate]) -> list[Candidate]:
    """One candidate a span: a span denotes exactly one entity."""
    seen: dict[tuple[int, int], Candidate] = {}
    order = list(Kind)
    for candidate in sorted(candidates, key=lambda c: order.index(c.kind)):
        seen.setdefault((candidate.start, candidate.end), candidate)
    return list(seen.values())
