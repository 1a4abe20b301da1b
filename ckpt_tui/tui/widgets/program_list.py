"""Programs to choose from, one a line, each with why it is proposed; the arrows and digits choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ckpt_tui.core.text import clean
from ckpt_tui.tui.widgets.fitting import fit
from ckpt_tui.tui.widgets.part_styles import Look, style_of

LINES = 5
"""Programs that are seen at once."""

_NAME_SHARE = 0.55
"""The largest share of a line that the name of a program takes."""


class ProgramLine(NamedTuple):
    """One program.

    Attributes:
        name: Its name.
        reason: Why it is proposed.
        asks: Whether it is started only after a question.
    """

    name: str
    reason: str
    asks: bool = False


_LOOKS = {
    "on": Look("foreground", text="bold"), "off": Look("foreground"), "reason": Look("ck-dim"),
    "warn": Look("warning"), "focus": Look(background="ck-cursor"),
}  # fmt: skip
"""How each part looks, by its name."""


class ProgramList(Widget, can_focus=True):
    """Programs, at most one of them chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "choose(-1)", "previous", show=False),
        Binding("down,j", "choose(1)", "next", show=False),
    ]
    DEFAULT_CSS = """
    ProgramList { height: auto; width: 1fr; }
    """

    @dataclass
    class Chosen(Message):
        """Another program is chosen."""

        programs: ProgramList

        @property
        def control(self) -> ProgramList:
            """The list."""
            return self.programs

    @dataclass
    class Submitted(Message):
        """Enter was pressed."""

        programs: ProgramList

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.programs: Sequence[ProgramLine] = ()
        self.chosen = -1
        """The index of the chosen one; -1 for none."""
        self._said = ""

    def show(self, programs: Sequence[ProgramLine], chosen: int, said: str = "") -> None:
        """Show other programs; where there are none, show `said`."""
        self.programs, self.chosen, self._said = programs, chosen, said
        self.refresh(layout=True)

    def choose(self, index: int) -> None:
        """Choose one; an index out of range chooses nothing."""
        if 0 <= index < len(self.programs):
            self.chosen = index
            self.refresh()
            self.post_message(self.Chosen(self))

    def unchoose(self) -> None:
        """Choose none."""
        self.chosen = -1
        self.refresh()

    def action_choose(self, direction: int) -> None:
        """Choose the next or previous one."""
        self.choose(max(0, min(len(self.programs) - 1, self.chosen + direction)))

    def on_key(self, event: events.Key) -> None:
        """Enter goes on, a digit chooses."""
        if event.key == "enter":
            event.stop()
            self.post_message(self.Submitted(self))
        elif event.character is not None and event.character in "123456789":
            event.stop()
            self.choose(int(event.character) - 1)

    def on_click(self, event: events.Click) -> None:
        """Choose what is clicked."""
        self.choose(self._top() + event.y)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """A line for each program, within bounds."""
        return max(1, min(LINES, len(self.programs)))

    def _top(self) -> int:
        """The first program that is seen."""
        return max(0, min(self.chosen - LINES // 2, len(self.programs) - LINES))

    def _part(self, name: str, focused: bool) -> Style:
        style = self.rich_style + style_of(_LOOKS[name], self.app.theme_variables)
        return style + style_of(_LOOKS["focus"], self.app.theme_variables) if focused else style

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        index = self._top() + y
        if not self.programs:
            return Strip([Segment(fit(clean(self._said), width), self._part("reason", False))])
        if index >= len(self.programs):
            return Strip.blank(width, self.rich_style)
        program = self.programs[index]
        is_on = index == self.chosen
        focused = is_on and self.has_focus
        names = max(cell_len(clean(each.name)) for each in self.programs)
        left = min(names, int(width * _NAME_SHARE))
        name = clean(program.name)
        shown = fit(name if cell_len(name) <= left else "…" + name[cell_len(name) - left + 1 :], left)
        number = f"{index + 1}" if index < 9 else " "
        head = f"{'›' if is_on else ' '} {number} "
        sign = " ! " if program.asks else "   "
        reason = fit(clean(program.reason), max(0, width - left - len(head) - len(sign)))
        segments = [
            Segment(head + shown, self._part("on" if is_on else "off", focused)),
            Segment(sign, self._part("warn", focused)),
            Segment(reason, self._part("reason", focused)),
        ]
        return Strip(segments).adjust_cell_length(width, self.rich_style)
