"""Bookmarks and notes on the checkpoint at hand, in the browser and while a run is replayed alike."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.errors import CkptError

if TYPE_CHECKING:
    from textual.screen import Screen

    from ckpt_tui.actions.notes import Note, Notebook

    Base = Screen[Any]
else:
    Base = object  # mixed into screens, as `ckpt_tui.tui.screens.values` is


class Keeping(Base):
    """A screen with a checkpoint at hand that can be bookmarked."""

    notebook: Notebook | None = None

    if TYPE_CHECKING:  # what the screen does; a body here would stand before its own

        def say(self, text: str, style: str = "plain") -> None:
            """Say something in the line at the bottom."""

        def ask(self, what: str, value: str) -> None:
            """Ask for a text."""

        def ref_at_hand(self) -> CheckpointRef | None:
            """The checkpoint that a bookmark is put on; None where there is none."""
            return None

        def go_to_id(self, checkpoint: str) -> None:
            """Go to a checkpoint by its id."""

        def notes_changed(self) -> None:
            """Draw the marks anew."""

    # -- the notebook ------------------------------------------------------------------------------------------------

    def open_notebook(self, path: str) -> Notebook | None:
        """The notes on the store; None, and said so, where they cannot be read."""
        if self.notebook is None or self.notebook.store != os.path.abspath(path):
            from ckpt_tui.actions.notes import read_notes  # late: the first screen does without

            try:
                self.notebook = read_notes(path)
            except CkptError as error:
                self.say(f"{error.what} {error.hint}".strip(), "error")
        return self.notebook

    def keep(self) -> bool:
        """Write the notes; False, and said so, where that fails."""
        from ckpt_tui.actions.notes import write_notes

        if self.notebook is None:
            return False
        try:
            write_notes(self.notebook)
        except CkptError as error:
            self.say(f"{error.what} {error.hint}".strip(), "error")
            return False
        return True

    def _note(self) -> Note | None:
        """The note on the checkpoint at hand, made where there is none."""
        from ckpt_tui.actions.notes import Note, now

        ref = self.ref_at_hand()
        if ref is None or self.notebook is None:
            return None
        kept = self.notebook.notes.get(ref.id)
        return Note(
            ref.id, kept is not None and kept.bookmark, kept.text if kept else "", ref.workflow, ref.iteration, ref.utc,
            now(),
        )  # fmt: skip

    # -- actions -----------------------------------------------------------------------------------------------------

    def action_bookmark(self) -> None:
        """Bookmark the checkpoint, or take the bookmark away."""
        from dataclasses import replace

        note = self._note()
        if note is None or self.notebook is None:
            return
        note = replace(note, bookmark=not note.bookmark)
        self.notebook.put(note)
        if self.keep():
            self.notes_changed()
            self.say("★ Bookmarked; ' lists bookmarks and notes." if note.bookmark else "The bookmark is gone.", "good")

    def action_note(self) -> None:
        """Ask for a note on the checkpoint."""
        note = self._note()
        if note is not None:
            self.ask("note", note.text)

    def take_note(self, text: str) -> None:
        """Keep a note on the checkpoint; an empty text takes it away."""
        from dataclasses import replace

        from ckpt_tui.actions.notes import NOTE_LIMIT

        note = self._note()
        if note is None or self.notebook is None:
            return
        self.notebook.put(replace(note, text=text.strip()[:NOTE_LIMIT]))
        if self.keep():
            self.notes_changed()
            self.say("Noted; ' lists bookmarks and notes." if text.strip() else "The note is gone.", "good")

    def action_notes(self) -> None:
        """List bookmarks and notes."""
        if self.notebook is not None:
            from ckpt_tui.tui.screens.notes import NotesScreen  # late: the first screen does without

            self.app.push_screen(NotesScreen(self.notebook), self._picked)

    def _picked(self, checkpoint: str | None) -> None:
        if checkpoint is not None:
            self.go_to_id(checkpoint)
