"""A line of tabs at fixed places; the count of the active one is at the end of the line."""

from __future__ import annotations

from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ckpt_tui.tui.widgets.part_styles import Look, style_of


class Tab(NamedTuple):
    """One tab: its name, its title, and how much is in it, or None where that is not counted or not known yet."""

    name: str
    title: str
    number: int | None = None


_SHORT = 4
"""Letters of a title where the line is too narrow for all of them."""

_COUNT = 4
"""Cells kept behind each title that may have a count, where there is room for that."""

_LOOKS = {"tab": Look("ck-label"), "empty": Look("ck-dim"), "active": Look("foreground", text="bold")}
"""The styles of titles."""


class TabLine(Widget):
    """Tabs on one line; the active one is marked by brackets as well as by colour. No count moves a tab."""

    DEFAULT_CSS = """
    TabLine {
        height: 1;
        background: $background;
    }
    """

    class Picked(Message):
        """A tab was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, tabs: tuple[Tab, ...], counted: tuple[str, ...] = (), id: str | None = None) -> None:
        super().__init__(id=id)
        self._tabs = tabs
        self._active = tabs[0].name
        self._counted = counted

    def show(self, tabs: tuple[Tab, ...], active: str) -> None:
        """Show these tabs, one of them as active."""
        self._tabs = tabs
        self.pick(active)

    def pick(self, active: str) -> None:
        """Show one of the tabs as active."""
        self._active = active
        self.refresh()

    def labels(self, width: int) -> list[str]:
        """The tabs as texts that fit the width; where each begins depends on the width alone."""
        slots = [_COUNT if tab.name in self._counted else 0 for tab in self._tabs]
        none = [0] * len(slots)
        full = [tab.title for tab in self._tabs]
        short = [title[:_SHORT] for title in full]
        for titles, kept in ((full, slots), (full, none), (short, none)):
            if sum(map(len, titles)) + sum(kept) + len(titles) + 1 <= width:
                break
        labels = []
        for tab, title, slot in zip(self._tabs, titles, kept, strict=True):
            count = f" {_count(tab.number)}" if slot and tab.number is not None else ""
            text = f"{title}{count}"
            labels.append(f"[{text}]" if tab.name == self._active else f" {text} ")
            labels[-1] = labels[-1].ljust(len(title) + slot + 2)
        return labels

    def _drawn(self, width: int) -> list[tuple[Tab, str]]:
        """The tabs that are drawn and their labels: from the first one on from which the active one fits."""
        drawn = list(zip(self._tabs, self.labels(width), strict=True))
        active = next((at for at, (tab, _) in enumerate(drawn) if tab.name == self._active), 0)
        first = 0
        while first < active and sum(len(label) - 1 for _, label in drawn[first : active + 1]) >= width:
            first += 1
        return drawn[first:]

    def count(self, width: int) -> str:
        """How much is in the active tab, where its label does not say so."""
        active = next((tab for tab in self._tabs if tab.name == self._active), self._tabs[0])
        if not active.number or any(f" {_count(active.number)}]" in label for label in self.labels(width)):
            return ""
        return f"{active.number:,} "

    def render_line(self, y: int) -> Strip:
        segments: list[Segment] = []
        width = self.size.width
        for tab, label in self._drawn(width):
            part = "active" if tab.name == self._active else "empty" if tab.number == 0 else "tab"
            style = self.rich_style + style_of(_LOOKS[part], self.app.theme_variables)
            # Two neighbours share the cell between them: a bracket, or a space.
            if segments and label[0] == " ":
                label = label[1:]
            elif segments:
                last = segments[-1]
                segments[-1] = Segment(last.text[:-1], last.style)
            segments.append(Segment(label, style))
        count = self.count(width)
        left = width - sum(cell_len(segment.text) for segment in segments) - len(count)
        if count and left >= 1:
            style = self.rich_style + style_of(_LOOKS["empty"], self.app.theme_variables)
            segments.append(Segment(" " * left + count, style))
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def on_click(self, event: events.Click) -> None:
        """Pick the tab under the mouse."""
        left = 0
        for tab, label in self._drawn(self.size.width):
            left += len(label) - 1
            if event.x < left + 1:
                self.post_message(self.Picked(tab.name))
                return


def _count(number: int) -> str:
    """A count in three cells at most."""
    return f"{number}" if number < 1000 else "999"
