"""The summary: what it counts, that nothing is missing from it, how it is written."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from kg import __version__
from kg.build import Built, read_report
from kg.coverage import REASONS
from kg.extract import Extractor, extract
from kg.model import Extraction, Kind, Span
from kg.read import read_text
from kg.summary import reason_text, summary
from kg.text import bracketed, fold
from kg.validate import Finding

NUMBER = re.compile(r"\d(?:[\d,]*\d)?(?:\.\d+)?")


def test_report_and_program(sample: Built) -> None:
    values = json.loads(sample.files["lianyungang-2020.summary.json"])
    assert set(values) == {"program", "report", "counts", "unresolved", "coverage", "findings", "audit"}
    assert values["program"] == {
        "name": "govkg",
        "version": __version__,
        "rules_digest": values["program"]["rules_digest"],
    }
    assert re.fullmatch("[0-9a-f]{64}", values["program"]["rules_digest"])
    report = values["report"]
    assert report["file"] == "lianyungang-2020.txt"
    assert report["issuer"] == {"name": "连云港市人民政府", "adcode": "320700"}
    assert report["issued"] == "2021-02-26"
    assert report["year"] == 2020
    assert report["fields"]["doc_number"] == "连政发〔2021〕14号"
    assert report["fields"]["index_number"] == "k12498411/2021-00020"
    assert report["sha256"] == sample.extraction.report.sha256
    assert report["characters"] == len(sample.extraction.report.text)


def test_counts_are_those_of_the_extraction(sample: Built) -> None:
    extraction = sample.extraction
    counts = summary(extraction, version="1", rules_digest="d")["counts"]
    assert sum(counts["mentions"].values()) == len(extraction.mentions) > 200
    assert sum(counts["entities"].values()) == len(extraction.entities)
    assert set(counts["mentions"]) == {kind.value for kind in Kind}
    assert counts["mentions"]["Indicator"] == counts["observations"]["total"] == len(extraction.observations)
    for key in ("by_predicate", "by_modality"):
        assert sum(counts["statements"][key].values()) == counts["statements"]["total"] == len(extraction.statements)
    assert counts["statements"]["evidence"] >= counts["statements"]["total"]
    assert counts["recognitions"] == len(extraction.recognitions)
    assert counts["observations"]["with_rank"] >= 1


def check_coverage(extraction: Extraction) -> int:
    """Every number and every outermost 《》 is either in the graph or listed with a reason; return how many."""
    text = fold(extraction.report.text)
    coverage = summary(extraction, version="1", rules_digest="d")["coverage"]
    numbers = len(NUMBER.findall(text))
    titles = sum(b.kind == "《" and b.depth == 0 for b in bracketed(text))
    assert coverage["number"]["in_graph"] + coverage["number"]["left_out"] == numbers
    assert coverage["title"]["in_graph"] + coverage["title"]["left_out"] == titles
    for what in ("number", "title"):
        listed = [item for item in coverage["left_out"] if item["what"] == what]
        assert len(listed) == coverage[what]["left_out"]
        assert sum(reason["count"] for reason in coverage[what]["by_reason"].values()) == len(listed)
    for item in coverage["left_out"]:
        assert extraction.report.text[item["start"] : item["end"]] == item["text"]
        assert (item["reason_zh"], item["reason_en"]) == REASONS[item["reason"]]
    check_places(extraction, coverage)
    return numbers + titles


#: As the issue writes it; a comma that ends the clause (`411,`) is matched with the number and is no part of it.
WRITTEN = re.compile(r"\d[\d,]*(\.\d+)?")


def check_places(extraction: Extraction, coverage: dict[str, Any]) -> None:
    """Place by place: in the span of a figure, a rank or a name, or listed exactly once; and nothing else is listed."""
    text = fold(extraction.report.text)
    figures = [o.span for o in extraction.observations] + [o.rank.span for o in extraction.observations if o.rank]
    names = [mention.span for mention in extraction.mentions]
    numbers = [Span(m.start(), m.start() + len(m.group().rstrip(","))) for m in WRITTEN.finditer(text)]
    titles = [b.span for b in bracketed(text) if b.kind == "《" and b.depth == 0]
    for what, spans, holders in (("number", numbers, figures), ("title", titles, names)):
        listed = [Span(x["start"], x["end"]) for x in coverage["left_out"] if x["what"] == what]
        assert len(set(listed)) == len(listed)
        missing = [span for span in spans if not any(holder.contains(span) for holder in holders)]
        assert sorted(listed) == sorted(missing)


def test_every_reason_is_said_in_both_languages() -> None:
    for zh, en in REASONS.values():
        assert any("\u4e00" <= c <= "\u9fff" for c in zh)
        assert en.isascii()
        assert len(en) >= 4


def test_nothing_is_left_out_in_silence(sample: Built) -> None:
    assert check_coverage(sample.extraction) >= 150


def test_a_number_in_a_rank_is_in_the_graph(extractor: Extractor) -> None:
    extraction = extract(read_text("连云港市数据实时共享率98.96%、居全省第2位。", "x.txt"), extractor)
    assert any(o.rank is not None and o.quantity.value is not None for o in extraction.observations)
    assert check_coverage(extraction) == 2
    assert not extraction.left_out


def test_nothing_is_left_out_in_silence_elsewhere(shared: Path, extractor: Extractor) -> None:
    reports = sorted((shared / "corpus").glob("*.txt"))
    assert len(reports) >= 40
    assert sum(check_coverage(extract(read_report(path), extractor)) for path in reports[::4]) > 1000


@pytest.mark.parametrize(
    ("text", "number", "reason"),
    [
        ("2021年2月印发通知。", "2021", "date"),
        ("连云港市推进第3次会议。", "3", "ordinal"),
        ("连云港市印发《关于2018年工作的意见》。", "2018", "in-title"),
        ("连云港市推进“1+4”改革。", "1", "in-name"),
        ("连云港市办理案件411。", "411", "no-unit"),
    ],
)
def test_reasons(extractor: Extractor, text: str, number: str, reason: str) -> None:
    coverage = summary(extract(read_text(text, "x.txt"), extractor), version="1", rules_digest="d")["coverage"]
    assert reason in {item["reason"] for item in coverage["left_out"] if item["text"] == number}


def test_unresolved_mentions_name_their_candidates(extractor: Extractor) -> None:
    """鼓楼区 is a district of four cities; a text that does not say which leaves it open."""
    extraction = extract(read_text("鼓楼区被评为示范区。", "x.txt"), extractor)
    assert extraction.unresolved, "the case has gone: choose another ambiguous place"
    first = summary(extraction, version="1", rules_digest="d")["unresolved"][0]
    assert first["text"] == "鼓楼区"
    assert (first["start"], first["end"], first["class"]) == (0, 3, "Place")
    assert len(first["candidates"]) >= 2


def test_findings_are_counted(sample: Built) -> None:
    finding = Finding("warning", "f", None, None, "m", "s")
    values = summary(sample.extraction, version="1", rules_digest="d", findings=[finding, finding])
    assert values["findings"] == {"violation": 0, "warning": 2, "info": 0}


def test_written_form(sample: Built) -> None:
    data = sample.files["lianyungang-2020.summary.json"]
    text = data.decode()
    assert text.endswith("}\n")
    assert "\r" not in text
    assert "连云港市人民政府" in text  # not \u escapes
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def test_an_unknown_reason_speaks_for_itself() -> None:
    assert reason_text("new-reason") == ("new-reason", "new-reason")
