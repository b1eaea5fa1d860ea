"""Small graphs that conform, and for every shape a small graph that breaks it and nothing else.

``python tests/make_examples.py`` writes ``ontology/examples``; `test_examples` proves that the files are what this makes.
The mistakes are those of ``test_validate.CASES``, each made in the factory's report; what is not needed to see the mistake
is then left out, node by node, while the findings are watched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from graph_factory import extraction, second_extraction
from test_validate import CASES, broken

from kg.describe import Dataset, Quad, describe
from kg.export import turtle
from kg.validate import validate
from kg.vocabulary import EDGES, NS, ontology_file

#: What ties everything to everything: an example follows these only where it must.
HUBS = {f"<{NS}{name}>" for name in (*EDGES, "mentions")}

FOLDER = Path(__file__).parent.parent / "ontology" / "examples"


def purposes() -> Mapping[str, str]:
    """Shape → the comment over it in ``shapes.ttl``: the mistake it catches."""
    text = ontology_file("shapes.ttl").decode()
    found = re.findall(r"^((?:# .+\n)+)kgsh:(\w+) a sh:(?:Node|Property)Shape", text, re.MULTILINE)
    return {name: " ".join(line.removeprefix("# ") for line in comment.splitlines()) for comment, name in found}


def shapes_that_say_something() -> list[str]:
    """The shapes that can be broken: those with a message, in file order."""
    text = ontology_file("shapes.ttl").decode()
    blocks = re.findall(r"^kgsh:(\w+) a sh:(?:Node|Property)Shape(.*?)(?=^kgsh:|\Z)", text, re.MULTILINE | re.DOTALL)
    return [name for name, body in blocks if "sh:message" in body]


def found(quads: Sequence[Quad]) -> set[str]:
    """The shapes a graph breaks."""
    return {finding.shape for finding in validate(Dataset.of(quads))} if quads else set()


def around(shape: str, quads: Sequence[Quad]) -> list[Quad]:
    """The part of a graph about the nodes at fault: what they lead to and what leads to them, edges apart."""
    finding = next(finding for finding in validate(Dataset.of(quads)) if finding.shape == shape)
    at_fault = {f"<{node}>" for node in (finding.focus, finding.value or "")} | {finding.focus}
    held = {quad[0] for quad in quads if quad[2] in at_fault and quad[1] not in HUBS} | at_fault
    waiting = list(held)
    subjects: dict[str, list[Quad]] = {}
    for quad in quads:
        subjects.setdefault(quad[0], []).append(quad)
    while waiting:
        for quad in subjects.get(waiting.pop(), ()):
            if quad[2] in subjects and quad[2] not in held and quad[1] not in HUBS:
                held.add(quad[2])
                waiting.append(quad[2])
    return [quad for quad in quads if quad[0] in held and (quad[2] in held or quad[2] not in subjects)]


def smaller(shape: str, quads: Sequence[Quad]) -> list[Quad]:
    """Leave out nodes until only `shape` is broken; no other shape may come to be broken on the way."""
    kept, faults = sorted(quads), found(quads)
    if faults == {shape}:
        return kept

    def try_without(gone: set[Quad]) -> bool:
        nonlocal kept, faults
        rest = [quad for quad in kept if quad not in gone]
        now = found(rest)
        if shape in now and now <= faults:
            kept, faults = rest, now
            return True
        return False

    def split(groups: list[set[Quad]]) -> None:
        """Leave out groups together where that goes, else by halves: most of a graph has no part in one mistake."""
        if not groups or try_without(set().union(*groups)) or len(groups) == 1:
            return
        half = len(groups) // 2
        split(groups[:half])
        split(groups[half:])

    nodes = sorted({quad[0] for quad in kept})
    split([{quad for quad in kept if node in (quad[0], quad[2])} for node in nodes])
    return kept


def example(shape: str) -> bytes:
    """Return the file that breaks one shape; ``AssertionError`` where no case of it can be told from other mistakes."""
    for name, edit in CASES:
        if name != shape:
            continue
        whole = report_quads(broken(edit))
        for start in (around(shape, whole), whole):
            quads = smaller(shape, start) if shape in found(start) else []
            if found(quads) == {shape}:
                return header(shape) + bare(turtle(Dataset.of(quads)))
    raise AssertionError(f"no case breaks {shape} alone")


def header(shape: str) -> bytes:
    """Name the shape and say what is wrong, in both languages."""
    text = ontology_file("shapes.ttl").decode()
    block = text[text.index(f"\nkgsh:{shape} a ") :]
    message = re.search(r'sh:message "([^"]+)"@zh , "([^"]+)"@en', block)
    assert message
    return f"# {shape}\n# {message[1]} / {message[2]}\n# {purposes()[shape]}\n\n".encode()


def bare(data: bytes) -> bytes:
    """Leave out the prefixes a file does not use."""
    lines = data.decode().splitlines(keepends=True)
    body = "".join(line for line in lines if not line.startswith("@prefix"))
    used = [x for x in lines if x.startswith("@prefix") and re.search(rf"(?<![\w-]){re.escape(x.split()[1])}", body)]
    return "".join(used + [line for line in lines if not line.startswith("@prefix")]).encode()


VALID = {
    "one-report": (extraction,),
    "another-report": (second_extraction,),
    "two-reports": (extraction, second_extraction),
}


def examples() -> dict[str, bytes]:
    """Return every example: path below ``ontology/examples`` → bytes."""
    result = {}
    for name, makers in VALID.items():
        dataset = describe([make() for make in makers])
        data = turtle(Dataset.of(report_quads(dataset)))
        result[f"valid/{name}.ttl"] = b"# conforms: no shape is broken\n\n" + bare(data)
    names = shapes_that_say_something()
    with ProcessPoolExecutor() as pool:  # each takes seconds
        for shape, data in zip(names, pool.map(example, names), strict=True):
            result[f"invalid/{shape}.ttl"] = data
    return result


def report_quads(dataset: Dataset) -> list[Quad]:
    """The quads of the graphs of reports."""
    names = set(dataset.report_graphs())
    return sorted(quad for quad in dataset.quads if quad[3] in names)


def main() -> None:
    """Write the files, and take away those of shapes that are gone."""
    made = examples()
    for path in FOLDER.rglob("*.ttl"):
        if path.relative_to(FOLDER).as_posix() not in made:
            path.unlink()
    for name, data in made.items():
        (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / name).write_bytes(data)


if __name__ == "__main__":
    main()
