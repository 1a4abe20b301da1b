"""(a) `ls --fast` on 5,000 checkpoints of about 20 KB, with their parents and without."""

from __future__ import annotations

import asyncio
import gc
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ckpt_tui.actions.store_contents import read_store
from ckpt_tui.cli.ls import lines
from ckpt_tui.core.json_text import dumps_lines
from ckpt_tui.core.runs.lineage import Run
from ckpt_tui.core.runs.list_document import ls_document
from ckpt_tui.stores.directory import DirectoryStore
from tests.benchmarks.data import WORKFLOW, write_parentless, write_store
from tests.benchmarks.figures import Figure, in_turns, ms, process
from tests.benchmarks.peers import BARE_OPEN, BARE_OS, COMMAND, FRAMEWORK, Programs

COUNT = 5_000
PLAIN_GC = gc.get_threshold()
"""As Python sets it, for the framework, which sets nothing."""


def run(directory: Path) -> list[Figure]:
    """The work of each in one process, in turns, which is what is promised; then whole processes, start-up included."""
    store, parentless = str(directory / "store"), str(directory / "parentless")
    write_store(Path(store), COUNT)
    write_parentless(Path(parentless), COUNT)
    return [
        *_calls(store, f"{COUNT:,} files"),
        *_calls(parentless, f"{COUNT:,} files without parents"),
        *_framework(store, f"{COUNT:,} files", 50),
        *_framework(parentless, f"{COUNT:,} files without parents", 25),
        *_processes(store, Programs(directory / "programs")),
    ]


def _calls(store: str, what: str) -> list[Figure]:
    text, script, bare_open, bare_os = in_turns(
        lambda: _timed(lambda: _text(store)),
        lambda: _timed(lambda: _json(store)),
        lambda: _timed(lambda: _bare_open(store)),
        lambda: _timed(lambda: _bare_os(store)),
        runs=15,
    )
    figures = []
    for name, ours in (("ls --fast", text), ("ls --fast --json", script)):
        figures.append(
            Figure(
                f"`{name}`, {what}, to a bare loop with open()", ms(ours), ms(bare_open),
                f"{ours / bare_open:.2f}×", "≤ 4×", ours <= 4 * bare_open,
            )
        )  # fmt: skip
        figures.append(
            Figure("… to a bare loop with os.open, os.read", ms(ours), ms(bare_os), f"{ours / bare_os:.2f}×")
        )
    return figures


def _framework(store: str, what: str, times: int) -> list[Figure]:
    figures = []
    text, script, framework = in_turns(
        lambda: _timed(lambda: _text(store)),
        lambda: _timed(lambda: _json(store)),
        lambda: _list_checkpoints(store),
        runs=3,
    )
    for name, ours in (("ls --fast", text), ("ls --fast --json", script)):
        figures.append(
            Figure(
                f"`{name}`, {what}, to `list_checkpoints`", ms(ours), ms(framework),
                f"{framework / ours:.0f}× faster", f"{times}× faster", framework >= times * ours,
            )
        )  # fmt: skip
    return figures


def _processes(store: str, programs: Programs) -> list[Figure]:
    ours, bare = in_turns(
        process(*programs.command(COMMAND, "ls", store, "--fast")),
        process(*programs.command(BARE_OPEN, store)),
        runs=9,
    )
    figures = [
        Figure("the same as whole processes, to the loop with open()", ms(ours), ms(bare), f"{ours / bare:.2f}×")
    ]
    ours, bare = in_turns(
        process(*programs.command(COMMAND, "ls", store, "--fast")),
        process(*programs.command(BARE_OS, store)),
        runs=9,
    )
    figures.append(Figure("… to the loop with os.open, os.read", ms(ours), ms(bare), f"{ours / bare:.2f}×"))
    ours, framework = in_turns(
        process(*programs.command(COMMAND, "ls", store, "--fast")),
        process(*programs.command(FRAMEWORK, store, WORKFLOW)),
        runs=3,
    )
    figures.append(
        Figure("… to a script with `list_checkpoints`", ms(ours), ms(framework), f"{framework / ours:.0f}× faster")
    )
    return figures


def _timed(work: Callable[[], Any], thresholds: tuple[int, int, int] = (100_000, 50, 100)) -> float:
    """Seconds of a work with the garbage collector set as its program sets it, and without what others have left."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*thresholds)
    began = time.perf_counter()
    work()
    took = time.perf_counter() - began
    gc.set_threshold(*PLAIN_GC)
    gc.unfreeze()
    return took


def _runs(directory: str) -> tuple[Run, ...]:
    runs, _ = read_store(DirectoryStore(directory), fast=True)
    assert sum(len(run.nodes) for run in runs) == COUNT
    return runs


def _text(directory: str) -> None:
    assert "\n".join(lines(_runs(directory), [])).count("\n") >= COUNT


def _json(directory: str) -> None:
    assert dumps_lines(ls_document("agent-framework", directory, _runs(directory), [])).count("\n") >= COUNT


def _bare_open(directory: str) -> None:
    with os.scandir(directory) as entries:
        names = [entry.name for entry in entries if entry.name.endswith(".json")]
    for name in names:
        with open(os.path.join(directory, name), "rb") as file:
            file.read(512)
            file.seek(-512, os.SEEK_END)
            file.read(512)


def _bare_os(directory: str) -> None:
    with os.scandir(directory) as entries:
        names = [entry.name for entry in entries if entry.name.endswith(".json")]
    for name in names:
        descriptor = os.open(directory + "/" + name, os.O_RDONLY)
        os.read(descriptor, 512)
        os.lseek(descriptor, -512, os.SEEK_END)
        os.read(descriptor, 512)
        os.close(descriptor)


def _list_checkpoints(directory: str) -> float:
    from agent_framework import FileCheckpointStorage

    storage = FileCheckpointStorage(directory)

    def work() -> None:
        assert len(asyncio.run(storage.list_checkpoints(workflow_name=WORKFLOW))) == COUNT

    return _timed(work, PLAIN_GC)
