"""Where the characters of a checkpoint's JSON are: per path, per type, and what grew between two checkpoints.

The command line and the screen ask the same functions, so their figures are the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heappush, heappushpop
from typing import NamedTuple

from ckpt_tui.core.anatomy import type_name
from ckpt_tui.core.envelope import resolve
from ckpt_tui.core.members import Members, members
from ckpt_tui.core.model import Checkpoint
from ckpt_tui.core.paths import Path, Step
from ckpt_tui.core.preview import is_unopened
from ckpt_tui.core.sizes import own_size
from ckpt_tui.core.value import Obj, Value

SHARE_NODES = 300_000
"""Values looked at in one checkpoint: about half a second. What is beyond is not counted, and that is told."""

PATHS = 200
"""Paths listed."""

PATH_LEVELS = 60
"""Levels down to which paths are listed; what is deeper counts for those above it."""

_MOST_OF_IT = 0.8
"""The part of the largest growth that the deepest path must have to stand for it."""


class PathShare(NamedTuple):
    """One value: where it stands in the JSON of `show`, `module:qualname`, and its characters with all below it."""

    path: Path
    type: str
    size: int


class TypeShare(NamedTuple):
    """One type: how many values, and the characters that are theirs alone.

    What stands in an object belongs to it, down to the next object; outside of objects each value is its own.
    """

    type: str
    count: int
    size: int


class Shares(NamedTuple):
    """Where the characters of a checkpoint's JSON are.

    Attributes:
        total: All characters; each shared value is counted where it stands first.
        complete: Whether all values were looked at.
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


def checkpoint_shares(checkpoint: Checkpoint, most: int = PATHS, nodes: int = SHARE_NODES) -> Shares:
    """The shares of a checkpoint's messages, state, pending requests and metadata; see `shares`."""
    parts = {name: getattr(checkpoint, name) for name in ("messages", "state", "pending", "metadata")}
    return shares(parts, most, nodes)


class _Frame:
    """A container that is being measured.

    `place` is (place of the parent, steps), or None where paths are no longer listed; `owner` is the type that its
    scalars belong to, or "" outside of objects.
    """

    __slots__ = ("below", "index", "owner", "place", "size", "type", "value")

    def __init__(self, value: Value, below: Members, place: _Place | None, owner: str, size: int) -> None:
        self.value = value
        self.below = below
        self.place = place
        self.owner = owner
        self.type = type_name(value)
        self.size = size
        self.index = 0


class _Place(NamedTuple):
    above: _Place | None
    steps: tuple[Step, ...]
    level: int


def shares(parts: Mapping[str, Value], most: int = PATHS, nodes: int = SHARE_NODES) -> Shares:
    """Where the characters of some values' JSON are.

    Args:
        parts: Values by name; the name is the first step of every path.
        most: Paths listed.
        nodes: Values looked at.
    """
    walk = _Walk(most, nodes)
    sizes = {name: walk.measure(value, _Place(None, (name,), 1)) for name, value in parts.items()}
    types = [TypeShare(name, count, size) for name, (count, size) in walk.types.items()]
    types.sort(key=lambda share: (-share.size, share.type))
    paths = [PathShare(_path(place), type_, size) for size, _, place, type_ in sorted(walk.largest, reverse=True)]
    return Shares(sum(sizes.values()), walk.left >= 0, sizes, tuple(paths), tuple(types))


class _Walk:
    def __init__(self, most: int, nodes: int) -> None:
        self.most = most
        self.left = nodes
        self.seen: dict[int, Value] = {}  # kept alive: an id means nothing once its object is gone
        self.types: dict[str, list[int]] = {}
        self.largest: list[tuple[int, int, _Place, str]] = []
        self.offered = 0

    def measure(self, value: Value, place: _Place) -> int:
        """The size of one part."""
        frames: list[_Frame] = []
        total = self.enter(frames, value, place, "")
        while frames:
            frame = frames[-1]
            if frame.index < len(frame.below) and self.left >= 0:
                frame.size += self.member(frames, frame)
                continue
            frames.pop()
            if frame.place is not None:
                self.offer(frame.size, frame.place, frame.type)
            if frames:
                frames[-1].size += frame.size
            else:
                total = frame.size
        return total

    def member(self, frames: list[_Frame], frame: _Frame) -> int:
        """Measure the next member; returns what is known of its size, which is the rest when it has members."""
        member = frame.below[frame.index]
        frame.index += 1
        label = 0 if member.is_index else len(member.label) + 4
        if label:
            self.add(frame.owner or frame.type, 0, label)
        place = frame.place
        if place is not None:
            place = _Place(place, member.steps, place.level + 1) if place.level < PATH_LEVELS else None
        return label + self.enter(frames, member.value, place, frame.owner)

    def enter(self, frames: list[_Frame], value: Value, place: _Place | None, owner: str) -> int:
        """Measure a value without members; put one with members on top, and return 0."""
        self.left -= 1
        if self.left < 0:
            return 0
        unopened = is_unopened(value)
        below = None if unopened else members(value)
        value = value if unopened else resolve(value)
        size = own_size(value, len(below) if below is not None else 0)
        if below is None or not len(below):
            kind = type_name(value)
            is_own = unopened or type(value) is Obj or not owner
            self.add(kind if is_own else owner, int(is_own), size)
            if place is not None:
                self.offer(size, place, kind)
            return size
        if id(value) in self.seen:
            return 0
        self.seen[id(value)] = value
        frame = _Frame(value, below, place, owner, size)
        if type(value) is Obj:
            frame.owner = frame.type
        self.add(frame.owner or frame.type, int(type(value) is Obj or not owner), size)
        frames.append(frame)
        return 0

    def add(self, type_: str, count: int, size: int) -> None:
        """Charge a type."""
        found = self.types.get(type_)
        if found is None:
            self.types[type_] = [count, size]
        else:
            found[0] += count
            found[1] += size

    def offer(self, size: int, place: _Place, type_: str) -> None:
        """Keep a value among the largest; of equal ones the first."""
        if len(self.largest) < self.most:
            self.offered -= 1
            heappush(self.largest, (size, self.offered, place, type_))
        elif self.largest and size > self.largest[0][0]:
            self.offered -= 1
            heappushpop(self.largest, (size, self.offered, place, type_))


def _path(place: _Place) -> Path:
    steps: list[tuple[Step, ...]] = []
    here: _Place | None = place
    while here is not None:
        steps.append(here.steps)
        here = here.above
    return tuple(step for part in reversed(steps) for step in part)


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
