"""Chinese government reports in, an evidenced knowledge graph out.

中文政府报告进，带原文证据的知识图谱出。

The public names load what they need on first use, so that ``import kg`` costs nothing::

    >>> import kg
    >>> extractor = kg.Extractor.load()
    >>> report = kg.read_text("连云港市人民政府印发《连云港市文明行为促进条例》。", "example.txt")
    >>> extraction = kg.extract(report, extractor)
    >>> [(statement.predicate, statement.trigger) for statement in extraction.statements]
    [('issues', '印发')]

What the report says held against its own figures (docs/audit.md)::

    >>> said = kg.read_text("新收行政复议案件471件，受理411件，受理率为88.4%。", "example.txt")
    >>> [(check.verdict, str(check.expected)) for check in kg.audit(kg.extract(said, extractor), extractor.auditing)]
    [('disagrees', '87.26')]

A whole build, validated, as files' bytes that are not yet written::

    >>> built = kg.build(report, extractor)
    >>> sorted(built.files)[-1], built.conforms
    ('example.ttl', True)
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.audit import audit as audit
    from kg.audit import audit_across as audit_across
    from kg.build import Built as Built
    from kg.build import build as build
    from kg.build import sample_report as sample_report
    from kg.build import write as write
    from kg.describe import describe as describe
    from kg.diff import diff as diff
    from kg.errors import GraphError as GraphError
    from kg.errors import KgError as KgError
    from kg.errors import ReadError as ReadError
    from kg.errors import RuleError as RuleError
    from kg.errors import StoreError as StoreError
    from kg.explain import explain_text as explain_text
    from kg.extract import Extractor as Extractor
    from kg.extract import extract as extract
    from kg.model import Check as Check
    from kg.model import Extraction as Extraction
    from kg.model import Report as Report
    from kg.query import ask as ask
    from kg.read import read as read
    from kg.read import read_text as read_text
    from kg.rulebook import Rulebook as Rulebook
    from kg.validate import validate as validate
    from kg.why import why as why

#: The program's version; `pyproject.toml` says the same (tests hold the two together).
__version__ = "0.1.0"

#: Public name → the module that defines it.
_HOME = {
    "Built": "build",
    "Check": "model",
    "Extraction": "model",
    "Extractor": "extract",
    "GraphError": "errors",
    "KgError": "errors",
    "ReadError": "errors",
    "Report": "model",
    "RuleError": "errors",
    "Rulebook": "rulebook",
    "StoreError": "errors",
    "ask": "query",
    "audit": "audit",
    "audit_across": "audit",
    "build": "build",
    "describe": "describe",
    "diff": "diff",
    "explain_text": "explain",
    "extract": "extract",
    "read": "read",
    "read_text": "read",
    "sample_report": "build",
    "validate": "validate",
    "why": "why",
    "write": "build",
}

__all__ = [  # the same names as _HOME, which a static reader cannot follow
    "Built",
    "Check",
    "Extraction",
    "Extractor",
    "GraphError",
    "KgError",
    "ReadError",
    "Report",
    "RuleError",
    "Rulebook",
    "StoreError",
    "ask",
    "audit",
    "audit_across",
    "build",
    "describe",
    "diff",
    "explain_text",
    "extract",
    "read",
    "read_text",
    "sample_report",
    "validate",
    "why",
    "write",
]


def __getattr__(name: str) -> Any:
    """Load a public name on first use (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _Package(ModuleType):
    """Some functions share their name with the module they live in (`read`, `extract`, `build`, `audit`, `why`, …).

    Python binds a submodule in its package when it is first imported, by whomever. Here the function takes that place,
    as it does in packages that import their public names at once; so `kg.read` is the function at any time.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if isinstance(value, ModuleType) and name in _HOME:
            value = getattr(value, name)
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
