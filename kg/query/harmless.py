"""What a query would do, decided on its parsed form before it runs: it may only read, and only its own graph."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kg.errors import GraphError
from kg.vocabulary import PREFIXES

if TYPE_CHECKING:
    from rdflib.plugins.sparql.parserutils import CompValue

#: Longest query that is looked at, in characters: parsers take a time that grows faster than the text.
LONGEST = 20_000
#: Most steps and alternatives of property paths (and ``||``) in a query, for the same reason.
MOST_STEPS = 300
_QUOTED = re.compile(r"<[^<>\s]*>|\"[^\"\n]*\"|'[^'\n]*'|#.*")
_STEPS = re.compile(r"[/|]")


def not_sparql(fault: Exception, where: str) -> GraphError:
    """The fault that tells why a text is no SPARQL."""
    return GraphError(
        f"不是合法的 SPARQL / not SPARQL: {fault}",
        where=where,
        hint="检查前缀与变量;图谱自己的前缀(kg: org: skos: …)不必声明 "
        "(check prefixes and variables; the graph's own need no PREFIX)",
    )


def check(text: str, where: str = "query") -> bool:
    """Refuse what is no harmless query; return whether the query orders its answers.

    ``GraphError`` for text that is not SPARQL (with the parser's line), for updates, and for SERVICE, FROM and FROM
    NAMED wherever they stand. Decided on the parse tree and on the algebra, so that words in strings, IRIs and comments
    do no harm and escapes hide nothing; and on the words outside those, as the engine that runs the query has a parser
    of its own: rdflib ends a comment at LF only, Oxigraph also at CR.
    """
    from pyparsing import ParseBaseException
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    if len(text) > LONGEST or len(_STEPS.findall(_QUOTED.sub("", text))) > MOST_STEPS:
        raise GraphError(
            f"查询太长或太复杂 / too long or too complex: {len(text)} > {LONGEST} characters, or more than "
            f"{MOST_STEPS} of / and |",
            where=where,
            hint="拆成几个查询 (split it)",
        )
    try:
        tree = parseQuery(re.sub(r"\r\n?", "\n", text))  # what ends a comment for the engine ends it here
    except ParseBaseException as fault:
        if is_update(text):
            raise GraphError(
                "只能查询,不能更新 / an update, not a query",
                where=where,
                hint="只用 SELECT、ASK、CONSTRUCT、DESCRIBE (use these)",
            ) from None
        raise GraphError(
            f"不是合法的 SPARQL / not SPARQL: 第 {fault.lineno} 行第 {fault.column} 列 (line {fault.lineno}, "
            f"column {fault.column}): {fault.line.strip()!r}",
            where=where,
            hint="检查这一行 (see this line)",
        ) from fault
    except RecursionError:
        raise GraphError("查询嵌套太深 / nested too deeply", where=where, hint="拆成几个查询 (split it)") from None
    try:
        algebra = translateQuery(tree, initNs=dict(PREFIXES)).algebra
    except Exception as fault:  # rdflib raises bare Exception for unknown prefixes and bad scopes
        raise not_sparql(fault, where) from fault
    names = {*_names(tree), *_names(algebra)}
    words = _words(text)
    refused = {"ServiceGraphPattern": "SERVICE", "DatasetClause": "FROM"}
    for name, keyword in refused.items():
        if name in names or keyword in words:
            raise GraphError(
                f"不允许 {keyword} / {keyword} is not allowed: 查询只读给定的图,不访问网络",
                where=where,
                hint=f"去掉 {keyword} (leave it out)",
            )
    return _is_ordered(algebra)


#: Tokens of SPARQL: those in which words mean nothing (strings, IRIs, comments, variables, language tags, numbers),
#: names with a prefix, and bare words. A parser may take `SERVICE:a {` for the keyword and a name.
_TOKEN = re.compile(
    r"'''(?:[^\\]|\\.)*?'''"
    r'|"""(?:[^\\]|\\.)*?"""'
    r"|'(?:[^'\\\r\n]|\\.)*'"
    r'|"(?:[^"\\\r\n]|\\.)*"'
    r"|<[^<>\"{}|^`\\\x00-\x20]*>|#[^\r\n]*|[?$]\w+|@[A-Za-z]+(?:-\w+)*|[0-9]+\.?[0-9]*(?:[eE][+-]?[0-9]+)?"
    r"|(?P<prefix>(?:[^\W0-9][\w.-]*)?):[\w.:%-]*|(?P<word>[^\W0-9]\w*)",
    re.DOTALL,
)
_KEYWORD = re.compile("(SERVICE|FROM|LOAD)")
_SERVICE_END = re.compile("SERVICE(SILENT)?$", re.IGNORECASE)
_CODE_POINT = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def _words(text: str) -> set[str]:
    """Return which of the words that are refused stand outside strings, IRIs and comments, written out or escaped.

    Bare words of SPARQL are keywords and functions, which need no blank between them: `trueSERVICE<http://…>`.
    """
    found = set()
    for reading in (text, _CODE_POINT.sub(_character, text)):
        for token in _TOKEN.finditer(reading):
            word = token["word"] or ""
            if token["prefix"] and reading[token.end() :].lstrip()[:1] in {"{", "#"}:
                word = token["prefix"] if _SERVICE_END.search(token["prefix"]) else ""
            found.update(_KEYWORD.findall(word.upper()))
    return found


def _character(match: re.Match[str]) -> str:
    number = int(match[1] or match[2], 16)
    return chr(number) if number < 0x110000 else " "


def _is_ordered(algebra: CompValue) -> bool:
    """Return whether the outermost query, and not only a subquery, orders its answers."""
    part = algebra.get("p")
    while part is not None and part.name in {"Slice", "Distinct", "Reduced", "Project"}:
        part = part.get("p")
    return part is not None and part.name == "OrderBy"


def is_update(text: str) -> bool:
    """Whether a text is a SPARQL update."""
    from pyparsing import ParseBaseException
    from rdflib.plugins.sparql.parser import parseUpdate

    try:
        return "request" in parseUpdate(text)
    except ParseBaseException:
        return False


def _names(tree: object) -> Iterator[str]:
    """Return the names of all parts of a parse tree or an algebra."""
    from pyparsing import ParseResults

    waiting, seen = [tree], set[int]()
    while waiting:
        part = waiting.pop()
        if id(part) in seen or isinstance(part, str):
            continue
        seen.add(id(part))
        name = getattr(part, "name", None)
        if isinstance(name, str):
            yield name
        if isinstance(part, dict):
            waiting.extend(dict.values(part))
        elif isinstance(part, (list, tuple, set, frozenset)):
            waiting.extend(part)
        elif isinstance(part, ParseResults):
            waiting.extend(part)  # what it also holds by name is in here too
