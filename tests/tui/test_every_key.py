"""Each key of a screen changes what is seen, or says why it does not."""

from __future__ import annotations

import asyncio

import pytest

from ckpt_tui.tui.commands import COMMANDS, Scope
from tests.tui.support import SAMPLES, Driver, open_app

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


def seen(app: Driver) -> list[str]:
    return [
        "".join(f"{segment.style}{segment.text}" for segment in strip)
        for strip in app.app.screen._compositor.render_strips()
    ]


async def something_happens(app: Driver, before: list[str]) -> bool:
    for _ in range(40):
        if seen(app) != before:
            return True
        await asyncio.sleep(0.02)
    return False


async def go_back(app: Driver, base: object) -> None:
    for _ in range(4):
        screen = app.app.screen
        if screen is base and not any(prompt.display for prompt in screen.query("Prompt")):
            return
        await app.press("escape")


@pytest.mark.parametrize("place", PLACES)
async def test_each_key_changes_something_or_says_why(place: str) -> None:
    scopes, way, row = PLACES[place]
    idle = []
    async with open_app(SAMPLES / "linear", (120, 30)) as app:
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
            await app.press(*row)
            before = seen(app)
            await app.press(command.keys.split(",")[0].strip())
            if not await something_happens(app, before) and "This is the " not in app.text:  # said already
                idle.append(command.id)
    assert idle == []
