"""Annotations against gold ones: precision, recall and F1 as the annotation guideline defines them.

Records are what `kg.annotations` writes: mentions and relations as dictionaries. An optional gold record never counts,
for or against. The figures of one document:

- ``T mention strict`` – same type, same start and end; ``T mention overlap`` – same type, spans overlap, one to one;
- ``T entity`` – the set of canonical names a type has in the document;
- ``Indicator value`` – value and unit agree on overlapping spans; ``Indicator value+name`` – the name too, loosely;
- ``relation`` – (predicate, subject, object), names compared loosely, each triple once; ``relation P`` – one predicate.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

from kg.errors import ReadError

Record: TypeAlias = Mapping[str, Any]
Agree: TypeAlias = Callable[[Record, Record], bool]

TYPES = ("Department", "Regulation", "Initiative", "Indicator", "Place")

_DROPPED = re.compile(r"[\s“”\"'‘’《》〈〉「」]|[(（](?:试行|草案|暂行|修订|征求意见稿)[)）]")
_NATIONAL = re.compile(r"^中华人民共和国(?=.*(?:法|法典|条例|宪法)$)")
_FIGURE = re.compile(r"(\d+(?:\.\d+)?)\s*(万亿|亿|万)?")
_MULTIPLIERS = {"万亿": 1e12, "亿": 1e8, "万": 1e4, "": 1.0}
_VARIANTS = str.maketrans({"％": "%", "（": "(", "）": ")", "－": "-", "—": "-"})
_LOOSELY_NAMED = ("carriesOut", "basedOn")  # their objects are initiatives, whose names have no official form
_TOLERANCE = 1e-9  # of a figure's drop: rounding is no drop
_STRINGS = ("entity", "official", "name", "unit", "rule")  # of a record, where it has them


@dataclass(frozen=True, slots=True)
class Score:
    """Hits, predictions and required gold records; the shares of them. Nothing predicted and nothing wanted is 1."""

    hit: int
    predicted: int
    gold: int

    def __add__(self, other: Score) -> Score:
        return Score(self.hit + other.hit, self.predicted + other.predicted, self.gold + other.gold)

    @property
    def precision(self) -> float:
        """The share of predictions that are right."""
        return self.hit / self.predicted if self.predicted else float(not self.gold)

    @property
    def recall(self) -> float:
        """The share of required records that are found."""
        return self.hit / self.gold if self.gold else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The scores of one document or several.

    `figures` by name; `rules` by (type, rule id): hits and predictions, `gold` being unused; `hits` and `spurious` name
    the required cases that were met and the predictions that count against; `faults` say in words what went wrong.
    """

    figures: Mapping[str, Score]
    rules: Mapping[tuple[str, str], Score]
    hits: tuple[str, ...]
    spurious: tuple[str, ...]
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """An evaluation beside an earlier one. `dropped` maps a figure to its F1 before and now."""

    gained: tuple[str, ...]
    lost: tuple[str, ...]
    dropped: Mapping[str, tuple[float, float]]


@dataclass(slots=True)
class _Tally:
    """What one document's comparison collects."""

    document: str
    figures: dict[str, Score] = field(default_factory=dict)
    rules: dict[tuple[str, str], Score] = field(default_factory=dict)
    hits: list[str] = field(default_factory=list)
    spurious: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def rule(self, kind: str, record: Record, hit: bool) -> None:
        key = (kind, str(record.get("rule", "")))
        self.rules[key] = self.rules.get(key, Score(0, 0, 0)) + Score(int(hit), 1, 0)

    def hit(self, case: str) -> None:
        self.hits.append(f"{self.document} {case}")

    def missed(self, case: str) -> None:
        self.faults.append(f"{self.document} missed {case}")

    def wrong(self, case: str) -> None:
        self.spurious.append(f"{self.document} {case}")
        self.faults.append(f"{self.document} spurious {case}")


def evaluate(gold: Iterable[Record], predicted: Iterable[Record], *, document: str = "") -> Evaluation:
    """Score one document's predicted records against its gold ones; `document` names it in the cases."""
    wanted, got = list(gold), list(predicted)
    tally = _Tally(document)
    for kind in TYPES:
        gold_mentions, mentions = _mentions(wanted, kind), _mentions(got, kind)
        if gold_mentions or mentions:
            _score_mentions(kind, gold_mentions, mentions, tally)
    gold_relations, relations = _relations(wanted), _relations(got)
    if gold_relations or relations:
        tally.figures["relation"] = _score_relations(gold_relations, relations, tally)
        for predicate in sorted({r["predicate"] for r in (*gold_relations, *relations)}):
            of_gold, of_predicted = (
                [r for r in part if r["predicate"] == predicate] for part in (gold_relations, relations)
            )
            tally.figures[f"relation {predicate}"] = _score_relations(of_gold, of_predicted, _Tally(document))
    return _evaluation(tally.figures, tally.rules, tally.hits, tally.spurious, tally.faults)


def merge(evaluations: Iterable[Evaluation]) -> Evaluation:
    """Micro-average over documents: counts are added, shares computed from the sums."""
    figures: dict[str, Score] = {}
    rules: dict[tuple[str, str], Score] = {}
    hits: list[str] = []
    spurious: list[str] = []
    faults: list[str] = []
    for one in evaluations:
        for name, score in one.figures.items():
            figures[name] = figures.get(name, Score(0, 0, 0)) + score
        for rule, score in one.rules.items():
            rules[rule] = rules.get(rule, Score(0, 0, 0)) + score
        hits += one.hits
        spurious += one.spurious
        faults += one.faults
    return _evaluation(figures, rules, hits, spurious, faults)


def _evaluation(
    figures: dict[str, Score],
    rules: dict[tuple[str, str], Score],
    hits: list[str],
    spurious: list[str],
    faults: list[str],
) -> Evaluation:
    ordered = MappingProxyType(dict(sorted(rules.items())))
    return Evaluation(MappingProxyType(figures), ordered, tuple(hits), tuple(spurious), tuple(faults))


def _mentions(records: Iterable[Record], kind: str) -> list[Record]:
    return [r for r in records if r.get("kind") != "relation" and r["type"] == kind]


def _relations(records: Iterable[Record]) -> list[Record]:
    return [r for r in records if r.get("kind") == "relation"]


# --- mentions ---------------------------------------------------------------------------------------------------------


def _score_mentions(kind: str, gold: Sequence[Record], predicted: Sequence[Record], tally: _Tally) -> None:
    strict = _pairs(gold, predicted, lambda g, p: (g["start"], g["end"]) == (p["start"], p["end"]))
    overlap = _pairs(gold, predicted, lambda g, p: True)
    tally.figures[f"{kind} mention strict"] = _count(gold, predicted, strict)
    tally.figures[f"{kind} mention overlap"] = _count(gold, predicted, overlap)
    _tell_mentions(kind, gold, predicted, overlap, tally)
    if kind == "Indicator":
        _score_figures(gold, predicted, overlap, tally)
        return
    tally.figures[f"{kind} entity"] = _score_entities(kind, gold, predicted, tally)
    hit, excused = _outcomes(gold, predicted, overlap)
    for number, record in enumerate(predicted):
        if number not in excused:
            tally.rule(kind, record, number in hit)


def _score_figures(
    gold: Sequence[Record], predicted: Sequence[Record], overlap: Sequence[tuple[int, int]], tally: _Tally
) -> None:
    valued = _pairs(gold, predicted, _same_value)
    named = {(i, j) for i, j in valued if loosely_same(gold[i].get("name"), predicted[j].get("name"))}
    with_value = _count(gold, predicted, valued)
    misnamed = [(i, j) for i, j in valued if not gold[i].get("optional") and (i, j) not in named]
    tally.figures["Indicator value"] = with_value
    tally.figures["Indicator value+name"] = Score(with_value.hit - len(misnamed), with_value.predicted, with_value.gold)
    _, excused = _outcomes(gold, predicted, valued)
    right = {j for _, j in named}
    for number, record in enumerate(predicted):
        if number not in excused:
            tally.rule("Indicator", record, number in right)
    for i, _ in sorted(named):
        if not gold[i].get("optional"):
            tally.hit(f"figure {_place(gold[i])} {gold[i].get('name')}")
    met = {i for i, _ in valued}
    for i, j in overlap:
        if i not in met and not gold[i].get("optional"):
            said, read = (f"{r.get('value')} {r.get('unit')}" for r in (gold[i], predicted[j]))
            tally.faults.append(f"{tally.document} value of {_place(gold[i])}: {said}, got {read}")
    for i, j in misnamed:
        names = gold[i].get("name"), predicted[j].get("name")
        tally.faults.append(f"{tally.document} name of {_place(gold[i])}: {names[0]}, got {names[1]}")


def _tell_mentions(
    kind: str,
    gold: Sequence[Record],
    predicted: Sequence[Record],
    pairs: Sequence[tuple[int, int]],
    tally: _Tally,
) -> None:
    met = {i for i, _ in pairs}
    for number, record in enumerate(gold):
        if record.get("optional"):
            continue
        case = f"{kind} {_place(record)}"
        if number in met:
            tally.hit(case)
        else:
            tally.missed(f"{case} -> {record.get('entity') or record.get('name')}")
    hit, excused = _outcomes(gold, predicted, pairs)
    for number, record in enumerate(predicted):
        if number not in hit and number not in excused:
            tally.wrong(f"{kind} {_place(record)}")


def _place(record: Record) -> str:
    return f"{record['start']}-{record['end']} {record['text']}"


def _pairs(gold: Sequence[Record], predicted: Sequence[Record], agree: Agree) -> list[tuple[int, int]]:
    """Pair one to one: exact spans first, required gold before optional, then the largest overlap."""
    options = []
    for i, g in enumerate(gold):
        for j, p in enumerate(predicted):
            overlap = min(g["end"], p["end"]) - max(g["start"], p["start"])
            if overlap > 0 and agree(g, p):
                exact = (g["start"], g["end"]) == (p["start"], p["end"])
                options.append((not exact, bool(g.get("optional")), -overlap, i, j))
    used_gold: set[int] = set()
    used: set[int] = set()
    pairs = []
    for *_, i, j in sorted(options):
        if i not in used_gold and j not in used:
            used_gold.add(i)
            used.add(j)
            pairs.append((i, j))
    return pairs


def _outcomes(
    gold: Sequence[Record], predicted: Sequence[Record], pairs: Iterable[tuple[int, int]]
) -> tuple[set[int], set[int]]:
    """Return which predictions are hits and which are excused: paired with an optional record, or inside one."""
    hit: set[int] = set()
    excused: set[int] = set()
    for i, j in pairs:
        (excused if gold[i].get("optional") else hit).add(j)
    optional = [g for g in gold if g.get("optional")]
    for number, p in enumerate(predicted):
        if number not in hit and any(g["start"] <= p["start"] and p["end"] <= g["end"] for g in optional):
            excused.add(number)
    return hit, excused


def _count(gold: Sequence[Record], predicted: Sequence[Record], pairs: Sequence[tuple[int, int]]) -> Score:
    hit, excused = _outcomes(gold, predicted, pairs)
    return Score(len(hit), len(predicted) - len(excused), sum(not g.get("optional") for g in gold))


def _same_value(gold: Record, predicted: Record) -> bool:
    """Return whether value and unit agree; two ranks without a number agree."""
    wanted, got = gold.get("value"), predicted.get("value")
    if wanted is None or got is None:
        return wanted is got
    try:
        near = abs(float(wanted) - float(got)) <= 1e-9 * max(1.0, abs(float(wanted)))
    except (TypeError, ValueError):
        return False
    return near and normal(gold.get("unit")) == normal(predicted.get("unit"))


# --- entities ---------------------------------------------------------------------------------------------------------


def _score_entities(kind: str, gold: Sequence[Record], predicted: Sequence[Record], tally: _Tally) -> Score:
    required = sorted({_entity(m) for m in gold if not m.get("optional")})
    optional = {_entity(m) for m in gold if m.get("optional")}
    optional |= {normal(m["official"]) for m in gold if m.get("official")}
    names = sorted({_entity(m) for m in predicted})
    free = list(names)
    hit = excused = 0
    for want in required:
        got = want if want in free else next((n for n in free if same_entity(n, want)), None)
        if got is None:
            tally.missed(f"{kind} entity {want}")
        else:
            free.remove(got)
            hit += 1
            tally.hit(f"{kind} entity {want}")
    for name in free:
        if any(same_entity(name, other) for other in optional):
            excused += 1
        else:
            tally.wrong(f"{kind} entity {name}")
    return Score(hit, len(names) - excused, len(required))


def _entity(mention: Record) -> str:
    return normal(mention.get("entity") or mention["text"])


def normal(name: str | None) -> str:
    """Return a name without quotation marks, brackets, blanks and status; brackets and dashes of one width.

    >>> normal("《关于“一件事”改革的意见（试行）》")
    '关于一件事改革的意见'
    """
    return _NATIONAL.sub("", _DROPPED.sub("", name or "").translate(_VARIANTS))


def loosely_same(one: str | None, other: str | None) -> bool:
    """Return whether one name holds the other, or half of their characters are common (F1 of at least 0.5)."""
    a, b = normal(one), normal(other)
    return bool(a and b) and (a in b or b in a or _common(a, b) >= 0.5)


def same_entity(one: str | None, other: str | None) -> bool:
    """Return whether two canonical names are equal or nearly so (F1 of their characters at least 0.8)."""
    a, b = normal(one), normal(other)
    return a == b or (bool(a and b) and _common(a, b) >= 0.8)


def _common(a: str, b: str) -> float:
    return 2 * (Counter(a) & Counter(b)).total() / (len(a) + len(b))


# --- relations --------------------------------------------------------------------------------------------------------


def _score_relations(gold: Sequence[Record], predicted: Sequence[Record], tally: _Tally) -> Score:
    wanted, free = _distinct(gold), _distinct(predicted)
    total, hit, excused = len(free), 0, 0
    for record in sorted(wanted, key=lambda r: bool(r.get("optional"))):
        number = next((n for n, p in enumerate(free) if _same_relation(record, p)), None)
        if number is None:
            if not record.get("optional"):
                tally.missed(f"relation {_triple(record)}")
            continue
        got = free.pop(number)
        if record.get("optional"):
            excused += 1
        else:
            hit += 1
            tally.hit(f"relation {_triple(record)}")
            tally.rule("relation", got, True)
    for record in free:
        tally.wrong(f"relation {_triple(record)}")
        tally.rule("relation", record, False)
    return Score(hit, total - excused, sum(not r.get("optional") for r in wanted))


def _triple(relation: Record) -> str:
    return f"{relation['subject']} -{relation['predicate']}-> {relation['object']}"


def _distinct(relations: Iterable[Record]) -> list[Record]:
    """Return each triple once, the first record that says it."""
    first: dict[tuple[str, str, str], Record] = {}
    for r in relations:
        first.setdefault((r["predicate"], normal(r["subject"]), normal(r["object"])), r)
    return list(first.values())


def _same_relation(gold: Record, predicted: Record) -> bool:
    if gold["predicate"] != predicted["predicate"]:
        return False
    if gold["predicate"] == "measures":
        said, got = (str(r["subject"]).partition("|")[0] for r in (gold, predicted))
        wanted = figure(said)
        same = wanted == figure(got) if wanted is not None else normal(said) == normal(got)
        return same and loosely_same(gold["object"], predicted["object"])
    objects = loosely_same if gold["predicate"] in _LOOSELY_NAMED else same_entity
    return same_entity(gold["subject"], predicted["subject"]) and objects(gold["object"], predicted["object"])


def figure(text: str | None) -> float | None:
    """Return the number in a value expression with 万 and 亿 expanded; None where it has no digits.

    >>> figure("近1,200万人")
    12000000.0
    """
    match = _FIGURE.search((text or "").replace(",", "").replace("，", ""))
    return round(float(match[1]) * _MULTIPLIERS[match[2] or ""], 6) if match else None


# --- files and baselines ----------------------------------------------------------------------------------------------


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
