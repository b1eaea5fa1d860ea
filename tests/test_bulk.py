"""The partitions of a build into the bulk loaders of stores, as docs/scale.md has the commands."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import urllib.parse
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest
import servers

from kg.batch.run import build_many, settings_of
from kg.vocabulary import BASE

SCALE = Path(__file__).resolve().parent.parent / "docs" / "scale.md"


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four partitions of eight reports."""
    folder = tmp_path_factory.mktemp("bulk")
    (folder / "in").mkdir()
    for number in range(8):
        (folder / "in" / f"{number}.txt").write_text(
            f"淮安市人民政府{2010 + number}年法治政府建设工作报告\n\n"
            f"全市受理行政复议案件{100 + number}件。市司法局落实《中华人民共和国民法典》,增长{number}.5%。\n",
            encoding="utf-8",
        )
    wanted = replace(settings_of(str(folder / "out"), base=BASE), form="nquads", checked=False, partitions=4)
    build_many([str(folder / "in")], wanted)
    return folder / "out"


def graphs(parts: Path) -> dict[str, int]:
    """Triples by graph, counted as lines."""
    found: dict[str, int] = {}
    for path in parts.glob("*.nq.gz"):
        for line in gzip.decompress(path.read_bytes()).decode().splitlines():
            name = line[line.rindex("<") + 1 : line.rindex(">")]
            found[name] = found.get(name, 0) + 1
    return found


def ask(endpoint: str) -> dict[str, int]:
    query = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    request = urllib.request.Request(
        f"{endpoint}?query={urllib.parse.quote(query)}", headers={"Accept": "application/sparql-results+json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        rows = json.load(answer)["results"]["bindings"]
    return {row["g"]["value"]: int(row["n"]["value"]) for row in rows}


def commands(name: str) -> str:
    text = SCALE.read_text(encoding="utf-8")
    match = re.search(rf"<!-- test: {name} -->\n```\w*\n(.+?)\n```", text, re.DOTALL)
    assert match, name
    return match[1]


def test_virtuoso_loads_the_partitions_with_its_bulk_loader(parts: Path, tmp_path: Path) -> None:
    isql = servers.require("isql-vt", "apt-get install virtuoso-opensource-7")
    shutil.copytree(parts, tmp_path / "输出")
    with servers.virtuoso(tmp_path) as address:
        port = re.search(r"127\.0\.0\.1:(\d+)", (tmp_path / "virtuoso.ini").read_text(encoding="utf-8"))
        assert port
        statements = commands("virtuoso-bulk")
        assert "ld_dir ('输出', '*.nq.gz'" in statements
        done = subprocess.run(
            [isql, port[1], "dba", "dba", "ERRORS=STDOUT", "BANNER=OFF", "PROMPT=OFF"],
            input=statements,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
            cwd=tmp_path,
        )
        assert "Error" not in done.stdout, done.stdout
        loaded = ask(f"{address}/sparql")
    wanted = graphs(parts)
    assert len(wanted) > 8 + 2
    # Virtuoso counts values, not spellings: the graphs of reports and of the run have no two spellings of one value.
    assert {name: number for name, number in loaded.items() if name in wanted} == wanted


def test_oxigraph_loads_the_partitions_with_its_bulk_loader(parts: Path, tmp_path: Path) -> None:
    program = servers.require("oxigraph", "pip install oxigraph")
    shutil.copytree(parts, tmp_path / "输出")
    script = commands("oxigraph-bulk").replace("oxigraph ", f"{program} ")
    subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, check=True, timeout=120)
    with servers.oxigraph(tmp_path / "库") as (address, _):
        assert ask(f"{address}/query") == graphs(parts)
