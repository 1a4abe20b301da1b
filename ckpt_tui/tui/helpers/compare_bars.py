"""What the lines around a comparison say: which checkpoints are compared, and which keys there are."""

from __future__ import annotations

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs.listing import id_text
from ckpt_tui.core.runs.outcomes import Beginnings
from ckpt_tui.core.text import clean
from ckpt_tui.tui.commands import by_id
from ckpt_tui.tui.widgets.status import Part

_ROOMY = 100
"""Columns from which the lines say everything."""

_HINTED = (
    "diff.everything",
    "diff.beside",
    "diff.open",
    "compare.rules",
    "compare.fork",
    "compare.export",
    "compare.swap",
)
_LEFT_OUT = ("diff.open", "diff.beside", "compare.swap")
"""Commands that are not named where there is little room."""


def compared_parts(pair: tuple[CheckpointRef, CheckpointRef], width: int) -> list[Part]:
    """Which checkpoints are compared."""
    names = [_name(ref) if width < _ROOMY else f"{_name(ref)} · step {ref.step}" for ref in pair]
    return [
        (" ckpt-tui ", "strong"), (" compare ", "name"), (f" {names[0]} ", "plain"), ("→", "dim"),
        (f" {names[1]} ", "plain"),
    ]  # fmt: skip


def beginnings_parts(beginnings: Beginnings, width: int) -> list[Part]:
    """What made the two branches differ."""
    word = " answered  " if beginnings.are_answers else " parted by  "
    room = max((width - len(word) - 4) // 2, 8)
    return [
        (word, "dim"), (clean(beginnings.first, room), "warn"), (" │ ", "dim"),
        (clean(beginnings.second, room), "warn"),
    ]  # fmt: skip


def key_parts(width: int, divergence: str) -> list[Part]:
    """Which keys there are; in the place where the branches diverge, `divergence` says where that is."""
    if divergence:
        return [(divergence, "warn"), (" f", "key"), (" goes back ", "dim")]
    parts: list[Part] = [(" J K", "key"), (" changes ", "dim")]
    for name in _HINTED:
        if width >= _ROOMY or name not in _LEFT_OUT:
            command = by_id()[name]
            parts += [(f" {command.shown}", "key"), (f" {command.hint} ", "dim")]
    parts += [(" /", "key"), (" search ", "dim")]
    return [*parts, (" t", "key"), (" go there ", "dim"), (" esc", "key"), (" back ", "dim")]


def _name(ref: CheckpointRef) -> str:
    """The short id of a checkpoint, after the store it is in where several are open."""
    store, slash, _ = ref.file.rpartition("/")
    return f"{clean(store, 24)}{slash}{id_text(ref)}"
