"""What is in a store, read at once: all of it, or the part of a large one that decides what a name means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.core.runs.ids import name_and_parents
from ckpt_tui.core.runs.lineage import Run, arrange
from ckpt_tui.core.runs.partial_runs import runs_for_names
from ckpt_tui.stores.base import Entry, Store, collect

if TYPE_CHECKING:
    from ckpt_tui.core.runs.selected_runs import Selection
    from ckpt_tui.stores.store_groups import Groups


def read_store(store: Store, fast: bool = False) -> tuple[tuple[Run, ...], list[Problem]]:
    """Everything in a store: runs in order, and problems; `fast` reads headers only."""
    entries = collect(store.scan())
    if not fast:
        unread = [name for name, entry in entries.items() if isinstance(entry, CheckpointRef) and entry.facts is None]
        collect(store.fill(unread), entries)
    runs = arrange(entry for entry in entries.values() if isinstance(entry, CheckpointRef))
    return runs, [entry for entry in entries.values() if isinstance(entry, Problem)]


def read_named(store: Store, *names: str) -> tuple[tuple[Run, ...], list[Problem]]:
    """The headers of a store in which names mean checkpoints; of a large one the runs that decide what they mean."""
    groups = _large(store)
    found = None if groups is None else _holders(groups, names)
    if groups is None and all(name_and_parents(name)[0] == "latest" for name in names):
        chain = store.latest_chain()
        if chain is not None:
            return arrange(entry for entry in chain if isinstance(entry, CheckpointRef)), []
    if groups is None or found is None:
        entries = collect(store.scan())
        refs = [entry for entry in entries.values() if isinstance(entry, CheckpointRef)]
        return runs_for_names(refs, names), [entry for entry in entries.values() if isinstance(entry, Problem)]
    holders, is_missing = found
    # One of them may be meant; and a file that cannot be read may be later than the latest. A database would have to
    # read all of its rows for that.
    is_cheap = store.kind != "langgraph" and any(name_and_parents(name)[0] == "latest" for name in names)
    problems = list(groups.problems()) if is_missing or is_cheap else []
    return arrange(entry for entry in _entries(groups, holders) if isinstance(entry, CheckpointRef)), problems


def read_headers(store: Store, selection: Selection) -> dict[str, Entry]:
    """The headers of all that a selection may want, and problems."""
    groups = _large(store)
    wanted = None if groups is None or selection.workflows else _wanted(groups, selection)
    if groups is None or wanted is None:
        return collect(store.scan())
    return {entry.file: entry for entry in (*_entries(groups, wanted), *groups.problems())}


def _large(store: Store) -> Groups | None:
    """The groups of a store that need not be read as a whole, and are worth it."""
    groups = store.groups()
    return groups if groups is not None and groups.is_large() else None


def _holders(groups: Groups, names: Sequence[str]) -> tuple[list[str], bool] | None:
    """The groups that decide what names mean, and whether one means nothing; None where that is not certain."""
    holders: dict[str, None] = {}
    is_missing = False
    for name in names:
        own = groups.holders(name)
        if own is not None and not own:
            is_missing = True
            own = groups.newest(1)  # any will do to show that it is not there
        if own is None:
            return None
        holders.update(dict.fromkeys(own))
    return list(holders), is_missing


def _wanted(groups: Groups, selection: Selection) -> Sequence[str] | None:
    """The groups that a selection is from; None where it may be from any."""
    if selection.run:
        if groups.entries(selection.run):
            return [selection.run]
        found = _holders(groups, [selection.run])
        return None if found is None else found[0]
    if selection.limit is not None and not selection.status:  # the ends of branches may be anywhere
        return groups.newest(selection.limit)
    return None


def _entries(groups: Groups, names: Sequence[str]) -> list[Entry]:
    return [entry for name in names for entry in groups.entries(name)]
