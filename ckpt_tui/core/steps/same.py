"""Whether two decoded values say the same, whatever bytes they were pickled to.

Two values are walked side by side and left at the first difference; nothing of either is hashed, compared or entered by
Python itself. Orders of sets and of text keys mean nothing.
"""

from __future__ import annotations

import struct

from ckpt_tui.core.documents.envelope import resolve, unread
from ckpt_tui.core.reading.order import ordered
from ckpt_tui.core.value import Deferred, Envelope, Map, Obj, Opaque, Ref, SetOf, Value

SAME_PAIRS = 200_000
"""Pairs of values looked at: about 0.1 s. A state that is larger and the same so far counts as unchanged."""

_SCALARS = frozenset({bool, int, str, bytes, bytearray})


def same(one: Value, other: Value, ignore: frozenset[str] = frozenset(), pairs: int = SAME_PAIRS) -> bool:
    """Whether two values say the same, as far as `pairs` of values tell.

    Args:
        one: A value.
        other: Another.
        ignore: Keys and attributes that do not count, at any depth.
        pairs: Pairs of values to look at.
    """
    todo: list[tuple[Value, Value]] = [(one, other)]
    met: set[tuple[int, int]] = set()
    while todo:
        one, other = todo.pop()
        if one is other or _same_text(one, other):
            continue
        one, other = resolve(one), resolve(other)
        kind = type(one)
        if kind is not type(other):
            return False
        if kind in _SCALARS:
            if one != other:
                return False
            continue
        if one is None or one is other:
            continue
        if kind is float:
            if struct.pack("d", one) != struct.pack("d", other):
                return False
            continue
        pair = (id(one), id(other))
        if pair in met:
            continue
        met.add(pair)
        if len(met) > pairs:
            return True
        below = _below(one, other, ignore)
        if below is None:
            return False
        if not _may_be_same(below, todo):
            return False
    return True


def _may_be_same(pairs: list[tuple[Value, Value]], todo: list[tuple[Value, Value]]) -> bool:
    """Compare the pairs that cost nothing to compare, in which most differences show, and put off the others."""
    for pair in pairs:
        one, other = pair
        if type(one) not in _SCALARS or type(other) not in _SCALARS:
            todo.append(pair)
        elif type(one) is not type(other) or one != other:
            return False
    return True


def _same_text(one: Value, other: Value) -> bool:
    """Whether two values that are not decoded yet have the same text in the file, which says that they are the same."""
    if type(one) is Envelope and type(other) is Envelope:
        return one.text == other.text
    if type(one) is Deferred and type(other) is Deferred and unread(one) and unread(one) == unread(other):
        return one.data[one.start : one.end] == other.data[other.start : other.end]
    return False


def _below(one: Value, other: Value, ignore: frozenset[str]) -> list[tuple[Value, Value]] | None:
    """The pairs of members that must be the same; None when the two differ already."""
    kind = type(one)
    if kind is list or kind is tuple:
        return list(zip(one, other, strict=True)) if len(one) == len(other) else None
    if kind is dict:
        return _by_key(one, other, ignore)
    if kind is Map:
        if one.has_text_keys() and other.has_text_keys():
            return _by_key(_table(one), _table(other), ignore)
        return _in_order(one.kv, other.kv)
    if kind is SetOf:
        return _in_order(ordered(one), ordered(other)) if one.frozen == other.frozen else None
    if kind is Ref:
        return [] if one.name == other.name else None
    if kind is Obj:
        if one.how != other.how or one.has_state != other.has_state:
            return None
        parts = [(one.cls, other.cls), (one.args, other.args), (one.kwargs, other.kwargs), (one.state, other.state)]
        return [*parts, (one.items, other.items), (one.pairs, other.pairs)]
    if kind is Opaque:
        return [] if (one.reason, one.size) == (other.reason, other.size) else None
    return None


def _table(value: Map) -> dict[str, Value]:
    return dict(zip(value.kv[::2], value.kv[1::2], strict=True))


def _by_key(one: dict[str, Value], other: dict[str, Value], ignore: frozenset[str]) -> list[tuple[Value, Value]] | None:
    if len(one) != len(other) or any(key not in other for key in one):
        return None
    return [(value, other[key]) for key, value in one.items() if key not in ignore]


def _in_order(one: list[Value], other: list[Value]) -> list[tuple[Value, Value]] | None:
    return list(zip(one, other, strict=True)) if len(one) == len(other) else None
