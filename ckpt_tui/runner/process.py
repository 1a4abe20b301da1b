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

from .events import end_fields, request_line
from .faults import Fault, said, trace_of
from .limits import LEAVE_SECONDS, PROTOCOL
from .lines import Lines, vanish
from .running import Runner


def die_with(parent: int) -> None:
    """Have the system kill this process when its parent dies, where it can; a closed standard input tells elsewhere."""
    if sys.platform == "linux":
        with contextlib.suppress(Exception):
            import ctypes

            ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
    if parent and hasattr(os, "getppid") and os.getppid() != parent:
        vanish()


def _high(descriptor: int) -> int:
    """A copy of a descriptor, out of the way of programs that close or reuse the low ones."""
    with contextlib.suppress(Exception):
        import fcntl

        return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 200)
    return os.dup(descriptor)


def take_streams() -> tuple[Lines, Any]:
    """Keep the standard input and output for ourselves; the workflow prints to standard error and reads nothing."""
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
        faulthandler.enable(2)  # a crash tells which code it was in
    return lines, commands


class Printed(io.FileIO):
    """A descriptor that is printed to; what was told before goes first, so that a reader has both in order.

    Args:
        descriptor: Where it goes; never closed by this object.
        lines: What may hold lines that were told before.
    """

    def __init__(self, descriptor: int, lines: Lines) -> None:
        super().__init__(descriptor, "wb", closefd=False)
        self._lines = lines

    def write(self, data: Any) -> int:
        """Write bytes, after the lines."""
        self._lines.hurry()
        return super().write(data)


def listen(commands: Any, loop: asyncio.AbstractEventLoop, runner: list[Runner], early: list[dict[str, Any]]) -> None:
    """Pass on the commands of the parent, until it is gone."""
    for line in commands:
        try:
            command = json.loads(line)
        except ValueError:
            continue
        if runner:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(runner[0].inbox.put_nowait, command)
        else:
            early.append(command)
    if runner:
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(runner[0].stop)
        time.sleep(LEAVE_SECONDS)
    vanish()


def leave(code: int) -> typing.NoReturn:
    """End the process whatever threads the workflow left behind."""
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
    os.environ.setdefault("ENABLE_SENSITIVE_DATA", "true")  # else 1.22 and later hide what went wrong
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [os.getcwd(), *(each for each in sys.path if os.path.abspath(each or os.getcwd()) != here)]
    outcome, runner = "failed", None
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        plan = json.loads(commands.readline())
        die_with(int(plan.get("parent", 0)))
        runners: list[Runner] = []
        early: list[dict[str, Any]] = []
        threading.Thread(target=listen, args=(commands, loop, runners, early), daemon=True).start()
        runner = Runner(plan, lines, loop)
        lines.say(
            "hello", protocol=PROTOCOL, pid=os.getpid(), python=sys.version.split()[0], executable=sys.executable,
            framework=runner.framework.version, directory=os.getcwd(),
        )  # fmt: skip
        sys.argv = [plan["target"].rpartition(":")[0]]
        runner.load()
        lines.say("graph", **runner.graph_line())
        for command in early:
            runner.inbox.put_nowait(command)
        runners.append(runner)
        runner.task = loop.create_task(runner.work())
        if hasattr(signal, "SIGTERM"):
            with contextlib.suppress(NotImplementedError, ValueError):
                loop.add_signal_handler(signal.SIGTERM, runner.stop)
        outcome = loop.run_until_complete(runner.task)
    except Fault as fault:
        outcome = "refused"
        lines.say("error", **fault.line())
    except asyncio.CancelledError:
        outcome = "stopped"
    except BaseException as error:
        outcome = "stopped" if runner is not None and runner.stopping else "failed"
        if outcome == "failed":
            fix = run_fix(error)
            lines.say("error", where="run", what=said(error), fix=fix, traceback=trace_of(error))
    pending: list[dict[str, Any]] = []
    if runner is not None and runner.overlay is not None:
        overlay = runner.overlay
        last = overlay.last
        if last is not None and outcome == "waiting":
            pending = [request_line(key, each) for key, each in last.pending_request_info_events.items()]
    fields = end_fields(outcome, runner.overlay if runner is not None else None)
    lines.say("end", outcome=outcome, pending=pending, **fields)
    leave(fields["code"])


def run_fix(error: BaseException) -> str:
    """What to do about a run that raised."""
    if type(error).__name__ == "WorkflowConvergenceException":
        return "build the workflow with a larger max_iterations, then resume from the last checkpoint"
    return "mend the cause and resume from the last checkpoint written; the one you came from is untouched"
