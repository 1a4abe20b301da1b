"""A real terminal: the command in a pseudo-terminal, its output drawn by a terminal emulator."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pyte

from tests.support.patience import PATIENCE, wait_for

ROOT = Path(__file__).parents[2]

_ANSWERED = re.compile(rb"\x1b\[(\?\d+;?\d*\$p|\?u|c|>c|>q|6n)")


class Terminal:
    """A process in a pseudo-terminal, and what its screen shows."""

    def __init__(self, child: pexpect.spawn[bytes], columns: int, rows: int) -> None:
        self.child = child
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.received = b""

    def read(self, seconds: float = 0.05) -> bool:
        """Take in what the process wrote; False when it has ended."""
        try:
            data = self.child.read_nonblocking(65536, timeout=seconds)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.received += data
        # The emulator does not know private questions and would print them.
        self._stream.feed(_ANSWERED.sub(b"", data))
        return True

    @property
    def text(self) -> str:
        """The screen."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def until(self, condition: Callable[[], object], what: str = "") -> None:
        """Wait until something is so."""
        end = time.monotonic() + PATIENCE
        while not condition():
            alive = self.read()
            if condition():
                return
            if not alive or time.monotonic() > end:
                raise AssertionError(f"never: {what}\n{self.text}")

    def shows(self, *texts: str) -> None:
        """Wait until these texts are on the screen."""
        self.until(lambda: all(text in self.text for text in texts), f"{texts} on the screen")

    def press(self, keys: str) -> None:
        """Send keys."""
        self.child.send(keys)

    def hang_up(self) -> None:
        """Close the terminal, as somebody does with its window."""
        self.child.ptyproc.fileobj.close()

    def exit_code(self) -> int | None:
        """Wait for the end of the process."""
        end = time.monotonic() + PATIENCE
        while not self.child.ptyproc.fileobj.closed and time.monotonic() < end and self.read():
            pass
        wait_for(lambda: not self.child.isalive(), "the end of the process")  # closing its terminal would end it
        self.child.close()
        status: int | None = self.child.exitstatus
        return status


def _take_signals() -> None:
    """Undo what started the tests in the background: a shell has such a process ignore these signals."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def _ignore_hang_ups() -> None:
    """Have the process not hear of it when its terminal is closed, as `nohup` has it."""
    _take_signals()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


@contextmanager
def run(
    *arguments: str, columns: int = 120, rows: int = 40, nohup: bool = False, **environment: str
) -> Iterator[Terminal]:
    """`ckpt-tui` with these arguments in a terminal of this size."""
    variables = {
        **{name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TMUX", "COLUMNS", "LINES")},
        "TERM": "xterm-256color", "PYTHONPATH": str(ROOT), **environment,
    }  # fmt: skip
    child = pexpect.spawn(
        sys.executable, ["-m", "ckpt_tui", *arguments], env=variables, dimensions=(rows, columns), timeout=PATIENCE,
        preexec_fn=_ignore_hang_ups if nohup else _take_signals,
    )  # fmt: skip
    terminal = Terminal(child, columns, rows)
    try:
        yield terminal
    finally:
        if child.isalive():
            child.kill(signal.SIGKILL)
        wait_for(lambda: not child.isalive(), "the end of the process")  # pexpect itself waits a tenth of a second
        child.close()
