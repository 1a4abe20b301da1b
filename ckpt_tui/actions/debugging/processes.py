"""The processes of a session of debugging: the one that runs, and the one that is to take over."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any, Protocol

from ckpt_tui.actions.debugging.successor import Successor
from ckpt_tui.actions.resume.plan import Plan
from ckpt_tui.actions.resume.session import Session

_QUICKLY = 0.5
"""Seconds that a process has to end after it was replaced."""


class Owner(Protocol):
    """What a debugging session does with lines of its processes; called in the threads that read them."""

    def wanted(self) -> dict[str, Any]:
        """Where the next process has to pause."""
        ...

    def take(self, session: Session, kind: bytes, raw: bytes) -> None:
        """Take a line of the process that runs."""
        ...

    def lend(self, raw: bytes) -> None:
        """Take a line of a process that asks for the terminal, or gives it back."""
        ...

    def taken_over(self, plan: Plan, check: dict[str, Any]) -> None:
        """Note that the next process is the one that runs now, with its plan and its check."""
        ...

    def not_taken_over(self, problems: list[dict[str, Any]]) -> None:
        """Note that the next process cannot take over, for these reasons."""
        ...


class Processes:
    """One process after another.

    Args:
        plan: What the first one runs.
        owner: Whose they are.
        lock: Held while one takes the place of another.
    """

    def __init__(self, plan: Plan, owner: Owner, lock: threading.RLock) -> None:
        self._owner, self._lock = owner, lock
        self._next: Successor | None = None
        self._current = self._asker = self._session_of(plan)

    @property
    def has_ended(self) -> bool:
        """Whether the process has."""
        return self._current.ended.is_set()

    @property
    def is_stopping(self) -> bool:
        """Whether the process was asked to end."""
        return self._current.is_stopping

    def start(self) -> None:
        """Start the first process."""
        self._current.start()

    def send(self, command: dict[str, Any]) -> None:
        """Send a command to the process that runs."""
        self._current.send(command)

    def answer_terminal(self, command: dict[str, Any]) -> None:
        """Send a command to the process that asked for the terminal."""
        self._asker.send(command)

    def interrupt(self) -> None:
        """Pass on a Ctrl+C to the process, which has the terminal but not its signals."""
        self._current.interrupt()

    def stop(self, grace: float) -> None:
        """Ask the process to end, and kill it after `grace` seconds; returns at once."""
        with self._lock:
            if self._next is not None:
                self._next.session.stop(_QUICKLY)
        if not self.has_ended:
            self._current.stop(grace)

    def kill(self) -> None:
        """End both now, with everything that they started."""
        if self._next is not None:
            self._next.session.kill()
        self._current.kill()

    def prepare(self, plan: Plan) -> None:
        """Check in a new process that a plan can be carried out; then that process takes over."""
        session = self._session_of(plan)
        self._next = Successor(session, self._ready, self._failed)
        session.start()

    def _session_of(self, plan: Plan) -> Session:
        session: Session

        def take(raw: bytes) -> None:
            self._take(session, raw)

        session = Session(replace(plan, pauses=self._owner.wanted()), "ask", take)
        return session

    # -- in the threads that read the lines --------------------------------------------------------------------------

    def _take(self, session: Session, raw: bytes) -> None:
        following = self._next
        is_next = following is not None and session is following.session
        if not is_next and session is not self._current:
            return  # the rest of a process that was left
        kind = raw[9 : raw.find(b'"', 9)]
        if kind in (b"breakpoint", b"breakpoint_end"):
            self._asker = session
            self._owner.lend(raw)
        elif is_next and following is not None:
            following.take(raw)
        else:
            self._owner.take(session, kind, raw)

    def _ready(self, check: dict[str, Any]) -> None:
        """The next process is ready: the one before is ended, then the run goes on in it."""
        with self._lock:
            assert self._next is not None
            before, after, self._next = self._current, self._next.session, None
            self._current = after
            self._owner.taken_over(after.plan, check)
        threading.Thread(target=self._take_over, args=(before, after), daemon=True).start()

    def _take_over(self, before: Session, after: Session) -> None:
        before.stop()
        before.wait()
        after.send({"do": "run", **after.plan.changes(), "debug": self._owner.wanted()})

    def _failed(self, problems: list[dict[str, Any]]) -> None:
        with self._lock:
            self._next = None
            self._owner.not_taken_over(problems)
