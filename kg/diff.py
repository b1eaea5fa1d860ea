"""What changed between two graphs, by entity, relation and figure: two years, or one report under new rules."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from kg.errors import GraphError
from kg.explain import kind_name, modality_name, predicate_name
from kg.facts import Facts, load

if TYPE_CHECKING:
    from kg.extract import Extractor

#: Heading of each part of a difference, in Chinese and English, in the order in which they are told.
_PARTS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("entities", "added"): ("新增实体", "Entities added"),
    ("entities", "removed"): ("消失的实体", "Entities removed"),
    ("entities", "renamed"): ("改名的实体", "Entities renamed"),
    ("relations", "added"): ("新增关系", "Relations added"),
    ("relations", "removed"): ("消失的关系", "Relations removed"),
    ("relations", "modality"): ("情态变化", "Modality changed"),
    ("figures", "added"): ("新增指标", "Figures added"),
    ("figures", "removed"): ("消失的指标", "Figures removed"),
    ("figures", "changed"): ("数值变化", "Figures changed"),
}


def diff(old: str | Path, new: str | Path, extractor: Extractor | None = None) -> dict[str, Any]:
    """Compare two graph files or report texts; ``GraphError`` and ``ReadError`` as reading them gives.

    Keys: ``entities`` (added, removed, renamed), ``relations`` (added, removed, modality), ``figures`` (added, removed,
    changed), ``evidence_changed`` (how many relations only rest on other words) and ``same``. Everything is sorted.
    """
    return compare(load(old, extractor), load(new, extractor))


def compare(old: Facts, new: Facts) -> dict[str, Any]:
    """Compare two indexed graphs; see `diff`."""
    relations, evidence = _relations(old, new)
    told: dict[str, Any] = {"entities": _entities(old, new), "relations": relations, "figures": _figures(old, new)}
    told["evidence_changed"] = evidence
    told["same"] = not evidence and not any(told[group][kind] for group, kind in _PARTS)
    return told


def _entities(old: Facts, new: Facts) -> dict[str, list[dict[str, str]]]:
    before, after = ({iri: (kind, facts.label(iri)) for kind, iri in facts.entities()} for facts in (old, new))
    return {
        "added": _named(after, after.keys() - before.keys()),
        "removed": _named(before, before.keys() - after.keys()),
        "renamed": sorted(
            (
                {"class": after[iri][0], "old": before[iri][1], "new": after[iri][1]}
                for iri in before.keys() & after.keys()
                if before[iri][1] != after[iri][1]
            ),
            key=_order,
        ),
    }


def _named(names: Mapping[str, tuple[str, str]], iris: set[str]) -> list[dict[str, str]]:
    return sorted(({"class": names[iri][0], "name": names[iri][1]} for iri in iris), key=_order)


def _order(row: Mapping[str, Any]) -> list[str]:
    return [str(value) for value in row.values()]


_Edge = tuple[str, str, str]


def _relations(old: Facts, new: Facts) -> tuple[dict[str, list[dict[str, Any]]], int]:
    """Return the differences of relations, and how many of them rest on other words; figures are told apart."""
    before, after = _edges(old), _edges(new)
    both = before.keys() & after.keys()
    told = {
        "added": [_edge(new, key, modality=after[key][0]) for key in after.keys() - before.keys()],
        "removed": [_edge(old, key, modality=before[key][0]) for key in before.keys() - after.keys()],
        "modality": [
            _edge(new, key, old=before[key][0], new=after[key][0]) for key in both if before[key][0] != after[key][0]
        ],
    }
    evidence = sum(before[key][0] == after[key][0] and before[key][1] != after[key][1] for key in both)
    return {name: sorted(rows, key=_order) for name, rows in told.items()}, evidence


def _edges(facts: Facts) -> dict[_Edge, tuple[list[str], list[str]]]:
    """Relation → its modalities and the words it rests on; statements of several reports are one relation."""
    found: dict[_Edge, tuple[set[str], set[str]]] = {}
    for iri, subject, predicate, value in facts.statements():
        if predicate != "measures":
            modalities, words = found.setdefault((subject, predicate, value), (set(), set()))
            modalities.update(facts.all(iri, "kg:modality"))
            words.update(facts.one(clause, "nif:anchorOf") for clause in facts.all(iri, "kg:evidence"))
    return {key: (sorted(modalities), sorted(words)) for key, (modalities, words) in found.items()}


def _edge(facts: Facts, key: _Edge, **more: Sequence[str]) -> dict[str, Any]:
    subject, predicate, value = key
    return {"subject": facts.label(subject), "predicate": predicate, "object": facts.label(value), **more}


def _figures(old: Facts, new: Facts) -> dict[str, list[dict[str, Any]]]:
    before, after = _values(old), _values(new)
    told: dict[str, list[dict[str, Any]]] = {"added": [], "removed": [], "changed": []}
    for key in sorted(before.keys() | after.keys()):
        indicator, scope, _ = key
        was, now = list(before.get(key, [])), list(after.get(key, []))
        for value in tuple(was):
            same = next((other for other in now if other[0] == value[0]), None)
            if same is not None:  # however it is written: 5830 家, 5830家
                was.remove(value)
                now.remove(same)
        row = {"indicator": indicator, "scope": scope}
        # Several figures of one name and scope are paired in the order of the text.
        told["changed"] += [{**row, "old": a[1], "new": b[1]} for a, b in zip(was, now, strict=False)]
        told["removed"] += [{**row, "value": value[1]} for value in was[len(now) :]]
        told["added"] += [{**row, "value": value[1]} for value in now[len(was) :]]
    return told


_Figure = tuple[tuple[str, str, str, str], str]  # value, unit, bound, rank: what makes two figures equal; as written


def _values(facts: Facts) -> dict[tuple[str, str, str], list[_Figure]]:
    """Indicator, scope and key of the indicator → its figures in the order of the text."""
    found: dict[tuple[str, str, str], list[tuple[int, _Figure]]] = defaultdict(list)
    for iri in facts.kinds.get("Observation", []):
        indicator = facts.one(iri, "kg:indicator")
        begin = min((int(facts.one(e, "nif:beginIndex") or 0) for e in facts.all(iri, "kg:evidence")), default=0)
        rank = "、".join(facts.label(claim) for claim in facts.all(iri, "kg:rankClaim"))
        raw = facts.one(iri, "kg:rawValue")
        value = facts.one(iri, "sdmx-measure:obsValue")
        equal = (value or raw, facts.one(iri, "kg:unitText"), facts.one(iri, "kg:bound"), rank)
        shown = f"{raw}({rank})" if rank and rank != raw else raw
        modality = facts.one(iri, "kg:modality")
        shown += f" [{modality}]" if modality != "reported" else ""
        key = (facts.label(indicator), facts.one(iri, "kg:scopeText"), indicator)
        found[key].append((begin, ((*equal[:3], f"{rank}|{modality}"), shown)))
    return {key: [figure for _, figure in sorted(rows)] for key, rows in found.items()}


def as_text(told: Mapping[str, Any], *, lang: Literal["zh", "en"] = "zh", markdown: bool = False) -> str:
    """Return a difference in words, as lines or as Markdown; ``GraphError`` for another language."""
    if lang not in ("zh", "en"):
        raise GraphError(f"没有这种语言 / no such language: {lang}", where="--lang", hint="zh, en")
    return "\n".join(_lines(told, ("zh", "en").index(lang), markdown)) + "\n"


def _lines(told: Mapping[str, Any], lang: int, markdown: bool) -> Iterator[str]:
    if told["same"]:
        yield ("没有差别", "No difference")[lang]
        return
    for (group, kind), heading in _PARTS.items():
        rows = told[group][kind]
        if rows:
            yield f"## {heading[lang]} ({len(rows)})\n" if markdown else f"{heading[lang]} ({len(rows)})"
            told_rows = (_row(row, lang) for row in rows)
            yield from (f"- {_plain(row, markdown)}" if markdown else f"  {_plain(row)}" for row in told_rows)
            if markdown:
                yield ""
    if told["evidence_changed"]:
        count = told["evidence_changed"]
        yield (f"另有 {count} 条关系只是依据的原文变了", f"{count} more relations only rest on other words")[lang]


def _row(row: Mapping[str, Any], lang: int) -> str:
    """Return one difference in words: in Chinese the names of classes, edges and modalities, else their codes."""
    if "predicate" in row:
        edge = row["predicate"] if lang else predicate_name(row["predicate"]) or row["predicate"]
        told = f"{row['subject']} —[{edge}]→ {row['object']}"
        if "old" in row:
            return f"{told}: {_modalities(row['old'], lang)} → {_modalities(row['new'], lang)}"
        return told if row["modality"] == ["reported"] else f"{told} [{_modalities(row['modality'], lang)}]"
    if "class" in row:
        kind = row["class"] if lang else kind_name(row["class"])
        return f"{kind}: " + (f"{row['old']} → {row['new']}" if "old" in row else row["name"])
    name = row["indicator"] + (f" ({row['scope']})" if row["scope"] else "")
    values = [row["old"], row["new"]] if "old" in row else [row["value"]]
    return f"{name}: " + " → ".join(value if lang else _MARKED.sub(_in_chinese, value) for value in values)


_MARKED = re.compile(r" \[(planned|required|problem)\]$")  # what is not simply so is marked behind a figure


def _in_chinese(match: re.Match[str]) -> str:
    return f" [{modality_name(match[1])}]"


def _modalities(codes: Sequence[str], lang: int) -> str:
    return "/".join(code if lang else modality_name(code) for code in codes)


def _plain(text: str, markdown: bool = False) -> str:
    """Return text that cannot break the layout, drive a terminal or become markup."""
    line = "".join(character if character.isprintable() else " " for character in text)
    if markdown:
        line = line.replace("&", "&amp;").replace("<", "&lt;")
        for mark in "\\`*_[]|":
            line = line.replace(mark, f"\\{mark}")
    return line
