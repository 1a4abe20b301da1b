"""Asks for the name of a file, and writes a text to it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen

from ckpt_tui.actions.export_files import refuse_inside, write_file
from ckpt_tui.actions.exports import names_here
from ckpt_tui.core.sharing.machine_names import Cleaner
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.base import Store
from ckpt_tui.tui.widgets.prompt import Prompt, Prompted

_FILE = Prompted("write to", "a file of Markdown", "writes it, secrets masked")


class TextFileScreen(ModalScreen[str | None]):
    """Writes what `make` returns; closes with what there is to say, or None.

    Args:
        store: The store that the text is about, which is never written to.
        name: The name that is offered.
        make: Makes the text; names of this machine are taken out of it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "close")]
    DEFAULT_CSS = "TextFileScreen { background: $background 0%; }"

    def __init__(self, store: Store, name: str, make: Callable[[], str]) -> None:
        super().__init__()
        self._store = store
        self._offered = name
        self._make = make

    def compose(self) -> ComposeResult:
        yield Prompt()

    def on_mount(self) -> None:
        """Ask."""
        self.query_one(Prompt).ask(_FILE, self._offered, self._write)

    def _write(self, path: str) -> None:
        path = os.path.expanduser(path.strip()) or self._offered
        try:
            refuse_inside(path, self._store)
            write_file(path, [Cleaner(names_here(self._store)).text(self._make())])
        except CkptError as error:
            self.dismiss(f"{error.what} {error.hint}".strip())
        else:
            self.dismiss(f"Written: {path}")
