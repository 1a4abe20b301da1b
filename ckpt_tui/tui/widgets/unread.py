"""Rows whose values may be unread parts of a large file: they are read elsewhere, then unfolded."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from textual.message import Message

from ckpt_tui.core.documents.envelope import is_unopened
from ckpt_tui.core.value import Value
from ckpt_tui.tui.widgets.line_list import LineList


class _Reading(NamedTuple):
    value: Value
    cursor: int
    then: Callable[[], object]


class UnreadRows(LineList):
    """A list some of whose values take long to read."""

    class Wanted(Message):
        """A value is to be read, or decoded further; `value_read` is called once it was."""

        def __init__(self, value: Value, further: bool = False) -> None:
            super().__init__()
            self.value = value
            self.further = further

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._reading: _Reading | None = None

    def is_at_hand(self, value: Value, then: Callable[[], object]) -> bool:
        """Whether the value under the cursor is read.

        If not, it is requested, and `then` is called once it was read, if the cursor is still there.
        """
        if not is_unopened(value):
            return True
        self._reading = _Reading(value, self.cursor, then)
        self.changed()
        self.post_message(self.Wanted(value))
        return False

    def want_further(self, value: Value, then: Callable[[], object]) -> None:
        """Ask for more of a value that was cut, and call `then` once that was decoded."""
        self._reading = _Reading(value, self.cursor, then)
        self.changed()
        self.post_message(self.Wanted(value, further=True))

    def is_reading(self, value: Value) -> bool:
        """Whether a value is being read."""
        return self._reading is not None and self._reading.value is value

    def value_read(self, value: Value) -> None:
        """Take a value that was read, and do what was waiting for it."""
        reading = self._reading
        if reading is not None and reading.value is value:
            self.forget_reading()
            if self.cursor == reading.cursor:
                reading.then()

    def forget_reading(self) -> bool:
        """Stop waiting for a value; False when none was awaited."""
        if self._reading is None:
            return False
        self._reading = None
        self.changed()
        return True
