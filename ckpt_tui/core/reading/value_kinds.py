"""The kind of a value, which decides its colour, and its type for people."""

from __future__ import annotations

from typing import Literal

from ckpt_tui.core.documents.envelope import is_long_text, is_unopened, resolve
from ckpt_tui.core.reading.members import members
from ckpt_tui.core.reading.pickled_objects import object_parts, type_name
from ckpt_tui.core.text import clean
from ckpt_tui.core.value import Deferred, Map, Obj, Opaque, Ref, SetOf, Value

Kind = Literal["null", "bool", "number", "text", "bytes", "type", "atom", "object", "list", "error"]
"""The kinds of values."""


def kind_of(value: Value) -> Kind:
    """The kind of a value, which decides its colour."""
    if is_unopened(value):
        return "text" if is_long_text(value) else "object"
    value = resolve(value)
    kind = _KINDS.get(type(value))
    if kind is not None:
        return kind
    if type(value) is Obj:
        parts = object_parts(value)
        if parts.is_type:
            return "type"
        if parts.is_text:
            return "atom"
        if parts.items is not None and not parts.attributes:
            return "list"
        return "object"
    return "error"


_KINDS: dict[type, Kind] = {
    type(None): "null", bool: "bool", int: "number", float: "number", str: "text", bytes: "bytes", bytearray: "bytes",
    Ref: "type", dict: "object", Map: "object", list: "list", tuple: "list", SetOf: "list", Opaque: "error",
}  # fmt: skip


def is_leaf(value: Value) -> bool:
    """Whether a value has no members to unfold."""
    return is_long_text(value) or (not is_unopened(value) and len(members(value)) == 0)


def type_text_of(value: Value) -> str:
    """`module:qualname` of a value for people; empty where the summary itself shows it (JSON's own kinds)."""
    if is_unopened(value):
        while type(value) is Deferred and value.ready:
            value = value.value
        return clean(value.claimed, 80)
    value = resolve(value)
    if type(value) in (Obj, SetOf, tuple, bytes, bytearray):
        return clean(type_name(value), 120).removeprefix("builtins:")
    return "class" if type(value) is Ref else ""
