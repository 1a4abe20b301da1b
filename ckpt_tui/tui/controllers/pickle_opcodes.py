"""The operations of a pickle on the screen, in the order of its bytes."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import TYPE_CHECKING

from ckpt_tui.core.reading.disassembly import line, operations
from ckpt_tui.core.shown_names import shown_path
from ckpt_tui.core.value import Deferred, Envelope
from ckpt_tui.tui.widgets.row_tree import RowTree
from ckpt_tui.tui.widgets.shown_keys import keys_of
from ckpt_tui.tui.widgets.text_lines import Paragraph, TextLines

if TYPE_CHECKING:
    from ckpt_tui.tui.helpers.port import Port

_PICKLED = re.compile(r'"__pickled__"\s*:\s*"([A-Za-z0-9+/=]*)"')

_AROUND = (0, 1, -1, 2, -2)
"""Lines of the raw file, from the cursor, that may hold the envelope around it."""


class PickleOpcodes:
    """Lists the operations of the pickle at the cursor.

    Args:
        port: The screen.
    """

    def __init__(self, port: Port) -> None:
        self._port = port

    def open(self) -> None:
        """Show the operations of the pickle at the cursor: in the raw file that of the line, else the innermost."""
        found = self._pickle_at_cursor()
        if found is None:
            self._port.say("There is no pickle here: plain JSON.", "dim")
            return
        name, text = found
        try:
            data = b64decode(text, validate=True)
        except ValueError as error:
            self._port.say(f"Not base64: {error}", "warn")
            return
        # A value under the key of a secret is masked here too, and so is all below such a key of the file.
        tree, reveal = self._port.panes.value_tree, self._port.panes.detail.reveal
        if tree is not None and tree.row is not None and tree.is_hidden(tree.row):
            self._port.say(f"Masked: {keys_of('view.reveal')} shows secrets.", "warn")
            return
        lines = [(line(operation), bool(operation.name)) for operation in operations(data, reveal=reveal)]
        paragraphs = [Paragraph(text, "plain" if known else "warn") for text, known in lines]
        whole = "\n".join(text for text, _ in lines)
        title = f"operations of {name} · {len(data):,} bytes · nothing is executed"
        self._port.open.text(title, paragraphs, whole, "operations")

    def _pickle_at_cursor(self) -> tuple[str, str | memoryview] | None:
        """The pickle in base64, with its place."""
        lines = self._port.panes.lines
        if isinstance(lines, RowTree):
            return _innermost(lines)
        if isinstance(lines, TextLines) and self._port.panes.detail.tab == "raw":
            for step in _AROUND:
                found = _PICKLED.search(lines.text_at(lines.cursor + step))
                if found is not None:
                    return f"line {lines.cursor + step + 1:,}", found[1]
        return None


def _innermost(tree: RowTree) -> tuple[str, str | memoryview] | None:
    """The envelope that the row under the cursor is or is part of, with its place."""
    row, values = tree.row, tree.value_tree
    while row is not None:
        value = row.member.value
        while type(value) is Deferred and value.ready:
            value = value.value
        if type(value) is Envelope:
            return shown_path(values.path(row), 60), value.text
        above = values.parent_index(row)
        row = values.row(above) if above is not None else None
    return None
