"""A database of a million checkpoints in a hundred thousand threads, whose threads are listed first."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from tests.benchmarks.figures import Figure, in_turns, ms
from tests.benchmarks.peers import COMMAND, EMPTY_APP, EMPTY_TEXT, Programs
from tests.benchmarks.pty import Terminal
from tests.benchmarks.scale import cpu_of
from tests.support.postgres_server import PostgresServer
from tests.support.postgres_threads import add_to_thread, fill_threads
from tests.support.thread_database import add_checkpoint, write_threads

THREADS = 100_000
STEPS = 10
SAVES = 15
OPENED = 15
PATIENCE = 300.0
ROW = "▸ thread"
"""Stands in the row of each folded thread."""

ASK = """
import sqlite3
path = sys.argv[1] if len(sys.argv) > 1 else ""
connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
connection.execute("SELECT thread_id, checkpoint_id FROM checkpoints ORDER BY checkpoint_id DESC LIMIT 20").fetchall()
"""
"""The newest checkpoints, asked for in SQL by a program that does nothing else."""


ASK_SERVER = """
import psycopg
with psycopg.connect(sys.argv[1] if len(sys.argv) > 1 else "") as connection:
    asked = "SELECT thread_id, checkpoint_id FROM checkpoints ORDER BY checkpoint_id DESC LIMIT 20"
    connection.execute(asked).fetchall()
"""


def run(directory: Path) -> list[Figure]:
    """First rows, memory, opening a thread, a new checkpoint, and the verbs that ask."""
    path = directory / "memory.db"
    newest = write_threads(path, THREADS)
    save = partial(add_checkpoint, path, newest)
    return [*_screen(directory, str(path), save, ""), *_verbs(directory, str(path), newest)]


def postgres(directory: Path) -> list[Figure]:
    """The same in a PostgreSQL server of its own."""
    server = PostgresServer()
    try:
        with server.connect() as connection:
            newest = fill_threads(connection, THREADS, STEPS)
            save = partial(add_to_thread, connection, newest)
            return [*_screen(directory, server.url(), save, " in PostgreSQL"), *_verbs(directory, server.url(), newest)]
    finally:
        server.close()


def _screen(directory: Path, place: str, save: Callable[[], object], where: str) -> list[Figure]:
    programs = Programs(directory / "programs")
    ours_args, peer_args = programs(COMMAND, place), programs(EMPTY_APP)
    used: list[float] = []
    complete: list[float] = []
    empty_memory: list[float] = []

    def ours() -> float:
        with Terminal(*ours_args, patience=PATIENCE) as terminal:
            took = terminal.wait_until(lambda text: ROW in text) - terminal.started
            complete.append(terminal.wait_until(lambda text: f"{THREADS:,} threads" in text) - terminal.started)
            terminal.settle()
            used.append(terminal.memory())
            return took

    def peer() -> float:
        with Terminal(*peer_args) as terminal:
            took = terminal.wait_until(lambda text: EMPTY_TEXT in text) - terminal.started
            terminal.settle()
            empty_memory.append(terminal.memory())
            return took

    took, empty = in_turns(ours, peer, runs=5)
    above = median(used) - median(empty_memory)
    opened, saved = _looked_at(ours_args, save)
    what = f"{THREADS * STEPS:,} checkpoints in {THREADS:,} threads{where}"
    return [
        Figure(f"first rows, {what}, to the first text of an empty app", ms(took), ms(empty), f"{took / empty:.2f}×",
               "≤ 2×", took <= 2 * empty),
        Figure("… all threads counted and in order", ms(median(complete))),
        Figure("… memory above an empty app", f"{median(used):.0f} MB", f"{median(empty_memory):.0f} MB",
               f"+{above:.0f} MB", "< 60 MB", above < 60),
        Figure("… a thread unfolded, from the key to its rows", _text(opened), "", "", "< 200 ms",
               median(opened) < 0.2),
        Figure("… from the commit of a new checkpoint to the screen", _text(saved), "", "", "< 300 ms",
               median(saved) < 0.3),
    ]  # fmt: skip


def _text(taken: list[float]) -> str:
    return f"{ms(median(taken))}, worst {ms(max(taken))}"


def _looked_at(args: tuple[str, ...], save: Callable[[], object]) -> tuple[list[float], list[float]]:
    """Seconds until threads are unfolded, and until new checkpoints are on the screen."""
    opened: list[float] = []
    saved: list[float] = []
    with Terminal(*args, patience=PATIENCE) as terminal:
        terminal.wait_until(lambda text: f"{THREADS:,} threads" in text)
        terminal.settle()
        for _ in range(OPENED):
            terminal.press("j")
            _rest(terminal, 0.4)
            headings = _headings(terminal.text)
            began = time.perf_counter()
            terminal.press("\r")
            reached = terminal.wait_until(lambda text, known=headings: _headings(text) != known)  # type: ignore[misc]
            opened.append(reached - began)
            _rest(terminal, 0.3)
            terminal.press("h")  # the next one is opened on the same screen
            _rest(terminal, 0.4)
        for number in range(1, SAVES + 1):
            save()
            began = time.perf_counter()
            count = f"{THREADS * STEPS + number:,} checkpoints"
            saved.append(terminal.wait_until(lambda text, count=count: count in text) - began)  # type: ignore[misc]
            _rest(terminal, 0.3)
    return opened, saved


def _headings(text: str) -> list[str]:
    """The lines of unfolded threads."""
    return [line[:40] for line in text.splitlines() if line.startswith("│thread")]


def _rest(terminal: Terminal, seconds: float) -> None:
    until = time.perf_counter() + seconds
    while (left := until - time.perf_counter()) > 0:
        terminal.read(left)


def _verbs(directory: Path, place: str, newest: str) -> list[Figure]:
    programs = Programs(directory / "programs")
    commands = {
        "`ls --limit 20`": ("ls", place, "--limit", "20"),
        "`show latest`": ("show", place, "latest"),
        "`show THREAD/latest`": ("show", place, f"{newest}/latest"),
    }
    works = [lambda args=args: cpu_of(programs.command(COMMAND, *args)) for args in commands.values()]
    ask = ASK_SERVER if "://" in place else ASK
    *taken, asked = in_turns(*works, lambda: cpu_of(programs.command(ask, place)), runs=3)
    return [
        Figure(f"CPU of {name} there, to a program that asks for the newest 20 ids", ms(took), ms(asked),
               f"{took / asked:.1f}×")
        for name, took in zip(commands, taken, strict=True)
    ]  # fmt: skip
