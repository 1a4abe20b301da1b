"""Bookmarks and notes on the store: listed, jumped to, exported."""

from __future__ import annotations

import os
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen

from ckpt_tui.actions.export_files import refuse_inside
from ckpt_tui.actions.notebook import Note, Notebook, export_notes, in_order, markdown
from ckpt_tui.core.shown_names import shown_name
from ckpt_tui.core.text import clean
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.base import Store
from ckpt_tui.tui.screens.copied_text import copied
from ckpt_tui.tui.widgets.dialog_box import DialogBox
from ckpt_tui.tui.widgets.line_list import LineList
from ckpt_tui.tui.widgets.prompt import Prompt, Prompted, focus_after_question
from ckpt_tui.tui.widgets.shown_keys import keys_of
from ckpt_tui.tui.widgets.step_text import Parts

EXPORT_FILE = "ckpt-notes.md"
"""The proposed name of an export."""

_EXPORT = Prompted("write to", "a file that ends in .md or .json", "writes it")


class NoteLines(LineList):
    """One line a note."""

    def __init__(self, notes: list[Note]) -> None:
        super().__init__()
        self.notes = notes

    @property
    def line_count(self) -> int:
        return len(self.notes)

    def draw(self, index: int, width: int) -> Parts:
        note = self.notes[index]
        parts: Parts = [("★ " if note.bookmark else "✎ ", "warn"), (shown_name(note.id, 8).removesuffix("…"), "label")]
        parts.append((f"  {shown_name(note.workflow, 30)} · iteration {note.iteration}", "dim"))
        return [*parts, (f"  {clean(note.text, 400)}" if note.text else "", "text")]

    def clicked(self, index: int, x: int, times: int) -> None:
        screen = self.screen
        if times == 2 and isinstance(screen, NotesScreen):
            screen.action_go()


class NotesScreen(ModalScreen[str | None]):
    """Lists the notes; closes with the id of the checkpoint to go to, or None.

    Args:
        book: The notes.
        store: The store that they are on, which is never written to.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,q", "dismiss(None)", "close"),
        ("enter", "go", "go there"),
        ("y", "copy", "copy"),
        ("w", "write", "export"),
    ]

    DEFAULT_CSS = """
    NotesScreen { align: center middle; background: $background 60%; }
    NotesScreen > DialogBox { width: 90%; height: 70%; }
    NotesScreen NoteLines { height: 1fr; }
    """

    def __init__(self, book: Notebook, store: Store) -> None:
        super().__init__()
        self._book = book
        self._store = store

    def compose(self) -> ComposeResult:
        with DialogBox("Bookmarks and notes", "⏎ goes there · y copies all · w writes a file · esc closes"):
            yield NoteLines(in_order(self._book.notes.values()))
            yield Prompt()

    def on_mount(self) -> None:
        """Show them."""
        lines = self.query_one(NoteLines)
        lines.changed()
        focus_after_question(lines)
        if not lines.notes:
            bookmark, note = keys_of("keep.bookmark"), keys_of("keep.note")
            self._say(f"No bookmarks or notes yet: {bookmark} bookmarks a checkpoint, {note} writes a note.")

    def _say(self, text: str) -> None:
        self.query_one(DialogBox).say(text)

    def action_go(self) -> None:
        """Go to the checkpoint of the note."""
        lines = self.query_one(NoteLines)
        if lines.notes:
            self.dismiss(lines.notes[lines.cursor].id)

    def action_copy(self) -> None:
        """Copy all of them as a list."""
        self._say(copied(self.app, markdown(self._book), "notes")[0])

    def action_write(self) -> None:
        """Ask for the file to write."""
        self.query_one(Prompt).ask(_EXPORT, EXPORT_FILE, self._write)

    def _write(self, path: str) -> None:
        path = os.path.expanduser(path.strip()) or EXPORT_FILE
        try:
            refuse_inside(path, self._store)
            written = export_notes(self._book, path)
        except CkptError as error:
            self._say(f"{clean(error.what)} {clean(error.hint)}".strip())
        else:
            self._say(f"Written to {clean(written)}")
