"""How long things take. Never part of the test run; nothing is asserted.

Run it from the project's root, in the environment the project is installed in, on a machine that does nothing else::

    python tests/bench/bench_build.py                        # the shipped report
    python tests/bench/bench_build.py ../shared/corpus/*.txt # and others, warm

Prints the cold build of the sample (process start to last file, median of five processes), the import of the command
line, the time per stage and per report in a warm process with its MB of UTF-8 a second, and word segmentation by
rjieba and by jieba on the same texts in the same run, with the ratio of extraction to `jieba.lcut`. Wall clock,
medians: other work on the machine shows.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

RUNS = 5


def timed(work: Callable[[], object], runs: int = RUNS) -> tuple[float, float]:
    """Return the median and the best time of `work`, in milliseconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - start))
    return median(times), min(times)


def process(*arguments: str) -> Callable[[], object]:
    """Return a call that runs Python with `arguments`, output dropped."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return lambda: subprocess.run([sys.executable, *arguments], env=environment, check=True, capture_output=True)


def show(label: str, times: tuple[float, float], note: str = "") -> None:
    """Print one line."""
    print(f"{label:44} median {times[0]:8.1f} ms   best {times[1]:8.1f} ms   {note}".rstrip())


def cold() -> None:
    """Time whole processes."""
    with tempfile.TemporaryDirectory() as folder:
        show("python -c pass", timed(process("-c", "pass")))
        show("python -c 'import kg'", timed(process("-c", "import kg")))
        show("python -c 'import kg.cli'", timed(process("-c", "import kg.cli")))
        show("kg --help", timed(process("-m", "kg", "--help")))
        show("kg build --sample, start to last file", timed(process("-m", "kg", "build", "--sample", "-o", folder)))


def stages() -> None:
    """Time the stages of one build of the sample in this process, the first time and again."""
    from kg.annotations import annotations as annotation_lines
    from kg.build import sample_report
    from kg.describe import RunInfo, describe
    from kg.export import trig, turtle
    from kg.extract import Extractor, extract
    from kg.page import page
    from kg.validate import validate

    values: dict[str, object] = {}

    def keep(name: str, work: Callable[[], object]) -> None:
        first = timed(lambda: values.__setitem__(name, work()), 1)
        again = timed(work)
        print(f"  {name:42} first  {first[0]:8.1f} ms   again {again[0]:7.1f} ms")

    print("stages, sample:")
    keep("load rules and data", Extractor.load)
    extractor = values["load rules and data"]
    assert isinstance(extractor, Extractor)
    keep("read", sample_report)
    report = sample_report()
    keep("extract", lambda: extract(report, extractor))
    extraction = extract(report, extractor)
    run = RunInfo("0", extractor.digest)
    keep("describe", lambda: describe([extraction], run=run))
    dataset = describe([extraction], run=run)
    keep("validate", lambda: validate(dataset))
    keep("turtle and trig", lambda: (turtle(dataset), trig(dataset)))
    keep("page", lambda: page(extraction))
    keep("annotations", lambda: annotation_lines(extraction))


def reports(paths: list[Path]) -> None:
    """Time extraction per report in a warm process, beside word segmentation alone."""
    import logging

    import jieba
    import jieba.posseg
    import rjieba

    from kg.build import read_report, sample_report
    from kg.extract import Extractor, extract

    jieba.setLogLevel(logging.WARNING)
    jieba.lcut("预热")
    rjieba.tag("预热")
    extractor = Extractor.load()
    texts = [read_report(path) for path in paths] or [sample_report()]
    print(f"warm, {len(texts)} report(s):   characters   extract   rjieba.tag   jieba.lcut   jieba.posseg.lcut   (ms)")
    totals = [0.0] * 5
    for report in texts:
        text = report.text
        row = [
            float(len(text)),
            timed(lambda: extract(report, extractor), 3)[0],  # noqa: B023 - used at once
            timed(lambda: rjieba.tag(text), 3)[0],  # noqa: B023
            timed(lambda: jieba.lcut(text), 3)[0],  # noqa: B023
            timed(lambda: jieba.posseg.lcut(text), 1)[0],  # noqa: B023
        ]
        totals = [a + b for a, b in zip(totals, row, strict=True)]
        print(f"  {report.name[:30]:32} {row[0]:9.0f} {row[1]:9.1f} {row[2]:12.1f} {row[3]:12.1f} {row[4]:15.1f}")
    print(f"  {'all':32} {totals[0]:9.0f} {totals[1]:9.1f} {totals[2]:12.1f} {totals[3]:12.1f} {totals[4]:15.1f}")
    megabytes = sum(len(report.text.encode()) for report in texts) / 1e6
    print(
        f"  extract: {totals[0] / totals[1] * 1000:,.0f} characters a second, "
        f"{megabytes / totals[1] * 1000:.3f} MB of UTF-8 a second; "
        f"{totals[1] / totals[3]:.2f} times the time of jieba.lcut, "
        f"{totals[1] / totals[2]:.1f} times that of rjieba.tag"
    )


def main() -> None:
    """Run all parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reports", nargs="*", type=Path, metavar="REPORT")
    arguments = parser.parse_args()
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    cold()
    stages()
    reports(arguments.reports)


if __name__ == "__main__":
    main()
