"""The list of checkpoints, kept in step with the store: its rows, its filter, and whether the newest is followed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from ckpt_tui.core.runs.ids import IdFault, find
from ckpt_tui.core.runs.listing import NodeRow
from ckpt_tui.core.terms import Terms
from ckpt_tui.core.text import clean
from ckpt_tui.tui.helpers.port import Port
from ckpt_tui.tui.widgets.prompt import Prompted

if TYPE_CHECKING:
    from textual.timer import Timer

    from ckpt_tui.core.model import CheckpointRef
    from ckpt_tui.tui.library import Library
    from ckpt_tui.tui.messages import AlarmsReady, FoldedRead, LookedUp, StoreRead, ViewReady
    from ckpt_tui.tui.store_follower import StoreFollower
    from ckpt_tui.tui.view import View


def _filter(terms: Terms) -> Prompted:
    what = f"rows by what they show: id, name, {terms.executor}, waits, done, words …; empty shows all"
    return Prompted("filter", what, "filters")


DESCRIBE_SECONDS = 0.03
"""Pause after the last change before the newest checkpoints of folded runs are read."""


class CheckpointListPort(Port, Protocol):
    """The part of its screen that it uses."""

    @property
    def library(self) -> Library:
        """The known part of the store."""

    @property
    def follower(self) -> StoreFollower:
        """Reads the store."""


class CheckpointList:
    """Shows the rows of the store.

    Args:
        port: The screen.
        at: Id of the checkpoint to select first; None follows the newest.

    Attributes:
        progress: Files read and files in all while the store is read; zeros otherwise.
        has_looked: Whether any part of the store was read.
        changed_at: When checkpoints came or went last, in seconds since 1970; 0 for never.
    """

    def __init__(self, port: CheckpointListPort, at: str | None) -> None:
        self._port = port
        self._at = at
        self._is_looked_up = False
        self.progress = (0, 0)
        self.has_looked = False
        self.changed_at = 0.0
        self._landing = ""
        """File that is to be selected once its run is unfolded."""
        self._timer: Timer | None = None
        self._asked: list[CheckpointRef] = []
        """The checkpoints whose bodies were requested last, because they were on the screen."""

    @property
    def is_landing(self) -> bool:
        """Whether the cursor will go to a named checkpoint once its run is unfolded."""
        return self._at is not None or bool(self._landing)

    def show(self, event: ViewReady) -> None:
        """Show the present view of the store."""
        rows = self._port.panes.list
        before, view = rows.view, event.view
        self.has_looked = True
        self.progress = (event.done, event.total) if event.done < event.total else (0, 0)
        if view.newest != before.newest or view.checkpoints != before.checkpoints:
            self.changed_at = time.time()
        named = self._select(self._at, view) if self._at is not None and view.runs else ""
        following, selected = self._port.selection.following, rows.selected
        rows.show(view, following)
        if not following and not before.is_folded:
            named = named or selected  # runs are folded once many checkpoints are known, also that of the cursor
        if named and named not in view.places:
            self.reveal(named)
        if self._landing and self._landing in view.places:
            landing, self._landing = self._landing, ""
            rows.select(landing, by_hand=False)
        self.describe_soon()

    def take_progress(self, event: StoreRead) -> None:
        """Show how much of the store is read; its list is shown already."""
        self.progress = (event.done, event.total)

    def _select(self, at: str, view: View) -> str:
        """Select the checkpoint that was named, and return its file; "" while there is none."""
        try:
            node = find(at, view.runs)
        except IdFault as fault:
            if self._port.library.groups is not None:
                if not self._is_looked_up:
                    self._is_looked_up = True
                    self._port.follower.look_up(at)
            elif self.progress == (0, 0):
                self._give_up(fault.reason)
            return ""
        self._at = None
        self._port.panes.list.selected = node.ref.file
        return node.ref.file

    def _give_up(self, reason: str) -> None:
        self._at, self._port.selection.following = None, True
        self._port.say(f"{clean(reason)}; showing the newest", "warn")

    # -- runs that are folded ----------------------------------------------------------------------------------------

    def reveal(self, file: str) -> bool:
        """Unfold the run that has a file, and select it then; return False where no run of the list has it."""
        view = self._port.panes.list.view
        group = self._group_of(file) if view.is_folded and not view.filter else ""
        if not group:
            return False
        self._port.library.folding.unfold(group)
        self._landing = file
        self._show_group(file)
        return True

    def set_folded(self, file: str, is_folded: bool) -> None:
        """Fold or unfold the run of a file."""
        group = self._group_of(file)
        folding, rows = self._port.library.folding, self._port.panes.list
        if not group or not rows.view.is_folded or rows.view.filter:
            reason = "while a filter is on" if rows.view.filter else "in a store as small as this"
            self._port.say(f"Runs are not folded {reason}.", "dim")
            return
        self.leave_newest()
        if is_folded:
            groups = self._port.library.groups
            folding.fold(group)
            rows.selected = rows.view.newest_of(file) if groups is None else groups.newest(group) or file
        else:
            folding.unfold(group)
        self._show_group(file)

    def _group_of(self, file: str) -> str:
        groups = self._port.library.groups
        return self._port.panes.list.view.group_of(file) if groups is None else groups.store.home(file)

    def _show_group(self, file: str) -> None:
        if self._port.library.is_unread(file):
            self._port.follower.open_group(file)
        else:
            self._port.follower.refresh()

    def look_up(self, name: str) -> bool:
        """Search for the checkpoint that a name means, and select it; return False where the list shows all of them."""
        if self._port.library.groups is None:
            return False
        self._port.follower.look_up(name)
        return True

    def take_looked_up(self, event: LookedUp) -> None:
        """Go to the checkpoint that was searched, or report that there is none."""
        try:
            node = find(event.name, event.view.runs)
        except IdFault as fault:
            if self._at is not None:
                self._give_up(fault.reason)
            else:
                self._port.say("That checkpoint is no longer in the store.", "warn")
            return
        self._at = None
        self._port.selection.following = False
        self.reveal(node.ref.file)

    def describe_soon(self) -> None:
        """Read the bodies that folded runs and other rows on the screen need, once the list rests."""
        if self._timer is not None:
            self._timer.stop()
        if self._port.panes.list.unread_ends or self._unread_in_sight():
            self._timer = self._port.later(DESCRIBE_SECONDS, self._describe)

    def _describe(self) -> None:
        files, refs = self._port.panes.list.unread_ends, self._unread_in_sight()
        if files:
            self._port.follower.describe(files)
        if refs:
            self._asked = refs
            self._port.follower.read_seen([ref.file for ref in refs])

    def _unread_in_sight(self) -> list[CheckpointRef]:
        """The checkpoints on the screen whose bodies are to be read for that, unless that has just failed."""
        if not self._port.store.fills_on_sight:
            return []
        refs = [node.ref for _, node in self._port.panes.list.visible_nodes if node.ref.facts is None]
        return [] if refs == self._asked else refs

    def show_ends(self, event: FoldedRead) -> None:
        """Show the facts of the newest checkpoints in folded runs."""
        self._port.panes.list.show_ends(event.refs)
        self.describe_soon()

    def show_dangers(self, dangers: Mapping[str, str]) -> None:
        """Show the checkpoints that would run code when they are loaded, and what they would run."""
        self._port.panes.list.show_dangers(dangers)

    def show_alarms(self, event: AlarmsReady) -> None:
        """Show the dangers of an opened checkpoint that was too large to be judged for the list."""
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
        """Stop following the newest, as another row was selected by hand."""
        if self._port.selection.following:
            self._port.selection.following = False
            self._port.redraw_foot()

    def ask_filter(self) -> None:
        """Ask for a text that rows must contain."""
        view = self._port.panes.list.view
        self._port.prompt.ask(_filter(view.terms), view.filter, self._set_filter)

    def end_filter(self) -> bool:
        """Show all rows again; return False when none are left out."""
        if not self._port.panes.list.view.filter:
            return False
        self._set_filter("")
        return True

    def _set_filter(self, text: str) -> None:
        rows = self._port.panes.list
        if not text and rows.view.is_folded and isinstance(rows.row, NodeRow):
            self._port.library.folding.unfold(self._group_of(rows.selected))  # the match stays in sight
        self._port.library.filter = text
        self._port.follower.refresh()
