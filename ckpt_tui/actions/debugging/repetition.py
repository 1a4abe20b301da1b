"""Runs the same input several times, one run after the other, and compares the runs."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from ckpt_tui.actions.debugging.line_writer import LineWriter
from ckpt_tui.actions.debugging.run_comparison import RunLines, RunResult, compared_line, runs_part
from ckpt_tui.actions.debugging.session_checkpoints import find_checkpoint
from ckpt_tui.actions.resume.plan import FAILED, Plan
from ckpt_tui.actions.resume.session import GRACE, Session
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.fork_directories import DATABASE

MOST = 1_000
"""Runs that may be asked for."""


class Repetition:
    """Several runs of one plan; it has what a `Session` has.

    Lines `again` come before each run, `run_end` after it, `compared` and `end` after the last.

    Args:
        plan: What to run.
        count: How many times.
        sink: Takes the lines; see `Session`.
        confirmed: Run as soon as the check is good; else wait for `run`.
        first: The number of the first of these runs: 2 where one was run before.
    """

    def __init__(
        self, plan: Plan, count: int, sink: Callable[[bytes], None], confirmed: bool = True, first: int = 1
    ) -> None:
        self.plan = plan
        self.outcome = ""
        self.code = FAILED
        self.ended = threading.Event()
        self.results: list[RunResult] = []
        self._count, self._first = count, first
        self._lines = LineWriter(sink)
        self._confirmed = confirmed
        self._stopping = False
        self._directories = directories(plan.into)
        self._reader, self._session = self._next(confirmed)

    def start(self) -> None:
        """Start the first process."""
        self._announce()
        self._session.start()

    def send(self, command: dict[str, Any]) -> None:
        """Send a command to the process that runs."""
        self._session.send(command)

    def stop(self, grace: float = GRACE) -> None:
        """Ask the run to end, and begin no other; returns at once."""
        self._stopping = True
        self._session.stop(grace)

    def kill(self) -> None:
        """End the process now."""
        self._stopping = True
        self._session.kill()

    def interrupt(self) -> None:
        """Pass on a Ctrl+C."""
        self._session.interrupt()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end; False when it does not come in time."""
        return self.ended.wait(seconds)

    @property
    def is_stopping(self) -> bool:
        """Whether it was asked to end."""
        return self._stopping

    def _next(self, confirmed: bool = True) -> tuple[RunLines, Session]:
        plan = replace(self.plan, into=next(self._directories))
        session: Session

        def take(raw: bytes) -> None:
            self._take(session, raw)

        session = Session(plan, "run" if confirmed else "ask", take)
        return RunLines(self._first + len(self.results), plan.into), session

    def _announce(self) -> None:
        number, directory = self._first + len(self.results), self._session.plan.into
        self._lines.say("again", run=number, of=self._first + self._count - 1, directory=directory)

    def _take(self, session: Session, raw: bytes) -> None:
        line = json.loads(raw)
        kind = line.get("kind")
        if kind == "waiting" and session is self._session:  # nobody answers what is asked in each of many runs
            session.send({"do": "leave"})
        if kind != "end":
            self._reader.take(line)
            self._lines.give(raw)
            return
        result = self._reader.result(line)
        self.results.append(result)
        self._lines.say("run_end", run=result.number, outcome=result.outcome, gist=result.gist)
        self.code = max(self.code if len(self.results) > 1 else 0, session.code)
        if len(self.results) < self._count and not self._stopping and session.outcome not in ("refused", "stopped"):
            self._reader, self._session = self._next()
            self._announce()
            self._session.start()
        else:
            threading.Thread(target=self._finish, args=(line,), daemon=True).start()

    def _finish(self, end: dict[str, Any]) -> None:
        part = None
        try:
            part = runs_part(self.results, lambda directory, name: find_checkpoint(name, (directory,))[0])
        except CkptError as error:
            self._lines.say("error", where="compare", what=error.what, fix=error.hint, traceback="")
        self._lines.say("compared", **compared_line(self.results, part))
        self.outcome = self.results[-1].outcome
        members = {name: value for name, value in end.items() if name not in ("kind", "seq", "t")}
        self._lines.say("end", **{**members, "code": self.code})
        self.ended.set()


def directories(into: str) -> Iterator[str]:
    """Places for the checkpoints of each run, the first as it is given: DIR, DIR-2 …; of NAME-3, NAME-4 and on.

    Those of a database keep its ending.
    """
    name = into.removesuffix(DATABASE)
    ending = into[len(name) :]
    stem, dash, number = name.rpartition("-")
    yield into
    at = int(number) if dash and number.isdigit() else 1
    stem = stem if dash and number.isdigit() else name
    while True:
        at += 1
        if not os.path.lexists(f"{stem}-{at}{ending}"):
            yield f"{stem}-{at}{ending}"
