"""Reading the parts of a large file that a person unfolds, while the screen goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ckpt_tui.tui.widgets.shown_keys import keys_of

if TYPE_CHECKING:
    from ckpt_tui.core.value import Value
    from ckpt_tui.tui.helpers.port import Port
    from ckpt_tui.tui.messages import ValueRead


class ValueReading:
    """Reads values when they are unfolded; the latest one wins.

    Args:
        port: The screen.
    """

    def __init__(self, port: Port) -> None:
        self._port = port

    def want(self, value: Value, further: bool) -> None:
        """Have a value read, or decoded further where it was cut."""
        self._port.say(f"reading … · {keys_of('app.back')} stops", "dim")
        self._port.jobs.read(value, further)

    def take_value(self, event: ValueRead) -> None:
        """Unfold a value that was read where that is still wanted."""
        self._port.say("")
        for pane in self._port.panes.details:
            pane.rows.value_read(event.value)

    def stop(self) -> bool:
        """Stop reading a value; return False when none is being read."""
        forgotten = [pane.rows.forget_reading() for pane in self._port.panes.details]
        if not any(forgotten):
            return False
        self._port.jobs.stop_reading()
        self._port.say("")
        return True
