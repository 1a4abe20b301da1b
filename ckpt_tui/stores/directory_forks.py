"""The runs of a large directory that is shown with its forks; the few checkpoints of forks are kept in memory.

A checkpoint of a fork belongs to the run of its parent in the directory, or else to a run of its own. A checkpoint of
the directory whose parent is only in a fork stays in a run of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.core.runs.groups import Group, groups_of
from ckpt_tui.core.runs.lineage import arrange
from ckpt_tui.stores.base import Batch, Entry
from ckpt_tui.stores.overlay_groups import OverlayGroups
from ckpt_tui.stores.store_groups import GroupBatch

if TYPE_CHECKING:
    from ckpt_tui.stores.composite import CompositeStore
    from ckpt_tui.stores.directory_groups import DirectoryGroups


class ForkedDirectoryGroups(OverlayGroups):
    """The runs of an overlay of directories.

    Args:
        store: The overlay.
        main: The runs of its first member.
    """

    def __init__(self, store: CompositeStore, main: DirectoryGroups) -> None:
        super().__init__(store, main)
        self._directory = main
        self._known: dict[str, Entry] = {}
        """All checkpoints of forks, by file."""
        self._homes: dict[str, str] = {}
        """File → its run, without copies of checkpoints in the directory."""
        self._own: dict[str, Group] = {}
        """Runs that begin in a fork."""
        self._is_listed = False
        """Whether all runs of the directory were listed: before that, the run of a checkpoint is not known."""

    def _read_forks(self) -> None:
        self._is_listed = True
        super()._read_forks()

    def _take(self, number: int, batch: Batch) -> tuple[list[str], tuple[Entry, ...]]:
        found = self._store.renamed(number, batch)
        for file in found.gone:
            self._known.pop(file, None)
        self._known.update((entry.file, entry) for entry in found.entries)
        groups, entries = self._sort()
        return groups, (*(entry for entry in found.entries if isinstance(entry, Problem)), *entries)

    def _sort(self) -> tuple[list[str], tuple[Entry, ...]]:
        """Assign the checkpoints of the forks to runs; returns the runs that have changed, and the entries in them."""
        if not self._is_listed:
            return [], ()
        find_home = self._directory.find_home
        refs = [entry for entry in list(self._known.values()) if isinstance(entry, CheckpointRef)]
        forked: dict[str, dict[str, Entry]] = {}
        own: dict[str, Group] = {}
        for group, runs in groups_of(arrange(ref for ref in refs if not find_home(f"{ref.id}.json"))):
            parent = runs[0].nodes[0].ref.parent
            name = "" if parent is None else find_home(f"{parent}.json")
            if not name:
                name = group.id
                own[name] = group._replace(number=0)  # it is not counted among those of the directory
            forked.setdefault(name, {}).update((node.ref.file, node.ref) for run in runs for node in run.nodes)
        with self._lock:
            before, self._forked = self._forked, forked
            self._homes = {file: name for name, entries in forked.items() for file in entries}
            lost, self._own = self._own.keys() - own.keys(), own
        if lost:
            self._directory.list_again()
        changed = [name for name in {**before, **forked} if before.get(name) != forked.get(name)]
        was = {file: entry for entries in before.values() for file, entry in entries.items()}
        now = (entry for name in changed for entry in forked.get(name, {}).values())
        return changed, tuple(entry for entry in now if was.get(entry.file) != entry)

    def _of_main(self, batch: GroupBatch) -> Iterator[GroupBatch]:
        is_listed = batch.done >= batch.total and (batch.starts or not self._is_listed)
        yield from super()._of_main(batch._replace(total=batch.total + 1) if is_listed else batch)
        if is_listed:
            self._is_listed = True
            _, entries = self._sort()
            yield GroupBatch(self._merged(list(self._forked)), False, entries, (), 1, 1)

    def _merged(self, names: Iterable[str]) -> tuple[Group, ...]:
        with self._lock:
            forked = {name: list(self._forked.get(name, {}).values()) for name in names}
            own = dict(self._own)
        found = []
        for name, entries in forked.items():
            group = self._directory.group(name)
            if group is not None:
                found.append(_joined(group, entries))
            elif name in own:
                found.append(own[name])
        return tuple(found)

    def home(self, file: str) -> str:
        """The run that has a file, whichever member that is in."""
        return self._homes.get(file) or self._main.home(file)


def _joined(group: Group, entries: Iterable[Entry]) -> Group:
    """The group of a run of the directory with the checkpoints of forks."""
    for ref in entries:
        if isinstance(ref, CheckpointRef):
            first = min(ref.when, group.first) if ref.when and group.first else ref.when or group.first
            group = group._replace(checkpoints=group.checkpoints + 1, first=first)
            if ref.when >= group.last:  # a child of what was written at that moment
                group = group._replace(last=ref.when, newest=ref.file)
    return group
