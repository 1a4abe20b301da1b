"""Where a text occurs in a value: in a label or in a scalar, in the order of the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ckpt_tui.core.budgets import SEARCH_NODES
from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.reading.members import members
from ckpt_tui.core.reading.pickled_objects import object_parts
from ckpt_tui.core.reading.summary import label_text
from ckpt_tui.core.value import Obj, Opaque, Ref, Value

_CHECK_EVERY = 2_000
"""Values between two calls of `check`: about 2 ms."""

_LEVELS = 2_000
"""Levels searched: a place is as long as it is deep, and a deep value may have one at each level."""

Positions = tuple[int, ...]
"""A place in a value: the position among all members, level by level."""


def search(value: Value, text: str, check: Callable[[], None] | None = None) -> Iterator[Positions]:
    """The places where a text occurs, in the order of the rows.

    Case matters only when the text has an upper case letter. A value that is shared is searched in its first place.
    At most `SEARCH_NODES` values are searched, `_LEVELS` levels down.

    Args:
        value: Where to search.
        text: The text to find.
        check: Called now and then; whatever it raises ends the search.
    """
    strict = text != text.lower()
    seen: dict[int, Value] = {}
    looked = 0
    at: list[int] = []  # where the value at hand is: one list for all, cut back and added to
    stack: list[tuple[Value, int, int]] = [(value, 0, 0)]
    while stack:
        item, level, position = stack.pop()
        if level:
            at[level - 1 :] = [position]
        if level == _LEVELS:
            continue
        item = resolve(item)
        below = members(item)
        count = len(below)
        if count:
            if id(item) in seen:
                continue
            # Kept alive: an id means nothing once its object is gone.
            seen[id(item)] = item
        todo: list[tuple[Value, int, int]] = []
        for index in range(count):
            looked += 1
            if looked > SEARCH_NODES:
                return
            if check is not None and looked % _CHECK_EVERY == 0:
                check()
            member = below[index]
            shown = f"{label_text(member) if not member.is_index else ''}\n{scalar_text(member.value)}"
            if text in (shown if strict else shown.lower()):
                yield (*at[:level], index)
            todo.append((member.value, level + 1, index))
        stack.extend(reversed(todo))


def scalar_text(value: Value) -> str:
    """The text of a value that has no members, "" of any other."""
    value = resolve(value)
    kind = type(value)
    if kind is str:
        return str(value)
    if value is None or kind is bool:
        return "null" if value is None else "true" if value else "false"
    if kind is int:
        return str(value) if value.bit_length() < 8000 else ""
    if kind is float:
        return repr(value)
    if kind is Ref:
        return str(value.name)
    if kind is Opaque:
        return str(value.reason)
    if kind is Obj:
        parts = object_parts(value)
        return f"{parts.type} {parts.text}" if parts.is_text else parts.type
    return ""
