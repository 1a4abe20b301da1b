"""Programs of every shape (`tests/support/programs`), run for real, each with the store that it wrote."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests.samples.resumes import HOOKS, Program, Resumed, by_ckpt_tui, by_framework
from tests.support.lasting_directories import lasting_directory
from tests.support.resumes import checkpoints

PROGRAMS = Path(__file__).with_name("programs")
MARKERS = ("after.txt", "cleaned.txt")
"""What a program writes after its run: beyond the run, when it cleans up, and when its process ends."""
LOADED = "loaded.txt"
"""What a program writes when it is loaded."""


@dataclass(frozen=True, eq=False)
class Shape:
    """How a program is started, to be recorded and to be resumed.

    Attributes:
        words: What follows the interpreter: `app.py`, or `-m pkg.app`.
        files: The file or directory of `programs` that it is made of; "" for the file of `words`.
        arguments: Its arguments.
        recorded: Its arguments when it is recorded; None for the same.
        inputs: What is typed into it before its workflow runs.
        typed: What is typed besides when it is recorded.
        environment: Variables that it needs.
        answers: An answer to each request that waits, whatever its id.
        storage: Whether it keeps its checkpoints itself; they are recorded for it otherwise.
    """

    words: tuple[str, ...]
    files: str = ""
    arguments: tuple[str, ...] = ()
    recorded: tuple[str, ...] | None = None
    inputs: tuple[str, ...] = ()
    typed: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    answers: Any = None
    storage: bool = True


def _script(name: str, **more: Any) -> Shape:
    return Shape((f"{name}.py",), **more)


SHAPES: dict[str, Shape] = {
    "everything in main, awaited": _script("awaited"),
    "no guard": _script("unguarded"),
    "streamed": _script("streamed"),
    "a stream asked for its final response": _script("final_response"),
    "a task beside others": _script("in_a_task"),
    "two workflows gathered": _script("gathered"),
    "two workflows in a task group": _script("task_group"),
    "one workflow after the other": _script("one_after_the_other"),
    "a workflow that needs the first one's output": _script("needs_the_first"),
    "two workflows that look alike": _script("looks_alike"),
    "one workflow twice": _script("same_twice"),
    "a loop that asks with input": _script("asks_in_a_loop", typed=("shorter",), answers="approve"),
    "clients opened in main": _script("exit_stack"),
    "cleaning up before and after": _script("cleans_up", recorded=("--keep",)),
    "a store made anew": _script("fresh_store"),
    "a store moved away": _script("moves_its_store", recorded=("--patient",)),
    "an agent": _script("as_agent", answers=True),
    "an agent, streamed": _script("as_agent_streamed"),
    "functional, asking": _script("functional", answers=True),
    "functional, to its end": _script("functional_pipeline"),
    "executors of functions": _script("functions"),
    "a workflow inside another": _script("sub_workflow"),
    "the storage in the builder": _script("builder_storage"),
    "no storage, no name": _script("no_storage", storage=False),
    "a storage in memory": _script("in_memory", storage=False),
    "types that are not allowed": _script("types_missing"),
    "keyword arguments of the run": _script("run_kwargs"),
    "a package": Shape(("-m", "shop.app"), files="shop", answers=True),
    "a module beside it": Shape(("start.py",), files="sibling"),
    "arguments": _script("arguments", arguments=("checkpoints", "--rounds", "3")),
    "a variable of the environment": _script("needs_a_variable", environment={"SHOP_ENDPOINT": "http://shop"}),
    "input when it is loaded and in main": _script("input_at_module_level", inputs=("Bo", "2")),
    "annotations that are text": _script("future_annotations", answers={"good": True, "reason": "short"}),
    "annotations local to a function": _script("local_annotations"),
    "what cannot be loaded twice": _script("loaded_once", answers=True),
    "exits and functions for the end": _script("exits"),
    "a loop in a thread": _script("in_a_thread"),
    "a command of click": _script("in_a_command", arguments=("count", "--from", "0")),
    "floods of output": _script("floods"),
    "a loop of its own class": _script("own_loop"),
    "a loop closed by hand": _script("loop_by_hand"),
    "anyio": _script("with_anyio"),
    "a deadline": _script("deadline", recorded=("--patient",)),
    "context variables": _script("context_variable"),
    "another working directory": _script("changes_directory"),
    "output that goes elsewhere": _script("redirects_output", recorded=("--patient",)),
    "a thread that never ends": _script("endless_thread", recorded=("--patient",)),
    "a program that goes on by itself": _script("resumes_itself"),
    "deleting through its storage": _script("deletes_through_its_storage", recorded=("--patient",)),
    "files written beside the checkpoints": _script("writes_beside"),
    "a storage of its own class": _script("own_storage"),
    "values of many kinds": _script("many_values", answers={"name": "answer", "size": "3.25"}),
    "functional, an agent": _script("functional_agent"),
    "a package with a main": Shape(("-m", "desk"), files="desk"),
    "what a script knows of itself": _script("knows_itself", arguments=("--flag", "value")),
    "a file of another encoding": _script("in_latin_1"),
    "a name with spaces": Shape(("my first-app v2.py",), files="streamed.py"),
}
"""Programs that run a workflow when they are started, by what is special about them."""

SERVER = _script("serves", recorded=("--once",))
"""A program that, started as always, waits for others and runs nothing."""

OTHERS = {
    name: _script("starts_others", recorded=("--worker",), arguments=arguments)
    for name, arguments in {
        "another Python": (), "a shell": ("--shell",), "another program": ("--remove",),
    }.items()
}  # fmt: skip
"""Programs that start other processes, which run the workflow or remove the store."""


@dataclass(frozen=True)
class Recorded:
    """A program in a directory of its own, with the store that its run wrote.

    Attributes:
        program: The program, as it is started.
        store: Its store.
        ids: Of its checkpoints, oldest first.
        waiting: The newest one that waits for an answer; "" when none does.
    """

    program: Program
    store: Path
    ids: tuple[str, ...]
    waiting: str


def record(program: Program, directory: Path, *arguments: str, typed: tuple[str, ...] = (), keeps: bool = True) -> Path:
    """Run a program for real, with the interpreter of the tests.

    Args:
        program: The program; its files are in its directory.
        directory: Where its checkpoints will be.
        arguments: Its arguments.
        typed: Lines that are typed into it.
        keeps: Whether it writes checkpoints itself; all of its runs are recorded there otherwise.

    Returns:
        The directory of the checkpoints.
    """
    variables = {**os.environ, **program.environment}
    if not keeps:
        hook = {"RESUME_HOOK": "record", "RESUME_STORE": str(directory), "RESUME_OWN": os.devnull}
        variables.update(hook, PYTHONPATH=str(HOOKS))
    done = subprocess.run(
        [program.python, *program.words, *arguments], cwd=program.directory, env=variables, text=True,
        input="".join(f"{line}\n" for line in typed), capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4_000:]
    assert "executor" in done.stdout, done.stdout[-4_000:]
    return directory


@cache
def recorded(shape: Shape) -> Recorded:
    """A program, recorded once in each process of the tests; only its checkpoints are left of that run."""
    directory = lasting_directory("program")
    files = PROGRAMS / (shape.files or shape.words[0])
    package = shape.words[0] == "-m"
    if files.is_dir():
        shutil.copytree(files, directory / files.name if package else directory, dirs_exist_ok=True)
    else:
        shutil.copy(files, directory / shape.words[0])
    program = Program(
        shape.words, directory, sys.executable, arguments=shape.arguments, inputs=shape.inputs,
        environment=dict(shape.environment),
    )  # fmt: skip
    arguments = shape.arguments if shape.recorded is None else shape.recorded
    typed = (*shape.inputs, *shape.typed)
    store = record(program, directory / "checkpoints", *arguments, typed=typed, keeps=shape.storage)
    for name in (*MARKERS, LOADED):
        (directory / name).unlink(missing_ok=True)
    found = checkpoints(store)
    waiting = [each["checkpoint_id"] for each in found if each["pending_request_info_events"]]
    return Recorded(program, store, tuple(each["checkpoint_id"] for each in found), waiting[-1] if waiting else "")


@cache
def resumed_both_ways(shape: Shape, first: bool) -> tuple[str, Resumed, Resumed]:
    """A program resumed by the framework itself and by us, from its first checkpoint, or from the one that waits, or
    its last one; returns the id of that checkpoint as well."""
    made = recorded(shape)
    name = made.ids[0] if first else made.waiting or made.ids[-1]
    found = json.loads((made.store / f"{name}.json").read_text(encoding="utf-8"))
    answers = {} if first else dict.fromkeys(found["pending_request_info_events"], shape.answers)
    # The framework runs the program as it is, which may delete its own files: in a copy of everything.
    copy = lasting_directory("program") / "copy"
    shutil.copytree(made.program.directory, copy)
    there = Program(**{**vars(made.program), "directory": copy})
    expected = by_framework(there, made.store, name, answers, copy.parent / "framework")
    home = lasting_directory("home")
    found = by_ckpt_tui(made.program, made.store, name, answers, home, "--into", home / "new")
    return name, expected, found
