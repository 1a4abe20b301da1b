"""The look: every theme has our variables, and nothing depends on colour."""

from __future__ import annotations

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from ckpt_tui.config import Config
from ckpt_tui.tui.themes import DARK, LIGHT
from tests.tui.support import SAMPLES, open_app


@pytest.mark.parametrize("theme", [DARK.name, LIGHT.name, "ansi-dark", "textual-light", "nord", "no-such-theme"])
async def test_the_app_opens_in_a_theme(theme: str) -> None:
    async with open_app(SAMPLES / "hitl_pending", config=Config(theme=theme)) as app:
        await app.shows("review waiting 2", "[Overview]")
        wanted = theme if theme in {DARK.name, LIGHT.name, *BUILTIN_THEMES} else DARK.name
        assert app.app.theme == wanted
        label = app.screen.list.get_component_styles("line-list--label").color
        expected = {DARK.name: DARK, LIGHT.name: LIGHT}.get(wanted)
        if expected is not None:
            assert label == Color.parse(expected.variables["ck-label"])
        await app.press("tab", "j", "question_mark")
        await app.shows("Keys and signs")


async def test_a_theme_can_be_changed_while_the_app_runs() -> None:
    async with open_app(SAMPLES / "hitl_pending") as app:
        app.app.theme = "textual-light"
        await app.pilot.pause()
        await app.shows("review waiting 2")
