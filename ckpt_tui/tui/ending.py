"""What ends the browser from outside, so that the terminal is left as it was found."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from typing import Any

from textual.app import App

_BY_SIGNAL = 128
"""The exit code of a program that a signal ended, less the number of the signal."""


def end_on_signals(app: App[Any]) -> None:
    """Make SIGTERM and SIGHUP end an app as its own key does, with exit code 143 or 129; called in its event loop.

    Where there are no such signals, or somebody else answers them, nothing changes.
    """
    loop = asyncio.get_running_loop()
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is None or signal.getsignal(number) not in (signal.SIG_DFL, None):
            continue
        with suppress(NotImplementedError, RuntimeError, ValueError):  # Windows; a loop that is not the main thread's
            loop.add_signal_handler(number, app.exit, None, _BY_SIGNAL + number)
