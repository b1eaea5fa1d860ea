"""One report's network as one offline HTML file.

The file asks nothing of anybody: vis-network from pyvis's wheel, the style, the script and the data stand inside it,
and its content security policy allows these and nothing else. The data are JSON in an inert block; the script puts
them on the page as text nodes and canvas text, never as markup.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import math
import re
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from kg.errors import GraphError
from kg.model import Check, Extraction, Kind, Observation, Span
from kg.network import Sector, layout, network, sectors

if TYPE_CHECKING:
    import networkx as nx

# In the order they are joined into one module.
SCRIPTS = ("words.js", "text.js", "data.js", "graph.js", "legend.js", "search.js", "details.js", "tables.js", "main.js")

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
OPTIONS: dict[str, Any] = {
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False},
    "interaction": {
        "hover": True,
        "multiselect": False,
        "selectConnectedEdges": False,
        "keyboard": {"enabled": True, "bindToWindow": False},
    },
    "nodes": {"borderWidth": 1.5, "borderWidthSelected": 3},
    "edges": {"smooth": False, "arrows": {"to": {"enabled": True, "scaleFactor": 0.4}}, "hoverWidth": 1},
}


def page(extraction: Extraction, *, title: str | None = None, checks: Sequence[Check] = ()) -> bytes:
    """Draw one report: a self-contained UTF-8 HTML file, the same bytes for the same extraction.

    `title` stands on the page instead of the report's own title; `checks` of an audit stand by the figures they are
    about. Raises `GraphError` where the extraction names refs
    it does not hold, or where pyvis comes without vis-network.
    """
    graph = network(extraction)
    title = title or extraction.report.title or extraction.report.name
    style = _asset("page.css")
    library = _library()
    script = "\n".join(_asset(name) for name in SCRIPTS)
    parts = {
        "title": html.escape(title),
        "style": style,
        "style_hash": _hash(style),
        "library": library,
        "script": script,
        "script_hashes": f"{_hash(library)} {_hash(script)}",
        "data": _inert(_payload(extraction, graph, title, checks)),
    }
    # One pass: what a part brings in is never looked at again.
    text = re.sub(r"\{\{(\w+)\}\}", lambda slot: parts[slot[1]], _asset("page.html"))
    return text.encode("utf-8", errors="replace")


def _payload(
    extraction: Extraction, graph: nx.MultiDiGraph[str], title: str, checks: Sequence[Check]
) -> dict[str, Any]:
    """Collect what the script reads (data.js); nodes are numbers, offsets code points."""
    number = {ref: index for index, ref in enumerate(graph)}
    report = extraction.report
    relations = _relations(extraction, graph, number)
    nodes, edges, options = _drawing(graph, number, relations)
    doc_number = report.field("doc_number")
    return {
        "title": title,
        "issuer": number.get(extraction.issuer or ""),
        "issued": report.issued.isoformat() if report.issued else None,
        "year": report.year,
        "docNumber": doc_number.value if doc_number else None,
        "file": report.name,
        "sha256": report.sha256,
        "text": report.text,
        "sentences": [[s.start, s.end] for s in extraction.sentences],
        "sections": [{"heading": s.heading, "parent": s.parent} for s in extraction.sections],
        "sectors": [_sector(s) for s in sectors(graph)],
        "options": options,
        "nodes": nodes,
        "edges": edges,
        "things": _things(extraction, graph, number, checks),
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


def _drawing(
    graph: nx.MultiDiGraph[str], number: dict[str, int], relations: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, Any]]:
    """Nodes, edges and options as vis-network takes them, made by pyvis.

    Relations with the same subject and object share one edge, which would otherwise be drawn on top of each other.
    """
    from pyvis.network import Network

    drawing = Network(directed=True, notebook=False, cdn_resources="in_line")
    places = layout(graph)
    for ref, data in graph.nodes(data=True):
        x, y = places[ref]
        size = ISSUER_SIZE if data["issuer"] else _size(data["kind"], data["weight"])
        label, shape = data["label"] or ref, SHAPES[Kind(data["kind"])]
        # `group` instead of a colour: the page takes colours from its style, light or dark.
        drawing.add_node(number[ref], label=label, shape=shape, group=data["kind"], size=size, x=x, y=y)
    shared: dict[tuple[int, int], list[int]] = {}
    for index, relation in enumerate(relations):
        shared.setdefault((relation["s"], relation["o"]), []).append(index)
    for index, ((subject, object_), members) in enumerate(shared.items()):
        drawing.add_edge(subject, object_, id=f"e{index}", relations=members)
    drawing.set_options(json.dumps(OPTIONS))
    nodes, edges, _heading, _height, _width, options = drawing.get_network_data()
    return nodes, edges, json.loads(options)


def _size(kind: str, mentions: int) -> int:
    """Radius in canvas units: 10 for a figure, else 12 to 26 by the square root of the number of mentions."""
    if kind == Kind.INDICATOR:
        return 10
    return 12 + min(14, round(4 * math.sqrt(max(mentions, 1) - 1)))


def _things(
    extraction: Extraction, graph: nx.MultiDiGraph[str], number: dict[str, int], checks: Sequence[Check]
) -> list[dict[str, Any]]:
    """Collect what the details panel says of each node, in node order."""
    audited: dict[str, list[dict[str, Any]]] = {}
    for check in checks:
        audited.setdefault(check.claim, []).append(_check(extraction, check, number))
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
            "kind": str(Kind.INDICATOR),
            "name": observation.name,
            "figure": _figure(observation, number),
            **_filled(checks=audited.get(observation.ref)),
        }
    for ref, thing in things.items():
        section = graph.nodes[ref]["section"]
        thing.update(
            _filled(mentions=mentions.get(ref, []), maybe=maybe.get(ref, []), section=section if section >= 0 else None)
        )
    return [things[ref] for ref in graph]


def _check(extraction: Extraction, check: Check, number: dict[str, int]) -> dict[str, Any]:
    """What the page says of an audit check: the computation in words, and the figures of this report it used."""
    from kg.audit_report import computation, findings_of, reason_text

    own = [one for one in check.inputs if one.report == check.report]
    here = [one for one in check.evidence if one.report == check.report]
    finding = findings_of([extraction], [replace(check, inputs=tuple(own), evidence=tuple(here))])[0]
    return _filled(
        verdict=check.verdict,
        kind=check.kind,
        computation=[computation(finding, "zh"), computation(finding, "en")],
        expected=finding.expected,
        difference=finding.difference,
        tolerance=finding.tolerance,
        reason=[reason_text(check.reason, "zh"), reason_text(check.reason, "en")] if check.reason else None,
        inputs=[number[one.ref] for one in own if one.ref in number],
    )


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


def _inert(value: object) -> str:
    r"""JSON that ends no script block and no string: <, >, &, U+2028, U+2029 and lone surrogates as ``\uXXXX``."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return re.sub("[<>&\u2028\u2029\ud800-\udfff]", lambda char: f"\\u{ord(char[0]):04x}", text)


def _asset(name: str) -> str:
    return (files("kg") / "assets" / name).read_text(encoding="utf-8")


def _library() -> str:
    """vis-network, minified, from pyvis's wheel: the newest version it brings, without its source map's address."""
    found = sorted(
        (tuple(int(part) for part in re.findall(r"\d+", folder.name)), folder / "vis-network.min.js")
        for folder in (files("pyvis") / "lib").iterdir()
        if folder.name.startswith("vis-") and (folder / "vis-network.min.js").is_file()
    )
    if not found:
        raise GraphError(
            "vis-network is not where pyvis keeps it",
            where="pyvis/lib/vis-*/vis-network.min.js",
            hint="install pyvis again: pip install --force-reinstall 'pyvis>=0.3.2'",
        )
    return re.sub(r"\n?//# sourceMappingURL=\S*\s*$", "\n", found[-1][1].read_text(encoding="utf-8"))


def _hash(text: str) -> str:
    """Name the inline block for the content security policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
