"""(b) The first useful frame, and (e) memory, both with 10,000 checkpoints in a pseudo-terminal."""

from __future__ import annotations

import re
from pathlib import Path

from tests.benchmarks.data import write_store
from tests.benchmarks.figures import Figure, in_turns, ms
from tests.benchmarks.peers import COMMAND, EMPTY_APP, EMPTY_TEXT, Programs
from tests.benchmarks.pty import Terminal

COUNT = 10_000
ROW = re.compile(r" 2\d k\b")
"""Stands in the row of each generated checkpoint and nowhere else: its size."""


def first_frame(directory: Path) -> list[Figure]:
    """Until a checkpoint's row is on the screen, to the first text of an empty Textual app."""
    ours_args, peer_args = _programs(directory)

    def ours() -> float:
        with Terminal(*ours_args) as terminal:
            return terminal.wait_until(lambda text: bool(ROW.search(text))) - terminal.started

    def peer() -> float:
        with Terminal(*peer_args) as terminal:
            return terminal.wait_until(lambda text: EMPTY_TEXT in text) - terminal.started

    took, empty = in_turns(ours, peer, runs=7)
    return [
        Figure(
            f"first row on the screen, {COUNT:,} checkpoints, to the first text of an empty app", ms(took), ms(empty),
            f"{took / empty:.2f}×", "≤ 1.6×", took <= 1.6 * empty,
        )
    ]  # fmt: skip


def memory(directory: Path) -> list[Figure]:
    """Resident memory once all is read and the program rests, above an empty Textual app."""
    ours_args, peer_args = _programs(directory)

    def ours() -> float:
        with Terminal(*ours_args) as terminal:
            terminal.wait_until(lambda text: f"{COUNT:,} checkpoints" in text)
            terminal.settle()
            return terminal.memory()

    def peer() -> float:
        with Terminal(*peer_args) as terminal:
            terminal.wait_until(lambda text: EMPTY_TEXT in text)
            terminal.settle()
            return terminal.memory()

    used, empty = in_turns(ours, peer, runs=3)
    return [
        Figure(
            f"memory, {COUNT:,} checkpoints, above an empty app", f"{used:.0f} MB", f"{empty:.0f} MB",
            f"+{used - empty:.0f} MB", "< 40 MB", used - empty < 40,
        )
    ]  # fmt: skip


def _programs(directory: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    store = directory / "store"
    if not store.exists():
        write_store(store, COUNT)
    programs = Programs(directory / "programs")
    return programs(COMMAND, str(store)), programs(EMPTY_APP)
