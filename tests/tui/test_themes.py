"""The look: every theme has our variables, and nothing depends on colour."""

from __future__ import annotations

import pytest
from rich.color import Color as TerminalColor
from textual import constants
from textual.color import Color
from textual.filter import ANSIToTruecolor, Monochrome, NoColor
from textual.theme import BUILTIN_THEMES

from ckpt_tui.configuration import Config
from ckpt_tui.tui.themes import CONTRAST, DARK, LIGHT, SIXTEEN, SIXTEEN_ON_LIGHT, contrast, theme_for_sixteen
from ckpt_tui.tui.widgets.status import BarLine
from tests.tui.support import SAMPLES, open_app


@pytest.mark.parametrize("theme", [DARK.name, LIGHT.name, "ansi-dark", "textual-light", "nord", "no-such-theme"])
async def test_the_app_opens_in_a_theme(theme: str) -> None:
    async with open_app(SAMPLES / "hitl_pending", config=Config(theme=theme)) as app:
        await app.shows("waits 2 review", "[Overview]")
        wanted = theme if theme in {DARK.name, LIGHT.name, *BUILTIN_THEMES} else DARK.name
        assert app.app.theme == wanted
        label = colour(app.screen.list.style("label").color)
        expected = {DARK.name: DARK, LIGHT.name: LIGHT}.get(wanted)
        if expected is not None:
            assert label == Color.parse(expected.variables["ck-label"])
        await app.press("tab", "j", "question_mark")
        await app.shows("Keys and signs")


async def test_a_theme_can_be_changed_while_the_app_runs() -> None:
    async with open_app(SAMPLES / "hitl_pending") as app:
        rows, bar = app.screen.list, app.screen.query_one("#head", BarLine)
        before = rows.style("dim"), bar.style("dim")
        app.app.theme = "textual-light"
        await app.pilot.pause()
        await app.shows("waits 2 review")
        assert rows.style("dim") != before[0]
        assert bar.style("dim") != before[1]


NAMES = [DARK.name, LIGHT.name, *BUILTIN_THEMES]
COLOURED = [name for name in NAMES if not name.startswith("ansi")]


@pytest.mark.parametrize("name", COLOURED)
async def test_every_text_can_be_read_in_every_theme_the_selected_row_included(name: str) -> None:
    async with open_app(SAMPLES / "hitl_pending", config=Config(theme=name)) as app:
        await app.shows("waits 2 review")
        rows, bar = app.screen.list, app.screen.query_one("#head", BarLine)
        styles = {(part, over): rows.style(part, over) for part in PARTS for over in ("", "cursor", "cursor-blur")}
        styles |= {(part, "bar"): bar.style(part) for part in BAR_PARTS}
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

BAR_PARTS = ("plain", "strong", "dim", "good", "warn", "error", "key")


def colour(part: TerminalColor | None) -> Color:
    assert part is not None
    return Color.from_rich_color(part)


XTERM = (
    "#000000", "#cd0000", "#00cd00", "#cdcd00", "#0000ee", "#cd00cd", "#00cdcd", "#e5e5e5",
    "#7f7f7f", "#ff0000", "#00ff00", "#ffff00", "#5c5cff", "#ff00ff", "#00ffff", "#ffffff",
)  # fmt: skip
CONSOLE = (
    "#000000", "#aa0000", "#00aa00", "#aa5500", "#0000aa", "#aa00aa", "#00aaaa", "#aaaaaa",
    "#555555", "#ff5555", "#55ff55", "#ffff55", "#5555ff", "#ff55ff", "#55ffff", "#ffffff",
)  # fmt: skip


@pytest.mark.parametrize("palette", [XTERM, CONSOLE], ids=["xterm", "console"])
@pytest.mark.parametrize(("name", "default"), [("ansi-dark", (0, 15)), ("ansi-light", (15, 0))])
async def test_every_text_can_be_read_in_16_colours(
    name: str, default: tuple[int, int], palette: tuple[str, ...]
) -> None:
    def seen(part: TerminalColor | None, is_text: bool) -> Color:
        number = default[is_text] if part is None or part.is_default else part.number
        assert number is not None
        return Color.parse(palette[number])

    async with open_app(SAMPLES / "hitl_pending", config=Config(theme=name)) as app:
        await app.shows("waits 2 review")
        rows, bar = app.screen.list, app.screen.query_one("#head", BarLine)
        styles = {(part, over): rows.style(part, over) for part in PARTS for over in ("", "cursor", "cursor-blur")}
        styles |= {(part, "bar"): bar.style(part) for part in BAR_PARTS}
        poor = {
            where: round(found, 2)
            for where, style in styles.items()
            if (found := contrast(seen(style.color, True), seen(style.bgcolor, False))) < CONTRAST
        }
        assert not poor
        assert rows.style("match", "cursor").bgcolor == rows.style("match").bgcolor
        cursor, rests, plain = (rows.style("plain", over) for over in ("cursor", "cursor-blur", ""))
        assert len({(each.bgcolor, each.underline) for each in (cursor, rests, plain)}) == 3


async def test_the_colours_of_a_terminal_reach_it_as_they_are() -> None:
    async with open_app(SAMPLES / "hitl_pending", config=Config(theme="ansi-dark")) as app:
        assert not [each for each in app.app.get_line_filters() if isinstance(each, ANSIToTruecolor)]
        app.app.theme = DARK.name
        assert [each for each in app.app.get_line_filters() if isinstance(each, ANSIToTruecolor)]


async def test_without_colours_the_selected_row_is_reversed_and_nothing_is_coloured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_app(SAMPLES / "hitl_pending") as app:
        assert app.screen.list.style("plain", "cursor").reverse
        filters = app.app.get_line_filters()
        assert any(isinstance(each, NoColor) for each in filters)
        assert not any(isinstance(each, ANSIToTruecolor | Monochrome) for each in filters)


@pytest.mark.parametrize(
    ("said", "theme"), [("", SIXTEEN), ("15;0", SIXTEEN), ("0;15", SIXTEEN_ON_LIGHT), ("0;default;7", SIXTEEN_ON_LIGHT)]
)
def test_a_light_terminal_that_says_so_gets_dark_texts(said: str, theme: str) -> None:
    assert theme_for_sixteen({"COLORFGBG": said} if said else {}) == theme


async def test_a_terminal_with_16_colours_gets_their_theme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "COLOR_SYSTEM", "standard")
    async with open_app(SAMPLES / "hitl_pending") as app:
        assert app.app.theme == SIXTEEN
