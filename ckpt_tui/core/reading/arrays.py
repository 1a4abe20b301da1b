"""numpy arrays and scalars as a pickle holds them: shape, type and values, worked out from the bytes, without numpy.

How they are pickled is numpy's own (`ndarray.__reduce__`, `dtype.__reduce__`). What does not fit is left to be shown in
its parts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from math import prod
from struct import unpack_from
from typing import Any, NamedTuple

from ckpt_tui.core.reading.typenames import callable_name
from ckpt_tui.core.value import Map, Obj, Ref, Value

_DTYPE = Ref("numpy", "dtype")

SHOWN = 1_000
"""Elements of an array that are shown one by one; the bytes of the others follow."""

_NUMBERS = {
    "i1": ("int8", "b"), "i2": ("int16", "h"), "i4": ("int32", "i"), "i8": ("int64", "q"),
    "u1": ("uint8", "B"), "u2": ("uint16", "H"), "u4": ("uint32", "I"), "u8": ("uint64", "Q"),
    "f2": ("float16", "e"), "f4": ("float32", "f"), "f8": ("float64", "d"), "b1": ("bool", "?"),
}  # fmt: skip
_MOST = 64
"""Dimensions of an array that numpy allows."""

_FIELDS = 256
"""Fields of a structured type."""

_UNITS = {"Y": 0, "M": 0, "W": 604_800, "D": 86_400, "h": 3600, "m": 60, "s": 1, "ms": -3, "us": -6, "ns": -9}
"""A unit of time in seconds, or the power of ten of its fraction of one."""

_NOT_A_TIME = -(1 << 63)


class Element(NamedTuple):
    """The type of an array's elements: its name, bytes of each, and how one is read at an offset."""

    name: str
    size: int
    read: Callable[[bytes, int], Value]


class Array(NamedTuple):
    """An array: the name of its type, its shape, and what reads one element; `values` are those of an object array."""

    dtype: str
    shape: tuple[int, ...]
    at: Callable[[Sequence[int]], Value]
    data: Value


def element(dtype: Value, may_be_record: bool = True) -> Element | None:
    """The element type that a pickled dtype describes; None if it is unknown."""
    if type(dtype) is not Obj or callable_name(dtype.cls) != "numpy:dtype":
        return None
    args, state = dtype.args, dtype.state
    if type(args) is not tuple or not args or type(args[0]) is not str or type(state) is not tuple or len(state) < 5:
        return None
    code = args[0]
    order = ">" if state[1] == ">" else "<"
    if code in _NUMBERS:
        name, letter = _NUMBERS[code]
        form = f"{order}{letter}"
        return Element(name, int(code[1:]), lambda data, at: unpack_from(form, data, at)[0])
    kind, digits = code[:1], code[1:]
    if kind in ("c", "U", "S") and digits.isdecimal() and len(digits) < 7:
        return _sized(kind, int(digits), order)
    if kind in ("M", "m") and len(state) > 8:
        return _time(kind, state[8], order)
    if (
        kind == "V"
        and may_be_record
        and type(state[3]) is tuple
        and type(state[4]) is Map
        and digits.isdecimal()
        and len(digits) < 7
    ):
        return _record(state[3], state[4], int(digits))
    return None


def _sized(kind: str, size: int, order: str) -> Element | None:
    if kind == "c":
        if size not in (8, 16):
            return None
        form = f"{order}2{'f' if size == 8 else 'd'}"
        return Element(f"complex{size * 8}", size, lambda data, at: str(complex(*unpack_from(form, data, at))))
    if kind == "S":
        return Element(f"S{size}", size, lambda data, at: bytes(data[at : at + size]).rstrip(b"\0"))
    codec = "utf-32-be" if order == ">" else "utf-32-le"
    return Element(
        f"U{size}", 4 * size, lambda data, at: bytes(data[at : at + 4 * size]).decode(codec, "replace").rstrip("\0")
    )


def _time(kind: str, described: Value, order: str) -> Element | None:
    """A point in time or a span of it; how it counts stands beside the type: `(…, (unit, number, …))`."""
    inner = described[1] if type(described) is tuple and len(described) == 2 else None
    if type(inner) is not tuple or len(inner) < 2 or type(inner[0]) not in (bytes, str) or type(inner[1]) is not int:
        return None
    unit = inner[0].decode("ascii", "replace") if type(inner[0]) is bytes else inner[0]
    each = inner[1]
    if unit not in _UNITS or not 1 <= each < 1_000_000:
        return None
    counted = f"{each if each > 1 else ''}{unit}"
    form = f"{order}q"
    write = time_text if kind == "M" else span_text
    name = f"{'datetime64' if kind == 'M' else 'timedelta64'}[{counted}]"
    return Element(name, 8, lambda data, at: write(unpack_from(form, data, at)[0] * each, unit))


def _record(names: Sequence[Value], fields: Map, size: int) -> Element | None:
    """A structured type: its fields, each with its type and its offset; none of them is structured itself."""
    kv = fields.kv
    described = {key: value for key, value in zip(kv[::2], kv[1::2], strict=True) if type(key) is str}
    own: list[tuple[str, Element, int]] = []
    for name in names if len(names) <= _FIELDS else ():
        field = described.get(name) if type(name) is str else None
        if type(field) is not tuple or len(field) < 2 or type(field[1]) is not int:
            return None
        inner = element(field[0], may_be_record=False)
        if inner is None or not 0 <= field[1] <= size - inner.size:
            return None
        own.append((name, inner, field[1]))
    if not own:
        return None
    text = ", ".join(f"{name}: {inner.name}" for name, inner, _ in own)
    return Element(
        f"record({text})", size,
        lambda data, at: Map([part for name, inner, offset in own for part in (name, inner.read(data, at + offset))]),
    )  # fmt: skip


def time_text(count: int, unit: str) -> Value:
    """The time so many units after 1970 in ISO 8601; None for "not a time"."""
    if count == _NOT_A_TIME:
        return None
    if unit in ("Y", "M"):
        year, month = (1970 + count, 0) if unit == "Y" else divmod(1970 * 12 + count, 12)
        return f"{year:04}" if unit == "Y" else f"{year:04}-{month + 1:02}"
    seconds, fraction = _seconds(count, unit)
    try:
        moment = datetime(1970, 1, 1) + timedelta(seconds=seconds)
    except OverflowError:
        return f"{count} {unit} after 1970"
    if unit in ("D", "W"):
        return moment.date().isoformat()
    return moment.isoformat() + fraction


def span_text(count: int, unit: str) -> Value:
    """A span of time, written as a timedelta is; None for "not a time"."""
    if count == _NOT_A_TIME:
        return None
    if unit in ("Y", "M"):
        return f"{count} {unit}"
    seconds, fraction = _seconds(count, unit)
    try:
        return f"{timedelta(seconds=seconds)}{fraction}"
    except OverflowError:
        return f"{count} {unit}"


def _seconds(count: int, unit: str) -> tuple[int, str]:
    scale = _UNITS[unit]
    if scale >= 0:
        return count * scale, ""
    seconds, rest = divmod(count, 10**-scale)
    return seconds, f".{rest:0{-scale}}" if rest else ""


def array(obj: Obj) -> Array | None:
    """A pickled object as an array; None if it is not one, or of an unknown layout."""
    found = _parts(obj)
    if found is None:
        return None
    shape, dtype, is_fortran, data = found
    if type(shape) is not tuple or len(shape) > _MOST or not all(type(size) is int and size >= 0 for size in shape):
        return None
    strides = _strides(shape, is_fortran)
    if type(data) is list:
        if prod(shape) != len(data) or type(dtype) is not Obj or dtype.args[:1] != ("O8",):
            return None
        items = data
        return Array("object", shape, lambda index: items[_offset(index, strides)], data)
    own = element(dtype)
    if own is None or type(data) not in (bytes, bytearray) or own.size <= 0 or prod(shape) * own.size != len(data):
        return None
    raw, size, read = data, own.size, own.read
    return Array(own.name, shape, lambda index: read(raw, _offset(index, strides) * size), data)


def _offset(index: Sequence[int], strides: Sequence[int]) -> int:
    return sum(at * stride for at, stride in zip(index, strides, strict=True))


def _strides(shape: Sequence[int], is_fortran: bool) -> list[int]:
    """How many elements apart two neighbours are, in each dimension."""
    sizes = shape if is_fortran else list(reversed(shape))
    strides, step = [], 1
    for size in sizes:
        strides.append(step)
        step *= size
    return strides if is_fortran else strides[::-1]


def _parts(obj: Obj) -> tuple[Value, Value, bool, Value] | None:
    """Shape, dtype, whether columns come first, and data."""
    name, state, args = callable_name(obj.cls), obj.state, obj.args
    if name in _MADE and type(state) is tuple and len(state) == 5:
        return state[1], state[2], state[3] is True, state[4]
    if name in _BUFFERS and type(args) is tuple and len(args) == 4 and not obj.has_state:
        return args[2], args[1], args[3] == "F", args[0]
    return None


_MADE = frozenset(("numpy.core.multiarray:_reconstruct", "numpy._core.multiarray:_reconstruct"))
_BUFFERS = frozenset(("numpy.core.numeric:_frombuffer", "numpy._core.numeric:_frombuffer"))
NAMES = _MADE | _BUFFERS
"""What is called to make an array."""


def rows(found: Array) -> tuple[list[Value], Value]:
    """The elements of an array, rows within rows, and the data beyond what is shown; None if all of it is shown."""
    shape = found.shape
    if not shape:
        return [found.at(())], None
    total, below = prod(shape), prod(shape[1:])
    if not total:
        return [], None
    count = min(shape[0], SHOWN // below)
    flat = [found.at(_index(number, shape)) for number in range(count * below or min(below, SHOWN))]
    if not count:  # one row is too long
        return flat, found.data
    for size in reversed(shape[1:]):
        flat = [flat[at : at + size] for at in range(0, len(flat), size)]
    return flat, None if count == shape[0] else found.data


def _index(number: int, shape: Sequence[int]) -> list[int]:
    """Where the element is that comes so many after the first, row by row."""
    index = []
    for size in reversed(shape):
        number, at = divmod(number, size)
        index.append(at)
    return index[::-1]


def scalar(args: Sequence[Value], state: Value) -> tuple[str, Any] | None:
    """The type and the value of a numpy scalar; None where it is not known."""
    if len(args) != 2 or type(args[1]) is not bytes:
        return None
    own = element(args[0])
    if own is None or own.size != len(args[1]):
        return None
    value = own.read(args[1], 0)
    if type(value) not in (int, float, bool, str):
        return None
    kind = own.name.partition("[")[0]
    return f"numpy:{'str_' if kind[:1] == 'U' else kind}", value


def dtype_text(args: Sequence[Value], state: Value) -> tuple[str, Any] | None:
    """The name of a dtype that stands by itself."""
    made = Obj(_DTYPE, tuple(args), "call")
    made.state, made.has_state = state, True
    own = element(made)
    if own is not None:
        return "numpy:dtype", own.name
    return ("numpy:dtype", "object") if args[:1] in (("O8",), ["O8"]) else None
