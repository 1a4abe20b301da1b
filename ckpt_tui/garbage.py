"""How often Python looks for garbage: rarely, since what is read lives as long as it is shown."""

from __future__ import annotations

import gc

_THRESHOLDS = (200_000, 20, 50)


def collect_rarely() -> None:
    """Look for garbage every 200,000 objects; looking through what was read takes a tenth of the time of a list."""
    gc.set_threshold(*_THRESHOLDS)


def leave_out_what_is_there() -> None:
    """Never look through the objects that exist now: tens of thousands of rows make full collections slow."""
    gc.freeze()
