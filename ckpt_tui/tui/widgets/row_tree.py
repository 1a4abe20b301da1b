"""A value as a tree of rows: unfold, fold, search, and the place of the cursor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from ckpt_tui.core.documents.envelope import cut_envelope, is_unopened
from ckpt_tui.core.paths import Path, expression
from ckpt_tui.core.reading.tree import EXPAND_LIMIT, Tree
from ckpt_tui.core.reading.tree_branches import Branch, Row
from ckpt_tui.core.redact import RUN_KWARGS, is_maskable, is_secret_key
from ckpt_tui.core.secret_names import is_key_of_service
from ckpt_tui.core.value import Value
from ckpt_tui.tui.commands import bindings
from ckpt_tui.tui.widgets.deep_rows import DeepRows
from ckpt_tui.tui.widgets.row_painter import LEVEL_CELLS, Look, RowPainter, indent
from ckpt_tui.tui.widgets.shown_keys import keys_of

if TYPE_CHECKING:
    from ckpt_tui.core.diff.comparison import Marks


class RowTree(DeepRows):
    """The rows of a `Tree`."""

    BINDINGS = bindings("value")

    @dataclass(eq=False, repr=False)
    class Opened(Message):
        """The person wants to see a whole text, at the match."""

        title: str
        value: Value
        match: str = ""

    class CopyAsked(Message):
        """The person wants to copy something of the row."""

    class HistoryAsked(Message):
        """The person wants to see every value that the path of the row took."""

    class Folded(Message):
        """Something was unfolded or folded by hand."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.reveal = False
        self.sizes = False
        """Sizes are shown instead of types."""
        self.match = ""
        self.marks: Marks | None = None
        """The changes since the parent, beside the values; None while they are not known."""
        self._painter = RowPainter()

    def show(self, tree: Tree, labels: tuple[str, ...] | None = None) -> None:
        """Show another value; with `labels`, put the cursor on the row they lead to."""
        top = self.scroll_offset.y
        offset = self.cursor - top
        self.forget_reading()
        self.value_tree = tree
        self.forget_tops()
        self._reset()
        if labels is None:
            self.cursor = 0
            self.scroll_to(y=0, animate=False, immediate=True)
        else:
            self.cursor = tree.find_labels(labels)
            self.scroll_to(y=max(self.cursor - offset, 0), animate=False, immediate=True)
            self.show_cursor()
        self.post_message(self.Moved(self, by_hand=False))

    def _reset(self) -> None:
        self._painter.forget()
        self.changed()
        self.cursor = self.validate_cursor(self.cursor)

    @property
    def path(self) -> Path:
        """The path of the row under the cursor."""
        row = self.row
        return self.value_tree.path(row) if row else ()

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the row under the cursor."""
        row = self.row
        return self.value_tree.labels(row) if row else ()

    def is_hidden(self, row: Row) -> bool:
        """Whether a row is under the key of a secret and is masked."""
        if self.reveal:
            return False
        below = row.member.label
        if is_secret_key(below) or below in RUN_KWARGS:
            return True
        branch = row.branch
        slot = row.slot
        while True:
            if branch.is_named_beside(slot):
                return True
            if branch.parent is None:
                return False
            slot = branch.slot
            label = branch.parent.member(branch.slot).label
            if is_secret_key(label) or label in RUN_KWARGS or is_key_of_service(label, below):
                return True
            branch, below = branch.parent, label

    # -- drawing -----------------------------------------------------------------------------------------------------

    def draw(self, index: int, width: int) -> list[tuple[str, str]]:
        row = self.value_tree.row(index)
        look = Look(
            self.reveal, self.is_hidden(row), self.is_reading(row.member.value), self.sizes, self.match, self.marks,
            self.shift,
        )  # fmt: skip
        return self._painter.paint(self.value_tree, row, width, look)

    # -- folding -----------------------------------------------------------------------------------------------------

    def changed_by_hand(self) -> None:
        self._reset()
        self.post_message(self.Folded())

    def action_unfold(self) -> None:
        """Unfold the row; on an unfolded one, go to its first member."""
        self.take_count()
        row = self.row
        if row is not None and row.is_open:
            self.move_to(self.cursor + 1)
        elif row is not None:
            self._open_row(row, self.action_unfold)

    def action_fold(self) -> None:
        """Fold the row; on a folded one, go to its parent."""
        for _ in range(self.take_count()):
            row = self.row
            if row is None:
                return
            if row.is_open:
                self.value_tree.fold(row.branch, row.slot)
                self.changed_by_hand()
            else:
                top = self.value_tree.top
                parent = self.value_tree.parent_index(row)
                if parent is None:
                    self.post_message(self.Notice(f"No row is above this one; {keys_of('app.back')} goes to the list."))
                    return
                if self.value_tree.top is not top:
                    self.changed_by_hand()
                self.move_to(parent)

    def action_toggle_row(self) -> None:
        """Unfold or fold the row; a scalar opens in full."""
        self.take_count()
        row = self.row
        if row is not None and row.is_open:
            self.value_tree.fold(row.branch, row.slot)
            self.changed_by_hand()
        elif row is not None:
            self._open_row(row, self.action_toggle_row)

    def _open_row(self, row: Row, again: Callable[[], None]) -> None:
        """Unfold a row, or open a scalar in full; `again` is called when a value that has to be read is there."""
        if not self.is_at_hand(row.member.value, again):
            return
        if self.value_tree.unfold(row.branch, row.slot):
            self.changed_by_hand()
        elif self.is_hidden(row) and is_maskable(row.member.value, True):
            self.post_message(self.Notice(f"Masked: {keys_of('view.reveal')} shows secrets."))
        else:
            self.post_message(self.Opened(expression(self.path), row.member.value, self.match))

    def action_sibling(self, direction: int) -> None:
        """Go to the next or previous sibling."""
        row = self.row
        if row is not None:
            slot = max(0, min(row.slot + direction * self.take_count(), row.branch.count - 1))
            if slot == row.slot:
                self.idle(f"This is the {'last' if direction > 0 else 'first'} of its siblings.")
            self.move_to(self.value_tree.index_of(row.branch, slot))

    def action_unfold_below(self) -> None:
        """Unfold everything below the row."""
        row = self.row
        if row is None or not self.is_at_hand(row.member.value, self.action_unfold_below):
            return
        kid = self.value_tree.unfold(row.branch, row.slot)
        if kid is None:
            self.post_message(self.Notice("Nothing is folded below this row."))
        else:
            self._unfold(kid, self.take_count(EXPAND_LIMIT))

    def action_unfold_all(self) -> None:
        """Unfold everything, or as many levels as were typed."""
        labels = self.labels
        levels = self.take_count(EXPAND_LIMIT)
        if levels < EXPAND_LIMIT:
            self.value_tree.fold_all(self.value_tree.top)
        self._unfold(self.value_tree.top, levels)
        self.move_to(self.value_tree.find_labels(labels))

    def _unfold(self, branch: Branch, levels: int) -> None:
        count = len(self.value_tree)
        if not self.value_tree.unfold_level(branch, levels):
            self.post_message(self.Notice("That is the most that is unfolded at once; the rest stays folded."))
        elif len(self.value_tree) == count:
            self.idle("Everything is unfolded already.")
        self.changed_by_hand()

    def action_fold_siblings(self) -> None:
        """Fold the row and its siblings."""
        self.take_count()
        row = self.row
        if row is None:
            return
        count = len(self.value_tree)
        self.value_tree.fold_all(row.branch)
        if len(self.value_tree) == count:
            self.idle("Neither this row nor a sibling of it is unfolded.")
        index = self.value_tree.index_of(row.branch, row.slot)
        self.changed_by_hand()
        self.move_to(index)

    def action_fold_all(self) -> None:
        """Fold everything."""
        self.take_count()
        labels, count = self.labels, len(self.value_tree)
        self.value_tree.fold_all(self.value_tree.top)
        if len(self.value_tree) == count:
            self.idle("Everything is folded already.")
        self.changed_by_hand()
        self.move_to(self.value_tree.find_labels(labels))

    def action_decode_further(self) -> None:
        """Decode further the pickle under the cursor, or the one around it, when it was cut."""
        self.take_count()
        row = self.row
        if row is None:
            return
        value, branch = row.member.value, row.branch
        while cut_envelope(value) is None and branch.parent is not None:
            value, branch = branch.parent.member(branch.slot).value, branch.parent
        if cut_envelope(value) is None:
            self.post_message(self.Notice("Nothing was cut here."))
        else:
            self.want_further(value, self._begin_anew)

    def _begin_anew(self) -> None:
        """Show the same place of a value that has changed."""
        self.show(self.value_tree.again(self.value_tree.show_none), self.labels)
        self.post_message(self.Folded())

    def action_toggle_none(self) -> None:
        """Show or fold away the attributes that are None."""
        show = not self.value_tree.show_none
        self.show(self.value_tree.again(show), self.labels)
        self.post_message(self.Folded())
        self.post_message(
            self.Notice(
                "Everything is shown, also empty values and bookkeeping."
                if show
                else "Empty values and the framework's bookkeeping are hidden."
            )
        )

    def action_toggle_sizes(self) -> None:
        """Show sizes in the place of types, or types again."""
        self.take_count()
        self.sizes = not self.sizes
        self.changed()
        self.post_message(
            self.Notice(
                f"Sizes: bytes of each value's JSON; {keys_of('value.sizes')} shows types." if self.sizes else "Types."
            )
        )

    def action_history(self) -> None:
        """Ask for every value that the path of the row took."""
        self.take_count()
        if self.row is not None:
            self.post_message(self.HistoryAsked())

    def action_copy(self) -> None:
        """Ask which part to copy."""
        self.take_count()
        self.post_message(self.CopyAsked())

    def clicked(self, index: int, x: int, times: int) -> None:
        row = self.value_tree.row(index)
        on_sign = x < indent(row, self.shift) + LEVEL_CELLS
        if on_sign or times == 2:
            self.action_toggle_row()

    def go_to(self, positions: tuple[int, ...]) -> None:
        """Unfold down to a member and put the cursor on it."""
        index = self.value_tree.open_to(positions)
        self._reset()
        if index is not None:
            self.move_to(index)

    def open_part(self) -> None:
        """Unfold the rows below the row as far as they fit, and put the row at the top."""
        row = self.row
        kid = self.value_tree.unfold(row.branch, row.slot) if row is not None else None
        if kid is not None:
            self.value_tree.unfold_to_fit(start=kid)
            self.changed_by_hand()
        self.call_after_refresh(self.scroll_to, y=self.cursor, animate=False, immediate=True)

    def open_labels(self, labels: tuple[str, ...]) -> bool:
        """Unfold down to the row with these labels; False when there is none, then as far as there is.

        Where a value on the path has to be read first, the rest follows then.
        """
        tree = self.value_tree
        labels = tree.full_labels(labels)
        for depth in range(1, len(labels)):
            row = tree.row(tree.find_labels(labels[:depth])) if len(tree) else None
            if row is None or tree.labels(row) != labels[:depth]:
                break
            if is_unopened(row.member.value):
                self._reset()
                self.move_to(tree.index_of(row.branch, row.slot))
                self.is_at_hand(row.member.value, lambda: self.open_labels(labels))
                return True
            if not tree.unfold(row.branch, row.slot):
                break
        self._reset()
        if not len(tree):
            return False
        index = tree.find_labels(labels)
        self.move_to(index)
        return tree.labels(tree.row(index)) == labels
