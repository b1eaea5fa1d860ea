"""The page in a real browser, opened the way a reader opens it: a file, no server, no network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

    from kg.model import Extraction

ROOT = Path(__file__).parent.parent
SCREENSHOTS = ROOT / "build" / "screenshots"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def report() -> Extraction:
    from page_factory import extraction

    return extraction()


@pytest.fixture(scope="session")
def html(report: Extraction) -> bytes:
    from kg.page import page

    return page(report)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:
        if os.environ.get("CI") or os.environ.get("KG_REQUIRE_TOOLS"):
            pytest.fail("no chromium, chromium-browser or google-chrome is installed, and this is a CI run")
        pytest.skip("no chromium, chromium-browser or google-chrome is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Opened:
    """The page in a tab, with everything it asked for and complained about."""

    tab: Page
    url: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        if "willReadFrequently" not in message.text:  # said of the tests' own look at the pixels
            self.complaints.append(f"{message.type}: {message.text}")

    def asked(self, request: Request) -> None:
        # Files the page itself makes (blob:) and pictures in it (data:) leave the machine no more than a variable does.
        if not request.url.startswith(("blob:", "data:")):
            self.requests.append(request.url)

    def node(self, name: str) -> int:
        """Number of the node with that name."""
        found = self.tab.evaluate("name => kgPage.data.things.findIndex((thing) => thing.name === name)", name)
        assert isinstance(found, int)
        assert found >= 0, name
        return found

    def go(self, name: str) -> None:
        self.tab.evaluate("node => kgPage.go(node)", self.node(name))

    def point(self, name: str, other: str | None = None) -> tuple[float, float]:
        """Where a node, or the middle of two nodes, is in the window."""
        x, y = self.tab.evaluate(
            """(nodes) => {
              const { network } = kgPage.graph;
              const box = document.querySelector("#network").getBoundingClientRect();
              const places = nodes.map((node) => network.canvasToDOM(network.getPosition(node)));
              const middle = (axis) => places.reduce((sum, place) => sum + place[axis], 0) / places.length;
              return [box.x + middle("x"), box.y + middle("y")];
            }""",
            [self.node(name), self.node(other or name)],
        )
        return x, y

    def colour(self, name: str) -> list[int]:
        """The colour drawn at the place of a node."""
        return self.drawn_at(*self.point(name))

    def drawn_at(self, x: float, y: float) -> list[int]:
        """The colour drawn at a place of the window."""
        drawn = self.tab.evaluate(
            """([x, y]) => {
              kgPage.graph.network.redraw();
              const canvas = document.querySelector("#network canvas");
              const box = canvas.getBoundingClientRect();
              const ratio = canvas.width / box.width;
              return [...canvas.getContext("2d").getImageData((x - box.x) * ratio, (y - box.y) * ratio, 1, 1).data];
            }""",
            [x, y],
        )
        assert isinstance(drawn, list)
        return drawn[:3]

    def shown(self) -> set[str]:
        """Names of the nodes the filters let through."""
        return set(self.tab.evaluate("[...kgPage.graph.shown.nodes].map((node) => kgPage.data.things[node].name)"))

    def selected(self) -> list[str]:
        """Names of the nodes that the drawing has selected."""
        names = self.tab.evaluate(
            "kgPage.graph.network.getSelectedNodes().map((node) => kgPage.data.things[node].name)"
        )
        assert isinstance(names, list)
        return names

    def menu(self, name: str, opened: bool = True) -> None:
        """Open or close a menu of the toolbar: `filters` or `exports`."""
        if self.tab.evaluate("name => document.getElementById(name).open", name) != opened:
            self.tab.click(f"#{name} > summary")

    def press(self, group: str, value: str) -> None:
        if group != "kinds":
            self.menu("filters")
        self.tab.click(f'#{group} [data-value="{value}"]')

    def settled(self) -> None:
        """Wait until the drawing has caught up with the state."""
        self.tab.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def picture(self, name: str) -> None:
        """Keep a screenshot for whoever wants to look at it."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.settled()
        self.tab.screenshot(path=SCREENSHOTS / f"{name}.png")

    def clean(self) -> None:
        """Nothing was asked for, nothing went wrong, nothing that came as data ran."""
        assert self.requests == [self.url.partition("#")[0]]
        assert self.complaints == []
        assert self.tab.evaluate("window.pwned") is None
        assert self.tab.locator("img, iframe, object, embed, a:not(.skip):not(.report)").count() == 0
        assert self.tab.locator("script").count() == 3


Opener = Callable[..., Opened]


@pytest.fixture
def opened(browser: Browser, tmp_path: Path, html: bytes) -> Iterator[Opener]:
    """A function that opens the page (or `content`) in a new tab, at `hash`."""
    contexts = []

    def start(content: bytes = html, width: int = 1440, height: int = 900, hash: str = "", **options: Any) -> Opened:
        folder = tmp_path / "报告 与 网络"
        folder.mkdir(exist_ok=True)
        path = folder / "云岭市 2023 网络.html"
        path.write_bytes(content)
        context = browser.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce", locale="zh-CN", **options
        )
        contexts.append(context)
        tab = context.new_page()
        tab.set_default_timeout(8000)
        result = Opened(tab, path.as_uri() + hash)
        tab.on("request", result.asked)
        tab.on("console", result.hear)
        tab.on("pageerror", lambda error: result.complaints.append(f"error: {error}"))
        tab.goto(result.url)
        # The script of the page has run when `goto` returns; a fault of it is a complaint.
        assert tab.evaluate("globalThis.kgPage !== undefined"), result.complaints
        return result

    yield start
    for context in contexts:
        context.close()
