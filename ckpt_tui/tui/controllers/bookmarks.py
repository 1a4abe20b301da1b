"""Bookmarks and notes on the checkpoint at hand, in the browser and in a replay alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ckpt_tui.actions.notebook import NOTE_LIMIT, Note, Notebook, now, read_notes, write_notes
from ckpt_tui.core.runs.workflow_names import workflow_label
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.postgres_address import absolute

if TYPE_CHECKING:
    from ckpt_tui.core.model import CheckpointRef


class BookmarksPort(Protocol):
    """What the bookmarks use of their screen."""

    def say(self, text: str, style: str = "plain") -> None:
        """Show a message in the line at the bottom."""

    def ask_note(self, text: str) -> None:
        """Ask for the text of a note, beginning with `text`; the answer goes to `Bookmarks.take`."""

    def ref_at_hand(self) -> CheckpointRef | None:
        """Return the checkpoint that a bookmark is put on; None where there is none."""

    def notes_changed(self) -> None:
        """Draw the marks again."""

    def open_notes(self, book: Notebook) -> None:
        """Open the list of bookmarks and notes, and go to the checkpoint that is chosen there."""


class Bookmarks:
    """The notes on a store, and the commands on them.

    Args:
        port: The screen.
        book: The notes; None until `open` reads them.

    Attributes:
        book: The notes, or None while there are none to write to.
    """

    def __init__(self, port: BookmarksPort, book: Notebook | None = None) -> None:
        self._port = port
        self.book = book

    def open(self, path: str) -> Notebook | None:
        """Return the notes on the store at `path`; where they cannot be read, show why and return the former ones."""
        if self.book is None or self.book.store != absolute(path):
            try:
                self.book = read_notes(path)
            except CkptError as error:
                self._port.say(f"{error.what} {error.hint}".strip(), "error")
        return self.book

    def write(self) -> bool:
        """Write the notes; where that fails, show the error and return False."""
        if self.book is None:
            return False
        try:
            write_notes(self.book)
        except CkptError as error:
            self._port.say(f"{error.what} {error.hint}".strip(), "error")
            return False
        return True

    def toggle(self) -> None:
        """Bookmark the checkpoint, or remove the bookmark."""
        note = self._note()
        if note is None:
            return
        note = note._replace(bookmark=not note.bookmark)
        said = "★ Bookmarked; ' lists bookmarks and notes." if note.bookmark else "Bookmark removed."
        self._put(note, said)

    def ask(self) -> None:
        """Ask for a note on the checkpoint."""
        note = self._note()
        if note is not None:
            self._port.ask_note(note.text)

    def take(self, text: str) -> None:
        """Keep a note on the checkpoint; an empty text removes it."""
        note = self._note()
        if note is None:
            return
        said = "Note saved; ' lists bookmarks and notes." if text.strip() else "Note removed."
        self._put(note._replace(text=text.strip()[:NOTE_LIMIT]), said)

    def show_all(self) -> None:
        """List bookmarks and notes."""
        if self.book is not None:
            self._port.open_notes(self.book)

    def _note(self) -> Note | None:
        """The note on the checkpoint at hand, made where there is none."""
        ref = self._port.ref_at_hand()
        if ref is None or self.book is None:
            return None
        kept = self.book.notes.get(ref.id)
        return Note(
            ref.id, kept is not None and kept.bookmark, kept.text if kept else "", workflow_label(ref), ref.iteration,
            ref.utc, now(),
        )  # fmt: skip

    def _put(self, note: Note, said: str) -> None:
        assert self.book is not None
        self.book.put(note)
        if self.write():
            self._port.notes_changed()
            self._port.say(said, "good")
