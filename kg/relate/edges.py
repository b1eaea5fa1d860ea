"""Statements under construction."""

from __future__ import annotations

from kg.model import Modality, Span, Statement

_Key = tuple[str, str, str]


class Edges:
    """One statement per subject, predicate and object, with all its evidence.

    The first rule that says it is kept, with its trigger; a later one that reports it as done takes the place of one
    that only plans it.
    """

    def __init__(self) -> None:
        """Begin without statements."""
        self._found: dict[_Key, tuple[Modality, str, str, bool]] = {}  # modality, trigger, rule, implicit subject
        self._evidence: dict[_Key, set[Span]] = {}

    def add(
        self,
        subject: str,
        predicate: str,
        obj: str,
        *,
        evidence: Span,
        rule: str,
        modality: Modality = "reported",
        trigger: str = "",
        implicit: bool = False,
    ) -> None:
        """Add one edge; nothing for a thing related to itself."""
        if subject == obj:
            return
        key = (subject, predicate, obj)
        known = self._found.get(key)
        if known is None or (known[0] != "reported" and modality == "reported"):
            self._found[key] = (modality, trigger, rule, implicit)
        self._evidence.setdefault(key, set()).add(evidence)

    def has(self, predicate: str, obj: str) -> bool:
        """Whether some subject stands in that relation to `obj`."""
        return any(key[1:] == (predicate, obj) for key in self._found)

    def _places(self, key: _Key) -> tuple[Span, ...]:
        places = self._evidence[key]
        return tuple(sorted(places)) if len(places) > 1 else tuple(places)

    def statements(self) -> tuple[Statement, ...]:
        """Every statement, sorted by its first evidence, predicate, subject and object."""
        result = [
            Statement(*key, modality, trigger, rule, self._places(key), implicit)
            for key, (modality, trigger, rule, implicit) in self._found.items()
        ]
        return tuple(sorted(result, key=lambda s: (s.evidence[0], s.predicate, s.subject, s.object)))
