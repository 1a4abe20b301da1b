"""Carries out a plan, for every framework: loads the target, checks, and obeys the commands of the parent."""

from __future__ import annotations

import abc
import asyncio
import functools
import json
import os
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from .faults import Fault, trace_of
from .lines import Lines, now
from .made import Maker
from .pauses import Pauses
from .problems import Problem
from .program import Program
from .protection import Protection, saving
from .reasons import reason_of
from .target import Target

Faults = list[tuple[str, str, str]]
"""For each answer that does not fit: the name of its request, the fault, the fix."""


class Resumption(abc.ABC):
    """One plan, from its target to the end of its run. An adapter does what differs between frameworks.

    Args:
        plan: What to do; see docs/resume.md.
        lines: Takes the lines of the report.
        place: The module or the file of the target.
        attribute: The name in it; "" for a program as it is.

    Attributes:
        framework: The framework of this process, with its `name` and `version`.
        gate: Judges the names in the checkpoint.
        protection: Keeps the program from writing where the original is.
        calls: The calls of executors in this run.
        module: The module of the target.
        call: The call of the program that was taken over.
        takeover: The takeover that waits for it.
        inbox: Commands of the parent.
        task: The task that carries out the plan.
        pauses: Where the run waits; None where it never does.
        stopping: Whether the parent has asked it to stop.
        confirmed: Whether the person has said that the run may begin.
    """

    noun = "workflow"
    """The word for a workflow or a graph, in sentences."""

    framework: Any
    gate: Any
    protection: Protection
    calls: Any
    takeover: Any

    def __init__(self, plan: dict[str, Any], lines: Lines, place: str, attribute: str) -> None:
        self.plan, self.lines = plan, lines
        self.place, self.attribute = place, attribute
        self.module: Any = None
        self.call: Any = None
        self.takeover = None
        self.inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.task: asyncio.Task[Any] | None = None
        self.pauses: Pauses | None = None
        self.stopping = False
        self.confirmed = plan.get("mode", "run") == "run"

    @property
    def is_program(self) -> bool:
        """Whether the target is a program as it is."""
        return not self.attribute

    @functools.cached_property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop of our own, where the program has none."""
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        return loop

    # -- what an adapter does ----------------------------------------------------------------------------------------

    @abc.abstractmethod
    def load(self, carry_out: Callable[[], Awaitable[Any]]) -> None:
        """Load the target up to its workflow or graph.

        Args:
            carry_out: Carries the resume out in the loop of the program, where that is taken over; it never returns.

        Raises:
            Fault: the checkpoint must not be loaded, or nothing of the target can be resumed.
        """

    @abc.abstractmethod
    def graph_line(self) -> dict[str, Any]:
        """The graph, as its line has it."""

    @abc.abstractmethod
    async def check(self) -> dict[str, Any]:
        """Report everything that is known before it runs; loads the checkpoint."""

    @abc.abstractmethod
    async def run(self, found: dict[str, Any], interactive: bool) -> str:
        """Resume; returns the outcome.

        Args:
            found: What the check found.
            interactive: Whether the parent may answer requests while it runs.
        """

    @abc.abstractmethod
    def answers(self, given: dict[str, Any], waiting: Any) -> tuple[dict[str, Any], Faults]:
        """The answers by the ids of requests, and the faults of those that do not fit."""

    @abc.abstractmethod
    def pending_lines(self) -> list[dict[str, Any]]:
        """The requests that wait at the end."""

    @abc.abstractmethod
    def end_fields(self, outcome: str) -> dict[str, Any]:
        """The members of the last line about the checkpoints of the run, and its exit code."""

    @abc.abstractmethod
    def fix_of(self, error: BaseException) -> str:
        """The fix for a run that raised."""

    # -- the target --------------------------------------------------------------------------------------------------

    def execute(self, program: Program) -> BaseException | None:
        """Run a program to its end, or until it is taken over; returns what it raised.

        Raises:
            Fault: it was refused meanwhile.
            SystemExit: the run that was taken over ended the program.
        """
        error: BaseException | None = None
        try:
            program.execute()
            program.wait_for_threads()
        except BaseException as raised:  # sys.exit and KeyboardInterrupt are raised by scripts, too
            error = raised
        if isinstance(error, SystemExit) and self.task is not None and not self.task.get_loop().is_running():
            raise error  # the run raised it, which has ended its loop
        if self.takeover.taken is not None:  # it runs in a thread of the program; the process ends with it
            threading.Event().wait()
        self.protection.be_strict(False)
        if isinstance(error, Fault):
            raise error
        self.module = program.module
        return error

    def import_target(self, target: Target) -> Any:
        """The module of a target, loaded with the program's arguments.

        Raises:
            Fault: there is none, or it raised.
        """
        sys.argv = [self.place, *(self.plan.get("arguments") or [])]
        try:
            self.module = target.module()
        except Fault:
            raise
        except BaseException as error:  # sys.exit and KeyboardInterrupt are raised by scripts, too
            missing = error.name if isinstance(error, ModuleNotFoundError) else None
            if missing and (self.place == missing or self.place.startswith(missing + ".")):
                fix = "name it as your program imports it, from the directory it is started in, or as path/file.py:name"
                raise Fault("load", f"there is no module {missing}", fix) from None
            raise self.raised(error) from None
        return self.module

    def raised(self, error: BaseException, more: str = "") -> Fault:
        """The fault of a program that raised; `more` is added to the text."""
        what, fix = reason_of(error, self.place)
        return Fault("load", "; ".join(filter(None, (what, more))), fix, trace_of(error))

    def passed_over(self) -> str:
        """Other workflows that the program ran, as text; "" for none."""
        return "; ".join(
            f"{call.name} at {os.path.basename(call.file)}:{call.line} is another {self.noun} and was not run"
            for call in self.takeover.passed[:4]
        )

    # -- the check ---------------------------------------------------------------------------------------------------

    def checked(self, problems: list[Problem]) -> dict[str, Any]:
        """The fields of a check that has found nothing yet: the target, and where the program was taken over."""
        call = self.call
        passed = [
            {"workflow": each.name, "file": each.file, "line": each.line}
            for each in (self.takeover.passed if self.takeover is not None else ())
        ]
        return {
            "target": self.plan["target"], "file": getattr(self.module, "__file__", None) or "",
            "main": getattr(self.module, "__name__", "") == "__main__", "problems": problems, "types": [],
            "requests": [], "again": [], "edits": [], "into": self.plan.get("into"),
            "taken": {"file": call.file, "line": call.line} if call is not None else None, "passed": passed,
            "protected": self.protection.attempts,
        }  # fmt: skip

    def maker(self) -> Maker:
        """Makes objects of JSON, of the types that may be loaded."""
        return Maker(lambda name: self.gate.state_of(name)[0] == "ok")

    # -- the run -----------------------------------------------------------------------------------------------------

    async def work(self) -> str:
        """Carry out the plan; returns the outcome."""
        mode = self.plan.get("mode", "run")
        found = await self.check()
        self.lines.say("check", **found)
        while mode == "ask":
            command = await self.inbox.get()
            if command.get("do") == "stop":
                return "stopped"
            if command.get("do") in ("check", "run"):
                for key in ("responses", "edits", "allow", "into", "debug"):
                    if key in command:
                        self.plan[key] = command[key]
                self.gate.by_name = frozenset(self.plan.get("allow", ()))
                self.protection.allow(self.plan["into"])
                self.confirmed = command["do"] == "run"
                found = await self.check()
                if command["do"] == "run" and found["ok"]:
                    break
                self.lines.say("check", **found)
        if mode == "check":
            return "checked" if found["ok"] else "refused"
        if not found["ok"]:
            for problem in found["problems"]:
                if problem["level"] == "error":
                    self.lines.say("error", where=problem["about"], what=problem["what"], fix=problem["fix"])
            return "refused"
        return await self.run(found, mode == "ask")

    async def obey(self) -> None:
        """Take commands while it runs."""
        assert self.pauses is not None
        while True:
            command = await self.inbox.get()
            if command.get("do") == "stop":
                self.stop()
            self.pauses.obey(command)

    async def next_answers(self, waiting: Any) -> dict[str, Any] | None:
        """Answers from the parent; none when it is asked to stop, None when no answer will come."""
        while True:
            command = await self.inbox.get()
            if command.get("do") == "stop":
                self.stopping = True
                return {}
            if command.get("do") == "leave":
                return None
            if self.pauses is not None:
                self.pauses.obey(command)
            if command.get("do") == "answer":
                answers, faults = self.answers(command.get("responses", {}), waiting)
                if answers and not faults:
                    self.lines.say("answered", request_ids=sorted(answers))
                    return answers
                for name, what, fix in faults:
                    self.lines.say("error", where="response", what=what, fix=fix, request_id=name)

    def stop(self) -> None:
        """Cancel the run."""
        self.stopping = True
        if self.task is not None:
            self.task.cancel()

    def note_fork(self, directory: str, found: dict[str, Any], answers: dict[str, Any], **more: Any) -> None:
        """Write a note beside new checkpoints: their origin and the edits; never in the original store.

        Args:
            directory: The directory of the note.
            found: What the check found.
            answers: The answers by the ids of their requests.
            **more: Fields that the framework has besides, or has otherwise.

        Raises:
            OSError: it cannot be written.
        """
        plan = self.plan
        entry = {
            "schema": "ckpt-tui/fork@1", "at": now(), "store": plan["store"], "checkpoint": plan["checkpoint"],
            "workflow": plan["target"], "answered": sorted(answers), "edits": found["edits"],
            "framework": self.framework.version, **more,
        }  # fmt: skip
        with saving(), open(os.path.join(directory, "ckpt-tui-fork.jsonl"), "a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=True) + "\n")


def ended_well(error: BaseException | None) -> bool:
    """Whether a program ended by itself without a fault."""
    return error is None or (isinstance(error, SystemExit) and error.code in (None, 0))
