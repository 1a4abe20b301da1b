"""Running on from a checkpoint: whose code, what would happen, the answers; then the run and its log."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input

from ckpt_tui.actions.resume.plan import FAILED, Edit, Plan, Source
from ckpt_tui.actions.resume.preview import blocked_types
from ckpt_tui.actions.resume.targets import remember
from ckpt_tui.core.running.events import OUTCOMES
from ckpt_tui.core.text import clean
from ckpt_tui.tui.commands import by_id
from ckpt_tui.tui.messages import RunTold
from ckpt_tui.tui.runs import Run
from ckpt_tui.tui.screens.preparing import Preparing, allow_text, same_code
from ckpt_tui.tui.widgets.choice import Choice
from ckpt_tui.tui.widgets.event_log import LogLines
from ckpt_tui.tui.widgets.program_list import ProgramList
from ckpt_tui.tui.widgets.status import BarLine, Part
from ckpt_tui.tui.widgets.text_lines import TextLines

TICK = 0.1
"""Seconds between two looks at the log: faster than the eye reads, however many lines come."""

_KEYS = {
    "run.start": "start", "run.allow": "allow", "run.write": "write_answer", "run.read": "read_request",
    "run.stop": "stop", "run.pause": "pause", "run.save": "save", "run.compare": "compare", "run.resume": "again",
    "search.open": "search", "search.next": "search_next(1)", "search.previous": "search_next(-1)",
    "list.filter": "filter", "live.follow": "follow", "value.copy": "copy", "view.reveal": "reveal", "app.back": "back",
    "app.close": "back", "app.help": "help", "app.quit": "app.quit", "app.suspend": "app.suspend_process",
    "view.other_pane": "app.focus_next", "view.previous_pane": "app.focus_previous",
}  # fmt: skip
"""Commands of the table that this screen knows, and what they do here."""


class ResumeScreen(Preparing):
    """One resume, from its preview to its end. It is kept when it is left, and the run goes on.

    Args:
        source: The checkpoint to run from.
        edits: What is changed first.
        begun: Called with the directory of new checkpoints when the first one is written.
        compare: Opens the outcomes of this checkpoint's forks, or says why not.
        graph: Takes the graph of the workflow, once it is loaded.
        again: Opens another preview of the same checkpoint.
        reveal: Show secrets.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "enter", show=False),
        *(
            Binding(by_id()[name].keys, action, by_id()[name].title, show=False, id=name)
            for name, action in _KEYS.items()
        ),
    ]
    DEFAULT_CSS = """
    ResumeScreen #setup, ResumeScreen #asks, ResumeScreen #preview, ResumeScreen #log {
        border: round $ck-edge; border-title-color: $foreground; border-subtitle-color: $ck-dim; padding: 0 1;
    }
    ResumeScreen #setup:focus-within, ResumeScreen #asks:focus-within, ResumeScreen #preview:focus,
    ResumeScreen #log:focus { border: round $ck-edge-focus; }
    ResumeScreen #head { dock: top; }
    ResumeScreen #foot, ResumeScreen #ask { dock: bottom; }
    ResumeScreen #left { width: 50%; height: 1fr; }
    ResumeScreen.-narrow #left, ResumeScreen.-running #left { width: 100%; height: auto; max-height: 70%; }
    ResumeScreen #setup { height: auto; max-height: 100%; }
    ResumeScreen.-asks #setup { max-height: 50%; }
    ResumeScreen #asks { height: 1fr; display: none; }
    ResumeScreen.-narrow #asks, ResumeScreen.-running #asks { height: auto; max-height: 16; }
    ResumeScreen.-narrow.-asks #setup { display: none; }
    ResumeScreen.-asks #asks { display: block; }
    ResumeScreen #preview { width: 1fr; height: 1fr; min-height: 5; }
    ResumeScreen #log { height: 1fr; display: none; }
    ResumeScreen.-running #setup, ResumeScreen.-running #preview { display: none; }
    ResumeScreen.-running #log { display: block; }
    """

    def __init__(
        self, source: Source, edits: tuple[Edit, ...], begun: Callable[[str], None], compare: Callable[[str], str],
        graph: Callable[[Mapping[str, Any]], None], again: Callable[[], None], reveal: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(source, edits)
        self.run: Run | None = None
        self._begun, self._compare, self._graph, self._again = begun, compare, graph, again
        self._revealed = reveal
        self._said: Part | None = None
        self._checked: tuple[Any, ...] | None = None
        self._started = 0.0
        self._ended = 0.0
        self._asking = ""
        self._told_directory = False
        self._waits = False
        """Whether the run waits for answers that its forms ask for."""

    # -- what is on it -----------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        yield BarLine(id="head")
        yield from self.compose_left()
        yield TextLines(id="preview")
        yield LogLines(id="log")
        yield Input(id="ask", compact=True)
        yield BarLine(id="foot")

    def on_mount(self) -> None:
        """Name the parts; the target fills itself in."""
        self.fill_in()
        self.query_one("#ask").display = False
        self.log_lines.border_title = Content("Log")
        self.log_lines.set_reveal(self._revealed)
        self._show_preview()
        self.set_interval(TICK, self.tick)
        self.draw()

    # -- checking and running ----------------------------------------------------------------------------------------

    def action_start(self) -> None:
        """Check; when it is checked and nothing changed since, run."""
        run = self.run
        if run is not None and run.begun:
            if self._waits:
                self._send_answers(run)
            return
        check = run.latest.get("check") if run is not None and run.is_live else None
        if self._ask_to_start():
            return
        plan = self._plan(complete=check is not None)
        if plan is None:
            return
        if check is not None and check.get("ok") and self._checked == self._state():
            assert run is not None
            self._begin(run, plan)
        elif run is not None and run.is_live and same_code(run.plan, plan):
            self._checked = self._state()
            run.latest.pop("check", None)
            run.check(plan)
            self.say("checking …", "dim")
        else:
            self._load(plan)

    def _load(self, plan: Plan) -> None:
        """Start the process, which loads the code and checks."""
        if self.run is not None:
            self.run.session.stop(0.5)
        self._clear_forms()
        self.form.forget_origin()

        def told(line: dict[str, Any]) -> None:
            self.post_message(RunTold(run, line))

        run = Run(plan, told)
        self.run = run
        self._checked = self._state()
        self.log_lines.show(run.log)
        run.start()
        self.say(f"starting {plan.target.workflow} …", "dim")
        self._show_preview()

    def _begin(self, run: Run, plan: Plan) -> None:
        self._started, self._ended, self._told_directory = time.monotonic(), 0.0, False
        run.latest.pop("error", None)
        run.run(plan)
        self._clear_forms()
        self.log_lines.line_up(run.latest.get("graph", {}).get("executors") or ())
        self.add_class("-running")
        self.log_lines.focus()
        self.say("")

    def _send_answers(self, run: Run) -> None:
        responses = self._responses(True)
        if not responses:
            if responses is not None:
                self.say("Answer at least one request, or stop the run with x.", "warn")
            return
        run.latest.pop("error", None)
        run.answer(responses)
        self.say("sent", "dim")

    async def on_run_told(self, event: RunTold) -> None:
        """The run said something."""
        run, line = self.run, event.line
        if run is None or event.run is not run:
            return
        kind = line["kind"]
        if kind == "graph":
            self._graph(line)
        elif kind == "check":
            await self._on_check(run, line)
        elif kind == "waiting":
            await self._ask_for(line)
        elif kind == "checkpoint" and not self._told_directory:
            self._told_directory = True
            self._begun(str(line.get("directory")))
        elif kind == "error":
            if run.begun and line.get("where") == "response":
                self.say(f"{line.get('what')} → {line.get('fix')}", "error")
            self._show_preview()
        elif kind == "end":
            self._on_end(run)
        elif kind == "answered":
            self._waits = False
            self._said = None
            self._clear_forms()
            self.focus_log()
        self.draw()

    async def _on_check(self, run: Run, check: dict[str, Any]) -> None:
        run.latest.pop("error", None)
        if run.begun:  # what was to run does not fit after all
            run.begun = False
            self.remove_class("-running")
        self.say("")
        if check.get("ok"):
            remember(self.source.store, run.plan.target)
        known = {form.request_id for form in self.forms}
        wanted = [each for each in check.get("requests") or () if str(each.get("request_id")) not in known]
        if wanted:
            await self._ask(wanted)
            self._checked = None
        self._show_preview()
        if wanted:
            self.forms[0].focus_first()
        else:
            self._checked = self._state()
            self.query_one("#preview").focus()

    async def _ask_for(self, line: dict[str, Any]) -> None:
        """Requests that the run raised: it goes on from the answers."""
        await self.query_one("#asks").remove_children()
        await self._ask(line.get("requests") or ())
        self._waits = True
        if self.is_current:
            self.forms[0].focus_first()
        else:
            self.app.notify("The run waits for an answer; R goes there.", markup=False)

    def _on_end(self, run: Run) -> None:
        self._ended = time.monotonic()
        self._waits = False
        self._said = None
        if not run.begun:
            self._show_preview()
            if "check" not in run.latest:
                self.form.focus_first()
            return
        self._clear_forms()
        self.tick()
        if self.is_current:
            self.focus_log()
        else:
            self.app.notify(f"The run ended: {OUTCOMES.get(run.session.outcome, '?')}; R goes there.", markup=False)

    # -- what is shown -----------------------------------------------------------------------------------------------

    def tick(self) -> None:
        if self.run is not None and self.has_class("-running") and self.is_current:
            self.log_lines.take()
            self.draw()

    def say(self, text: str, style: str = "plain") -> None:
        self._said = (f" {clean(text)} ", style) if text else None
        self.draw()

    def on_resize(self) -> None:
        """What fits depends on the width."""
        self.draw()

    def draw(self) -> None:
        if not self.is_mounted:
            return
        source, run = self.source, self.run
        left: list[Part] = [
            (" ckpt-tui ", "strong"), (" resume ", "key"),
            (f" {clean(source.id, 8)} {clean(source.workflow, 30)} · iteration {source.iteration} ", "plain"),
        ]  # fmt: skip
        self.query_one("#head", BarLine).show(left, self._facts(run))
        foot = self.query_one("#foot", BarLine)
        log = self.log_lines
        right: list[Part] = []
        if self.has_class("-running"):
            if log.filter:
                right.append((f" filter: {clean(log.filter, 20)} ", "warn"))
            if log.paused:
                right.append((f" paused, {log.waiting:,} wait ", "warn"))
            else:
                right.append((" following " if log.following else " F follows ", "good" if log.following else "dim"))
        foot.show([self._said] if self._said else self._hints(), right)

    def _facts(self, run: Run | None) -> list[Part]:
        if run is None or not self.has_class("-running"):
            is_started = run is not None and run.is_live
            return [(" program started, workflow not ", "warn")] if is_started else [(" nothing runs ", "dim")]
        seconds = (self._ended or time.monotonic()) - self._started
        written = f"{run.log.checkpoints:,} checkpoint{'' if run.log.checkpoints == 1 else 's'}"
        parts: list[Part] = [(f" {len(run.log):,} lines · {written} ", "dim")]
        if run.log.failed_saves:
            parts.append((f" ✗ {run.log.failed_saves:,} NOT SAVED ", "error"))
        if run.is_live:
            word = "waits for an answer" if self._waits else "stopping" if run.session.is_stopping else "running"
            parts.append((f" ● {word} {seconds:.0f} s ", "warn" if self._waits else "good"))
        else:
            outcome = run.session.outcome
            style = {"done": "good", "waiting": "warn", "stopped": "warn"}.get(outcome, "error")
            style = "error" if run.session.code == FAILED else style  # it may be done, with nothing saved
            parts.append((f" ■ {OUTCOMES.get(outcome, outcome)} after {seconds:.1f} s ", style))
        return parts

    def _hints(self) -> list[Part]:
        run = self.run
        check = run.latest.get("check", {}) if run is not None else {}
        pairs: list[tuple[str, str]]
        if self.has_class("-running"):
            assert run is not None
            if self._waits and self.focused is not self.log_lines:
                pairs = [("⏎", "next, then send"), ("ctrl+e", "as JSON"), ("ctrl+o", "read it"), ("⇥", "log, stop")]
            elif run.is_live:
                pairs = [("x", "stop"), ("space", "pause"), ("f", "filter"), ("/", "search"), ("⏎", "line")]
                pairs += [("⇥", "answer"), ("esc", "leave")] if self._waits else [("esc", "leave")]
            else:
                pairs = [("r", "again from here"), ("A", "compare outcomes"), ("⏎", "line"), ("S", "save")]
                pairs.append(("esc", "back"))
        elif check.get("ok") and self.focused is self.query_one("#preview"):
            pairs = [("⏎", "RUN IT"), ("y", "copy the command"), ("⇥", "change something"), ("esc", "leave it")]
            if blocked_types(check):
                pairs.insert(1, ("ctrl+a", allow_text(check)))
        elif blocked_types(check) and not self.forms:
            pairs = [("ctrl+a", allow_text(check)), ("⏎", "check again"), ("esc", "leave it")]
        elif self.forms:
            pairs = [("⏎", "next, then check"), ("ctrl+e", "as JSON"), ("ctrl+o", "read it"), ("esc", "leave it")]
            if blocked_types(check):
                pairs.insert(0, ("ctrl+a", allow_text(check)))
        else:
            word = "ask before it is started" if self.form.question else "start and check"
            pairs = [("⏎", word), ("⇥", "next"), ("esc", "leave it")]
            if isinstance(self.focused, ProgramList):
                pairs.insert(1, ("↑↓ 1-9", "another program"))
        if isinstance(self.focused, Choice):
            pairs.insert(0, ("←→", "choose"))
        return [part for key, word in pairs for part in ((f" {key}", "key"), (f" {word} ", "dim"))]

    async def on_event(self, event: events.Event) -> None:
        """What was said stands until the next key."""
        if self._said is not None and isinstance(event, events.Key):
            self.say("")
        await super().on_event(event)

    # -- keys --------------------------------------------------------------------------------------------------------

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if event.input.id == "ask":
            self._asked(event.value)
        else:
            self._next_field(event.input)

    def on_descendant_focus(self) -> None:
        """The hints are those of what has the focus."""
        self.draw()

    def action_enter(self) -> None:
        """On the preview, run; on the log, show the whole line."""
        if self.focused is self.query_one("#preview"):
            self.action_start()
        elif self.focused is self.log_lines:
            self._open_line()

    def action_copy(self) -> None:
        """Copy the command of the preview, or the line of the log."""
        if self.has_class("-running"):
            raw = self.line_under_cursor()
            if raw is not None:
                self._copy(raw.decode("utf-8", "replace"), "line")
        elif self.run is not None:
            self._copy(self.run.plan.command_text(), "command")

    def action_again(self) -> None:
        """Run on from the same checkpoint once more, with another answer for instance."""
        if self.run is None or not self.run.begun:
            self.say("Nothing ran yet.", "dim")
        else:
            self._again()

    def action_compare(self) -> None:
        """Compare the outcomes of the forks of this checkpoint."""
        said = self._compare(self.source.id)
        if said:
            self.say(said, "warn")

    def action_back(self) -> None:
        """Close what asks for a text, else leave; what runs goes on, what does not run is over."""
        if self._asking:
            self.close_ask()
            return
        if self.has_class("-running") and self.log_lines.filter:
            self.log_lines.set_filter("")
            self.draw()
            return
        run = self.run
        if run is not None and not run.begun:
            run.session.stop(0.5)
        with suppress(IndexError):
            self.app.pop_screen()
