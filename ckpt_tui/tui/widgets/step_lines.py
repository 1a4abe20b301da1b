"""The lines of a step, and the watchlist, as lists whose rows can be picked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.message import Message

from ckpt_tui.core.overview.sparkline import sparkline
from ckpt_tui.core.paths import Path
from ckpt_tui.core.replay.frames import Pinned
from ckpt_tui.core.text import clean
from ckpt_tui.tui.widgets.fitting import fit
from ckpt_tui.tui.widgets.line_list import LineList
from ckpt_tui.tui.widgets.step_text import Parts, TextAndPath

SPARKS = 24
"""Numbers of a sparkline at most."""

PAST = 4
"""Former values shown of a pinned path that is not a number."""


@dataclass
class Picked(Message):
    """A row was picked: the place in the checkpoint that it is about."""

    path: Path


class PickLines(LineList, inherit_bindings=False):
    """A list that leaves Home and End, which go to the ends of the path, and steps, to the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "cursor(1)", "next row", show=False),
        Binding("up,k", "cursor(-1)", "previous row", show=False),
        Binding("pagedown", "page(1)", "page down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False),
    ]


class StepLines(PickLines):
    """The lines of a step; the cursor stays on the same place of the state from step to step."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "pick", "look at it in the browser", show=False)]

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: Sequence[TextAndPath] = ()
        self._place: Path = ()

    @property
    def line_count(self) -> int:
        return len(self._rows)

    def selectable(self, index: int) -> bool:
        return bool(self._rows[index].path)

    def show(self, rows: Sequence[TextAndPath]) -> None:
        """Show other rows."""
        self._rows = rows
        at = next((index for index, row in enumerate(rows) if row.path and row.path == self._place), None)
        if at is None:
            at = next((index for index, row in enumerate(rows) if row.path), 0)
        seen = self._seen
        self.cursor = at
        if self.scroll_offset.y:
            self.scroll_to(y=0, animate=False, immediate=True)
        if any(row.path == self._place for row in rows if row.path):
            self.show_cursor()
        self._seen = seen  # the cursor moved with the rows, and is drawn with them
        self.changed_rows()

    def draw(self, index: int, width: int) -> Parts:
        row = self._rows[index]
        return _with_end_of_path(row.parts, width) if row.path[1:] else row.parts

    @property
    def path(self) -> Path:
        """The place that the row under the cursor is about; empty for none."""
        return self._rows[self.cursor].path if self.cursor < len(self._rows) else ()

    def watch_cursor(self, old: int, new: int) -> None:
        super().watch_cursor(old, new)
        if self.has_focus and self.path:
            self._place = self.path

    def action_pick(self) -> None:
        """Show the place in the browser."""
        self.post_message(Picked(self.path))

    def clicked(self, index: int, x: int, times: int) -> None:
        if times == 2:
            self.action_pick()


def _with_end_of_path(parts: Parts, width: int) -> Parts:
    """A change whose values fit: the end of a path shows more than its beginning."""
    path, style = parts[1]
    room = max(width * 55 // 100, width - sum(cell_len(text) for text, _ in parts) + cell_len(path))
    if cell_len(path) <= room:
        return parts
    while cell_len(path) >= room:
        path = path[1:]
    return [parts[0], (f"…{path}", style), *parts[2:]]


class PinRow(NamedTuple):
    """A pinned path: its expression and its values along the path up to the shown step."""

    text: str
    values: Sequence[Pinned | None]


class BreakRow(NamedTuple):
    """A breakpoint: its expression and whether it is true at the step that is shown; None while that is not known."""

    text: str
    holds: bool | None


class WatchLines(PickLines):
    """Pinned paths with their values, and breakpoints."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x,delete", "drop", "no longer watch it", show=False, id="replay.unwatch")
    ]

    @dataclass
    class Dropped(Message):
        """A pin or a breakpoint is no longer wanted."""

        row: PinRow | BreakRow

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: Sequence[PinRow | BreakRow] = ()

    @property
    def line_count(self) -> int:
        return len(self._rows)

    def show(self, rows: Sequence[PinRow | BreakRow]) -> None:
        """Show other rows."""
        self._rows = rows
        if self.cursor >= len(rows):
            self.cursor = max(len(rows) - 1, 0)
        self.changed_rows()

    def draw(self, index: int, width: int) -> Parts:
        row = self._rows[index]
        if isinstance(row, BreakRow):
            sign, style = ("◆", "error") if row.holds else ("◇", "dim")
            word = {None: "…", True: "true here", False: "not true here"}[row.holds]
            return [(f"{sign} ", style), (clean(row.text), "label"), (f"  {word}", style)]
        return [("⊙ ", "accent"), *_pin_parts(row, width - 2)]

    def action_drop(self) -> None:
        """No longer watch the row under the cursor."""
        if self.cursor < len(self._rows):
            self.post_message(self.Dropped(self._rows[self.cursor]))


def _pin_parts(row: PinRow, width: int) -> Parts:
    """`state.score  0.82  ▂▃▅▆ 0.71 → 0.82`: the value, then a sparkline of numbers, or the values before it."""
    name = clean(row.text)
    now = row.values[-1] if row.values else None
    value = "…" if now is None else now.text or "(not there)"
    style = "dim" if now is None or not now.text else "number" if now.number is not None else "text"
    room = max(width - len(name) - len(value) - 6, 0)
    parts: Parts = [(name, "label"), ("  ", "plain"), (value, style)]
    if now is not None and now.changed:
        parts.append((" ●", "warn"))
    if now is not None and now.number is not None:
        numbers = [known.number if known is not None else None for known in row.values]
        line = sparkline(numbers, min(SPARKS, room))
        return [*parts, ("  ", "plain"), (line, "accent")]
    former = _former(row.values)
    text = "  was " + ", ".join(former) if former else ""
    return [*parts, (fit(text, room) if len(text) > room else text, "dim")]


def _former(values: Sequence[Pinned | None]) -> list[str]:
    """The last values before this one, each that differs from the one after it, the latest first."""
    out: list[str] = []
    last = values[-1].text if values and values[-1] is not None else ""
    for known in reversed(values[:-1]):
        if known is None or len(out) == PAST:
            break
        if known.text != last:
            out.append(known.text or "(not there)")
            last = known.text
    return out
