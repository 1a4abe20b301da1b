"""A second look at a large directory, with the index that the first one left."""

from __future__ import annotations

import os
import time
from pathlib import Path

from tests.benchmarks.figures import Figure, in_turns
from tests.benchmarks.peers import COMMAND, EMPTY_APP, EMPTY_TEXT, Programs
from tests.benchmarks.pty import Terminal
from tests.benchmarks.scale import PATIENCE, cpu_of, write_scattered

FILES = int(os.environ.get("BENCHMARK_FILES", "100000"))
"""Checkpoints; `BENCHMARK_FILES=1000000` takes 4 GB and an hour."""

OLD_ENOUGH = 3.5
"""Seconds after which a file that was written may be in an index."""

STORE = os.environ.get("BENCHMARK_STORE", "")
"""A store of so many files that is there already; without, one is made."""


def run(directory: Path) -> list[Figure]:
    """Whole verbs with an index and without, and the browser with it: the first row, all headers, memory."""
    store = Path(STORE) if STORE else directory / "store"
    if not STORE:
        write_scattered(store, FILES)
        time.sleep(OLD_ENOUGH)
    programs = Programs(directory / "programs")
    cached = {"CKPT_TUI_CACHE": "1", "XDG_CACHE_HOME": str(directory / "cache")}
    listing = programs.command(COMMAND, "ls", str(store), "--fast")
    latest = programs.command(COMMAND, "show", str(store), "latest")
    first = cpu_of(listing, variables=cached)
    second, without, found, sought = in_turns(
        lambda: cpu_of(listing, variables=cached),
        lambda: cpu_of(listing),
        lambda: cpu_of(latest, variables=cached),
        lambda: cpu_of(latest),
        runs=1,
    )
    figures = [
        _compared(f"CPU of `ls --fast`, {FILES:,} files, the look that makes the index, to none", first, without),
        _compared("… the next look", second, without),
        _compared("CPU of `show latest`, with an index, to none", found, sought),
    ]
    with Terminal(*programs(EMPTY_APP)) as terminal:
        empty = terminal.wait_until(lambda text: EMPTY_TEXT in text) - terminal.started
        terminal.settle()
        bare = terminal.memory()
    with Terminal(*programs(COMMAND, str(store)), patience=PATIENCE, **cached) as terminal:
        row = terminal.wait_until(lambda text: " kB" in text or " k " in text) - terminal.started
        listed = terminal.wait_until(lambda text: f"{FILES:,} checkpoints" in text) - terminal.started
        cpu = terminal.cpu()
        terminal.settle()
        used = terminal.memory() - bare
    return [
        *figures,
        Figure("first row of a second look, to the first text of an empty app", f"{row:.2f} s", f"{empty:.2f} s",
               f"{row / empty:.1f}×", "≤ 1.6×", row <= 1.6 * empty),
        Figure("… all headers, CPU", f"{cpu:.2f} s ({listed:.1f} s to the screen)"),
        Figure("… memory above the empty app, bodies read", f"{used:.0f} MB", "", "", "≤ 60 MB", used <= 60),
    ]  # fmt: skip


def _compared(what: str, ours: float, peer: float) -> Figure:
    return Figure(what, f"{ours:.2f} s", f"{peer:.2f} s", f"{ours / peer:.2f}×")
