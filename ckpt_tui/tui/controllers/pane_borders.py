"""The borders between the panes: moved by keys, or dragged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ckpt_tui.tui.helpers.pane_widths import SHARED
from ckpt_tui.tui.widgets.shown_keys import keys_of

if TYPE_CHECKING:
    from textual.geometry import Offset

    from ckpt_tui.tui.helpers.panes import Panes

STEP = 4
"""Columns that a key moves a border by."""


class PaneBordersPort(Protocol):
    """The part of its screen that it uses."""

    @property
    def panes(self) -> Panes:
        """The panes."""

    def say(self, text: str, style: str = "plain") -> None:
        """Show a message in the line at the bottom until the next key."""


class PaneBorders:
    """Moves the border beside the list, and the one before the third pane.

    Args:
        port: The screen.
    """

    def __init__(self, port: PaneBordersPort) -> None:
        self._port = port
        self._dragged: bool | None = None
        """Which border is dragged: the one before the third pane, or the one beside the list; None for neither."""

    def move(self, direction: int) -> None:
        """Move the border of the pane that has the focus to the left or right; a number first moves it by as many."""
        panes = self._port.panes
        count = panes.lines.take_count(STEP)
        widths = panes.widths
        if panes.is_zoomed:
            self._port.say(f"The pane has the whole screen: {keys_of('view.zoom')} shares it again.", "dim")
        elif widths is None:
            self._port.say(f"Below {SHARED} columns one pane is shown: there is no border to move.", "dim")
        else:
            is_second = panes.pane in panes.details[1:]
            place = widths.list + (widths.detail if is_second else 0)
            self._put(is_second, place + direction * count)

    def _put(self, is_second: bool, place: int) -> None:
        """Put a border to a column, and show how wide the panes are now."""
        panes = self._port.panes
        before = panes.widths
        panes.put_border(is_second, place)
        widths = panes.widths
        if widths is None:
            return
        if widths == before:
            self._port.say("The pane is as narrow as it gets: less could not be read.", "dim")
            return
        second = f" · talk {widths.second}" if widths.second else ""
        self._port.say(f"columns: list {widths.list} · details {widths.detail}{second}", "dim")

    # -- the mouse ---------------------------------------------------------------------------------------------------

    def take_down(self, at: Offset) -> bool:
        """A mouse button was pressed at a place of the screen; return whether a border is dragged from there."""
        panes = self._port.panes
        widths = panes.widths
        if widths is None or panes.is_zoomed or not panes.list.region.y <= at.y < panes.list.region.bottom:
            return False
        borders = {False: widths.list, **({True: widths.list + widths.detail} if widths.second else {})}
        # The edges of two panes touch: both are the border.
        self._dragged = next((name for name, place in borders.items() if at.x in (place - 1, place)), None)
        return self._dragged is not None

    def take_drag(self, at: Offset) -> None:
        """The mouse moved: the border follows."""
        if self._dragged is not None:
            self._port.panes.put_border(self._dragged, at.x)

    def take_up(self) -> bool:
        """The button was let go; return whether a border was dragged."""
        was, self._dragged = self._dragged, None
        return was is not None
