"""Characters of Chinese official text: folding that keeps every offset, brackets, clauses.

All functions are pure and work on code points. `fold` maps one character to one character, so a span found in folded
text is the same span of the source. `bracketed` and `clauses` accept raw or folded text alike.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice
from operator import attrgetter
from typing import Literal

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
_CLAUSE_END = re.compile(r"(?:[;。!?\n\r]|,(?!(?<=\d,)\d{3}(?!\d))|:(?!(?<=\d:)\d))")


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


def bracketed(text: str) -> tuple[Bracketed, ...]:
    """Find the bracket pairs that close within their line and `BRACKET_LIMIT` characters, in order of their start.

    Pairs nest. A missing close inside another pair is forgiven (《关于修改〈…办法的决定》 gives the outer pair); a 《
    that its line never closes comes with ``closed=False`` where it holds no other title. 〈〉 counts only inside 《》.
    """
    found: list[Bracketed] = []
    stack: list[tuple[BracketKind, int]] = []
    folded = fold(text)
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
    spans: list[Span] = []
    for pair in bracketed(text):
        if pair.closed and (not spans or pair.span.start >= spans[-1].end):
            spans.append(pair.span)
    return spans


def clauses(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Split ``text[start:end]`` at ，；。：！？ and line ends, never inside 《》, （）, “”.

    The spans are offsets into `text`, in order, without the punctuation mark and outer white space; empty ones are left
    out.
    """
    stop = len(text) if end is None else end
    return [Span(*place) for place in clauses_of_folded(fold(text[start:stop]), start)]


def clauses_of_folded(piece: str, offset: int) -> Iterator[tuple[int, int]]:
    """Split as `clauses` does a piece that is folded already and begins at `offset` of its text."""
    guarded = protected(piece) if _CLOSING.search(piece) else []
    begin = 0
    for match in _CLAUSE_END.finditer(piece):
        end = match.start()
        if not guarded or inside(guarded, end) is None:
            span = trimmed(piece, begin, end)
            if span:
                yield span.start + offset, span.end + offset
            begin = end + 1  # the mark is one character
    span = trimmed(piece, begin, len(piece))
    if span:
        yield span.start + offset, span.end + offset


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
