"""The newest lines of a run, within a bound of lines and bytes."""

from __future__ import annotations

import threading
from collections.abc import Iterator

LINES = 100_000
"""Lines that are kept."""

BYTES = 32_000_000
"""Bytes of lines that are kept."""


class EventLog:
    """Takes lines from the threads of a session and gives them to whoever shows them.

    Lines are identified by their number, 0 for the first that ever came; the oldest ones are dropped when there are
    too many, and `first` shows the number of the oldest that is kept.

    Args:
        lines: Lines that are kept at most.
        size: Bytes that are kept at most.
    """

    def __init__(self, lines: int = LINES, size: int = BYTES) -> None:
        self.first = 0
        self.failed_saves = 0
        self.checkpoints = 0
        self._lines: list[bytes] = []
        self._size = 0
        self._most, self._most_bytes = lines, size
        self._lock = threading.Lock()

    def add(self, line: bytes) -> None:
        """Take one line."""
        with self._lock:
            if line.startswith(b'{"kind":"checkpoint'):
                if line.startswith(b'{"kind":"checkpoint"'):
                    self.checkpoints += 1
                else:
                    self.failed_saves += 1
            self._lines.append(line)
            self._size += len(line)
            if len(self._lines) > self._most or self._size > self._most_bytes:
                self._drop()

    def _drop(self) -> None:
        # A tenth at a time: dropping one by one would move all others each time.
        count = max(len(self._lines) // 10, 1)
        while count < len(self._lines) and self._size - sum(map(len, self._lines[:count])) > self._most_bytes:
            count += max(len(self._lines) // 10, 1)
        self._size -= sum(map(len, self._lines[:count]))
        del self._lines[:count]
        self.first += count

    def __len__(self) -> int:
        """The number of lines that were ever added."""
        return self.first + len(self._lines)

    @property
    def size(self) -> int:
        """Bytes of the lines that are kept."""
        return self._size

    def get(self, number: int) -> bytes | None:
        """One line, or None when it was dropped or never came."""
        with self._lock:
            at = number - self.first
            return self._lines[at] if 0 <= at < len(self._lines) else None

    def since(self, number: int) -> tuple[int, list[bytes]]:
        """The lines from a number on, and the number of the first of them."""
        with self._lock:
            start = max(number, self.first)
            return start, self._lines[start - self.first :]

    def lines(self) -> Iterator[bytes]:
        """All lines that are kept."""
        return iter(self.since(0)[1])
