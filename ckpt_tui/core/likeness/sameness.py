"""Whether two values are equal, or of one sort, as far as a glance tells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain, compress
from operator import is_, itemgetter, ne
from typing import Any

from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.likeness.digests import SCALARS
from ckpt_tui.core.reading.anatomy import type_name
from ckpt_tui.core.value import Deferred, Envelope, Map, SetOf, Value

_LONG_TEXT = 1_024
"""Characters of a text that is compared by its hash."""

_FLAT_SIZE = 64
"""Members of a list or mapping that is compared at once."""

_FLAT_LEVELS = 2
"""Levels that are: a row, and lists in it."""

_BLOCK = 256
"""Rows that are compared at once, member by member."""


def is_same(a: Value, b: Value) -> bool:
    """Whether two values are equal for sure, told without decoding or parsing anything."""
    if a is b:
        return True
    kind = type(a)
    if kind is not type(b):
        return False
    if kind is str and len(a) > _LONG_TEXT:
        return len(a) == len(b) and hash(a) == hash(b)  # kept by Python, where a bomb has the same text often
    if kind in SCALARS:
        return bool(a == b or (a != a and b != b))
    if kind is Envelope:
        if a.ready and b.ready and a.value is b.value:
            return True
        return bool(type(a.text) is type(b.text) and len(a.text) == len(b.text) and a.text == b.text)
    if kind is Deferred:
        size = a.end - a.start
        if size != b.end - b.start:
            return False
        return memoryview(a.data)[a.start : a.end] == memoryview(b.data)[b.start : b.end]
    return False


def is_flat_same(a: Value, b: Value, charge: Callable[[int], None], levels: int = _FLAT_LEVELS) -> bool:
    """Whether two small lists or mappings of scalars are equal for sure; most items of two lists are such rows.

    Python's own comparison is asked only where all members are scalars of the same types, for which it is safe.
    """
    if type(a) is dict:
        if len(a) > _FLAT_SIZE or type(b) is not dict or len(a) != len(b) or [*a] != [*b]:
            return False
        a, b = [*a.values()], [*b.values()]
    elif type(a) is not list or type(b) is not list or len(a) > _FLAT_SIZE or len(a) != len(b):
        return False
    types = tuple(map(type, a))
    if types != tuple(map(type, b)):
        return False
    charge(1)
    scalars, others = _LAYOUTS.get(types) or _layout(types)
    if not others:
        return bool(a == b)
    if not levels or (scalars is not None and scalars(a) != scalars(b)):
        return False
    for index in others:
        item, other = a[index], b[index]
        if not (is_same(item, other) or is_flat_same(item, other, charge, levels - 1)):
            return False
    return True


def same_places(
    before: Sequence[Value], after: Sequence[Value], start: int, end: int, charge: Callable[[int], None]
) -> set[int]:
    """Positions from `start` to `end` where two lists have the same for sure, as `is_same` and `is_flat_same` tell."""
    found: set[int] = set()
    for low in range(start, end, _BLOCK):
        high = min(low + _BLOCK, end)
        differ = _differing(before[low:high], after[low:high], charge, _FLAT_LEVELS)
        found.update(range(low, high))
        found.difference_update([low + at for at in differ])
    return found


def _differing(
    before: Sequence[Value], after: Sequence[Value], charge: Callable[[int], None], levels: int
) -> Sequence[int] | set[int]:
    """Where two equally long lists may differ; levels are as many as their items may have.

    Rows with the same names, and lists of one length, are compared column by column: a few calls for all of them.
    """
    count = len(before)
    if all(map(is_, before, after)):
        return ()
    kinds = {*map(type, before), *map(type, after)}
    if len(kinds) == 1 and kinds <= SCALARS and (str not in kinds or max(map(len, before)) <= _LONG_TEXT):
        places = compress(range(count), map(ne, before, after))
        return [at for at in places if before[at] is not after[at]]  # NaN is itself, but not equal to itself
    if levels >= 0 and len(kinds) == 1 and kinds <= _ROWS:
        charge(count)
        rows = _columns(before, after, dict in kinds)
        if rows is not None:
            differ: set[int] = set()
            for column, other in rows:
                if len(differ) == count:
                    break
                differ.update(_differing(column, other, charge, levels - 1))
            return differ
    return [
        at
        for at, (a, b) in enumerate(zip(before, after, strict=True))
        if not (is_same(a, b) or (levels >= 0 and is_flat_same(a, b, charge, levels)))
    ]


_ROWS = frozenset((dict, list))


def _columns(
    before: Sequence[Any], after: Sequence[Any], has_names: bool
) -> list[tuple[list[Value], list[Value]]] | None:
    """The members of rows, one pair of columns for each; None where not all rows have the same."""
    size = len(before[0])
    if size > _FLAT_SIZE or {*map(len, before), *map(len, after)} != {size}:
        return None
    members = []
    for rows in (before, after):
        if has_names and [*chain.from_iterable(rows)] != [*before[0]] * len(rows):
            return None
        members.append([*chain.from_iterable(map(dict.values, rows) if has_names else rows)])
    return [(members[0][at::size], members[1][at::size]) for at in range(size)]


_Layout = tuple[Callable[[Any], Any] | None, tuple[int, ...]]
"""What takes the scalars out of a row, and where its other members are."""

_LAYOUTS: dict[tuple[type, ...], _Layout] = {}
_LAYOUT_COUNT = 1_000
"""Rows whose members have the same types, one after the other, are looked at in the same way."""


def _layout(types: tuple[type, ...]) -> _Layout:
    scalars = [index for index, kind in enumerate(types) if kind in SCALARS]
    others = tuple(index for index, kind in enumerate(types) if kind not in SCALARS)
    found = itemgetter(*scalars) if scalars else None, others
    if len(_LAYOUTS) < _LAYOUT_COUNT:
        _LAYOUTS[types] = found
    return found


def sort_of(value: Value) -> str:
    """What may change into what: two mappings, or two objects of one type, but not a list into a mapping."""
    value = resolve(value)
    kind = type(value)
    if kind is dict:
        return "builtins:dict"
    if kind is Map:
        return "builtins:dict" if value.has_text_keys() else "entries"
    return type_name(value)


def is_empty(value: Value) -> bool:
    """Whether a value says too little to be recognised elsewhere: None, a truth value, or nothing at all."""
    kind = type(value)
    if kind in (str, list, tuple, dict, bytes, bytearray):
        return not value
    if kind is Map:
        return not value.kv
    if kind is SetOf:
        return not value.items
    return value is None or kind is bool
