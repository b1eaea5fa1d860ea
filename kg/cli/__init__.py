"""The command line: parsing and printing only. Exit 0 done, 1 findings, 2 could not run.

Results go to standard output in UTF-8 whatever the console, progress and faults to standard error, a fault in one line:
where, what, what to do.
"""

from __future__ import annotations

import sys
from typing import NoReturn

import click

from kg import __version__
from kg.cli.audit import audit
from kg.cli.batch import compare
from kg.cli.build import build
from kg.cli.exports import export
from kg.cli.graphs import query, validate
from kg.cli.page import page
from kg.cli.rules import check_rules, evaluate, explain, extract
from kg.cli.stores import load, serve
from kg.cli.support import Commands, with_debug
from kg.cli.why import diff, why


def main() -> NoReturn:
    """Run the command as a process: streams in UTF-8 with plain line ends, then `cli`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Consoles of Chinese Windows are GBK, cron jobs ASCII: what they cannot show is escaped, never a crash.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    cli.main(prog_name="kg")
    raise AssertionError  # click exits; the type checker does not know


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kg", help="Show the version and exit. 显示版本。")
@with_debug
def cli() -> None:
    """Chinese government reports in, an evidenced knowledge graph out.

    中文政府报告进,带原文证据的知识图谱出。

    Exit codes: 0 done, 1 findings (violations, failed rules or reports, a lower score), 2 could not run.
    退出码:0 完成;1 有发现(违反约束、规则或报告未过、得分下降);2 无法运行。
    """


for _verb in (
    audit,
    build,
    check_rules,
    compare,
    diff,
    evaluate,
    explain,
    export,
    extract,
    load,
    page,
    query,
    serve,
    validate,
    why,
):
    cli.add_command(_verb)
