"""What changed, as lines: one below the other, or the two sides beside each other."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from typing import ClassVar

from rich.cells import cell_len
from textual.message import Message

from ckpt_tui.core.diff.changes import Change, Difference
from ckpt_tui.core.diff.comparison import SIGNS, DiffRow, rows, texts_of, value_text
from ckpt_tui.core.diff.words import are_alike, pieces, shortened
from ckpt_tui.core.paths import expression
from ckpt_tui.core.reading.preview import preview
from ckpt_tui.core.text import clean
from ckpt_tui.core.value import Value
from ckpt_tui.tui.commands import bindings
from ckpt_tui.tui.widgets.checkpoints import fit
from ckpt_tui.tui.widgets.line_list import LineList

Parts = list[tuple[str, str]]

STYLES = {"added": "good", "removed": "error", "changed": "warn", "moved": "accent"}
"""The style of an operation; its sign tells the same without colour."""

_SHORT = 28
"""Characters of a text that stands with its former one on a line."""

_SCALARS = (str, int, float, bool, type(None))

_WORDS = 4_000
"""Characters of a text whose words are marked."""


class DiffRows(LineList):
    """The changes of one diff."""

    BINDINGS = bindings("diff")

    COMPONENT_CLASSES: ClassVar[set[str]] = {"line-list--gone", "line-list--new"}

    DEFAULT_CSS = """
    DiffRows > .line-list--gone { color: $error; text-style: strike; }
    DiffRows > .line-list--new { color: $success; text-style: bold; }
    """

    class Opened(Message):
        """The person wants to see a change in full, or go to its place."""

        def __init__(self, change: Change) -> None:
            super().__init__()
            self.change = change

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.reveal = False
        self.beside = False
        """The two sides stand beside each other."""
        self.everything = False
        """What did not change is listed, too."""
        self._changes: tuple[Change, ...] = ()
        self._document: Mapping[str, Value] = {}
        self._rows: list[DiffRow] = []
        self._lines: list[tuple[int, bool]] = []  # a row, and whether this is its second line
        self._told = ""
        self.match = ""
        """The text that is searched for, or ""."""
        self._found: tuple[object, list[int]] = ((), [])  # the rows that were searched, and where it stands in them

    @property
    def line_count(self) -> int:
        return len(self._lines) or (1 if self._told else 0)

    def tell(self, text: str) -> None:
        """Show a word instead of changes."""
        self._changes, self._rows, self._lines, self._told = (), [], [], text
        self.cursor = 0
        self.changed()

    def show(self, difference: Difference, document: Mapping[str, Value], strict: bool = False) -> None:
        """Show what changed.

        Args:
            difference: What changed.
            document: The second document.
            strict: Show what rules explain, too.
        """
        self._changes = difference.changes if strict else difference.shown
        self._document = document
        self.lay_out(keep=False)

    def lay_out(self, keep: bool = True) -> None:
        """Lay the rows out again, the cursor on the same change."""
        here = self.row
        self._rows = rows(self._changes, self._document, self.everything)
        self._lines = []
        for index, row in enumerate(self._rows):
            self._lines.append((index, False))
            if not self.beside and row.change is not None and is_wide(row.change):
                self._lines.append((index, True))
        self._told = "" if self._rows else "Nothing changed."
        self.changed()
        self.cursor = 0
        if keep and here is not None and here.change is not None:
            self.go_to(here.change)
        else:
            self.scroll_to(y=0, animate=False, immediate=True)
            self.next_change(1, from_start=True)

    @property
    def row(self) -> DiffRow | None:
        """The row under the cursor."""
        return self._rows[self._lines[self.cursor][0]] if self.cursor < len(self._lines) else None

    @property
    def place(self) -> str:
        """The path under the cursor, safe for a terminal; "" where there is none."""
        row = self.row
        return clean(expression(row.change.path)) if row is not None and row.change is not None else ""

    def go_to(self, change: Change) -> None:
        """Put the cursor on a change."""
        for index, (row, second) in enumerate(self._lines):
            found = self._rows[row].change
            if not second and found is not None and (found.op, found.path) == (change.op, change.path):
                self.move_to(index)
                return

    def next_change(self, way: int, from_start: bool = False) -> bool:
        """Go to the next or previous change; False when there is none that way."""
        index = -1 if from_start else self.cursor
        while 0 <= index + way < len(self._lines):
            index += way
            row, second = self._lines[index]
            if self._rows[row].change is not None and not second:
                self.move_to(index, by_hand=not from_start)
                return True
        return False

    # -- searching ---------------------------------------------------------------------------------------------------

    def set_match(self, text: str) -> None:
        """Mark a text; "" marks nothing."""
        self.match = text
        self._found = ((), [])
        self.changed()

    def unsearched(self) -> list[DiffRow] | None:
        """The rows that have to be searched before the next match is known; None where they were."""
        return self._rows if self._found[0] is not self._rows else None

    def take_found(self, rows: object, places: list[int]) -> None:
        """Keep where the text stands in rows that were searched."""
        self._found = (rows, places)

    def next_match(self, way: int) -> tuple[int, int]:
        """Go on by so many matches, round the end; which one it is, and how many there are."""
        places = self._found[1]
        if not places:
            return 0, 0
        here = self._lines[self.cursor][0] if self.cursor < len(self._lines) else -1
        before = bisect_right(places, here) if way > 0 else bisect_left(places, here)
        at = (before + way - (1 if way > 0 else 0)) % len(places)
        self.move_to(next(index for index, (row, _) in enumerate(self._lines) if row == places[at]))
        return at + 1, len(places)

    @property
    def position(self) -> tuple[int, int]:
        """Which change the cursor is at or behind, and how many there are."""
        total = sum(1 for row in self._rows if row.change is not None)
        here = self._lines[self.cursor][0] if self.cursor < len(self._lines) else -1
        return sum(1 for row in self._rows[: here + 1] if row.change is not None), total

    # -- drawing -----------------------------------------------------------------------------------------------------

    def draw(self, index: int, width: int) -> Parts:
        parts = self._drawn(index, width)
        return marked(parts, self.match) if self.match else parts

    def _drawn(self, index: int, width: int) -> Parts:
        if not self._lines:
            return [(self._told, "dim")]
        at, second = self._lines[index]
        row = self._rows[at]
        indent = "  " * min(row.depth, max(width // 8, 1))
        if row.kind == "group":
            word = "change" if row.number == 1 else "changes"
            return [(indent, "dim"), (row.label, "label"), (f"  {row.number:,} {word}", "dim")]
        if row.kind == "more":
            return [(f"{indent}⋯ {row.number:,} more {row.label}", "dim")]
        if self.beside:
            return self._beside(row, indent, width)
        if row.kind == "same":
            lead = f"{indent}  {row.label}  "
            return [(lead + preview(row.value, max(width - cell_len(lead), 8), self.reveal, row.hide), "dim")]
        assert row.change is not None
        return self._change(row, row.change, indent, width, second)

    def _change(self, row: DiffRow, change: Change, indent: str, width: int, second: bool) -> Parts:
        style = STYLES[change.op]
        label = fit_end(row.label, max(width * 3 // 5, 8))
        lead: Parts = [(indent, "dim"), (f"{SIGNS[change.op]} ", style), (label, "label"), ("  ", "dim")]
        used = sum(cell_len(text) for text, _ in lead)
        room = max(width - used, 8)
        if change.op == "moved":
            source = clean(expression(change.source or ()), 80)
            text = value_text(change.after, change, max(room - cell_len(source) - 8, 8), self.reveal)
            return [*lead, (f"from {source}  ", style), (text, "plain")]
        if change.op != "changed":
            value = change.after if change.op == "added" else change.before
            return [*lead, (value_text(value, change, room, self.reveal), style)]
        if not is_wide(change):
            before = value_text(change.before, change, room // 2, self.reveal)
            return [
                *lead,
                (before, "gone"),
                (" → ", "dim"),
                (value_text(change.after, change, room, self.reveal), "new"),
            ]
        # As many cells before the second line as before the first one, so that the two texts stand below each other.
        blank: Parts = [(" " * used, "dim")]
        return [*(blank if second else lead), *self._side(change, second, room)]

    def _side(self, change: Change, second: bool, room: int) -> Parts:
        """One side of a change, its own words marked."""
        value = change.after if second else change.before
        own = "new" if second else "gone"
        words = self._words(change)
        sign = ("+ ", "good") if second else ("- ", "error")
        if words is None:
            return [sign, (value_text(value, change, room - 2, self.reveal), "good" if second else "error")]
        other = "gone" if second else "new"
        return [sign, *((clean(part), own if kind == own else "plain") for kind, part in words if kind != other)]

    def _words(self, change: Change) -> list[tuple[str, str]] | None:
        """Two texts word by word; None where that says less than the two texts."""
        texts = texts_of(change, self.reveal)
        if texts is None:
            return None
        before, after = texts
        if max(len(before), len(after)) > _WORDS:
            before, after = before[:_WORDS], after[:_WORDS]
            if before == after:
                return None
        parts = pieces(before, after)
        return [(part.kind, part.text) for part in shortened(parts)] if are_alike(parts) else None

    def _beside(self, row: DiffRow, indent: str, width: int) -> Parts:
        left = max((width - 3) // 2, 8)
        right = max(width - left - 3, 8)
        change = row.change
        if change is None:
            lead = f"{indent}  {row.label}  "
            text = preview(row.value, max(left - cell_len(lead), 8), self.reveal, row.hide)
            half: Parts = [(lead + text, "dim")]
            return [*_cut(half, left), (" │ ", "lane"), *_cut(half, right)]
        words = self._words(change) if change.op == "changed" else None
        out: Parts = []
        for second, room in ((False, left), (True, right)):
            if second:
                out.append((" │ ", "lane"))
            out += _cut(self._half(row, change, indent, room, second, words), room)
        return out

    def _half(
        self, row: DiffRow, change: Change, indent: str, room: int, second: bool, words: list[tuple[str, str]] | None
    ) -> Parts:
        if change.op == ("removed" if second else "added"):
            return []
        label = row.label
        if change.op == "moved" and not second:
            label = clean(expression(change.source or ()), 80)
        sign = " " if change.op == "changed" and not second else SIGNS[change.op]
        label = fit_end(label, max(room // 2, 6))
        lead: Parts = [(indent, "dim"), (f"{sign} ", STYLES[change.op]), (label, "label"), ("  ", "dim")]
        left = max(room - sum(cell_len(text) for text, _ in lead), 4)
        value = change.after if second or change.op == "moved" else change.before
        if words is not None:
            own, other = ("new", "gone") if second else ("gone", "new")
            return [*lead, *((clean(part), own if kind == own else "plain") for kind, part in words if kind != other)]
        style = "plain" if change.op == "moved" else "good" if second else "error"
        return [*lead, (value_text(value, change, left, self.reveal), style)]

    # -- actions -----------------------------------------------------------------------------------------------------

    def action_open(self) -> None:
        """Tell the change in full."""
        self.take_count()
        row = self.row
        if row is not None and row.change is not None:
            self.post_message(self.Opened(row.change))

    def action_change(self, way: int) -> None:
        """Go to the next or previous change."""
        for _ in range(self.take_count()):
            if not self.next_change(way):
                break

    def action_everything(self) -> None:
        """List what did not change, too, or only what did."""
        self.take_count()
        self.everything = not self.everything
        self.lay_out()

    def action_beside(self) -> None:
        """Show the two sides beside each other, or one below the other."""
        self.take_count()
        self.beside = not self.beside
        self.lay_out()

    def clicked(self, index: int, x: int, times: int) -> None:
        if times == 2:
            self.action_open()


def is_wide(change: Change) -> bool:
    """Whether the two values of a change need a line each."""
    if change.op != "changed":
        return False
    for value in (change.before, change.after):
        if not isinstance(value, _SCALARS) or (type(value) is str and len(value) > _SHORT):
            return True
    return False


def fit_end(text: str, width: int) -> str:
    """A path in at most so many cells: its end tells more than its beginning."""
    if cell_len(text) <= width:
        return text
    while cell_len(text) > width - 1:
        text = text[1:]
    return f"…{text}"


def marked(parts: Parts, match: str) -> Parts:
    """Parts with every place of a text marked in each; case matters only when it has an upper case letter."""
    strict = match != match.lower()
    out: Parts = []
    for text, style in parts:
        where = text if strict else text.lower()
        if len(where) != len(text):  # letters that are two in lower case: not marked rather than marked wrong
            where = text
        begin = 0
        while (at := where.find(match, begin)) >= 0:
            out += [(text[begin:at], style), (text[at : at + len(match)], "match")]
            begin = at + len(match)
        out.append((text[begin:], style))
    return out


def _cut(parts: Parts, width: int) -> Parts:
    """Parts in exactly so many cells."""
    out: Parts = []
    left = width
    for text, style in parts:
        size = cell_len(text)
        if size > left:
            out.append((fit(text, left), style))
            return out
        out.append((text, style))
        left -= size
    out.append((" " * left, "plain"))
    return out
