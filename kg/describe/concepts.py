"""Words of reports → concepts of the schemes in ``vocabularies.ttl``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from unicodedata import normalize

from kg.describe.dataset import Triple
from kg.describe.terms import T, Term
from kg.errors import GraphError
from kg.vocabulary import SCHEMES, VOCAB, ontology_file


@dataclass(frozen=True, slots=True)
class Concepts:
    """Concept schemes, looked up by word. `triples` is all of ``vocabularies.ttl``."""

    triples: tuple[Triple, ...]
    by_word: Mapping[tuple[str, str], Term]  # (scheme, normalised word) → concept
    unit_kinds: Mapping[Term, Term]  # unit concept → kind of unit

    def find(self, scheme: str, word: str) -> Term | None:
        """Return the concept of `scheme` (``vocabulary.SCHEMES``) that `word` labels, None where none does."""
        return self.by_word.get((scheme, fold(word)))

    def unit_kind(self, unit: str) -> str:
        """Return the local name of a unit's kind (``count``, ``ratio``, ``money``, …).

        A measure word that is not in the scheme counts things: measure words are an open class in Chinese, units that
        measure are few and listed.
        """
        concept = self.find("unit", unit)
        kind = self.unit_kinds.get(concept) if concept else None
        return kind.rpartition("/")[2].rstrip(">") if kind else "count"


_QUOTATION_MARKS = str.maketrans(dict.fromkeys("“”‘’\"'「」『』"))


@lru_cache(8192)  # units and measure words by the thousand
def fold(word: str) -> str:
    """Return a word without the differences that do not tell words apart: width, blanks, kind of quotation marks.

    >>> fold("“一件事” 改革") == fold('"一件事"改革')
    True
    """
    text = "".join(normalize("NFKC", word).split())
    return text.translate(_QUOTATION_MARKS)


def read_turtle(name: str) -> tuple[Triple, ...]:
    """Return the triples of an ontology file, in file order; ``GraphError`` for blank nodes or bad Turtle."""
    import pyoxigraph

    try:
        quads = list(pyoxigraph.parse(ontology_file(name), format=pyoxigraph.RdfFormat.TURTLE))
    except SyntaxError as fault:
        raise GraphError(f"not Turtle: {fault}", where=name, hint="mend the line") from fault
    result: list[Triple] = []
    for quad in quads:
        if isinstance(quad.subject, pyoxigraph.BlankNode) or isinstance(quad.object, pyoxigraph.BlankNode):
            raise GraphError(f"blank node at {quad.predicate}", where=name, hint="give the node an IRI")
        result.append((str(quad.subject), str(quad.predicate), str(quad.object)))
    return tuple(result)


def load_concepts() -> Concepts:
    """Read ``vocabularies.ttl``; ``GraphError`` where one word labels two concepts of a scheme."""
    triples = read_turtle("vocabularies.ttl")
    schemes = {f"<{VOCAB}{name}>": name for name in SCHEMES}
    scheme_of = {s: schemes[o] for s, p, o in triples if p == T["skos:inScheme"] and o in schemes}
    by_word: dict[tuple[str, str], Term] = {}
    for s, p, o in triples:
        if p in {T["skos:prefLabel"], T["skos:altLabel"]} and s in scheme_of and o.endswith("@zh"):
            word = (scheme_of[s], fold(o[1 : o.rindex('"')]))
            if by_word.setdefault(word, s) != s:
                raise GraphError(f"{o} labels two concepts", where="vocabularies.ttl", hint=f"{by_word[word]} and {s}")
    for concept, scheme in scheme_of.items():  # a rule file may use a concept's local name (`reform`) as its code
        by_word.setdefault((scheme, concept[1:-1].rpartition("/")[2]), concept)
    unit_kinds = {s: o for s, p, o in triples if p == T["kg:unitKind"]}
    return Concepts(triples, MappingProxyType(by_word), MappingProxyType(unit_kinds))
