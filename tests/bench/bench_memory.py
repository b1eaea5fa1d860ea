"""How much memory a build takes: the process with all its workers, every tenth of a second. Never part of the test run.

Run it from the project's root, on a corpus of any size (make_corpus.py)::

    python tests/bench/bench_memory.py FOLDER --jobs 2                    # with SHACL
    python tests/bench/bench_memory.py FOLDER --jobs 2 -- --no-validate

The sum counts pages that processes share once for each, so it is an upper bound. Least, mean and greatest sums by
sixths of the time show whether anything grows. Needs psutil (it comes with `distributed`).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent.parent
MB = 2**20


def measure(command: list[str]) -> tuple[list[float], dict[int, float], float]:
    """Run a command; return the sums in MB as time went by, the peak of each process and the seconds it took."""
    start = time.monotonic()
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL)
    root = psutil.Process(process.pid)
    sums: list[float] = []
    peaks: dict[int, float] = {}
    while process.poll() is None:
        total = 0.0
        for each in (root, *root.children(recursive=True)):
            try:
                resident = each.memory_info().rss / MB
            except psutil.Error:  # it has just ended
                continue
            total += resident
            peaks[each.pid] = max(peaks.get(each.pid, 0.0), resident)
        sums.append(total)
        time.sleep(0.1)
    return sums, peaks, time.monotonic() - start


def main() -> None:
    """Build a folder and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("options", nargs="*", help="of kg build, after --")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as out:
        command = [
            sys.executable,
            "-m",
            "kg",
            "build",
            str(arguments.folder),
            "-o",
            out,
            "--format",
            "nquads",
            "--quiet",
        ]
        sums, peaks, took = measure([*command, "--jobs", str(arguments.jobs), *arguments.options])
    print(f"{took:.0f} s, load {os.getloadavg()[0]:.1f}; peak of the sum {max(sums):.0f} MB")
    print("peaks of processes:", *(f"{peak:.0f}" for peak in sorted(peaks.values(), reverse=True)), "MB")
    step = max(1, len(sums) // 6)
    for begin in range(0, len(sums), step):
        part = sums[begin : begin + step]
        print(f"from {begin * took / len(sums):.0f} s: {min(part):.0f} {sum(part) / len(part):.0f} {max(part):.0f} MB")


if __name__ == "__main__":
    main()
