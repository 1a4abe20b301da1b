"""Driving the app: a store to open, the text on the screen, waiting for what a worker brings."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from ckpt_tui.configuration import Config
from ckpt_tui.stores.base import Store
from ckpt_tui.stores.registry import open_store
from ckpt_tui.tui.app import CkptApp
from ckpt_tui.tui.screens.browse import Browse

DATA = Path(__file__).parent.parent / "data"
SAMPLES = DATA / "agent-framework" / "1.23.0"
RECORDED = Path(__file__).parents[2] / "ckpt_tui" / "demo" / "recorded" / "store"

NARROW = (80, 24)
NORMAL = (120, 40)
WIDE = (190, 44)

PATIENCE = 20.0
"""Seconds a test waits for something that should come at once, before it fails."""


class Driver:
    """An app under test."""

    def __init__(self, app: CkptApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def screen(self) -> Browse:
        """The browser, under whatever dialog is open."""
        screen = self.app.screen_stack[0]
        assert isinstance(screen, Browse)
        return screen

    @property
    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(self.lines)

    @property
    def lines(self) -> list[str]:
        """What is on the screen, line by line."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]

    async def press(self, *keys: str) -> None:
        """Press keys, and let the app settle."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Type a text into the line that asks for one."""
        await self.press(*(("space" if char == " " else char) for char in text))

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        """Wait until something is so."""
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE
        while not condition():
            if loop.time() > end:
                raise AssertionError(f"never: {what or condition}\n{self.text}")
            await self.pilot.pause(0.02)

    async def shows(self, *texts: str) -> None:
        """Wait until these texts are on the screen."""

        def is_shown() -> bool:
            seen = self.text
            return all(text in seen for text in texts)

        await self.until(is_shown, f"{texts} on the screen")

    async def settled(self) -> None:
        """Wait until the selected checkpoint is shown and all bodies are read."""
        screen = self.screen
        await self.until(lambda: screen.list.view.rows and not screen.library.unread(), "everything read")
        await self.until(lambda: screen.list.selected and screen.opened.file == screen.list.selected, "selection shown")
        await self.pilot.pause()


@asynccontextmanager
async def open_app(
    path: Path | str | Store, size: tuple[int, int] = NORMAL, config: Config | None = None, at: str | None = None,
    steps: tuple[str, ...] = (), settled: bool = True, tab: str = "",
) -> AsyncIterator[Driver]:  # fmt: skip
    """The app on a store, in a terminal of this size; with `tab`, that tab is shown instead of the overview."""
    store = path if isinstance(path, Store) else open_store(path, must_exist=False)
    app = CkptApp(store, at, steps, config)
    async with app.run_test(size=size, notifications=True) as pilot:
        driver = Driver(app, pilot)
        await driver.until(lambda: driver.screen.details, "all panes")
        if settled:
            await driver.settled()
        if tab:
            driver.screen.details[0].pick(tab)
            await driver.pilot.pause()
        yield driver


def copy_of(sample: str, directory: Path) -> Path:
    """A copy of a sample store that a test may change."""
    target = directory / sample
    shutil.copytree(SAMPLES / sample, target)
    return target
