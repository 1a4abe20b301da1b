"""The runs of a large directory first: its headers are a table, and those of a run are read when somebody looks."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.core.runs.groups import Group, PackedGroups
from ckpt_tui.core.runs.growing_table import GrowingRuns
from ckpt_tui.core.runs.header_table import PackedNames
from ckpt_tui.core.runs.ids import name_and_parents
from ckpt_tui.core.runs.table_runs import TableRuns
from ckpt_tui.stores.base import BATCH, Entry, place_error
from ckpt_tui.stores.cache_files import is_wanted
from ckpt_tui.stores.directory_forks import ForkedDirectoryGroups
from ckpt_tui.stores.directory_table import DirectoryTable
from ckpt_tui.stores.files import list_json
from ckpt_tui.stores.header_reading import read_files
from ckpt_tui.stores.store_groups import GroupBatch, Groups
from ckpt_tui.stores.table_file import NO_MOMENT, Stored, TableFile, moment_of
from ckpt_tui.stores.watch import watch

if TYPE_CHECKING:
    from ckpt_tui.stores.composite import CompositeStore
    from ckpt_tui.stores.directory import DirectoryStore

READ_AT_ONCE = 64
"""Changed files that are read whole at once; more are read when somebody looks."""

LISTED_SHARE = 0.05
"""Share of time that arranging all runs again may take."""

GROWS = 4
"""How many times as many files there are when runs are arranged the next time, while a directory is read."""

PARTLY = 20_000
"""Files from which on runs are arranged only when all are read: a part of a million files looks like a hundred
thousand runs without beginning, which take more memory than they all."""

FIRST = 64
"""Runs of the first screen, and files that are read for it."""

FOUND = 200
"""Runs that a search for an id gives."""

_FEW = 1_000
"""Checkpoints that the beginning of an id may mean."""


class DirectoryGroups(Groups):
    """The runs of one directory.

    Args:
        store: The store of it.
    """

    def __init__(self, store: DirectoryStore) -> None:
        self._store = store
        self._table = DirectoryTable(store.path)
        self._file: TableFile | None = None
        self._is_complete = False
        """Whether all files were looked at, or none can have come, gone or been replaced since they were."""
        self._moment = NO_MOMENT
        self._runs: GrowingRuns | None = None
        self._is_stale = False
        """Whether all runs have to be arranged again."""
        self._listed, self._took = -1.0, 0.0  # when they were arranged last, and how long it took
        self._first_runs: dict[str, int] = {}
        self._first_homes: dict[str, str] = {}
        """The runs of some ids and the ids of some files, before names are looked up."""

    def suits_browser(self) -> bool:
        """It does; all else is answered once everything is read."""
        return True

    def with_forks(self, store: CompositeStore) -> Groups:
        """These with what forks add to them."""
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
        self._runs = None
        self._is_complete = self._is_stale = False
        self._moment = moment_of(self._store.path)
        self._first_runs, self._first_homes = {}, {}
        self._file = None
        with suppress(OSError):
            self._file = TableFile(os.stat(self._store.path)) if is_wanted() else None

    def _kept(self) -> GroupBatch | None:
        """All runs as they were at the last start, no file of them looked at; None where none are kept."""
        stored = None if self._file is None else self._file.load()
        if stored is None or self._file is None:
            return None
        self._file.use()
        headers = self._table.headers = stored.headers
        self._runs = GrowingRuns(headers, stored.runs)
        # Those of the first screen are known without all names being looked up.
        for group, run in zip(stored.groups[:FIRST], stored.runs.order, strict=False):
            self._first_runs[group.id] = run
            self._first_homes[group.newest] = group.id
        # What is left then are files that were changed in their places: they are looked for as they are later on.
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
        wanted = zip(rest, map(bool, are_regular), strict=True)
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
        if self._file is not None and self._runs is not None and isinstance(batch.groups, PackedGroups):
            moment = self._moment if self._is_complete else NO_MOMENT
            self._file.save(Stored(self._table.headers, self._runs.arranged, batch.groups, moment))
        return batch

    def _look(self, stop: threading.Event) -> Iterator[GroupBatch]:
        """Read what differs from what is known."""
        total = len(self._table.headers)
        has_changed, is_quiet = self._is_stale, self._is_complete
        self._moment = moment_of(self._store.path)
        for names, looked_at in self._table.compare():
            if stop.is_set():
                return
            total = max(total, looked_at, 1)
            done = total if is_quiet else min(looked_at, total - 1)
            if names:
                has_changed = True
                self._table.headers.hash_names()  # here, where nobody waits for the lock
            for at in range(0, len(names), BATCH):
                yield self._news(names[at : at + BATCH])._replace(done=done, total=total)
            if not names and not is_quiet:
                yield GroupBatch(done=done, total=total)
            if self._is_due():
                yield self._list(total, done)
        if has_changed:
            yield self._listed_and_kept(len(self._table.headers))
        else:
            self._is_complete = True
            yield GroupBatch(done=1, total=1)
            if self._file is not None:
                self._file.note(self._moment)
        self._table.headers.hash_names()

    def _list(self, total: int, done: int | None = None) -> GroupBatch:
        """All runs of what is known."""
        began = time.monotonic()
        headers = self._table.headers
        arranged = TableRuns(headers)
        groups = PackedGroups()
        groups.add(arranged.groups(headers))
        runs = GrowingRuns(headers, arranged)
        with self._table.lock:
            self._runs = runs
            self._first_runs, self._first_homes = {}, {}
            problems = tuple(self._table.problems.values())
        self._is_stale = done is not None
        self._listed = time.monotonic()
        self._took = self._listed - began
        total = max(total, 1)
        return GroupBatch(groups, True, problems, (), total if done is None else done, total)

    def _is_due(self) -> bool:
        """Whether all runs are to be arranged again, which must not take all the time."""
        return self._is_stale and time.monotonic() - self._listed >= self._took / LISTED_SHARE

    # -- news --------------------------------------------------------------------------------------------------------

    def _news(self, names: Iterable[str]) -> GroupBatch:
        """Read files that may have changed."""
        wanted = [(name, False) for name in sorted(names)]
        known = {name for name, _ in wanted if name in self._table.problems}
        entries, gone, changes = self._table.read(wanted, len(wanted) <= READ_AT_ONCE)
        changed: dict[int, None] = {}
        with self._table.lock:
            for number, before, now in changes:
                if before != now:
                    run = self._runs.grow(number) if before is None and self._runs is not None else -1
                    self._is_stale |= run < 0
                    changed[run] = None
            groups = tuple(self._runs.group(run) for run in changed if run >= 0 and self._runs is not None)
        self._is_stale |= bool(known - self._table.problems.keys())
        return GroupBatch(groups, False, tuple(entries), tuple(gone), 1, 1)

    # -- one run -----------------------------------------------------------------------------------------------------

    def entries(self, group: str, keeps: bool = True) -> Sequence[Entry]:
        """The checkpoints of a run as their files are now, but for those that are gone meanwhile."""
        with self._table.lock:
            runs = self._runs
            run = -1 if runs is None else self._first_runs.get(group, -2)
            run = runs.named(group) if runs is not None and run == -2 else run
            if runs is None or run < 0:
                return []
            names = list(self._table.headers.names.some(runs.members(run)))
            if group in self._first_runs:
                self._first_homes.update(dict.fromkeys(names, group))
        found = read_files(self._table.prefix, [(name, False) for name in names])
        return [entry for entry in found.entries if isinstance(entry, CheckpointRef)]

    def home(self, file: str) -> str:
        """The run that has a file, as far as it was arranged."""
        with self._table.lock:
            if file in self._first_homes or not self._table.headers.is_hashed:
                return self._first_homes.get(file, "")  # who draws the list does not wait for the others
            return "".join(self._ids([self._table.headers.checkpoint(file)]))

    def find_home(self, file: str) -> str:
        """The same for whoever may wait until names can be looked up."""
        self._table.headers.hash_names()
        with self._table.lock:
            return "".join(self._ids([self._table.headers.checkpoint(file)]))

    def group(self, name: str) -> Group | None:
        """What there is to say of a run; None where there is none with this id."""
        self._table.headers.hash_names()
        with self._table.lock:
            run = -1 if self._runs is None else self._runs.named(name)
            return None if self._runs is None or run < 0 else self._runs.group(run)

    def list_again(self) -> None:
        """Have all runs listed again, soon."""
        self._is_stale = True

    def _ids(self, numbers: Iterable[int]) -> list[str]:
        """The ids of the runs that some checkpoints are in, each once."""
        if (runs := self._runs) is None:
            return []
        return [runs.group(run).id for run in dict.fromkeys(map(runs.run_of, numbers)) if run >= 0]

    # -- what is looked for ------------------------------------------------------------------------------------------

    def holders(self, name: str) -> Sequence[str] | None:
        """The runs in which a name means what it means in all of them; None where they are not all arranged."""
        if not self._is_complete or self._is_stale:
            return None
        base = name_and_parents(name)[0].removesuffix(".json")
        self._table.headers.hash_names()
        with self._table.lock:
            numbers = self._table.numbers([f"{name}.json", f"{base}.json"])
            if base == "latest" and not numbers:
                return self.newest(1)
            if not numbers and base:
                names = self._table.headers.names
                numbers = self._table.numbers([each for each in names if each.startswith(base)])
            return self._ids(numbers) if len(numbers) <= _FEW else None

    def newest(self, count: int) -> Sequence[str] | None:
        """The runs of the newest checkpoint; None for more of them, which may be in any."""
        with self._table.lock:
            runs = self._runs if self._is_complete and not self._is_stale and count == 1 else None
            return None if runs is None else [runs.group(run).id for run in runs.latest()]

    def matching(self, text: str) -> Sequence[str]:
        """The runs with an id that contains a text."""
        strict = text != text.lower()
        with self._table.lock:
            found = (each for each in self._table.headers.names if text in (each if strict else each.lower())[:-5])
            return self._ids(self._table.numbers(list(islice(found, FOUND))))

    def problems(self) -> Sequence[Problem]:
        """What is not a checkpoint."""
        with self._table.lock:
            return list(self._table.problems.values())
