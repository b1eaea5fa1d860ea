"""Make the pictures of the page that the README shows: `python docs/make_screens.py`, with Chromium on the PATH.

The sample's page is opened and used as a reader would; the pictures are made small (WebP) by the browser itself.
"""

from __future__ import annotations

import base64
import shutil
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from kg.build import build, sample_report
from kg.extract import Extractor

DOCS = Path(__file__).resolve().parent
ARGUMENTS = ["--no-sandbox", "--disable-gpu"]
TO_WEBP = """async (png) => {
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas.toDataURL("image/webp", 0.85).split(",")[1];
}"""


def opening(_: Page) -> None:
    """Nothing is done yet."""


def edge(tab: Page) -> None:
    """Choose a relation in the table."""
    tab.click("#tab-relation")
    tab.fill("#row-filter", "肯定")
    tab.locator("#table-panel tbody tr td:nth-child(5)").first.click()


def search(tab: Page) -> None:
    """Type pinyin."""
    tab.locator("#search").press_sequentially("zmsx")


def node(tab: Page) -> None:
    """Choose what has figures, and open them."""
    tab.fill("#search", "全市各级行政复议机关")
    tab.keyboard.press("Enter")
    tab.click("#details .open-figures")


def english(tab: Page) -> None:
    """Change the language and choose something."""
    tab.click("#language")
    tab.fill("#search", "司法部")
    tab.keyboard.press("Enter")


VIEWS: dict[str, tuple[Any, dict[str, Any]]] = {
    "page": (opening, {}),
    "page-edge": (edge, {}),
    "page-search": (search, {}),
    "page-dark": (node, {"color_scheme": "dark"}),
    "page-phone": (opening, {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "device_scale_factor": 2}),
    "page-english": (english, {}),
}


def shoot(browser: Browser, address: str, name: str) -> None:
    """Make one picture."""
    act, options = VIEWS[name]
    settings = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce", "locale": "zh-CN", **options}
    tab = browser.new_context(**settings).new_page()
    tab.goto(address)
    tab.wait_for_timeout(1000)
    act(tab)
    tab.mouse.move(0, 0)
    tab.wait_for_timeout(400)
    png = base64.b64encode(tab.screenshot()).decode()
    blank = browser.new_page()
    (DOCS / f"{name}.webp").write_bytes(base64.b64decode(blank.evaluate(TO_WEBP, png)))


def main() -> None:
    """Make all pictures."""
    executable = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sample.html"
        built = build(sample_report(), Extractor.load())
        path.write_bytes(built.files[f"{built.name}.html"])
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        for name in VIEWS:
            shoot(browser, path.as_uri(), name)
        browser.close()


if __name__ == "__main__":
    main()
