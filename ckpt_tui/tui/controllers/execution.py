"""The process of a run: loads and checks the code, runs it, passes answers, and ends it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

from ckpt_tui.actions.resume.plan import Plan
from ckpt_tui.actions.resume.targets import remember
from ckpt_tui.core.running.event_lines import nodes_of
from ckpt_tui.core.terms import Terms
from ckpt_tui.tui.helpers.resume_panes import ResumePanes
from ckpt_tui.tui.helpers.resume_preview import same_code
from ckpt_tui.tui.live_run import LiveRun
from ckpt_tui.tui.messages import RunLine
from ckpt_tui.tui.widgets.shown_keys import keys_of


class ExecutionPort(Protocol):
    """The part of its screen that it uses."""

    @property
    def panes(self) -> ResumePanes:
        """The panes that show it."""
        ...

    def post_message(self, message: RunLine) -> bool:
        """Send a line of the run to the screen; it comes back through `Execution.take`."""
        ...

    @property
    def terms(self) -> Terms:
        """The words of the framework that runs."""
        ...

    def say(self, text: str, style: str = "plain") -> None:
        """Show a text, until the next key."""

    def preparation_state(self) -> tuple[Any, ...]:
        """All that a check depends on."""
        ...


class Execution:
    """One run from its check to its end; another process is started when other code is wanted.

    Args:
        port: The screen.
        begun: Called with the directory of new checkpoints when the first one is written.
        prepare: Called with a run before its workflow begins.
        graph: Takes the graph of the workflow, once it is loaded.
    """

    def __init__(
        self, port: ExecutionPort, begun: Callable[[str], None], graph: Callable[[dict[str, Any]], None],
        prepare: Callable[[LiveRun], None],
    ) -> None:  # fmt: skip
        self._port = port
        self._begun, self._graph, self._prepare = begun, graph, prepare
        self.run: LiveRun | None = None
        self.waits = False
        """Whether the run waits for answers that its forms ask for."""
        self._checked: tuple[Any, ...] | None = None
        self._showed_directory = False
        self._started = 0.0
        self._ended = 0.0

    @property
    def has_begun(self) -> bool:
        """Whether the workflow was asked to run."""
        return self.run is not None and self.run.begun

    @property
    def check(self) -> dict[str, Any]:
        """The result of the latest check; empty before there is one."""
        return self.run.latest.get("check", {}) if self.run is not None else {}

    @property
    def is_checked(self) -> bool:
        """Whether a live process has checked something."""
        return self.run is not None and self.run.is_live and bool(self.check)

    @property
    def seconds(self) -> float:
        """How long the workflow has run."""
        return (self._ended or time.monotonic()) - self._started

    # -- commands -----------------------------------------------------------------------------------------------------

    def go_on(self, plan: Plan) -> None:
        """Load and check; when it is checked and nothing changed since, run."""
        run, state = self.run, self._port.preparation_state()
        if run is not None and self.is_checked and self.check.get("ok") and self._checked == state:
            self._begin(run, plan)
        elif run is not None and run.is_live and same_code(run.plan, plan):
            self._checked = state
            run.latest.pop("check", None)
            run.check(plan)
            self._port.say("checking …", "dim")
        else:
            self._load(plan)

    def _load(self, plan: Plan) -> None:
        """Start the process, which loads the code and checks."""
        if self.run is not None:
            self.run.session.stop(0.5)

        def take_line(line: dict[str, Any]) -> None:
            self._port.post_message(RunLine(run, line))

        self.run = run = LiveRun(plan, take_line)
        self._port.panes.show_loading(run)
        self._checked = self._port.preparation_state()
        run.start()
        self._port.say(f"starting {plan.target.workflow} …", "dim")

    def _begin(self, run: LiveRun, plan: Plan) -> None:
        self._started, self._ended, self._showed_directory = time.monotonic(), 0.0, False
        run.latest.pop("error", None)
        self._prepare(run)
        run.run(plan)
        self._port.panes.show_start(run)
        self._port.say("")

    def answer(self, responses: dict[str, Any]) -> None:
        """Answer requests that the run raised."""
        if self.run is None or not self.waits:
            is_over = self.run is not None and not self.run.is_live
            again = f"is over: {keys_of('run.resume')} runs it again from here" if is_over else "has begun already"
            self._port.say(f"The run {again}.", "dim")
            return
        if not responses:
            self._port.say(f"Answer at least one request, or stop the run with {keys_of('run.stop')}.", "warn")
            return
        self.run.latest.pop("error", None)
        self.run.answer(responses)
        self._port.say("sent", "dim")

    def stop(self) -> None:
        """Stop the run; once more kills it."""
        run = self.run
        if run is None or not run.begun or not run.is_live:
            self._port.say(f"The {self._port.terms.workflow} does not run.", "dim")
            return
        again = run.session.is_stopping
        run.stop()
        self._port.say("killed" if again else "stopping; x again kills it now", "warn")

    def leave(self) -> None:
        """Leave the screen: a run goes on, a process that only checked is ended."""
        if self.run is not None and not self.run.begun:
            self.run.session.stop(0.5)

    # -- lines of the run --------------------------------------------------------------------------------------------

    async def take(self, event: RunLine) -> None:
        """Take a line of the run."""
        run, line, panes = self.run, event.line, self._port.panes
        if run is None or event.run is not run:
            return
        kind = line["kind"]
        if kind == "graph":
            self._graph(line)
        elif kind == "check":
            await self._take_check(run, line)
        elif kind == "waiting":
            self.waits = True
            await panes.show_requests(line.get("requests") or [])
        elif kind == "answered":
            self.waits = False
            self._port.say("")
            panes.show_answered()
        elif kind == "checkpoint" and not self._showed_directory:
            self._showed_directory = True
            self._begun(str(line.get("directory")))
        elif kind == "error":
            if run.begun and line.get("where") in ("response", "command"):
                self._port.say(f"{line.get('what')} → {line.get('fix')}", "error")
            panes.show_preview()
        elif kind == "paused":
            self._port.say("")
            panes.show_paused()
        elif kind == "end":
            self._ended = time.monotonic()
            self.waits = False
            self._port.say("")
            panes.show_end(run)

    async def _take_check(self, run: LiveRun, check: dict[str, Any]) -> None:
        run.latest.pop("error", None)
        run.begun = False  # of one that was started: the plan does not fit after all
        self._port.say("")
        if check.get("ok"):
            remember(run.plan.source.store, run.plan.target, nodes_of(run.latest.get("graph", {})))
        asks = await self._port.panes.show_check(check)
        self._checked = None if asks else self._port.preparation_state()
