"""The segmentation rules: kg/rules/segmentation.yaml as compiled patterns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from kg.errors import RuleError
from kg.read.rules import RuleFile, load_rules
from kg.sought import Sought


@dataclass(frozen=True, slots=True)
class Marker:
    """One way of numbering headings: its pattern, its level where no chapters are used, its rank in the hierarchy."""

    id: str
    pattern: re.Pattern[str]
    level: int
    rank: int


@dataclass(frozen=True, slots=True)
class SegmentationRules:
    """Everything `segment` knows about headings and line breaks. Build it once; it never changes."""

    markers: tuple[Marker, ...]
    any_marker: re.Pattern[str]  # all markers at once: groups m0… (the marker) and n0… (its number)
    sought_marker: Sought  # the same
    ranks: Mapping[str, int]  # marker id → rank
    heading_year: re.Pattern[str]
    heading_opener: re.Pattern[str]
    heading_tail: re.Pattern[str]
    whole_heading: re.Pattern[str]
    article_caption: re.Pattern[str]
    appendix: re.Pattern[str]
    attached_title: re.Pattern[str]
    sentence_end: Sought
    unfinished: tuple[str, ...]

    @classmethod
    def load(cls, *directories: str | Path) -> SegmentationRules:
        """Load the package's segmentation.yaml and those in `directories`, once per process; raises `RuleError`."""
        return _load(directories)

    @classmethod
    def of(cls, file: RuleFile) -> SegmentationRules:
        """Build the rules from a parsed rule file."""
        markers = tuple(_marker(*pattern, rank) for rank, pattern in enumerate(file.sets["marker"]))
        union = "|".join(
            f"(?P<m{m.rank}>{m.pattern.pattern.replace('(?P<number>', f'(?P<n{m.rank}>')})" for m in markers
        )
        any_marker = re.compile(union)
        tails, goes_on = (
            sorted(file.lists[k], key=lambda w: (-len(w), w)) for k in ("heading_tail", "heading_goes_on")
        )
        tail, goes_on_to = "|".join(map(re.escape, tails)), "|".join(map(re.escape, goes_on))
        wholes = sorted(file.lists["whole_heading"], key=lambda w: (-len(w), w))
        return cls(
            markers=markers,
            any_marker=any_marker,
            sought_marker=Sought(any_marker),
            ranks=MappingProxyType({m.id: m.rank for m in markers}),
            heading_year=file.one("heading-year"),
            heading_opener=file.one("heading-opener"),
            heading_tail=re.compile(rf"(?:{tail})(?!{tail}|{goes_on_to})"),
            whole_heading=re.compile(
                rf"(?:{'|'.join(map(re.escape, wholes))})(?!{tail}|{goes_on_to}|[ \t]*[,。;:!?\r\n])"
            ),
            article_caption=file.one("article-caption"),
            appendix=file.one("appendix"),
            attached_title=file.one("attached-title"),
            sentence_end=Sought(file.one("sentence-end")),
            unfinished=file.lists["unfinished"],
        )


def _marker(identity: str, pattern: re.Pattern[str], level: str, rank: int) -> Marker:
    if level not in ("1", "2", "3", "4", "5", "6") or "number" not in pattern.groupindex:
        raise RuleError(
            "a marker needs a level and a number",
            where=f"segmentation.yaml {identity}",
            hint="add type: '3' and a group (?P<number>…)",
        )
    return Marker(identity, pattern, int(level), rank)


@cache
def _load(directories: tuple[str | Path, ...]) -> SegmentationRules:
    return SegmentationRules.of(load_rules("segmentation.yaml", directories))
