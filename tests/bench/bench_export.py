"""How long each format takes and how large it is, and how many triples a report and a statement come to.

Never part of the test run; nothing is asserted. Run it from the project's root::

    python tests/bench/bench_export.py                        # the shipped report
    python tests/bench/bench_export.py ../shared/corpus/*.txt # and the counts of others

Wall clock, medians of a warm process: other work on the machine shows.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

from bench_build import timed  # noqa: E402


def main() -> None:
    """Print the table of formats for the sample, then the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", nargs="*", type=Path)
    reports: list[Path] = parser.parse_args().reports

    from kg.build import graph_of, sample_report
    from kg.describe import Dataset
    from kg.export import FORMATS, export
    from kg.export.reader import view
    from kg.extract import Extractor
    from kg.read import read

    extractor = Extractor.load()
    dataset = graph_of(sample_report(), extractor).dataset
    show_time = timed(lambda: view(dataset))
    print(f"{'view, part of all but RDF':28} median {show_time[0]:7.1f} ms")
    for name in FORMATS:
        files = export(dataset, [name], name="")
        took = timed(lambda name=name: export(dataset, [name], name=""))  # type: ignore[misc]
        print(f"{name:28} median {took[0]:7.1f} ms  {sum(map(len, files.values())):>9,} bytes in {len(files)} files")
    together = timed(lambda: export(dataset, list(FORMATS), name=""))
    print(f"{'all together':28} median {together[0]:7.1f} ms")

    def counts(dataset: Dataset) -> tuple[int, int, int]:
        seen = view(dataset)
        return len(dataset.triples(data_only=True)), len(seen.relations), len(seen.figures)

    rows = [counts(dataset)]
    triples, relations, figures = rows[0]
    print(f"sample: {triples:,} triples, {relations} statements, {figures} figures")
    print(f"  {triples / relations:.1f} triples a statement, {triples / (relations + figures):.1f} a fact")
    if reports:
        rows += [counts(graph_of(read(path), extractor).dataset) for path in reports]
        triples, relations, figures = (sum(row[column] for row in rows) for column in range(3))
        print(
            f"{len(rows)} reports: median {median(row[0] for row in rows):,.0f} triples a report, {triples:,} in all,"
        )
        print(f"  {triples / relations:.1f} a statement, {triples / (relations + figures):.1f} a fact")


if __name__ == "__main__":
    main()
