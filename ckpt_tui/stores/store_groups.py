"""The groups of a store: runs first, their checkpoints on demand. The protocol, and the default for every store.

A store whose container can be queried has its own (`Store.groups`, `stores.langgraph_groups`); for any other one
`ListedGroups` answers from its plain list.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.core.runs.groups import Group, groups_of
from ckpt_tui.core.runs.lineage import arrange
from ckpt_tui.stores.base import Entry, collect

if TYPE_CHECKING:
    from ckpt_tui.stores.base import Store
    from ckpt_tui.stores.composite import CompositeStore

GROUPS_AT_ONCE = 256
"""Groups of one batch."""


class GroupBatch(NamedTuple):
    """Changes of the groups of a store.

    Attributes:
        groups: Groups. While all are listed, the newest first, at most `GROUPS_AT_ONCE` or packed; then those that are
            new or have changed.
        starts: All groups are listed from here on until a batch is complete; the former ones are replaced.
        entries: Checkpoints that are new or changed since all groups were listed, and problems.
        gone: File names of checkpoints that are no longer there.
        done: Checkpoints read so far.
        total: Checkpoints to read in this pass.
        missing: The place is not there now.
        store: The store that the batch is about, where several are shown as one list, or "".
    """

    groups: Sequence[Group] = ()
    starts: bool = False
    entries: tuple[Entry, ...] = ()
    gone: tuple[str, ...] = ()
    done: int = 0
    total: int = 0
    missing: bool = False
    store: str = ""


class Groups(ABC):
    """The groups of one store; methods may block, and may be called from any thread.

    Attributes:
        stores: The names of the stores in their order, where several are shown as one list.
    """

    stores: Sequence[str] = ()

    def with_forks(self, store: CompositeStore) -> Groups | None:
        """The groups of an overlay whose first member has these; None where it has to be listed."""
        return None

    def is_large(self) -> bool:
        """Whether there are more checkpoints than a list shows one by one, and queries need not read them all."""
        return False

    def suits_browser(self) -> bool:
        """Whether a browser should list the groups, and read their checkpoints when they are unfolded."""
        return self.is_large()

    @abstractmethod
    def scan(self) -> Iterator[GroupBatch]:
        """All groups, the newest first; only the last batch is complete.

        Raises:
            NotFoundError: the place is not there or cannot be read.
        """

    @abstractmethod
    def watch(self, stop: threading.Event) -> Iterator[GroupBatch]:
        """All groups first, then changes, until `stop` is set. Where a group is gone, all are listed again."""

    @abstractmethod
    def entries(self, group: str, keeps: bool = True) -> Sequence[Entry]:
        """The headers of a group's checkpoints; none where it is gone.

        Args:
            group: Its id.
            keeps: Whether `Store.fill` will be called for them, so that its data is kept.

        Raises:
            CkptError: they cannot be read; the reason is for people.
        """

    @abstractmethod
    def home(self, file: str) -> str:
        """The id of the group that has a file; "" where none is known to have it."""

    def holders(self, name: str) -> Sequence[str] | None:
        """The ids of the groups in which a name means what it means in the whole store; None where that is not certain.

        Args:
            name: An id, `latest`, `GROUP/latest` and the like, as `core.runs.ids.find` takes it.
        """
        return None

    def newest(self, count: int) -> Sequence[str] | None:
        """The ids of the groups that have the newest checkpoints; None where that is not certain."""
        return None

    def matching(self, text: str) -> Sequence[str]:
        """The ids of groups with a checkpoint whose id contains a text, as far as they are easily found."""
        return ()

    def problems(self) -> Sequence[Problem]:
        """All files or rows that cannot be shown.

        Raises:
            CkptError: it cannot be read; the reason is for people.
        """
        return ()


class ListedGroups(Groups):
    """The groups of a store that only lists its checkpoints.

    Args:
        store: The store; all of it is read.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._entries: dict[str, Entry] = {}
        self._known: dict[str, Group] = {}
        self._files: dict[str, tuple[str, ...]] = {}
        self._homes: dict[str, str] = {}
        self._lock = threading.Lock()

    def scan(self) -> Iterator[GroupBatch]:
        """Read everything, and arrange it."""
        entries = collect(self._store.fresh().scan())
        with self._lock:
            self._entries = entries
            batches = self._list()
        yield from batches

    def watch(self, stop: threading.Event) -> Iterator[GroupBatch]:
        """Read everything, then changes."""
        is_listed = False
        for batch in self._store.watch(stop):
            with self._lock:
                collect([batch], self._entries)
                known = self._known
                news = self._list() if batch.done >= batch.total else [GroupBatch(done=batch.done, total=batch.total)]
                if batch.done >= batch.total and is_listed and known.keys() <= self._known.keys():
                    changed = [group for name, group in self._known.items() if known.get(name) != group]
                    news = [GroupBatch(tuple(changed), False, batch.entries, batch.gone, 1, 1)]
                is_listed = (is_listed or batch.done >= batch.total) and not batch.missing
            yield from (one._replace(missing=batch.missing) for one in news)

    def _list(self) -> list[GroupBatch]:
        """All known groups."""
        refs = [entry for entry in self._entries.values() if isinstance(entry, CheckpointRef)]
        found = list(groups_of(arrange(refs)))
        found.sort(key=lambda one: one[0].rank, reverse=True)
        self._known = {group.id: group for group, _ in found}
        self._files = {group.id: tuple(node.ref.file for run in runs for node in run.nodes) for group, runs in found}
        self._homes = {file: name for name, files in self._files.items() for file in files}
        groups, total = tuple(self._known.values()), len(found)
        batches = []
        for at in range(0, max(total, 1), GROUPS_AT_ONCE):
            done = min(at + GROUPS_AT_ONCE, total)
            batches.append(GroupBatch(groups[at:done], not at, done=done, total=total))
        batches[-1] = batches[-1]._replace(
            entries=tuple(entry for entry in self._entries.values() if isinstance(entry, Problem))
        )
        return batches

    def entries(self, group: str, keeps: bool = True) -> Sequence[Entry]:
        """The listed headers of its checkpoints."""
        with self._lock:
            return [self._entries[file] for file in self._files.get(group, ())]

    def home(self, file: str) -> str:
        """The group that has the file in the list."""
        return self._homes.get(file, "")

    def problems(self) -> Sequence[Problem]:
        """The problems of the list."""
        with self._lock:
            return [entry for entry in self._entries.values() if isinstance(entry, Problem)]


def groups_in(store: Store) -> Groups:
    """The groups of a store: its own, or those of its list."""
    found = store.groups()
    return ListedGroups(store) if found is None else found
