"""The only place that starts workers: following the store, loading checkpoints, searching values, the doctor.

A job computes and posts a message; it never touches a widget.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from textual.message_pump import MessagePump
from textual.worker import Worker, get_current_worker

from ckpt_tui.core.model import Checkpoint
from ckpt_tui.core.safety.verdict import verdict
from ckpt_tui.core.value import Value
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.base import Batch, Store
from ckpt_tui.tui.early import EarlyLook
from ckpt_tui.tui.library import VIEW_SECONDS, Library, Pace
from ckpt_tui.tui.messages import (
    AlarmsReady,
    BodiesWanted,
    ChangesCounted,
    CheckpointReady,
    Comparing,
    DangersFound,
    DangersWanted,
    DifferenceReady,
    DivergenceReady,
    EventsRead,
    Examining,
    MatchesReady,
    PeekReady,
    ReportReady,
    RowsFound,
    SourceReady,
    ValueRead,
    ViewReady,
    WorkFailed,
)

if TYPE_CHECKING:
    from ckpt_tui.actions.resume.log import EventLog
    from ckpt_tui.core.diff.comparison import DiffRow
    from ckpt_tui.core.diff.forks import Fork
    from ckpt_tui.core.diff.ignore_rules import IgnoreRules
    from ckpt_tui.core.model import CheckpointRef
    from ckpt_tui.core.runs.lineage import Node, Run
    from ckpt_tui.tui.comparing import Comparer
    from ckpt_tui.tui.learning import Learned

FIRST_PAINT_SECONDS = 0.06
"""Pause of a long scan after its first rows, so that painting them does not wait for the interpreter lock."""

PROGRESS_SECONDS = 0.05
"""Shortest time between two words on how far an examination is."""

COUNT_SECONDS = 0.15
"""Shortest time between two words on how much changed in the checkpoints on the screen."""

MATCH_LIMIT = 10_000
"""Matches of one search; nobody steps through more."""


class Cancelled(Exception):
    """The job is no longer wanted."""


class Jobs:
    """Starts the workers of one screen.

    Args:
        owner: The screen or app that receives the messages and whose workers these are.
        store: The store that is open.
        library: Where what is known of it is collected.
        early: A look at the store that has begun.
    """

    def __init__(self, owner: MessagePump, store: Store, library: Library, early: EarlyLook | None = None) -> None:
        self._early = early
        self._owner = owner
        self._store = store
        self._library = library
        self._stop = threading.Event()
        self._fill = threading.Lock()
        self._load: Worker[None] | None = None

    def follow(self) -> None:
        """Read the store and keep up with it."""
        self._start(self._follow, "follow")

    def read_bodies(self) -> None:
        """Read the bodies of the files whose headers alone are known."""
        self._start(self._read_bodies, "bodies")

    def stop(self) -> None:
        """End everything."""
        self._stop.set()

    def at_hand(self, file: str) -> Checkpoint | None:
        """A checkpoint that was loaded before anybody asked for it."""
        return self._early.checkpoint(file, wait=False) if self._early is not None else None

    def load(self, file: str) -> None:
        """Load a checkpoint; the latest call wins."""

        def run() -> None:
            try:
                early = self._early.checkpoint(file) if self._early is not None else None
                checkpoint = early or self._store.load(file, check_cancelled)
            except CkptError as error:
                self._owner.post_message(CheckpointReady(file, None, error.what, error.hint))
            else:
                self._owner.post_message(CheckpointReady(file, checkpoint))

        self._load = self._start(run, "load")

    def judge(self, file: str, checkpoint: Checkpoint) -> None:
        """Look for names in the pickles of a checkpoint that could run code; the latest call wins."""

        def run() -> None:
            from ckpt_tui.core.allowance import Allowance
            from ckpt_tui.core.doctor.doctor import alarms  # late: 20 ms that the first screen does not need

            told = alarms(checkpoint, check_cancelled, Allowance(), decoded_only=True)
            if told:
                self._owner.post_message(AlarmsReady(file, told))

        self._start(run, "judge")

    def judge_list(self) -> None:
        """Find out which checkpoints of the list would run code when they are loaded, the newest first."""

        def run() -> None:
            dangers: dict[str, str] = {}
            posted = time.monotonic()
            for file, mark in self._library.unjudged():
                check_cancelled()
                store, own = self._store.home(file)
                reader = store.reader()
                if reader is not None:
                    with suppress(CkptError):  # what cannot be read cannot be loaded either; its row says so
                        dangers[file] = verdict(reader.read(own), check_cancelled)
                self._library.judged(file, mark)
                if time.monotonic() - posted >= COUNT_SECONDS:
                    self._owner.post_message(DangersFound(dangers))
                    dangers, posted = {}, time.monotonic()
                    # The screen comes first: a busy thread delays every key by a turn of the interpreter lock.
                    self._stop.wait(0.02)
            self._owner.post_message(DangersFound(dangers))

        self._start(run, "judge list")

    def peek(self, file: str) -> None:
        """Read the beginning of a file that is no checkpoint, if it can be read at all."""

        def run() -> None:
            try:
                data = self._store.peek(file)
            except CkptError:
                return
            self._owner.post_message(PeekReady(file, data))

        self._start(run, "load")

    def refresh(self) -> None:
        """Make a new view, after the filter changed."""

        def run() -> None:
            self._post_view(0, 0)

        self._start(run, "view")

    def search(self, value: Value, text: str) -> None:
        """Search a value; the latest call wins."""

        def run() -> None:
            from ckpt_tui.core.reading.search import search  # late: 5 ms that the first screen does not need

            places = []
            complete = True
            for place in search(value, text, check_cancelled):
                places.append(place)
                if len(places) >= MATCH_LIMIT:
                    complete = False
                    break
            self._owner.post_message(MatchesReady(text, places, complete, value))

        self._start(run, "search")

    def search_rows(self, rows: Sequence[DiffRow], text: str, reveal: bool) -> None:
        """Search the rows of a comparison; the latest call wins."""

        def run() -> None:
            from ckpt_tui.core.diff.searched import search_rows  # late, too

            places = list(search_rows(rows, text, reveal, check_cancelled))
            self._owner.post_message(RowsFound(text, places, rows))

        self._start(run, "search")

    def read(self, value: Value, further: bool = False) -> None:
        """Parse and decode a value that waits for it, or decode further one that was cut; the latest call wins."""

        def run() -> None:
            from ckpt_tui.core.documents.envelope import cut_envelope, decode_further, resolve

            cut = cut_envelope(value) if further else None
            if cut is not None:
                decode_further(cut, check_cancelled)
            else:
                resolve(value, check_cancelled)
            self._owner.post_message(ValueRead(value))

        self._start(run, "read")

    def read_events(self, path: str, log: EventLog) -> None:
        """Read a saved stream of events into a log."""

        def run() -> None:
            from ckpt_tui.stores.events import read_events
            from ckpt_tui.stores.files import FileTrouble

            try:
                for line in read_events(path):
                    check_cancelled()
                    log.add(line)
            except FileTrouble as trouble:
                self._owner.post_message(EventsRead(trouble.reason))
            else:
                self._owner.post_message(EventsRead())

        self._start(run, "events")

    def stop_reading(self) -> None:
        """Leave the value that is being read."""
        node = self._owner
        node.workers.cancel_group(node, "read")  # type: ignore[attr-defined]

    def tell_step(self, run: Run, node: Node, learned: Learned) -> None:
        """Tell the step to a checkpoint, then learn from the rest of its run and tell it anew; the latest call wins."""

        def run_it() -> None:
            from ckpt_tui.tui.learning import tell_step

            shown = 0.0
            for message in tell_step(self._store, run, node, learned, check_cancelled):
                now = time.monotonic()
                if not shown or message.known == message.total or now - shown >= VIEW_SECONDS:
                    shown = now
                    self._owner.post_message(message)
                self._stop.wait(0.004)

        self._start(run_it, "step")

    def compare(self, comparer: Comparer, before: CheckpointRef, after: CheckpointRef, ignore: IgnoreRules) -> None:
        """Compare two checkpoints; the latest call wins."""

        def run() -> None:
            files = before.file, after.file
            told = time.monotonic()

            def progress(looked: int) -> None:
                nonlocal told
                if time.monotonic() - told >= PROGRESS_SECONDS:
                    told = time.monotonic()
                    self._owner.post_message(Comparing(looked))

            try:
                compared = comparer.compare(before, after, ignore, check_cancelled, progress)
            except CkptError as error:
                self._owner.post_message(DifferenceReady(files, None, error.what, error.hint))
            else:
                self._owner.post_message(DifferenceReady(files, compared))

        self._start(run, "compare")

    def count(self, comparer: Comparer, pairs: list[tuple[CheckpointRef, CheckpointRef]], ignore: IgnoreRules) -> None:
        """Count what changed between each pair; the latest call wins."""

        def run() -> None:
            counts: dict[str, int] = {}
            told = time.monotonic()
            for before, after in pairs:
                check_cancelled()
                with suppress(CkptError):  # what cannot be read has no count; its row says so
                    counts[after.file] = comparer.tally(before, after, ignore, check_cancelled)
                if time.monotonic() - told >= COUNT_SECONDS:
                    self._owner.post_message(ChangesCounted(counts))
                    counts, told = {}, time.monotonic()
                # The screen comes first: a busy thread delays every key by a turn of the interpreter lock.
                self._stop.wait(0.004)
            self._owner.post_message(ChangesCounted(counts))

        self._start(run, "count")

    def part(self, comparer: Comparer, fork: Fork, ignore: IgnoreRules) -> None:
        """Find where two branches part; the latest call wins."""

        def run() -> None:
            def progress(done: int, total: int) -> None:
                check_cancelled()
                self._owner.post_message(Comparing(done, total))

            try:
                found = comparer.part(fork, ignore, progress, check_cancelled)
            except CkptError as error:
                self._owner.post_message(DivergenceReady(fork, None, error.what, error.hint))
            else:
                self._owner.post_message(DivergenceReady(fork, found))

        self._start(run, "compare")

    def examine(self) -> None:
        """Look at everything in the store for what is wrong or risky."""

        def run() -> None:
            from ckpt_tui.actions.doctor import examine

            told = 0.0

            def progress(done: int, total: int) -> None:
                nonlocal told
                check_cancelled()
                if time.monotonic() - told >= PROGRESS_SECONDS:
                    told = time.monotonic()
                    self._owner.post_message(Examining(done, total))

            try:
                report = examine(self._store.fresh(), progress, check_cancelled)
            except CkptError as error:
                self._owner.post_message(ReportReady(None, error.what, error.hint))
            else:
                self._owner.post_message(ReportReady(report))

        self._start(run, "examine")

    def source(self, file: str, nodes: Sequence[Node] = ()) -> None:
        """Read a checkpoint whole, for a run to begin with; the latest call wins.

        Args:
            file: Its file.
            nodes: The checkpoints of its run, whose types are to be allowed, too.
        """

        def run() -> None:
            from ckpt_tui.actions.resume.branch import branch_types
            from ckpt_tui.actions.resume.plan import source_of

            try:
                store, own = self._store.home(file)
                barred = store.capabilities(own).resume
                if barred:
                    raise CkptError(barred)
                checkpoint = store.load(own, check_cancelled, everything=True)
                node = next((each for each in nodes if each.ref.file == file), None)
                later = branch_types(self._store, nodes, node, check_cancelled) if node is not None else ()
                found = source_of(store.path, checkpoint, later)
            except CkptError as error:
                self._owner.post_message(SourceReady(file, None, error.what, error.hint))
            else:
                self._owner.post_message(SourceReady(file, found))

        self._start(run, "source")

    def _start(self, run: Callable[[], None], group: str) -> Worker[None]:
        def guarded() -> None:
            try:
                run()
            except Cancelled:
                pass
            except Exception:
                import traceback  # late: 10 ms that the first screen does not need

                self._owner.post_message(WorkFailed(group, traceback.format_exc()))

        node = self._owner
        worker: Worker[None] = node.run_worker(  # type: ignore[attr-defined]
            guarded, name=group, group=group, exclusive=group != "follow", thread=True, exit_on_error=False
        )
        return worker

    def _post_view(self, done: int, total: int) -> None:
        self._owner.post_message(ViewReady(self._library.view(), done, total))

    def _post_at_pace(self, pace: Pace, done: int, total: int) -> None:
        began = time.thread_time()
        self._post_view(done, total)
        pace.note(time.thread_time() - began)

    def _follow(self) -> None:
        pace = Pace()
        is_shown = was_complete = False
        if self._early is not None and self._early.wait() is not None:
            is_shown = True
            if self._early.batch is not None:
                self._post_view(self._early.batch.done, self._early.batch.total)
            self._stop.wait(FIRST_PAINT_SECONDS)
        for batch in self._everything():
            changed = self._library.apply(batch)
            complete = batch.done >= batch.total
            if changed and complete and was_complete:
                self._stop.wait(pace.rest)  # a workflow is writing: what else it writes is gathered meanwhile
            # The first rows at once, then now and then, and everything at the end of a pass.
            if complete or (changed and (not is_shown or pace.is_due)):
                self._post_at_pace(pace, batch.done, batch.total)
                if not is_shown and not complete:
                    self._stop.wait(FIRST_PAINT_SECONDS)
                is_shown = True
            was_complete = complete
            if complete and self._library.unread():
                self._owner.post_message(BodiesWanted())

    def _everything(self) -> Iterator[Batch]:
        """What is there now, then what changes: the first look is the quickest, the watch finds what it missed."""
        with suppress(CkptError):  # a directory that is missing is waited for
            yield from (self._early and self._early.rest) or self._store.scan()
        yield from self._store.watch(self._stop)

    def _read_bodies(self) -> None:
        # What the person looks at comes first; counting a large file meanwhile would take half of its speed.
        while self._load is not None and self._load.is_running and not self._stop.wait(0.01):
            pass
        with self._fill:
            unread = self._library.unread()
            pace = Pace()
            worker = get_current_worker()
            for batch in self._store.fill(unread, self._stop):
                if worker.is_cancelled:
                    return
                self._library.apply(batch)
                if batch.done >= batch.total:
                    self._post_view(0, 0)
                    self._owner.post_message(DangersWanted())
                elif pace.is_due:
                    self._post_at_pace(pace, batch.done, batch.total)
                # The screen comes first: a busy thread delays every key by a turn of the interpreter lock.
                self._stop.wait(0.004)


def check_cancelled() -> None:
    """End the job when it is no longer wanted.

    Raises:
        Cancelled: it is not.
    """
    if get_current_worker().is_cancelled:
        raise Cancelled
