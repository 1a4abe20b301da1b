"""The path of a playback through a run: from the root to a tip, with a choice at each fork."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ckpt_tui.core.runs.lineage import Node, Run


class Fork(NamedTuple):
    """A checkpoint with more than one child.

    Attributes:
        at: Its place on the path.
        branches: The checkpoints that follow it, the earliest first.
        taken: Which of them is on the path.
        decided: Whether the person chose it; otherwise it is the first.
    """

    at: int
    branches: tuple[Node, ...]
    taken: int
    decided: bool


class PlaybackPath(NamedTuple):
    """A path through a run.

    Attributes:
        run: The run.
        nodes: The checkpoints on the path, from the root on.
        forks: Place → fork, for the places where there is one.
        places: Id → place.
        choices: Id of a checkpoint → id of the one that follows it, where the person chose.
    """

    run: Run
    nodes: tuple[Node, ...]
    forks: Mapping[int, Fork]
    places: Mapping[str, int]
    choices: Mapping[str, str]

    def place(self, checkpoint: str) -> int:
        """The place of a checkpoint; -1 when it is not on this path."""
        return self.places.get(checkpoint, -1)

    def next_fork(self, at: int) -> Fork | None:
        """The fork at a place, or the next one after it, or the last one before it."""
        later = [place for place in self.forks if place >= at]
        place = min(later) if later else max(self.forks, default=-1)
        return self.forks.get(place)


def path_through(run: Run, checkpoint: str, choices: Mapping[str, str] | None = None) -> PlaybackPath:
    """The path through a checkpoint: the steps to it count as chosen, from there on `choices` decide.

    Args:
        run: The run that the checkpoint is in.
        checkpoint: Its id; the root where it is unknown.
        choices: Id of a checkpoint → id of the one that is to follow it.
    """
    by_id = {node.ref.id: node for node in run.nodes}
    children: dict[str, list[Node]] = {}
    roots = []
    for node in run.nodes:
        if node.parent is not None and node.parent in by_id:
            children.setdefault(node.parent, []).append(node)
        else:
            roots.append(node)
    chosen = dict(choices or {})
    here = by_id.get(checkpoint) or roots[0]
    path = [here]
    while here.parent is not None and here.parent in by_id:
        chosen[here.parent] = here.ref.id
        here = by_id[here.parent]
        path.append(here)
    path.reverse()
    forks: dict[int, Fork] = {}
    at = 0
    while True:
        node = path[at]
        below = children.get(node.ref.id, [])
        if not below:
            break
        branches = tuple(sorted(below, key=lambda child: (child.ref.when, child.ref.id)))
        wanted = chosen.get(node.ref.id)
        taken = next((number for number, child in enumerate(branches) if child.ref.id == wanted), 0)
        if len(branches) > 1:
            forks[at] = Fork(at, branches, taken, wanted is not None)
        at += 1
        if at == len(path):
            path.append(branches[taken])
    places = {node.ref.id: place for place, node in enumerate(path)}
    return PlaybackPath(run, tuple(path), forks, places, chosen)


def take(track: PlaybackPath, fork: Fork, branch: int) -> PlaybackPath:
    """The path with another child taken at a fork."""
    parent = track.nodes[fork.at].ref.id
    child = fork.branches[branch].ref.id
    # Choices on the former path are forgotten only where they contradict the new one.
    return path_through(track.run, child, {**track.choices, parent: child})


def steps_to_tip(run: Run, start: Node) -> tuple[int, Node]:
    """How many checkpoints follow a node along its longest path, itself included, and the last of them."""
    children: dict[str, list[Node]] = {}
    for node in run.nodes:
        if node.parent is not None:
            children.setdefault(node.parent, []).append(node)
    depth = {start.ref.id: 1}
    last = start
    todo = [start]
    while todo:
        node = todo.pop()
        for child in children.get(node.ref.id, ()):
            depth[child.ref.id] = depth[node.ref.id] + 1
            if depth[child.ref.id] > depth[last.ref.id]:
                last = child
            todo.append(child)
    return depth[last.ref.id], last
