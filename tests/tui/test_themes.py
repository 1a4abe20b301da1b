"""The look: every theme has our variables, and nothing depends on colour."""

from __future__ import annotations

import pytest
from rich.color import Color as TerminalColor
from textual import constants
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from ckpt_tui.config import Config
from ckpt_tui.tui.themes import CONTRAST, DARK, LIGHT, SIXTEEN, contrast
from ckpt_tui.tui.widgets.status import BarLine
from tests.tui.support import SAMPLES, open_app


@pytest.mark.parametrize("theme", [DARK.name, LIGHT.name, "ansi-dark", "textual-light", "nord", "no-such-theme"])
async def test_the_app_opens_in_a_theme(theme: str) -> None:
    async with open_app(SAMPLES / "hitl_pending", config=Config(theme=theme)) as app:
        await app.shows("waits 2 review", "[Overview]")
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
        await app.shows("waits 2 review")


NAMES = [DARK.name, LIGHT.name, *BUILTIN_THEMES]
COLOURED = [name for name in NAMES if not name.startswith("ansi")]


@pytest.mark.parametrize("name", COLOURED)
async def test_every_text_can_be_read_in_every_theme_the_selected_row_included(name: str) -> None:
    async with open_app(SAMPLES / "hitl_pending", config=Config(theme=name)) as app:
        await app.shows("waits 2 review")
        rows, bar = app.screen.list, app.screen.query_one("#head", BarLine)
        styles = {(part, over): rows.style(part, over) for part in PARTS for over in ("", "cursor", "cursor-blur")}
        styles |= {
            (part, "bar"): bar.style(part) for part in ("plain", "strong", "dim", "good", "warn", "error", "key")
        }
        poor = {
            where: round(found, 2)
            for where, style in styles.items()
            if (found := contrast(colour(style.color), colour(style.bgcolor))) < CONTRAST
        }
        assert not poor
        # Boxes of text, prompts and tabs are drawn with these on one of these.
        variables = app.app.theme_variables
        for text in ("foreground", "ck-dim", "ck-label", "ck-lane", "primary", "accent", "warning", "error", "success"):
            for ground in ("background", "panel"):
                assert contrast(Color.parse(variables[text]), Color.parse(variables[ground])) >= CONTRAST, (
                    text,
                    ground,
                )


PARTS = (
    "label", "dim", "text", "number", "word", "type", "error", "good", "warn", "lane", "heading", "match", "plain",
    "accent",
)  # fmt: skip


def colour(part: TerminalColor | None) -> Color:
    assert part is not None
    return Color.from_rich_color(part)


@pytest.mark.parametrize("name", ["ansi-dark", "ansi-light"])
async def test_nothing_has_the_colour_of_its_background_in_16_colours(name: str) -> None:
    async with open_app(SAMPLES / "hitl_pending", config=Config(theme=name)) as app:
        await app.shows("waits 2 review")
        rows = app.screen.list
        for part in PARTS:
            for over in ("", "cursor", "cursor-blur"):
                style = rows.style(part, over)
                assert style.color != style.bgcolor or style.color is None or style.color.is_default, (part, over)
                if over:
                    assert style.color == TerminalColor.parse("bright_white")


async def test_a_terminal_with_16_colours_gets_their_theme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "COLOR_SYSTEM", "standard")
    async with open_app(SAMPLES / "hitl_pending") as app:
        assert app.app.theme == SIXTEEN
