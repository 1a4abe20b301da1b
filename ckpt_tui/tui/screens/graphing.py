"""The graph tab: which step of which run it tells, and what was learned of each run's graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ckpt_tui.core import listing
from ckpt_tui.core.lineage import Node, Run
from ckpt_tui.tui.messages import StepReady
from ckpt_tui.tui.screens.examining import Examinable
from ckpt_tui.tui.widgets.detail import Detail

if TYPE_CHECKING:
    from ckpt_tui.tui.learning import Learned

_RUNS = 16
"""Runs whose graphs are kept; a run that is shown again is learned anew after that."""


class Graphing(Examinable):
    """A browser that tells steps."""

    def __init__(self) -> None:
        super().__init__()
        self._learned: dict[str, Learned] = {}

    def node_of(self, file: str) -> tuple[Run, Node] | None:
        """The run and the place in it of a file; None when it is no checkpoint of the view."""
        view = self.list.view
        at = view.places.get(file, -1)
        row = view.rows[at] if at >= 0 else None
        if not isinstance(row, listing.NodeRow):
            return None
        while not isinstance(heading := view.rows[at], listing.RunRow):
            at -= 1
        return heading.run, row.node

    def learned(self, run: Run) -> Learned:
        """What is known of the graph of a run."""
        from ckpt_tui.tui.learning import Learned  # late: the first screen does without

        found = self._learned.pop(run.id, None) or Learned()
        self._learned[run.id] = found
        while len(self._learned) > _RUNS:
            del self._learned[next(iter(self._learned))]
        return found

    def on_detail_graph_wanted(self, event: Detail.GraphWanted) -> None:
        """Tell the step to the checkpoint of a pane."""
        checkpoint = event.detail.checkpoint
        found = self.node_of(checkpoint.ref.file) if checkpoint is not None else None
        if found is not None:
            self.jobs.tell_step(*found, self.learned(found[0]))

    def on_step_ready(self, event: StepReady) -> None:
        """A step is told: show it where it is still wanted."""
        for pane in self.details:
            if pane.checkpoint is not None and pane.checkpoint.ref.file == event.file:
                pane.show_step(event.step, event.graph, event.known, event.total)
