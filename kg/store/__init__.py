"""Graphs → triple stores: a server by the SPARQL 1.1 Graph Store protocol, or an Oxigraph store in a directory.

A graph is replaced (or added to) whole or not at all: what is sent goes to a staging graph, is counted there, and only
then takes its place.
"""

from __future__ import annotations

from kg.store.client import Client
from kg.store.embedded import is_store, load_directory
from kg.store.parts import Loaded, Part, read_parts, staging_name
from kg.store.places import KINDS, Endpoints, find_endpoints
from kg.store.remote import load_server

__all__ = [
    "KINDS",
    "Client",
    "Endpoints",
    "Loaded",
    "Part",
    "find_endpoints",
    "is_store",
    "load_directory",
    "load_server",
    "read_parts",
    "staging_name",
]
