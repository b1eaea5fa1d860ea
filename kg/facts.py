"""A graph as lookups: what a file of triples says about entities, statements and figures, without a query engine."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kg.describe.graphfile import SUFFIXES, read_graph
from kg.vocabulary import EDGES, ENTITY_CLASSES, NS, TERMS

if TYPE_CHECKING:
    from kg.extract import Extractor

_SENTENCE_END = re.compile(r"[。;;!!??\n]")


@dataclass(slots=True)
class Facts:
    """The triples of a graph by subject and by object; terms are IRIs and the text of literals, sorted."""

    out: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    into: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    kinds: dict[str, list[str]] = field(default_factory=dict)  # class name of the ontology → IRIs

    @classmethod
    def of(cls, triples: Iterable[tuple[str, str, str]]) -> Facts:
        """Index triples in any order, repeated or not."""
        facts = cls()
        into: dict[tuple[str, str], list[str]] = defaultdict(list)
        kinds: dict[str, list[str]] = defaultdict(list)
        for subject, predicate, value in sorted(set(triples)):
            facts.out.setdefault(subject, {}).setdefault(predicate, []).append(value)
            into[predicate, value].append(subject)
            if predicate == TERMS["rdf:type"] and value.startswith(NS):
                kinds[value.removeprefix(NS)].append(subject)
        facts.into, facts.kinds = dict(into), dict(kinds)
        return facts

    def all(self, subject: str, curie: str) -> list[str]:
        """Return the objects of a property, sorted."""
        return self.out.get(subject, {}).get(TERMS[curie], [])

    def one(self, subject: str, curie: str) -> str:
        """Return the first object of a property, the empty string where there is none."""
        return next(iter(self.all(subject, curie)), "")

    def label(self, subject: str) -> str:
        """Return what a thing is called, its IRI where it has no label."""
        return self.one(subject, "skos:prefLabel") or subject

    def entities(self) -> Iterator[tuple[str, str]]:
        """Yield class and IRI of everything that mentions denote, figures apart."""
        for kind in ENTITY_CLASSES:
            for iri in self.kinds.get(kind, []):
                yield kind, iri

    def statements(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield IRI, subject, predicate (a name of ``EDGES``) and object of every statement, in text order."""
        found = []
        for iri in self.kinds.get("Statement", []):
            subject, predicate, value = (self.one(iri, f"rdf:{part}") for part in ("subject", "predicate", "object"))
            name = predicate.removeprefix(NS)
            if name in EDGES:
                begin = min((int(self.one(e, "nif:beginIndex") or 0) for e in self.all(iri, "kg:evidence")), default=0)
                found.append((begin, iri, subject, name, value))
        for _, iri, subject, name, value in sorted(found):
            yield iri, subject, name, value

    def text(self, report: str) -> str:
        """Return a report's whole text."""
        return self.one(report, "nif:isString")


def load(path: str | Path, extractor: Extractor | None = None) -> Facts:
    """Return the facts of a graph file, or of a report, which is then extracted from (by `extractor`, if given).

    ``GraphError`` and ``ReadError`` as reading them gives.
    """
    path = Path(path)
    if path.suffix in SUFFIXES:
        return Facts.of((_text(q.subject), _text(q.predicate), _text(q.object)) for q in read_graph(path))
    from kg.describe import describe
    from kg.extract import Extractor, extract
    from kg.read import read

    dataset = describe([extract(read(path), extractor or Extractor.load())])
    store = dataset.oxigraph()
    return Facts.of((_text(q.subject), _text(q.predicate), _text(q.object)) for q in store)


def _text(term: object) -> str:
    return str(getattr(term, "value", term))


def sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the sentence (or line) around a stretch of text begins and ends."""
    begin = max((m.end() for m in _SENTENCE_END.finditer(text, 0, start)), default=0)
    stop = _SENTENCE_END.search(text, max(end - 1, start))
    return begin, (stop.end() if stop and stop.group() != "\n" else stop.start() if stop else len(text))


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Return line and column of a character, both counted from 1."""
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1
