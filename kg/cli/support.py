"""What every verb shares: one line for a fault, bytes to standard output, the common options."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kg.errors import KgError

if TYPE_CHECKING:
    from kg.extract import Extractor

Command = TypeVar("Command", bound=Callable[..., Any])
_INTERRUPTED = 130  # what shells give a command that Ctrl-C ended


class Commands(click.Group):
    """A group of commands whose faults become one line and an exit code, with a traceback only where asked for."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; click itself deals with wrong usage."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except (click.ClickException, click.exceptions.Exit):
            raise
        except (KeyboardInterrupt, click.Abort):
            ctx.exit(_INTERRUPTED)
        except BrokenPipeError:  # the reader has enough, as `head` has after ten lines
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except Exception as fault:
            tell(fault, ctx)
            ctx.exit(2)
        return result


def tell(fault: Exception, ctx: click.Context, where: str = "") -> None:
    """Say in one line on standard error what went wrong."""
    if ctx.find_root().meta.get("debug"):
        traceback.print_exception(fault)
    if isinstance(fault, KgError):
        say(str(fault))
        return
    if isinstance(fault, OSError) and fault.strerror:  # a full disk behind standard output, say
        say(f"{fault.filename or where or 'kg'}: {fault.strerror} → 检查磁盘与权限 (check the disk and permissions)")
        return
    frame = traceback.extract_tb(fault.__traceback__)[-1]
    place = f"{where or 'kg'} ({Path(frame.filename).name}:{frame.lineno})"
    hint = "请加 --debug 重新运行并报告 (run again with --debug and report what it prints)"
    say(f"{place}: 程序出错 / internal error: {type(fault).__name__}: {fault} → {hint}")


def say(text: str) -> None:
    """Print one line on standard error; what would drive a terminal (a file may be named so) is shown, not sent."""
    line = " ".join(text.split())
    click.echo("".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line), err=True)


def out(text: str | bytes) -> None:
    """Print a result as it is: no line end is translated, no character lost."""
    data = text.encode("utf-8", "backslashreplace") if isinstance(text, str) else text
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def as_json(values: object) -> str:
    """Return values as JSON in one stable spelling."""
    return json.dumps(values, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def as_text(argument: str) -> str:
    """Return an argument as text: a POSIX shell without a locale hands over UTF-8 that Python takes for bytes."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        return os.fsencode(argument).decode("utf-8", "replace")
    return argument


def _remember_debug(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        ctx.find_root().meta["debug"] = True


def with_debug(command: Command) -> Command:
    """Add `--debug`, which shows tracebacks."""
    return click.option(
        "--debug",
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=_remember_debug,
        help="Show tracebacks. 出错时显示堆栈。",
    )(command)


def with_rules(command: Command) -> Command:
    """Add `--rules DIR`, the user's own rule files."""
    return click.option(
        "--rules",
        multiple=True,
        metavar="DIR",
        help="A folder with your own rule files; may be given several times. 自己的规则目录,可给多个。",
    )(command)


def note_without_report(names: Iterable[str]) -> None:
    """Say on standard error which of the graph files hold no report: an empty answer is no answer about one."""
    from kg.describe.graphfile import SUFFIXES, read_graph
    from kg.vocabulary import expand

    report = expand("kg:Report")
    for name in names:
        path = Path(name)
        if path.suffix in SUFFIXES and not any(
            getattr(quad.object, "value", "") == report for quad in read_graph(path)
        ):
            say(f"{as_text(name)}: 注意:图里没有报告 (note: no report in it)")


def iri_of_option(value: str | None, option: str) -> str | None:
    """Return the IRI that an option gives; ``GraphError`` that names the option where it is none."""
    from kg.describe.terms import node
    from kg.errors import GraphError

    try:
        return None if value is None else node(value)[1:-1]
    except GraphError as fault:
        raise GraphError(fault.message, where=option, hint=fault.hint) from fault


def form_option(*names: str) -> Callable[[Command], Command]:
    """Add `--as`, the form of the output; the first of `names` is the default."""
    return click.option(
        "--as",
        "form",
        type=click.Choice(names),
        default=names[0],
        show_default=True,
        help="Form of the output. 输出格式。",
    )


def load_extractor(rules: Iterable[str]) -> Extractor:
    """Load the package's rules and those of the folders given with `--rules`."""
    from kg import snapshot

    return snapshot.load_extractor(tuple(rules))


def wanted_formats(texts: Iterable[str], option: str) -> tuple[str, ...]:
    """Return the formats of `kg.export.FORMATS` that `option` names; of ``all``, those that can be written here."""
    from importlib.util import find_spec

    from kg.export import parse_formats

    named = [part.strip() for text in texts for part in text.split(",")]
    formats = parse_formats(named, option)
    asked_for = parse_formats([name for name in named if name.lower() != "all"], option)
    if "parquet" in formats and "parquet" not in asked_for and find_spec("pyarrow") is None:
        say("parquet: 没有安装 pyarrow,略去 (left out: pyarrow is not installed) → pip install 'govkg[parquet]'")
        return tuple(name for name in formats if name != "parquet")
    return formats
