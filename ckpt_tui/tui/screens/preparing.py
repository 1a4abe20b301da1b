"""What stands before a run: whose code, the answers to requests, and what would happen."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterable, Mapping
from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from ckpt_tui.actions.resume.plan import Edit, Plan, Source, Target, default_python, interpreter, make_plan
from ckpt_tui.actions.resume.preview import Said, blocked_types, preview
from ckpt_tui.actions.resume.targets import remembered, suggested
from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.text import clean
from ckpt_tui.errors import CkptError
from ckpt_tui.tui.screens.dialogs import TextScreen
from ckpt_tui.tui.screens.editing import NotEdited, edited_json
from ckpt_tui.tui.screens.run_log import RunLog
from ckpt_tui.tui.widgets.choice import Choice
from ckpt_tui.tui.widgets.request_form import RequestForm
from ckpt_tui.tui.widgets.text_lines import Paragraph, TextLines

FIELDS = (
    ("workflow", "workflow", "module:function or path/file.py:function, what builds your workflow"),
    ("python", "python", "the interpreter, or the virtual environment, that it runs in"),
    ("args", "arguments", 'its arguments: rounds=3 topic="tea"'),
    ("storage", "storage", "module:function that makes your own storage, for the types it allows"),
    ("allow", "types to allow", "module:Class module:Class"),
    ("into", "new checkpoints", "the directory they go to"),
)
"""Id, label and hint of each field."""


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
        self._suggestion = ""
        """The project file that suggests the target."""
        self._into = make_plan(source, Target("")).into

    def compose_left(self) -> ComposeResult:
        """The fields, and the place of the forms."""
        with Vertical(id="left"):
            with Vertical(id="setup"):
                for name, label, hint in FIELDS:
                    with Horizontal():
                        yield Static(Content(label), markup=False)
                        yield Input(placeholder=hint, compact=True, id=name)
            yield VerticalScroll(id="asks", can_focus=False)

    def fill_in(self) -> None:
        """Fill in what was used last, or what a project suggests."""
        hint = ""
        known = remembered(self.source.store)
        found = suggested(self.source.store) if known is None else None
        if found is not None:
            known, self._suggestion = found
            hint = f"suggested by {os.path.basename(found[1])}; nothing of it has run"
        elif known is not None:
            hint = "as the last time"
        known = known or Target("")
        self._set("workflow", known.workflow)
        self._set("python", known.python or default_python())
        self._set("args", " ".join(f"{name}={shlex.quote(dumps(value, None))}" for name, value in known.args.items()))
        self._set("storage", known.storage)
        self._set("allow", " ".join(known.allow))
        self._set("into", self._into)
        setup = self.query_one("#setup")
        setup.border_title = Content("Whose code runs")
        setup.border_subtitle = Content(clean(hint, 70))
        self.query_one("#asks").border_title = Content("Requests that wait")
        self.query_one("#preview").border_title = Content("What will happen")

    def action_start(self) -> None:
        """Go on, to the check or to the run."""

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
        texts = tuple(self._get(name) for name, _, _ in FIELDS)
        return texts, dumps(self._responses(False), None)

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
        shown = [_paragraph(said) for said in preview(run.plan, run.latest, True, self.reveal)]
        shown += _trace(run.latest.get("error", {}))
        check = run.latest.get("check")
        if check is not None:
            shown += [Paragraph(""), Paragraph(run.plan.command_text(), "dim", 2, "$ ")]
        lines.show(shown or [Paragraph("…", "dim")])


def allow_text(check: Mapping[str, Any]) -> str:
    """What the key that allows types does."""
    count = len(blocked_types(dict(check)))
    return f"allow {count} type{'' if count == 1 else 's'}"


def same_code(one: Plan, other: Plan) -> bool:
    """Whether two plans run the same code, so that the process which loaded it for one can run the other."""
    return all(
        getattr(one.target, name) == getattr(other.target, name) for name in ("workflow", "python", "args", "storage")
    )


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


def _paragraph(said: Said) -> Paragraph:
    styles = {"good": "good", "warn": "warn", "error": "error", "dim": "dim", "key": "accent"}
    style = styles.get(said.tone, "plain")
    text = f"{said.text}\n→ {said.fix}" if said.fix else said.text
    return Paragraph(text, style, 2, said.sign, style)


def _trace(error: dict[str, Any]) -> list[Paragraph]:
    trace = str(error.get("traceback") or "")
    return [Paragraph(line, "dim", 4) for line in trace.rstrip("\n").split("\n")[-14:]] if trace else []
