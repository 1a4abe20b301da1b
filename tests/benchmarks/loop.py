"""(c) The longest block of the event loop during the scan, and (d) the CPU of a key press; both without a terminal."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from textual.app import App, ComposeResult
from textual.widgets import Static

from ckpt_tui.core.model import Checkpoint, CheckpointRef, Facts
from ckpt_tui.stores.base import Batch, Capabilities, Store
from ckpt_tui.stores.directory import DirectoryStore
from ckpt_tui.tui.app import CkptApp
from ckpt_tui.tui.widgets.checkpoints import Checkpoints
from ckpt_tui.tui.widgets.detail import Detail
from tests.benchmarks.data import write_store
from tests.benchmarks.figures import Figure, in_turns, ms

SCANNED = 10_000
FEW_OPENED, MANY_OPENED = 10_000, 50_000
ROWS = 100_000
VALUES = 1_000_000
PRESSES = 100
SINGLE_PRESSES = 9
REST = 0.5
"""Seconds after which a press and all that it starts are over."""
SIZE = (120, 40)
TICK = 0.001
PATIENCE = 60.0
"""Seconds after which what should come is taken as never coming."""


class Empty(App[None]):
    """The peer: an app with one text."""

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static("ready to go")


class Watched(DirectoryStore):
    """A directory that says when every body has been read."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.complete = threading.Event()

    def fill(self, files: list[str], stop: threading.Event | None = None) -> Iterator[Batch]:
        """As ever."""
        yield from super().fill(files, stop)
        if files:
            self.complete.set()


class Made(Store):
    """A store that holds checkpoints without files.

    Args:
        refs: Its checkpoints.
        state: The state of each.
    """

    kind = "memory"
    path = "memory"

    def __init__(self, refs: list[CheckpointRef], state: Any) -> None:
        self._refs = refs
        self._state = state

    def capabilities(self, file: str = "") -> Capabilities:
        """Whatever is asked."""
        return Capabilities()

    def scan(self) -> Iterator[Batch]:
        """Everything in one batch."""
        yield Batch(tuple(self._refs), (), len(self._refs), len(self._refs))

    def fill(self, files: list[str], stop: threading.Event | None = None) -> Iterator[Batch]:
        """Nothing is missing."""
        yield Batch()

    def watch(self, stop: threading.Event) -> Iterator[Batch]:
        """Nothing changes."""
        yield from self.scan()
        stop.wait()

    def load(self, file: str, check: Callable[[], None] | None = None, everything: bool = False) -> Checkpoint:
        """The state is the same everywhere."""
        ref = next(ref for ref in self._refs if ref.file == file)
        return Checkpoint(ref, {}, self._state, {}, {}, (), (), b"{}")

    def raw(self, file: str) -> bytes:
        """No file."""
        return b"{}"

    def peek(self, file: str) -> bytes:
        """No file."""
        return b"{}"

    def names(self) -> list[str]:
        """No files."""
        return []

    def fresh(self) -> Made:
        """Nothing is remembered."""
        return self


def blocks(directory: Path) -> list[Figure]:
    """While 10,000 checkpoints are scanned, to an empty app for as long."""
    write_store(directory / "store", SCANNED)
    lengths: list[float] = []

    def ours() -> float:
        store = Watched(str(directory / "store"))
        began = time.perf_counter()
        longest = asyncio.run(_longest_block(CkptApp(store), store.complete.is_set))
        lengths.append(time.perf_counter() - began)
        return longest

    def peer() -> float:
        until = time.perf_counter() + lengths[-1]
        return asyncio.run(_longest_block(Empty(), lambda: time.perf_counter() > until))

    found, empty = in_turns(ours, peer, runs=5)
    return [
        Figure(
            f"longest block of the event loop while {SCANNED:,} files are read, to an empty app", ms(found), ms(empty),
            promise="≤ 50 ms", kept=found <= 0.05,
        )
    ]  # fmt: skip


async def _longest_block(app: App[None], done: Callable[[], bool]) -> float:
    longest = 0.0
    async with app.run_test(size=SIZE):
        last = time.perf_counter()
        end = last + PATIENCE
        while not done():
            if last > end:
                raise TimeoutError("the scan never ended")
            await asyncio.sleep(TICK)
            now = time.perf_counter()
            longest = max(longest, now - last - TICK)
            last = now
    return longest


def opening(directory: Path) -> list[Figure]:
    """The CPU of a checkpoint until all are in the list, in a small and in a large store."""
    few, many = FEW_OPENED, MANY_OPENED
    for count in (few, many):
        write_store(directory / str(count), count, 1_000, "loop")

    def cpu(count: int) -> float:
        began = time.process_time()
        asyncio.run(_listed(CkptApp(DirectoryStore(str(directory / str(count)))), count))
        return (time.process_time() - began) / count

    found, peer = in_turns(lambda: cpu(many), lambda: cpu(few), runs=1)
    return [
        Figure(
            f"CPU of listing a checkpoint of {many:,}, to one of {few:,}", f"{found * 1e6:.0f} µs",
            f"{peer * 1e6:.0f} µs", f"{found / peer:.2f}×", "≤ 1.5×", found <= 1.5 * peer,
        )
    ]  # fmt: skip


async def _listed(app: CkptApp, count: int) -> None:
    async with app.run_test(size=SIZE):
        lines = app.screen.query_one(Checkpoints)
        await _until(lambda: lines.view.checkpoints == count)


def keys(directory: Path) -> list[Figure]:
    """A held `down` at the speed of a keyboard, and a single press with all that it starts."""
    refs = _chain(ROWS)
    numbers = {"numbers": list(range(VALUES))}
    empty = asyncio.run(_in_empty())
    figures = []
    for what, (held, single) in (
        (f"a list of {ROWS:,} rows", asyncio.run(_in_list(Made(refs, {"a": 1})))),
        (f"a value of {VALUES:,} rows", asyncio.run(_in_value(Made(refs[:1], numbers)))),
    ):
        name = f"CPU of a key press in {what}"
        figures += [
            Figure(f"{name}, key held down", ms(held), f"{ms(empty[0])} in an empty app", "", "< 5 ms", held < 0.005),
            Figure(f"{name}, once, with all that follows", ms(single), f"{ms(empty[1])} in an empty app"),
        ]
    return figures


async def _in_empty() -> tuple[float, float]:
    app = Empty()
    async with app.run_test(size=SIZE):
        return await _presses(app)


async def _in_list(store: Made) -> tuple[float, float]:
    app = CkptApp(store)
    async with app.run_test(size=SIZE) as pilot:
        lines = app.screen.query_one(Checkpoints)
        await _until(lambda: lines.line_count > ROWS)
        await pilot.press("g")
        return await _presses(app)


async def _in_value(store: Made) -> tuple[float, float]:
    app = CkptApp(store)
    async with app.run_test(size=SIZE) as pilot:
        pane = app.screen.query(Detail).first()
        await _until(lambda: pane.checkpoint is not None)
        pane.pick("state")
        tree = pane.rows
        await _until(lambda: tree.line_count == 1)
        await pilot.press("tab", "right")
        await _until(lambda: tree.line_count > VALUES)
        return await _presses(app)


async def _until(reached: Callable[[], bool]) -> None:
    end = time.perf_counter() + PATIENCE
    while not reached():
        if time.perf_counter() > end:
            raise TimeoutError("the app never came so far")
        await asyncio.sleep(0.01)


async def _presses(app: App[None]) -> tuple[float, float]:
    """CPU of one of many presses, 33 a second; and of a press by itself."""
    await asyncio.sleep(REST)  # what was loaded last is drawn
    began = time.process_time()
    for _ in range(PRESSES):
        app.simulate_key("down")
        await asyncio.sleep(0.03)
    held = (time.process_time() - began) / PRESSES
    await asyncio.sleep(REST)
    single = []
    for _ in range(SINGLE_PRESSES):
        began = time.process_time()
        app.simulate_key("down")
        await asyncio.sleep(REST)
        single.append(time.process_time() - began)
    return held, median(single)


def _chain(count: int) -> list[CheckpointRef]:
    """One run, whose rows are all in the list while it is followed."""
    facts = Facts(1, 0, ("writer",), (), False)
    ids = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(count)]
    return [
        CheckpointRef(
            name, f"{name}.json", "flow", "cafe", ids[number - 1] if number else None, "", 1.7e9 + number, number,
            20_000, facts,
        )
        for number, name in enumerate(ids)
    ]  # fmt: skip
