"""The graph as a network for Gephi, yEd, igraph and networkx: GraphML and GEXF 1.3.

Nodes are entities and figures, edges are statements; places and colours are those of the page. Written here and not by
networkx because its GEXF bears the date, and because in either format it writes control characters that no XML parser
takes, and line breaks that come back as others.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from kg.describe.terms import decimal_text
from kg.export.view import Clause, EntityView, FigureView, RelationView, SectionView, View
from kg.model import Kind, Section, Span
from kg.network import layout, section_at, wedge_of
from kg.vocabulary import IRI

#: Kind → red, green, blue, as in the page.
COLOURS: Mapping[str, tuple[int, int, int]] = {
    "Department": (0, 114, 178),
    "BodyGroup": (86, 180, 233),
    "Regulation": (213, 94, 0),
    "Initiative": (0, 158, 115),
    "MediaWork": (204, 121, 167),
    "Place": (230, 159, 0),
    "Indicator": (122, 127, 138),
}

_Value = str | int | float | bool | None

#: Attribute → type as GraphML names it; None values are left out.
_NODE_TYPES: Mapping[str, str] = {
    "label": "string",
    "iri": "string",
    "kind": "string",
    "kind_zh": "string",
    "type": "string",
    "aliases": "string",
    "mentions": "int",
    "official_title": "string",
    "status": "string",
    "doc_number": "string",
    "area_code": "string",
    "value": "double",
    "value_text": "string",
    "unit": "string",
    "bound": "string",
    "measure": "string",
    "period": "string",
    "modality": "string",
    "rule": "string",
    "evidence": "string",
    "start": "int",
    "end": "int",
    "report": "string",
}
_EDGE_TYPES: Mapping[str, str] = {
    "label": "string",
    "iri": "string",
    "predicate": "string",
    "modality": "string",
    "trigger": "string",
    "rule": "string",
    "implicit_subject": "boolean",
    "weight": "double",
    "evidence": "string",
    "start": "int",
    "end": "int",
    "report": "string",
}
_VIZ_TYPES: Mapping[str, str] = {"x": "double", "y": "double", "size": "double", "r": "int", "g": "int", "b": "int"}

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MARKUP = {ord(c): f"&#{ord(c)};" for c in "\t\n\r"} | {38: "&amp;", 60: "&lt;", 62: "&gt;", 34: "&quot;"}


@dataclass(frozen=True, slots=True)
class _Node:
    id: str
    values: Mapping[str, _Value]
    x: int
    y: int
    size: int

    @property
    def colour(self) -> tuple[int, int, int]:
        return COLOURS[str(self.values["kind"])]


@dataclass(frozen=True, slots=True)
class _Edge:
    id: str
    source: str
    target: str
    values: Mapping[str, _Value]


def graphml(view: View) -> bytes:
    """Return GraphML 1.0: every attribute as a ``data`` element, with ``x y size r g b`` as Gephi reads them."""
    nodes, edges = _network(view)
    lines = [
        "<?xml version='1.0' encoding='UTF-8'?>",
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns '
        'http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">',
    ]
    for element, types in (("node", {**_NODE_TYPES, **_VIZ_TYPES}), ("edge", _EDGE_TYPES)):
        for name, kind in types.items():
            lines.append(f'<key id="{element}-{name}" for="{element}" attr.name="{name}" attr.type="{kind}"/>')
    lines.append('<graph id="G" edgedefault="directed">')
    for node in nodes:
        red, green, blue = node.colour
        viz = {"x": node.x, "y": node.y, "size": node.size, "r": red, "g": green, "b": blue}
        lines += [f'<node id="{node.id}">', *_data("node", {**node.values, **viz}), "</node>"]
    for edge in edges:
        lines.append(f'<edge id="{edge.id}" source="{edge.source}" target="{edge.target}">')
        lines += [*_data("edge", edge.values), "</edge>"]
    return "\n".join((*lines, "</graph>", "</graphml>", "")).encode()


def gexf(view: View) -> bytes:
    """Return GEXF 1.3, with colours, sizes and places in its viz module; no date."""
    nodes, edges = _network(view)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:schemaLocation="http://gexf.net/1.3 http://gexf.net/1.3/gexf.xsd" version="1.3">',
        "<meta><creator>govkg</creator></meta>",
        '<graph defaultedgetype="directed" mode="static">',
    ]
    for element, types in (("node", _NODE_TYPES), ("edge", _EDGE_TYPES)):
        lines.append(f'<attributes class="{element}">')
        for name, kind in types.items():
            if name not in ("label", "weight"):  # attributes of the element itself
                kind = {"int": "integer"}.get(kind, kind)
                lines.append(f'<attribute id="{name}" title="{name}" type="{kind}"/>')
        lines.append("</attributes>")
    lines.append("<nodes>")
    for node in nodes:
        red, green, blue = node.colour
        lines += [
            f'<node id="{node.id}" label="{_escape(str(node.values["label"]))}">',
            *_attvalues(node.values),
            # Gephi's axis points up, the page's down.
            f'<viz:color r="{red}" g="{green}" b="{blue}"/><viz:position x="{node.x}" y="{-node.y}" z="0"/>'
            f'<viz:size value="{node.size}"/>',
            "</node>",
        ]
    lines += ["</nodes>", "<edges>"]
    for edge in edges:
        lines += [
            f'<edge id="{edge.id}" source="{edge.source}" target="{edge.target}" '
            f'label="{_escape(str(edge.values["label"]))}" weight="{edge.values["weight"]}">',
            *_attvalues(edge.values),
            "</edge>",
        ]
    return "\n".join((*lines, "</edges>", "</graph>", "</gexf>", "")).encode()


def _data(element: str, values: Mapping[str, _Value]) -> Iterator[str]:
    for name, value in values.items():
        if value is not None:
            yield f'<data key="{element}-{name}">{_scalar(value)}</data>'


def _attvalues(values: Mapping[str, _Value]) -> list[str]:
    given = [(name, value) for name, value in values.items() if value is not None and name not in ("label", "weight")]
    inner = "".join(f'<attvalue for="{name}" value="{_scalar(value)}"/>' for name, value in given)
    return [f"<attvalues>{inner}</attvalues>"]


def _scalar(value: str | int | float | bool) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return _escape(value) if isinstance(value, str) else repr(value)


def _escape(text: str) -> str:
    """Return text as XML; what XML 1.0 has no place for becomes its picture (U+0001 → ␁) or U+FFFD."""
    return _NOT_XML.sub(_picture, text).translate(_MARKUP)


def _picture(match: re.Match[str]) -> str:
    code = ord(match.group())
    return chr(0x2400 + code) if code < 0x20 else "\ufffd"


def _network(view: View) -> tuple[list[_Node], list[_Edge]]:
    ids = _identifiers(view)
    places = _places(view)
    entities = [(one.iri, _entity_values(one), _size(one.mentions)) for one in view.entities]
    figures = [(one.iri, _figure_values(one), _size(1)) for one in view.figures]
    nodes = [_Node(ids[iri], values, *places[iri], size) for iri, values, size in (*entities, *figures)]
    edges = [
        _Edge(ids[one.iri], ids[one.subject], ids[one.object], _edge_values(one))
        for one in view.relations
        if one.subject in places and one.object in places
    ]
    return nodes, edges


def _identifiers(view: View) -> dict[IRI, str]:
    """Give every node and edge an XML name made of its IRI, so that networks of several reports merge by it."""
    result: dict[IRI, str] = {}
    taken: set[str] = set()
    for iri in (one.iri for part in (view.entities, view.figures, view.relations) for one in part):
        match = re.fullmatch(r".*[/:]([a-z]+)/([0-9a-f]{16})", iri)
        name = f"{match[1]}-{match[2]}" if match else ""
        if not name or name in taken:
            name = f"n-{sha256(iri.encode()).hexdigest()}"
        taken.add(name)
        result[iri] = name
    return result


def _joined(parts: tuple[str, ...]) -> str | None:
    return " | ".join(parts) or None


def _clause_values(clause: Clause | None) -> dict[str, _Value]:
    return {} if clause is None else {"evidence": clause.text, "start": clause.start, "end": clause.end}


def _entity_values(one: EntityView) -> dict[str, _Value]:
    return {
        "label": one.label,
        "iri": one.iri,
        "kind": one.kind,
        "kind_zh": one.kind_zh,
        "type": one.type or None,
        "aliases": _joined(one.aliases),
        "mentions": one.mentions,
        "official_title": one.official or None,
        "status": one.status or None,
        "doc_number": one.doc_number or None,
        "area_code": one.area_code or None,
    }


def _figure_values(one: FigureView) -> dict[str, _Value]:
    return {
        "label": one.label,
        "iri": one.iri,
        "kind": str(Kind.INDICATOR),
        "kind_zh": one.kind_zh,
        "type": one.indicator,
        "mentions": 1,
        "value": _double(one.value),
        "value_text": None if one.value is None else decimal_text(one.value),
        "unit": one.unit or None,
        "bound": one.bound or None,
        "measure": one.measure or None,
        "period": one.period or None,
        "modality": one.modality or None,
        "rule": one.rule or None,
        **_clause_values(one.evidence),
        "report": one.report or None,
    }


def _double(value: Decimal | None) -> float | None:
    """Return the number for tools that reckon in doubles, None where it is too large for one."""
    number = None if value is None else float(value)
    return None if number is None or number in (float("inf"), float("-inf")) else number


def _edge_values(one: RelationView) -> dict[str, _Value]:
    return {
        "label": one.predicate_zh,
        "iri": one.iri,
        "predicate": one.predicate,
        "modality": _joined(one.modalities),
        "trigger": _joined(one.triggers),
        "rule": _joined(one.rules),
        "implicit_subject": one.implicit_subject,
        "weight": float(max(1, len(one.evidence))),
        **_clause_values(one.evidence[0] if one.evidence else None),
        "report": one.report or None,
    }


def _size(mentions: int) -> int:
    """Return a node's diameter: the area grows with the mentions."""
    return round(12 + 8 * math.sqrt(min(mentions, 36)))


def _places(view: View) -> dict[IRI, tuple[int, int]]:
    """Lay the nodes out as `kg.network.layout` lays out one report; the wedges of several reports follow each other."""
    import networkx as nx

    starts, sections, wedges, before = _sections(view)
    issuers = {one.issuer for one in view.reports} if len(view.reports) == 1 else set()
    first: dict[IRI, tuple[IRI, int]] = {one.iri: one.first for one in view.entities if one.first is not None}
    for figure in view.figures:
        place = figure.start if figure.start is not None else figure.evidence.start if figure.evidence else None
        if place is not None:
            first[figure.iri] = (figure.report, place)
    for relation in view.relations:
        for iri in (relation.subject, relation.object):
            if relation.evidence:
                first.setdefault(iri, (relation.evidence[0].report, relation.evidence[0].start))
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    kinds = {one.iri: one.kind for one in view.entities} | {one.iri: str(Kind.INDICATOR) for one in view.figures}
    for iri, kind in kinds.items():
        report, offset = first.get(iri, ("", 0))
        section = section_at(sections.get(report, ()), offset) if iri in first else None
        graph.add_node(
            iri,
            kind=kind,
            first=starts.get(report, 0) + offset,
            sector=-1 if section is None else before[report] + wedges[report][section],
            issuer=iri in issuers,
        )
    return layout(graph)


def _sections(
    view: View,
) -> tuple[dict[IRI, int], dict[IRI, tuple[Section, ...]], dict[IRI, list[int]], dict[IRI, int]]:
    """Per report: code points before its text, its sections, the wedge of each, and the sections of earlier reports."""
    starts, before = dict[IRI, int](), dict[IRI, int]()
    sections, wedges = dict[IRI, tuple[Section, ...]](), dict[IRI, list[int]]()
    characters = count = 0
    by_report: dict[IRI, list[SectionView]] = {}
    for section in view.sections:
        by_report.setdefault(section.clause.report, []).append(section)
    for report in view.reports:
        own = by_report.get(report.iri, [])
        # An outer section may begin with its first inner one: the larger first, so that parents come before parts.
        own.sort(key=lambda one: (one.clause.start, -one.clause.end))
        number = {one.clause.iri: index for index, one in enumerate(own)}
        sections[report.iri] = tuple(
            Section(
                index=index,
                heading=one.heading,
                level=one.level,
                span=Span(one.clause.start, one.clause.end),
                heading_span=Span(one.clause.start, one.clause.start),
                parent=parent if (parent := number.get(one.parent)) is not None and parent < index else None,
            )
            for index, one in enumerate(own)
        )
        wedges[report.iri] = wedge_of(sections[report.iri])
        starts[report.iri], before[report.iri] = characters, count
        characters += len(report.text)
        count += len(own)
    return starts, sections, wedges, before
