"""The committed answers of the named questions for the sample report: `python tests/answers.py` writes them anew.

Whoever changes a rule or a question runs it and reads the difference (`git diff tests/data/answers`): each changed row
is a fact that came, went or changed. `tests/data/answers/README.md` lists what is known to be wrong in them.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from kg.query import Table

FOLDER = Path(__file__).parent / "data" / "answers"


def as_csv(answer: Table) -> str:
    """Return an answer as CSV with plain line ends: what `kg query --as csv` prints, made for `git diff`."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(answer.columns)
    writer.writerows(answer.texts())
    return stream.getvalue()


def main() -> None:
    """Build the sample and write every answer."""
    import tempfile

    from kg.build import build, sample_report
    from kg.extract import Extractor
    from kg.query import ask, questions

    built = build(sample_report(), Extractor.load())
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        graph = Path(folder) / "sample.ttl"
        graph.write_bytes(built.files[f"{built.name}.ttl"])
        for question in questions():
            text = as_csv(ask(question.stem, graph))
            (FOLDER / f"{question.stem}.csv").write_text(text, encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
