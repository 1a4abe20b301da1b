"""What stands before a run: whose code, the answers to requests, and what would happen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input

from ckpt_tui.actions.resume.plan import Edit, Plan, Source, Target, make_plan, parts
from ckpt_tui.actions.resume.preview import Said, blocked_types, preview
from ckpt_tui.actions.resume.proposals import parts_to_start
from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.text import clean
from ckpt_tui.tui.screens.dialogs import TextScreen
from ckpt_tui.tui.screens.editing import NotEdited, edited_json
from ckpt_tui.tui.screens.run_log import RunLog
from ckpt_tui.tui.screens.starting import StartScreen
from ckpt_tui.tui.screens.target_form import TargetForm, WrongField
from ckpt_tui.tui.widgets.choice import Choice
from ckpt_tui.tui.widgets.path_input import PathInput
from ckpt_tui.tui.widgets.request_form import RequestForm
from ckpt_tui.tui.widgets.text_lines import Paragraph, TextLines


class Preparing(RunLog):
    """The fields of a target, the forms of requests, and the preview that they make.

    Args:
        source: The checkpoint to run from.
        edits: What is changed first.
    """

    def __init__(self, source: Source, edits: tuple[Edit, ...]) -> None:
        super().__init__()
        self.source = source
        self.edits = edits
        self._into = make_plan(source, Target("")).into

    def compose_left(self) -> ComposeResult:
        """The target, and the place of the forms."""
        with Vertical(id="left"):
            yield TargetForm(self.source, self._into)
            yield VerticalScroll(id="asks", can_focus=False)

    def fill_in(self) -> None:
        """Name the parts of the screen."""
        self.query_one("#asks").border_title = Content("Requests that wait")
        self.query_one("#preview").border_title = Content("What will happen")

    @property
    def form(self) -> TargetForm:
        """The target."""
        return self.query_one(TargetForm)

    def on_target_form_changed(self, event: TargetForm.Changed) -> None:
        """Another program is chosen or typed: say what Enter would do."""
        event.stop()
        if self.run is None:
            self._show_preview()
            self.draw()

    def on_target_form_entered(self, event: TargetForm.Entered) -> None:
        """Enter in the list of programs or in a field goes on."""
        event.stop()
        self.action_start()

    def on_path_input_completed(self, event: PathInput.Completed) -> None:
        """Say what could follow what was typed."""
        event.stop()
        self.say("  ".join(event.names[:30]), "dim")

    def action_start(self) -> None:
        """Go on, to the check or to the run."""

    def _set(self, name: str, text: str) -> None:
        self.form.set(name, text)

    def _get(self, name: str) -> str:
        return self.form.get(name)

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
            target = self.form.target()
        except WrongField as wrong:
            self.say(wrong.what, "warn")
            self.form.show_field(wrong.field)
            return None
        responses = self._responses(complete)
        if responses is None:
            return None
        return make_plan(self.source, target, self.form.into, responses, self.edits)

    def _ask_to_start(self) -> bool:
        """Ask before a program is started that the person may not have chosen; False when there is nothing to ask."""
        chosen = self.form.chosen
        if chosen is None or not chosen.question:
            return False

        def answered(yes: bool | None) -> None:
            if yes:
                self.form.agree()
                self.action_start()
            else:
                self.say("Not started.", "dim")

        self.app.push_screen(StartScreen(chosen.question, parts_to_start(chosen.target)), answered)
        return True

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
        return self.form.texts, dumps(self._responses(False), None)

    # -- the forms ---------------------------------------------------------------------------------------------------

    async def _ask(self, requests: Iterable[dict[str, Any]]) -> None:
        """Add forms."""
        await self.query_one("#asks").mount(*(RequestForm(each, self.reveal) for each in requests))
        self.add_class("-asks")

    def _clear_forms(self) -> None:
        self.query_one("#asks").remove_children()
        self.remove_class("-asks")

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

    def action_allow(self) -> None:
        """Allow the types that the check named, and check again."""
        check = self.run.latest.get("check", {}) if self.run is not None else {}
        types = blocked_types(check)
        if self.has_class("-running") or not types:
            self.say("There is no type to allow.", "dim")
            return
        self._set("allow", " ".join(dict.fromkeys([*self._get("allow").split(), *types])))
        self.action_start()

    def set_reveal(self, reveal: bool) -> None:
        super().set_reveal(reveal)
        for form in self.forms:
            form.set_reveal(reveal)
        self._show_preview()

    def _form(self) -> RequestForm | None:
        """The form that has the focus, else the first; None is told."""
        forms = self.forms
        focused = self.focused
        if not forms:
            self.say("No request waits for an answer.", "dim")
            return None
        return next((each for each in forms if focused is not None and each in focused.ancestors), forms[0])

    def action_read_request(self) -> None:
        """Show the whole of what a request asks."""
        form = self._form()
        if form is not None:
            text = form.whole_text
            shown = [Paragraph(clean(line)) for line in text.split("\n")]
            self.app.push_screen(TextScreen("What is asked", shown, lambda: self._copy(text, "request")))

    def action_write_answer(self) -> None:
        """Write the answer that has the focus as JSON in $EDITOR."""
        form = self._form()
        if form is None:
            return
        try:
            form.write(edited_json(self.app, form.start_document()))
        except NotEdited as reason:
            self.say(str(reason), "warn")

    # -- the preview -------------------------------------------------------------------------------------------------

    def _show_preview(self) -> None:
        run = self.run
        lines = self.query_one("#preview", TextLines)
        if run is None:
            edits = [Paragraph(f"± {edit.text} is changed first", "accent") for edit in self.edits]
            lines.show([*self._before_the_start(), *edits])
            return
        shown = [_paragraph(said) for said in preview(run.plan, run.latest, True, self.reveal)]
        shown += _trace(run.latest.get("error", {}))
        check = run.latest.get("check")
        if check is not None:
            shown += [Paragraph(""), Paragraph(run.plan.command_text(), "dim", 2, "$ ")]
        lines.show(shown or [Paragraph(f"{run.plan.target.workflow} is being started …", "dim")])

    def _before_the_start(self) -> Iterator[Paragraph]:
        """What each Enter would do, and why this program is proposed."""
        source, form = self.source, self.form
        chosen, workflow = form.chosen, form.get("workflow")
        if form.question and chosen is not None:
            yield Paragraph(chosen.question, "warn", 2, "! ", "warn")
            yield Paragraph(
                "asks whether to start it; nothing is started before you say yes.", "plain", 4, "⏎ ", "label"
            )
            for label, text in parts_to_start(chosen.target):
                yield Paragraph(text, "dim", 17, f"    {label}", "dim")
            return
        if not workflow:
            yield Paragraph("Choose or name the program that wrote this checkpoint. Nothing is started yet.", "dim")
            return
        place, attribute = parts(workflow)
        python = form.get("python") or "its interpreter"
        if attribute:
            starts = f"imports {place} with {python}, makes the workflow with {attribute}, and checks."
            so_far = "The code of the module runs; the workflow does not."
        else:
            starts = f"starts {place} with {python}, up to where it would run a workflow, and checks."
            so_far = "The program's code up to there runs; the workflow does not."
        yield Paragraph(f"{starts} {so_far}", "plain", 4, "⏎ ", "label")
        then = f"once more resumes the workflow from iteration {source.iteration}: its executors run."
        yield Paragraph(then, "plain", 4, "⏎ ", "label")
        yield Paragraph("")
        if chosen is not None:
            yield Paragraph(f"{chosen.program}: {chosen.reason}", "dim")
            if chosen.remark:
                yield Paragraph(chosen.remark, "warn")
        yield Paragraph(f"new checkpoints go to {form.into}", "dim")


def allow_text(check: Mapping[str, Any]) -> str:
    """What the key that allows types does."""
    count = len(blocked_types(dict(check)))
    return f"allow {count} type{'' if count == 1 else 's'}"


def same_code(one: Plan, other: Plan) -> bool:
    """Whether two plans run the same code, so that the process which loaded it for one can run the other."""
    return all(
        getattr(one.target, name) == getattr(other.target, name)
        for name in ("workflow", "python", "args", "storage", "arguments", "inputs", "directory")
    )


def _paragraph(said: Said) -> Paragraph:
    styles = {"good": "good", "warn": "warn", "error": "error", "dim": "dim", "key": "accent"}
    style = styles.get(said.tone, "plain")
    text = f"{said.text}\n→ {said.fix}" if said.fix else said.text
    return Paragraph(text, style, 2, said.sign, style)


def _trace(error: dict[str, Any]) -> list[Paragraph]:
    trace = str(error.get("traceback") or "")
    return [Paragraph(line, "dim", 4) for line in trace.rstrip("\n").split("\n")[-14:]] if trace else []
