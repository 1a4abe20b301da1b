"""All checkpoints of a store that lists its runs first, read run by run as they are iterated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs.group_lists import GroupList
from ckpt_tui.core.runs.lineage import Node, arrange
from ckpt_tui.stores.store_groups import Groups


class GroupNodes(Sequence[Node]):
    """The checkpoints of groups, group by group.

    Args:
        groups: Where they are read.
        listed: The groups; what is written later is not among them.
    """

    def __init__(self, groups: Groups, listed: GroupList) -> None:
        self._groups = groups
        self._listed = listed

    def __len__(self) -> int:
        return self._listed.checkpoints

    def __iter__(self) -> Iterator[Node]:
        for group in self._listed:
            entries = self._groups.entries(group.id, keeps=False)
            for run in arrange(entry for entry in entries if isinstance(entry, CheckpointRef)):
                yield from run.nodes

    @overload
    def __getitem__(self, index: int) -> Node: ...

    @overload
    def __getitem__(self, index: slice) -> list[Node]: ...

    def __getitem__(self, index: int | slice) -> Node | list[Node]:
        return list(self)[index]
