"""Headings: candidates by their markers, and the choice among them by their sequence of numbers."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from kg.model import Span
from kg.segment.lines import CLOSES, ENDS_SENTENCE, Text
from kg.segment.rules import Marker, SegmentationRules
from kg.text import cjk_count, inside, numeral, trimmed

_FIGURE = re.compile(r"\d{2}|\d%")
_CLAUSE_END = re.compile("[,。;:!?]")
_NOT_IN_HEADING = re.compile("[,。;:!?|]")
_OWN_LINE = 60  # characters a heading may have on a line of its own
_RUN_ON = 42  # … and as the first sentence of a paragraph or run into the text
_LOW_RANK = 28  # … and below （一）: longer ones are numbered tasks, not headings
_RUN_ON_LINE = 300  # a line this long is a text without paragraphs
_TAIL_WITHIN = 30  # characters within which a run-on heading without a full stop must show its last word
_LOOK_BACK = 40  # headings a heading is compared with when the sequence of numbers is chosen


class Heading(NamedTuple):
    """A candidate. `end` is where its heading ends, 0 where the marker is followed by a plain paragraph."""

    start: int
    text_start: int  # after the marker
    end: int
    rank: float
    level: int
    number: int
    score: float
    own_line: bool
    is_sentence: bool = True  # False: named after the first clause of a paragraph
    prose_before: bool = False  # a sentence ends between the last candidate of this rank or a higher one and this one


def find_headings(text: Text, rules: SegmentationRules) -> list[Heading]:
    """Choose the headings among the candidates: part by part, rank by rank, by their sequence of numbers."""
    candidates = _candidates(text, rules)
    appendices = [
        Heading(s.start, s.start, s.end, rules.ranks["chinese-comma"], 1, 0, 1.0, True)
        for m in rules.appendix.finditer(text.flat, text.body.start, text.body.end)
        if (s := trimmed(text.flat, *m.span())) and s in text.lines
    ]
    titles = [
        s.start
        for m in rules.attached_title.finditer(text.flat, text.body.start, text.body.end)
        if (s := trimmed(text.flat, *m.span())) and s in text.lines and not rules.any_marker.match(text.flat, s.start)
    ]
    starts = sorted({text.body.start, *titles, *(a.start for a in appendices)})
    chosen: list[Heading] = []
    last: dict[float, int] = {}
    for start, end in pairwise([*starts, text.body.end]):
        chosen += _choose([c for c in candidates if start <= c.start < end], 0, last, rules)
    chosen += _unnumbered(text, chosen, appendices, rules)
    chosen += [a for a in appendices if all(a.start != c.start for c in chosen)]
    disjoint: list[Heading] = []
    for heading in sorted(chosen, key=lambda h: h.start):
        if not disjoint or heading.start >= disjoint[-1].end:  # a second marker inside a heading is part of it
            disjoint.append(heading)
    return disjoint


def _candidates(text: Text, rules: SegmentationRules) -> list[Heading]:
    """Every marker at a place where a heading can begin, with the end of its heading."""
    flat = text.flat
    found: list[tuple[re.Match[str], Marker, float]] = []
    for match in rules.sought_marker.finditer(flat, text.body.start, text.body.end):
        around = inside(text.guarded, match.start())
        if (around and around.start < match.start()) or inside(text.chrome, match.start()):
            continue
        marker = rules.markers[int((match.lastgroup or "m0")[1:])]
        line = text.line_at(match.start())
        before = trimmed(flat, line.start, match.start()) if match.start() > line.start else None
        if before is None or not flat[before.start : before.end].strip("#*| "):
            strength = 1.0
        elif flat[before.end - 1] in ENDS_SENTENCE + CLOSES or _directly_under(flat, found, match, marker):
            strength = 0.9
        else:
            strength = 0.35
        found.append((match, marker, strength))
    result: list[Heading] = []
    for at, (match, marker, strength) in enumerate(found):
        following = found[at + 1][0].start() if at + 1 < len(found) else text.body.end
        heading = _heading(text, match, marker, strength, following, rules)
        if heading:
            result.append(heading)
    return _with_content(text, result, rules)


def _directly_under(
    flat: str, found: list[tuple[re.Match[str], Marker, float]], match: re.Match[str], marker: Marker
) -> bool:
    """Whether a marker follows the heading of a higher rank without a full stop between, as in 一、甲（一）乙."""
    if not found:
        return False
    above, above_marker, strength = found[-1]
    between = flat[above.end() : match.start()]
    return (
        strength > 0.5
        and above_marker.rank < marker.rank
        and 2 <= len(between.strip()) <= _RUN_ON
        and not any(c in between for c in ENDS_SENTENCE)
    )


def _heading(
    text: Text, match: re.Match[str], marker: Marker, strength: float, following: int, rules: SegmentationRules
) -> Heading | None:
    """Find the heading that a marker opens; None for an item of an enumeration (…；) or a number alone."""
    flat, line = text.flat, text.line_at(match.start())
    number = numeral(match[f"n{marker.rank}"]) or 0
    begin = match.end()
    while begin < line.end and flat[begin] in " \t":
        begin += 1
    stop = next(text.sentence_ends(begin, line.end), None)
    own_line = strength == 1.0 and (stop is None or stop.end() == line.end) and line.end - begin <= _OWN_LINE
    is_item = stop is not None and stop[0].startswith(";") and stop.start() < following
    end, is_sentence = 0, True
    if marker.id == "article":
        caption = rules.article_caption.match(flat, match.end(), line.end)
        end = caption.end() if caption else match.end()
    elif is_item and marker.level > 1:
        return None
    elif own_line and following >= line.end:
        end = line.end
    else:
        end = _run_on_end(text, begin, line, following, stop.end() if stop else line.end, rules)
        if strength < 0.5 or (marker.level <= 2 and end - begin > _RUN_ON and line.end - line.start > _RUN_ON_LINE):
            end = _by_tail(text, begin, end, rules)
        elif end - begin > (_RUN_ON if marker.level <= 2 else _LOW_RANK) or (stop and is_item and end == stop.end()):
            end = 0
        if not end and marker.level <= 2 and strength > 0.5:
            end, is_sentence = _first_clause(flat, begin, line.end), False
    if marker.id != "article":
        kept = trimmed(flat, begin, end) if end > begin else None
        end = kept.end if kept and cjk_count(flat, kept.start, kept.end) >= 2 else 0
    if strength < 0.5 and (not end or marker.id != "chinese-comma"):
        return None
    score = strength + (0.2 if end else 0) + (0.1 if rules.heading_tail.search(flat, max(begin, end - 3), end) else 0)
    return Heading(match.start(), begin, end, marker.rank, marker.level, number, score, own_line, is_sentence)


def _run_on_end(text: Text, begin: int, line: Span, following: int, stop: int, rules: SegmentationRules) -> int:
    """Where the heading at `begin` ends at the latest: full stop, next marker, or a word that opens the text proper."""
    end = min(line.end, following, stop)
    reach = min(line.end, begin + _RUN_ON + 8)
    whole = rules.whole_heading.match(text.flat, begin, line.end)
    if whole:
        end = min(end, whole.end())
    opener = rules.heading_opener.search(text.flat, begin + 2, reach)
    if opener:
        end = min(end, opener.start())
    year = rules.heading_year.search(text.flat, begin + 2, reach)
    if year and year.start() < end:
        # 五、主要问题和改进措施虽然，我区2018年…: the text begins before the year.
        tail = _by_tail(text, begin, year.start(), rules)
        between = text.flat[tail : year.start()] if tail else ""
        end = tail if "," in between or len(between) >= 6 else year.start()
    return end


def _by_tail(text: Text, begin: int, end: int, rules: SegmentationRules) -> int:
    """End a heading that runs into its text at the first word headings end in, before any comma; 0 where none is."""
    limit = min(end, begin + _TAIL_WITHIN)
    comma = text.flat.find(",", begin, limit)
    for tail in rules.heading_tail.finditer(text.flat, begin + 1, comma if comma >= 0 else limit):
        if not inside(text.guarded, tail.start()):
            return tail.end()
    return 0


def _first_clause(flat: str, begin: int, end: int) -> int:
    comma = _CLAUSE_END.search(flat, begin, min(end, begin + 40))
    return comma.start() if comma else 0


def _with_content(text: Text, candidates: list[Heading], rules: SegmentationRules) -> list[Heading]:
    """Drop lines of a list and cells of a table: below the first level a heading has prose under it.

    A numbered task of one sentence with the body in charge in brackets behind it is in such a list too.
    """
    result: list[Heading] = []
    for at, heading in enumerate(candidates):
        following = next((c.start for c in candidates[at + 1 :] if c.rank <= heading.rank), text.body.end)
        has_prose = text.has_sentence_end(heading.end or heading.text_start, following)
        is_listed = heading.own_line or heading.level > 2
        if heading.level > 1 and is_listed and not has_prose and heading.rank != rules.ranks["article"]:
            clause = _first_clause(text.flat, heading.text_start, heading.end)
            if heading.level > 2 or heading.end - heading.text_start <= _RUN_ON or not clause:
                continue
            heading = heading._replace(end=clause, is_sentence=False)
        if heading.level > 2 and _FIGURE.search(text.flat, heading.text_start, heading.end):
            continue
        before = next((c for c in reversed(candidates[:at]) if c.rank <= heading.rank), None)
        prose_before = before is not None and text.has_sentence_end(before.end or before.text_start, heading.start)
        result.append(heading._replace(prose_before=prose_before) if prose_before else heading)
    return result


def _choose(candidates: list[Heading], rank: int, last: dict[float, int], rules: SegmentationRules) -> list[Heading]:
    """Choose the headings of one stretch of text, the highest rank that occurs first, then what lies between them."""
    for now in range(rank, len(rules.markers)):
        level = [c for c in candidates if c.rank == now]
        chain = _chain(level, last.get(now, 0)) if level else []
        if not _plausible(chain, now, last.get(now, 0), rules):
            continue
        result: list[Heading] = []
        before = [c for c in candidates if c.start < chain[0].start]
        result += _choose(before, now + 1, last, rules)
        for heading, following in zip(chain, [*chain[1:], None], strict=True):
            last[now] = heading.number
            if heading.end:
                result.append(heading)
            for lower in range(now + 1, len(rules.markers)):
                if lower != rules.ranks["article"] and rules.markers[lower].level <= 2:
                    last.pop(lower, None)
            inner = [
                c for c in candidates if c.start > heading.start and (following is None or c.start < following.start)
            ]
            result += _choose(inner, now + 1, last, rules)
        return result
    return []


def _plausible(chain: list[Heading], rank: int, last: int, rules: SegmentationRules) -> bool:
    """Whether a sequence of numbers is one of headings: two at least, or a single first one on a line of its own."""
    if not chain:
        return False
    if chain[0].level > 2 and sum(1 for h in chain if h.end) < 0.6 * len(chain):
        return False  # a list of numbered tasks in which a few happen to begin with a short sentence
    if last and chain[0].number == last + 1:
        return True
    if rank == rules.ranks["article"]:
        return len(chain) >= 2 and chain[0].number == 1
    return len(chain) >= 2 or (chain[0].number == 1 and chain[0].level <= 2 and chain[0].score >= 1.0)


def _chain(candidates: list[Heading], last: int) -> list[Heading]:
    """Choose the best sequence: numbers rise by one; a skipped or repeated number costs, a falling one is refused."""
    best: list[tuple[float, int]] = []
    for at, heading in enumerate(candidates):
        first = 0.0 if heading.number in (1, last + 1) else -0.5 * heading.number if heading.number <= 3 else -9.0
        total, origin = heading.score + first, -1
        for back in range(max(0, at - _LOOK_BACK), at):
            step = _step(candidates[back], heading)
            if step is not None and best[back][0] + step + heading.score > total:
                total, origin = best[back][0] + step + heading.score, back
        best.append((total, origin))
    at = max(range(len(best)), key=lambda i: (best[i][0], -i), default=-1)
    chain: list[Heading] = []
    if at < 0 or best[at][0] <= 0:
        return chain
    while at >= 0:
        chain.append(candidates[at])
        at = best[at][1]
    return chain[::-1]


def _step(earlier: Heading, later: Heading) -> float | None:
    """Say what it costs to go from one heading to the next; None where it is no sequence."""
    gap = later.number - earlier.number
    if gap == 1:
        return 0.0
    if gap == 0:
        # A slip of the author's (（一）…（一）…（三）): both must be full headings with text between.
        both = earlier.score >= 1.0 and later.score >= 1.0 and earlier.end and later.end
        return -0.6 if both and later.prose_before else None
    if gap == 2:
        return -0.4
    return -0.9 if gap > 2 else None


def _unnumbered(
    text: Text, chosen: list[Heading], appendices: list[Heading], rules: SegmentationRules
) -> list[Heading]:
    """Headings without a number: Markdown headings anywhere, short lines over prose where no 一、 governs yet."""
    comma = rules.ranks["chinese-comma"]
    first = min((h.start for h in chosen if h.rank <= comma), default=text.body.end)
    first = min([first, *(a.start for a in appendices)])
    taken = {h.start for h in chosen} | {a.start for a in appendices}
    ranks = {text.hashes[h.start]: h.rank for h in chosen if h.start in text.hashes}
    top = min(text.hashes.values(), default=1)
    result: list[Heading] = []
    for line, following in zip(text.lines, [*text.lines[1:], None], strict=True):
        if line.start in taken:
            continue
        marks = text.hashes.get(line.start)
        if marks:
            above = max((h for h in ranks if h < marks), default=0)
            rank = ranks.get(marks, ranks[above] + 0.5 if above else comma - 1 + marks / 10)
            result.append(Heading(line.start, line.start, line.end, rank, marks - top + 1, 0, 1.0, True))
        elif following and line.start < first and _looks_like_heading(text, line, following):
            result.append(Heading(line.start, line.start, line.end, comma, 1, 0, 1.0, True))
    return result


def _looks_like_heading(text: Text, line: Span, following: Span) -> bool:
    piece = text.flat[line.start : line.end]
    return (
        5 <= len(piece) <= 36
        and _NOT_IN_HEADING.search(piece) is None
        and cjk_count(piece) >= 5
        and cjk_count(piece) >= 0.5 * len(piece)
        and following.end - following.start >= 40
        and "。" in text.flat[following.start : following.end]
        and not text.hashes
    )
