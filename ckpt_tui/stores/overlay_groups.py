"""The groups of a store that is shown with its forks, which add checkpoints to some of them.

Forks hold few checkpoints and are listed. The store itself is queried, as without them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.core.runs.groups import Group, groups_of
from ckpt_tui.core.runs.lineage import arrange
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.base import Batch, Entry
from ckpt_tui.stores.merged_watches import merged
from ckpt_tui.stores.store_groups import GroupBatch, Groups

if TYPE_CHECKING:
    from ckpt_tui.stores.composite import CompositeStore


class OverlayGroups(Groups):
    """The groups of an overlay.

    Args:
        store: The overlay.
        main: The groups of its first member.
    """

    def __init__(self, store: CompositeStore, main: Groups) -> None:
        self._store = store
        self._main = main
        self._forked: dict[str, dict[str, Entry]] = {}
        """Id of a group → its entries in forks, by file."""
        self._lock = threading.Lock()

    def is_large(self) -> bool:
        """Whether the store itself is."""
        return self._main.is_large()

    def suits_browser(self) -> bool:
        """Whether those of the store itself are."""
        return self._main.suits_browser()

    def scan(self) -> Iterator[GroupBatch]:
        """All groups, the newest first; those that have forks once more, behind all."""
        for batch in self._main.scan():
            yield batch._replace(total=batch.total + 1)
        self._read_forks()
        forked = list(self._forked)
        yield GroupBatch(self._merged(forked), False, tuple(self._store.problems), (), 1, 1)

    def _read_forks(self) -> None:
        """Read the entries of the forks; known ones are not reported again."""
        for number in range(1, len(self._store.members)):
            with suppress(CkptError):  # it is gone
                for found in self._store.members[number].scan():
                    self._take(number, found)

    def watch(self, stop: threading.Event) -> Iterator[GroupBatch]:
        """All groups first, then changes of any member."""

        def follow(number: int) -> Iterator[GroupBatch | Batch]:
            return self._store.members[number].watch(stop) if number else self._main.watch(stop)

        if self._store.problems:
            yield GroupBatch(entries=tuple(self._store.problems), done=0, total=1)
        done = 0
        for number, found in merged(follow, len(self._store.members), stop):
            if isinstance(found, GroupBatch):
                yield from self._of_main(found)
                done = found.total if found.done >= found.total else 0
            elif found.entries or found.gone:
                groups, entries = self._take(number, found)
                gone = tuple(self._store.file_of(number, file) for file in found.gone)
                yield GroupBatch(self._merged(groups), False, entries, gone, done, max(done, 1))

    def _of_main(self, batch: GroupBatch) -> Iterator[GroupBatch]:
        """Changes of the store itself, with the entries of forks."""
        changed = [] if batch.starts else [group.id for group in batch.groups if group.id in self._forked]
        if changed:
            others = [group for group in batch.groups if group.id not in self._forked]
            batch = batch._replace(groups=(*others, *self._merged(changed)))
        yield batch
        if batch.starts and self._forked and batch.done >= batch.total:
            yield GroupBatch(self._merged(list(self._forked)), False, (), (), batch.done, batch.total)

    def _take(self, number: int, batch: Batch) -> tuple[list[str], tuple[Entry, ...]]:
        """The groups that changes of a fork belong to, and the entries, without copies of the store's own."""
        added: dict[str, list[Entry]] = {}
        gone: dict[str, None] = {}
        for file in batch.gone:
            gone[self.home(self._store.file_of(number, file))] = None
        for entry in self._store.renamed(number, batch).entries:
            added.setdefault(self.home(entry.file), []).append(entry)
        taken: list[Entry] = []
        for group, entries in added.items():
            own = {entry.id for entry in self._main.entries(group, keeps=False) if isinstance(entry, CheckpointRef)}
            new = [entry for entry in entries if isinstance(entry, Problem) or entry.id not in own]
            if new:
                with self._lock:
                    self._forked.setdefault(group, {}).update((entry.file, entry) for entry in new)
            taken += new
        with self._lock:
            for file in batch.gone:
                for known in self._forked.values():
                    known.pop(self._store.file_of(number, file), None)
        return [group for group in (*added, *gone) if group], tuple(taken)

    def _merged(self, names: Iterable[str]) -> tuple[Group, ...]:
        found = []
        for name in names:
            refs = [entry for entry in self.entries(name, keeps=False) if isinstance(entry, CheckpointRef)]
            found += [group for group, _ in groups_of(arrange(refs)) if group.id == name]
        return tuple(found)

    def entries(self, group: str, keeps: bool = True) -> Sequence[Entry]:
        """The checkpoints of a group in all members."""
        with self._lock:
            forked = list(self._forked.get(group, {}).values())
        return [*self._main.entries(group, keeps), *forked]

    def home(self, file: str) -> str:
        """The group that has a file, whichever member that is in."""
        return self._main.home(self._store.home(file)[1])

    def holders(self, name: str) -> Sequence[str] | None:
        """Those of the store itself, and all that forks add to."""
        return self._with_forked(self._main.holders(name))

    def newest(self, count: int) -> Sequence[str] | None:
        """Those of the store itself, and all that forks add to."""
        return self._with_forked(self._main.newest(count))

    def _with_forked(self, found: Sequence[str] | None) -> Sequence[str] | None:
        if found is None:
            return None
        self._read_forks()
        return list(dict.fromkeys((*found, *self._forked)))

    def matching(self, text: str) -> Sequence[str]:
        """Those of the store itself, and those that forks add to."""
        with self._lock:
            own = [group for group, entries in self._forked.items() if any(text in file for file in entries)]
        return list(dict.fromkeys((*own, *self._main.matching(text))))

    def problems(self) -> Sequence[Problem]:
        """Files that cannot be shown, of the store itself and beside it."""
        return (*self._store.problems, *self._main.problems())
