"""A dataset → bytes of every format, and bytes → files, whole or not at all.

Everything here is made from the quads alone: what comes from a report's text and what comes from a graph file that was
built of it give the same bytes.
"""

from __future__ import annotations

from kg.export.files import write_all_atomically, write_atomically
from kg.export.formats import FORMATS, Format, export, file_names, parse_formats
from kg.export.rdf import nquads, ntriples, trig, turtle

__all__ = [
    "FORMATS",
    "Format",
    "export",
    "file_names",
    "nquads",
    "ntriples",
    "parse_formats",
    "trig",
    "turtle",
    "write_all_atomically",
    "write_atomically",
]
