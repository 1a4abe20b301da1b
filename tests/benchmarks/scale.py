"""Stores of a size that nobody tuned for: what the browser and the list cost where there are 100,000 files."""

from __future__ import annotations

import base64
import json
import os
import pickle
import random
import re
import subprocess
import time
import uuid
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
CHAT = 150
"""Checkpoints of a chat: the last has 1.8 MB, all together 130."""
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
            name = f"live-{len(renamed):03}"
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

def make():
    return Storage()
"""
"""A storage behind a network, as far as time goes: each answer takes `DELAY` seconds."""


def remote(directory: Path) -> list[Figure]:
    """The browser on a storage of 10,000 checkpoints that answers in 20 ms, and on one of 64 that takes a second."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "far_away.py").write_text(REMOTE)
    arguments = Programs(directory / "programs")(
        f"import sys; sys.path.insert(0, {str(directory)!r})\n{COMMAND}", "--storage", "far_away:make",
        "--workflow-name", "flow",
    )  # fmt: skip
    taken: dict[str, float] = {}
    for delay, count in ((0.02, 10_000), (1.0, 64)):
        with Terminal(*arguments, patience=PATIENCE, DELAY=str(delay), COUNT=str(count)) as terminal:
            asked = terminal.wait_until(lambda text: "checkpoint" in text) if delay < 1 else terminal.started
            taken[f"row {delay}"] = terminal.wait_until(lambda text: " done" in text) - asked
            least = 100 if delay < 1 else count
            taken[f"many {delay}"] = terminal.wait_until(lambda text, least=least: _shown(text) >= least) - asked  # type: ignore[misc]
    return [
        Figure("first row of 10,000 in a storage that answers in 20 ms, from the first screen", ms(taken["row 0.02"]),
               promise="< 400 ms", kept=taken["row 0.02"] < 0.4),
        Figure("… the newest hundred", ms(taken["many 0.02"]), promise="< 1 s", kept=taken["many 0.02"] < 1),
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


LOADS = """
import base64, json, pathlib, pickle, sys
import agent_framework

def walk(value):
    if isinstance(value, dict):
        if "__pickled__" in value:
            pickle.loads(base64.b64decode(value["__pickled__"]))
        else:
            for member in value.values():
                walk(member)
    elif isinstance(value, list):
        for member in value:
            walk(member)

for path in pathlib.Path(sys.argv[1]).glob("*.json"):
    walk(json.loads(path.read_bytes()))
"""
"""The peer: every file parsed and every pickle loaded, which runs what is in them."""


def chat(directory: Path) -> list[Figure]:
    """Whole verbs over a chat that keeps all it said, to loading every pickle in it; and memory after stepping."""
    store = str(directory / "store")
    write_growing_chat(directory / "store", CHAT)
    programs = Programs(directory / "programs")
    path = "state._executor_state.bob.full_conversation"
    verbs = {
        "doctor": ("doctor", store),
        "ls --sizes": ("ls", store, "--sizes"),
        "history of its length": ("history", store, f"length({path})"),
        "find": ("find", store, "what nobody said"),
    }
    peer, *found = in_turns(
        lambda: cpu_of(programs.command(LOADS, store)),
        *((lambda args=args: cpu_of(programs.command(COMMAND, *args), (0, 1))) for args in verbs.values()),
        runs=1,
    )
    what = f"over a growing chat of {CHAT} checkpoints, to `pickle.loads` of all"
    figures = [
        Figure(f"CPU of `{name}` {what}", f"{ours:.2f} s", f"{peer:.2f} s", f"{ours / peer:.1f}×", "≤ 1.5×",
               ours <= 1.5 * peer)
        for name, ours in zip(verbs, found, strict=True)
    ]  # fmt: skip
    with Terminal(*programs(COMMAND, store), patience=PATIENCE) as terminal:
        terminal.wait_until(lambda text: f"{CHAT:,} checkpoints" in text)
        terminal.settle()
        for _ in range(CHAT):
            terminal.press("k")
            while terminal.read(0.05):
                pass
        terminal.settle()
        used = terminal.memory()
    figures.append(Figure("memory after stepping through it", f"{used:.0f} MB", "", "", "≤ 250 MB", used <= 250))
    return figures


def write_growing_chat(directory: Path, count: int, size: int = 8_000) -> list[Written]:
    """Write one run of `count` checkpoints: a chat to which each adds a message of about `size` bytes, and keeps all.

    The messages are those of the framework, pickled one by one, as it writes them.
    """
    directory.mkdir(parents=True, exist_ok=True)
    document = json.loads(documents("orch_groupchat")[4])
    head = dict(document)
    said = document["state"]["_executor_state"]["bob"]["full_conversation"][1]
    original = base64.b64decode(said["__pickled__"])
    messages: list[dict[str, str]] = []
    written: list[Written] = []
    ids = random.Random(5)
    for number in range(count):
        words = f"{number:06} " + "what was said so far, in other words. " * (size // 38)
        # The text is the first long one of the pickle; its length stands before it.
        pickled = _with_text(original, words)
        messages.append(said | {"__pickled__": base64.b64encode(pickled).decode()})
        document["state"]["_executor_state"] = {"bob": {"full_conversation": messages}}
        text = json.dumps(document, indent=2, ensure_ascii=False).encode()
        body = text[text.index(b'\n  "messages": ') :]
        name = str(uuid.UUID(int=ids.getrandbits(128), version=4))
        node = Written(name, written[-1].id if written else None)
        content = header(node, START + timedelta(seconds=number), head) + body
        (directory / f"{node.id}.json").write_bytes(content)
        written.append(node)
    return written


def _with_text(pickled: bytes, words: str) -> bytes:
    """The pickle of a message with another text in the place of its own."""
    from agent_framework import Message

    message = pickle.loads(pickled)
    assert isinstance(message, Message)
    return pickle.dumps(Message(role=message.role, contents=[words], author_name=message.author_name), protocol=4)
