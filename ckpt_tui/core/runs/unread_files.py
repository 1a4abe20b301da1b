"""What of a store may hold checkpoints and could not be read."""

from collections.abc import Iterable
from typing import NamedTuple

from ckpt_tui.core.model import Problem
from ckpt_tui.core.shown_names import masked_name


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
    """What of a store may hold checkpoints and could not be read, secrets in names masked."""
    return [
        Unread(masked_name(one.file), masked_name(one.reason)) for one in problems if one.kind in _MAY_BE_CHECKPOINTS
    ]
