"""A store that is read as a whole again when something changed: the base of most readers.

A reader implements `read` (all entries), `mark` (a cheap test for changes) and `load` (one checkpoint);
batches, changes, a directory that appears later and deleted files are handled here.
"""

from __future__ import annotations

import os
import threading
import time
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator
from typing import Self

from ckpt_tui.core.model import Checkpoint, CheckpointRef, Problem
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.base import BATCH, PEEK_BYTES, Batch, Entry, Store, place_error, problem_error
from ckpt_tui.stores.files import FileTrouble, read_ends
from ckpt_tui.stores.json_files import problem_of

POLL_SECONDS = 0.25
"""Shortest time in seconds between two tests for changes."""

POLL_SHARE = 0.02
"""Share of time that tests for changes may take: 10,000 files in folders can be tested every two seconds."""


SHOWN_SECONDS = 0.2
"""Longest time that entries are gathered before they are shown, where reading them takes its time."""


class PolledStore(Store):
    """A store that is read as a whole.

    Args:
        path: Where it is, as the user named it.
    """

    MISSING = ("directory", "Name a directory of checkpoints.")
    """The word for the place, and the hint where it is missing."""

    BATCH = BATCH
    """Entries that are shown at once."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._known: dict[str, Entry] = {}
        self._lock = threading.RLock()

    # -- defined by a reader -----------------------------------------------------------------------------------------

    @abstractmethod
    def read(self) -> Iterable[Entry]:
        """Everything there is, in the store's order: headers with their facts, and problems.

        Raises:
            OSError: the place is not there or cannot be read.
        """

    @abstractmethod
    def load(self, file: str, check: Callable[[], None] | None = None, everything: bool = False) -> Checkpoint:
        """Read and decode one checkpoint.

        Args:
            file: `CheckpointRef.file` of an entry that `read` gave.
            check: Called now and then; whatever it raises ends the loading.
            everything: Decode all of it now, so that its faults are complete.

        Raises:
            CkptError: it cannot be read; the reason is for people.
        """

    def mark(self) -> object:
        """A value that differs after every change and is cheap to get; None where only `read` shows changes.

        Raises:
            OSError: the place is not there or cannot be read.
        """
        return None

    def pause(self, took: float, quiet: float) -> float:
        """Seconds until the next test for changes.

        Args:
            took: Seconds that the last test took, with reading the changes.
            quiet: Seconds since something changed.
        """
        return max(POLL_SECONDS, took / POLL_SHARE)

    def count(self) -> int:
        """How many entries `read` will show, for the progress bar; 0 where that is not known."""
        return 0

    def place(self, file: str) -> str:
        """The path of an entry's file, for its first bytes and for messages."""
        return os.path.join(self.path, file)

    # -- the contract ------------------------------------------------------------------------------------------------

    def scan(self) -> Iterator[Batch]:
        """Read everything; yields entries that are new or changed since the last report.

        Raises:
            NotFoundError: the place is not there or cannot be read.
        """
        try:
            yield from self._pass()
        except OSError as error:
            raise place_error(self.path, error, self.MISSING) from None

    def fill(self, files: list[str], stop: threading.Event | None = None) -> Iterator[Batch]:
        """Load these checkpoints for the facts of their bodies; nothing to do where `read` shows facts."""
        entries: list[Entry] = []
        for done, file in enumerate(files, 1):
            if stop is not None and stop.is_set():
                return
            known = self._known.get(file)
            if not isinstance(known, CheckpointRef):
                continue
            if known.facts is not None:  # a former call may have been stopped before it returned them
                entries.append(known)
                continue
            try:
                entries.append(self.load(file).ref)
            except CkptError as error:
                entries.append(Problem(file, error.what, "unreadable", known.size))
            with self._lock:
                self._known[file] = entries[-1]
            if len(entries) >= BATCH // 4:
                yield Batch(tuple(entries), (), done, len(files) + 1)
                entries = []
        yield Batch(tuple(entries), (), len(files), len(files))

    def watch(self, stop: threading.Event) -> Iterator[Batch]:
        """All entries first, then changes, until `stop` is set."""
        seen: object = self  # differs from every mark
        missing = False
        first = is_open = True  # whether the last batch is a part of a pass
        changed = time.monotonic()
        while not stop.is_set():
            began = time.monotonic()
            try:
                mark = self.mark()
                if mark is None or mark != seen:
                    for batch in self._pass(stop):
                        is_last = batch.done >= batch.total
                        if batch.entries or batch.gone or missing or first or (is_last and is_open):
                            changed = time.monotonic()
                            is_open = not is_last
                            yield batch
                        missing = first = False
                    seen = mark
            except CkptError:  # of a storage that is busy or closed: tried again
                seen = self
            except OSError:
                seen = self
                gone = self._forget()
                if gone or not missing:
                    missing = True
                    yield Batch(gone=gone, missing=True)
            now = time.monotonic()
            stop.wait(self.pause(now - began, now - changed))

    def peek(self, file: str) -> bytes:
        """The first bytes of one file.

        Raises:
            UndecodableError: it cannot be read.
        """
        path = self.place(file)
        try:
            return read_ends(path, PEEK_BYTES, 0)[1]
        except FileTrouble as trouble:
            raise problem_error(problem_of(path, file, trouble)) from None

    def fresh(self) -> Self:
        """A new store of the same place that knows nothing yet."""
        return type(self)(self.path)

    # -- passes ------------------------------------------------------------------------------------------------------

    def _pass(self, stop: threading.Event | None = None) -> Iterator[Batch]:
        """Read everything; yields batches of the changes."""
        seen: set[str] = set()
        entries: list[Entry] = []
        shown = time.monotonic()
        for entry in self.read():
            if stop is not None and stop.is_set():
                return
            seen.add(entry.file)
            with self._lock:
                known = self._known.get(entry.file)
                if known is None or not _same(known, entry):
                    self._known[entry.file] = entry
                    entries.append(entry)
            if len(entries) >= self.BATCH or (entries and time.monotonic() - shown >= SHOWN_SECONDS):
                # One more than there are: only the last batch of a pass is complete.
                yield Batch(tuple(entries), (), len(seen), max(self.count(), len(seen) + 1))
                entries = []
                shown = time.monotonic()
        with self._lock:
            gone = tuple(file for file in self._known if file not in seen)
            for file in gone:
                del self._known[file]
        yield Batch(tuple(entries), gone, len(seen), len(seen))

    def _forget(self) -> tuple[str, ...]:
        with self._lock:
            gone = tuple(self._known)
            self._known.clear()
        return gone


def _same(known: Entry, entry: Entry) -> bool:
    """Whether an entry is unchanged; facts that were filled in later are kept."""
    if isinstance(known, CheckpointRef) and isinstance(entry, CheckpointRef) and entry.facts is None:
        return known._replace(facts=None) == entry
    return known == entry
