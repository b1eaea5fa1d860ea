"""Questions to a graph: SPARQL text, files or the named questions of ``ontology/questions``, on a file or a dataset.

Queries only read and never leave the machine: what a query would do is decided on its parsed form, before it runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias
from unicodedata import east_asian_width

from kg.describe import Dataset
from kg.describe.graphfile import read_graph
from kg.describe.terms import quoted
from kg.errors import GraphError
from kg.vocabulary import PREFIXES, ontology_dir

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    import pyoxigraph
    from rdflib.plugins.sparql.parserutils import CompValue


@dataclass(frozen=True, slots=True)
class Cell:
    """One RDF term of an answer: `kind` ``uri``, ``literal`` or ``bnode``; `datatype` None for plain strings."""

    kind: Literal["uri", "literal", "bnode"]
    value: str
    language: str | None = None
    datatype: str | None = None


Row: TypeAlias = tuple[Cell | None, ...]  # None where the query leaves a column unbound


@dataclass(frozen=True, slots=True)
class Table:
    """An answer. SELECT: columns and rows. ASK: `boolean`. CONSTRUCT and DESCRIBE: `is_graph`, a row per triple."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    boolean: bool | None = None
    is_graph: bool = False

    def texts(self) -> tuple[tuple[str, ...], ...]:
        """Return the rows as plain text: lexical forms and IRIs, the empty string where unbound."""
        return tuple(tuple("" if cell is None else cell.value for cell in row) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Question:
    """A named question: its number and file stem, what it asks and what it is called, in Chinese and English."""

    number: int
    stem: str
    zh: str
    en: str
    name_zh: str
    name_en: str
    text: str


_HEADER = re.compile(r"# 问[:\uff1a](?P<zh>.+)\n# Q: (?P<en>.+)\n# 名[:\uff1a] ?(?P<name_zh>\S+) / (?P<name_en>\S+)\n")
_STEM = re.compile(r"(?P<number>\d\d)-(?P<name>[a-z0-9-]+)")


def questions() -> tuple[Question, ...]:
    """Return the named questions in the order of their numbers; ``GraphError`` for a file without its header."""
    found = []
    for entry in (ontology_dir() / "questions").iterdir():
        if not entry.name.endswith(".rq"):
            continue
        stem, text = entry.name.removesuffix(".rq"), entry.read_text(encoding="utf-8")
        name, header = _STEM.fullmatch(stem), _HEADER.match(text)
        if name is None or header is None:
            raise GraphError("no name, or no header of three comment lines", where=entry.name, hint="see 01-*.rq")
        found.append(Question(int(name["number"]), stem, text=text, **header.groupdict()))
    return tuple(sorted(found, key=lambda question: question.number))


def find_question(question: str) -> Question | None:
    """Return the question of that number (``7``), file stem, or Chinese or English name; None where there is none."""
    wanted = question.strip()
    for known in questions():
        names = {known.stem, known.stem.partition("-")[2], known.name_zh, known.name_en, known.zh, known.en}
        if wanted in names or (wanted.isascii() and wanted.isdigit() and int(wanted) == known.number):
            return known
    return None


def ask(
    question: str | Path, target: Path | str | Dataset | pyoxigraph.Store, *, timeout: float | None = None
) -> Table:
    """Answer a question on a graph.

    `question` is a ``.rq`` file, a named question (``find_question``) or SPARQL text; `target` a Turtle, N-Triples,
    TriG or N-Quads file, a dataset, or what ``load`` gives, to read a file once and ask it often. The default graph is
    the union of the graphs, which ``GRAPH`` still reaches. Rows come in the order the query asks for, else sorted.

    `timeout`: seconds after which the query is given up; it then runs in a process of its own, which costs 0.3 s, and
    `target` must be a file or a dataset.

    ``GraphError``: no such question or file, a query that is not SPARQL, an update, SERVICE or FROM in any place, and a
    query that took too long.
    """
    text, where = _query_text(question)
    ordered = check(text, where)
    if timeout is not None:
        if not isinstance(target, str | Path | Dataset):
            raise GraphError("a store cannot be asked with a time limit", where=where, hint="give the file or dataset")
        return _run_limited(text, where, target, ordered, timeout)
    return _run(text, where, _store(target), ordered)


def _run_limited(text: str, where: str, target: Path | str | Dataset, ordered: bool, timeout: float) -> Table:
    """Answer in a process that can be ended: no engine lets go of a query that it has begun."""
    from multiprocessing import get_context

    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_answer, args=(theirs, text, where, target, ordered), daemon=True)
    child.start()
    theirs.close()
    try:
        if not ours.poll(timeout):
            raise GraphError(
                f"查询超过 {timeout:g} 秒,已停止 / the query took more than {timeout:g} s and was stopped",
                where=where,
                hint="缩小范围、加 LIMIT,或放宽 --timeout (narrow it, or allow more time)",
            )
        answer = ours.recv()
    except EOFError:
        raise GraphError(
            "查询进程意外结束,多半内存不足 / the query's process died, most likely for want of memory",
            where=where,
            hint="缩小范围 (narrow the query)",
        ) from None
    finally:
        child.kill()
        child.join()
        ours.close()
    if isinstance(answer, GraphError):
        raise answer
    result: Table = answer
    return result


def _answer(pipe: Connection, text: str, where: str, target: Path | str | Dataset, ordered: bool) -> None:
    """Send the answer, or the fault, through the pipe: what the child process does."""
    try:
        pipe.send(_run(text, where, _store(target), ordered))
    except GraphError as fault:
        pipe.send(fault)


def _store(target: Path | str | Dataset | pyoxigraph.Store) -> pyoxigraph.Store:
    if isinstance(target, Dataset):
        return target.oxigraph()
    return load(target) if isinstance(target, str | Path) else target


def _query_text(question: str | Path) -> tuple[str, str]:
    """Return the SPARQL text and what to call it in messages."""
    if isinstance(question, str):
        if "{" in question or "\n" in question or _is_update(question):
            return question, "query"
        known = find_question(question)
        if known is not None:
            return known.text, f"{known.stem}.rq"
    path = Path(question)
    if path.suffix == ".rq":
        try:
            return path.read_text(encoding="utf-8"), str(path)
        except (OSError, UnicodeDecodeError) as fault:
            raise GraphError(
                f"无法读取查询 / cannot read the query: {getattr(fault, 'strerror', None) or fault}",
                where=str(path),
                hint="检查路径,查询文件用 UTF-8 (check the path; queries are UTF-8)",
            ) from fault
    names = ", ".join(f"{known.number} {known.name_zh} ({known.name_en})" for known in _near(str(question)))
    raise GraphError(f"没有这个问题 / no such question: {question}", where="query", hint=f"可选 / choose: {names}")


def _near(wanted: str) -> Sequence[Question]:
    """Return the questions that have the wanted words in them, all where none has."""
    words = wanted.strip().casefold()
    texts = ((known, f"{known.stem} {known.zh} {known.en}".casefold()) for known in questions())
    return [known for known, text in texts if words in text] or questions()


#: Longest query that is looked at, in characters: parsers take a time that grows faster than the text.
LONGEST = 20_000
#: Most steps and alternatives of property paths (and ``||``) in a query, for the same reason.
MOST_STEPS = 300
_QUOTED = re.compile(r"<[^<>\s]*>|\"[^\"\n]*\"|'[^'\n]*'|#.*")
_STEPS = re.compile(r"[/|]")


def _not_sparql(fault: Exception, where: str) -> GraphError:
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
        if _is_update(text):
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
        raise _not_sparql(fault, where) from fault
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


def _is_update(text: str) -> bool:
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


def load(path: Path | str) -> pyoxigraph.Store:
    """Return a graph file as a store to ask: its graphs, and their union in the default graph; ``GraphError`` as there.

    The union is stored, see ``Dataset.oxigraph``.
    """
    import pyoxigraph

    quads = read_graph(Path(path))
    store = pyoxigraph.Store()
    store.bulk_extend(quads)
    # None of these is new where the file has no named graphs.
    store.bulk_extend(pyoxigraph.Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    return store


def _run(text: str, where: str, store: pyoxigraph.Store, ordered: bool) -> Table:
    import pyoxigraph

    try:
        answer = store.query(text, prefixes=dict(PREFIXES))
        if isinstance(answer, pyoxigraph.QueryBoolean):
            return Table((), (), boolean=bool(answer))
        if isinstance(answer, pyoxigraph.QueryTriples):
            triples = {tuple(_cell(part) for part in (t.subject, t.predicate, t.object)) for t in answer}
            return Table(("subject", "predicate", "object"), tuple(sorted(triples, key=_row_order)), is_graph=True)
        columns = tuple(variable.value for variable in answer.variables)
        rows = tuple(tuple(_cell(part) for part in solution) for solution in answer)
    except SyntaxError as fault:
        raise _not_sparql(fault, where) from fault
    return Table(columns, rows if ordered else tuple(sorted(rows, key=_row_order)))


def _cell(term: object) -> Cell | None:
    import pyoxigraph

    if isinstance(term, pyoxigraph.NamedNode):
        return Cell("uri", term.value)
    if isinstance(term, pyoxigraph.Literal):
        datatype = None if term.language or term.datatype.value == PREFIXES["xsd"] + "string" else term.datatype.value
        return Cell("literal", term.value, term.language, datatype)
    if isinstance(term, pyoxigraph.BlankNode):
        return Cell("bnode", term.value)
    return None


def _row_order(row: Row) -> tuple[tuple[str, str, str, str], ...]:
    return tuple(
        ("", "", "", "") if cell is None else (cell.kind, cell.value, cell.language or "", cell.datatype or "")
        for cell in row
    )


def table(answer: Table) -> str:
    """Return the answer as lines for a terminal: columns aligned by the width that Chinese characters take there."""
    if answer.boolean is not None:
        return f"{str(answer.boolean).lower()}\n"
    rows = [answer.columns, *(tuple(_short(cell) for cell in row) for row in answer.rows)]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(answer.columns))]
    lines = [_line(row, widths) for row in rows]
    return "\n".join((lines[0], "  ".join("-" * width for width in widths), *lines[1:])) + "\n"


def _short(cell: Cell | None) -> str:
    """Return a cell on one line, an IRI of a known namespace with its prefix, control characters as blanks."""
    if cell is None:
        return ""
    text = cell.value
    if cell.kind == "uri":
        for prefix, namespace in PREFIXES.items():
            if text.startswith(namespace) and len(text) > len(namespace):
                text = f"{prefix}:{text[len(namespace) :]}"
                break
    # A terminal must not be driven by what a report says (escape sequences).
    return "".join(character if character.isprintable() else " " for character in text)


def _width(text: str) -> int:
    """Return the number of terminal columns: wide and full-width characters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = (text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True))
    return "  ".join(padded).rstrip()


def csv(answer: Table) -> str:
    """Return the answer as CSV (RFC 4180: CRLF, quotes doubled), header first.

    A cell that a spreadsheet would run as a formula gets a leading apostrophe (`kg.export.spreadsheet`).
    """
    from kg.export.spreadsheet import csv_text

    if answer.boolean is not None:
        return csv_text((["boolean"], [str(answer.boolean).lower()]))
    return csv_text((answer.columns, *answer.texts()))


def json(answer: Table) -> str:
    """Return the answer as SPARQL 1.1 Query Results JSON (a graph as its triples), one stable spelling."""
    import json as json_module

    if answer.boolean is not None:
        document: dict[str, object] = {"head": {}, "boolean": answer.boolean}
    else:
        bindings = [
            {name: _json_term(cell) for name, cell in zip(answer.columns, row, strict=True) if cell is not None}
            for row in answer.rows
        ]
        document = {"head": {"vars": list(answer.columns)}, "results": {"bindings": bindings}}
    return json_module.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _json_term(cell: Cell) -> dict[str, str]:
    term = {"type": cell.kind, "value": cell.value}
    if cell.language:
        term["xml:lang"] = cell.language
    if cell.datatype:
        term["datatype"] = cell.datatype
    return term


def turtle(answer: Table) -> str:
    """Return the triples of a CONSTRUCT or DESCRIBE as Turtle; ``GraphError`` for an answer that is no graph."""
    from kg.export import turtle as write_turtle

    if not answer.is_graph:
        raise GraphError(
            "不是图 / the answer is no graph", where="query", hint="只有 CONSTRUCT、DESCRIBE 可写成 Turtle"
        )
    quads = []
    for row in answer.rows:
        subject, predicate, object_ = (_encoded(cell) for cell in row if cell is not None)
        quads.append((subject, predicate, object_, "<urn:x-govkg:answer>"))
    return write_turtle(Dataset.of(quads)).decode()


def _encoded(cell: Cell) -> str:
    if cell.kind == "uri":
        return f"<{cell.value}>"
    if cell.kind == "bnode":
        return f"_:{cell.value}"
    tail = f"@{cell.language}" if cell.language else f"^^<{cell.datatype}>" if cell.datatype else ""
    return quoted(cell.value) + tail
