"""Everything in a store."""

from __future__ import annotations

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.stores.base import Entry, Store, collect


def read(store: Store) -> dict[str, Entry]:
    """Everything in a store, with the facts of its bodies."""
    entries = collect(store.scan())
    unread = [file for file, entry in entries.items() if isinstance(entry, CheckpointRef) and entry.facts is None]
    return collect(store.fill(unread), entries)
