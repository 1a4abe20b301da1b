"""Lines that scroll and have no cursor."""

from __future__ import annotations

from typing import ClassVar

from ckpt_tui.tui.widgets.line_list import LineList


class ScrolledView(LineList):
    """A list of lines none of which can be chosen: the keys that move a cursor scroll it."""

    WHAT: ClassVar[str]
    """The word for the content, for the message that there is no more of it."""

    def selectable(self, index: int) -> bool:
        return False

    def action_cursor(self, direction: int) -> None:
        """Scroll up or down."""
        self._scroll(self.scroll_offset.y + direction * self.take_count(), direction)

    def action_page(self, direction: int) -> None:
        """Scroll by a page."""
        self.action_cursor(direction * max(self.scrollable_content_region.height - 1, 1))

    def action_half_page(self, direction: int) -> None:
        """Scroll by half a page."""
        self.action_cursor(direction * max(self.scrollable_content_region.height // 2, 1))

    def action_first(self) -> None:
        """Scroll to the top."""
        self._scroll(0, -1)

    def action_last(self) -> None:
        """Scroll to the bottom."""
        self._scroll(self.line_count, 1)

    def _scroll(self, y: float, direction: int) -> None:
        before = self.scroll_offset.y
        self.scroll_to(y=max(y, 0), animate=False, immediate=True)
        if self.scroll_offset.y == before:
            self.idle(f"There is no more of the {self.WHAT} {'below' if direction > 0 else 'above'}.")

    def show_cursor(self) -> None:
        """There is no cursor."""
