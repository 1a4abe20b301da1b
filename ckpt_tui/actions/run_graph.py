"""The graph of a run as it is learned from its steps, one after the other."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from ckpt_tui.core.runs.lineage import Node
from ckpt_tui.core.steps.learned_graph import Graph, GraphLearner, of_topology
from ckpt_tui.core.steps.snapshots import Snapshot

Version = tuple[str, str, int]
"""What is the same as long as the file of a checkpoint is: its name, time and size."""


class RunGraph:
    """What is known of the graph of one run; several threads may use it."""

    def __init__(self) -> None:
        self._learner = GraphLearner()
        self._known: set[Version] = set()
        self._lock = threading.Lock()
        self.given: Graph | None = None
        """The graph of the workflow itself, where somebody looked at it."""

    @property
    def graph(self) -> Graph:
        """The graph as far as it is known."""
        if self.given is not None:
            return self.given
        with self._lock:
            return self._learner.graph

    def learn(
        self, node: Node, before: Snapshot | None, after: Snapshot, certain: Mapping[str, str] | None = None
    ) -> None:
        """Take in the step to a checkpoint, once; `certain` is what `ran_for_certain` says, where known."""
        with self._lock:
            if self.given is None and after.checkpoint.topology is not None:
                self.given = of_topology(after.checkpoint.topology)
            if version_of(node) not in self._known:
                self._learner.learn(before, after, certain)
                self._known.add(version_of(node))

    def is_known(self, node: Node) -> bool:
        """Whether the step to a checkpoint was taken in."""
        return version_of(node) in self._known

    def __len__(self) -> int:
        return len(self._known)


def version_of(node: Node) -> Version:
    """The version of the file of a checkpoint."""
    return node.ref.file, node.ref.timestamp, node.ref.size
