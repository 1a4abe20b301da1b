"""Why code of the program raised, and what to do about it."""

from __future__ import annotations

from .faults import said


def reason_of(error: BaseException, place: str) -> tuple[str, str]:
    """What went wrong while a program was loaded, and what to do.

    Args:
        error: What its code raised.
        place: The program, as it was named.
    """
    return f"{place} cannot be loaded: {said(error)}", "it must load here as it does when you run it"
