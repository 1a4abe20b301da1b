"""A part of a list: one run, new checkpoints, the ends of branches in some state, or the newest few."""

from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs.ids import IdFault, find
from ckpt_tui.core.runs.lineage import Node, Run


class Selection(NamedTuple):
    """The checkpoints that are wanted; all by default.

    Attributes:
        run: The id of a run, its beginning, or a name for one of its checkpoints, or "".
        since: Seconds since 1970; older checkpoints are left out.
        status: Only the ends of branches that are in one of these states; empty for all checkpoints.
        limit: Number of the newest checkpoints, or None.
        workflows: Names of workflows, `*` for any text in them; empty for all.
    """

    run: str = ""
    since: float | None = None
    status: frozenset[str] = frozenset()
    limit: int | None = None
    workflows: tuple[str, ...] = ()

    def before_reading(self, runs: Sequence[Run]) -> tuple[Run, ...]:
        """The selection as far as headers decide it; with `status`, the limit is applied after reading.

        Raises:
            IdFault: there is no such run, or more than one.
        """
        found = (_run_of(self.run, runs),) if self.run else tuple(runs)
        if self.workflows:
            found = keep(found, lambda node: any(fnmatchcase(node.ref.workflow, name) for name in self.workflows))
        since = self.since
        if since is not None:
            found = keep(found, lambda node: node.ref.when >= since)
        if self.status:
            ends = {id(node) for node in _tips(runs)}
            return keep(found, lambda node: id(node) in ends)
        return self._newest(found)

    def after_reading(self, runs: Sequence[Run]) -> tuple[Run, ...]:
        """The selection once the bodies have been read."""
        if not self.status:
            return tuple(runs)
        return self._newest(keep(runs, lambda node: node.ref.status in self.status))

    def _newest(self, runs: tuple[Run, ...]) -> tuple[Run, ...]:
        if self.limit is None or sum(len(run.nodes) for run in runs) <= self.limit:
            return runs
        # Of those of one moment the later in lineage order: a child is later than its parent.
        nodes = [node for run in runs for node in run.nodes]
        order = sorted(range(len(nodes)), key=lambda at: (nodes[at].ref.when, nodes[at].ref.position, at))
        wanted = {id(nodes[at]) for at in order[max(len(order) - self.limit, 0) :]}
        return keep(runs, lambda node: id(node) in wanted)


def keep(runs: Sequence[Run], is_wanted: Callable[[Node], bool], is_counted: bool = True) -> tuple[Run, ...]:
    """The runs with some of their checkpoints, and how many they have in all; runs without any are left out."""
    found = []
    for run in runs:
        nodes = tuple(node for node in run.nodes if is_wanted(node))
        if len(nodes) == len(run.nodes):
            found.append(run)
        elif nodes:  # branches that are left out are not drawn
            nodes = tuple(node._replace(opened=0) for node in nodes)
            whole = (run.whole or len(run.nodes)) if is_counted else run.whole
            found.append(run._replace(nodes=nodes, whole=whole))
    return tuple(found)


def _tips(runs: Sequence[Run]) -> list[Node]:
    """The checkpoints that none follows."""
    inner = {(run.store, node.parent) for run in runs for node in run.nodes}
    return [node for run in runs for node in run.nodes if (run.store, node.ref.id) not in inner]


def _run_of(name: str, runs: Sequence[Run]) -> Run:
    """The run that a name means.

    Raises:
        IdFault: there is none, or more than one.
    """
    found = [run for run in runs if run.id == name] or [run for run in runs if run.id.startswith(name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise IdFault(f"{name!r} means {len(found)} runs", True)
    node = find(name, runs)
    return next(run for run in runs if any(other is node for other in run.nodes))


def with_read(runs: Sequence[Run], entries: Mapping[str, CheckpointRef]) -> tuple[Run, ...]:
    """The runs with the bodies that were read; checkpoints that turned out to be broken are left out."""
    kept = keep(runs, lambda node: node.ref.file in entries, is_counted=False)
    return tuple(
        run._replace(nodes=tuple(node._replace(ref=entries[node.ref.file]) for node in run.nodes)) for run in kept
    )
