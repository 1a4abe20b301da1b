"""A workflow within a workflow that is not the one of the checkpoint: what differs in it is said, level by level."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.commands import here
from tests.support.frameworks import NEWEST, OLDEST, interpreter
from tests.support.resumes import checkpoints

PROGRAM = """
import asyncio, sys
from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, WorkflowExecutor, handler

class Pass(Executor):
    @handler
    async def run(self, text: str, ctx: WorkflowContext[str]) -> None:
        await ctx.send_message(text)

class End(Executor):
    @handler
    async def run(self, text: str, ctx: WorkflowContext[str, str]) -> None:
        await ctx.yield_output(text)

def line(name, *executors):
    builder = WorkflowBuilder(name=name, start_executor=executors[0])
    for one, other in zip(executors, executors[1:]):
        builder = builder.add_edge(one, other)
    return builder.build()

def innermost(*more):
    return line("innermost", Pass(id="first"), *(Pass(id=each) for each in more), End(id="last"))

def middle(*more):
    return line("middle", Pass(id="into"), WorkflowExecutor(innermost(*more), id="deep"), End(id="out"))

def outer(inner):
    return line("outer", Pass(id="upper"), WorkflowExecutor(inner, id="sub"), End(id="end"))

def flat():
    return outer(innermost())

def flat_more():
    return outer(innermost("extra", "other"))

def flat_edges():
    one, two = Pass(id="first"), End(id="last")
    return outer(WorkflowBuilder(name="innermost", start_executor=one).add_edge(one, two).add_edge(one, one).build())

def nested():
    return outer(middle())

def nested_more():
    return outer(middle("extra"))

def renamed():
    return line("outer", Pass(id="lower"), WorkflowExecutor(innermost("extra"), id="sub"), End(id="end"))

if __name__ == "__main__":
    import layers
    storage = FileCheckpointStorage(sys.argv[2])
    asyncio.run(getattr(layers, sys.argv[1])().run("hello", checkpoint_storage=storage))
"""

Says = Callable[[str, str, str], str]


@pytest.fixture
def says(tmp_path: Path) -> Says:
    """What the check of a checkpoint, written by one factory of the program, says of another one."""
    (tmp_path / "layers.py").write_text(PROGRAM)

    def check(release: str, written: str, built: str) -> str:
        python = interpreter(release)
        subprocess.run([python, "-W", "ignore", tmp_path / "layers.py", written, tmp_path / "store"], check=True)
        last = checkpoints(tmp_path / "store")[-1]["checkpoint_id"]
        done = here(
            "resume", tmp_path / "store", last, "--workflow", f"{tmp_path / 'layers.py'}:{built}", "--python", python,
            "--check",
        )  # fmt: skip
        assert done.code == (0 if written == built else 5), done.err
        return done.err

    return check


@pytest.mark.parametrize(
    ("written", "built", "differs"),
    [
        ("flat", "flat_more", "within sub: extra and other are only in the workflow"),
        ("flat_more", "flat", "within sub: extra and other are only in the checkpoint"),
        ("flat", "flat_edges", "within sub: the executors have the same names, so their classes, modules or edges"),
        ("nested", "nested_more", "within sub > deep: extra is only in the workflow"),
        ("nested", "flat", "within sub: deep, into and out are only in the checkpoint"),
        ("flat", "renamed", "lower is only in the workflow; within sub: extra is only in the workflow"),
    ],
)
def test_what_changed_in_a_workflow_within_is_named(says: Says, written: str, built: str, differs: str) -> None:
    said = says(NEWEST, written, built)
    assert differs in said, said


@pytest.mark.parametrize("name", ["flat", "nested"])
def test_the_same_workflow_within_is_no_difference(says: Says, name: str) -> None:
    assert "the graph is the checkpoint's: 3 executors" in says(NEWEST, name, name)


def test_a_checkpoint_that_holds_nothing_of_the_workflow_within_says_only_that_it_may_have_changed(says: Says) -> None:
    said = says(OLDEST, "flat", "flat_more")
    assert "so their classes, modules or edges differ, or a workflow within sub changed" in said
    assert "extra" not in said
