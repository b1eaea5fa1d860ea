"""Saved web pages to text: what a reader sees, block elements on lines of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

#: Elements whose content is not shown, or is never part of an article.
_DROPPED = frozenset(
    {"script", "style", "noscript", "template", "iframe", "object", "svg", "canvas", "nav", "select", "option"}
    | {"button", "textarea", "audio", "video", "map"}
)
#: Elements without content: they never have an end tag.
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)
_CELLS = frozenset({"td", "th"})
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div", "dl"}
    | {"dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr"}
    | {"html", "li", "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "title", "tr"}
    | {"ul"}
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_LINE_EDGE = re.compile(r"[ \t]*\n[ \t]*")
_BLANK_LINES = re.compile(r"\n{3,}")
_ISO_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
#: Names under which pages of Chinese governments state their own metadata (standard of 2017, section on meta tags).
_TITLE_META = frozenset({"articletitle", "og:title"})
_DATE_META = frozenset({"pubdate", "publishdate", "firstpublishedtime"})


@dataclass(frozen=True, slots=True)
class Page:
    """The visible text of a page, and what its invisible head says of title and date (empty where it does not)."""

    text: str
    title: str
    published: str


def visible_text(html: str) -> Page:
    """Extract the visible text of a page.

    Scripts, styles, menus (nav), form controls and hidden elements are dropped; table cells are parted by tabs, blocks
    by line ends; white space is collapsed as a browser does, except in pre; ideographic spaces stay.
    """
    parser = _Visible()
    parser.feed(html)
    parser.close()
    text = _LINE_EDGE.sub("\n", "".join(parser.parts))
    return Page(_BLANK_LINES.sub("\n\n", text).strip("\n\t "), parser.title(), parser.published)


@dataclass(slots=True)
class _Open:
    tag: str
    dropped: bool


@dataclass(slots=True)
class _Heads:
    meta_title: str = ""
    title: list[str] = field(default_factory=list)


class _Visible(HTMLParser):
    """Collects the text; tolerant of tags that are never closed, as saved pages are."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.published = ""
        self._heads = _Heads()
        self._open: list[_Open] = []
        self._dropped = 0  # open elements whose content is not shown
        self._verbatim = 0

    def title(self) -> str:
        """Return the article's title by the page's metadata, else the window title."""
        return self._heads.meta_title or "".join(self._heads.title).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element; void elements are only noted."""
        values = {name: value or "" for name, value in attrs}
        if tag == "meta":
            self._note_meta(values)
        if tag == "br":
            self._add("\n")
        if tag in _VOID:
            return
        hidden = "hidden" in values or values.get("aria-hidden") == "true" or values.get("role") == "navigation"
        dropped = tag in _DROPPED or hidden or _HIDDEN_STYLE.search(values.get("style", "")) is not None
        self._break(tag)
        self._open.append(_Open(tag, dropped))
        self._dropped += dropped
        self._verbatim += tag == "pre"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Treat <div/> as browsers do: as a start tag, except for void elements."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element of that name and all that were left open inside it; ignore a stray end tag."""
        if tag == "br":
            self._add("\n")
        at = next((i for i in range(len(self._open) - 1, -1, -1) if self._open[i].tag == tag), None)
        if at is None:
            return
        for element in self._open[at:]:
            self._dropped -= element.dropped
            self._verbatim -= element.tag == "pre"
        del self._open[at:]
        self._break(tag)

    def handle_data(self, data: str) -> None:
        """Keep shown text; the window title is kept apart."""
        if self._open and self._open[-1].tag == "title":
            self._heads.title.append(data)
        elif not self._dropped:
            self._add(data.replace("\r\n", "\n") if self._verbatim else _SPACE.sub(" ", data))

    def _note_meta(self, values: dict[str, str]) -> None:
        name = (values.get("name") or values.get("property") or "").lower()
        content = values.get("content", "").strip()
        if name in _TITLE_META and content:
            self._heads.meta_title = self._heads.meta_title or content
        if name in _DATE_META:
            date = _ISO_DATE.search(content)
            self.published = self.published or (date[0] if date else "")

    def _break(self, tag: str) -> None:
        if tag in _CELLS:
            self._add("\t")
        elif tag in _BLOCKS:
            self._add("\n")

    def _add(self, text: str) -> None:
        if self._dropped:
            return
        last = self.parts[-1][-1:] if self.parts else "\n"
        if text == "\n" and last == "\t":
            self.parts[-1] = self.parts[-1].rstrip("\t") or "\n"
        if text in ("\t", " ") and last in ("\n", "\t", " "):
            return
        if text:
            self.parts.append(text)
