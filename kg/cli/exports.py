"""`kg export`: a report or a graph file to files of other formats."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.build import refuse_clashes, source_date_epoch
from kg.cli.graphs import finding_line
from kg.cli.support import iri_of_option, load_extractor, out, say, tell, wanted_formats, with_debug, with_rules
from kg.errors import KgError, StoreError

if TYPE_CHECKING:
    from kg.describe import Dataset
    from kg.extract import Extractor
    from kg.model import Report

_FOLDER_CATALOGUE = "catalog.ttl"


@dataclass(frozen=True, slots=True)
class _Options:
    formats: tuple[str, ...]
    directory: Path
    base: str
    epoch: int | None
    url: str
    licence: str


@click.command("export")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option(
    "-o", "--output", required=True, metavar="DIR", help="Where the files go; made if missing. 输出目录,没有就新建。"
)
@click.option(
    "--as",
    "forms",
    required=True,
    multiple=True,
    metavar="FORMAT,…",
    help="turtle, trig, ntriples, nquads, jsonld, graphml, gexf, csv, parquet, annotations, catalog, all. 输出格式。",
)
@click.option("--sample", is_flag=True, help="Export the report that ships with the package. 导出自带的样例报告。")
@click.option("--base-iri", metavar="IRI", help="What data IRIs of report texts begin with. 报告文本的数据 IRI 前缀。")
@click.option("--url", metavar="URL", help="Folder where the files will be published (catalog). 发布地址,写入目录。")
@click.option("--licence", "--license", metavar="IRI", help="Licence of the files (catalog). 许可协议的 IRI,写入目录。")
@with_rules
@with_debug
@click.pass_context
def export(
    ctx: click.Context,
    sources: tuple[str, ...],
    output: str,
    forms: tuple[str, ...],
    sample: bool,
    base_iri: str | None,
    url: str | None,
    licence: str | None,
    rules: tuple[str, ...],
) -> None:
    """Write SOURCE, a report or a graph file (.ttl .trig .nt .nq .jsonld), in other formats.

    把报告或图谱文件写成其他格式;每份来源的文件要么全部写出,要么一个也不写。几份来源一起导出目录时另有 catalog.ttl。

    Files of NAME: .ttl .trig .nt .nq .jsonld .graphml .gexf, .TABLE.csv, .TABLE.parquet, .anno.jsonld, .catalog.ttl.
    """
    from kg.build import SAMPLE, output_name, readable
    from kg.describe.graphfile import SUFFIXES
    from kg.export import file_names, write_atomically
    from kg.export.formats import CATALOG, folder_catalogue
    from kg.vocabulary import BASE, check_base

    if not sources and not sample:
        raise click.UsageError("give SOURCE files, or --sample (给出报告或图谱文件,或用 --sample)")
    if not output:
        raise KgError(
            "没有写目录 / no directory is given", where="-o", hint='例如 -o out;当前目录写 "." (-o . is here)'
        )
    formats = wanted_formats(forms, "--as")
    if not formats:
        raise KgError("没有给出格式 / no format is named", where="--as", hint="例如 --as csv,jsonld (for example)")
    options = _Options(
        formats=formats,
        directory=Path(output),
        base=BASE if base_iri is None else check_base(base_iri),
        epoch=source_date_epoch(),
        url=iri_of_option(_folder(url) if url else None, "--url") or "",
        licence=iri_of_option(licence or None, "--licence") or "",
    )
    jobs: list[tuple[str, str | None, bool]] = [(SAMPLE, None, False)] if sample else []  # name, path, is it a graph
    for source in sources:
        suffix = Path(source).suffix
        is_graph = suffix in SUFFIXES
        stem = readable(Path(source).name).removesuffix(suffix) if is_graph else output_name(source)
        jobs.append((stem, source, is_graph))
    names = [name for name, _, _ in jobs]
    with_folder = CATALOG in formats and len(jobs) > 1
    refuse_clashes(names, sources, options.directory, file_names("", formats))
    if with_folder:
        if _FOLDER_CATALOGUE in (written.casefold() for name in names for written in file_names(name, formats)):
            raise KgError(
                "一份来源会写成目录文件 / a source would be written as the folder's catalogue",
                where=_FOLDER_CATALOGUE,
                hint="给该来源改名 (rename that source)",
            )
        refuse_clashes(["catalog"], sources, options.directory, (".ttl",))
    if base_iri is not None and any(is_graph for _, _, is_graph in jobs):
        say("--base-iri: 图谱文件里的 IRI 不变,只用于报告原文 (graph files keep their IRIs; it is for report texts)")
    extractor = None if all(is_graph for _, _, is_graph in jobs) else load_extractor(rules)
    outcomes = []
    described: dict[str, tuple[str, str]] = {}
    for number, (name, path, is_graph) in enumerate(jobs, 1):
        if len(jobs) > 1:
            say(f"[{number}/{len(jobs)}] {name}")
        try:
            outcomes.append(_export_one(name, path, None if is_graph else extractor, options, described))
        except StoreError:
            raise  # the next source would find the same
        except Exception as fault:
            tell(fault, ctx, name)
            outcomes.append(2)
    if with_folder and described:
        write_atomically(options.directory / _FOLDER_CATALOGUE, folder_catalogue(described, options.base))
        out(f"{options.directory / _FOLDER_CATALOGUE}\n")
    if len(jobs) > 1:
        say(f"完成 {outcomes.count(0)} 份,共 {len(jobs)} 份 ({outcomes.count(0)} of {len(jobs)} sources exported)")
    if any(outcomes):
        ctx.exit(2 if set(outcomes) == {2} else 1)


def _export_one(
    name: str,
    path: str | None,
    extractor: Extractor | None,
    options: _Options,
    described: dict[str, tuple[str, str]],
) -> int:
    """Write the files of one source, and note the dataset in `described`; return 0, or 1 for an invalid graph."""
    from kg.build import read_report, sample_report
    from kg.describe.catalogue import dataset_iri, titles
    from kg.export import export as export_files
    from kg.export import write_all_atomically

    dataset: Dataset | None
    if extractor is None:
        dataset = _read_graph(Path(path or ""))
    else:
        report = sample_report() if path is None else read_report(path)
        dataset = _checked(name, report, extractor, options)
    if dataset is None:
        say(f"{name}: 图谱未通过校验,什么也没有写出 (the graph breaks a shape: nothing is written)")
        return 1
    files = export_files(dataset, options.formats, name=name, url=options.url, licence=options.licence)
    write_all_atomically(options.directory, files)
    described[dataset_iri(dataset)] = titles(dataset)
    for written in files:
        out(f"{options.directory / written}\n")
    return 0


def _read_graph(path: Path) -> Dataset:
    from kg.describe.graphfile import read_dataset
    from kg.describe.terms import T

    dataset = read_dataset(path)
    if not any(p == T["rdf:type"] and o == T["kg:Report"] for _, p, o, _ in dataset.quads):
        say(f"{path.name}: 注意:图里没有报告,表格多半是空的 (note: no report in it, so tables may be empty)")
    return dataset


def _checked(name: str, report: Report, extractor: Extractor, options: _Options) -> Dataset | None:
    """Return the graph of a report, None where it breaks a shape; what the shapes say is told."""
    from kg.build import graph_of

    graph = graph_of(report, extractor, base_iri=options.base, source_date_epoch=options.epoch)
    dataset, findings = graph.dataset, graph.findings
    for finding in findings:
        say(f"{name}: {finding_line(finding)}")
    return None if any(finding.severity == "violation" for finding in findings) else dataset


def _folder(url: str) -> str:
    return url if not url or url.endswith("/") else f"{url}/"
