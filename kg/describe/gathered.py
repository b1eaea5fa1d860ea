"""The triples of one report's graph while they are gathered: subject → its predicates and objects, as text.

A report has some 13,000 triples, most of them a few to a subject. Kept by subject, they are sorted a few at a time and
written as N-Quads without a tuple for each.
"""

from __future__ import annotations

from collections import defaultdict
from hashlib import sha256

from kg.describe.dataset import Dataset, Triple
from kg.describe.terms import Term
from kg.vocabulary import IRI


class ReportTriples(defaultdict[Term, list[str]]):
    """Subject → ``predicate object`` of each of its triples, in any order, some of them repeated.

    The order of lines of N-Quads is that of the subjects, then that of the rest: no IRI in ``<…>`` is the beginning of
    another, and the blank behind a term comes before every character that a longer term could have there.
    """

    def __init__(self) -> None:
        """Begin without triples."""
        super().__init__(list)

    def triples(self) -> list[Triple]:
        """Return the triples, in no particular order, none twice."""
        found = []
        for subject, ends in self.items():
            for end in set(ends):
                predicate, _, object_ = end.partition(" ")
                found.append((subject, predicate, object_))
        return found

    def dataset(self, graph: Term, base: IRI) -> Dataset:
        """Return the triples as a dataset of one named graph."""
        return Dataset(tuple([(s, p, o, graph) for s, p, o in sorted(self.triples())]), base)

    def nquads(self, graph: Term) -> bytes:
        """Return the quads of the named graph as `kg.export.nquads` writes them: sorted lines, none twice."""
        return self._lines(f" {graph} .\n")

    def _lines(self, end: str) -> bytes:
        blocks = []
        for subject in sorted(self):
            if ends := set(self[subject]):
                blocks.append(f"{subject} {f'{end}{subject} '.join(sorted(ends))}{end}")
        # a subject at a time: together with Chinese, all the IRIs would take twice the room
        return b"".join(map(str.encode, blocks))

    def digest(self) -> str:
        """Return `kg.describe.run.content_digest` of the triples."""
        return sha256(self._lines(" .\n")).hexdigest()

    def size(self) -> tuple[int, int]:
        """Return how many triples there are, and of how many subjects."""
        sizes = [len(set(ends)) for ends in self.values() if ends]
        return sum(sizes), len(sizes)
