"""pandas frames, series and indexes as a pickle holds them: shape, types and rows, without pandas.

How they are pickled is pandas' own (its block managers, `_new_Index`). What does not fit is left to be shown in its
parts.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ckpt_tui.core.reading import arrays
from ckpt_tui.core.reading.foreign_names import FRAMES, INDEXES, SERIES
from ckpt_tui.core.reading.table_columns import CELLS, ROWS, Column, column_of, labels_of, member
from ckpt_tui.core.reading.typenames import callable_name
from ckpt_tui.core.value import Map, Obj, Ref, Value


class Table(NamedTuple):
    """A frame, a series, an index or an array of pandas: its attributes and its rows, None where those say it all."""

    type: str
    attributes: list[Value]
    items: list[Value] | None


def table(obj: Obj, name: str) -> Table | None:
    """A pickled object as a table; None if it is not one, or of an unknown layout.

    Args:
        obj: The object.
        name: `module:qualname` of the callable that makes it.
    """
    try:
        if name in FRAMES:
            return _frame(obj, name)
        if name in SERIES:
            return _series(obj, name)
        return _index(obj) if name in INDEXES else _array(obj)
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError):  # not as pandas writes it
        return None


def _frame(obj: Obj, name: str) -> Table | None:
    manager = member(obj.state, "_mgr")
    if type(manager) is not Obj or type(manager.args) is not tuple or len(manager.args) != 2:
        return None
    blocks, (columns, index) = manager.args
    labels = labels_of(columns)
    marks = labels_of(index)
    if labels is None or marks is None or type(blocks) is not tuple or len(labels) > CELLS:
        return None
    count = min(len(marks), ROWS, max(CELLS // max(len(labels), 1), 1))
    cells: dict[int, tuple[Column, int | None]] = {}
    left = CELLS
    for block in blocks:
        values, places, _ = block.args
        column = column_of(values)
        where = _places(places)
        if column is None or where is None or len(where) > left:
            return None
        left -= len(where)
        for row, place in enumerate(where):
            cells[place] = column, row if len(column.shape) == 2 else None
    if set(cells) != set(range(len(labels))) or any(column.shape[-1] != len(marks) for column, _ in cells.values()):
        return None
    order = [cells[place] for place in range(len(labels))]
    names = [_title(label) for label in labels]
    if len(set(names)) != len(names) or "" in names:
        names = [f"{place}: {label}" for place, label in enumerate(names)]
    rows: list[Value] = [
        Map([part for own, (column, row) in zip(names, order, strict=True)
             for part in (own, column.at((at,) if row is None else (row, at)))])
        for at in range(count)
    ]  # fmt: skip
    types = Map([part for own, (column, _) in zip(names, order, strict=True) for part in (own, column.dtype)])
    return _made(name, [len(marks), len(labels)], ["dtypes", types], marks, rows, manager, index)


def _title(label: Value) -> str:
    """The label of a column as text; one of several levels as pandas writes it in JSON; "" for anything else."""
    if type(label) is list:
        if len(label) <= _LEVELS and all(type(part) in (str, int, float, bool, type(None)) for part in label):
            return str(tuple(label))
        return ""
    return label if type(label) is str else str(label) if type(label) in (int, float, bool) else ""


_LEVELS = 16
"""Levels of an index whose labels become names of columns."""


def _series(obj: Obj, name: str) -> Table | None:
    manager = member(obj.state, "_mgr")
    if type(manager) is not Obj or type(manager.state) is not tuple or len(manager.state) < 2:
        return None
    (index,), (values,) = manager.state[:2]
    column, marks = column_of(values), labels_of(index)
    if column is None or marks is None or column.shape != (len(marks),):
        return None
    rows = [column.at((at,)) for at in range(min(len(marks), ROWS))]
    own = member(obj.state, "_name")
    own = member(obj.state, "name") if own is None else own  # before pandas 2
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
    marks = labels_of(obj)
    if marks is None or type(obj.args[0]) is not Ref:
        return None
    described: list[Value] = ["size", len(marks)]
    title = _index_name(obj)
    if title is not None:
        described += ["name", title]
    if isinstance(marks, range):
        return Table(obj.args[0].name, ["start", marks.start, "stop", marks.stop, "step", marks.step, *described], None)
    rest = ["rest", obj.args[1]] if len(marks) > ROWS else []
    return Table(obj.args[0].name, [*described, *rest], [marks[at] for at in range(min(len(marks), ROWS))])


def _array(obj: Obj) -> Table | None:
    """An array of pandas on its own: categories, times, periods, intervals."""
    column = column_of(obj)
    if column is None or len(column.shape) != 1 or type(obj.args) is not tuple or type(obj.args[0]) is not Ref:
        return None
    size = column.shape[0]
    rest = ["rest", obj.state] if size > ROWS else []
    rows = [column.at((at,)) for at in range(min(size, ROWS))]
    return Table(obj.args[0].name, ["shape", [size], "dtype", column.dtype, *rest], rows)


def _index_name(index: Value) -> Value:
    """The name of an index, or those of its levels; None where it has none."""
    if type(index) is not Obj or len(index.args) != 2:
        return None
    names = member(index.args[1], "names")
    if type(names) is list and len(names) <= _LEVELS and any(name is not None for name in names):
        return names
    return member(index.args[1], "name")


def _places(places: Value) -> Sequence[int] | None:
    """The columns of a block, by number."""
    if type(places) is not Obj:
        return None
    if callable_name(places.cls) == "builtins:slice" and len(places.args) == 3:
        start, stop, step = places.args
        if type(start) is type(stop) is type(step) is int and step and abs(stop - start) < CELLS:
            return range(start, stop, step)
        return None
    found = arrays.array(places)
    if found is None or len(found.shape) != 1 or found.shape[0] > CELLS:
        return None
    return [int(found.at((at,))) for at in range(found.shape[0])]
