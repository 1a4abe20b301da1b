"""Reads the checkpoints of a run one after the other and learns its graph from them; for workers, no widget needed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from ckpt_tui.core.cache import Cache
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.steps.learned_graph import Graph, GraphLearner, of_topology
from ckpt_tui.core.steps.snapshots import Snapshot, take_snapshot
from ckpt_tui.core.steps.steps import step_between
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.base import Store
from ckpt_tui.tui.messages import StepReady

KEPT_SNAPSHOTS = 8
"""Snapshots that a reader keeps: a step needs three, and its neighbours one more each."""

KEPT_BYTES = 16_000_000
"""Bytes of their files altogether."""


class Reader:
    """Loads checkpoints and keeps the last few; for one thread at a time."""

    def __init__(self, store: Store, check: Callable[[], None] | None = None) -> None:
        self._store = store
        self._check = check
        self._kept = Cache[str, Snapshot](KEPT_BYTES, lambda kept: len(kept.checkpoint.raw), KEPT_SNAPSHOTS, least=3)

    def snapshot(self, file: str) -> Snapshot:
        """The snapshot of a checkpoint.

        Raises:
            CkptError: it cannot be read.
        """
        found = self._kept.get(file)
        if found is None:
            found = take_snapshot(self._store.load(file, self._check))
            self._kept.put(file, found)
        return found

    def maybe(self, file: str | None) -> Snapshot | None:
        """The snapshot of a checkpoint; None where there is none, or where it cannot be read."""
        if file is None:
            return None
        try:
            return self.snapshot(file)
        except CkptError:
            return None


class LearnedGraphs:
    """What is known of the graph of one run; may be asked by several threads."""

    def __init__(self) -> None:
        self._lessons = GraphLearner()
        self._known: set[str] = set()
        self._lock = threading.Lock()
        self.given: Graph | None = None
        """The graph of the workflow itself, where somebody looked at it."""

    @property
    def graph(self) -> Graph:
        """The graph as far as it is known."""
        if self.given is not None:
            return self.given
        with self._lock:
            return self._lessons.graph

    def learn(self, node: Node, before: Snapshot | None, after: Snapshot) -> None:
        """Take in the step to a checkpoint, once."""
        with self._lock:
            if self.given is None and after.checkpoint.topology is not None:
                self.given = of_topology(after.checkpoint.topology)
            if node.ref.id not in self._known:
                self._lessons.learn(before, after)
                self._known.add(node.ref.id)

    def is_known(self, node: Node) -> bool:
        """Whether the step to a checkpoint was taken in."""
        return node.ref.id in self._known

    def __len__(self) -> int:
        return len(self._known)


def files_of(run: Run) -> dict[str, str]:
    """Id → file name of every checkpoint of a run."""
    return {node.ref.id: node.ref.file for node in run.nodes}


def learn_run(run: Run, learned: LearnedGraphs, reader: Reader) -> Iterator[Node]:
    """Learn from every step of a run that is not known yet; yields each checkpoint that was read."""
    files = files_of(run)
    for node in run.nodes:
        if learned.is_known(node):
            continue
        after = reader.maybe(node.ref.file)
        if after is not None:
            learned.learn(node, reader.maybe(files.get(node.parent or "")), after)
        yield node


def read_step(
    store: Store, run: Run, node: Node, learned: LearnedGraphs, check: Callable[[], None] | None = None
) -> Iterator[StepReady]:
    """Yield the step to a checkpoint at once, and again after each other step of its run that is learned from."""
    reader = Reader(store, check)
    files = files_of(run)
    after = reader.maybe(node.ref.file)
    if after is None:
        return
    before = reader.maybe(files.get(node.parent or ""))
    child = next((other for other in run.nodes if other.parent == node.ref.id), None)
    then = reader.maybe(child.ref.file) if child is not None else None
    learned.learn(node, before, after)
    if child is not None and then is not None:
        learned.learn(child, after, then)
    total = len(run.nodes)

    def ready(known: int) -> StepReady:
        graph = learned.graph
        return StepReady(node.ref.file, step_between(before, after, graph, then), graph, known, total)

    if len(learned) < total:
        yield ready(len(learned))
        for _ in learn_run(run, learned, reader):
            yield ready(min(len(learned), total - 1))
    yield ready(total)
