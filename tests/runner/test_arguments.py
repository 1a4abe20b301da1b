"""What builds a workflow is given what it asks for, or a reason why it cannot be."""

from __future__ import annotations

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.commands import ROOT, Done, here
from tests.support.frameworks import NEWEST, OLDEST, RELEASES, interpreter
from tests.support.lasting_directories import lasting_directory
from tests.support.resumes import checkpoints

PROGRAM = """
import asyncio, sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Callable, Optional
import agent_framework as af
from agent_framework import CheckpointStorage, FileCheckpointStorage, InMemoryCheckpointStorage
from agent_framework import Executor, WorkflowBuilder, WorkflowContext, handler
from pydantic import BaseModel

if TYPE_CHECKING:
    from nowhere import Other

class Count(Executor):
    @handler
    async def run(self, n: int, ctx: WorkflowContext[int, str]) -> None:
        if n > 3:
            await ctx.yield_output("done")
        else:
            await ctx.send_message(n + 1)

class Store(FileCheckpointStorage):
    pass

class Own:
    async def save(self, checkpoint): ...
    async def load(self, checkpoint_id): ...
    async def list_checkpoints(self, **how): ...

@dataclass
class Settings:
    directory: Path
    rounds: int = 3

class Limits(BaseModel):
    rounds: int

class Client:
    pass

def built(given):
    assert hasattr(given, "save"), given
    count = Count(id="count")
    return WorkflowBuilder(name="arguments", start_executor=count).add_edge(count, count).build()

def protocol(cs: CheckpointStorage): return built(cs)
def file(where: FileCheckpointStorage): return built(where)
def memory(m: InMemoryCheckpointStorage): return built(m)
def subclass(mine: Store): return built(mine)
def duck(mine: Own): return built(mine)
def optional(cs: Optional[CheckpointStorage]): return built(cs)
def union(cs: "CheckpointStorage | None"): return built(cs)
def text(cs: "af.CheckpointStorage"): return built(cs)
def unresolved(cs: "af.CheckpointStorage", other: "Other" = None): return built(cs)
def annotated(cs: Annotated[CheckpointStorage, "where"]): return built(cs)
def keyword(*, cs: CheckpointStorage): return built(cs)
def positional(cs: CheckpointStorage, /): return built(cs)
async def later(cs: CheckpointStorage): return built(cs)
def by_name(checkpoint_storage): return built(checkpoint_storage)

def settings(settings: Settings):
    assert settings == Settings(Path("here"), 5), settings
    return built(FileCheckpointStorage(sys.argv[1] if len(sys.argv) > 2 else "ck"))

def limits(limits: Limits, path: Path):
    assert limits.rounds == 5 and path == Path("x"), (limits, path)
    return built(Store("ck"))

def client(client: Client): return built(client)
def call(make: Callable[[], str]): return built(make)
def several(rounds: int, client: Client): return built(client)

class App:
    def __init__(self, path): self.path = path
    def build_workflow(self): return built(Store(self.path))
    @staticmethod
    def static(): return built(Store("ck"))
    @classmethod
    def of_class(cls): return cls("ck").build_workflow()

class Alone(App):
    def build_workflow(self): return super().build_workflow()

held = App("ck")

if __name__ == "__main__":
    import factories
    storage = FileCheckpointStorage(sys.argv[1])
    asyncio.run(factories.protocol(storage).run(0, checkpoint_storage=storage))
"""


ANNOTATED = (
    "protocol", "file", "memory", "subclass", "duck", "optional", "union", "text", "unresolved", "annotated", "keyword",
    "positional", "later", "by_name",
)  # fmt: skip
"""Factories that demand a storage, by how they annotate it."""

RECOGNIZED = """
import json, sys, factories
from ckpt_tui.runner.arguments import parameters_of, takes_storage

print(json.dumps({name: [key for key, each in parameters_of(getattr(factories, name)).items() if takes_storage(each)]
                  for name in sys.argv[1:]}))
"""


class Recorded(NamedTuple):
    """The program, the store that it wrote, and the id of its first checkpoint."""

    python: str
    program: Path
    store: Path
    first: str


@cache
def recorded(release: str) -> Recorded:
    """The program, run once by a release."""
    python, home = interpreter(release), lasting_directory("arguments")
    program, store = home / "factories.py", home / "store"
    program.write_text(PROGRAM)
    subprocess.run([python, "-W", "ignore", program, store], check=True)
    return Recorded(python, program, store, checkpoints(store)[0]["checkpoint_id"])


def checked(release: str, target: str, directory: Path, *words: str) -> Done:
    """The check of a checkpoint of the program, with one of its factories."""
    made = recorded(release)
    return here(
        "resume", made.store, made.first, "--workflow", f"{made.program}:{target}", "--python", made.python, "--check",
        *words, directory=directory,
    )  # fmt: skip


@pytest.mark.parametrize("release", RELEASES)
def test_a_storage_is_recognized_by_its_annotation_whatever_its_name(release: str) -> None:
    made = recorded(release)
    path = os.pathsep.join((str(ROOT), str(made.program.parent)))
    done = subprocess.run(
        [made.python, "-W", "ignore", "-c", RECOGNIZED, *ANNOTATED, "settings", "client"],
        env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    names = {name: len(found[name]) for name in ANNOTATED}
    assert names == dict.fromkeys(ANNOTATED, 1)
    assert (found["unresolved"], found["settings"], found["client"]) == (["cs"], [], [])


@pytest.mark.parametrize(
    ("release", "target"),
    [
        *((NEWEST, name) for name in ("protocol", "unresolved", "keyword", "positional", "later", "by_name")),
        *((NEWEST, name) for name in ("App.static", "App.of_class", "held.build_workflow")),
        *((OLDEST, name) for name in ("protocol", "memory", "held.build_workflow")),
    ],
)
def test_what_demands_a_storage_gets_one_however_it_is_called(release: str, target: str, tmp_path: Path) -> None:
    done = checked(release, target, tmp_path)
    assert done.code == 0, done.err


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("settings", ("--arg", 'settings={"directory": "here", "rounds": 5}')),
        ("limits", ("--arg", 'limits={"rounds": 5}', "--arg", 'path="x"')),
    ],
)
def test_json_becomes_the_class_that_a_parameter_names(target: str, words: tuple[str, ...], tmp_path: Path) -> None:
    done = checked(NEWEST, target, tmp_path, *words)
    assert done.code == 0, done.err


@pytest.mark.parametrize(
    ("target", "words", "what", "fix"),
    [
        ("settings", (), "needs the argument settings", "give it with --arg settings=JSON"),
        ("settings", ("--arg", 'settings={"rounds": 5}'), "factories:Settings: directory missing", "--arg settings="),
        ("settings", ("--arg", 'settings={"directory": "x", "rounds": "5"}'), "rounds: expected a whole number", ""),
        ("client", (), "needs the argument client, factories:Client, which no JSON can be", "makes client itself"),
        ("call", (), "needs the argument make, ", "a function of it that makes make itself"),
        ("several", ("--arg", "rounds=3"), "needs the argument client, factories:Client", "the program as it is"),
        ("Alone.build_workflow", (), "is a method of an instance, and Alone is a class", "alone_to_resume = Alone(…)"),
        ("App.build_workflow", (), "is a method of an instance, and App is a class", ":held.build_workflow"),
    ],
)
def test_what_no_json_can_be_is_said_with_what_can_be_done(
    target: str, words: tuple[str, ...], what: str, fix: str, tmp_path: Path
) -> None:
    done = checked(NEWEST, target, tmp_path, *words)
    assert done.code == 5
    assert what in done.err and fix in done.err, done.err
    assert "--arg client" not in done.err
