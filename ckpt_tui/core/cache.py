"""Answers that are kept, so that a question asked again costs nothing: by what was asked and of which content."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

WEIGHT = 1_000_000
"""What all kept answers may weigh; a value of a history, a match or a measured path counts one."""


class Answers:
    """Keeps the answers asked for last, up to a weight. A key tells the question and the content it was asked of."""

    def __init__(self, weight: int = WEIGHT) -> None:
        self._limit = weight
        self._weight = 0
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()

    def get(self, key: Hashable) -> Any:
        """The answer to a question, or None."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def put(self, key: Hashable, answer: Any, weight: int = 1) -> None:
        """Keep an answer; the oldest ones make room for it."""
        self.drop(key)
        if weight > self._limit:
            return
        self._kept[key] = (answer, weight)
        self._weight += weight
        while self._weight > self._limit:
            _, (_, gone) = self._kept.popitem(last=False)
            self._weight -= gone

    def drop(self, key: Hashable) -> None:
        """Forget an answer."""
        found = self._kept.pop(key, None)
        if found is not None:
            self._weight -= found[1]

    def __len__(self) -> int:
        return len(self._kept)
