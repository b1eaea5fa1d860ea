from __future__ import annotations

import itertools
import math
from dataclasses import replace
from random import Random

import networkx as nx
import pytest
from page_factory import HOSTILE, extraction

from kg.errors import GraphError
from kg.model import Extraction, Kind, Recognition, Section, Span
from kg.network import Disc, Free, Sector, layout, network, section_at, sectors

ISSUER = "Department|云岭市人民政府"


@pytest.fixture(scope="module")
def report() -> Extraction:
    return extraction()


@pytest.fixture(scope="module")
def graph(report: Extraction) -> nx.MultiDiGraph[str]:
    return network(report)


def test_every_entity_and_every_figure_is_a_node(report: Extraction, graph: nx.MultiDiGraph[str]) -> None:
    assert len(graph) == len(report.entities) + len(report.observations) >= 40
    assert set(graph) == {e.ref for e in report.entities} | {o.ref for o in report.observations}


@pytest.mark.parametrize(
    ("ref", "attribute", "value"),
    [
        (ISSUER, "issuer", True),
        (ISSUER, "kind", "Department"),
        (ISSUER, "label", "云岭市人民政府"),
        (ISSUER, "weight", 5),
        (ISSUER, "community", -1),
        (ISSUER, "section", -1),
        ("Department|云岭市司法局", "weight", 3),
        ("Department|云岭市司法局", "section", 0),
        ("Regulation|云岭市养犬管理条例", "section", 1),
        ("Regulation|云岭市养犬管理条例", "sector", 1),
        ("Initiative|“云岭通”APP", "folded", ""),
    ],
)
def test_node_attributes(graph: nx.MultiDiGraph[str], ref: str, attribute: str, value: object) -> None:
    assert graph.nodes[ref][attribute] == value


def test_figures_are_folded_into_what_they_measure(report: Extraction, graph: nx.MultiDiGraph[str]) -> None:
    folded = {o.name: graph.nodes[o.ref]["folded"] for o in report.observations}
    assert folded["“云岭通”注册用户"] == "Initiative|“云岭通”APP"
    assert folded["废止规范性文件"] == ""


def test_every_statement_is_an_edge(report: Extraction, graph: nx.MultiDiGraph[str]) -> None:
    edges = {data["statement"]: (s, data["predicate"], o) for s, o, data in graph.edges(data=True)}
    for index, statement in enumerate(report.statements):
        assert edges[index] == (statement.subject, statement.predicate, statement.object)
    within = [(s, o) for s, o, data in graph.edges(data=True) if data["predicate"] == "within"]
    assert within == [("Place|临溪区", "Place|云岭市")]


def test_a_recognition_without_a_statement_is_an_edge_once(report: Extraction) -> None:
    bare = Recognition("Place|临溪区", "Department|安岭省司法厅", "评为", None, Span(0, 1), Span(0, 1))
    said = replace(bare, thing="Initiative|“一枚印章管审批”改革")
    graph = network(replace(report, recognitions=(bare, bare, said)))
    found = [(s, o, d["statement"] >= 0) for s, o, d in graph.edges(data=True) if d["predicate"] == "recognisedBy"]
    assert sorted(found, key=lambda edge: edge[0]) == [
        ("Initiative|“一枚印章管审批”改革", "Department|安岭省司法厅", True),
        ("Place|临溪区", "Department|安岭省司法厅", False),
    ]


def test_an_unknown_ref_is_an_error_that_names_it(report: Extraction) -> None:
    wrong = replace(report.statements[0], object="Regulation|没有的条例")
    with pytest.raises(GraphError, match="没有的条例") as caught:
        network(replace(report, statements=(wrong,)))
    assert caught.value.where == "云岭 2023.txt"
    assert caught.value.hint


def test_linked_things_share_a_community(graph: nx.MultiDiGraph[str]) -> None:
    community = {ref: data["community"] for ref, data in graph.nodes(data=True)}
    hostile = {community[f"Initiative|{name}"] for name in HOSTILE}
    assert hostile == {community["Department|云岭市大数据中心"]}
    assert community["Initiative|“云岭通”APP"] not in hostile


def test_the_issuer_is_in_the_middle(graph: nx.MultiDiGraph[str]) -> None:
    places = layout(graph)
    assert set(places) == set(graph)
    assert places[ISSUER] == (0, 0)
    assert all(isinstance(value, int) for place in places.values() for value in place)


def test_wedges_make_the_circle_in_text_order(graph: nx.MultiDiGraph[str]) -> None:
    wedges = sectors(graph)
    assert [wedge.section for wedge in wedges] == [-1, 0, 1, 2, 3]
    assert wedges[0].start == 0
    assert wedges[-1].end == 360
    assert all(before.end == after.start for before, after in itertools.pairwise(wedges))


def test_nodes_lie_in_their_wedge(graph: nx.MultiDiGraph[str]) -> None:
    wedges = {wedge.section: wedge for wedge in sectors(graph)}
    for ref, (x, y) in layout(graph).items():
        if ref != ISSUER:
            wedge: Sector = wedges[graph.nodes[ref]["sector"]]
            assert wedge.start <= math.degrees(math.atan2(x, -y)) % 360 <= wedge.end, ref


def star(spread: list[int]) -> nx.MultiDiGraph[str]:
    """An issuer with `spread[i]` nodes in section i, every third of them a figure."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_node("issuer", kind=str(Kind.DEPARTMENT), first=0, sector=-1, issuer=True)
    kinds = [Kind.DEPARTMENT, Kind.REGULATION, Kind.INDICATOR]
    for section, count in enumerate(spread):
        for index in range(count):
            graph.add_node(
                f"{section}-{index}",
                kind=str(kinds[index % 3]),
                first=section * 1000 + index,
                sector=section,
                issuer=False,
            )
    return graph


@pytest.mark.parametrize(
    "spread",
    [[], [1], [2], [1, 1], [400], [1, 300], [1] * 12, [40] * 8, [5, 90, 1, 33, 1, 1, 70], [1000, 1, 1]],
    ids=str,
)
def test_no_two_nodes_overlap(spread: list[int]) -> None:
    places = list(layout(star(spread)).values())
    assert len(places) == 1 + sum(spread)
    assert all(math.dist(a, b) >= 80 for a, b in itertools.combinations(places, 2))


def test_without_sections_and_without_issuer_everything_still_has_a_place(report: Extraction) -> None:
    graph = network(replace(report, sections=(), issuer=None))
    assert sectors(graph) == (Sector(-1, 0.0, 360.0),)
    assert len(set(layout(graph).values())) == len(graph)


def test_an_empty_extraction_is_an_empty_network(report: Extraction) -> None:
    bare = replace(
        report, issuer=None, mentions=(), entities=(), statements=(), observations=(), recognitions=(), place_within=()
    )
    assert layout(network(bare)) == {}


def outline(depth_first: list[tuple[int, int, int]]) -> tuple[Section, ...]:
    """Sections from (level, start, end)."""
    sections: list[Section] = []
    for index, (level, start, end) in enumerate(depth_first):
        parent = next((s.index for s in reversed(sections) if s.level < level), None)
        sections.append(Section(index, str(index), level, Span(start, end), Span(start, start + 1), parent))
    return tuple(sections)


@pytest.mark.parametrize(
    ("offset", "expected"),
    [(0, None), (9, None), (10, 0), (19, 0), (20, 1), (29, 1), (30, 2), (39, 2), (40, 0), (50, 3), (59, 3), (60, None)],
)
def test_section_at(offset: int, expected: int | None) -> None:
    sections = outline([(1, 10, 50), (2, 20, 30), (2, 30, 40), (1, 50, 60)])
    assert section_at(sections, offset) == expected


@pytest.mark.parametrize(("children", "expected"), [(2, {1, 2}), (11, set(range(1, 12))), (12, {0})])
def test_wedges_are_as_fine_as_can_be_told_apart(report: Extraction, children: int, expected: set[int]) -> None:
    length = len(report.report.text)
    step = length // children + 1
    parts = [(2, index * step, min((index + 1) * step, length)) for index in range(children)]
    graph = network(replace(report, sections=outline([(1, 0, length), *parts])))
    used = {data["sector"] for _, data in graph.nodes(data=True)}
    assert used <= expected
    assert len(used) > 1 or len(expected) == 1


def first_place(radius: float, taken: list[Disc]) -> tuple[float, float]:
    """What `Free` does, word for word: from the middle on, every disc looked at."""
    step, turn = radius / 3, 0.0
    while taken:
        away = step * turn / (2 * math.pi)
        x, y = away * math.cos(turn), away * math.sin(turn)
        if all(math.hypot(x - a, y - b) >= radius + r for a, b, r in taken):
            return x, y
        turn += min(0.5, step / max(away, step))
    return 0.0, 0.0


@pytest.mark.parametrize("seed", range(4))
def test_islands_stand_where_a_walk_from_the_middle_puts_them(seed: int) -> None:
    """Short cuts (what stood in the way is tried first, equal discs go on from where the last came) change nothing."""
    random = Random(seed)
    taken: list[Disc] = [(0.0, 0.0, 95.0)] if seed % 2 else []
    free = Free(list(taken))
    for _ in range(60):
        radius = random.choice([150.0, 150.0, 200.0, random.uniform(100, 600)])
        place = first_place(radius, taken)
        assert free(radius) == place
        taken.append((*place, radius))
