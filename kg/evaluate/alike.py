"""When two names are one: marks, width, 中华人民共和国 and (试行) set aside; and what number a text says."""

from __future__ import annotations

import re
from collections import Counter

_DROPPED = re.compile(r"[\s“”\"'‘’《》〈〉「」]|[(（](?:试行|草案|暂行|修订|征求意见稿)[)）]")
_NATIONAL = re.compile(r"^中华人民共和国(?=.*(?:法|法典|条例|宪法)$)")
_FIGURE = re.compile(r"(\d+(?:\.\d+)?)\s*(万亿|亿|万)?")
_MULTIPLIERS = {"万亿": 1e12, "亿": 1e8, "万": 1e4, "": 1.0}
_VARIANTS = str.maketrans({"％": "%", "（": "(", "）": ")", "－": "-", "—": "-"})


def normal(name: str | None) -> str:
    """Return a name without quotation marks, brackets, blanks and status; brackets and dashes of one width.

    >>> normal("《关于“一件事”改革的意见（试行）》")
    '关于一件事改革的意见'
    """
    return _NATIONAL.sub("", _DROPPED.sub("", name or "").translate(_VARIANTS))


def loosely_same(one: str | None, other: str | None) -> bool:
    """Return whether one name holds the other, or half of their characters are common (F1 of at least 0.5)."""
    a, b = normal(one), normal(other)
    return bool(a and b) and (a in b or b in a or _common(a, b) >= 0.5)


def same_entity(one: str | None, other: str | None) -> bool:
    """Return whether two canonical names are equal or nearly so (F1 of their characters at least 0.8)."""
    a, b = normal(one), normal(other)
    return a == b or (bool(a and b) and _common(a, b) >= 0.8)


def _common(a: str, b: str) -> float:
    return 2 * (Counter(a) & Counter(b)).total() / (len(a) + len(b))


def figure(text: str | None) -> float | None:
    """Return the number in a value expression with 万 and 亿 expanded; None where it has no digits.

    >>> figure("近1,200万人")
    12000000.0
    """
    match = _FIGURE.search((text or "").replace(",", "").replace("，", ""))
    return round(float(match[1]) * _MULTIPLIERS[match[2] or ""], 6) if match else None
