"""The extraction as a network: a networkx graph with weights, and where to draw each node.

Everything is pure Python, and every number that is drawn is an integer, so that the same extraction gives the same
bytes on every machine and under every hash seed.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from kg.errors import GraphError
from kg.model import Extraction, Kind, Section

if TYPE_CHECKING:
    import networkx as nx

# What stands nearer to the issuer: who acts, then on what.
RING_ORDER = (
    Kind.DEPARTMENT,
    Kind.BODY_GROUP,
    Kind.PLACE,
    Kind.REGULATION,
    Kind.INITIATIVE,
    Kind.MEDIA_WORK,
    Kind.INDICATOR,
)

SPACING = 92  # along a ring, between the centres of neighbours; the largest node is 52 across
RING_GAP = 84  # between rings
FIRST_RING = 190  # leaves room for the issuer and its label
MOST_SECTORS = 12  # more wedges than this cannot be told apart
MOST_IN_WEDGES = 2000  # more nodes than this stand on islands, one for each community
MOST_GROUPS = 150  # islands, the largest; all smaller communities share one
LEAST_GROUP = 4  # nodes of a community that is worth an island
SUNFLOWER = 56  # units: on an island a node's distance from the middle, by the root of its number
GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
LEAST_SHARE = 24  # no wedge is thinner than 1/24 of an even circle, so that one node still finds a place


Disc: TypeAlias = tuple[float, float, float]  # x and y of the middle, radius


@dataclass(frozen=True, slots=True)
class Sector:
    """The wedge of the picture that one section of the report fills.

    `section` is an index into ``Extraction.sections``, -1 for what stands before the first heading. Angles are
    degrees clockwise from twelve o'clock, half-open.
    """

    section: int
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Group:
    """Nodes that can be drawn as one: a wedge (`section` as in `Sector`) or a community (`name` its chief member)."""

    name: str
    section: int | None
    refs: tuple[str, ...]


def network(extraction: Extraction) -> nx.MultiDiGraph[str]:
    """Build the network of one report; nodes are refs of entities and of observations.

    Node attributes: `kind` (a value of `Kind`), `label`, `weight` (number of mentions), `first` (code point of the
    first mention, or of the first evidence), `section` and `sector` (indexes of the innermost section and of the
    section whose wedge the node is drawn in; -1 outside any), `folded` (for an observation the ref of what it
    measures, otherwise ""), `issuer` (bool), `community` (Louvain number without the issuer, -1 for the issuer),
    `group` (index into `grouped`, -1 for the issuer).
    Edge attributes: `predicate`, `modality`, `weight` (number of evidences), `statement` (index into
    ``Extraction.statements``, -1 where the edge has none: `within` between places, a recognition without a
    statement). Edge keys count up from 0.

    Raises `GraphError` where a statement, a recognition or a place names a ref that the extraction does not hold.
    """
    import networkx as nx

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    first, weights = _places(extraction)
    wedges = wedge_of(extraction.sections)
    folded: dict[str, str] = {}
    for statement in extraction.statements:
        if statement.predicate == "measures":
            folded.setdefault(statement.subject, statement.object)

    labels = [(e.ref, str(e.kind), e.name) for e in extraction.entities]
    labels += [(o.ref, str(Kind.INDICATOR), o.name) for o in extraction.observations]
    starts = [section.span.start for section in extraction.sections]
    for ref, kind, label in labels:
        section = _innermost(extraction.sections, starts, first[ref]) if ref in first else None
        graph.add_node(
            ref,
            kind=kind,
            label=label,
            weight=weights[ref],
            first=first.get(ref, len(extraction.report.text)),
            section=-1 if section is None else section,
            sector=-1 if section is None else wedges[section],
            folded=folded.get(ref, ""),
            issuer=ref == extraction.issuer,
        )
    for edge, (subject, object_, predicate, modality, weight, statement_index) in enumerate(_edges(extraction)):
        for ref in (subject, object_):
            if ref not in graph:
                raise GraphError(
                    f"the relation {predicate} names {ref!r}, which is no entity and no figure of the report",
                    where=extraction.report.name,
                    hint="an extraction must hold every entity its statements name",
                )
        graph.add_edge(
            subject,
            object_,
            key=edge,
            predicate=predicate,
            modality=modality,
            weight=weight,
            statement=statement_index,
        )
    for ref, community in _communities(graph).items():
        graph.nodes[ref]["community"] = community
    for ref in graph:
        graph.nodes[ref]["group"] = -1
    for index, group in enumerate(grouped(graph)):
        for ref in group.refs:
            graph.nodes[ref]["group"] = index
    return graph


def grouped(graph: nx.MultiDiGraph[str]) -> tuple[Group, ...]:
    """Cut the network into what can be folded: its wedges in text order, or its communities, the largest first.

    Communities of fewer than `LEAST_GROUP` nodes, and those beyond the `MOST_GROUPS` largest, are one last group
    without a name. The issuer belongs to none.
    """
    members: dict[int, list[str]] = {}
    islands = on_islands(graph)
    for ref, data in graph.nodes(data=True):
        if not data["issuer"]:
            members.setdefault(data["community" if islands else "sector"], []).append(ref)
    if not islands:
        return tuple(Group("", section, tuple(members[section])) for section in sorted(members))
    rank = {ref: (-data["weight"] - graph.degree[ref], data["first"], ref) for ref, data in graph.nodes(data=True)}
    ordered = sorted((sorted(refs, key=rank.__getitem__) for refs in members.values()), key=lambda r: (-len(r), r[0]))
    large = [refs for refs in ordered[:MOST_GROUPS] if len(refs) >= LEAST_GROUP]
    small = sorted((ref for refs in ordered[len(large) :] for ref in refs), key=rank.__getitem__)
    named = [Group(_chief(refs, graph), None, tuple(refs)) for refs in large]
    return tuple(named + ([Group("", None, tuple(small))] if small else []))


def _chief(refs: list[str], graph: nx.MultiDiGraph[str]) -> str:
    """Name of the first member that is no figure, else of the first."""
    names = [str(graph.nodes[ref]["label"]) for ref in refs if graph.nodes[ref]["kind"] != Kind.INDICATOR]
    return names[0] if names else str(graph.nodes[refs[0]]["label"])


def on_islands(graph: nx.MultiDiGraph[str]) -> bool:
    """Whether the network is too large, or has too many sections, for wedges around the issuer."""
    if len(graph) > MOST_IN_WEDGES:
        return True
    return len({data["sector"] for _, data in graph.nodes(data=True)} - {-1}) > MOST_SECTORS


def layout(graph: nx.MultiDiGraph[str]) -> dict[str, tuple[int, int]]:
    """Give every node of `network` its place: canvas units, y downwards, the issuer at (0, 0).

    Each section of the report is a wedge, in text order clockwise from twelve o'clock. Inside a wedge rings are filled
    from the centre outwards by class (`RING_ORDER`), observations on rings of their own outside the entities, and each
    ring in text order, so that what stands together in the text stands together in the picture. No two nodes are
    nearer than 80 units.

    A network `on_islands` is laid out by `grouped` instead: an island for each, the largest in the middle, the most
    important nodes in the middle of each.
    """
    if on_islands(graph):
        return _islands(graph)
    places: dict[str, tuple[int, int]] = {ref: (0, 0) for ref, data in graph.nodes(data=True) if data["issuer"]}
    for sector in sectors(graph):
        members = [ref for ref, d in graph.nodes(data=True) if d["sector"] == sector.section and not d["issuer"]]
        members.sort(key=lambda ref: (_ring_rank(graph.nodes[ref]["kind"]), graph.nodes[ref]["first"], ref))
        entities = [ref for ref in members if graph.nodes[ref]["kind"] != Kind.INDICATOR]
        ring = _fill(entities, sector, 0, graph, places)
        _fill([ref for ref in members if graph.nodes[ref]["kind"] == Kind.INDICATOR], sector, ring, graph, places)
    return places


def sectors(graph: nx.MultiDiGraph[str]) -> tuple[Sector, ...]:
    """Cut the full circle of `layout` into wedges, in text order; none `on_islands` or around a lone issuer."""
    if on_islands(graph):
        return ()
    counts = Counter(data["sector"] for _, data in graph.nodes(data=True) if not data["issuer"])
    total = sum(counts.values())
    shares = {section: max(float(counts[section]), total / LEAST_SHARE) for section in sorted(counts)}
    whole = sum(shares.values())
    wedges: list[Sector] = []
    start = 0.0
    for section, share in shares.items():
        end = start + 360.0 * share / whole
        wedges.append(Sector(section, round(start, 3), round(end, 3)))
        start = end
    return tuple(wedges)


def _islands(graph: nx.MultiDiGraph[str]) -> dict[str, tuple[int, int]]:
    """Entities on islands close together; the figures, which are folded at first, on islands of their own outside."""
    places: dict[str, tuple[int, int]] = {ref: (0, 0) for ref, data in graph.nodes(data=True) if data["issuer"]}
    free = Free([(0.0, 0.0, FIRST_RING / 2)] if places else [])
    groups = grouped(graph)
    for figures in (False, True):
        for group in groups:
            refs = [ref for ref in group.refs if (graph.nodes[ref]["kind"] == Kind.INDICATOR) == figures]
            if not refs:
                continue
            radius = SUNFLOWER * math.sqrt(len(refs)) + SPACING
            x, y = free(radius)
            for index, ref in enumerate(refs):
                away, angle = SUNFLOWER * math.sqrt(index + 0.5), index * GOLDEN_ANGLE
                places[ref] = (round(x + away * math.cos(angle)), round(y + away * math.sin(angle)))
    return places


class Free:
    """Finds room for discs: each at the first place of a spiral from the middle where it touches none before it."""

    def __init__(self, taken: list[Disc]) -> None:
        self._taken = taken
        self._turns: dict[float, float] = {}  # how far discs of a radius have come: what was taken stays taken

    def __call__(self, radius: float) -> tuple[float, float]:
        """Take a place for a disc of `radius`; its middle."""
        x, y = self._place(radius) if self._taken else (0.0, 0.0)
        self._taken.append((x, y, radius))
        return x, y

    def _place(self, radius: float) -> tuple[float, float]:
        taken = self._taken
        step, turn = radius / 3, self._turns.get(radius, 0.0)
        while True:
            away = step * turn / (2 * math.pi)
            x, y = away * math.cos(turn), away * math.sin(turn)
            for index, (a, b, r) in enumerate(taken):
                if math.hypot(x - a, y - b) < radius + r:
                    # What stands in the way here most likely does at the next step, and is tried first there.
                    taken[0], taken[index] = taken[index], taken[0]
                    break
            else:
                self._turns[radius] = turn
                return x, y
            turn += min(0.5, step / max(away, step))


def section_at(sections: tuple[Section, ...], offset: int) -> int | None:
    """Index of the innermost section that holds the code point `offset`, None where none does."""
    return _innermost(sections, [section.span.start for section in sections], offset)


def _innermost(sections: tuple[Section, ...], starts: list[int], offset: int) -> int | None:
    # Sections come in text order and nest: walk up from the last one that starts at or before the offset.
    index: int | None = bisect_right(starts, offset) - 1
    if index == -1:
        return None
    while index is not None and not sections[index].span.start <= offset < sections[index].span.end:
        index = sections[index].parent
    return index


def _places(extraction: Extraction) -> tuple[dict[str, int], Counter[str]]:
    """Where each ref is first named, and how often."""
    first: dict[str, int] = {}
    weights: Counter[str] = Counter()
    for mention in extraction.mentions:
        if mention.ref is not None:
            first.setdefault(mention.ref, mention.start)
            weights[mention.ref] += 1
    for observation in extraction.observations:
        first.setdefault(observation.ref, observation.span.start)
    # What is never named, such as an issuer only meant, stands where it is first spoken of.
    for statement in extraction.statements:
        for ref in (statement.subject, statement.object):
            first.setdefault(ref, statement.evidence[0].start)
    return first, weights


def wedge_of(sections: tuple[Section, ...]) -> list[int]:
    """For each section the ancestor (or itself) whose wedge it is drawn in: the finest cut that stays readable."""
    paths: list[list[int]] = []
    for section in sections:
        above = [] if section.parent is None else paths[section.parent]
        paths.append([*above, section.index])
    chosen = [path[0] for path in paths]
    for depth in range(1, max((len(path) for path in paths), default=0)):
        finer = [path[min(depth, len(path) - 1)] for path in paths]
        if len(set(finer)) > MOST_SECTORS:
            break
        chosen = finer
    return chosen


def _edges(extraction: Extraction) -> list[tuple[str, str, str, str, int, int]]:
    """(subject, object, predicate, modality, number of evidences, index of the statement or -1), in text order."""
    edges = [
        (s.subject, s.object, s.predicate, str(s.modality), len(s.evidence), index)
        for index, s in enumerate(extraction.statements)
    ]
    said = {(s.subject, s.object) for s in extraction.statements if s.predicate == "recognisedBy"}
    for recognition in extraction.recognitions:
        if recognition.thing is None or recognition.recogniser is None:
            continue
        pair = (recognition.thing, recognition.recogniser)
        if pair not in said:
            said.add(pair)
            edges.append((*pair, "recognisedBy", "reported", 1, -1))
    edges += [(inner, outer, "within", "reported", 1, -1) for inner, outer in extraction.place_within]
    return edges


def _communities(graph: nx.MultiDiGraph[str]) -> dict[str, int]:
    """Louvain communities of what is left when the issuer, which touches nearly everything, is taken out."""
    import networkx as nx

    refs = list(graph)
    number = {ref: index for index, ref in enumerate(refs)}
    # Integers, because sets of strings are walked in an order that changes with the hash seed.
    plain: nx.Graph[int] = nx.Graph()
    plain.add_nodes_from(number[ref] for ref in refs if not graph.nodes[ref]["issuer"])
    for subject, object_ in graph.edges():
        pair = (number[subject], number[object_])
        if pair[0] in plain and pair[1] in plain and pair[0] != pair[1]:
            weight = plain.edges[pair]["weight"] if plain.has_edge(*pair) else 0
            plain.add_edge(*pair, weight=weight + 1)
    found = dict.fromkeys(refs, -1)
    if plain.number_of_edges() == 0:  # Louvain divides by the number of edges
        groups = [{node} for node in plain]
    else:
        groups = sorted(nx.community.louvain_communities(plain, seed=0), key=min)
    for community, group in enumerate(groups):
        for node in group:
            found[refs[node]] = community
    return found


def _ring_rank(kind: str) -> int:
    return RING_ORDER.index(Kind(kind))


def _fill(
    refs: list[str], sector: Sector, ring: int, graph: nx.MultiDiGraph[str], places: dict[str, tuple[int, int]]
) -> int:
    """Put `refs` on the rings of `sector` from `ring` outwards; give the first ring left free."""
    arc = math.radians(sector.end - sector.start)
    rest = refs
    while rest:
        radius = FIRST_RING + ring * RING_GAP
        room = int(arc * radius / SPACING + 1e-9)
        here, rest = rest[:room], rest[room:]
        here = sorted(here, key=lambda ref: (graph.nodes[ref]["first"], ref))
        for position, ref in enumerate(here):
            angle = math.radians(sector.start) + arc * (position + 0.5) / len(here)
            places[ref] = (round(radius * math.sin(angle)), round(-radius * math.cos(angle)))
        ring += 1
    return ring
