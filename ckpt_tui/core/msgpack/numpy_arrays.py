"""Arrays of numpy in LangGraph's MessagePack become the objects that pickles describe: every view reads them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import prod

from ckpt_tui.core.langgraph_layout import OF_OBJECTS
from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.core.value import Map, Obj, Opaque, Ref, Value

_DTYPE = LatePattern(r"([<>|=])([biufcSUVMm])(\d{1,7})(?:\[(\d{0,6})(Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as)\])?\Z", re.ASCII)
_OBJECTS = LatePattern(r"\|[OT]\d{0,7}\Z")
_MAKER = Ref("numpy._core.numeric", "_frombuffer")
_DTYPE_CLASS = Ref("numpy", "dtype")
_MOST_DIMENSIONS = 64  # that numpy allows
_PARTS = ("dtype", "shape", "order", "data")


def numpy_array(ref: Ref, dtype: Value, shape: Value, order: Value, data: Value) -> Value:
    """An array as its pickle would describe it; one of another layout has its parts by name.

    Args:
        ref: The class of arrays.
        dtype: The type of its elements, as `dtype.str` writes it.
        shape: Its size in each dimension.
        order: `C` where its last index changes fastest, `F` where the first does.
        data: The bytes of its elements.
    """
    if type(dtype) is str and _OBJECTS.compiled.match(dtype):
        reason = f"{OF_OBJECTS} ({dtype}): LangGraph stored their addresses in memory, not what they hold"
        return Opaque(reason, len(data) if type(data) is bytes else 0)
    made = _dtype(dtype)
    if made is not None and type(shape) is list and order in ("C", "F") and type(data) is bytes:
        element, size = made
        if _is_shape(shape) and size and prod(shape) * size == len(data):
            return Obj(_MAKER, (data, element, tuple(shape), order), "call")
    array = Obj(ref, ())
    array.has_state = True
    array.state = Map([part for pair in zip(_PARTS, (dtype, shape, order, data), strict=True) for part in pair])
    return array


def _is_shape(shape: Sequence[Value]) -> bool:
    return len(shape) <= _MOST_DIMENSIONS and all(type(size) is int and 0 <= size < 1 << 63 for size in shape)


def _dtype(text: Value) -> tuple[Obj, int] | None:
    """The type of elements as a pickle describes it, and the bytes of one; None where it is not known."""
    found = _DTYPE.compiled.match(text) if type(text) is str else None
    if found is None:
        return None
    order, kind, digits, count, unit = found.groups()
    made = Obj(_DTYPE_CLASS, (kind + digits, False, True), "call")
    made.has_state = True
    state: tuple[Value, ...] = (3, order, None, None, None, -1, -1, 0)
    if kind in "Mm":
        state = (*state, (None, (unit or "generic", int(count or 1), 1, 1)))
    made.state = state
    return made, int(digits) * (4 if kind == "U" else 1)
