"""A live run that is stepped, stopped at breakpoints, changed and taken back."""

from __future__ import annotations

from typing import Any, Protocol

from ckpt_tui.actions.debugging.breakpoints import Breakpoint, parse_breakpoint, parse_breakpoints
from ckpt_tui.actions.notebook import Notebook, read_notes, write_notes
from ckpt_tui.core.terms import Terms
from ckpt_tui.errors import CkptError
from ckpt_tui.tui.helpers.run_prompts import CHANGE, edit_typed, place_typed, run_to_prompt
from ckpt_tui.tui.live_run import LiveRun
from ckpt_tui.tui.widgets.prompt import Prompt, Prompted

_BACK = Prompted("back to", "the one before; or the id of another checkpoint", "goes there")


def _breakpoints(executor: str) -> Prompted:
    what = f"JMESPath that becomes true, changes:PATH, {executor}:NAME, request, error; several: ;"
    return Prompted("pause where", what, "sets them")


class SteppingPort(Protocol):
    """The part of its screen that it uses."""

    @property
    def run(self) -> LiveRun | None:
        """The run, once a process was started."""

    @property
    def terms(self) -> Terms:
        """The words of the framework that runs."""
        ...

    @property
    def prompt(self) -> Prompt:
        """The prompt for a text."""
        ...

    @property
    def store_path(self) -> str:
        """The store whose notes hold the breakpoints."""
        ...

    def start(self) -> None:
        """Check, then run."""

    def say(self, text: str, style: str = "plain") -> None:
        """Show a text, until the next key."""


class Stepping:
    """Steps a run, and shows where it is.

    Args:
        port: The screen.
    """

    def __init__(self, port: SteppingPort) -> None:
        self._port = port
        self._book: Notebook | None = None
        self._steps_first = False

    # -- where it stops ----------------------------------------------------------------------------------------------

    @property
    def _notebook(self) -> Notebook:
        if self._book is None:
            self._book = read_notes(self._port.store_path)
        return self._book

    @property
    def breakpoints(self) -> list[Breakpoint]:
        """The valid breakpoints that are kept with the store."""
        found = []
        for spec in self._notebook.breakpoints:
            try:
                found.append(parse_breakpoint(spec))
            except CkptError:
                continue
        return found

    def prepare(self, run: LiveRun) -> None:
        """Give a run that is about to begin its breakpoints."""
        specs = [each.spec for each in self.breakpoints]
        if specs:
            run.command("break", set=specs)
        if self._steps_first:
            self._steps_first = False
            run.command("pause")

    def ask_breakpoints(self) -> None:
        """Ask where to pause; the breakpoints are kept with the store, and hold in a replay, too."""
        known = "".join(f"{each}; " for each in self._notebook.breakpoints)  # the typed ones are added
        self._port.prompt.ask(_breakpoints(self._port.terms.executor), known, self._take_breakpoints, select=False)

    def _take_breakpoints(self, text: str) -> bool | None:
        try:
            specs = [each.spec for each in parse_breakpoints(text)]
        except CkptError as error:
            self._port.prompt.say(f"{error.what} {error.hint}", "error")
            return False
        self._notebook.breakpoints[:] = specs
        try:
            write_notes(self._notebook)
        except OSError as error:
            self._port.say(f"The breakpoints cannot be saved: {error.strerror}", "warn")
        run = self._port.run
        if run is not None and run.begun and run.is_live:
            run.command("break", set=specs)
        self._port.say(f"pauses at {'; '.join(specs)}" if specs else "pauses nowhere", "good")
        return None

    # -- going on ----------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Run one superstep; pause a run that goes on after the one that it is in; begin a run that is checked."""
        run = self._port.run
        if run is None or not run.begun:
            self._steps_first = True
            self._port.start()
        elif run.paused is not None:
            run.command("step")
        elif run.is_live:
            run.command("pause")
            self._port.say("pausing after this superstep …", "dim")
        else:
            self._port.say("The run has ended.", "dim")

    def go_on(self) -> None:
        """Run to the next breakpoint."""
        if self._paused() is not None:
            self._command("continue")

    def ask_run_to(self) -> None:
        """Ask where to run to."""
        if self._paused() is not None:
            self._port.prompt.ask(run_to_prompt(self._port.terms.executor), "", self._run_to)

    def _run_to(self, text: str) -> None:
        fields = place_typed(text)
        if fields:
            self._command("run_to", **fields)

    def ask_change(self) -> None:
        """Ask for a value of the state or of a message in flight to change before the run goes on."""
        if self._paused() is not None:
            self._port.prompt.ask(CHANGE, "state.", self._change, select=False)

    def _change(self, text: str) -> bool | None:
        edit = edit_typed(text, self._port.prompt)
        if edit is None:
            return False
        run = self._port.run
        if run is not None:
            run.change(edit)
        self._port.say(f"{edit.text} is changed when the run goes on", "good")
        return None

    def ask_back(self) -> None:
        """Ask for an earlier checkpoint to go on from; the one before is proposed."""
        run, paused = self._port.run, self._paused()
        if run is not None and paused is not None:
            before = run.parents.get(str(paused.get("checkpoint")), "")
            self._port.prompt.ask(_BACK, before, self._back)

    def _back(self, text: str) -> None:
        if text.strip():
            self._command("goto", id=text.strip())

    def _paused(self) -> dict[str, Any] | None:
        run = self._port.run
        paused = run.paused if run is not None else None
        if paused is None:
            self._port.say(run.why_not_paused if run is not None else "Nothing runs.", "dim")
        return paused

    def _command(self, do: str, **fields: Any) -> None:
        run = self._port.run
        if run is not None:
            run.command(do, **fields)
