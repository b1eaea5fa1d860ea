"""Where words begin and end, by jieba's dictionary and algorithm.

The segmenter advises on boundaries and never owns an offset. `rjieba` is jieba-rs: the same dictionary and the same
hidden Markov model in Rust, 0.1 s to start where jieba needs 0.6 to 0.9 s; jieba itself stands in where `rjieba` has no
wheel. `tests/test_words.py` holds the two together.
"""

from __future__ import annotations

import logging
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate

_NUMBER = re.compile(r"\d+(?:\.\d+)?%?", re.ASCII)


class Words:
    """The words of one text: `starts[i]` is the first code point of word `i`.

    Few words are ever asked for their part of speech, so it is told only then.
    """

    def __init__(self, text: str, words: Sequence[str], tags: Callable[[str], Mapping[str, str]]) -> None:
        """Take the words that `text` consists of; `tags` gives the words of a text with their parts of speech."""
        places = list(accumulate(map(len, words), initial=0))
        # first code point → number of the word; the text's end counts as a word without a tag
        self.index = dict(zip(places, range(len(places)), strict=True))
        self.length = places.pop()
        self.starts = places
        self._text = text
        self._words = words
        self._tags = tags
        self._known: dict[str, str] = {}

    def boundary(self, at: int) -> bool:
        """Whether a word begins (or the text ends) at `at`."""
        return at in self.index

    def tag_at(self, at: int) -> str:
        """The part of speech of the word that begins at `at`, empty where none begins there."""
        number = self.index.get(at)
        return "" if number is None or number == len(self._words) else self.tag(number)

    def tag_before(self, at: int) -> str:
        """The part of speech of the word that ends at `at`, empty where none does or the text begins."""
        number = self.index.get(at, 0)
        return self.tag(number - 1) if number else ""

    def word_over(self, at: int) -> int:
        """Where the word that holds the character at `at` begins."""
        return self.starts[bisect_right(self.starts, at) - 1]

    def end_of(self, at: int) -> int:
        """The end of the word that begins at `at`; `at` itself where none does."""
        number = self.index.get(at)
        return at if number is None or number == len(self._words) else at + len(self._words[number])

    def tag(self, number: int) -> str:
        """The part of speech of word `number`."""
        word = self._words[number]
        tag = self._known.get(word)
        if tag is None:
            alone = self._tags(word)
            if word not in alone:  # only beside others is it one word
                self._known.update(self._tags(self._text))
            else:
                self._known[word] = alone[word]
            tag = self._known[word]
        return tag


def cut(text: str) -> Words:
    """Cut `text` into words; put together they are the text."""
    try:
        import rjieba
    except ImportError:  # no wheel for this platform
        return _cut_by_jieba(text)

    return Words(text, rjieba.cut(text), lambda words: dict(rjieba.tag(words)))


def _cut_by_jieba(text: str) -> Words:
    """Cut with jieba and tag by its dictionary, unknown words by its tagging model, as jieba-rs does.

    `jieba.posseg` alone cuts unknown words otherwise than jieba.
    """
    import jieba.posseg

    jieba.setLogLevel(logging.WARNING)
    jieba.posseg.dt.initialize()
    dictionary: Mapping[str, str] = jieba.posseg.dt.word_tag_tab

    def tag_of(word: str) -> str:
        if word in dictionary:
            return dictionary[word]
        unknown: str = "m" if _NUMBER.fullmatch(word) else jieba.posseg.lcut(word)[-1].flag
        return unknown

    return Words(text, jieba.lcut(text), lambda word: {word: tag_of(word)})
