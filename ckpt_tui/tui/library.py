"""What is known of the open store; the selection is found again by file name."""

from __future__ import annotations

import threading

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.stores.base import Batch, Entry
from ckpt_tui.tui.view import View, make_view


class Library:
    """Collects batches from several threads and makes views of them."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._lock = threading.Lock()
        self._missing = False
        self.filter = ""

    def apply(self, batch: Batch) -> bool:
        """Take in news; returns whether anything changed."""
        with self._lock:
            changed = bool(batch.entries or batch.gone) or batch.missing != self._missing
            self._missing = batch.missing
            for name in batch.gone:
                self._entries.pop(name, None)
            for entry in batch.entries:
                self._entries[entry.file] = entry
            return changed

    def __len__(self) -> int:
        return len(self._entries)

    def unread(self) -> list[str]:
        """Files whose bodies nobody has read yet, the newest first."""
        with self._lock:
            refs = [e for e in self._entries.values() if isinstance(e, CheckpointRef) and e.facts is None]
        return [ref.file for ref in sorted(refs, key=lambda ref: ref.when, reverse=True)]

    def entry(self, file: str) -> Entry | None:
        """What is known of one file."""
        return self._entries.get(file)

    def view(self) -> View:
        """A view of everything known now."""
        with self._lock:
            entries = list(self._entries.values())
            missing = self._missing
        return make_view(entries, missing, self.filter)
