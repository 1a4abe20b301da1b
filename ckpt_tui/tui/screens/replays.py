"""From the browser to the replay of a run and back; bookmarks and notes in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs import listing
from ckpt_tui.core.runs.ids import IdFault, find
from ckpt_tui.core.text import clean
from ckpt_tui.tui.screens.graphing import Graphing
from ckpt_tui.tui.screens.keeping import Keeping
from ckpt_tui.tui.view import View

if TYPE_CHECKING:
    from ckpt_tui.core.paths import Path
    from ckpt_tui.tui.screens.replay import ReplayScreen


class Replayable(Graphing, Keeping):
    """A browser whose runs can be replayed."""

    def __init__(self) -> None:
        super().__init__()
        self._replay: ReplayScreen | None = None
        self._choices: dict[str, str] = {}

    def action_replay(self) -> None:
        """Replay the run of the selected checkpoint from there on."""
        found = self.node_of(self.list.selected)
        if found is None:
            self.say("No checkpoint is selected.", "dim")
            return
        from ckpt_tui.tui.screens.replay import ReplayScreen  # late: the first screen does without

        run, node = found
        self.following = False
        self.draw_foot()
        book = self.open_notebook(self.store.path)
        self._replay = ReplayScreen(self.store, run, node, self.learned(run), book, self._choices, play=True)
        self.app.push_screen(self._replay, self._replayed)

    def _replayed(self, result: tuple[str, Path] | None) -> None:
        replay, self._replay = self._replay, None
        if replay is not None:
            self._choices.update(replay.position.track.choices)
            self.notes_changed()
        if result is None:
            return
        file, path = result
        if not self.list.select(file):
            self.say(f"{clean(file, 60)} is hidden by the filter; esc shows all.", "warn")
        elif path:
            self.show_place(file, path)

    def viewed(self, view: View) -> None:
        """The store changed: a replay that is open goes on with it."""
        if self._replay is not None and self._replay.is_mounted:
            self._replay.show_view(view)

    # -- bookmarks and notes -----------------------------------------------------------------------------------------

    def ref_at_hand(self) -> CheckpointRef | None:
        row = self.list.row
        self.open_notebook(self.store.path)
        return row.node.ref if isinstance(row, listing.NodeRow) else None

    def action_notes(self) -> None:
        """List bookmarks and notes."""
        self.open_notebook(self.store.path)
        super().action_notes()

    def load_notes(self) -> None:
        """Mark the rows of the list that are bookmarked."""
        if self.open_notebook(self.store.path) is not None:
            self.notes_changed()

    def notes_changed(self) -> None:
        book = self.notebook
        marks = {name: "★" if note.bookmark else "✎" for name, note in (book.notes if book else {}).items()}
        if marks != self.list.marks:
            self.list.marks = marks
            self.list.changed()

    def ask(self, what: str, value: str) -> None:
        self._open_ask(what, value)

    def go_to_id(self, checkpoint: str) -> None:
        try:
            node = find(checkpoint, self.list.view.runs)
        except IdFault:
            self.say("That checkpoint is no longer in the store.", "warn")
            return
        self.following = False
        if not self.list.select(node.ref.file):
            self.say(f"{clean(node.ref.file, 60)} is hidden by the filter; esc shows all.", "warn")
