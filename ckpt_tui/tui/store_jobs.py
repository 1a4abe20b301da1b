"""The jobs of a screen on a whole store or a whole file: examining, pruning, reading to resume from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ckpt_tui.actions.pruning import bring_back, last_deleted, move_to_trash, plan
from ckpt_tui.actions.resume.branch import branch_types
from ckpt_tui.actions.resume.sources import source_in
from ckpt_tui.actions.store_examination import examine
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.event_streams import read_events
from ckpt_tui.stores.files import FileTrouble
from ckpt_tui.tui.messages import EventsRead, Examining, PlanReady, PruneDone, ReportReady, SourceReady
from ckpt_tui.tui.workers import PROGRESS_SECONDS, Interval, Workers, check_cancelled, job

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from textual.dom import DOMNode

    from ckpt_tui.actions.resume.log import EventLog
    from ckpt_tui.core.runs.lineage import Node, Run
    from ckpt_tui.core.runs.prune_plan import PruneChoice, Wish
    from ckpt_tui.stores.base import Store


def _examination_failed(error: CkptError) -> ReportReady:
    return ReportReady(None, error=error.what, hint=error.hint)


def _read_failed(error: CkptError, file: str, nodes: Sequence[Node] = ()) -> SourceReady:
    return SourceReady(file, None, error=error.what, hint=error.hint)


def _prune_failed(error: CkptError, *_: object) -> PruneDone:
    return PruneDone(None, is_undo=False, error=error.what, hint=error.hint)


def _undo_failed(error: CkptError) -> PruneDone:
    return PruneDone(None, is_undo=True, error=error.what, hint=error.hint)


class StoreJobs:
    """The jobs of one screen on a whole store. Each returns at once and posts its results; the latest of its kind wins.

    Args:
        owner: The screen that receives the messages and whose workers these are.
        store: The store.
    """

    def __init__(self, owner: DOMNode, store: Store) -> None:
        self.workers = Workers(owner)
        self._store = store

    def stop(self) -> None:
        """End everything."""
        self.workers.stop()

    @job("examine", failed=_examination_failed)
    def examine(self) -> None:
        """Examine the whole store for faults and risks."""
        interval = Interval(PROGRESS_SECONDS, at_once=True)

        def progress(done: int, total: int) -> None:
            check_cancelled()
            if interval.is_due():
                self.workers.post(Examining(done, total))

        self.workers.post(ReportReady(examine(self._store.fresh(), progress, check_cancelled)))

    @job("source", failed=_read_failed)
    def source(self, file: str, nodes: Sequence[Node] = ()) -> None:
        """Read a checkpoint whole, to resume from.

        Args:
            file: Its file.
            nodes: The checkpoints of its run, whose types are to be allowed, too.
        """
        store, own = self._store.home(file)
        barred = store.capabilities(own).resume
        if barred:
            raise CkptError(barred)
        checkpoint = store.load(own, check_cancelled, everything=True)
        node = next((each for each in nodes if each.ref.file == file), None)
        later = branch_types(self._store, nodes, node, check_cancelled) if node is not None else ()
        self.workers.post(SourceReady(file, source_in(store, checkpoint, later)))

    @job("plan")
    def plan(self, runs: Sequence[Run], wish: Wish, in_use: Collection[str]) -> None:
        """Find the checkpoints that a wish would delete; see `actions.pruning.plan`."""
        self.workers.post(PlanReady(wish, plan(self._store, runs, wish, in_use), last_deleted(self._store)))

    @job("prune", failed=_prune_failed, exclusive=False)
    def throw_away(self, runs: Sequence[Run], wish: Wish, in_use: Collection[str], agreed: PruneChoice) -> None:
        """Move the confirmed checkpoints to the trash, if the wish still means the same ones."""
        now = plan(self._store, runs, wish, in_use)
        if [node.ref for node in now.gone] != [node.ref for node in agreed.gone]:
            raise CkptError("The store has changed meanwhile, and nothing was deleted.", "Look again at what would go.")
        self.workers.post(PruneDone(move_to_trash(self._store, [node.ref for node in now.gone]), is_undo=False))

    @job("prune", failed=_undo_failed, exclusive=False)
    def bring_back(self) -> None:
        """Bring back the files of the last prune."""
        self.workers.post(PruneDone(bring_back(self._store), is_undo=True))

    @job("events")
    def read_events(self, path: str, log: EventLog) -> None:
        """Read a saved stream of events into a log."""
        try:
            for line in read_events(path):
                check_cancelled()
                log.add(line)
        except FileTrouble as trouble:
            self.workers.post(EventsRead(trouble.reason))
        else:
            self.workers.post(EventsRead())
