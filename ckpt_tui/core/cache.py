"""A cache that is bounded by the weight and the number of what it keeps, and drops what was used longest ago."""

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
    """Keeps the values used last. One thread may look while another one puts.

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
            key: What it is found by.
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
