"""The outcomes of forks: the last checkpoint of each branch that goes out from one checkpoint."""

from __future__ import annotations

from collections.abc import Iterable

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.text import clean


def outcomes(runs: Iterable[Run], identifier: str) -> tuple[CheckpointRef, CheckpointRef] | None:
    """The ends of the two branches that were begun last at a checkpoint, or at the nearest before it that has two.

    The older of the two comes first. None when there is no fork there, nor before.

    Args:
        runs: The runs of a store.
        identifier: Id of a checkpoint.
    """
    run = next((run for run in runs if any(node.ref.id == identifier for node in run.nodes)), None)
    if run is None:
        return None
    nodes = {node.ref.id: node for node in run.nodes}
    children: dict[str, list[Node]] = {}
    for node in run.nodes:
        if node.parent is not None:
            children.setdefault(node.parent, []).append(node)
    here: str | None = identifier
    seen: set[str] = set()
    while here is not None and here not in seen:
        seen.add(here)
        branches = sorted(children.get(here, ()), key=lambda node: node.ref.rank)
        if len(branches) > 1:
            older, newer = branches[-2:]
            return _end(older, children), _end(newer, children)
        parent = nodes[here].parent
        here = parent if parent in nodes else None
    return None


def why_none(runs: Iterable[Run], identifier: str) -> str:
    """Why a checkpoint has no two outcomes to compare, and what to do about it.

    Args:
        runs: The runs of a store.
        identifier: Id of a checkpoint, as `outcomes` was asked for.
    """
    short = clean(identifier, 8)
    count = sum(1 for run in runs for node in run.nodes if node.parent == identifier)
    if count:
        return f"{short} has only one continuation, and so has every checkpoint before it: r resumes from it again."
    return f"Nothing follows {short}, and no checkpoint before it forks: r on an earlier checkpoint makes a fork."


def _end(node: Node, children: dict[str, list[Node]]) -> CheckpointRef:
    """The end of the branch that resumes from a node, the latest where it forks again."""
    seen = {node.ref.id}
    while children.get(node.ref.id):
        node = max(children[node.ref.id], key=lambda each: each.ref.rank)
        if node.ref.id in seen:
            break
        seen.add(node.ref.id)
    return node.ref
