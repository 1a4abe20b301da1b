"""Whether two values are equal, or of one sort, as far as a glance tells."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any

from ckpt_tui.core.anatomy import type_name
from ckpt_tui.core.digests import SCALARS
from ckpt_tui.core.envelope import resolve
from ckpt_tui.core.value import Deferred, Envelope, Map, SetOf, Value

_LONG_TEXT = 1_024
"""Characters of a text that is compared by its hash."""

_FLAT_SIZE = 64
"""Members of a list or mapping that is compared at once."""

_FLAT_LEVELS = 2
"""Levels that are: a row, and lists in it."""


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
