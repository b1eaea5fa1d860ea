"""`kg audit`: reports, or graphs made of them earlier, held against their own figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from kg.cli.support import as_json, form_option, load_extractor, out, with_debug, with_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.audit_report import AuditFinding


@click.command()
@click.argument("sources", nargs=-1, metavar="[REPORT|GRAPH]...")
@click.option("--sample", is_flag=True, help="Audit the report that ships with the package. 核验自带的样例报告。")
@form_option("table", "csv", "json", "markdown")
@click.option(
    "--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language of the words. 用语。"
)
@with_rules
@with_debug
@click.pass_context
def audit(
    ctx: click.Context,
    sources: tuple[str, ...],
    sample: bool,
    form: str,
    lang: Literal["zh", "en"],
    rules: tuple[str, ...],
) -> None:
    """Hold what reports say against what their own figures give.

    用报告自己的数核对报告所说的数:比率、占比、分项之和、增减、前后两处、表格合计;给多份报告,再核对各份所称的位次。
    也可给以前生成的图谱(.ttl .trig .nt .nq),列出其中存下的核验。有“不符”则退出码为 1。

    A figure disagrees only where the text itself fixes what it is made of. Exit code 1 where one does.
    """
    from kg import audit_report, query

    if not sources and not sample:
        raise click.UsageError("give REPORT or GRAPH files, or --sample (给出报告或图谱文件,或用 --sample)")
    findings = _findings(sources, sample, rules)
    if form == "json":
        out(as_json(audit_report.values(findings, lang)))
    elif form == "markdown":
        out(audit_report.markdown(findings, lang))
    else:
        render = query.csv if form == "csv" else query.table
        out(render(audit_report.table(findings, lang)))
    if any(finding.verdict == "disagrees" for finding in findings):
        ctx.exit(1)


def _findings(sources: Sequence[str], sample: bool, rules: Sequence[str]) -> tuple[AuditFinding, ...]:
    """The checks of the reports, of the reports among each other, and those that the graphs hold; in order."""
    from kg.audit import audit as check
    from kg.audit import audit_across
    from kg.audit_report import findings_of, stored_findings
    from kg.build import read_report, sample_report
    from kg.describe.graphfile import SUFFIXES
    from kg.extract import extract

    graphs = [Path(source) for source in sources if Path(source).suffix in SUFFIXES]
    texts = [source for source in sources if Path(source).suffix not in SUFFIXES]
    found = list(stored_findings(graphs)) if graphs else []
    if texts or sample:
        extractor = load_extractor(rules)
        reports = [*([sample_report()] if sample else []), *(read_report(path) for path in texts)]
        # the same text given twice is one report
        extractions = {report.sha256: extract(report, extractor) for report in reports}
        checks = [one for extraction in extractions.values() for one in check(extraction, extractor.auditing)]
        checks += audit_across(list(extractions.values()), extractor.auditing)
        found += findings_of(list(extractions.values()), checks)
    # a report given beside its own graph is told once
    return tuple(sorted(dict.fromkeys(found), key=lambda finding: finding.order))
