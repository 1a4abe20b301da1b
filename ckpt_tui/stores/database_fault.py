"""A database that cannot be read: what readers of databases raise."""

from __future__ import annotations


class DatabaseFault(Exception):
    """A database that cannot be read.

    Attributes:
        kind: A word for programs.
        reason: What is wrong, in words for people.
    """

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
