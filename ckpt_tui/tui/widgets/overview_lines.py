"""The overview of a checkpoint as lines; Enter on one goes to the place it is about."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from ckpt_tui.core.overview.line import Line, Overview
from ckpt_tui.core.paths import Path
from ckpt_tui.tui.widgets.line_list import LineList
from ckpt_tui.tui.widgets.row_tree import RowTree
from ckpt_tui.tui.widgets.text_lines import Paragraph, wrap

LABEL_CELLS = 9
"""Cells to the left of a line's text: its label and a space."""

ROWS = {"path": 5, "asked": 3, "now": 3, "outcome": 3}
"""Rows that a line of some sorts may take; two for all others."""

_STYLES = {"danger": "error", "error": "error", "now": "plain", "path": "plain", "asked": "text", "step": "plain"}
_SIGNS = {"‖": "warn", "✗": "error", "!": "warn", "+": "good", "−": "error", "~": "warn", "●": "good", "▸": "accent"}


class OverviewLines(LineList):
    """The overview of one checkpoint."""

    BINDINGS: ClassVar[list[BindingType]] = [("enter,right,l", "open", "go there")]

    class Opened(Message):
        """The person wants to see the place that a line is about: a tab, or a path."""

        def __init__(self, tab: str, path: Path) -> None:
            super().__init__()
            self.tab = tab
            self.path = path

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._overview: Overview | None = None
        self._drawn: list[list[tuple[str, str]]] = []
        self._owners: list[Line | None] = []
        self._drawn_to = -1

    @property
    def line_count(self) -> int:
        return len(self._drawn)

    def draw(self, index: int, width: int) -> list[tuple[str, str]]:
        return self._drawn[index]

    def on_resize(self) -> None:
        """Wrap to the new width."""
        self._layout()
        super().on_resize()

    def find(self, text: str, start: int, direction: int) -> int | None:
        """The next row that contains a text, from a row on, round the end; None when there is none."""
        strict = text != text.lower()
        count = len(self._drawn)
        rows = ["".join(part for part, _ in row) for row in self._drawn]
        found = ((start + direction * step) % count for step in range(count))
        return next((at for at in found if text in (rows[at] if strict else rows[at].lower())), None)

    def show(self, overview: Overview | None, keep_place: bool = False) -> None:
        """Show the overview of a checkpoint; None clears it."""
        self._overview = overview
        self._drawn_to = -1
        if not keep_place:
            self.cursor = 0
            self.scroll_to(y=0, animate=False, immediate=True)
        self._layout()

    def _layout(self) -> None:
        width = self.scrollable_content_region.width
        if width <= 0 or width == self._drawn_to:
            return
        owner = self._owners[self.cursor] if self.cursor < len(self._owners) else None
        self._drawn_to = width
        self._drawn, self._owners = [], []
        if self._overview is not None:
            self._drawn.append([(self._overview.title, "heading")])
            self._owners.append(None)
        label = ""
        for line in self._overview.lines if self._overview is not None else ():
            for row in _rows(line, width, line.label != label):
                self._drawn.append(row)
                self._owners.append(line)
            label = line.label
        self.changed()
        kept = next((index for index, one in enumerate(self._owners) if one is not None and one == owner), None)
        self.cursor = self.validate_cursor(self.cursor if kept is None else kept)

    def action_open(self) -> None:
        """Go to the place that the line is about: the title's is the file."""
        self.take_count()
        line = self._owners[self.cursor] if self.cursor < len(self._owners) else None
        if line is None:
            self.post_message(self.Opened("file", ()))
        elif line.tab or line.path:
            self.post_message(self.Opened(line.tab, line.path))
        else:
            self.post_message(RowTree.Notice("There is no more to see of this line."))

    def clicked(self, index: int, x: int, times: int) -> None:
        if times == 2:
            self.action_open()


def _rows(line: Line, width: int, named: bool) -> list[list[tuple[str, str]]]:
    """A line of an overview in rows of a width."""
    label = f"{line.label if named else '':<{LABEL_CELLS}}"
    sign = f"{line.sign} " if line.sign else ""
    style = _STYLES.get(line.label, "plain")
    indent = len(line.text) - len(line.text.lstrip(" "))
    body = Paragraph(line.text.strip(), style)
    room = max(width - LABEL_CELLS - len(sign) - indent, 12)
    most = ROWS.get(line.label, 2)
    pieces = ["".join(text for text, _ in row) for row in wrap(body, room)]
    if len(pieces) > most:
        pieces = [*pieces[: most - 1], pieces[most - 1][: room - 2].rstrip() + "…"]
    lead = "error" if line.label in ("danger", "error") else "label"
    rows = []
    for number, piece in enumerate(pieces):
        first = number == 0
        rows.append([
            (label if first else " " * LABEL_CELLS, lead),
            (sign if first else " " * len(sign), _SIGNS.get(line.sign, "dim")),
            (" " * indent, "plain"), *_body(line, piece, style, first),
        ])  # fmt: skip
    return rows


def _body(line: Line, piece: str, style: str, first: bool) -> list[tuple[str, str]]:
    """The text of a row; the name of a value in the colour of names."""
    name, space, rest = piece.partition("  ")
    if line.label == "state" and first and space:
        return [(name, "label"), (space + rest, style)]
    return [(piece, style)]
