"""(i) A checkpoint of 100 MB: its first screen, the memory of the process, and whether the screen ever stops."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from ckpt_tui.stores.directory import DirectoryStore
from ckpt_tui.tui.app import CkptApp
from ckpt_tui.tui.widgets.detail import Detail
from tests.benchmarks.data import write_huge
from tests.benchmarks.figures import Figure, in_turns, ms
from tests.benchmarks.peers import COMMAND, EMPTY_APP, EMPTY_TEXT, Programs
from tests.benchmarks.pty import Terminal

SIZE = 101_000_000
SCREEN = (120, 40)
TICK = 0.001
PATIENCE = 60.0
"""Seconds after which what should come is taken as never coming."""
PLACES = (("archive",), ("_executor_state", "group_chat_orchestrator", "conversation"))
"""What is unfolded: one pickle of 40 MB, and a list of ten thousand small ones."""


STATE = "\x1bOR"
"""F3, as a terminal writes it."""

TOPICS = {
    "in ASCII alone": "coffee or tea",
    "with a dash in its state": "coffee or tea \u2014 or both",
    "with an emoji in its state": "coffee or tea \U0001f375",
}
"""Three kinds of file, and what is said in them. What models write has dashes and curly quotes, chats have emojis, and
the framework writes both in UTF-8; one of them makes a file twice, or four times, as large for a program that reads it
as one text."""


def run(directory: Path) -> list[Figure]:
    """To an empty app and to visidata, in turns."""
    programs = Programs(directory / "programs")
    paths = {
        kind: write_huge(directory / str(number), SIZE, topic) for number, (kind, topic) in enumerate(TOPICS.items())
    }
    sides: list[Callable[[], float]] = [lambda: _until(programs(EMPTY_APP), EMPTY_TEXT)]
    peaks: dict[str, list[float]] = {kind: [] for kind in TOPICS}
    for kind, path in paths.items():
        ours, peer = programs(COMMAND, str(path.parent)), ("-m", "visidata", str(path))
        sides.append(lambda ours=ours, kind=kind: _until(ours, "coffee or tea", peaks[kind], STATE))  # type: ignore[misc]
        # Until the same text is on the screen that visidata shows first: the name of the workflow.
        sides.append(lambda ours=ours: _until(ours, "GroupChat"))  # type: ignore[misc]
        sides.append(lambda peer=peer: _until(peer, "GroupChat"))  # type: ignore[misc]
    empty, *times = in_turns(*sides)
    figures = []
    for number, (kind, path) in enumerate(paths.items()):
        took, first, other = times[3 * number : 3 * number + 3]
        peak = max(peaks[kind])
        block = max(asyncio.run(_longest_block(str(path.parent))) for _ in range(3))
        what = f"a checkpoint of {path.stat().st_size / 1e6:.0f} MB {kind}"
        figures += [
            Figure(
                f"first rows of the state of {what}, to the first text of an empty app", ms(took), ms(empty),
                f"{took / empty:.2f}×", "≤ 2.5×", took <= 2.5 * empty,
            ),
            Figure(
                f"first screen of {what} with the name of its workflow, to visidata", ms(first), ms(other),
                f"{other / first:.1f}× sooner", "3× sooner", other >= 3 * first,
            ),
            Figure(
                f"first rows of the state of {what}, to that of visidata", ms(took), ms(other),
                f"{other / took:.1f}× sooner",
            ),
            Figure(f"most memory of the process with {what}", f"{peak:.0f} MB", promise="< 200 MB", kept=peak < 200),
            Figure(
                f"longest block of the event loop while the largest values of {what} unfold", ms(block),
                promise="≤ 100 ms", kept=block <= 0.1,
            ),
        ]  # fmt: skip
    return figures


def _until(args: tuple[str, ...], text: str, peaks: list[float] | None = None, key: str = "") -> float:
    """Seconds until a program shows a text; `peaks` takes the most memory it had once it rests.

    The key is pressed as soon as anything is shown: where a large checkpoint is selected, the first tab asks before it
    reads it, and the state is on another one.
    """
    with Terminal(*args) as terminal:
        if key:
            terminal.wait_until(lambda screen: "ckpt-tui" in screen)
            terminal.press(key)
        took = terminal.wait_until(lambda screen: text in screen) - terminal.started
        if peaks is not None:
            terminal.settle()
            peaks.append(terminal.peak())
        return took


async def _longest_block(store: str) -> float:
    longest = 0.0
    app = CkptApp(DirectoryStore(store))
    async with app.run_test(size=SCREEN):

        async def until(reached: Callable[[], bool]) -> None:
            nonlocal longest
            last = time.perf_counter()
            end = last + PATIENCE
            while not reached():
                if last > end:
                    raise TimeoutError("the app never came so far")
                await asyncio.sleep(TICK)
                now = time.perf_counter()
                longest = max(longest, now - last - TICK)
                last = now

        pane = app.screen.query(Detail).first()
        await until(lambda: pane.checkpoint is not None)
        pane.pick("state")
        tree = pane.rows
        await until(lambda: tree.line_count > 3)
        for labels in PLACES:
            rows = tree.line_count
            tree.open_labels(labels)
            await until(lambda labels=labels: tree.labels == labels)  # type: ignore[misc]
            tree.action_unfold()
            await until(lambda rows=rows: tree.line_count > rows + 1000)  # type: ignore[misc]
            tree.action_page(1)
            await asyncio.sleep(0.1)
    return longest
