"""Running on from a checkpoint: whose code, what would happen, the answers; then the run and its log."""

from __future__ import annotations

import json
import os
import shlex
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from ckpt_tui.actions.resume.plan import Edit, Plan, Source, Target, default_python, interpreter, make_plan
from ckpt_tui.actions.resume.preview import Said, blocked_types, preview
from ckpt_tui.actions.resume.targets import remember, remembered, suggested
from ckpt_tui.core.events import OUTCOMES
from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.text import clean
from ckpt_tui.errors import CkptError
from ckpt_tui.tui.commands import by_id
from ckpt_tui.tui.messages import RunTold
from ckpt_tui.tui.runs import Run
from ckpt_tui.tui.screens.editing import NotEdited, edited_json
from ckpt_tui.tui.screens.run_log import RunLog
from ckpt_tui.tui.widgets.choice import Choice
from ckpt_tui.tui.widgets.event_log import LogLines
from ckpt_tui.tui.widgets.request_form import RequestForm
from ckpt_tui.tui.widgets.status import BarLine, Part
from ckpt_tui.tui.widgets.text_lines import Paragraph, TextLines

TICK = 0.1
"""Seconds between two looks at the log: faster than the eye reads, however many lines come."""

_FIELDS = (
    ("workflow", "workflow", "module:function or path/file.py:function, what builds your workflow"),
    ("python", "python", "the interpreter, or the virtual environment, that it runs in"),
    ("args", "arguments", 'its arguments: rounds=3 topic="tea"'),
    ("storage", "storage", "module:function that makes your own storage, for the types it allows"),
    ("allow", "types to allow", "module:Class module:Class"),
    ("into", "new checkpoints", "the directory they go to"),
)
"""Id, label and hint of each field."""

_CODE = ("workflow", "python", "args", "storage")
"""Fields whose change needs another process."""

_KEYS = {
    "run.start": "start", "run.allow": "allow", "run.write": "write_answer", "run.stop": "stop", "run.pause": "pause",
    "run.save": "save", "run.compare": "compare", "search.open": "search", "search.next": "search_next(1)",
    "search.previous": "search_next(-1)", "list.filter": "filter", "live.follow": "follow", "value.copy": "copy",
    "app.back": "back", "app.close": "back", "app.help": "help", "app.quit": "app.quit",
    "app.suspend": "app.suspend_process", "view.other_pane": "app.focus_next",
    "view.previous_pane": "app.focus_previous",
}  # fmt: skip
"""Commands of the table that this screen knows, and what they do here."""


class ResumeScreen(RunLog):
    """One resume, from its preview to its end. It is kept when it is left, and the run goes on.

    Args:
        source: The checkpoint to run from.
        edits: What is changed first.
        begun: Called with the directory of new checkpoints when the first one is written.
        compare: Opens the outcomes of this checkpoint's forks, or says why not.
        graph: Takes the graph of the workflow, once it is loaded.
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
    ResumeScreen #setup { height: auto; }
    ResumeScreen #setup Horizontal { height: 1; }
    ResumeScreen #setup Static { width: 17; color: $ck-label; }
    ResumeScreen #setup Input { width: 1fr; background: $panel; border: none; height: 1; padding: 0 1; }
    ResumeScreen #setup Input:focus { background: $ck-cursor; }
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
        graph: Callable[[Mapping[str, Any]], None],
    ) -> None:  # fmt: skip
        super().__init__()
        self.source = source
        self.edits = edits
        self.run: Run | None = None
        self._begun, self._compare, self._graph = begun, compare, graph
        self._said: Part | None = None
        self._checked: tuple[Any, ...] | None = None
        self._started = 0.0
        self._ended = 0.0
        self._asking = ""
        self._told_directory = False
        self._waits = False
        """Whether the run waits for answers that its forms ask for."""
        self._hint = ""
        self._suggestion = ""
        """The project file that suggests the target."""
        self._into = make_plan(source, Target("")).into

    # -- what is on it -----------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        yield BarLine(id="head")
        with Vertical(id="left"):
            with Vertical(id="setup"):
                for name, label, hint in _FIELDS:
                    with Horizontal():
                        yield Static(Content(label), markup=False)
                        yield Input(placeholder=hint, compact=True, id=name)
            yield VerticalScroll(id="asks", can_focus=False)
        yield TextLines(id="preview")
        yield LogLines(id="log")
        yield Input(id="ask", compact=True)
        yield BarLine(id="foot")

    def on_mount(self) -> None:
        """Fill in what was used last."""
        known = remembered(self.source.store)
        found = suggested(self.source.store) if known is None else None
        if found is not None:
            known, self._suggestion = found
            self._hint = f"suggested by {os.path.basename(found[1])}; nothing of it has run"
        elif known is not None:
            self._hint = "as the last time"
        known = known or Target("")
        self._set("workflow", known.workflow)
        self._set("python", known.python or default_python())
        self._set("args", " ".join(f"{name}={shlex.quote(dumps(value, None))}" for name, value in known.args.items()))
        self._set("storage", known.storage)
        self._set("allow", " ".join(known.allow))
        self._set("into", self._into)
        self.query_one("#ask").display = False
        setup = self.query_one("#setup")
        setup.border_title = Content("Whose code runs")
        setup.border_subtitle = Content(clean(self._hint, 70))
        self.query_one("#asks").border_title = Content("Requests that wait")
        self.query_one("#preview").border_title = Content("What will happen")
        self.log_lines.border_title = Content("Log")
        self._show_preview()
        self.query_one("#workflow").focus()
        self.set_interval(TICK, self.tick)
        self.draw()

    def _set(self, name: str, text: str) -> None:
        self.query_one(f"#{name}", Input).value = text

    def _get(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()

    @property
    def forms(self) -> list[RequestForm]:
        """The requests that are asked."""
        return list(self.query(RequestForm))

    # -- the plan ----------------------------------------------------------------------------------------------------

    def _plan(self, complete: bool) -> Plan | None:
        """The plan that the fields make; None when something in them is wrong, which is told.

        Args:
            complete: Whether every request that is to be answered must be.
        """
        try:
            args = arguments(self._get("args"))
        except ValueError as error:
            self.say(f"arguments: {error}", "error")
            self.query_one("#args").focus()
            return None
        if not self._get("workflow"):
            self.say("Name what builds your workflow: module:function or path/file.py:function.", "warn")
            self.query_one("#workflow").focus()
            return None
        try:
            python = interpreter(self._get("python"))
        except CkptError as error:
            self.say(error.what, "error")
            self.query_one("#python").focus()
            return None
        target = Target(
            self._get("workflow"), python, args, self._get("storage"), tuple(self._get("allow").split())
        )  # fmt: skip
        responses = self._responses(complete)
        if responses is None:
            return None
        return make_plan(self.source, target, self._get("into") or self._into, responses, self.edits)

    def _responses(self, complete: bool) -> dict[str, Any] | None:
        out = {}
        wrong = None
        for form in self.forms:
            if not form.is_sent:
                continue
            document, good = form.answer()
            if good:
                out[form.request_id] = document
            elif wrong is None:
                wrong = form
        if wrong is not None and complete:
            self.say("An answer is not complete; see beside its fields, or leave the request waiting.", "warn")
            wrong.focus_first()
            return None
        return out

    def _state(self) -> tuple[Any, ...]:
        """All that a check depends on."""
        texts = tuple(self._get(name) for name, _, _ in _FIELDS)
        return texts, dumps(self._responses(False), None)

    # -- checking and running ----------------------------------------------------------------------------------------

    def action_start(self) -> None:
        """Check; when it is checked and nothing changed since, run."""
        run = self.run
        if run is not None and run.begun:
            if self._waits:
                self._send_answers(run)
            return
        check = run.latest.get("check") if run is not None and run.is_live else None
        plan = self._plan(complete=check is not None)
        if plan is None:
            return
        if check is not None and check.get("ok") and self._checked == self._state():
            assert run is not None
            self._begin(run, plan)
        elif run is not None and run.is_live and self._same_code(run.plan, plan):
            self._checked = self._state()
            run.latest.pop("check", None)
            run.check(plan)
            self.say("checking …", "dim")
        else:
            self._load(plan)

    @staticmethod
    def _same_code(one: Plan, other: Plan) -> bool:
        return all(
            getattr(one.target, name) == getattr(other.target, name)
            for name in ("workflow", "python", "args", "storage")
        )

    def _load(self, plan: Plan) -> None:
        """Start the process, which loads the code and checks."""
        if self.run is not None:
            self.run.session.stop(0.5)
        self.query_one("#asks").remove_children()
        self.remove_class("-asks")

        def told(line: dict[str, Any]) -> None:
            self.post_message(RunTold(run, line))

        run = Run(plan, told)
        self.run = run
        self._checked = self._state()
        self.log_lines.show(run.log)
        run.start()
        self.say(f"loading {plan.target.workflow} …", "dim")
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

    def _clear_forms(self) -> None:
        self.query_one("#asks").remove_children()
        self.remove_class("-asks")

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
            await self.query_one("#asks").mount(*(RequestForm(each) for each in wanted))
            self.add_class("-asks")
            self._checked = None
        self._show_preview()
        if wanted:
            self.forms[0].focus_first()
        else:
            self._checked = self._state()
            self.query_one("#preview").focus()

    async def _ask_for(self, line: dict[str, Any]) -> None:
        """Requests that the run raised: it goes on from the answers."""
        asks = self.query_one("#asks")
        await asks.remove_children()
        await asks.mount(*(RequestForm(each) for each in line.get("requests") or ()))
        self.add_class("-asks")
        self._waits = True
        if self.is_current:
            self.forms[0].focus_first()
        else:
            self.app.notify("The run waits for an answer; R goes there.", markup=False)

    def _on_end(self, run: Run) -> None:
        self._ended = time.monotonic()
        self._waits = False
        if not run.begun:
            self._show_preview()
            if "check" not in run.latest:
                self.query_one("#workflow").focus()
            return
        self._clear_forms()
        self.tick()
        if self.is_current:
            self.focus_log()
        else:
            self.app.notify(f"The run ended: {OUTCOMES.get(run.session.outcome, '?')}; R goes there.", markup=False)

    # -- what is shown -----------------------------------------------------------------------------------------------

    def _show_preview(self) -> None:
        run = self.run
        lines = self.query_one("#preview", TextLines)
        if run is None:
            source = self.source
            text = (
                f"{source.workflow or 'The workflow'} runs on from iteration {source.iteration}: your code, in your "
                "interpreter, in a process of its own. Enter loads it and tells what would happen; nothing runs yet."
            )
            more = [Paragraph(f"± {edit.text} is changed first", "accent") for edit in self.edits]
            if self._suggestion:
                more.insert(0, Paragraph(f"{self._suggestion} suggests the target; look at it first.", "warn"))
            lines.show([Paragraph(text, "dim"), *more])
            return
        shown = [_paragraph(said) for said in preview(run.plan, run.latest, asked=True)]
        shown += _trace(run.latest.get("error", {}))
        check = run.latest.get("check")
        if check is not None:
            shown += [Paragraph(""), Paragraph(run.plan.command_text(), "dim", 2, "$ ")]
        lines.show(shown or [Paragraph("…", "dim")])

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
            return [(" nothing runs ", "dim")]
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
            parts.append((f" ■ {OUTCOMES.get(outcome, outcome)} after {seconds:.1f} s ", style))
        return parts

    def _hints(self) -> list[Part]:
        run = self.run
        check = run.latest.get("check", {}) if run is not None else {}
        pairs: list[tuple[str, str]]
        if self.has_class("-running"):
            assert run is not None
            if self._waits:
                pairs = [("⏎", "next, then send"), ("ctrl+r", "send"), ("ctrl+e", "as JSON"), ("⇥", "log")]
            elif run.is_live:
                pairs = [
                    ("x", "stop"),
                    ("space", "pause"),
                    ("f", "filter"),
                    ("/", "search"),
                    ("⏎", "line"),
                    ("esc", "leave"),
                ]
            else:
                pairs = [("A", "compare outcomes"), ("S", "save"), ("f", "filter"), ("/", "search"), ("esc", "back")]
        elif check.get("ok") and self.focused is self.query_one("#preview"):
            pairs = [("⏎", "RUN IT"), ("y", "copy the command"), ("⇥", "change something"), ("esc", "leave it")]
            if blocked_types(check):
                pairs.insert(1, ("ctrl+a", _allow(check)))
        elif blocked_types(check) and not self.forms:
            pairs = [("ctrl+a", _allow(check)), ("⏎", "check again"), ("esc", "leave it")]
        elif self.forms:
            pairs = [("⏎", "next, then check"), ("ctrl+e", "as JSON"), ("ctrl+r", "check"), ("esc", "leave it")]
            if blocked_types(check):
                pairs.insert(0, ("ctrl+a", _allow(check)))
        else:
            pairs = [("⏎", "load and check"), ("⇥", "next"), ("esc", "leave it")]
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
        elif event.input.id in {name for name, _, _ in _FIELDS}:
            self.action_start()
        else:
            self._next_field(event.input)

    def on_choice_submitted(self, event: Choice.Submitted) -> None:
        """Enter in a choice goes on."""
        event.stop()
        self._next_field(event.choice)

    def _next_field(self, here: Any) -> None:
        """The next field of the forms; after the last, check or send."""
        asks = self.query_one("#asks")
        fields = [each for each in self.focus_chain if asks in each.ancestors and isinstance(each, Input | Choice)]
        at = fields.index(here) if here in fields else len(fields)
        if at + 1 < len(fields):
            fields[at + 1].focus()
        else:
            self.action_start()

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
            raw = self.log_lines.raw(self.log_lines.cursor)
            if raw is not None:
                self._copy(raw.decode("utf-8", "replace"), "line")
        elif self.run is not None:
            self._copy(self.run.plan.command_text(), "command")

    def action_allow(self) -> None:
        """Allow the types that the check named, and check again."""
        check = self.run.latest.get("check", {}) if self.run is not None else {}
        types = blocked_types(check)
        if self.has_class("-running") or not types:
            self.say("There is no type to allow.", "dim")
            return
        self._set("allow", " ".join(dict.fromkeys([*self._get("allow").split(), *types])))
        self.action_start()

    def action_write_answer(self) -> None:
        """Write the answer that has the focus as JSON in $EDITOR."""
        forms = self.forms
        focused = self.focused
        form = next(
            (each for each in forms if focused is not None and each in focused.ancestors), forms[0] if forms else None
        )
        if form is None:
            self.say("No request waits for an answer.", "dim")
            return
        try:
            form.write(edited_json(self.app, form.start_document()))
        except NotEdited as reason:
            self.say(str(reason), "warn")

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


def arguments(text: str) -> dict[str, Any]:
    """The arguments that a person typed: a JSON object, or `name=JSON name=text`.

    Raises:
        ValueError: it is neither.
    """
    if text.startswith("{"):
        found = json.loads(text)
        return dict(found)
    out: dict[str, Any] = {}
    for word in shlex.split(text):
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise ValueError(f"{word} is not name=value")
        try:
            out[name] = json.loads(value)
        except ValueError:
            out[name] = value
    return out


def _allow(check: Mapping[str, Any]) -> str:
    count = len(blocked_types(dict(check)))
    return f"allow {count} type{'' if count == 1 else 's'}"


def _paragraph(said: Said) -> Paragraph:
    styles = {"good": "good", "warn": "warn", "error": "error", "dim": "dim", "key": "accent"}
    style = styles.get(said.tone, "plain")
    text = f"{said.text}\n→ {said.fix}" if said.fix else said.text
    return Paragraph(text, style, 2, said.sign, style)


def _trace(error: dict[str, Any]) -> list[Paragraph]:
    trace = str(error.get("traceback") or "")
    return [Paragraph(line, "dim", 4) for line in trace.rstrip("\n").split("\n")[-14:]] if trace else []
