"""`kg page`: several reports as one network on one page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.support import load_extractor, out, say, tell, with_debug, with_rules
from kg.errors import KgError

if TYPE_CHECKING:
    from kg.model import Extraction
    from kg.page import LeftOut


@click.command()
@click.argument("reports", nargs=-1, required=True, metavar="REPORT...")
@click.option("-o", "--output", required=True, metavar="FILE.html", help="The page to write. 写出的网页文件。")
@click.option("--title", metavar="TEXT", help="What stands at the top. 网页标题。")
@with_rules
@with_debug
@click.pass_context
def page(ctx: click.Context, reports: tuple[str, ...], output: str, title: str | None, rules: tuple[str, ...]) -> None:
    """Draw several reports as one network: what they share is one node. One offline file of at most 15 MB.

    多份报告画成一张网络:各报告共有的法规、机构、举措是同一个节点,核验结果标在数字旁。一个离线网页,不超过 15 MB;
    放不下的会说明省略了多少。同目录下有各报告自己的网页(kg build)时,链接过去。
    """
    from kg.audit import audit, audit_across
    from kg.build import output_name, read_report
    from kg.export import write_all_atomically
    from kg.extract import extract
    from kg.page import pages

    path = Path(output)
    if path.suffix.lower() not in (".html", ".htm"):
        raise KgError("输出应是 .html 文件 / not an .html file", where=output, hint="例如 -o all.html (for example)")
    extractor = load_extractor(rules)
    found: list[Extraction] = []
    links: list[str] = []
    failed = 0
    for number, report in enumerate(reports, 1):
        name = output_name(report)
        if len(reports) > 1:
            say(f"[{number}/{len(reports)}] {name}")
        try:
            found.append(extract(read_report(report), extractor))
        except Exception as fault:
            tell(fault, ctx, name)
            failed += 1
            continue
        own = f"{name}.html"
        links.append(own if own != path.name and (path.parent / own).is_file() else "")
    if not found:
        ctx.exit(2)
    checks = [check for one in found for check in audit(one, extractor.auditing)]
    checks += audit_across(found, extractor.auditing)
    content, left_out = pages(found, title=title, links=links, checks=checks)
    write_all_atomically(path.parent, {path.name: content})
    if left_out:
        say(f"{path.name}: {_left_out(left_out)}")
    out(f"{path}\n")
    if failed:
        ctx.exit(1)


def _left_out(left_out: LeftOut) -> str:
    counts = left_out.entities, left_out.relations, left_out.figures
    zh, en = (
        "{} 个实体、{} 条关系、{} 个指标值".format(*counts),
        "{} entities, {} relations, {} figures".format(*counts),
    )
    if left_out.checks:
        zh, en = f"{zh}、{left_out.checks} 处核验", f"{en}, {left_out.checks} audit findings"
    if left_out.texts:
        zh, en = f"{zh},原文只留依据", f"{en}; of the texts only the evidence is in it"
    return f"未收入 {zh};见各报告自己的网页与图谱 (left out: {en}: see each report's own files, kg build)"
