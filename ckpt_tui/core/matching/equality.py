"""Whether two values are equal: by a quick test where that suffices, else by walking both to the first difference.

What is equal is what has one digest (`ckpt_tui.core.matching.digests`): a diff of the two has no change.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.matching.digests import SCALARS, Digests, OutOfBudget
from ckpt_tui.core.reading.pickled_objects import type_name
from ckpt_tui.core.value import Deferred, Envelope, Map, SetOf, Value

_LONG_TEXT = 1_024
"""Characters of a text that is compared by its hash."""

_FLAT_SIZE = 64
"""Members of a list or mapping that is compared at once."""

_FLAT_LEVELS = 2
"""Levels that are: a row, and lists in it."""


EQUAL_NODES = 2_000_000
"""Scalars compared at most, a container counting for ten: about 0.2 s."""


def are_equal(one: Value, other: Value, ignore: frozenset[str] = frozenset(), nodes: int = EQUAL_NODES) -> bool:
    """Whether two values are equal, whatever bytes they were pickled to.

    Args:
        one: A value.
        other: Another.
        ignore: Keys and attributes that do not count, at any depth.
        nodes: Scalars to compare, a container counting for ten; values that are equal up to that limit count as equal.
    """
    digests = Digests(nodes, ignore=ignore)
    met: set[tuple[int, int]] = set()
    levels: list[Iterator[tuple[Value, Value]]] = [iter([(one, other)])]
    try:
        while levels:
            for a, b in levels[-1]:
                if type(a) is str and type(b) is str and len(a) <= _LONG_TEXT:
                    if a != b:
                        return False
                elif not a and not b and type(a) is type(b):
                    continue  # nothing, zero or empty, as much of JSON is
                elif type(a) in _PLAIN_CONTAINERS or not is_plainly_equal(a, b):
                    a, b = resolve(a), resolve(b)
                    if a is b or (id(a), id(b)) in met:
                        continue
                    met.add((id(a), id(b)))
                    members = _members(a, b, digests, ignore)
                    if members is None:
                        return False
                    levels.append(iter(members))
                    break
            else:
                levels.pop()
    except OutOfBudget:
        pass
    return True


_PLAIN_CONTAINERS = frozenset((list, dict))


def _members(
    one: Value, other: Value, digests: Digests, ignore: frozenset[str]
) -> Iterable[tuple[Value, Value]] | None:
    """The members of two values that have to be equal for the values to be; None where the values differ.

    Raises:
        OutOfBudget: more values than one comparison looks at.
    """
    kind = type(one)
    if kind in SCALARS or type(other) in SCALARS:
        return () if is_plainly_equal(one, other) else None
    members: Collection[Value]
    other_members: Collection[Value]
    if kind is list and type(other) is list:
        members, other_members = one, other
    elif kind is dict and type(other) is dict and not ignore and [*one] == [*other]:
        members, other_members = one.values(), other.values()
    else:
        head, members, order = digests.parts(one)
        other_head, other_members, _ = digests.parts(other)
        if head != other_head:
            return None
        if order:
            digests.charge(10 + len(members))
            return () if digests.of(one) == digests.of(other) else None
    digests.charge(10 + len(members))
    return zip(members, other_members, strict=True) if len(members) == len(other_members) else None


def is_plainly_equal(a: Value, b: Value) -> bool:
    """Whether two values are equal for sure, found without decoding or parsing anything."""
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


def is_plainly_equal_row(a: Value, b: Value, charge: Callable[[int], None], levels: int = _FLAT_LEVELS) -> bool:
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
        elif not is_plainly_equal(item, other):
            charge(1)
            if not (levels and is_plainly_equal_row(item, other, charge, levels - 1)):
                return False
    return True


def sort_of(value: Value) -> str:
    """A key for the sort of a value (mapping, list, type of an object); values of one sort are compared by members."""
    value = resolve(value)
    kind = type(value)
    if kind is dict:
        return "builtins:dict"
    if kind is Map:
        return "builtins:dict" if value.has_text_keys() else "entries"
    return type_name(value)


def is_empty(value: Value) -> bool:
    """Whether a value is too plain to be recognised elsewhere: None, a truth value, or an empty container."""
    kind = type(value)
    if kind in (str, list, tuple, dict, bytes, bytearray):
        return not value
    if kind is Map:
        return not value.kv
    if kind is SetOf:
        return not value.items
    return value is None or kind is bool
