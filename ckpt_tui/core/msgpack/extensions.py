"""The extensions of LangGraph's MessagePack as inert values: the objects that their pickles would describe.

The codes are those of langgraph/checkpoint/serde/jsonplus.py. Its own reader imports and calls what a value names.
"""

from __future__ import annotations

from collections.abc import Callable

from ckpt_tui.core.msgpack.numpy_arrays import numpy_array
from ckpt_tui.core.msgpack.objects import called, given, snapshot
from ckpt_tui.core.value import Opaque, Ref, Value


class Namer:
    """References to the classes and functions that one document names.

    Args:
        most: Characters that a module and a name may have together.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.refs: dict[tuple[str, str], Ref] = {}

    def ref(self, module: Value, name: Value) -> Ref | None:
        """The reference; None where these are not valid names."""
        if type(module) is not str or type(name) is not str or not name or len(module) + len(name) > self.most:
            return None
        found = self.refs.get((module, name))
        if found is None:
            found = self.refs[module, name] = Ref(module, name)
        return found


def extension(code: int, payload: Value, namer: Namer) -> Value:
    """What an extension of a known code stands for; an `Opaque` where its parts are not as LangGraph writes them."""
    return KNOWN[code](payload, namer)


def _object(take: Callable[[Ref, Value], Value]) -> Callable[[Value, Namer], Value]:
    """A reader of (module, name, argument, ...)."""

    def read(payload: Value, namer: Namer) -> Value:
        if type(payload) is list and len(payload) >= 3:
            ref = namer.ref(payload[0], payload[1])
            if ref is not None:
                return take(ref, payload[2])
        return Opaque("an extension that names no class as LangGraph's do", 0, [payload])

    return read


def _single(ref: Ref, argument: Value) -> Value:
    return called(ref, (argument,))


def _positional(ref: Ref, arguments: Value) -> Value:
    return called(ref, tuple(arguments)) if type(arguments) is list else called(ref, (arguments,))


def _method(payload: Value, namer: Namer) -> Value:
    if type(payload) is list and len(payload) == 4 and type(payload[3]) is str and type(payload[1]) is str:
        ref = namer.ref(payload[0], f"{payload[1]}.{payload[3]}")
        if ref is not None:
            return called(ref, (payload[2],))
    return Opaque("an extension that names no method as LangGraph's do", 0, [payload])


def _array(payload: Value, namer: Namer) -> Value:
    if type(payload) is not list or len(payload) != 4:
        return Opaque("an extension that is not a numpy array as LangGraph's are", 0, [payload])
    ref = namer.ref("numpy", "ndarray")
    assert ref is not None
    return numpy_array(ref, *payload)


def _snapshot(payload: Value, namer: Namer) -> Value:
    return snapshot(payload)


KNOWN: dict[int, Callable[[Value, Namer], Value]] = {
    0: _object(_single),
    1: _object(_positional),
    2: _object(given),
    3: _method,
    4: _object(given),
    5: _object(given),
    6: _array,
    7: _snapshot,
}
"""Code of an extension → its reader."""
