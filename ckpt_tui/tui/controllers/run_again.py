"""The same input run several times, and compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from ckpt_tui.actions.debugging.repetition import MOST, Repetition
from ckpt_tui.actions.resume.plan import make_plan
from ckpt_tui.core.running.event_lines import parse_line
from ckpt_tui.core.running.session_lines import compared_texts
from ckpt_tui.tui.live_run import LiveRun
from ckpt_tui.tui.messages import RunLine
from ckpt_tui.tui.widgets.prompt import Prompt, Prompted
from ckpt_tui.tui.widgets.shown_keys import keys_of

_TIMES = Prompted("run again", f"how many times, 2 to {MOST:,}", "runs it so often, one after the other")

_LOGGED = (b'{"kind":"again"', b'{"kind":"run_end"', b'{"kind":"compared"', b'{"kind":"error"')


class RunAgainPort(Protocol):
    """The part of its screen that it uses."""

    @property
    def run(self) -> LiveRun | None:
        """The run whose input is run again."""

    @property
    def prompt(self) -> Prompt:
        """The prompt for a number."""
        ...

    def post_message(self, message: RunLine) -> bool:
        """Send a line to the screen; it comes back through `RunAgain.take`."""
        ...

    def say(self, text: str, style: str = "plain") -> None:
        """Show a text, until the next key."""

    def show_comparison(self, text: str) -> None:
        """Show the comparison of the runs."""


class RunAgain:
    """Runs a plan several times.

    Args:
        port: The screen.
        begun: Called with the directory of each run that writes checkpoints.
    """

    def __init__(self, port: RunAgainPort, begun: Callable[[str], None]) -> None:
        self._port = port
        self._begun = begun
        self._repetition: Repetition | None = None
        self._directory = ""

    @property
    def is_live(self) -> bool:
        """Whether runs go on."""
        return self._repetition is not None and not self._repetition.ended.is_set()

    def ask(self) -> None:
        """Ask how many times."""
        run = self._port.run
        if self.is_live:
            self._port.say(f"It is being run again already: {keys_of('run.stop')} stops it.", "dim")
        elif run is None or not run.latest.get("check", {}).get("ok"):
            self._port.say("Nothing is checked yet: ⏎ checks.", "dim")
        elif run.begun and run.is_live:
            self._port.say(f"The run goes on: {keys_of('run.stop')} stops it.", "dim")
        else:
            self._port.prompt.ask(_TIMES, "5", self._begin)

    def _begin(self, text: str) -> bool | None:
        run = self._port.run
        if run is None or not text.strip():
            return None
        if not text.strip().isdigit() or not 2 <= int(text) <= MOST:
            self._port.prompt.say(f"A number from 2 to {MOST:,}.", "error")
            return False
        plan = run.plan
        into = make_plan(plan.source, plan.target).into if plan.source.store else plan.into
        again = replace(plan, into=into)

        def take(raw: bytes) -> None:
            if raw.startswith(_LOGGED):
                run.log.add(raw)
            if raw.startswith((*_LOGGED, b'{"kind":"checkpoint"')):
                self._port.post_message(RunLine(self, parse_line(raw)))

        self._repetition = Repetition(again, int(text), take)
        self._repetition.start()
        self._port.say("run 1 begins …", "dim")
        return None

    def stop(self) -> bool:
        """Stop the runs; False where none goes on."""
        if self._repetition is None or not self.is_live:
            return False
        if self._repetition.is_stopping:
            self._repetition.kill()
        else:
            self._repetition.stop()
        return True

    def kill(self) -> None:
        """End the process that runs."""
        if self._repetition is not None:
            self._repetition.kill()

    def take(self, line: dict[str, Any]) -> None:
        """Take a line of a run."""
        kind = line["kind"]
        if kind == "checkpoint" and line.get("directory") != self._directory:
            self._directory = str(line.get("directory"))
            self._begun(self._directory)
        elif kind == "run_end":
            self._port.say(f"run {line.get('run')} has ended: {line.get('outcome')}", "dim")
        elif kind == "compared":
            self._port.say("")
            self._port.show_comparison("\n".join(compared_texts(line)))
