"""Lines of several processes, and some of our own, as those of one run."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

from ckpt_tui.actions.resume.session import numbered, stamp_now


class LineWriter:
    """Numbers lines in the order in which they come, from whatever thread; the last one counts for all processes.

    Args:
        sink: Takes them.
    """

    def __init__(self, sink: Callable[[bytes], None]) -> None:
        self._sink = sink
        self._lock = threading.RLock()
        self._count = self._saved = self._unsaved = 0

    def say(self, kind: str, **fields: Any) -> None:
        """Write a line of our own."""
        line = {"kind": kind, "seq": 0, "t": stamp_now(), **fields}
        self.give(json.dumps(line, separators=(",", ":")).encode("ascii"))

    def give(self, raw: bytes) -> None:
        """Pass on a line of a process."""
        with self._lock:
            self._count += 1
            self._saved += raw.startswith(b'{"kind":"checkpoint"')
            self._unsaved += raw.startswith(b'{"kind":"checkpoint_failed"')
            if raw.startswith(b'{"kind":"end"'):
                raw = self._counted(raw)
            self._sink(numbered(raw, self._count))

    def _counted(self, raw: bytes) -> bytes:
        """The last line, with the checkpoints that all processes wrote, or could not."""
        line = json.loads(raw)
        for name, count in (("checkpoints", self._saved), ("unsaved", self._unsaved)):
            if type(line.get(name)) is int and line[name] < count:
                line[name] = count
        return json.dumps(line, separators=(",", ":")).encode("ascii")
