"""Whose report it is, and what 市, 省, 区, 县 mean in it."""

from __future__ import annotations

from dataclasses import dataclass

from kg.model import Kind

#: Stands for the whole country in keys; GB/T 2260 has no code for it.
CENTRE = "000000"


@dataclass(frozen=True, slots=True)
class Issuer:
    """The body whose report this is, and the area its 市, 省, 区, 县 mean."""

    name: str
    key: str
    type: str | None
    place: str  # full name of its area, empty for central bodies
    adcode: str | None
    short: str = ""
    parents: tuple[tuple[str, str, str | None], ...] = ()  # (level word, place, adcode), the own area first

    @property
    def ref(self) -> str:
        """The ref of the issuer's entity."""
        return f"{Kind.DEPARTMENT}|{self.key}"

    def area(self, level: str) -> tuple[str, str | None] | None:
        """The (place, adcode) that a level word means in this report."""
        for word, place, code in self.parents:
            if word == level:
                return place, code
        return None
