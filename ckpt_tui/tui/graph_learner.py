"""Reads the checkpoints of a run one after the other and learns its graph from them; for workers, no widget needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ckpt_tui.actions.run_graph import RunGraph
from ckpt_tui.core.cache import Cache
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.steps.snapshots import Snapshot, take_snapshot
from ckpt_tui.core.steps.steps import step_between
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.base import Store
from ckpt_tui.tui.messages import StepReady

KEPT_SNAPSHOTS = 8
"""Snapshots that a reader keeps: a step needs three, and its neighbours one more each."""

KEPT_BYTES = 8_000_000
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


def files_of(run: Run) -> dict[str, str]:
    """Id → file name of every checkpoint of a run."""
    return {node.ref.id: node.ref.file for node in run.nodes}


def learn_run(run: Run, learned: RunGraph, reader: Reader) -> Iterator[Node]:
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
    store: Store, run: Run, node: Node, learned: RunGraph, check: Callable[[], None] | None = None
) -> Iterator[StepReady]:
    """Yield the step to a checkpoint at once, and again after the graph was learned from each other step of its run."""
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

    if unknown := sum(not learned.is_known(each) for each in run.nodes):
        yield ready(total - unknown)
        for _ in learn_run(run, learned, reader):
            yield ready(min(len(learned), total - 1))
    yield ready(total)
