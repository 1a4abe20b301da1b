"""Long work on the command line: a bar on stderr where it is a terminal, and Ctrl+C that keeps what was found."""

from __future__ import annotations

import signal
import sys
import time
from types import FrameType, TracebackType
from typing import Any, Self

import click

SECONDS = 0.1
"""Shortest time between two drawings of the bar."""

_CELLS = 20


class Stopped(KeyboardInterrupt):
    """The person pressed Ctrl+C."""


class ProgressBar:
    """Shows the progress of long work. A context manager; the first Ctrl+C in it makes `check` raise `Stopped`.

    Args:
        noun: What is counted.
    """

    def __init__(self, noun: str = "checkpoints") -> None:
        self._noun = noun
        self._shown = 0.0
        self._is_terminal = sys.stderr.isatty()
        self._before: Any = None
        self.stopped = False

    def __enter__(self) -> Self:
        try:
            self._before = signal.signal(signal.SIGINT, self._interrupt)
        except ValueError:  # not in the main thread, where no signal comes
            self._before = None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._restore()
        self.clear()

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        self.stopped = True
        self._restore()  # a second one ends the program

    def _restore(self) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            self._before = None

    def check(self) -> None:
        """End the work if the person has pressed Ctrl+C.

        Raises:
            Stopped: Ctrl+C was pressed.
        """
        if self.stopped:
            raise Stopped

    def progress(self, done: int, total: int) -> None:
        """Show how far the work is."""
        now = time.monotonic()
        if self._is_terminal and now - self._shown >= SECONDS:
            if self._shown:  # shorter work shows no bar
                bar = "━" * (_CELLS * done // max(total, 1))
                click.echo(f"\r\x1b[K{bar:╌<{_CELLS}} {done:,} of {total:,} {self._noun}", err=True, nl=False)
            self._shown = now

    def clear(self) -> None:
        """Remove the bar."""
        if self._is_terminal:
            click.echo("\r\x1b[K", err=True, nl=False)
