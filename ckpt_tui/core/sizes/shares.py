"""The sizes of a checkpoint's JSON by path and type, and the growth between two of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ckpt_tui.core.paths import Path

_MOST_OF_IT = 0.5
"""The part of the largest growth that the deepest path must have to stand for it."""


class PathShare(NamedTuple):
    """One value: where it is in the JSON of `show`, `module:qualname`, and its characters with all below it."""

    path: Path
    type: str
    size: int


def without_shells(paths: Sequence[PathShare]) -> list[PathShare]:
    """The paths without those of which one member has nearly all characters: the member stands for both.

    Args:
        paths: As `Shares.paths` has them.
    """
    sizes = {share.path: share.size for share in paths}
    shells: set[Path] = set()
    for share in paths:
        above = (share.path[:level] for level in range(1, len(share.path)))
        shells.update(path for path in above if path in sizes and share.size >= _SHELL * sizes[path])
    return [share for share in paths if share.path not in shells]


_SHELL = 0.8
"""The share of a value's characters from which one member stands for the value."""


class TypeShare(NamedTuple):
    """One type: how many values, and the characters that are theirs alone.

    Values in an object belong to it, down to the next object; outside of objects each value counts by itself.
    """

    type: str
    number: int
    size: int


class Shares(NamedTuple):
    """The sizes of a checkpoint's JSON by path and type.

    Attributes:
        total: All characters; each shared value is counted in its first place.
        complete: Whether all values were measured.
        parts: The size of each part, in the order given.
        paths: The largest values, largest first, nested ones included.
        types: All types, largest first; their sizes add up to the total.
    """

    total: int
    complete: bool
    parts: dict[str, int]
    paths: tuple[PathShare, ...]
    types: tuple[TypeShare, ...]


class Growth(NamedTuple):
    """What grew most between two checkpoints: a path and its sizes in both, 0 where it was not there."""

    path: Path
    before: int
    after: int


def grew_most(before: Shares, after: Shares) -> Growth | None:
    """What grew most between two checkpoints: the deepest path that has most of the largest growth, or None.

    Only paths that both list are known, so list many (`most`).
    """
    old = {share.path: share.size for share in before.paths}
    grown = [Growth(share.path, old.get(share.path, 0), share.size) for share in after.paths]
    most = max((growth.after - growth.before for growth in grown), default=0)
    if most <= 0:
        return None
    enough = [growth for growth in grown if growth.after - growth.before >= _MOST_OF_IT * most]
    return max(enough, key=lambda growth: (len(growth.path), growth.after - growth.before))
