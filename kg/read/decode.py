"""Bytes of a report file to text: which encoding, and which files are no text at all."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from kg.errors import ReadError
from kg.text import cjk, fold

_SAVE_AS_TEXT = "save it as plain text (UTF-8) or as a web page, and read that file"
# First bytes of formats that people do hand over, with how to get text out of each.
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF", "extract the text first, for example: pdftotext -layout FILE.pdf FILE.txt"),
    (b"\xd0\xcf\x11\xe0", "an old Word, Excel or WPS document", f"open it and {_SAVE_AS_TEXT}"),
    (b"{\\rtf", "an RTF document", f"open it and {_SAVE_AS_TEXT}"),
    (b"\x89PNG", "a PNG image", "run text recognition (OCR) first and read its text"),
    (b"\xff\xd8\xff", "a JPEG image", "run text recognition (OCR) first and read its text"),
    (b"GIF8", "a GIF image", "run text recognition (OCR) first and read its text"),
    (b"II*\x00", "a TIFF image", "run text recognition (OCR) first and read its text"),
    (b"MM\x00*", "a TIFF image", "run text recognition (OCR) first and read its text"),
    (b"RIFF", "an image or sound file", "give a text file"),
    (b"BM", "a BMP image", "run text recognition (OCR) first and read its text"),
    (b"Rar!", "a RAR archive", "unpack it and read the files inside"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it and read the files inside"),
    (b"\x1f\x8b", "a gzip archive", "unpack it and read the files inside"),
    (b"SQLite format 3", "a database", "give a text file"),
    (b"\x7fELF", "a program", "give a text file"),
    (b"MZ", "a program", "give a text file"),
)
# Parts that tell the formats which are zip archives apart.
_ZIPPED: tuple[tuple[bytes, str], ...] = (
    (b"word/", "a Word document (docx)"),
    (b"xl/", "an Excel workbook (xlsx)"),
    (b"ppt/", "a PowerPoint file (pptx)"),
    (b"OFD.xml", "an OFD document"),
    (b"opendocument", "an OpenDocument file"),
    (b"epub", "an EPUB book"),
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
#: Encodings that saved Chinese pages and texts declare, as Python names them; GB 18030 holds GBK and GB 2312.
_DECLARED = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "utf-8": "utf-8",
    "utf8": "utf-8",
}
_SAMPLE = 4000  # characters looked at to judge whether a decoding makes sense


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, and an encoding name with which ``open(path, encoding=…, newline="")`` gives the same text."""

    text: str
    encoding: str


def decode(data: bytes, where: str) -> Decoded:
    """Decode the bytes of a text file or saved page; a byte order mark is not part of the text.

    Tried in turn: byte order mark, UTF-8, the charset a page declares, UTF-16 without a mark, GB 18030. Raises
    `ReadError` for binary formats and for text in none of these.
    """
    _refuse_binary(data, where)
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return _text(data, encoding, where)
    if b"\0" in data:
        return _utf16_without_mark(data, where)
    candidates = ["utf-8", "gb18030"]
    declared = _CHARSET.search(data[:4096]) if is_html(data) else None
    if declared:
        name = _DECLARED.get(declared[1].decode("ascii").lower())
        if name:
            candidates = list(dict.fromkeys([name, *candidates]))
    for encoding in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "gb18030" or _looks_chinese(text):
            return Decoded(text, encoding)
    raise ReadError(
        "the encoding is none of UTF-8, UTF-16, GB 18030 (GBK, GB 2312), or the file is damaged",
        where=where,
        hint="open it in an editor and save it as UTF-8",
    )


def is_html(data: bytes) -> bool:
    """Whether the bytes begin like a saved web page (UTF-16 pages included)."""
    return _HTML.search(data[:2048].replace(b"\0", b"")) is not None


def _refuse_binary(data: bytes, where: str) -> None:
    if data.startswith(b"PK\x03\x04"):
        head = data[:4096] + data[-4096:]
        kind = next((name for part, name in _ZIPPED if part in head), "a zip archive")
        hint = "unpack it and read the files inside" if kind == "a zip archive" else f"open it and {_SAVE_AS_TEXT}"
        raise ReadError(f"this is {kind}, not text", where=where, hint=hint)
    for magic, kind, hint in _MAGIC:
        # Two-letter signatures are ordinary text as well: only a file with zero bytes is taken for them.
        if data.startswith(magic) and (len(magic) > 2 or b"\0" in data[:512]):
            raise ReadError(f"this is {kind}, not text", where=where, hint=hint)
    if data[:1024].lstrip().startswith((b"MIME-Version:", b"From: <Saved by")) and b"multipart/related" in data[:2048]:
        raise ReadError("this is a web archive (mhtml), not text", where=where, hint="save the page as .html or .txt")


def _text(data: bytes, encoding: str, where: str) -> Decoded:
    try:
        return Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError as error:
        raise ReadError(
            f"the file begins as {encoding} but byte {error.start} is not",
            where=where,
            hint="the file is cut off or damaged: get it again",
        ) from error


def _utf16_without_mark(data: bytes, where: str) -> Decoded:
    """UTF-16 texts hold zero bytes (line ends, Latin digits); of the two byte orders at most one makes sense."""
    if len(data) % 2 == 0:
        for encoding in ("utf-16-le", "utf-16-be"):
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            if "\0" not in text and _looks_chinese(text):
                return Decoded(text, encoding)
    raise ReadError("this is a binary file, not text", where=where, hint=f"find out what it is and {_SAVE_AS_TEXT}")


def _looks_chinese(text: str) -> bool:
    """Whether a decoding makes sense: nearly all characters are usual in Chinese text, most ideographs common ones.

    Level 1 of GB 2312 (lead bytes B0 to D7) holds the 3,755 common characters; text decoded with a wrong table scatters
    over rare ones.
    """
    sample = [c for c in fold(text[:_SAMPLE]) if not c.isspace()]
    ideographs = [c for c in sample if cjk(c)]
    usual = sum(1 for c in sample if cjk(c) or " " <= c <= "~" or "\u2010" <= c <= "\u303f" or c == "·")
    common = sum(1 for c in ideographs if b"\xb0" <= c.encode("gb2312", "replace")[:1] <= b"\xd7")
    return bool(sample) and usual >= 0.97 * len(sample) and common >= 0.85 * len(ideographs)
