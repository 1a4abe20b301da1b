"""A stable order for the members of a set: the same set is written the same way, whatever order its pickle has."""

from __future__ import annotations

import math
from itertools import islice
from typing import Any

from ckpt_tui.core.value import Map, Obj, Ref, SetOf, Value

_SORT_LIMIT = 20_000
"""Members of a set that are sorted (about 0.1 s); a larger set is shown in the order of its pickle."""

_VISITS_PER_MEMBER = 40
"""Values compared per member on average, so that sorting costs in proportion to the set; the rest counts as equal."""

_DEPTH = 5
"""Levels compared: a member of a set is a scalar, a tuple or a small frozen object."""


def ordered(value: SetOf) -> list[Value]:
    """The members of a set in a stable order, sorted once: numbers, texts, bytes, then everything else."""
    if not value.is_sorted:
        if 1 < len(value.items) <= _SORT_LIMIT:
            left = [_VISITS_PER_MEMBER * len(value.items)]
            value.items = sorted(value.items, key=lambda item: _key(item, left))
        value.is_sorted = True
    return value.items


def _key(item: Value, left: list[int]) -> tuple[Any, ...]:
    if item is None:
        return (0,)
    kind = type(item)
    if kind is bool or kind is int or (kind is float and not math.isnan(item)):
        return 1, item, kind.__name__
    if kind is str:
        return 2, item
    if kind is bytes:
        return 3, item
    return 4, _text(item, left, _DEPTH)


def _text(item: Value, left: list[int], depth: int) -> str:
    left[0] -= 1
    if left[0] < 0 or depth == 0:
        return "~"
    kind = type(item)
    if kind is str:
        return f"'{item[:200]}'"
    if kind is int:
        return f"{item}" if item.bit_length() < 600 else f"{item >> (item.bit_length() - 600)}"
    if kind is bytes or kind is bytearray:
        return bytes(item[:200]).hex()
    if kind is Ref:
        return str(item.name)
    if kind is Obj:
        parts: tuple[Value, ...] = (item.cls, item.args, item.kwargs, item.state, item.items, item.pairs)
    elif kind is list or kind is tuple:
        parts = item
    elif kind is Map:
        parts = item.kv
    elif kind is SetOf:
        parts = item.items
    else:
        return f"{item}" if item is None or kind is bool or kind is float else "?"
    # No more parts than there are visits left: a shared list of a million costs its first few.
    texts = [_text(part, left, depth - 1) for part in islice(parts, max(left[0], 0))]
    if kind is SetOf:
        texts.sort()
    return f"{kind.__name__}({','.join(texts)})"
