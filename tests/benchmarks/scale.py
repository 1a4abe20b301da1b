"""Stores of a size that nobody tuned for: what the browser and the list cost where there are 100,000 files."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from statistics import median
from types import MappingProxyType

from tests.benchmarks.data import RUN_LENGTH, START, Written, chains, documents, header, raw_bodies, save
from tests.benchmarks.figures import Figure, environment, in_turns, ms
from tests.benchmarks.peers import COMMAND, Programs
from tests.benchmarks.pty import Terminal

FILES = 100_000
LENGTHS = (20, 20_000)
SAVES = 100
RATE = 10
"""New checkpoints a second."""
PATIENCE = 900.0
"""Seconds after which a browser with so many files is taken as never being done."""


def write_scattered(directory: Path, count: int, size: int = 680, length: int = RUN_LENGTH) -> list[Written]:
    """Write `count` small checkpoints in runs of `length`, the files in any order; returns them by their time.

    A directory lists its files in an order of its own: by a hash of their names, or as they were written. In neither
    does a child follow its parent, as it would in files written one after the other and listed so.
    """
    directory.mkdir(parents=True, exist_ok=True)
    head = json.loads(documents("loop")[0])
    bodies = raw_bodies("loop", size)
    contents = []
    for number, (node, depth) in enumerate(chains(count, length)):
        at = min(depth, len(bodies) - 1) if depth < len(bodies) - 1 else 1 + depth % (len(bodies) - 2)
        contents.append((node, header(node, START + timedelta(seconds=number), head) + bodies[at](depth)))
    written = [node for node, _ in contents]
    random.Random(7).shuffle(contents)
    for node, content in contents:
        (directory / f"{node.id}.json").write_bytes(content)
    return written


def browser(directory: Path) -> list[Figure]:
    """The processor time of the browser until all headers, and all bodies, of 100,000 files are read, to `ls`."""
    store = directory / "store"
    write_scattered(store, FILES)
    programs = Programs(directory / "programs")
    headers: list[float] = []
    bodies: list[float] = []

    def ours() -> float:
        with Terminal(*programs(COMMAND, str(store)), patience=PATIENCE) as terminal:
            terminal.wait_until(lambda text: f"{FILES:,} checkpoints" in text)
            headers.append(terminal.cpu())
            terminal.settle()
            bodies.append(terminal.cpu())
        return headers[-1]

    listed, whole, opened = in_turns(
        lambda: cpu_of(programs.command(COMMAND, "ls", str(store), "--fast")),
        lambda: cpu_of(programs.command(COMMAND, "ls", str(store))),
        ours,
        runs=1,
    )
    return [
        _figure(f"CPU of the browser until all headers of {FILES:,} files are read, to `ls --fast`", opened, listed),
        _figure("… until all bodies are read, too, to `ls`", bodies[-1], whole),
    ]  # fmt: skip


def long_run(directory: Path) -> list[Figure]:
    """From the rename of a new checkpoint to its row, ten a second, in a run of 20 and in one of 20,000."""
    programs = Programs(directory / "programs")
    figures = []
    for count in LENGTHS:
        store = directory / f"run{count}"
        last = write_scattered(store, count, length=count)[-1]
        with Terminal(*programs(COMMAND, str(store)), patience=PATIENCE) as terminal:
            terminal.wait_until(lambda text, count=count: f"{count:,} checkpoints" in text)  # type: ignore[misc]
            terminal.settle()
            began, busy, written = time.perf_counter(), terminal.cpu(), terminal.written
            taken = _followed(terminal, store, last)
            share = (terminal.cpu() - busy) / (time.perf_counter() - began)
            output = (terminal.written - written) / SAVES
        what = f"{SAVES} checkpoints at ten a second in a run of {count:,}"
        middle = median(taken)
        figures += [
            Figure(f"{what}, to the row", f"{ms(middle)}, worst {ms(max(taken))}", "", "", "< 150 ms", middle < 0.15),
            Figure("… the browser's share of a core", f"{share:.0%}", "", "", "< 15 %", share < 0.15),
            Figure("… terminal output for each", f"{output / 1000:.1f} kB", "", "", "≤ 6 kB", output <= 6000),
        ]  # fmt: skip
    return figures


def _followed(terminal: Terminal, store: Path, last: Written) -> list[float]:
    """Seconds from the rename of each checkpoint to its row, while more come, ten a second."""
    renamed: dict[str, float] = {}
    taken: dict[str, float] = {}
    due = time.perf_counter()
    while len(taken) < SAVES and time.perf_counter() < due + PATIENCE:
        if len(renamed) < SAVES and time.perf_counter() >= due:
            name = f"n{len(renamed):03}"  # so short that its row has room for it
            renamed[name] = save(store, Written(name, last.id), scenario="loop", size=680)
            last = Written(name, last.id)
            due += 1 / RATE
        terminal.read(0.005)
        seen = [name for name in renamed if name not in taken and name in terminal.text]
        taken.update((name, time.perf_counter() - renamed[name]) for name in seen)
    return list(taken.values())


REMOTE = """
import asyncio, os
from datetime import datetime, timedelta, timezone
from agent_framework import WorkflowCheckpoint
delay, count = float(os.environ["DELAY"]), int(os.environ["COUNT"])
start = datetime(2026, 3, 1, tzinfo=timezone.utc)

class Storage:
    async def load(self, checkpoint_id):
        await asyncio.sleep(delay)
        number = int(checkpoint_id[1:])
        return WorkflowCheckpoint(
            "flow", "cafe", checkpoint_id=checkpoint_id, iteration_count=number,
            previous_checkpoint_id=f"c{number - 1:06}" if number else None,
            timestamp=(start + timedelta(seconds=number)).isoformat(),
        )

    async def list_checkpoint_ids(self, *, workflow_name):
        await asyncio.sleep(delay)
        return [f"c{number:06}" for number in range(count)]

    async def get_latest(self, *, workflow_name):
        return await self.load(f"c{count - 1:06}")

class Paged(Storage):
    async def list_headers(self, *, workflow_name, limit, cursor):
        await asyncio.sleep(delay)
        end = int(cursor) if cursor else count
        begin = max(end - limit, 0)
        headers = [
            {
                "checkpoint_id": f"c{number:06}", "workflow_name": "flow", "iteration_count": number,
                "previous_checkpoint_id": f"c{number - 1:06}" if number else None,
                "timestamp": (start + timedelta(seconds=number)).isoformat(),
            }
            for number in reversed(range(begin, end))
        ]
        return headers, str(begin) if begin else None

    async def load_many(self, checkpoint_ids):
        loads = [Storage.load(self, name) for name in checkpoint_ids]
        return await asyncio.gather(*loads)

def make():
    return Storage()

def make_paged():
    return Paged()
"""
"""A storage behind a network, as far as time goes: each answer takes `DELAY` seconds."""


def remote(directory: Path) -> list[Figure]:
    """The browser on a storage of 10,000 checkpoints that answers in 20 ms, and on one of 64 that takes a second."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "far_away.py").write_text(REMOTE)
    program = f"import sys; sys.path.insert(0, {str(directory)!r})\n{COMMAND}"
    programs, flow = Programs(directory / "programs"), ("--workflow-name", "flow")
    taken: dict[str, float] = {}
    for delay, count in ((0.02, 10_000), (1.0, 64)):
        arguments = programs(program, "--storage", "far_away:make", *flow)
        with Terminal(*arguments, patience=PATIENCE, DELAY=str(delay), COUNT=str(count)) as terminal:
            asked = terminal.wait_until(lambda text: "checkpoint" in text) if delay < 1 else terminal.started
            taken[f"row {delay}"] = terminal.wait_until(lambda text: " done" in text) - asked
            least = 100 if delay < 1 else count
            taken[f"many {delay}"] = terminal.wait_until(lambda text, least=least: _shown(text) >= least) - asked  # type: ignore[misc]
    with Terminal(
        *programs(program, "--storage", "far_away:make_paged", *flow), patience=PATIENCE, DELAY="0.02", COUNT="10000"
    ) as terminal:
        asked = terminal.wait_until(lambda text: "checkpoint" in text)
        taken["headers"] = terminal.wait_until(lambda text: _shown(text) >= 10_000) - asked
    return [
        Figure("first row of 10,000 in a storage that answers in 20 ms, from the first screen", ms(taken["row 0.02"]),
               promise="< 400 ms", kept=taken["row 0.02"] < 0.4),
        Figure("… the newest hundred", ms(taken["many 0.02"]), promise="< 1 s", kept=taken["many 0.02"] < 1),
        Figure("… all 10,000 headers, where the storage lists them page by page", ms(taken["headers"])),
        Figure("all of 64 in a storage that answers in 1 s, from the start", ms(taken["many 1.0"])),
    ]  # fmt: skip


def _shown(text: str) -> int:
    """How many checkpoints the head of the screen counts."""
    found = re.search(r"([\d,]+) checkpoint", text)
    return int(found[1].replace(",", "")) if found else 0


def _figure(what: str, ours: float, peer: float) -> Figure:
    return Figure(what, f"{ours:.2f} s", f"{peer:.2f} s", f"{ours / peer:.1f}×", "≤ 2×", ours <= 2 * peer)


def cpu_of(
    command: tuple[str, ...], codes: tuple[int, ...] = (0,), variables: Mapping[str, str] = MappingProxyType({})
) -> float:
    """Seconds of the processor, the user's and the system's, that a command takes to its end."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment() | dict(variables))
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in codes
    return usage.ru_utime + usage.ru_stime
