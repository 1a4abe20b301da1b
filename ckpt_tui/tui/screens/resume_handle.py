"""A resume that is open, or was left and goes on, for the browser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ckpt_tui.actions.resume.plan import Edit, Source
from ckpt_tui.tui.helpers.run_bars import status_part
from ckpt_tui.tui.screens.resume import ResumeScreen
from ckpt_tui.tui.widgets.status import Part


class ResumeHandle:
    """A resume, for its opener."""

    def __init__(self, screen: ResumeScreen) -> None:
        self._screen = screen

    @property
    def has_begun(self) -> bool:
        """Whether the workflow was started."""
        return self._screen.execution.has_begun

    @property
    def is_live(self) -> bool:
        """Whether the workflow was started and has not ended."""
        return self._screen.run is not None and self._screen.run.begun and self._screen.run.is_live

    @property
    def is_busy(self) -> bool:
        """Whether a process that it has started goes on."""
        return self.is_live or self._screen.run_again.is_live

    @property
    def is_shown(self) -> bool:
        """Whether its screen is in front."""
        return self._screen.is_current

    @property
    def paused(self) -> dict[str, Any] | None:
        """Where it is paused; None where it is not."""
        return self._screen.run.paused if self._screen.run is not None else None

    @property
    def status(self) -> Part:
        """The state of the run, in a few words."""
        execution = self._screen.execution
        return status_part(execution.run, execution.waits, execution.seconds)

    @property
    def source(self) -> Source:
        """The checkpoint that it was started at."""
        return self._screen.source

    @property
    def written(self) -> Sequence[str]:
        """Ids of the checkpoints that it wrote, in order."""
        return self._screen.run.written if self._screen.run is not None else ()

    @property
    def failure(self) -> str:
        """Why it failed; "" where it did not fail."""
        return self._screen.run.failure if self._screen.run is not None else ""

    def change(self, identifier: str, edits: Sequence[Edit]) -> bool:
        """Make these changes when it goes on, if it is paused at this checkpoint; False where it is not."""
        run = self._screen.run
        if run is None or run.paused is None or run.paused.get("checkpoint") != identifier:
            return False
        for each in edits:
            run.change(each)
        return True

    def command(self, do: str, **fields: Any) -> None:
        """Carry out a command of the debugger."""
        if self._screen.run is not None:
            self._screen.run.command(do, **fields)

    def show(self) -> None:
        """Show it again."""
        self._screen.app.push_screen(self._screen)

    def kill(self, is_cut_off: bool) -> None:
        """End its process; the next start offers to go on with a run that is cut off, or was paused."""
        self._screen.run_again.kill()
        run = self._screen.run
        if run is not None:
            end = run.session.abandon if is_cut_off or run.paused is not None else run.session.kill
            end()
