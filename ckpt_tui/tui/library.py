"""What is known of the open store; the selection is found again by file name."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from ckpt_tui.core.model import CheckpointRef, Facts
from ckpt_tui.stores.base import Batch, Entry
from ckpt_tui.tui.view import View, make_view

VIEW_SECONDS = 0.4
"""Shortest time between two views while a store is read."""

_REST = 3
"""How many times longer than making a view the pause after it is: all views take a quarter of the time at most."""

JUDGED_BYTES = 4 * 1024 * 1024
"""Bytes of the largest file that is judged for the list; larger ones are judged when they are opened."""

_PARENT = CheckpointRef._fields.index("parent")
_HEADER = CheckpointRef._fields.index("facts")
"""Fields of a checkpoint before those that only its body holds."""


class Library:
    """Collects batches from several threads and makes views of them."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._facts: dict[Facts, Facts] = {}
        self._lock = threading.Lock()
        self._missing = False
        self._judged: dict[str, int] = {}
        self.filter = ""

    def apply(self, batch: Batch) -> bool:
        """Take in news; returns whether anything changed."""
        with self._lock:
            changed = bool(batch.entries or batch.gone) or batch.missing != self._missing
            self._missing = batch.missing
            for name in batch.gone:
                self._entries.pop(name, None)
            for entry in batch.entries:
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
        """Files whose bodies have not been read yet, the newest first."""
        with self._lock:
            refs = [e for e in self._entries.values() if isinstance(e, CheckpointRef) and e.facts is None]
        return [ref.file for ref in sorted(refs, key=lambda ref: ref.when, reverse=True)]

    def unjudged(self) -> list[tuple[str, int]]:
        """Files not judged yet (whether they would run code), the newest first, and what `judged` takes."""
        with self._lock:
            refs = [e for e in self._entries.values() if isinstance(e, CheckpointRef) and e.size <= JUDGED_BYTES]
            marks = [(ref.when, ref.file, hash(ref[:_HEADER])) for ref in refs]
            wanted = [item for item in marks if self._judged.get(item[1]) != item[2]]
        return [(file, mark) for _, file, mark in sorted(wanted, reverse=True)]

    def judged(self, file: str, mark: int) -> None:
        """Take in that a file was judged as `unjudged` named it."""
        self._judged[file] = mark

    def entry(self, file: str) -> Entry | None:
        """What is known of one file."""
        return self._entries.get(file)

    def view(self) -> View:
        """A view of everything known now."""
        with self._lock:
            entries = list(self._entries.values())
            missing, text = self._missing, self.filter
        return make_view(entries, missing, text)


class Pace:
    """When to make the next view of a store that is read, or written to, meanwhile.

    The longer a view takes, the later the next one is made: so the time that all of them take grows with the number of
    checkpoints, and not with its square.

    Args:
        clock: Gives the time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._made = clock()
        self._took = 0.0

    @property
    def rest(self) -> float:
        """Seconds to wait before a view of what a workflow wrote; 0.0 where the last one took about 0.1 s or less."""
        return max(self._made + _REST * self._took - VIEW_SECONDS - self._clock(), 0.0)

    @property
    def is_due(self) -> bool:
        """Whether a view should be made of what was read so far."""
        return self._clock() - self._made >= max(VIEW_SECONDS, _REST * self._took)

    def note(self, took: float) -> None:
        """Take in that a view was made just now, and how many seconds of the processor it took."""
        self._made = self._clock()
        self._took = took
