"""(a) `ls --fast` on 5,000 checkpoints of about 20 KB."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from ckpt_tui.cli.ls import lines
from ckpt_tui.core.lineage import arrange
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.stores.directory import DirectoryStore, collect
from tests.benchmarks.data import WORKFLOW, write_store
from tests.benchmarks.figures import Figure, in_turns, ms, process
from tests.benchmarks.peers import BARE_OPEN, BARE_OS, COMMAND, FRAMEWORK, Programs

COUNT = 5_000


def run(directory: Path) -> list[Figure]:
    """Whole processes, against the bare loops and against the framework; and the calls alone against the framework."""
    programs = Programs(directory / "programs")
    store = str(directory / "store")
    write_store(Path(store), COUNT)
    people, script, bare_open, bare_os = in_turns(
        process(*programs.command(COMMAND, "ls", store, "--fast")),
        process(*programs.command(COMMAND, "ls", store, "--fast", "--json")),
        process(*programs.command(BARE_OPEN, store)),
        process(*programs.command(BARE_OS, store)),
        runs=7,
    )
    figures = []
    for name, ours in (("ls --fast", people), ("ls --fast --json", script)):
        for peer_name, peer in (("open()", bare_open), ("os.open, os.read", bare_os)):
            figures.append(
                Figure(
                    f"`{name}`, {COUNT:,} files, to a bare loop with {peer_name}", ms(ours), ms(peer),
                    f"{ours / peer:.2f}×", "≤ 3×", ours <= 3 * peer,
                )
            )  # fmt: skip
    ours, framework = in_turns(
        process(*programs.command(COMMAND, "ls", store, "--fast")),
        process(*programs.command(FRAMEWORK, store, WORKFLOW)),
        runs=3,
    )
    promise = "50× faster"
    figures.append(
        Figure(
            "`ls --fast`, whole process, to a script with `list_checkpoints`", ms(ours), ms(framework),
            f"{framework / ours:.0f}× faster", promise, framework >= 50 * ours,
        )
    )  # fmt: skip
    ours, framework = in_turns(lambda: _read(store), lambda: _list_checkpoints(store), runs=3)
    figures.append(
        Figure(
            "`ls --fast` after start-up, its text included, to the call `list_checkpoints`", ms(ours), ms(framework),
            f"{framework / ours:.0f}× faster", promise, framework >= 50 * ours,
        )
    )  # fmt: skip
    return figures


def _read(directory: str) -> float:
    began = time.perf_counter()
    entries = collect(DirectoryStore(directory).scan()).values()
    runs = arrange(entry for entry in entries if isinstance(entry, CheckpointRef))
    text = "\n".join(lines(runs, []))
    took = time.perf_counter() - began
    assert text.count("\n") >= COUNT
    return took


def _list_checkpoints(directory: str) -> float:
    from agent_framework import FileCheckpointStorage

    storage = FileCheckpointStorage(directory)
    began = time.perf_counter()
    found = asyncio.run(storage.list_checkpoints(workflow_name=WORKFLOW))
    took = time.perf_counter() - began
    assert len(found) == COUNT
    return took
