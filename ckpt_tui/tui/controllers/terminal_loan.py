"""The terminal, lent to pdb while the app is suspended."""

from __future__ import annotations

import queue
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from textual.app import App, SuspendNotSupported

from ckpt_tui.actions.debugging.lent_terminal import terminal_path
from ckpt_tui.core.running.short_values import place_text
from ckpt_tui.core.text import clean
from ckpt_tui.tui.live_run import LiveRun

LINGER = 0.25
"""Seconds that the app waits for another loan before it comes back: pdb asks again after each step."""


class TerminalLoanPort(Protocol):
    """The part of its screen that it uses."""

    @property
    def app(self) -> App[Any]:
        """The application."""

    def say(self, text: str, style: str = "plain") -> None:
        """Show a text, until the next key."""


class TerminalLoan:
    """Lends the terminal to a run that asks for it.

    Args:
        port: The screen.
    """

    def __init__(self, port: TerminalLoanPort) -> None:
        self._port = port

    def lend(self, run: LiveRun, line: dict[str, Any]) -> None:
        """Suspend the app until the run has given the terminal back.

        Args:
            run: The run.
            line: Its line `breakpoint`; one that was served already is passed over.
        """
        try:
            if not run.loans.get_nowait():
                return
        except queue.Empty:
            return
        path = terminal_path()
        if not path:
            self._refuse(run)
            return
        try:
            with self._port.app.suspend(), _signals_to(run):
                sys.stdout.write(f"\r\nbreakpoint(){clean(place_text(line))} · c goes on, q ends the run\r\n")
                sys.stdout.flush()
                self._serve(run, path)
        except SuspendNotSupported:
            self._refuse(run)
        self._port.app.refresh()

    def _refuse(self, run: LiveRun) -> None:
        run.session.send({"do": "terminal", "path": None})
        self._port.say("This terminal cannot be handed to pdb: the run goes on.", "warn")

    def _serve(self, run: LiveRun, path: str) -> None:
        while True:
            run.session.send({"do": "terminal", "path": path})
            run.loans.get()
            try:
                if not run.loans.get(timeout=LINGER):
                    return
            except queue.Empty:
                return


@contextmanager
def _signals_to(run: LiveRun) -> Iterator[None]:
    """Pass Ctrl+C on to the run, and ignore Ctrl+Z: the terminal's signals come to this process."""
    numbers = [number for number in (signal.SIGINT, getattr(signal, "SIGTSTP", None)) if number is not None]
    kept = {number: signal.getsignal(number) for number in numbers}
    for number in numbers:
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGINT, lambda *_: run.session.interrupt())
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
