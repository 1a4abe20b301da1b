"""A value on one line, for lists and folded rows. Bounded in width and depth whatever the value."""

from __future__ import annotations

import math
from typing import Literal

from ckpt_tui.core.anatomy import anatomy, type_name
from ckpt_tui.core.budgets import INLINE_PICKLE, PREVIEW_CELLS
from ckpt_tui.core.envelope import resolve
from ckpt_tui.core.members import Member, Members, members
from ckpt_tui.core.pending import attribute, source_executor, type_text
from ckpt_tui.core.text import clean, quoted, size_text
from ckpt_tui.core.value import Envelope, Map, Obj, Opaque, Ref, SetOf, Value

Kind = Literal["null", "bool", "number", "text", "bytes", "type", "atom", "object", "list", "error"]
"""What a value is to the eye: the colour of its preview."""

_DEPTH = 2
"""Levels of members that a preview enters."""


def short_type(name: str) -> str:
    """The class name alone: `myapp.models:Draft` → `Draft`; standard library types keep nothing else either."""
    return name.rsplit(":", 1)[-1]


def is_unopened(value: Value) -> bool:
    """Whether a value is a large pickle that nobody has asked for yet."""
    return type(value) is Envelope and not value.ready and len(value.text) > INLINE_PICKLE


def kind_of(value: Value) -> Kind:
    """What a value is to the eye."""
    if is_unopened(value):
        return "object"
    value = resolve(value)
    kind = _KINDS.get(type(value))
    if kind is not None:
        return kind
    if type(value) is Obj:
        parts = anatomy(value)
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
    return not is_unopened(value) and len(members(value)) == 0


def preview(value: Value, limit: int = PREVIEW_CELLS) -> str:
    """A value on one line of about `limit` characters at most, safe for a terminal."""
    return _preview(value, limit, _DEPTH)


def _preview(value: Value, limit: int, depth: int) -> str:
    if is_unopened(value):
        return (
            f"{clean(short_type(value.claimed), 60)} · pickle of {size_text(len(value.text) * 3 // 4)} · unfold to read"
        )
    value = resolve(value)
    kind = type(value)
    if kind is str:
        return quoted(value, limit)
    if value is None or kind is bool:
        return "null" if value is None else "true" if value else "false"
    if kind is int:
        return _integer(value)
    if kind is float:
        return _float(value)
    if kind is bytes or kind is bytearray:
        shown = bytes(value[: max(min(limit, 96) // 3, 8)])
        return f"{kind.__name__}({len(value):,}) {shown.hex(' ')}{'…' if len(value) > len(shown) else ''}"
    if kind is Ref:
        return clean(value.name, limit)
    if kind is Opaque:
        return f"‹{clean(value.reason, limit)}›"
    if kind is Obj:
        return _object(value, limit, depth)
    below = members(value)
    if kind is dict or kind is Map:
        return _braces(below, limit, depth)
    opening, closing = ("(", ")") if kind is tuple else ("{", "}") if kind is SetOf else ("[", "]")
    return f"({len(below):,}) {opening}{_join(below, limit - 6, depth)}{closing}" if len(below) else opening + closing


def _integer(value: int) -> str:
    if value.bit_length() > 400:
        digits = value.bit_length() * 30103 // 100000
        return f"an integer of about {digits:,} digits"
    return str(value)


def _float(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return repr(value)


def _braces(below: Members, limit: int, depth: int) -> str:
    return f"{{{len(below):,}}} {_join(below, limit - 6, depth)}".rstrip() if len(below) else "{}"


def _join(below: Members, limit: int, depth: int) -> str:
    """Members, comma separated, as many as fit."""
    if depth <= 0:
        return "…"
    parts: list[str] = []
    left = limit
    for index in range(min(len(below), 40)):
        member = below[index]
        if member.value is None and below.kind != "list" and len(below) > 3:
            continue
        if left < 8:
            parts.append("…")
            break
        text = _preview(member.value, min(left, 60), depth - 1)
        if below.kind != "list" and not member.is_index:
            text = f"{label_text(member, 30)}: {text}"
        parts.append(text)
        left -= len(text) + 2
    return ", ".join(parts)


def label_text(member: Member, limit: int = 80) -> str:
    """The label of a member, safe for a terminal; keys that are no text are previewed."""
    if member.key is not None:
        return _preview(member.key[0], limit, 1)
    return clean(member.label, limit) if member.label else '""'


def _object(value: Obj, limit: int, depth: int) -> str:
    parts = anatomy(value)
    if parts.is_text:
        return (
            quoted(parts.text, limit)
            if type(parts.text) is str and not _bare(parts.type)
            else clean(str(parts.text), limit)
        )
    special = _SPECIAL.get(short_type(parts.type)) if parts.type.startswith("agent_framework") else None
    if special is not None and depth > 0:
        text = special(value, limit, depth)
        if text:
            return text
    below = members(value)
    name = clean(short_type(parts.type), 60)
    return f"{name} {_join(below, limit - len(name), depth)}".rstrip() if len(below) else f"{name}()"


def _bare(type_name_: str) -> bool:
    """Whether the text of an atom needs no quotes: dates, numbers, ids and paths cannot be taken for anything else."""
    return not type_name_.startswith(("builtins:str", "numpy:str"))


# -- the framework's own objects: what a reader wants to know first --------------------------------------------------


def _message(value: Obj, limit: int, depth: int) -> str:
    text = message_text(value)
    role = attribute(value, "role")
    role = role if type(role) is str else "?"
    author = attribute(value, "author_name")
    who = f"{role} {author}" if type(author) is str and author else role
    return f"{clean(who, 40)}: {quoted(text, limit) if text else '(no text)'}"


def message_text(value: Value) -> str:
    """The text of a chat message: its text contents joined."""
    contents = resolve(attribute(value, "contents"))
    if type(contents) is not list and type(contents) is not tuple:
        text = attribute(value, "text")
        return text if type(text) is str else ""
    texts = (attribute(content, "text") for content in contents[:50])
    return "".join(text for text in texts if type(text) is str)


def _workflow_message(value: Obj, limit: int, depth: int) -> str:
    source, target = attribute(value, "source_id"), attribute(value, "target_id")
    route = clean(source, 40) if type(source) is str else "?"
    if type(target) is str:
        route += f" → {clean(target, 40)}"
    return f"{route}: {_preview(attribute(value, 'data'), limit - len(route), depth - 1)}"


def _workflow_event(value: Obj, limit: int, depth: int) -> str:
    if attribute(value, "type") != "request_info":
        return ""
    expected = short_type(type_text(attribute(value, "_response_type"))) or "any answer"
    data = _preview(attribute(value, "data"), limit // 2, depth - 1)
    return f"{clean(source_executor(value), 40)} asks {data} → {clean(expected, 60)}"


def _content(value: Obj, limit: int, depth: int) -> str:
    kind = attribute(value, "type")
    text = attribute(value, "text")
    if type(text) is str:
        return f"{clean(kind, 30) if type(kind) is str else 'content'} {quoted(text, limit)}"
    if kind in ("function_call", "function_result") and type(attribute(value, "name")) is str:
        return f"{kind} {clean(attribute(value, 'name'), 40)}({clean(str(preview_argument(value)), limit)})"
    return ""


def preview_argument(value: Value) -> str:
    """The arguments of a tool call, as one line."""
    arguments = resolve(attribute(value, "arguments"))
    return arguments if type(arguments) is str else _preview(arguments, 120, 1) if arguments is not None else ""


_SPECIAL = {
    "Message": _message,
    "ChatMessage": _message,
    "WorkflowMessage": _workflow_message,
    "WorkflowEvent": _workflow_event,
    "Content": _content,
}


def type_text_of(value: Value) -> str:
    """`module:qualname` of a value for people; empty where the preview itself tells (JSON's own kinds)."""
    if is_unopened(value):
        return clean(value.claimed, 80)
    value = resolve(value)
    if type(value) in (Obj, SetOf, tuple, bytes, bytearray):
        return clean(type_name(value), 120).removeprefix("builtins:")
    return "class" if type(value) is Ref else ""
