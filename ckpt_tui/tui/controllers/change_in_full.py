"""The change under the cursor, in full below the list of changes, once the cursor rests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.timer import Timer

    from ckpt_tui.core.diff.changes import Change
    from ckpt_tui.tui.widgets.diff_rows import DiffRows

REST_SECONDS = 0.08
"""Pause after the last move of the cursor before the change under it is shown."""


class ChangeInFullPort(Protocol):
    """The part of its screen that it uses."""

    @property
    def rows(self) -> DiffRows:
        """The changes."""

    def set_timer(self, delay: float, callback: Callable[[], None]) -> Timer:
        """Call something later."""

    def show_change(self, change: Change | None) -> None:
        """Show a change in full; None shows nothing."""


class ChangeInFull:
    """Shows the change that the cursor rests on.

    Args:
        port: The screen.
    """

    def __init__(self, port: ChangeInFullPort) -> None:
        self._port = port
        self._timer: Timer | None = None

    def show_soon(self) -> None:
        """Show the change under the cursor, unless the cursor moves on at once."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._port.set_timer(REST_SECONDS, self._show)

    def _show(self) -> None:
        row = self._port.rows.row
        self._port.show_change(row.change if row is not None else None)
