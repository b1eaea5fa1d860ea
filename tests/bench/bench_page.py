"""How smooth the page is, beside pyvis's own page on the same graph. Never part of the test run; nothing is asserted.

Run it from the project's root, in the environment the project is installed in, on a machine that does nothing else::

    python tests/bench/bench_page.py                 # 500, 2,000 and 10,000 nodes
    python tests/bench/bench_page.py --sizes 500     # some of them
    python tests/bench/bench_page.py --reports 1000  # and a page over so many invented reports

For each size one graph (tests/page_large.py) is drawn by this project's page, by pyvis as it comes (physics on), and by
pyvis with positions given and physics off. Chromium is headless and draws by software. Frames per second: the view is
moved in every frame for some seconds. Ready: from navigation to the first whole drawing; "no" after a minute.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

SECONDS = 5
PATIENCE = 60_000  # milliseconds

FRAMES = """([seconds]) => new Promise((done) => {
  const network = globalThis.kgPage?.graph.network ?? globalThis.network ?? eval("network");
  const began = performance.now();
  let frames = 0;
  const step = () => {
    const past = (performance.now() - began) / 1000;
    if (past >= seconds) return done(frames / past);
    frames += 1;
    network.moveTo({ position: { x: 300 * Math.sin(past), y: 300 * Math.cos(past) } });
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})"""


def pyvis_page(payload: dict[str, Any], placed: bool) -> str:
    """The page pyvis makes of the nodes and edges of a payload."""
    from pyvis.network import Network

    drawing = Network(height="850px", width="100%", directed=True, notebook=False, cdn_resources="in_line")
    colours = {"dot": "#0072b2", "diamond": "#009e73", "square": "#d55e00", "triangleDown": "#e69f00"}
    for node, thing in zip(payload["nodes"], payload["things"], strict=True):
        place = {"x": node["x"], "y": node["y"]} if placed else {}
        drawing.add_node(
            node["id"], label=thing["name"], shape=node["shape"], color=colours.get(node["shape"]), size=node["size"],
            **place,
        )  # fmt: skip
    for edge in payload["edges"]:
        drawing.add_edge(edge["from"], edge["to"])
    if placed:
        drawing.toggle_physics(False)
    html = drawing.generate_html()
    assert isinstance(html, str)
    return html


def measure(browser: Browser, path: Path, ready: str) -> tuple[str, str]:
    """Seconds until ready and frames per second, as texts; "no" where the page does not get there."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    # pyvis's page asks the network for bootstrap, which is not to count.
    context.route("**/*", lambda route: route.abort() if route.request.url.startswith("http") else route.continue_())
    tab: Page = context.new_page()
    tab.set_default_timeout(PATIENCE)
    began = time.perf_counter()
    try:
        tab.goto(path.as_uri(), wait_until="commit")
        # Not `wait_for_function`: it evaluates text within the page, which this page's policy forbids.
        while not tab.evaluate(ready):
            if time.perf_counter() - began > PATIENCE / 1000:
                return (f"no ({PATIENCE // 1000} s)", "–")
            tab.wait_for_timeout(50)
        seconds = f"{time.perf_counter() - began:.2f} s"
        tab.wait_for_timeout(500)
        frames = f"{tab.evaluate(FRAMES, [SECONDS]):.1f}"
    except BrowserError:
        return (f"no ({PATIENCE // 1000} s)", "–")
    finally:
        context.close()
    return seconds, frames


OURS = "globalThis.kgPage?.graph.captions.kept !== undefined"
THEIRS = "typeof network !== 'undefined' && network.canvas?.initialized !== false"


def sizes(browser: Browser, wanted: Iterable[int], folder: Path) -> None:
    """Print a table row for each size and page."""
    from page_large import large

    from kg.page import page
    from kg.page.corpus import Corpus
    from kg.page.payload import payload

    print(f"{'nodes':>7}  {'page':34} {'size':>9} {'ready':>12} {'frames/s':>9}")
    for count in wanted:
        extraction = large(count)
        ours = page(extraction)
        data = payload(Corpus.of(extraction), "")
        pages = [("this page", ours, OURS)]
        if data["folded"]:
            # The same page with every community opened: what it would be without the overview.
            pages.append(("this page, 2,000 nodes opened", ours, OURS + " && (kgPage.view.state.folded.size === 0 ||"
                          " (kgPage.view.change((state) => state.folded.clear()), false))"))  # fmt: skip
        pages += [
            ("pyvis, positions given, physics off", pyvis_page(data, True).encode(), THEIRS),
            ("pyvis as it comes", pyvis_page(data, False).encode(), THEIRS),
        ]
        for name, content, ready in pages:
            path = folder / f"{count}-{abs(hash(name))}.html"
            path.write_bytes(content)
            seconds, frames = measure(browser, path, ready)
            print(f"{count:>7}  {name:34} {len(content) / 1e6:>6.2f} MB {seconds:>12} {frames:>9}", flush=True)


def reports(browser: Browser, count: int, folder: Path) -> None:
    """Print size, ready time and what was left out of a page over many reports."""
    from page_large import small

    from kg.page import pages

    many = [small(number, shared=12, own=120) for number in range(count)]
    began = time.perf_counter()
    content, left_out = pages(many)
    built = time.perf_counter() - began
    path = folder / "reports.html"
    path.write_bytes(content)
    seconds, frames = measure(browser, path, OURS)
    size = f"{len(content) / 1e6:.2f} MB"
    print(f"{count} reports: {size}, built in {built:.1f} s, ready {seconds}, {frames} frames/s, {left_out}")


def main() -> None:
    """Measure what the arguments ask for."""
    from page_browser import ARGUMENTS, CHROMIUM

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sizes", type=int, nargs="*", default=[500, 2000, 10000])
    parser.add_argument("--reports", type=int, default=0)
    options = parser.parse_args()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        sizes(browser, options.sizes, Path(folder))
        if options.reports:
            reports(browser, options.reports, Path(folder))
        browser.close()


if __name__ == "__main__":
    main()
