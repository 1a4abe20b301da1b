"""(k) A replay: the CPU of one step with its neighbours made ahead, and memory while 5,000 steps play to the end."""

from __future__ import annotations

import asyncio
import gc
import resource
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from ckpt_tui.stores.directory import DirectoryStore
from ckpt_tui.tui.app import CkptApp
from ckpt_tui.tui.replay_jobs import AHEAD
from ckpt_tui.tui.screens.browse import Browse
from ckpt_tui.tui.screens.replay import ReplayScreen
from tests.benchmarks.data import write_chain
from tests.benchmarks.figures import Figure, ms

STEPS = 5_000
SIZE = 20_000
SCREEN = (120, 40)
SINGLE_STEPS = 60
REST = 0.12
"""Seconds after which a step and all that it starts, the neighbour made ahead included, are over."""
PATIENCE = 600.0
"""Seconds after which what should come is taken as never coming."""


def run(directory: Path) -> list[Figure]:
    """Single steps on checkpoints of 20 KB, then 5,000 of them as fast as they come."""
    write_chain(directory / "few", 200, SIZE)
    write_chain(directory / "many", STEPS, SIZE)
    shown, whole = asyncio.run(_single(directory / "few"))
    took, early, late, frames = asyncio.run(_to_the_end(directory / "many"))
    grown = late - early
    return [
        Figure(
            f"CPU of a step on checkpoints of {SIZE // 1000} KB, neighbours made ahead, until it is drawn", ms(shown),
            promise="< 16 ms", kept=shown < 0.016,
        ),
        Figure("the same with the next neighbour that is made ahead", ms(whole)),
        Figure(f"{STEPS:,} steps to the end", f"{took:.0f} s", "", f"{ms(took / STEPS)} a step"),
        Figure(
            f"memory between step {STEPS // 10:,} and step {STEPS:,}", f"{grown:+.0f} MB", promise="no growth (≤ 8 MB)",
            kept=grown <= 8,
        ),
        Figure(f"frames kept after {STEPS:,} steps", f"{frames}", promise="≤ 64", kept=frames <= 64),
    ]  # fmt: skip


def _is_shown(screen: ReplayScreen) -> bool:
    shown = screen.playback.shown
    return shown is not None and shown.file == screen.position.node.ref.file


async def _open(app: CkptApp, count: int) -> ReplayScreen:
    browse = app.screen_stack[0]
    assert isinstance(browse, Browse)
    await _until(lambda: browse.list.view.checkpoints == count and not browse.library.unread())
    browse.list.move_to(1)
    browse.action_replay()
    await _until(lambda: isinstance(app.screen, ReplayScreen) and app.screen.playback.shown is not None)
    screen = app.screen
    assert isinstance(screen, ReplayScreen)
    screen.playback.stop()
    return screen


async def _single(store: Path) -> tuple[float, float]:
    """CPU of a step until it is drawn, and with the frame that is made ahead for it."""
    app = CkptApp(DirectoryStore(str(store)))
    shown, whole = [], []
    async with app.run_test(size=SCREEN) as pilot:
        screen = await _open(app, 200)
        await _until(lambda: screen.playback.swept[0] == 200)
        await asyncio.sleep(1)
        for _ in range(SINGLE_STEPS):
            ahead = [screen.position.track.nodes[screen.position.at + by].ref.file for by in range(1, AHEAD)]
            await _until(lambda files=ahead: all(screen.jobs.frame(file) for file in files))  # type: ignore[misc]
            await asyncio.sleep(REST)
            began, thread = time.process_time(), time.thread_time()
            app.simulate_key("right")
            await pilot.pause()
            shown.append(time.thread_time() - thread)  # the screen's own thread: what the person waits for
            await asyncio.sleep(REST)
            whole.append(time.process_time() - began)
    return median(shown), median(whole)


async def _to_the_end(store: Path) -> tuple[float, float, float, int]:
    """Seconds, memory early and at the end in MB, and frames kept."""
    app = CkptApp(DirectoryStore(str(store)))
    async with app.run_test(size=SCREEN):
        screen = await _open(app, STEPS)
        began = time.perf_counter()
        early = 0.0
        while screen.position.at < screen.position.last:
            screen.playback.step(1)
            await _until(lambda: _is_shown(screen))
            if screen.position.at == STEPS // 10:
                early = _memory()
            await asyncio.sleep(0)
        took = time.perf_counter() - began
        return took, early, _memory(), len(screen.jobs._frames)


def _memory() -> float:
    """Memory of the process now, in MB."""
    gc.collect()
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:  # not Linux: the most it ever had
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * resource.getpagesize() / 1e6


async def _until(reached: Callable[[], object]) -> None:
    end = time.perf_counter() + PATIENCE
    while not reached():
        if time.perf_counter() > end:
            raise TimeoutError("the replay never came so far")
        await asyncio.sleep(0.001)
