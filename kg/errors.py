"""What can go wrong for a user, as one exception with four kinds. Nothing here imports the package."""

from __future__ import annotations


class KgError(Exception):
    """A fault the user can act on: what happened, where, and what to do next."""

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        """Keep the three parts apart so that every surface can print them its own way."""
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        """Let a fault cross from one process to another with its parts."""
        return _rebuilt, (type(self), self.message, self.where, self.hint)

    def __str__(self) -> str:
        """One line: where, what, what to do."""
        head = f"{self.where}: {self.message}" if self.where else self.message
        return f"{head} → {self.hint}" if self.hint else head


def _rebuilt(kind: type[KgError], message: str, where: str, hint: str) -> KgError:
    return kind(message, where=where, hint=hint)


class ReadError(KgError):
    """A report that cannot be read; `where` is the file."""


class RuleError(KgError):
    """A rule file that cannot be used; `where` is the file and the rule's id."""


class GraphError(KgError):
    """A graph, shape, term or query that cannot be used; `where` is the file or term."""


class StoreError(KgError):
    """A triple store or output place that refused; `where` is the endpoint or directory."""
