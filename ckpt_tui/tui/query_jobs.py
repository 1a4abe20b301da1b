"""Jobs for queries of a whole branch or store."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ckpt_tui.actions.branch_queries import BranchQueries, BranchQuery
from ckpt_tui.actions.expressions import Expression
from ckpt_tui.actions.run_sizes import RunMeasurer
from ckpt_tui.actions.text_search import TextSearches
from ckpt_tui.core.cache import Cache
from ckpt_tui.core.sizes.measuring import checkpoint_shares
from ckpt_tui.core.sizes.shares import Shares
from ckpt_tui.tui.messages import (
    BisectReady,
    HistoryReady,
    MatchesFound,
    QueryFailed,
    QueryProgress,
    SharesReady,
    SizesReady,
)
from ckpt_tui.tui.workers import PROGRESS_SECONDS, Interval, Workers, check_cancelled, job

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from textual.dom import DOMNode

    from ckpt_tui.core.find.question import Match, Question
    from ckpt_tui.core.model import Checkpoint
    from ckpt_tui.core.runs.lineage import Node, Run
    from ckpt_tui.errors import CkptError
    from ckpt_tui.stores.base import Store


class QueryCache:
    """The cache of answers; kept by the browser, shared by the screens of queries.

    Args:
        store: The store.
    """

    def __init__(self, store: Store) -> None:
        self.answers: Cache[Hashable, Any] = Cache()
        self.histories = BranchQueries(store, self.answers)
        self.searches = TextSearches(store, self.answers)
        self.growths = RunMeasurer(store, self.answers)
        self.lock = threading.Lock()
        """Held during a query: the caches are for one thread at a time."""


def _no_answer(error: CkptError, *_: object) -> QueryFailed:
    return QueryFailed(error.what, error.hint)


class QueryJobs:
    """The jobs of a screen of queries; the latest of each kind wins.

    Args:
        owner: The screen that receives the messages and whose workers these are.
        known: What was answered before.

    Attributes:
        known: The same.
    """

    def __init__(self, owner: DOMNode, known: QueryCache) -> None:
        self.workers = Workers(owner)
        self.known = known
        self._interval = Interval(PROGRESS_SECONDS, at_once=True)

    @job("history", failed=_no_answer)
    def history(self, run: Run, nodes: Sequence[Node], path: str, reveal: bool) -> None:
        """The values of a path along a branch."""
        with self._turn():
            query = BranchQuery(run.id, nodes, Expression(path), reveal)
            found = self.known.histories.history(query, self._progress, check_cancelled)
        self.workers.post(HistoryReady(found))

    @job("bisect", failed=_no_answer)
    def bisect(self, run: Run, nodes: Sequence[Node], text: str, reveal: bool) -> None:
        """Find where an expression first holds."""
        with self._turn():
            query = BranchQuery(run.id, nodes, Expression(text), reveal)
            found = self.known.histories.bisect(query, progress=self._progress, check=check_cancelled)
        self.workers.post(BisectReady(found))

    @job("find", failed=_no_answer)
    def find(self, nodes: Sequence[Node], question: Question) -> None:
        """Search for a text; matches are posted as they are found."""
        fresh: list[Match] = []
        truncated, note, done = False, "", 0
        with self._turn():
            for found in self.known.searches.find(nodes, question, check=check_cancelled):
                fresh += found.matches
                truncated, note, done = truncated or found.truncated, found.note, found.done
                if self._interval.is_due():
                    self.workers.post(MatchesFound(question, fresh, done, len(nodes), truncated, note, False))
                    fresh = []
        self.workers.post(MatchesFound(question, fresh, done, len(nodes), truncated, note, True))

    @job("measure", failed=_no_answer)
    def measure(self, run: Run) -> None:
        """Measure the sizes of a run."""
        with self._turn():
            sizes = self.known.growths.measure(run, self._progress, check_cancelled)
        self.workers.post(SizesReady(sizes))

    @job("shares", failed=_no_answer)
    def shares(self, checkpoint: Checkpoint) -> None:
        """Measure the sizes of a checkpoint."""
        key = ("shares", checkpoint.ref._replace(facts=None), len(checkpoint.raw))
        with self._turn():
            found: Shares | None = self.known.answers.get(key)
            if found is None:
                found = checkpoint_shares(checkpoint, check=check_cancelled)
                self.known.answers.put(key, found, 1 + len(found.paths))
        self.workers.post(SharesReady(checkpoint.ref.file, found))

    def stop_asking(self, group: str) -> None:
        """Stop a running query."""
        self.workers.cancel(group)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait until the query before it is answered."""
        while not self.known.lock.acquire(timeout=0.05):
            check_cancelled()
        try:
            yield
        finally:
            self.known.lock.release()

    def _progress(self, done: int, total: int) -> None:
        if self._interval.is_due():
            self.workers.post(QueryProgress(done, total))
