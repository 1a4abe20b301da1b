"""The newest checkpoints of folded runs, for their rows, where the runs themselves are not read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs.lineage import Node
from ckpt_tui.core.runs.listing import FoldedRow, NodeRow, Row

if TYPE_CHECKING:
    from ckpt_tui.tui.view import View

KEPT = 2_000
"""Checkpoints that are kept."""


class RunEnds:
    """The newest checkpoints of folded runs, by file, as far as they are read."""

    def __init__(self) -> None:
        self._rows: dict[str, NodeRow] = {}
        self._dangerous: tuple[View | None, frozenset[str]] = (None, frozenset())
        """A view, and the ids of its groups with a dangerous checkpoint."""

    def take(self, refs: Sequence[CheckpointRef]) -> None:
        """Set the present state of checkpoints; one whose body is not read is forgotten, to be read again."""
        for ref in refs:
            self._rows.pop(ref.file, None)
            if ref.facts is not None:
                self._rows[ref.file] = NodeRow(Node(ref, ref.parent, False, False, 0, 1, 0, ""), 0.0, True)
        for old in list(self._rows)[: max(len(self._rows) - KEPT, 0)]:
            del self._rows[old]

    def of(self, row: FoldedRow) -> NodeRow | None:
        """The newest checkpoint of a folded run, as far as it is known."""
        return row.newest or self._rows.get(row.group.newest)

    def is_dangerous(self, group: str, view: View, dangers: Collection[str]) -> bool:
        """Whether a folded run of a view has one of the files that would run code, as far as they are read."""
        if not group or not dangers:
            return False
        if self._dangerous[0] is not view:
            self._dangerous = view, view.groups_with(dangers)
        return group in self._dangerous[1]

    def forget_dangers(self) -> None:
        """Forget which runs are dangerous, as other files are dangerous now."""
        self._dangerous = (None, frozenset())

    def missing(self, rows: Iterable[Row]) -> list[str]:
        """The files of those that are not read."""
        return [row.group.newest for row in rows if isinstance(row, FoldedRow) and self.of(row) is None]
