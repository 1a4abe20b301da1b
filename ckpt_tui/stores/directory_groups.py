"""The runs of a large directory: its headers are a table, and those of a run are read on demand."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from ckpt_tui.core.model import Problem
from ckpt_tui.core.runs.groups import Group, PackedGroups
from ckpt_tui.core.runs.packed_names import PackedNames
from ckpt_tui.stores.base import BATCH, Entry, place_error
from ckpt_tui.stores.cache_files import is_wanted
from ckpt_tui.stores.directory_forks import ForkedDirectoryGroups
from ckpt_tui.stores.directory_runs import DirectoryRuns
from ckpt_tui.stores.directory_table import DirectoryTable
from ckpt_tui.stores.files import list_json
from ckpt_tui.stores.listed_names import ListedNames
from ckpt_tui.stores.store_groups import GroupBatch, Groups
from ckpt_tui.stores.table_file import NO_MOMENT, Stored, TableFile, moment_of
from ckpt_tui.stores.watch import watch

if TYPE_CHECKING:
    from ckpt_tui.core.runs.table_runs import TableRuns
    from ckpt_tui.stores.composite import CompositeStore
    from ckpt_tui.stores.directory import DirectoryStore

READ_AT_ONCE = 64
"""Changed files that are read whole at once; more are read on demand."""

NEWS_AT_ONCE = 4_096
"""Files that have come or gone since the last start and are read together: their headers take 7 MB meanwhile."""

LISTED_SHARE = 0.05
"""Share of time that arranging all runs again may take."""

GROWS = 4
"""How many times as many files there are when runs are arranged the next time, while a directory is read."""

PARTLY = 20_000
"""Files from which on runs are arranged only when all are read: a part of a million files looks like a hundred
thousand runs without beginning, which take more memory than they all."""

FIRST = 64
"""Files that are read for the first screen."""

_PARTS = 25
"""Seconds between two reports of how many names were compared."""


class DirectoryGroups(Groups):
    """The runs of one directory.

    Args:
        store: The store of it.

    Attributes:
        is_compared: Whether each file was compared with what was known of it.
    """

    def __init__(self, store: DirectoryStore) -> None:
        self._store = store
        self._table = DirectoryTable(store.path)
        self._runs = DirectoryRuns(self._table)
        self._file: TableFile | None = None
        self._is_complete = False
        """Whether all files were compared once: some may have been overwritten since."""
        self.is_compared = False
        self._moment = NO_MOMENT
        self._listed, self._took = -1.0, 0.0  # when runs were arranged last, and how long it took

    def suits_browser(self) -> bool:
        """Always true; other queries are answered once everything is read."""
        return True

    def with_forks(self, store: CompositeStore) -> Groups:
        """These with the checkpoints of forks."""
        return ForkedDirectoryGroups(store, self)

    # -- the list ----------------------------------------------------------------------------------------------------

    def scan(self) -> Iterator[GroupBatch]:
        """All runs, the newest first.

        Raises:
            NotFoundError: the directory is not there or cannot be read.
        """
        try:
            self._forget()
            yield from self._read_all()
        except OSError as error:
            raise place_error(self._store.path, error, ("directory", "Name a directory of checkpoints.")) from None

    def watch(self, stop: threading.Event) -> Iterator[GroupBatch]:
        """All runs first, then those that are written to."""
        with suppress(OSError):
            self._forget()
            first = None if self._file is None else self._file.first()
            if first is not None:
                yield GroupBatch(self._runs.take_first(first), True, (), (), 0, max(first.total, 1))
            stored = self._kept()
            if stored is None:
                yield from self._read_all(stop)
            else:
                yield stored  # compared with the files once changes of them are seen
        if stop.is_set():
            return
        is_lost = False
        for change in watch(self._store.path, stop, read=self, ticks=True):
            try:
                if change.missing:
                    self._forget()
                    yield GroupBatch(starts=True, missing=True)
                elif change.names is None or is_lost:
                    yield from self._look(stop)
                    is_lost = False
                elif change.names:
                    yield self._news(change.names)
                if self._is_due():
                    yield self._list(len(self._table.headers))
            except OSError as error:  # gone again before it was read
                self._forget()
                if not is_lost:
                    yield GroupBatch(starts=True, missing=isinstance(error, FileNotFoundError | NotADirectoryError))
                is_lost = True

    def differences(self) -> list[str]:
        """The names of all files that are new, have changed or are gone since they were read.

        Raises:
            OSError: the directory cannot be listed.
        """
        return self._table.differences()

    def _forget(self) -> None:
        self._table = DirectoryTable(self._store.path)
        self._store.table = self._table
        self._runs = DirectoryRuns(self._table)
        self._is_complete = self.is_compared = False
        self._moment = moment_of(self._store.path)
        self._file = None
        with suppress(OSError):
            self._file = TableFile(os.stat(self._store.path)) if is_wanted() else None

    def _kept(self) -> GroupBatch | None:
        """All runs as they were at the last start, without reading any file; None where none are kept."""
        stored = None if self._file is None else self._file.load()
        if stored is None or self._file is None:
            return None
        self._file.use()
        headers = self._table.headers = stored.headers
        self._runs.take(stored.runs, stored.groups)
        # Files that were overwritten are left: they are found by the usual comparison.
        self._is_complete = self._moment != NO_MOMENT and self._moment == stored.moment
        total = max(len(headers), 1)
        return GroupBatch(stored.groups, True, (), (), total if self._is_complete else 0, total)

    def _read_all(self, stop: threading.Event | None = None) -> Iterator[GroupBatch]:
        """Read the headers of everything."""
        listed = list_json(self._store.path)
        first = list(islice(listed, min(FIRST, BATCH)))
        self._table.read(first)
        if len(first) == min(FIRST, BATCH):
            yield self._list(GROWS * BATCH, len(first))
        rest, are_regular = PackedNames(), bytearray()
        for name, is_regular in listed:
            rest.append(name)
            are_regular.append(is_regular)
        done, total = len(first), len(first) + len(rest)
        with self._table.lock:
            self._table.headers.reserve(total)
        wanted = zip(rest.taken(), map(bool, are_regular), strict=True)  # the table has them instead
        arranged = BATCH
        while some := list(islice(wanted, BATCH)):
            if stop is not None and stop.is_set():
                return
            self._table.read(some)
            done += len(some)
            if done < total:
                is_much = arranged * GROWS <= done <= PARTLY
                arranged = done if is_much else arranged
                yield self._listed_and_kept(total, done) if is_much else GroupBatch(done=done, total=total)
        del rest, are_regular, wanted  # a quarter of all memory
        yield self._listed_and_kept(total)

    def _listed_and_kept(self, total: int, done: int | None = None) -> GroupBatch:
        """All runs, which are kept until the next start: also of a part, should the rest never be read."""
        batch = self._list(total, done)
        self._is_complete = done is None
        arranged = self._runs.arranged
        if arranged is not None and isinstance(batch.groups, PackedGroups):
            self._save(arranged, batch.groups)
        return batch

    def _keep(self) -> bool:
        """Keep all runs as they are until the next start; False where they have to be arranged again before that."""
        settled = self._runs.settled()
        if settled is not None:
            self._save(*settled)
        return settled is not None

    def _save(self, runs: TableRuns, groups: PackedGroups) -> None:
        if self._file is not None:
            moment = self._moment if self._is_complete else NO_MOMENT
            self._file.save(Stored(self._table.headers, runs, groups, moment))

    def _look(self, stop: threading.Event) -> Iterator[GroupBatch]:
        """Read the files that differ from the known ones."""
        self._moment = moment_of(self._store.path)
        has_changed = self._runs.is_stale
        if not self._is_complete:
            has_changed |= yield from self._look_at_names(stop)
        total, is_quiet = len(self._table.headers), self._is_complete
        for changed, looked_at in self._table.compare():
            if stop.is_set():
                return
            total = max(total, looked_at, 1)
            done = total if is_quiet else min(looked_at, total - 1)
            if changed:
                has_changed = True
                self._table.headers.hash_names()  # here, where no other thread waits for the lock
            for at in range(0, len(changed), BATCH):
                yield self._news(changed[at : at + BATCH])._replace(done=done, total=total)
            if not changed and not is_quiet:
                yield GroupBatch(done=done, total=total)
            if self._is_due():
                yield self._list(total, done)
        self.is_compared = self._is_complete = True
        if has_changed and not self._keep():
            yield self._listed_and_kept(len(self._table.headers))
        else:
            yield GroupBatch(done=1, total=1)
            if not has_changed and self._file is not None:
                self._file.note(self._moment)
        self._table.headers.hash_names()

    def _look_at_names(self, stop: threading.Event) -> Generator[GroupBatch, None, bool]:
        """Read new files and drop those that are gone, so that the list is whole before each file is compared.

        Returns:
            Whether anything is new or gone.
        """
        names, total = ListedNames(self._table.headers), len(self._table.headers)
        shown = 0
        for done in self._table.compare_names(names):
            if stop.is_set():
                return False
            part = done * _PARTS // total if total else 0
            if part > shown:  # drawing it takes as long as comparing so many names
                shown = part
                yield GroupBatch(done=min(done, total), total=total + 1)
        if not names.is_certain:
            return False
        self._table.headers.take_hashes(names.hashes)
        some = [*names.new, *names.gone]
        # Few are read together: a child that is read before its parent has no place.
        at_once = NEWS_AT_ONCE if len(some) <= NEWS_AT_ONCE else BATCH
        for at in range(0, len(some), at_once):
            if stop.is_set():
                return True
            yield self._news(some[at : at + at_once])._replace(done=total, total=total + 1)
        if self._runs.is_short:
            yield self._list(total + 1, total)
        self._is_complete = True
        yield GroupBatch(done=1, total=1)
        return bool(some)

    def _list(self, total: int, done: int | None = None) -> GroupBatch:
        """All known runs."""
        began = time.monotonic()
        groups = self._runs.arrange()
        with self._table.lock:
            problems = tuple(self._table.problems.values())
        self._runs.is_stale |= done is not None
        self._listed = time.monotonic()
        self._took = self._listed - began
        total = max(total, 1)
        return GroupBatch(groups, True, problems, (), total if done is None else done, total)

    def _is_due(self) -> bool:
        """Whether all runs are to be arranged again, which must not take all the time."""
        return self._runs.is_stale and time.monotonic() - self._listed >= self._took / LISTED_SHARE

    def _news(self, names: Iterable[str]) -> GroupBatch:
        """Read files that may have changed."""
        wanted = [(name, False) for name in sorted(names)]
        known = {name for name, _ in wanted if name in self._table.problems}
        entries, gone, changes = self._table.read(wanted, len(wanted) <= READ_AT_ONCE, by_time=True)
        groups = self._runs.change(changes)
        self._runs.is_stale |= bool(known - self._table.problems.keys())
        return GroupBatch(groups, False, tuple(entries), tuple(gone), 1, 1)

    # -- one run -----------------------------------------------------------------------------------------------------

    def entries(self, group: str, keeps: bool = True) -> Sequence[Entry]:
        """The checkpoints of a run, read from their files now; files that are gone are left out."""
        return self._runs.entries(group)

    def home(self, file: str) -> str:
        """The run that has a file, as far as it was arranged."""
        return self._runs.home(file)

    def find_home(self, file: str) -> str:
        """The same, but waits until names can be looked up."""
        self._table.headers.hash_names()
        with self._table.lock:
            self._table.headers.hash_names()  # of what has come meanwhile
            return self._runs.home(file)

    def group(self, name: str) -> Group | None:
        """The group of a run; None where there is none with this id."""
        return self._runs.group(name)

    def list_again(self) -> None:
        """Have all runs listed again, soon."""
        self._runs.is_stale = True

    def holders(self, name: str) -> Sequence[str] | None:
        """The runs in which a name means what it means in the directory."""
        return self._runs.holders(name, self._is_complete)

    def newest(self, count: int) -> Sequence[str] | None:
        """The runs of the newest checkpoint; None for more of them, which may be in any."""
        return self._runs.latest() if self._is_complete and count == 1 else None

    def matching(self, text: str) -> Sequence[str]:
        """The runs with an id that contains a text."""
        return self._runs.matching(text)

    def problems(self) -> Sequence[Problem]:
        """The files that are not checkpoints."""
        with self._table.lock:
            return list(self._table.problems.values())
