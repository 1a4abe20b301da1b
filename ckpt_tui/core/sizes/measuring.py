"""Measures values for the characters of their JSON, per path and per type.

The command line and the screen ask the same functions, so their figures are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from heapq import heappush, heappushpop
from typing import NamedTuple

from ckpt_tui.core.document_budget import DocumentBudget
from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.model import Checkpoint
from ckpt_tui.core.paths import Path, PathStep, path_to
from ckpt_tui.core.pickles.kept import facts_of
from ckpt_tui.core.reading.members import Member, Members, members, object_members
from ckpt_tui.core.reading.pickled_objects import is_array, object_parts, own_attributes, type_name
from ckpt_tui.core.reading.value_size import own_size, own_text_size
from ckpt_tui.core.sizes.shares import PathShare, Shares, TypeShare
from ckpt_tui.core.value import Envelope, Obj, Value

SHARE_NODES = 300_000
"""Values measured in one checkpoint: up to half a second. Further values are not counted, which is reported."""

_CONTAINER = 5
_OBJECT = 6
"""The cost of a container and of an object, in numbers that take as long to measure."""

PATHS = 200
"""Paths listed."""

PATH_LEVELS = 60
"""Levels down to which paths are listed; deeper values count for those above them."""

_CHECK_EVERY = 2_000
"""Values between two calls of `check`: about 2 ms."""

Check = Callable[[], None] | None


def checkpoint_shares(
    checkpoint: Checkpoint,
    most: int = PATHS,
    nodes: int = SHARE_NODES,
    check: Check = None,
    budget: DocumentBudget | None = None,
) -> Shares:
    """The shares of a checkpoint's messages, state, pending requests and metadata; see `shares`.

    Where there is an `budget` for the whole document, it counts in place of `nodes`.
    """
    nodes = nodes if budget is None else budget.nodes()
    parts = {name: getattr(checkpoint, name) for name in ("messages", "state", "pending", "metadata")}
    return shares(parts, most, nodes, check)


class _MeasuredPlace(NamedTuple):
    """The place of a container: its parent's place, the steps from there, and its level."""

    above: _MeasuredPlace | None
    steps: tuple[PathStep, ...]
    level: int


class _Frame:
    """A container that is being measured.

    `place` is None where paths are no longer listed; `owner` is the type that its scalars belong to, "" outside of
    objects; `own` are the characters that belong to that owner, or to its own type.
    """

    __slots__ = ("below", "index", "own", "owner", "place", "size", "type", "value")

    def __init__(self, value: Value, below: Members, place: _MeasuredPlace | None, owner: str) -> None:
        self.value = value
        self.below = below
        self.place = place
        self.type = type_name(value)
        self.owner = self.type if type(value) is Obj else owner
        self.size = self.own = own_size(value, len(below))
        self.index = 0


_SCALARS = frozenset((str, int, float, bool, bytes, bytearray, type(None)))


def shares(parts: Mapping[str, Value], most: int = PATHS, nodes: int = SHARE_NODES, check: Check = None) -> Shares:
    """The sizes of values by path and type. Pickles that are not decoded yet are decoded.

    Args:
        parts: Values by name; the name is the first step of every path.
        most: Paths listed.
        nodes: Values to measure; a container counts 5, an object 6, a name 1.
        check: Called now and then; whatever it raises ends the walk.
    """
    walk = _Walk(most, nodes, check)
    sizes = {name: walk.measure(value, _MeasuredPlace(None, (name,), 1)) for name, value in parts.items()}
    types = [TypeShare(name, count, size) for name, (count, size) in walk.types.items()]
    types.sort(key=lambda share: (-share.size, share.type))
    paths = [PathShare(path_to(place), type_, size) for size, _, place, type_ in sorted(walk.largest, reverse=True)]
    return Shares(sum(sizes.values()), walk.left >= 0, sizes, tuple(paths), tuple(types))


class _MeasuredPickle(NamedTuple):
    """The measures of a pickle: the number of values, its size, its types, and its largest values by path."""

    nodes: int
    size: int
    types: tuple[TypeShare, ...]
    largest: tuple[tuple[int, Path, str], ...]


_PICKLE_PATHS = 5_000
"""Paths of one pickle that are kept: as many as are listed for a whole checkpoint."""


def _measured(value: Value, level: int, nodes: int, check: Check) -> _MeasuredPickle:
    walk = _Walk(_PICKLE_PATHS, nodes, check)
    size = walk.measure(value, _MeasuredPlace(None, (), level))
    types = tuple(TypeShare(name, count, own) for name, (count, own) in walk.types.items())
    largest = tuple((one, path_to(place), type_) for one, _, place, type_ in sorted(walk.largest, reverse=True))
    return _MeasuredPickle(nodes - walk.left, size, types, largest)


class _Walk:
    def __init__(self, most: int, nodes: int, check: Check) -> None:
        self.most = most
        self.left = nodes
        self.check = check
        self.next_check = nodes
        self.seen: dict[int, Value] = {}  # kept alive: an id means nothing once its object is gone
        self.types: dict[str, list[int]] = {}
        self.largest: list[tuple[int, int, _MeasuredPlace, str]] = []
        self.least = -1 if most else 1 << 64  # the smallest size that is not kept
        self.offered = 0

    def measure(self, value: Value, place: _MeasuredPlace) -> int:
        """The size of one part."""
        # A frame of its own for the part itself: a list of one, of which nothing is reported.
        top = _Frame([value], members([value]), None, "")
        top.size = 0
        frames = [top]
        self.enter(frames, top, value, place)
        top.index = 1
        while True:
            frame = frames[-1]
            if self.members(frames, frame):
                continue
            frames.pop()
            if not frames:
                return top.size
            self.add(frame.owner or frame.type, int(type(frame.value) is Obj or not frame.owner), frame.own)
            if frame.place is not None and frame.size > self.least:
                self.offer(frame.size, frame.place, frame.type)
            frames[-1].size += frame.size

    def members(self, frames: list[_Frame], frame: _Frame) -> bool:
        """Measure members up to one that has members itself, which is put on top; False when there is none."""
        below = frame.below
        bare = below.kind == "list"
        listed = frame.place is not None and frame.place.level < PATH_LEVELS
        for index in range(frame.index, len(below)):
            if self.left < 0:
                break
            member = None if bare else below[index]
            if member is None:
                value = below.value(index)
            else:
                value = member.value
                if not member.is_index:
                    self.left -= 1
                    frame.size += len(member.label) + 4
                    frame.own += len(member.label) + 4
            if type(value) in _SCALARS:
                self.left -= 1
                if self.left >= 0:
                    size = own_size(value, 0)
                    frame.size += size
                    if frame.owner:
                        frame.own += size
                    else:
                        self.add(type_name(value), 1, size)
                    if listed and size > self.least:
                        self.offer(size, self.place(frame, member or below[index]), type_name(value))
                continue
            if self.enter(frames, frame, value, self.place(frame, member or below[index]) if listed else None):
                frame.index = index + 1
                return True
        return False

    def enter(self, frames: list[_Frame], frame: _Frame, value: Value, place: _MeasuredPlace | None) -> bool:
        """Put a value on top, or measure it when it has no members; False then."""
        if id(value) in self.seen:
            self.left -= 1
            return False
        if type(value) is Envelope and value.met is not None and place is not None and not frame.owner:
            return self.pickle(frame, value, place)
        if self.check is not None and self.left <= self.next_check:
            self.next_check = self.left - _CHECK_EVERY
            self.check()
        value = resolve(value, self.check)
        is_object = type(value) is Obj
        self.left -= _OBJECT if is_object else _CONTAINER
        if self.left < 0 or id(value) in self.seen:
            return False
        parts = object_parts(value) if is_object and own_attributes(value) is None else None
        below = members(value) if parts is None else object_members(parts)
        if parts is not None and parts.items and is_array(value):
            self.left -= len(parts.items)  # each is read for itself
        if len(below):
            self.seen[id(value)] = value
            frames.append(_Frame(value, below, place, frame.owner))
            return True
        size = own_size(value, 0) if parts is None else own_text_size(parts) or 2
        kind = type_name(value)
        frame.size += size
        if is_object or not frame.owner:
            self.add(kind, 1, size)
        else:
            frame.own += size
        if place is not None and size > self.least:
            self.offer(size, place, kind)
        return False

    def pickle(self, frame: _Frame, envelope: Envelope, place: _MeasuredPlace) -> bool:
        """Measure a pickle, which shares nothing with what is around it, and is measured once for all places; False."""
        value = resolve(envelope, self.check)
        self.seen[id(envelope)] = envelope
        facts, name = facts_of(envelope), f"measured from level {place.level} on"
        found: _MeasuredPickle | None = facts.get(name)
        if found is None or found.nodes > self.left:
            found = _measured(value, place.level, self.left, self.check)
            if found.nodes <= self.left:
                facts[name] = found
        self.left -= found.nodes
        frame.size += found.size
        for share in found.types:
            self.add(*share)
        for size, path, type_ in found.largest:
            if size <= self.least:
                break
            self.offer(size, _MeasuredPlace(place, path, place.level + 1), type_)
        return False

    def place(self, frame: _Frame, member: Member) -> _MeasuredPlace:
        """The place of a member."""
        assert frame.place is not None
        return _MeasuredPlace(frame.place, member.steps, frame.place.level + 1)

    def add(self, type_: str, number: int, size: int) -> None:
        """Charge a type."""
        found = self.types.get(type_)
        if found is None:
            self.types[type_] = [number, size]
        else:
            found[0] += number
            found[1] += size

    def offer(self, size: int, place: _MeasuredPlace, type_: str) -> None:
        """Keep a value among the largest; of equal ones the first."""
        self.offered -= 1
        if len(self.largest) < self.most:
            heappush(self.largest, (size, self.offered, place, type_))
        else:
            heappushpop(self.largest, (size, self.offered, place, type_))
        if len(self.largest) == self.most:
            self.least = self.largest[0][0]
