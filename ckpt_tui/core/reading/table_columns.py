"""The values of a column, an index or an array of pandas, each read on access, without pandas.

How they are pickled is pandas' own (`NDArrayBacked`, its masked, sparse and interval arrays).
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import NamedTuple

from ckpt_tui.core.reading import arrays
from ckpt_tui.core.reading.foreign_names import BACKED, INDEXES, INTERVALS
from ckpt_tui.core.reading.pandas_times import frequency, interval_text, period_text, zone_name
from ckpt_tui.core.reading.typenames import callable_name
from ckpt_tui.core.sequences import LazySequence
from ckpt_tui.core.value import Map, Obj, Ref, Value

ROWS = 200
"""Rows of a table that are shown; its data as they are follow where there are more."""

CELLS = 20_000
"""Cells of a table that are shown."""


class Column(NamedTuple):
    """Values of one type: the type's name, their number in each dimension, and a function that gives one."""

    dtype: str
    shape: tuple[int, ...]
    at: Callable[[Sequence[int]], Value]


def column_of(values: Value) -> Column | None:
    """The values of a block, an index, a series or an array; None for anything else."""
    if type(values) is not Obj:
        return None
    found = arrays.array(values)
    if found is not None:
        return Column(found.dtype, found.shape, found.at) if len(found.shape) in (1, 2) else None
    name = callable_name(values.cls)
    if name == BACKED and type(values.state) is tuple:
        inner = [arrays.array(part) for part in values.state if type(part) is Obj]
        own = next((part for part in inner if part is not None), None)
        described = [part for part in values.state if type(part) is Obj and arrays.array(part) is None]
        return None if own is None else _backed(own, described[0] if described else None)
    if name == INTERVALS and type(values.state) is tuple and values.state:
        return _intervals(values.state[0])
    if name.endswith(":SparseArray"):
        return _sparse(values.state)
    return _with_mask(values.state)


def _with_mask(state: Value) -> Column | None:
    """Numbers of which some are missing."""
    data, mask = member(state, "_data"), member(state, "_mask")
    if type(data) is not Obj or type(mask) is not Obj:
        return None
    own, hidden = arrays.array(data), arrays.array(mask)
    if own is None or hidden is None or own.shape != hidden.shape:
        return None
    values_at, hidden_at = own.at, hidden.at
    name = {"bool": "boolean"}.get(own.dtype, own.dtype.capitalize().replace("Uint", "UInt"))
    return Column(name, own.shape, lambda index: None if hidden_at(index) else values_at(index))


def _backed(own: arrays.Array, described: Value) -> Column | None:
    """Values that an array backs: texts, categories, periods, or times in a zone."""
    name = callable_name(described.cls).rpartition(":")[2] if type(described) is Obj else ""
    state = described.state if type(described) is Obj else None
    at = own.at
    if name == "CategoricalDtype":
        known = labels_of(member(state, "categories"))
        return None if known is None else Column("category", own.shape, lambda index: _category(known, at(index)))
    if name == "DatetimeTZDtype":
        zone = zone_name(member(state, "tz"))
        return Column(f"{own.dtype[:-1]}, {zone}]", own.shape, lambda index: _in_utc(at(index)))
    if name == "StringDtype":
        return Column(_text_type(described), own.shape, lambda index: _text(at(index)))
    if name == "PeriodDtype":
        each = frequency(described)
        return Column(f"period[{each}]", own.shape, lambda index: period_text(at(index), each))
    return Column(own.dtype, own.shape, own.at)


def _text_type(described: Obj) -> str:
    """`str` since pandas 3, where not a number stands for nothing; `string` where that is NA."""
    args = described.args
    return "str" if type(args) is tuple and len(args) == 2 and type(args[1]) is float else "string"


def _category(known: Sequence[Value], code: Value) -> Value:
    return known[code] if type(code) is int and 0 <= code < len(known) else None


def _in_utc(text: Value) -> Value:
    return f"{text}+00:00" if type(text) is str else text


def _text(value: Value) -> Value:
    return None if type(value) is float or (type(value) is Ref and value.name.endswith(":NA")) else value


def _intervals(state: Value) -> Column | None:
    """Intervals, each as text: `(0, 1]`."""
    left, right = (_ends(member(state, name)) for name in ("_left", "_right"))
    described = member(state, "_dtype")
    closed = member(described.state, "closed") if type(described) is Obj else member(state, "_closed")
    if left is None or right is None or len(left) != len(right):
        return None
    return Column("interval", (len(left),), lambda index: interval_text(left[index[0]], right[index[0]], closed))


def _ends(values: Value) -> Sequence[Value] | None:
    column = column_of(values)
    return _labels(column) if column is not None and len(column.shape) == 1 else labels_of(values)


def _sparse(state: Value) -> Column | None:
    """Values of which most are one and the same."""
    index, values = member(state, "_sparse_index"), column_of(member(state, "_sparse_values"))
    if values is None or type(index) is not Obj or type(index.args) is not tuple or type(index.args[0]) is not int:
        return None
    size, filler = index.args[0], member(member(state, "_dtype").state, "_fill_value")
    numbers = [column_of(part) for part in index.args[1:]]
    lists = [[int(one.at((at,))) for at in range(min(one.shape[0], CELLS))] for one in numbers if one is not None]
    if len(lists) != len(numbers) or not 1 <= len(lists) <= 2 or not 0 <= size < 1 << 40:
        return None
    starts, lengths = lists[0], lists[1] if len(lists) == 2 else [1] * len(lists[0])
    before = [0, *accumulate(lengths)]
    if min([*starts, *lengths, 0]) < 0 or len(starts) != len(lengths) or before[-1] != values.shape[0]:
        return None

    def at(index: Sequence[int]) -> Value:
        block = bisect_right(starts, index[0]) - 1
        inside = index[0] - starts[block] if block >= 0 else 0
        return values.at((before[block] + inside,)) if block >= 0 and inside < lengths[block] else filler

    return Column(f"Sparse[{values.dtype}]", (size,), at)


def member(state: Value, name: str) -> Value:
    """A member of a state by its name; None where there is none."""
    if type(state) is not Map:
        return None
    for key, value in zip(state.kv[::2], state.kv[1::2], strict=True):
        if type(key) is str and key == name:
            return value
    return None


# -- labels ------------------------------------------------------------------------------------------------------------


def labels_of(index: Value) -> Sequence[Value] | None:
    """The labels of an index, all of them; None for anything else."""
    if type(index) is not Obj or callable_name(index.cls) not in INDEXES or len(index.args) != 2:
        return None
    state = index.args[1]
    start, stop, step = (member(state, name) for name in ("start", "stop", "step"))
    if type(start) is type(stop) is type(step) is int and step and abs(stop - start) < 1 << 40:
        return range(start, stop, step)
    left, right = labels_of(member(state, "left")), labels_of(member(state, "right"))
    if left is not None and right is not None and len(left) == len(right):
        closed = member(state, "closed")
        return _Labels(len(left), lambda at: interval_text(left[at], right[at], closed))
    levels, codes = member(state, "levels"), member(state, "codes")
    if type(levels) is list and type(codes) is list and len(levels) == len(codes):
        return _pairs(levels, codes)
    column = column_of(member(state, "data"))
    if column is None or len(column.shape) != 1:
        return None
    return _labels(column)


def _labels(column: Column) -> Sequence[Value]:
    return _Labels(column.shape[0], lambda at: column.at((at,)))


class _Labels(LazySequence[Value]):
    """Labels, each read on access."""

    def __init__(self, size: int, at: Callable[[int], Value]) -> None:
        self._size = size
        self._at = at

    def __len__(self) -> int:
        return self._size

    def item(self, index: int) -> Value:
        """The label at an index."""
        return self._at(index)


def _pairs(levels: list[Value], codes: list[Value]) -> Sequence[Value] | None:
    """The labels of an index of several levels, each a list."""
    known = [found for level in levels if (found := labels_of(level)) is not None]
    columns = [found for code in codes if (found := column_of(code)) is not None and len(found.shape) == 1]
    if not columns or len(known) != len(levels) or len(columns) != len(codes):
        return None

    def label(at: int) -> Value:
        return [_category(level, column.at((at,))) for level, column in zip(known, columns, strict=True)]

    return _Labels(min(column.shape[0] for column in columns), label)
