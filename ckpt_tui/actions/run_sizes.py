"""Measures the checkpoints of a run: how large each part is, what grew, what is written again and again."""

from __future__ import annotations

from collections import Counter

from ckpt_tui.actions.branch_checkpoints import Check, Progress, StoreQueries, stamps
from ckpt_tui.core.runs.lineage import Run
from ckpt_tui.core.sizes.measuring import checkpoint_shares
from ckpt_tui.core.sizes.repeats import Repeats
from ckpt_tui.core.sizes.run_totals import MEASURED_PARTS, RunGrowth, RunSizes, StepSizes
from ckpt_tui.core.sizes.shares import Shares, grew_most
from ckpt_tui.errors import UndecodableError

COMPARED = 5_000
"""Paths of the first and of the last checkpoint of a run that are compared for what grew most."""

STEP_COMPARED = 1_000
"""The same for the two ends of a step."""


class RunMeasurer(StoreQueries):
    """Measures the runs of one store; a run whose files are the same is not measured again."""

    def measure(self, run: Run, progress: Progress = None, check: Check = None) -> RunSizes:
        """Read every checkpoint of a run for its sizes.

        Args:
            run: The run.
            progress: Called with the checkpoints measured and those of the run.
            check: Called now and then; whatever it raises is passed on.
        """
        content = stamps(self._reader, run.nodes)
        key = ("sizes", *run.key)
        known: tuple[object, RunSizes] | None = self._answers.get(key)
        if known is not None and known[0] == content:
            return known[1]
        ends = _ends(run)
        compared: dict[str, Shares] = {}
        waiting = Counter(node.parent for node in run.nodes)  # children that are not measured yet
        kept: dict[str, Shares] = {}
        repeats = Repeats()
        steps: list[StepSizes] = []
        for done, node in enumerate(run.nodes):
            if progress is not None:
                progress(done, len(run.nodes))
            if check is not None:
                check()
            name = node.ref.id
            before = kept.get(node.parent) if node.parent is not None else None
            waiting[node.parent] -= 1
            if node.parent is not None and not waiting[node.parent]:
                kept.pop(node.parent, None)
            try:
                loaded = self._store.load(node.ref.file, check, everything=True)
            except UndecodableError:
                steps.append(StepSizes(node.ref, None, None))
                continue
            found = checkpoint_shares(loaded, COMPARED if name in ends else STEP_COMPARED, check=check)
            repeats.add(loaded.ref, {part: getattr(loaded, part) for part in (*MEASURED_PARTS, "metadata")}, check)
            parts = tuple(found.parts[part] for part in MEASURED_PARTS)
            steps.append(StepSizes(loaded.ref, parts, grew_most(before, found) if before is not None else None))
            if waiting[name]:
                kept[name] = found
            if name in ends:
                compared[name] = found
        growth = None
        if len(compared) == 2:
            most = grew_most(*(compared[name] for name in ends))
            growth = RunGrowth(*ends, most) if most is not None else None
        if progress is not None:
            progress(len(run.nodes), len(run.nodes))
        sizes = RunSizes(run, tuple(steps), growth, repeats.most(), repeats.extra)
        self._answers.put(key, (content, sizes), len(steps) + len(sizes.repeats))
        return sizes


def _ends(run: Run) -> tuple[str, str]:
    """The latest checkpoint of a run, and before it the first that it descends from."""
    nodes = {node.ref.id: node for node in run.nodes}
    last = here = max(run.nodes, key=lambda node: node.ref.when)
    while here.parent is not None and here.parent in nodes:
        here = nodes[here.parent]
    return here.ref.id, last.ref.id
