"""How long a resume takes, to the same resume written by hand as a script."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

from ckpt_tui.actions.resume.log import EventLog
from ckpt_tui.actions.resume.plan import Plan, Source, Target, make_plan
from ckpt_tui.actions.resume.session import Session
from ckpt_tui.actions.resume.sources import source_of
from ckpt_tui.stores.registry import open_store
from tests.benchmarks.figures import Figure, ms
from tests.benchmarks.peers import ROOT

STEPS = 1_000
"""Supersteps of the long run."""

STARTS = 9
"""Times the start is measured, in turns."""

RUNS = 11
"""Times the long run is measured, in turns."""

FLOW = f"""
import asyncio, json, os, sys, time
from dataclasses import dataclass
from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler

BEGAN = []

def measured():
    return time.perf_counter(), time.process_time()

@dataclass
class Item:
    n: int
    note: str = "one of many items that are passed to and fro"

class Count(Executor):
    @handler
    async def run(self, item: Item, ctx: WorkflowContext[Item, str]) -> None:
        ctx.set_state("last", item)
        if not BEGAN:
            BEGAN.extend(measured())
        if item.n < {STEPS}:
            await ctx.send_message(Item(item.n + 1))
        else:
            taken = [now - began for now, began in zip(measured(), BEGAN)]
            if "BENCH_FIGURES" in os.environ:
                with open(os.environ["BENCH_FIGURES"], "w") as file:
                    json.dump(taken, file)
            await ctx.yield_output("done")

def build():
    a, b = Count(id="a"), Count(id="b")
    builder = WorkflowBuilder(name="bench", start_executor=a, output_from=[a, b], max_iterations={STEPS * 2})
    return builder.add_edge(a, b).add_edge(b, a).build()

def storage(directory):
    return FileCheckpointStorage(directory, allowed_checkpoint_types=["bench_flow:Item"])
"""

START = """
import asyncio, sys
import bench_flow

async def main():
    await bench_flow.build().run(bench_flow.Item(0), checkpoint_storage=bench_flow.storage(sys.argv[1]))

asyncio.run(main())
"""

BY_HAND = """
import asyncio, sys, time
import bench_flow

async def main():
    directory, identifier, much = sys.argv[1:]
    storage = bench_flow.storage(directory)
    began = None
    async for event in bench_flow.build().run(checkpoint_id=identifier, checkpoint_storage=storage, stream=True):
        if began is None:
            began = time.perf_counter()
            print(event.type, flush=True)
            if much == "first":
                break
    print(time.perf_counter() - began, flush=True)

asyncio.run(main())
"""
"""What people write: it goes on in the store itself, and does nothing with the events."""


def run(directory: Path) -> list[Figure]:
    """From a yes to the first event, and over a thousand supersteps; the original and the fork are on one disk."""
    code = directory / "code"
    code.mkdir()
    (code / "bench_flow.py").write_text(FLOW)
    (code / "start.py").write_text(START.replace(".run(bench_flow.Item(0)", f".run(bench_flow.Item({STEPS - 2})"))
    (code / "by_hand.py").write_text(BY_HAND)
    short, long = directory / "short", directory / "long"
    for store, first in ((short, STEPS - 2), (long, 0)):
        store.mkdir()
        (code / "start.py").write_text(START.replace("Item(0)", f"Item({first})"))
        _first_only(store, code)
    (code / "start.py").write_text(START)
    return [*_starts(directory, code, short), *_long(directory, code, long), *_whole(directory, code)]


def _first_only(store: Path, code: Path) -> None:
    """A store with nothing but the entry of a run."""
    process = subprocess.Popen([sys.executable, str(code / "start.py"), str(store)], cwd=code)
    while not list(store.glob("*.json")):
        time.sleep(0.01)
    process.kill()
    process.wait()
    found = sorted(store.glob("*.json"), key=lambda path: json.loads(path.read_text())["timestamp"])
    for path in found[1:]:
        path.unlink()
    for path in store.glob(".maf*"):
        path.unlink()


def _plan(store: Path, code: Path, into: Path) -> Plan:
    path = next(store.glob("*.json"))
    loaded = open_store(store).load(path.name, everything=True)
    target = Target(f"{code}/bench_flow.py:build", sys.executable, storage=f"{code}/bench_flow.py:storage")
    return make_plan(source_of(str(store), loaded), target, str(into))


def _starts(directory: Path, code: Path, store: Path) -> list[Figure]:
    identifier = next(store.glob("*.json")).stem
    by_hand, confirmed, whole = [], [], []
    for turn in range(STARTS + 1):
        began = time.perf_counter()
        copy = directory / f"by-hand-{turn}"
        copy.mkdir()
        (copy / f"{identifier}.json").write_bytes((store / f"{identifier}.json").read_bytes())
        process = subprocess.Popen(
            [sys.executable, str(code / "by_hand.py"), str(copy), identifier, "first"], cwd=code,
            stdout=subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        process.stdout.readline()
        hand = time.perf_counter() - began
        process.communicate()
        yes = _confirmed(_plan(store, code, directory / f"asked-{turn}"))
        began = time.perf_counter()
        words = ["resume", str(store), identifier, "--workflow", f"{code}/bench_flow.py:build", "--storage"]
        words += [f"{code}/bench_flow.py:storage", "--into", str(directory / f"yes-{turn}"), "--yes", "--json"]
        command = subprocess.Popen(
            [sys.executable, "-c", "import sys; from ckpt_tui.__main__ import main; sys.exit(main())", *words],
            cwd=ROOT, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert command.stdout is not None
        while not command.stdout.readline().startswith(b'{"kind":"event"'):
            pass
        all_of_it = time.perf_counter() - began
        command.communicate()
        if turn:
            by_hand.append(hand)
            confirmed.append(yes)
            whole.append(all_of_it)
    peer, ours, command_line = median(by_hand), median(confirmed), median(whole)
    name = "the same resume as a script"
    return [
        Figure(
            f"from a yes to the first event, checked before, to {name}", ms(ours), ms(peer), f"{ours / peer:.2f}×",
            "≤ 1.3×", ours <= 1.3 * peer,
        ),
        Figure(
            f"`resume --yes`: start, check and first event, to {name}", ms(command_line), ms(peer),
            f"{command_line / peer:.2f}×",
        ),
    ]  # fmt: skip


def _confirmed(plan: Plan) -> float:
    """Seconds from the confirmation to the first event, as the browser and the prompt have it."""
    lines: queue.Queue[bytes] = queue.Queue()
    session = Session(plan, "ask", lines.put)
    session.start()
    while not lines.get(timeout=60).startswith(b'{"kind":"check"'):
        pass
    began = time.perf_counter()
    session.send({"do": "run", **plan.changes()})
    while not lines.get(timeout=60).startswith(b'{"kind":"event"'):
        pass
    took = time.perf_counter() - began
    session.wait(60)
    return took


def _whole(directory: Path, code: Path) -> list[Figure]:
    """A program from its beginning, as it is and under the debugger without a pause: clock and CPU of its process."""
    bare, ours = [], []
    figures = directory / "figures.json"
    os.environ["BENCH_FIGURES"] = str(figures)
    for turn in range(RUNS + 1):
        own, into = directory / f"own-{turn}", directory / f"run-{turn}"
        own.mkdir()
        words = [sys.executable, str(code / "start.py"), str(own)]
        subprocess.run(words, cwd=code, check=True, stdout=subprocess.DEVNULL)
        hand = json.loads(figures.read_text())
        target = Target(str(code / "start.py"), sys.executable, arguments=(str(own),))
        plan = make_plan(Source("", "", ""), target, str(into))
        session = Session(replace(plan, pauses={"hold": False, "executors": []}), "run", EventLog().add)
        session.start()
        session.wait(600)
        assert session.outcome == "done"
        if turn:
            bare.append(hand)
            ours.append(json.loads(figures.read_text()))
    del os.environ["BENCH_FIGURES"]
    return _ratios(ours, bare, "from the beginning, under the debugger, to the program as it is")


def _ratios(ours: list[list[float]], others: list[list[float]], what: str) -> list[Figure]:
    """The figures of runs that measured their clock and CPU."""
    out = []
    for at, measure in ((1, "CPU"), (0, "clock")):
        one, other = median(each[at] for each in ours), median(each[at] for each in others)
        ratio = median(mine[at] / hand[at] for mine, hand in zip(ours, others, strict=True))
        name = f"{measure} of {STEPS:,} supersteps {what}"
        out.append(Figure(name, ms(one), ms(other), f"{ratio:.3f}×", "< 1.05×", ratio < 1.05))
    return out


def _long(directory: Path, code: Path, store: Path) -> list[Figure]:
    """The workflow measures itself, from its first step to its last: clock and CPU of its own process.

    What counts is the median of the ratios of turns, each of two runs that follow each other: whatever else the machine
    does changes from one minute to the next by more than what is measured.
    """
    identifier = next(store.glob("*.json")).stem
    by_hand, ours, reading = [], [], []
    figures = directory / "figures.json"
    os.environ["BENCH_FIGURES"] = str(figures)
    for turn in range(RUNS + 1):
        copy = directory / f"long-by-hand-{turn}"
        copy.mkdir()
        (copy / f"{identifier}.json").write_bytes((store / f"{identifier}.json").read_bytes())
        subprocess.run(
            [sys.executable, str(code / "by_hand.py"), str(copy), identifier, "all"], cwd=code, check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        hand = json.loads(figures.read_text())
        log = EventLog()
        session = Session(_plan(store, code, directory / f"long-{turn}"), "run", log.add)
        began = time.process_time()
        session.start()
        session.wait(600)
        read = time.process_time() - began
        assert session.outcome == "done", list(log.lines())[-3:]
        took = json.loads(figures.read_text())
        if turn:
            by_hand.append(hand)
            ours.append(took)
            reading.append(read)
    del os.environ["BENCH_FIGURES"]
    out = _ratios(ours, by_hand, "of a resume, to the same resume as a script")
    return [*out, Figure(f"CPU of taking the lines of {STEPS:,} supersteps, in another process", ms(median(reading)))]
