"""The state of a store that lists its runs first: all groups, and those whose checkpoints are read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ckpt_tui.actions.group_nodes import GroupNodes
from ckpt_tui.core.runs.group_lists import GroupList, JoinedGroups, KnownGroups
from ckpt_tui.core.runs.groups import Group, PackedGroups
from ckpt_tui.core.runs.listing import is_named

if TYPE_CHECKING:
    from ckpt_tui.stores.base import Entry
    from ckpt_tui.stores.store_groups import GroupBatch, Groups

KEPT = 64
"""Groups whose checkpoints are kept once they are folded again."""


class GroupLibrary:
    """The groups of one store. It is used under the lock of its library.

    Args:
        store: The store.

    Attributes:
        store: The same.
        text: The text of the filter, or "".
        is_stale: All groups were listed since the filter was applied.
    """

    def __init__(self, store: Groups) -> None:
        self.store = store
        self._known: dict[str, KnownGroups] = {}
        """Name of a store, where several are one list, or "" → its groups."""
        self._read: dict[str, set[str]] = {}
        """Id of a group whose checkpoints are known → their files; the one that was read last comes last."""
        self.text = ""
        self.is_stale = False
        self._found: frozenset[str] = frozenset()
        self._matched: dict[str, KnownGroups] | None = None

    def apply(self, batch: GroupBatch) -> list[Entry]:
        """Apply a batch; returns the entries of groups whose checkpoints are known."""
        known = self._of(self._known, batch.store)
        if batch.starts:
            known.begin()
            known.list(batch.groups)
            if batch.done >= batch.total or isinstance(batch.groups, PackedGroups):
                known.end()
                self.is_stale = bool(self.text)
        else:
            for group in batch.groups:
                known.put(group)
                if self._matched is not None and _matches(group, self.text, self._found):
                    self._of(self._matched, batch.store).put(group)
        for files in self._read.values():
            files.difference_update(batch.gone)
        own = []
        for entry in batch.entries:
            home = self.store.home(entry.file)
            if home in self._read:
                self._read[home].add(entry.file)
            if home in self._read or not home:
                own.append(entry)
        return own

    def is_read(self, group: str) -> bool:
        """Whether the checkpoints of a group are known."""
        return group in self._read

    @property
    def read(self) -> list[str]:
        """The ids of groups whose checkpoints are known."""
        return list(self._read)

    def put(self, group: str, entries: Sequence[Entry], kept: Iterable[str]) -> set[str]:
        """Set the checkpoints of a group; returns the files that are forgotten.

        Args:
            group: Its id.
            entries: Its entries.
            kept: Groups that are never forgotten.
        """
        files = {entry.file for entry in entries}
        gone = self._read.pop(group, set()) - files
        self._read[group] = files
        stay = {group, *kept}
        for old in [name for name in self._read if name not in stay][: max(len(self._read) - KEPT, 0)]:
            gone |= self._read.pop(old)
        return gone

    @staticmethod
    def _of(known: dict[str, KnownGroups], store: str) -> KnownGroups:
        return known.setdefault(store, KnownGroups())

    def newest(self, group: str) -> str:
        """The newest file of a group, or ""."""
        found = (known.get(group) for known in self._known.values())
        return next((each.newest for each in found if each is not None), "")

    def now(self) -> tuple[GroupList, GroupList | None]:
        """All groups, and those that a filter leaves."""
        return self._joined(self._known), None if self._matched is None else self._joined(self._matched)

    def _joined(self, known: dict[str, KnownGroups]) -> GroupList:
        """Groups as one list, store by store where there are several."""
        if not self.store.stores:
            return self._of(known, "").now()
        return JoinedGroups({name: known[name].now() for name in self.store.stores if name in known})

    def nodes(self) -> GroupNodes:
        """All checkpoints, read run by run as they are iterated."""
        return GroupNodes(self.store, self._joined(self._known))

    def match(self, text: str, found: Iterable[str]) -> None:
        """Apply a filter; takes a second for some hundred thousand groups.

        Args:
            text: What the names of groups must contain; "" for no filter.
            found: Ids of further groups that match.
        """
        ids = frozenset(found)
        matched: dict[str, KnownGroups] = {}
        for store, known in self._known.items() if text else ():
            own = matched[store] = KnownGroups()
            own.begin()
            own.list(group for group in known.now() if _matches(group, text, ids))
            own.end()
        self.text, self._found, self.is_stale = text, ids, False
        self._matched = matched if text else None


def _matches(group: Group, text: str, found: frozenset[str]) -> bool:
    return group.id in found or is_named(group.title, group.number, text)
