"""Run what docs/rules.zh.md shows and put the real answers in: the page is one session, from first line to last.

Run it after a change of the rules; `tests/test_docs.py` fails where the page differs from what this makes. In the page,
`<!-- file: PATH -->` stands before the content of a file the reader writes, `<!-- run -->` before a console block;
`<!-- run: REGEX -->` shows only the lines of an answer that the expression finds, …… stands for the others.
"""

from __future__ import annotations

import re
import shlex
import shutil
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory

from click.testing import CliRunner

from kg.cli import cli

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "rules.zh.md"
#: What the commands of the page read besides the files it tells to write.
NEEDED = ("tests/gold/lianyungang-2020.gold.jsonl", "kg/data/sample/lianyungang-2020.txt")
_STEP = re.compile(
    r"<!-- file: (?P<path>[\w./-]+) -->\n```\w*\n(?P<content>.*?)```"
    r"|(?P<mark><!-- run(?:: (?P<keep>.+?))? -->\n```console\n)(?P<session>.*?)```",
    re.DOTALL,
)
_LEFT_OUT = "……"


def made(text: str) -> str:
    """`text` with every console block renewed, its commands run in order in a directory of their own."""
    runner = CliRunner()
    with TemporaryDirectory() as folder, chdir(folder):
        for name in NEEDED:
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, name)

        def renew(match: re.Match[str]) -> str:
            if match["path"]:
                path = Path(match["path"])
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(match["content"], encoding="utf-8")
                return match[0]
            return match["mark"] + session(runner, match["session"], match["keep"]) + "```"

        return _STEP.sub(renew, text)


def session(runner: CliRunner, shown: str, keep: str | None) -> str:
    """The commands of a console block with what they answer."""
    lines: list[str] = []
    code = 0
    for command in re.findall(r"^\$ (.+)$", shown, re.MULTILINE):
        lines.append(f"$ {command}")
        if command == "echo $?":
            lines.append(str(code))
            continue
        program, *arguments = shlex.split(command)
        if program != "kg":
            raise ValueError(f"the page runs kg only: {command}")
        target = None
        if ">" in arguments:
            at = arguments.index(">")
            target, arguments = Path(arguments[at + 1]), arguments[:at]
        result = runner.invoke(cli, arguments)
        code = result.exit_code
        if target:
            target.write_text(result.output, encoding="utf-8")
        else:
            lines += kept(result.output.rstrip("\n").split("\n"), keep)
    return "\n".join(lines) + "\n"


def kept(lines: list[str], keep: str | None) -> list[str]:
    """The lines to show; one …… for each run of others."""
    shown: list[str] = []
    for line in lines:
        if keep is None or re.search(keep, line):
            shown.append(line)
        elif not shown or shown[-1] != _LEFT_OUT:
            shown.append(_LEFT_OUT)
    return shown


if __name__ == "__main__":
    PAGE.write_text(made(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
