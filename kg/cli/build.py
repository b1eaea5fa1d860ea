"""`kg build`: reports to files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli.batch import build_folders, is_batch, with_batch
from kg.cli.graphs import finding_line
from kg.cli.support import as_text, load_extractor, out, say, tell, wanted_formats, with_debug, with_rules
from kg.errors import KgError, StoreError

if TYPE_CHECKING:
    from kg.extract import Extractor
    from kg.model import Report

_LAST_SECOND = 253_402_300_799  # of the year 9999, the last that dates can hold


@click.command()
@click.argument("reports", nargs=-1, metavar="[REPORT]...")
@click.option(
    "-o", "--output", required=True, metavar="DIR", help="Where the files go; made if missing. 输出目录,没有就新建。"
)
@click.option("--sample", is_flag=True, help="Build the report that ships with the package. 构建自带的样例报告。")
@click.option("--base-iri", metavar="IRI", help="What data IRIs begin with. 数据 IRI 的前缀。")
@click.option(
    "--also",
    multiple=True,
    metavar="FORMAT,…",
    help="Write these formats too (see kg export); may be given several times. 同时写出这些格式。",
)
@click.option("--all-formats", is_flag=True, help="Write every format. 写出全部格式。")
@with_batch
@with_rules
@with_debug
@click.pass_context
def build(
    ctx: click.Context,
    /,
    reports: tuple[str, ...],
    output: str,
    sample: bool,
    base_iri: str | None,
    also: tuple[str, ...],
    all_formats: bool,
    rules: tuple[str, ...],
    **many: Any,
) -> None:
    """Read reports and write the graph, page, annotations and summary of each.

    由报告生成图谱、网页、标注和摘要。图谱先经 SHACL 校验,不合格则这份报告什么也不写出。

    Files of a report NAME.txt: NAME.ttl, NAME.trig, NAME.html, NAME.annotations.jsonl, NAME.summary.json,
    NAME.audit.md.

    Folders are searched for .txt .html .htm .md; reports.tsv lists what became of each. What is unchanged since the
    last run is kept. 可给目录:逐份构建,坏的报告列入 reports.tsv,没有变动的沿用上次的结果。
    """
    from kg.build import ENDINGS, SAMPLE, output_name, read_report, sample_report
    from kg.export import file_names
    from kg.vocabulary import BASE, check_base

    jobs: list[tuple[str, Callable[[], Report]]] = [(SAMPLE, sample_report)] if sample else []
    jobs += [(output_name(path), lambda path=path: read_report(path)) for path in reports]  # type: ignore[misc]
    if not jobs:
        raise click.UsageError("give REPORT files, or --sample (给出报告文件,或用 --sample)")
    if not output:  # as `-o "$OUT"` gives where OUT is unset; the present directory is `-o .`
        raise KgError(
            "没有写目录 / no directory is given", where="-o", hint='例如 -o out;当前目录写 "." (-o . is here)'
        )
    base, epoch = BASE if base_iri is None else check_base(base_iri), source_date_epoch()
    formats = wanted_formats([*also, *(["all"] if all_formats else [])], "--also")
    if is_batch(reports, many):
        if sample:
            raise click.UsageError("--sample is a build of its own (--sample 请单独构建)")
        build_folders(ctx, reports, output, base, epoch, rules, formats, **many)
        return
    refuse_clashes([name for name, _ in jobs], reports, Path(output), (*ENDINGS, *file_names("", formats)))
    extractor = load_extractor(rules)
    outcomes = []
    for number, (name, read_one) in enumerate(jobs, 1):
        if len(jobs) > 1:
            say(f"[{number}/{len(jobs)}] {name}")
        try:
            outcomes.append(_build_one(name, read_one(), extractor, Path(output), base, epoch, formats))
        except StoreError:
            raise  # the next report would find the same place
        except Exception as fault:
            tell(fault, ctx, name)
            outcomes.append(2)
    if len(jobs) > 1:
        say(f"完成 {outcomes.count(0)} 份,共 {len(jobs)} 份 ({outcomes.count(0)} of {len(jobs)} reports built)")
    if any(outcomes):
        ctx.exit(2 if set(outcomes) == {2} else 1)


def _build_one(
    name: str,
    report: Report,
    extractor: Extractor,
    directory: Path,
    base: str,
    epoch: int | None,
    formats: Sequence[str],
) -> int:
    """Build and write one report; return 0, or 1 where its graph breaks a shape."""
    from kg.audit_report import findings_of, one_line
    from kg.build import build as build_report
    from kg.build import write

    built = build_report(report, extractor, name=name, base_iri=base, source_date_epoch=epoch, also=formats)
    for finding in built.findings:
        say(f"{name}: {finding_line(finding)}")
    if not built.conforms:
        say(f"{name}: 图谱未通过校验,什么也没有写出 (the graph breaks a shape: nothing is written)")
        return 1
    for audited in findings_of([built.extraction], [check for check in built.checks if check.verdict == "disagrees"]):
        say(f"{name}: 数字不符 (figures disagree): {one_line(audited)}")
    for path in write(built, directory):
        out(f"{path}\n")
    return 0


def source_date_epoch() -> int | None:
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


def refuse_clashes(names: Sequence[str], reports: Iterable[str], directory: Path, endings: Sequence[str]) -> None:
    """Refuse, before anything is done, names that would write the same files and files that would overwrite a report.

    File systems of Windows and macOS do not tell capitals from small letters.
    """
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
    written = {os.path.join(place, f"{name}{ending}").casefold() for name in names for ending in endings}
    for report in reports:
        if os.path.realpath(report).casefold() in written:
            raise KgError(
                "输出会覆盖这份报告 / the output would overwrite this report",
                where=as_text(report),
                hint="换一个输出目录 (choose another -o)",
            )
