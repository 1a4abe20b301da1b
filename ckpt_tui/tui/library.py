"""The known part of the open store, from which views are made."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ckpt_tui.core.model import CheckpointRef, Facts, Problem
from ckpt_tui.core.runs.groups import FOLDED
from ckpt_tui.core.runs.growing_runs import Arrangement
from ckpt_tui.stores.base import Batch, Entry
from ckpt_tui.tui.folded_view import Folding
from ckpt_tui.tui.group_library import GroupLibrary
from ckpt_tui.tui.view import View, ViewMaker

if TYPE_CHECKING:
    from ckpt_tui.stores.store_groups import GroupBatch

VIEW_SECONDS = 0.4
"""Shortest time between two views while a store is read."""

WRITTEN_SECONDS = 0.15
"""Shortest time between two views of what a workflow writes: several checkpoints within it are drawn at once."""

_REST = 9
"""How many times longer than making a view the pause after it is: all views take a tenth of the time at most."""

JUDGED_BYTES = 4 * 1024 * 1024
"""Bytes of the largest file that is judged for the list; larger ones are judged when they are opened."""

_PARENT = CheckpointRef._fields.index("parent")
_HEADER = CheckpointRef._fields.index("facts")
"""The number of fields of a header that come before those of the body."""


class Library:
    """Collects batches from several threads and makes views of them.

    Args:
        follows: Whether the newest checkpoint is followed: its run is unfolded then.

    Attributes:
        filter: The text that rows must contain, or "".
        folding: Which runs are folded, where the store is large.
        groups: The groups of a store that lists its runs first; None for any other.
    """

    def __init__(self, follows: Callable[[], bool] = lambda: True) -> None:
        self._entries: dict[str, Entry] = {}
        self._problems: dict[str, Problem] = {}
        self._unread: dict[str, float] = {}
        """Files whose bodies have not been read, and the time of each checkpoint."""
        self._facts: dict[Facts, Facts] = {}
        self._lock = threading.Lock()
        self._missing = False
        self._judged: dict[str, int] = {}
        self._arrangement = Arrangement(self._refs)
        self._views = ViewMaker()
        self._broken: tuple[Problem, ...] | None = ()
        """The problems as the last view shows them; None where there are others now."""
        self.filter = ""
        self.folding = Folding(follows)
        self.groups: GroupLibrary | None = None
        self._is_large = False

    def expect(self, checkpoints: int) -> None:
        """Set how many checkpoints there will be: where they are many, runs are folded from the beginning."""
        self._is_large = self._is_large or checkpoints > FOLDED

    def apply(self, batch: Batch) -> bool:
        """Apply a batch; returns whether anything changed."""
        with self._lock:
            changed = bool(batch.entries or batch.gone) or batch.missing != self._missing
            self._missing = batch.missing
            for name in batch.gone:
                self._put(name, None)
            for entry in batch.entries:
                self._put(entry.file, self._shared(entry))
            return changed

    def _put(self, file: str, entry: Entry | None) -> None:
        """Set the present entry of a file; None where it is gone."""
        known = self._entries.get(file)
        if entry is None:
            self._entries.pop(file, None)
        else:
            self._entries[file] = entry
        if self._problems.pop(file, None) is not None:
            self._broken = None
        if isinstance(entry, Problem):
            self._problems[file] = entry
            self._broken = None
        before = known if isinstance(known, CheckpointRef) else None
        now = entry if isinstance(entry, CheckpointRef) else None
        if before is not None or now is not None:
            self._arrangement.change(before, now)
        if now is not None and now.facts is None:
            self._unread[file] = now.when
        else:
            self._unread.pop(file, None)

    def _refs(self) -> list[CheckpointRef]:
        return [entry for entry in self._entries.values() if isinstance(entry, CheckpointRef)]

    def _shared(self, entry: Entry) -> Entry:
        """The entry with equal texts and facts shared, which saves a fifth of the memory."""
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
            return sorted(self._unread, key=self._unread.__getitem__, reverse=True)

    def unjudged(self) -> list[tuple[str, int]]:
        """Files not judged yet (whether they would run code), the newest first, with the argument for `judged`."""
        with self._lock:
            refs = [e for e in self._entries.values() if isinstance(e, CheckpointRef) and e.size <= JUDGED_BYTES]
            marks = [(ref.when, ref.file, hash(ref[:_HEADER])) for ref in refs]
            wanted = [item for item in marks if self._judged.get(item[1]) != item[2]]
        return [(file, mark) for _, file, mark in sorted(wanted, reverse=True)]

    def judged(self, file: str, mark: int) -> None:
        """Mark a file as judged, as given by `unjudged`."""
        self._judged[file] = mark

    def entry(self, file: str) -> Entry | None:
        """The entry of one file."""
        return self._entries.get(file)

    def view(self) -> View:
        """A view of all known entries."""
        with self._lock:
            if self._broken is None:
                self._broken = tuple(self._problems.values())
            self.expect(len(self._entries))
            if self.groups is not None:
                self.folding.groups, self.folding.matched = self.groups.now()
            folding = self.folding if self._is_large or self.groups is not None else None
            return self._views.make(self._arrangement, self._broken, self._missing, self.filter, folding)

    # -- a store that lists its runs first ---------------------------------------------------------------------------

    def apply_groups(self, batch: GroupBatch) -> bool:
        """Apply a batch of groups; returns whether anything changed."""
        with self._lock:
            assert self.groups is not None
            changed = bool(len(batch.groups) or batch.entries or batch.gone or batch.starts)
            changed = changed or batch.missing != self._missing
            self._missing = batch.missing
            if batch.starts:
                for file in list(self._problems):
                    if not batch.store or file.startswith(f"{batch.store}/"):
                        self._put(file, None)
            for file in batch.gone:
                self._put(file, None)
            for entry in self.groups.apply(batch):
                self._put(entry.file, self._shared(entry))
            return changed

    def put_group(self, group: str, entries: Sequence[Entry]) -> None:
        """Set the checkpoints of a group."""
        with self._lock:
            assert self.groups is not None
            for file in self.groups.put(group, entries, filter(self.folding.holds, self.groups.read)):
                self._put(file, None)
            for entry in entries:
                known = self._entries.get(entry.file)
                if known != entry and not (isinstance(known, CheckpointRef) and known._replace(facts=None) == entry):
                    self._put(entry.file, self._shared(entry))

    def is_unread(self, file: str) -> bool:
        """Whether the run of a file is listed, and its checkpoints are not known."""
        groups = self.groups
        home = "" if groups is None else groups.store.home(file)
        return groups is not None and bool(home) and not groups.is_read(home)


class Pace:
    """Decides when to make the next view of a store that is read or written to.

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
        """Seconds to wait after a view for further checkpoints of a workflow."""
        return max(self._made + max(WRITTEN_SECONDS, _REST * self._took - VIEW_SECONDS) - self._clock(), 0.0)

    @property
    def is_due(self) -> bool:
        """Whether a view should be made now."""
        return self._clock() - self._made >= max(VIEW_SECONDS, _REST * self._took)

    def note(self, took: float) -> None:
        """Note that a view was made just now, and how many seconds of processor time it took."""
        self._made = self._clock()
        self._took = took
