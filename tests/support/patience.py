"""How long a test waits for what should come at once: a failure is rare, and a machine under load is slow."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 180.0
"""Seconds after which a test gives up. No test is to take a part of it, and none is to have a limit of its own."""

_LONGEST = 0.02
"""Seconds between two looks, at most."""


def wait_for(condition: Callable[[], object], what: str) -> None:
    """Wait until something is so that nothing announces."""
    end = time.monotonic() + PATIENCE
    pause = 0.001
    while not condition():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST)
