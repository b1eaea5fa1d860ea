"""Where words begin and end, by jieba's dictionary and algorithm.

The segmenter advises on boundaries and never owns an offset. `rjieba` is jieba-rs: the same dictionary and the same
hidden Markov model in Rust, 0.1 s to start where jieba needs 0.6 to 0.9 s; jieba itself stands in where `rjieba` has no
wheel. `tests/test_words.py` holds the two together.
"""

from __future__ import annotations

import logging
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from itertools import accumulate

_LONGEST = 16  # characters of a word whose part of speech is remembered
_NUMBER = re.compile(r"\d+(?:\.\d+)?%?", re.ASCII)


class Words:
    """The words of one text: `starts[i]` is the first code point of word `i`.

    Few words are ever asked for their part of speech, so it is told only then.
    """

    def __init__(self, text: str, words: Sequence[str], tags: Callable[[str], Mapping[str, str]]) -> None:
        """Take the words that `text` consists of; `tags` gives the words of a text with their parts of speech."""
        places = list(accumulate(map(len, words), initial=0))
        self.edges = frozenset(places)  # where words begin, and the text's end
        self.length = places.pop()
        self.starts = places
        self._text = text
        self._words = words
        self._tags = tags
        self._known: dict[str, str] = {}

    def boundary(self, at: int) -> bool:
        """Whether a word begins (or the text ends) at `at`."""
        return at in self.edges

    def number_at(self, at: int) -> int | None:
        """The number of the word that begins at `at`, None where none does; the text's end counts as a word."""
        return bisect_left(self.starts, at) if at in self.edges else None

    def tag_at(self, at: int) -> str:
        """The part of speech of the word that begins at `at`, empty where none begins there."""
        number = self.number_at(at)
        return "" if number is None or number == len(self._words) else self.tag(number)

    def tag_before(self, at: int) -> str:
        """The part of speech of the word that ends at `at`, empty where none does or the text begins."""
        number = self.number_at(at)
        return self.tag(number - 1) if number else ""

    def word_over(self, at: int) -> int:
        """Where the word that holds the character at `at` begins."""
        return self.starts[bisect_right(self.starts, at) - 1]

    def end_of(self, at: int) -> int:
        """The end of the word that begins at `at`; `at` itself where none does."""
        number = self.number_at(at)
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

    return Words(text, rjieba.cut(text), partial(_tags, rjieba.tag))


_Tagger = Callable[[str], Iterable[tuple[str, str]]]


def _tags(tagger: _Tagger, text: str) -> Mapping[str, str]:
    return _tags_of_word(tagger, text) if len(text) <= _LONGEST else dict(tagger(text))


@lru_cache(1 << 15)  # the same few thousand words are asked for in every report
def _tags_of_word(tagger: _Tagger, word: str) -> Mapping[str, str]:
    return dict(tagger(word))


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
