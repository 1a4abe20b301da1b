"""Themes are seen before they are taken."""

from ckpt_tui.tui.configuration_check import theme_names
from ckpt_tui.tui.screens.theme_picker import ThemePicker
from tests.tui.support import SAMPLES, open_app


async def test_each_is_shown_and_escape_takes_it_back() -> None:
    async with open_app(SAMPLES / "linear") as app:
        before = app.app.theme
        following = theme_names()[theme_names().index(before) + 1 :]
        await app.press("alt+t")
        await app.until(lambda: isinstance(app.app.screen, ThemePicker))
        await app.press("down", "down")
        assert app.app.theme == following[1]
        await app.press("escape")
        assert app.app.theme == before
        await app.press("alt+t")
        await app.until(lambda: isinstance(app.app.screen, ThemePicker))
        await app.press("down", "enter")
        assert app.app.theme == following[0]
        await app.until(lambda: app.app._notifications, "how to keep it")
