"""What identifies an item of a list: an id, or a name.

With it, diff and views compare an item with itself wherever it is.
"""

import re
from typing import NamedTuple

from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.reading.pickled_objects import is_array, object_parts
from ckpt_tui.core.value import Map, Obj, Value

IDS = (
    "id", "_id", "uuid", "message_id", "_request_id", "request_id", "call_id", "tool_call_id", "response_id",
    "checkpoint_id", "item_id", "key",
)  # fmt: skip
"""Names of members that identify an item, the surest first."""

NAMES = ("name", "executor_id")
"""Names of members that often do: they count only where every item of both lists has its own."""

_RANK = {name: rank for rank, name in enumerate((*IDS, *NAMES))}

_RANDOM = (
    r"(?:[A-Za-z][A-Za-z0-9]*[-_])*(?:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
    r"|[0-9a-fA-F]{16,}|(?=[A-Za-z]*[0-9])[A-Za-z0-9]{20,})\Z"
)

_MEMBERS = 200
"""Members of an item that may have an identity: a row or an object, not a table."""

_LIMIT = 200
"""Characters of an id."""


class Identity(NamedTuple):
    """What identifies an item: the name of the member, and its text or number."""

    name: str
    value: str | int


def identity(item: Value) -> Identity | None:
    """What identifies an item, or None."""
    item = resolve(item)
    kind = type(item)
    best: Identity | None = None
    if kind is dict:
        for name in _RANK:
            if name in item:
                best = _better(None, name, item[name])
                if best is not None:
                    return best
        return None
    if kind is Obj:
        if not item.has_state or is_array(item):  # whose elements would all be read for it
            return None
        pairs = object_parts(item).attributes.kv
    elif kind is Map and item.has_text_keys():
        pairs = item.kv
    else:
        return None
    if len(pairs) > 2 * _MEMBERS:
        return None
    for name, value in zip(pairs[::2], pairs[1::2], strict=True):
        if name in _RANK:
            best = _better(best, name, value)
    return best


def _better(best: Identity | None, name: str, value: Value) -> Identity | None:
    value = resolve(value) if type(value) is not str else value
    if type(value) is Obj:
        parts = object_parts(value)
        value = parts.text if parts.is_text else None
    is_fit = (type(value) is str and 0 < len(value) <= _LIMIT) or (type(value) is int and value.bit_length() < 256)
    if not is_fit or (best is not None and _RANK[best.name] < _RANK[name]):
        return best
    return Identity(name, value)


def is_random(text: str) -> bool:
    """Whether a text looks like an id that a program drew at random: a UUID, many hex digits, `call_` and such.

    >>> is_random("call_9gWbG1Cz3mXyRkLQ0aTQ7vBe"), is_random("writer")
    (True, False)
    """
    return len(text) <= _LIMIT and re.match(_RANDOM, text) is not None
