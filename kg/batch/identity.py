"""One label for every node over all reports, and the decisions of people: what is rewritten when graphs are written.

The graph of a report is kept as that report words it. Where reports differ, the label that most of them use wins
(`kg.describe.identity.preferred_names`); where a person decided, two nodes become one. Both are applied to the kept
graph on its way out, so that taking back a decision, or removing a report, costs no new extraction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from kg.batch.index import Index
from kg.describe import Term, Triple
from kg.describe.terms import T, node, plain, zh
from kg.model import Kind

#: Of these an entity has one at most (ontology/shapes.ttl).
_ONE_OF_EACH = frozenset(
    T[curie]
    for curie in (
        *("kg:areaCode", "kg:adcode", "kg:jurisdiction", "kg:officialTitle", "kg:docNumber", "kg:status"),
        *("kg:bodyType", "kg:initiativeType", "eli:type_document"),
    )
)
_ENDS = tuple(T[f"rdf:{name}"] for name in ("subject", "predicate", "object"))


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one node of one report's graph: its IRI, its label there, the IRI and label it is to have.

    `key` is what identifies the node it becomes (`kg.model.Entity.key`), empty where it stays what it is.
    """

    iri: str
    own: str
    target: str
    label: str
    key: str = ""


def preferred(index: Index, merged: Mapping[str, str]) -> None:
    """Fill the temporary table `changes` (doc, iri, own, target, label) with what differs from the kept graphs.

    `merged` maps the IRI of a node to that of the one it is the same as.
    """
    index.run("DROP TABLE IF EXISTS temp.labels")
    index.run("DROP TABLE IF EXISTS temp.changes")
    _merged(index, merged)
    index.run("CREATE TEMP TABLE labels (ent INTEGER PRIMARY KEY, name TEXT)")
    index.many("INSERT INTO labels VALUES (?, ?)", _labels(index))
    index.run("CREATE TEMP TABLE changes (doc INT, iri TEXT, own TEXT, target TEXT, label TEXT, key TEXT)")
    index.run(
        "INSERT INTO changes SELECT u.doc, e.iri, n.name, e.iri, l.name, '' FROM labels l JOIN ents e ON e.id = l.ent "
        "JOIN uses u ON u.ent = l.ent JOIN names n ON n.id = u.name JOIN current c ON c.doc = u.doc "
        "WHERE n.name != l.name AND l.ent NOT IN (SELECT ent FROM merged)"
    )
    targets: dict[str, str] = {}
    for target in sorted(set(merged.values())):
        targets[target] = _group_label(index, target, merged)
    for ent, target in list(index.rows("SELECT ent, target FROM merged ORDER BY ent")):
        index.run(
            "INSERT INTO changes SELECT u.doc, e.iri, n.name, ?, ?, ? FROM uses u JOIN ents e ON e.id = u.ent "
            "JOIN names n ON n.id = u.name JOIN current c ON c.doc = u.doc WHERE u.ent = ?",
            (target, targets[target], _key(index, target), ent),
        )
    index.run("CREATE INDEX temp.changes_doc ON changes (doc, iri)")


def _merged(index: Index, merged: Mapping[str, str]) -> None:
    index.run("DROP TABLE IF EXISTS temp.merged")
    index.run("CREATE TEMP TABLE merged (ent INTEGER PRIMARY KEY, target TEXT)")
    index.many("INSERT INTO merged SELECT id, ? FROM ents WHERE iri = ?", [(b, a) for a, b in sorted(merged.items())])


def decided(index: Index, merged: Mapping[str, str]) -> Iterator[tuple[int, list[Change]]]:
    """Yield every result that holds a node which a decision speaks of, with what becomes of these nodes there.

    A node that others become has one label wherever it stands. Other nodes are left as their report words them: files
    of one report do not depend on what reports besides it say.
    """
    _merged(index, merged)
    labels = {target: _group_label(index, target, merged) for target in sorted(set(merged.values()))}
    keys = {target: _key(index, target) for target in labels}
    index.run("CREATE TEMP TABLE decided (ent INTEGER PRIMARY KEY, target TEXT)")
    index.run("INSERT INTO decided SELECT ent, target FROM merged")
    index.many("INSERT OR IGNORE INTO decided SELECT id, iri FROM ents WHERE iri = ?", [(one,) for one in labels])
    rows = index.rows(
        "SELECT u.doc, e.iri, n.name, d.target FROM decided d JOIN uses u ON u.ent = d.ent JOIN ents e ON e.id = d.ent "
        "JOIN names n ON n.id = u.name ORDER BY u.doc, e.iri"
    )
    for doc, group in groupby(rows, lambda row: int(row[0])):
        found = [
            Change(iri, own, target, labels[target], keys[target] if iri != target else "")
            for _, iri, own, target in group
        ]
        changed = [one for one in found if (one.iri, one.own) != (one.target, one.label)]
        if changed:
            yield doc, changed
    index.run("DROP TABLE temp.decided")


def _key(index: Index, iri: str) -> str:
    """Return what identifies a node that decisions keep; every such node is in the index (`decisions.decide`)."""
    return str(index.one("SELECT key FROM ents WHERE iri = ?", (iri,)))


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
    rows = index.rows("SELECT iri, own, target, label, key FROM changes WHERE doc = ? ORDER BY iri, target", (doc,))
    return [Change(*row) for row in rows]


def rewrite(lines: Iterable[str], changed: Iterable[Change]) -> list[str]:
    """Apply changes to the lines of a report's graph in N-Quads; returns them sorted, none twice.

    What a node was called stays as an alternative label, what identified it in the graph of decisions.
    """
    graph = ""

    def triples() -> Iterator[Triple]:
        nonlocal graph
        for line in lines:
            subject, predicate, rest = line.split(" ", 2)
            thing, _, graph = rest.rpartition(" <")
            yield subject, predicate, thing

    return sorted(f"{s} {p} {o} <{graph}" for s, p, o in rewritten(triples(), changed))


def rewritten(triples: Iterable[Triple], changed: Iterable[Change]) -> set[Triple]:
    """Apply changes to the triples of a report's graph, as `rewrite`.

    Of what a node can have but one of (key, area, type, number …) the node that it becomes has its own. A relation
    between two nodes that are now one is none, and goes with its statement; statements that say the same of it are one.
    """
    by_node = {node(one.iri): one for one in changed}
    moved = {term: node(one.target) for term, one in by_node.items() if one.target != one.iri}
    label, alternative, title, identifier = T["skos:prefLabel"], T["skos:altLabel"], T["dct:title"], T["dct:identifier"]
    regulation = f"/{Kind.REGULATION.lower()}/"
    triples = list(triples)
    idle, united = _statements(triples, moved)
    moved |= united
    result: set[Triple] = set()
    for subject, predicate, thing in triples:
        if subject in idle or thing in idle:
            continue
        change = by_node.get(subject)
        new, other = moved.get(subject, subject), moved.get(thing, thing)
        if new == other and subject != thing:
            continue
        if change is not None:
            if predicate == label:
                if change.own != change.label:
                    result.add((new, alternative, zh(change.own)))
                other = zh(change.label)
            elif predicate == alternative and other == zh(change.label):
                continue
            elif predicate == title and regulation in change.iri:
                other = zh(change.label)
            elif subject in moved:
                if predicate == identifier:
                    other = plain(change.key)
                elif predicate in _ONE_OF_EACH:
                    continue
        elif subject in united and predicate == identifier:
            continue
        result.add((new, predicate, other))
    return result


def _statements(triples: Iterable[Triple], moved: Mapping[Term, Term]) -> tuple[set[Term], dict[Term, Term]]:
    """Return the statements whose subject and object became one node, and those that now say what another one does.

    The latter are mapped to the first, by IRI, of those that say the same.
    """
    ends: dict[Term, dict[Term, Term]] = {}
    for statement, predicate, thing in triples:
        if predicate in _ENDS:
            ends.setdefault(statement, {})[predicate] = thing
    idle: set[Term] = set()
    united: dict[Term, Term] = {}
    first: dict[tuple[Term, ...], Term] = {}
    for statement, said in sorted(ends.items()):
        subject, relation, thing = (said.get(end, "") for end in _ENDS)
        new, other = moved.get(subject, subject), moved.get(thing, thing)
        if new == other and subject != thing:
            idle.add(statement)
        elif (same := first.setdefault((new, relation, other), statement)) != statement:
            united[statement] = same
    return idle, united


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
