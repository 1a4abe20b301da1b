"""A pending request as a form: the question, and a field for each part of the answer."""

from __future__ import annotations

import json
from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.reading.framework_text import asked
from ckpt_tui.core.running.form_fields import Field, example, fields_of, filled
from ckpt_tui.core.running.secret_lines import masked_copy
from ckpt_tui.core.running.short_values import asked_for, brief
from ckpt_tui.core.text import clean
from ckpt_tui.tui.widgets.choice import Choice
from ckpt_tui.tui.widgets.prompt import focus_after_question

_CALL = "af-call-"
"""The beginning of ids of requests to call a tool."""


def request_label(name: str) -> str:
    """The beginning of the id of a request, as far as it distinguishes one from another."""
    return name[: len(_CALL) + 8] if name.startswith(_CALL) else name[:8]


SEND, LEAVE = "answer", "leave it waiting"

_LABEL = 18
"""Cells of the labels of fields."""


def asked_lines(document: Any) -> list[str]:
    """The question, a line for each non-empty attribute."""
    found = asked(document)
    if found:
        return [line for label, text in found for line in _labelled(label, text)]
    if not isinstance(document, dict) or not isinstance(document.get("$type"), str) or "$value" in document:
        return [clean(brief(document, 400))]
    members = [(key, item) for key, item in document.items() if not key.startswith("$") and item not in (None, [], {})]
    width = min(max((len(key) for key, _ in members), default=0), _LABEL)
    return [clean(f"{key:<{width}}  {brief(item, 300)}") for key, item in members[:8]]


def _labelled(label: str, text: str) -> list[str]:
    """A label and the lines of a text."""
    lines = text.split("\n") or [""]
    return [clean(f"{label}  {lines[0]}") if label else clean(lines[0]), *(clean(f"  {line}") for line in lines[1:])]


class FieldLine(Vertical):
    """One field: its label, its value, and its fault; a second line where an option needs a text.

    Args:
        field: The field.
        reveal: Show the text in the field of a secret.
    """

    DEFAULT_CSS = """
    FieldLine, FieldLine > Horizontal { height: auto; min-height: 1; }
    FieldLine .field-label { width: 20; color: $ck-label; height: 1; }
    FieldLine .field-fault { width: auto; max-width: 40%; color: $error; height: 1; padding: 0 1; }
    FieldLine Input { width: 1fr; background: $panel; border: none; height: 1; padding: 0 1; }
    FieldLine Input:focus { background: $ck-cursor; }
    FieldLine Input:focus:ansi { color: ansi_bright_white; }
    FieldLine Input:focus:ansi > .input--placeholder { color: ansi_bright_white; text-style: italic; }
    """

    def __init__(self, field: Field, reveal: bool = False) -> None:
        super().__init__()
        self.field = field
        self._hides = field.is_secret and not reveal
        self.fault = ""

    def compose(self) -> ComposeResult:
        field = self.field
        with Horizontal():
            yield Static(Content(clean(field.label, _LABEL)), classes="field-label", markup=False)
            if field.kind in ("choice", "calls"):
                yield Choice(tuple(label for label, _ in field.options), field.default)
            else:
                yield Input(field.default, placeholder=field.hint, compact=True, password=self._hides)
            yield Static("", classes="field-fault", markup=False)
        if any(isinstance(each, dict) and each.get("asks") for _, each in field.options):
            with Horizontal(classes="field-asks"):
                yield Static("", classes="field-label", markup=False)
                yield Input(compact=True)

    def on_mount(self) -> None:
        """Nothing is chosen yet that asks for a text."""
        self._show_text()

    def on_choice_changed(self) -> None:
        """Another option may ask for a text."""
        self._show_text()

    def _show_text(self) -> None:
        for line in self.query(".field-asks"):
            chosen = dict(self.field.options).get(self.query_one(Choice).value) or {}
            line.display = bool(chosen.get("asks"))
            line.query_one(Input).placeholder = clean(str(chosen.get("asks") or ""))

    @property
    def text(self) -> str:
        """Its text."""
        choices, inputs = self.query(Choice), self.query(Input)
        if choices:
            chosen = choices.first().value
            return f"{chosen}\0{inputs.first().value}" if chosen and inputs else chosen
        return inputs.first().value

    def set_reveal(self, reveal: bool) -> None:
        """Show the text of a secret, or mask it."""
        if self.field.is_secret:
            for line in self.query(Input):
                line.password = not reveal

    def show_fault(self, fault: str) -> None:
        """Show the fault, or none."""
        self.fault = fault
        self.query_one(".field-fault", Static).update(Content(clean(fault)))

    @property
    def place(self) -> Input | Choice:
        """Where it is filled: its text where one is asked for, else what is in its line."""
        if self.query(".field-asks") and self.query_one(".field-asks").display:
            return self.query_one(".field-asks Input", Input)
        choices = self.query(Choice)
        return choices.first() if choices else self.query(Input).first()


class RequestForm(Vertical):
    """One request.

    Args:
        request: The request as in the runner's line.
        reveal: Show secrets.
    """

    DEFAULT_CSS = """
    RequestForm { height: auto; border-left: outer $warning; padding: 0 1; margin: 0 0 1 0; }
    RequestForm > .asked { height: auto; max-height: 8; color: $foreground; }
    RequestForm > .send { height: auto; }
    RequestForm > .send > .field-label { width: 20; color: $ck-label; }
    RequestForm > .head { height: 1; color: $ck-label; text-style: bold; }
    RequestForm > .as-json { height: auto; max-height: 4; color: $ck-text; }
    """

    class Changed(Message):
        """The text of a field changed."""

    def __init__(self, request: dict[str, Any], reveal: bool = False) -> None:
        super().__init__()
        self.request = request
        self.reveal = reveal
        self.request_id = str(request.get("request_id"))
        self.fields = fields_of(request.get("form") or {})
        self.document: Any = None
        """The answer written as JSON, when `written`."""
        self.written = False

    def compose(self) -> ComposeResult:
        request = self.request
        title = f"‖ {request.get('executor')} asks {asked_for(request)}   {request_label(self.request_id)}"
        yield Static(Content(clean(title)), classes="head", markup=False)
        yield Static(Content("\n".join(asked_lines(self.shown_data))), classes="asked", markup=False)
        with Horizontal(classes="send"):
            yield Static(Content("this request"), classes="field-label", markup=False)
            yield Choice((SEND, LEAVE), SEND, id="send")
        for field in self.fields:
            yield FieldLine(field, self.reveal)
        yield Static("", classes="as-json", markup=False)

    @property
    def shown_data(self) -> Any:
        """The data of the request, its secrets masked unless they are shown."""
        data = self.request.get("data")
        return data if self.reveal else masked_copy(data)

    def set_reveal(self, reveal: bool) -> None:
        """Show secrets, or mask them."""
        self.reveal = reveal
        self.query_one(".asked", Static).update(Content("\n".join(asked_lines(self.shown_data))))
        for line in self.query(FieldLine):
            line.set_reveal(reveal)

    @property
    def whole_text(self) -> str:
        """The whole question: in words where there are any, then as JSON; secrets masked unless they are shown."""
        data = self.shown_data
        words = [f"{label}: {text}" if label else text for label, text in asked(data)]
        return "\n".join([*words, *([""] if words else []), dumps(data)])

    def focus_first(self) -> None:
        """Go to the first wrong field, else to the first field."""
        lines = list(self.query(FieldLine)) if self.is_sent and not self.written else []
        wrong = [line for line in lines if line.fault]
        focus_after_question(
            wrong[0].place if wrong else lines[0].query("Input, Choice").first() if lines else self.query_one(Choice)
        )

    @property
    def is_sent(self) -> bool:
        """Whether it is to be answered."""
        return self.query_one("#send", Choice).value == SEND

    def answer(self) -> tuple[Any, bool]:
        """The answer as JSON, and whether it is complete; a fault is shown beside its field."""
        if self.written:
            return self.document, True
        lines = list(self.query(FieldLine))
        found = filled(self.fields, [line.text for line in lines])
        for number, line in enumerate(lines):
            line.show_fault(found.errors.get(number, ""))
        return found.value, not found.errors

    def start_document(self) -> Any:
        """The first text for an answer in JSON: the values of the form, else an example."""
        if self.written:
            return self.document
        found = filled(self.fields, [line.text for line in self.query(FieldLine)])
        return example(self.fields) if found.errors else found.value

    def write(self, document: Any) -> None:
        """Take an answer in JSON in the place of the fields."""
        self.document, self.written = document, True
        for line in self.query(FieldLine):
            line.display = False
        text = json.dumps(document, ensure_ascii=False, indent=1)
        self.query_one(".as-json", Static).update(Content("\n".join(clean(line) for line in text.split("\n"))))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Report the change."""
        event.stop()
        self.post_message(self.Changed())

    def on_choice_changed(self, event: Choice.Changed) -> None:
        """Hide the fields of a request that is left waiting."""
        event.stop()
        if event.choice.id == "send":
            for line in self.query(FieldLine):
                line.display = self.is_sent and not self.written
        self.post_message(self.Changed())
