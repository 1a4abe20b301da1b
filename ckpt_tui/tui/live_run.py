"""A run that was started here: its session, its log, and its latest lines. It outlives its screen."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any

from ckpt_tui.actions.debugging.debugger import Debugger
from ckpt_tui.actions.resume.document_edits import Edit
from ckpt_tui.actions.resume.log import EventLog
from ckpt_tui.actions.resume.plan import Plan
from ckpt_tui.core.running.event_lines import failure_text, parse_line
from ckpt_tui.core.running.executor_states import Progress
from ckpt_tui.core.running.secret_lines import masked_copy
from ckpt_tui.core.text import clean
from ckpt_tui.tui.widgets.shown_keys import keys_of

_KEPT_EVENTS = tuple(
    f'{{"kind":"{kind}"'.encode()
    for kind in (
        "hello",
        "graph",
        "check",
        "waiting",
        "answered",
        "error",
        "end",
        "checkpoint",
        "paused",
        "edited",
        "dropped",
        "breakpoint",
    )
)
"""The beginnings of lines that a screen must know; the others are only in the log."""


class LiveRun:
    """One run.

    Args:
        plan: The plan.
        on_line: Called with each line that a screen must know, from a thread of the session.

    Attributes:
        log: Its lines.
        latest: Kind → the latest line of that kind, of those that a screen must know.
        begun: Whether the workflow was asked to run.
        written: Ids of the checkpoints that it wrote, in order.
        parents: Id of each of these → id of the one before it, "" for none.
        progress: The state of each executor.
        loans: True for each time that it asks for the terminal, False for each time that it gives it back or ends.
    """

    def __init__(self, plan: Plan, on_line: Callable[[dict[str, Any]], None]) -> None:
        self.plan = plan
        self.log = EventLog()
        self.latest: dict[str, dict[str, Any]] = {}
        self.begun = False
        self.written: list[str] = []
        self.parents: dict[str, str] = {}
        self.progress = Progress()
        self.loans: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self.session = Debugger(plan, self._take, confirmed=False)
        self._on_line = on_line
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start the process; it checks, then waits for a command."""
        self.session.start()

    def check(self, plan: Plan) -> None:
        """Check again, with other answers, edits or types."""
        self.plan = self.session.plan = plan
        self.session.send({"do": "check", **plan.changes()})

    def run(self, plan: Plan) -> None:
        """Run."""
        self.begun = True
        self.plan = self.session.plan = plan
        self.session.send({"do": "run", **plan.changes()})

    def answer(self, responses: dict[str, Any]) -> None:
        """Answer requests that were raised by the run."""
        self.session.send({"do": "answer", "responses": responses})

    def command(self, do: str, **fields: Any) -> None:
        """Carry out a command of the debugger."""
        self.session.send({"do": do, **fields})

    def change(self, edit: Edit) -> None:
        """Change a value, or drop a message, when the run goes on."""
        if edit.drops:
            self.command("drop", path=edit.text)
        else:
            self.command("edit", path=edit.text, value=edit.value)

    @property
    def paused(self) -> dict[str, Any] | None:
        """Where the run is paused; None where it is not."""
        return self.session.paused

    @property
    def failure(self) -> str:
        """Why it failed, and where in the person's file; "" where it did not fail."""
        error = self.latest.get("error")
        if error is None or self.latest.get("end", {}).get("outcome") != "failed":
            return ""
        return clean(failure_text(masked_copy(error)), 400)

    @property
    def why_not_paused(self) -> str:
        """Why a key that needs a paused run does nothing, and which key helps."""
        if "end" in self.latest:
            again, back = keys_of("run.resume"), keys_of("app.back")
            return f"The run is over: {again} runs it again from here, {back} shows its checkpoints."
        if not self.begun:
            return f"The run is not paused: {keys_of('run.step')} begins it and pauses it after its first superstep."
        return f"The run is not paused: {keys_of('run.step')} pauses it after this superstep."

    def stop(self) -> None:
        """Ask it to end; when it was asked before, kill it."""
        if self.session.is_stopping:
            self.session.kill()
        else:
            self.session.stop()

    @property
    def is_live(self) -> bool:
        """Whether the process lives."""
        return not self.session.ended.is_set()

    def _take(self, raw: bytes) -> None:
        self.log.add(raw)
        self.progress.take(raw)
        if raw.startswith(b'{"kind":"breakpoint"'):
            self.loans.put(True)
        elif raw.startswith((b'{"kind":"breakpoint_end"', b'{"kind":"end"')):
            self.loans.put(False)
        if raw.startswith(_KEPT_EVENTS):
            line = parse_line(raw)
            kind = str(line.get("kind"))
            with self._lock:
                self.latest[kind] = line
                if kind == "checkpoint":
                    self.written.append(str(line.get("id")))
                    self.parents[self.written[-1]] = str(line.get("parent") or "")
            self._on_line(line)
