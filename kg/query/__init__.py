"""Questions to a graph: SPARQL text, files or the named questions of ``ontology/questions``, on a file or a dataset.

Queries only read and never leave the machine: what a query would do is decided on its parsed form, before it runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kg.describe import Dataset
from kg.describe.graphfile import read_graph
from kg.errors import GraphError
from kg.query.forms import Cell, Row, Table, csv, json, row_order, table, turtle
from kg.query.harmless import LONGEST, MOST_STEPS, check, is_update, not_sparql
from kg.query.named import Question, find_question, near, questions
from kg.vocabulary import PREFIXES

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    import pyoxigraph

__all__ = [
    "LONGEST",
    "MOST_STEPS",
    "Cell",
    "Question",
    "Row",
    "Table",
    "ask",
    "check",
    "csv",
    "find_question",
    "json",
    "load",
    "questions",
    "table",
    "turtle",
]


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
        # DESCRIBE <http://…> has no brace
        if "{" in question or "\n" in question or question.upper().split()[:1] == ["DESCRIBE"] or is_update(question):
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
    names = ", ".join(f"{known.number} {known.name_zh} ({known.name_en})" for known in near(str(question)))
    raise GraphError(f"没有这个问题 / no such question: {question}", where="query", hint=f"可选 / choose: {names}")


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
            return Table(("subject", "predicate", "object"), tuple(sorted(triples, key=row_order)), is_graph=True)
        columns = tuple(variable.value for variable in answer.variables)
        rows = tuple(tuple(_cell(part) for part in solution) for solution in answer)
    except SyntaxError as fault:
        raise not_sparql(fault, where) from fault
    return Table(columns, rows if ordered else tuple(sorted(rows, key=row_order)))


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
