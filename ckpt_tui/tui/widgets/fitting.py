"""Texts fitted to a width: cut at the end, at the beginning or in the middle."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size


def fit(text: str, width: int) -> str:
    """The text in exactly this many cells, cut with `…` where it is longer."""
    if cell_len(text) > width:
        return set_cell_size(text, max(width - 1, 0)) + "…"[:width]
    return set_cell_size(text, width)


def fit_end(text: str, width: int) -> str:
    """The text in at most this many cells; a longer one loses its beginning: the end of a path distinguishes."""
    if cell_len(text) <= width:
        return text
    tail = text[-max(width - 1, 1) :]
    while cell_len(tail) > width - 1 and len(tail) > 1:
        tail = tail[1:]
    return "…" + tail


def fit_middle(text: str, width: int) -> str:
    """The text in exactly this many cells; a longer one loses its middle, since both ends distinguish names."""
    if cell_len(text) <= width or width < SHORTEST:
        return fit(text, width)
    end = (width - 1) // 2
    tail = text[len(text) - end :]
    while cell_len(tail) > end:
        tail = tail[1:]
    return set_cell_size(text, width - 1 - cell_len(tail)) + "…" + tail


SHORTEST = 5
"""Cells of the shortest name whose middle is cut."""
