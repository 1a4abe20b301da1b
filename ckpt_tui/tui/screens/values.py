"""What can be done with the value under the cursor: copy it, open it in full, in a pager or an editor."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from textual import events
from textual.app import SuspendNotSupported

from ckpt_tui.tui.commands import COPY_KEYS
from ckpt_tui.tui.screens.copying import copied

if TYPE_CHECKING:
    from ckpt_tui.core.value import Value
    from ckpt_tui.tui.screens.panes import Panes
    from ckpt_tui.tui.widgets.row_tree import RowTree
else:
    # This and what derives from it is mixed into the one screen: a class of its own kind would take Textual 0.4 ms
    # to make, each, and ten of them stand before the first rows.
    Panes = object

# What only a copy or an opened value needs is imported there: the first rows come 15 ms sooner.

_SHOWN_NODES = 200_000
"""Values of a document that is copied or opened; more would take seconds to write."""


_UNREAD = "Too large to be read on the way: unfold it first."


class Values(Panes):
    """Panes whose values can be copied and opened."""

    def __init__(self) -> None:
        super().__init__()
        self._copying = False

    # -- copying -----------------------------------------------------------------------------------------------------

    def on_row_tree_copy_asked(self) -> None:
        """The next key says what to copy."""
        self._copying = True
        keys = " · ".join(f"{key} {name}" for key, name in COPY_KEYS.items())
        self.say(f"copy: {keys} · esc nothing")

    async def on_event(self, event: events.Event) -> None:
        """A key after `y` is not a command."""
        if self._copying and isinstance(event, events.Key):
            self._copying = False
            event.stop()
            self._copy_part(event.character or "")
            return
        if self.message and isinstance(event, events.Key):
            self.say("")
        await super().on_event(event)

    def _copy_part(self, key: str) -> None:
        tree = self.value_tree
        row = tree.row if tree is not None else None
        if key not in COPY_KEYS or tree is None or row is None:
            self.say("Nothing copied.", "dim")
            return
        from ckpt_tui.core.documents.envelope import resolve
        from ckpt_tui.core.paths import expression
        from ckpt_tui.core.reading.preview import is_unopened

        if key in "vj" and tree.is_hidden(row):
            self.say("Masked: ! shows secrets, then they can be copied.", "warn")
            return
        if key in "vj" and is_unopened(row.member.value):
            self.say(_UNREAD, "warn")
        elif key == "p":
            self.copy(expression(tree.path), "path")
        elif key == "k":
            self.copy(row.member.label, "key")
        elif key == "j":
            self.copy(self.json_text(row.member.value), "JSON")
        else:
            value = resolve(row.member.value)
            self.copy(value if type(value) is str else self.value_text(value), "value")

    def copy(self, text: str, what: str) -> None:
        """Copy a text and say where it went."""
        self.say(*copied(self.app, text, what))

    def json_text(self, value: Value) -> str:
        """A value as JSON, secrets masked unless they are shown."""
        from ckpt_tui.core.export import dumps
        from ckpt_tui.core.reading.plain import plain
        from ckpt_tui.core.redact import masked

        document = plain(value, nodes=_SHOWN_NODES)
        return dumps(document if self.detail.reveal else masked(document))

    def value_text(self, value: Value) -> str:
        """A scalar as its own text, anything else as JSON."""
        from ckpt_tui.core.documents.envelope import resolve
        from ckpt_tui.core.reading.plain import plain
        from ckpt_tui.core.reading.search import scalar_text

        value = resolve(value)
        document = plain(value, nodes=_SHOWN_NODES)
        if isinstance(document, dict) and "$value" in document:
            return str(document["$value"])
        if type(value) is str:
            return value
        return scalar_text(value) if not isinstance(document, dict | list) else self.json_text(value)

    # -- opening -----------------------------------------------------------------------------------------------------

    def on_row_tree_opened(self, event: RowTree.Opened) -> None:
        """Show a whole value."""
        from ckpt_tui.core.documents.envelope import resolve
        from ckpt_tui.core.reading.preview import type_text_of
        from ckpt_tui.tui.screens.dialogs import TextScreen
        from ckpt_tui.tui.widgets.text_lines import Paragraph

        text = self.value_text(event.value)
        kind = type_text_of(event.value) or type(resolve(event.value)).__name__
        title = f"{event.title} · {kind} · {len(text):,} characters"
        paragraphs = [Paragraph(line) for line in text.split("\n")] if len(text) < 2_000_000 else [Paragraph(text)]
        self.app.push_screen(TextScreen(title, paragraphs, lambda: self.copy(text, "value"), event.match))

    def action_pager(self) -> None:
        """Open the value, or the file, in $PAGER."""
        self._open_with(os.environ.get("PAGER") or "less")

    def action_editor(self) -> None:
        """Open a copy of the value, or of the file, in $EDITOR."""
        self._open_with(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")

    def _file(self, raw: bytes) -> bytes:
        """A file for another program, secrets masked as in the tab Raw unless they are shown."""
        from ckpt_tui.core.redact import masked_lines

        if self.detail.reveal:
            return raw
        text = raw.decode("utf-8", "surrogateescape")
        return "\n".join(masked_lines(text.split("\n"))).encode("utf-8", "surrogateescape")

    def _open_with(self, command: str) -> None:
        from ckpt_tui.core.documents.envelope import resolve
        from ckpt_tui.core.reading.preview import is_unopened

        tree = self.value_tree
        if tree is not None and tree.row is not None:
            if tree.is_hidden(tree.row):
                self.say("Masked: ! shows secrets.", "warn")
                return
            if is_unopened(tree.row.member.value):
                self.say(_UNREAD, "warn")
                return
            value = resolve(tree.row.member.value)
            data = (value if type(value) is str else self.json_text(value)).encode("utf-8", "backslashreplace")
            suffix = ".txt" if type(value) is str else ".json"
        elif self.detail.checkpoint is not None:
            data, suffix = self._file(self.detail.checkpoint.raw), ".json"
        else:
            return
        import shlex
        import subprocess
        import tempfile

        with tempfile.TemporaryDirectory(prefix="ckpt-tui-") as directory:
            path = os.path.join(directory, "value" + suffix)
            with open(path, "wb") as file:
                file.write(data)
            os.chmod(path, 0o400)
            try:
                with self.app.suspend():
                    subprocess.run([*shlex.split(command), path], check=False)
            except SuspendNotSupported:
                self.say("This terminal cannot be handed to another program.", "warn")
            except (OSError, ValueError) as error:
                self.say(f"{command} did not start: {error}", "error")
        self.app.refresh()
