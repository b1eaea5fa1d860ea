"""Small graphs that conform, and for every shape a small graph that breaks it.

``PYTHONPATH=. python tests/make_examples.py`` writes ``ontology/examples``; `test_examples` proves that the files are
what this makes. The mistakes are those of ``test_validate.CASES``, each made in the factory's report; what does not
belong to the nodes at fault is left out. Each example breaks the one shape that its header names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from graph_factory import extraction, second_extraction
from test_validate import CASES, DATASET, STATEMENT, broken

from kg.describe import Dataset, Quad, describe
from kg.describe.terms import quoted
from kg.export import turtle
from kg.validate import Finding, validate
from kg.vocabulary import BASE, EDGES, expand, mint, ontology_file

EDGE_NODES = {f"<{expand(curie)}>" for curie in (*(f"kg:{name}" for name in EDGES), "kg:mentions", "org:unitOf")}
BEARERS = {f"<{expand(curie)}>" for curie in ("kg:denotes", "kg:rankClaim")}
BORNE = {f"<{expand(curie)}>" for curie in ("kg:Observation", "kg:RankClaim")}

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


def report_quads(dataset: Dataset) -> list[Quad]:
    """The quads of the graphs of reports."""
    names = set(dataset.report_graphs())
    return sorted(quad for quad in dataset.quads if quad[3] in names)


SOUND = set(report_quads(DATASET))


def node_of(curie: str) -> str:
    """A term of a known prefix as N-Triples."""
    return f"<{expand(curie)}>"


def around(shape: str, quads: Sequence[Quad], added: Sequence[Quad]) -> list[Quad]:
    """The part of a graph about the nodes at fault, and what it takes for that part to be sound but for the fault."""
    finding = next(finding for finding in validate(Dataset.of(quads)) if finding.shape == shape)
    at_fault = {f"<{node}>" for node in (finding.focus, finding.value or "")} | {finding.focus}
    if shape != "EdgeHasStatement":  # an edge at fault comes with its statement
        at_fault |= statements_about(finding, quads)
    at_fault |= {node for quad in added for node in (quad[0], quad[2]) if node.startswith("<")}
    subjects: dict[str, list[Quad]] = {}
    bearers: dict[str, list[Quad]] = {}
    for quad in sorted(quads):
        subjects.setdefault(quad[0], []).append(quad)
        if quad[1] in BEARERS:
            bearers.setdefault(quad[2], []).append(quad)
    held = set(at_fault)
    waiting = sorted(held)
    while waiting:
        node = waiting.pop()
        further = [quad[2] for quad in subjects.get(node, ()) if quad[1] not in EDGE_NODES]
        if any(quad[2] in BORNE for quad in subjects.get(node, ())):  # a figure stands in the text, a rank has a figure
            further += [quad[0] for quad in bearers.get(node, ())[:1]]
        for other in further:
            if other in subjects and other not in held:
                held.add(other)
                waiting.append(other)
    inside = [quad for quad in quads if quad[0] in held and (quad[2] in held or quad[2] not in subjects)]
    mentioned = {quad[2] for quad in inside if quad[1] == node_of("kg:denotes")}
    stated = set()
    for node in held:
        said = {quad[1]: quad[2] for quad in subjects.get(node, ())}
        stated.add(tuple(said.get(node_of(f"rdf:{name}"), "") for name in ("subject", "predicate", "object")))

    ends = (f"<{finding.focus}>", f"<{finding.value}>")

    def needed(quad: Quad) -> bool:
        if quad in added:
            return True
        if (quad[0], quad[2]) == ends and finding.path in (None, quad[1].strip("<>")):
            return True
        if quad[1] == node_of("kg:mentions"):
            return quad[2] in mentioned
        return quad[1] not in EDGE_NODES or quad[:3] in stated

    return [quad for quad in inside if needed(quad)]


def statements_about(finding: Finding, quads: Sequence[Quad]) -> set[str]:
    """The statements of the edges between the two nodes of a finding."""
    ends = ((node_of("rdf:subject"), f"<{finding.focus}>"), (node_of("rdf:object"), f"<{finding.value}>"))
    subjects, objects = ({quad[0] for quad in quads if (quad[1], quad[2]) == end} for end in ends)
    return subjects & objects


def example(shape: str) -> bytes:
    """Return the file that breaks one shape; ``AssertionError`` where no case of it breaks that one alone."""
    tries = []
    for name, edit in CASES:
        if name == shape:
            whole = report_quads(broken(edit))
            added = sorted(set(whole) - SOUND)
            statements = [] if shape == "EdgeHasStatement" else statements_of(added, whole)
            quads = around(shape, [*whole, *statements], [*added, *statements])
            names = found(quads)
            if names == {shape}:
                return header(shape) + bare(turtle(Dataset.of(quads)))
            tries.append(sorted(names))
    raise AssertionError(f"{shape}: no case breaks it alone: {tries}")


def statements_of(added: Sequence[Quad], whole: Sequence[Quad]) -> list[Quad]:
    """A statement for every edge a case adds, so that the edge's only fault is the one it is there for."""
    said: dict[str, dict[str, str]] = {}
    for s, p, o, _ in whole:
        if p in (node_of("rdf:subject"), node_of("rdf:predicate"), node_of("rdf:object")):
            said.setdefault(s, {})[p] = o
    stated = {
        tuple(of.get(node_of(f"rdf:{n}"), "") for n in ("subject", "predicate", "object")) for of in said.values()
    }
    result = []
    for subject, predicate, value, graph in added:
        if predicate not in EDGE_NODES - {node_of("kg:mentions"), node_of("org:unitOf")}:
            continue
        if (subject, predicate, value) in stated:
            continue  # a node was renamed, in its statements as well
        key = f"{subject} {predicate} {value}"
        new = f"<{mint(BASE, 'statement', key)}>"
        own = {"rdf:subject": subject, "rdf:predicate": predicate, "rdf:object": value, "dct:identifier": quoted(key)}
        replaced = {node_of(curie): term for curie, term in own.items()}
        result += [(new, p, replaced.get(p, o), graph) for s, p, o, g in SOUND if s == STATEMENT and g == graph]
    return sorted(set(result))


def header(shape: str) -> bytes:
    """Name the shape, and say what is wrong in both languages and which mistake that is."""
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


def valid_examples() -> dict[str, bytes]:
    """Return the examples that conform: path below ``ontology/examples`` → bytes."""
    result = {}
    for name, makers in VALID.items():
        dataset = describe([make() for make in makers])
        data = turtle(Dataset.of(report_quads(dataset)))
        result[f"valid/{name}.ttl"] = b"# conforms: no shape is broken\n\n" + bare(data)
    return result


def examples() -> dict[str, bytes]:
    """Return every example: path below ``ontology/examples`` → bytes."""
    result = valid_examples()
    names = shapes_that_say_something()
    for shape in names:
        result[f"invalid/{shape}.ttl"] = example(shape)
    return result


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
