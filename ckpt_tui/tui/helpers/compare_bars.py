"""The texts of the lines around a comparison: the compared checkpoints, and the keys."""

from __future__ import annotations

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs.outcomes import Beginnings
from ckpt_tui.core.runs.short_ids import id_text
from ckpt_tui.core.text import clean
from ckpt_tui.tui.commands import by_id
from ckpt_tui.tui.widgets.status import Part, hints

_ROOMY = 100
"""Columns from which the lines are complete."""

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
    """The compared checkpoints."""
    names = [_name(ref) if width < _ROOMY else f"{_name(ref)} · step {ref.step}" for ref in pair]
    return [
        (" ckpt-tui ", "strong"), (" compare ", "name"), (f" {names[0]} ", "plain"), ("→", "dim"),
        (f" {names[1]} ", "plain"),
    ]  # fmt: skip


def beginnings_parts(beginnings: Beginnings, width: int) -> list[Part]:
    """The beginnings of the two branches."""
    word = " answered  " if beginnings.are_answers else " parted by  "
    room = max((width - len(word) - 4) // 2, 8)
    first, second = _from_where_they_differ(clean(beginnings.first), clean(beginnings.second), room)
    return [(word, "dim"), (clean(first, room), "warn"), (" │ ", "dim"), (clean(second, room), "warn")]


def key_parts(width: int, divergence: str) -> list[Part]:
    """The keys; `divergence` names the place where the branches diverge, while that is shown."""
    if divergence:
        return [(divergence, "warn"), *hints(("compare.fork", "goes back"))]
    shown = [name for name in _HINTED if width >= _ROOMY or name not in _LEFT_OUT]
    return hints(
        ("diff.next diff.previous", "changes"), *((name, by_id()[name].hint) for name in shown),
        ("search.open", "search"), ("view.next_tab", "go there"), ("app.back", "back"),
    )  # fmt: skip


def _from_where_they_differ(first: str, second: str, room: int) -> tuple[str, str]:
    """Two texts, without the words that they begin with alike where these would leave no room for the others."""
    pairs = zip(first, second, strict=False)
    same = next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(first), len(second)))
    if max(len(first), len(second)) <= room or same < room // 2:
        return first, second
    begin = first.rfind(" ", 0, same) + 1
    return f"…{first[begin:]}", f"…{second[begin:]}"


def _name(ref: CheckpointRef) -> str:
    """The short id of a checkpoint, after the store it is in where several are open."""
    store, slash, _ = ref.file.rpartition("/")
    if ref.store_metadata is not None and ref.file.endswith(ref.id):  # an id may name its thread, which the box shows
        store, slash, _ = ref.file.removesuffix(ref.id).rpartition("/")
    return f"{clean(store, 24)}{slash}{id_text(ref)}"
