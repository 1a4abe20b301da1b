"""The bookmarks of a screen that is still mixed together; `ckpt_tui.tui.controllers.bookmarks` does the work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ckpt_tui.actions.notes import Notebook
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.tui.controllers.bookmarks import Bookmarks
from ckpt_tui.tui.screens.notes import NotesScreen

if TYPE_CHECKING:
    from textual.screen import Screen

    Base = Screen[Any]
else:
    Base = object  # mixed into screens, as `ckpt_tui.tui.screens.values` is


class Keeping(Base):
    """A screen with a checkpoint at hand that can be bookmarked."""

    _bookmarks: Bookmarks | None = None

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

    @property
    def bookmarks(self) -> Bookmarks:
        """The controller."""
        if self._bookmarks is None:
            self._bookmarks = Bookmarks(self)
        return self._bookmarks

    @property
    def notebook(self) -> Notebook | None:
        """The notes."""
        return self.bookmarks.book

    @notebook.setter
    def notebook(self, book: Notebook | None) -> None:
        self.bookmarks.book = book

    def ask_note(self, text: str) -> None:
        """Ask for the text of a note."""
        self.ask("note", text)

    def open_notes(self, book: Notebook) -> None:
        """List the notes."""
        self.app.push_screen(NotesScreen(book), self._picked)

    def open_notebook(self, path: str) -> Notebook | None:
        """The notes on the store; None, and said so, where they cannot be read."""
        return self.bookmarks.open(path)

    def keep(self) -> bool:
        """Write the notes; False, and said so, where that fails."""
        return self.bookmarks.write()

    def take_note(self, text: str) -> None:
        """Keep a note on the checkpoint; an empty text takes it away."""
        self.bookmarks.take(text)

    def action_bookmark(self) -> None:
        """Bookmark the checkpoint, or take the bookmark away."""
        self.bookmarks.toggle()

    def action_note(self) -> None:
        """Ask for a note on the checkpoint."""
        self.bookmarks.ask()

    def action_notes(self) -> None:
        """List bookmarks and notes."""
        self.bookmarks.show_all()

    def _picked(self, checkpoint: str | None) -> None:
        if checkpoint is not None:
            self.go_to_id(checkpoint)
