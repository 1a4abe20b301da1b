"""Finds the newest checkpoint of a storage and its ancestors, for `latest`, without a list of all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.stores.storage_calls import AT_ONCE

if TYPE_CHECKING:
    from ckpt_tui.stores.base import Entry
    from ckpt_tui.stores.storage_calls import StorageCalls


def chain_of_latest(calls: StorageCalls, load: Callable[[Sequence[str]], Iterable[Entry]]) -> list[Entry] | None:
    """The newest checkpoint with all of its ancestors; None where that is not certain, or a list of all is as quick.

    Args:
        calls: The calls of the storage.
        load: Loads checkpoints by their ids.

    Raises:
        CkptError: the storage does not list its checkpoints.
    """
    ids, newest = calls.ids(with_newest=True)
    known = set(ids)
    # Each parent is requested after its child, all others in parallel.
    rounds = len(ids) // AT_ONCE
    if len(newest) != calls.workflows or not known.issuperset(newest) or "latest" in known or rounds < 2:
        return None
    tips = [entry for entry in load(newest) if isinstance(entry, CheckpointRef)]
    latest = max((tip.when for tip in tips), default=0.0)
    here = [tip for tip in tips if tip.when == latest]
    if len(tips) != len(newest) or len(here) != 1 or not latest:
        return None
    chain = list(here)
    seen = {chain[0].id}
    while (parent := chain[-1].parent) is not None and parent in known:
        if len(chain) > rounds or parent in seen:
            return None
        [above] = load([parent])
        if not isinstance(above, CheckpointRef) or above.when > latest:
            return None
        chain.append(above)
        seen.add(parent)
    if chain[-1].parent is None and chain[-1].iteration > 0:  # its parent is guessed from all
        return None
    return list(chain)
