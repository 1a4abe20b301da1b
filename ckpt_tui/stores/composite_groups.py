"""The groups of several stores that are shown as one list, some of them large; each store's under its name.

A large member gives its runs first, as it does alone; a small one is listed. No header of a large store is kept.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.core.runs.groups import Group, PackedGroups
from ckpt_tui.core.runs.ids import IdFault, find
from ckpt_tui.core.runs.lineage import arrange
from ckpt_tui.errors import NotFoundError
from ckpt_tui.stores.base import Batch, Entry
from ckpt_tui.stores.composite import why_closed
from ckpt_tui.stores.merged_watches import merged
from ckpt_tui.stores.store_groups import GroupBatch, Groups, ListedGroups

if TYPE_CHECKING:
    from ckpt_tui.stores.composite import CompositeStore


class CompositeGroups(Groups):
    """The groups of several stores.

    Args:
        store: The stores as one.
        members: The groups of each; None of one that is listed.
    """

    def __init__(self, store: CompositeStore, members: Sequence[Groups | None]) -> None:
        self._store = store
        self.stores = store.member_names
        self._members = [
            _SmallGroups(member) if groups is None else groups
            for member, groups in zip(store.members, members, strict=True)
        ]

    def suits_browser(self) -> bool:
        """Always true; other users list the stores."""
        return True

    def scan(self) -> Iterator[GroupBatch]:
        """All groups, store by store.

        Raises:
            NotFoundError: none of the places is there.
        """
        looks = _Looks(self._store, len(self._members))
        missing = None
        for number, member in enumerate(self._members):
            try:
                for batch in member.scan():
                    yield from looks.take(number, batch)
            except NotFoundError as failure:
                missing = failure
                yield from looks.take(number, GroupBatch(PackedGroups(), True, missing=True))
        if missing is not None and looks.are_missing:
            raise missing

    def watch(self, stop: threading.Event) -> Iterator[GroupBatch]:
        """All groups first, then changes of any store; each store is watched in a thread of its own."""

        def follow(number: int) -> Iterator[GroupBatch]:
            store = self._store.members[number]
            reason = why_closed(store.path)
            closed = (Problem("", reason, "directory"),) if reason else ()
            store.beside = len(self._members) - 1
            for batch in self._members[number].watch(stop):
                if len(batch.groups) or batch.entries:  # it can be read now
                    closed = ()
                yield batch._replace(entries=closed) if closed else batch

        looks = _Looks(self._store, len(self._members))
        if self._store.problems:
            yield GroupBatch(entries=tuple(self._store.problems), done=0, total=1)
        for number, found in merged(follow, len(self._members), stop):
            yield from looks.take(number, found)

    def entries(self, group: str, keeps: bool = True) -> Sequence[Entry]:
        """The checkpoints of a group in its store."""
        number, own = self._member_of(group)
        if number < 0:
            return []
        return self._store.renamed(number, Batch(tuple(self._members[number].entries(own, keeps)))).entries

    def home(self, file: str) -> str:
        """The group that has a file in its store."""
        try:
            number, own = self._store.member_of(file)
        except NotFoundError:
            return ""
        name = self._members[number].home(own)
        return id_in(self._store.member_names[number], name) if name else ""

    def holders(self, name: str) -> Sequence[str] | None:
        """Those of each store; where a name begins with that of a store, those of this one."""
        return self._of_all(lambda member, rest: member.holders(rest), name)

    def newest(self, count: int) -> Sequence[str] | None:
        """Those of each store: the newest of all are among them."""
        return self._of_all(lambda member, _: member.newest(count), "")

    def matching(self, text: str) -> Sequence[str]:
        """Those of each store."""
        return self._of_all(lambda member, _: member.matching(text), "") or ()

    def problems(self) -> Sequence[Problem]:
        """Files that cannot be shown in any of them, and beside them."""
        own = [Batch(tuple(member.problems())) for member in self._members]
        renamed = (entry for at, batch in enumerate(own) for entry in self._store.renamed(at, batch).entries)
        return (*self._store.problems, *(entry for entry in renamed if isinstance(entry, Problem)))

    def _of_all(self, ask: Callable[[Groups, str], Sequence[str] | None], name: str) -> Sequence[str] | None:
        """The ids of the groups that the stores name; None where one of them cannot."""
        named = [store for store in self._store.member_names if name.startswith(f"{store}/")]
        found: list[str] = []
        for store, member in zip(self._store.member_names, self._members, strict=True):
            if named and store not in named:
                continue
            own = ask(member, name.removeprefix(f"{store}/"))
            if own is None:
                return None
            found += [id_in(store, group) for group in own]
        return found

    def _member_of(self, group: str) -> tuple[int, str]:
        """The number of the store of a group, and the id that it has there; -1 where there is none."""
        names = [name for name in self._store.member_names if group.startswith((f"{name}\n", f"{name}/"))]
        if not names:
            return -1, ""
        name = max(names, key=len)  # of `a` and `a/b` the longer one
        return self._store.member_names.index(name), group[len(name) :].removeprefix("/")


def id_in(store: str, group: str) -> str:
    """The id that a group of a store has where several are one list, as by `groups.group_id`."""
    return store + group if group.startswith("\n") else f"{store}/{group}"


class _SmallGroups(ListedGroups):
    """The groups of a store that is listed, which knows all of them."""

    def holders(self, name: str) -> Sequence[str]:
        """The group of the checkpoint that the list finds by a name."""
        try:
            return [self.home(find(name, arrange(self._refs())).ref.file)]
        except IdFault:
            return []

    def newest(self, count: int) -> Sequence[str]:
        """The groups of the newest checkpoints."""
        newest = sorted(self._refs(), key=lambda ref: (ref.when, ref.position), reverse=True)[:count]
        return list(dict.fromkeys(self.home(ref.file) for ref in newest))

    def matching(self, text: str) -> Sequence[str]:
        """The groups with an id that contains a text."""
        strict = text != text.lower()
        found = (ref.file for ref in self._refs() if text in (ref.id if strict else ref.id.lower()))
        return list(dict.fromkeys(map(self.home, found)))

    def _refs(self) -> list[CheckpointRef]:
        with self._lock:
            return [entry for entry in self._entries.values() if isinstance(entry, CheckpointRef)]


class _Looks:
    """The progress of each store's scan, and their changes as those of one list."""

    def __init__(self, store: CompositeStore, count: int) -> None:
        self._store = store
        self._progress = [(0, 1)] * count
        self._missing = [False] * count
        self._pages: list[list[Group]] = [[] for _ in range(count)]

    @property
    def are_missing(self) -> bool:
        """Whether none of the stores is there."""
        return all(self._missing)

    def take(self, number: int, batch: GroupBatch) -> Iterator[GroupBatch]:
        """The changes of a store, with the names of the whole list."""
        name = self._store.member_names[number]
        self._progress[number], self._missing[number] = (batch.done, batch.total), batch.missing
        is_whole = batch.done >= batch.total or isinstance(batch.groups, PackedGroups)
        groups: Sequence[Group] = ()
        starts = batch.starts
        if starts or self._pages[number]:  # a list may come in pages
            pages = [] if starts else self._pages[number]
            if not is_whole:
                self._pages[number] = [*pages, *batch.groups]
                starts = False
            else:
                packed = PackedGroups()
                packed.add(self._named(number, group) for group in (*pages, *batch.groups))
                groups, starts, self._pages[number] = packed, True, []
        else:
            groups = tuple(self._named(number, group) for group in batch.groups)
        renamed = self._store.renamed(number, Batch(batch.entries, batch.gone))
        done, total = (sum(each) for each in zip(*self._progress, strict=True))
        yield GroupBatch(groups, starts, renamed.entries, renamed.gone, done, total, self.are_missing, name)

    def _named(self, number: int, group: Group) -> Group:
        name = self._store.member_names[number]
        return group._replace(id=id_in(name, group.id), newest=self._store.file_of(number, group.newest), store=name)
