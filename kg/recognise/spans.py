"""Which spans are taken, and which of several nested ones count."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
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
        self._longest = max((end - start for start, end in self._spans), default=0)

    @classmethod
    def of(cls, things: Iterable[Placed]) -> Spans:
        """Take the places of `things`."""
        return cls((thing.start, thing.end) for thing in things)

    def add(self, start: int, end: int) -> None:
        """Add a span."""
        insort(self._spans, (start, end))
        self._longest = max(self._longest, end - start)

    def overlaps(self, start: int, end: int) -> bool:
        """Whether ``start:end`` shares a character with one of the spans."""
        return any(start < e for _, e in self._near(start, end))

    def hold(self, start: int, end: int) -> bool:
        """Whether ``start:end`` lies wholly in one of the spans."""
        return any(s <= start and end <= e for s, e in self._near(start, end))

    def crossed(self, start: int, end: int) -> bool:
        """Whether ``start:end`` shares a character with one of the spans without holding it and more."""
        return any(start < e and not (start <= s and e < end) for s, e in self._near(start, end))

    def _near(self, start: int, end: int) -> list[tuple[int, int]]:
        """The spans that may share a character with ``start:end``: they begin before its end and not too early."""
        spans = self._spans
        return spans[bisect_left(spans, (start - self._longest,)) : bisect_left(spans, (end,))]


def outermost(things: Iterable[_T]) -> list[_T]:
    """The things that begin in no other one, in text order, the longer of two that begin together."""
    kept: list[_T] = []
    for thing in sorted(things, key=lambda t: (t.start, -t.end)):
        if not kept or thing.start >= kept[-1].end:
            kept.append(thing)
    return kept
