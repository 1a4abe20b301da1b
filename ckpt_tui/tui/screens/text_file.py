"""Asks for the name of a file, and writes a text to it in the format that the ending of the name means."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping

from textual.app import ComposeResult
from textual.screen import ModalScreen

from ckpt_tui.actions.export_files import format_of, refuse_inside, write_file
from ckpt_tui.actions.exports import names_here
from ckpt_tui.core.sharing.machine_names import Cleaner
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.base import Store
from ckpt_tui.tui.controllers.status_bars import path_text
from ckpt_tui.tui.helpers.replacement import Replacement
from ckpt_tui.tui.widgets.prompt import Prompt, Prompted

_FILE = Prompted("write to", "the name ends in .md, .html or .json", "writes it, secrets masked")

_WORDS = 68
"""Cells of the longest reason why a file is not written, its path aside."""

Formats = Mapping[str, Callable[[], Iterable[str]]]
"""Format, as `export_files.format_of` names it → the function that makes the text, in pieces."""


class _OnlyPrompt(Prompt):
    """There is nothing else on its screen: who leaves it leaves the screen."""

    def action_close(self) -> None:
        """Write nothing."""
        self.screen.dismiss(None)


class TextFileScreen(ModalScreen[str | None]):
    """Writes a text of `formats`; closes with the message to show, or None.

    Args:
        store: The store that the text is about, which is never written to.
        name: The name that is offered.
        formats: Makes the text of each format; names of this machine are taken out of it.
    """

    DEFAULT_CSS = "TextFileScreen { background: $background 0%; }"

    def __init__(self, store: Store, name: str, formats: Formats) -> None:
        super().__init__()
        self._store = store
        self._offered = name
        self._formats = formats
        self._replacement = Replacement()

    def compose(self) -> ComposeResult:
        yield _OnlyPrompt()

    def on_mount(self) -> None:
        """Ask."""
        self.query_one(Prompt).ask(_FILE, self._offered, self._write)

    def _write(self, path: str) -> bool:
        path = os.path.expanduser(path.strip()) or self._offered
        make = self._formats.get(format_of(path) or "")
        if make is None:
            ending = os.path.splitext(path)[1]
            what = f"{ending} is not a format here" if ending else "The format is not known"
            self.query_one(Prompt).say(f"{what}: {_FILE.hint}.", "warn")
            return False
        exists = self._replacement.why_not(path)
        if exists:
            self.query_one(Prompt).say(exists, "warn")
            return False
        try:
            refuse_inside(path, self._store)
            write_file(path, Cleaner(names_here(self._store)).document(["".join(make())]))
        except CkptError as error:
            shown = path_text(path, max(self.size.width - _WORDS, 12))
            self.query_one(Prompt).say(f"{error.what} {error.hint}".replace(path, shown).strip(), "error")
            return False
        self.dismiss(f"Written: {path}")
        return True
