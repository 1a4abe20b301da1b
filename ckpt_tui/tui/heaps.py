"""The memory of the browser: memory of large files is given back, or used by other threads."""

from __future__ import annotations

import gc
import sys
from contextlib import suppress
from ctypes import CDLL

_TRIM, _MAPPED, _MOST_HEAPS = -1, -3, -8
"""Options of glibc's mallopt: trim threshold, mmap threshold, number of heaps; see malloc.h."""

_LARGE = 128 * 1024
"""Bytes of a block that has a mapping of its own and is given back at once; by default glibc raises that to 32 MB."""


def share_heaps() -> None:
    """Make one heap for all threads, and give back the memory of large files."""
    if sys.platform == "linux":
        with suppress(AttributeError):  # another C library
            library = CDLL(None)
            for what, value in ((_TRIM, _LARGE), (_MAPPED, _LARGE), (_MOST_HEAPS, 1)):
                library.mallopt(what, value)


def give_back() -> None:
    """Give back free memory: reading a million files leaves a third of it free between used blocks."""
    if sys.platform == "linux":
        with suppress(AttributeError):
            CDLL(None).malloc_trim(0)


SWEPT_BYTES = 24_000_000
"""Bytes of checkpoints that are read before what is no longer used of them is looked for; decoded they take three times
as many."""


class Sweeper:
    """Frees decoded values that are no longer used, now and then: the collector runs rarely here (`garbage`).

    Values in cycles, such as the rows of a value, would otherwise stay until hundreds of megabytes are in use.
    """

    def __init__(self) -> None:
        self._read = 0

    def note(self, size: int) -> None:
        """Count bytes that were read; may take some tens of milliseconds, in the reading thread."""
        self._read += size
        if self._read >= SWEPT_BYTES:
            self._read = 0
            gc.collect()
            give_back()
