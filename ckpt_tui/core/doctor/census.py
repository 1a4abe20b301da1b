"""Where the classes and functions that a pickle names are in its value."""

from collections import deque
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import Literal, NamedTuple, TypeAlias

from ckpt_tui.core.budgets import PLACE_WORK
from ckpt_tui.core.document_budget import DocumentBudget
from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.members import members
from ckpt_tui.core.safety.inspection import GETATTR
from ckpt_tui.core.value import Map, Obj, Opaque, Ref, SetOf, Value

MOST_NAMED_ITEMS = 300_000
"""Values of one pickle that are looked at for the places of its names, about half a second, where there is no budget
for the whole document. What lies beyond is reported with the place of its pickle."""

How = Literal["new", "call", "value"]


class NamedItem(NamedTuple):
    """Where something is: a `Ref`, an `Obj` that calls getattr, or an `Opaque`; and what is done with a `Ref`."""

    item: Value
    path: Path
    how: How


def places(
    value: Value, path: Path, wanted: AbstractSet[str] | None = None, budget: DocumentBudget | None = None
) -> Iterator[NamedItem]:
    """References named in `wanted`, calls of getattr and opaque values; nearest first.

    A reference is reported once for each use that is made of it.

    All parts of an object are searched, also those that no view shows; their place is that of the object. Paths end
    after `_STEPS` levels.

    Args:
        value: A decoded value.
        path: Where it is.
        wanted: `module:qualname` of the references to find; None for all.
        budget: The work that may be done for the document; None for at most `PLACES` values.
    """
    # Kept alive: an id means nothing once its object is gone.
    seen = {id(value): value}
    todo: deque[tuple[Value, _PathLink, How]] = deque([(value, None, "value")])
    left = limit = MOST_NAMED_ITEMS if budget is None else budget.places()
    reported: set[tuple[str, How]] = set()
    try:
        while todo:
            item, way, how = todo.popleft()
            kind = type(item)
            if kind is Ref:
                if (item.name, how) not in reported and (wanted is None or item.name in wanted):
                    reported.add((item.name, how))
                    yield NamedItem(item, path + _steps(way), how)
                continue
            if kind is Obj and type(item.cls) is Ref:
                if item.cls.name in GETATTR:
                    yield NamedItem(item, path + _steps(way), how)
                # Not through `seen`: one reference may be called here and a value there.
                todo.append((item.cls, way, "new" if item.how == "new" else "call"))
            elif kind is Opaque:
                yield NamedItem(item, path + _steps(way), how)
            if left <= 0:  # used up: what is on the stack is still reported
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
    finally:  # also where this is the last item
        if budget is not None:
            budget.spend((limit - max(left, 0)) * PLACE_WORK)


_PathLink: TypeAlias = "tuple[_PathLink, Path, int] | None"
"""A path as a chain, last steps first, with its length: a million levels share their beginnings."""

_STEPS = 100
"""Levels of the paths that are reported; what lies deeper is reported with the path of what it lies in."""


def _longer(way: _PathLink, steps: Path) -> _PathLink:
    length = way[2] if way is not None else 0
    return way if length >= _STEPS else (way, steps, length + 1)


def _steps(way: _PathLink) -> Path:
    parts: list[Path] = []
    while way is not None:
        way, steps, _ = way
        parts.append(steps)
    return tuple(step for steps in reversed(parts) for step in steps)


_WALKED = frozenset({Ref, Obj, Map, SetOf, list, tuple, dict, Opaque})


def _parts(item: Value, kind: type) -> Iterator[Value]:
    """All that an object or a mapping holds, whether a view shows it or not; alive as long as the value is."""
    if kind is Obj:
        if type(item.cls) is not Ref:
            yield item.cls
        yield item.args
        yield item.kwargs
        yield item.state
        yield from item.items or ()
        yield from item.pairs or ()
    else:
        yield from item.kv
