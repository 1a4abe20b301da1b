"""A short list over a screen, one row of which is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen

from ckpt_tui.tui.widgets.dialog_box import DialogBox
from ckpt_tui.tui.widgets.line_list import LineList
from ckpt_tui.tui.widgets.step_text import Parts

_ROWS = 12
"""Rows that are visible at once."""


class PickedRows(LineList):
    """The rows."""

    def __init__(self, rows: Sequence[Parts]) -> None:
        super().__init__()
        self._rows = rows

    @property
    def line_count(self) -> int:
        return len(self._rows)

    def draw(self, index: int, width: int) -> Parts:
        return [self.mark(index, 2), *self._rows[index]]

    def on_key(self, event: events.Key) -> None:
        """A digit takes the row with that number."""
        if event.character and event.character in "123456789" and isinstance(self.screen, RowPicker):
            event.stop()
            self.screen.take_number(int(event.character))

    def clicked(self, index: int, x: int, times: int) -> None:
        screen = self.screen
        assert isinstance(screen, RowPicker)
        screen.action_take()


class RowPicker(ModalScreen[int | None]):
    """Asks for one row; closes with its number from 0, or None.

    Args:
        title: The question.
        keys: The keys, as text.
        rows: The rows; safe for a terminal.
        cursor: The row to begin at.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,q", "dismiss(None)", "stay"),
        ("enter,space,right", "take", "take this one"),
    ]

    DEFAULT_CSS = """
    RowPicker { align: center middle; background: $background 40%; }
    RowPicker > DialogBox { width: 90%; max-width: 90; height: auto; max-height: 60%; }
    RowPicker PickedRows { height: auto; }
    """

    def __init__(self, title: str, keys: str, rows: Sequence[Parts], cursor: int = 0) -> None:
        super().__init__()
        self._title, self._keys, self._rows, self._cursor = title, keys, rows, cursor

    def compose(self) -> ComposeResult:
        with DialogBox(self._title, self._keys):
            yield PickedRows(self._rows)

    def on_mount(self) -> None:
        """Begin at the row that was named."""
        rows = self.query_one(PickedRows)
        rows.styles.height = min(rows.line_count, _ROWS)
        rows.changed()
        rows.cursor = self._cursor
        rows.focus()

    def action_take(self) -> None:
        """Take the row under the cursor."""
        self.dismiss(self.query_one(PickedRows).cursor)

    def take_number(self, number: int) -> None:
        """Take the row with a number from 1."""
        if 0 < number <= len(self._rows):
            self.dismiss(number - 1)
