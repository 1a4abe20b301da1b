"""Lines of several processes, and some of our own, as those of one run."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

from ckpt_tui.actions.resume.session import numbered, stamp_now


class LineWriter:
    """Numbers lines in the order in which they come, from whatever thread.

    Args:
        sink: Takes them.
    """

    def __init__(self, sink: Callable[[bytes], None]) -> None:
        self._sink = sink
        self._lock = threading.RLock()
        self._count = 0

    def say(self, kind: str, **fields: Any) -> None:
        """Write a line of our own."""
        line = {"kind": kind, "seq": 0, "t": stamp_now(), **fields}
        self.give(json.dumps(line, separators=(",", ":")).encode("ascii"))

    def give(self, raw: bytes) -> None:
        """Pass on a line of a process."""
        with self._lock:
            self._count += 1
            self._sink(numbered(raw, self._count))
