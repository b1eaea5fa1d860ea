"""A report made of hostile names: each is a document that the issuer issues, with a figure behind it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from hashlib import sha256

from kg.describe import Dataset, RunInfo, describe
from kg.model import Entity, Extraction, Kind, Mention, Observation, Quantity, Report, Section, Span, Statement

#: What breaks careless writers and readers. Every one can be said in RDF.
HOSTILE = (
    '引号"与\\反斜线\\',
    "'单引号'''",
    "尖括号<b>&amp;</b>&#x41;",
    "</script><script>alert(1)</script>",
    "]]><!-- --><?php",
    "换行\n回车\r都有\r\n制表\t",
    "\r以回车开头",
    "\n以换行开头",
    "=cmd()|'/C calc'!A0",
    "+1+1",
    "-1-1",
    "@SUM(A1)",
    "\t=1+1",
    "＝全角公式",
    "双向\u202e控制\u2066符\u2069",
    "零宽\u200b\u200d\u2060\ufeff",
    "\x01\x02\x08\x0b\x0c\x0e\x1f\x7f控制",
    "\x85\u2028\u2029行分隔",
    "\ufffe\uffff非字符\U0001fffe",
    "𠮷野家😀\U0010fffd",
    "竖线|与 | 与\\|",
    "@zh ^^<x> . ;",
    "{{ }} ${x} %s \\u0041",
    "_:b0",
    "https://example.org/a#b",
    "逗号,分号;冒号:",
    " 首尾空白 ",
    "NULL",
    "0012",
    "é\u0301组合",
    "很长" * 20000,
)

#: What no RDF file can hold → what the fault names.
UNSAYABLE = {"甲\x00乙": "NUL", "甲\ud800乙": "surrogate"}

ISSUER = Entity(Kind.DEPARTMENT, "320900|人民政府", "盐城市人民政府", "政府", adcode="320900")


def hostile_extraction(labels: Sequence[str] = HOSTILE) -> Extraction:
    """Return what is known of a report with one line per label; the labels must differ."""
    text, spans = "盐城市人民政府\n", list[Span]()
    for label in labels:
        spans.append(Span(len(text), len(text) + len(label)))
        text += f"{label}12.50件。\n"
    entities = [Entity(Kind.REGULATION, f"键{label}", label, "办法", (f"别名|{label}",)) for label in labels]
    mentions = [Mention(0, 7, Kind.DEPARTMENT, "r", ISSUER.ref)]
    observations = []
    for entity, span in zip(entities, spans, strict=True):
        mentions.append(Mention(span.start, span.end, Kind.REGULATION, "r", entity.ref))
        value = Span(span.end, span.end + 6)
        quantity = Quantity(Decimal("12.50"), "件", "=", "12.50件")
        clause = Span(span.start, value.end)
        observations.append(Observation(value, entity.name, quantity, "level", "reported", clause, "r"))
        mentions.append(Mention(value.start, value.end, Kind.INDICATOR, "r", observations[-1].ref))
    return Extraction(
        report=Report(
            text=text,
            sha256=sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
            name="hostile.txt",
            encoding="utf-8",
            title=labels[0],
            year=2020,
            issued=None,
            fields=(),
            chrome=(),
            body=Span(0, len(text)),
        ),
        issuer=ISSUER.ref,
        sections=(Section(0, labels[-1], 1, Span(0, len(text)), Span(0, 1), None),),
        sentences=(),
        mentions=tuple(mentions),
        entities=tuple(sorted((ISSUER, *entities), key=lambda entity: entity.ref)),
        statements=tuple(
            Statement(ISSUER.ref, "issues", entity.ref, "reported", "", "r", (span,))
            for entity, span in zip(entities, spans, strict=True)
        ),
        observations=tuple(observations),
    )


def hostile_dataset(labels: Sequence[str] = HOSTILE, *, whole: bool = True) -> Dataset:
    """Return the graph of `hostile_extraction`; with `whole` false without ontology, vocabularies and run."""
    dataset = describe([hostile_extraction(labels)], run=RunInfo("1.2.3", "d"))
    if whole:
        return dataset
    names = set(dataset.report_graphs())
    return Dataset.of((quad for quad in dataset.quads if quad[3] in names), dataset.base)
