"""What is in a store, read at once."""

from __future__ import annotations

from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.core.runs.lineage import Run, arrange
from ckpt_tui.stores.base import Store, collect


def read_store(store: Store, fast: bool = False) -> tuple[tuple[Run, ...], list[Problem]]:
    """Everything in a store: runs in order, and problems; `fast` reads headers only."""
    entries = collect(store.scan())
    if not fast:
        unread = [name for name, entry in entries.items() if isinstance(entry, CheckpointRef) and entry.facts is None]
        collect(store.fill(unread), entries)
    runs = arrange(entry for entry in entries.values() if isinstance(entry, CheckpointRef))
    return runs, [entry for entry in entries.values() if isinstance(entry, Problem)]
