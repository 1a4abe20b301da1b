"""The selected checkpoint: it is loaded, cached, and shown in the panes; or a text with the reason why not."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from ckpt_tui.core.cache import Cache
from ckpt_tui.core.model import Checkpoint, Problem
from ckpt_tui.core.shown_names import masked_name
from ckpt_tui.core.text import clean
from ckpt_tui.stores.base import Entry
from ckpt_tui.stores.near_paths import near_path
from ckpt_tui.stores.registry import folders
from ckpt_tui.tui.helpers.port import Port
from ckpt_tui.tui.helpers.waiting_text import waiting_paragraphs
from ckpt_tui.tui.widgets.status import revealed
from ckpt_tui.tui.widgets.text_lines import Paragraph

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.timer import Timer
    from textual.worker import Worker

    from ckpt_tui.tui.library import Library
    from ckpt_tui.tui.messages import AlarmsReady, CheckpointReady, PeekReady
    from ckpt_tui.tui.store_follower import StoreFollower
    from ckpt_tui.tui.view import View

LOAD_SECONDS = 0.05
"""Pause after the last move of the cursor before its checkpoint is loaded: a held key loads nothing in passing."""

FOLLOWED_SECONDS = 1.5
"""Shortest time between two loads while the newest is followed: of a run that saves ten times a second, the list shows
every checkpoint, and the pane beside it two in three seconds: they take a quarter of all time."""

KEPT = 24
"""Checkpoints kept decoded: going back and forth costs nothing."""

KEPT_BYTES = 8_000_000
"""Bytes of their files altogether."""


class OpenedCheckpointPort(Port, Protocol):
    """The part of its screen that it uses."""

    @property
    def library(self) -> Library:
        """The known part of the store."""

    @property
    def follower(self) -> StoreFollower:
        """Reads the store."""

    @property
    def is_landing(self) -> bool:
        """Whether the cursor will go to the named checkpoint."""
        ...

    def shown(self, file: str) -> None:
        """Called once the panes show a checkpoint."""

    def after_refresh(self, then: Callable[[], object]) -> None:
        """Call something once the screen is drawn."""


class OpenedCheckpoint:
    """Loads the selected checkpoint and shows it.

    Args:
        port: The screen.
        steps: Labels of the place in the first checkpoint to open at.

    Attributes:
        file: The file that the panes show, or "".
    """

    def __init__(self, port: OpenedCheckpointPort, steps: tuple[str, ...]) -> None:
        self._port = port
        self._steps = steps
        self.file = ""
        self._kept = Cache[str, tuple[Entry | None, Checkpoint]](
            KEPT_BYTES, lambda kept: len(kept[1].raw), KEPT, least=1
        )
        self._loading: tuple[str, Entry | None] | None = None
        self._load: Worker[None] | None = None
        self._timer: Timer | None = None
        self._waiting = False
        self._shown_at = 0.0
        self._awaited = ""
        """The selected file, while its run is read that is folded."""

    def is_loading(self) -> bool:
        """Return whether a checkpoint is being loaded; from any thread."""
        return self._load is not None and self._load.is_running

    # -- which one ---------------------------------------------------------------------------------------------------

    def keep_up(self, view: View) -> None:
        """Apply another view of the store: show its selection, or that there is none."""
        panes = self._port.panes
        if not view.places:
            self._show_waiting(view)
            if panes.is_narrow and panes.pane is panes.list:
                self._waiting = True
                panes.focus_pane(panes.details[0])
        elif self.file not in view.places:
            if self._waiting:
                self._waiting = False
                panes.focus_pane(panes.list)
            self.file = ""
            self.load_selected()
        elif self._awaited == self._port.selection.file and not self._port.library.is_unread(self._awaited):
            self._awaited = ""
            self.load_selected()
        elif self.file == self._port.selection.file and self._is_replaced(self.file):
            self.file = ""
            self.load_selected()

    def _is_replaced(self, file: str) -> bool:
        """Whether a file was written again after it was loaded."""
        kept = self._kept.get(file)
        return kept is not None and _differs(kept[0], self._port.library.entry(file))

    def load_soon(self) -> None:
        """Load the selected checkpoint once the cursor rests."""
        if self._timer is not None:
            self._timer.stop()
        if self._port.selection.file != self.file:
            # The first one at once, any other after a pause.
            pause = LOAD_SECONDS if self.file else 0.001
            if self._port.selection.following:
                pause = max(pause, self._shown_at + FOLLOWED_SECONDS - time.monotonic())
            self._timer = self._port.later(pause, self.load_selected)

    def load_selected(self) -> None:
        """Show the selected checkpoint, as soon as it is loaded."""
        file = self._port.selection.file
        if not file or file == self.file:
            return
        self._shown_at = time.monotonic()
        if self._port.library.is_unread(file):
            self._awaited = file  # its place in its run is shown, too
            self._port.follower.open_group(file)
            return
        entry = self._port.library.entry(file)
        if isinstance(entry, Problem):
            self._show_problem(entry)
            return
        kept = self._kept.get(file)
        if kept is not None and not _differs(kept[0], entry):
            self._show(file, kept[1])
        elif self._loading is not None and self._loading[0] == file and not _differs(self._loading[1], entry):
            pass  # it is being loaded: two loads of a large file would take its memory twice
        else:
            self._loading = (file, entry)
            self._load = self._port.jobs.load(file)

    def look_at(self) -> None:
        """Show the selected checkpoint at once, and give its pane the focus."""
        self.load_selected()
        self._port.panes.focus_pane(self._port.panes.details[0])

    # -- loaded checkpoints ------------------------------------------------------------------------------------------

    def take_checkpoint(self, event: CheckpointReady) -> None:
        """Show a loaded checkpoint, if it is still the selected one."""
        if self._loading is not None and self._loading[0] == event.file:
            self._loading = None
        if event.checkpoint is not None:
            self._kept.put(event.file, (self._port.library.entry(event.file), event.checkpoint))
        if event.file != self._port.selection.file:
            return
        if event.checkpoint is not None:
            self._show(event.file, event.checkpoint)
        else:
            self.file = event.file
            self._say(clean(event.file, 60), [Paragraph(event.error, "error"), Paragraph(event.hint, "dim")])

    def _show(self, file: str, checkpoint: Checkpoint) -> None:
        self.file = file
        panes = self._port.panes
        for pane in panes.details:
            pane.show(checkpoint)
        self._port.after_refresh(lambda: self._port.jobs.judge(file, checkpoint))
        if self._steps and not self._port.is_landing:
            steps, self._steps = self._steps, ()
            if not panes.details[0].go_to(steps):
                self._port.say(f"There is no {'.'.join(steps)} in this checkpoint.", "warn")
            panes.focus_pane(panes.details[0])
        self._port.shown(file)
        self._port.redraw_foot()

    def take_alarms(self, event: AlarmsReady) -> None:
        """Warn of a checkpoint that could run code when it is loaded."""
        if event.file == self.file:
            for pane in self._port.panes.details:
                pane.alarm(event.alarms)

    def forget_load(self) -> None:
        """Forget the load, as a worker failed: its result may never come."""
        self._loading = None

    def toggle_secrets(self) -> None:
        """Show secrets, or mask them again."""
        reveal = not self._port.panes.detail.reveal
        for pane in self._port.panes.details:
            pane.set_reveal(reveal)
        self._port.say(*revealed(reveal))

    # -- in the place of a checkpoint --------------------------------------------------------------------------------

    def _say(self, title: str, lines: list[Paragraph]) -> None:
        for pane in self._port.panes.details:
            pane.show_text(title, lines)

    def _show_waiting(self, view: View) -> None:
        self.file = ""
        if view.filter and view.checkpoints + view.problems > 0:
            self._say("Nothing matches", _nothing_matches(view.filter))
            return
        store = self._port.store
        below = [] if view.missing else folders(store.path)
        title = "Waiting for the directory" if view.missing else "Waiting for a checkpoint"
        near = near_path(store.path) if view.missing else ""
        self._say(title, waiting_paragraphs(store.path, view.missing, store.kind, below, near))

    def _show_problem(self, problem: Problem) -> None:
        self.file = problem.file
        lines = [
            Paragraph(masked_name(problem.file), "heading"),
            Paragraph(f"This file cannot be shown as a checkpoint: {problem.reason}\n", "error"),
            Paragraph("It stays in the list and is read again when it changes. The rest of the store is not affected."),
        ]
        self._say("Problem", lines)
        if problem.size:
            self._loading = None  # a peek takes the place of a load
            self._port.jobs.peek(problem.file)

    def take_peek(self, event: PeekReady) -> None:
        """Show the beginning of a file that cannot be shown as a checkpoint."""
        if event.file == self.file:
            text = event.data.decode("utf-8", "backslashreplace")
            beginning = [Paragraph("\nIt begins with:\n", "dim"), Paragraph(text, "plain", 2)]
            self._port.panes.details[0].bodies.text.add(beginning)


def _differs(one: Entry | None, other: Entry | None) -> bool:
    """Whether a file changed between two views; facts that were filled in later do not count."""
    if isinstance(one, Problem) or isinstance(other, Problem) or one is None or other is None:
        return one is not other and one != other
    return one._replace(facts=None) != other._replace(facts=None)


def _nothing_matches(text: str) -> list[Paragraph]:
    """Return the text for a filter that leaves no row: what it searches, and which search goes further."""
    return [
        Paragraph(f"No row shows {text!r}.\n", "heading"),
        Paragraph(
            "The filter looks at what rows show: id, name, status, who ran, and the few words on what was asked, "
            "answered or came out. It does not look into the values of checkpoints.\n"
        ),
        Paragraph("ctrl+f  searches the values of all checkpoints for it", "label"),
        Paragraph("esc     shows all rows", "label"),
    ]
