"""`kg diff`: what changed between two graphs, in words, by entity, relation and figure."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Run

from kg.build import Built, sample_report
from kg.describe import describe
from kg.diff import as_text, compare, diff
from kg.errors import GraphError
from kg.export import trig
from kg.extract import Extractor, extract
from kg.facts import Facts
from kg.read import read_text
from kg.vocabulary import NS, TERMS


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory, sample: Built) -> Path:
    path = tmp_path_factory.mktemp("diff") / "old.ttl"
    path.write_bytes(sample.files[f"{sample.name}.ttl"])
    return path


def edited(folder: Path, extractor: Extractor, *changes: tuple[str, str]) -> Path:
    """Build the sample with some of its words changed."""
    text = sample_report().text
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    path = folder / "new.trig"
    path.write_bytes(trig(describe([extract(read_text(text, "new.txt"), extractor)])))
    return path


def only(told: dict[str, Any], *kept: tuple[str, str]) -> None:
    """Nothing but these parts may differ."""
    for group in ("entities", "relations", "figures"):
        for kind, rows in told[group].items():
            assert bool(rows) == ((group, kind) in kept), (group, kind, rows)


def test_the_same_graph_has_no_difference_in_whatever_file(old: Path, tmp_path: Path, extractor: Extractor) -> None:
    told = diff(old, edited(tmp_path, extractor))
    assert told["same"]
    assert as_text(told) == "没有差别\n"
    assert as_text(told, lang="en") == "No difference\n"


def test_a_changed_figure(old: Path, tmp_path: Path, extractor: Extractor) -> None:
    told = diff(old, edited(tmp_path, extractor, ("5830 家", "6012 家")))
    only(told, ("figures", "changed"))
    assert told["figures"]["changed"] == [{"indicator": "检查企业", "scope": "", "old": "5830 家", "new": "6012 家"}]


def test_a_figure_written_otherwise_is_no_change(old: Path, tmp_path: Path, extractor: Extractor) -> None:
    assert diff(old, edited(tmp_path, extractor, ("5830 家", "5830家")))["figures"]["changed"] == []


def test_a_new_document(old: Path, tmp_path: Path, extractor: Extractor) -> None:
    told = diff(
        old, edited(tmp_path, extractor, ("把法治政府建设纳入", "印发《连云港市养犬管理办法》。把法治政府建设纳入"))
    )
    only(told, ("entities", "added"), ("relations", "added"))
    assert told["entities"]["added"] == [{"class": "Regulation", "name": "连云港市养犬管理办法"}]
    assert told["relations"]["added"][0]["predicate"] == "issues"


def test_a_deed_that_became_a_plan(old: Path, tmp_path: Path, extractor: Extractor) -> None:
    told = diff(old, edited(tmp_path, extractor, ("建成“一网四级”服务体系", "明年将建成“一网四级”服务体系")))
    rows = told["relations"]["modality"]
    assert ("“一网四级”服务体系", ["reported"], ["planned"]) in [(r["object"], r["old"], r["new"]) for r in rows]
    assert "“一网四级”服务体系: 已做 → 计划" in as_text(told)
    assert "“一网四级”服务体系: reported → planned" in as_text(told, lang="en")


def test_chinese_has_chinese_names_and_english_the_codes(old: Path, tmp_path: Path, extractor: Extractor) -> None:
    more = "市政府印发《连云港市养犬管理办法》。2021年计划培训执法人员5000人。把法治政府建设纳入"
    told = diff(old, edited(tmp_path, extractor, ("把法治政府建设纳入", more)))
    zh, en = as_text(told), as_text(told, lang="en")
    for shown, code in (("法规文件: ", "Regulation: "), ("—[制发]→", "—[issues]→"), ("[计划]", "[planned]")):
        assert shown in zh
        assert code not in zh
        assert code in en


def test_other_words_for_the_same_relation_are_only_counted(old: Path, tmp_path: Path, extractor: Extractor) -> None:
    told = diff(old, edited(tmp_path, extractor, ("认真贯彻落实《重大行政决策", "深入贯彻落实《重大行政决策")))
    only(told)
    assert told["evidence_changed"] == 1
    assert not told["same"]
    assert "1 more relations" in as_text(told, lang="en")


def test_there_and_back_is_mirrored(old: Path, tmp_path: Path, extractor: Extractor) -> None:
    new = edited(tmp_path, extractor, ("5830 家", "6012 家"), ("市政府被评为", "市委被评为"))
    there, back = diff(old, new), diff(new, old)
    for group in ("entities", "relations", "figures"):
        assert there[group]["added"] == back[group]["removed"]
        assert there[group]["removed"] == back[group]["added"]


# ---- by hand ----

E = f"{NS}Department"


def graph(*triples: tuple[str, str, str]) -> Facts:
    return Facts.of((s, TERMS[p], o) for s, p, o in triples)


def figure(name: str, value: str, *, iri: str, begin: str = "0", scope: str = "全市") -> list[tuple[str, str, str]]:
    return [
        (iri, "rdf:type", f"{NS}Observation"),
        (iri, "kg:indicator", f"urn:{name}"),
        (f"urn:{name}", "skos:prefLabel", name),
        (iri, "kg:rawValue", f"{value}件"),
        (iri, "sdmx-measure:obsValue", value),
        (iri, "kg:unitText", "件"),
        (iri, "kg:scopeText", scope),
        (iri, "kg:modality", "reported"),
        (iri, "kg:evidence", f"{iri}#e"),
        (f"{iri}#e", "nif:beginIndex", begin),
    ]


#: Old figures, new figures (name, value, begin, scope) → changed, removed, added.
FIGURES: list[tuple[list[tuple[str, str, str, str]], list[tuple[str, str, str, str]], tuple[int, int, int]]] = [
    ([("a", "1", "0", "x")], [("a", "1", "9", "x")], (0, 0, 0)),
    ([("a", "1", "0", "x")], [("a", "2", "0", "x")], (1, 0, 0)),
    ([("a", "1", "0", "x")], [("a", "1", "0", "y")], (0, 1, 1)),  # another scope is another figure
    ([("a", "1", "0", "x")], [("b", "1", "0", "x")], (0, 1, 1)),
    ([("a", "1", "0", "x"), ("a", "2", "5", "x")], [("a", "2", "0", "x"), ("a", "1", "5", "x")], (0, 0, 0)),
    ([("a", "1", "0", "x"), ("a", "2", "5", "x")], [("a", "3", "0", "x"), ("a", "2", "5", "x")], (1, 0, 0)),
    ([("a", "1", "0", "x")], [("a", "1", "0", "x"), ("a", "4", "5", "x")], (0, 0, 1)),
    ([("a", "1", "0", "x"), ("a", "1", "5", "x")], [("a", "1", "0", "x")], (0, 1, 0)),
]


@pytest.mark.parametrize(("before", "after", "counts"), FIGURES)
def test_figures_are_paired_by_name_and_scope(
    before: list[tuple[str, str, str, str]], after: list[tuple[str, str, str, str]], counts: tuple[int, int, int]
) -> None:
    made = [
        graph(
            *(t for n, (name, v, b, s) in enumerate(rows) for t in figure(name, v, iri=f"urn:o{n}", begin=b, scope=s))
        )
        for rows in (before, after)
    ]
    told = compare(*made)["figures"]
    assert (len(told["changed"]), len(told["removed"]), len(told["added"])) == counts


def test_the_same_key_with_another_name_is_renamed() -> None:
    before, after = (graph(("urn:a", "rdf:type", E), ("urn:a", "skos:prefLabel", name)) for name in ("旧", "新"))
    told = compare(before, after)
    assert told["entities"] == {
        "added": [],
        "removed": [],
        "renamed": [{"class": "Department", "old": "旧", "new": "新"}],
    }


def test_markdown_and_terminal_are_not_driven_by_names() -> None:
    name = "a|b*<script>\x1b[2J\n# x"
    told = compare(graph(), graph(("urn:a", "rdf:type", E), ("urn:a", "skos:prefLabel", name)))
    markdown = as_text(told, markdown=True)
    assert "<script" not in markdown
    assert "\\|" in markdown
    assert "\x1b" not in as_text(told) + markdown
    assert [line for line in markdown.splitlines() if line.startswith("#")] == ["## 新增实体 (1)"]
    with pytest.raises(GraphError, match="language"):
        as_text(told, lang="fr")  # type: ignore[arg-type]


def test_the_command(run: Run, old: Path, tmp_path: Path, extractor: Extractor) -> None:
    new = edited(tmp_path, extractor, ("5830 家", "6012 家"))
    assert run("diff", old, old).returncode == 0
    text = run("diff", old, new, "--lang", "en")
    assert (text.returncode, text.stdout.decode()) == (1, "Figures changed (1)\n  检查企业: 5830 家 → 6012 家\n")
    markdown = run("diff", old, new, "--as", "markdown").stdout.decode()
    assert markdown == "## 数值变化 (1)\n\n- 检查企业: 5830 家 → 6012 家\n\n"
    assert json.loads(run("diff", old, new, "--as", "json").stdout)["figures"]["changed"]
    report = ROOT / "kg/data/sample/lianyungang-2020.txt"
    assert run("diff", old, report).returncode == 0
    for bad in (
        ("diff", old),
        ("diff", old, "none.ttl"),
        ("diff", old, "none.txt"),
        ("diff", old, new, "--lang", "fr"),
    ):
        done = run(*bad)
        assert done.returncode == 2
        assert b"Traceback" not in done.stderr


def test_the_order_does_not_hang_on_the_hash_seed(old: Path, tmp_path: Path, extractor: Extractor) -> None:
    new = edited(tmp_path, extractor, ("5830 家", "6012 家"), ("市政府被评为", "市委被评为"))
    told = {
        subprocess.run(
            [sys.executable, "-m", "kg", "diff", old, new],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=False,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(told) == 1
    assert told != {b""}
