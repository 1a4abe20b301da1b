"""The changes as lines: one below the other, or the two sides beside each other."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual.message import Message

from ckpt_tui.core.diff.changes import Change, Difference
from ckpt_tui.core.diff.comparison import DiffRow, rows
from ckpt_tui.core.reading.summary import summary
from ckpt_tui.core.shown_names import shown_path
from ckpt_tui.core.value import Value
from ckpt_tui.tui.commands import bindings
from ckpt_tui.tui.widgets.change_parts import Parts, beside_parts, change_parts, is_wide, marked
from ckpt_tui.tui.widgets.line_list import LineList
from ckpt_tui.tui.widgets.part_styles import Look


class DiffRows(LineList):
    """The changes of one diff."""

    BINDINGS = bindings("diff")

    LOOKS: ClassVar[Mapping[str, Look]] = {
        **LineList.LOOKS, "gone": Look("error", text="strike"), "new": Look("success", text="bold"),
    }  # fmt: skip

    @dataclass
    class Opened(Message):
        """The person wants to see a change in full, or go to its place."""

        change: Change

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.reveal = False
        self.beside = False
        """The two sides are shown side by side."""
        self.everything = False
        """Unchanged values are listed, too."""
        self._changes: tuple[Change, ...] = ()
        self._document: Mapping[str, Value] = {}
        self._rows: list[DiffRow] = []
        self._lines: list[tuple[int, bool]] = []  # a row, and whether this is its second line
        self._text = ""
        self.match = ""
        """The searched text, or ""."""
        self._found: tuple[object, list[int]] = ((), [])  # the rows that were searched, and where it occurs in them

    @property
    def line_count(self) -> int:
        return len(self._lines) or (1 if self._text else 0)

    def show_text(self, text: str) -> None:
        """Show a word instead of changes."""
        self._changes, self._rows, self._lines, self._text = (), [], [], text
        self.cursor = 0
        self.changed()

    def show(self, difference: Difference, document: Mapping[str, Value], strict: bool = False) -> None:
        """Show the changes.

        Args:
            difference: The changes.
            document: The second document.
            strict: Also show changes that rules hide.
        """
        self._changes = difference.changes if strict else difference.shown
        self._document = document
        self.lay_out(keep=False)

    def lay_out(self, keep: bool = True) -> None:
        """Lay the rows out again, the cursor on the same change."""
        here = self.row
        self._rows = rows(self._changes, self._document, self.everything)
        self._lines = []
        for index, row in enumerate(self._rows):
            self._lines.append((index, False))
            if not self.beside and row.change is not None and is_wide(row.change):
                self._lines.append((index, True))
        self._text = "" if self._rows else "Nothing changed."
        self.changed()
        self.cursor = 0
        if keep and here is not None and here.change is not None:
            self.go_to(here.change)
        else:
            self.scroll_to(y=0, animate=False, immediate=True)
            self.next_change(1, from_start=True)

    @property
    def row(self) -> DiffRow | None:
        """The row under the cursor."""
        return self._rows[self._lines[self.cursor][0]] if self.cursor < len(self._lines) else None

    @property
    def place(self) -> str:
        """The path under the cursor, safe for a terminal; "" where there is none."""
        row = self.row
        return shown_path(row.change.path) if row is not None and row.change is not None else ""

    def go_to(self, change: Change) -> None:
        """Put the cursor on a change."""
        for index, (row, second) in enumerate(self._lines):
            found = self._rows[row].change
            if not second and found is not None and (found.op, found.path) == (change.op, change.path):
                self.move_to(index)
                return

    def next_change(self, direction: int, from_start: bool = False) -> bool:
        """Go to the next or previous change; False when there is none in that direction."""
        index = -1 if from_start else self.cursor
        while 0 <= index + direction < len(self._lines):
            index += direction
            row, second = self._lines[index]
            if self._rows[row].change is not None and not second:
                self.move_to(index, by_hand=not from_start)
                return True
        return False

    # -- searching ---------------------------------------------------------------------------------------------------

    def set_match(self, text: str) -> None:
        """Mark a text; "" marks nothing."""
        self.match = text
        self._found = ((), [])
        self.changed()

    def unsearched(self) -> list[DiffRow] | None:
        """The rows that have to be searched before the next match is known; None where they were."""
        return self._rows if self._found[0] is not self._rows else None

    def take_found(self, rows: object, places: list[int]) -> None:
        """Keep where the text occurs in rows that were searched."""
        self._found = (rows, places)

    def next_match(self, direction: int) -> tuple[int, int]:
        """Go on by so many matches, round the end; which one it is, and how many there are."""
        places = self._found[1]
        if not places:
            return 0, 0
        here = self._lines[self.cursor][0] if self.cursor < len(self._lines) else -1
        before = bisect_right(places, here) if direction > 0 else bisect_left(places, here)
        at = (before + direction - (1 if direction > 0 else 0)) % len(places)
        self.move_to(next(index for index, (row, _) in enumerate(self._lines) if row == places[at]))
        return at + 1, len(places)

    @property
    def position(self) -> tuple[int, int]:
        """Which change the cursor is at or behind, and how many there are."""
        total = sum(1 for row in self._rows if row.change is not None)
        here = self._lines[self.cursor][0] if self.cursor < len(self._lines) else -1
        return sum(1 for row in self._rows[: here + 1] if row.change is not None), total

    # -- drawing -----------------------------------------------------------------------------------------------------

    def draw(self, index: int, width: int) -> Parts:
        parts = self._drawn(index, width)
        return marked(parts, self.match) if self.match else parts

    def _drawn(self, index: int, width: int) -> Parts:
        if not self._lines:
            return [(self._text, "dim")]
        at, second = self._lines[index]
        row = self._rows[at]
        indent = "  " * min(row.depth, max(width // 8, 1))
        if row.kind == "group":
            word = "change" if row.number == 1 else "changes"
            return [(indent, "dim"), (row.label, "label"), (f"  {row.number:,} {word}", "dim")]
        if row.kind == "more":
            return [(f"{indent}⋯ {row.number:,} more {row.label}", "dim")]
        if self.beside:
            return beside_parts(row, indent, width, self.reveal)
        if row.kind == "same":
            lead = f"{indent}  {row.label}  "
            return [(lead + summary(row.value, max(width - cell_len(lead), 8), self.reveal, row.hide), "dim")]
        assert row.change is not None
        return change_parts(row, row.change, indent, width, second, self.reveal)

    # -- actions -----------------------------------------------------------------------------------------------------

    def action_open(self) -> None:
        """Show the change in full."""
        self.take_count()
        row = self.row
        if row is not None and row.change is not None:
            self.post_message(self.Opened(row.change))
        else:
            self.idle("This row is not a change." if row is not None else "There are no changes.")

    def action_change(self, direction: int) -> None:
        """Go to the next or previous change."""
        for _ in range(self.take_count()):
            if not self.next_change(direction):
                self.idle(f"No change is {'below' if direction > 0 else 'above'} this row.")
                break

    def action_everything(self) -> None:
        """Show unchanged values, too, or only changes."""
        self.take_count()
        self.everything = not self.everything
        self.lay_out()

    def action_beside(self) -> None:
        """Show the two sides beside each other, or one below the other."""
        self.take_count()
        self.beside = not self.beside
        self.lay_out()

    def clicked(self, index: int, x: int, times: int) -> None:
        if times == 2:
            self.action_open()
