"""Pending requests: who asks, what, and which type of answer is expected.

Source: agent_framework/_workflows/_events.py, WorkflowEvent, whose request fields are private attributes.
"""

from __future__ import annotations

from ckpt_tui.core.budgets import INLINE_PICKLE, INLINE_SPAN
from ckpt_tui.core.documents.envelope import parsed, resolve, unread
from ckpt_tui.core.model import PendingRequest
from ckpt_tui.core.reading.pickled_objects import object_parts, type_name
from ckpt_tui.core.value import Map, Obj, Ref, Value


def attribute(value: Value, name: str) -> Value:
    """An attribute of an object, or a member of a mapping with text keys; None when there is none."""
    value = resolve(value)
    if type(value) is dict:
        found = value.get(name)
        if found is None:
            return None
        return found if unread(found) > INLINE_SPAN else parsed(found)
    if type(value) is Obj:
        for key, item in object_parts(value).attributes:
            if key == name:
                return item
    elif type(value) is Map:
        for key, item in zip(value.kv[::2], value.kv[1::2], strict=True):
            if type(key) is str and key == name:
                return item
    return None


def source_executor(event: Value) -> str:
    """The executor that asked, or "" when it cannot be found cheaply."""
    if unread(event) > INLINE_PICKLE:
        return ""
    for name in ("_source_executor_id", "source_executor_id"):
        found = attribute(event, name)
        if type(found) is str:
            return found
    return ""


def requests(pending: Value) -> list[PendingRequest]:
    """The pending requests of a checkpoint, in file order."""
    pending = resolve(pending)
    pairs = list(pending.items()) if type(pending) is dict else []
    if type(pending) is Map:
        pairs = list(zip(pending.kv[::2], pending.kv[1::2], strict=True))
    return [
        PendingRequest(
            str(key),
            source_executor(event),
            type_text(attribute(event, "_request_type") or attribute(event, "request_type")),
            type_text(attribute(event, "_response_type") or attribute(event, "response_type")),
            attribute(event, "data"),
        )
        for key, event in pairs
        if type(key) is str
    ]


def type_text(value: Value) -> str:
    """The name of a class reference as a pickle holds it: `module:qualname`, `builtins:list[...]`, or ""."""
    value = resolve(value)
    if type(value) is Ref:
        return value.name
    if type(value) is str:
        return value
    if type(value) is Obj:
        parts = object_parts(value)
        return str(parts.text) if parts.is_type else type_name(value)
    return ""
