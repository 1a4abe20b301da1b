"""Writes to the terminal only what changed there, so that moving the cursor stays quick over a slow line.

Textual redraws a whole widget when anything in it changed, and writes all of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual._compositor import ChopsUpdate, LayoutUpdate  # what is written; Textual has no other way to it
from textual.strip import Strip


class Painter:
    """Knows what the terminal shows."""

    def __init__(self) -> None:
        self._rows: dict[int, Strip] = {}
        """Whole rows, as they were written last."""
        self._parts: dict[int, dict[int, Strip]] = {}
        """Parts of rows that were written since, by their first cell; None of a row whose parts end elsewhere."""
        self._ends: dict[int, Sequence[int]] = {}

    def forget(self) -> None:
        """Note that what the terminal shows is unknown."""
        self._rows.clear()
        self._parts.clear()
        self._ends.clear()

    def take_rows(self, update: LayoutUpdate) -> None:
        """Take in that these rows are written whole."""
        self.forget()
        for y, strip in enumerate(update.strips, update.region.y):
            self._rows[y] = Strip.join(strip)

    def changed(self, update: ChopsUpdate) -> ChopsUpdate:
        """What of these parts of rows looks different from what the terminal shows; it shows them from now on."""
        chops, all_ends = list(update.chops), list(update.chop_ends)
        spans: dict[int, list[tuple[int, int]]] = {}
        for y, first, last in update.spans:
            spans.setdefault(y, []).append((first, last))
        for y, ranges in spans.items():
            parts = self._changed_parts(y, update, ranges)
            chops[y] = {x: strip for x, _, strip in parts}
            all_ends[y] = [end for _, end, _ in parts]
        # A line break is written after each span but those of the last row: without a part before it, it would scroll.
        kept = [
            (y, first, last)
            for y, first, last in update.spans
            if any(x <= last and end > first for end, x in zip(all_ends[y], chops[y], strict=True))
        ]
        return ChopsUpdate(chops, kept or update.spans[:1], all_ends)

    def _changed_parts(self, y: int, update: ChopsUpdate, ranges: Sequence[tuple[int, int]]) -> list[_Part]:
        ends = update.chop_ends[y]
        if self._ends.get(y) != ends:
            # Other parts than before: a widget came, went or moved, and its row was not written whole.
            if y in self._ends:
                self._rows.pop(y, None)
            self._parts[y] = {}
            self._ends[y] = ends
        shown = self._parts[y]
        row = self._rows.get(y)
        parts: list[_Part] = []
        for end, (x, strip) in zip(ends, update.chops[y].items(), strict=False):
            if strip is None:
                continue
            before = shown.get(x)
            if before is None and row is not None:
                before = row.crop(x, end)
            if before == strip:
                continue
            if any(first <= x < last and end <= last for first, last in ranges):
                shown[x] = strip
                parts.append(_difference(x, end, strip, before))
            else:
                if any(x <= last and end > first for first, last in ranges):
                    shown[x] = _UNKNOWN  # only a part of it is written
                parts.append((x, end, strip))
        return parts


_Part = tuple[int, int, Strip]
"""The first cell of a part of a row, the cell behind it, and what is drawn there."""


def _difference(x: int, end: int, strip: Strip, before: Strip | None) -> _Part:
    """A part without what is the same as before at both its ends."""
    if before is None or before.cell_length != strip.cell_length:
        return x, end, strip
    old, new = list(before), list(strip)
    same = 0
    while same < len(new) and same < len(old) and new[same] == old[same]:
        same += 1
    tail = 0
    while tail < len(new) - same and tail < len(old) - same and new[-1 - tail] == old[-1 - tail]:
        tail += 1
    first = x + sum(segment.cell_length for segment in new[:same])
    changed = new[same : len(new) - tail]
    return first, first + sum(segment.cell_length for segment in changed), Strip(changed)


_UNKNOWN = Strip([])
"""Stands for what is written in part; nothing that is drawn is equal to it."""
