"""The panes of the browser: their widgets, the focus, and the pane with the whole screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ckpt_tui.tui.helpers.pane_widths import WIDE, PaneWidths, pane_widths
from ckpt_tui.tui.widgets.checkpoints import Checkpoints
from ckpt_tui.tui.widgets.detail import Detail
from ckpt_tui.tui.widgets.line_list import LineList
from ckpt_tui.tui.widgets.prompt import focus_after_question
from ckpt_tui.tui.widgets.row_tree import RowTree
from ckpt_tui.tui.widgets.tab_texts import TABS

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.widget import Widget

Pane = Detail | Checkpoints


class Panes:
    """The list of checkpoints beside one or two panes that show a checkpoint.

    Args:
        screen: The screen they are on.
    """

    def __init__(self, screen: Screen[Any]) -> None:
        self._screen = screen
        self._zoomed: Pane | None = None
        self._main: Pane | None = None
        self._list_share = self._second_share = 0
        """Columns that the list and the third pane were given by hand; 0 for none."""

    async def widen(self) -> None:
        """Make the second pane when there is room for it, and share the columns."""
        if self._screen.app.size.width >= WIDE and len(self.details) == 1:
            second = Detail("second", tab="talk")
            await self._screen.mount(second)
            second.show(self.details[0].checkpoint)
        self.share()

    @property
    def widths(self) -> PaneWidths | None:
        """The columns of each pane; None where one pane is seen at a time."""
        return pane_widths(self._screen.app.size.width, self._list_share, self._second_share)

    def share(self) -> None:
        """Give each pane its columns."""
        widths = self.widths
        is_alone = self._zoomed is not None or widths is None
        self._screen.set_class(widths is not None and widths.second > 0, "-third")
        self.list.styles.width = None if is_alone or widths is None else widths.list
        for pane in self.details[1:]:
            pane.styles.width = None if is_alone or widths is None else widths.second
        if self.pane in self.details[1:] and not self.has_third:
            self.focus_pane(self.details[0])

    @property
    def has_third(self) -> bool:
        """Whether three panes are side by side."""
        return self._screen.has_class("-third")

    def put_border(self, is_second: bool, place: int) -> None:
        """Put the border beside the list, or the one before the third pane, to a column, or as near as can be."""
        width = self._screen.app.size.width
        if is_second:
            self._second_share = max(width - place, 1)
        else:
            self._list_share = max(place, 1)
        widths = self.widths
        if widths is not None:  # keep the shown width, so that the next move begins there
            self._list_share = widths.list
            self._second_share = widths.second if is_second else self._second_share
        self.share()

    @property
    def list(self) -> Checkpoints:
        """The list of checkpoints."""
        return self._screen.query_one("#checkpoints", Checkpoints)

    @property
    def details(self) -> tuple[Detail, ...]:
        """The panes that show a checkpoint, the main one first; the second is made when there is room for it."""
        return tuple(self._screen.query(Detail))

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
        return pane if isinstance(pane, Checkpoints) else pane.body

    @property
    def value_tree(self) -> RowTree | None:
        """The tree of a value that has the focus, or had it last; None where something else has."""
        lines = self.lines
        return lines if isinstance(lines, RowTree) else None

    @property
    def is_narrow(self) -> bool:
        """Whether only one pane is seen at a time."""
        return self._screen.has_class("-narrow")

    def take_focus(self, widget: Widget) -> None:
        """Note the focused widget: in a narrow terminal, only its pane is seen."""
        if isinstance(widget, LineList):
            self._main = next((pane for pane in self.details if pane in widget.ancestors), self.list)
            self._screen.set_class(self._main is self.list, "-list")

    def focus_pane(self, pane: Pane) -> None:
        """Give the focus to a pane."""
        self._main = pane
        self._screen.set_class(pane is self.list, "-list")
        if self._zoomed is not None and self._zoomed is not pane:
            self._zoom(pane)
        focus_after_question(self.lines)

    def focus_other(self, direction: int) -> None:
        """Go to the next or previous pane."""
        panes: list[Pane] = [self.list, self.details[0]]
        if self.has_third:
            panes.extend(self.details[1:])
        at = panes.index(self.pane) if self.pane in panes else 0
        self.focus_pane(panes[(at + direction) % len(panes)])

    @property
    def is_zoomed(self) -> bool:
        """Whether one pane has the whole screen."""
        return self._zoomed is not None

    def toggle_zoom(self) -> None:
        """Give the pane the whole screen, or share it again."""
        self._zoom(None if self._zoomed is not None else self.pane)

    def step_back(self) -> bool:
        """Share the screen again, else go to the list; return False where the list has the focus already."""
        if self._zoomed is not None:
            self._zoom(None)
        elif self.pane is not self.list:
            self.focus_pane(self.list)
        else:
            return False
        return True

    def _zoom(self, pane: Pane | None) -> None:
        self._zoomed = pane
        self._screen.set_class(pane is not None, "-zoom")
        for box in (self.list, *self.details):
            box.set_class(pane is box, "-zoomed")
        self.share()

    def next_tab(self, direction: int) -> None:
        """Show the next or previous tab, or the one that is as many further as were typed."""
        count = min(self.lines.take_count(), len(TABS))
        if self.is_narrow and self.pane is self.list:
            self.focus_pane(self.details[0])
            count -= 1
        for _ in range(count):
            self.detail.next_tab(direction)

    def pick_tab(self, name: str) -> bool:
        """Show one of the tabs; return False where it is shown already."""
        before = self.detail.tab, self.pane
        self.detail.pick_again(name)
        if self.is_narrow and self.pane is self.list:
            self.focus_pane(self.details[0])
        return (self.detail.tab, self.pane) != before

    def step(self, direction: int) -> None:
        """Go so many checkpoints down or up, from any pane."""
        self.list.action_cursor(direction)
