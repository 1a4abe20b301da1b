"""pandas frames, series, indexes and times as a pickle holds them: shape, types and rows, without pandas.

How they are pickled is pandas' own (its block managers, `_new_Index`, `NDArrayBacked`). What does not fit is left to be
shown in its parts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ckpt_tui.core.reading import arrays
from ckpt_tui.core.reading.typenames import callable_name
from ckpt_tui.core.value import Map, Obj, Ref, Value

ROWS = 200
"""Rows of a table that are shown; its data as they are follow where there are more."""

_CELLS = 20_000
"""Cells of a table that are shown."""

_UNITS = {7: "s", 8: "ms", 9: "us", 10: "ns"}
"""How pandas counts a unit of time."""


class Column(NamedTuple):
    """Values of one type: the name of the type, how many there are in each dimension, and what gives one of them."""

    dtype: str
    shape: tuple[int, ...]
    at: Callable[[Sequence[int]], Value]


class Table(NamedTuple):
    """A frame, a series or an index: its attributes and its rows."""

    type: str
    attributes: list[Value]
    items: list[Value]


def table(obj: Obj, name: str) -> Table | None:
    """A pickled object as a table; None if it is not one, or of an unknown layout.

    Args:
        obj: The object.
        name: `module:qualname` of what makes it.
    """
    try:
        if name in FRAMES:
            return _frame(obj, name)
        if name in SERIES:
            return _series(obj, name)
        return _index(obj) if name in INDEXES else None
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError):  # not as pandas writes it
        return None


FRAMES = frozenset(("pandas:DataFrame", "pandas.core.frame:DataFrame"))
SERIES = frozenset(("pandas:Series", "pandas.core.series:Series"))
INDEXES = frozenset(("pandas.core.indexes.base:_new_Index", "pandas.core.indexes.datetimes:_new_DatetimeIndex"))
NAMES = FRAMES | SERIES | INDEXES
"""What makes a table."""


def _frame(obj: Obj, name: str) -> Table | None:
    manager = _member(obj.state, "_mgr")
    if type(manager) is not Obj or type(manager.args) is not tuple or len(manager.args) != 2:
        return None
    blocks, (columns, index) = manager.args
    labels = _labels(columns)
    marks = _labels(index)
    if labels is None or marks is None or type(blocks) is not tuple or len(labels) > _CELLS:
        return None
    count = min(len(marks), ROWS, max(_CELLS // max(len(labels), 1), 1))
    cells: dict[int, tuple[Column, int | None]] = {}
    left = _CELLS
    for block in blocks:
        values, places, _ = block.args
        column = _column(values)
        where = _places(places)
        if column is None or where is None or len(where) > left:
            return None
        left -= len(where)
        for row, place in enumerate(where):
            cells[place] = column, row if len(column.shape) == 2 else None
    if set(cells) != set(range(len(labels))) or any(column.shape[-1] != len(marks) for column, _ in cells.values()):
        return None
    order = [cells[place] for place in range(len(labels))]
    names = [
        label if type(label) is str else str(label) if type(label) in (int, float, bool) else "" for label in labels
    ]
    if len(set(names)) != len(names) or "" in names:
        names = [f"{place}: {label}" for place, label in enumerate(names)]
    rows: list[Value] = [
        Map([part for own, (column, row) in zip(names, order, strict=True)
             for part in (own, column.at((at,) if row is None else (row, at)))])
        for at in range(count)
    ]  # fmt: skip
    types = Map([part for own, (column, _) in zip(names, order, strict=True) for part in (own, column.dtype)])
    return _made(name, [len(marks), len(labels)], ["dtypes", types], marks, rows, manager, index)


def _series(obj: Obj, name: str) -> Table | None:
    manager = _member(obj.state, "_mgr")
    if type(manager) is not Obj or type(manager.state) is not tuple or len(manager.state) < 2:
        return None
    (index,), (values,) = manager.state[:2]
    column, marks = _column(values), _labels(index)
    if column is None or marks is None or column.shape != (len(marks),):
        return None
    rows = [column.at((at,)) for at in range(min(len(marks), ROWS))]
    own = _member(obj.state, "_name")
    named = ["name", own] if own is not None else []
    return _made(name, [len(marks)], ["dtype", column.dtype, *named], marks, rows, manager, index)


def _made(
    name: str, shape: list[Value], described: list[Value], marks: Sequence[Value], rows: list[Value], manager: Obj,
    index: Value,
) -> Table:  # fmt: skip
    attributes: list[Value] = ["shape", shape, *described]
    if not isinstance(marks, range) or marks != range(len(marks)):
        attributes += ["index", [marks[at] for at in range(len(rows))]]
        title = _index_name(index)
        if title is not None:
            attributes += ["index_name", title]
    if len(rows) < shape[0]:
        attributes += ["rest", manager]  # all of it: what is not shown may differ
    return Table(name, attributes, rows)


def _index(obj: Obj) -> Table | None:
    marks = _labels(obj)
    if marks is None or type(obj.args[0]) is not Ref:
        return None
    described: list[Value] = ["size", len(marks)]
    title = _index_name(obj)
    if title is not None:
        described += ["name", title]
    if isinstance(marks, range):
        return Table(obj.args[0].name, ["start", marks.start, "stop", marks.stop, "step", marks.step, *described], [])
    rest = ["rest", obj.args[1]] if len(marks) > ROWS else []
    return Table(obj.args[0].name, [*described, *rest], [marks[at] for at in range(min(len(marks), ROWS))])


def _index_name(index: Value) -> Value:
    return _member(index.args[1], "name") if type(index) is Obj and len(index.args) == 2 else None


def _labels(index: Value) -> Sequence[Value] | None:
    """The labels of an index, all of them."""
    if type(index) is not Obj or callable_name(index.cls) not in INDEXES or len(index.args) != 2:
        return None
    state = index.args[1]
    start, stop, step = (_member(state, name) for name in ("start", "stop", "step"))
    if type(start) is type(stop) is type(step) is int and step and abs(stop - start) < 1 << 40:
        return range(start, stop, step)
    levels, codes = _member(state, "levels"), _member(state, "codes")
    if type(levels) is list and type(codes) is list and len(levels) == len(codes):
        return _pairs(levels, codes)
    column = _column(_member(state, "data"))
    if column is None or len(column.shape) != 1:
        return None
    return _Labels(column)


class _Labels(Sequence[Value]):
    """The values of a column, each read when it is asked for."""

    def __init__(self, column: Column) -> None:
        self._column = column

    def __len__(self) -> int:
        return self._column.shape[0]

    def __getitem__(self, at):  # type: ignore[no-untyped-def]  # slices are not needed
        if not 0 <= at < len(self):
            raise IndexError(at)
        return self._column.at((at,))


def _pairs(levels: list[Value], codes: list[Value]) -> Sequence[Value] | None:
    """The labels of an index of several levels."""
    known = [_labels(level) for level in levels]
    columns = [_column(code) for code in codes]
    if None in known or None in columns or not columns:
        return None
    size = min(len(column.shape) == 1 and column.shape[0] for column in columns if column is not None)
    return [
        [level[code] if level is not None and 0 <= code < len(level) else None
         for level, column in zip(known, columns, strict=True) if column is not None for code in (column.at((at,)),)]
        for at in range(min(size, ROWS))
    ] if size <= ROWS else None  # fmt: skip


def _column(values: Value) -> Column | None:
    """The values of a block, an index or a series."""
    if type(values) is not Obj:
        return None
    found = arrays.array(values)
    if found is not None:
        return Column(found.dtype, found.shape, found.at) if len(found.shape) in (1, 2) else None
    name = callable_name(values.cls)
    if name.endswith(":__pyx_unpickle_NDArrayBacked") and type(values.state) is tuple:
        inner = [arrays.array(part) for part in values.state if type(part) is Obj]
        own = next((part for part in inner if part is not None), None)
        described = next((part for part, known in zip(values.state, inner, strict=False) if known is None), None)
        return None if own is None else _backed(own, described)
    data, mask = _member(values.state, "_data"), _member(values.state, "_mask")
    if type(data) is Obj and type(mask) is Obj:
        own, hidden = arrays.array(data), arrays.array(mask)
        if own is not None and hidden is not None and own.shape == hidden.shape:
            values_at, hidden_at = own.at, hidden.at
            return Column(
                own.dtype.capitalize(), own.shape, lambda index: None if hidden_at(index) else values_at(index)
            )
    return None


def _backed(own: arrays.Array, described: Value) -> Column | None:
    """Values that an array backs: texts, categories, or times in a zone."""
    name = callable_name(described.cls).rpartition(":")[2] if type(described) is Obj else ""
    state = described.state if type(described) is Obj else None
    if name == "CategoricalDtype":
        known = _labels(_member(state, "categories"))
        if known is None:
            return None
        at = own.at
        return Column("category", own.shape, lambda index: _category(known, at(index)))
    if name == "DatetimeTZDtype":
        zone = _zone(_member(state, "tz"))
        at = own.at
        return Column(f"{own.dtype[:-1]}, {zone}]", own.shape, lambda index: _in_utc(at(index)))
    if name == "StringDtype":
        at = own.at
        return Column("str", own.shape, lambda index: _text(at(index)))
    return Column(own.dtype, own.shape, own.at)


def _category(known: Sequence[Value], code: Value) -> Value:
    return known[code] if type(code) is int and 0 <= code < len(known) else None


def _in_utc(text: Value) -> Value:
    return f"{text}+00:00" if type(text) is str else text


def _text(value: Value) -> Value:
    return None if type(value) is float else value  # not a number stands for nothing there


def _zone(zone: Value) -> str:
    if type(zone) is Obj and type(zone.args) is tuple:
        if zone.args and type(zone.args[0]) is str and len(zone.args[0]) < 64:
            return zone.args[0]
        return "UTC" if callable_name(zone.cls) in ("datetime:timezone", "pytz:_UTC") else "?"
    return "?"


def _places(places: Value) -> Sequence[int] | None:
    """The columns of a block, by number."""
    if type(places) is not Obj:
        return None
    if callable_name(places.cls) == "builtins:slice" and len(places.args) == 3:
        start, stop, step = places.args
        if type(start) is type(stop) is type(step) is int and step and abs(stop - start) < _CELLS:
            return range(start, stop, step)
        return None
    found = arrays.array(places)
    if found is None or len(found.shape) != 1 or found.shape[0] > _CELLS:
        return None
    return [int(found.at((at,))) for at in range(found.shape[0])]


def _member(state: Value, name: str) -> Value:
    if type(state) is not Map:
        return None
    for key, value in zip(state.kv[::2], state.kv[1::2], strict=True):
        if type(key) is str and key == name:
            return value
    return None


# -- times -------------------------------------------------------------------------------------------------------------


def _timestamp(args: Sequence[Value], state: Value) -> tuple[str, Any] | None:
    if not 3 <= len(args) <= 4 or type(args[0]) is not int:
        return None
    unit = "ns" if len(args) == 3 else _UNITS.get(args[3]) if type(args[3]) is int else None
    text = arrays.time_text(args[0], unit) if unit is not None else None
    if text is None:
        return None
    zone = "" if args[2] is None else f"+00:00[{_zone(args[2])}]"
    return "pandas:Timestamp", f"{text}{zone}"


def _timedelta(args: Sequence[Value], state: Value) -> tuple[str, Any] | None:
    if not 1 <= len(args) <= 2 or type(args[0]) is not int:
        return None
    unit = "ns" if len(args) == 1 else _UNITS.get(args[1]) if type(args[1]) is int else None
    text = arrays.span_text(args[0], unit) if unit is not None else None
    return None if text is None else ("pandas:Timedelta", text)


def _nat(args: Sequence[Value], state: Value) -> tuple[str, Any] | None:
    return "pandas:NaT", "NaT"


READERS: dict[str, Callable[[Sequence[Value], Value], tuple[str, Any] | None]] = {
    "pandas._libs.tslibs.timestamps:_unpickle_timestamp": _timestamp,
    "pandas._libs.tslibs.timedeltas:_timedelta_unpickle": _timedelta,
    "pandas._libs.tslibs.nattype:_nat_unpickle": _nat,
    "pandas._libs.tslibs.nattype:__nat_unpickle": _nat,
}
"""Calls that make a point in time or a span of it, each with what reads its arguments."""
