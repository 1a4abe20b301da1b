"""One line of an overview, and what its lines share."""

from __future__ import annotations

from typing import Literal, NamedTuple

from ckpt_tui.core.paths import Path

Label = Literal["danger", "error", "asked", "path", "now", "step", "state", "talk", "outcome"]
"""What a line is about, in the order of the lines; `outcome` stands in the place of `now` where nothing is left."""

LINES = {"now": 6, "step": 5, "state": 6, "talk": 2, "error": 3, "danger": 3, "asked": 2, "outcome": 3}
"""Lines of each sort at most."""

VALUE_CELLS = 160
"""Characters of a value in a line."""

BEFORE_CELLS = 60


class Line(NamedTuple):
    """One line of an overview.

    Attributes:
        label: What it is about.
        text: What it says, safe for a terminal.
        path: The place in the checkpoint that it is about; empty for none.
        tab: The tab that shows it, where it is not a place in a value: talk, diff, graph, meta; else "".
        sign: A sign before the text: `+`, `−`, `‖`, ...; "" for none.
    """

    label: Label
    text: str
    path: Path = ()
    tab: str = ""
    sign: str = ""
