"""Fill the measured parts of README.md and README.zh.md from outputs/: the triples and the answers they show.

Run it after `kg build --sample -o outputs`; `tests/test_docs.py` fails where the files differ from what this makes.
A part stands between `<!-- made: NAME -->` and `<!-- /made -->`.
"""

from __future__ import annotations

import re
from pathlib import Path

from kg.annotations import records
from kg.evaluate import Evaluation, evaluate, merge, read_records
from kg.extract import Extractor, extract
from kg.query import ask, table
from kg.read import read

ROOT = Path(__file__).resolve().parent.parent
GRAPH = ROOT / "outputs" / "lianyungang-2020.ttl"
_FIGURES = (
    "Department mention overlap",
    "Regulation mention overlap",
    "Initiative mention overlap",
    "Indicator value+name",
    "relation",
)
_HEADERS = {
    "quality-en": (
        "| F1 | departments | regulations | initiatives | indicators (value and name) | relations |",
        "the founding report",
        "thirteen invented reports",
    ),
    "quality-zh": (
        "| F1 | 部门 | 法规文件 | 举措 | 指标（值与名称） | 关系 |",
        "样例报告",
        "十三份虚构的报告",
    ),
}
_PART = re.compile(r"(<!-- made: (?P<name>[\w-]+) -->\n).*?(<!-- /made -->)", re.DOTALL)


def block(marker: str, turtle: str) -> str:
    """The subject block of a Turtle text that holds `marker`."""
    at = turtle.index(marker)
    return turtle[turtle.rfind("\n\n", 0, at) + 2 : turtle.index(" .\n", at) + 2]


def triples() -> str:
    """Three blocks of the sample's graph: an initiative, the statement of its edge, the clause that says so."""
    turtle = GRAPH.read_text(encoding="utf-8")
    initiative = block('skos:prefLabel "“一委三会”社区治理模式"', turtle)
    subject = initiative.split()[0]
    statement = next(
        part
        for part in turtle.split("\n\n")
        if f"rdf:subject {subject} ;" in part and "rdf:predicate kg:recognisedBy" in part
    )
    span = re.search(r"kg:evidence <([^>]+)>", statement)
    assert span is not None, "every statement has evidence"
    evidence = block(f"<{span.group(1)}> a ", turtle)
    return "```turtle\n" + "\n\n".join(p.rstrip() for p in (initiative, statement, evidence)) + "\n```\n"


def answer(question: str) -> str:
    """The command and its answer, as a reader would see it."""
    shown = table(ask(question, GRAPH)).rstrip("\n")
    return f"```console\n$ kg query {question} --on out/lianyungang-2020.ttl\n{shown}\n```\n"


def quality(header: str, founding: str, invented: str) -> str:
    """The scores against gold annotations as a table: of the founding report, and of the invented ones together."""
    extractor = Extractor.load()

    def scores(gold: Path, text: Path) -> Evaluation:
        return evaluate(read_records(gold), list(records(extract(read(text), extractor))))

    gold = ROOT / "tests" / "gold"
    one = scores(gold / "lianyungang-2020.gold.jsonl", ROOT / "kg" / "data" / "sample" / "lianyungang-2020.txt")
    files = sorted((gold / "invented").glob("*.gold.jsonl"))
    many = merge(scores(file, file.with_name(file.name.replace(".gold.jsonl", ".txt"))) for file in files)
    rows = [
        f"| {label} | " + " | ".join(f"{figures[name].f1:.2f}" for name in _FIGURES) + " |"
        for label, figures in ((founding, one.figures), (invented, many.figures))
    ]
    return f"{header}\n{'|---' * (len(_FIGURES) + 1)}|\n" + "\n".join(rows) + "\n"


def made(text: str) -> str:
    """`text` with every made part renewed."""

    def renew(match: re.Match[str]) -> str:
        name = match["name"]
        if name == "triples":
            content = triples()
        elif name in _HEADERS:
            content = quality(*_HEADERS[name])
        else:
            content = answer(name)
        return match[1] + content + match[3]

    return _PART.sub(renew, text)


if __name__ == "__main__":
    for name in ("README.md", "README.zh.md"):
        path = ROOT / name
        path.write_text(made(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
