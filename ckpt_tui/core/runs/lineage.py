"""Lineage of checkpoints: parent chains, forks and runs, and the order in which they are shown.

The order follows parents, then time. `iteration_count` is neither unique nor monotone.
"""

from collections.abc import Iterable
from itertools import repeat
from operator import attrgetter
from typing import NamedTuple

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs.parents import MISSING, parents_of
from ckpt_tui.core.runs.workflow_names import workflow_key, workflow_label

LANES = 64
"""Columns of the gutter; branches beyond share the last one. A checkpoint resumed a thousand times needs no more."""


class Node(NamedTuple):
    """A checkpoint at its place in a run.

    Attributes:
        ref: The checkpoint.
        parent: Id of the parent it is shown under, or None for a root.
        guessed: The parent is inferred, not written in the file.
        fork: It is a second or later child of its parent.
        lane: Column of the gutter, from 0.
        lanes: Bit set of the gutter's columns in use on this row, its own included.
        opened: Bit set of columns that begin under this row, one for each further child.
        irregular: The fault of its chain ("parent missing", "cycle"), or "".
    """

    ref: CheckpointRef
    parent: str | None
    guessed: bool
    fork: bool
    lane: int
    lanes: int
    opened: int
    irregular: str


class Run(NamedTuple):
    """A chain and all its branches.

    Attributes:
        id: Id of the root checkpoint; of the missing one where branches share a parent that is not in the store.
        workflow: The workflow's name for people (see `workflow_label`).
        number: 1 for the first run of this workflow in the store.
        nodes: Parents before children, branches whole.
        store: Name of its store where several are shown as one list, or "".
        above: Id of the run that this one is a part of, or "".
        level: How many runs it is a part of.
        whole: How many checkpoints it has where `nodes` are a selection of them; 0 where they are all.
    """

    id: str
    workflow: str
    number: int
    nodes: tuple[Node, ...]
    store: str = ""
    above: str = ""
    level: int = 0
    whole: int = 0

    @property
    def key(self) -> tuple[str, str, str]:
        """Unique in the list, and stable while the run goes on.

        Its id alone may be in two stores, and for two workflows below one missing parent.
        """
        return self.store, self.id, workflow_key(self.nodes[0].ref)


def arrange(refs: Iterable[CheckpointRef]) -> tuple[Run, ...]:
    """Order checkpoints into runs: runs by first timestamp, parents before children, branches whole.

    Tolerates missing and self-referring parents, cycles and any number of roots; each checkpoint appears exactly once.
    Stores that are shown as one list follow each other; an id means a checkpoint of the same store.
    """
    stores: dict[str, list[CheckpointRef]] = {}
    for ref in refs:
        stores.setdefault("" if ref.store_metadata is None else ref.store_metadata.store, []).append(ref)
    return tuple(run for name, own in stores.items() for run in _arrange(own, name))


def _arrange(refs: Iterable[CheckpointRef], store: str) -> list[Run]:
    """The runs of one store."""
    by_id = {ref.id: ref for ref in refs}
    parents, guessed, irregular = parents_of(by_id)
    children: dict[str, list[CheckpointRef]] = {}
    roots: list[CheckpointRef] = []
    for ref in by_id.values():
        parent = parents.get(ref.id)
        if parent is None:
            roots.append(ref)
        else:
            children.setdefault(parent, []).append(ref)
    for siblings in children.values():
        if len(siblings) > 1:
            siblings.sort(key=attrgetter("rank"))
    roots.sort(key=attrgetter("rank"))
    # Branches of a parent that was deleted still belong together.
    families: dict[tuple[str, str], list[CheckpointRef]] = {}
    for root in roots:
        chain = root.parent if irregular.get(root.id) == MISSING and root.parent else root.id
        if root.store_metadata is not None and root.store_metadata.run:
            chain = root.store_metadata.run
        families.setdefault((chain, workflow_key(root)), []).append(root)
    numbers: dict[str, int] = {}
    runs = []
    for (chain, key), family in families.items():
        numbers[key] = numbers.get(key, 0) + 1
        nodes = [node for root in family for node in _branches(root, children, parents, guessed, irregular)]
        given = family[0].store_metadata
        above = given.above if given is not None else ""
        runs.append(Run(chain, workflow_label(family[0]), numbers[key], tuple(nodes), store, above))
    return _nested(runs) if any(run.above for run in runs) else runs


def _nested(runs: list[Run]) -> list[Run]:
    """The runs with those that are a part of another one right behind it."""
    known = {run.id for run in runs}
    parts: dict[str, list[Run]] = {}
    for run in runs:
        if run.above in known and run.above != run.id:
            parts.setdefault(run.above, []).append(run)
    tops = [run for run in runs if run.above not in known or run.above == run.id]
    out: list[Run] = []
    todo = [(run, 0) for run in reversed(tops)]
    while todo:
        run, level = todo.pop()
        out.append(run._replace(level=level))
        todo += [(part, level + 1) for part in reversed(parts.pop(run.id, []))]
    return [*out, *(run for family in parts.values() for run in family)]


def _branches(
    root: CheckpointRef,
    children: dict[str, list[CheckpointRef]],
    parents: dict[str, str],
    guessed: set[str],
    irregular: dict[str, str],
) -> list[Node]:
    nodes: list[tuple[object, ...]] = []
    waiting = 0  # columns kept for branches that come later
    crowd = 0  # branches that come later in the last column, which they share
    pending: list[tuple[CheckpointRef, int]] = [(root, 0)]
    while pending:
        ref, lane = pending.pop()
        fork = bool(nodes)
        if lane < LANES - 1:
            waiting &= ~(1 << lane)
        else:
            crowd -= 1
            waiting &= ~(1 << lane) if crowd == 0 else -1
        # One child after the other stays in this column; the first of several, too.
        while True:
            below = children.get(ref.id, ())
            opened = 0
            if len(below) > 1:
                column = lane
                further = []
                for child in below[1:]:
                    free = ~(waiting | opened) >> (column + 1)
                    column = min(column + (free & -free).bit_length(), LANES - 1)
                    opened |= 1 << column
                    crowd += column == LANES - 1
                    further.append((child, column))
                pending.extend(reversed(further))
            name, lanes = ref.id, waiting | 1 << lane
            parent, irregularity = parents.get(name), irregular.get(name, "")
            nodes.append((ref, parent, name in guessed, fork, lane, lanes, opened, irregularity))
            if not below:
                break
            waiting |= opened
            ref, fork = below[0], False
    # As `_make` does, without a call of Python for each.
    return list(map(tuple.__new__, repeat(Node), nodes))
