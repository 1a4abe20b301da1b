"""The memory of the browser: what is no longer used is freed after so many bytes were read."""

from __future__ import annotations

import gc
import weakref

from ckpt_tui.tui.heaps import SWEPT_BYTES, Sweeper


class Part:
    """What knows itself, as the rows of a value know each other."""

    def __init__(self) -> None:
        self.own = self


def test_what_is_in_a_cycle_is_freed_once_so_many_bytes_were_read() -> None:
    sweeper = Sweeper()
    gc.disable()
    try:
        freed = weakref.ref(Part())
        sweeper.note(SWEPT_BYTES - 1)
        assert freed() is not None
        sweeper.note(1)
        assert freed() is None
    finally:
        gc.enable()
