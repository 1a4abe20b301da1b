"""The application: theme, keys, and the screen that opens first."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING, Any

from textual.app import App

if TYPE_CHECKING:
    from textual.command import Provider
from textual.screen import Screen

from ckpt_tui.config import Config, load
from ckpt_tui.core.text import clean
from ckpt_tui.errors import UsageError
from ckpt_tui.stores.base import Store
from ckpt_tui.stores.registry import open_store
from ckpt_tui.tui.commands import accept_keys
from ckpt_tui.tui.screens.browse import Browse
from ckpt_tui.tui.themes import DARK, DEFAULT_VARIABLES, LIGHT


def _commands() -> type[Provider]:
    from ckpt_tui.tui.palette import Commands  # late: 15 ms that the first screen does not need

    return Commands


class CkptApp(App[None]):
    """The browser of one store.

    Args:
        store: What to browse.
        at: Id of the checkpoint to open at.
        steps: Labels of the place to open at.
        config: What the person set.
    """

    TITLE = "ckpt-tui"
    CSS_PATH = "app.tcss"
    COMMANDS = {_commands}  # noqa: RUF012 Textual's own convention
    ENABLE_COMMAND_PALETTE = True
    HORIZONTAL_BREAKPOINTS = Browse.HORIZONTAL_BREAKPOINTS

    def __init__(
        self, store: Store, at: str | None = None, steps: tuple[str, ...] = (), config: Config | None = None
    ) -> None:
        super().__init__()
        self.store = store
        self.config = config or Config()
        self._at = at
        self._steps = steps
        self.changed_keys: dict[str, str] = {}
        """Command id → keys, where the person changed them."""

    def get_default_screen(self) -> Screen[Any]:
        return Browse(self.store, self._at, self._steps)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return DEFAULT_VARIABLES

    def on_mount(self) -> None:
        """Set theme and keys."""
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        wanted = self.config.theme or DARK.name
        self.theme = wanted if wanted in self.available_themes else DARK.name
        self.changed_keys, complaints = accept_keys(self.config.keys)
        self.set_keymap(self.changed_keys)
        for complaint in complaints:
            self.notify(clean(complaint), title="Configuration", severity="warning", timeout=10, markup=False)
        # Frozen rows by the ten thousand make full collections slow and pointless.
        gc.set_threshold(200_000, 20, 50)


def browse(path: str, at: str | None = None, query: str | None = None, mouse: bool = True) -> int:
    """Open the browser on a path; returns the exit code.

    Args:
        path: A directory, which may not exist yet, or a checkpoint file.
        at: Id of the checkpoint to open at.
        query: A path such as `state.draft.score` to open at.
        mouse: Whether the mouse may be used.

    Raises:
        CkptError: the path is neither a directory nor a checkpoint file; the configuration is wrong.
    """
    config = load()
    app = CkptApp(open_store(path, must_exist=False), at, steps_of(query) if query else (), config)
    app.run(mouse=mouse and config.mouse)
    return app.return_code or 0


def steps_of(query: str) -> tuple[str, ...]:
    """The labels of a path expression; `$items` and its like are no rows of their own.

    Raises:
        UsageError: it is more than a path.
    """
    from ckpt_tui.core.paths import parse

    steps = parse(query)
    if steps is None:
        hint = "A path such as state.draft.score opens a place; expressions are for `ckpt-tui show --query`."
        raise UsageError(f"--query {query} is no path.", hint)
    return tuple(str(step) for step in steps if step not in ("$items", "$args", "$partial"))


if os.environ.get("CKPT_TUI_ANIMATION", "none") == "none":
    # Nothing moves that the person did not move.
    os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
