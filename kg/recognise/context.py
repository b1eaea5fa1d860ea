"""What every recogniser reads: the folded text, its words, its brackets and the layer of function words."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from kg.automaton import Automaton
from kg.model import Entity, Kind, Report, Section, Sentence, Span, value_type
from kg.quantity import Quantities
from kg.rulebook import Rulebook
from kg.sought import Sought, opening
from kg.text import Bracketed, Folded, clauses_within
from kg.words import Words, cut

if TYPE_CHECKING:
    from kg.recognise.bodies import Known

_LONG = 4  # characters of a function word that is believed against the segmenter
_PHRASES = ("l", "i", "j")
HOLE = "\ue000"  # stands for the inside of 《》 and “” where a rule must not look in
_LAYER = ("launch", "preposition", "adverb", "scope", "joining", "organised")


class Candidate(NamedTuple):
    """A possible mention before it is linked.

    `name` is the text to link by (the span's text for open names); `stem`, `prefix` and the rest are filled by the
    recogniser of the kind and read by `kg.link`.
    """

    start: int
    end: int
    kind: Kind
    rule: str
    name: str = ""
    type: str | None = None
    governed: str = ""  # the launch verb the name stands behind
    key: str | None = None
    adcode: str | None = None
    official: str | None = None
    status: str | None = None
    options: tuple[Entity, ...] = ()  # the entities it may denote where the text does not settle which

    @property
    def span(self) -> Span:
        """The candidate's place."""
        return Span(self.start, self.end)


class Town(NamedTuple):
    """A town named at `start:end`; `code` is its county's, a slash and its name, or the slash and the name alone."""

    start: int
    end: int
    code: str


@value_type
class Item:
    """A function word of the text with the lists it is in."""

    start: int
    end: int
    lists: frozenset[str]


@value_type
class Clause:
    """A stretch between commas; `sentence` is an index into the sentences."""

    start: int
    end: int
    sentence: int


class Lexicon:
    """The rulebook's function words, compiled once for all reports."""

    def __init__(self, rulebook: Rulebook) -> None:
        """Build one automaton over the launch verbs, prepositions, adverbs and scope words."""
        membership: dict[str, set[str]] = {}
        for key in _LAYER:
            for word in rulebook.words(key):
                membership.setdefault(word, set()).add(key)
        self._words = sorted(membership)
        self._lists = [frozenset(membership[w]) for w in self._words]
        self._automaton = Automaton(self._words)
        self.quantities = Quantities(rulebook)
        self.measure = rulebook.union("measure")
        self.time = rulebook.union("time")
        self.enumerator = rulebook.union("enumerator")
        self.counted = Sought(rulebook.union("counted"))
        self.counting = opening(self.measure, self.time, self.enumerator)
        # 以县城为重要载体的城镇化建设: the frame belongs to the name
        self.frame = rulebook.union("frame")
        self.separator = re.compile(rulebook.alternation("separator"))
        self.joiners = frozenset(word for word in rulebook.words("separator") if len(word) == 1)
        self.conjunctions = frozenset(rulebook.words("conjunction"))
        self.particles = frozenset(rulebook.words("particle"))
        self.before_level = frozenset(rulebook.words("before_level_not"))
        self.causative = frozenset(rulebook.words("causative"))
        self.listed_verbs = frozenset(rulebook.words("listed_verb"))
        self.actor_end = re.compile(rf"{rulebook.alternation('actor_end')}$")
        self.intends = rulebook.union("intends")
        self.body_verbs = frozenset(rulebook.words("body_verb"))
        self.holding = frozenset(rulebook.words("holding"))
        self.held_head = re.compile(rf"[\u4e00-\u9fff]{{0,4}}?{rulebook.alternation('held_head')}")
        self.organising = frozenset(rulebook.words("organising"))
        self.manner = re.compile(rf"{rulebook.alternation('manner')}$")

    def items(self, flat: str, words: Words) -> tuple[Item, ...]:
        """Every function word of `flat` that begins and ends where words do."""
        edges, lists = words.edges, self._lists
        return tuple(
            [
                Item(start, end, lists[number])
                for number, start, end in self._automaton.find_matches_as_indexes(flat)
                # the segmenter joins 积极开展 to one word: a longer function word needs only one of its edges
                if (end in edges and (end - start >= 2 or start in edges))
                # and its dictionary has phrases that a function word begins: 深化|改革, 严格|落实|工作
                or (start in edges and end - start >= 2 and (end - start >= _LONG or words.tag_at(start) in _PHRASES))
            ]
        )


class Context:
    """One report as the recognisers see it."""

    def __init__(
        self,
        report: Report,
        folded: Folded,
        sections: tuple[Section, ...],
        sentences: tuple[Sentence, ...],
        lexicon: Lexicon,
    ) -> None:
        """Cut and mark the report's text, `folded`, once."""
        self.report = report
        self.sections = sections
        self.sentences = sentences
        self.lexicon = lexicon
        self.text = folded.text
        self.words = cut(self.text)
        self.brackets: tuple[Bracketed, ...] = folded.brackets
        self.flat = _flatten(self.text, self.brackets)
        within = clauses_within(folded, [(sentence.start, sentence.end) for sentence in sentences])
        self.clauses: tuple[Clause, ...] = tuple(
            [
                Clause(start, end, sentence.index)
                for sentence, parts in zip(sentences, within, strict=True)
                for start, end in parts
            ]
        )
        self._clause_starts = [clause.start for clause in self.clauses]
        self.items = lexicon.items(self.flat, self.words)
        self._item_starts = [item.start for item in self.items]
        # set once, by `kg.recognise.marked`
        self.towns: tuple[Town, ...] = ()
        self.known: Sequence[tuple[int, int, Known]] = ()  # what the dictionary of bodies has of `flat`
        self._item_at = dict(zip(self._item_starts, self.items, strict=True))

    def clause_at(self, at: int) -> Clause | None:
        """The clause that holds the character at `at`."""
        number = bisect_right(self._clause_starts, at) - 1
        return self.clauses[number] if number >= 0 and at < self.clauses[number].end else None

    def clauses_with(self, *patterns: Sought) -> Sequence[Clause]:
        """The clauses in which one of the `patterns` may match, in text order; in all others none does."""
        return [self.clauses[number] for number in sorted(set[int]().union(*map(self.numbers_with, patterns)))]

    def numbers_with(self, pattern: Sought) -> Collection[int]:
        """The numbers of the clauses in which a pattern may match, in text order."""
        marks = pattern.marks(self.flat)
        return range(len(self.clauses)) if marks is None else self.numbers_at(marks)

    def numbers_at(self, marks: Iterable[int]) -> list[int]:
        """The numbers of the clauses that hold one of the places, which are in text order."""
        starts, clauses = self._clause_starts, self.clauses
        found: list[int] = []
        done = 0
        for place in marks:
            if place >= done:
                number = bisect_right(starts, place) - 1
                if number >= 0 and place < (end := clauses[number].end):
                    found.append(number)
                    done = end
        return found

    def is_heading(self, start: int, end: int) -> bool:
        """Whether `start:end` ends a heading, and nothing is done before it there: 存在的不足和|2023年工作计划."""
        for section in self.sections:
            span = section.heading_span
            if span.start <= start and end <= span.end:
                done = any("launch" in item.lists for item in self.items_in(span.start, start))
                return span.end - end <= 1 and not done
        return False

    def clauses_inside(self, start: int, end: int) -> tuple[Clause, ...]:
        """The clauses that begin behind `start` and end before `end`."""
        low, high = bisect_right(self._clause_starts, start), bisect_right(self._clause_starts, end) - 1
        return self.clauses[low:high] if high > low else ()

    def clauses_between(self, start: int, end: int) -> int:
        """How many clause boundaries lie between two offsets."""
        return bisect_right(self._clause_starts, end) - bisect_right(self._clause_starts, start)

    def items_in(self, start: int, end: int) -> tuple[Item, ...]:
        """The function words that lie wholly in `start:end`."""
        low = bisect_left(self._item_starts, start)
        high = bisect_left(self._item_starts, end, low)
        if high > low and self.items[high - 1].end > end:  # they are disjoint: only the last one may go beyond
            high -= 1
        return self.items[low:high]

    def item_over(self, at: int) -> Item | None:
        """The function word that holds the character at `at`."""
        low = bisect_right(self._item_starts, at) - 1
        return self.items[low] if low >= 0 and at < self.items[low].end else None

    def item_at(self, at: int) -> Item | None:
        """The function word that begins at `at`."""
        return self._item_at.get(at)


def _flatten(text: str, brackets: tuple[Bracketed, ...]) -> str:
    """Blank what stands inside 《》 and “”, keeping the marks and every offset."""
    parts: list[str] = []
    at = 0
    for bracket in brackets:
        span = bracket.inner
        if bracket.kind not in "《“" or bracket.span.start < at or span.end <= span.start:
            continue
        parts += [text[at : span.start], HOLE * (span.end - span.start)]
        at = span.end
    parts.append(text[at:])
    return "".join(parts)
