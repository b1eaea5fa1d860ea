"""Annotations and baselines as files."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kg.errors import ReadError
from kg.evaluate.scores import Comparison, Evaluation, Record

_TOLERANCE = 1e-9  # of a figure's drop: rounding is no drop
_STRINGS = ("entity", "official", "name", "unit", "rule")  # of a record, where it has them


def read_records(path: Path) -> list[Record]:
    """Read annotations, one JSON object a line; ``ReadError`` names the line that is none or lacks its fields."""
    records: list[Record] = []
    try:
        # Not `splitlines`: JSON strings may hold U+2028 and the like, which end no line of such a file.
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else "not UTF-8"
        raise ReadError(
            f"标注文件无法读取 / cannot read annotations: {reason}", where=path.name or str(path), hint="检查路径"
        ) from fault
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{path.name} 第 {number} 行 (line {number})"
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as fault:
            reason = fault.msg if isinstance(fault, json.JSONDecodeError) else "too large or too deep"
            raise ReadError(f"不是 JSON / not JSON: {reason}", where=where, hint="每行一个 JSON 对象") from fault
        relation = isinstance(record, dict) and record.get("kind") == "relation"
        needed = {"predicate", "subject", "object"} if relation else {"type", "start", "end", "text"}
        lacking = needed - set(record) if isinstance(record, dict) else needed
        if lacking:
            raise ReadError(
                f"标注缺字段 / an annotation lacks {', '.join(sorted(lacking))}",
                where=where,
                hint="见 ANNOTATION.md 第 7 节",
            )
        if wrong := _wrong_fields(record):
            raise ReadError(
                f"标注的字段类型不对 / fields of an annotation have a wrong type: {', '.join(wrong)}",
                where=where,
                hint="start、end 为整数,其余为字符串 (offsets are integers, the others strings)",
            )
        records.append(record)
    return records


def _wrong_fields(record: Record) -> list[str]:
    """Return which fields that the figures use are not what they must be; optional ones may be null."""
    needed = ("predicate", "subject", "object") if record.get("kind") == "relation" else ("type", "text")
    wrong = [name for name in needed if not isinstance(record[name], str)]
    wrong += [name for name in _STRINGS if not isinstance(record.get(name), str | None)]
    if record.get("kind") != "relation":
        wrong += [name for name in ("start", "end") if type(record[name]) is not int or record[name] < 0]
    return wrong


def check_offsets(gold: Iterable[Record], text: str, where: str) -> None:
    """``ReadError`` where a gold mention is not at its place in `text`: then it belongs to another report."""
    for record in gold:
        if record.get("kind") != "relation" and text[record["start"] : record["end"]] != record["text"]:
            raise ReadError(
                f"标注与报告不符 / not of this report: [{record['start']}, {record['end']}) 应为 {record['text']!r}",
                where=where,
                hint="按 GOLD REPORT 的顺序成对给出 (give pairs: GOLD REPORT)",
            )


def as_values(evaluation: Evaluation) -> dict[str, Any]:
    """Return an evaluation as plain values: what ``--as json`` prints and ``--baseline`` reads."""
    return {
        "figures": {
            name: {
                "precision": score.precision,
                "recall": score.recall,
                "f1": score.f1,
                "hit": score.hit,
                "predicted": score.predicted,
                "gold": score.gold,
            }
            for name, score in evaluation.figures.items()
        },
        "rules": [
            {
                "kind": kind,
                "rule": rule,
                "hits": score.hit,
                "predictions": score.predicted,
                "precision": score.precision,
            }
            for (kind, rule), score in evaluation.rules.items()
        ],
        "hits": sorted(evaluation.hits),
        "spurious": sorted(evaluation.spurious),
    }


def compare(evaluation: Evaluation, baseline: Path) -> Comparison:
    """Compare with the JSON of an earlier evaluation; ``ReadError`` where the file is none.

    Gained: required cases newly met, false predictions no longer made; lost: the reverse. Cases are counted, so that
    the same case twice is two. A figure the baseline does not have cannot drop; one that is gone has dropped to 0.
    """
    try:
        before = json.loads(baseline.read_text(encoding="utf-8"))
        old_figures = {str(name): float(score["f1"]) for name, score in before["figures"].items()}
        old_hits, old_spurious = Counter(map(str, before["hits"])), Counter(map(str, before["spurious"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise ReadError(
            f"不是基线文件 / not a baseline: {fault}",
            where=baseline.name or str(baseline),
            hint="用 kg evaluate … --as json > FILE 生成 (make it with --as json)",
        ) from fault
    hits, spurious = Counter(evaluation.hits), Counter(evaluation.spurious)
    gained = [*_told("hit", hits - old_hits), *_told("no longer spurious", old_spurious - spurious)]
    lost = [*_told("missed", old_hits - hits), *_told("spurious", spurious - old_spurious)]
    now = {name: score.f1 for name, score in evaluation.figures.items()}
    dropped = {
        name: (old, now.get(name, 0.0)) for name, old in old_figures.items() if now.get(name, 0.0) < old - _TOLERANCE
    }
    return Comparison(tuple(gained), tuple(lost), MappingProxyType(dropped))


def _told(what: str, cases: Counter[str]) -> list[str]:
    return [f"{what}: {case}" for case in sorted(cases.elements())]
