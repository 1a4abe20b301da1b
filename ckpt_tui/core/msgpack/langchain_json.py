"""LangChain's JSON: parsed documents in which objects are written as `{"lc": 1, "type": "constructor", "id": [...]}`.

LangGraph wrote its checkpoints so until its serializer had MessagePack, and its JavaScript version does today.
"""

from __future__ import annotations

from collections.abc import Sequence

from ckpt_tui.core.msgpack.extensions import Namer
from ckpt_tui.core.msgpack.objects import called, given, snapshot
from ckpt_tui.core.value import Map, Obj, Opaque, Ref, Value

_LC = "lc"


def revive(document: Value, namer: Namer, opaque: list[str]) -> Value:
    """A parsed document with the objects that it describes; nothing is imported.

    Args:
        document: Parsed JSON, which is changed in place.
        namer: Keeps the names.
        opaque: Gets the reasons of what cannot be shown as a value.
    """
    holder = [document]
    found: list[tuple[Value, Value, Value]] = []
    todo: list[tuple[Value, Value]] = [(holder, 0)]
    while todo:
        container, key = todo.pop()
        value = container[key]
        if type(value) is dict:
            if _LC in value:
                found.append((container, key, value))
            todo += [(value, name) for name in value]
        elif type(value) is list:
            todo += [(value, index) for index in range(len(value))]
        elif type(value) is Map:
            todo += [(value.kv, index) for index in range(1, len(value.kv), 2)]
    for container, key, value in reversed(found):  # what is inside comes first
        container[key] = made = _object(value, namer)
        if type(made) is Opaque:
            opaque.append(made.reason)
    return holder[0]


def _object(written: dict[str, Value], namer: Namer) -> Value:
    """What one description stands for; itself where it is not as LangChain writes them."""
    version, kind = written.get("lc"), written.get("type")
    if version not in (1, 2) or type(kind) is not str:
        return written
    if kind == "undefined":
        return None
    if kind == "delta_snapshot":
        return snapshot(written.get("value"))
    ref = _named(written.get("id"), namer)
    if ref is None:
        return written
    if kind == "constructor":
        return _constructed(ref, written, namer)
    if kind == "secret":
        return Opaque(f"a secret that is not stored: {ref.qualname}")
    if kind == "not_implemented":
        return Opaque(f"not stored: LangChain could not write this {ref.name}", 0, [written.get("repr")])
    return written


def _named(parts: Value, namer: Namer) -> Ref | None:
    if type(parts) is not list or not parts or not all(type(part) is str for part in parts):
        return None
    return namer.ref(".".join(parts[:-1]), parts[-1])


def _constructed(ref: Ref, written: dict[str, Value], namer: Namer) -> Value:
    args, kwargs, method = written.get("args"), written.get("kwargs"), written.get("method")
    if type(method) is list:  # ways to make it, one after the other
        method = next((name for name in method if type(name) is str and "construct" not in name), None)
    if type(method) is str:
        ref = namer.ref(ref.module, f"{ref.qualname}.{method}") or ref
    arguments: Sequence[Value] = args if type(args) is list else ()
    named = Map([part for pair in kwargs.items() for part in pair]) if type(kwargs) is dict else kwargs
    if type(named) is not Map or not named.kv:
        return called(ref, arguments)
    return Obj(ref, tuple(arguments), "call", named) if arguments else given(ref, kwargs)
