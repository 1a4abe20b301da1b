"""Caches that are bounded by the weight and the number of their values, and drop those used longest ago."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import Generic, TypeVar

WEIGHT = 1_000_000
"""What all answers to queries that are kept may weigh; a value of a history, a match or a measured path weighs one."""

Key = TypeVar("Key", bound=Hashable)
Kept = TypeVar("Kept")


class Cache(Generic[Key, Kept]):
    """Keeps the values used last. One thread may call `get` while another calls `put`.

    Args:
        limit: What all values together may weigh.
        weigh: The weight of a value; 1 for each where it is not given.
        count: How many are kept at most, whatever they weigh; None for any number.
        least: How many are kept even where they weigh more than the limit. A value that weighs more than the limit by
            itself is not kept at all where this is 0.
    """

    def __init__(
        self, limit: int = WEIGHT, weigh: Callable[[Kept], int] | None = None, count: int | None = None, least: int = 0
    ) -> None:
        self._limit = limit
        self._weigh = weigh
        self._count = count
        self._least = least
        self._weight = 0
        self._kept: OrderedDict[Key, tuple[Kept, int]] = OrderedDict()

    def get(self, key: Key) -> Kept | None:
        """The value of a key, which counts as used now; None where there is none."""
        found = self._kept.get(key)
        if found is None:
            return None
        with suppress(KeyError):  # another thread may have dropped it meanwhile
            self._kept.move_to_end(key)
        return found[0]

    def put(self, key: Key, value: Kept, weight: int | None = None) -> None:
        """Keep a value; those used longest ago make room for it.

        Args:
            key: The key.
            value: The value.
            weight: What it weighs; None for what `weigh` says.
        """
        self.drop(key)
        if weight is None:
            weight = 1 if self._weigh is None else self._weigh(value)
        if weight > self._limit and not self._least:
            return
        self._kept[key] = (value, weight)
        self._weight += weight
        while (self._count is not None and len(self._kept) > self._count) or (
            self._weight > self._limit and len(self._kept) > self._least
        ):
            _, (_, gone) = self._kept.popitem(last=False)
            self._weight -= gone

    def drop(self, key: Key) -> None:
        """Forget the value of a key, if there is one."""
        found = self._kept.pop(key, None)
        if found is not None:
            self._weight -= found[1]

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self._weight = 0

    def __len__(self) -> int:
        return len(self._kept)


class SharedCache(Generic[Key, Kept]):
    """Keeps the values used last; any number of threads may call `get` and `put` at once.

    It holds two generations. When the young one weighs half of the limit it becomes the old one, which is dropped; what
    is used is young again. Each step is a single one for the interpreter, so that no lock is needed; two threads that
    put at once may count the weight of one of them only, until the next generation counts again.

    Args:
        limit: What all values together may weigh.
    """

    def __init__(self, limit: int) -> None:
        self._half = limit // 2
        self._weight = 0
        self._young: dict[Key, tuple[Kept, int]] = {}
        self._old: dict[Key, tuple[Kept, int]] = {}

    def get(self, key: Key) -> Kept | None:
        """The value of a key; None where there is none."""
        found = self._young.get(key)
        if found is None:
            found = self._old.get(key)
            if found is None:
                return None
            self.put(key, *found)
        return found[0]

    def put(self, key: Key, value: Kept, weight: int) -> None:
        """Keep a value; one that weighs half of the limit by itself is not kept."""
        if weight > self._half:
            return
        if self._weight + weight > self._half:
            self._old, self._young, self._weight = self._young, {}, 0
        if key not in self._young:
            self._weight += weight
        self._young[key] = (value, weight)

    def clear(self) -> None:
        """Forget everything."""
        self._old, self._young, self._weight = {}, {}, 0
