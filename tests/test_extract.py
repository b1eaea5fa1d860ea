"""Promises about what comes out of a whole report, on the shipped one and on odd ones."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from text_factory import extraction

from kg.build import sample_report
from kg.coverage import REASONS
from kg.extract import Extractor, extract
from kg.model import Extraction, Kind, Span
from kg.vocabulary import EDGES

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def read(extractor: Extractor) -> Extraction:
    return extract(sample_report(), extractor)


def check(read: Extraction) -> None:
    """Assert what holds of every extraction."""
    text = read.report.text
    whole = Span(0, len(text))
    entities = {e.ref for e in read.entities}
    observations = {o.ref: o for o in read.observations}
    assert len(entities) == len(read.entities)
    assert list(read.entities) == sorted(read.entities, key=lambda e: e.ref)
    assert read.issuer is None or read.issuer in entities
    order = [(m.start, m.end, m.kind) for m in read.mentions]
    assert order == sorted(order)
    for mention in read.mentions:
        assert whole.contains(mention.span)
        assert text[mention.start : mention.end].strip()
        assert mention.rule
        if mention.kind is Kind.INDICATOR:
            assert observations[mention.ref or ""].span == mention.span
        elif mention.ref is None:
            assert len(mention.candidates) >= 2
            assert set(mention.candidates) <= entities
        else:
            assert mention.ref in entities
            assert mention.ref.startswith(f"{mention.kind}|")
            assert not mention.candidates
    for kind in (Kind.REGULATION, Kind.INITIATIVE, Kind.PLACE, Kind.INDICATOR):
        spans = [m.span for m in read.mentions if m.kind is kind]
        assert not any(a.overlaps(b) for a, b in pairwise(spans)), kind
    places = [*(Span(s.start, s.end) for s in read.sentences), *(field.span for field in read.report.fields)]
    for statement in read.statements:
        assert statement.predicate in EDGES
        assert {statement.subject, statement.object} <= entities | set(observations)
        assert statement.subject != statement.object
        assert statement.evidence
        assert list(statement.evidence) == sorted(set(statement.evidence))
        assert all(any(s.contains(e) for s in places) for e in statement.evidence), statement
    said = [(s.subject, s.predicate, s.object) for s in read.statements]
    assert len(said) == len(set(said))
    for observed in read.observations:
        assert whole.contains(observed.span)
        assert observed.evidence.contains(observed.span)
        assert observed.name.strip()
        assert observed.quantity.raw == text[observed.span.start : observed.span.end]
        assert {observed.compared_with, observed.part_of} <= {None, *observations}
        assert (observed.quantity.value is None) <= (observed.rank is not None)
    for honour in read.recognitions:
        assert {honour.thing, honour.recogniser} <= {None, *entities}
    for left in read.left_out:
        assert left.reason in REASONS
        assert left.text == text[left.span.start : left.span.end]
        assert not any(o.span.contains(left.span) for o in read.observations)


def test_promises_hold_on_the_shipped_report(read: Extraction) -> None:
    assert len(read.mentions) >= 250
    assert len(read.statements) >= 120
    assert len(read.observations) >= 80
    check(read)


ODD = [
    "。",
    "《",
    "《》",
    "“”",
    "《“",
    "5",
    "第",
    "年",
    "市",
    "的",
    "市政府",
    "制定《",
    "《甲》《乙》《丙》",
    "开展“” 行动",
    "一、\n二、\n三、",
    "5%,10%、20%",
    "、、、和和和",
    "同比增长同比增长5%5%",
    "《民法典》" * 40,
    "市司法局" * 40,
    "开展农资打假专项行动、" * 40,
    "全省第一全国第二全市第三",
    "推进“互联网+" + "监管" * 60,
    "\ue000\ue001\ue002\ue003",
    "𠀀𠀁市司法局𠀂制定《𠀃办法》",
    "市　司　法　局　制定《　办　法　》",
    "市司法局\r\n制定\r\n《办法》",
    "１２３４件，同比增长５．６％",
]


@pytest.mark.parametrize("issuer", ["", "岳阳市人民政府", "绵竹市司法局"])
@pytest.mark.parametrize("text", ODD)
def test_promises_hold_on_odd_texts(text: str, issuer: str, extractor: Extractor) -> None:
    check(extraction(text, extractor, issuer=issuer))


@pytest.mark.parametrize("name", ["gold", "corpus"])
def test_promises_hold_on_real_reports(name: str, shared: Path, extractor: Extractor) -> None:
    from kg.read import read as read_file

    files = sorted((shared / name).glob("*.txt"))
    assert len(files) >= 3
    for file in files:
        check(extract(read_file(file, rules=extractor.reading), extractor))


def test_nothing_is_kept_from_one_report_to_the_next(read: Extraction, extractor: Extractor) -> None:
    extraction("市司法局制定《养犬管理办法》(以下简称《办法》)。", extractor, issuer="岳阳市人民政府")
    assert extract(read.report, extractor) == read


def test_the_same_bytes_whatever_the_hash_seed() -> None:
    code = (
        "import sys, kg\nfrom kg.annotations import annotations\nfrom kg.build import sample_report\n"
        "read = kg.extract(sample_report(), kg.Extractor.load())\n"
        "sys.stdout.buffer.write(annotations(read) + repr((read.entities, read.statements, read.left_out)).encode())"
    )
    digests = set()
    for seed in ("0", "4242"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "LC_ALL": "C"}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
        assert len(done.stdout) > 100_000
        digests.add(hashlib.sha256(done.stdout).hexdigest())
    assert len(digests) == 1
