"""Reads the open store, follows its changes, and posts new views of its list."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from textual.worker import get_current_worker

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.errors import CkptError
from ckpt_tui.tui.group_library import GroupLibrary
from ckpt_tui.tui.heaps import give_back
from ckpt_tui.tui.library import Library, Pace
from ckpt_tui.tui.messages import BodiesWanted, DangersFound, DangersWanted, FoldedRead, LookedUp, StoreRead, ViewReady
from ckpt_tui.tui.workers import Interval, Workers, check_cancelled, engines, job

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from textual.dom import DOMNode

    from ckpt_tui.stores.base import Batch, Store
    from ckpt_tui.stores.store_groups import Groups


DRAWN_SECONDS = 0.5
"""Longest time that reading waits until the first rows are drawn: both at once take twice as long."""

WRITTEN_SECONDS = 0.03
"""Time in which rows that are drawn are written to the terminal, by a thread that a busy one would delay."""

MATCHED = 20
"""Runs with an id that a filter finds that are read at once."""

LOOK_UP_SECONDS = 0.2
"""Seconds between two lookups of a name while a store is read."""

JUDGED_SECONDS = 0.05
"""Longest time in seconds that judging goes on before a pause."""


class StoreFollower:
    """The jobs that keep the list of a screen in step with its store.

    Args:
        owner: The screen that receives the messages and whose workers these are.
        store: The store that is open.
        library: Collects its entries.
        is_busy: Whether a job runs that a person waits for; called from any thread.
    """

    def __init__(self, owner: DOMNode, store: Store, library: Library, is_busy: Callable[[], bool]) -> None:
        self.workers = Workers(owner)
        self._store = store
        self._library = library
        self._is_busy = is_busy
        self._filling = threading.Lock()
        self._first: ViewReady | None = None
        self._has_first = threading.Event()
        self._is_drawn = threading.Event()
        self._progress = (0, 0)
        """Checkpoints counted and checkpoints in all, while groups are listed."""

    def stop(self) -> None:
        """End everything."""
        self.workers.stop()
        self._is_drawn.set()

    def first_view(self, seconds: float) -> ViewReady | None:
        """Wait at most so long for the first view, and return it: the message that is posted, too; else None."""
        self._has_first.wait(seconds)
        return self._first

    def go_on(self) -> None:
        """Continue reading, as the first rows are on the screen."""
        self._is_drawn.set()

    @job("follow", exclusive=False)
    def follow(self) -> None:
        """Read the store and follow its changes."""
        groups = self._store.groups()
        if groups is not None and groups.suits_browser():
            self._follow_groups(groups)
            return
        pace = Pace()
        is_shown = was_complete = False
        for batch in self._everything():
            changed = self._library.apply(batch)
            complete = batch.done >= batch.total
            self._library.expect(batch.total)
            # The first rows at once, then now and then, and everything at the end of a pass.
            if complete or (changed and (not is_shown or pace.is_due)):
                self._post_at_pace(pace, batch.done, batch.total)
                if not (is_shown or complete):
                    self._wait_for_drawing()
                is_shown = True
            if complete and self._library.unread():
                self.workers.post(BodiesWanted())
            if changed and complete and was_complete:
                self.workers.stopped.wait(pace.rest)  # a workflow is writing: gather further checkpoints
            was_complete = complete

    def _follow_groups(self, groups: Groups) -> None:
        """Follow a store that lists its runs first: checkpoints of unfolded runs are read."""
        library, pace = self._library, Pace()
        before = library.groups.read if library.groups is not None else ()
        library.groups = GroupLibrary(groups)
        library.folding.home = groups.home
        for name in before:  # of the same store, before its forks were shown with it
            with suppress(CkptError):
                library.put_group(name, groups.entries(name))
        for batch in groups.watch(self.workers.stopped):
            changed = library.apply_groups(batch)
            with suppress(CkptError):  # a group that cannot be read now is read when it is unfolded
                if batch.starts:
                    for name in library.groups.read:
                        library.put_group(name, groups.entries(name))
                    self._match()
                self._read_newest(library.groups)
            complete = batch.done >= batch.total
            if batch.starts and complete:
                give_back()
            self._progress = (0, 0) if complete else (batch.done, batch.total)
            if changed or complete:
                self._post_at_pace(pace, batch.done, batch.total)
                if not complete:
                    self._wait_for_drawing()
                self.workers.post(FoldedRead([one for one in batch.entries if isinstance(one, CheckpointRef)]))
            elif pace.is_due:  # without the list, which takes a hundred times as long to draw
                pace.note(0.0)
                self.workers.post(StoreRead(batch.done, batch.total))
            if library.unread():
                self.workers.post(BodiesWanted())

    def _wait_for_drawing(self) -> None:
        """Wait until the first rows are on the screen, before more is read."""
        if not self._is_drawn.is_set() and self._is_drawn.wait(DRAWN_SECONDS):
            self.workers.stopped.wait(WRITTEN_SECONDS)

    def _read_newest(self, groups: GroupLibrary) -> None:
        """Read the run of the newest checkpoint, which is unfolded while it is followed."""
        listed, _ = groups.now()
        name = "" if listed.newest is None else listed.newest.id
        if name and name in self._library.folding.unfolded(name) and not groups.is_read(name):
            self._library.put_group(name, groups.store.entries(name))

    @job("open group", exclusive=False)
    def open_group(self, file: str) -> None:
        """Read the checkpoints of the run that a file is in."""
        groups = self._library.groups
        if groups is not None:
            with suppress(CkptError):  # the reason is shown in its place
                name = groups.store.home(file)
                self._library.put_group(name, groups.store.entries(name))
        self._post_view(*self._progress)
        if self._library.unread():
            self.workers.post(BodiesWanted())

    @job("look up", exclusive=False)
    def look_up(self, name: str) -> None:
        """Read the run of the checkpoint that a name means, where the store lists its runs first."""
        groups = self._library.groups
        found = None if groups is None else groups.store.holders(name)
        while groups is not None and found is None and self._progress != (0, 0):
            if self.workers.stopped.wait(LOOK_UP_SECONDS):
                return
            found = groups.store.holders(name)  # as soon as everything is read
        if groups is not None:
            with suppress(CkptError):
                for group in found or ():
                    self._library.put_group(group, groups.store.entries(group))
        self.workers.post(LookedUp(name, self._library.view()))
        if self._library.unread():
            self.workers.post(BodiesWanted())

    @job("describe")
    def describe(self, files: Sequence[str]) -> None:
        """Read the newest checkpoints of folded runs for their rows."""
        for batch in self._store.fill(list(files), self.workers.stopped):
            self.workers.post(FoldedRead([one for one in batch.entries if isinstance(one, CheckpointRef)]))

    @job("seen")
    def read_seen(self, files: Sequence[str]) -> None:
        """Read the bodies of the files whose rows are on the screen, where no other bodies of the store are read."""
        worker = get_current_worker()
        for batch in self._store.fill(list(files), self.workers.stopped):
            if worker.is_cancelled:
                return
            if self._library.apply(batch):
                self._post_view(*self._progress)

    @job("bodies")
    def read_bodies(self) -> None:
        """Read the bodies of files of which only headers are known; where that is costly, `read_seen` reads some."""
        if self._store.fills_on_sight:
            return
        # The opened checkpoint comes first; counting a large file meanwhile would take half of its speed.
        while self._is_busy() and not self.workers.stopped.wait(0.01):
            pass
        with self._filling:
            pace = Pace()
            worker = get_current_worker()
            for batch in self._store.fill(self._library.unread(), self.workers.stopped):
                if worker.is_cancelled:
                    return
                self._library.apply(batch)
                if batch.done >= batch.total:
                    self._post_view(*self._progress)
                    self.workers.post(DangersWanted())
                elif pace.is_due:
                    self._post_at_pace(pace, batch.done, batch.total)
                self.workers.rest()

    @job("judge list")
    def judge_list(self) -> None:
        """Find out which checkpoints of the list would run code when they are loaded, the newest first."""
        dangers: dict[str, str] = {}
        interval = Interval(JUDGED_SECONDS)
        for file, mark in self._library.unjudged():
            check_cancelled()
            store, own = self._store.home(file)
            reader = store.reader()
            if reader is not None:
                with suppress(CkptError):  # a file that cannot be read cannot be loaded either; its row shows that
                    dangers[file] = engines().verdict(reader.read(own), check_cancelled)
            self._library.judged(file, mark)
            if interval.is_due():
                self.workers.post(DangersFound(dangers))
                dangers = {}
                self.workers.rest()
        self.workers.post(DangersFound(dangers))

    @job("view")
    def refresh(self) -> None:
        """Make a new view, after the filter changed, or a run was folded or unfolded."""
        self._match()
        self._post_view(*self._progress)

    def _match(self) -> None:
        """Find the runs that a filter leaves, where the store lists its runs first."""
        groups, text = self._library.groups, self._library.filter
        if groups is None or (text == groups.text and not groups.is_stale):
            return
        found = groups.store.matching(text) if text else ()
        with suppress(CkptError):
            for name in found[:MATCHED]:
                check_cancelled()
                self._library.put_group(name, groups.store.entries(name))
        groups.match(text, found)

    def _everything(self) -> Iterator[Batch]:
        """A scan, then a watch: the scan is quickest, the watch finds what it missed."""
        with suppress(CkptError):  # a directory that is missing is waited for
            yield from self._store.scan()
        yield from self._store.watch(self.workers.stopped)

    def _post_view(self, done: int, total: int) -> None:
        ready = ViewReady(self._library.view(), done, total)
        if self._first is None:
            self._first = ready
            self._has_first.set()
        self.workers.post(ready)

    def _post_at_pace(self, pace: Pace, done: int, total: int) -> None:
        began = time.thread_time()
        self._post_view(done, total)
        pace.note(time.thread_time() - began)
