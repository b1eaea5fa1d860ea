"""RDF terms as N-Triples text: the one place where a value of the program becomes a term of the graph.

A term is a ``str`` such as ``<https://example.org/a>`` or ``"部门"@zh``. Two equal terms have one spelling, so sets and
sorting of strings are sets and sorting of terms. Faults (``GraphError``) name the text that cannot be said in RDF.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final, TypeAlias

from kg.errors import GraphError
from kg.vocabulary import IRI, TERMS

Term: TypeAlias = str  # one N-Triples term

#: Curie → encoded term, for every term the package writes.
T: Final[Mapping[str, Term]] = MappingProxyType({curie: f"<{iri}>" for curie, iri in TERMS.items()})

#: Not allowed inside ``<…>`` (N-Triples IRIREF), blanks and controls included.
_NOT_IN_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\\ud800-\udfff]')
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")

#: What has no place in a literal: NUL (no RDF or XML tool carries it) and surrogates (no character at all).
_UNSAYABLE = re.compile(r"[\x00\ud800-\udfff]")
_ESCAPED = re.compile(r'["\\\x01-\x1f\x7f]')
_NOT_AS_IT_IS = re.compile(r'[\x00-\x1f\x7f"\\\ud800-\udfff]')  # either of them: hardly any text has one
_SHORT: Final = MappingProxyType(
    {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
)


_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_PLAIN: Final = MappingProxyType({"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"})


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    return _SHORT.get(character) or f"\\u{ord(character):04X}"


def node(iri: IRI) -> Term:
    """Return an IRI as a term; ``GraphError`` where it is relative or has characters no IRI may have.

    >>> node("https://example.org/a")
    '<https://example.org/a>'
    """
    if not _ABSOLUTE.match(iri) or _NOT_IN_IRI.search(iri):
        raise GraphError(
            f"不是合法的 IRI / not an IRI: {iri!r}",
            where="IRI",
            hint="写成绝对地址,不带空格 (an absolute IRI without blanks)",
        )
    return f"<{iri}>"


def quoted(text: str) -> str:
    r"""Return the text between N-Triples quotes, escaped as canonical N-Triples has it.

    >>> quoted('印发"办法"')
    '"印发\\"办法\\""'

    ``GraphError`` for NUL and lone surrogates, which no RDF file can carry.
    """
    if not _NOT_AS_IT_IS.search(text):
        return f'"{text}"'
    bad = _UNSAYABLE.search(text)
    if bad:
        kind = "NUL 字符 / NUL character" if bad.group() == "\x00" else "孤立代理字符 / lone surrogate"
        around = text[max(0, bad.start() - 10) : bad.start() + 10]
        raise GraphError(
            f"文字不能写入 RDF:{kind} U+{ord(bad.group()):04X},位于第 {bad.start()} 个字符附近 {around!r}",
            where="literal",
            hint="按正确的编码重新读取报告 (read the report again in its right encoding)",
        )
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _unescape(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _PLAIN.get(match[3], match[3])


def literal(term: Term) -> tuple[str, str, IRI]:
    r"""Take a literal apart: its text, its language (or ``""``), the IRI of its datatype (``""`` for plain strings).

    >>> literal('"印发\\"办法\\""@zh')
    ('印发"办法"', 'zh', '')
    """
    body, _, tail = term[1:].rpartition('"')
    text = _ESCAPE.sub(_unescape, body) if "\\" in body else body
    return text, tail[1:] if tail.startswith("@") else "", tail[3:-1] if tail.startswith("^^") else ""


def text_of(term: Term) -> str:
    """Return what a term says without its wrapping: the IRI itself, the text of a literal."""
    return term[1:-1] if term.startswith("<") else literal(term)[0]


def plain(text: str) -> Term:
    """Return a string without language: codes, numbers of documents, words kept for machines."""
    return quoted(text)


def zh(text: str) -> Term:
    """Return a string in Chinese.

    >>> zh("部门")
    '"部门"@zh'
    """
    return f"{quoted(text)}@zh"


def integer(value: int) -> Term:
    """Return an ``xsd:integer``."""
    return f'"{value}"^^{T["xsd:integer"]}'


def decimal_text(value: Decimal) -> str:
    """Return the one spelling of a number: no exponent, no trailing zeros, no point without digits, no ``-0``.

    >>> [decimal_text(Decimal(text)) for text in ("43", "43.0", "1E+3", "98.960", "-0.0")]
    ['43', '43', '1000', '98.96', '0']

    ``GraphError`` for NaN and infinities, which ``xsd:decimal`` does not have.
    """
    if not value.is_finite():
        raise GraphError(f"not a number RDF can hold: {value}", where="xsd:decimal", hint="leave the value out")
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def decimal(value: Decimal) -> Term:
    """Return an ``xsd:decimal`` in its one spelling (``decimal_text``)."""
    return f'"{decimal_text(value)}"^^{T["xsd:decimal"]}'


def boolean(value: bool) -> Term:
    """Return an ``xsd:boolean``."""
    return f'"{str(value).lower()}"^^{T["xsd:boolean"]}'


def day(value: date) -> Term:
    """Return an ``xsd:date``."""
    return f'"{value.isoformat()}"^^{T["xsd:date"]}'


def year(value: int) -> Term:
    """Return an ``xsd:gYear`` of four digits."""
    return f'"{value:04d}"^^{T["xsd:gYear"]}'


def instant(epoch: int) -> Term:
    """Return an ``xsd:dateTime`` in UTC from seconds since 1970 (``SOURCE_DATE_EPOCH``)."""
    text = datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f'"{text}"^^{T["xsd:dateTime"]}'
