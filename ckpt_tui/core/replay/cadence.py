"""How long each step is shown during a replay."""

from __future__ import annotations

from typing import NamedTuple

SPEEDS = ("0.5×", "1×", "2×", "4×", "16×", "as fast as it draws", "recorded")
"""The speeds that can be chosen, the slowest fixed speed first."""

RECORDED = SPEEDS.index("recorded")
"""The speed at which each step takes the time that it took."""

NORMAL = 1
"""The speed to begin with."""

STEP_SECONDS = 1.0
"""How long a step is shown at 1×."""

LONGEST = 3.0
"""Seconds that a long wait of the recording is shortened to."""

SHORTEST = 0.05
"""Seconds that a step is shown at least, so that its change can be seen."""

DRAWN = 0.001
"""Seconds after a step is drawn until the next, where nothing is waited for."""

_FIXED = (0.5, 1.0, 2.0, 4.0, 16.0)


class Pause(NamedTuple):
    """How long a step is shown.

    Attributes:
        seconds: How long it is shown.
        recorded: The seconds that it took when it was recorded, where those count and are longer; else None.
    """

    seconds: float
    recorded: float | None = None


def pause_before(speed: int, seconds: float | None) -> Pause:
    """How long to stay before a step is taken.

    Args:
        speed: Index into `SPEEDS`.
        seconds: How long the step took when it was recorded, or None where that is not known.
    """
    if speed < len(_FIXED):
        return Pause(STEP_SECONDS / _FIXED[speed])
    if speed != RECORDED:
        return Pause(DRAWN)
    if seconds is None:
        return Pause(STEP_SECONDS)
    if seconds > LONGEST:
        return Pause(LONGEST, seconds)
    return Pause(max(seconds, SHORTEST))
