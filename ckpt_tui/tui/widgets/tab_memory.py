"""Remembers the folds and the cursor of each tab, so that the next checkpoint is shown alike."""

from __future__ import annotations

from ckpt_tui.core.reading.tree import Folds, Tree
from ckpt_tui.core.value import Value
from ckpt_tui.tui.widgets.row_tree import RowTree


class TabMemory:
    """The folds and the place of each tab, by its name, and of which part of the value it shows the rows."""

    def __init__(self) -> None:
        self._folds: dict[str, Folds] = {}
        self._places: dict[str, tuple[str, ...]] = {}
        self._tops: dict[str, tuple[str, ...]] = {}
        self._show_none = False

    def clear(self) -> None:
        """Forget folds and places: another sort of checkpoint is shown."""
        self._folds.clear()
        self._places.clear()
        self._tops.clear()

    def remember(self, tab: str, rows: RowTree) -> None:
        """Keep the place of a tab, and its folds if they are kept at all."""
        self._show_none = rows.value_tree.show_none
        self._places[tab] = rows.labels
        if tab in self._folds:
            self.keep_folds(tab, rows)

    def keep_folds(self, tab: str, rows: RowTree) -> None:
        """Keep the folds of a tab from now on."""
        self._folds[tab] = rows.value_tree.folds()
        self._tops[tab] = rows.value_tree.top_labels

    def tree(self, tab: str, value: Value) -> Tree:
        """The rows of another value in a tab, unfolded as the last one was."""
        tree = Tree(value, self._folds.get(tab), self._show_none, is_checkpoint=tab == "state")
        tree.show_below(self._tops.get(tab, ()))
        return tree

    def place(self, tab: str) -> tuple[str, ...] | None:
        """The labels of the row under the cursor; None for a tab that was not shown yet."""
        return self._places.get(tab)
