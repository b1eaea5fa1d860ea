"""Apache Jena as Debian packages it (`libapache-jena-java`): its class path mended, its commands, many questions.

As packaged Jena 4.5 does not start: the message files of its own copy of Xerces lie under `org/apache/jena/ext/xerces`
while the code looks for them under `xerces`. A copy of them in a folder of the class path mends it. The logging bridge
`log4j-over-slf4j` must stay off the class path, one binding of slf4j (`slf4j-simple`) must be on it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

JAVA = Path("/usr/share/java")
_MESSAGES = "org/apache/jena/ext/"
_JARS = (
    "jena-arq jena-base jena-cmds jena-core jena-dboe-base jena-dboe-index jena-dboe-storage jena-dboe-trans-data "
    "jena-dboe-transaction jena-iri jena-rdfconnection jena-shacl jena-shex jena-tdb jena-tdb2 "
    "commons-cli commons-codec commons-compress commons-csv commons-io commons-lang3 commons-logging "
    "dexx.collection gson guava httpclient httpclient-cache httpcore jackson-annotations jackson-core jackson-databind "
    "jakarta.json-api jsonld-java protobuf slf4j-api slf4j-simple thrift titanium-json-ld "
)


def require(*tools: str) -> None:
    """Skip the test where Jena, Java or one of `tools` is not installed; with ``KG_REQUIRE_TOOLS=1`` let it fail."""
    missing = [tool for tool in ("java", *tools) if shutil.which(tool) is None]
    if not (JAVA / "jena-arq.jar").is_file():
        missing.append("libapache-jena-java")
    if missing:
        told = f"not installed: {' '.join(missing)} (apt-get install libapache-jena-java default-jdk-headless)"
        if os.environ.get("KG_REQUIRE_TOOLS") == "1":
            pytest.fail(told)
        pytest.skip(told)


def class_path(folder: Path) -> str:
    """Return the class path; the message files that it needs are unpacked into `folder`, once."""
    mended = folder / "jena-messages"
    if not mended.is_dir():
        with zipfile.ZipFile(JAVA / "jena-core.jar") as jar:
            for name in jar.namelist():
                if name.startswith(f"{_MESSAGES}xerces/") and name.endswith(".properties"):
                    target = mended / name.removeprefix(_MESSAGES)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(jar.read(name))
    return os.pathsep.join(map(str, (mended, *(JAVA / f"{name}.jar" for name in _JARS.split()))))


def java(
    folder: Path, program: str | Path, *arguments: str | Path, timeout: float = 120
) -> subprocess.CompletedProcess[bytes]:
    """Run a Jena command by its class (``tdb2.tdbloader``, ``riotcmd.riot``, ``arq.arq``) or a source file.

    `folder` is a scratch directory. One compiler and the simple collector: most of such a run is starting up.
    """
    options = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Dfile.encoding=UTF-8")
    return subprocess.run(
        ["java", *options, "-cp", class_path(folder), str(program), *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        timeout=timeout,
        check=False,
    )


def ask_all(folder: Path, graph: Path, queries: Sequence[Path]) -> dict[Path, dict[str, Any]]:
    """Answer many queries on one graph file in one process, the union of its graphs in the default graph.

    Returns query → its SPARQL 1.1 results as JSON values, with the milliseconds it took as ``ms``; a query that Jena
    refuses is an ``AssertionError``.
    """
    done = java(folder, Path(__file__).parent / "java" / "AskAll.java", graph, *queries)
    assert done.returncode == 0, done.stderr.decode()
    answers = {}
    for line in done.stdout.decode().splitlines():
        told = json.loads(line)
        assert "error" not in told, f"{told['query']}: {told['error']}"
        answers[Path(told["query"])] = {**told["answer"], "ms": told["ms"]}
    assert list(answers) == list(queries)
    return answers
