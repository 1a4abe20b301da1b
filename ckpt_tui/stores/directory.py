"""A directory of checkpoint files: its entries, and their changes."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import chain, islice
from typing import TYPE_CHECKING

from ckpt_tui.core.model import Checkpoint, Problem
from ckpt_tui.stores.agent_framework import read_entry
from ckpt_tui.stores.agent_framework_body import load
from ckpt_tui.stores.base import (
    BATCH,
    PEEK_BYTES,
    Batch,
    Capabilities,
    Entry,
    OpenedPath,
    place_error,
    problem_error,
)
from ckpt_tui.stores.budgeted_store import BudgetedStore
from ckpt_tui.stores.directory_sweep import differences
from ckpt_tui.stores.files import (
    FileTrouble,
    Stamp,
    each_json,
    has_more_names,
    list_json,
    packed,
    read_ends,
    read_whole,
    stamp_now,
    stamp_of,
)
from ckpt_tui.stores.header_reading import Found, read_files, read_indexed
from ckpt_tui.stores.headers import KIND
from ckpt_tui.stores.json_files import problem_of
from ckpt_tui.stores.watch import slower_beside, watch

if TYPE_CHECKING:
    from types import ModuleType

    from ckpt_tui.core.document_budget import DocumentBudget
    from ckpt_tui.stores.directory_table import DirectoryTable
    from ckpt_tui.stores.header_index import HeaderIndex
    from ckpt_tui.stores.store_groups import Groups

LARGE = 4096
"""Files of a directory from which on their headers are kept for the next start: reading so many takes a tenth of a
second."""

FIRST = 64
"""Files that are read before anything else: a screen of them."""

LISTED = 20_000
"""Files of the largest directory whose headers the browser keeps one by one: they take 35 MB."""

READ_AT_ONCE = 64
"""Changed files that are read whole at once; more are shown by their headers first."""


_SNIFFED = 4096
"""Bytes of the beginning of a file in which a checkpoint names its workflow."""


class DirectoryStore(BudgetedStore):
    """A flat directory of `*.json` checkpoints.

    Args:
        path: The directory.
        only: The name of the one file to show, or None for all.
    """

    kind = KIND

    def __init__(self, path: str, only: str | None = None) -> None:
        self.path = path
        self._prefix = os.path.join(path, "")
        self.only = only
        self._stamps: dict[str, int] = {}
        """The stamp of each file as it was reported last, packed."""
        self._lock = threading.Lock()
        self.table: DirectoryTable | None = None
        """The files as they were read where runs are listed first; it has their stamps then."""

    @classmethod
    def sniff(cls, place: OpenedPath) -> DirectoryStore | None:
        """A directory in which one of the first files begins as Agent Framework's do, or such a file."""
        if place.head is not None:
            directory, name = os.path.split(place.path)
            found = name.endswith(".json") and _is_checkpoint(place.head)
            return cls(directory or os.curdir, only=name) if found else None
        for name in place.names:
            with suppress(FileTrouble):
                if _is_checkpoint(read_ends(os.path.join(place.path, name), _SNIFFED, 0)[1]):
                    return cls(place.path)
        return None

    def capabilities(self, file: str = "") -> Capabilities:
        """These files allow every operation."""
        return Capabilities()

    def scan(self) -> Iterator[Batch]:
        """Read the headers of everything.

        Raises:
            NotFoundError: there is no such directory, or it may not be read.
        """
        try:
            yield from self._look(None)
        except OSError as error:
            raise place_error(self.path, error, ("directory", "Name a directory of checkpoints.")) from None

    def fill(self, files: list[str], stop: threading.Event | None = None) -> Iterator[Batch]:
        """Read these files whole, for the facts of their bodies."""
        found: dict[str, tuple[Stamp | None, Entry]] = {}
        for done, name in enumerate(files, 1):
            if stop is not None and stop.is_set():
                return
            found[name] = read_entry(self._join(name), name)
            if len(found) >= BATCH // 4:
                yield self._filled(found, done, len(files))
                found = {}
        yield self._filled(found, len(files), len(files))

    def _filled(self, found: dict[str, tuple[Stamp | None, Entry]], done: int, total: int) -> Batch:
        """The batch of the read entries, without those for which a watch has reported newer ones."""
        entries: list[Entry] = []
        gone = []
        with self._lock:
            for name, (stamp, entry) in found.items():
                if self.table is not None:  # which the watch alone changes
                    modified = self.table.modified(name)
                    if modified is not None and stamp is not None and stamp.mtime_ns >= modified:
                        entries.append(entry)
                    continue
                if name not in self._stamps:  # deleted, as the watch has reported
                    continue
                known, now = self._stamps[name], packed(stamp)
                if isinstance(entry, Problem) and entry.kind == "vanished":
                    if not os.path.lexists(self._join(name)):
                        del self._stamps[name]
                        gone.append(name)
                elif not now or not known or now >> 128 >= known >> 128:
                    self._stamps[name] = now or known
                    entries.append(entry)
        return Batch(tuple(entries), tuple(gone), done, total)

    def watch(self, stop: threading.Event) -> Iterator[Batch]:
        """All entries first, then changes, until `stop` is set."""
        # The first rows at once: a watch takes 50 ms to import and lists the whole directory before it begins. Files
        # that a scan has reported are compared again when the watch is in place.
        if not self._stamps:
            with suppress(OSError):
                yield from self._look(None)
        if stop.is_set():
            return
        read = self._stamps if self.only is None else None
        for change in watch(self.path, stop, slower=slower_beside(self.beside), read=read):
            if change.missing:
                yield Batch(gone=self._forget(), missing=True)
                continue
            try:
                yield from self._look(change.names)
            except OSError as error:
                # Gone again before it was read; the next change will show it.
                missing = isinstance(error, FileNotFoundError | NotADirectoryError)
                yield Batch(gone=self._forget(), missing=missing)

    def _load(
        self, file: str, budget: DocumentBudget | None, check: Callable[[], None] | None, everything: bool
    ) -> Checkpoint:
        found = load(self._join(file), file, check, everything, budget)
        if isinstance(found, Problem):
            raise problem_error(found)
        return found

    def read(self, file: str) -> bytes:
        """The bytes of one file.

        Raises:
            UndecodableError: it cannot be read; the reason is for people.
        """
        return self.read_stamped(file)[1]

    def read_stamped(self, file: str) -> tuple[Stamp, bytes]:
        """The same with its stamp, both of one moment."""
        try:
            return read_whole(self._join(file))
        except FileTrouble as trouble:
            raise problem_error(problem_of(self._join(file), file, trouble)) from None

    def stamp(self, file: str) -> Stamp | None:
        """A stamp that differs when the content of the file differs; None when the file is gone."""
        return stamp_now(self._join(file))

    def peek(self, file: str) -> bytes:
        """The first bytes of one file, at most `PEEK_BYTES`.

        Raises:
            UndecodableError: it cannot be read.
        """
        try:
            return read_ends(self._join(file), PEEK_BYTES, 0)[1]
        except FileTrouble as trouble:
            raise problem_error(problem_of(self._join(file), file, trouble)) from None

    def names(self) -> list[str]:
        """The names of everything in the directory; none where one file is shown alone."""
        if self.only is not None:
            return []
        try:
            return os.listdir(self.path)
        except OSError:  # gone since it was scanned
            return []

    def groups(self) -> Groups | None:
        """Its runs, for the browser of a directory that is too large for an object for each header."""
        try:
            if self.only is not None or not has_more_names(self.path, LISTED):
                return None
        except OSError:
            return None
        groups: Groups = _large_directory().DirectoryGroups(self)
        return groups

    def reader(self) -> DirectoryStore:
        """Each checkpoint is a file."""
        return self

    def fresh(self) -> DirectoryStore:
        """A new store of the same directory that knows nothing yet."""
        return DirectoryStore(self.path, self.only)

    def _join(self, name: str) -> str:
        return self._prefix + name  # a name of the directory, so never a path of its own

    def _forget(self) -> tuple[str, ...]:
        with self._lock:
            gone = tuple(self._stamps)
            self._stamps.clear()
        return gone

    def _look(self, names: frozenset[str] | None) -> Iterator[Batch]:
        """Compare stamps and read what is new; `names` are the files known to have changed, None for all."""
        known = bool(self._stamps)
        gone: tuple[str, ...] = ()
        done = 0
        if names is None and not known and self.only is None:
            listed = iter(list_json(self.path))
            wanted = list(islice(listed, FIRST))
            if len(wanted) == FIRST:
                # The first rows are there before the rest is listed.
                done = FIRST
                yield self._noted(read_files(self._prefix, wanted), done, done + 1)
                wanted = list(islice(listed, LARGE))
                if len(wanted) == LARGE:
                    yield from self._read_large(wanted, listed)
                    return
        elif names is None:
            changed, missed = differences(self._list, self._stamps)
            wanted, gone = [(name, False) for name in changed], tuple(missed)
        else:
            if self.only is not None:
                names &= {self.only}
            present = {name for name in names if os.path.lexists(self._join(name))}
            gone = tuple(name for name in names if name not in present and name in self._stamps)
            wanted = [(name, False) for name in sorted(present)]
        with self._lock:
            for name in gone:
                self._stamps.pop(name, None)
        whole = (names is not None or known) and len(wanted) <= READ_AT_ONCE
        yield from self._read(wanted, gone, whole, done)

    def _list(self) -> Iterable[tuple[str, Stamp | None]]:
        if self.only is None:
            return each_json(self.path)
        os.stat(self.path)  # a missing directory is reported as such
        path = self._join(self.only)
        try:
            return [(self.only, stamp_of(os.stat(path)))]
        except OSError:
            return [(self.only, None)] if os.path.lexists(path) else []

    def _read(
        self, wanted: list[tuple[str, bool]], gone: tuple[str, ...], whole: bool, done: int = 0
    ) -> Iterator[Batch]:
        """Read files, with their bodies or without; each with whether it is known to be a regular one.

        `done` files were read before.
        """
        total = done + len(wanted)
        for start in range(0, len(wanted), BATCH):
            found = read_files(self._prefix, wanted[start : start + BATCH], whole)
            yield self._noted(found, min(done + start + BATCH, total), total, gone)
            gone = ()
        if not wanted:
            yield Batch(gone=gone, done=done, total=total)

    def _read_large(self, first: list[tuple[str, bool]], listed: Iterator[tuple[str, bool]]) -> Iterator[Batch]:
        """Read the headers of a large directory, with the help of the index.

        Args:
            first: `LARGE` files.
            listed: The others.
        """
        index: HeaderIndex | None = _large_directory().open_index(self.path)
        rest = chain(first, listed)
        # Names are let go as their files are read: a million of them take as much memory as the list that they make.
        wanted = deque(iter(lambda: list(islice(rest, BATCH)), []))
        done, total = FIRST, FIRST + sum(map(len, wanted))
        if index is not None:
            index.load()
        while wanted:
            some = wanted.popleft()
            found = read_files(self._prefix, some) if index is None else read_indexed(self._prefix, some, index)
            done += len(some)
            yield self._noted(found, done, total)
        if index is not None:
            index.save()

    def _noted(self, found: Found, done: int, total: int, gone: tuple[str, ...] = ()) -> Batch:
        """The batch of the read entries; records their stamps."""
        with self._lock:
            for name in found.vanished:
                self._stamps.pop(name, None)
            self._stamps.update(found.stamps)
        return Batch(found.entries, (*gone, *found.vanished), done, total)


def _large_directory() -> ModuleType:
    # Late: a directory of the usual size needs neither this nor SQLite.
    from ckpt_tui.stores import large_directory

    return large_directory


def _is_checkpoint(head: bytes) -> bool:
    return b'"workflow_name"' in head or b'"workflow_id"' in head
