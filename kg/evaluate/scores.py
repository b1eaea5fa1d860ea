"""What an evaluation gives: hits, predictions and gold records of each figure, and what changed since a baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Record: TypeAlias = Mapping[str, Any]  # a mention or a relation, as `kg.annotations` writes it


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
