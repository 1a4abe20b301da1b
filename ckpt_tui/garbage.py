"""Makes Python's garbage collector run rarely, since decoded values live as long as they are shown."""

from __future__ import annotations

import gc

_VERB = 200_000
_SCREENS = 50_000
"""Of one step of a replay some 300 objects are left that only refer to each other, in Textual's strips."""

_OLDER = 20, 50


def collect_rarely(is_screen: bool = False) -> None:
    """Collect every 200,000 objects; by default, collecting takes a tenth of the time of a list.

    Args:
        is_screen: Collect four times as often: a screen draws for hours, and its garbage would take 12 MB until then.
    """
    gc.set_threshold(_SCREENS if is_screen else _VERB, *_OLDER)


def leave_out_what_is_there() -> None:
    """Exclude the objects that exist now from collections: tens of thousands of rows make full ones slow."""
    gc.freeze()
