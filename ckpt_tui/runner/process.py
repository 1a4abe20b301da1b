"""The process: its streams, its parent and its end."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import faulthandler
import io
import json
import os
import signal
import sys
import threading
import time
import typing
from typing import Any

from .borrowing import borrowed
from .calls import current
from .events import FAILED
from .faults import Fault, said, trace_of
from .limits import EXIT_CODES, LEAVE_SECONDS, PROTOCOL
from .lines import Lines, vanish
from .places import failed_at
from .program import give_input
from .resumption import Resumption
from .running import Runner
from .terminal import Terminal, install

try:
    import fcntl
except ImportError:  # on Windows
    fcntl = None  # type: ignore[assignment]
try:
    import ctypes
except ImportError:  # a Python built without libffi
    ctypes = None  # type: ignore[assignment]


def die_with(parent: int) -> None:
    """Have the system kill this process when its parent dies, where it can; a closed standard input does elsewhere."""
    if sys.platform == "linux":
        with contextlib.suppress(Exception):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
    if parent and hasattr(os, "getppid") and os.getppid() != parent:
        vanish()


def _high(descriptor: int) -> int:
    """A copy of a descriptor, out of the way of programs that close or reuse the low ones."""
    with contextlib.suppress(Exception):
        return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 200)
    return os.dup(descriptor)


def take_streams() -> tuple[Lines, Any]:
    """Keep the standard input and output for ourselves; the program prints to standard error."""
    commands = os.fdopen(_high(0), "rb")
    lines = Lines(_high(1))
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        # Without a buffer: seen at once, and nothing is lost when the process is killed.
        raw: Any = Printed(descriptor, lines)
        stream = io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", write_through=True)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    with contextlib.suppress(Exception):
        faulthandler.enable(2)  # a crash shows which code it was in
    return lines, commands


class Printed(io.FileIO):
    """A descriptor that is printed to; lines that were written before go first, so that a reader has both in order.

    Args:
        descriptor: The descriptor; never closed by this object.
        lines: May hold lines that were written before.
    """

    def __init__(self, descriptor: int, lines: Lines) -> None:
        super().__init__(descriptor, "wb", closefd=False)
        self._lines = lines

    def write(self, data: Any) -> int:
        """Write bytes, after the lines."""
        call = current.get()
        if call is not None and call.calls.print(call, bytes(data)):
            return len(data)
        self._lines.hurry()
        return super().write(data)


class Process:
    """One plan, from its first line to the end of the process.

    The resume is carried out in the event loop that the program runs, or in one of our own where a name was given.

    Args:
        lines: Takes the lines of the report.
        commands: The commands of the parent.
    """

    def __init__(self, lines: Lines, commands: Any) -> None:
        self._lines, self._commands = lines, commands
        self._terminal = Terminal(lines, self._stop)
        self._runner: Resumption | None = None
        self._early: list[dict[str, Any]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()

    def run(self) -> typing.NoReturn:
        """Carry out the plan, which is the first line of the commands."""
        try:
            plan = json.loads(self._commands.readline())
            die_with(int(plan.get("parent", 0)))
            threading.Thread(target=self._listen, daemon=True).start()
            give_input(plan.get("inputs") or [])
            if not plan.get("debugpy"):
                install(self._terminal)
            runner = self._runner = runner_of(plan, self._lines)
            self._lines.say(
                "hello", protocol=PROTOCOL, pid=os.getpid(), python=sys.version.split()[0], executable=sys.executable,
                framework=runner.framework.version, name=runner.framework.name,
                directory=os.getcwd(),
            )  # fmt: skip
            runner.load(lambda: self.carry_out(runner))
            runner.loop.run_until_complete(self.carry_out(runner))
        except BaseException as error:
            self.end("", error)
        self.end("", RuntimeError("the run did not end"))

    async def carry_out(self, runner: Resumption) -> typing.NoReturn:
        """Check and resume in the running loop, then end the process; code that awaits this never continues."""
        outcome, fault = "", None
        try:
            loop = asyncio.get_running_loop()
            task = runner.task = loop.create_task(self._work(runner))
            self._attach(loop)
            if hasattr(signal, "SIGTERM"):
                with contextlib.suppress(NotImplementedError, ValueError, RuntimeError):
                    loop.add_signal_handler(signal.SIGTERM, runner.stop)
            while not task.done():
                # A time limit that the program set on its run does not apply to ours.
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.wait({task})
            outcome = task.result()
        except BaseException as error:
            fault = error
        self.end(outcome, fault)

    async def _work(self, runner: Resumption) -> str:
        runner.protection.report_counts()
        self._lines.say("graph", **runner.graph_line())
        return await runner.work()

    def _attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Pass on the commands that came before there was a loop, and all further ones."""
        assert self._runner is not None
        with self._lock:
            self._loop = loop
            for command in self._early:
                self._runner.inbox.put_nowait(command)

    def _stop(self) -> None:
        """End the run, from whatever thread; before there is one, the process."""
        runner, loop = self._runner, self._loop
        if runner is None or loop is None:
            self.end("stopped", None)
        runner.stopping = True
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(runner.stop)

    def _listen(self) -> None:
        """Pass on the commands of the parent, until it is gone."""
        for line in self._commands:
            try:
                command = json.loads(line)
            except ValueError:
                continue
            if command.get("do") == "terminal":  # the loop is stopped meanwhile
                self._terminal.take_answer(command.get("path"))
                continue
            with self._lock, contextlib.suppress(RuntimeError):
                if self._loop is None or self._runner is None:
                    self._early.append(command)
                else:
                    self._loop.call_soon_threadsafe(self._runner.inbox.put_nowait, command)
        if self._loop is not None and self._runner is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._runner.stop)
            time.sleep(LEAVE_SECONDS)
        vanish()

    def end(self, outcome: str, error: BaseException | None) -> typing.NoReturn:
        """Write the last lines and end the process."""
        runner = self._runner
        if runner is not None:
            runner.calls.print_rest()
            runner.protection.report_counts()
        pending: list[dict[str, Any]] = []
        if isinstance(error, asyncio.CancelledError) and runner is not None and not runner.stopping:
            error = _exit_behind(error)
        if isinstance(error, Fault):
            outcome = "refused"
            self._lines.say("error", **error.line())
        elif error is not None:
            stopped = isinstance(error, asyncio.CancelledError) or (runner is not None and runner.stopping)
            outcome = "stopped" if stopped else "failed"
            if outcome == "failed":
                fix = runner.fix_of(error) if runner is not None else ""
                place = {"executor_id": runner.calls.failed if runner is not None else None, **failed_at(error)}
                self._lines.say("error", where="run", what=said(error), fix=fix, traceback=trace_of(error), **place)
        if runner is not None and outcome == "waiting":
            pending = runner.pending_lines()
        code = EXIT_CODES.get(outcome, FAILED)
        fields = runner.end_fields(outcome) if runner is not None else {"code": code}
        self._lines.say("end", outcome=outcome, pending=pending, **fields)
        leave(fields["code"], runner is not None and runner.is_program)


def _exit_behind(error: BaseException) -> BaseException:
    """The `SystemExit` that ended the program's loop, which only cancels the resume that runs in it; else `error`."""
    context: BaseException | None = error
    while context is not None and not isinstance(context, SystemExit):
        context = context.__context__
    return context or error


def leave(code: int, at_once: bool = False) -> typing.NoReturn:
    """End the process whatever threads the workflow left behind.

    Args:
        code: The exit code.
        at_once: Call no exit handler: those of a program that was cut short would remove files that are still needed.
    """
    if not at_once:
        late = threading.Timer(LEAVE_SECONDS, os._exit, (code,))
        late.daemon = True
        late.start()
        with contextlib.suppress(BaseException):
            atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):
            stream.flush()
    os._exit(code)


def main() -> None:
    """Run one plan."""
    lines, commands = take_streams()
    os.environ.setdefault("ENABLE_SENSITIVE_DATA", "true")  # else 1.22 and later hide the error
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [each for each in sys.path if os.path.abspath(each or os.getcwd()) != here]
    Process(lines, commands).run()


def runner_of(plan: dict[str, Any], lines: Lines) -> Resumption:
    """The object that carries out a plan: the adapter of the framework that wrote the checkpoint."""
    if plan.get("framework") != "langgraph":
        return Runner(plan, lines)
    with borrowed():
        from .langgraph.graph_running import Runner as GraphRunner  # late: runs of the other framework do not need it

    return GraphRunner(plan, lines)
