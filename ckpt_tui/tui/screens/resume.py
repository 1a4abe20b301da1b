"""Resuming a run: the program, the preview, the answers; then the run and its log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from operator import attrgetter
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from ckpt_tui.actions.resume.plan import Edit, Source
from ckpt_tui.core.terms import framework_terms
from ckpt_tui.core.text import clean
from ckpt_tui.tui.commands import by_id
from ckpt_tui.tui.controllers.execution import Execution
from ckpt_tui.tui.controllers.log_reader import LogReader
from ckpt_tui.tui.controllers.message_dropping import MessageDropping
from ckpt_tui.tui.controllers.preparation import Preparation
from ckpt_tui.tui.controllers.run_again import RunAgain
from ckpt_tui.tui.controllers.run_calls import RunCalls
from ckpt_tui.tui.controllers.run_log import RunLog
from ckpt_tui.tui.controllers.stepping import Stepping
from ckpt_tui.tui.controllers.terminal_loan import TerminalLoan
from ckpt_tui.tui.helpers.resume_panes import ResumePanes
from ckpt_tui.tui.helpers.run_bars import log_parts, run_parts, source_parts
from ckpt_tui.tui.helpers.run_hints import hint_parts
from ckpt_tui.tui.helpers.target_form import TargetForm
from ckpt_tui.tui.live_run import LiveRun
from ckpt_tui.tui.messages import RunLine
from ckpt_tui.tui.screens.dialogs import help_screen
from ckpt_tui.tui.screens.resume_keys import BOUND
from ckpt_tui.tui.screens.run_dialogs import RunDialogs
from ckpt_tui.tui.screens.value_editor import NotEdited, edited_json
from ckpt_tui.tui.widgets.choice import Choice
from ckpt_tui.tui.widgets.event_log import LogLines
from ckpt_tui.tui.widgets.path_input import PathInput
from ckpt_tui.tui.widgets.prompt import Prompt
from ckpt_tui.tui.widgets.request_form import RequestForm
from ckpt_tui.tui.widgets.status import BarLine, Part, revealed

TICK = 0.1
"""Seconds between two updates of the log: faster than the eye reads, however many lines come."""


class ResumeScreen(RunDialogs):
    """One resume, from its preview to its end. It stays alive when it is left, and the run goes on.

    Args:
        source: The checkpoint to run from.
        edits: The edits before the run.
        begun: Called with the directory of new checkpoints when the first one is written.
        compare: Opens the outcomes of this checkpoint's forks; returns why that is not possible, or "".
        graph: Takes the graph of the workflow, once it is loaded.
        again: Opens another preview of the same checkpoint.
        left: Called when a run that was started is left.
        changed: Takes each line of the run about its state; returns whether the browser shows it.
        reveal: Show secrets.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "enter", show=False),
        *(
            Binding(by_id()[name].keys, action, by_id()[name].title, show=False, id=name)
            for name, action in BOUND.items()
        ),
    ]
    DEFAULT_CSS = """
    ResumeScreen { layout: vertical; }
    """

    def __init__(
        self, source: Source, edits: tuple[Edit, ...], begun: Callable[[str], None], compare: Callable[[str], str],
        graph: Callable[[Mapping[str, Any]], None], again: Callable[[], None], left: Callable[[], None],
        changed: Callable[[dict[str, Any]], bool], reveal: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self.source = source
        self._compare, self._again, self._left, self._changed = compare, again, left, changed
        self._said: Part | None = None
        # Held, not queried: a late line of the run may come while the screen loses its widgets one by one.
        self._head, self._foot, self._prompt = BarLine(id="head"), BarLine(id="foot"), Prompt()
        self.terms = framework_terms(source.framework)
        self.panes = ResumePanes(source, edits, reveal)
        self.preparation = Preparation(self, self.panes.form, self.panes.requests, source, edits)
        self.stepping = Stepping(self)
        self.execution = Execution(self, begun, graph, self.stepping.prepare)
        self.run_log = RunLog(self)
        self.log_reader = LogReader(self, "line", f"{self.terms.executor}, kind, text")
        self.calls = RunCalls(self)
        self.terminal_loan = TerminalLoan(self)
        self.run_again = RunAgain(self, begun)
        self.message_dropping = MessageDropping(self)

    def compose(self) -> ComposeResult:
        yield self._head
        yield self.panes
        yield self._foot
        yield self._prompt

    def on_mount(self) -> None:
        """Update the log at intervals."""
        self.set_interval(TICK, self._tick)
        self.draw()

    def on_unmount(self) -> None:
        """Finish saving the log."""
        self.run_log.finish()

    # -- drawing -----------------------------------------------------------------------------------------------------

    def _tick(self) -> None:
        if self.execution.has_begun and self.is_current:
            self.run_log.take()
            self.panes.show_state()

    def on_resize(self) -> None:
        """Draw the lines for the width."""
        self.draw()

    def on_descendant_focus(self) -> None:
        """Show the keys of the focused widget."""
        self.draw()

    def draw(self) -> None:
        if not self.is_mounted:
            return
        execution = self.execution
        state = run_parts(execution.run, execution.waits, execution.seconds)
        self._head.show(source_parts(self.source), state)
        right = log_parts(self.log_lines, self.size.width) if execution.has_begun else []
        self._foot.show([self._said] if self._said else hint_parts(execution, self.panes, self.focused), right)

    async def on_event(self, event: events.Event) -> None:
        """A message is shown until the next key."""
        if self._said is not None and isinstance(event, events.Key):
            self.say("")
        await super().on_event(event)

    # -- the port of the controllers ---------------------------------------------------------------------------------

    @property
    def form(self) -> TargetForm:
        """The target."""
        return self.panes.form

    @property
    def forms(self) -> list[RequestForm]:
        """The requests that are asked."""
        return self.panes.requests.forms

    @property
    def log_lines(self) -> LogLines:
        """The log."""
        return self.panes.log_lines

    @property
    def prompt(self) -> Prompt:
        """The prompt for a text."""
        return self._prompt

    @property
    def run(self) -> LiveRun | None:
        """The run, once a process was started."""
        return self.execution.run

    @property
    def store_path(self) -> str:
        """The store that the run comes from."""
        return self.source.store

    @property
    def reveal(self) -> bool:
        """Whether secrets are shown."""
        return self.log_lines.reveal

    def say(self, text: str, style: str = "plain") -> None:
        self._said = (f" {clean(text)} ", style) if text else None
        self.prompt.say(text, style)
        self.draw()

    def explain(self, text: str) -> None:
        """Show why a key did nothing."""
        self.say(text, "dim")

    def start(self) -> None:
        self.action_start()

    def preparation_state(self) -> tuple[Any, ...]:
        return self.preparation.state()

    # -- messages ----------------------------------------------------------------------------------------------------

    async def on_run_line(self, event: RunLine) -> None:
        """Take a line of the run; when the app ends, there may be no widgets for its last lines."""
        if self.app.return_code is not None or not self.panes.is_attached:
            return
        for controller in (self.run_again, self.message_dropping):
            if event.run is controller:
                controller.take(event.line)
                return
        if event.line["kind"] == "breakpoint" and self.run is not None and event.run is self.run:
            self.terminal_loan.lend(self.run, event.line)
        await self.execution.take(event)
        if not self._changed(event.line) and self.execution.has_begun and not self.is_current:
            self.announce(event.line)
        self.draw()

    def on_target_form_changed(self, event: TargetForm.Changed) -> None:
        """Another program is chosen or typed: show the effect of Enter."""
        event.stop()
        if self.run is None:
            self.panes.show_preview()
            self.draw()

    def on_target_form_entered(self, event: TargetForm.Entered) -> None:
        """Enter in the list of programs or in a field goes on."""
        event.stop()
        self.action_start()

    def on_path_input_completed(self, event: PathInput.Completed) -> None:
        """Show the possible completions."""
        event.stop()
        self.say("  ".join(event.names[:30]), "dim")

    @on(Choice.Submitted)
    def _chosen(self, event: Choice.Submitted) -> None:
        event.stop()
        self._go_on_from(event.choice)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self._go_on_from(event.input)

    def _go_on_from(self, field: Choice | Input) -> None:
        """To the next field of the forms; after the last, check or send."""
        if not self.panes.requests.focus_after(field):
            self.action_start()

    # -- actions -----------------------------------------------------------------------------------------------------

    def action_start(self) -> None:
        """Check; when it is checked and nothing changed since, run; when the run waits, answer."""
        execution, preparation = self.execution, self.preparation
        if execution.has_begun:
            responses = preparation.answers(True) if execution.waits else {}
            if responses is not None:
                execution.answer(responses)
        elif not preparation.asks_to_start():
            plan = preparation.plan(complete=execution.is_checked)
            if plan is not None:
                execution.go_on(plan)

    def action_enter(self) -> None:
        """On the preview, run; on the log, show the whole line."""
        if self.focused is self.panes.preview:
            self.action_start()
        elif self.focused is self.log_lines and not self.calls.open():
            self.log_reader.open()

    def action_allow(self) -> None:
        """Allow the types that the check named, and check again."""
        self.preparation.allow({} if self.execution.has_begun else self.execution.check)

    def action_read_request(self) -> None:
        """Show everything that a request asks."""
        form = self.preparation.request()
        if form is not None:
            text = form.whole_text
            self.show_text("What is asked", text, lambda: self.copy(text, "request"))

    def action_write(self) -> None:
        """Change a value at a pause; in the form of a request write its answer as JSON in $EDITOR."""
        is_paused = self.run is not None and self.run.paused is not None
        if is_paused and not (self.focused is not None and self.panes.requests in self.focused.ancestors):
            self.stepping.ask_change()
            return
        form = self.preparation.request()
        if form is not None:
            try:
                form.write(edited_json(self.app, form.start_document()))
            except NotEdited as reason:
                self.say(str(reason), "warn")

    def action_call(self, method: str) -> None:
        """Call the controller's method that `CONTROLLED` names for a key."""
        attrgetter(method)(self)()

    def action_stop(self) -> None:
        """Stop the run; once more kills it."""
        if not self.run_again.stop():
            self.execution.stop()

    def action_in_log(self, method: str) -> None:
        """Call a controller's method on the log; where there is none yet, show that."""
        if self.execution.has_begun:
            attrgetter(method)(self)()
        else:
            self.say(f"There is no log before the {self.terms.workflow} runs.", "dim")

    def action_search_next(self, direction: int) -> None:
        """Go to the next or previous match in the log."""
        self.log_reader.go_on(direction)

    def action_reveal(self) -> None:
        """Show secrets, or mask them again."""
        reveal = not self.reveal
        self.panes.set_reveal(reveal)
        self.say(*revealed(reveal))

    def action_copy(self) -> None:
        """Copy the command of the preview, or the line of the log."""
        if self.execution.has_begun:
            self.log_reader.copy(as_written=True)
        elif self.run is not None:
            self.copy(self.run.plan.command_text(), "command")

    def action_again(self) -> None:
        """Resume from the same checkpoint once more, with another answer for instance."""
        if self.execution.has_begun:
            self._again()
        else:
            self.say("Nothing ran yet.", "dim")

    def action_compare(self) -> None:
        """Compare the outcomes of the forks of this checkpoint."""
        said = self._compare(self.source.id)
        if said:
            self.say(said, "warn")
        elif self.execution.has_begun:
            self._left()

    def action_help(self) -> None:
        """Show keys and signs."""
        self.app.push_screen(help_screen(("run",)))

    def action_back(self) -> None:
        """End the filter of the log, else leave; a run goes on, a process that only checked is ended."""
        if self.execution.has_begun and self.log_reader.back():
            return
        self.execution.leave()
        with suppress(IndexError):
            self.app.pop_screen()
        if self.execution.has_begun:
            self._left()
