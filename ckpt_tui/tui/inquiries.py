"""Questions that take the whole of a branch or a store: the workers that ask them, and what they post."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from textual.dom import DOMNode
from textual.message import Message

from ckpt_tui.actions.expressions import Expression
from ckpt_tui.actions.find import Searches
from ckpt_tui.actions.history import Histories
from ckpt_tui.actions.sizes import Growths
from ckpt_tui.core.cache import Answers
from ckpt_tui.core.find.find import Match, Question
from ckpt_tui.core.model import Checkpoint
from ckpt_tui.core.runs.history import Bisection, History
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.sizes.measured import RunSizes
from ckpt_tui.core.sizes.shares import Shares, checkpoint_shares
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.base import Store
from ckpt_tui.tui.messages import Newest
from ckpt_tui.tui.workers import PROGRESS_SECONDS, Interval, Workers, check_cancelled, job


@dataclass(eq=False)
class Asking(Newest):
    """So many checkpoints are asked."""

    done: int
    total: int


@dataclass(eq=False)
class HistoryReady(Message):
    """The values of a path are known."""

    history: History


@dataclass(eq=False)
class BisectReady(Message):
    """It is known where an expression first holds."""

    found: Bisection


@dataclass(eq=False)
class MatchesFound(Message):
    """More matches, and how far the search is; `ended` with the last."""

    question: Question
    matches: Sequence[Match]
    done: int
    total: int
    truncated: bool
    note: str
    ended: bool


@dataclass(eq=False)
class SizesReady(Message):
    """A run is measured."""

    sizes: RunSizes


@dataclass(eq=False)
class SharesReady(Message):
    """A checkpoint is measured."""

    file: str
    shares: Shares


@dataclass(eq=False)
class QuestionFailed(Message):
    """A question could not be answered, and why."""

    what: str
    hint: str


class Known:
    """What was answered before; kept by the browser, shared by the screens that ask.

    Args:
        store: The store.
    """

    def __init__(self, store: Store) -> None:
        self.answers = Answers()
        self.histories = Histories(store, self.answers)
        self.searches = Searches(store, self.answers)
        self.growths = Growths(store, self.answers)
        self.lock = threading.Lock()
        """One question after the other: what keeps answers is for one thread at a time."""


def _no_answer(error: CkptError, *_: object) -> QuestionFailed:
    return QuestionFailed(error.what, error.hint)


class Inquiries:
    """The jobs of a screen that asks; the latest of each kind wins.

    Args:
        owner: The screen that receives the messages and whose workers these are.
        known: What was answered before.
    """

    def __init__(self, owner: DOMNode, known: Known) -> None:
        self.workers = Workers(owner)
        self._known = known
        self._interval = Interval(PROGRESS_SECONDS, at_once=True)

    @job("history", failed=_no_answer)
    def history(self, run: Run, nodes: Sequence[Node], path: str, reveal: bool) -> None:
        """The values of a path along a branch."""
        with self._turn():
            ask = self._known.histories.history
            found = ask(run.id, nodes, Expression(path), reveal, self._progress, check_cancelled)
        self.workers.post(HistoryReady(found))

    @job("bisect", failed=_no_answer)
    def bisect(self, run: Run, nodes: Sequence[Node], text: str, reveal: bool) -> None:
        """Where an expression first holds."""
        with self._turn():
            ask = self._known.histories.bisect
            found = ask(run.id, nodes, Expression(text), reveal, progress=self._progress, check=check_cancelled)
        self.workers.post(BisectReady(found))

    @job("find", failed=_no_answer)
    def find(self, nodes: Sequence[Node], question: Question) -> None:
        """Where a text stands; what is found is posted as it is found."""
        fresh: list[Match] = []
        truncated, note, done = False, "", 0
        with self._turn():
            for found in self._known.searches.find(nodes, question, check=check_cancelled):
                fresh += found.matches
                truncated, note, done = truncated or found.truncated, found.note, found.done
                if self._interval.is_due():
                    self.workers.post(MatchesFound(question, fresh, done, len(nodes), truncated, note, False))
                    fresh = []
        self.workers.post(MatchesFound(question, fresh, done, len(nodes), truncated, note, True))

    @job("measure", failed=_no_answer)
    def measure(self, run: Run) -> None:
        """Where the characters of a run are."""
        with self._turn():
            sizes = self._known.growths.measure(run, self._progress, check_cancelled)
        self.workers.post(SizesReady(sizes))

    @job("shares", failed=_no_answer)
    def shares(self, checkpoint: Checkpoint) -> None:
        """Where the characters of a checkpoint are."""
        key = ("shares", checkpoint.ref._replace(facts=None), len(checkpoint.raw))
        with self._turn():
            found: Shares | None = self._known.answers.get(key)
            if found is None:
                found = checkpoint_shares(checkpoint, check=check_cancelled)
                self._known.answers.put(key, found, 1 + len(found.paths))
        self.workers.post(SharesReady(checkpoint.ref.file, found))

    def stop_asking(self, group: str) -> None:
        """Leave a question that is being asked."""
        self.workers.cancel(group)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait until the question before it is answered."""
        while not self._known.lock.acquire(timeout=0.05):
            check_cancelled()
        try:
            yield
        finally:
            self._known.lock.release()

    def _progress(self, done: int, total: int) -> None:
        if self._interval.is_due():
            self.workers.post(Asking(done, total))
