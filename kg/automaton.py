"""Aho-Corasick automata that can be kept in a file: they are built anew from their words when they are read."""

from __future__ import annotations

from collections.abc import Sequence

import ahocorasick_rs


class Automaton:
    """Many words, sought in one pass over a text; where several begin at one place, the longest."""

    def __init__(self, words: Sequence[str]) -> None:
        """Build it; a word is known by its number in `words`."""
        self._words = tuple(words)
        automaton = ahocorasick_rs.AhoCorasick(
            self._words, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest, store_patterns=False
        )
        #: Gives number, start and end of each word of a text, leftmost longest, disjoint.
        self.find_matches_as_indexes = automaton.find_matches_as_indexes

    def __reduce__(self) -> tuple[type[Automaton], tuple[tuple[str, ...]]]:
        """Keep the words."""
        return Automaton, (self._words,)
