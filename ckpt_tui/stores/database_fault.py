"""The error of a database that cannot be read."""

from __future__ import annotations


class DatabaseFault(Exception):
    """A database that cannot be read.

    Attributes:
        kind: A word for programs.
        reason: The reason, as text for people.
    """

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
