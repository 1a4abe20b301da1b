"""The name that was probably meant by an unknown one."""

from __future__ import annotations

from collections.abc import Iterable


def near_name(word: str, names: Iterable[str], likeness: float = 0.6) -> str:
    """The name that is most like a word, whatever the case of its letters; "" where none is like it.

    Args:
        word: The unknown name.
        names: The known names.
        likeness: The least share of characters that they have in common, from 0 to 1.
    """
    from difflib import get_close_matches  # late: only for a word that is wrong

    known = {name.lower(): name for name in names}
    found = get_close_matches(word.lower(), list(known), 1, likeness)
    return known[found[0]] if found else ""
