"""A report's network, text and tables as one offline HTML file; several reports as one file too.

The file asks nothing of anybody: vis-network from pyvis's wheel, the style, the script and the data stand inside it,
and its content security policy allows these and nothing else. The data are JSON in an inert block; the script puts
them on the page as text nodes and canvas text, never as markup.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from kg.errors import GraphError
from kg.model import Check, Extraction
from kg.page.audited import worded
from kg.page.corpus import MOST_BYTES, Corpus, LeftOut, corpus
from kg.page.payload import payload

MOST_ATTEMPTS = 4  # at a page of the wanted size
ENOUGH = 0.7  # of the room there is: a page that uses less, though it leaves something out, is made again

__all__ = ["MOST_BYTES", "SCRIPTS", "LeftOut", "page", "pages"]

# In the order they are joined into one module.
SCRIPTS = (
    "words.js",
    "text.js",
    "data.js",
    "shapes.js",
    "view.js",
    "explore.js",
    "filter.js",
    "labels.js",
    "regions.js",
    "captions.js",
    "graph.js",
    "export.js",
    "legend.js",
    "pinyin.js",
    "search.js",
    "parts.js",
    "charts.js",
    "figures.js",
    "audit.js",
    "facts.js",
    "overview.js",
    "sparql.js",
    "details.js",
    "reading.js",
    "tables.js",
    "keyboard.js",
    "main.js",
)


def page(extraction: Extraction, *, title: str | None = None, checks: Sequence[Check] = ()) -> bytes:
    """Draw one report: a self-contained UTF-8 HTML file, the same bytes for the same extraction.

    `title` stands on the page instead of the report's own title; `checks` of an audit stand by the figures they are
    about. Raises `GraphError` where the extraction names refs it does not hold, or where pyvis comes without
    vis-network.
    """
    report = extraction.report
    title = title or report.title or report.name
    return _render(payload(Corpus.of(extraction), title, worded([extraction], checks)), title)


def pages(
    extractions: Sequence[Extraction],
    *,
    title: str | None = None,
    links: Sequence[str] = (),
    checks: Sequence[Check] = (),
    most_bytes: int = MOST_BYTES,
) -> tuple[bytes, LeftOut]:
    """Draw several reports as one network on one page of at most `most_bytes`, and say what did not go in.

    What reports share (a law, a ministry, an initiative) is one node. `links` are addresses, relative to the page, of
    the reports' own pages, in order, "" for none; `checks` of `kg.audit.audit` and `audit_across` stand by the figures
    they are about. To keep the size, first the text between the sentences of evidence goes, then the figures and
    entities that fewest reports share, last the figures that an audit doubts; the page and the `LeftOut` say how much.
    Reports come in the given order. ``GraphError`` for no report, for one given twice, where not even an empty page
    fits, and as `page`.
    """
    title = title or f"{len(extractions)} 份报告"
    audited = worded(extractions, checks)
    budget, best = most_bytes - _frame_bytes(), b""
    tried: dict[int, int] = {}
    for _ in range(MOST_ATTEMPTS):
        merged = corpus(extractions, links, budget, audited)
        content = _render(payload(merged, title, audited), title)
        tried[budget] = len(content)
        if len(content) <= most_bytes and (len(content) > len(best) or not best):
            best, left_out = content, merged.left_out
        if best and (not left_out or len(best) > ENOUGH * most_bytes):
            break
        budget = _aim(tried, most_bytes)
    if not best:
        raise GraphError(
            f"放不进 {most_bytes} 字节 / does not fit into {most_bytes} bytes",
            where="page",
            hint="减少报告数 (give fewer reports)",
        )
    return best, left_out


def _aim(tried: Mapping[int, int], most_bytes: int) -> int:
    """The next budget, a little low, from what came of those before: their costs are estimates."""
    under = max(((size, budget) for budget, size in tried.items() if size <= most_bytes), default=None)
    over = min(((size, budget) for budget, size in tried.items() if size > most_bytes), default=None)
    if under is None or over is None:
        size, budget = under or over or (1, most_bytes)
        return int(budget * 0.92 * most_bytes / size)
    share = (0.95 * most_bytes - under[0]) / (over[0] - under[0])
    return int(under[1] + max(0.1, share) * (over[1] - under[1]))


def _render(data: dict[str, Any], title: str) -> bytes:
    style, library = _asset("page.css"), _library()
    script = "\n".join(_asset(name) for name in SCRIPTS)
    parts = {
        "title": html.escape(title),
        "style": style,
        "style_hash": _hash(style),
        "library": library,
        "script": script,
        "script_hashes": f"{_hash(library)} {_hash(script)}",
        "data": _inert(data),
    }
    # One pass: what a part brings in is never looked at again.
    text = re.sub(r"\{\{(\w+)\}\}", lambda slot: parts[slot[1]], _asset("page.html"))
    return text.encode("utf-8", errors="replace")


def _frame_bytes() -> int:
    """Size of a page without data, about."""
    return 40_000 + len(_library()) + sum(len(_asset(name)) for name in SCRIPTS)


def _inert(value: object) -> str:
    r"""JSON that ends no script block and no string: <, >, &, U+2028, U+2029 and lone surrogates as ``\uXXXX``."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return re.sub("[<>&\u2028\u2029\ud800-\udfff]", lambda char: f"\\u{ord(char[0]):04x}", text)


def _asset(name: str) -> str:
    return (files("kg") / "assets" / name).read_text(encoding="utf-8")


def _library() -> str:
    """vis-network, minified, from pyvis's wheel: the newest version it brings, without its source map's address."""
    found = sorted(
        (tuple(int(part) for part in re.findall(r"\d+", folder.name)), folder / "vis-network.min.js")
        for folder in (files("pyvis") / "lib").iterdir()
        if folder.name.startswith("vis-") and (folder / "vis-network.min.js").is_file()
    )
    if not found:
        raise GraphError(
            "vis-network is not where pyvis keeps it",
            where="pyvis/lib/vis-*/vis-network.min.js",
            hint="install pyvis again: pip install --force-reinstall 'pyvis>=0.3.2'",
        )
    return re.sub(r"\n?//# sourceMappingURL=\S*\s*$", "\n", found[-1][1].read_text(encoding="utf-8"))


def _hash(text: str) -> str:
    """Name the inline block for the content security policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
