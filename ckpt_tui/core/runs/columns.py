"""The columns of the list of checkpoints, in one table that `ls` and the browser read.

A new column is an entry of `COLUMNS` and its test: both draw it, the browser also names it in the first row.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from ckpt_tui.core.runs import listing
from ckpt_tui.core.text import size_text

Place = Literal["both", "ls", "browser"]


class Around(NamedTuple):
    """Facts for columns beside the row itself.

    Attributes:
        ids: File name → an id that no other row has; where it is missing, the beginning of the id.
        changes: File name → changes since the parent, where they are known.
    """

    ids: Mapping[str, str] = MappingProxyType({})
    changes: Mapping[str, int] = MappingProxyType({})


class Column(NamedTuple):
    """One column.

    Attributes:
        id: Its name in code.
        title: Its name for people, not wider than the column.
        text: Its text for one row, safe for a terminal.
        cells: Cells of its text at least, and in the browser exactly, but for `grows` and `is_free`.
        right: Its text is aligned to the right.
        from_width: Width of the list in cells from which the browser shows it.
        place: Which list shows it.
        grows: In the browser it is as wide as its widest text, too.
        is_free: It takes the width that the others leave, and comes last where lines are not cut.
        style: Name of its style in the browser.
    """

    id: str
    title: str
    text: Callable[[listing.NodeRow, Around], str]
    cells: int = 0
    right: bool = False
    from_width: int = 0
    place: Place = "both"
    grows: bool = False
    is_free: bool = False
    style: str = "dim"


def _changes(row: listing.NodeRow, around: Around) -> str:
    count = around.changes.get(row.node.ref.file)
    if count is None:
        return ""
    return f"±{count:,}" if count < 10_000 else f"±{count // 1000} k"


COLUMNS: tuple[Column, ...] = (
    Column("gutter", "", lambda row, around: listing.node_gutter(row.node), 1, grows=True, style="lane"),
    Column("id", "id", lambda row, around: around.ids.get(row.node.ref.file, ""), 1, place="ls"),
    Column("step", "step", lambda row, around: str(row.node.ref.step), 2, right=True, grows=True),
    Column("what", "what", lambda row, around: listing.summary(row), 1, is_free=True, style="plain"),
    Column("changes", "±", _changes, 5, right=True, from_width=54, place="browser"),
    Column("time", "+time", lambda row, around: listing.when_text(row), 8, right=True, from_width=36, grows=True),
    Column("size", "size", lambda row, around: size_text(row.node.ref.size), 5, right=True, from_width=48),
)
"""All columns, in the order of the browser."""

BY_ID = {column.id: column for column in COLUMNS}


def columns_of_lines() -> list[Column]:
    """The columns of `ls`, the free one last."""
    shown = [column for column in COLUMNS if column.place != "browser"]
    return sorted(shown, key=lambda column: column.is_free)


class Cell(NamedTuple):
    """A column where the browser draws it: the blanks before it, and its cells."""

    column: Column
    gap: int
    cells: int


def lay_out(width: int, widest: Mapping[str, int]) -> tuple[Cell, ...]:
    """The columns that fit into this many cells, one blank between two of them.

    Args:
        width: Cells of the list, without the edge of each row.
        widest: Id of a column that grows → cells of its widest text.
    """
    shown = [column for column in COLUMNS if column.place != "ls" and width >= column.from_width]
    cells = {column.id: max(column.cells, widest.get(column.id, 0) if column.grows else 0) for column in shown}
    # A gutter of many branches leaves half of the width to what happened.
    cells["gutter"] = min(cells["gutter"], max(width // 4, 1))
    room = width - sum(count for name, count in cells.items() if not BY_ID[name].is_free) - (len(shown) - 1)
    return tuple(
        Cell(column, 1 if index else 0, max(room, _LEAST) if column.is_free else cells[column.id])
        for index, column in enumerate(shown)
    )


_LEAST = 4
"""Cells of the free column at least; what is behind it is cut then."""


def titles(laid: tuple[Cell, ...], before: int = 0) -> str:
    """The names of the columns as the line above them shows them, after this many cells before the first column."""
    out = " " * before
    for cell in laid:
        title, end = cell.column.title, len(out) + cell.gap + cell.cells
        begin = max(end - len(title), 0) if cell.column.right else len(out) + cell.gap
        out = (out[:begin].ljust(begin) + title).ljust(end)
    return out
