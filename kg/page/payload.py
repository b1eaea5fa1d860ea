"""What the page's script reads: nodes and edges as vis-network takes them, and all that is said about them."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kg.model import Extraction, Kind, Observation, Span
from kg.network import Sector, grouped, layout, network, sectors
from kg.page.audited import Worded, by_figure
from kg.page.corpus import Corpus, LeftOut
from kg.page.pinyin import readings

if TYPE_CHECKING:
    import networkx as nx

# The second cue beside the colour of a class (colours: page.css).
SHAPES = {
    Kind.DEPARTMENT: "dot",
    Kind.BODY_GROUP: "hexagon",
    Kind.REGULATION: "square",
    Kind.INITIATIVE: "diamond",
    Kind.MEDIA_WORK: "triangle",
    Kind.PLACE: "triangleDown",
    Kind.INDICATOR: "star",
}

ISSUER_SIZE = 34
MOST_AT_ONCE = 2000  # nodes drawn at once; beyond, groups that open on demand
OPTIONS: dict[str, Any] = {
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False},
    "interaction": {
        "hover": True,
        "multiselect": False,
        "selectConnectedEdges": False,
        "keyboard": {"enabled": False},
    },
    "nodes": {"borderWidth": 1.5, "borderWidthSelected": 3},
    "edges": {"smooth": False, "arrows": {"to": {"enabled": True, "scaleFactor": 0.4}}, "hoverWidth": 1},
}


def payload(corpus: Corpus, title: str, audited: Sequence[Worded] = ()) -> dict[str, Any]:
    """Collect what the script reads (data.js); nodes are numbers, offsets code points."""
    extraction = corpus.extraction
    graph = network(extraction)
    number = {ref: index for index, ref in enumerate(graph)}
    relations = _relations(extraction, graph, number)
    nodes, edges, options = _drawing(graph, number, relations)
    groups = grouped(graph)
    things = _things(extraction, graph, number, by_figure(audited, number, corpus.figures))
    names = [thing["name"] for thing in things] + [alias for thing in things for alias in thing.get("aliases", ())]
    return {
        "title": title,
        "several": corpus.several,
        "issuer": number.get(extraction.issuer or ""),
        "reports": [
            _filled(
                title=source.title,
                file=source.file,
                sha256=source.sha256,
                year=source.year,
                issued=source.issued,
                docNumber=source.doc_number,
                issuer=source.issuer,
                link=source.link,
            )
            for source in corpus.sources
        ],
        "pieces": [list(piece) for piece in corpus.pieces] or [[0, 0, 0]],
        "leftOut": _left_out(corpus.left_out),
        "text": extraction.report.text,
        "sentences": [[s.start, s.end] for s in extraction.sentences],
        "sections": [
            _filled(heading=s.heading, parent=s.parent, start=s.span.start, end=s.span.end, level=s.level)
            for s in extraction.sections
        ],
        "sectors": [_sector(s) for s in sectors(graph)],
        "groups": [
            {"name": group.name, "section": group.section, "nodes": [number[ref] for ref in group.refs]}
            for group in groups
        ],
        "folded": len(graph) > MOST_AT_ONCE and len(groups) > 1,
        "most": MOST_AT_ONCE,
        "pinyin": readings([extraction.report.text, *names]),
        "options": options,
        "nodes": nodes,
        "edges": edges,
        "things": things,
        "relations": relations,
        "recognitions": [
            _filled(
                thing=number.get(r.thing or ""),
                recogniser=number.get(r.recogniser or ""),
                how=r.how,
                title=r.title,
                span=_pair(r.span),
                evidence=_pair(r.evidence),
            )
            for r in extraction.recognitions
        ],
    }


def _left_out(left_out: LeftOut) -> dict[str, Any] | None:
    if not left_out:
        return None
    return {
        "entities": left_out.entities,
        "relations": left_out.relations,
        "figures": left_out.figures,
        "checks": left_out.checks,
        "texts": left_out.texts,
    }


def _drawing(
    graph: nx.MultiDiGraph[str], number: dict[str, int], relations: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, Any]]:
    """Nodes, edges and options as vis-network takes them, made of pyvis's own values.

    Not by its `add_node` and `add_edge`, which look through all nodes for each: minutes for a page over many reports.

    Relations with the same subject and object share one edge, which would otherwise be drawn on top of each other.
    """
    from pyvis.edge import Edge
    from pyvis.network import Network
    from pyvis.node import Node

    drawing = Network(directed=True, notebook=False, cdn_resources="in_line")
    places = layout(graph)
    for ref, data in graph.nodes(data=True):
        x, y = places[ref]
        size = ISSUER_SIZE if data["issuer"] else _size(data["kind"], data["weight"])
        shape = SHAPES[Kind(data["kind"])]
        drawing.nodes.append(Node(number[ref], shape, data["label"] or ref, size=size, x=x, y=y).options)
    shared: dict[tuple[int, int], list[int]] = {}
    for index, relation in enumerate(relations):
        shared.setdefault((relation["s"], relation["o"]), []).append(index)
    for index, ((subject, object_), members) in enumerate(shared.items()):
        drawing.edges.append(Edge(subject, object_, directed=True, id=f"e{index}", relations=members).options)
    drawing.set_options(json.dumps(OPTIONS))
    drawn, edges, _heading, _height, _width, options = drawing.get_network_data()
    # What a node is called stands in `things`, its colour in the page's style.
    nodes = [{name: node[name] for name in ("id", "shape", "size", "x", "y")} for node in drawn]
    lines = [{name: edge[name] for name in ("id", "from", "to", "relations")} for edge in edges]
    return nodes, lines, json.loads(options)


def _size(kind: str, mentions: int) -> int:
    """Radius in canvas units: 10 for a figure, else 12 to 26 by the square root of the number of mentions."""
    if kind == Kind.INDICATOR:
        return 10
    return 12 + min(14, round(4 * math.sqrt(max(mentions, 1) - 1)))


def _things(
    extraction: Extraction,
    graph: nx.MultiDiGraph[str],
    number: dict[str, int],
    audited: dict[str, list[dict[str, Any]]],
) -> list[dict[str, Any]]:
    """Collect what the details panel says of each node, in node order."""
    mentions: dict[str, list[list[Any]]] = {}
    maybe: dict[str, list[list[Any]]] = {}
    for mention in extraction.mentions:
        place = [mention.start, mention.end, mention.rule]
        if mention.ref is not None:
            mentions.setdefault(mention.ref, []).append(place)
        for candidate in mention.candidates if mention.ref is None else ():
            maybe.setdefault(candidate, []).append(place)
    things: dict[str, dict[str, Any]] = {}
    for entity in extraction.entities:
        things[entity.ref] = _filled(
            id=_id(str(entity.kind), entity.key),
            key=entity.key,
            kind=str(entity.kind),
            name=entity.name,
            type=entity.type,
            aliases=[alias for alias in entity.aliases if alias != entity.name],
            official=entity.official if entity.official != entity.name else None,
            adcode=entity.adcode,
            status=entity.status,
            docNumber=entity.doc_number,
        )
    for observation in extraction.observations:
        things[observation.ref] = {
            "id": _id(str(Kind.INDICATOR), f"{observation.span.start},{observation.span.end}"),
            "kind": str(Kind.INDICATOR),
            "name": observation.name,
            "figure": _figure(observation, number),
            **_filled(checks=audited.get(observation.ref)),
        }
    for ref, thing in things.items():
        section = graph.nodes[ref]["section"]
        thing.update(
            _filled(
                mentions=mentions.get(ref, []),
                maybe=maybe.get(ref, []),
                section=section if section >= 0 else None,
                sector=graph.nodes[ref]["sector"],
                group=graph.nodes[ref]["group"],
                folded=number.get(graph.nodes[ref]["folded"]),
            )
        )
    return [things[ref] for ref in graph]


def _id(kind: str, key: str) -> str:
    """The name of a node in the page's addresses: it stays when the report is built again."""
    return hashlib.sha256(f"{kind}|{key}".encode("utf-8", "replace")).hexdigest()[:12]


def _figure(observation: Observation, number: dict[str, int]) -> dict[str, Any]:
    quantity, rank = observation.quantity, observation.rank
    return _filled(
        value=None if quantity.value is None else format(quantity.value, "f"),
        unit=quantity.unit,
        bound=quantity.bound,
        raw=quantity.raw,
        measure=observation.measure,
        modality=observation.modality,
        period=observation.period,
        scope=observation.scope,
        rank=None if rank is None else _filled(area=rank.area, position=rank.position, span=_pair(rank.span)),
        base=number.get(observation.compared_with or ""),
        whole=number.get(observation.part_of or ""),
        span=_pair(observation.span),
        evidence=_pair(observation.evidence),
        rule=observation.rule,
    )


def _relations(extraction: Extraction, graph: nx.MultiDiGraph[str], number: dict[str, int]) -> list[dict[str, Any]]:
    """Every edge of the network with its evidence, in the order of the edge keys."""
    praise = {(r.thing, r.recogniser): r for r in reversed(extraction.recognitions)}
    relations: list[dict[str, Any]] = []
    for subject, object_, _key, data in sorted(graph.edges(keys=True, data=True), key=lambda edge: edge[2]):
        relation = {"s": number[subject], "o": number[object_], "p": data["predicate"], "m": data["modality"]}
        if data["statement"] >= 0:
            statement = extraction.statements[data["statement"]]
            relation |= _filled(
                trigger=statement.trigger,
                rule=statement.rule,
                implicit=statement.implicit_subject,
                evidence=[_pair(span) for span in statement.evidence],
            )
        elif (subject, object_) in praise and data["predicate"] == "recognisedBy":
            recognition = praise[subject, object_]
            relation |= _filled(trigger=recognition.how, evidence=[_pair(recognition.evidence)])
        relations.append(relation)
    return relations


def _filled(**fields: Any) -> dict[str, Any]:
    """Only what says something: no None, no empty text, no empty list, no False."""
    return {
        name: value
        for name, value in fields.items()
        if value is not None and value is not False and value not in ("", [])
    }


def _pair(span: Span) -> list[int]:
    return [span.start, span.end]


def _sector(sector: Sector) -> list[float]:
    return [sector.section, sector.start, sector.end]
