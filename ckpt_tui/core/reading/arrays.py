"""numpy arrays and scalars as a pickle holds them: shape, type and values, worked out from the bytes, without numpy.

How they are pickled is numpy's own (`ndarray.__reduce__`, `MaskedArray.__reduce__`). What does not fit is left to be
shown in its parts.
"""

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, NamedTuple

from ckpt_tui.core.reading.array_elements import (
    MOST_DIMENSIONS,
    MOST_FIELDS,
    Element,
    described,
    element,
    fields_of,
    is_shape,
    nested,
)
from ckpt_tui.core.reading.foreign_names import ARRAYS_IN_BUFFERS, ARRAYS_MADE, ARRAYS_MASKED
from ckpt_tui.core.reading.typenames import callable_name
from ckpt_tui.core.value import Map, Obj, Ref, Value

_DTYPE = Ref("numpy", "dtype")
_ARRAY = "numpy:ndarray"

SHOWN = 1_000
"""Elements of an array that are shown one by one; the bytes of the others follow."""


class Array(NamedTuple):
    """An array.

    Attributes:
        dtype: The name of its elements' type.
        shape: Its size in each dimension.
        at: A function that gives one element.
        data: All of its elements: the bytes, or the list of an array of objects.
        type: `module:qualname` of its class.
        parts: How many values one element holds.
        mask: The bytes that mark masked elements, where it has them.
    """

    dtype: str
    shape: tuple[int, ...]
    at: Callable[[Sequence[int]], Value]
    data: Value
    type: str = _ARRAY
    parts: int = 1
    mask: Value = None


def array(obj: Obj) -> Array | None:
    """A pickled object as an array; None if it is not one, or of an unknown layout."""
    found = _parts(obj)
    if found is None or type(found.shape) is not tuple or not is_shape(found.shape):
        return None
    shape, data = found.shape, found.data
    strides = _strides(shape, found.is_fortran)
    made: Array | None = None
    if type(data) is list:
        made = _of_objects(found.dtype, shape, data)
    else:
        own = element(found.dtype)
        if (
            own is not None
            and type(data) in (bytes, bytearray)
            and own.size > 0
            and prod(shape) * own.size == len(data)
        ):
            raw, size, read = data, own.size, own.read
            made = Array(
                own.name, shape, lambda index: read(raw, _offset(index, strides) * size), data, parts=own.parts
            )
    if made is None:
        return None
    made = made._replace(type=found.type)
    if found.axes is not None:
        made = _turned(made, found.axes)
    return made if found.mask is None else _masked(made, found.mask, strides)


def _of_objects(dtype: Value, shape: tuple[int, ...], items: list[Value]) -> Array | None:
    """An array of objects, which are written row by row whatever the order in memory; or of records that hold some."""
    known = described(dtype)
    if known is None or prod(shape) != len(items):
        return None
    code, state = known
    strides = _strides(shape, is_fortran=False)
    if code == "O8":
        return Array("object", shape, lambda index: items[_offset(index, strides)], items)
    if code[:1] != "V" or type(state[3]) is not tuple or type(state[4]) is not Map:
        return None
    fields = fields_of(state[3], state[4])
    if not fields or len(fields) != len(state[3]):
        return None
    text = ", ".join(f"{name}: {_name_of(inner)}" for name, inner, _ in fields)
    return Array(
        f"record({text})", shape, lambda index: _with_names(items[_offset(index, strides)], fields), items,
        parts=len(fields),
    )  # fmt: skip


def _name_of(dtype: Value) -> str:
    known = described(dtype)
    if known is not None and known[0] == "O8":
        return "object"
    own = element(dtype)
    return "record" if own is None else own.name


def _with_names(record: Value, fields: Sequence[tuple[str, Value, int]]) -> Value:
    """A record that is written as a tuple, with the names of its fields."""
    if type(record) is not tuple or len(record) != len(fields):
        return record
    return Map([part for (name, _, _), value in zip(fields, record, strict=True) for part in (name, value)])


def _turned(made: Array, axes: Sequence[int]) -> Array:
    """An array that is written in the order of its memory, its axes in their own order again."""
    at, shape = made.at, made.shape
    places = [axes.index(axis) for axis in range(len(axes))]
    return made._replace(
        shape=tuple(shape[axis] for axis in axes), at=lambda index: at([index[place] for place in places])
    )


def _masked(made: Array, mask: Value, strides: Sequence[int]) -> Array | None:
    """A masked array: masked elements are None."""
    if type(mask) not in (bytes, bytearray) or len(mask) != prod(made.shape):
        return None
    at = made.at
    return made._replace(at=lambda index: None if mask[_offset(index, strides)] else at(index), mask=mask)


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


class _Parts(NamedTuple):
    """What a pickled array is made of, none of it checked but `is_fortran`, `axes` and `type`."""

    shape: Value
    dtype: Value
    is_fortran: bool
    data: Value
    axes: tuple[int, ...] | None = None
    mask: Value = None
    type: str = _ARRAY


def _parts(obj: Obj) -> _Parts | None:
    name, state, args = callable_name(obj.cls), obj.state, obj.args
    if name in ARRAYS_MADE and type(state) is tuple and len(state) == 5:
        return _Parts(*state[1:3], state[3] is True, state[4], type=_class_of(args))
    if name in ARRAYS_MASKED and type(state) is tuple and len(state) == 7:
        return _Parts(*state[1:3], state[3] is True, state[4], mask=state[5], type=_class_of(args))
    if name in ARRAYS_IN_BUFFERS and type(args) is tuple and len(args) in (4, 5) and not obj.has_state:
        axes = args[4] if len(args) == 5 and args[3] == "K" else None
        if axes is not None and (type(axes) is not tuple or not _is_order(axes, args[2])):
            return None
        return _Parts(args[2], args[1], args[3] == "F", args[0], axes)
    return None


def _is_order(axes: Sequence[Value], shape: Value) -> bool:
    """Whether all axes of a shape are named, each once."""
    if type(shape) is not tuple or len(axes) != len(shape) or len(axes) > MOST_DIMENSIONS:
        return False
    return all(type(axis) is int for axis in axes) and sorted(axes) == list(range(len(axes)))


def _class_of(args: Value) -> str:
    """The class that an array is to have: numpy's own, or one that derives from it."""
    named = type(args) is tuple and args and type(args[0]) is Ref
    return args[0].name if named else _ARRAY


def rows(found: Array) -> tuple[list[Value], Value]:
    """The elements of an array, rows within rows, and the data beyond what is shown; None if all of it is shown."""
    shape = found.shape
    if not shape:
        return [found.at(())], None
    total, below = prod(shape), prod(shape[1:])
    if not total:
        return [], None
    shown = max(SHOWN * MOST_FIELDS // max(found.parts, MOST_FIELDS), 1)
    count = min(shape[0], shown // below)
    flat = [found.at(_index(number, shape)) for number in range(count * below or min(below, shown))]
    if not count:  # one row is too long
        return flat, found.data
    return nested(flat, (count, *shape[1:])), None if count == shape[0] else found.data


class Elements(Sequence[Value]):
    """All elements of an array, in the order and in the rows of `rows`, each read on access.

    Args:
        found: The array.
        is_flat: Its elements follow each other, whatever its shape.
    """

    def __init__(self, found: Array, is_flat: bool) -> None:
        self._found = found
        self._below = 1 if is_flat else prod(found.shape[1:])
        self._row = () if is_flat else found.shape[1:]
        self._size = prod(found.shape) if is_flat else found.shape[0]

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, index):  # type: ignore[no-untyped-def]  # slices are not needed
        if not 0 <= index < self._size:
            raise IndexError(index)
        begin, shape = index * self._below, self._found.shape
        flat = [self._found.at(_index(number, shape)) for number in range(begin, begin + self._below)]
        return nested(flat, self._row) if self._row else flat[0]


def elements(found: Array) -> Elements:
    """All elements of an array of which `rows` gives only the first ones."""
    return Elements(found, is_flat=not _rows_shown(found))


def _rows_shown(found: Array) -> int:
    """How many whole rows of an array are shown at most; 0 where one is too long."""
    return max(SHOWN * MOST_FIELDS // max(found.parts, MOST_FIELDS), 1) // max(prod(found.shape[1:]), 1)


def _index(number: int, shape: Sequence[int]) -> list[int]:
    """Where the element is that comes so many after the first, row by row."""
    index = []
    for size in reversed(shape):
        number, at = divmod(number, size)
        index.append(at)
    return index[::-1]


def _scalar(args: Value) -> tuple[Element, Value] | None:
    """The type of a numpy scalar and its value; None where it is not known."""
    if type(args) not in (tuple, list) or len(args) != 2 or type(args[1]) is not bytes:
        return None
    own = element(args[0])
    return None if own is None or own.size != len(args[1]) else (own, own.read(args[1], 0))


def scalar(args: Sequence[Value], state: Value) -> tuple[str, Any] | None:
    """The type and the value of a numpy scalar that is a number, a text or a time; None for any other."""
    found = _scalar(args)
    if found is None:
        return None
    kind = found[0].name.partition("[")[0]
    value = "NaT" if found[1] is None else found[1]
    if type(value) not in (int, float, bool, str):
        return None
    return f"numpy:{'str_' if kind[:1] == 'U' else kind}", value


def record_scalar(args: Value) -> tuple[str, list[Value]] | None:
    """The type of a numpy scalar that is a record or bytes, and name, value, … of what it holds; None for others."""
    found = _scalar(args)
    if found is None:
        return None
    own, value = found
    if type(value) is Map:
        return "numpy:void", ["dtype", own.name, *value.kv]
    return (f"numpy:{'bytes_' if own.name[:1] == 'S' else 'void'}", ["value", value]) if type(value) is bytes else None


def dtype_text(args: Sequence[Value], state: Value) -> tuple[str, Any] | None:
    """The name of a dtype on its own."""
    made = Obj(_DTYPE, tuple(args), "call")
    made.state, made.has_state = state, True
    own = element(made)
    if own is not None:
        return "numpy:dtype", own.name
    return ("numpy:dtype", "object") if args[:1] in (("O8",), ["O8"]) else None
