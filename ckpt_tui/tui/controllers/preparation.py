"""The preparation of a run: the program, answers to requests, types to allow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from textual.widget import Widget

from ckpt_tui.actions.resume.plan import Edit, Plan, Source, make_plan
from ckpt_tui.actions.resume.preview import blocked_types
from ckpt_tui.actions.resume.proposals import parts_to_start
from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.text import clean
from ckpt_tui.tui.helpers.target_fields import WrongField
from ckpt_tui.tui.helpers.target_form import TargetForm
from ckpt_tui.tui.widgets.request_form import RequestForm
from ckpt_tui.tui.widgets.request_forms import RequestForms


class PreparationPort(Protocol):
    """The part of its screen that it uses."""

    @property
    def focused(self) -> Widget | None:
        """The focused widget."""

    def say(self, text: str, style: str = "plain") -> None:
        """Show a text, until the next key."""

    def start(self) -> None:
        """Go on, to the check or to the run."""

    def ask_to_start(
        self, why: str, starts: Sequence[tuple[str, str]], answered: Callable[[bool | None], None]
    ) -> None:
        """Ask whether to start a program that the person did not choose."""


class Preparation:
    """Makes plans from the fields and forms.

    Args:
        port: The screen.
        form: The target.
        requests: The requests that are asked.
        source: The checkpoint to run from.
        edits: What is changed first.
    """

    def __init__(
        self, port: PreparationPort, form: TargetForm, requests: RequestForms, source: Source, edits: tuple[Edit, ...]
    ) -> None:
        self._port = port
        self._form, self._requests = form, requests
        self._source = source
        self._edits = edits

    def plan(self, complete: bool) -> Plan | None:
        """The plan that the fields make; None when one of them is wrong, after showing why.

        Args:
            complete: Whether every request that is to be answered must be.
        """
        form = self._form
        try:
            target = form.target()
        except WrongField as wrong:
            self._port.say(wrong.what, "warn")
            form.show_field(wrong.field)
            return None
        responses = self.answers(complete)
        return None if responses is None else make_plan(self._source, target, form.into, responses, self._edits)

    def answers(self, complete: bool) -> dict[str, Any] | None:
        """The answers by the ids of their requests; None where a required one is missing, after showing that."""
        out, wrong = self._requests.answers()
        if wrong is not None and complete:
            self._port.say(
                "An answer is incomplete: see the notes beside its fields, or leave the request waiting.", "warn"
            )
            wrong.focus_first()
            return None
        return out

    def state(self) -> tuple[Any, ...]:
        """All that a check depends on."""
        return self._form.texts, dumps(self._requests.answers()[0], None)

    def asks_to_start(self) -> bool:
        """Ask before a program is started that the person may not have chosen; False when no question is needed."""
        form = self._form
        chosen = form.chosen
        if form.is_unseen and chosen is not None:
            self._port.say(f"{clean(chosen.program, 60)} was found: nothing is started yet. Enter starts it.", "warn")
            return True
        if chosen is None or not chosen.question:
            return False

        def answered(yes: bool | None) -> None:
            if yes:
                form.agree()
                self._port.start()
            else:
                self._port.say("Not started.", "dim")

        self._port.ask_to_start(chosen.question, parts_to_start(chosen.target), answered)
        return True

    def allow(self, check: dict[str, Any]) -> None:
        """Allow the types that a check named, and check again."""
        types = blocked_types(check)
        if not types:
            self._port.say("There is no type to allow.", "dim")
            return
        form = self._form
        form.set("allow", " ".join(dict.fromkeys([*form.get("allow").split(), *types])))
        self._port.start()

    def request(self) -> RequestForm | None:
        """The form of the request that has the focus, else the first; None where there is none, after showing that."""
        form = self._requests.form_at(self._port.focused)
        if form is None:
            self._port.say("No request waits for an answer.", "dim")
        return form
