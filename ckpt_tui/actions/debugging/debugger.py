"""A live run that a person steps, stops on a condition, changes, takes back to a checkpoint and continues.

What a person sees as one session is one process after another: a change, or going back, ends the process and resumes
from the checkpoint where the person is, as a fork in the same directory. All states are in checkpoints.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from ckpt_tui.actions.debugging.breakpoints import Breakpoint
from ckpt_tui.actions.debugging.line_writer import LineWriter
from ckpt_tui.actions.debugging.messages_in_flight import MessageInFlight, messages_in_flight
from ckpt_tui.actions.debugging.pause_fields import after_failure, at_checkpoint, at_hold
from ckpt_tui.actions.debugging.pending_changes import PendingChanges
from ckpt_tui.actions.debugging.processes import Processes
from ckpt_tui.actions.debugging.session_checkpoints import find_checkpoint
from ckpt_tui.actions.debugging.session_commands import breakpoints_in, checked
from ckpt_tui.actions.debugging.session_record import note_begin, note_end, note_moved
from ckpt_tui.actions.debugging.stops import Stops, place_to_run_to
from ckpt_tui.actions.debugging.successor import plan_from
from ckpt_tui.actions.resume.plan import FAILED, Edit, Plan
from ckpt_tui.actions.resume.session import GRACE, Session
from ckpt_tui.actions.resume.targets import anchored
from ckpt_tui.core.model import Checkpoint
from ckpt_tui.errors import CkptError


class Debugger:
    """One session of debugging; it has what a `Session` has.

    Args:
        plan: What to run.
        sink: Takes the lines, numbered from 1; see `Session`. Lines `held` are not passed on: `paused` is, where the
            run stops.
        breakpoints: Where it stops.
        step: Stop after every superstep.
        confirmed: Run as soon as the check is good; else wait for `run`.
        is_answered: Wait for the answers of requests; else a run that waits for them ends.

    Attributes:
        outcome: How the run ended, as in `Session`.
        code: Its exit code.
        paused: The line of the pause that lasts, or None.
    """

    def __init__(
        self, plan: Plan, sink: Callable[[bytes], None], breakpoints: Iterable[Breakpoint] = (), step: bool = False,
        confirmed: bool = True, is_answered: bool = True,
    ) -> None:  # fmt: skip
        self.plan = plan
        self.outcome = ""
        self.code = FAILED
        self.paused: dict[str, Any] | None = None
        self.ended = threading.Event()
        self._turn = threading.Event()
        """Set while the run is paused, and at its end: a command that needs a pause has its answer then."""
        self._lines = LineWriter(sink)
        self._stops = Stops(breakpoints, step)
        self._confirmed = confirmed
        self._is_answered = is_answered
        self._lock = threading.RLock()
        self._changes = PendingChanges(plan.source.id)
        self._waits = False
        self._failure: dict[str, Any] | None = None
        self._where: dict[str, Any] = {}
        """The pause that a person goes on from."""
        self._last = b""
        """The last line of a run that failed, kept back while the person looks at the failure."""
        self._origin = plan.source.store
        self._graph: dict[str, Any] = {}
        self._ending = self._is_abandoned = False
        self._processes = Processes(plan, self, self._lock)

    # -- what the owner does -----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the process."""
        with suppress(CkptError):
            self._stops.watcher.begin(self._found(self._changes.at)[0] if self._changes.at else None)
        self._processes.start()

    def stop(self, grace: float = GRACE) -> None:
        """Ask the run to end, and kill it after `grace` seconds; returns at once."""
        self._ending = True
        with self._lock:
            is_over = self._processes.has_ended
            self.paused = None
        self._processes.stop(grace)
        if is_over:
            self._close()

    def kill(self) -> None:
        """End the process now, with everything that it started."""
        self._ending = True
        self._processes.kill()

    def abandon(self) -> None:
        """End the process now, as a run that was cut off: the next start offers to go on with it."""
        self._is_abandoned = True
        self.kill()

    def interrupt(self) -> None:
        """Pass on a Ctrl+C to the process, which has the terminal but not its signals."""
        self._processes.interrupt()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end; False when it does not come in time."""
        return self.ended.wait(seconds)

    def wait_for_pause(self) -> None:
        """Wait until the run is paused, or has ended."""
        self._turn.wait()

    @property
    def is_stopping(self) -> bool:
        """Whether it was asked to end."""
        return self._ending or self._processes.is_stopping

    @property
    def breakpoints(self) -> tuple[Breakpoint, ...]:
        """Where the run stops."""
        return self._stops.watcher.breakpoints

    def in_flight(self) -> list[MessageInFlight]:
        """The messages in flight where the person is, without those that are dropped; reads the checkpoint.

        Raises:
            CkptError: it cannot be read.
        """
        dropped = {each.text for each in self._changes.edits if each.drops}
        return [each for each in messages_in_flight(self._found(self._changes.at)[0]) if each.path not in dropped]

    def release(self) -> None:
        """Take no more commands: the run goes on to its end, and a request ends it."""
        with self._lock:
            self._is_answered = False
            self._stops.never()
            if self._processes.has_ended:
                self._close()
            elif self.paused is not None:
                self._go_on()
            elif self._waits:
                self._processes.send({"do": "leave"})

    def send(self, command: dict[str, Any]) -> None:
        """Carry out one command: one of `session_commands.COMMANDS`, or what a `Session` takes before the run begins.

        What cannot be done is reported by a line `error` whose `where` is `command`.
        """
        try:
            with self._lock:
                self._obey(command)
        except CkptError as error:
            self._lines.say("error", where="command", what=error.what, fix=error.hint, traceback="")

    # -- commands ----------------------------------------------------------------------------------------------------

    def _obey(self, command: dict[str, Any]) -> None:
        do = checked(command, self.paused is not None)
        if do == "run":
            self._note_begin()
            self._processes.send({**command, "debug": self._stops.wanted()})
        elif do == "check":
            self._processes.send(command)
        elif do == "terminal":
            self._processes.answer_terminal(command)
        elif do == "stop":
            self.stop()
        elif do == "pause":
            self._stops.ask()
            self._processes.send({"do": "hold"})
        elif do == "break":
            self._stops.watcher.change(breakpoints_in(command))
            if self.paused is None:
                self._processes.send(
                    {"do": "hold"} if self._stops.watcher.is_needed else {"do": "go", **self._stops.wanted()}
                )
        elif do == "answer":
            self._answer(command)
        else:
            self._obey_paused(do, command)

    def _obey_paused(self, do: str, command: dict[str, Any]) -> None:
        if do == "edit":
            self._say_change(self._changes.add_edit(command))
        elif do == "drop":
            self._say_change(self._changes.add_drop(command))
        elif do == "goto":
            self._goto(command)
        else:
            self._stops.go_on(do == "step", place_to_run_to(command) if do == "run_to" else None)
            self._go_on()

    def _say_change(self, edit: Edit) -> None:
        if edit.drops:
            self._lines.say("dropped", path=edit.text)
        else:
            self._lines.say("edited", path=edit.text, value=edit.value)

    def _goto(self, command: dict[str, Any]) -> None:
        checkpoint = self._found(str(command.get("id") or ""))[0]
        self._stops.watcher.begin(checkpoint)
        self._changes.move(checkpoint.ref.id)
        self._pause("asked", **at_checkpoint(checkpoint, self._graph.get("edges") or ()))

    def _answer(self, command: dict[str, Any]) -> None:
        self._changes.add_answers(command)
        if self._waits:
            self._waits = False
            self._processes.send({"do": "answer", "responses": self._changes.take_answers()})
        elif self.paused is not None:
            self._go_on()

    # -- going on ----------------------------------------------------------------------------------------------------

    def _go_on(self) -> None:
        self._where, self.paused = dict(self.paused or {}), None
        self._turn.clear()
        if self._changes.need_a_new_process or self._processes.has_ended:
            self._processes.prepare(plan_from(self.plan, *self._found(self._changes.at), self._changes))
        else:
            self._processes.send({"do": "go", **self._stops.wanted()})

    # -- the processes of the session, see `Owner` -------------------------------------------------------------------

    def wanted(self) -> dict[str, Any]:
        """Where the run pauses."""
        return self._stops.wanted()

    def lend(self, raw: bytes) -> None:
        """Pass on a request for the terminal, or its return."""
        self._lines.give(raw)

    def taken_over(self, plan: Plan, check: dict[str, Any]) -> None:
        """Note that the run goes on in a new process."""
        note_moved(self.plan.into, plan.into)
        self.plan = plan
        self._failure, self._waits, self._last = None, False, b""
        self._changes.are_made()
        self._lines.say("resumed", checkpoint=self._changes.at, edits=check.get("edits") or [])

    def not_taken_over(self, problems: list[dict[str, Any]]) -> None:
        """Report that the change does not fit, or that the program does not load: the run stays where it was paused."""
        self._changes.forget_refused(problems)
        for each in problems:
            self._lines.say("error", where="command", what=each.get("what"), fix=each.get("fix"), traceback="")
        for edit in self._changes.edits:
            self._say_change(edit)
        reason, spec = self._where.pop("reason"), self._where.pop("breakpoint")
        self._pause(reason, spec, **self._where)

    # -- lines of the run, in the thread that reads them -------------------------------------------------------------

    def take(self, session: Session, kind: bytes, raw: bytes) -> None:
        """Take a line of the process that runs."""
        if kind == b"held":
            self._held(json.loads(raw))
            return
        if kind == b"end":
            self._end(session, raw)
            return
        self._lines.give(raw)
        self._stops.note(kind, raw)
        if kind == b"graph":
            self._graph = json.loads(raw)
        elif kind == b"check":
            self._checked(json.loads(raw))
        elif kind == b"checkpoint":
            self._changes.at = str(json.loads(raw).get("id"))
        elif kind == b"waiting":
            self._waiting()
        elif kind == b"error":
            self._failure = json.loads(raw)
            if self._failure.get("where") == "response":  # the answer did not fit: the request still waits
                self._waiting()

    def _checked(self, check: dict[str, Any]) -> None:
        if self._confirmed:
            self._note_begin()
            run = {"do": "run", **self.plan.changes(), "debug": self._stops.wanted()}
            self._processes.send(run if check.get("ok") else {"do": "stop"})

    def _waiting(self) -> None:
        with self._lock:
            if self._changes.answers:
                self._processes.send({"do": "answer", "responses": self._changes.take_answers()})
            elif self._is_answered:
                self._waits = True
            else:
                self._processes.send({"do": "leave"})

    def _held(self, line: dict[str, Any]) -> None:
        with self._lock:
            self._changes.at = str(line.get("checkpoint") or self._changes.at)
            found = self._stops.at_hold(line, self._saved)
            if found is None:
                self._processes.send({"do": "go", **self._stops.wanted()})
            else:
                self._stops.stopped()
                self._pause(*found, **at_hold(line, self._changes.at))

    def _saved(self) -> Checkpoint | None:
        """The checkpoint that was saved last; None where it cannot be read, which is reported."""
        try:
            return self._found(self._changes.at)[0]
        except CkptError as error:
            self._lines.say("error", where="breakpoint", what=error.what, fix=error.hint, traceback="")
            return None

    def _end(self, session: Session, raw: bytes) -> None:
        self.outcome, self.code = session.outcome, session.code
        if session.outcome in ("failed", "died") and self._stops.at_error() and self._changes.at and not self._ending:
            failure = self._failure or {}
            with self._lock:
                self._last = raw
                self._pause("error", "error", **after_failure(failure, self._changes.at))
            return
        self._finish(raw)

    def _close(self) -> None:
        """The run had ended before the person did."""
        if self._last:
            self._finish(self._last)

    def _note_begin(self) -> None:
        """Have the next start offer to go on, should this one be cut off."""
        workflow = anchored(self.plan.target).workflow
        note_begin(self.plan.into, workflow, [each.spec for each in self.breakpoints], self._stops.steps)

    def _finish(self, last: bytes) -> None:
        # Noted before the last line is given: whoever reads that line may leave at once, and this thread with it.
        if not self._is_abandoned:
            note_end(self.plan.into, self.outcome)
        self.paused = None
        self._lines.give(last)
        self.ended.set()
        self._turn.set()

    def _pause(self, reason: str, spec: str | None = None, **fields: Any) -> None:
        self._turn.set()
        self.paused = {"reason": reason, "breakpoint": spec, **fields}
        self._lines.say("paused", **self.paused)

    def _found(self, name: str) -> tuple[Checkpoint, str]:
        return find_checkpoint(name, (self.plan.into, self._origin))
