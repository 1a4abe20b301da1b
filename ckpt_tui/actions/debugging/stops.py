"""Where a session stops next: after a superstep, at a breakpoint, or where a person wants to run to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ckpt_tui.actions.debugging.breakpoints import Breakpoint, Watcher
from ckpt_tui.core.model import Checkpoint
from ckpt_tui.errors import UsageError

_WARNING_LEVELS = ("WARNING", "ERROR", "CRITICAL")
"""Levels of log records that a breakpoint `warning` stops at."""

ENDS = ("request", "error", "end")
"""Places to run to that are one word."""


class Stop(NamedTuple):
    """Why a run stops: `step`, `breakpoint`, `request`, `error` or `asked`, and the breakpoint as it was written."""

    reason: str
    breakpoint: str | None = None


class RunTo(NamedTuple):
    """Where to stop once: an executor that is about to run, a step, or one of `ENDS`."""

    kind: str
    name: str = ""
    step: int = 0


class Stops:
    """What stops a run.

    Args:
        breakpoints: Where it always stops.
        steps: Whether it stops after every superstep.
    """

    def __init__(self, breakpoints: Iterable[Breakpoint], steps: bool) -> None:
        self.watcher = Watcher(breakpoints)
        self._steps = steps
        self._asked = False
        self._run_to: RunTo | None = None
        self._has_warned = False

    @property
    def steps(self) -> bool:
        """Whether it stops after every superstep."""
        return self._steps

    def wanted(self) -> dict[str, Any]:
        """Where the runner has to wait: `hold` after each save, and before which `executors`."""
        run_to = self._run_to
        executors = [each.name for each in self.watcher.breakpoints if each.kind == "executor"]
        if run_to is not None and run_to.kind == "executor":
            executors.append(run_to.name)
        if run_to is not None and run_to.kind == "end":
            return {"hold": False, "executors": []}
        looks = self.watcher.is_needed or (run_to is not None and run_to.kind in ("step", "request"))
        return {"hold": self._steps or self._asked or looks, "executors": executors}

    # -- what a person wants -----------------------------------------------------------------------------------------

    def ask(self) -> None:
        """Stop after the superstep that runs."""
        self._asked = True

    def go_on(self, steps: bool = False, run_to: RunTo | None = None) -> None:
        """Stop after one superstep, at another place, or only at breakpoints."""
        self._steps, self._run_to = steps, run_to

    def never(self) -> None:
        """Stop nowhere any more."""
        self.watcher.change(())
        self._steps, self._asked, self._run_to = False, False, None

    def stopped(self) -> None:
        """Note that the run has stopped, and forget the places at which to stop once."""
        self._asked, self._run_to = False, None

    def note(self, kind: bytes, raw: bytes) -> None:
        """Take a line of the run: a warning of the program or of the framework stops it after the superstep."""
        if kind == b"log":
            self._has_warned |= json.loads(raw).get("level") in _WARNING_LEVELS
        elif kind == b"event" and b'"warning"' in raw:
            self._has_warned |= json.loads(raw).get("type") == "warning"

    # -- why it stops ------------------------------------------------------------------------------------------------

    def at_hold(self, held: dict[str, Any], load: Callable[[], Checkpoint | None]) -> Stop | None:
        """Why the run stops where the runner holds it; None where it goes on.

        Args:
            held: The runner's line `held`.
            load: As in `after_save`.
        """
        if held.get("where") == "executor":
            return self.before_call(str(held.get("executor")))
        if held.get("where") == "request":
            return self.at_request()
        if held.get("unsaved"):
            return self.after_failed_save(int(held.get("iteration") or 0))
        return self.after_save(int(held.get("iteration") or 0), bool(held.get("pending")), load)

    def before_call(self, executor: str) -> Stop | None:
        """Why the run stops before an executor is called; None where it goes on."""
        for each in self.watcher.breakpoints:
            if each.kind == "executor" and each.name == executor:
                return Stop("breakpoint", each.spec)
        run_to = self._run_to
        return Stop("asked") if run_to is not None and run_to.name == executor else None

    def at_request(self) -> Stop | None:
        """Why the run stops where it asks without a checkpoint of its own for that; None where it goes on."""
        for each in self.watcher.breakpoints:
            if each.kind == "request":
                return Stop("request", each.spec)
        run_to = self._run_to
        return Stop("asked") if self._asked or (run_to is not None and run_to.kind == "request") else None

    def after_save(self, iteration: int, waits: bool, load: Callable[[], Checkpoint | None]) -> Stop | None:
        """Why the run stops between two supersteps; None where it goes on.

        Args:
            iteration: The iteration of the checkpoint that was saved.
            waits: Whether a request waits in it.
            load: Gives that checkpoint, or None where it cannot be read; called only where a breakpoint looks at it.
        """
        checkpoint = load() if self.watcher.is_needed else None
        hit = self.watcher.hit(checkpoint) if checkpoint is not None else None
        has_warned, self._has_warned = self._has_warned, False
        if hit is None and has_warned:
            hit = next((each for each in self.watcher.breakpoints if each.kind == "warning"), None)
        if hit is not None:
            return Stop("request" if hit.kind == "request" else "breakpoint", hit.spec)
        run_to = self._run_to
        if run_to is not None:
            is_there = (run_to.kind == "step" and iteration >= run_to.step) or (run_to.kind == "request" and waits)
            return Stop("asked") if is_there else None
        if self._asked:
            return Stop("asked")
        return Stop("step") if self._steps else None

    def after_failed_save(self, iteration: int) -> Stop | None:
        """Why the run stops between two supersteps whose checkpoint could not be saved; None where it goes on."""
        for each in self.watcher.breakpoints:
            if each.kind == "warning":
                return Stop("breakpoint", each.spec)
        run_to = self._run_to
        if self._asked or (run_to is not None and run_to.kind == "step" and iteration >= run_to.step):
            return Stop("asked")
        return Stop("step") if self._steps and run_to is None else None

    def at_error(self) -> bool:
        """Whether a run that failed stops for the person to look at the failure."""
        is_wanted = self._run_to is not None and self._run_to.kind == "error"
        return is_wanted or any(each.kind == "error" for each in self.watcher.breakpoints)


def place_to_run_to(command: dict[str, Any]) -> RunTo:
    """The place that a command `run_to` names.

    Raises:
        UsageError: it does not name one.
    """
    for kind in ("executor", *ENDS):
        if command.get(kind):
            return RunTo(kind, str(command[kind]) if kind == "executor" else "")
    step = command.get("step")
    if type(step) is int:
        return RunTo("step", step=step)
    raise UsageError("run_to needs an executor, a step, request, error or end.", 'For example: "executor": "writer"')
