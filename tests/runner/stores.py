"""Stores to resume from, each made once in a process of the tests, and the call that does."""

from __future__ import annotations

import asyncio
import json
import os
import queue
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

from ckpt_tui.actions.resume.interpreters import interpreter
from ckpt_tui.actions.resume.plan import Edit, Plan, Target, make_plan
from ckpt_tui.actions.resume.session import Session
from ckpt_tui.actions.resume.sources import source_of
from ckpt_tui.stores.registry import open_store
from tests.cli.commands import ROOT, Done, here
from tests.support import workflows
from tests.support.lasting_directories import lasting_directory
from tests.support.patience import PATIENCE

FLOWS = "tests.runner.flows"
STORAGE = f"{FLOWS}:storage"


@cache
def store(name: str) -> tuple[Path, tuple[str, ...]]:
    """The store of one of the workflows of the tests, and its ids, oldest first."""
    directory = lasting_directory("runner")
    with ThreadPoolExecutor(1) as pool:  # the caller may be in a loop of its own
        return directory, tuple(pool.submit(asyncio.run, getattr(workflows, name)(directory)).result())


def resume(name: str, at: int, target: str, into: Path, *words: str, **environment: str) -> Done:
    """Resume on the command line, as a process of its own, in the root of the repository."""
    directory, ids = store(name)
    target = target if ":" in target else f"{FLOWS}:{target}"
    return here(
        "resume", directory, ids[at], "--workflow", target, "--storage", STORAGE, "--into", into,
        *(words if {"--check", "--yes"} & {*words} else (*words, "--yes")), **environment,
    )  # fmt: skip


def lines(done: Done) -> list[dict[str, Any]]:
    """The JSON lines of a run."""
    return [json.loads(line) for line in done.out.splitlines()]


def of_kind(found: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """The lines of a kind."""
    return [line for line in found if line["kind"] == kind]


def plan(
    name: str, at: int, target: str, into: Path, *, args: dict[str, Any] | None = None,
    responses: dict[str, Any] | None = None, edits: tuple[Edit, ...] = (), storage: str = STORAGE,
    allow: tuple[str, ...] = (),
) -> Plan:  # fmt: skip
    """A plan for a session in this process."""
    directory, ids = store(name)
    loaded = open_store(directory).load(f"{ids[at]}.json", everything=True)
    target = target if ":" in target else f"{FLOWS}:{target}"
    code = Target(target, interpreter(""), args or {}, storage, allow)
    return make_plan(source_of(str(directory), loaded), code, str(into), responses, edits)


class Watched:
    """A session whose lines a test takes one by one."""

    def __init__(self, plan: Plan, mode: str = "run") -> None:
        self.taken: list[dict[str, Any]] = []
        self._queue: queue.Queue[bytes] = queue.Queue()
        self.session = Session(plan, mode, self._queue.put)
        before = os.getcwd()
        os.chdir(ROOT)
        try:
            self.session.start()
            self.session.started.wait()
        finally:
            os.chdir(before)

    def until(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Wait for a line."""
        while True:
            try:
                line = json.loads(self._queue.get(timeout=PATIENCE))
            except queue.Empty:
                raise AssertionError(f"no {kind}: {self.taken[-5:]}") from None
            self.taken.append(line)
            if line["kind"] == kind and all(line.get(key) == value for key, value in fields.items()):
                return dict(line)
            assert line["kind"] != "end" or kind == "end", self.taken[-5:]

    def end(self) -> dict[str, Any]:
        """Wait for the end."""
        found = self.until("end")
        assert self.session.wait(PATIENCE)
        return found
