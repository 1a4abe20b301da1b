"""The overviews of a browser: requests that of the shown checkpoint, and passes it to the panes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ckpt_tui.core.budgets import LAZY_BYTES
from ckpt_tui.core.cache import Cache
from ckpt_tui.core.overview.line import at_failure, at_pause, of_large
from ckpt_tui.tui.helpers.port import Port
from ckpt_tui.tui.workers import engines

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.timer import Timer

    from ckpt_tui.actions.overviews import OverviewReport, RunPath
    from ckpt_tui.core.model import Checkpoint
    from ckpt_tui.core.runs.lineage import Node, Run
    from ckpt_tui.tui.helpers.run_graphs import RunGraphs
    from ckpt_tui.tui.messages import OverviewReady
    from ckpt_tui.tui.widgets.detail import Detail

RUNS = 16
"""Runs whose paths are cached."""

PUT_OFF_SECONDS = 0.6
"""Time that the next checkpoint has to take the place of the one that is shown, while the newest is followed."""


class OverviewPort(Port, Protocol):
    """The part of its screen that it uses."""

    @property
    def graphs(self) -> RunGraphs:
        """The graph of each run, as far as it is known."""

    @property
    def progress(self) -> tuple[int, int]:
        """Files read and files in all while the store is read; zeros otherwise."""

    def paused_at(self, identifier: str) -> str:
        """Where a run from here is that is paused at a checkpoint, as text; "" where none is."""
        ...

    def failure_after(self, identifier: str) -> str:
        """Why a run from here failed whose last checkpoint this is; "" where none did."""
        ...

    def later(self, seconds: float, then: Callable[[], object]) -> Timer:
        """Call something in this many seconds."""


class Overviews:
    """The overview of the checkpoint that is shown.

    Args:
        port: The screen.
    """

    def __init__(self, port: OverviewPort) -> None:
        self._port = port
        self._paths: Cache[tuple[str, str, str], RunPath] = Cache(RUNS)
        self._asked: tuple[Checkpoint, bool] | None = None
        self._report: OverviewReport | None = None
        self._run: Run | None = None
        """The run that the overview was made of: another one once something in it changed."""
        self._is_put_off = False
        self._is_early = False
        """The last one was requested before the whole store was read."""

    def want(self, pane: Detail, whole: bool, by_hand: bool = False) -> None:
        """A pane shows a checkpoint: have its overview made, once for all panes; of a large one only `by_hand`."""
        checkpoint = pane.checkpoint
        found = self._port.selection.node_of(checkpoint.ref.file) if checkpoint is not None else None
        if checkpoint is None or found is None:
            return
        run, node = found
        whole = whole or any(each.tab == "overview" for each in self._port.panes.details)
        if self._asked is not None and self._asked[0] is checkpoint and (self._asked[1] or not whole):
            if self._report is not None and self._report.file == checkpoint.ref.file:
                self._show(pane, self._report)
            return
        if checkpoint.ref.size > LAZY_BYTES and not by_hand:
            pane.show_large(of_large(checkpoint.ref, run.workflow))
            return
        self._asked, self._report = (checkpoint, whole), None
        self._run = run
        self._make(run, node, at_once=True)

    def _make(self, run: Run, node: Node, *, at_once: bool) -> None:
        if self._asked is not None:
            checkpoint, whole = self._asked
            given = self._port.graphs.learned(run).given
            self._is_early = self._port.progress != (0, 0)
            self._port.jobs.look_over(
                run, node, checkpoint, self._paths, given, whole, at_once, is_read=not self._is_early
            )

    def keep_up(self) -> None:
        """Make the overview again where other checkpoints come before or after this one now, and when all is read."""
        checkpoint = self._asked[0] if self._asked is not None else None
        if checkpoint is None or not any(pane.checkpoint is checkpoint for pane in self._port.panes.details):
            return
        found = self._port.selection.node_of(checkpoint.ref.file)
        is_read_now = self._is_early and self._port.progress == (0, 0)
        if found is None or self._run is None or (found[0] is self._run and not is_read_now):
            return
        if self._port.selection.following and self._port.selection.file != checkpoint.ref.file:
            if not self._is_put_off:  # the newest is about to be shown in its place
                self._is_put_off = True
                self._port.later(PUT_OFF_SECONDS, self._keep_up_now)
            return
        before, self._run = self._run, found[0]
        if is_read_now or not engines().has_same_path(before, *found):
            self._make(*found, at_once=False)

    def _keep_up_now(self) -> None:
        self._is_put_off = False
        self.keep_up()

    def take(self, event: OverviewReady) -> None:
        """Show an overview that was made, where it is still wanted."""
        report = event.report
        for pane in self._port.panes.details:
            if pane.checkpoint is not None and pane.checkpoint.ref.file == report.file:
                self._report = report
                self._show(pane, report)

    def show_again(self) -> None:
        """Show the overview again, since a run was paused or continued at this checkpoint, or failed after it."""
        report, asked = self._report, self._asked[0] if self._asked is not None else None
        for pane in self._port.panes.details if report is not None and asked is not None else ():
            if pane.checkpoint is asked and report is not None:
                self._show(pane, report)

    def _show(self, pane: Detail, report: OverviewReport) -> None:
        checkpoint = pane.checkpoint
        overview = report.overview
        if checkpoint is not None and (where := self._port.paused_at(checkpoint.ref.id)):
            overview = at_pause(overview, where)
        elif checkpoint is not None and (why := self._port.failure_after(checkpoint.ref.id)):
            overview = at_failure(overview, why)
        pane.show_overview(overview, report.conversation)
