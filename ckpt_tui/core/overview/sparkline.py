"""Numbers as a line of small bars."""

from __future__ import annotations

import math
from collections.abc import Sequence

BARS = "▁▂▃▄▅▆▇█"


def sparkline(numbers: Sequence[float | None], width: int) -> str:
    """Numbers as bars, the last of each group where there are more than `width`; a blank where there is none.

    >>> sparkline([0, 1, None, 7], 10)
    '▁▂ █'
    """
    shown = _thinned(numbers, width)
    known = [number for number in shown if number is not None and math.isfinite(number)]
    if not known:
        return ""
    low, high = min(known), max(known)
    text = ""
    for number in shown:
        if number is None or not math.isfinite(number):
            text += " "
        elif low == high:
            text += BARS[3]
        else:
            # Half the span first: the whole of it may be larger than any number.
            share = (number / 2 - low / 2) / (high / 2 - low / 2)
            text += BARS[min(int(share * len(BARS)), len(BARS) - 1)]
    return text


def _thinned(numbers: Sequence[float | None], width: int) -> Sequence[float | None]:
    if len(numbers) <= width:
        return numbers
    return [numbers[(at + 1) * len(numbers) // width - 1] for at in range(width)]
