"""A graph as a local, read-only SPARQL endpoint with a page to ask it: an `oxigraph` server behind a front that checks.

The front (standard library) is all that anybody reaches: it checks who asks (`kg.serve.front`), what is asked
(`kg.query.check`), how long it takes and how much comes back. The server behind it listens at a loopback address and a
port picked by chance, has its data read-only in a directory of its own, and ends with the front.
"""

from __future__ import annotations

from kg.serve.front import Limits, Server, serve
from kg.serve.material import Material, gather

__all__ = ["Limits", "Material", "Server", "gather", "serve"]
