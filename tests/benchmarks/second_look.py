"""A second and a third look at a large directory, with the index that the first one left."""

from __future__ import annotations

import os
import time
from pathlib import Path

from tests.benchmarks.data import Written, chains, save
from tests.benchmarks.figures import Figure, in_turns
from tests.benchmarks.peers import COMMAND, EMPTY_APP, EMPTY_TEXT, Programs
from tests.benchmarks.pty import Terminal
from tests.benchmarks.scale import PATIENCE, cpu_of, write_scattered

FILES = int(os.environ.get("BENCHMARK_FILES", "100000"))
"""Checkpoints; `BENCHMARK_FILES=1000000` takes 4 GB and an hour."""

MOST_LISTED = 100_000
"""Checkpoints of the largest store that `ls` lists here: a million take minutes."""

SECONDS = 3.0
"""How long a second look may take until all runs are on the screen."""

MEMORY = {100_000: 60, 1_000_000: 150}
"""Megabytes that the browser may take above an empty app."""

OLD_ENOUGH = 3.5
"""Seconds after which a file that was written may be in an index."""

NEW = 5
"""Checkpoints that come between two looks."""

STORE = os.environ.get("BENCHMARK_STORE", "")
"""A store of so many files that is there already; without, one is made."""


def run(directory: Path) -> list[Figure]:
    """Whole verbs with an index and without, and three starts of the browser: the first row, all runs, memory."""
    store = Path(STORE) if STORE else directory / "store"
    if not STORE:
        write_scattered(store, FILES)
        time.sleep(OLD_ENOUGH)
    programs = Programs(directory / "programs")
    cached = {"CKPT_TUI_CACHE": "1", "XDG_CACHE_HOME": str(directory / "cache")}
    figures = _verbs(programs, store, cached) if FILES <= MOST_LISTED else []
    with Terminal(*programs(EMPTY_APP)) as terminal:
        empty = terminal.wait_until(lambda text: EMPTY_TEXT in text) - terminal.started
        terminal.settle()
        bare = terminal.memory()
    count = FILES
    for look in ("a first look", "a second look", "a look after a run went on"):
        if look == "a look after a run went on":
            count += _go_on(store)
        with Terminal(*programs(COMMAND, str(store)), patience=PATIENCE, **cached) as terminal:
            row = terminal.wait_until(lambda text: " kB" in text or " k " in text) - terminal.started
            wanted = f"{count:,} checkpoints"
            listed = terminal.wait_until(lambda text, wanted=wanted: wanted in text) - terminal.started  # type: ignore[misc]
            cpu = terminal.cpu()
            whole = terminal.wait_until(lambda text: "● live" in text) - terminal.started
            terminal.settle()
            rested, spent = time.perf_counter() - terminal.started, terminal.cpu()
            used, peak = terminal.memory() - bare, terminal.peak() - bare
        seconds = None if look == "a first look" else SECONDS
        most = MEMORY.get(FILES)
        figures += [
            Figure(f"first row of {look} at {FILES:,} files, to the first text of an empty app", f"{row:.2f} s",
                   f"{empty:.2f} s", f"{row / empty:.1f}×", "≤ 1.6×", row <= 1.6 * empty),
            Figure("… all runs on the screen", f"{listed:.1f} s (CPU {cpu:.1f} s)", "", "",
                   "" if seconds is None else f"{seconds:.0f} s", None if seconds is None else listed <= seconds),
            Figure("… all of them certain to be there", f"{whole:.1f} s", "", "",
                   "" if seconds is None else f"{seconds:.0f} s", None if seconds is None else whole <= seconds),
            Figure("… until it rests, each file compared", f"{rested:.1f} s (CPU {spent:.1f} s)"),
            Figure("… memory above the empty app", f"{used:.0f} MB, at most {peak:.0f} MB", "", "",
                   "" if most is None else f"≤ {most} MB", None if most is None else used <= most),
        ]  # fmt: skip
    return figures


def _go_on(store: Path) -> int:
    """Let the newest run of a store go on; by how many checkpoints."""
    *_, (last, _) = chains(FILES)
    parent = last.id
    for number in range(NEW):
        name = f"further{number}"
        save(store, Written(name, parent), scenario="loop", size=680)
        parent = name
    time.sleep(OLD_ENOUGH)
    return NEW


def _verbs(programs: Programs, store: Path, cached: dict[str, str]) -> list[Figure]:
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
    return [
        _compared(f"CPU of `ls --fast`, {FILES:,} files, the look that makes the index, to none", first, without),
        _compared("… the next look", second, without),
        _compared("CPU of `show latest`, with an index, to none", found, sought),
    ]


def _compared(what: str, ours: float, peer: float) -> Figure:
    return Figure(what, f"{ours:.2f} s", f"{peer:.2f} s", f"{ours / peer:.2f}×")
