"""`kg extract`, `kg explain`, `kg check-rules`, `kg evaluate`: what the rules see, and how well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.support import as_json, as_text, form_option, load_extractor, out, say, with_debug, with_rules

if TYPE_CHECKING:
    from kg.evaluate import Comparison, Evaluation
    from kg.extract import Extractor


@click.command()
@click.argument("report")
@with_rules
@with_debug
def extract(report: str, rules: tuple[str, ...]) -> None:
    """Print the annotations of REPORT as JSON lines.

    把报告的标注(提及与关系)逐行输出为 JSON。
    """
    from kg.annotations import annotations
    from kg.build import read_report
    from kg.extract import extract as extract_report

    source = read_report(report)
    out(annotations(extract_report(source, load_extractor(rules))))


@click.command()
@click.argument("text")
@click.option(
    "--issuer",
    default="",
    help="Whose report TEXT is from, so that 市政府 resolves. 发文机关全称,如 连云港市人民政府。",
)
@form_option("text", "json")
@with_rules
@with_debug
def explain(text: str, issuer: str, form: str, rules: tuple[str, ...]) -> None:
    """Show what the rules see in TEXT, which rule says so, and what nearly matched.

    解释一句话:每个提及、每条关系出自哪条规则,哪些差一点成立、为什么。
    """
    from kg.explain import as_text as told_as_text
    from kg.explain import explain_text

    told = explain_text(as_text(text), load_extractor(rules), issuer=as_text(issuer))
    out(as_json(told) if form == "json" else told_as_text(told))


@click.command("check-rules")
@click.argument("directories", nargs=-1, metavar="[DIR]...")
@with_debug
@click.pass_context
def check_rules(ctx: click.Context, directories: tuple[str, ...]) -> None:
    """Check every rule, the package's and those in DIR, against its examples and counterexamples.

    逐条检查规则的正例与反例,一次列出全部问题。
    """
    from kg.rulecheck import check_rules as check

    result = check(*directories)
    for problem in result.problems:
        where = f"{problem.file} {problem.id}".strip()
        out(f"{where}: {' '.join(problem.message.split())}\n")
    for note in result.notes:
        say(note)
    out(
        f"{result.files} 个文件 files: {result.patterns} 个模式 patterns, {result.templates} 个句式 templates, "
        f"{result.names} 个名称 names, {result.lists} 个词表 lists ({result.words} 词 words); "
        f"{result.examples} 个正例 examples, {result.counterexamples} 个反例 counterexamples\n"
    )
    if result.problems:
        out(f"{len(result.problems)} 处问题 problems\n")
        ctx.exit(1)
    out("全部通过 all met\n")


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="GOLD REPORT [GOLD REPORT]...")
@form_option("table", "json")
@click.option("--errors", is_flag=True, help="List what was missed, what is spurious or wrong. 列出漏标、误标与错值。")
@click.option("--baseline", metavar="FILE", help="Compare with an earlier --as json; a drop exits 1. 与基线比较。")
@with_rules
@with_debug
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
    extractor = load_extractor(rules)
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
        out(as_json(values))
    else:
        out("".join(f"{line}\n" for line in _score_lines(total, errors, comparison)))
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
