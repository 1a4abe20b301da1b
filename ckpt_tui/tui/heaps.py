"""The memory of the browser: what a thread took for a large file is given back, or is there for the others."""

from __future__ import annotations

import gc
import sys
from contextlib import suppress
from ctypes import CDLL

_TRIM, _MAPPED, _MOST_HEAPS = -1, -3, -8
"""What sets when memory is given back, what is taken by itself, and how many heaps there are; malloc.h of glibc."""

_LARGE = 128 * 1024
"""Bytes that are taken by themselves and given back at once; left alone, glibc raises that to 32 MB."""


def share_heaps() -> None:
    """Make one heap for all threads, and give back what large files took."""
    if sys.platform == "linux":
        with suppress(AttributeError):  # another C library
            library = CDLL(None)
            for what, value in ((_TRIM, _LARGE), (_MAPPED, _LARGE), (_MOST_HEAPS, 1)):
                library.mallopt(what, value)


def give_back() -> None:
    """Give back what was taken and is free again: reading a million files leaves a third of it between what stays."""
    if sys.platform == "linux":
        with suppress(AttributeError):
            CDLL(None).malloc_trim(0)


SWEPT_BYTES = 24_000_000
"""Bytes of checkpoints that are read before what is no longer used of them is looked for; decoded they take three times
as many."""


class Sweeper:
    """Frees what was read and is no longer used, now and then: Python looks for it rarely here (`garbage`).

    What is in a cycle, such as the rows of a value, would else stay until hundreds of megabytes are in use.
    """

    def __init__(self) -> None:
        self._read = 0

    def note(self, size: int) -> None:
        """Take in that so many bytes were read; it may take some tens of milliseconds, in the thread that reads."""
        self._read += size
        if self._read >= SWEPT_BYTES:
            self._read = 0
            gc.collect()
            give_back()
