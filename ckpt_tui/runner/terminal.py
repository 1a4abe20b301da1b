"""`breakpoint()` in the person's code: the parent lends its terminal to pdb, and gets it back."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.machinery
import importlib.util
import os
import signal
import sys
import threading
import types
import typing
from collections.abc import Callable, Iterator
from typing import Any

from .calls import current
from .lines import Lines


class Terminal:
    """The terminal of the person, as long as the parent lends it.

    Args:
        lines: Takes the line that asks for it.
        stop: Ends the run.
    """

    def __init__(self, lines: Lines, stop: Callable[[], None]) -> None:
        self._lines = lines
        self._stop = stop
        self._turn = threading.RLock()
        self._answered = threading.Event()
        self._path = ""

    def take_answer(self, path: Any) -> None:
        """Take the parent's answer: the path of the terminal, or anything else where it has none."""
        self._path = path if isinstance(path, str) else ""
        self._answered.set()

    def quit(self) -> typing.NoReturn:
        """End the run as if it were stopped between two supersteps, so that no handler of the program sees a failure.

        Raises:
            CancelledError: always, where the process goes on until the run has ended.
        """
        self._stop()
        raise asyncio.CancelledError("stopped in pdb")

    @contextlib.contextmanager
    def lent(self, file: str, line: int, is_quit: Callable[[], bool]) -> Iterator[bool]:
        """Standard input and output are the terminal meanwhile; False where there is none.

        Args:
            file: The file of the code that asks for it.
            line: The line there.
            is_quit: Whether the person ends the run, asked when the terminal is given back.
        """
        with self._turn:
            call = current.get()
            by = {"executor_id": call.executor, "call": call.number} if call is not None else {}
            if call is not None:
                call.calls.write_first()
            self._answered.clear()
            self._lines.say("breakpoint", file=file, line=line, **by)
            self._answered.wait()
            if not self._path:
                yield False
                return
            try:
                with _streams_at(self._path), _interruptible():
                    yield True
            finally:
                self._lines.say("breakpoint_end", file=file, line=line, quit=is_quit())


@contextlib.contextmanager
def _streams_at(path: str) -> Iterator[None]:
    """Standard input and output at a terminal, by number as well: only there Python edits the line that is typed."""
    kept = os.dup(0), os.dup(1)
    streams = sys.stdin, sys.stdout
    terminal = os.open(path, os.O_RDWR | getattr(os, "O_NOCTTY", 0))
    os.dup2(terminal, 0)
    os.dup2(terminal, 1)
    os.close(terminal)
    sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115 put back below
    sys.stdout = open(1, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
        sys.stdin, sys.stdout = streams
        for number, copy in enumerate(kept):
            os.dup2(copy, number)
            os.close(copy)


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl+C interrupt pdb, not the event loop."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def install(terminal: Terminal) -> None:
    """Have `breakpoint()` and `pdb.set_trace()` ask for the terminal, unless PYTHONBREAKPOINT names something else."""
    if os.environ.get("PYTHONBREAKPOINT"):
        return

    def hook(*args: Any, **kwargs: Any) -> None:
        _debugger(terminal).set_trace(sys._getframe(1))

    sys.breakpointhook = hook
    sys.meta_path.insert(0, _PdbFinder(hook))


def _debugger(terminal: Terminal) -> Any:
    import pdb  # late: most programs never need it

    class LentPdb(pdb.Pdb):
        """Pdb that has the terminal only while a person types."""

        def interaction(self, frame: types.FrameType | None, *args: Any, **kwargs: Any) -> None:
            here = frame or sys._getframe()
            with terminal.lent(here.f_code.co_filename, here.f_lineno, lambda: bool(self.quitting)) as is_lent:
                if not is_lent:
                    self.set_continue()
                    return
                self.stdin, self.stdout = sys.stdin, sys.stdout
                super().interaction(frame, *args, **kwargs)
            if self.quitting:
                terminal.quit()

    return LentPdb(nosigint=True)


class _PdbFinder:
    """Replaces `pdb.set_trace` once the program imports pdb.

    Args:
        hook: Takes its place.
    """

    def __init__(self, hook: Any) -> None:
        self._hook = hook

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """The spec of pdb, whose loader replaces the function; None for any other module."""
        if name != "pdb":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec("pdb")
        if spec is not None and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            load, hook = spec.loader.exec_module, self._hook

            def exec_module(module: types.ModuleType) -> None:
                load(module)
                vars(module)["set_trace"] = hook

            vars(spec.loader)["exec_module"] = exec_module
        return spec
