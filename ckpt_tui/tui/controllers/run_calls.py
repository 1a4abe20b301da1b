"""The calls of a run: one shown whole, and the line of the person's code at which one failed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from textual.app import App

from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.running.call_record import CallRecord, call_record
from ckpt_tui.core.running.event_lines import parse_line
from ckpt_tui.core.running.secret_lines import masked_line
from ckpt_tui.core.running.short_values import place_text, spent_text
from ckpt_tui.errors import CkptError
from ckpt_tui.tui.live_run import LiveRun
from ckpt_tui.tui.outside_programs import at_line, editor, run_outside
from ckpt_tui.tui.widgets.event_log import LogLines


class RunCallsPort(Protocol):
    """The part of its screen that it uses."""

    @property
    def app(self) -> App[Any]:
        """The application."""

    @property
    def log_lines(self) -> LogLines:
        """The log."""
        ...

    @property
    def run(self) -> LiveRun | None:
        """The run."""

    def say(self, text: str, style: str = "plain") -> None:
        """Show a text, until the next key."""

    def show_call(self, title: str, text: str) -> None:
        """Show a call."""


class RunCalls:
    """Opens calls.

    Args:
        port: The screen.
    """

    def __init__(self, port: RunCallsPort) -> None:
        self._port = port

    def open(self) -> bool:
        """Show the call that the line under the cursor belongs to; False where it belongs to none."""
        log, run = self._port.log_lines, self._port.run
        raw = log.raw(log.cursor)
        number = parse_line(raw).get("call") if raw is not None else None
        if not isinstance(number, int) or run is None:
            return False
        mark = f'"call":{number}'.encode()
        shown: Callable[[bytes], bytes] = (lambda line: line) if log.reveal else masked_line
        found = call_record((parse_line(shown(line)) for line in run.log.lines() if mark in line), number)
        if found is None:
            return False
        step = f" · superstep {found.step}" if found.step is not None else ""
        self._port.show_call(f"{found.executor} · call {number}{step}", "\n".join(_text_of(found)))
        return True

    def open_editor(self) -> None:
        """Open the person's code where a call failed: the one under the cursor, else the last one."""
        found = self._place()
        if found is None:
            self._port.say("Nothing failed in a line of your code.", "dim")
            return
        file, line = found
        if not os.path.isfile(file):
            self._port.say(f"{file} is not there.", "warn")
            return
        command = editor()
        try:
            run_outside(self._port.app, command, *at_line(command, file, line))
        except CkptError as error:
            self._port.say(error.what, "error")

    def _place(self) -> tuple[str, int] | None:
        log, run = self._port.log_lines, self._port.run
        raw = log.raw(log.cursor)
        lines = [raw] if raw is not None else []
        if run is not None:
            lines += [line for line in run.log.lines() if b'"file":' in line and b'"line":' in line][::-1]
        for each in lines:
            line = parse_line(each)
            file, number = line.get("file"), line.get("line")
            if line.get("kind") in ("event", "error", "paused") and isinstance(file, str) and isinstance(number, int):
                return file, number
        return None


def _text_of(call: CallRecord) -> Iterator[str]:
    spent = spent_text(call.end)
    yield f"took     {spent}" if spent else "runs"
    yield from ("", "input", dumps(call.given))
    if call.printed:
        yield from ("", "printed", *call.printed)
    for each in call.outputs:
        yield from ("", "gave out", dumps(each))
    details = call.end.get("details")
    if isinstance(details, dict):
        yield from ("", f"failed{place_text(call.end)}", str(details.get("traceback") or details.get("message")))
    elif call.end:
        yield from ("", "output", dumps(call.end.get("data")))
