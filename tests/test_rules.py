"""The rule files: every rule meets its examples, every list is read, every fault is told with file and id."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from text_factory import extraction, mentions, names, surface

from kg.errors import RuleError
from kg.extract import Extractor
from kg.model import Kind
from kg.relate.templates import check_template, compile_templates
from kg.rulebook import READ_APART, Problem, Rulebook, check_pattern, classify, problems
from kg.rulefile import references

RULES = Path(__file__).resolve().parent.parent / "kg" / "rules"


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return Rulebook.load()


# --- the package's own rules ----------------------------------------------------------------------------------------


def test_nothing_is_wrong_with_the_package() -> None:
    assert problems() == []


def test_there_are_rules(book: Rulebook) -> None:
    assert len(book.patterns) >= 50
    assert len(book.templates) >= 25
    assert len(book.lists) >= 120
    assert sum(len(p.examples) + len(p.counterexamples) for p in book.patterns.values()) >= 200
    assert not set(book.names), "the package names no body of its own: they are in kg/data"
    assert {file.name for file in RULES.glob("*.yaml")} > READ_APART


def test_every_pattern_meets_its_examples(book: Rulebook) -> None:
    assert [line for pattern in book.patterns.values() for line in check_pattern(pattern)] == []
    assert all(p.examples and p.counterexamples for p in book.patterns.values())


def test_every_template_meets_its_examples(book: Rulebook) -> None:
    compiled = compile_templates(book)
    assert [line for one in compiled for line in check_template(one)] == []
    assert all(t.examples and t.counterexamples for t in book.templates)


def test_words_are_written_as_text_is_folded(book: Rulebook) -> None:
    from kg.text import fold

    assert [w for words in book.lists.values() for w in words if fold(w) != w] == []


def sources() -> Iterator[tuple[str, dict[str, Any]]]:
    for file in sorted(RULES.glob("*.yaml")):
        if file.name not in READ_APART:
            yield file.name, yaml.safe_load(file.read_text(encoding="utf-8"))


def test_lists_hold_no_word_twice() -> None:
    twice = []
    for file, content in sources():
        for key, value in content.get("lists", {}).items():
            words = (value["words"] if isinstance(value, dict) else value).split()
            twice += [f"{file} {key}: {w}" for w in sorted(set(words)) if words.count(w) > 1]
    assert twice == []


def test_every_list_and_set_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """What nothing reads is dead: an editor would change it and wonder."""
    asked: set[str] = set()

    def recorded(method: str) -> Callable[..., Any]:
        real = getattr(Rulebook, method)

        def ask(self: Rulebook, *keys: str) -> Any:
            asked.update(keys)
            return real(self, *keys)

        return ask

    for method in ("words", "type_of", "group"):
        monkeypatch.setattr(Rulebook, method, recorded(method))
    loaded = Extractor.load().rulebook
    for _, content in sources():
        for entry in (*(content.get("patterns") or ()), *(content.get("templates") or ())):
            asked |= references(entry.get("pattern") or entry["template"])
    assert sorted(set(loaded.lists) - asked) == []
    assert sorted({p.group for p in loaded.patterns.values()} - asked) == []
    assert sorted(set(loaded.types) - asked) == [], "types of lists"


# --- faults: (file, content, id, a part of the message) -------------------------------------------------------------

FAULTS: list[tuple[str, str, str, str]] = [
    ("lexicon.yaml", "lists: [a, b", "", "not YAML: line"),
    ("lexicon.yaml", "- launch", "", "a rule file is a mapping"),
    ("lexicon.yaml", "words:\n  launch: 开办", "", "unknown section"),
    ("lexicon.yaml", "lists: 开办", "", "lists: is not a mapping"),
    ("lexicon.yaml", "patterns:\n  id: x", "", "patterns: is not a list"),
    ("lexicon.yaml", "lists:\n  launch: 5", "", "list launch is no list of words"),
    ("lexicon.yaml", "lists:\n  launch: [开办, no]", "", "list launch: False is no text"),
    ("lexicon.yaml", "lists:\n  launch: [2025-01-01]", "", "list launch: "),
    ("lexicon.yaml", "lists:\n  launch: {word: 开办}", "", "list launch has the keys ['word']"),
    ("lexicon.yaml", "lists:\n  launch: {type: 5, words: 开办}", "", "list launch: the type 5 is no text"),
    ("lexicon.yaml", "lists:\n  launhc: 开办", "", "nothing reads the list launhc"),
    ("indicators.yaml", "patterns:\n  - set: rank\n    pattern: 第一", "", "a rule without id"),
    ("indicators.yaml", "patterns:\n  - {id: x, set: rank, patern: 第一}", "x", "unknown key ['patern']"),
    ("indicators.yaml", "patterns:\n  - {id: x, set: rank}", "x", "a pattern without pattern:"),
    ("indicators.yaml", "patterns:\n  - {id: x, set: rank, pattern: '(第', %s}", "x", "not a regular expression"),
    ("indicators.yaml", "patterns:\n  - {id: x, set: rank, pattern: '(?:第)?', %s}", "x", "matches the empty text"),
    ("indicators.yaml", "patterns:\n  - {id: x, set: rank, pattern: $rnk, %s}", "x", "$rnk names no list"),
    ("indicators.yaml", "patterns:\n  - {id: x, set: rank, pattern: '${rank_tail rnk}', %s}", "x", "$rnk names no"),
    ("indicators.yaml", "patterns:\n  - {id: x, set: rnak, pattern: 第一, %s}", "x", "nothing reads the set rnak"),
    ("indicators.yaml", "patterns:\n  - {id: x, set: rank, pattern: 第一}", "x", "needs examples and counterexamples"),
    ("indicators.yaml", "patterns:\n  - {id: x, set: rank, pattern: 第一, note: yes, %s}", "x", "note is read as"),
    ("indicators.yaml", "patterns:\n  - {id: x, set: rank, pattern: {a: b}, %s}", "x", "pattern is no text"),
    (
        "indicators.yaml",
        "patterns:\n  - {id: x, set: rank, pattern: 第一, examples: [全省第一], counterexamples: [第二]}",
        "x",
        "example marks no <span>: 全省第一",
    ),
    (
        "indicators.yaml",
        "patterns:\n  - {id: x, set: rank, pattern: 第一, examples: [<全省第一>], counterexamples: [第二]}",
        "x",
        "example not met: <全省第一> (found: 第一)",
    ),
    (
        "indicators.yaml",
        "patterns:\n  - {id: x, set: rank, pattern: 第一, examples: [全省<第一>], counterexamples: [第一次]}",
        "x",
        "counterexample hit: 第一次 (found: 第一)",
    ),
    (
        "indicators.yaml",
        "patterns:\n  - {id: x, set: rank, pattern: 第一, %s}\n  - {id: x, set: rank, pattern: 第一, %s}",
        "x",
        "this id occurs twice",
    ),
    ("relations.yaml", "templates:\n  - {id: x, predicate: issues}", "x", "a template without template"),
    ("relations.yaml", "templates:\n  - {id: x, predicate: issues, template: 甲}", "x", "a template without example"),
    (
        "relations.yaml",
        "templates:\n  - {id: x, predicate: issues, template: 甲, examples: [甲]}",
        "x",
        "an example without text: or gives:",
    ),
    (
        "relations.yaml",
        "templates:\n  - {id: x, predicate: issues, template: 印发, examples: [{text: '[R:甲]', gives: [a]}]}",
        "x",
        "a template needs an {object:…}",
    ),
    (
        "relations.yaml",
        "templates:\n  - {id: x, predicate: makes, template: '印{object:Regulation}', "
        "examples: [{text: '印[R:甲]', gives: [* makes 甲]}]}".replace("* makes", "'* makes").replace(
            "甲]}]}", "甲']}]}"
        ),
        "x",
        "no such predicate: makes",
    ),
    (
        "relations.yaml",
        "templates:\n  - {id: x, predicate: issues, template: '印{object:Regulation}', "
        "examples: [{text: '发[R:甲]', gives: ['* issues 甲']}]}",
        "x",
        "example not met: 发[R:甲] gives nothing",
    ),
    (
        "relations.yaml",
        "templates:\n  - {id: x, predicate: issues, template: '印{object:Regulation}', "
        "counterexamples: ['不印[R:甲]'], examples: [{text: '印[R:甲]', gives: ['* issues 甲']}]}",
        "x",
        "counterexample hit: 不印[R:甲]",
    ),
    ("departments.yaml", "names:\n  - {id: x, aliases: [市低空局]}", "x", "a name without label"),
    ("departments.yaml", "names:\n  - {id: x, label: 某局, adcode: 320700}", "x", "adcode is read as a number"),
    ("departments.yaml", "names:\n  - {id: x, label: 某局, adcode: '999999'}", "x", "no place has the code 999999"),
    ("regulations.yaml", "names:\n  - {id: x, label: 某办法}", "", "names: are read from departments.yaml only"),
    ("lexicon.yaml", "lists:\n  place_type: 地方", "", "list place_type needs exactly one word"),
    ("segmentation.yaml", "patterns:\n  - {id: x, set: marker}", "", "a pattern needs id:, set: and pattern:"),
]
GOOD = "examples: [<第一>名], counterexamples: [第二]"


@pytest.mark.parametrize(("file", "content", "identity", "message"), FAULTS, ids=[f[3] for f in FAULTS])
def test_a_fault_is_one_problem(file: str, content: str, identity: str, message: str, tmp_path: Path) -> None:
    (tmp_path / file).write_text(content.replace("%s", GOOD), encoding="utf-8")
    (problem,) = problems(tmp_path)
    assert problem.file in (file, "kg/rules"), problem
    assert problem.id == identity
    assert message in problem.message
    with pytest.raises(RuleError, match=re.escape(message)):
        Extractor.load(tmp_path)


def test_the_table_of_faults_is_there() -> None:
    assert len(FAULTS) >= 39


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "indicators.yaml").write_text(
        "lists:\n  launch: 5\npatterns:\n  - {id: x, set: rank}\n  - {id: y, set: rank, pattern: 第一}\n",
        encoding="utf-8",
    )
    (tmp_path / "relations.yaml").write_text("templates:\n  - {id: z, predicate: issues}\n", encoding="utf-8")
    (tmp_path / "segmentation.yaml").write_text("- nothing\n", encoding="utf-8")
    found = problems(tmp_path)
    assert [(p.file, p.id) for p in found] == [
        ("indicators.yaml", ""),
        ("relations.yaml", "z"),
        ("indicators.yaml", "x"),
        ("indicators.yaml", "y"),
        ("segmentation.yaml", ""),
    ]
    assert all("→" in p.message for p in found), "each says what to do"


def test_a_pattern_of_reading_without_examples_is_told(tmp_path: Path) -> None:
    """`kg.read` loads it all the same: reports are read before rules are checked."""
    (tmp_path / "reading.yaml").write_text("patterns:\n  - {id: x, set: furniture, pattern: 打印}\n", encoding="utf-8")
    assert problems(tmp_path) == [Problem("reading.yaml", "x", "needs at least one example and one counterexample")]


def test_a_directory_that_is_none(tmp_path: Path) -> None:
    for load in (problems, Rulebook.load, Rulebook.inspect):
        with pytest.raises(RuleError, match="no such directory"):
            load(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["mine.yml", "Departments.YAML"])
def test_rules_in_a_file_that_is_not_read_everywhere_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("names: [", encoding="utf-8")
    for load in (problems, Rulebook.load, Rulebook.inspect):
        with pytest.raises(RuleError, match=r"ends in \.yaml"):
            load(tmp_path)


def test_a_list_belongs_to_one_file() -> None:
    _, found = Rulebook.of_sources(
        [("a.yaml", b"lists: {unit: \xe4\xb8\xaa}"), ("b.yaml", b"lists: {unit: \xe4\xbb\xb6}")]
    )
    assert [Problem.of(error) for error in found] == [
        Problem("b.yaml", "", "list unit is in a.yaml, too → rename one of the two")
    ]


# --- the expert's own directory -------------------------------------------------------------------------------------


def load(folder: Path, **files: str) -> Extractor:
    """Load with a directory of these files; names without ``.yaml``."""
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(content, encoding="utf-8")
    assert problems(folder) == []
    return Extractor.load(folder)


def test_a_body_of_ones_own(tmp_path: Path) -> None:
    text = "市低空局印发《空域管理办法》,市低空局长调研。"
    own = """
names:
  - id: xinghai-low-altitude
    label: 岳阳市低空经济发展局
    aliases: [市低空局, 低空经济发展局]
    type: 部门
    adcode: '430600'
    not_before: 长
"""
    before = extraction(text, Extractor.load(), issuer="岳阳市人民政府")
    read = extraction(text, load(tmp_path, departments=own), issuer="岳阳市人民政府")
    found = [m for m in mentions(read) if m.rule == "own-name"]
    assert [m.rule for m in mentions(before) if m.kind is Kind.DEPARTMENT] == ["open-body"]
    assert [surface(read, m) for m in found] == ["市低空局"]
    entity = next(e for e in read.entities if e.ref == found[0].ref)
    assert (entity.name, entity.adcode, entity.type) == ("岳阳市低空经济发展局", "430600", "部门")
    assert [s.subject for s in read.statements if s.predicate == "issues"] == [entity.ref]


def test_an_alias_of_two_bodies_stays_open(tmp_path: Path) -> None:
    own = """
names:
  - {id: a, label: 大桥开发办公室, aliases: 桥办}
  - {id: b, label: 大桥治安办公室, aliases: 桥办}
"""
    read = extraction("桥办印发通知。", load(tmp_path, departments=own), issuer="岳阳市人民政府")
    (mention,) = [m for m in mentions(read) if m.kind is Kind.DEPARTMENT]
    assert mention.ref is None
    assert [names(read)[ref] for ref in mention.candidates] == ["大桥开发办公室", "大桥治安办公室"]


def test_a_word_a_pattern_and_a_template_of_ones_own(tmp_path: Path) -> None:
    extractor = load(
        tmp_path,
        initiatives="lists:\n  head_mechanism: 兜底机制 圆桌\n",
        regulations="""
patterns:
  - id: own-charter
    set: plain-document
    pattern: '(?P<name>“四张清单”)'
    examples: ['公布<“四张清单”>']
    counterexamples: ['“三张清单”']
""",
        relations="""
lists:
  verb_hang: 张贴
templates:
  - id: own-posts
    predicate: issues
    template: '$verb_hang{object:Regulation}'
    examples: [{text: '张贴[R:甲]', gives: ['* issues 甲']}]
    counterexamples: ['撕下[R:甲]']
""",
    )
    read = extraction("张贴“四张清单”,建立政企沟通圆桌。", extractor, issuer="岳阳市人民政府")
    called = names(read)
    assert [(s.predicate, called[s.object], s.rule) for s in read.statements] == [
        ("issues", "四张清单", "own-posts"),
        ("carriesOut", "政企沟通圆桌", "carries-out"),
    ]
    types = {e.name: e.type for e in read.entities}
    assert types["政企沟通圆桌"] == "机制", "the list's type holds for added words"


def test_a_later_rule_of_the_same_id_takes_the_place_of_ours(tmp_path: Path) -> None:
    own = """
templates:
  - id: issues
    predicate: drafts
    template: '印发{object:Regulation}'
    examples: [{text: '印发[R:甲]', gives: ['* drafts 甲']}]
    counterexamples: ['制定[R:甲]']
"""
    extractor = load(tmp_path, relations=own)
    ours = [t.id for t in Rulebook.load().templates]
    assert [t.id for t in extractor.rulebook.templates] == ours, "in its place"
    read = extraction("印发《养犬管理办法》。", extractor, issuer="岳阳市人民政府")
    assert [s.predicate for s in read.statements] == ["drafts"]


def test_rules_of_reading_and_segmentation_are_passed_on(tmp_path: Path) -> None:
    extractor = load(
        tmp_path,
        segmentation="""
patterns:
  - id: own-marker
    set: marker
    type: '1'
    pattern: '【(?P<number>[一二三])】'
    examples: ['<【一】>总体情况']
    counterexamples: ['【附】']
""",
        reading="lists:\n  label_publisher: 供稿机关\n",
    )
    assert "own-marker" in extractor.segmentation.ranks
    assert extractor.reading.canonical["供稿机关"] == "publisher"
    assert "label_publisher" not in extractor.rulebook.lists


# --- the parts of a rulebook ----------------------------------------------------------------------------------------

REFERENCES = [
    ("$verb方案", {"verb"}),
    ("(?:$a|$b_c)+$", {"a", "b_c"}),
    ("${a b}了$han{2,4}$num", {"a", "b"}),
    (r"\$5元$", set()),
    ("第一", set()),
]


@pytest.mark.parametrize(("source", "expect"), REFERENCES)
def test_references(source: str, expect: set[str]) -> None:
    assert references(source) == expect


def test_words_of_several_lists_are_tried_the_longest_first() -> None:
    content = """
lists:
  one: 开展
  two: 开展了 开
patterns:
  - id: both
    set: s
    pattern: '^${one two}'
    examples: [<开展了>活动]
    counterexamples: [活动]
"""
    book, found = Rulebook.of_sources([("a.yaml", content.encode())])
    assert found == ()
    match = book.patterns["both"].regex.match("开展了活动")
    assert match
    assert match.group() == "开展了"


def test_sets_are_joined_in_order() -> None:
    content = """
patterns:
  - {id: a, set: s, pattern: '(?P<name>第(?P<number>\\d))', examples: [<第1>], counterexamples: [第], type: 甲}
  - {id: b, set: s, pattern: '第', examples: [<第>二], counterexamples: [一], type: 乙}
"""
    book, found = Rulebook.of_sources([("a.yaml", content.encode())])
    assert found == ()
    union = book.union("s")
    assert [(m.group(), m["number"]) for m in union.finditer("第1第二")] == [("第1", "1"), ("第", None)]
    assert classify(book.group("s"), "第二") == "乙"
    assert classify(book.group("s"), "第1") == "甲"
    assert classify(book.group("s"), "无") is None


@pytest.mark.parametrize(
    "ask",
    [
        lambda book: book.words("no_such_list"),
        lambda book: book.word("launch"),
        lambda book: book.type_of("launch"),
        lambda book: book.group("no-such-set"),
        lambda book: book.union("no-such-set"),
    ],
)
def test_what_is_not_there_is_a_rule_error(ask: Callable[[Rulebook], object], book: Rulebook) -> None:
    with pytest.raises(RuleError) as caught:
        ask(book)
    assert caught.value.hint


# --- the editor's page ----------------------------------------------------------------------------------------------


def test_the_examples_of_the_readme_load(tmp_path: Path) -> None:
    page = resources.files("kg").joinpath("rules", "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n# (\w+\.yaml)[^\n]*\n(.*?)```", page, re.DOTALL)
    assert {file for file, _ in blocks} >= {
        "departments.yaml",
        "initiatives.yaml",
        "regulations.yaml",
        "relations.yaml",
    }
    for number, (file, content) in enumerate(blocks):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / file).write_text(content, encoding="utf-8")
        assert problems(folder) == [], file


def test_the_readme_names_every_file() -> None:
    page = (RULES / "README.md").read_text(encoding="utf-8")
    assert [f.name for f in RULES.glob("*.yaml") if f.name not in page] == []
