"""A report file or text to a `Report`: decoding, saved pages, page furniture, header table, title, dates, body.

``read`` takes a file, ``read_text`` a text that is already decoded. Later stages never see markup or bytes.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path, PurePosixPath

from kg.errors import ReadError
from kg.model import Report
from kg.read.decode import decode, is_html
from kg.read.layout import lay_out
from kg.read.page import visible_text
from kg.read.rules import ReadingRules
from kg.text import cjk_count, fold

__all__ = ["SIZE_LIMIT", "ReadingRules", "read", "read_text"]

#: Largest file read, in bytes. The longest government reports have about 200,000 bytes.
SIZE_LIMIT = 20_000_000
_PAGE_MINIMUM = 10  # Chinese characters a page of a text must have on average, else the pages are pictures


def read(path: str | os.PathLike[str], *, rules: ReadingRules | None = None) -> Report:
    """Read a report from a text file, Markdown file or saved web page.

    Encodings: UTF-8, UTF-16, GB 18030 (with GBK and GB 2312), with or without byte order mark. Line ends are kept as
    stored: the offsets are those of ``open(path, encoding=report.encoding, newline="").read()``; for a web page they
    are those of its visible text. Raises `ReadError` for anything that is not a readable Chinese text.
    """
    file = Path(path)
    where = file.name or str(path)
    data = _bytes(file, where)
    decoded = decode(data, where)
    stem = file.name.removesuffix(file.suffix) if len(file.suffix) <= 6 else file.name
    if is_html(data) or file.suffix.lower() in (".html", ".htm", ".shtml", ".xhtml"):
        page = visible_text(decoded.text)
        return _report(page.text, file.name, decoded.encoding, rules, stem, page.title, page.published)
    return _report(decoded.text, file.name, decoded.encoding, rules, stem)


def read_text(text: str, name: str, *, rules: ReadingRules | None = None) -> Report:
    """Make a report of a decoded text; `name` is its file name (directories are dropped).

    Raises `ReadError` where the text holds no Chinese prose.
    """
    plain = PurePosixPath(name.replace("\\", "/")).name or name
    return _report(text, plain, "utf-8", rules, plain.rsplit(".", 1)[0])


def _report(
    text: str, name: str, encoding: str, rules: ReadingRules | None, stem: str, title: str = "", published: str = ""
) -> Report:
    _refuse_empty(text, name)
    _refuse_data(text, name)
    layout = lay_out(text, fold(text), rules or ReadingRules.load(), name=stem, title=title, published=published)
    if not cjk_count(text, layout.body.start, layout.body.end, limit=1):
        raise ReadError(
            "there is only page furniture (menus, buttons, a header table) and no text of a report",
            where=name,
            hint="open the page, copy the article's text into a .txt file and read that",
        )
    return Report(
        text=text,
        sha256=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        name=name,
        encoding=encoding,
        title=layout.title,
        year=layout.year,
        issued=layout.issued,
        fields=layout.fields,
        chrome=layout.chrome,
        body=layout.body,
    )


def _bytes(file: Path, where: str) -> bytes:
    try:
        if file.is_dir():
            raise ReadError("this is a directory, not a report", where=where, hint="give the files inside it")
        if not file.is_file() and file.exists():
            # A pipe without a writer would keep the program waiting, /dev/zero would never end.
            raise ReadError(
                "不是普通文件 / this is no regular file (a pipe or a device)",
                where=where,
                hint="先存成文件再读 (save it as a file and read that)",
            )
        size = file.stat().st_size
        if size > SIZE_LIMIT:
            raise ReadError(
                f"the file has {size // 1_000_000} MB, more than the {SIZE_LIMIT // 1_000_000} MB a report may have",
                where=where,
                hint="cut it into single reports",
            )
        data = file.read_bytes()
    except FileNotFoundError as error:
        hint = "save the page as a file first" if "://" in where or ":/" in str(file) else "check name and folder"
        raise ReadError("no such file", where=where, hint=hint) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ReadError(
            f"cannot be opened: {reason}", where=where, hint="check the path and its permissions"
        ) from error
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise ReadError("the file is empty", where=where, hint="get the report's text again")
    return data


_TURTLE = re.compile(r"\s*(?:@prefix\s|@base\s|PREFIX\s+\S*:|<[^<>\s]+>\s+<[^<>\s]+>\s+[<\"_])")
_JSON = re.compile(r"\s*(?:\{\s*\"|\[\s*\{\s*\")")


def _refuse_data(text: str, name: str) -> None:
    """Refuse what a program wrote: read as prose it would give names such as “entity“:“."""
    if _TURTLE.match(text):
        raise ReadError(
            "这是图谱 (RDF),不是报告 / this is a graph (RDF), not a report",
            where=name,
            hint="图谱文件要有 .ttl .trig .nt .nq 后缀 (name a graph file so)",
        )
    if _JSON.match(text):
        raise ReadError(
            "这是 JSON 数据,不是报告 / this is JSON, not a report",
            where=name,
            hint="给出报告的原文 (give the report's own text)",
        )


def _refuse_empty(text: str, name: str) -> None:
    if not text.strip():
        raise ReadError("the text is empty", where=name, hint="get the report's text again")
    pages = text.count("\f") + 1
    characters = cjk_count(text, limit=_PAGE_MINIMUM * pages)
    if pages > 1 and characters < _PAGE_MINIMUM * pages:
        raise ReadError(
            f"{pages} pages with {characters} Chinese characters: the pages are pictures of text",
            where=name,
            hint="run text recognition (OCR) on the document and read its text",
        )
    if characters < 2:
        raise ReadError("there is no Chinese text in it", where=name, hint="give a Chinese government report")
