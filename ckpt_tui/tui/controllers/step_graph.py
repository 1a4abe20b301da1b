"""The tab of the graph: requests and shows steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ckpt_tui.tui.helpers.port import Port

if TYPE_CHECKING:
    from ckpt_tui.tui.helpers.run_graphs import RunGraphs
    from ckpt_tui.tui.messages import StepReady
    from ckpt_tui.tui.widgets.detail import Detail


class StepGraphPort(Port, Protocol):
    """The part of its screen that it uses."""

    @property
    def graphs(self) -> RunGraphs:
        """The graph of each run, as far as it is known."""


class StepGraph:
    """Shows steps.

    Args:
        port: The screen.
    """

    def __init__(self, port: StepGraphPort) -> None:
        self._port = port

    def want(self, pane: Detail) -> None:
        """Request the step to the checkpoint of a pane."""
        checkpoint = pane.checkpoint
        found = self._port.selection.node_of(checkpoint.ref.file) if checkpoint is not None else None
        if found is not None:
            self._port.jobs.read_step(*found, self._port.graphs.learned(found[0]))

    def take_step(self, event: StepReady) -> None:
        """Show a step where it is still wanted."""
        for pane in self._port.panes.details:
            if pane.checkpoint is not None and pane.checkpoint.ref.file == event.file:
                pane.show_step(event.step, event.graph, event.known, event.total)
