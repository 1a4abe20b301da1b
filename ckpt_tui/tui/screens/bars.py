"""The lines at the top and bottom of the browser: what is open and how it is, which keys there are, what is said."""

from __future__ import annotations

import os

from ckpt_tui.core.runs.listing import NodeRow, clock_text
from ckpt_tui.core.text import clean
from ckpt_tui.stores.base import Store
from ckpt_tui.tui.commands import COMMANDS, Command
from ckpt_tui.tui.screens.values import Values
from ckpt_tui.tui.widgets.status import BarLine, Part

_HINTED_LAST = ("app.help", "app.close")
"""Commands whose hints come last in the line at the bottom, and before all others where there is little room."""
_HINTED_APART = {"live.follow", *_HINTED_LAST}
"""Commands whose hints have a place of their own there."""


class Bars(Values):
    """Panes between two lines of text."""

    store: Store
    following: bool

    def __init__(self) -> None:
        super().__init__()
        self.progress = (0, 0)
        """Files looked at and files in all while the store is read; zeros otherwise."""
        self.changed_at = 0.0
        """When checkpoints came or went last; 0 for never."""

    def draw_head(self) -> None:
        """Draw the line at the top."""
        view = self.list.view
        state: Part = (" ● live ", "good")
        if view.missing:
            state = (" ◌ waiting for the directory ", "warn")
        elif self.progress != (0, 0):
            done, total = self.progress
            bar = "━" * (10 * done // total)
            state = (f" {bar:╌<10} {done:,}/{total:,} ", "warn")
        counts = f"{view.checkpoints:,} checkpoint{'' if view.checkpoints == 1 else 's'}"
        if view.runs:
            counts += f" · {len(view.runs):,} run{'' if len(view.runs) == 1 else 's'}"
        right: list[Part] = []
        if view.filter:
            right.append((f" filter: {clean(view.filter, 20)} ", "warn"))
        dangers = self.list.danger_count
        wide = self.size.width >= 100
        if dangers:
            right.append((f" ☠ {dangers:,} dangerous " if wide else f" ☠ {dangers:,} ", "error"))
        if view.problems:
            right.append((f" ✗ {view.problems:,} unreadable " if wide else f" ✗ {view.problems:,} ", "error"))
        right.append(state)
        if self.changed_at and self.size.width >= 80:
            right.append((f"{clock_text(self.changed_at)} ", "dim"))
        kind = f"{self.store.kind} · " if self.size.width >= 100 else ""
        room = self.size.width - 12 - len(kind) - len(counts) - sum(len(text) for text, _ in right)
        left: list[Part] = [
            (" ckpt-tui ", "strong"), (f" {path_text(self.store.path, max(room, 12))} ", "plain"), (kind, "dim"),
            (counts, "dim"),
        ]  # fmt: skip
        self.query_one("#head", BarLine).show(left, right)

    def draw_foot(self) -> None:
        """Draw the line at the bottom."""
        foot = self.query_one("#foot", BarLine)
        right: list[Part] = [(" following " if self.following else " F follows ", "good" if self.following else "dim")]
        if self.pane is not self.list:
            size, path = self.detail.place
            room = self.size.width // 2
            # The end of a path tells more than its beginning.
            path = path if len(path) <= room else "…" + path[-room + 1 :]
            right = [(f" {size} " if size else "", "dim"), (f"{path} " if path else "", "key"), *right]
        if self.message:
            foot.show(self.message, right[-1:])  # what is said matters more than where the cursor stands
            return
        scope = "list" if self.pane is self.list else "value" if self.detail.is_tree else ""
        parts: list[Part] = [(" ↑↓", "key"), (" move ", "dim")]
        room = self.size.width - 9 - sum(len(text) for text, _ in right)
        apart = []
        for command in COMMANDS:
            if command.id in _HINTED_LAST and room >= _hint_width(command):
                apart.append(command)
                room -= _hint_width(command)
        row = self.list.row if scope == "list" else None
        danger = isinstance(row, NodeRow) and row.node.ref.file in self.list.dangers
        waits = (
            isinstance(row, NodeRow) and row.node.ref.role == "waiting" and not danger
            and not self.store.capabilities().resume
        )  # fmt: skip
        if waits:
            parts += [(" r", "key"), (" answer ", "dim")]
            room -= 9
        left_out = {*_HINTED_APART, "run.resume"} if waits or danger else _HINTED_APART
        # Without a checkpoint there is nothing to open, to compare or to step through.
        for command in COMMANDS if self.list.view.places else ():
            if command.hint and command.scope in (scope, "everywhere") and command.id not in left_out:
                room -= _hint_width(command)
                if room < 0:
                    break
                parts += [(f" {command.hint_keys}", "key"), (f" {command.hint} ", "dim")]
        for command in apart:  # whoever knows no key needs these
            parts += [(f" {command.hint_keys}", "key"), (f" {command.hint} ", "dim")]
        foot.show(parts, right)


def _hint_width(command: Command) -> int:
    return len(command.hint_keys) + len(command.hint) + 3


def path_text(path: str, room: int) -> str:
    """A path in so many characters: `~` for the home directory, the end where it is too long."""
    home = os.path.expanduser("~")
    if path == home or path.startswith(home + os.sep):
        path = "~" + path[len(home) :]
    text = clean(path)
    return text if len(text) <= room else "…" + text[-room + 1 :]
