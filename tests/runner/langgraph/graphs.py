"""Stores that programs with a graph of LangGraph wrote, and resumes of their checkpoints."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.stores.base import collect
from ckpt_tui.stores.registry import open_store
from tests.cli.commands import here
from tests.support.langgraph_releases import interpreter
from tests.support.lasting_directories import lasting_directory

PROGRAMS = Path(__file__).parents[2] / "support" / "programs" / "graphs"


class Made(NamedTuple):
    """A database that a program wrote.

    Attributes:
        python: The interpreter that it ran in.
        store: The database; its program lies beside it.
        refs: Its checkpoints by step, those of graphs within the graph left out.
    """

    python: str
    store: Path
    refs: dict[int, CheckpointRef]

    @property
    def waiting(self) -> str:
        """Id of the first checkpoint that asked, whether it was answered or not."""
        return self.refs[1].id


@cache
def recorded(release: str, program: str, *arguments: str) -> Made:
    """What a program writes, run once by a release in a directory that holds all programs."""
    home = lasting_directory("graphs")
    shutil.copytree(PROGRAMS, home, dirs_exist_ok=True)
    python = interpreter(release)
    words = [python, "-W", "ignore", f"{program}.py", "made.sqlite", *arguments]
    done = subprocess.run(words, cwd=home, capture_output=True, text=True, check=False)
    store = home / "made.sqlite"
    assert store.exists(), done.stderr[-3_000:]
    entries = list(collect(open_store(store).scan()).values())
    own = [each for each in entries if isinstance(each, CheckpointRef) and each.id.count("/") == 1]
    return Made(python, store, {ref.iteration: ref for ref in own})


class Resumed(NamedTuple):
    """What a resume said.

    Attributes:
        code: The exit code.
        lines: Its lines.
        said: What it wrote to standard error.
    """

    code: int
    lines: list[dict[str, Any]]
    said: str

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        """The lines of a kind."""
        return [line for line in self.lines if line["kind"] == kind]

    @property
    def check(self) -> dict[str, Any]:
        """The last check."""
        return self.of_kind("check")[-1]

    @property
    def problems(self) -> list[str]:
        """What the check found."""
        return [each["what"] for each in self.check["problems"]]

    @property
    def ran(self) -> list[str]:
        """The nodes that were called, in order."""
        events = self.of_kind("event")
        return [line["executor_id"] for line in events if line["type"] == "executor_invoked"]

    @property
    def output(self) -> Any:
        """What the graph had at its end."""
        return next(line["data"] for line in reversed(self.of_kind("event")) if line["type"] == "output")


def resume(
    made: Made, identifier: str, workflow: str, *options: str, into: Path | str = "", arguments: Sequence[str] = (),
    commands: str = "",
) -> Resumed:  # fmt: skip
    """Resume a checkpoint with `ckpt-tui resume … --json`; the original is found unchanged.

    Args:
        made: The store.
        identifier: The checkpoint.
        workflow: The target.
        options: Further words of the command line.
        into: Where new checkpoints go.
        arguments: Those of the program.
        commands: What is written to standard input.
    """
    before = digests(made.store)
    words = [
        "resume", str(made.store), identifier, "--workflow", workflow, "--python", made.python, "--json",
        *(["--into", str(into)] if into else []), *options,
    ]  # fmt: skip
    words += [] if "--check" in options else ["--yes"]
    words += ["--", *arguments] if arguments else []
    done = here(*words, directory=made.store.parent, typed=commands)
    assert digests(made.store) == before
    return Resumed(done.code, [json.loads(line) for line in done.out.splitlines()], done.err)


def digests(store: Path) -> dict[str, str]:
    """A digest of a database and of what SQLite keeps beside it."""
    found = sorted(each for each in store.parent.iterdir() if each.name.startswith(store.name) and each.is_file())
    return {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in found}
