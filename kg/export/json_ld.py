"""A dataset → JSON-LD 1.1 whose context stands in the file: nothing is fetched to read it.

Keys and IRIs are curies; what a key's values mostly are (IRIs, ``zh`` strings, decimals …) the context says once, and
what differs is written out. Strings of numbers stay strings, so that ``98.960`` or ``007`` come back as they were.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from kg.describe import Dataset, Term, Triple
from kg.describe.terms import T, literal
from kg.vocabulary import IRI, PREFIXES

_LABEL = T["skos:prefLabel"]
_XSD_STRING = T["xsd:string"][1:-1]
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,14}")  # what every reader of JSON keeps exactly
_NAMESPACE = re.compile(r"(.*[/#])[^/#]*", re.DOTALL)
_SCHEME = re.compile(r"[^:/?#]*")

#: What a key's values are: "@id", a datatype's IRI, "@" and a language, "" for plain strings.
_Sort = str


class _Names:
    """IRIs as curies of the prefixes that the dataset needs."""

    def __init__(self, dataset: Dataset) -> None:
        iris = {iri for quad in dataset.quads for term in quad for iri in _iris_of(term)}
        # A scheme that is also a prefix would be read as the prefix: `unit:x` as an IRI of its own, say.
        schemes = {_SCHEME.match(iri)[0] for iri in iris}  # type: ignore[index]
        known = {namespace: prefix for prefix, namespace in PREFIXES.items() if prefix not in schemes}
        self.context: dict[str, str] = {}
        self._prefix: dict[str, str] = {}
        self._known, self._base = known, dataset.base
        self._written: dict[str, str] = {}
        self._schemes = schemes
        for iri in sorted(iris):
            self(iri)

    def __call__(self, iri: IRI) -> str:
        """Return the curie, or the IRI where no prefix fits."""
        written = self._written.get(iri)
        if written is None:
            written = self._written[iri] = self._compact(iri)
        return written

    def _compact(self, iri: IRI) -> str:
        head = iri.partition("#")[0] if iri.startswith(self._base) else iri  # a span's namespace is that of its report
        match = _NAMESPACE.fullmatch(head)
        namespace = match[1] if match else ""
        prefix = self._known.get(namespace)
        if prefix is None and namespace.startswith(self._base) and namespace != self._base:
            kind = namespace[len(self._base) : -1]
            name = f"id-{kind}"
            if re.fullmatch(r"[a-z0-9]+", kind) and name not in self._schemes:
                prefix = self._known[namespace] = name
        local = iri[len(namespace) :]
        if prefix is None or local.startswith("//"):
            return iri
        self.context[prefix] = namespace
        return f"{prefix}:{local}"


def jsonld(dataset: Dataset) -> bytes:
    """Return the dataset as JSON-LD: one object per named graph, in it one per subject, a line per property.

    Reading it back gives the same quads, whatever the processor.
    """
    names = _Names(dataset)
    sorts = _sorts(dataset)
    context: dict[str, object] = dict(sorted(names.context.items()))
    for predicate, sort in sorted(sorts.items()):
        if sort:
            context[names(predicate[1:-1])] = {"@id": names(predicate[1:-1]), **_coercion(sort, names)}
    lines = [f"  {_text(key)}: {_text(value)}" for key, value in context.items()]
    head = '{\n"@context": {\n' + ",\n".join(lines) + "\n},\n" if lines else "{\n"
    parts: list[str] = []
    for graph, triples in dataset.by_graph().items():
        nodes = list(_nodes(triples, names, sorts))
        if graph:
            inner = ",\n".join(nodes)
            parts.append(f'{{"@id": {_text(names(graph[1:-1]))}, "@graph": [\n{inner}\n]}}')
        else:
            parts += nodes
    return (head + '"@graph": [\n' + ",\n".join(parts) + "\n]\n}\n").encode()


def _iris_of(term: Term) -> Iterator[IRI]:
    if term.startswith("<"):
        yield term[1:-1]
    elif term.endswith(">"):
        yield literal(term)[2]


def _sort(term: Term) -> _Sort:
    if term.startswith("<"):
        return "@id"
    _, language, datatype = literal(term)
    return f"@{language}" if language else "" if datatype == _XSD_STRING else datatype


def _sorts(dataset: Dataset) -> dict[Term, _Sort]:
    """Return for every predicate what most of its values are."""
    counts: dict[Term, Counter[_Sort]] = {}
    for _, p, o, _ in dataset.quads:
        if p != T["rdf:type"]:
            counts.setdefault(p, Counter())[_sort(o)] += 1
    return {p: min(found, key=lambda sort: (-found[sort], sort)) for p, found in counts.items()}


def _coercion(sort: _Sort, names: _Names) -> Mapping[str, str]:
    if sort == "@id":
        return {"@type": "@id"}
    return {"@language": sort[1:]} if sort.startswith("@") else {"@type": names(sort)}


def _nodes(triples: Iterable[Triple], names: _Names, sorts: Mapping[Term, _Sort]) -> Iterator[str]:
    """Yield one JSON object per subject: type and label first, as in Turtle."""
    subject, values = "", dict[Term, list[Term]]()
    for s, p, o in triples:
        if s != subject:
            if values:
                yield _node(subject, values, names, sorts)
            subject, values = s, {}
        values.setdefault(p, []).append(o)
    if values:
        yield _node(subject, values, names, sorts)


def _node(subject: Term, values: Mapping[Term, list[Term]], names: _Names, sorts: Mapping[Term, _Sort]) -> str:
    lines = [f'{{"@id": {_text(names(subject[1:-1]))}']
    types = [names(o[1:-1]) for o in values.get(T["rdf:type"], ()) if o.startswith("<")]
    if types:
        lines.append(f' "@type": {_text(types[0] if len(types) == 1 else types)}')
    for predicate in sorted(values, key=lambda p: (p != _LABEL, p)):
        objects = values[predicate]
        if predicate == T["rdf:type"]:
            objects = [o for o in objects if not o.startswith("<")]
        written = [_value(o, names, sorts.get(predicate, "@none")) for o in objects]
        if written:
            lines.append(f" {_text(names(predicate[1:-1]))}: {_text(written[0] if len(written) == 1 else written)}")
    return ",\n".join(lines) + "}"


def _value(term: Term, names: _Names, usual: _Sort) -> object:
    sort = _sort(term)
    if sort == "@id":
        iri = names(term[1:-1])
        return iri if usual == sort else {"@id": iri}
    text, language, datatype = literal(term)
    if sort == usual:
        if datatype == T["xsd:integer"][1:-1] and _INTEGER.fullmatch(text):
            return int(text)
        if datatype == T["xsd:boolean"][1:-1] and text in ("true", "false"):
            return text == "true"
        return text
    if language:
        return {"@value": text, "@language": language}
    return {"@value": text, "@type": names(datatype)} if sort else {"@value": text}


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
