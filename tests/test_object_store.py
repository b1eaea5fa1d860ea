"""Partitions in object stores, by fsspec: the same bytes as in a folder, increments, faults."""

from __future__ import annotations

import gzip
import json
import os
import sys
import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.batch import work as work_module
from kg.batch.parts import check
from kg.batch.place import Place, is_url
from kg.batch.run import build_many, settings_of
from kg.batch.settings import Settings
from kg.cli import cli
from kg.errors import StoreError
from kg.extract import Extractor
from kg.vocabulary import BASE

fsspec = pytest.importorskip("fsspec", reason="pip install 'govkg[object-store]'")


@pytest.fixture(autouse=True)
def loaded_once(extractor: Extractor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in this process shares the loaded rules."""
    monkeypatch.setattr(work_module, "_extractor", lambda rules: extractor)


def write(folder: Path, number: int, cases: int) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{number}.txt").write_text(
        f"淮安市人民政府{2010 + number}年法治政府建设工作报告\n\n"
        f"全市受理行政复议案件{cases}件。市司法局落实《中华人民共和国民法典》。\n",
        encoding="utf-8",
    )


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    for number in range(5):
        write(tmp_path / "in", number, 100 + number)
    return tmp_path / "in"


def settings(output: str | Path, cache: Path, **further: object) -> Settings:
    made = settings_of(str(output), cache=str(cache), base=BASE)
    return replace(made, form="nquads", checked=False, partitions=4, **further)  # type: ignore[arg-type]


def local(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def stored(url: str, **options: object) -> dict[str, bytes]:
    system, root = fsspec.core.url_to_fs(url, **options)
    system.invalidate_cache()
    return {path.removeprefix(root).lstrip("/"): system.cat_file(path) for path in system.find(root)}


@pytest.fixture(params=["memory", "file"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"memory://{uuid.uuid4()}/graph" if request.param == "memory" else f"file://{tmp_path}/remote/graph"


def every_way(reports: Path, tmp_path: Path, address: str, tables: bool, **options: object) -> None:
    """A clean build, nothing to do, a change, damage, fewer files: each as in a folder."""
    wanted, folder = settings(address, tmp_path / "cache", tables=tables), tmp_path / "folder"
    beside = settings(folder, tmp_path / "cache-of-folder", tables=tables)
    assert build_many([str(reports)], wanted).parts_written == 4
    build_many([str(reports)], beside)
    assert stored(address, **options) == local(folder)
    assert build_many([str(reports)], wanted).parts_written == 0
    write(reports, 1, 999)
    assert build_many([str(reports)], wanted).built == 1
    build_many([str(reports)], beside)
    assert stored(address, **options) == local(folder)
    Place(address).write("part-00002.nq.gz", b"?")
    assert check(address) == ["part-00002.nq.gz"]
    assert build_many([str(reports)], wanted).parts_written == 1
    Place(address).remove("part-00001.nq.gz")
    assert check(address) == ["part-00001.nq.gz"]
    assert build_many([str(reports)], wanted).parts_written == 1
    assert check(address) == []
    assert stored(address, **options) == local(folder)
    fewer = [replace(one, partitions=2, tables=False) for one in (wanted, beside)]
    for one in fewer:
        build_many([str(reports)], one)
    assert stored(address, **options) == local(folder)
    assert "part-00003.nq.gz" not in local(folder)
    quads = sum(gzip.decompress(data).count(b"\n") for name, data in local(folder).items() if name.endswith(".gz"))
    assert json.loads(stored(address, **options)["manifest.json"])["totals"]["quads"] == quads


def test_an_address_holds_what_a_folder_would(reports: Path, tmp_path: Path, address: str) -> None:
    every_way(reports, tmp_path, address, tables=True)


def test_what_is_an_address() -> None:
    assert [is_url(output) for output in ("s3://b/x", "memory://x", "out", "./a/b", "C:\\out", "C:/out")] == [
        *(True, True, False, False, False, False)
    ]


def test_workers_write_to_an_address(tmp_path: Path) -> None:
    """As real processes, on two workers, by the command."""
    for number in range(8):
        write(tmp_path / "in", number, 100 + number)
    options = ["--format", "nquads", "--no-validate", "--partitions", "8", "--jobs", "2", "--quiet"]
    address = f"file://{tmp_path}/remote"
    result = CliRunner().invoke(
        cli, ["build", str(tmp_path / "in"), "-o", address, "--cache", str(tmp_path / "cache"), *options]
    )
    assert result.exit_code == 0, result.stderr
    assert f"{address}/reports.tsv" in result.stdout
    build_many([str(tmp_path / "in")], replace(settings(tmp_path / "folder", tmp_path / "c"), partitions=8))
    assert local(tmp_path / "remote") == local(tmp_path / "folder")
    compared = CliRunner().invoke(
        cli, ["compare", "review-accepted", "--on", address, "--cache", str(tmp_path / "cache"), "--as", "json"]
    )
    assert len(json.loads(compared.stdout)) == 8


@pytest.mark.parametrize(
    ("output", "options", "told"),
    [
        ("memory://x", ("--format", "nquads"), "--cache"),
        ("memory://x", ("--cache", "c"), "--format nquads"),
        ("nosuch://x", ("--cache", "c", "--format", "nquads"), "no way to such an address"),
        ("gs://x/y", ("--cache", "c", "--format", "nquads"), "gcsfs"),
    ],
)
def test_addresses_that_cannot_be(
    output: str, options: tuple[str, ...], told: str, reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    result = CliRunner().invoke(cli, ["build", str(reports), "-o", output, *options])
    assert result.exit_code == 2, result.stderr
    assert told in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "c" / "index.sqlite").exists()


def test_a_store_that_refuses_is_a_line(reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("403\nforbidden")

    monkeypatch.setattr(type(fsspec.filesystem("memory")), "pipe_file", refuse)
    with pytest.raises(StoreError, match="403 forbidden"):
        build_many([str(reports)], settings("memory://refusing", tmp_path / "cache"))


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A local S3 server (moto); yields its address."""
    server = pytest.importorskip("moto.server", reason="pip install 'moto[server]' s3fs")
    pytest.importorskip("s3fs", reason="pip install s3fs")
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    running.start()
    host, port = running.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "FSSPEC_S3_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    try:
        yield f"http://{host}:{port}"
    finally:
        running.stop()


def test_s3_holds_what_a_folder_would(s3: str, reports: Path, tmp_path: Path) -> None:
    assert threading.active_count() > 1
    assert os.environ["AWS_ENDPOINT_URL"] == s3
    fsspec.filesystem("s3", endpoint_url=s3).mkdir("reports")
    every_way(reports, tmp_path, "s3://reports/graph", tables=True)
