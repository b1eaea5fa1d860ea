"""The command line: parsing and printing only. Exit 0 done, 1 findings, 2 could not run.

Results go to standard output in UTF-8 whatever the console, progress and faults to standard error, a fault in one line:
where, what, what to do.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from kg import __version__
from kg.errors import KgError, StoreError

if TYPE_CHECKING:
    from kg.evaluate import Comparison, Evaluation
    from kg.extract import Extractor
    from kg.model import Report
    from kg.query import Table
    from kg.validate import Finding

_Command = TypeVar("_Command", bound=Callable[..., Any])
_INTERRUPTED = 130  # what shells give a command that Ctrl-C ended
_LAST_SECOND = 253_402_300_799  # of the year 9999, the last that dates can hold


def main() -> NoReturn:
    """Run the command as a process: streams in UTF-8 with plain line ends, then `cli`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Consoles of Chinese Windows are GBK, cron jobs ASCII: what they cannot show is escaped, never a crash.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    cli.main(prog_name="kg")
    raise AssertionError  # click exits; the type checker does not know


class Commands(click.Group):
    """A group of commands whose faults become one line and an exit code, with a traceback only where asked for."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; click itself deals with wrong usage."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except (click.ClickException, click.exceptions.Exit):
            raise
        except (KeyboardInterrupt, click.Abort):
            ctx.exit(_INTERRUPTED)
        except BrokenPipeError:  # the reader has enough, as `head` has after ten lines
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except Exception as fault:
            _tell(fault, ctx)
            ctx.exit(2)
        return result


def _tell(fault: Exception, ctx: click.Context, where: str = "") -> None:
    """Say in one line on standard error what went wrong."""
    if ctx.find_root().meta.get("debug"):
        traceback.print_exception(fault)
    if isinstance(fault, KgError):
        _say(str(fault))
        return
    if isinstance(fault, OSError) and fault.strerror:  # a full disk behind standard output, say
        _say(f"{fault.filename or where or 'kg'}: {fault.strerror} → 检查磁盘与权限 (check the disk and permissions)")
        return
    frame = traceback.extract_tb(fault.__traceback__)[-1]
    place = f"{where or 'kg'} ({Path(frame.filename).name}:{frame.lineno})"
    hint = "请加 --debug 重新运行并报告 (run again with --debug and report what it prints)"
    _say(f"{place}: 程序出错 / internal error: {type(fault).__name__}: {fault} → {hint}")


def _say(text: str) -> None:
    """Print one line on standard error; what would drive a terminal (a file may be named so) is shown, not sent."""
    line = " ".join(text.split())
    click.echo("".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line), err=True)


def _out(text: str | bytes) -> None:
    """Print a result as it is: no line end is translated, no character lost."""
    data = text.encode("utf-8", "backslashreplace") if isinstance(text, str) else text
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _json(values: object) -> str:
    return json.dumps(values, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _text(argument: str) -> str:
    """Return an argument as text: a POSIX shell without a locale hands over UTF-8 that Python takes for bytes."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        return os.fsencode(argument).decode("utf-8", "replace")
    return argument


def _remember_debug(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        ctx.find_root().meta["debug"] = True


def _with_debug(command: _Command) -> _Command:
    return click.option(
        "--debug",
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=_remember_debug,
        help="Show tracebacks. 出错时显示堆栈。",
    )(command)


def _with_rules(command: _Command) -> _Command:
    return click.option(
        "--rules",
        multiple=True,
        metavar="DIR",
        help="A folder with your own rule files; may be given several times. 自己的规则目录,可给多个。",
    )(command)


def _form(*names: str) -> Callable[[_Command], _Command]:
    return click.option(
        "--as",
        "form",
        type=click.Choice(names),
        default=names[0],
        show_default=True,
        help="Form of the output. 输出格式。",
    )


def _extractor(rules: Iterable[str]) -> Extractor:
    from kg.extract import Extractor

    return Extractor.load(*rules)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kg", help="Show the version and exit. 显示版本。")
@_with_debug
def cli() -> None:
    """Chinese government reports in, an evidenced knowledge graph out.

    中文政府报告进,带原文证据的知识图谱出。

    Exit codes: 0 done, 1 findings (violations, failed rules or reports, a lower score), 2 could not run.
    退出码:0 完成;1 有发现(违反约束、规则或报告未过、得分下降);2 无法运行。
    """


# --- build ------------------------------------------------------------------------------------------------------------


@cli.command()
@click.argument("reports", nargs=-1, metavar="[REPORT]...")
@click.option(
    "-o", "--output", required=True, metavar="DIR", help="Where the files go; made if missing. 输出目录,没有就新建。"
)
@click.option("--sample", is_flag=True, help="Build the report that ships with the package. 构建自带的样例报告。")
@click.option("--base-iri", metavar="IRI", help="What data IRIs begin with. 数据 IRI 的前缀。")
@_with_rules
@_with_debug
@click.pass_context
def build(
    ctx: click.Context,
    reports: tuple[str, ...],
    output: str,
    sample: bool,
    base_iri: str | None,
    rules: tuple[str, ...],
) -> None:
    """Read reports and write the graph, page, annotations and summary of each.

    由报告生成图谱、网页、标注和摘要。图谱先经 SHACL 校验,不合格则这份报告什么也不写出。

    Files of a report NAME.txt: NAME.ttl, NAME.trig, NAME.html, NAME.annotations.jsonl, NAME.summary.json.
    """
    from kg.build import SAMPLE, output_name, read_report, sample_report
    from kg.vocabulary import BASE, check_base

    jobs: list[tuple[str, Callable[[], Report]]] = [(SAMPLE, sample_report)] if sample else []
    jobs += [(output_name(path), lambda path=path: read_report(path)) for path in reports]  # type: ignore[misc]
    if not jobs:
        raise click.UsageError("give REPORT files, or --sample (给出报告文件,或用 --sample)")
    if not output:  # as `-o "$OUT"` gives where OUT is unset; the present directory is `-o .`
        raise KgError(
            "没有写目录 / no directory is given", where="-o", hint='例如 -o out;当前目录写 "." (-o . is here)'
        )
    base, epoch = BASE if base_iri is None else check_base(base_iri), _source_date_epoch()
    _refuse_clashes([name for name, _ in jobs], reports, Path(output))
    extractor = _extractor(rules)
    outcomes = []
    for number, (name, read_one) in enumerate(jobs, 1):
        if len(jobs) > 1:
            _say(f"[{number}/{len(jobs)}] {name}")
        try:
            outcomes.append(_build_one(name, read_one(), extractor, Path(output), base, epoch))
        except StoreError:
            raise  # the next report would find the same place
        except Exception as fault:
            _tell(fault, ctx, name)
            outcomes.append(2)
    if len(jobs) > 1:
        _say(f"完成 {outcomes.count(0)} 份,共 {len(jobs)} 份 ({outcomes.count(0)} of {len(jobs)} reports built)")
    if any(outcomes):
        ctx.exit(2 if set(outcomes) == {2} else 1)


def _build_one(name: str, report: Report, extractor: Extractor, directory: Path, base: str, epoch: int | None) -> int:
    """Build and write one report; return 0, or 1 where its graph breaks a shape."""
    from kg.build import build as build_report
    from kg.build import write

    built = build_report(report, extractor, name=name, base_iri=base, source_date_epoch=epoch)
    for finding in built.findings:
        _say(f"{name}: {_finding_line(finding)}")
    if not built.conforms:
        _say(f"{name}: 图谱未通过校验,什么也没有写出 (the graph breaks a shape: nothing is written)")
        return 1
    for path in write(built, directory):
        _out(f"{path}\n")
    return 0


def _source_date_epoch() -> int | None:
    """Return the date of the run where the environment gives one (reproducible-builds.org)."""
    value = os.environ.get("SOURCE_DATE_EPOCH", "").strip()
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= 15 and int(value) <= _LAST_SECOND):
        raise KgError(
            f"不是秒数 / not seconds: {value[:40]}",
            where="SOURCE_DATE_EPOCH",
            hint="写 1970 至 9999 年间的 Unix 秒数,或不设 (unset it)",
        )
    return int(value)


def _refuse_clashes(names: Sequence[str], reports: Iterable[str], directory: Path) -> None:
    """Refuse, before anything is done, names that would write the same files and files that would overwrite a report.

    File systems of Windows and macOS do not tell capitals from small letters.
    """
    from kg.build import ENDINGS

    folded = [name.casefold() for name in names]
    twice = next((name for name, key in zip(names, folded, strict=True) if folded.count(key) > 1), None)
    if twice is not None:
        raise KgError(
            "两份报告会写出同名文件 / two reports would write the same files",
            where=twice,
            hint="给其中一份改名,或分别输出到两个目录 (rename one, or use two output directories)",
        )
    # Not `Path.resolve`, which raises at a link that leads to itself.
    place = os.path.realpath(directory)
    written = {os.path.join(place, f"{name}{ending}").casefold() for name in names for ending in ENDINGS}
    for report in reports:
        if os.path.realpath(report).casefold() in written:
            raise KgError(
                "输出会覆盖这份报告 / the output would overwrite this report",
                where=_text(report),
                hint="换一个输出目录 (choose another -o)",
            )


# --- extract and explain ----------------------------------------------------------------------------------------------


@cli.command()
@click.argument("report")
@_with_rules
@_with_debug
def extract(report: str, rules: tuple[str, ...]) -> None:
    """Print the annotations of REPORT as JSON lines.

    把报告的标注(提及与关系)逐行输出为 JSON。
    """
    from kg.annotations import annotations
    from kg.build import read_report
    from kg.extract import extract as extract_report

    source = read_report(report)
    _out(annotations(extract_report(source, _extractor(rules))))


@cli.command()
@click.argument("text")
@click.option(
    "--issuer",
    default="",
    help="Whose report TEXT is from, so that 市政府 resolves. 发文机关全称,如 连云港市人民政府。",
)
@_form("text", "json")
@_with_rules
@_with_debug
def explain(text: str, issuer: str, form: str, rules: tuple[str, ...]) -> None:
    """Show what the rules see in TEXT, which rule says so, and what nearly matched.

    解释一句话:每个提及、每条关系出自哪条规则,哪些差一点成立、为什么。
    """
    from kg.explain import as_text, explain_text

    told = explain_text(_text(text), _extractor(rules), issuer=_text(issuer))
    _out(_json(told) if form == "json" else as_text(told))


@cli.command("check-rules")
@click.argument("directories", nargs=-1, metavar="[DIR]...")
@_with_debug
@click.pass_context
def check_rules(ctx: click.Context, directories: tuple[str, ...]) -> None:
    """Check every rule, the package's and those in DIR, against its examples and counterexamples.

    逐条检查规则的正例与反例,一次列出全部问题。
    """
    from kg.rulecheck import check_rules as check

    result = check(*directories)
    for problem in result.problems:
        where = f"{problem.file} {problem.id}".strip()
        _out(f"{where}: {' '.join(problem.message.split())}\n")
    for note in result.notes:
        _say(note)
    _out(
        f"{result.files} 个文件 files: {result.patterns} 个模式 patterns, {result.templates} 个句式 templates, "
        f"{result.names} 个名称 names, {result.lists} 个词表 lists ({result.words} 词 words); "
        f"{result.examples} 个正例 examples, {result.counterexamples} 个反例 counterexamples\n"
    )
    if result.problems:
        _out(f"{len(result.problems)} 处问题 problems\n")
        ctx.exit(1)
    _out("全部通过 all met\n")


# --- graphs -----------------------------------------------------------------------------------------------------------


@cli.command()
@click.argument("graph")
@_form("table", "csv", "json")
@_with_debug
@click.pass_context
def validate(ctx: click.Context, graph: str, form: str) -> None:
    """Check GRAPH (.ttl, .trig, .nt, .nq) against the SHACL shapes.

    用 SHACL 形状校验图谱文件。有违反(violation)则退出码为 1。
    """
    from kg import query as queries
    from kg.validate import validate as check

    findings = check(Path(graph))
    if form == "json":
        _out(_json([_finding_values(finding) for finding in findings]))
    elif form == "csv":
        _out(queries.csv(_finding_table(findings)))
    elif findings:
        _out(queries.table(_finding_table(findings)))
    else:
        _out(f"{_text(graph)}: 符合约束 conforms\n")
    if any(finding.severity == "violation" for finding in findings):
        ctx.exit(1)
    if queries.ask("ASK { ?report a <https://govkg.example/ns#Report> }", Path(graph)).boolean is False:
        _say(f"{_text(graph)}: 注意:图里没有报告,约束多半没有对象 (note: no report in it, so little was checked)")


def _finding_values(finding: Finding) -> dict[str, str | None]:
    return {
        "severity": finding.severity,
        "shape": finding.shape,
        "focus": finding.focus,
        "path": finding.path,
        "value": finding.value,
        "message": finding.message,
    }


def _finding_line(finding: Finding) -> str:
    return " ".join(value for value in _finding_values(finding).values() if value)


def _finding_table(findings: Sequence[Finding]) -> Table:
    from kg.query import Cell, Table

    columns = ("severity", "shape", "focus", "path", "value", "message")
    rows = []
    for finding in findings:
        values = _finding_values(finding)
        rows.append(
            tuple(
                None
                if (value := values[name]) is None
                else Cell("uri" if name in ("focus", "path") else "literal", value)
                for name in columns
            )
        )
    return Table(columns, tuple(rows))


@cli.command()
@click.argument("question", required=False)
@click.option(
    "--on", "graph", metavar="GRAPH", help="The graph file that is asked (.ttl, .trig, .nt, .nq). 要查询的图谱文件。"
)
@_form("table", "csv", "json")
@_with_debug
def query(question: str | None, graph: str | None, form: str) -> None:
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
        text = _text(question)
        answer = queries.ask(Path(question) if text.endswith(".rq") else text, Path(graph))
    render = {"table": queries.table, "csv": queries.csv, "json": queries.json}[form]
    _out(render(answer))


def _question_table() -> Table:
    from kg.query import Cell, Table, questions

    rows = tuple(
        tuple(Cell("literal", cell) for cell in (str(q.number), q.stem, q.name_zh, q.zh, q.en)) for q in questions()
    )
    return Table(("number", "name", "名称", "问题", "question"), rows)


# --- evaluate ---------------------------------------------------------------------------------------------------------


@cli.command()
@click.argument("files", nargs=-1, required=True, metavar="GOLD REPORT [GOLD REPORT]...")
@_form("table", "json")
@click.option("--errors", is_flag=True, help="List what was missed, what is spurious or wrong. 列出漏标、误标与错值。")
@click.option("--baseline", metavar="FILE", help="Compare with an earlier --as json; a drop exits 1. 与基线比较。")
@_with_rules
@_with_debug
@click.pass_context
def evaluate(
    ctx: click.Context,
    files: tuple[str, ...],
    form: str,
    errors: bool,
    baseline: str | None,
    rules: tuple[str, ...],
) -> None:
    """Score the extraction of each REPORT against its GOLD annotations.

    与人工标注比较:各类的准确率、召回率、F1,各规则的准确率;给 --baseline 则列出得失,下降时退出码为 1。
    """
    from kg.evaluate import as_values, compare, merge

    if len(files) % 2:
        raise click.UsageError("files come in pairs: GOLD REPORT (文件须成对:GOLD REPORT)")
    extractor = _extractor(rules)
    total = merge(_evaluate_one(g, r, extractor) for g, r in zip(files[::2], files[1::2], strict=True))
    comparison = compare(total, Path(baseline)) if baseline else None
    if form == "json":
        values = as_values(total)
        if errors:
            values["faults"] = list(total.faults)
        if comparison:
            values["comparison"] = {
                "gained": list(comparison.gained),
                "lost": list(comparison.lost),
                "dropped": {name: list(pair) for name, pair in comparison.dropped.items()},
            }
        _out(_json(values))
    else:
        _out("".join(f"{line}\n" for line in _score_lines(total, errors, comparison)))
    if comparison and comparison.dropped:
        ctx.exit(1)


def _evaluate_one(gold: str, report: str, extractor: Extractor) -> Evaluation:
    from kg.annotations import records
    from kg.build import output_name, read_report
    from kg.evaluate import check_offsets, read_records
    from kg.evaluate import evaluate as evaluate_records
    from kg.extract import extract as extract_report

    wanted = read_records(Path(gold))
    source = read_report(report)
    check_offsets(wanted, source.text, Path(gold).name)
    return evaluate_records(wanted, records(extract_report(source, extractor)), document=output_name(report))


def _score_lines(total: Evaluation, errors: bool, comparison: Comparison | None) -> Iterable[str]:
    if errors:
        yield from total.faults
    for name, score in total.figures.items():
        yield (
            f"{name:28} P {score.precision:.3f}  R {score.recall:.3f}  F1 {score.f1:.3f}   "
            f"({score.hit} of {score.gold} gold, {score.predicted} predicted)"
        )
    yield "规则 rules: hits / predictions"
    for (kind, rule), score in total.rules.items():
        yield f"  {kind:12} {rule:24} {score.hit:>5} / {score.predicted:<5} {score.precision:.3f}"
    if comparison:
        yield from _comparison_lines(comparison)


def _comparison_lines(comparison: Comparison) -> Iterable[str]:
    groups: Mapping[str, Sequence[str]] = {"得 gained": comparison.gained, "失 lost": comparison.lost}
    for label, cases in groups.items():
        yield f"{label}: {len(cases)}"
        for case in cases:
            yield f"  {case}"
    for name, (before, now) in comparison.dropped.items():
        yield f"降 dropped: {name} F1 {before:.4f} → {now:.4f}"
