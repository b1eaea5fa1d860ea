"""What people decided about who is who: a table that wins over everything and is undone by taking out a row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from kg.batch.index import Index
from kg.errors import RuleError

#: Header of the table, separated by tabs. `judgement` is ``same`` or ``different``; `keep` is the node that stays,
#: `other` the one that becomes it: an IRI, or a name that one node has.
HEADER: Final = ("judgement", "keep", "other", "reason")


@dataclass(frozen=True, slots=True)
class Decision:
    """One row: two nodes, as written, are the same or are not, and why."""

    same: bool
    keep: str
    other: str
    reason: str
    line: int


@dataclass(frozen=True, slots=True)
class Decisions:
    """Checked rows. `merged` maps the IRI of a node to that of the one it becomes; `reasons` says why."""

    merged: MappingProxyType[str, str]
    reasons: MappingProxyType[tuple[str, str], str]


NONE: Final = Decisions(MappingProxyType({}), MappingProxyType({}))


def read_decisions(path: Path) -> list[Decision]:
    """Read a table of decisions (UTF-8, tabs, ``#`` begins a comment); ``RuleError`` with the line of a bad row."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise RuleError(f"无法读取 / cannot read: {fault}", where=str(path), hint="检查路径,用 UTF-8 保存") from fault
    rows = csv.reader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    result = []
    header = False
    for line, row in enumerate(rows, 1):
        cells = tuple(cell.strip() for cell in row)
        if not any(cells) or cells[0].startswith("#"):
            continue
        if not header:
            if cells != HEADER:
                raise _fault(path, line, "表头不对 / wrong header", f"写成 (write) {' '.join(HEADER)}, 用制表符分开")
            header = True
            continue
        if len(cells) != len(HEADER) or cells[0] not in ("same", "different") or not all(cells):
            raise _fault(
                path, line, "这一行不完整 / not a decision", "same|different, 两个节点, 理由 (a reason is a must)"
            )
        result.append(Decision(cells[0] == "same", cells[1], cells[2], cells[3], line))
    return result


def decide(decisions: list[Decision], index: Index, path: Path) -> Decisions:
    """Find the nodes that decisions speak of and what becomes of each.

    A name must be borne by one node of the build; a name that no report of the build has decides nothing. Where no
    report has the node that is to stay, the first of those that become it, by IRI, stands for it.
    ``RuleError`` for a name that several nodes bear, nodes of two kinds, one node that becomes two others or itself,
    and two nodes that are said to be different and become one.
    """
    merged: dict[str, str] = {}
    why: dict[str, str] = {}
    apart: list[tuple[str, str, int]] = []
    for one in decisions:
        keep, other = _node(one.keep, index, path, one.line), _node(one.other, index, path, one.line)
        if keep is None or other is None:
            continue
        if keep.rpartition("/")[0] != other.rpartition("/")[0]:
            raise _fault(path, one.line, "两个节点不是同一类 / nodes of two kinds", "只能合并同一类的节点")
        if not one.same:
            apart.append((keep, other, one.line))
        elif merged.setdefault(other, keep) != keep or keep == other:
            raise _fault(path, one.line, f"互相矛盾 / contradicts another row: {one.other}", "一个节点只能并入一个")
        else:
            why[other] = one.reason
    ends = {}
    for start in merged:
        end, steps = start, 0
        while end in merged:
            end, steps = merged[end], steps + 1
            if steps > len(merged):
                raise _fault(path, 0, f"并成了一圈 / a circle: {start}", "去掉其中一行 (take one of the rows out)")
        ends[start] = end
    for keep, other, line in apart:
        if ends.get(keep, keep) == ends.get(other, other):
            raise _fault(path, line, "既说相同又说不同 / said to be the same and different", "去掉其中一行")
    _keep_present(ends, index)
    reasons = {(iri, ends[iri]): why[iri] for iri in sorted(ends)}
    return Decisions(MappingProxyType(ends), MappingProxyType(reasons))


def _keep_present(ends: dict[str, str], index: Index) -> None:
    """Where no report has the node that is to stay, let the first of the others stand for it: they are still one."""
    query = "SELECT 1 FROM ents e JOIN uses u ON u.ent = e.id JOIN current c ON c.doc = u.doc WHERE e.iri = ?"
    present = {iri for iri in {*ends, *ends.values()} if index.one(query, (iri,))}
    stand_in = {end: min((iri for iri in ends if ends[iri] == end and iri in present), default="") for end in
                set(ends.values()) - present}  # fmt: skip
    for iri, end in list(ends.items()):
        keep = stand_in.get(end, end)
        if iri in present and keep != iri:
            ends[iri] = keep
        else:
            del ends[iri]


def _node(written: str, index: Index, path: Path, line: int) -> str | None:
    if written.startswith("<") and written.endswith(">"):
        written = written[1:-1]
    if "://" in written or written.startswith("urn:"):
        return written
    found = list(_named(written, index))
    if len(found) > 1:
        raise _fault(
            path,
            line,
            f"不止一个节点叫这个名字 / several nodes have this name: {written}",
            f"改写 IRI (write one of) {' '.join(found[:4])}",
        )
    return found[0] if found else None


def _named(name: str, index: Index) -> Iterator[str]:
    query = (
        "SELECT DISTINCT e.iri FROM names n JOIN ents e ON e.id = n.ent JOIN uses u ON u.ent = e.id "
        "JOIN current c ON c.doc = u.doc WHERE n.name = ? ORDER BY e.iri"
    )
    for (iri,) in index.rows(query, (name,)):
        yield iri


def _fault(path: Path, line: int, message: str, hint: str) -> RuleError:
    return RuleError(message, where=f"{path}:{line}" if line else str(path), hint=hint)
