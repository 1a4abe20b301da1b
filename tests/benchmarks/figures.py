"""Figures, how they are taken, and how they are printed."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import NamedTuple

RUNS = 5
"""Times each side is measured, in turns; the medians count. The first turn warms the caches and is left out."""


class Figure(NamedTuple):
    """One line of the table.

    Attributes:
        what: What was measured.
        ours: Our figure.
        peer: The figure of the peer, measured in turns with ours, or "".
        ratio: What the two make, or "".
        promise: What was promised, or "".
        kept: Whether it is, or None where nothing was promised.
    """

    what: str
    ours: str
    peer: str = ""
    ratio: str = ""
    promise: str = ""
    kept: bool | None = None


def in_turns(*works: Callable[[], float], runs: int = RUNS) -> list[float]:
    """The medians of what each work returns, called in turns: A B, A B, ... after one turn that does not count."""
    taken: list[list[float]] = [[] for _ in works]
    for turn in range(runs + 1):
        for results, work in zip(taken, works, strict=True):
            result = work()
            if turn:
                results.append(result)
    return [median(results) for results in taken]


def environment() -> dict[str, str]:
    """Of the programs that are timed: their byte code is kept from the warming turn on, as an installer leaves it."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def process(*command: str) -> Callable[[], float]:
    """Work that runs a command to its end, and returns its seconds."""

    def work() -> float:
        began = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env=environment())
        return time.perf_counter() - began

    return work


def ms(seconds: float) -> str:
    """Milliseconds, as short as makes sense."""
    value = seconds * 1000
    return f"{value:,.0f} ms" if value >= 100 else f"{value:.1f} ms"


def table(figures: Sequence[Figure]) -> str:
    """The figures as a Markdown table."""
    rows = [("", "measured", "peer", "ratio", "promise", "kept")]
    for figure in figures:
        kept = "" if figure.kept is None else "yes" if figure.kept else "**no**"
        rows.append((figure.what, figure.ours, figure.peer, figure.ratio, figure.promise, kept))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)
