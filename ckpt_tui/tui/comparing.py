"""Diffs made in workers and kept: by what the two checkpoints are, so that the second question is answered at once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from ckpt_tui.core.diff.changes import Difference
from ckpt_tui.core.diff.diff import diff_checkpoints
from ckpt_tui.core.diff.forks import Fork, Parting, parting
from ckpt_tui.core.diff.noise import Noise
from ckpt_tui.core.model import Checkpoint, CheckpointRef
from ckpt_tui.stores.base import Store

KEPT = 24
"""Diffs kept whole, with the values they tell."""

KEPT_COUNTS = 50_000
"""Counts kept."""

KEPT_CHECKPOINTS = 6
"""Decoded checkpoints kept: a chain is compared one step after the other."""

KEPT_BYTES = 16_000_000
"""Bytes of their files altogether."""

Check = Callable[[], None]


class Compared(NamedTuple):
    """Two checkpoints, decoded, and what changed between them."""

    before: Checkpoint
    after: Checkpoint
    difference: Difference


class Comparer:
    """Makes diffs of the checkpoints of one store, and keeps them; may be asked by several threads.

    Args:
        store: Where the checkpoints are.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._lock = threading.Lock()
        self._compared: OrderedDict[object, Compared] = OrderedDict()
        self._counts: OrderedDict[object, int] = OrderedDict()
        self._loaded: OrderedDict[object, Checkpoint] = OrderedDict()

    def known(self, before: CheckpointRef, after: CheckpointRef, noise: Noise) -> Compared | None:
        """The diff of two checkpoints if it was made."""
        return self._compared.get(_key(before, after, noise))

    def count(self, before: CheckpointRef, after: CheckpointRef, noise: Noise) -> int | None:
        """How many changes there are, if that is known."""
        return self._counts.get(_key(before, after, noise))

    def compare(
        self, before: CheckpointRef, after: CheckpointRef, noise: Noise, check: Check,
        progress: Callable[[int], None] | None = None,
    ) -> Compared:  # fmt: skip
        """The diff of two checkpoints; `progress` hears now and then how many values were looked at.

        Raises:
            CkptError: one of them cannot be read.
        """
        key = _key(before, after, noise)
        with self._lock:
            found = self._compared.get(key)
            if found is not None:
                self._compared.move_to_end(key)
                return found
            one, other = self._load(before, check), self._load(after, check)
            found = Compared(one, other, diff_checkpoints(one, other, noise, check, progress))
            self._compared[key] = found
            size = sum(kept.before.ref.size + kept.after.ref.size for kept in self._compared.values())
            while len(self._compared) > KEPT or (len(self._compared) > 1 and size > KEPT_BYTES):
                _, gone = self._compared.popitem(last=False)
                size -= gone.before.ref.size + gone.after.ref.size
            self._remember(key, len(found.difference.shown))
            return found

    def tally(self, before: CheckpointRef, after: CheckpointRef, noise: Noise, check: Check) -> int:
        """How many changes there are between two checkpoints.

        Raises:
            CkptError: one of them cannot be read.
        """
        key = _key(before, after, noise)
        with self._lock:
            if key not in self._counts:
                one, other = self._load(before, check), self._load(after, check)
                self._remember(key, len(diff_checkpoints(one, other, noise, check).shown))
            return self._counts[key]

    def part(self, found: Fork, noise: Noise, progress: Callable[[int, int], None], check: Check) -> Parting | None:
        """The first step in which two branches differ.

        Raises:
            CkptError: a checkpoint on the way cannot be read.
        """

        def load(ref: CheckpointRef) -> Checkpoint:
            with self._lock:
                return self._load(ref, check)

        return parting(found, load, noise, progress)

    def _remember(self, key: object, count: int) -> None:
        self._counts[key] = count
        while len(self._counts) > KEPT_COUNTS:
            self._counts.popitem(last=False)

    def _load(self, ref: CheckpointRef, check: Check) -> Checkpoint:
        key = _content(ref)
        found = self._loaded.get(key)
        if found is None:
            found = self._loaded[key] = self.store.load(ref.file, check)
        self._loaded.move_to_end(key)
        size = sum(kept.ref.size for kept in self._loaded.values())
        while len(self._loaded) > KEPT_CHECKPOINTS or (len(self._loaded) > 2 and size > KEPT_BYTES):
            size -= self._loaded.popitem(last=False)[1].ref.size
        return found


def _content(ref: CheckpointRef) -> object:
    """What tells a checkpoint's content: the framework writes a file once; one that is replaced has another time."""
    return ref.file, ref.id, ref.timestamp, ref.size


def _key(before: CheckpointRef, after: CheckpointRef, noise: Noise) -> object:
    return _content(before), _content(after), noise.key
