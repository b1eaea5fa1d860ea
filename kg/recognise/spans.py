"""Which spans are taken, and which of several nested ones count."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate
from typing import Protocol, TypeVar


class Placed(Protocol):
    """Anything with a half-open range of code points."""

    @property
    def start(self) -> int:
        """The first code point."""

    @property
    def end(self) -> int:
        """The code point after the last."""


_T = TypeVar("_T", bound=Placed)


class Spans:
    """A growing set of spans that answers whether one overlaps it or lies in one of it."""

    def __init__(self, spans: Iterable[tuple[int, int]] = ()) -> None:
        """Begin with `spans`, which may overlap."""
        self._spans = sorted(spans)
        self._starts = [start for start, _ in self._spans]
        # how far the spans up to each one reach: what begins early may end late
        self._reach = list(accumulate([end for _, end in self._spans], max))

    @classmethod
    def of(cls, things: Iterable[Placed]) -> Spans:
        """Take the places of `things`."""
        return cls([(thing.start, thing.end) for thing in things])

    def add(self, start: int, end: int) -> None:
        """Add a span."""
        at = bisect_left(self._spans, (start, end))
        self._spans.insert(at, (start, end))
        self._starts.insert(at, start)
        self._reach[at:] = accumulate([e for _, e in self._spans[at:]], max, initial=self._reach[at - 1] if at else 0)
        del self._reach[at]

    def overlaps(self, start: int, end: int) -> bool:
        """Whether ``start:end`` shares a character with one of the spans."""
        before = bisect_left(self._starts, end)
        return before > 0 and self._reach[before - 1] > start

    def hold(self, start: int, end: int) -> bool:
        """Whether ``start:end`` lies wholly in one of the spans."""
        before = bisect_left(self._starts, min(start + 1, end))
        return before > 0 and self._reach[before - 1] >= end

    def crossed(self, start: int, end: int) -> bool:
        """Whether ``start:end`` shares a character with one of the spans without holding it and more."""
        if not self.overlaps(start, end):
            return False
        return any(start < e and not (start <= s and e < end) for s, e in self._spans[: bisect_left(self._starts, end)])


def outermost(things: Iterable[_T]) -> list[_T]:
    """The things that begin in no other one, in text order, the longer of two that begin together."""
    kept: list[_T] = []
    for thing in sorted(things, key=lambda t: (t.start, -t.end)):
        if not kept or thing.start >= kept[-1].end:
            kept.append(thing)
    return kept
