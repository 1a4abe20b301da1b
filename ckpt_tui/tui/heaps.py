"""The memory of threads: what one of them took for a large file is there for the others, too."""

from __future__ import annotations

import sys
from contextlib import suppress
from ctypes import CDLL

_MOST_HEAPS = -8
"""What sets the number of heaps; source: malloc.h of glibc, M_ARENA_MAX."""


def share_heaps() -> None:
    """Make no further heap for another thread, which would keep for itself what its thread once took."""
    if sys.platform == "linux":
        with suppress(AttributeError):  # another C library
            CDLL(None).mallopt(_MOST_HEAPS, 1)
