"""The graph of each run, learned from its checkpoints, or given by the workflow itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ckpt_tui.actions.run_graph import RunGraph
from ckpt_tui.core.cache import Cache
from ckpt_tui.core.steps.learned_graph import Graph, given

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ckpt_tui.core.runs.lineage import Run

_RUNS = 16
"""Runs whose graphs are kept; a run that is shown again is learned again after that."""


class RunGraphs:
    """The graphs of the runs of one store."""

    def __init__(self) -> None:
        self._learned: Cache[tuple[str, str, str], RunGraph] = Cache(_RUNS)
        """`Run.key` → its graph, as far as it is known."""
        self._given: dict[str, Graph] = {}
        """Graph signature hash, or where a format has none `run ID` → the graph of a workflow that was loaded."""

    def learned(self, run: Run) -> RunGraph:
        """The graph of a run, as far as it is known."""
        found = self._learned.get(run.key)
        if found is None:
            found = RunGraph()
            self._learned.put(run.key, found)
        found.given = self._given.get(run.nodes[0].ref.graph or f"run {run.id}") or found.given
        return found

    def take(self, line: Mapping[str, Any]) -> None:
        """Keep the graph that a line of a run describes: every run with its hash, or of its id, has just this graph.

        Args:
            line: The line `graph`, with `hash`, `executors`, `edges` and `start`.
        """
        edges = [(str(edge["source"]), str(edge["target"])) for edge in line.get("edges") or ()]
        executors = list(line.get("executors") or ())
        self._given[str(line.get("hash"))] = given(executors, edges, str(line.get("start") or ""))
