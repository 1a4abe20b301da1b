"""A program in a pseudo-terminal: what is on its screen, how much memory and CPU it takes."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import pexpect
import pyte

from tests.benchmarks.figures import environment

ROOT = Path(__file__).parents[2]
COLUMNS, LINES = 120, 40
PATIENCE = 60.0
"""Seconds of patience where nothing else is said."""
_TICKS = os.sysconf("SC_CLK_TCK")


class Terminal:
    """A running program and its screen.

    Args:
        args: Arguments of the Python interpreter.
        patience: Seconds after which what should appear is taken as never coming.
        more: Further variables of its environment.

    Attributes:
        written: Bytes of what it wrote that were read so far.
    """

    def __init__(self, *args: str, patience: float = PATIENCE, **more: str) -> None:
        self._patience = patience
        self.written = 0
        variables = {
            **environment(),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "PYTHONPATH": str(ROOT),
            **more,
        }
        self.screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self.screen)
        self.started = time.perf_counter()
        self._child = pexpect.spawn(sys.executable, list(args), dimensions=(LINES, COLUMNS), env=variables)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.ptyproc.delayafterterminate = 1.0  # on a busy machine it takes its time
        self._child.close(force=True)

    @property
    def text(self) -> str:
        """The screen's lines."""
        return "\n".join(self.screen.display)

    def press(self, keys: str) -> None:
        """Type something."""
        self._child.send(keys)

    def read(self, seconds: float) -> bool:
        """Take in what was written meanwhile, waiting at most so long for something; whether there was any."""
        try:
            output = self._child.read_nonblocking(65536, seconds)
            self.written += len(output)
            self._stream.feed(output)
        except pexpect.TIMEOUT:
            return False
        except pexpect.EOF:
            raise RuntimeError(f"the program ended; its screen:\n{self.text}") from None
        return True

    def wait_until(self, reached: Callable[[str], bool]) -> float:
        """Wait for a screen; returns the moment it was there (`time.perf_counter`)."""
        end = time.perf_counter() + self._patience
        while True:
            moment = time.perf_counter()
            if reached(self.text):
                return moment
            if moment > end:
                raise TimeoutError(f"never on the screen:\n{self.text}")
            self.read(0.2)

    def settle(self) -> None:
        """Wait until the program rests: no output, and less than a tenth of a core."""
        end = time.perf_counter() + self._patience
        while time.perf_counter() < end:
            before, quiet = self._ticks(), True
            until = time.perf_counter() + 0.5
            while (left := until - time.perf_counter()) > 0:
                quiet = not self.read(left) and quiet
            if quiet and self._ticks() - before <= 0.05 * _TICKS:
                return

    def memory(self) -> float:
        """Megabytes of memory in use (RSS)."""
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self._child.pid}/status").read_text())
        assert found
        return int(found[1]) / 1024

    def peak(self) -> float:
        """Megabytes of memory in use at the worst moment so far (VmHWM)."""
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{self._child.pid}/status").read_text())
        assert found
        return int(found[1]) / 1024

    def cpu(self) -> float:
        """Seconds of the processor taken so far, the user's and the system's."""
        return self._ticks() / _TICKS

    def _ticks(self) -> int:
        fields = Path(f"/proc/{self._child.pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
