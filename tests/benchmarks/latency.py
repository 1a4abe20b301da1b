"""(h) From the rename of a new checkpoint to its row on the screen."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

from tests.benchmarks.data import Written, save, write_store
from tests.benchmarks.figures import Figure, ms
from tests.benchmarks.peers import COMMAND, Programs
from tests.benchmarks.pty import Terminal

SAVES = 25
SIZES = (200, 10_000)


def run(directory: Path) -> list[Figure]:
    """Medians and worst cases, in a small and in a large store."""
    programs = Programs(directory / "programs")
    figures = []
    for count in SIZES:
        store = directory / f"store{count}"
        last = write_store(store, count)[-1]
        with Terminal(*programs(COMMAND, str(store))) as terminal:
            terminal.wait_until(lambda text, count=count: f"{count:,} checkpoints" in text)  # type: ignore[misc]
            terminal.settle()
            taken = [_one(terminal, store, f"n{number:03}", last) for number in range(SAVES)]
        what = f"rename of a new checkpoint to its row on the screen, {count:,} others"
        worst = max(taken)
        figures.append(Figure(what, f"{ms(median(taken))}, worst {ms(worst)}", promise="< 300 ms", kept=worst < 0.3))
    return figures


def _one(terminal: Terminal, store: Path, name: str, parent: Written) -> float:
    # Its name is in the row, as it is not one of the framework's random ids.
    renamed = save(store, Written(name, parent.id))
    took = terminal.wait_until(lambda text: f"{name}:" in text) - renamed
    until = time.perf_counter() + 0.15  # a workflow takes its time, too
    while (left := until - time.perf_counter()) > 0:
        terminal.read(left)
    return took
