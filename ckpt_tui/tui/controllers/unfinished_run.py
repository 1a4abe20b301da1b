"""The last debugged run of a store, where it was cut off: it is offered to go on with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ckpt_tui.actions.debugging.session_record import Unfinished, goes_on_elsewhere, unfinished
from ckpt_tui.actions.resume.fork_overlays import SUFFIX, root_of
from ckpt_tui.tui.helpers.port import Port
from ckpt_tui.tui.widgets.shown_keys import keys_of

if TYPE_CHECKING:
    from textual.timer import Timer

LOOK_SECONDS = 1.0
"""Seconds between two tests of the process of a run that goes on in another terminal."""


class UnfinishedRunPort(Port, Protocol):
    """The part of its screen that it uses."""

    @property
    def has_runs(self) -> bool:
        """Whether a run was started or prepared here."""


class UnfinishedRun:
    """Searches for a run that was cut off, before the browser was opened or meanwhile in another terminal.

    Args:
        port: The screen.

    Attributes:
        file: The file of the checkpoint from which it can go on, once that is in the list; else "".
    """

    def __init__(self, port: UnfinishedRunPort) -> None:
        self._port = port
        self.file = ""
        self._found: Unfinished | None = None
        self._has_looked = False
        self._timer: Timer | None = None

    def keep_up(self) -> None:
        """Apply a change of the list."""
        if not self._has_looked:
            self._look()
        else:
            self._look_soon()
        self._offer_it()

    def _offer_it(self) -> None:
        if self._found is not None and not self.file and not self._port.has_runs:
            self._offer(self._found)

    def _look(self) -> None:
        """Search for it; repeat while a run goes on elsewhere, since its end changes no file of the store."""
        self._has_looked, store = True, self._port.store
        places = (store.path, root_of(store.path) + SUFFIX, *(each.path for each in store.members))
        if goes_on_elsewhere(places):
            self._look_soon()
        else:
            self._found = unfinished(places)

    def _look_soon(self) -> None:
        if self._timer is None and not self.file:
            self._timer = self._port.later(LOOK_SECONDS, self._look_again)

    def _look_again(self) -> None:
        self._timer = None
        if self._port.app.return_code is None and not self._port.has_runs:
            self._look()
            self._offer_it()

    def _offer(self, found: Unfinished) -> None:
        """Show that it was cut off, once its last checkpoint is in the list."""
        nodes = (node for run in self._port.selection.runs for node in run.nodes)
        node = next((each for each in nodes if each.ref.id == found.checkpoint), None)
        if node is not None:
            self.file = node.ref.file
            step = f"after step {node.ref.iteration}"
            self._port.say(f"The last run {found.ended} {step}: {keys_of('run.show')} goes on from there.", "warn")
