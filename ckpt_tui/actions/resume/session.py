"""The process that runs a workflow: started, listened to, stopped, killed; it never outlives this program."""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from ckpt_tui.actions.resume.plan import FAILED, RUNNER, Plan

GRACE = 5.0
"""Seconds that a run is given to end after it was asked to, before it is killed."""

PRINT_BYTES = 1 << 16
"""Bytes of one printed line; a workflow may print anything, and the rest of a longer one is a line of its own."""

LINE_BYTES = 1 << 24
"""Bytes of one line of the runner; it writes none as long."""

Sink = Callable[[bytes], None]
"""Takes one line, JSON without its line break; called by one thread at a time, never by the one that started."""

INTERRUPTED = 130


class Session:
    """One run of the runner.

    Args:
        plan: What to run.
        mode: "check", "run" or "ask"; see `Plan.document`.
        sink: Takes the lines, numbered from 1 in the order they came.

    Attributes:
        outcome: The outcome in the last line: done, checked, waiting, refused, failed, stopped, died; "" while it runs.
        code: The exit code that goes with it.
        ended: Set when the last line was given to the sink.
    """

    def __init__(self, plan: Plan, mode: str, sink: Sink) -> None:
        self.plan = plan
        self.mode = mode
        self.outcome = ""
        self.code = FAILED
        self.ended = threading.Event()
        self.started = threading.Event()
        self._sink = sink
        self._lock = threading.Lock()
        self._order = threading.Lock()
        self._count = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = False
        self._reader = threading.Thread(target=self._run, name="resume", daemon=True)

    # -- what the owner does -----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the process."""
        _live.add(self)
        self._reader.start()

    def send(self, command: dict[str, Any]) -> None:
        """Send a command: check, run, answer or stop; a process that has ended ignores it."""
        self.started.wait()
        process = self._process
        if process is None or process.stdin is None:
            return
        with suppress(OSError, ValueError), self._lock:
            process.stdin.write(json.dumps(command).encode("ascii") + b"\n")
            process.stdin.flush()

    def stop(self, grace: float = GRACE) -> None:
        """Ask the run to end, and kill it after `grace` seconds; returns at once."""
        if self.ended.is_set():
            return
        self._stopping = True
        self._signal(getattr(signal, "SIGTERM", 15))
        timer = threading.Timer(grace, self.kill)
        timer.daemon = True
        timer.start()
        # A check that waits for a command does not run anything that a signal could cancel.
        threading.Thread(target=self.send, args=({"do": "stop"},), daemon=True).start()

    def interrupt(self) -> None:
        """Pass on a Ctrl+C to the process, which has the terminal but not its signals."""
        self._signal(signal.SIGINT)

    def kill(self) -> None:
        """End the process now, with everything that it started."""
        self._stopping = True
        process = self._process
        if process is None or self.ended.is_set():
            return
        with suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)  # a group of its own, so that nothing is left behind
            else:
                process.kill()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end; False when it does not come in time."""
        return self.ended.wait(seconds)

    @property
    def is_stopping(self) -> bool:
        """Whether it was asked to end."""
        return self._stopping

    def _signal(self, number: int) -> None:
        process = self._process
        if process is not None and process.poll() is None:
            with suppress(OSError):
                process.send_signal(number)

    # -- the thread that listens -------------------------------------------------------------------------------------

    def _run(self) -> None:
        # The process is started here: on Linux it dies with the thread that did, which lives as long as it does.
        directory = self.plan.target.directory or None
        if directory and not os.path.isdir(directory):
            self.started.set()
            self._fault("load", f"there is no directory {directory}", "name the directory the program is started in")
            self._end("refused", FAILED)
            return
        try:
            process = self._process = subprocess.Popen(
                [self.plan.target.python or sys.executable, RUNNER],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                start_new_session=True, env=environment(os.environ), cwd=directory,
            )  # fmt: skip
        except OSError as error:
            self.started.set()
            what = f"{self.plan.target.python} cannot be started: {error.strerror}"
            self._fault("python", what, "name the interpreter your workflow runs in with --python")
            self._end("refused", FAILED)
            return
        assert process.stdin is not None
        with suppress(OSError):
            process.stdin.write(json.dumps(self.plan.document(self.mode)).encode("ascii") + b"\n")
            process.stdin.flush()
        self.started.set()
        printed = threading.Thread(target=self._read_prints, args=(process.stderr,), daemon=True)
        printed.start()
        last = self._read_lines(process.stdout)
        status = process.wait()
        printed.join(1.0)  # what was printed before the end belongs before it
        if hasattr(os, "killpg") and (self._stopping or self.plan.target.is_program):
            # A program that was cut short leaves behind what it would have ended itself.
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL if self._stopping else signal.SIGTERM)
        self._finish(last, status)

    def _read_lines(self, stream: Any) -> bytes:
        """Pass on the lines of the runner; returns the last one, which is kept back."""
        last = b""
        for line in iter(lambda: stream.readline(LINE_BYTES), b""):
            if line.startswith(b'{"kind":"end"'):
                last = line.rstrip(b"\n")
            elif line.startswith(b'{"kind":'):
                self._give(line.rstrip(b"\n"))
            else:
                self._print(line)
        return last

    def _read_prints(self, stream: Any) -> None:
        with stream:
            for line in iter(lambda: stream.readline(PRINT_BYTES), b""):
                self._print(line)

    def _print(self, line: bytes) -> None:
        text = line.rstrip(b"\r\n").decode("utf-8", "backslashreplace")
        self._say({"kind": "log", "seq": 0, "t": stamp_now(), "level": None, "logger": None, "text": text})

    def _finish(self, last: bytes, status: int) -> None:
        if last:
            try:
                found = json.loads(last)
            except ValueError:
                found = {}
            outcome, code = str(found.get("outcome", "died")), int(found.get("code", FAILED))
            self.outcome, self.code = outcome, code
            self._give(last)
            self._close()
        elif self._stopping:
            self._end("stopped", INTERRUPTED)
        else:
            self._fault("process", *_end_text(status))
            self._end("died", FAILED)

    def _fault(self, where: str, what: str, fix: str) -> None:
        self._say(
            {"kind": "error", "seq": 0, "t": stamp_now(), "where": where, "what": what, "fix": fix, "traceback": ""}
        )

    def _end(self, outcome: str, code: int) -> None:
        self.outcome, self.code = outcome, code
        self._say({"kind": "end", "seq": 0, "t": stamp_now(), "outcome": outcome, "code": code, "pending": []})
        self._close()

    def _close(self) -> None:
        self.ended.set()
        _live.discard(self)
        process = self._process
        for stream in (process.stdin, process.stdout) if process is not None else ():
            if stream is not None:
                with suppress(OSError):
                    stream.close()

    def _say(self, line: dict[str, Any]) -> None:
        self._give(json.dumps(line, separators=(",", ":")).encode("ascii"))

    def _give(self, line: bytes) -> None:
        """Number a line and pass it on; two threads come here."""
        with self._order:
            self._count += 1
            self._sink(numbered(line, self._count))


_live: weakref.WeakSet[Session] = weakref.WeakSet()


@atexit.register
def _kill_all() -> None:
    for session in list(_live):
        session.kill()


def environment(base: os._Environ[str] | dict[str, str]) -> dict[str, str]:
    """The environment of the process: what failed is reported in full, and what is printed comes at once."""
    changed = {"PYTHONUNBUFFERED": "1"}
    return {**base, "ENABLE_SENSITIVE_DATA": base.get("ENABLE_SENSITIVE_DATA", "true"), **changed}


def numbered(line: bytes, number: int) -> bytes:
    """A line of a run with another number in its member `seq`."""
    head, _, rest = line.partition(b',"seq":')
    digits, comma, tail = rest.partition(b",")
    return b'%b,"seq":%d,%b' % (head, number, tail) if comma and digits.isdigit() else line


def stamp_now() -> str:
    """The time in UTC, ISO 8601 with `Z`, as lines of a run have it."""
    return datetime.now(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def _end_text(status: int) -> tuple[str, str]:
    """Why a process ended without a last line, as far as is known, and what to do."""
    safe = "the last checkpoint written is complete: resume from it"
    if status < 0:
        try:
            name = signal.Signals(-status).name
        except ValueError:
            name = f"signal {-status}"
        if name == "SIGKILL":
            return "the process was killed (SIGKILL), by a person or because memory ran out", safe
        return f"the process crashed ({name})", f"{safe}; the log shows what it printed last"
    return f"the process ended by itself with exit code {status}", f"{safe}; look for os._exit in the workflow"
