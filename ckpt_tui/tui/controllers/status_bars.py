"""The lines at the top and bottom of the browser: the store and its state, keys, messages."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from rich.cells import cell_len

from ckpt_tui.core.runs.listing import NodeRow
from ckpt_tui.core.runs.time_texts import clock_text
from ckpt_tui.core.secret_texts import masked_text
from ckpt_tui.core.text import clean, counted
from ckpt_tui.tui.commands import COMMANDS, Command
from ckpt_tui.tui.widgets.fitting import fit_end
from ckpt_tui.tui.widgets.shown_keys import key_text, keys_of
from ckpt_tui.tui.widgets.status import hints

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.geometry import Size

    from ckpt_tui.stores.base import Store
    from ckpt_tui.tui.helpers.panes import Panes
    from ckpt_tui.tui.helpers.selection import Selection
    from ckpt_tui.tui.widgets.status import BarLine, Part

_HINTED_LAST = ("app.help", "app.close")
"""Commands whose hints come last in the line at the bottom, and before all others where there is little room."""
_HINTED_APART = {"live.follow", *_HINTED_LAST}
"""Commands whose hints have a place of their own there."""


class StatusBarsPort(Protocol):
    """The part of its screen that it uses."""

    @property
    def store(self) -> Store:
        """The store that is open."""

    @property
    def panes(self) -> Panes:
        """The panes."""

    @property
    def selection(self) -> Selection:
        """The selected checkpoint."""

    @property
    def size(self) -> Size:
        """The size of the screen."""

    @property
    def progress(self) -> tuple[int, int]:
        """Files read and files in all while the store is read; zeros otherwise."""

    @property
    def has_looked(self) -> bool:
        """Whether any part of the store was read: before that, there are no counts."""
        ...

    @property
    def streams(self) -> Sequence[str]:
        """Paths of the streams of events beside the store."""
        ...

    @property
    def changed_at(self) -> float:
        """When checkpoints came or went last, in seconds since 1970; 0 for never."""

    @property
    def run_status(self) -> Part:
        """The state of a run that was started from here; "" while none goes on."""
        ...

    def pause_parts(self, room: int, is_tree: bool) -> list[Part]:
        """Where a run is paused and how it goes on, in so many cells; empty while none is paused."""
        ...

    def bar(self, name: str) -> BarLine:
        """Return one of the lines: `head` or `foot`."""


class StatusBars:
    """Draws both lines.

    Args:
        port: The screen.
    """

    def __init__(self, port: StatusBarsPort) -> None:
        self._port = port
        self._message: list[Part] = []

    def say(self, text: str, style: str = "plain") -> None:
        """Show a message in the line at the bottom; "" removes it."""
        self._message = [(f" {text} ", style)] if text else []
        self.draw_foot()

    @property
    def said(self) -> str:
        """The message that is shown, "" for none."""
        return "".join(text for text, _ in self._message).strip()

    def say_tab(self) -> None:
        """Show in which tab the next checkpoint opens, where a tab was picked while a text is shown."""
        detail = self._port.panes.detail
        if not detail.has_tabs:
            self.say(f"No checkpoint is shown here: the next one opens in {detail.tab.capitalize()}.", "dim")

    def take_back(self) -> None:
        """Remove the message, if there is one."""
        if self._message:
            self.say("")

    def draw(self) -> None:
        """Draw both lines."""
        self.draw_head()
        self.draw_foot()

    def draw_head(self) -> None:
        """Draw the line at the top."""
        port = self._port
        view, width = port.panes.list.view, port.size.width
        counts = view.counts if port.has_looked else ""
        state: Part = (" ● live ", "good")
        if not port.has_looked and port.progress == (0, 0):
            state = (" ◌ reading … ", "warn")
        elif view.missing:
            state = (" ◌ waiting for the directory ", "warn")
        elif port.progress != (0, 0):
            done, total = port.progress
            bar = "━" * (10 * done // total)
            state = (f" {bar:╌<10} {done:,}/{total:,} ", "warn")
        right: list[Part] = [port.run_status]
        if view.filter:
            right.append((f" filter: {clean(view.filter, 20)} ", "warn"))
        marked = sum(map(view.holds, port.panes.list.marked))
        if marked:
            right.append((f" ◆ {marked:,} marked " if width >= 100 else f" ◆ {marked:,} ", "key"))
        dangers = port.panes.list.danger_count
        if dangers:
            right.append((f" ☠ {dangers:,} dangerous " if width >= 100 else f" ☠ {dangers:,} ", "error"))
        if view.problems:
            right.append((f" ✗ {view.problems:,} unreadable " if width >= 100 else f" ✗ {view.problems:,} ", "error"))
        right.append(state)
        count = len(port.streams)
        if count:
            right += hints(("store.streams", counted(count, "event stream")))
        if port.changed_at and width >= 80:
            right.append((f"{clock_text(port.changed_at)} ", "dim"))
        kind = port.store.kind + (" · " if counts else " ") if width >= 100 else ""
        room = width - 12 - len(kind) - len(counts) - sum(len(text) for text, _ in right)
        path = path_text(port.store.path, max(room, 12))
        left: list[Part] = [(" ckpt-tui ", "strong"), (f" {path} ", "plain"), (kind, "dim"), (counts, "dim")]
        port.bar("head").show(left, right)

    def draw_foot(self) -> None:
        """Draw the line at the bottom."""
        panes, width = self._port.panes, self._port.size.width
        following, in_list = self._port.selection.following, panes.pane is panes.list
        edge: list[Part] = [(" following ", "good")] if following else hints(("live.follow", "follows"))
        right = edge
        if not in_list:
            size, path = panes.detail.place
            path = fit_end(path, width // 2)
            right = [(f" {size} " if size else "", "dim"), (f"{path} " if path else "", "name"), *edge]
        if self._message:
            self._port.bar("foot").show(self._message, edge)  # more important than the place of the cursor
            return
        paused = self._port.pause_parts(width, panes.detail.is_tree and not in_list)
        if paused:
            room = width - sum(cell_len(text) for text, _ in paused)
            self._port.bar("foot").show(paused, right if sum(cell_len(text) for text, _ in right) <= room else [])
            return
        scope = "list" if in_list else "value" if panes.detail.is_tree else ""
        self._port.bar("foot").show(self._hints(scope, width - 9 - sum(len(text) for text, _ in right)), right)

    def _hints(self, scope: str, room: int) -> list[Part]:
        """As many keys as there is room for."""
        panes = self._port.panes
        parts = hints(("move.up move.down", "move"))
        apart = []
        for command in COMMANDS:
            if command.id in _HINTED_LAST and room >= _hint_width(command):
                apart.append(command)
                room -= _hint_width(command)
        row = panes.list.row if scope == "list" else None
        danger = isinstance(row, NodeRow) and row.node.ref.file in panes.list.dangers
        waits = isinstance(row, NodeRow) and row.node.ref.role == "waiting" and not danger
        left_out = {*_HINTED_APART, "run.resume"} if danger else _HINTED_APART
        if waits and not self._port.store.capabilities().resume:
            parts += hints(("run.resume", "answer"))
            room -= len(keys_of("run.resume")) + 8
            left_out = {*_HINTED_APART, "run.resume"}
        # Without a checkpoint there is nothing to open, to compare or to step through.
        for command in COMMANDS if panes.list.view.places else ():
            if command.hint and command.scope in (scope, "everywhere") and command.id not in left_out:
                room -= _hint_width(command)
                if room < 0:
                    break
                parts += _hint(command)
        for command in apart:  # people who know no key need these
            parts += _hint(command)
        return parts


def _hint(command: Command) -> list[Part]:
    names = f"{command.id} {command.pair}" if command.pair else command.id
    return hints((names, command.hint))


def _hint_width(command: Command) -> int:
    return sum(len(key_text(text)) for text, _ in _hint(command))


def path_text(path: str, room: int) -> str:
    """Return a path in so many characters: `~` for the home directory, the end where it is too long."""
    home = os.path.expanduser("~")
    if path == home or path.startswith(home + os.sep):
        path = "~" + path[len(home) :]
    return fit_end(clean(masked_text(path)), room)
