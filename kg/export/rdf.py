r"""A dataset → bytes of Turtle, TriG, N-Quads and N-Triples.

Equal datasets give equal bytes. Local names never need an escape: every kind of data IRI has a prefix of its own, and
what has no plain local name (spans, for example) is written out in full. Some stores keep Turtle's ``\/`` literally.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from kg.describe import Dataset, Term, Triple
from kg.vocabulary import PREFIXES, TERMS

_TYPE = f"<{TERMS['rdf:type']}>"
_LABEL = f"<{TERMS['skos:prefLabel']}>"
_FIRST = {_TYPE: 0, _LABEL: 1}  # what a reader looks for first
_XSD = PREFIXES["xsd"]

#: Local names that every Turtle parser reads the same way: no dots, no colons, no escapes.
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?", re.ASCII)
_NAMESPACE = re.compile(r"(.*[/#])([^/#]*)", re.DOTALL)
_BARE = {
    "integer": re.compile(r"-?[0-9]+"),
    "decimal": re.compile(r"-?[0-9]+\.[0-9]+"),
    "boolean": re.compile("true|false"),
}


class _Names:
    """Terms as Turtle writes them; remembers which prefixes were used and every term already written."""

    def __init__(self, base: str) -> None:
        self._by_namespace = {iri: prefix for prefix, iri in PREFIXES.items()}
        self._base = base
        self._written: dict[Term, str] = {}
        self.used: dict[str, str] = {}  # prefix → namespace

    def __call__(self, term: Term) -> str:
        """Return the term in Turtle: prefixed where it can be, numbers and booleans bare where they can be."""
        text = self._written.get(term)
        if text is None:
            text = self._written[term] = self._write(term)
        return text

    def _write(self, term: Term) -> str:
        if term.startswith("<"):
            return self._iri(term)
        head, mark, datatype = term.rpartition('"^^')
        if not mark:
            return term  # plain or with a language
        local = datatype[1 + len(_XSD) : -1] if datatype.startswith(f"<{_XSD}") else ""
        bare = _BARE.get(local)
        if bare is not None and bare.fullmatch(head[1:]):
            return head[1:]
        return f'{head}"^^{self._iri(datatype)}'

    def _iri(self, term: Term) -> str:
        match = _NAMESPACE.fullmatch(term[1:-1])
        if match is None or not _LOCAL.fullmatch(match[2]):
            return term
        prefix = self._prefix(match[1])
        if prefix is None:
            return term
        self.used[prefix] = match[1]
        return f"{prefix}:{match[2]}"

    def _prefix(self, namespace: str) -> str | None:
        known = self._by_namespace.get(namespace)
        if known is None and namespace.startswith(self._base):
            kind = namespace[len(self._base) : -1]  # one prefix per kind of thing: id-department, id-report, …
            if _LOCAL.fullmatch(kind):
                known = self._by_namespace[namespace] = f"id-{kind}"
        return known


def _blocks(triples: Iterable[Triple], names: _Names, indent: str) -> Iterator[str]:
    """Return one block of Turtle per subject, in the order of the subjects; predicates sorted, type and label first."""
    subject, lines = "", dict[str, list[str]]()
    for s, p, o in triples:
        if s != subject:
            if lines:
                yield _block(subject, lines, names, indent)
            subject, lines = s, {}
        lines.setdefault(p, []).append(names(o))
    if lines:
        yield _block(subject, lines, names, indent)


def _block(subject: Term, lines: Mapping[str, list[str]], names: _Names, indent: str) -> str:
    predicates = sorted(lines, key=lambda p: (_FIRST.get(p, 2), p))
    parts = [f"{'a' if p == _TYPE else names(p)} {' , '.join(lines[p])}" for p in predicates]
    return f"{indent}{names(subject)} {f' ;{chr(10)}{indent}    '.join(parts)} .\n"


def _prefixes(names: _Names) -> str:
    return "".join(f"@prefix {prefix}: <{names.used[prefix]}> .\n" for prefix in sorted(names.used))


def turtle(dataset: Dataset) -> bytes:
    """Return the union of the graphs as Turtle (RDF 1.1): prefixes, then subjects in the order of their IRIs."""
    names = _Names(dataset.base)
    body = "\n".join(_blocks(dataset.triples(), names, ""))
    return f"{_prefixes(names)}\n{body}".encode()


def trig(dataset: Dataset) -> bytes:
    """Return the named graphs as TriG, in the order of their names; inside each, as ``turtle``."""
    names = _Names(dataset.base)
    graphs = []
    for graph, triples in dataset.by_graph().items():
        body = "\n".join(_blocks(triples, names, "    " if graph else ""))
        graphs.append(f"{names(graph)} {{\n{body}}}\n" if graph else body)  # Turtle has but the default graph
    return "\n".join((_prefixes(names), *graphs)).encode()


def nquads(dataset: Dataset) -> bytes:
    """Return the quads as N-Quads, one sorted line each: the canonical form, for digests and for loading."""
    return dataset.nquads().encode()


def ntriples(dataset: Dataset) -> bytes:
    """Return the union of the graphs as N-Triples, one sorted line each: what every tool and `grep` can read."""
    return dataset.ntriples().encode()
