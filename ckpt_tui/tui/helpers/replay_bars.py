"""The texts of the lines around a replay: its run and state, its position, and the keys."""

from __future__ import annotations

from collections.abc import Collection

from ckpt_tui.actions.notebook import Notebook
from ckpt_tui.core.replay.cadence import SPEEDS
from ckpt_tui.core.runs.listing import run_name
from ckpt_tui.core.runs.time_texts import time_of_day
from ckpt_tui.core.terms import numbered
from ckpt_tui.core.text import ago_text, clean
from ckpt_tui.core.times import is_possible
from ckpt_tui.tui.helpers.position import Position
from ckpt_tui.tui.widgets.shown_keys import key_text, keys_of
from ckpt_tui.tui.widgets.status import Part, hints

_HINTS = (
    ("replay.open", "play"), ("step.previous step.next", "step"), ("replay.slower replay.faster", "speed"),
    ("replay.fork", "fork"), ("replay.pin", "pin"), ("replay.previous_change replay.next_change", "pinned change"),
    ("replay.breakpoint", "breakpoint"), ("diff.compare", "diff"), ("app.back", "back"), ("app.help", "help"),
    ("keep.bookmark", "bookmark"), ("keep.note", "note"),
)  # fmt: skip


def head_parts(position: Position) -> list[Part]:
    """The run that is replayed."""
    run = position.track.run
    title = run_name(run)
    return [(" ckpt-tui ", "strong"), (" replay ", "name"), (f" {title}", "plain")]


def state_part(playing: int, waiting: bool, speed: int) -> Part:
    """Whether it plays: `playing` is 1 forwards, -1 backwards, 0 not; `speed` is an index of `SPEEDS`."""
    if waiting:
        return (" ● at the live edge, waits for the next step ", "good")
    if playing:
        return (f" {'▶ playing' if playing > 0 else '◀ playing backwards'} {SPEEDS[speed]} ", "good")
    return (f" ‖ paused · {SPEEDS[speed]} ", "dim")


def place_parts(position: Position, is_read: bool, notes: Notebook | None) -> list[Part]:
    """Where the replay is: the step, its time, a fork there, a note on it."""
    track, at = position.track, position.at
    ref = position.node.ref
    before = track.nodes[at - 1].ref if at else None
    took = ""
    if before and is_possible(before.when) and is_possible(ref.when):
        took = f" · took {ago_text(ref.when - before.when)[1:]}"
    parts: list[Part] = [
        (f" step {at} of {position.last}", "strong"),
        (f" · {numbered(ref)} · {time_of_day(ref)}{took}", "plain"),
    ]
    if not is_read:
        parts.append((" · reading …", "warn"))
    fork = track.forks.get(at)
    if fork is not None:
        chosen = (
            f"branch {fork.taken + 1} of {len(fork.branches)}" if fork.decided else f"{len(fork.branches)} branches"
        )
        parts.append((f" · ┳ fork: {chosen}, {keys_of('replay.fork')} chooses", "warn"))
    note = notes.notes.get(ref.id) if notes else None
    if note is not None:
        parts.append((f" · {'★' if note.bookmark else '✎'} {clean(note.text, 60)}", "warn"))
    return parts


def hint_parts(room: int, left_out: Collection[str]) -> list[Part]:
    """As many keys as fit in `room` cells, without the words that are left out."""
    parts: list[Part] = []
    for names, word in _HINTS:
        if word in left_out:
            continue
        hint = hints((names, word))
        room -= sum(len(key_text(text)) for text, _ in hint)
        if room < 0:
            break
        parts += hint
    return parts
