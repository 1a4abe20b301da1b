"""What the rows of folded runs say of their newest checkpoints, where their runs are not read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs.lineage import Node
from ckpt_tui.core.runs.listing import FoldedRow, NodeRow, Row

KEPT = 2_000
"""Checkpoints of which is kept what they say."""


class RunEnds:
    """The newest checkpoints of folded runs, by file, as far as they are read."""

    def __init__(self) -> None:
        self._rows: dict[str, NodeRow] = {}

    def take(self, refs: Sequence[CheckpointRef]) -> None:
        """Take in checkpoints as they are now; one whose body is not read is forgotten, to be read again."""
        for ref in refs:
            self._rows.pop(ref.file, None)
            if ref.facts is not None:
                self._rows[ref.file] = NodeRow(Node(ref, ref.parent, False, False, 0, 1, 0, ""), 0.0, True)
        for old in list(self._rows)[: max(len(self._rows) - KEPT, 0)]:
            del self._rows[old]

    def of(self, row: FoldedRow) -> NodeRow | None:
        """The newest checkpoint of a folded run, as far as it is known."""
        return row.newest or self._rows.get(row.group.newest)

    def missing(self, rows: Iterable[Row]) -> list[str]:
        """The files of those of which nothing is known."""
        return [row.group.newest for row in rows if isinstance(row, FoldedRow) and self.of(row) is None]
