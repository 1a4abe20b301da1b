"""A list that marks the row under the cursor with a sign, which is seen without colours, too."""

from __future__ import annotations

from ckpt_tui.tui.widgets.line_list import LineList


class MarkedLines(LineList):
    """A list whose rows begin with a mark."""

    def mark(self, index: int) -> tuple[str, str]:
        """The part that a row begins with."""
        return ("▸ " if index == self.cursor else "  "), "accent"

    def watch_cursor(self, old: int, new: int) -> None:
        """The mark moves with the cursor."""
        self._strips.clear()
        super().watch_cursor(old, new)
