"""The view of a list of entries, made at once."""

from __future__ import annotations

from collections.abc import Sequence

from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.core.runs.growing_runs import Arrangement
from ckpt_tui.tui.view import View, ViewMaker


def make_view(entries: Sequence[CheckpointRef | Problem], text: str = "") -> View:
    """The view of these entries; with `text`, only rows that contain it."""
    refs = [entry for entry in entries if isinstance(entry, CheckpointRef)]
    problems = tuple(entry for entry in entries if isinstance(entry, Problem))
    return ViewMaker().make(Arrangement(lambda: refs), problems, text=text)
