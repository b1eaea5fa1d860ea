"""The order of the rooms: imports point one way, nothing heavy is imported early, rule words stay in the rule files."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
KG = ROOT / "kg"

#: The rooms from the ground up (docs/architecture.md): a room imports only rooms before it. A package is one room.
ORDER = (
    "",  # the package itself: version and lazy names
    "errors",
    "memory",
    "model",
    "text",
    "words",
    "sought",
    "automaton",
    "vocabulary",
    "rulefile",
    "rulebook",
    "quantity",
    "gazetteer",
    "read",
    "segment",
    "recognise",
    "link",
    "relate",
    "coverage",
    "audit",
    "extract",
    "rulecheck",
    "annotations",
    "describe",
    "network",
    "export",
    "snapshot",
    "validate",
    "query",
    "store",
    "serve",
    "audit_report",
    "page",
    "summary",
    "explain",
    "facts",
    "why",
    "diff",
    "evaluate",
    "build",
    "batch",
    "cli",
    "__main__",
)

#: Imports against the order, made inside a function, each with its reason.
AGAINST_THE_ORDER = {
    ("", "*"): "the package's public names, on first use (PEP 562)",
    ("rulebook", "extract"): "`problems` tries the rules on what is built of them",
    ("rulebook", "relate"): "`problems` tries the templates",
    ("rulebook", "read"): "`problems` tries the rules of reading",
}

HEAVY = {
    "jieba",
    "networkx",
    "pyoxigraph",
    "pyrudof",
    "pyvis",
    "rdflib",
    "rjieba",
    "yaml",
    "pyshacl",
    "ahocorasick_rs",
    "pyarrow",
    "httpx",
}


@dataclass(frozen=True)
class Import:
    """One import: `deferred` where it stands in a function, so that importing the module does not do it."""

    source: str  # module, without `kg.`
    target: str
    line: int
    deferred: bool


@cache
def modules() -> dict[str, Path]:
    """Dotted name without `kg.` → file."""
    found = {}
    for path in sorted(KG.rglob("*.py")):
        parts = list(path.relative_to(KG).with_suffix("").parts)
        if parts[-1] == "__init__":
            parts.pop()
        found[".".join(parts)] = path
    return found


@cache
def tree(name: str) -> ast.Module:
    return ast.parse(modules()[name].read_text(encoding="utf-8"))


def room(module: str) -> str:
    return module.partition(".")[0]


def imports(module: str) -> Iterator[Import]:
    """Yield what a module imports of the package; what only the type checker imports is left out."""

    def visit(node: ast.AST, deferred: bool) -> Iterator[Import]:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for branch in node.orelse:
                yield from visit(branch, deferred)
            return
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name == "kg" or alias.name.startswith("kg."):
                    yield Import(module, alias.name.removeprefix("kg").removeprefix("."), node.lineno, deferred)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno}: relative import"
            if node.module == "kg" or (node.module or "").startswith("kg."):
                base = (node.module or "").removeprefix("kg").removeprefix(".")
                for alias in node.names:
                    full = f"{base}.{alias.name}".removeprefix(".")
                    yield Import(module, full if full in modules() else base, node.lineno, deferred)
        inside = deferred or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            yield from visit(child, inside)

    yield from visit(tree(module), False)


def all_imports() -> list[Import]:
    return [one for module in modules() for one in imports(module)]


def test_the_walk_sees_the_package() -> None:
    assert len(modules()) >= 50
    assert len(all_imports()) >= 150
    assert any(one.deferred for one in all_imports())
    assert {room(module) for module in modules()} == set(ORDER), "a new room needs its place in ORDER"


def test_imports_form_no_cycle() -> None:
    """Between modules, over what happens when they are imported."""
    graph = {module: {one.target for one in imports(module) if not one.deferred} - {module} for module in modules()}
    # Importing a module imports the packages it lies in.
    for module, targets in graph.items():
        for target in tuple(targets):
            parent = target.rpartition(".")[0]
            while parent and not module.startswith(f"{parent}.") and module != parent:
                targets.add(parent)
                parent = parent.rpartition(".")[0]
    done: set[str] = set()

    def walk(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, f"cycle: {' → '.join((*path[path.index(module) :], module))}"
        if module not in done:
            for target in sorted(graph[module]):
                walk(target, (*path, module))
            done.add(module)

    for module in sorted(graph):
        walk(module, ())


def test_imports_point_one_way() -> None:
    rank = {name: number for number, name in enumerate(ORDER)}
    wrong = []
    used = set()
    for one in all_imports():
        source, target = room(one.source), room(one.target)
        if source == target or rank[target] < rank[source]:
            continue
        for pair in ((source, target), (source, "*")):
            if one.deferred and pair in AGAINST_THE_ORDER:
                used.add(pair)
                break
        else:
            wrong.append(f"kg/{one.source.replace('.', '/')}:{one.line} imports kg.{one.target}")
    assert not wrong, "\n".join(wrong)
    stale = {pair for pair in AGAINST_THE_ORDER if pair not in used and pair[1] != "*"}
    assert not stale, f"no longer needed in AGAINST_THE_ORDER: {stale}"


#: Room → all that it may import of the package, at any time (docs/architecture.md says why these are narrow).
ONLY: dict[str, frozenset[str]] = {
    "errors": frozenset(),
    "model": frozenset(),
    "text": frozenset({"model"}),
    "vocabulary": frozenset({"", "errors", "model"}),
    "describe": frozenset({"model", "vocabulary", "errors"}),
    "export": frozenset({"describe", "network", "vocabulary", "errors", "model"}),
}

#: Room → what it must not import, though the order of the rooms would let it.
NEVER: dict[str, frozenset[str]] = {
    "recognise": frozenset({"relate", "link"}),
    "link": frozenset({"relate"}),
    "network": frozenset({"describe", "extract", "recognise", "relate"}),
    "page": frozenset({"describe", "extract", "recognise", "relate"}),
    "query": frozenset({"extract", "recognise", "relate", "validate"}),
    "summary": frozenset({"describe"}),
}


def test_rooms_that_keep_to_themselves() -> None:
    seen = {one.source for one in all_imports()}
    assert {"describe", "text", "recognise", "page"} <= {room(source) for source in seen}
    wrong = []
    for one in all_imports():
        source, target = room(one.source), room(one.target)
        if source == target:
            continue
        if source in ONLY and target not in ONLY[source]:
            wrong.append(f"kg/{one.source.replace('.', '/')}:{one.line} imports kg.{one.target}: only {ONLY[source]}")
        if target in NEVER.get(source, ()):
            wrong.append(f"kg/{one.source.replace('.', '/')}:{one.line} imports kg.{one.target}")
        if target == "cli" and source != "__main__":
            wrong.append(f"kg/{one.source.replace('.', '/')}:{one.line} imports the command line")
    assert not wrong, "\n".join(wrong)


def test_only_the_command_line_prints() -> None:
    """A library that prints breaks whoever pipes its result."""
    calls = []
    for module in modules():
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "pprint", "click.echo", "sys.exit"):
                calls.append((room(module), node.lineno))
            if isinstance(node, ast.Attribute) and ast.unparse(node) in ("sys.stdout", "sys.stderr"):
                calls.append((room(module), node.lineno))
    assert calls, "the command line prints, so the walk must see it"
    assert {where for where, _ in calls} <= {"cli", "__main__"}, calls


def tracked() -> list[Path]:
    """The files of the repository; in an unpacked source archive, which git does not know, those of the project."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
        return [path for name in listed.decode().split("\0") if name and (path := ROOT / name).is_file()]
    folders = ("kg", "ontology", "tests", "docs", "outputs")
    return [p for folder in folders for p in (ROOT / folder).rglob("*") if p.is_file() and "__pycache__" not in p.parts]


#: Directories of somebody's machine. Not meant: devices, `/proc`, paths of web addresses, which stand behind a host.
MACHINE = re.compile(
    r"""(?:^|[\s"'`=:(\[,])/(?:home|root|work|Users|tmp|mnt|opt|srv|private|Volumes)(?:/|["'`\s]|$)|(?<![A-Za-z\\])[A-Z]:\\[A-Za-z]{2}""",
    re.MULTILINE,
)


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    files = tracked()
    assert len(files) >= 150
    # A checkout in `/kg` would find itself in every `…/kg/rules`: only places two directories down tell anything.
    own = {str(place) + os.sep for place in (ROOT, Path.home()) if len(place.parts) > 2}
    found = []
    for path in files:
        if path == Path(__file__):
            continue
        data = path.read_bytes()
        picture = b"\0" in data
        for line, content in enumerate(data.decode("utf-8", "replace").split("\n"), 1):
            if any(place in content for place in own) or (not picture and MACHINE.search(content)):
                found.append(f"{path.relative_to(ROOT)}:{line}: {content.strip()[:100]}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ('SHARED = Path("/work/shared")', True),
        ("cd /home/user/kg", True),
        ("see /tmp/x", True),
        (r"open C:\Users\x", True),
        ("https://example.org/home/x", False),
        ("open('/dev/full')", False),
        ("../shared/gold", False),
        (r"\d:\d", False),
    ],
)
def test_what_is_such_a_place(text: str, is_one: bool) -> None:
    assert bool(MACHINE.search(text)) is is_one


@pytest.mark.parametrize(
    "code",
    [
        "import kg",
        "import kg; kg.KgError; kg.Report",
        "import kg.cli",
        "import sys; sys.argv = ['kg', '--help']\ntry:\n import runpy; runpy.run_module('kg', run_name='__main__')\n"
        "except SystemExit: pass",
        "import kg.model, kg.errors, kg.text, kg.vocabulary",
    ],
)
def test_nothing_heavy_is_imported_early(code: str) -> None:
    script = f"{code}\nimport sys; print(*sorted({{name.partition('.')[0] for name in sys.modules}}), file=sys.stderr)"
    result = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(result.stderr.split())
    assert "kg" in loaded
    assert not loaded & HEAVY


def test_the_example_of_heavy_imports_is_seen() -> None:
    """The check above can fail: reading the rules does import what it looks for."""
    script = "import kg; kg.Rulebook.load()\nimport sys; print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "yaml" in result.stdout.split()


# --- Chinese in code --------------------------------------------------------------------------------------------------

# The rule. Words by which the package recognises something in a report are data: they stand in kg/rules/ or kg/data/,
# where an expert can change them. In kg/**/*.py a string with Chinese characters is allowed
#   1. as a docstring;
#   2. in an error: anywhere inside a call that makes an exception, or of a function named in MESSAGES;
#   3. in a module that talks to people (TALKING), where it is a label or a message;
#   4. as a grammatical particle that joins or ends names (PARTICLES), which is syntax as a comma is;
#   5. as the range 一-鿿, which is how a regular expression says “a Chinese character”;
#   6. by an entry of ALLOWED, with its reason.

#: Modules whose Chinese is for readers.
TALKING = {
    "batch": "reasons in the list of reports, the label of the run",
    "cli": "help and messages",
    "coverage": "REASONS: why a number is not in the graph",
    "audit_report": "what a journalist reads",
    "diff": "what the expert reads",
    "explain": "what the expert reads",
    "export": "titles of files and tables, in the catalogue",
    "validate": "findings in words",
    "why": "what the expert reads",
    "page": "words of the page",
    "rulecheck": "notes to the expert",
    "serve": "what the local endpoint answers to a reader",
}

MESSAGES = {"_fault", "fault", "_say", "Finding"}

PARTICLES = frozenset("的了着过等和及与或并把将")

#: Module → the strings it may hold besides, and why.
ALLOWED: dict[str, tuple[frozenset[str], str]] = {
    "evaluate": (
        frozenset(
            {
                "第",
                "行",
                "试行",
                "草案",
                "暂行",
                "修订",
                "征求意见稿",
                "中华人民共和国",
                "法",
                "法典",
                "条例",
                "宪法",
                "万亿",
                "亿",
                "万",
            }
        ),
        "the guideline's definition of equal names, kept equal to the shared scorer; nothing is extracted",
    ),
    "quantity": (
        frozenset("〇零一二两三四五六七八九十百千万亿") | {"百亿亿", "亿亿", "万亿", "千亿", "百亿", "千万", "百万"},
        "numerals: what a number is does not vary by rule file",
    ),
    "describe": (
        frozenset({"构建运行", "字符", "孤立代理字符"})
        | {"知识图谱", "份报告的知识图谱", "个数据集的目录", "政府报告知识图谱的目录", "报告原文的权利归其发布机构"}
        | {"由政府报告抽取的机构", "文件", "举措", "指标及其关系", "每条都有原文证据和字符位置"},
        "the label of the run's node; halves of error messages that are put together outside the call; titles, "
        "descriptions and rights in the catalogue",
    ),
    "gazetteer": (frozenset({"区"}), "a district is the unit of which several cities have one of the same name"),
    "query": (frozenset({"问", "名"}), "the header of the question files, a format of this package"),
    "recognise": (frozenset({"一", "鿿"}), "the bounds of the range of Chinese characters"),
}


def words(value: str) -> list[str]:
    """Return the Chinese words of a string, without particles and without the range that means any character."""
    for span in ("一-鿿", "㐀-鿿"):
        value = value.replace(span, " ")
    runs = "".join(c if "\u3400" <= c <= "\u9fff" or c == "〇" else " " for c in value).split()
    return [run for run in runs if not set(run) <= PARTICLES]


def chinese(parsed: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and text of every string of a module that is neither docstring nor message."""

    def visit(node: ast.AST, message: bool) -> Iterator[tuple[int, str]]:
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            first = body[0].value
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                docstrings.add(id(first))
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and not message
            and id(node) not in docstrings
        ):
            yield node.lineno, node.value
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            message = message or name.endswith(("Error", "Fault")) or name in MESSAGES
        for child in ast.iter_child_nodes(node):
            yield from visit(child, message)

    docstrings: set[int] = set()
    yield from visit(parsed, False)


def offenders() -> list[tuple[str, int, str]]:
    found = []
    for module in modules():
        if room(module) in TALKING:
            continue
        allowed = ALLOWED.get(room(module), (frozenset(), ""))[0]
        for line, text in chinese(tree(module)):
            if any(word not in allowed for word in words(text)):
                found.append((module, line, text))
    return found


def test_rule_words_are_not_in_code() -> None:
    listing = [f"kg/{module.replace('.', '/')}.py:{line}: {text!r}" for module, line, text in offenders()]
    assert not listing, "move these to kg/rules/ or kg/data/, or see ALLOWED:\n" + "\n".join(listing)


def test_the_rule_catches_what_it_should() -> None:
    source = (
        '"""文档"""\n'
        "import re\n"
        'A = re.compile("印发|制定")\n'
        'B = "的和"\n'
        'C = "[一-鿿]{2,4}"\n'
        "def f(text):\n"
        '    """开展"""\n'
        '    if text == "市政府":\n'
        '        raise ValueError(f"错误:{text}")\n'
        '    return f"第{text}次"\n'
    )
    caught = [text for _, text in chinese(ast.parse(source)) if words(text)]
    assert caught == ["印发|制定", "市政府", "第", "次"]


def test_allowances_are_used() -> None:
    """An allowance whose module holds no such string any more goes."""
    for module, (allowed, why) in ALLOWED.items():
        held = {w for name in modules() if room(name) == module for _, text in chinese(tree(name)) for w in words(text)}
        assert why
        assert held & allowed, f"ALLOWED[{module!r}] is not needed"
