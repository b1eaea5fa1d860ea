"""Characters of Chinese official text: folding that keeps every offset, brackets, clauses.

All functions are pure and work on code points. `fold` maps one character to one character, so a span found in folded
text is the same span of the source. `bracketed` and `clauses` accept raw or folded text alike.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import islice
from operator import attrgetter
from typing import Literal, NamedTuple

from kg.model import Span, value_type

BracketKind = Literal["《", "<", "“", "‘", "("]

#: Longest text, in characters, that one pair of brackets may hold. A bracket that is still open after that is a slip of
#: the pen: it must not swallow the rest of the document.
BRACKET_LIMIT = 120

# What compatibility normalisation does not unify, or unifies to a form that policy experts do not write.
# Square brackets become 〔〕, the form of document numbers; every kind of quotation mark becomes “” or ‘’.
_UNIFIED = {
    "<": "〈‹﹤＜",
    ">": "〉›﹥＞",
    "〔": "[［﹝",
    "〕": "]］﹞",
    "【": "〖",
    "】": "〗",
    "“": "「〝｢",
    "”": "」〞〟｣",
    "‘": "『",
    "’": "』",
    "-": "‐‑‒–—―−－﹘﹣─━⸺",
    "~": "～〜∼∽",
    "·": "•‧∙・･",
    "。": "｡",
    "、": "､﹑",
    ".": "﹒",
    "\n": "\u2028\u2029",
    " ": "\f\v\x1c\x1d\x1e\x1f\x85\u00a0\u1680"
    + "".join(map(chr, range(0x2000, 0x200C)))
    + "\u202f\u205f\u2060\u3000\ufeff",
}


def _table() -> dict[str, str]:
    """Full-width forms, small forms, and the Kangxi radicals that PDF fonts put in place of ordinary characters."""
    table: dict[str, str] = {}
    for low, high in ((0xFF01, 0xFFEF), (0xFE50, 0xFE6C), (0x2F00, 0x2FD6)):
        for code in range(low, high):
            folded = unicodedata.normalize("NFKC", chr(code))
            if len(folded) == 1 and folded != chr(code):
                table[chr(code)] = folded
    for form, variants in _UNIFIED.items():
        table.update(dict.fromkeys(variants, form))
    return table


_FOLD = _table()
_FOLDED = re.compile("[" + "".join(map(re.escape, _FOLD)) + "]")
_CJK = re.compile(r"[\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]")
_LONE_RETURN = re.compile(r"\r(?!\n)")
_QUOTE = re.compile('["“”\n]')

_FAR = sys.maxsize  # behind every place

_CLOSES: dict[str, BracketKind] = {"》": "《", ">": "<", "”": "“", "’": "‘", ")": "("}
_BRACKET = re.compile(r"[《》<>“”‘’()\n]")
_CLOSING = re.compile(f"[{''.join(_CLOSES)}]")
# A comma inside 1,234 and a colon inside 9:30 part nothing.
_CLAUSE_END = re.compile(r"[;。!?\n\r,:](?!(?<=\d,)\d{3}(?!\d)|(?<=\d:)\d)")


@value_type
class Bracketed:
    """A pair of brackets and what it holds.

    `span` takes the brackets in; `kind` is the folded opening bracket; `depth` counts the pairs around it, 0 outside.
    `closed` is False where the closing bracket is missing: `span` then ends with the line.
    """

    span: Span
    kind: BracketKind
    depth: int
    closed: bool = True

    @property
    def inner(self) -> Span:
        """The text between the brackets."""
        return Span(self.span.start + 1, self.span.end - self.closed)


def cjk(character: str) -> bool:
    """Whether `character` is a Chinese character (unified ideographs, their extensions, 〇)."""
    return _CJK.fullmatch(character) is not None


def fold(text: str) -> str:
    """Unify the ways of writing one character, one for one: ``len(fold(text)) == len(text)`` for every text.

    Full-width letters, digits and punctuation become half-width: （）→ (), ，→ , and so on; 。、《》 stay. Every dash
    becomes -, every space a plain one (newlines and tabs stay), 〈〉 become <>, square brackets 〔〕, corner quotes “”
    and ‘’. Straight double quotes become “ or ” by turns within a line. A lone carriage return becomes a line feed.
    Folding twice changes nothing.
    """
    folded = _FOLDED.sub(lambda m: _FOLD[m[0]], text)
    if "\r" in folded:
        folded = _LONE_RETURN.sub("\n", folded)
    return _pair_quotes(folded) if '"' in folded else folded


class Folded(NamedTuple):
    """A text folded, with its brackets: what segmentation and recognition both begin with."""

    text: str
    brackets: tuple[Bracketed, ...]

    @classmethod
    def of(cls, text: str) -> Folded:
        """Fold a text as it was read."""
        folded = fold(text)
        return cls(folded, brackets_of_folded(folded))


def bracketed(text: str) -> tuple[Bracketed, ...]:
    """Find the bracket pairs that close within their line and `BRACKET_LIMIT` characters, in order of their start.

    Pairs nest. A missing close inside another pair is forgiven (《关于修改〈…办法的决定》 gives the outer pair); a 《
    that its line never closes comes with ``closed=False`` where it holds no other title. 〈〉 counts only inside 《》.
    """
    return brackets_of_folded(fold(text))


def brackets_of_folded(folded: str) -> tuple[Bracketed, ...]:
    """Find the brackets that `bracketed` finds in a text that is folded already."""
    found: list[Bracketed] = []
    stack: list[tuple[BracketKind, int]] = []
    last_title = -1  # start of the last closed 《》
    for match in _BRACKET.finditer(folded):
        character = match[0]
        if character == "\n":
            if stack:
                _give_up(folded, stack, match.start(), last_title, found)
                stack.clear()
        elif character in _CLOSES:
            kind = _CLOSES[character]
            place = match.start()
            for depth in range(len(stack) - 1, -1, -1):
                opened, start = stack[depth]
                if place - start > BRACKET_LIMIT:
                    break
                if opened == kind:
                    found.append(Bracketed(Span(start, place + 1), kind, depth))
                    if kind == "《" and start > last_title:
                        last_title = start
                    del stack[depth:]
                    break
        elif character != "<" or any(opened == "《" for opened, _ in stack):
            stack.append((character, match.start()))  # type: ignore[arg-type]  # one of the five opening brackets
    if stack:
        _give_up(folded, stack, len(folded), last_title, found)
    found.sort(key=attrgetter("span"))
    return tuple(found)


def protected(text: str) -> list[Span]:
    """Find the outermost closed bracket pairs, in order and disjoint: nothing is ever split inside them."""
    return outermost_closed(bracketed(text))


def outermost_closed(pairs: Iterable[Bracketed]) -> list[Span]:
    """Give the places of the closed pairs that lie in no other closed one; `pairs` are in order of their start."""
    spans: list[Span] = []
    end = 0
    for pair in pairs:
        if pair.closed and pair.span.start >= end:
            spans.append(pair.span)
            end = pair.span.end
    return spans


def clauses(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Split ``text[start:end]`` at ，；。：！？ and line ends, never inside 《》, （）, “”.

    The spans are offsets into `text`, in order, without the punctuation mark and outer white space; empty ones are left
    out.
    """
    piece = fold(text[start : len(text) if end is None else end])
    guarded = outermost_closed(brackets_of_folded(piece)) if _CLOSING.search(piece) else []
    return [Span(low + start, high + start) for low, high in _parted(piece, 0, len(piece), guarded)]


def clauses_within(folded: Folded, pieces: Iterable[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Split each of the pieces of a text, disjoint, in text order and none empty, as `clauses` does."""
    text = folded.text
    pairs = [pair.span for pair in folded.brackets if pair.closed]
    result: list[list[tuple[int, int]]] = []
    at = 0  # the first pair that begins in the piece, or later
    reach = 0  # the furthest end of the pairs before it
    for start, end in pieces:
        while at < len(pairs) and pairs[at].start < start:
            reach = max(reach, pairs[at].end)
            at += 1
        guarded: list[Span] = []
        if reach > start or text[start] in ",:" or text.find("<", start, end) >= 0:
            # what is before the piece would count, a bracket that reaches into it or 3 before ,000: it is cut out
            piece = text[start:end]
            parts = _parted(piece, 0, len(piece), protected(piece))
            result.append([(low + start, high + start) for low, high in parts])
            continue
        if at < len(pairs) and pairs[at].start < end:
            done = start
            for number in range(at, len(pairs)):
                low, high = span = pairs[number]
                if low >= end:
                    break
                if low >= done and high <= end:
                    guarded.append(span)
                    done = high
        result.append(_parted(text, start, end, guarded))
    return result


def _parted(text: str, start: int, end: int, guarded: Sequence[Span]) -> list[tuple[int, int]]:
    """Split ``text[start:end]`` of a folded text at the ends of clauses that lie in none of the `guarded` spans."""
    found: list[tuple[int, int]] = []
    begin = start
    for match in _CLAUSE_END.finditer(text, start, end):
        stop = match.start()
        if guarded and inside(guarded, stop) is not None:
            continue
        if begin < stop:
            if not (text[begin].isspace() or text[stop - 1].isspace()):
                found.append((begin, stop))
            elif span := trimmed(text, begin, stop):
                found.append(span)
        begin = stop + 1  # the mark is one character
    if begin < end and (span := trimmed(text, begin, end)):
        found.append(span)
    return found


def inside(spans: Sequence[Span], place: int) -> Span | None:
    """Find the one of the sorted, disjoint `spans` that holds the character at `place`, if any."""
    at = bisect_right(spans, (place, _FAR)) - 1
    return spans[at] if at >= 0 and place < spans[at].end else None


def trimmed(text: str, start: int, end: int) -> Span | None:
    """Take outer white space off ``text[start:end]``; None where nothing is left."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if start < end else None


def _give_up(
    text: str, stack: list[tuple[BracketKind, int]], line_end: int, last_title: int, found: list[Bracketed]
) -> None:
    """Keep the innermost unclosed 《 of a line where the line ends soon and no title stands inside it."""
    for depth in range(len(stack) - 1, -1, -1):
        kind, start = stack[depth]
        if kind == "《":
            line = trimmed(text, start, line_end)
            if line and line.end - start <= BRACKET_LIMIT and last_title < start:
                found.append(Bracketed(line, kind, depth, closed=False))
            return


def _pair_quotes(text: str) -> str:
    """Turn straight double quotes into “ or ”: closing where a quotation is open in that line, else opening."""
    is_open = False

    def turn(match: re.Match[str]) -> str:
        nonlocal is_open
        mark = match[0]
        if mark == '"':
            mark = "”" if is_open else "“"
        is_open = mark == "“"
        return mark

    return _QUOTE.sub(turn, text)


def cjk_count(text: str, start: int = 0, end: int | None = None, *, limit: int | None = None) -> int:
    """Count the Chinese characters of ``text[start:end]``, no further than `limit`."""
    stop = len(text) if end is None else end
    if limit is None:
        return len(_CJK.findall(text, start, stop))
    return sum(1 for _ in islice(_CJK.finditer(text, start, stop), limit))


def numeral(text: str) -> int | None:
    """Read a whole number in Arabic or Chinese numerals: 12, 十二, 二〇二六, 一百零三; None for anything else."""
    if text.isdecimal():
        return int(text)
    values = [unicodedata.numeric(c, -1.0) for c in text]
    if not values or any(v < 0 or v != int(v) for v in values):
        return None
    if all(v < 10 for v in values):  # digits by place, as in years
        return int("".join(str(int(v)) for v in values))
    total, digit = 0, 0
    for value in map(int, values):
        if value < 10:
            digit = value
        else:
            total += (digit or 1) * value
            digit = 0
    return total + digit
