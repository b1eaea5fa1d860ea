"""A graph against ``ontology/shapes.ttl``: findings are values, and what to do about them is the caller's decision.

SHACL Core is run by pyrudof, the SPARQL constraints by pyoxigraph: each constraint once over the whole graph instead of
once for every node, which is what makes validation cheap enough to be part of every build. pySHACL, the reference that
the tests hold both to, takes many times as long.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias

from kg.describe import Dataset
from kg.describe.dataset import ONTOLOGY_GRAPH, RUN_GRAPH, VOCABULARIES_GRAPH
from kg.describe.graphfile import read_graph
from kg.errors import GraphError
from kg.memory import give_back
from kg.vocabulary import PREFIXES, SHAPES, expand, ontology_file

if TYPE_CHECKING:
    import pyoxigraph

Severity: TypeAlias = Literal["violation", "warning", "info"]
Language: TypeAlias = Literal["zh", "en"]

_SEVERITIES: tuple[Severity, ...] = ("violation", "warning", "info")
_LITERAL = re.compile(r'"(?P<text>.*)"(?:@[A-Za-z0-9-]+|\^\^\S+)?', re.DOTALL)
_END_OF_QUERY = re.compile(r"\}\s*\Z")
#: A pattern whose predicate is one of a list, as SHACL has it written: constraints may not use VALUES.
_ONE_OF = re.compile(
    r"(?P<pattern>[$?]\w+ (?P<path>\?\w+) [$?]\w+ \.)\s*FILTER \( (?P=path) IN \( (?P<names>[\w:, -]+) \) \)"
)
_SHOWN = 60  # characters of a quotation or a value that a finding shows


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a graph breaks a shape.

    `severity` ``violation``, ``warning`` or ``info``; `focus` the IRI of the node at fault; `path` the IRI of the
    property, None where the node as a whole is meant; `value` the offending value as text, None where one is missing;
    `message` what is wrong, in the language asked for; `shape` the shape's name in ``shapes.ttl``.

    For the reader, in the language asked for, empty or None where the graph does not say: `fact` the fact in words
    (subject, predicate, object), `report` the report's title and `file` the name of its file, `begin` and `end`
    the code points of the words it rests on in the report's text (end exclusive) and `quote` those words.
    """

    severity: Severity
    focus: str
    path: str | None
    value: str | None
    message: str
    shape: str
    fact: str = ""
    report: str = ""
    file: str = ""
    begin: int | None = None
    end: int | None = None
    quote: str = ""

    @property
    def order(self) -> tuple[int, str, str, str, str]:
        """The place in a report: gravest first, then by shape and node."""
        return (_SEVERITIES.index(self.severity), self.shape, self.focus, self.path or "", self.value or "")


@dataclass(frozen=True, slots=True)
class _Shapes:
    """``shapes.ttl`` taken apart: what SHACL Core checks, and each SPARQL constraint as a query over a whole graph."""

    core: str  # N-Triples
    queries: tuple[tuple[str, Severity, str], ...]  # shape IRI, severity, SPARQL
    messages: Mapping[tuple[str, str], str]  # shape IRI and language → message


def validate(graph: Dataset | Path | str, *, language: Language = "zh", rounds: int = 1) -> list[Finding]:
    """Check a dataset, or a Turtle, TriG, N-Triples or N-Quads file, against the shapes; [] where nothing is wrong.

    Of a dataset, of TriG and of N-Quads only the graphs of reports are checked. The findings are sorted. The shapes are
    taken in `rounds`: the engine keeps a result for every node and shape, so several take less memory and more time.
    ``GraphError`` where the file cannot be read as RDF.
    """
    data = graph.ntriples(data_only=True) if isinstance(graph, Dataset) else _data_of_file(Path(graph))
    if not data.strip():
        raise GraphError(
            "图是空的 / the graph is empty",
            where="" if isinstance(graph, Dataset) else str(graph),
            hint="用 kg build 生成图谱 (make one with kg build)",
        )
    import pyoxigraph

    shapes = _shapes(ontology_file("shapes.ttl").decode())
    with ThreadPoolExecutor(1) as beside:  # neither engine holds the interpreter while it works
        core = beside.submit(lambda: list(_core_findings(shapes, data, language, rounds)))
        store = pyoxigraph.Store()
        store.bulk_load(data.encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)
        queried = list(_query_findings(shapes, store, language))
        found = {*core.result(), *queried}
    if not found:
        return []
    words = _Words(store, language)
    return sorted((words.explain(finding) for finding in found), key=lambda finding: finding.order)


def _core_findings(shapes: _Shapes, data: str, language: Language, rounds: int) -> Iterable[Finding]:
    for number, core in enumerate(_parted(shapes.core, rounds)):
        if number:
            give_back()
        yield from _round(core, shapes.messages, data, language)


def _round(core: str, messages: Mapping[tuple[str, str], str], data: str, language: Language) -> Iterable[Finding]:
    import pyrudof

    session = pyrudof.Rudof(pyrudof.RudofConfig())
    try:
        session.read_shacl(core, pyrudof.ShaclFormat.NTriples, reader_mode=pyrudof.ReaderMode.Strict)
        session.read_data(data, pyrudof.RDFFormat.NTriples, reader_mode=pyrudof.ReaderMode.Strict)
        report = session.validate_shacl()
    except pyrudof.RudofError as fault:
        raise _broken_shapes(fault) from fault
    for entry in report:
        yield Finding(
            severity=_severity(entry.severity),
            focus=entry.focus_node,
            path=entry.path,
            value=_plain(entry.value),
            message=messages.get((entry.source_shape or "", language), entry.message),
            shape=(entry.source_shape or "").removeprefix(SHAPES),
        )


@lru_cache(maxsize=4)
def _parted(core: str, rounds: int) -> tuple[str, ...]:
    """Return N-Triples of shapes in `rounds` parts: a shape with targets is in one, with all it refers to."""
    if rounds <= 1:
        return (core,)
    about: dict[str, list[tuple[str, str]]] = {}
    for line in core.splitlines():
        subject, predicate, rest = line.split(" ", 2)
        about.setdefault(subject, []).append((predicate, rest.removesuffix(" .")))
    targets = {f"<{PREFIXES['sh']}target{name}>" for name in ("Class", "Node", "SubjectsOf", "ObjectsOf")}
    roots = sorted(subject for subject, said in about.items() if any(predicate in targets for predicate, _ in said))
    parts = []
    for number in range(rounds):
        own = roots[number::rounds]
        wanted, left = set(), list(own)
        while left:
            subject = left.pop()
            if subject not in wanted:
                wanted.add(subject)
                left += [value for _, value in about[subject] if value in about]
        parts.append(
            "".join(
                f"{subject} {predicate} {value} .\n"
                for subject in sorted(wanted)
                for predicate, value in about[subject]
                if subject in own or predicate not in targets
            )
        )
    return tuple(part for part in parts if part)


def _query_findings(shapes: _Shapes, store: pyoxigraph.Store, language: Language) -> Iterable[Finding]:
    import pyoxigraph

    for shape, severity, query in shapes.queries:
        try:
            rows = store.query(query)
        except SyntaxError as fault:
            raise _broken_shapes(f"{shape.removeprefix(SHAPES)}: {fault}") from fault
        if not isinstance(rows, pyoxigraph.QuerySolutions):
            raise _broken_shapes(f"{shape.removeprefix(SHAPES)}: not a SELECT")
        names = {variable.value for variable in rows.variables}
        for row in rows:
            path, value = (row[name] if name in names else None for name in ("path", "value"))
            yield Finding(
                severity=severity,
                focus=_text(row["this"]),
                path=_text(path) if path is not None else None,
                value=_text(value) if value is not None else None,
                message=shapes.messages.get((shape, language), ""),
                shape=shape.removeprefix(SHAPES),
            )


def _broken_shapes(fault: object) -> GraphError:
    return GraphError(
        f"SHACL 引擎无法完成校验 / the SHACL engine gave up: {fault}",
        where="shapes.ttl",
        hint="检查 ontology/shapes.ttl 是否被改坏 (see whether shapes.ttl was damaged)",
    )


def _severity(name: str) -> Severity:
    return next((severity for severity in _SEVERITIES if severity == name.rpartition("#")[2].lower()), "violation")


def _plain(value: str | None) -> str | None:
    """Return the text of a literal without quotes, language and datatype; an IRI as it is."""
    if value is None:
        return None
    match = _LITERAL.fullmatch(value)
    return match["text"] if match else value


def _text(term: object) -> str:
    """Return the text of a term of pyoxigraph: a literal's words, an IRI, ``_:name`` of a blank node."""
    import pyoxigraph

    return term.value if isinstance(term, pyoxigraph.NamedNode | pyoxigraph.Literal) else str(term)


@lru_cache(maxsize=2)
def _shapes(text: str) -> _Shapes:
    """Take ``shapes.ttl`` apart; ``GraphError`` where it is not Turtle or a constraint is not what we can run."""
    import pyoxigraph

    sh = PREFIXES["sh"]
    try:
        quads = list(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE))
    except SyntaxError as fault:
        raise _broken_shapes(fault) from fault
    objects: dict[tuple[object, str], list[object]] = {}
    for quad in quads:
        objects.setdefault((quad.subject, quad.predicate.value.removeprefix(sh)), []).append(quad.object)

    def only(subject: object, name: str) -> str:
        return _text(objects[subject, name][0]) if (subject, name) in objects else ""

    declared = [node for (_, name), nodes in objects.items() if name == "declare" for node in nodes]
    prologue = "".join(sorted(f"PREFIX {only(d, 'prefix')}: <{only(d, 'namespace')}>\n" for d in declared))
    queries = []
    by_query = set()
    for (shape, name), constraints in objects.items():
        if name != "sparql":
            continue
        by_query.add(shape)
        target = _target(objects, shape)
        for constraint in constraints:
            select = only(constraint, "select")
            if not target or not _END_OF_QUERY.search(select):
                raise _broken_shapes(f"{_text(shape)}: no target, or a query that does not end in a brace")
            # The planner looks up the predicates of a list, where it would try a filter on every triple there is.
            select = _ONE_OF.sub(
                lambda m: f"VALUES {m['path']} {{ {m['names'].replace(',', '')} }} {m['pattern']}", select
            )
            # A target is a filter: put first, it would lure the planner away from the selective patterns.
            query = prologue + _END_OF_QUERY.sub(lambda _: f" FILTER EXISTS {{ {target} }} }}", select)  # noqa: B023
            queries.append((_text(shape), _severity(only(shape, "severity") or "violation"), query))
    messages = {
        (_text(quad.subject), quad.object.language or ""): quad.object.value
        for quad in quads
        if quad.predicate.value == sh + "message" and isinstance(quad.object, pyoxigraph.Literal)
    }
    left = [quad.triple for quad in quads if quad.predicate.value != sh + "sparql" and quad.subject not in by_query]
    core = "".join(f"{triple} .\n" for triple in left)
    return _Shapes(core, tuple(sorted(queries)), MappingProxyType(messages))


def _target(objects: Mapping[tuple[object, str], list[object]], shape: object) -> str:
    """Return the graph pattern that binds ``$this`` to the targets of a shape, "" where it has none we know."""
    patterns = {
        "targetClass": "VALUES ?_target {{ {} }} $this a ?_target",
        "targetSubjectsOf": "VALUES ?_target {{ {} }} $this ?_target ?_any",
        "targetObjectsOf": "VALUES ?_target {{ {} }} ?_any ?_target $this",
    }
    parts = [
        f"{{ {pattern.format(' '.join(sorted(map(str, objects[shape, name]))))} }}"
        for name, pattern in patterns.items()
        if (shape, name) in objects
    ]
    return " UNION ".join(parts)


class _Words:
    """What findings are about, in words: labels of the graph and of the ontology, and places in the text."""

    def __init__(self, store: pyoxigraph.Store, language: Language) -> None:
        """Look things up in `store`, which holds the graph of the findings."""
        self._store = store
        self._language = language
        self._labels = _ontology_labels(language)

    def explain(self, finding: Finding) -> Finding:
        """Return the finding with its fact, report and place."""
        report, span = self._report(finding), self._span(finding)
        begin, end = (self._integer(span, f"nif:{name}Index") for name in ("begin", "end"))
        return replace(
            finding,
            fact=self._fact(finding),
            report=self._first(report, "dct:title"),
            file=self._first(report, "kg:fileName"),
            begin=begin,
            end=end,
            quote=_cut(self._first(span, "nif:anchorOf")),
        )

    def _values(self, subject: str, curie: str) -> list[str]:
        """Return the values of a property, sorted; Chinese ones before others for Chinese, English ones for English."""
        node = _node(subject)
        if node is None:
            return []
        quads = self._store.quads_for_pattern(node, _node(expand(curie)), None)
        found = [(getattr(q.object, "language", None) != self._language, _text(q.object)) for q in quads]
        return [text for _, text in sorted(found)]

    def _subjects(self, curie: str, value: str) -> list[str]:
        node = _node(value)
        if node is None:
            return []
        quads = self._store.quads_for_pattern(None, _node(expand(curie)), node)
        return sorted(_text(quad.subject) for quad in quads)

    def _first(self, subject: str, curie: str) -> str:
        return next(iter(self._values(subject, curie)), "")

    def _integer(self, subject: str, curie: str) -> int | None:
        text = self._first(subject, curie)
        return int(text) if re.fullmatch(r"[0-9]{1,12}", text) else None

    def _span(self, finding: Finding) -> str:
        """Return the span of text a finding is about: the node itself, its value, its evidence or its first mention."""
        for node in (finding.focus, finding.value or ""):
            if "#char=" in node and self._values(node, "nif:anchorOf"):
                return node
        places = self._values(finding.focus, "kg:evidence") or self._subjects("kg:denotes", finding.focus)
        starts = [(begin, place) for place in places if (begin := self._integer(place, "nif:beginIndex")) is not None]
        return min(starts, default=(0, ""))[1]

    def _report(self, finding: Finding) -> str:
        """Return the report a finding is in; of an entity that several reports mention the first by IRI."""
        if self._values(finding.focus, "nif:isString"):
            return finding.focus
        figure = next(iter(self._subjects("kg:rankClaim", finding.focus)), "")
        for node in (finding.focus, self._span(finding), figure):
            for curie in ("dct:source", "nif:referenceContext"):
                if found := self._first(node, curie):
                    return found
        under = finding.focus.partition("#char=")[0]
        if under != finding.focus:
            return under
        return next(
            iter(self._subjects("kg:mentions", finding.focus) or self._subjects("kg:issuer", finding.focus)), ""
        )

    def _label(self, node: str) -> str:
        """Return what a node is called: its name, title or words; of what has none, the end of its IRI."""
        if node in self._labels:
            return self._labels[node]
        for curie in ("skos:prefLabel", "dct:title", "nif:anchorOf"):
            if label := self._first(node, curie):
                return _cut(label)
        return _short(node)

    def _fact(self, finding: Finding) -> str:
        """Return subject, predicate and object in words; of a statement those it states."""
        stated = [self._first(finding.focus, f"rdf:{name}") for name in ("subject", "predicate", "object")]
        if finding.path is None and any(stated):
            return " · ".join(self._label(node) if node else _MISSING[self._language] for node in stated)
        if finding.path is None:
            kinds = [self._labels[kind] for kind in self._values(finding.focus, "rdf:type") if kind in self._labels]
            return " · ".join((*kinds[:1], self._label(finding.focus)))
        value = _MISSING[self._language] if finding.value is None else self._label(finding.value)
        subject = (
            " · ".join(self._label(node) for node in stated if node) if any(stated) else self._label(finding.focus)
        )
        return " · ".join((subject, self._label(finding.path), value))


_MISSING: Mapping[Language, str] = MappingProxyType({"zh": "(缺)", "en": "(missing)"})


def _node(text: str) -> pyoxigraph.NamedNode | None:
    """Return the node of an IRI; None of a blank node and of a literal's words."""
    import pyoxigraph

    try:
        return pyoxigraph.NamedNode(text)
    except ValueError:
        return None


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[:_SHOWN] + "…"


def _short(node: str) -> str:
    """Return an IRI with its prefix, or its last part; other text as it is, on one line."""
    for prefix, namespace in PREFIXES.items():
        if node.startswith(namespace) and len(node) > len(namespace):
            return f"{prefix}:{node[len(namespace) :]}"
    return "/".join(node.rsplit("/", 2)[-2:]) if re.match(r"[a-z][a-z0-9+.-]*:", node) and "/" in node else _cut(node)


@lru_cache(maxsize=2)
def _ontology_labels(language: Language) -> Mapping[str, str]:
    """Return term → label of the ontology (terms it borrows included) and of the lists of values."""
    import pyoxigraph

    label = PREFIXES["skos"] + "prefLabel"
    result: dict[str, str] = {}
    for name in ("kg.ttl", "vocabularies.ttl"):
        for quad in pyoxigraph.parse(ontology_file(name), format=pyoxigraph.RdfFormat.TURTLE):
            word = quad.object if quad.predicate.value == label else None
            if isinstance(word, pyoxigraph.Literal) and word.language == language:
                result[_text(quad.subject)] = word.value
    return MappingProxyType(result)


def _data_of_file(path: Path) -> str:
    """Return the N-Triples of a file's report graphs (of a file without graphs: of all of it)."""
    import pyoxigraph

    quads = read_graph(path)
    names = {quad.graph_name for quad in quads if isinstance(quad.graph_name, pyoxigraph.NamedNode)}
    left_out = {name for name in names if _holds_no_report(name.value)}
    return "".join({f"{q.subject} {q.predicate} {q.object} .\n": None for q in quads if q.graph_name not in left_out})


def _holds_no_report(graph: str) -> bool:
    local = "graph/" + graph.rpartition("graph/")[2]
    return local in {ONTOLOGY_GRAPH, VOCABULARIES_GRAPH} or local.startswith(RUN_GRAPH)
