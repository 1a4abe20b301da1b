"""The sizes of a checkpoint: its largest paths, then its types."""

from __future__ import annotations

from rich.cells import cell_len
from textual.message import Message

from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.typenames import short_type
from ckpt_tui.core.shown_names import shown_path
from ckpt_tui.core.sizes.shares import PathShare, Shares, TypeShare, without_shells
from ckpt_tui.core.text import clean, size_text
from ckpt_tui.tui.widgets.finding_list import Heading
from ckpt_tui.tui.widgets.fitting import fit_end
from ckpt_tui.tui.widgets.line_list import LineList

_BAR = 8


class ShareList(LineList):
    """The paths and types of a checkpoint by their size; the cursor is on one of them."""

    class Opened(Message):
        """The person wants to open a path."""

        def __init__(self, path: Path) -> None:
            super().__init__()
            self.path = path

    BINDINGS = [("enter,right,l", "open", "go there")]  # noqa: RUF012 Textual's convention

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: list[Heading | PathShare | TypeShare] = [Heading("measuring …", "dim")]
        self._total = 1

    @property
    def line_count(self) -> int:
        return len(self._rows)

    def selectable(self, index: int) -> bool:
        return not isinstance(self._rows[index], Heading)

    def show(self, shares: Shares) -> None:
        """Show the shares of a checkpoint."""
        self._total = max(shares.total, 1)
        whole = "" if shares.complete else "; the rest was not measured"
        size = f" · {size_text(shares.total)} characters of decoded JSON{whole}"
        self._rows = [Heading("by path", "heading", size), *without_shells(shares.paths)]
        self._rows += [Heading("by type", "heading", " · without the objects in it"), *shares.types]
        self.changed()
        self.move_to(self.cursor, by_hand=False)

    def draw(self, index: int, width: int) -> list[tuple[str, str]]:
        row = self._rows[index]
        if isinstance(row, Heading):
            return [(row.text, row.style), (row.rest, "dim")]
        parts = [
            self.mark(index),
            (f"{'▪' * round(_BAR * row.size / self._total):<{_BAR}}", "lane"), (f"{size_text(row.size):>6} ", "number"),
            (f"{row.size * 100 // self._total:>3} %  ", "dim"),
        ]  # fmt: skip
        room = width - sum(cell_len(text) for text, _ in parts)
        kind = clean(row.type, 80).removeprefix("builtins:")
        if isinstance(row, TypeShare):
            return [*parts, (f"{row.number:>6,}  ", "dim"), (kind, "type")]
        kind = short_type(kind)
        shared, own = self._named(index, row.path)
        left = max(room - cell_len(kind) - 2, min(cell_len(own), room - 2))
        if cell_len(shared) + cell_len(own) > left:  # its own part is at the end
            over = cell_len(shared) + cell_len(own) - left + 1
            shared, own = (f"…{shared[over:]}", own) if over < len(shared) else ("", fit_end(own, left))
        return [*parts, (shared, "dim"), (own + "  ", "label"), (kind, "type")]

    def _named(self, index: int, path: Path) -> tuple[str, str]:
        """A path in two parts: the part of a row above it, and its own."""
        whole = shown_path(path)
        above = (row.path for row in self._rows[:index] if isinstance(row, PathShare))
        held = max((shown_path(one) for one in above if one == path[: len(one)]), key=len, default="")
        return (held, whole[len(held) :]) if whole.startswith(held) and held != whole else ("", whole)

    def action_open(self) -> None:
        """Go to the path under the cursor."""
        self.take_count()
        row = self._rows[self.cursor] if self.cursor < len(self._rows) else None
        if isinstance(row, PathShare):
            self.post_message(self.Opened(row.path))

    def clicked(self, index: int, x: int, times: int) -> None:
        if times == 2:
            self.action_open()
