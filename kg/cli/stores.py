"""`kg load` and `kg serve`: graphs into triple stores, and a graph as a local endpoint."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from kg.cli.support import as_json, form_option, iri_of_option, out, say, with_debug
from kg.errors import StoreError

#: The environment variable that holds the password for `--user`.
PASSWORD = "KG_STORE_PASSWORD"  # noqa: S105 - the name of the variable


@click.command()
@click.argument("graphs", nargs=-1, required=True, metavar="GRAPH...")
@click.argument("target")
@click.option("--append", is_flag=True, help="Add to the graphs instead of replacing them. 追加,不替换。")
@click.option(
    "--graph", metavar="IRI", help="The graph of triples that are in none (.ttl, .nt). 没有图名的三元组的图名。"
)
@click.option(
    "--kind",
    type=click.Choice(("oxigraph", "virtuoso", "fuseki", "graphdb", "generic")),
    help="What store it is; told from the address where it can be. 三元组库的类型。",
)
@click.option("--query-url", metavar="URL", help="Its SPARQL query endpoint, if not where the kind has it. 查询端点。")
@click.option("--update-url", metavar="URL", help="Its SPARQL update endpoint, likewise. 更新端点。")
@click.option("--in-place", is_flag=True, help="No staging graph: back up, overwrite, restore on failure. 不用临时图。")
@click.option("--user", metavar="NAME", help=f"User; the password is in {PASSWORD} or asked for. 用户名。")
@click.option("--ca", metavar="FILE", help="Certificates to trust (PEM). 信任的证书。")
@click.option(
    "--chunk",
    type=click.IntRange(0),
    default=50_000,
    show_default=True,
    metavar="N",
    help="Triples per request, 0: all.",
)
@click.option(
    "--retries", type=click.IntRange(0, 20), default=4, show_default=True, help="Tries after the first. 重试次数。"
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1),
    default=120.0,
    show_default=True,
    help="Seconds per request. 每次请求的秒数。",
)
@form_option("text", "json")
@with_debug
def load(
    graphs: tuple[str, ...],
    target: str,
    append: bool,
    graph: str | None,
    kind: str | None,
    query_url: str | None,
    update_url: str | None,
    in_place: bool,
    user: str | None,
    ca: str | None,
    chunk: int,
    retries: int,
    timeout: float,
    form: str,
) -> None:
    """Load GRAPH files (.trig, .nq, .ttl, .nt) into TARGET: a triple store's address, or a directory.

    把图谱装入三元组库(网址)或 Oxigraph 目录:按图名替换,要么全部成功,要么不变;装完核对数目。
    """
    from kg.store import Client, find_endpoints, load_directory, load_server, read_parts

    parts = read_parts([Path(name) for name in graphs], iri_of_option(graph, "--graph"))
    if not target.lower().startswith(("http://", "https://")):
        if "://" in target:
            raise StoreError(
                "不支持这种网址 / no such kind of address",
                where=target,
                hint="用 http(s):// 或目录 (use http(s):// or a directory)",
            )
        done = load_directory(Path(target), parts, append=append)
    else:
        password = None if user is None else _password(user)
        with Client(target, user=user, password=password, ca=ca, timeout=timeout, retries=retries) as client:
            places = find_endpoints(
                client, kind=kind, signed=user is not None, query_url=query_url, update_url=update_url
            )
            done = load_server(
                client, places, parts, append=append, chunk=chunk, in_place=in_place, commits=retries + 1
            )
    if form == "json":
        out(as_json([{"graph": one.graph, "before": one.before, "sent": one.sent, "after": one.after} for one in done]))
        return
    for one in done:
        out(f"{one.graph}: {one.before} → {one.after} 三元组 triples\n")


def _password(user: str) -> str:
    """Return the password for `user`, from the environment or typed in."""
    known = os.environ.get(PASSWORD)
    if known is not None:
        return known
    if not sys.stdin.isatty():
        raise StoreError(
            "没有密码 / no password", where=f"--user {user}", hint=f"设环境变量 {PASSWORD} (set that variable)"
        )
    typed: str = click.prompt(f"密码 password ({user})", hide_input=True, err=True)
    return typed


@click.command()
@click.argument("graphs", nargs=-1, required=True, metavar="GRAPH|DIR...")
@click.option("--port", type=click.IntRange(0, 65535), default=7878, show_default=True, help="0: any. 端口,0 为任意。")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at. 监听地址。")
@click.option("--allow-host", multiple=True, metavar="NAME", help="A name that leads here. 允许的主机名,可给多个。")
@click.option(
    "--timeout", type=click.FloatRange(1), default=30.0, show_default=True, help="Seconds per query. 每个查询的秒数。"
)
@click.option(
    "--limit", type=click.IntRange(1), default=32, show_default=True, metavar="MB", help="Size of an answer. 结果大小。"
)
@with_debug
def serve(
    graphs: tuple[str, ...], port: int, host: str, allow_host: tuple[str, ...], timeout: float, limit: int
) -> None:
    """Serve graph files, a folder of `kg build` or a store of `kg load` as a local, read-only SPARQL endpoint.

    本机只读的 SPARQL 端点,带离线查询页和命名问题。只监听 127.0.0.1。按 Ctrl-C 结束。
    """
    import signal
    from threading import Event

    from kg.serve import Limits, Server
    from kg.serve import serve as run

    stop = Event()

    def ready(server: Server) -> None:
        if server.public:
            say(
                f"警告:{host} 不只是本机,同网的人都能查询 "
                "(warning: not only this machine, everybody on the network can query)"
            )
        say(f"{server.url} {server.material.triples} 三元组 triples; SPARQL: {server.url}query; Ctrl-C 结束 (ends it)")

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: stop.set())
    run(
        [Path(name) for name in graphs],
        stop,
        ready,
        host=host,
        port=port,
        names=allow_host,
        limits=Limits(seconds=timeout, answer=limit * 1_000_000),
    )
