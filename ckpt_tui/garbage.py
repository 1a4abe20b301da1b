"""How often Python looks for garbage: rarely, since what is read lives as long as it is shown."""

from __future__ import annotations

import gc

_VERB = 200_000
_SCREENS = 50_000
"""Of one step of a replay some 300 objects are left that only refer to each other, in Textual's strips."""

_OLDER = 20, 50


def collect_rarely(is_screen: bool = False) -> None:
    """Look for garbage every 200,000 objects; looking through what was read takes a tenth of the time of a list.

    Args:
        is_screen: Look four times as often: a screen draws for hours, and what it drew would take 12 MB until then.
    """
    gc.set_threshold(_SCREENS if is_screen else _VERB, *_OLDER)


def leave_out_what_is_there() -> None:
    """Never look through the objects that exist now: tens of thousands of rows make full collections slow."""
    gc.freeze()
