"""Each key of a screen changes what is seen, or says why it does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.segment import Segment

from ckpt_tui.tui.app import Explains
from ckpt_tui.tui.commands import COMMANDS, Scope, by_id
from ckpt_tui.tui.screens.resume import ResumeScreen
from ckpt_tui.tui.screens.resume_keys import BOUND
from ckpt_tui.tui.widgets.line_list import LineList
from tests.tui.projects import checked, project
from tests.tui.support import SAMPLES, Driver, open_app

__all__ = ["project"]

LEFT_OUT = {
    "app.quit": "ends the app", "app.close": "ends the app", "app.suspend": "suspends it",
    "app.redraw": "draws the same",
    "value.pager": "starts a program", "value.editor": "starts a program", "value.edit": "starts a program",
}  # fmt: skip

PLACES: dict[str, tuple[tuple[Scope, ...], list[str], list[str]]] = {
    "list, last row": (("any list", "list", "everywhere"), [], ["G"]),
    "values, last row": (("any list", "value"), ["f3", "tab"], ["G"]),
    "compare, last row": (("any list", "diff", "compare"), ["d"], ["G"]),
    "replay, first step": (("replay",), ["space", "space"], ["home"]),
}
"""Where keys are pressed: their scopes, how one gets there, and to the row."""


def seen(app: Driver) -> list[list[Segment]]:
    return [list(strip) for strip in app.app.screen._compositor.render_strips()]


def is_at_the_end(app: Driver) -> bool:
    """Whether the cursor is on the last row already: each key that is pressed costs time."""
    lines = app.app.focused
    return isinstance(lines, LineList) and lines.line_count > 0 and lines.cursor == lines.line_count - 1


async def changed(app: Driver, before: list[list[Segment]], name: str) -> None:
    """Wait until a command has changed what is seen."""
    await app.until_painted(lambda: seen(app) != before, f"what {name} does")


async def go_back(app: Driver, base: object) -> None:
    for _ in range(4):
        screen = app.app.screen
        if screen is base and not any(prompt.display for prompt in screen.query("Prompt")):
            return
        await app.press("escape")


@pytest.mark.parametrize("place", PLACES)
async def test_each_key_changes_something_or_says_why(place: str) -> None:
    scopes, way, row = PLACES[place]
    async with open_app(SAMPLES / "linear", (100, 24)) as app:
        await app.press(*way)
        await app.pilot.pause(0.1)
        base = app.app.screen
        for command in COMMANDS:
            if command.scope not in scopes or command.id in LEFT_OUT:
                continue
            await go_back(app, base)
            if app.app.screen is not base or (way[-1:] == ["tab"] and app.screen.panes.pane is app.screen.list):
                await app.press(*way)
                base = app.app.screen
            if row != ["G"] or not is_at_the_end(app):
                await app.press(*row)
            if isinstance(app.app.screen, Explains):
                app.app.screen.explain("")  # what the last key said may be what this one says
                await app.pilot.pause()
            before = seen(app)
            await app.press(command.keys.split(",")[0].strip())
            await changed(app, before, command.id)


GOES_ON = {"run.start", "run.step", "run.continue", "run.stop", "run.resume", "run.compare"}
"""Those that make another run of it, or leave it; tests of their own press them."""

OF_A_RUN = [
    name for name in BOUND
    if name not in {*LEFT_OUT, *GOES_ON, "app.back", "view.other_pane", "view.previous_pane"}
]  # fmt: skip
"""Commands that the screen of a run knows, but for those that leave it or its log."""


async def test_each_key_of_a_run_changes_something_or_says_why(project: Path) -> None:
    async with open_app(project / "ck", (100, 24)) as app:
        screen = await checked(app)
        await press_each(app, screen, OF_A_RUN)  # before it begins
        await app.press("s")
        await app.shows("‖ paused after step 1")
        await press_each(app, screen, OF_A_RUN)
        await app.press("c")
        await app.shows("■ done")
        await press_each(app, screen, [*OF_A_RUN, "run.step", "run.continue", "run.stop", "run.start"])


async def press_each(app: Driver, screen: ResumeScreen, names: list[str]) -> None:
    """Press the keys of some commands; each changes what is seen."""
    for name in names:
        await go_back(app, screen)
        assert app.app.screen is screen, name
        screen.say("")
        await app.pilot.pause()
        before = seen(app)
        await app.press(by_id()[name].keys.split(",")[0])
        await changed(app, before, name)
    await go_back(app, screen)
