"""The columns of the list of checkpoints for its width, and their names in its border."""

from __future__ import annotations

from ckpt_tui.core.runs.columns import Cell, lay_out, titles
from ckpt_tui.core.runs.time_texts import DAY_CELLS
from ckpt_tui.tui.view import View
from ckpt_tui.tui.widgets.checkpoint_rows import EDGE

_BEFORE_TITLE = 2
"""Cells of the list's first row that the border takes before its title."""

_AFTER_TITLE = 1
"""Cells of it that the border takes behind its title."""


class ListColumns:
    """Caches the last layout of the columns, which every row needs."""

    def __init__(self) -> None:
        self._laid: tuple[object, tuple[Cell, ...]] = (None, ())

    def of(self, view: View, width: int) -> tuple[Cell, ...]:
        """The columns of rows of `width` cells, the signs at the left edge among these."""
        key = (width, *view.widths)
        if self._laid[0] != key:
            widest = {
                "gutter": view.lanes * 2 - 1,
                "step": len(str(view.step)),
                "time": DAY_CELLS if view.has_days else 0,
            }
            self._laid = key, lay_out(width - EDGE, widest)
        return self._laid[1]

    def title(self, view: View, width: int) -> str:
        """The names of the columns, each above its own, for a border of `width` cells; else the title of the list."""
        if not view.places:
            return "Checkpoints"
        width = max(width, EDGE)
        text = titles(self.of(view, width), EDGE)[_BEFORE_TITLE:].rstrip()
        if len(text) > width - _AFTER_TITLE - _BEFORE_TITLE:  # the last name moves by one cell, clear of the corner
            head, _, last = text.rpartition(" ")
            text = f"{head[:-1]} {last}"
        return text
