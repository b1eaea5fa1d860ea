"""How well the rules do on reports they were not written from: invented ones, and pages of real ones where they lie.

The invented reports are in the repository, so that a rule which helps one report and harms the others is seen in CI.
`tests/baseline-invented.json` is made by::

    kg evaluate $(for g in tests/gold/invented/*.gold.jsonl; do echo $g ${g%.gold.jsonl}.txt; done) --as json
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.annotations import annotations as lines_of
from kg.evaluate import Evaluation, compare, evaluate, merge, read_records
from kg.extract import Extractor, extract
from kg.read import read

ROOT = Path(__file__).resolve().parent.parent
INVENTED = sorted((ROOT / "tests" / "gold" / "invented").glob("*.gold.jsonl"))
PAGES = sorted((ROOT / "tests" / "gold" / "pages").glob("*.jsonl"))
CORPUS = ROOT.parent / "shared" / "corpus"
BASELINE = ROOT / "tests" / "baseline-invented.json"

#: The least F1 over all invented reports together.
LEAST = {
    "Department mention overlap": 0.94,
    "Department entity": 0.88,
    "Regulation mention overlap": 0.94,
    "Regulation entity": 0.92,
    "Initiative mention overlap": 0.86,
    "Initiative entity": 0.78,
    "Indicator mention overlap": 0.97,
    "Indicator value": 0.96,
    "Indicator value+name": 0.92,
    "relation": 0.74,
}

Values = dict[str, Any]


def predicted(path: Path, extractor: Extractor) -> list[Values]:
    lines = lines_of(extract(read(path), extractor)).decode().splitlines()
    return [json.loads(line) for line in lines if line]


@pytest.fixture(scope="module")
def invented(extractor: Extractor) -> dict[str, Evaluation]:
    found = {}
    for gold in INVENTED:
        name = gold.name.removesuffix(".gold.jsonl")
        text = gold.with_name(f"{name}.txt")
        found[name] = evaluate(read_records(gold), predicted(text, extractor), document=text.name)
    return found


def test_there_are_reports_of_every_level_and_kind() -> None:
    assert len(INVENTED) >= 13
    assert len(PAGES) >= 8
    for gold in INVENTED:
        records = read_records(gold)
        text = gold.with_name(f"{gold.name.removesuffix('.gold.jsonl')}.txt").read_text(encoding="utf-8")
        mentions = [r for r in records if r.get("kind") != "relation"]
        assert len(mentions) >= 100
        assert all(text[m["start"] : m["end"]] == m["text"] for m in mentions)


@pytest.mark.parametrize("figure", LEAST)
def test_invented_reports_are_read_well(figure: str, invented: dict[str, Evaluation]) -> None:
    together = merge(invented.values())
    assert together.figures[figure].f1 >= LEAST[figure], "\n".join(together.faults[:40])


def test_no_invented_report_fails(invented: dict[str, Evaluation]) -> None:
    for name, one in invented.items():
        assert one.figures["Indicator value"].f1 >= 0.93, name
        assert one.figures["Department mention overlap"].f1 >= 0.8, name


def test_the_baseline_of_the_invented_reports_sees_a_drop(invented: dict[str, Evaluation]) -> None:
    found = compare(merge(invented.values()), BASELINE)
    assert not found.dropped, f"{dict(found.dropped)}\n" + "\n".join(found.lost[:40])


def pages() -> Iterator[tuple[Path, Values, list[Values]]]:
    for path in PAGES:
        head, *records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        yield path, head, records


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the real reports stay out of the repository")
def test_pages_of_real_reports(extractor: Extractor) -> None:
    scores = []
    for path, head, records in pages():
        source = CORPUS / head["file"]
        text = source.read_bytes().decode()  # not read_text: offsets count every character as stored
        assert hashlib.sha256(text.encode()).hexdigest() == head["sha256"], path.name
        for record in records:
            if record["kind"] == "mention":
                record["text"] = text[record["start"] : record["end"]]
        inside = [r for r in predicted(source, extractor) if _within(r, head["start"], head["end"])]
        scores.append(evaluate(records, inside, document=path.stem))
    together = merge(scores)
    assert together.figures["Department mention overlap"].f1 >= 0.93
    assert together.figures["Regulation mention overlap"].f1 >= 0.85
    assert together.figures["Initiative mention overlap"].f1 >= 0.75
    assert together.figures["Indicator value+name"].f1 >= 0.9


def _within(record: Values, start: int, end: int) -> bool:
    low, high = record["evidence"] if record["kind"] == "relation" else (record["start"], record["end"])
    return bool(start <= low and high <= end)
