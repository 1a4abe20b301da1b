"""`ckpt_tui.tui.typeahead`: keys that come while the ones before them have not had their effect."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, Static

from ckpt_tui.tui import typeahead
from ckpt_tui.tui.typeahead import TypeAhead
from ckpt_tui.tui.widgets.prompt import SEARCH, Prompt
from tests.support.patience import PATIENCE

TURNS = range(40)
"""Turns of the event loop between two keys: enough for the first one to have had its whole effect."""


class Dialog(ModalScreen[str]):
    """A dialog that its answer closes."""

    def compose(self) -> ComposeResult:
        yield Input(id="line")

    @on(Input.Submitted)
    async def close_dialog(self, event: Input.Submitted) -> None:
        await self.app.get_screen("below", Below).may_close.wait()
        self.dismiss(event.value)


class Below(Screen[None]):
    """A screen with a key, over which things are asked."""

    BINDINGS: ClassVar[list[BindingType]] = [("s", "step", ""), ("d", "dialog", ""), ("slash", "ask", "")]

    def __init__(self) -> None:
        super().__init__()
        self.steps = 0
        self.answers: list[str | None] = []
        self.may_close = asyncio.Event()
        self.may_close.set()

    def compose(self) -> ComposeResult:
        row = Static("row")
        row.can_focus = True
        yield row
        yield Prompt()

    def action_step(self) -> None:
        self.steps += 1

    def action_dialog(self) -> None:
        self.app.push_screen(Dialog(), self.answers.append)

    def action_ask(self) -> None:
        self.query_one(Prompt).ask(SEARCH, "", self.answers.append)


class Asking(TypeAhead):
    SCREENS: ClassVar[dict[str, Callable[[], Screen[Any]]]] = {"below": Below}

    def get_css_variables(self) -> dict[str, str]:
        return {**super().get_css_variables(), **dict.fromkeys(("ck-label", "ck-dim", "ck-key"), "#888888")}

    async def on_mount(self) -> None:
        await self.push_screen("below")

    @property
    def below(self) -> Below:
        return self.get_screen("below", Below)

    def type(self, key: str) -> None:
        character = {"enter": "\r", "slash": "/"}.get(key, key)
        self.post_message(events.Key(key, character))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0)


def typed(app: Asking) -> str:
    line = app.focused
    return line.value if isinstance(line, Input) else ""


async def turn(times: int) -> None:
    for _ in range(times):
        await asyncio.sleep(0)


@pytest.mark.parametrize("opens", ["slash", "d"])
async def test_a_key_typed_right_after_an_answer_goes_to_the_screen_below(opens: str) -> None:
    app = Asking()
    async with app.run_test():
        for times in TURNS:
            app.type(opens)
            app.type("x")
            await until(lambda: typed(app) == "x")
            app.type("enter")
            await turn(times)
            app.type("s")
            await until(lambda: app.below.steps > 0)
            assert (app.below.steps, app.below.answers) == (1, ["x"]), f"{times} turns after the answer"
            app.below.steps, app.below.answers[:] = 0, []


async def test_a_key_waits_for_a_dialog_that_is_slow_to_close(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Asking()
    async with app.run_test():
        app.below.may_close.clear()
        for key in ("d", "x"):
            app.type(key)
        await until(lambda: typed(app) == "x")
        monkeypatch.setattr(typeahead, "PATIENCE", 0.001)
        monkeypatch.setattr(typeahead, "ENDURED", 1_000_000)
        for key in ("enter", "s"):
            app.type(key)
        await turn(5_000)  # many times its patience
        app.below.may_close.set()
        await until(lambda: app.below.steps > 0)
        assert app.below.answers == ["x"]


async def test_keys_go_on_where_one_closed_what_had_the_focus() -> None:
    app = Asking()
    async with app.run_test():
        for key in ("d", "a", "enter", "s", "s", "slash", "b", "enter", "s"):
            app.type(key)
        await until(lambda: app.below.steps == 3)
        assert app.below.answers == ["a", "b"]
