"""Which way to take at a fork."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from ckpt_tui.core.runs import listing
from ckpt_tui.core.runs.playback_path import Fork, PlaybackPath, steps_to_tip
from ckpt_tui.core.text import ago_text
from ckpt_tui.tui.widgets.line_list import LineList
from ckpt_tui.tui.widgets.step_text import Parts


class BranchLines(LineList):
    """The ways that go on from a fork."""

    def __init__(self, track: PlaybackPath, fork: Fork) -> None:
        super().__init__()
        self._rows = [branch_parts(track, fork, number) for number in range(len(fork.ways))]

    @property
    def line_count(self) -> int:
        return len(self._rows)

    def draw(self, index: int, width: int) -> Parts:
        return [("▸ " if index == self.cursor else "  ", "accent"), *self._rows[index]]

    def on_key(self, event: events.Key) -> None:
        """A digit takes the way with that number."""
        if event.character and event.character in "123456789" and isinstance(self.screen, BranchPicker):
            event.stop()
            self.screen.take_number(int(event.character))

    def watch_cursor(self, old: int, new: int) -> None:
        self._strips.clear()
        super().watch_cursor(old, new)

    def clicked(self, index: int, x: int, times: int) -> None:
        screen = self.screen
        assert isinstance(screen, BranchPicker)
        screen.action_take()


def branch_parts(track: PlaybackPath, fork: Fork, number: int) -> Parts:
    """One way: its first checkpoint, how long it is and how it ends."""
    node = fork.ways[number]
    row = listing.NodeRow(node, 0.0, False)
    count, last = steps_to_tip(track.run, node)
    ends = {"waiting": "waits", "done": "done", "open": "open", "failed": "failed", None: ""}[last.ref.status]
    parent = track.nodes[fork.at].ref
    since = ago_text(node.ref.when - parent.when) if parent.when and node.ref.when else ""
    parts: Parts = [(f"{number + 1}  ", "number"), (f"{listing.SIGNS[node.ref.role]} ", "label")]
    parts += [(listing.summary(row), "plain"), (f"  {since} · {count:,} step{'' if count == 1 else 's'}", "dim")]
    return [*parts, (f" → {ends}" if ends else "", "good" if ends == "done" else "warn")]


class BranchPicker(ModalScreen[int | None]):
    """Asks which way to take; closes with its number, or None.

    Args:
        track: The track.
        fork: The fork.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,q", "dismiss(None)", "stay"),
        ("enter,space,right", "take", "take this way"),
    ]

    DEFAULT_CSS = """
    BranchPicker { align: center middle; background: $background 40%; }
    BranchPicker > Vertical {
        width: 90%; max-width: 90; height: auto; max-height: 60%;
        border: round $ck-edge-focus; border-title-color: $foreground; border-subtitle-color: $ck-dim;
        background: $background; padding: 0 1;
    }
    BranchPicker BranchLines { height: auto; }
    """

    def __init__(self, track: PlaybackPath, fork: Fork) -> None:
        super().__init__()
        self._track = track
        self._fork = fork

    def compose(self) -> ComposeResult:
        box = Vertical()
        box.border_title = Content(f"The run goes on in {len(self._fork.ways)} ways from step {self._fork.at}")
        box.border_subtitle = Content("⏎ takes the way · esc stays")
        with box:
            yield BranchLines(self._track, self._fork)

    def on_mount(self) -> None:
        """Begin at the way that is taken now."""
        ways = self.query_one(BranchLines)
        ways.styles.height = min(ways.line_count, 12)
        ways.changed()
        ways.cursor = self._fork.taken
        ways.focus()

    def action_take(self) -> None:
        """Take the way under the cursor."""
        self.dismiss(self.query_one(BranchLines).cursor)

    def take_number(self, number: int) -> None:
        """Take the way with a number."""
        if 0 < number <= len(self._fork.ways):
            self.dismiss(number - 1)
