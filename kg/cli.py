"""The command line: parsing and printing only. Exit 0 done, 1 findings, 2 could not run.

Results go to standard output in UTF-8 whatever the console, progress and faults to standard error, a fault in one line:
where, what, what to do.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from kg import __version__
from kg.errors import KgError

if TYPE_CHECKING:
    from kg.extract import Extractor
    from kg.validate import Finding

_FORMATS = click.Choice(["table", "csv", "json"])
_RULES = click.option(
    "--rules",
    "rules",
    multiple=True,
    metavar="DIR",
    help="A folder with your own rule files; may be given several times. 自己的规则目录。",
)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command; every fault becomes one line and an exit code, never a traceback (but for ``--debug``)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    try:
        code = cli.main(args=given, prog_name="kg", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.Abort:
        code = 130
    except click.ClickException as fault:
        context = getattr(fault, "ctx", None)
        usage = f" ({context.get_usage()})" if context else ""
        _fault(fault.format_message() + usage)
        code = 2
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - the reader is gone; nothing is to be flushed
        code = 0
    except KeyboardInterrupt:
        code = 130
    except KgError as fault:
        if debug:
            raise
        _fault(str(fault))
        code = 2
    except Exception as fault:
        if debug:
            raise
        _fault(f"{type(fault).__name__}: {fault} → run again with --debug and report what it prints (请用 --debug 重试并报告)")
        code = 2
    sys.exit(code if isinstance(code, int) else 0)


def _fault(text: str) -> None:
    print(" ".join(text.split()), file=sys.stderr)


def _bytes_out(data: bytes) -> None:
    """Write bytes as they are: Windows consoles would turn \\n into \\r\\n and lose what their code page lacks."""
    sys.stdout.flush()
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        sys.stdout.write(data.decode())
    else:
        buffer.write(data)
        buffer.flush()


def _debug(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--debug", is_flag=True, expose_value=False, help="Show tracebacks. 显示出错的堆栈。")(function)


def _extractor(rules: Iterable[str]) -> Extractor:
    from kg.extract import Extractor

    return Extractor.load(*rules)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kg")
@_debug
def cli() -> None:
    """Chinese government reports in, an evidenced knowledge graph out.

    中文政府报告进，带原文证据的知识图谱出。
    """


@cli.command()
@click.argument("reports", nargs=-1, metavar="REPORT...")
@click.option("-o", "--output", "output", required=True, metavar="DIR", help="Where the files go; made if missing. 输出目录。")
@click.option("--sample", is_flag=True, help="Build the report that ships with the package. 构建自带的样例报告。")
@click.option("--base-iri", default=None, metavar="IRI", help="What data IRIs begin with. 数据 IRI 的前缀。")
@_RULES
@_debug
@click.pass_context
def build(
    context: click.Context, reports: tuple[str, ...], output: str, sample: bool, base_iri: str | None, rules: tuple[str, ...]
) -> None:
    """Read reports; write graph, page, annotations and summary of each.

    由报告生成图谱、网页、标注和摘要；图谱先经 SHACL 校验，不合格则不写出。
    """
    from kg import build as build_report
    from kg import write
    from kg.build import SAMPLE, output_name, read_report, sample_report
    from kg.vocabulary import BASE, check_base

    if bool(reports) == sample:
        raise click.UsageError("give REPORT files, or --sample alone (给出报告文件，或只用 --sample)")
    base = check_base(base_iri) if base_iri else BASE
    names = [output_name(path) for path in reports]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise KgError(
            "two reports would write the same files (两份报告会写出同名文件)", where=twice[0], hint="rename one (请改名)"
        )
    extractor = _extractor(rules)
    jobs: list[tuple[str, Callable[[], Any]]] = (
        [(SAMPLE, sample_report)]
        if sample
        else [(name, lambda path=path: read_report(path)) for name, path in zip(names, reports, strict=True)]
    )
    done = findings = 0
    for name, read_one in jobs:
        try:
            built = build_report(read_one(), extractor, name=name, base_iri=base)
            if not built.conforms:
                findings += 1
                _print_findings(built.findings, sys.stderr)
                _fault(f"{name}: the graph breaks a shape, nothing written (图谱未通过校验，未写出)")
                continue
            for path in write(built, output):
                click.echo(path)
            done += 1
        except KgError as fault:
            if len(jobs) == 1:
                raise
            _fault(str(fault))
    if done < len(jobs):
        if len(jobs) > 1:
            _fault(f"{done} of {len(jobs)} reports built (共 {len(jobs)} 份，完成 {done} 份)")
        context.exit(1 if done or findings else 2)


@cli.command()
@click.argument("report")
@_RULES
@_debug
def extract(report: str, rules: tuple[str, ...]) -> None:
    """Print the annotations of REPORT as JSON lines.

    把报告的标注（提及与关系）按行输出为 JSON。
    """
    from kg import extract as extract_report
    from kg.annotations import annotations
    from kg.build import read_report

    read = read_report(report)
    _bytes_out(annotations(extract_report(read, _extractor(rules))))


@cli.command()
@click.argument("text")
@click.option("--issuer", default="", help="Whose report TEXT is from, so that 市政府 resolves. 发文机关全称。")
@click.option("--as", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@_RULES
@_debug
def explain(text: str, issuer: str, form: str, rules: tuple[str, ...]) -> None:
    """Show what the rules see in TEXT, which rule says so, and what nearly matched.

    解释一句话：每个提及出自哪条规则，哪些差一点成立、为什么。
    """
    from kg.explain import as_text, explain_text

    told = explain_text(text, _extractor(rules), issuer=issuer)
    if form == "json":
        _bytes_out((json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode())
    else:
        _bytes_out(as_text(told).encode())


@cli.command("check-rules")
@click.argument("directories", nargs=-1, metavar="[DIR]...")
@_debug
@click.pass_context
def check_rules(context: click.Context, directories: tuple[str, ...]) -> None:
    """Check every rule against its examples and counterexamples.

    逐条检查规则的正例与反例，一次列出全部问题。
    """
    from kg.rulebook import problems

    found = problems(*directories)
    for problem in found:
        click.echo(f"{problem.file} {problem.id}: {problem.message}")
    if found:
        click.echo(f"{len(found)} problems (处问题)")
        context.exit(1)
    from kg.rulebook import Rulebook

    book = Rulebook.load(*directories)
    examples = sum(len(p.examples) + len(p.counterexamples) for p in book.patterns.values())
    examples += sum(len(t.examples) + len(t.counterexamples) for t in book.templates)
    click.echo(
        f"{len(book.patterns)} patterns, {len(book.templates)} templates, {len(book.lists)} lists, "
        f"{examples} examples: all met (模式、句式、词表与例句全部通过)"
    )


@cli.command()
@click.argument("graph")
@click.option("--as", "form", type=_FORMATS, default="table", show_default=True)
@_debug
@click.pass_context
def validate(context: click.Context, graph: str, form: str) -> None:
    """Check GRAPH (.ttl, .trig, .nq) against the shapes.

    用 SHACL 形状校验图谱文件。
    """
    from kg.validate import validate as check

    found = check(Path(graph))
    if form == "json":
        values = [{name: getattr(f, name) for name in ("severity", "focus", "path", "value", "message", "shape")} for f in found]
        _bytes_out((json.dumps(values, ensure_ascii=False, indent=2) + "\n").encode())
    else:
        _print_findings(found, sys.stdout, separator="," if form == "csv" else "  ")
    if any(f.severity == "violation" for f in found):
        context.exit(1)
    if form == "table":
        click.echo(f"{graph}: conforms (符合约束)")


def _print_findings(findings: Iterable[Finding], stream: Any, separator: str = "  ") -> None:
    for f in findings:
        cells = (f.severity, f.message, f.focus, f.path or "", f.value or "", f.shape)
        if separator == ",":
            cells = tuple('"' + c.replace('"', '""') + '"' for c in cells)
        print(separator.join(cells), file=stream)


@cli.command()
@click.argument("question", required=False)
@click.option("--on", "graph", metavar="GRAPH", help="The graph file that is asked (.ttl, .trig, .nq). 被查询的图谱文件。")
@click.option("--as", "form", type=_FORMATS, default="table", show_default=True)
@_debug
def query(question: str | None, graph: str | None, form: str) -> None:
    """Ask GRAPH a named question, a .rq file or a SPARQL text; without QUESTION list the named ones.

    用编号、名称、.rq 文件或 SPARQL 查询图谱；不给问题则列出全部命名问题。
    """
    from kg import query as queries

    if question is None:
        for known in queries.questions():
            click.echo(f"{known.stem}  {known.name_zh}  {known.zh}  {known.en}")
        return
    if graph is None:
        raise click.UsageError("say which graph to ask: --on GRAPH (用 --on 指定图谱文件)")
    answer = queries.ask(Path(question) if question.endswith(".rq") else question, Path(graph))
    render = {"table": queries.table, "csv": queries.csv, "json": queries.json}[form]
    _bytes_out((render(answer).rstrip("\n") + "\n").encode())


@cli.command()
@click.argument("pairs", nargs=-1, required=True, metavar="GOLD REPORT [GOLD REPORT]...")
@click.option("--as", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--errors", is_flag=True, help="List what was missed and what is spurious. 列出漏标与误标。")
@click.option("--baseline", metavar="FILE", help="Compare with an earlier --as json; a drop exits 1. 与基线比较。")
@_RULES
@_debug
@click.pass_context
def evaluate(
    context: click.Context, pairs: tuple[str, ...], form: str, errors: bool, baseline: str | None, rules: tuple[str, ...]
) -> None:
    """Score the extraction of each REPORT against its GOLD annotations.

    与人工标注比较，给出各类与各规则的准确率、召回率和 F1。
    """
    from kg import evaluate as scoring
    from kg import extract as extract_report
    from kg.annotations import records
    from kg.build import read_report

    if len(pairs) % 2:
        raise click.UsageError("files come in pairs: GOLD REPORT (成对给出)")
    extractor = _extractor(rules)
    results = []
    for gold_path, report_path in zip(pairs[::2], pairs[1::2], strict=True):
        report = read_report(report_path)
        gold = scoring.read_records(Path(gold_path))
        scoring.check_offsets(gold, report.text, Path(gold_path).name)
        predicted = list(records(extract_report(report, extractor)))
        results.append(scoring.evaluate(gold, predicted, document=report.name))
    total = scoring.merge(results)
    if form == "json":
        _bytes_out((json.dumps(scoring.as_values(total), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode())
    else:
        _print_scores(total, errors)
    if baseline:
        comparison = scoring.compare(total, Path(baseline))
        for word, cases in (("gained", comparison.gained), ("lost", comparison.lost)):
            for case in cases:
                print(f"{word}: {case}", file=sys.stderr)
        for name, (before, now) in comparison.dropped.items():
            print(f"dropped: {name} {before:.3f} → {now:.3f}", file=sys.stderr)
        if comparison.dropped:
            context.exit(1)


def _print_scores(total: Any, errors: bool) -> None:
    if errors:
        for fault in total.faults:
            click.echo(fault)
    for name, s in total.figures.items():
        click.echo(f"{name:28} P {s.precision:.3f}  R {s.recall:.3f}  F1 {s.f1:.3f}   ({s.hit} of {s.gold} gold, {s.predicted} predicted)")
    for (kind, rule), s in total.rules.items():
        click.echo(f"  {kind:12} {rule:24} {s.hit}/{s.predicted} right")
