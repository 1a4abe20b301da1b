"""Whether two values are equal, or of one sort, as far as a glance tells."""

from __future__ import annotations

from collections.abc import Callable

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
    """Whether two small lists or mappings of scalars are equal for sure; most items of two lists are such rows."""
    if type(a) is dict:
        if type(b) is not dict or len(a) != len(b) or len(a) > _FLAT_SIZE or [*a] != [*b]:
            return False
        pairs = zip(a.values(), b.values(), strict=True)
    elif type(a) is list and type(b) is list and len(a) == len(b) <= _FLAT_SIZE:
        pairs = zip(a, b, strict=True)
    else:
        return False
    for item, other in pairs:
        if item is other:
            continue
        kind = type(item)
        if kind is not type(other):
            return False
        if kind in SCALARS and (kind is not str or len(item) <= _LONG_TEXT):
            if item != other:
                return False
        elif not is_same(item, other):
            charge(1)
            if not (levels and is_flat_same(item, other, charge, levels - 1)):
                return False
    return True


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
