"""Where two branches diverge: their common ancestor, and the first step in which they differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ckpt_tui.core.diff.changes import Difference
from ckpt_tui.core.diff.ignore_rules import IgnoreRules
from ckpt_tui.core.diff.value_diff import diff_checkpoints
from ckpt_tui.core.model import Checkpoint, CheckpointRef
from ckpt_tui.core.runs.lineage import Node, Run


class CommonAncestor(NamedTuple):
    """Two branches of one run.

    Attributes:
        ancestor: The last checkpoint that both come from; None where they have none.
        first: The checkpoints after it on the way to the first one, oldest first.
        second: The same on the way to the second one.
    """

    ancestor: Node | None
    first: tuple[Node, ...]
    second: tuple[Node, ...]

    @property
    def parts(self) -> bool:
        """Whether they are two branches, not one before the other."""
        return bool(self.first and self.second)


class Divergence(NamedTuple):
    """The first step in which two branches differ.

    Attributes:
        step: Steps after the common ancestor, from 1.
        first: The checkpoint of that step on the first branch.
        second: The one on the second branch.
        difference: What differs between them.
    """

    step: int
    first: Node
    second: Node
    difference: Difference


def fork(runs: Sequence[Run], first: str, second: str) -> CommonAncestor:
    """The branches that lead to two checkpoints.

    Args:
        runs: The runs of the store.
        first: Id of one checkpoint.
        second: Id of the other.
    """
    nodes = {node.ref.id: node for run in runs for node in run.nodes}
    way = _way(nodes, first)
    other = _way(nodes, second)
    shared = 0
    while shared < min(len(way), len(other)) and way[shared] is other[shared]:
        shared += 1
    return CommonAncestor(way[shared - 1] if shared else None, tuple(way[shared:]), tuple(other[shared:]))


def _way(nodes: dict[str, Node], last: str) -> list[Node]:
    found = []
    here: str | None = last
    while here is not None and here in nodes:
        found.append(nodes[here])
        here = nodes[here].parent
    found.reverse()
    return found


def divergence(
    found: CommonAncestor, load: Callable[[CheckpointRef], Checkpoint], ignore: IgnoreRules | None = None,
    check: Callable[[int, int], None] | None = None,
) -> Divergence | None:  # fmt: skip
    """The first step in which two branches differ by more than what is ignored; None where they do not.

    Args:
        found: The branches.
        load: Loads a checkpoint.
        ignore: The rules that ignore differences.
        check: Called before each step with how many are done and how many there are at most; what it raises ends it.
    """
    steps = min(len(found.first), len(found.second))
    for index in range(steps):
        if check is not None:
            check(index, steps)
        first, second = found.first[index], found.second[index]
        difference = diff_checkpoints(load(first.ref), load(second.ref), ignore)
        if difference.shown:
            return Divergence(index + 1, first, second, difference)
    return None
