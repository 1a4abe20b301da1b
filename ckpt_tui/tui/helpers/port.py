"""The ports of the browser's controllers: what they may use of its screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App
    from textual.timer import Timer

    from ckpt_tui.stores.base import Store
    from ckpt_tui.tui.helpers.panes import Panes
    from ckpt_tui.tui.helpers.selection import Selection
    from ckpt_tui.tui.jobs import Jobs
    from ckpt_tui.tui.widgets.prompt import Prompt
    from ckpt_tui.tui.widgets.text_lines import Paragraph


class Opener(Protocol):
    """Opens screens over the browser; each controller adds the screens that it needs."""

    def text(self, title: str, paragraphs: list[Paragraph], text: str, what: str, match: str = "") -> None:
        """Open a text; `y` there copies `text`, which is named `what`."""


class Port(Protocol):
    """The port of every controller of the browser; each extends it."""

    @property
    def app(self) -> App[object]:
        """The application."""

    @property
    def store(self) -> Store:
        """The store that is open now; another one may be opened in its place."""

    @property
    def jobs(self) -> Jobs:
        """Starts workers on that store."""

    @property
    def panes(self) -> Panes:
        """The panes of the screen."""

    @property
    def selection(self) -> Selection:
        """The selected checkpoint, and the way to another place."""

    @property
    def prompt(self) -> Prompt:
        """The prompt for a text."""

    @property
    def open(self) -> Opener:
        """Opens screens over this one."""

    def say(self, text: str, style: str = "plain") -> None:
        """Show a message in the line at the bottom until the next key; "" removes it."""

    def redraw_foot(self) -> None:
        """Draw the line at the bottom again, as its content has changed."""

    def later(self, seconds: float, then: Callable[[], object]) -> Timer:
        """Call something in this many seconds."""
