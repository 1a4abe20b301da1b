"""What of a store may hold checkpoints and could not be read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ckpt_tui.core.model import Problem


class Unread(NamedTuple):
    """A checkpoint that could not be read, and why."""

    file: str
    reason: str


_MAY_BE_CHECKPOINTS = frozenset((
    "truncated", "not-json", "trailing", "empty", "encoding", "too-deep", "too-large", "unreadable", "changing",
    "encrypted", "broken-link", "torn-index", "directory", "large-link",
))  # fmt: skip
"""Kinds of problems that may be checkpoints, so that an answer may be incomplete."""


def unread_among(problems: Iterable[Problem]) -> list[Unread]:
    """What of a store may hold checkpoints and could not be read."""
    return [Unread(one.file, one.reason) for one in problems if one.kind in _MAY_BE_CHECKPOINTS]
