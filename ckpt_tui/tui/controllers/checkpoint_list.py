"""The list of checkpoints, kept in step with the store: its rows, its filter, and whether the newest is followed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from ckpt_tui.core.runs.ids import IdFault, find
from ckpt_tui.core.text import clean
from ckpt_tui.tui.helpers.port import Port
from ckpt_tui.tui.widgets.prompt import Prompted

if TYPE_CHECKING:
    from ckpt_tui.tui.library import Library
    from ckpt_tui.tui.messages import AlarmsReady, ViewReady
    from ckpt_tui.tui.store_follower import StoreFollower
    from ckpt_tui.tui.view import View

_FILTER = Prompted(
    "filter", "rows by what they show: id, workflow, executor, waits, done, words …; empty shows all", "filters"
)


class CheckpointListPort(Port, Protocol):
    """What the list uses of its screen."""

    @property
    def library(self) -> Library:
        """What is known of the store."""

    @property
    def follower(self) -> StoreFollower:
        """What reads the store."""


class CheckpointList:
    """Shows the rows of the store.

    Args:
        port: The screen.
        at: Id of the checkpoint to select first; None follows the newest.

    Attributes:
        progress: Files looked at and files in all while the store is read; zeros otherwise.
        changed_at: When checkpoints came or went last, in seconds since 1970; 0 for never.
    """

    def __init__(self, port: CheckpointListPort, at: str | None) -> None:
        self._port = port
        self._at = at
        self.progress = (0, 0)
        self.changed_at = 0.0

    def show(self, event: ViewReady) -> None:
        """Show how the store looks now."""
        rows = self._port.panes.list
        before, view = rows.view, event.view
        self.progress = (event.done, event.total) if event.done < event.total else (0, 0)
        if view.newest != before.newest or view.checkpoints != before.checkpoints:
            self.changed_at = time.time()
        if self._at is not None and view.runs:
            self._select(self._at, view)
        rows.show(view, self._port.selection.following)

    def _select(self, at: str, view: View) -> None:
        try:
            node = find(at, view.runs)
        except IdFault as fault:
            if self.progress == (0, 0):
                self._at, self._port.selection.following = None, True
                self._port.say(f"{clean(fault.reason)}; showing the newest", "warn")
            return
        self._at = None
        self._port.panes.list.selected = node.ref.file

    def show_dangers(self, dangers: Mapping[str, str]) -> None:
        """Show which checkpoints would run code when they are loaded, and what."""
        self._port.panes.list.show_dangers(dangers)

    def show_alarms(self, event: AlarmsReady) -> None:
        """Take in what an opened checkpoint showed that was too large to be judged for the list."""
        rows = self._port.panes.list
        danger = next((alarm for alarm in event.alarms if alarm.startswith("danger")), "")
        if danger and event.file not in rows.dangers:
            rows.show_dangers({event.file: danger.partition(": ")[2]})

    def toggle_following(self) -> None:
        """Follow the newest checkpoint, or stay."""
        selection, rows = self._port.selection, self._port.panes.list
        selection.following = not selection.following
        if selection.following and rows.view.newest:
            rows.select(rows.view.newest, by_hand=False)
        self._port.redraw_foot()

    def leave_newest(self) -> None:
        """Take in that another row was selected by hand: the newest is no longer followed."""
        if self._port.selection.following:
            self._port.selection.following = False
            self._port.redraw_foot()

    def ask_filter(self) -> None:
        """Ask for a text that rows must contain."""
        self._port.prompt.ask(_FILTER, self._port.panes.list.view.filter, self._set_filter)

    def end_filter(self) -> bool:
        """Show all rows again; return False when none are left out."""
        if not self._port.panes.list.view.filter:
            return False
        self._set_filter("")
        return True

    def _set_filter(self, text: str) -> None:
        self._port.library.filter = text
        self._port.follower.refresh()
