"""Driving the app: a store to open, the text on the screen, waiting for what a worker brings."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from rich.console import RenderableType
from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot
from textual.screen import Screen

from ckpt_tui.configuration import Config
from ckpt_tui.stores.base import Store
from ckpt_tui.stores.registry import open_store
from ckpt_tui.tui.app import CkptApp
from ckpt_tui.tui.screens.browse import Browse
from ckpt_tui.tui.widgets.prompt import Prompt
from tests.support.patience import PATIENCE

DATA = Path(__file__).parent.parent / "data"
SAMPLES = DATA / "agent-framework" / "1.23.0"
RECORDED = Path(__file__).parents[2] / "ckpt_tui" / "demo" / "recorded" / "store"

NARROW = (80, 24)
NORMAL = (120, 40)
WIDE = (190, 44)


_SHORTEST, _LONGEST = 0.005, 0.03
"""Seconds between two looks at something that is waited for."""

_UNPAINTED = 0.5
"""Seconds after which the screen is read again though nothing was painted."""


_sheets: dict[tuple[Any, ...], list[Any]] = {}
_parse_rules = Stylesheet._parse_rules


def _rules_parsed_once(self: Stylesheet, *args: Any, **options: Any) -> list[Any]:
    """What Textual keeps for one app is kept for all apps of a theme: each test starts one, with the same sheets."""
    key = (frozenset(self._variables.items()), args, tuple(options.items()))
    if key not in _sheets:
        _sheets[key] = _parse_rules(self, *args, **options)
    return _sheets[key]


Stylesheet._parse_rules = _rules_parsed_once  # type: ignore[method-assign]


class Driver:
    """An app under test."""

    def __init__(self, app: CkptApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot
        self._paints = 0
        """How often the app has painted."""
        display = app._display

        def counted(screen: Screen[Any], renderable: RenderableType | None) -> None:
            self._paints += 1
            display(screen, renderable)

        app._display = counted  # type: ignore[method-assign]

    @property
    def screen(self) -> Browse:
        """The browser, under whatever dialog is open."""
        screen = self.app.screen_stack[0]
        assert isinstance(screen, Browse)
        return screen

    @property
    def has_prompt(self) -> bool:
        """Whether the browser asks for a text."""
        return any(prompt.is_open for prompt in self.screen.query(Prompt))

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
        if condition():
            return
        loop = asyncio.get_running_loop()
        end, pause = loop.time() + PATIENCE, _SHORTEST
        await self.pilot.pause()
        while not condition():
            if loop.time() > end:
                raise AssertionError(f"never: {what or condition}\n{self.text}")
            await asyncio.sleep(pause)  # no pause of the pilot: it has every widget take a turn
            pause = min(1.5 * pause, _LONGEST)

    async def until_painted(self, condition: Callable[[], object], what: str) -> None:
        """Wait until something is so that depends on what is painted alone."""
        seen, again = (0, -1), 0.0

        def is_so() -> bool:
            nonlocal seen, again
            now = (id(self.app.screen), self._paints)
            if now == seen and time.monotonic() < again:
                return False  # it was not so, and nothing was painted since
            seen, again = now, time.monotonic() + _UNPAINTED
            return bool(condition())

        await self.until(is_so, what)

    async def shows(self, *texts: str) -> None:
        """Wait until these texts are on the screen."""

        def are_shown() -> bool:
            seen = self.text
            return all(text in seen for text in texts)

        await self.until_painted(are_shown, f"{texts} on the screen")

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
