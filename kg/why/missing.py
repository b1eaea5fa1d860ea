"""Why a graph has no such statement: an unknown name, another relation, names that never meet, no template."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, TypeAlias

from kg.explain import explain_text
from kg.facts import Facts, line_and_column, sentence
from kg.vocabulary import NS
from kg.why.statements import mention_of, names_in, span_of

if TYPE_CHECKING:
    from kg.extract import Extractor

_NEAREST = 5  # names shown where none is the one asked for
_ALIKE = 0.4  # of two names: half their characters in the same order, about

_Asked: TypeAlias = tuple[str | None, set[str] | None]


def reasons(
    facts: Facts, subject: _Asked, predicate: str | None, value: _Asked, extractor: Extractor
) -> Iterator[dict[str, Any]]:
    """Yield why no statement has these ends; `subject` and `value` are what was asked for and what it means."""
    unknown = False
    for name, found in (subject, value):
        if name is not None and not found:
            unknown = True
            yield from _unknown(facts, name)
    if unknown:
        return
    subjects, objects = subject[1] or set(), value[1]
    others = [
        (s, p, o)
        for _, s, p, o in facts.statements()
        if (s in subjects and (objects is None or o in objects)) or (objects and s in objects and o in subjects)
    ]
    for s, p, o in others[:_NEAREST]:
        told = f"{facts.label(s)} —[{p}]→ {facts.label(o)}"
        yield {"what": "other-relation", "why": "图中有的是另一种关系或方向", "text": told}
    if objects is None and not others:
        yield {"what": "no-statement", "why": "图里有这个名称,但没有关于它的关系", "text": subject[0] or ""}
    if objects is None:
        for s in sorted(subjects)[:_NEAREST]:
            for _, other, p, o in facts.statements():
                if o == s:
                    told = f"{facts.label(other)} —[{p}]→ {facts.label(o)}"
                    yield {"what": "other-relation", "why": "图中它是关系的宾语", "text": told}
    else:
        yield from _together(facts, subjects, objects, extractor)


def _unknown(facts: Facts, name: str) -> Iterator[dict[str, Any]]:
    for report in facts.kinds.get("Report", []):
        start = facts.text(report).find(name)
        if start >= 0:
            line, column = line_and_column(facts.text(report), start)
            yield {
                "what": "not-recognised",
                "why": "报告里有这几个字,但没有认作名称",
                "text": name,
                "start": start,
                "line": line,
                "column": column,
            }
    for mention in facts.kinds.get("Mention", []):
        if name == facts.one(mention, "nif:anchorOf") and facts.all(mention, "kg:candidate"):
            yield {"what": "ambiguous", "why": "多个可能,未定", **mention_of(facts, mention)}
    if "://" in name:  # what is spelt like an IRI is not it
        yield {"what": "no-name", "why": "图里没有这个 IRI", "text": name, "nearest": []}
        return
    labels = sorted({label for _, label in names_in(facts)})
    near = sorted(labels, key=lambda label: (-SequenceMatcher(None, name, label).ratio(), label))[:_NEAREST]
    near = [label for label in near if SequenceMatcher(None, name, label).ratio() >= _ALIKE]
    yield {"what": "no-name", "why": "图里没有这个名称", "text": name, "nearest": near}


def _together(facts: Facts, subjects: set[str], objects: set[str], extractor: Extractor) -> Iterator[dict[str, Any]]:
    """Yield what the rules make of sentences that name both, or that none does."""
    places: dict[str, list[set[tuple[str, int, int]]]] = {"s": [], "o": []}
    for part, entities in (("s", subjects), ("o", objects)):
        spans = set()
        for entity in entities:
            for mention in facts.into.get((f"{NS}denotes", entity), []):
                report = facts.one(mention, "nif:referenceContext")
                spans.add((report, *sentence(facts.text(report), *span_of(facts, mention))))
        places[part].append(spans)
    both = sorted(places["s"][0] & places["o"][0])
    if not both:
        yield {"what": "never-together", "why": "没有一句话同时写到二者", "text": ""}
    for report, start, end in both[:_NEAREST]:
        text = facts.text(report)[start:end]
        issuer = facts.label(facts.one(report, "kg:issuer")) if facts.one(report, "kg:issuer") else ""
        told = explain_text(text, extractor, issuer=issuer)
        line, column = line_and_column(facts.text(report), start)
        yield {
            "what": "no-template",
            "why": "同一句话写到二者,但没有句式成立",
            "text": text,
            "start": start,
            "line": line,
            "column": column,
            "near_misses": [m for m in told["near_misses"] if m["what"] in ("unless", "no-object", "head")],
        }
