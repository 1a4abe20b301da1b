"""The line that asks for a text keeps the keyboard, and never stays open without it."""

from __future__ import annotations

from textual.widgets import Input

from ckpt_tui.tui.widgets.prompt import SEARCH, Prompt
from tests.tui.support import RECORDED, WIDE, Driver, open_app


def asks(app: Driver) -> bool:
    return app.app.screen.has_class("-asking")


async def test_a_pane_that_takes_the_keyboard_a_moment_later_waits_until_the_question_is_closed() -> None:
    async with open_app(RECORDED, WIDE) as app:
        panes = app.screen.panes
        panes.focus_pane(panes.details[0])
        app.screen.query_one(Prompt).ask(SEARCH, "", lambda text: None)
        await app.press("a", "b")
        line = app.screen.query_one("#ask", Input)
        assert (app.app.focused, line.value) == (line, "ab")
        await app.press("escape")
        assert not asks(app)
        assert panes.pane is panes.details[0]
        assert app.app.focused is panes.lines


async def test_a_question_is_closed_by_a_click_elsewhere() -> None:
    async with open_app(RECORDED, WIDE) as app:
        await app.press("slash", "x")
        assert asks(app)
        await app.pilot.click(offset=(90, 15))
        await app.until(lambda: not asks(app), "the question closed")
        assert not app.has_prompt
        assert app.screen.panes.pane is not app.screen.list
        await app.press("escape")
        assert app.screen.panes.pane is app.screen.list


async def test_the_pane_that_is_chosen_during_a_question_has_the_keyboard_afterwards() -> None:
    async with open_app(RECORDED, WIDE) as app:
        await app.press("slash", "x", "tab")
        assert asks(app)
        await app.press("escape")
        assert not asks(app)
        assert app.screen.panes.pane is app.screen.panes.details[0]


async def test_a_question_stays_where_the_terminal_loses_the_keyboard() -> None:
    async with open_app(RECORDED, WIDE) as app:
        await app.press("slash", "x")
        app.app.app_focus = False
        await app.pilot.pause()
        assert asks(app)
        app.app.app_focus = True
        await app.until(lambda: app.app.focused is app.screen.query_one("#ask", Input), "the line")
