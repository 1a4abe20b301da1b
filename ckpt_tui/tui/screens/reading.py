"""Reading the parts of a large file that a person unfolds, without the screen standing still."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ckpt_tui.tui.messages import ValueRead
from ckpt_tui.tui.screens.searching import Searching

if TYPE_CHECKING:
    from ckpt_tui.tui.widgets.unread import UnreadRows


class Reading(Searching):
    """A browser of values that are read when they are unfolded."""

    def on_unread_rows_wanted(self, event: UnreadRows.Wanted) -> None:
        """Read a value; the latest one wins."""
        event.stop()
        self.say("reading … · esc stops", "dim")
        self.jobs.read(event.value, event.further)

    def on_value_read(self, event: ValueRead) -> None:
        """A value was read: unfold it where that is still wanted."""
        self.say("")
        for pane in self.details:
            pane.rows.value_read(event.value)

    def stop_reading(self) -> bool:
        """Stop reading a value; False when none is being read."""
        forgotten = [pane.rows.forget_reading() for pane in self.details]
        if not any(forgotten):
            return False
        self.jobs.stop_reading()
        self.say("")
        return True
