"""What is known of the open store; the selection is found again by file name."""

from __future__ import annotations

import threading

from ckpt_tui.core.model import CheckpointRef, Facts
from ckpt_tui.stores.base import Batch, Entry
from ckpt_tui.tui.view import View, extended, make_view

FEW = 16
"""New checkpoints that are put into the last view one by one; for more, a new view is cheaper."""


_PARENT = CheckpointRef._fields.index("parent")
_HEADER = CheckpointRef._fields.index("facts")
"""Fields of a checkpoint before those that only its body tells."""


class Library:
    """Collects batches from several threads and makes views of them."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._facts: dict[Facts, Facts] = {}
        self._lock = threading.Lock()
        self._missing = False
        self._last: View | None = None
        self._added: list[CheckpointRef] | None = None
        """Checkpoints that came since the last view, or None when something else changed, too."""
        self.filter = ""

    def apply(self, batch: Batch) -> bool:
        """Take in news; returns whether anything changed."""
        with self._lock:
            changed = bool(batch.entries or batch.gone) or batch.missing != self._missing
            if batch.gone or batch.missing != self._missing:
                self._added = None
            self._missing = batch.missing
            for name in batch.gone:
                self._entries.pop(name, None)
            for entry in batch.entries:
                if self._added is not None and isinstance(entry, CheckpointRef) and entry.file not in self._entries:
                    self._added.append(entry)
                else:
                    self._added = None
                self._entries[entry.file] = self._shared(entry)
            return changed

    def _shared(self, entry: Entry) -> Entry:
        """The entry, made of the texts and facts that are known already: it saves a fifth of the memory."""
        if not isinstance(entry, CheckpointRef) or entry.facts is None:
            return entry
        facts = self._facts.setdefault(entry.facts, entry.facts)
        above = self._entries.get(f"{entry.parent}.json")
        if isinstance(above, CheckpointRef) and above.id == entry.parent:
            entry = entry._replace(parent=above.id)
        known = self._entries.get(entry.file)
        if isinstance(known, CheckpointRef) and known[:_HEADER] == entry[:_HEADER]:
            before = (*known[:_PARENT], entry.parent, *known[_PARENT + 1 : _HEADER])
            return CheckpointRef._make((*before, facts, *entry[_HEADER + 1 :]))
        return entry._replace(facts=facts)

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
            added, self._added = self._added, []
            last, text = self._last, self.filter
        view = None
        if last is not None and added is not None and len(added) <= FEW and last.filter == text:
            view = extended(last, added)
        view = view or make_view(entries, missing, text)
        with self._lock:
            self._last = view
        return view
