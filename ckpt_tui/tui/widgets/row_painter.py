"""One row of a value as text: its label, its value, its type or its change."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from ckpt_tui.core.documents.envelope import cut_envelope
from ckpt_tui.core.reading.arrangement import FOLDED
from ckpt_tui.core.reading.summary import Summarizer, label_text, summary
from ckpt_tui.core.reading.tree import Tree
from ckpt_tui.core.reading.tree_branches import Branch, Row
from ckpt_tui.core.reading.value_kinds import is_leaf, kind_of, type_text_of
from ckpt_tui.core.reading.value_size import size_of
from ckpt_tui.core.redact import is_maskable
from ckpt_tui.tui.widgets.fitting import fit

if TYPE_CHECKING:
    from ckpt_tui.core.diff.comparison import Marks

_STYLES = {
    "null": "dim", "bool": "word", "number": "number", "text": "text", "bytes": "number", "type": "type",
    "atom": "word", "object": "plain", "list": "plain", "error": "error",
}  # fmt: skip

_ALIGN_LIMIT = 200
"""Members of a branch whose labels are measured to line up their values; longer ones are not lined up."""

_LABEL_CELLS = 26
"""Cells that labels are lined up to at most."""

_TYPE_CELLS = 44
"""Cells of the column of types at most."""

_ROW_NODES = 3_000
"""Values measured for the size of one row, so that a screen of rows stays below a tenth of a second."""

FURTHER_SIGN = "+ decodes further ·"
"""The text before a value that was cut."""

LEVEL_CELLS = 2
"""Cells that each level is indented by, and that the sign of a row takes."""

_SHIFTED = "‹ "
"""The beginning of rows while levels are scrolled out of sight."""


def indent(row: Row, shift: int) -> int:
    """Cells before the sign of a row while so many levels are out of sight."""
    return LEVEL_CELLS * max(row.depth - shift, 0) + (len(_SHIFTED) if shift else 0)


def _type_in(text: str, room: int) -> str:
    """A type in this many cells: whole, else the class alone, else nothing."""
    if cell_len(text) <= room:
        return text
    short = text.rsplit(".", 1)[-1].rsplit(":", 1)[-1]
    return short if cell_len(short) <= room else ""


def _mark_in(mark: str, spare: int, room: int) -> str:
    """A mark in the cells that the value leaves: its sign at least, and what a value was in up to half of the line."""
    if cell_len(mark) <= spare:
        return mark
    if mark.startswith("was"):
        return fit(mark, min(cell_len(mark), max(room // 2, spare)))
    return mark[:1]


class Look(NamedTuple):
    """The options for showing a row.

    Attributes:
        reveal: Show secrets.
        hide: It is under the key of a secret and is masked.
        reading: Its value is being read.
        sizes: Show sizes instead of types.
        match: A text that is marked, or "".
        marks: The changes since the parent; None while they are not known.
        shift: Levels that are scrolled out of sight to the left.
    """

    reveal: bool
    hide: bool
    reading: bool
    sizes: bool
    match: str
    marks: Marks | None
    shift: int = 0


class RowPainter:
    """Draws the rows of one tree, the values of a branch lined up."""

    def __init__(self) -> None:
        self._widths: dict[int, tuple[Branch, int]] = {}

    def forget(self) -> None:
        """Forget the alignment of values, as other rows are shown."""
        self._widths.clear()

    def paint(self, tree: Tree, row: Row, width: int, look: Look) -> list[tuple[str, str]]:
        """The line of a row as (text, style name) pairs, in `width` cells."""
        value = row.member.value
        leaf = is_leaf(value)
        lead = f"{_SHIFTED if look.shift else '':{indent(row, look.shift)}}"
        sign = "▾ " if row.is_open else "  " if leaf else "▸ "
        folded = row.member.is_group and row.member.label == FOLDED
        label = label_text(row.member, reveal=look.reveal)
        if row.member.is_index:
            label = f"[{label}]" if row.branch.below.kind == "mixed" else label
        label = fit(label, self._label_width(row.branch, label, width))
        named = "heading" if row.member.is_group else "label"
        named = "dim" if row.member.is_index or folded else named
        parts = [(lead, "dim"), (sign, "lane"), (label, named), ("  ", "dim")]
        room = max(width - sum(cell_len(text) for text, _ in parts), 0)
        if row.is_open and kind_of(value) != "error":
            shown, style = _open_text(row, look.reveal), "accent" if kind_of(value) == "object" else "dim"
        elif look.reading:
            shown, style = "reading …", "warn"
        else:
            shown, style = summary(value, max(room, 8), look.reveal, look.hide), _STYLES[kind_of(value)]
            style = "dim" if folded else style
            if look.hide and leaf:
                style = "warn" if is_maskable(value, True) else style
        if cut_envelope(value) is not None and not look.reading:
            shown, style = f"{FURTHER_SIGN} {shown}", "error"
        type_text = size_of(value, _ROW_NODES).text if look.sizes else type_text_of(value)
        if row.hidden and row.is_open:
            type_text = f"{type_text}  {row.hidden} folded".strip()
        marks = None if folded else look.marks
        mark = marks.text(tree.path(row), row.is_open, look.reveal) if marks is not None else ""
        # A container can be cut, since its type describes it; a scalar cannot.
        taken = min(cell_len(shown), room * 3 // 5) if not leaf and not row.is_open else cell_len(shown)
        if mark:
            type_text = _mark_in(mark, room - taken - 2, room)
        else:
            type_text = _type_in(type_text, min(room - taken - 2, _TYPE_CELLS))
        body = fit(shown, room - cell_len(type_text) - 2 if type_text else room)
        parts += _marked(body, style, look.match)
        if type_text:
            parts.append(("  " + type_text, "warn" if mark else "type"))
        return parts

    def _label_width(self, branch: Branch, label: str, width: int) -> int:
        own = cell_len(label)
        if branch.count > _ALIGN_LIMIT:
            return min(own, max(width // 2, 8))
        found = self._widths.get(id(branch))
        if found is None:
            widest = max((cell_len(label_text(branch.member(slot))) for slot in range(branch.count)), default=0)
            # The branch is kept beside its width: an id means nothing once its object is gone.
            found = self._widths[id(branch)] = (branch, min(widest, _LABEL_CELLS, max(width // 3, 6)))
        return min(max(own, found[1]), max(width // 2, 8))


def _open_text(row: Row, reveal: bool) -> str:
    kid = row.branch.kids[row.slot]
    if kid.below.kind == "list":
        return f"({len(kid.below):,})"
    return Summarizer(reveal).headline(row.member.value)


def _marked(text: str, style: str, match: str) -> list[tuple[str, str]]:
    if not match:
        return [(text, style)]
    strict = match != match.lower()
    at = (text if strict else text.lower()).find(match)
    # Lower case may change the length of a text; then nothing is marked rather than the wrong part.
    if at < 0 or (not strict and len(text.lower()) != len(text)):
        return [(text, style)]
    end = at + len(match)
    return [(text[:at], style), (text[at:end], "match"), (text[end:], style)]
