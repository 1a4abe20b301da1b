"""The operations of a pickle on the screen, as they stand in its bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ckpt_tui.core.text import clean
from ckpt_tui.tui.screens.values import Values

if TYPE_CHECKING:
    from ckpt_tui.tui.widgets.row_tree import RowTree

_PICKLED = r'"__pickled__"\s*:\s*"([A-Za-z0-9+/=]*)"'

_AROUND = (0, 1, -1, 2, -2)
"""Lines of the raw file, from the cursor, that may hold the envelope it stands in."""


class Opcodes(Values):
    """Values whose pickles can be looked at operation by operation."""

    def action_opcodes(self) -> None:
        """Show the operations of the pickle at the cursor: in the raw file that of the line, else the innermost."""
        found = self._pickle_at_cursor()
        if found is None:
            self.say("There is no pickle here: plain JSON.", "dim")
            return
        from base64 import b64decode

        from ckpt_tui.core.reading.disassembly import line, operations
        from ckpt_tui.tui.screens.dialogs import TextScreen
        from ckpt_tui.tui.widgets.text_lines import Paragraph

        name, text = found
        try:
            data = b64decode(text, validate=True)
        except ValueError as error:
            self.say(f"Not base64: {error}", "warn")
            return
        # A value under the key of a secret is masked here too, and so is all below such a key of the file.
        tree, reveal = self.value_tree, self.detail.reveal
        if tree is not None and tree.row is not None and tree.is_hidden(tree.row):
            self.say("Masked: ! shows secrets.", "warn")
            return
        lines = [(line(operation), bool(operation.name)) for operation in operations(data, reveal=reveal)]
        paragraphs = [Paragraph(text, "plain" if known else "warn") for text, known in lines]
        whole = "\n".join(text for text, _ in lines)
        title = f"operations of {name} · {len(data):,} bytes · nothing is executed"
        self.app.push_screen(TextScreen(title, paragraphs, lambda: self.copy(whole, "operations")))

    def _pickle_at_cursor(self) -> tuple[str, str | memoryview] | None:
        import re

        from ckpt_tui.tui.widgets.text_lines import TextLines

        lines, tree = self.lines, self.value_tree
        if tree is not None:
            return _innermost(tree)
        if isinstance(lines, TextLines) and self.detail.tab == "raw":
            for step in _AROUND:
                found = re.search(_PICKLED, lines.text_at(lines.cursor + step))
                if found is not None:
                    return f"line {lines.cursor + step + 1:,}", found[1]
        return None


def _innermost(tree: RowTree) -> tuple[str, str | memoryview] | None:
    """The envelope that the row under the cursor is or stands in, with its place."""
    from ckpt_tui.core.paths import expression
    from ckpt_tui.core.value import Deferred, Envelope

    row, outline = tree.row, tree.outline
    while row is not None:
        value = row.member.value
        while type(value) is Deferred and value.ready:
            value = value.value
        if type(value) is Envelope:
            return clean(expression(outline.path(row)), 60), value.text
        above = outline.parent_index(row)
        row = outline.row(above) if above is not None else None
    return None
