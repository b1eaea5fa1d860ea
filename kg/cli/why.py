"""`kg why` and `kg diff`: why a statement is in a graph, and what changed between two."""

from __future__ import annotations

import re

import click

from kg.cli.support import (
    as_json,
    as_text,
    form_option,
    load_extractor,
    note_without_report,
    out,
    with_debug,
    with_rules,
)
from kg.errors import KgError


@click.command()
@click.argument("names", nargs=-1, metavar="[SUBJECT [RELATION] [OBJECT]]")
@click.option("--on", "graph", metavar="GRAPH", help="The graph file (.ttl, .trig, .nt, .nq). 图谱文件。")
@click.option("--in", "report", metavar="REPORT", help="A report, extracted from first. 报告原文,先抽取再解释。")
@click.option(
    "--at", "place", metavar="START[-END]", help="Characters of the text: what is said there. 某处文字说了什么。"
)
@form_option("text", "json")
@with_rules
@with_debug
@click.pass_context
def why(
    ctx: click.Context,
    names: tuple[str, ...],
    graph: str | None,
    report: str | None,
    place: str | None,
    form: str,
    rules: tuple[str, ...],
) -> None:
    """Say why statements are in a graph: words, place, rule, trigger, modality, names. Or why there are none.

    说明一条关系为什么在图里:原文、位置、规则、触发词、情态、名称的解析;没有这条关系则说明原因,退出码为 1。

    SUBJECT and OBJECT are names, aliases, parts of a name or IRIs; RELATION is issues, kg:issues or 制发.
    """
    from kg.why import as_text as reasons_as_text
    from kg.why import at
    from kg.why import why as why_statements

    source = graph or report
    if source is None or (graph and report):
        raise click.UsageError("give one of --on GRAPH and --in REPORT (给出 --on 图谱 或 --in 报告 之一)")
    if bool(names) == bool(place) or len(names) > 3:
        raise click.UsageError("give SUBJECT [RELATION] [OBJECT], or --at (给出名称,或用 --at)")
    if names and not names[0].strip():
        raise click.UsageError("SUBJECT is blank (没有写名称)")
    extractor = load_extractor(rules)
    if place:
        span = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", place, re.ASCII)
        if span is None:
            raise KgError(f"不是位置 / not a place: {place}", where="--at", hint="例如 --at 120 或 --at 120-130")
        told = at(source, int(span[1]), int(span[2]) if span[2] else None, extractor=extractor)
        found = bool(told["mentions"] or told["statements"])
    else:
        subject, relation, value = _parts([as_text(name) for name in names])
        told = why_statements(source, subject, relation, value, extractor=extractor)
        found = bool(told["statements"])
    out(as_json(told) if form == "json" else reasons_as_text(told))
    if not found:
        note_without_report([graph] if graph else [])
        ctx.exit(1)


def _parts(names: list[str]) -> tuple[str, str | None, str | None]:
    """Return subject, relation and object; of two names the second is a relation where it is the name of one."""
    from kg.why import find_predicate

    if len(names) == 3:
        return names[0], names[1] or None, names[2] or None
    if len(names) == 1:
        return names[0], None, None
    try:
        return names[0], find_predicate(names[1]), None
    except KgError:
        return names[0], None, names[1]


@click.command()
@click.argument("old")
@click.argument("new")
@click.option(
    "--lang", type=click.Choice(("zh", "en")), default="zh", show_default=True, help="Language of the words. 语言。"
)
@form_option("text", "json", "markdown")
@with_rules
@with_debug
@click.pass_context
def diff(ctx: click.Context, old: str, new: str, lang: str, form: str, rules: tuple[str, ...]) -> None:
    """Say what changed from OLD to NEW, graph files or reports: entities, relations, figures. Exit 1 if anything did.

    比较两个图谱或两份报告:实体、关系、指标各有什么变化。有差别则退出码为 1。
    """
    from kg.describe.graphfile import SUFFIXES
    from kg.diff import as_text as difference_as_text
    from kg.diff import diff as find_difference

    reports = any(not name.endswith(SUFFIXES) for name in (old, new))
    told = find_difference(old, new, load_extractor(rules) if reports else None)
    if form == "json":
        out(as_json(told))
    else:
        out(difference_as_text(told, lang="en" if lang == "en" else "zh", markdown=form == "markdown"))
    note_without_report((old, new))
    if not told["same"]:
        ctx.exit(1)
