"""Tests that the groups of every store must pass; the part of `ckpt_tui.stores.conformance` on groups."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from unittest import SkipTest

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs.groups import Group, PackedGroups
from ckpt_tui.core.runs.ids import IdFault, find
from ckpt_tui.core.runs.lineage import arrange
from ckpt_tui.stores.base import BATCH, Store, collect
from ckpt_tui.stores.conformance_watch import WatchedInThread
from ckpt_tui.stores.store_groups import GROUPS_AT_ONCE, GroupBatch, Groups, groups_in


class GroupsConformance:
    """The tests; see `Conformance`."""

    _place: Path

    def open(self, place: Path) -> Store:
        """Write at least two checkpoints, and open the store they are in."""
        raise NotImplementedError

    def open_many(self, place: Path) -> Store:
        """Write more than 256 checkpoints, of at least three runs, and open the store they are in."""
        raise SkipTest("open_many() is not written")

    def add(self, place: Path) -> None:
        """Write one more checkpoint to the store that `open` opened there."""
        raise SkipTest("add() is not written")

    def test_groups_hold_every_checkpoint_once(self) -> None:
        """Each checkpoint is in one group, which has their number, their times, and the newest."""
        _check_groups(self.open(self._place))

    def test_many_checkpoints_of_many_runs_are_all_in_their_groups(self) -> None:
        """Also where a list takes several batches."""
        store = self.open_many(self._place)
        found: list[list[CheckpointRef]] = []
        # In a thread of its own, as the browser does.
        thread = threading.Thread(target=lambda: found.append(_check_groups(store)))
        thread.start()
        thread.join()
        assert found, "the groups are not what the list says; stderr has the reason"
        [refs] = found
        assert len(refs) > BATCH, "open_many() writes more than a batch"
        assert len(_listed(groups_in(store))) >= 3, "open_many() writes several runs"

    def test_a_name_means_the_same_in_the_groups_that_hold_it(self) -> None:
        """A query of a store has the same answer as the whole list."""
        store = self.open(self._place)
        refs = [one for one in collect(store.fresh().scan()).values() if isinstance(one, CheckpointRef)]
        runs = arrange(refs)
        groups = groups_in(store)
        list(groups.scan())
        for name in ("latest", *(ref.id for ref in refs), *(ref.id.rpartition("/")[2] for ref in refs), "no such id"):
            holders = groups.holders(name)
            if holders is None:
                continue
            some = [one for group in holders for one in groups.entries(group) if isinstance(one, CheckpointRef)]
            assert _found(name, some) == _found(name, refs), name
        newest = groups.newest(1)
        if newest is not None and runs:
            files = {one.file for group in newest for one in groups.entries(group)}
            assert find("latest", runs).ref.file in files

    def test_a_new_checkpoint_changes_its_group(self) -> None:
        """A watch reports it."""
        store = self.open(self._place)
        before = sum(group.checkpoints for group in _listed(groups_in(store.fresh())))
        watching = _WatchedGroups(groups_in(store).watch)
        try:
            watching.until(lambda known: sum(group.checkpoints for group in known.values()) == before)
            self.add(self._place)
            watching.until(lambda known: sum(group.checkpoints for group in known.values()) > before)
        finally:
            assert watching.end(), "a watch must end soon after `stop` is set"


def _check_groups(store: Store) -> list[CheckpointRef]:
    """The checkpoints of a store; also checks that its groups hold them."""
    refs = {ref.file: ref for ref in collect(store.fresh().scan()).values() if isinstance(ref, CheckpointRef)}
    groups = groups_in(store)
    listed = _listed(groups)
    assert len({group.id for group in listed}) == len(listed), "a group is listed twice"
    times = [group.last for group in listed]
    assert times == sorted(times, reverse=True), "the newest come first"
    seen: list[str] = []
    for group in listed:
        own = [one for one in groups.entries(group.id) if isinstance(one, CheckpointRef)]
        assert len(own) == group.checkpoints > 0
        assert group.title
        assert group.newest in {ref.file for ref in own}
        assert all(_place(ref) == _place(refs[ref.file]) for ref in own)
        assert group.last == max(ref.when for ref in own) == refs[group.newest].when
        assert all(groups.home(ref.file) == group.id for ref in own)
        seen += [ref.file for ref in own]
    assert sorted(seen) == sorted(refs)
    assert groups.entries("no such group of any store") == []
    return list(refs.values())


def _place(ref: CheckpointRef) -> tuple[object, ...]:
    """The members that decide where a checkpoint is shown."""
    return ref.id, ref.parent, ref.when, ref.position, ref.size


def _listed(groups: Groups) -> list[Group]:
    """All groups, in the order in which they are listed."""
    found: list[Group] = []
    batches = list(groups.scan())
    assert [batch.done >= batch.total for batch in batches] == [False] * (len(batches) - 1) + [True]
    for batch in batches:
        assert len(batch.groups) <= GROUPS_AT_ONCE or isinstance(batch.groups, PackedGroups)
        found = [*([] if batch.starts else found), *batch.groups]
    return found


def _found(name: str, refs: Sequence[CheckpointRef]) -> str:
    """The file that a name means among some checkpoints, or whether it means none or several."""
    try:
        return find(name, arrange(refs)).ref.file
    except IdFault as fault:
        return "several" if fault.ambiguous else "none"


class _WatchedGroups(WatchedInThread[GroupBatch, Group]):
    """Groups that are watched in a thread, as the browser does."""

    def take(self, batch: GroupBatch) -> None:
        if batch.starts:
            self.known.clear()
        self.known.update((group.id, group) for group in batch.groups)
