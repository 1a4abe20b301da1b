"""The forms of all requests that wait for an answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from ckpt_tui.tui.widgets.choice import Choice
from ckpt_tui.tui.widgets.request_form import RequestForm


class RequestForms(VerticalScroll):
    """One form for each request."""

    def __init__(self) -> None:
        super().__init__(id="asks", can_focus=False)

    def on_mount(self) -> None:
        """Set the title."""
        self.border_title = Content("Requests that wait")

    @property
    def forms(self) -> list[RequestForm]:
        """The requests that are asked."""
        return list(self.query(RequestForm))

    async def ask(self, requests: Iterable[dict[str, Any]], reveal: bool) -> None:
        """Add a form for each request."""
        await self.mount(*(RequestForm(each, reveal) for each in requests))

    async def ask_instead(self, requests: Iterable[dict[str, Any]], reveal: bool) -> None:
        """Ask these requests and no others."""
        await self.remove_children()
        await self.ask(requests, reveal)

    def clear(self) -> None:
        """Ask nothing."""
        self.remove_children()

    def answers(self) -> tuple[dict[str, Any], RequestForm | None]:
        """The complete answers by the ids of their requests, and the first form that is not complete, if any."""
        out: dict[str, Any] = {}
        wrong = None
        for form in self.forms:
            if not form.is_sent:
                continue
            document, good = form.answer()
            if good:
                out[form.request_id] = document
            elif wrong is None:
                wrong = form
        return out, wrong

    def form_at(self, widget: Widget | None) -> RequestForm | None:
        """The form that holds a widget, else the first one; None where there is none."""
        forms = self.forms
        here = next((each for each in forms if widget is not None and each in widget.ancestors), None)
        return here or (forms[0] if forms else None)

    def focus_after(self, field: Widget) -> bool:
        """Give the focus to the field that follows one; False when it is the last."""
        fields = [
            each for each in self.screen.focus_chain if self in each.ancestors and isinstance(each, Input | Choice)
        ]
        at = fields.index(field) if field in fields else len(fields)
        if at + 1 >= len(fields):
            return False
        fields[at + 1].focus()
        return True

    def set_reveal(self, reveal: bool) -> None:
        """Show secrets, or mask them."""
        for form in self.forms:
            form.set_reveal(reveal)
