"""A value as rows: which members are unfolded, and the position of each row, without ever building the rows.

Only unfolded members cost memory, so a value of a million members unfolds at once; finding a row takes time
proportional to its depth.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import chain
from typing import Any

from ckpt_tui.core.budgets import READ_AT_ONCE
from ckpt_tui.core.documents.envelope import is_unopened, unread
from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.arrangement import FOLDED, PART_LABELS, PartsMembers
from ckpt_tui.core.reading.members import all_members, members
from ckpt_tui.core.reading.summary import label_text
from ckpt_tui.core.reading.tree_branches import NAMED_LIMIT, Branch, Row, fold_name, slot_with
from ckpt_tui.core.redact import RUN_KWARGS
from ckpt_tui.core.value import Value

Folds = dict[str, Any]
"""Labels of unfolded members, each with the `Folds` below it."""

EXPAND_LIMIT = 50_000
"""Rows that one "unfold everything" makes at most: up to half a second, when all are types within types."""

_UNFOLDED_BY_HAND = RUN_KWARGS | {FOLDED, PART_LABELS["metadata"]}
"""Labels of rows that are bookkeeping, however few members they have."""

EXPAND_DEPTH = 500
"""Levels that it goes down: finding a row takes time proportional to its depth below what is shown."""

_LEAVES = frozenset((str, int, float, bool, bytes, type(None)))


class Tree:
    """The rows of one value, or of a part of it, and what is unfolded.

    Args:
        value: The value whose members are the rows.
        folds: Members to unfold, by label; None unfolds as many as fit a screen.
        show_none: Show empty values and the framework's bookkeeping instead of folding them away.
        is_checkpoint: The value holds the parts of a checkpoint: the members of its state are rows beside the others.

    Attributes:
        top: The branch whose rows are shown, with all below it; paths and labels begin at the value all the same.
    """

    def __init__(
        self, value: Value, folds: Folds | None = None, show_none: bool = False, is_checkpoint: bool = False
    ) -> None:
        self.value = value
        self.show_none = show_none
        self._parts = PartsMembers(value, show_none) if is_checkpoint else None
        self.root = self.top = Branch(value, None, 0, show_none, self._parts)
        if folds is None:
            self.unfold_to_fit()
        else:
            self._apply(folds)

    def again(self, show_none: bool) -> Tree:
        """The same value again, for it may have changed, with the same members unfolded."""
        tree = Tree(self.value, self.folds(), show_none, self._parts is not None)
        tree.show_below(self.top_labels)
        return tree

    @property
    def top_labels(self) -> tuple[str, ...]:
        """The labels that lead to the value of which the rows are shown; none for the whole."""
        row = self.top_row
        return () if row is None else self.labels(row)

    @property
    def top_row(self) -> Row | None:
        """The row that all shown rows are below; None where the whole is shown."""
        above = self.top.parent
        return None if above is None else above.row(self.top.slot, 0)

    def show_below(self, labels: tuple[str, ...]) -> None:
        """Show only the rows below the value that these labels lead to, as far as there is one that is unfolded."""
        self.top = self.root
        for label in labels:
            slot = slot_with(self.top, label)
            if slot is None or slot not in self.top.kids:
                break
            self.top = self.top.kids[slot]

    def __len__(self) -> int:
        return self.top.total

    def row(self, index: int) -> Row:
        """The row at a position.

        Raises:
            IndexError: there are not that many rows.
        """
        if not 0 <= index < self.top.total:
            raise IndexError(index)
        branch = self.top
        while True:
            slots, before = branch.sums()
            # A member's row comes after all members before it, and after the rows of those that are unfolded.
            at = bisect_left(range(len(slots)), True, key=lambda j: slots[j] + before[j] >= index)
            if at and index <= slots[at - 1] + before[at - 1] + branch.kids[slots[at - 1]].total:
                index -= slots[at - 1] + before[at - 1] + 1
                branch = branch.kids[slots[at - 1]]
                continue
            return branch.row(index - before[at], branch.depth - self.top.depth)

    def index_of(self, branch: Branch, slot: int) -> int:
        """The position of a branch's member; where that is outside of what is shown, the whole is shown again."""
        index = 0
        here = branch
        while True:
            slots, before = here.sums()
            index += slot + before[bisect_left(slots, slot)]
            if here is self.top:
                return index
            if here.parent is None:
                self.top = here
                return index
            slot, here = here.slot, here.parent
            index += 1

    def parent_index(self, row: Row) -> int | None:
        """The position of the row that a row is below, which is shown then; None at the top."""
        branch = row.branch
        if branch.parent is None:
            return None
        if branch is self.top:
            self.top = branch.parent
        return self.index_of(branch.parent, branch.slot)

    def path(self, row: Row) -> Path:
        """The steps that lead to a row in the JSON of `show`."""
        steps: list[Path] = [row.member.steps]
        branch = row.branch
        while branch.parent is not None:
            steps.append(branch.parent.member(branch.slot).steps)
            branch = branch.parent
        return tuple(chain(*reversed(steps)))

    def labels(self, row: Row) -> tuple[str, ...]:
        """The labels that lead to a row, nothing in them masked: they find it again."""
        labels = [label_text(row.member, reveal=True)]
        branch = row.branch
        while branch.parent is not None:
            labels.append(label_text(branch.parent.member(branch.slot), reveal=True))
            branch = branch.parent
        return tuple(reversed(labels))

    def positions(self, row: Row) -> tuple[int, ...]:
        """Where a row is: its position among all members, level by level."""
        branch, slot = row.branch, row.slot
        found = [slot if branch.order is None else branch.order[slot]]
        while branch.parent is not None:
            slot, branch = branch.slot, branch.parent
            found.append(slot if branch.order is None else branch.order[slot])
        positions = tuple(reversed(found))
        return positions if self._parts is None else self._parts.there(positions)

    def order_of(self, positions: tuple[int, ...]) -> tuple[int, ...]:
        """A sort key of positions among all members, in the order of the rows; () for one that has no row."""
        return positions if self._parts is None else self._parts.here(positions)

    # -- folding -----------------------------------------------------------------------------------------------------

    def unfold(self, branch: Branch, slot: int) -> Branch | None:
        """Unfold a member; None when it has no members."""
        kid = branch.kids.get(slot)
        if kid is None:
            member = branch.member(slot)
            kid = Branch(member.value, branch, slot, self.show_none or member.label == FOLDED)
            if not kid.total:
                return None
            branch.kids[slot] = kid
            branch.grow(kid.total)
        return kid

    def fold(self, branch: Branch, slot: int) -> None:
        """Fold a member; the state of the rows below it is forgotten."""
        kid = branch.kids.pop(slot, None)
        if kid is not None:
            branch.grow(-kid.total)

    def unfold_level(self, branch: Branch, levels: int, limit: int = EXPAND_LIMIT) -> bool:
        """Unfold everything below a branch, so many levels deep; False when a limit was reached first.

        The limits are `limit` members, `EXPAND_DEPTH` levels and, in a large file, `READ_AT_ONCE`. A value that
        contains itself is not entered again, so cycles end. Hidden members count as well: they have been read.
        """
        end = branch.depth + levels
        left = limit - branch.count
        complete = True
        reading = READ_AT_ONCE
        # The branches from `branch` down to the one at hand: the id of each one's value, and the rows added below it.
        idents: list[int] = []
        added: list[int] = []
        trail: list[Branch] = []
        above = self._ancestors(branch)
        todo: list[tuple[Branch, int]] = [(branch, 0)]
        while todo and left >= 0:
            here, ident = todo.pop()
            while len(trail) > here.depth - branch.depth:
                above.discard(idents.pop())
                self._leave(trail, added)
            trail.append(here)
            added.append(0)
            idents.append(ident)
            above.add(ident)
            if here.depth >= end:
                continue
            if here.depth - self.top.depth >= EXPAND_DEPTH:
                complete = complete and not here.count
                continue
            for slot in range(here.count):
                if left < 0:
                    break
                kid = here.kids.get(slot)
                value = here.value(slot)
                if kid is None and type(value) not in _LEAVES and not is_unopened(value) and id(value) not in above:
                    reading -= unread(value)
                    if reading < 0:
                        complete = False
                        continue
                    below = all_members(value)
                    if not len(below):
                        continue
                    left -= len(below)
                    kid = Branch(value, here, slot, self.show_none or here.member(slot).label == FOLDED, below)
                    if kid.total:
                        here.kids[slot] = kid
                        added[-1] += kid.total
                    else:
                        kid = None
                if kid is not None:
                    todo.append((kid, id(value)))
        while len(trail) > 1:
            self._leave(trail, added)
        if added:
            branch.grow(added[0])
        return complete and left >= 0

    @staticmethod
    def _leave(trail: list[Branch], added: list[int]) -> None:
        """Add the number of new rows to the last branch of a trail, and pass it on to the one above."""
        branch, rows = trail.pop(), added.pop()
        branch.count_rows(rows)
        added[-1] += rows

    def fold_all(self, branch: Branch) -> None:
        """Fold every member of a branch."""
        rows = sum(kid.total for kid in branch.kids.values())
        branch.kids.clear()
        branch.grow(-rows)

    def unfold_to_fit(self, rows: int = 30, levels: int = 4, start: Branch | None = None) -> None:
        """Unfold level by level while all below a branch, or below the root, fits in this many rows.

        A member that would not fit stays folded.
        """
        top = start or self.root
        level = [top]
        for _ in range(levels):
            below: list[Branch] = []
            for branch in level:
                if branch.count > rows:
                    continue
                for slot in range(branch.count):
                    member = branch.member(slot)
                    if is_unopened(member.value) or member.label in _UNFOLDED_BY_HAND:
                        continue
                    if top.total + len(members(member.value)) > rows:
                        continue
                    kid = self.unfold(branch, slot)
                    if kid is not None:
                        below.append(kid)
            level = below

    def _ancestors(self, branch: Branch) -> set[int]:
        found = {id(self.value)}
        while branch.parent is not None:
            found.add(id(branch.parent.member(branch.slot).value))
            branch = branch.parent
        return found

    def open_to(self, positions: tuple[int, ...]) -> int | None:
        """Unfold down to a member named by positions among all members; returns its row, None when it is not there."""
        branch = self.root
        wanted = self.order_of(positions)
        for depth, position in enumerate(wanted):
            slot = branch.slot_of(position)
            if slot is None and position < len(branch.below):
                branch.show_all()
                slot = position
            if slot is None:
                return None
            if depth == len(wanted) - 1:
                return self.index_of(branch, slot)
            kid = self.unfold(branch, slot)
            if kid is None:
                return None
            branch = kid
        return None

    def full_labels(self, labels: tuple[str, ...]) -> tuple[str, ...]:
        """Labels that lead to a value, with that of the row under which bookkeeping is folded."""
        if labels and self._parts is not None and labels[0] in self._parts.labels():
            return (FOLDED, *labels)
        return labels

    def folds(self) -> Folds:
        """The unfolded members, by label, to be applied to another value."""
        top: Folds = {}
        todo = [(self.root, top)]
        while todo:
            branch, out = todo.pop()
            for slot, kid in branch.kids.items():
                inner: Folds = {}
                out[fold_name(branch.member(slot))] = inner
                todo.append((kid, inner))
        return top

    def _apply(self, folds: Folds) -> None:
        todo = [(self.root, folds)]
        while todo:
            branch, wanted = todo.pop()
            if not wanted:
                continue
            for slot in range(branch.count if branch.count <= NAMED_LIMIT else 0):
                inner = wanted.get(fold_name(branch.member(slot)))
                if inner is not None and not is_unopened(branch.value(slot)):
                    kid = self.unfold(branch, slot)
                    if kid is not None:
                        todo.append((kid, inner))

    def find_labels(self, labels: tuple[str, ...]) -> int:
        """The row with these labels, or that of its nearest visible ancestor; 0 when there is none."""
        branch: Branch | None = self.root
        found: tuple[Branch, int] | None = None
        for label in labels:
            slot = slot_with(branch, label) if branch is not None else None
            if branch is None or slot is None:
                break
            found = branch, slot
            branch = branch.kids.get(slot)
        return 0 if found is None else self.index_of(*found)
