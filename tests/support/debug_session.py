"""A session of debugging whose lines a test waits for."""

from __future__ import annotations

import json
import queue
from collections.abc import Sequence
from typing import Any

from ckpt_tui.actions.debugging.breakpoints import Breakpoint
from ckpt_tui.actions.debugging.debugger import Debugger
from ckpt_tui.actions.resume.plan import Plan
from tests.support.patience import PATIENCE


class DebugSession:
    """Starts the run of a plan."""

    def __init__(self, plan: Plan, breaks: Sequence[Breakpoint] = (), step: bool = False) -> None:
        self.lines: list[dict[str, Any]] = []
        self._queue: queue.Queue[bytes] = queue.Queue()
        self.debugger = Debugger(plan, self._queue.put, breaks, step)
        self.debugger.start()

    def until(self, kind: str) -> dict[str, Any]:
        """The next line of a kind."""
        while True:
            line: dict[str, Any] = json.loads(self._queue.get(timeout=PATIENCE))
            self.lines.append(line)
            if line["kind"] == kind:
                return line
            assert line["kind"] != "end", line

    def do(self, command: str, **fields: Any) -> None:
        """Give a command."""
        self.debugger.send({"do": command, **fields})
