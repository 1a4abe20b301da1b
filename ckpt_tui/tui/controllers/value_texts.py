"""Commands on the value under the cursor: copy it, open it in full, in a pager or an editor."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, Protocol

from ckpt_tui.core.documents.envelope import is_unopened, resolve
from ckpt_tui.core.documents.structured_secrets import hidden_texts
from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.masked_lines import masked_lines
from ckpt_tui.core.paths import expression
from ckpt_tui.core.reading.search import scalar_text
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.reading.value_kinds import type_text_of
from ckpt_tui.core.redact import masked
from ckpt_tui.errors import CkptError
from ckpt_tui.tui.commands import COPY_KEYS
from ckpt_tui.tui.helpers.port import Port
from ckpt_tui.tui.outside_programs import editor, run_outside
from ckpt_tui.tui.widgets.shown_keys import keys_of
from ckpt_tui.tui.widgets.text_lines import Paragraph

if TYPE_CHECKING:
    from ckpt_tui.core.value import Value
    from ckpt_tui.tui.widgets.row_tree import RowTree

_SHOWN_NODES = 200_000
"""Values of a document that is copied or opened; more would take seconds to write."""

_LINES = 2_000_000
"""Characters of a text that is shown line by line."""

_UNREAD = "Too large to read from here: unfold it first."


class ValueTextsPort(Port, Protocol):
    """The part of its screen that it uses."""

    def copy(self, text: str, what: str) -> None:
        """Copy a text, named `what`, and show where it went."""


class ValueTexts:
    """Takes values out of the browser, secrets masked unless they are shown.

    Args:
        port: The screen.
    """

    def __init__(self, port: ValueTextsPort) -> None:
        self._port = port
        self._copying = False

    # -- copying -----------------------------------------------------------------------------------------------------

    def ask_copy(self) -> None:
        """Show that the next key chooses what to copy."""
        self._copying = True
        keys = " · ".join(f"{key} {name}" for key, name in COPY_KEYS.items())
        self._port.say(f"copy: {keys} · {keys_of('app.back')} cancels")

    def take_key(self, key: str) -> bool:
        """Copy what a key chooses; return False when nothing was asked, and the key is not for this."""
        if not self._copying:
            return False
        self._copying = False
        self._copy_part(key)
        return True

    def _copy_part(self, key: str) -> None:
        tree = self._port.panes.value_tree
        row = tree.row if tree is not None else None
        if key not in COPY_KEYS or tree is None or row is None:
            self._port.say("Nothing copied.", "dim")
            return
        value = row.member.value
        if key in "vj" and tree.is_hidden(row):
            self._port.say(f"Masked: {keys_of('view.reveal')} shows secrets, then they can be copied.", "warn")
        elif key in "vj" and is_unopened(value):
            self._port.say(_UNREAD, "warn")
        elif key == "p":
            self._port.copy(expression(tree.path), "path")
        elif key == "k":
            self._port.copy(row.member.label, "key")
        elif key == "j":
            self._port.copy(self._json_text(value), "JSON")
        else:
            self._port.copy(self._value_text(value), "value")

    def _json_text(self, value: Value) -> str:
        document = to_json(value, nodes=_SHOWN_NODES)
        return dumps(document if self._port.panes.detail.reveal else masked(document))

    def _value_text(self, value: Value) -> str:
        """A scalar as its own text, anything else as JSON."""
        value = resolve(value)
        if type(value) is str:
            return value
        document = to_json(value, nodes=_SHOWN_NODES)
        if isinstance(document, dict) and "$value" in document:
            return str(document["$value"])
        return scalar_text(value) if not isinstance(document, dict | list) else self._json_text(value)

    # -- opening -----------------------------------------------------------------------------------------------------

    def open(self, event: RowTree.Opened) -> None:
        """Show a whole value."""
        text = self._value_text(event.value)
        kind = type_text_of(event.value) or type(resolve(event.value)).__name__
        title = f"{event.title} · {kind} · {len(text):,} characters"
        lines = text.split("\n") if len(text) < _LINES else [text]
        self._port.open.text(title, [Paragraph(line) for line in lines], text, "value", event.match)

    def open_pager(self) -> None:
        """Open the value, or the file, in $PAGER."""
        self._open_with(os.environ.get("PAGER") or "less")

    def open_editor(self) -> None:
        """Open a copy of the value, or of the file, in $EDITOR."""
        self._open_with(editor())

    def _open_with(self, command: str) -> None:
        found = self._content()
        if found is None:
            return
        data, suffix = found
        with tempfile.TemporaryDirectory(prefix="ckpt-tui-") as directory:
            path = os.path.join(directory, "value" + suffix)
            with open(path, "wb") as file:
                file.write(data)
            os.chmod(path, 0o400)
            try:
                run_outside(self._port.app, command, path)
            except CkptError as error:
                self._port.say(error.what, "error")

    def _content(self) -> tuple[bytes, str] | None:
        """The text of the value or the file for another program, and the suffix of its file."""
        tree, checkpoint = self._port.panes.value_tree, self._port.panes.detail.checkpoint
        if tree is None or tree.row is None:
            return (self._file(checkpoint.raw), ".json") if checkpoint is not None else None
        value = tree.row.member.value
        if tree.is_hidden(tree.row):
            self._port.say(f"Masked: {keys_of('view.reveal')} shows secrets.", "warn")
            return None
        if is_unopened(value):
            self._port.say(_UNREAD, "warn")
            return None
        value = resolve(value)
        if type(value) is str:
            return value.encode("utf-8", "backslashreplace"), ".txt"
        return self._json_text(value).encode("utf-8", "backslashreplace"), ".json"

    def _file(self, raw: bytes) -> bytes:
        """A file, masked as the tab File shows it."""
        if self._port.panes.detail.reveal:
            return raw
        text = raw.decode("utf-8", "surrogateescape")
        return "\n".join(masked_lines(text.split("\n"), hidden_texts(raw))).encode("utf-8", "surrogateescape")
