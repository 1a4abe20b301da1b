"""The size of a value: characters of its JSON on one line, estimated without writing it."""

from __future__ import annotations

from typing import NamedTuple

from ckpt_tui.core.documents.envelope import resolve, unread
from ckpt_tui.core.reading.members import members
from ckpt_tui.core.reading.object_parts import ObjectParts
from ckpt_tui.core.reading.pickled_objects import object_parts
from ckpt_tui.core.reading.search import scalar_text
from ckpt_tui.core.text import size_text
from ckpt_tui.core.value import Obj, SetOf, Value

SIZE_NODES = 20_000
"""Values visited for one size: about 10 ms. The size of a larger value is a lower bound."""


_OBJECT = 2
"""Values that an object counts for, besides itself, where it is more than its attributes: it takes as long."""


class Size(NamedTuple):
    """Characters of JSON, and whether that is all of it."""

    size: int
    complete: bool

    @property
    def text(self) -> str:
        """For people: `812`, `4.1 k`, `>1.4 M`."""
        return size_text(self.size) if self.complete else f">{size_text(self.size)}"


def own_size(item: Value, count: int) -> int:
    """Characters of a value without its `count` members: brackets, commas, its `$type`, or all of a scalar."""
    kind = type(item)
    if kind is str:
        return len(item) + 2
    if kind is bytes or kind is bytearray:
        return len(item) * 4 // 3 + 50
    if kind is int and item.bit_length() > 64:
        return int(item.bit_length()) * 30103 // 100_000 + 1  # writing it takes quadratic time
    if waiting := unread(item):  # nobody has opened it
        return waiting
    if not count:
        return (own_text_size(object_parts(item)) if kind is Obj else len(scalar_text(item))) or 2
    return 2 * count + (30 if kind is Obj or kind is tuple or kind is SetOf else 0)


def own_text_size(parts: ObjectParts) -> int:
    """Characters of an object without members: its type, and its text where it reads as one, which is not copied."""
    size = len(parts.type)
    if parts.is_text:
        size += 1 + (len(parts.text) if type(parts.text) is str else len(f"{parts.text}"))
    return size


def size_of(value: Value, nodes: int = SIZE_NODES) -> Size:
    """The size of a value; what is shared is counted in its first place.

    Args:
        value: Any value.
        nodes: Values to visit before giving up.
    """
    total = 0
    left = nodes
    seen: dict[int, Value] = {}
    todo = [value]
    while todo:
        item = todo.pop()
        left -= 1
        if left < 0:
            return Size(total, False)
        if unread(item):  # as it is in the file; reading it takes far longer
            total += own_size(item, 0)
            continue
        item = resolve(item)
        if id(item) in seen:
            continue
        below = members(item)
        if type(item) is Obj and below.kind != "names":
            left -= _OBJECT
        count = len(below)
        total += own_size(item, count)
        if not count:
            continue
        seen[id(item)] = item  # kept alive: an id means nothing once its object is gone
        if count > left:
            return Size(total - count, False)  # a byte each is the least they take
        for index in range(count):
            member = below[index]
            if not member.is_index:
                total += len(member.label) + 4
            todo.append(member.value)
    return Size(total, True)
