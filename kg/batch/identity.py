"""One label for every node over all reports, and the decisions of people: what is rewritten when graphs are written.

The graph of a report is kept as that report words it. Where reports differ, the label that most of them use wins
(`kg.describe.identity.preferred_names`); where a person decided, two nodes become one. Both are applied to the kept
graph on its way out, so that taking back a decision, or removing a report, costs no new extraction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kg.batch.index import Index
from kg.describe.terms import T, node, plain, zh
from kg.model import Kind


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one node of one report's graph: its IRI, its label there, the IRI and label it is to have."""

    iri: str
    own: str
    target: str
    label: str


def preferred(index: Index, merged: Mapping[str, str]) -> None:
    """Fill the temporary table `changes` (doc, iri, own, target, label) with what differs from the kept graphs.

    `merged` maps the IRI of a node to that of the one it is the same as.
    """
    index.run("DROP TABLE IF EXISTS temp.merged")
    index.run("DROP TABLE IF EXISTS temp.labels")
    index.run("DROP TABLE IF EXISTS temp.changes")
    index.run("CREATE TEMP TABLE merged (ent INTEGER PRIMARY KEY, target TEXT)")
    index.many("INSERT INTO merged SELECT id, ? FROM ents WHERE iri = ?", [(b, a) for a, b in sorted(merged.items())])
    index.run("CREATE TEMP TABLE labels (ent INTEGER PRIMARY KEY, name TEXT)")
    index.many("INSERT INTO labels VALUES (?, ?)", _labels(index))
    index.run("CREATE TEMP TABLE changes (doc INT, iri TEXT, own TEXT, target TEXT, label TEXT)")
    index.run(
        "INSERT INTO changes SELECT u.doc, e.iri, n.name, e.iri, l.name FROM labels l JOIN ents e ON e.id = l.ent "
        "JOIN uses u ON u.ent = l.ent JOIN names n ON n.id = u.name JOIN current c ON c.doc = u.doc "
        "WHERE n.name != l.name AND l.ent NOT IN (SELECT ent FROM merged)"
    )
    targets: dict[str, str] = {}
    for target in sorted(set(merged.values())):
        targets[target] = _group_label(index, target, merged)
    for ent, target in list(index.rows("SELECT ent, target FROM merged ORDER BY ent")):
        index.run(
            "INSERT INTO changes SELECT u.doc, e.iri, n.name, ?, ? FROM uses u JOIN ents e ON e.id = u.ent "
            "JOIN names n ON n.id = u.name JOIN current c ON c.doc = u.doc WHERE u.ent = ?",
            (target, targets[target], ent),
        )
    index.run("CREATE INDEX temp.changes_doc ON changes (doc, iri)")


def _labels(index: Index) -> Iterator[tuple[int, str]]:
    """Yield the label of every node that the current reports word in several ways."""
    votes: dict[str, int] = {}
    last = None
    for ent, name, times in index.rows(
        "SELECT u.ent, n.name, COUNT(*) FROM uses u JOIN names n ON n.id = u.name JOIN current c ON c.doc = u.doc "
        "WHERE u.ent IN (SELECT ent FROM names GROUP BY ent HAVING COUNT(*) > 1) GROUP BY u.ent, n.name ORDER BY u.ent"
    ):
        if ent != last:
            if last is not None and len(votes) > 1:
                yield last, _elected(votes)
            last, votes = ent, {}
        votes[name] = times
    if last is not None and len(votes) > 1:
        yield last, _elected(votes)


def _elected(votes: Mapping[str, int]) -> str:
    return min(votes, key=lambda name: (-votes[name], len(name), name))


def _group_label(index: Index, target: str, merged: Mapping[str, str]) -> str:
    """Return the label of merged nodes: that of the one they become, or of all where no report has that one."""
    for iris in ([target], [iri for iri, to in merged.items() if to == target]):
        votes: dict[str, int] = {}
        for iri in iris:
            for name, times in index.rows(
                "SELECT n.name, COUNT(*) FROM ents e JOIN uses u ON u.ent = e.id JOIN names n ON n.id = u.name "
                "JOIN current c ON c.doc = u.doc WHERE e.iri = ? GROUP BY n.name",
                (iri,),
            ):
                votes[name] = votes.get(name, 0) + times
        if votes:
            return _elected(votes)
    return ""


def changes(index: Index, doc: int) -> list[Change]:
    """Return what is to be changed in one report's graph, sorted."""
    rows = index.rows("SELECT iri, own, target, label FROM changes WHERE doc = ? ORDER BY iri, target", (doc,))
    return [Change(*row) for row in rows]


def rewrite(lines: Iterable[str], changed: Iterable[Change]) -> list[str]:
    """Apply changes to the lines of a report's graph in N-Quads; returns them sorted, none twice.

    What a node was called stays as an alternative label. The identifier of a node that became another goes: it is in
    the graph of decisions.
    """
    by_node = {node(one.iri): one for one in changed}
    label, alternative, title, identifier = T["skos:prefLabel"], T["skos:altLabel"], T["dct:title"], T["dct:identifier"]
    regulation = f"/{Kind.REGULATION.lower()}/"
    result: set[str] = set()
    for line in lines:
        subject, predicate, rest = line.split(" ", 2)
        change = by_node.get(subject)
        if rest.startswith("<"):
            # An object that is an IRI has no blanks; a literal is left as it is, whatever it holds.
            thing, tail = rest.split(" ", 1)
            other = by_node.get(thing)
            if other is not None:
                rest = f"{node(other.target)} {tail}"
        if change is not None:
            moved = change.target != change.iri
            graph = rest[rest.rindex("<") :]
            subject = node(change.target)
            if predicate == label:
                result.add(f"{subject} {alternative} {zh(change.own)} {graph}" if change.own != change.label else "")
                rest = f"{zh(change.label)} {graph}"
            elif (predicate == alternative and rest == f"{zh(change.label)} {graph}") or (
                predicate == identifier and moved
            ):
                continue
            elif predicate == title and regulation in change.iri:
                rest = f"{zh(change.label)} {graph}"
        result.add(f"{subject} {predicate} {rest}")
    result.discard("")
    return sorted(result)


def note(index: Index, reasons: Mapping[tuple[str, str], str], graph: str) -> list[str]:
    """Return the lines of the graph of decisions: what was merged into what, under which names, and why."""
    lines: set[str] = set()
    for (iri, target), reason in reasons.items():
        subject = node(target)
        for (key,) in index.rows("SELECT key FROM ents WHERE iri = ?", (iri,)):
            lines.add(f"{subject} {T['kg:mergedFrom']} {node(iri)} {graph} .\n")
            lines.add(f"{node(iri)} {T['dct:identifier']} {plain(key)} {graph} .\n")
            lines.add(f"{node(iri)} {T['kg:decisionReason']} {zh(reason)} {graph} .\n")
    return sorted(lines)
