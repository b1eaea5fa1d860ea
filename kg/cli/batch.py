"""`kg build` of folders, and `kg compare` over what it built."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli.support import Command, as_json, form_option, out, say, with_debug

if TYPE_CHECKING:
    from kg.batch.compare import Value
    from kg.batch.records import Head
    from kg.batch.run import Outcome

_EVERY = 10.0  # seconds between lines of progress where there is no terminal
_SHOWN = 20  # reports at fault that are named on the terminal; all are in reports.tsv

_OPTIONS = (
    click.option("--jobs", type=click.IntRange(1), metavar="N", help="Processes; one per core if not given. 进程数。"),
    click.option("--cache", metavar="DIR", help="Where results are kept; .govkg in the output by default. 缓存目录。"),
    click.option(
        "--format",
        "form",
        type=click.Choice(("files", "nquads")),
        help="Files of each report, or partitioned N-Quads of all. 每份报告的文件,或全部报告的分区 N-Quads。",
    ),
    click.option("--compress", type=click.Choice(("gzip", "zstd")), help="Of partitions. 分区的压缩方式,默认 gzip。"),
    click.option("--parquet", is_flag=True, help="Parquet tables beside the partitions. 分区旁另写 Parquet 表。"),
    click.option("--partitions", type=click.IntRange(1, 4096), metavar="N", help="Number of partitions. 分区数。"),
    click.option("--decisions", metavar="FILE", help="Table of nodes that are the same or different. 人工判定表。"),
    click.option("--align", multiple=True, metavar="FILE", help="Indicators of one meaning, YAML. 指标对齐表。"),
    click.option("--no-validate", is_flag=True, help="Do not check graphs against the shapes. 不做 SHACL 校验。"),
    click.option("--scheduler", metavar="ADDRESS", help="Work on a Dask cluster, tcp://host:8786. 用 Dask 集群。"),
    click.option("--quiet", is_flag=True, help="No progress. 不显示进度。"),
)


def with_batch(command: Command) -> Command:
    """Add the options of builds of many reports."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def is_batch(reports: Sequence[str], many: dict[str, Any]) -> bool:
    """Whether a build is one of many reports: a folder is among them, or an option says so."""
    return any(many.values()) or any(os.path.isdir(report) for report in reports)


def build_folders(
    ctx: click.Context,
    reports: Sequence[str],
    output: str,
    base: str,
    epoch: int | None,
    rules: Sequence[str],
    also: Sequence[str],
    *,
    jobs: int | None,
    cache: str | None,
    form: str | None,
    compress: str | None,
    parquet: bool,
    partitions: int | None,
    decisions: str | None,
    align: Sequence[str],
    no_validate: bool,
    scheduler: str | None,
    quiet: bool,
) -> None:
    """Build folders and exit: 0 all done, 1 some failed, 2 none."""
    from kg.batch.cluster import Cluster
    from kg.batch.place import is_url
    from kg.batch.pool import calls
    from kg.batch.run import REPORTS, build_many, settings_of

    if form != "nquads" and (compress or parquet or partitions or no_validate):
        raise click.UsageError(
            "--compress, --parquet, --partitions and --no-validate need --format nquads (只用于分区输出)"
        )
    if form == "nquads" and also:
        raise click.UsageError("--also is for files of each report (--also 只用于每份报告的文件)")
    settings = settings_of(
        output,
        cache=cache,
        rules=rules,
        base=base,
        epoch=epoch,
        form=form or "files",
        compression=compress or "gzip",
        tables=parquet,
        partitions=partitions,
        checked=not no_validate,
        also=tuple(also),
    )
    shown = _Progress(quiet)
    try:
        outcome = build_many(
            reports,
            settings,
            jobs=jobs or os.cpu_count() or 1,
            decisions=decisions,
            alignment=align,
            progress=shown,
            scheduler=Cluster(scheduler) if scheduler else calls,
        )
    except KeyboardInterrupt:
        shown.end()
        say(f"中断:完成的 {shown.done} 份已保存,再运行一次即继续 (interrupted: {shown.done} done and kept; run again)")
        raise
    shown.end()
    _summary(outcome, f"{output.rstrip('/')}/{REPORTS}" if is_url(output) else str(Path(output) / REPORTS))
    failed = outcome.total - outcome.done
    if failed:
        ctx.exit(2 if not outcome.done else 1)


def _summary(outcome: Outcome, listing: str) -> None:
    statuses = ", ".join(f"{status} {number}" for status, number in outcome.statuses.items())
    rate = outcome.built / outcome.seconds if outcome.seconds else 0.0
    say(f"完成 {outcome.done} 份,共 {outcome.total} 份 ({outcome.done} of {outcome.total} reports built): {statuses}")
    say(
        f"新处理 {outcome.built} 份,沿用 {outcome.kept} 份,用时 {outcome.seconds:.1f} 秒,每秒 {rate:.1f} 份 "
        f"({outcome.built} worked on, {outcome.kept} kept, {outcome.seconds:.1f} s)"
    )
    if outcome.parts:
        say(f"{outcome.quads} 条四元组,{outcome.parts} 个分区,重写 {outcome.parts_written} 个 "
            f"({outcome.quads} quads, {outcome.parts_written} of {outcome.parts} partitions written)")  # fmt: skip
    if outcome.conflicts:
        say(f"{outcome.conflicts} 个数值互相矛盾,见 conflicts.tsv ({outcome.conflicts} figures contradict others)")
    out(f"{listing}\n")


class _Progress:
    """A bar with rate and time left on a terminal, a line now and then elsewhere; names the first reports at fault."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._bar: Any = None
        self._start = self._last = time.monotonic()
        self._faults = 0
        self.done = 0

    def __call__(self, done: int, total: int, name: str, head: Head) -> None:
        self.done = done
        if head["status"] != "ok":
            self._fault(name, head)
        if self._quiet:
            return
        if sys.stderr.isatty():
            self._draw(total)
        elif time.monotonic() - self._last >= _EVERY:
            self._last = time.monotonic()
            say(f"{done}/{total} {self._rate()}")

    def _rate(self) -> str:
        return f"{self.done / max(time.monotonic() - self._start, 1e-9):.1f} 份/秒 reports/s"

    def _draw(self, total: int) -> None:
        if self._bar is None:
            self._bar = click.progressbar(
                length=total, file=sys.stderr, show_pos=True, show_eta=True, item_show_func=lambda _: self._rate()
            )
            self._bar.__enter__()
        self._bar.update(self.done - self._bar.pos, self.done)

    def _fault(self, name: str, head: Head) -> None:
        self._faults += 1
        if self._faults <= _SHOWN:
            say(f"{name}: {head['reason']}")
        elif self._faults == _SHOWN + 1:
            say("其余见 reports.tsv (the others are in reports.tsv)")

    def end(self) -> None:
        """Leave the bar's line."""
        if self._bar is not None:
            with suppress(Exception):
                self._bar.__exit__(None, None, None)
            self._bar = None


@click.command()
@click.argument("indicator")
@click.option("--on", "folder", required=True, metavar="DIR", help="Output folder of kg build. kg build 的输出目录。")
@click.option("--cache", metavar="DIR", help="The cache, if it is not in the output. 缓存目录。")
@click.option("--align", multiple=True, metavar="FILE", help="Indicators of one meaning, YAML. 指标对齐表。")
@click.option("--plot", metavar="FILE.svg", help="Also draw the values over the years. 同时画图。")
@form_option("table", "csv", "json")
@with_debug
def compare(indicator: str, folder: str, cache: str | None, align: Sequence[str], plot: str | None, form: str) -> None:
    """Show the values of INDICATOR over years and places, of all reports built into DIR.

    跨年度、跨地区比较一个指标;同义的说法按对齐表合并,每个值都注明报告和字符位置。
    """
    from kg.batch.align import Alignment
    from kg.batch.compare import compare as values_of
    from kg.batch.index import Index
    from kg.batch.plot import svg
    from kg.batch.run import CACHE
    from kg.export import write_atomically

    with Index(cache or os.path.join(folder, CACHE), write=False) as index:
        values = values_of(index, indicator, Alignment.load(*align))
    if plot is not None:
        write_atomically(Path(plot), svg(values))
    out(_renderer(form)(values))


def _renderer(form: str) -> Callable[[Sequence[Value]], str]:
    from dataclasses import asdict

    from kg import query as queries

    columns = ("area", "period", "value", "unit", "bound", "measure", "modality", "scope", "wording", "raw", "report")

    def table(values: Sequence[Value]) -> queries.Table:
        rows = []
        for value in values:
            cells = [*(str(getattr(value, column)) for column in columns), f"{value.start},{value.end}"]
            rows.append(tuple(queries.Cell("literal", cell) for cell in cells))
        return queries.Table((*columns, "chars"), tuple(rows))

    if form == "json":
        return lambda values: as_json([asdict(value) for value in values])
    if form == "csv":
        return lambda values: queries.csv(table(values))
    return lambda values: queries.table(table(values))
