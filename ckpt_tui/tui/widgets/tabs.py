"""A line of tabs with counts."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget


class Tab(NamedTuple):
    """One tab: its name, its title, and a count behind it, or None for none."""

    name: str
    title: str
    number: int | None = None


_BRIEF = {"Messages": "Msgs", "Pending": "Pend"}
"""Titles that are abbreviated before all others are cut."""

_SHORT = 4
"""Letters of a title where the line is too narrow for all of them."""


class TabLine(Widget):
    """Tabs on one line; the active one is marked by brackets as well as by colour."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"tab-line--tab", "tab-line--active", "tab-line--empty"}

    DEFAULT_CSS = """
    TabLine {
        height: 1;
        background: $background;
    }
    TabLine > .tab-line--tab { color: $ck-label; }
    TabLine > .tab-line--empty { color: $ck-dim; }
    TabLine > .tab-line--active { color: $foreground; text-style: bold; }
    """

    class Picked(Message):
        """A tab was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, tabs: tuple[Tab, ...], id: str | None = None) -> None:
        super().__init__(id=id)
        self._tabs = tabs
        self._active = tabs[0].name

    def show(self, tabs: tuple[Tab, ...], active: str) -> None:
        """Show these tabs, one of them as active."""
        self._tabs = tabs
        self._active = active
        self.refresh()

    def labels(self, width: int) -> list[str]:
        """The tabs as texts that fit the width: with space between them, else close together, fewer counts."""
        ways = (
            (" ", "all"), ("", "all"), ("", "some"), ("tight", "some"), ("", "active"), ("", "none"),
            ("tight", "active"), ("brief", "active"), ("brief", "none"), ("short", "active"), ("short", "none"),
        )  # fmt: skip
        for gap, counts in ways:
            labels = []
            for tab in self._tabs:
                active = tab.name == self._active
                counted = counts == "all" or (counts == "some" and tab.number) or (counts == "active" and active)
                text = f"{tab.title} {tab.number:,}" if counted and tab.number is not None else tab.title
                if gap in ("tight", "brief", "short"):
                    if gap == "brief" and not active:
                        text = _BRIEF.get(tab.title, tab.title)
                    elif gap == "short" and not active:
                        text = tab.title[:_SHORT]
                    labels.append(f"[{text}] " if active else f"{text} ")
                else:
                    labels.append((f"[{text}]" if active else f" {text} ") + gap)
            if sum(len(label) for label in labels) <= width + 1:
                break
        return labels

    def render_line(self, y: int) -> Strip:
        segments = []
        for tab, label in zip(self._tabs, self.labels(self.size.width), strict=True):
            part = "active" if tab.name == self._active else "empty" if tab.number == 0 else "tab"
            style = self.rich_style + self.get_component_rich_style(f"tab-line--{part}", partial=True)
            segments.append(Segment(label, style))
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

    def on_click(self, event: events.Click) -> None:
        """Pick the tab under the mouse."""
        left = 0
        for tab, label in zip(self._tabs, self.labels(self.size.width), strict=True):
            left += len(label)
            if event.x < left:
                self.post_message(self.Picked(tab.name))
                return
