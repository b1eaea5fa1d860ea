"""Records held against gold ones, kind by kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from kg.evaluate.alike import figure, loosely_same, normal, same_entity
from kg.evaluate.scores import Evaluation, Record, Score

Agree: TypeAlias = Callable[[Record, Record], bool]

_LOOSELY_NAMED = ("carriesOut", "basedOn")  # their objects are initiatives, whose names have no official form
TYPES = ("Department", "Regulation", "Initiative", "Indicator", "Place")


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
