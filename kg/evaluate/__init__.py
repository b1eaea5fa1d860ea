"""Annotations against gold ones: precision, recall and F1 as the annotation guideline defines them.

Records are what `kg.annotations` writes: mentions and relations as dictionaries. An optional gold record never counts,
for or against. The figures of one document:

- ``T mention strict`` – same type, same start and end; ``T mention overlap`` – same type, spans overlap, one to one;
- ``T entity`` – the set of canonical names a type has in the document;
- ``Indicator value`` – value and unit agree on overlapping spans; ``Indicator value+name`` – the name too, loosely;
- ``relation`` – (predicate, subject, object), names compared loosely, each triple once; ``relation P`` – one predicate.
"""

from __future__ import annotations

from kg.evaluate.alike import figure, loosely_same, normal, same_entity
from kg.evaluate.files import as_values, check_offsets, compare, read_records
from kg.evaluate.scores import Comparison, Evaluation, Score
from kg.evaluate.scoring import TYPES, evaluate, merge

__all__ = [
    "TYPES",
    "Comparison",
    "Evaluation",
    "Score",
    "as_values",
    "check_offsets",
    "compare",
    "evaluate",
    "figure",
    "loosely_same",
    "merge",
    "normal",
    "read_records",
    "same_entity",
]
