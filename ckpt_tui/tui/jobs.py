"""The jobs of a screen in threads: loading, reading, searching and comparing checkpoints.

Code that the first row does not need is imported in the thread of a job: see `engines`.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from ckpt_tui.core.document_budget import DocumentBudget
from ckpt_tui.core.documents.envelope import cut_envelope, decode_further, resolve
from ckpt_tui.errors import CkptError
from ckpt_tui.tui.heaps import Sweeper
from ckpt_tui.tui.library import VIEW_SECONDS
from ckpt_tui.tui.messages import (
    AlarmsReady,
    ChangesCounted,
    CheckpointReady,
    Comparing,
    DifferenceReady,
    DivergenceReady,
    MatchesReady,
    OverviewReady,
    PeekReady,
    RowsFound,
    ValueRead,
)
from ckpt_tui.tui.workers import PROGRESS_SECONDS, Interval, Workers, check_cancelled, engines, job

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.dom import DOMNode

    from ckpt_tui.actions.overviews import RunPath
    from ckpt_tui.actions.run_graph import RunGraph
    from ckpt_tui.core.cache import Cache
    from ckpt_tui.core.diff.comparison import DiffRow
    from ckpt_tui.core.diff.divergence import CommonAncestor
    from ckpt_tui.core.diff.ignore_rules import IgnoreRules
    from ckpt_tui.core.model import Checkpoint, CheckpointRef
    from ckpt_tui.core.runs.lineage import Node, Run
    from ckpt_tui.core.steps.learned_graph import Graph
    from ckpt_tui.core.value import Value
    from ckpt_tui.stores.base import Store
    from ckpt_tui.tui.comparer import Comparer

COUNT_SECONDS = 0.15
"""Shortest time between two messages on how much changed in the checkpoints on the screen."""

MATCH_LIMIT = 10_000
"""Matches of one search; a longer list would not be stepped through."""


def _load_failed(error: CkptError, file: str) -> CheckpointReady:
    return CheckpointReady(file, None, error=error.what, hint=error.hint)


def _comparison_failed(
    error: CkptError, comparer: Comparer, before: CheckpointRef, after: CheckpointRef, ignore: IgnoreRules
) -> DifferenceReady:
    return DifferenceReady((before.file, after.file), None, error=error.what, hint=error.hint)


def _divergence_failed(
    error: CkptError, comparer: Comparer, fork: CommonAncestor, ignore: IgnoreRules
) -> DivergenceReady:
    return DivergenceReady(fork, None, error=error.what, hint=error.hint)


class Jobs:
    """The jobs of one screen. Each returns at once and posts its results to the screen; the latest of its kind wins.

    Args:
        owner: The screen that receives the messages and whose workers these are.
        store: The store that is open.
    """

    def __init__(self, owner: DOMNode, store: Store) -> None:
        self.workers = Workers(owner)
        self._store = store
        self._sweeper = Sweeper()

    def stop(self) -> None:
        """End everything."""
        self.workers.stop()

    # -- one checkpoint ----------------------------------------------------------------------------------------------

    @job("load", failed=_load_failed)
    def load(self, file: str) -> None:
        """Load a checkpoint."""
        checkpoint = self._store.load(file, check_cancelled)
        self.workers.post(CheckpointReady(file, checkpoint))
        self._sweeper.note(checkpoint.ref.size)

    @job("load")
    def peek(self, file: str) -> None:
        """Read the beginning of a file that is not a checkpoint, if it can be read at all."""
        with suppress(CkptError):
            self.workers.post(PeekReady(file, self._store.peek(file)))

    @job("judge")
    def judge(self, file: str, checkpoint: Checkpoint) -> None:
        """Search the pickles of a checkpoint for names that could run code."""
        found = engines().alarms(checkpoint, check_cancelled, DocumentBudget(), decoded_only=True)
        if found:
            self.workers.post(AlarmsReady(file, found))

    # -- values ------------------------------------------------------------------------------------------------------

    @job("search")
    def search(self, value: Value, text: str) -> None:
        """Search a value."""
        places = []
        complete = True
        for place in engines().search(value, text, check_cancelled):
            places.append(place)
            if len(places) >= MATCH_LIMIT:
                complete = False
                break
        self.workers.post(MatchesReady(text, places, complete, value))

    @job("search")
    def search_rows(self, rows: Sequence[DiffRow], text: str, reveal: bool) -> None:
        """Search the rows of a comparison."""
        self.workers.post(RowsFound(text, list(engines().search_rows(rows, text, reveal, check_cancelled)), rows))

    @job("read")
    def read(self, value: Value, further: bool = False) -> None:
        """Parse and decode a value that waits for it, or decode further one that was cut."""
        cut = cut_envelope(value) if further else None
        if cut is not None:
            decode_further(cut, check_cancelled)
        else:
            resolve(value, check_cancelled)
        self.workers.post(ValueRead(value))

    def stop_reading(self) -> None:
        """Stop reading a value."""
        self.workers.cancel("read")

    # -- steps and changes -------------------------------------------------------------------------------------------

    @job("step")
    def read_step(self, run: Run, node: Node, learned: RunGraph) -> None:
        """Make the step to a checkpoint, then learn from the rest of its run and make it again."""
        interval = Interval(VIEW_SECONDS, at_once=True)
        for message in engines().read_step(self._store, run, node, learned, check_cancelled):
            if interval.is_due() or message.known == message.total:
                self.workers.post(message)
            self.workers.rest()

    @job("overview")
    def look_over(
        self, run: Run, node: Node, checkpoint: Checkpoint, paths: Cache[tuple[str, str, str], RunPath],
        given: Graph | None, whole: bool, at_once: bool = True, is_read: bool = True,
    ) -> None:  # fmt: skip
        """Make the overview of a checkpoint; with `whole` again once the path of its run is read.

        Args:
            run: Its run.
            node: Its place in the run.
            checkpoint: It.
            paths: `Run.key` → the path of a run, as far as it was read.
            given: The graph of the workflow itself, where it is known.
            whole: Read the whole path of the run.
            at_once: Make it from the checkpoint and its parent before that.
            is_read: Whether the whole store was read.
        """
        run_path = paths.get(run.key)
        if run_path is None:
            run_path = engines().run_path()
            paths.put(run.key, run_path)
        run_path.learned.given = given or run_path.learned.given
        with suppress(CkptError):  # the error is shown where the checkpoint is opened
            for report in engines().overviews(
                self._store, run, node, run_path, checkpoint, whole, check_cancelled, self.workers.rest,
                at_once=at_once, is_read=is_read,
            ):  # fmt: skip
                self.workers.post(OverviewReady(report))

    @job("compare", failed=_comparison_failed)
    def compare(self, comparer: Comparer, before: CheckpointRef, after: CheckpointRef, ignore: IgnoreRules) -> None:
        """Compare two checkpoints."""
        interval = Interval(PROGRESS_SECONDS)

        def progress(looked: int) -> None:
            if interval.is_due():
                self.workers.post(Comparing(looked))

        compared = comparer.compare(before, after, ignore, check_cancelled, progress)
        self.workers.post(DifferenceReady((before.file, after.file), compared))

    @job("count")
    def count(self, comparer: Comparer, pairs: list[tuple[CheckpointRef, CheckpointRef]], ignore: IgnoreRules) -> None:
        """Count the changes of each pair."""
        counts: dict[str, int] = {}
        interval = Interval(COUNT_SECONDS)
        for before, after in pairs:
            check_cancelled()
            with suppress(CkptError):  # what cannot be read has no count; its row says so
                counts[after.file] = comparer.tally(before, after, ignore, check_cancelled)
            if interval.is_due():
                self.workers.post(ChangesCounted(counts))
                counts = {}
            self.workers.rest()
        self.workers.post(ChangesCounted(counts))

    @job("compare", failed=_divergence_failed)
    def part(self, comparer: Comparer, fork: CommonAncestor, ignore: IgnoreRules) -> None:
        """Find where two branches diverge."""

        def progress(done: int, total: int) -> None:
            check_cancelled()
            self.workers.post(Comparing(done, total))

        self.workers.post(DivergenceReady(fork, comparer.part(fork, ignore, progress, check_cancelled)))
