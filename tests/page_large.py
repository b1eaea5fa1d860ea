"""Large invented extractions, made by rule and the same every time: what the page is tried on at size."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from decimal import Decimal

from kg.model import (
    Entity,
    Extraction,
    Kind,
    Mention,
    Observation,
    Quantity,
    Report,
    Section,
    Sentence,
    Span,
    Statement,
)

CYCLE = (Kind.DEPARTMENT, Kind.INITIATIVE, Kind.REGULATION, Kind.INITIATIVE, Kind.PLACE, Kind.INITIATIVE)
CLUSTER = 40  # entities that have more to do with one another than with the rest


def large(entities: int, edges_each: int = 1) -> Extraction:
    """One report with so many entities: each says a sentence with another of its cluster, some with the issuer."""
    text = ""
    mentions: list[Mention] = []
    statements: list[Statement] = []
    sentences: list[Sentence] = []
    made = [Entity(CYCLE[n % len(CYCLE)], f"k{n}", f"第{n}号单位") for n in range(entities)]
    issuer = made[0] = Entity(Kind.DEPARTMENT, "issuer", "云岭市人民政府")
    for number in range(1, entities):
        subject = made[number]
        first = number - number % CLUSTER
        for step in range(1, edges_each + 1):
            other = issuer if number % CLUSTER == 0 else made[first + (number * 7 + step * 11) % (number - first + 1)]
            if other is subject:
                other = issuer
            start = len(text)
            text += f"{subject.name}与{other.name}合作。\n"
            mentions.append(Mention(start, start + len(subject.name), subject.kind, "r", subject.ref))
            at = start + len(subject.name) + 1
            mentions.append(Mention(at, at + len(other.name), other.kind, "r", other.ref))
            sentences.append(Sentence(len(sentences), start, len(text) - 1, 0, None))
            clause = Span(start, len(text) - 2)
            statements.append(Statement(subject.ref, "cooperatesWith", other.ref, "reported", "合作", "r", (clause,)))
    return _extraction(text, issuer, made, mentions, statements, sentences, ())


def small(number: int, shared: int = 8, own: int = 40) -> Extraction:
    """Report `number` of many: its issuer, entities of its own, entities that all reports share, and figures."""
    issuer = Entity(Kind.DEPARTMENT, f"issuer{number}", f"第{number}市人民政府")
    made = [issuer]
    made += [Entity(CYCLE[n % len(CYCLE)], f"s{n}", f"共有事项{n}") for n in range(shared)]
    made += [Entity(CYCLE[n % len(CYCLE)], f"o{number}-{n}", f"{number}市{n}号事项") for n in range(own)]
    text = f"第{number}市报告\n"
    mentions: list[Mention] = []
    statements: list[Statement] = []
    sentences: list[Sentence] = []
    figures: list[Observation] = []
    for n, entity in enumerate(made[1:]):
        start = len(text)
        text += f"{issuer.name}开展{entity.name}，办结{n + 1}件，其余从略，具体数字见附表所列各项内容。\n"
        for name, ref, kind in ((issuer.name, issuer.ref, issuer.kind), (entity.name, entity.ref, entity.kind)):
            at = text.index(name, start)
            mentions.append(Mention(at, at + len(name), kind, "r", ref))
        sentences.append(Sentence(len(sentences), start, len(text) - 1, 0, None))
        clause = Span(start, text.index("，", start))
        statements.append(Statement(issuer.ref, "carriesOut", entity.ref, "reported", "开展", "r", (clause,)))
        value = f"{n + 1}件"
        at = text.index("办结", start)
        figure = Observation(
            Span(at + 2, at + 2 + len(value)), "办结", Quantity(Decimal(n + 1), "件", "=", value), "level", "reported",
            Span(at, at + 2 + len(value)), "r",
        )  # fmt: skip
        figures.append(figure)
        statements.append(Statement(figure.ref, "measures", entity.ref, "reported", "", "r", (figure.evidence,)))
    return _extraction(text, issuer, made, mentions, statements, sentences, tuple(figures), number)


def _extraction(
    text: str,
    issuer: Entity,
    entities: list[Entity],
    mentions: list[Mention],
    statements: list[Statement],
    sentences: list[Sentence],
    figures: tuple[Observation, ...],
    number: int = 0,
) -> Extraction:
    digest = hashlib.sha256(text.encode()).hexdigest()
    document = Report(text, digest, f"{number}.txt", "utf-8", f"报告{number}", 2023, None, (), (), Span(0, len(text)))
    merged: dict[tuple[str, str, str], Statement] = {}
    for statement in statements:
        key = (statement.subject, statement.predicate, statement.object)
        seen = merged.get(key)
        merged[key] = replace(seen, evidence=seen.evidence + statement.evidence) if seen else statement
    return Extraction(
        document,
        issuer.ref,
        (Section(0, "一、总体", 1, Span(0, len(text)), Span(0, 1), None),),
        tuple(sentences),
        tuple(mentions),
        tuple(entities),
        tuple(merged.values()),
        figures,
    )
