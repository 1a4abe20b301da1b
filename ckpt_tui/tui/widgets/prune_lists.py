"""The choices of the prune screen; and its plan: checkpoints that go, lose their parent, or stay, with reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import NamedTuple

from textual.message import Message

from ckpt_tui.core.runs.lineage import Node
from ckpt_tui.core.runs.listing import SIGNS, NodeRow, happening
from ckpt_tui.core.runs.prune_plan import PruneChoice
from ckpt_tui.core.runs.short_ids import id_text
from ckpt_tui.core.runs.time_texts import start_text
from ckpt_tui.core.runs.workflow_names import workflow_label
from ckpt_tui.core.shown_names import masked_name, shown_name
from ckpt_tui.core.text import clean, counted, size_text
from ckpt_tui.tui.widgets.fitting import fit
from ckpt_tui.tui.widgets.line_list import LineList
from ckpt_tui.tui.widgets.scrolled_view import ScrolledView
from ckpt_tui.tui.widgets.step_text import Parts

_ROOMY = 100
"""Cells of a line from which the workflow of a checkpoint is named."""


class WishRow(NamedTuple):
    """One thing that can be deleted.

    Attributes:
        kind: marked, this, run, keep or older.
        text: Its text.
        number: The number that ← and → change, or "".
        rest: The text behind the number.
    """

    kind: str
    text: str
    number: str = ""
    rest: str = ""


class WishList(LineList):
    """The choices; the cursor is on the chosen one."""

    class Chosen(Message):
        """A line was clicked twice."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows: Sequence[WishRow] = ()

    @property
    def line_count(self) -> int:
        return len(self.rows)

    @property
    def kind(self) -> str:
        """The kind of the chosen one; "" while there is none."""
        return self.rows[self.cursor].kind if self.cursor < len(self.rows) else ""

    def show(self, rows: Sequence[WishRow]) -> None:
        """Show these; the cursor stays on the chosen one, if it is among them."""
        kind, self.rows = self.kind, rows
        self.changed()
        self.cursor = next((at for at, row in enumerate(rows) if row.kind == kind), 0)

    def draw(self, index: int, width: int) -> Parts:
        row, is_meant = self.rows[index], index == self.cursor
        number: Parts = [(f" ◂ {row.number} ▸ " if is_meant else f"   {row.number}   ", "accent")] if row.number else []
        text = (row.text, "text" if is_meant else "plain")
        return [self.mark(index, 2), text, *number, (row.rest, "dim")]

    def clicked(self, index: int, x: int, times: int) -> None:
        if times == 2:
            self.post_message(self.Chosen())


class _Title(NamedTuple):
    """The line above a group: its sign and text, their style, and the text behind them."""

    text: str
    style: str
    rest: str = ""


class _Left(NamedTuple):
    """A file that was not moved, and why."""

    file: str
    reason: str


class PlanList(ScrolledView):
    """The checkpoints that would be deleted, and those that would not; it has no selection."""

    WHAT = "plan"

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: list[_Title | _Left | Node] = []

    @property
    def line_count(self) -> int:
        return len(self._rows)

    def show(self, choice: PruneChoice, is_forced: bool) -> None:
        """Show the effect of a wish; with `is_forced`, ancestors of kept checkpoints go, too."""
        rows: list[_Title | _Left | Node] = []

        def add(nodes: Sequence[Node], one: str, several: str, style: str, rest: str = "") -> None:
            if nodes:
                rows.append(
                    _Title(f"{counted(len(nodes), 'checkpoint')} {one if len(nodes) == 1 else several}", style, rest)
                )
                rows.extend(nodes)

        if not choice.gone:
            rows.append(_Title("nothing would go", "dim"))
        add(choice.gone, "goes", "go", "error", f" · {size_text(choice.freed)}")
        add(choice.orphans, "stays and loses its parent", "stay and lose their parent", "warn")
        force = "" if is_forced else " · f deletes them, too"
        kept = "kept ones descend from"
        add(choice.needed, f"stays: {kept} it", f"stay: {kept} them", "good", force)
        waits = " · m marks one that may go"
        add(choice.waiting, "stays: it waits for an answer", "stay: they wait for an answer", "good", waits)
        for reason in dict.fromkeys(reason for _, reason in choice.barred):
            own = [node for node, other in choice.barred if other == reason]
            add(own, f"stays: {clean(reason)}", f"stay: {clean(reason)}", "good")
        self._show(rows)

    def show_left(self, text: str, hint: str, left: Iterable[tuple[str, str]]) -> None:
        """Show the failures, and the files that stay with the reason for each."""
        found = [_Left(file, reason) for file, reason in left]
        said = [(clean(text), "error"), (clean(hint), "dim")]
        width = max(self.scrollable_content_region.width - 1, 20)
        self._show([*(_Title(line, style) for words, style in said for line in wrap(words, width)), *found])

    def _show(self, rows: list[_Title | _Left | Node]) -> None:
        self._rows = rows
        self.changed()
        self.scroll_to(y=0, animate=False, immediate=True)

    def draw(self, index: int, width: int) -> Parts:
        row = self._rows[index]
        if isinstance(row, _Title):
            return [(row.text, row.style), (row.rest, "dim")]
        if isinstance(row, _Left):
            return [(f"  {masked_name(row.file)}", "plain"), (f"  {clean(row.reason)}", "error")]
        ref = row.ref
        parts = [
            (f"  {SIGNS[ref.role]} ", "accent"), (fit(id_text(ref), 9), "label"), (f"{ref.iteration:>4}  ", "plain"),
            (f"{fit(start_text(ref), 16)}", "dim"), (f"{size_text(ref.size):>8}  ", "number"),
        ]  # fmt: skip
        if width >= _ROOMY:
            parts.append((fit(shown_name(workflow_label(ref)), 24) + "  ", "plain"))
        return [*parts, (happening(NodeRow(row, 0.0, False)).text, "text")]
