"""The log of a run while it grows: paused, followed, saved."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from typing import Protocol

from ckpt_tui.core.running.secret_lines import masked_line
from ckpt_tui.core.runs.short_ids import short_id
from ckpt_tui.tui.live_run import LiveRun
from ckpt_tui.tui.widgets.event_log import LogLines
from ckpt_tui.tui.widgets.prompt import Prompt, Prompted

SAVE_SECONDS = 0.02
"""Time spent on saving in one turn: masking all of a long log at once would hold up the screen."""

_SAVE = Prompted("save the log to", "a file that is not there yet", "saves")


class RunLogPort(Protocol):
    """The part of its screen that it uses."""

    @property
    def log_lines(self) -> LogLines:
        """The log."""
        ...

    @property
    def prompt(self) -> Prompt:
        """The prompt for a file."""
        ...

    @property
    def run(self) -> LiveRun | None:
        """The run."""

    def draw(self) -> None:
        """Draw the lines at the top and bottom."""

    def say(self, text: str, style: str = "plain") -> None:
        """Show a text, until the next key."""

    def call_later(self, callback: Callable[[], None]) -> bool:
        """Call something when the app is idle."""
        ...


class RunLog:
    """Pauses, follows and saves the log.

    Args:
        port: The screen.
    """

    def __init__(self, port: RunLogPort) -> None:
        self._port = port
        self._saving: Iterator[None] | None = None

    def take(self) -> None:
        """Show new lines."""
        self._port.log_lines.take()
        self._port.draw()

    def pause(self) -> None:
        """Let new lines wait, or show them."""
        log = self._port.log_lines
        log.paused = not log.paused
        self.take()

    def follow(self) -> None:
        """Follow the newest line, or stay; a log that is held back goes on."""
        log = self._port.log_lines
        log.following = log.paused or not log.following
        if log.following:
            log.paused = False
            log.move_to(log.line_count - 1, by_hand=False, direction=-1)
        self._port.draw()

    # -- saving ------------------------------------------------------------------------------------------------------

    def ask_file(self) -> None:
        """Ask where to save the log."""
        run = self._port.run
        if run is not None:
            stamp = time.strftime("%Y%m%d-%H%M%S")
            path = os.path.abspath(f"ckpt-tui-run-{short_id(run.plan.source.id)}-{stamp}.jsonl")
            self._port.prompt.ask(_SAVE, path, self._begin)

    def _begin(self, path: str) -> None:
        run = self._port.run
        if not path or run is None:
            return
        self.finish()
        self._saving = self._written(os.path.expanduser(path), run.log.lines(), self._port.log_lines.reveal)
        self._go_on()

    def _go_on(self) -> None:
        if self._saving is not None and next(self._saving, self) is self:
            self._saving = None
        elif self._saving is not None:
            self._port.call_later(self._go_on)

    def finish(self) -> None:
        """Finish saving at once."""
        for _ in self._saving or ():
            pass

    def _written(self, path: str, lines: Iterator[bytes], reveal: bool) -> Iterator[None]:
        """Save lines, as many at a time as a turn allows, and show the result."""
        shown = lines if reveal else map(masked_line, lines)
        try:
            # Never overwrites a file: its name was only proposed.
            with open(path, "xb") as file:
                end = time.perf_counter() + SAVE_SECONDS
                for line in shown:
                    file.write(line + b"\n")
                    if time.perf_counter() > end:
                        yield
                        end = time.perf_counter() + SAVE_SECONDS
        except FileExistsError:
            self._port.say(f"{path} is there already; choose another name.", "warn")
        except OSError as error:
            self._port.say(f"Not saved: {error.strerror}", "error")
        else:
            masks = "" if reveal else ", secrets masked"
            self._port.say(f"saved to {path}{masks}", "good")
