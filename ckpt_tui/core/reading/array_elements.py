"""The types of numpy as a pickle describes them, and how one element is read from its bytes, without numpy.

How they are pickled is numpy's own (`dtype.__reduce__`).
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from math import prod
from struct import unpack_from
from typing import NamedTuple

from ckpt_tui.core.reading.long_floats import long_float
from ckpt_tui.core.reading.typenames import callable_name
from ckpt_tui.core.value import Map, Obj, Ref, Value

_RECORDS = frozenset(("numpy:record", "numpy.rec:record", "numpy.core.records:record"))

_NUMBERS = {
    "i1": ("int8", "b"), "i2": ("int16", "h"), "i4": ("int32", "i"), "i8": ("int64", "q"),
    "u1": ("uint8", "B"), "u2": ("uint16", "H"), "u4": ("uint32", "I"), "u8": ("uint64", "Q"),
    "f2": ("float16", "e"), "f4": ("float32", "f"), "f8": ("float64", "d"), "b1": ("bool", "?"),
}  # fmt: skip
_LONG = {"f12": "float96", "f16": "float128"}
MOST_DIMENSIONS = 64
"""Dimensions of an array that numpy allows."""

MOST_FIELDS = 256
"""Fields of a structured type, those of the types within it included."""

_NAME = 256
"""Characters of a field's name."""

_DEPTH = 8
"""Structured types within each other."""

_PARTS = 100_000
"""Numbers in one element: of an array within a structured type."""

_UNITS = {"Y": 0, "M": 0, "W": 604_800, "D": 86_400, "h": 3600, "m": 60, "s": 1, "ms": -3, "us": -6, "ns": -9}
"""A unit of time in seconds, or the power of ten of its fraction of one."""

_NOT_A_TIME = -(1 << 63)


class Element(NamedTuple):
    """The type of an array's elements.

    Attributes:
        name: Its name.
        size: Bytes of each.
        read: A function that reads one at an offset.
        parts: How many values one holds: more than 1 where it is structured.
    """

    name: str
    size: int
    read: Callable[[bytes, int], Value]
    parts: int = 1


def element(dtype: Value, depth: int = 0, left: list[int] | None = None) -> Element | None:
    """The element type that a pickled dtype describes; None if it is unknown.

    Args:
        dtype: The dtype.
        depth: How many structured types it lies in.
        left: How many fields may still be described, all together.
    """
    left = [MOST_FIELDS] if left is None else left
    found = described(dtype)
    if found is None or depth > _DEPTH:
        return None
    code, state = found
    order = ">" if state[1] == ">" else "<"
    if code in _NUMBERS:
        name, letter = _NUMBERS[code]
        form = f"{order}{letter}"
        return Element(name, int(code[1:]), lambda data, at: unpack_from(form, data, at)[0])
    kind, digits = code[:1], code[1:]
    if code in _LONG and order == "<":
        return Element(_LONG[code], int(digits), lambda data, at: long_float(bytes(data[at : at + int(digits)])))
    if kind in ("c", "U", "S") and digits.isdecimal() and len(digits) < 7:
        return _sized(kind, int(digits), order)
    if kind in ("M", "m") and len(state) > 8:
        return _time(kind, state[8], order)
    if kind != "V" or not digits.isdecimal() or len(digits) >= 7:
        return None
    size = int(digits)
    if type(state[3]) is tuple and type(state[4]) is Map:
        return _record(state[3], state[4], size, depth, left)
    if type(state[2]) is tuple and len(state[2]) == 2:
        return _array_within(*state[2], size, depth, left)
    return Element(f"V{size}", size, lambda data, at: bytes(data[at : at + size])) if size else None


def described(dtype: Value) -> tuple[str, tuple[Value, ...]] | None:
    """The code of a dtype, such as `f8`, and its state; None for anything else."""
    if type(dtype) is not Obj or callable_name(dtype.cls) != "numpy:dtype":
        return None
    args, state = dtype.args, dtype.state
    if type(args) is not tuple or not args or type(state) is not tuple or len(state) < 5:
        return None
    if type(args[0]) is str:
        return args[0], state
    # Of a record array: the class of its elements, and their size among the rest.
    is_record = type(args[0]) is Ref and args[0].name in _RECORDS and len(state) > 5 and type(state[5]) is int
    return (f"V{state[5]}", state) if is_record else None


def _sized(kind: str, size: int, order: str) -> Element | None:
    if kind == "c":
        if size in (24, 32) and order == "<":
            half = size // 2
            return Element(
                f"complex{size * 8}", size,
                lambda data, at: _complex_text(*(long_float(bytes(data[at : at + half])) for at in (at, at + half))),
            )  # fmt: skip
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


def _complex_text(real: float | str, imaginary: float | str) -> str:
    sign = "" if str(imaginary).startswith("-") else "+"
    return f"({real}{sign}{imaginary}j)"


def _time(kind: str, unit_of: Value, order: str) -> Element | None:
    """A point in time or a span of it; its unit is beside the type: `(…, (unit, number, …))`."""
    inner = unit_of[1] if type(unit_of) is tuple and len(unit_of) == 2 else None
    if type(inner) is not tuple or len(inner) < 2 or type(inner[0]) not in (bytes, str) or type(inner[1]) is not int:
        return None
    unit = inner[0].decode("ascii", "replace") if type(inner[0]) is bytes else inner[0]
    each = inner[1]
    if unit == "generic":  # as NaT has it
        name, form = "datetime64" if kind == "M" else "timedelta64", f"{order}q"
        return Element(name, 8, lambda data, at: _counted(unpack_from(form, data, at)[0]))
    if unit not in _UNITS or not 1 <= each < 1_000_000:
        return None
    counted = f"{each if each > 1 else ''}{unit}"
    form = f"{order}q"
    write = time_text if kind == "M" else span_text
    name = f"{'datetime64' if kind == 'M' else 'timedelta64'}[{counted}]"
    return Element(name, 8, lambda data, at: write(unpack_from(form, data, at)[0] * each, unit))


def _record(names: Sequence[Value], fields: Map, size: int, depth: int, left: list[int]) -> Element | None:
    """A structured type: its fields, each with its type and its offset."""
    own: list[tuple[str, Element, int]] = []
    for name, dtype, offset in fields_of(names, fields):
        left[0] -= 1
        inner = element(dtype, depth + 1, left) if left[0] >= 0 else None
        if inner is None or not 0 <= offset <= size - inner.size:
            return None
        own.append((name, inner, offset))
    if not own or len(own) != len(names):
        return None
    text = ", ".join(f"{name}: {inner.name}" for name, inner, _ in own)
    return Element(
        f"record({text})", size,
        lambda data, at: Map([part for name, inner, offset in own for part in (name, inner.read(data, at + offset))]),
        sum(inner.parts for _, inner, _ in own),
    )  # fmt: skip


def fields_of(names: Sequence[Value], fields: Map) -> list[tuple[str, Value, int]]:
    """The fields of a structured type as far as they are as numpy writes them: name, dtype and offset of each."""
    kv = fields.kv
    inner = {key: value for key, value in zip(kv[::2], kv[1::2], strict=True) if type(key) is str}
    found = []
    for name in names if len(names) <= MOST_FIELDS else ():
        field = inner.get(name) if type(name) is str and len(name) <= _NAME else None
        if type(field) is not tuple or len(field) < 2 or type(field[1]) is not int:
            break
        found.append((name, field[0], field[1]))
    return found


def _array_within(dtype: Value, shape: Value, size: int, depth: int, left: list[int]) -> Element | None:
    """An array of a fixed shape within a structured type."""
    inner = element(dtype, depth + 1, left)
    if inner is None or type(shape) is not tuple or not is_shape(shape):
        return None
    count = prod(shape)
    if count * inner.size != size or not 0 < count * inner.parts <= _PARTS:
        return None

    def read(data: bytes, at: int) -> Value:
        return nested([inner.read(data, at + number * inner.size) for number in range(count)], shape)

    return Element(f"{inner.name}{list(shape)}", size, read, count * inner.parts)


def is_shape(shape: Sequence[Value]) -> bool:
    """Whether these are sizes of dimensions, as many as numpy allows."""
    return len(shape) <= MOST_DIMENSIONS and all(type(size) is int and size >= 0 for size in shape)


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


def _counted(count: int) -> Value:
    """A time without a unit; None for "not a time"."""
    return None if count == _NOT_A_TIME else count


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


def nested(flat: list[Value], shape: Sequence[int]) -> list[Value]:
    """Elements in rows within rows."""
    for size in reversed(shape[1:]):
        flat = [flat[at : at + size] for at in range(0, len(flat), size)]
    return flat
