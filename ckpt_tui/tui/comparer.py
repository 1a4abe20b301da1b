"""Diffs made in workers and cached by the contents of both checkpoints, so that a repeated one is there at once.

The worker that makes a diff imports what it needs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, NamedTuple

from ckpt_tui.core.cache import Cache
from ckpt_tui.core.model import Checkpoint
from ckpt_tui.tui.workers import engines

if TYPE_CHECKING:
    from ckpt_tui.core.diff.changes import Difference
    from ckpt_tui.core.diff.divergence import CommonAncestor, Divergence
    from ckpt_tui.core.diff.ignore_rules import IgnoreRules
    from ckpt_tui.core.model import CheckpointRef
    from ckpt_tui.stores.base import Store

KEPT = 24
"""Diffs kept whole, with their values."""

KEPT_COUNTS = 50_000
"""Counts kept."""

KEPT_CHECKPOINTS = 6
"""Decoded checkpoints kept: a chain is compared one step after the other."""

KEPT_BYTES = 8_000_000
"""Bytes of their files altogether."""

Check = Callable[[], None]


class Compared(NamedTuple):
    """Two checkpoints, decoded, and what changed between them."""

    before: Checkpoint
    after: Checkpoint
    difference: Difference


class Comparer:
    """Makes diffs of the checkpoints of one store, and caches them; may be used by several threads.

    Args:
        store: Where the checkpoints are.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._lock = threading.Lock()
        self._compared = Cache[Hashable, Compared](KEPT_BYTES, _size, KEPT, least=1)
        self._counts = Cache[Hashable, int](KEPT_COUNTS)
        self._loaded = Cache[Hashable, Checkpoint](KEPT_BYTES, lambda kept: kept.ref.size, KEPT_CHECKPOINTS, least=2)

    def known(self, before: CheckpointRef, after: CheckpointRef, ignore: IgnoreRules) -> Compared | None:
        """The diff of two checkpoints if it was made."""
        return self._compared.get(_key(before, after, ignore))

    def count(self, before: CheckpointRef, after: CheckpointRef, ignore: IgnoreRules) -> int | None:
        """How many changes there are, if that is known."""
        return self._counts.get(_key(before, after, ignore))

    def compare(
        self, before: CheckpointRef, after: CheckpointRef, ignore: IgnoreRules, check: Check,
        progress: Callable[[int], None] | None = None,
    ) -> Compared:  # fmt: skip
        """The diff of two checkpoints; `progress` is called now and then with how many values were compared.

        Raises:
            CkptError: one of them cannot be read.
        """
        key = _key(before, after, ignore)
        with self._lock:
            found = self._compared.get(key)
            if found is not None:
                return found
            found = self._made(before, after, ignore, check, progress)
            self._compared.put(key, found)
            self._counts.put(key, len(found.difference.shown))
            return found

    def tally(self, before: CheckpointRef, after: CheckpointRef, ignore: IgnoreRules, check: Check) -> int:
        """How many changes there are between two checkpoints.

        Raises:
            CkptError: one of them cannot be read.
        """
        key = _key(before, after, ignore)
        with self._lock:
            count = self._counts.get(key)
            if count is None:
                count = len(self._made(before, after, ignore, check).difference.shown)
                self._counts.put(key, count)
            return count

    def part(
        self, found: CommonAncestor, ignore: IgnoreRules, progress: Callable[[int, int], None], check: Check
    ) -> Divergence | None:
        """The first step in which two branches differ.

        Raises:
            CkptError: a checkpoint of the branches cannot be read.
        """

        def load(ref: CheckpointRef) -> Checkpoint:
            with self._lock:
                return self._load(ref, check)

        return engines().divergence(found, load, ignore, progress)

    def _made(
        self, before: CheckpointRef, after: CheckpointRef, ignore: IgnoreRules, check: Check,
        progress: Callable[[int], None] | None = None,
    ) -> Compared:  # fmt: skip
        one, other = self._load(before, check), self._load(after, check)
        return Compared(one, other, engines().diff_checkpoints(one, other, ignore, check, progress))

    def _load(self, ref: CheckpointRef, check: Check) -> Checkpoint:
        key = _content(ref)
        found = self._loaded.get(key)
        if found is None:
            found = self.store.load(ref.file, check)
            self._loaded.put(key, found)
        return found


def _size(compared: Compared) -> int:
    return compared.before.ref.size + compared.after.ref.size


def _content(ref: CheckpointRef) -> Hashable:
    """A key for the content of a checkpoint; a file that is replaced has another time."""
    return ref.file, ref.id, ref.timestamp, ref.size


def _key(before: CheckpointRef, after: CheckpointRef, ignore: IgnoreRules) -> Hashable:
    return _content(before), _content(after), ignore.key
