"""A text in the person's own editor, and a value in a line of its own."""

from __future__ import annotations

import json
import os
import tempfile
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.text import clean
from ckpt_tui.errors import CkptError
from ckpt_tui.tui.outside_programs import editor, run_outside
from ckpt_tui.tui.widgets.dialog_box import DialogBox


class NotEdited(Exception):
    """The text was not edited; the reason is for people, and empty when the person changed nothing."""


def edited_json(app: App[Any], document: Any) -> Any:
    """A document as the person left it in $EDITOR.

    Raises:
        NotEdited: there is no editor, it failed, nothing was changed, or the result is not JSON.
    """
    text, command = dumps(document) + "\n", editor()
    with tempfile.TemporaryDirectory(prefix="ckpt-tui-") as directory:
        path = os.path.join(directory, "value.json")
        with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
        try:
            code = run_outside(app, command, path)
        except CkptError as error:
            raise NotEdited(error.what) from None
        if code:
            raise NotEdited(f"{command} ended with {code}; nothing was changed.")
        try:
            with open(path, encoding="utf-8") as file:
                after = file.read()
        except (OSError, ValueError) as error:
            raise NotEdited(f"The text cannot be read again: {error}") from None
    if after == text:
        raise NotEdited("")
    try:
        return json.loads(after)
    except (ValueError, RecursionError) as error:
        raise NotEdited(f"That is not JSON ({error}); nothing was changed.") from None


class EditScreen(ModalScreen[str | None]):
    """Asks for another text of a value; closes with it, or with None.

    Args:
        title: The title.
        text: The present text.
        hint: The kind of text that is valid.
    """

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "close")]
    DEFAULT_CSS = """
    EditScreen { align: center middle; background: $background 60%; }
    EditScreen > DialogBox { width: 80%; max-width: 100; height: auto; }
    EditScreen Input { border: none; height: 1; background: $panel; padding: 0 1; }
    EditScreen Static { height: auto; color: $ck-dim; }
    """

    def __init__(self, title: str, text: str, hint: str) -> None:
        super().__init__()
        self._title, self._text, self._hint = title, text, hint

    def compose(self) -> ComposeResult:
        with DialogBox(self._title, "⏎ takes it · esc leaves it"):
            yield Static(Content(clean(self._hint)), markup=False)
            yield Input(self._text, compact=True)

    def on_mount(self) -> None:
        """The line has the focus."""
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take it."""
        self.dismiss(event.value)
