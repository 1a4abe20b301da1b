"""Pending requests: the executor, the data, and the type of the expected answer.

Source: agent_framework/_workflows/_events.py, WorkflowEvent, whose request fields are private attributes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from ckpt_tui.core.budgets import INLINE_PICKLE, INLINE_SPAN
from ckpt_tui.core.cache import SharedCache
from ckpt_tui.core.documents.envelope import parsed, resolve, unread
from ckpt_tui.core.model import PendingRequest
from ckpt_tui.core.reading.pickled_objects import object_parts, type_name
from ckpt_tui.core.value import Deferred, Map, Obj, Ref, Value


def attribute(value: Value, name: str) -> Value:
    """An attribute of an object, or a member of a mapping with text keys; None when there is none."""
    value = resolve(value)
    if type(value) is not dict:
        return attributes(value, (name,)).get(name)
    found = value.get(name)
    return parsed(found) if type(found) is Deferred and unread(found) <= INLINE_SPAN else found


def attributes(value: Value, names: Collection[str]) -> dict[str, Value]:
    """Those of some attributes that an object has, or a mapping with text keys; of equal names, the first."""
    value = resolve(value)
    if type(value) is dict:
        return {name: attribute(value, name) for name in names if name in value}
    pairs: Iterable[tuple[Value, Value]] = ()
    if type(value) is Obj:
        pairs = object_parts(value).attributes
    elif type(value) is Map:
        pairs = zip(value.kv[::2], value.kv[1::2], strict=True)
    found: dict[str, Value] = {}
    for key, item in pairs:
        if type(key) is str and key in names:
            found.setdefault(key, item)
    return found


_SOURCES = ("_source_executor_id", "source_executor_id")
_FIELDS = frozenset((*_SOURCES, "_request_type", "request_type", "_response_type", "response_type", "data"))
"""The attributes of the event of a request that are read, by version of the framework."""


def source_executor(event: Value) -> str:
    """The executor that asked, or "" when it cannot be found cheaply."""
    return "" if unread(event) > INLINE_PICKLE else _source(attributes(event, _SOURCES))


def _source(fields: dict[str, Value]) -> str:
    return next((name for each in _SOURCES if type(name := fields.get(each)) is str), "")


def requests(pending: Value) -> Sequence[PendingRequest]:
    """The pending requests of a checkpoint, in file order; of very many, what was read is kept for who asks next."""
    pending = resolve(pending)
    known = _READ.get(id(pending))
    if known is not None and known[0] is pending:
        return known[1]
    found = _requests(pending)
    if len(found) > _MANY:
        _READ.put(id(pending), (pending, found), 1)
    return found


def _requests(pending: Value) -> list[PendingRequest]:
    pairs = list(pending.items()) if type(pending) is dict else []
    if type(pending) is Map:
        pairs = list(zip(pending.kv[::2], pending.kv[1::2], strict=True))
    return [_request(key, event) for key, event in pairs if type(key) is str]


_MANY = 100
"""Requests that take longer to be read than a moment: a checkpoint is asked for them by each part of its overview."""

_READ: SharedCache[int, tuple[Value, Sequence[PendingRequest]]] = SharedCache(4)
"""Those of one or two checkpoints, by id; the value is kept, since an id means nothing once it is gone."""


def _request(key: str, event: Value) -> PendingRequest:
    source = source_executor(event) if unread(event) else None  # before its pickle is decoded, however large
    fields = attributes(event, _FIELDS)
    return PendingRequest(
        key,
        _source(fields) if source is None else source,
        type_text(fields.get("_request_type") or fields.get("request_type")),
        type_text(fields.get("_response_type") or fields.get("response_type")),
        fields.get("data"),
    )


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
