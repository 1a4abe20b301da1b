"""Pruning a store: what may go, what a wish would delete, and the files moved to the trash or brought back.

Files go to the trash beside the store that they are of. Of a store with forks that is the store's own; of several
stores that are shown as one list, each has its own.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Sequence

from ckpt_tui.actions import trash
from ckpt_tui.actions.debugging.session_record import directories_in_use
from ckpt_tui.actions.trash import Deleted, Moved
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.runs.prune_plan import PruneChoice, Wish, choose
from ckpt_tui.core.text import clean
from ckpt_tui.errors import CkptError, NotFoundError
from ckpt_tui.stores.base import Store

IN_USE = "a run that goes on uses its run"
"""Why a checkpoint stays that one of our runs started from or wrote."""


def why_none(store: Store) -> str:
    """Why nothing of a store may be deleted; "" where something may."""
    if store.members and not store.together:
        reasons = [why_none(member) for member in store.members]
        return "" if "" in reasons else reasons[0]
    if store.members:
        return why_none(store.members[0])
    if store.only is not None:
        return "a single file is open; open its directory"
    barred = store.capabilities("").prune
    if barred or not os.path.isdir(store.path):
        return barred or "it is not a directory"
    return "" if os.access(store.path, os.W_OK | os.X_OK) else "its directory cannot be written to"


def plan(store: Store, runs: Sequence[Run], wish: Wish, in_use: Collection[str] = ()) -> PruneChoice:
    """What a wish would delete; reads directories and records, no checkpoints.

    Args:
        store: The store, with its forks.
        runs: Its runs.
        wish: What a person wants to go.
        in_use: Ids of checkpoints that runs use which were started here and go on; all of their run stays.
    """
    return choose(runs, wish, _bar(store, _files_in_use(store, runs, in_use)))


def move_to_trash(store: Store, refs: Sequence[CheckpointRef]) -> Moved:
    """Move the files of checkpoints to the trash beside their store.

    Raises:
        CkptError: the trash cannot be made, or is on another disk.
    """
    when = time.time()
    return _each(store, refs, lambda owner, own, locate: trash.throw_away(owner, own, locate, when))


def delete(store: Store, refs: Sequence[CheckpointRef]) -> Moved:
    """Delete the files of checkpoints for good."""
    return _each(store, refs, trash.delete)


def last_deleted(store: Store) -> Deleted | None:
    """What the last prune moved to the trash; None where nothing is there."""
    found = _last(store)
    parts = list(found.values())
    return parts[0]._replace(files=sum(each.files for each in parts)) if parts else None


def bring_back(store: Store) -> Moved:
    """Move the files of the last prune back; a file that exists again is never replaced.

    Raises:
        NotFoundError: the trash is empty.
    """
    found = _last(store)
    if not found:
        place = clean(trash.trash_of(_distinct_owners(store)[0]))
        raise NotFoundError(f"There is nothing to restore: {place} does not exist or is empty.")
    return _together([trash.bring_back(owner) for owner in found])


def _last(store: Store) -> dict[str, Deleted]:
    """The stores that the last prune was of, each with what it moved: all of them have the same time."""
    found = {owner: each for owner in _distinct_owners(store) if (each := trash.last_deleted(owner)) is not None}
    newest = max((each.when for each in found.values()), default=0.0)
    return {owner: each for owner, each in found.items() if each.when == newest}


def _owners(store: Store) -> dict[str, str]:
    """Path of each store that holds files itself → path of the store beside which their trash is."""
    if store.members and not store.together:
        return {path: owner for member in store.members for path, owner in _owners(member).items()}
    return {member.path: store.members[0].path for member in store.members} or {store.path: store.path}


def _distinct_owners(store: Store) -> list[str]:
    return list(dict.fromkeys(_owners(store).values()))


def _each(
    store: Store, refs: Sequence[CheckpointRef], act: Callable[[str, list[CheckpointRef], trash.Locate], Moved]
) -> Moved:
    """Do something with the files of each store that has some of them."""
    owners = _owners(store)
    sorted_refs: dict[str, list[CheckpointRef]] = {}
    for ref in refs:
        sorted_refs.setdefault(owners[store.home(ref.file)[0].path], []).append(ref)

    def locate(file: str) -> tuple[str, str]:
        home, name = store.home(file)
        return home.path, name

    done: list[Moved] = []
    for owner, own in sorted_refs.items():
        try:
            done.append(act(owner, own, locate))
        except CkptError as error:
            if len(sorted_refs) == 1:
                raise
            done.append(Moved("", (), tuple((ref.file, error.what) for ref in own)))
    return _together(done)


def _together(parts: Sequence[Moved]) -> Moved:
    directory = next((part.directory for part in parts if part.directory), "")
    files = tuple(file for part in parts for file in part.files)
    return Moved(directory, files, tuple(left for part in parts for left in part.left))


def _bar(store: Store, in_use: Collection[str]) -> Callable[[Node], str]:
    """Return a function that says why a checkpoint may not be deleted, whatever is wished; "" where it may."""
    reasons: dict[str, str] = {}

    def bar(node: Node) -> str:
        if node.ref.file in in_use:
            return IN_USE
        home, name = store.home(node.ref.file)
        if home.path not in reasons:
            reasons[home.path] = why_none(home)
        return reasons[home.path] or ("" if os.path.basename(name) == name else "it is not a file of its own")

    return bar


def _files_in_use(store: Store, runs: Sequence[Run], in_use: Collection[str]) -> frozenset[str]:
    """The files of the runs that something uses which goes on: from which it began, or which it has written."""
    began = directories_in_use()
    busy = {path: began[real] for path in _owners(store) if (real := os.path.realpath(path)) in began} if began else {}
    if not busy and not in_use:
        return frozenset()

    def is_used(node: Node) -> bool:
        if node.ref.id in in_use:
            return True
        since = busy.get(store.home(node.ref.file)[0].path)
        return since is not None and node.ref.when >= since

    return frozenset(node.ref.file for run in runs if any(map(is_used, run.nodes)) for node in run.nodes)
