"""Every class and function that a pickle names, also those whose objects it throws away again, and where they stand."""

from __future__ import annotations

from base64 import b64decode
from collections import deque
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import Literal, NamedTuple, TypeAlias

from ckpt_tui.core.budgets import DEFAULT_PICKLE, PickleBudget
from ckpt_tui.core.machine import Machine, PickleFault
from ckpt_tui.core.members import members
from ckpt_tui.core.paths import Path
from ckpt_tui.core.unpickle import run
from ckpt_tui.core.value import Envelope, Map, Obj, Opaque, Ref, SetOf, Value

PLACES = 300_000
"""Values of one pickle that are looked at for where its names stand, about half a second."""

How = Literal["new", "call", "value"]


class Named(NamedTuple):
    """What one pickle names.

    Attributes:
        names: (module, qualname) as the pickle looks them up, each once, in that order.
        old: Names that stand there as Python 2 had them, in protocols 0 to 2: the present name → `module:qualname`.
        rest: Bytes from where it could not be read further; b"" when it was read to its end.
        data: The bytes of the pickle.
    """

    names: tuple[tuple[str, str], ...]
    old: dict[tuple[str, str], str]
    rest: bytes
    data: bytes


class _Recorder(Machine):
    """A machine that writes down each name it is asked for: an object that is popped again was made all the same."""

    __slots__ = ("found", "old")

    def __init__(self, data: bytes, budget: PickleBudget) -> None:
        super().__init__(data, budget)
        self.found: dict[tuple[str, str], None] = {}
        self.old: dict[tuple[str, str], str] = {}

    def named(self, module: Value, qualname: Value, start: int) -> Value:
        made = super().named(module, qualname, start)
        if type(made) is Ref:
            self.found[made.module, made.qualname] = None
        return made

    def named_in_text(self, module: bytes, qualname: bytes) -> Value:
        made = super().named_in_text(module, qualname)
        if type(made) is Ref:
            written = f"{module.decode('utf-8', 'surrogateescape')}:{qualname.decode('utf-8', 'surrogateescape')}"
            if written != made.name:
                self.old[made.module, made.qualname] = written
        return made


def names_of(envelope: Envelope, check: Callable[[], None] | None = None) -> Named:
    """What the pickle of an envelope names. Nothing is imported, called or looked up."""
    try:
        data = b64decode(envelope.text, validate=True)
    except ValueError:
        return Named((), {}, b"", b"")
    if not data or len(data) > DEFAULT_PICKLE.bytes:
        return Named((), {}, data, data)
    machine = _Recorder(data, DEFAULT_PICKLE)
    rest = b""
    try:
        run(machine, check)
    except (PickleFault, IndexError, ValueError, OverflowError):
        rest = data[machine.position :]
    return Named(tuple(machine.found), machine.old, rest, data)


class Place(NamedTuple):
    """Where something stands: a `Ref`, an `Obj` that calls getattr, or an `Opaque`; and what is done with a `Ref`."""

    item: Value
    path: Path
    how: How


def places(value: Value, path: Path, wanted: AbstractSet[str] | None = None) -> Iterator[Place]:
    """References named in `wanted`, calls of getattr and opaque values; nearest first.

    A reference is told once for each use that is made of it.

    All parts of an object are looked at, also those that no view shows; they stand where the object stands. At most
    `PLACES` values are looked at, and paths end after `_STEPS` levels.

    Args:
        value: A decoded value.
        path: Where it stands.
        wanted: `module:qualname` of the references to find; None for all.
    """
    # Kept alive: an id means nothing once its object is gone.
    seen = {id(value): value}
    todo: deque[tuple[Value, _Way, How]] = deque([(value, None, "value")])
    left = PLACES
    told: set[tuple[str, How]] = set()
    while todo:
        item, way, how = todo.popleft()
        kind = type(item)
        if kind is Ref:
            if (item.name, how) not in told and (wanted is None or item.name in wanted):
                told.add((item.name, how))
                yield Place(item, path + _steps(way), how)
            continue
        if kind is Obj and type(item.cls) is Ref:
            if item.cls.name == "builtins:getattr":
                yield Place(item, path + _steps(way), how)
            # Not through `seen`: one reference may be called here and a value there.
            todo.append((item.cls, way, item.how))
        elif kind is Opaque:
            yield Place(item, path + _steps(way), how)
        if left <= 0:  # what is known already is still told
            continue
        below = members(item)
        count = min(len(below), left)
        left -= count + 1
        for index in range(count):
            child = below.value(index)
            if type(child) in _WALKED and id(child) not in seen:
                seen[id(child)] = child
                todo.append((child, _longer(way, below[index].steps), "value"))
        if kind is Obj or kind is Map:
            for child in islice(_parts(item, kind), max(left, 0)):
                left -= 1
                if type(child) in _WALKED and id(child) not in seen:
                    seen[id(child)] = child
                    todo.append((child, way, "value"))


_Way: TypeAlias = "tuple[_Way, Path, int] | None"
"""A path as a chain, last steps first, with its length: a million levels share their beginnings."""

_STEPS = 100
"""Levels of the paths that are told; what lies deeper is told with the path of what it lies in."""


def _longer(way: _Way, steps: Path) -> _Way:
    length = way[2] if way is not None else 0
    return way if length >= _STEPS else (way, steps, length + 1)


def _steps(way: _Way) -> Path:
    parts: list[Path] = []
    while way is not None:
        way, steps, _ = way
        parts.append(steps)
    return tuple(step for steps in reversed(parts) for step in steps)


_WALKED = frozenset({Ref, Obj, Map, SetOf, list, tuple, dict, Opaque})


def _parts(item: Value, kind: type) -> Iterator[Value]:
    """All that a value holds, whether a view shows it or not; every part of it is alive as long as the value is."""
    if kind is Obj:
        if type(item.cls) is not Ref:
            yield item.cls
        yield item.args
        yield item.kwargs
        yield item.state
        yield from item.items or ()
        yield from item.pairs or ()
    elif kind is Map:
        yield from item.kv
    elif kind is tuple or kind is list:
        yield from item
    elif kind is SetOf:
        yield from item.items


def has_opaque(value: Value) -> bool:
    """Whether something in a decoded value could not be shown as a value."""
    seen = {id(value)}
    todo = [value]
    while todo:
        item = todo.pop()
        kind = type(item)
        if kind is Opaque:
            return True
        if kind is Obj and id(item.cls) not in seen:
            seen.add(id(item.cls))
            todo.append(item.cls)
        for child in item.values() if kind is dict else _parts(item, kind):
            if type(child) in _WALKED and id(child) not in seen:
                seen.add(id(child))
                todo.append(child)
    return False
