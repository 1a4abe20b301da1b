"""Questions that take the whole of a branch or a store: the workers that ask them, and what they post."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from textual.message import Message
from textual.message_pump import MessagePump

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
from ckpt_tui.tui.jobs import PROGRESS_SECONDS, Jobs, check_cancelled
from ckpt_tui.tui.library import Library


class Asking(Message):
    """So many checkpoints are asked."""

    def __init__(self, done: int, total: int) -> None:
        super().__init__()
        self.done = done
        self.total = total

    def can_replace(self, message: Message) -> bool:
        """Only the newest number matters."""
        return isinstance(message, Asking)


class HistoryReady(Message):
    """The values of a path are known."""

    def __init__(self, history: History) -> None:
        super().__init__()
        self.history = history


class BisectReady(Message):
    """It is known where an expression first holds."""

    def __init__(self, found: Bisection) -> None:
        super().__init__()
        self.found = found


class MatchesFound(Message):
    """More matches, and how far the search is; `ended` with the last."""

    def __init__(
        self,
        question: Question,
        matches: Sequence[Match],
        done: int,
        total: int,
        truncated: bool,
        note: str,
        ended: bool,
    ) -> None:
        super().__init__()
        self.question = question
        self.matches = matches
        self.done = done
        self.total = total
        self.truncated = truncated
        self.note = note
        self.ended = ended


class SizesReady(Message):
    """A run is measured."""

    def __init__(self, sizes: RunSizes) -> None:
        super().__init__()
        self.sizes = sizes


class SharesReady(Message):
    """A checkpoint is measured."""

    def __init__(self, file: str, shares: Shares) -> None:
        super().__init__()
        self.file = file
        self.shares = shares


class QuestionFailed(Message):
    """A question could not be answered, and why."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__()
        self.what = what
        self.hint = hint


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


class Inquiries(Jobs):
    """Starts the workers of a screen that asks.

    Args:
        owner: The screen that receives the messages and whose workers these are.
        store: The store.
        known: What was answered before.
    """

    def __init__(self, owner: MessagePump, store: Store, known: Known) -> None:
        super().__init__(owner, store, Library())
        self._known = known
        self._told = 0.0

    def history(self, run: Run, nodes: Sequence[Node], path: str, reveal: bool) -> None:
        """The values of a path along a branch."""

        def ask() -> None:
            expression = Expression(path)
            found = self._known.histories.history(run.id, nodes, expression, reveal, self._progress, check_cancelled)
            self._owner.post_message(HistoryReady(found))

        self._ask(ask, "history")

    def bisect(self, run: Run, nodes: Sequence[Node], text: str, reveal: bool) -> None:
        """Where an expression first holds."""

        def ask() -> None:
            found = self._known.histories.bisect(
                run.id, nodes, Expression(text), reveal, progress=self._progress, check=check_cancelled
            )
            self._owner.post_message(BisectReady(found))

        self._ask(ask, "bisect")

    def find(self, nodes: Sequence[Node], question: Question) -> None:
        """Where a text stands; what is found is posted as it is found."""

        def ask() -> None:
            fresh: list[Match] = []
            truncated, note, done = False, "", 0
            for found in self._known.searches.find(nodes, question, check=check_cancelled):
                fresh += found.matches
                truncated, note, done = truncated or found.truncated, found.note, found.done
                if time.monotonic() - self._told >= PROGRESS_SECONDS:
                    self._told = time.monotonic()
                    self._owner.post_message(MatchesFound(question, fresh, done, len(nodes), truncated, note, False))
                    fresh = []
            self._owner.post_message(MatchesFound(question, fresh, done, len(nodes), truncated, note, True))

        self._ask(ask, "find")

    def measure(self, run: Run) -> None:
        """Where the characters of a run are."""

        def ask() -> None:
            self._owner.post_message(SizesReady(self._known.growths.measure(run, self._progress, check_cancelled)))

        self._ask(ask, "measure")

    def shares(self, checkpoint: Checkpoint) -> None:
        """Where the characters of a checkpoint are."""

        def ask() -> None:
            key = ("shares", checkpoint.ref._replace(facts=None), len(checkpoint.raw))
            found: Shares | None = self._known.answers.get(key)
            if found is None:
                found = checkpoint_shares(checkpoint, check=check_cancelled)
                self._known.answers.put(key, found, 1 + len(found.paths))
            self._owner.post_message(SharesReady(checkpoint.ref.file, found))

        self._ask(ask, "shares")

    def stop_asking(self, group: str) -> None:
        """Leave a question that is being asked."""
        self._owner.workers.cancel_group(self._owner, group)  # type: ignore[attr-defined]

    def _ask(self, ask: Callable[[], None], group: str) -> None:
        def run() -> None:
            while not self._known.lock.acquire(timeout=0.05):
                check_cancelled()
            try:
                ask()
            except CkptError as error:
                self._owner.post_message(QuestionFailed(error.what, error.hint))
            finally:
                self._known.lock.release()

        self._start(run, group)

    def _progress(self, done: int, total: int) -> None:
        if time.monotonic() - self._told >= PROGRESS_SECONDS:
            self._told = time.monotonic()
            self._owner.post_message(Asking(done, total))
