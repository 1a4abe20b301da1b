"""Rows of a value that may be hundreds of levels deep: only a part of it is shown, and they scroll sideways."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from ckpt_tui.core.reading.tree import Tree
from ckpt_tui.core.reading.tree_branches import Branch, Row
from ckpt_tui.tui.widgets.row_painter import LEVEL_CELLS
from ckpt_tui.tui.widgets.unread import UnreadRows

_SIDEWAYS = 4
"""Levels that one key scrolls sideways."""


class DeepRows(UnreadRows):
    """The rows of a `Tree`, as far as it is shown.

    Attributes:
        value_tree: The rows.
        shift: Levels that are scrolled out of sight to the left.
    """

    @dataclass(eq=False, repr=False)
    class Notice(Message):
        """A message for the person."""

        text: str

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.value_tree = Tree({})
        self.shift = 0
        self._tops: list[Branch] = []

    @property
    def line_count(self) -> int:
        return len(self.value_tree)

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self.value_tree.row(self.cursor) if self.cursor < len(self.value_tree) else None

    def changed_by_hand(self) -> None:
        """Draw again after the person changed which rows there are."""
        raise NotImplementedError

    def forget_tops(self) -> None:
        """Forget the former tops, as another value is shown."""
        self._tops.clear()

    def watch_cursor(self, old: int, new: int) -> None:
        """Scroll sideways so that the row under the cursor can be read."""
        super().watch_cursor(old, new)
        self._scroll_sideways()

    def on_resize(self) -> None:
        """Keep the row under the cursor in sight."""
        super().on_resize()
        self._scroll_sideways()

    def _scroll_sideways(self) -> None:
        row, most = self.row, max(self.scrollable_content_region.width // 2 // LEVEL_CELLS, 4)
        if row is None:
            return
        shift = self.shift
        if row.depth - shift > most or row.depth < shift or row.depth <= most // 2:
            self.shift = max(row.depth - most // 2, 0)
        if self.shift != shift:
            self.changed()

    def action_sideways(self, direction: int) -> None:
        """Scroll sideways by some levels, or as many as were typed."""
        most, before = self.row.depth if self.row is not None else 0, self.shift
        self.shift = max(0, min(self.shift + direction * self.take_count(_SIDEWAYS), most))
        if self.shift == before:
            self.idle("A row this deep is not scrolled further." if direction > 0 else "The value is not scrolled.")
        self.changed()

    def action_show_below(self) -> None:
        """Show only what is below the row."""
        self.take_count()
        row = self.row
        if row is None or not self.is_at_hand(row.member.value, self.action_show_below):
            return
        kid = self.value_tree.unfold(row.branch, row.slot)
        if kid is None:
            self.post_message(self.Notice("Nothing is below this row."))
            return
        self._tops.append(self.value_tree.top)
        self._show_top(kid, kid, 0)

    def action_show_around(self) -> None:
        """Show the rows around the present part again."""
        self.take_count()
        here = self.value_tree.top
        if here.parent is None:
            self.post_message(self.Notice("All of the value is shown: > shows only what is below a row."))
            return
        self._show_top(self._tops.pop() if self._tops else self.value_tree.root, here.parent, here.slot)

    def _show_top(self, top: Branch, branch: Branch, slot: int) -> None:
        """Show the rows below a branch, the cursor on a member."""
        self.value_tree.top = top
        index = self.value_tree.index_of(branch, slot)
        self.changed_by_hand()
        self.move_to(index, by_hand=False)
