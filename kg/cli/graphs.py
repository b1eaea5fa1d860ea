"""`kg validate` and `kg query`: a graph file against the shapes, and questions to it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.support import as_json, as_text, form_option, note_without_report, out, say, with_debug
from kg.errors import KgError

if TYPE_CHECKING:
    from kg.query import Table
    from kg.validate import Finding, Language


@click.command()
@click.argument("graph")
@form_option("table", "csv", "json")
@click.option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    default="zh",
    show_default=True,
    help="Language of the findings. 结果的语言。",
)
@with_debug
@click.pass_context
def validate(ctx: click.Context, graph: str, form: str, lang: Language) -> None:
    """Check GRAPH (.ttl, .trig, .nt, .nq, .jsonld) against the SHACL shapes.

    A finding says which fact of which report is wrong, and where its words stand.
    用 SHACL 形状校验图谱文件,说明哪份报告的哪条事实有误、原文在何处。有违反(violation)则退出码为 1。
    """
    from kg import query as queries
    from kg.validate import validate as check

    findings = check(Path(graph), language=lang)
    if form == "json":
        out(as_json([_finding_values(finding) for finding in findings]))
    elif form == "csv":
        out(queries.csv(_finding_table(findings)))
    elif findings:
        out(queries.table(_finding_table(findings)))
    else:
        out(f"{as_text(graph)}: 符合约束 conforms\n")
    if any(finding.severity == "violation" for finding in findings):
        ctx.exit(1)
    if queries.ask("ASK { ?report a <https://govkg.example/ns#Report> }", Path(graph)).boolean is False:
        say(f"{as_text(graph)}: 注意:图里没有报告,约束多半没有对象 (note: no report in it, so little was checked)")


#: The columns of a finding; the names of the fields of `kg.validate.Finding`.
_COLUMNS = (
    "severity",
    "shape",
    "message",
    "fact",
    "report",
    "file",
    "begin",
    "end",
    "quote",
    "focus",
    "path",
    "value",
)


def _finding_values(finding: Finding) -> dict[str, str | int | None]:
    return {name: getattr(finding, name) for name in _COLUMNS}


def finding_line(finding: Finding) -> str:
    """Return a finding as one line for a terminal: what is wrong, the fact, its place in the text, the node."""
    place = "" if finding.begin is None else f"[{finding.begin}, {finding.end})"
    words = (finding.severity, finding.shape, finding.message, finding.fact, place, finding.focus)
    return " ".join(word for word in (*words, finding.path, finding.value) if word)


def _finding_table(findings: Sequence[Finding]) -> Table:
    from kg.query import Cell, Table

    rows = []
    for finding in findings:
        values = _finding_values(finding)
        rows.append(
            tuple(
                None
                if (value := values[name]) is None
                else Cell("uri" if name in ("focus", "path") else "literal", str(value))
                for name in _COLUMNS
            )
        )
    return Table(_COLUMNS, tuple(rows))


@click.command()
@click.argument("question", required=False)
@click.option(
    "--on",
    "graph",
    metavar="GRAPH",
    help="The graph file that is asked (.ttl, .trig, .nt, .nq, .jsonld). 要查询的图谱文件。",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Give up after this time. 超过这个时间就停止。",
)
@form_option("table", "csv", "json")
@with_debug
def query(question: str | None, graph: str | None, timeout: float | None, form: str) -> None:
    """Ask GRAPH a QUESTION: a named question, a .rq file or SPARQL; without QUESTION list the named ones.

    用编号、名称、.rq 文件或 SPARQL 查询图谱;不给问题则列出全部命名问题。只读,不联网。
    """
    from kg import query as queries

    if question is None:
        answer = _question_table()
    elif graph is None:
        raise KgError(
            "没有说查询哪个图 / which graph is asked is not said",
            where="kg query",
            hint="加 --on GRAPH,例如 kg build --sample -o out 之后 --on out/lianyungang-2020.ttl (add --on GRAPH)",
        )
    else:
        text = as_text(question)
        answer = queries.ask(Path(question) if text.endswith(".rq") else text, Path(graph), timeout=timeout)
        if not answer.rows and answer.boolean is None:
            note_without_report([graph])
            say("没有结果 (no rows)")
    render = {"table": queries.table, "csv": queries.csv, "json": queries.json}[form]
    out(render(answer))


def _question_table() -> Table:
    from kg.query import Cell, Table, questions

    rows = tuple(
        tuple(Cell("literal", cell) for cell in (str(q.number), q.stem, q.name_zh, q.zh, q.en)) for q in questions()
    )
    return Table(("number", "name", "名称", "问题", "question"), rows)
