"""A text in the person's own editor, and a value in a line of its own."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import tempfile
from typing import Any, ClassVar

from textual.app import App, ComposeResult, SuspendNotSupported
from textual.binding import BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.text import clean
from ckpt_tui.tui.widgets.dialog_box import DialogBox


class NotEdited(Exception):
    """The text was not edited; the reason is for people, and empty when the person changed nothing."""


def edited(app: App[Any], text: str, suffix: str) -> str:
    """The text as the person left it in $EDITOR.

    Raises:
        NotEdited: there is no editor, it failed, or nothing was changed.
    """
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with tempfile.TemporaryDirectory(prefix="ckpt-tui-") as directory:
        path = os.path.join(directory, "value" + suffix)
        with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
        try:
            with app.suspend():
                done = subprocess.run([*shlex.split(command), path], check=False)
        except SuspendNotSupported:
            raise NotEdited("This terminal cannot be handed to another program.") from None
        except (OSError, ValueError) as error:
            raise NotEdited(f"{command} did not start: {error}") from None
        finally:
            app.refresh()
        if done.returncode:
            raise NotEdited(f"{command} ended with {done.returncode}; nothing was changed.")
        try:
            with open(path, encoding="utf-8") as file:
                after = file.read()
        except (OSError, ValueError) as error:
            raise NotEdited(f"The text cannot be read again: {error}") from None
    if after == text:
        raise NotEdited("")
    return after


def edited_json(app: App[Any], document: Any) -> Any:
    """A document as the person left it in $EDITOR.

    Raises:
        NotEdited: as for `edited`, or what was left is not JSON.
    """
    text = edited(app, dumps(document) + "\n", ".json")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotEdited(f"That is not JSON ({error}); nothing was changed.") from None


class EditScreen(ModalScreen[str | None]):
    """Asks for another text of a value; closes with it, or with None.

    Args:
        title: What it is.
        text: What it is now.
        hint: What it must be.
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
