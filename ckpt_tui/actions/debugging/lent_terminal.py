"""The terminal that is lent to pdb while a program is debugged in it."""

from __future__ import annotations

import os
from contextlib import suppress


def terminal_path() -> str:
    """The path of the terminal of this process, which another process can open; "" where there is none."""
    for descriptor in (0, 1, 2):
        with suppress(OSError, AttributeError):
            return os.ttyname(descriptor)
    with suppress(OSError, AttributeError):
        descriptor = os.open("/dev/tty", os.O_RDWR | getattr(os, "O_NOCTTY", 0))
        try:
            return os.ttyname(descriptor)
        finally:
            os.close(descriptor)
    return ""
