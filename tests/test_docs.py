"""What the READMEs show is what the code does."""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from kg.extract import Extractor, extract
from kg.read import read, read_text
from kg.vocabulary import CLASSES, EDGES, NS, PROPERTIES

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh.md")
SAMPLE = ROOT / "kg" / "data" / "sample" / "lianyungang-2020.txt"


def readme(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def command(name: str, which: str) -> str:
    match = re.search(rf"<!-- command: {which} -->\n```bash\n(.+?)\n```", readme(name), re.DOTALL)
    assert match, f"{name} marks no {which} command"
    return match.group(1)


def script(name: str) -> ModuleType:
    """A script of docs/ as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    return script("make_readme")


@pytest.mark.parametrize("name", READMES)
def test_triples_and_answers_are_those_of_outputs(name: str, maker: ModuleType) -> None:
    text = readme(name)
    assert text.count("<!-- made: ") == 5
    assert maker.made(text) == text, "run `kg build --sample -o outputs` and `python docs/make_readme.py`"


@pytest.mark.parametrize("name", READMES)
def test_the_input_is_a_sentence_of_the_sample(name: str) -> None:
    quoted = re.findall(r"<!-- input -->\n> (.+)", readme(name))
    assert len(quoted) == 1
    assert quoted[0] in SAMPLE.read_text(encoding="utf-8")


def test_both_readmes_give_the_same_commands() -> None:
    for which in ("build", "test"):
        assert command("README.md", which) == command("README.zh.md", which)


def test_the_build_command_does_what_it_says(tmp_path: Path) -> None:
    steps = command("README.md", "build").split(" && ")
    assert steps[0] == "python3 -m venv .venv"
    assert steps[1] == ".venv/bin/pip install -q ."
    arguments = shlex.split(steps[2])
    assert arguments[0] == ".venv/bin/kg"
    done = subprocess.run([sys.executable, "-m", "kg", *arguments[1:]], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    made = sorted(path.name.removeprefix("lianyungang-2020") for path in (tmp_path / "out").iterdir())
    assert made == [".annotations.jsonl", ".audit.md", ".html", ".summary.json", ".trig", ".ttl"]


def test_the_test_command_runs_this_suite() -> None:
    assert command("README.md", "test").endswith(".venv/bin/python -m pytest")


@pytest.mark.parametrize("name", READMES)
def test_the_department_example_adds_a_department(name: str, tmp_path: Path) -> None:
    example = re.search(r"<!-- example: department -->\n```yaml\n(.+?)```", readme(name), re.DOTALL)
    assert example
    added = yaml.safe_load(example.group(1))["names"][0]
    (tmp_path / "departments.yaml").write_text(example.group(1), encoding="utf-8")
    sentence = re.search(r'kg explain "(.+?)"', readme(name))
    assert sentence

    def names(extractor: Extractor) -> set[str]:
        extraction = extract(read_text(sentence.group(1) if sentence else "", "example.txt"), extractor)
        return {entity.name for entity in extraction.entities}

    assert added["label"] in names(Extractor.load(str(tmp_path)))
    assert added["label"] not in names(Extractor.load())


@pytest.mark.parametrize("name", READMES)
def test_every_verb_shown_exists(name: str) -> None:
    from kg.cli import cli

    shown = set(re.findall(r"(?:`|\$ |/)kg ([a-z][a-z-]+)", readme(name)))
    assert len(shown) >= 5
    assert shown <= set(cli.commands)


def test_the_architecture_names_rooms_that_exist() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:kg|ontology|tests)/[\w./-]*)`", text))
    assert len(named) >= 15
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_the_sample_is_the_founding_report_of_the_gold() -> None:
    text = read(SAMPLE).text
    mentions = [
        json.loads(line)
        for line in (ROOT / "tests" / "gold" / "lianyungang-2020.gold.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    spans = [m for m in mentions if m["kind"] == "mention"]
    assert len(spans) >= 400
    assert all(text[m["start"] : m["end"]] == m["text"] for m in spans)


# --- the tutorial for editors of rules ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tutorial() -> str:
    return readme("docs/rules.zh.md")


def test_the_tutorial_shows_what_its_commands_answer(tutorial: str) -> None:
    assert len(re.findall(r"^\$ kg ", tutorial, re.MULTILINE)) >= 12
    assert script("make_rules").made(tutorial) == tutorial, "run `python docs/make_rules.py`, and read its prose again"


def test_every_console_of_the_tutorial_is_run(tutorial: str) -> None:
    assert tutorial.count("```console") == len(re.findall(r"<!-- run(?:: .+)? -->\n```console", tutorial))
    assert tutorial.count("```yaml") == len(re.findall(r"<!-- file: .+ -->\n```yaml", tutorial))


def test_the_tutorial_begins_with_a_sentence_of_the_sample(tutorial: str) -> None:
    first = re.search(r'\$ kg explain "(.+?)"', tutorial)
    assert first
    assert first.group(1) in SAMPLE.read_text(encoding="utf-8")


def test_the_tutorial_teaches_what_it_says(tutorial: str) -> None:
    """Its story: four faults of a sentence and one of a table, and none of them at the end."""
    before, after = re.findall(r'\$ kg explain "市低空办印发.+?\n(.+?)(?=\n\$|\n```)', tutorial, re.DOTALL)
    told = ("岳阳市低空经济发展办公室", "办事微厅\n", "1200 具", "→ 空域使用指南")
    assert [word in before for word in told] == [False] * 4
    assert [word in after for word in told] == [True] * 4
    plain, taught = re.findall(r"\$ kg extract table.txt.*?\n(.+?)\n```", tutorial, re.DOTALL)
    assert '"name": "低空航线条"' in plain
    assert '"unit": "条"' not in plain
    assert '"name": "低空航线", "value": 86, "unit": "条"' in taught
    assert "counterexample hit" in tutorial
    good, bad = re.findall(r"得 gained: (.+?)\n\$ echo \$\?\n(\d)", tutorial, re.DOTALL)
    assert good == ("0\n失 lost: 0", "0")
    assert "降 dropped" in bad[0]
    assert bad[1] == "1"


def test_the_tutorial_and_the_reference_link_to_each_other(tutorial: str) -> None:
    for page in ("docs/rules.zh.md", "kg/rules/README.md"):
        for link in re.findall(r"\]\(([^)#]+)\)", readme(page)):
            assert (ROOT / page).parent.joinpath(link).exists(), link
    assert "(../kg/rules/README.md)" in tutorial
    assert "(../../docs/rules.zh.md)" in readme("kg/rules/README.md")
    for name in set(re.findall(r"\b([a-z]+\.yaml)\b", tutorial)):
        assert (ROOT / "kg" / "rules" / name).exists(), name


def test_the_tutorial_quotes_the_ci(tutorial: str) -> None:
    (line,) = re.findall(r"^\$bin/kg .+$", tutorial, re.MULTILINE)
    assert line in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_the_ontology_page_is_made_of_the_ontology_and_needs_no_network() -> None:
    page = (ROOT / "docs" / "ontology.html").read_text(encoding="utf-8")
    made = script("make_ontology").page()
    assert made == page, "run `python docs/make_ontology.py`"
    assert not re.search(r"<script|<link|<img|<iframe|@import|url\(https?:|src=", page)
    ids = set(re.findall(r'id="([^"]+)"', page))
    assert {f"kg:{name}" for name in (*CLASSES, *EDGES, *PROPERTIES)} <= ids
    assert set(re.findall(r'href="#([^"]+)"', page)) <= ids
    for language in ("zh", "en"):
        assert page.count(f'<span lang="{language}">') > 600


def test_the_arrows_of_the_ontology_page_are_what_the_ontology_says() -> None:
    made = script("make_ontology")
    terms = made.Terms()
    assert set(made.PLACES) == set(CLASSES)
    assert len(set(made.PLACES.values())) == len(CLASSES)
    for source, name, target in made.ARROWS:
        for curies, end in (
            (("rdfs:domain", "schema:domainIncludes"), source),
            (("rdfs:range", "schema:rangeIncludes"), target),
        ):
            said = [iri for curie in curies for iri in terms.nodes(NS + name, curie)]
            assert NS + end in said, name
