"""The graph tab: which step of which run it tells, and what was learned of each run's graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ckpt_tui.core.cache import Cache
from ckpt_tui.core.runs import listing
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.tui.messages import OverviewReady, StepReady
from ckpt_tui.tui.screens.examining import Examinable

if TYPE_CHECKING:
    from ckpt_tui.core.steps.graph import Graph
    from ckpt_tui.tui.controllers.overviewing import Overviews
    from ckpt_tui.tui.learning import Learned
    from ckpt_tui.tui.widgets.detail import Detail

_RUNS = 16
"""Runs whose graphs are kept; a run that is shown again is learned anew after that."""


class Graphing(Examinable):
    """A browser that tells steps."""

    def __init__(self) -> None:
        super().__init__()
        self._learned: Cache[tuple[str, str, str], Learned] = Cache(_RUNS)
        """`Run.key` → what is known of its graph."""
        self._exact: dict[str, Graph] = {}
        """Graph signature hash → the graph that a loaded workflow told."""
        self._overviews: Overviews | None = None

    def take_graph(self, line: Mapping[str, Any]) -> None:
        """Keep the graph of a workflow that was loaded for a run: every run with its hash has just this graph."""
        from ckpt_tui.core.steps.graph import given

        edges = [(str(edge["source"]), str(edge["target"])) for edge in line.get("edges") or ()]
        self._exact[str(line.get("hash"))] = given(
            list(line.get("executors") or ()), edges, str(line.get("start") or "")
        )

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

        found = self._learned.get(run.key)
        if found is None:
            found = Learned()
            self._learned.put(run.key, found)
        found.given = self._exact.get(run.nodes[0].ref.graph) or found.given
        return found

    def given_graph(self, run: Run) -> Graph | None:
        """The graph of a workflow that was loaded for a run of the same workflow."""
        return self._exact.get(run.nodes[0].ref.graph)

    @property
    def overviews(self) -> Overviews:
        """What has the overviews made."""
        if self._overviews is None:
            from ckpt_tui.tui.controllers.overviewing import Overviews  # late: the first screen does without

            self._overviews = Overviews(self)
        return self._overviews

    def on_detail_overview_wanted(self, event: Detail.OverviewWanted) -> None:
        """Have the overview of the checkpoint of a pane made."""
        self.overviews.want(event.detail, event.whole, event.by_hand)

    def on_overview_ready(self, event: OverviewReady) -> None:
        """An overview is made."""
        self.overviews.show(event.told)

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
