"""Ends the browser on signals and on a lost terminal, and restores the terminal."""

from __future__ import annotations

import asyncio
import errno
import os
import select
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from rich.console import RenderableType
from textual import events
from textual.app import App

from ckpt_tui.tui.workers import stop_all

BY_SIGNAL = 128
"""The exit code of a program that a signal ended, less the number of the signal."""


def end_on_signals(app: App[Any]) -> None:
    """Make SIGTERM and SIGHUP end an app as its own key does, with exit code 143 or 129; called in its event loop.

    Does nothing where there are no such signals, or other handlers are set.
    """
    loop = asyncio.get_running_loop()
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is None or signal.getsignal(number) not in (signal.SIG_DFL, None):
            continue
        with suppress(NotImplementedError, RuntimeError, ValueError):  # Windows; a loop that is not the main thread's
            loop.add_signal_handler(number, app.exit, None, BY_SIGNAL + number)


def end_with_input(app: App[Any]) -> None:
    """Make an app end once the other end of its input is gone; called in its event loop.

    That is the server of a web page, where Textual's driver only stops reading, or a terminal that was closed while
    its signal is ignored, as `nohup` has it: the driver would read its end again and again, and take a core. Does
    nothing where the system cannot wait for that (Windows).
    """
    if not (app.is_web or (not app.is_headless and os.isatty(0))) or not hasattr(select, "poll"):
        return
    loop = asyncio.get_running_loop()
    code = 0 if app.is_web else BY_SIGNAL + signal.SIGHUP

    def wait() -> None:
        waiting = select.poll()
        waiting.register(0, 0)  # no input is asked for, only whether the other end is closed
        waiting.poll()
        with suppress(RuntimeError):  # the app has ended
            loop.call_soon_threadsafe(app.exit, None, code)

    threading.Thread(target=wait, name="input", daemon=True).start()


class EndsJobs(App[None]):
    """An app whose threads end with it, since the process would wait for them, and that takes no key once it ends.

    A key that came in just before would act on screens that are being taken down, and end the app with an error.
    """

    _is_ending = False

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """End it, and its threads."""
        self._is_ending = True
        super().exit(result, return_code, message)
        stop_all(self)

    async def on_event(self, event: events.Event) -> None:
        """Take an event, unless it is a key that comes too late."""
        if not (self._is_ending and isinstance(event, events.Key)):
            await super().on_event(event)

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:
        return self._is_ending or await super()._check_bindings(key, priority)

    async def run_async(self, **options: Any) -> None:
        """Run it, and end its threads, however the app ended."""
        try:
            await super().run_async(**options)
        finally:
            stop_all(self)


class TerminalFile:
    """A file of a terminal that may go away: from then on writes do nothing, so that no thread waits for it.

    The thread that writes would end with the error, and the app would wait for it once enough is to be written.
    """

    def __init__(self, file: Any) -> None:
        self._file = file

    def write(self, text: str) -> None:
        """Write a text, where there still is a terminal."""
        self._try(self._file.write, text)

    def flush(self) -> None:
        """Write buffered text."""
        self._try(self._file.flush)

    def _try(self, function: Callable[..., Any], *args: Any) -> None:
        try:
            function(*args)
        except OSError as error:
            if error.errno not in _GONE:
                raise

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def until_gone(write: Callable[[bytes], int]) -> Callable[[bytes], int]:
    """The same for the writer to the server of a web page: an app that fails as it writes would not end cleanly."""

    def write_if_read(data: bytes) -> int:
        try:
            return write(data)
        except OSError as error:
            if error.errno not in _GONE:
                raise
            return len(data)

    return write_if_read


_GONE = (errno.EIO, errno.EPIPE, errno.EBADF, errno.ENXIO)
"""Errors of the system about a terminal that has gone."""


def run_to_end(app: App[Any], mouse: bool) -> int:
    """Run an app; returns its exit code.

    However it ends, no thread goes on that reads a terminal that is gone: it would never end, and take a core.
    """
    try:
        app.run(mouse=mouse)
    finally:
        reading = getattr(app._driver, "exit_event", None)
        if isinstance(reading, threading.Event):
            reading.set()
    return app.return_code or 0
