"""How often Python looks for garbage: rarely, since what is read lives as long as it is shown; and heaps for threads."""

from __future__ import annotations

import gc
import sys
from contextlib import suppress

_THRESHOLDS = (200_000, 20, 50)


def collect_rarely() -> None:
    """Look for garbage every 200,000 objects; looking through what was read takes a tenth of the time of a list."""
    gc.set_threshold(*_THRESHOLDS)


def leave_out_what_is_there() -> None:
    """Never look through the objects that exist now: tens of thousands of rows make full collections slow."""
    gc.freeze()


_MOST_HEAPS = -8
"""What sets the number of heaps; source: malloc.h of glibc, M_ARENA_MAX."""


def share_heaps() -> None:
    """Make no further heap for another thread: each keeps for itself what its thread once took for a large file."""
    if sys.platform != "linux":
        return
    from ctypes import CDLL  # late: no first row waits for it

    with suppress(AttributeError):  # another C library
        CDLL(None).mallopt(_MOST_HEAPS, 1)
