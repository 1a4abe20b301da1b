"""Times of checkpoints as texts: local or in UTC, and an impossible one as the file has it."""

from __future__ import annotations

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.text import clean
from ckpt_tui.core.times import is_possible, local_time

DAY_CELLS = 10
"""Cells of a day, `2026-11-20`."""

_AS_IT_IS = 40
"""Characters of a time that is shown as the file has it: those of any with a fraction and a zone."""


def clock_text(when: float) -> str:
    """Local time of day, `HH:MM:SS`."""
    return f"{local_time(when):%H:%M:%S}" if when else "?"


def date_text(when: float) -> str:
    """Local date and time, `YYYY-MM-DD HH:MM`."""
    return local_time(when).isoformat(" ", "minutes") if when else "no date"


def start_text(ref: CheckpointRef) -> str:
    """Local date and time, `YYYY-MM-DD HH:MM`; the text of the file where no checkpoint can be of that time."""
    return date_text(ref.when) if is_possible(ref.when) else _as_it_is(ref)


def moment_text(ref: CheckpointRef) -> str:
    """Local date and time with seconds, or the text of the file as `start_text` has it."""
    if not is_possible(ref.when):
        return _as_it_is(ref)
    return local_time(ref.when).isoformat(" ", "seconds")


def time_of_day(ref: CheckpointRef) -> str:
    """Local time of day, `HH:MM:SS`, or the day in the file where no checkpoint can be of that time."""
    return clock_text(ref.when) if is_possible(ref.when) else clean(ref.timestamp[:DAY_CELLS]) or "no date"


def utc_moment(ref: CheckpointRef) -> str:
    """`YYYY-MM-DD HH:MM:SSZ`, or the text of the file as `start_text` has it."""
    if not is_possible(ref.when):
        return _as_it_is(ref)
    return ref.utc[:19].replace("T", " ") + "Z"


def _as_it_is(ref: CheckpointRef) -> str:
    return clean(ref.timestamp, _AS_IT_IS) or "no date"
