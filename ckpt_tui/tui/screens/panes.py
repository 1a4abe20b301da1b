"""The panes of the browser: which there are, which has the focus, which has the whole screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input

from ckpt_tui.tui.commands import bindings
from ckpt_tui.tui.widgets.checkpoints import Checkpoints
from ckpt_tui.tui.widgets.line_list import LineList
from ckpt_tui.tui.widgets.status import BarLine, Part

if TYPE_CHECKING:
    from ckpt_tui.tui.widgets.detail import Detail
    from ckpt_tui.tui.widgets.row_tree import RowTree

    Pane = Detail | Checkpoints


WIDE = 160
"""Columns from which the conversation stands beside the values."""


class Panes(Screen[None]):
    """The list of checkpoints beside one or two panes that show a checkpoint."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("everywhere")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (WIDE, "-wide")]  # noqa: RUF012 Textual's convention

    def __init__(self) -> None:
        super().__init__(classes="-list")
        self.is_complete = False
        """Whether all panes are there: the list is drawn before the others are made."""
        self.message: list[Part] = []
        self._zoomed: Pane | None = None
        self._main: Pane | None = None

    def compose(self) -> ComposeResult:
        # No containers around the panes: every widget in between is drawn again with each scrolled line.
        yield BarLine(id="head")
        yield BarLine(id="foot")
        yield Checkpoints(id="checkpoints")

    def on_mount(self) -> None:
        """Put the focus on the list."""
        self.list.border_title = Content("Checkpoints")
        self.focus_pane(self.list)

    async def complete(self) -> None:
        """Make what the first rows did not wait for: the panes of a checkpoint, and the line that asks for a text."""
        from ckpt_tui.tui.widgets.detail import Detail

        ask = Input(id="ask", compact=True)
        ask.display = False
        panes = [Detail("detail")]
        if self.app.size.width >= WIDE:
            panes.append(Detail("second", tab="talk"))
        await self.mount(ask, *panes)
        self.is_complete = True

    async def widen(self) -> None:
        """Make the second pane when there is room for it."""
        if self.app.size.width >= WIDE and len(self.details) == 1:
            from ckpt_tui.tui.widgets.detail import Detail

            second = Detail("second", tab="talk")
            await self.mount(second)
            second.show(self.details[0].checkpoint)

    @property
    def list(self) -> Checkpoints:
        """The list of checkpoints."""
        return self.query_one("#checkpoints", Checkpoints)

    @property
    def details(self) -> tuple[Detail, ...]:
        """The panes that show a checkpoint, the main one first; the second is made when there is room for it."""
        return tuple(cast("Detail", pane) for pane in self.query("Detail"))  # by name: it may not be imported yet

    @property
    def pane(self) -> Pane:
        """The pane that has the focus, or had it last."""
        return self._main or self.list

    @property
    def detail(self) -> Detail:
        """The pane of a checkpoint that has the focus, else the main one."""
        pane = self.pane
        return self.details[0] if isinstance(pane, Checkpoints) else pane

    @property
    def lines(self) -> LineList:
        """The list of lines that has the focus, or had it last."""
        pane = self.pane
        if isinstance(pane, Checkpoints):
            return pane
        return pane.body

    @property
    def value_tree(self) -> RowTree | None:
        """The tree of a value that has the focus, or had it last; None where something else has."""
        from ckpt_tui.tui.widgets.row_tree import RowTree

        lines = self.lines
        return lines if isinstance(lines, RowTree) else None

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """In a narrow terminal, the pane with the focus is the one that is seen."""
        if isinstance(event.widget, LineList):
            owner = next((pane for pane in self.details if pane in event.widget.ancestors), self.list)
            self._main = owner
            self.set_class(owner is self.list, "-list")
            self.draw_foot()

    def draw_foot(self) -> None:
        """Draw the line at the bottom."""

    def say(self, text: str, style: str = "plain") -> None:
        """Say something in the line at the bottom, until the next key; nothing takes it back."""
        self.message = [(f" {text} ", style)] if text else []
        self.draw_foot()

    def focus_pane(self, pane: Pane) -> None:
        """Give the focus to a pane."""
        self._main = pane
        self.set_class(pane is self.list, "-list")
        if self._zoomed is not None and self._zoomed is not pane:
            self._zoom(pane)
        self.lines.focus()

    def action_other_pane(self, way: int) -> None:
        """Go to the next or previous pane."""
        panes: list[Pane] = [self.list, self.details[0]]
        if self.has_class("-wide"):
            panes.extend(self.details[1:])
        at = panes.index(self.pane) if self.pane in panes else 0
        self.focus_pane(panes[(at + way) % len(panes)])

    def action_zoom(self) -> None:
        """Give the pane the whole screen, or share it again."""
        self._zoom(None if self._zoomed is not None else self.pane)

    @property
    def is_zoomed(self) -> bool:
        """Whether one pane has the whole screen."""
        return self._zoomed is not None

    def unzoom(self) -> None:
        """Share the screen again."""
        self._zoom(None)

    def _zoom(self, pane: Pane | None) -> None:
        self._zoomed = pane
        self.set_class(pane is not None, "-zoom")
        for box in (self.list, *self.details):
            box.set_class(pane is box, "-zoomed")

    def action_next_tab(self, way: int) -> None:
        """Show the next or previous tab."""
        if self.detail.checkpoint is None:
            return
        if self.has_class("-narrow") and self.pane is self.list:
            self.focus_pane(self.details[0])
        else:
            self.detail.next_tab(way)

    def action_pick_tab(self, name: str) -> None:
        """Show one of the tabs."""
        if self.detail.checkpoint is not None:
            self.detail.pick(name)
            if self.has_class("-narrow") and self.pane is self.list:
                self.focus_pane(self.details[0])

    def action_step(self, way: int) -> None:
        """Go to the next or previous checkpoint, from any pane."""
        count = self.lines.take_count()
        self.list.action_cursor(way * count)
