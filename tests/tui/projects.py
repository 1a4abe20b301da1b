"""A project whose program wrote a store: the preview of a resume from it, with the program found and checked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ckpt_tui.tui.screens.resume import ResumeScreen
from tests.cli.commands import ROOT
from tests.tui.support import Driver

FLOW = """
import asyncio
from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler

class Count(Executor):
    @handler
    async def run(self, n: int, ctx: WorkflowContext[int, str]) -> None:
        if n < 3:
            await ctx.send_message(n + 1)
        else:
            await ctx.yield_output("done")

def build_workflow():
    ping, pong = Count(id="ping"), Count(id="pong")
    return WorkflowBuilder(name="rally", start_executor=ping).add_edge(ping, pong).add_edge(pong, ping).build()
"""


RUN = """
if __name__ == "__main__":
    asyncio.run(build_workflow().run(0, checkpoint_storage=FileCheckpointStorage("ck")))
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose store was written by a program; it is the current directory."""
    directory = tmp_path / "project"
    directory.mkdir()
    (directory / "flow.py").write_text(FLOW)
    run = f"from flow import *\n{RUN}"
    subprocess.run([sys.executable, "-c", run], cwd=directory, check=True, stdout=subprocess.DEVNULL)
    monkeypatch.chdir(directory)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return directory


async def opened(app: Driver) -> ResumeScreen:
    """The preview of the first checkpoint, once the search for programs has ended."""
    await app.press("home", "r")
    await app.shows("Whose code runs")
    screen = app.app.screen
    assert isinstance(screen, ResumeScreen)
    await app.until(lambda: not screen.form.is_looking, "the search ended")
    await app.pilot.pause()
    return screen


async def checked(app: Driver) -> ResumeScreen:
    """The preview of the first checkpoint, once its program was loaded and checked."""
    screen = await opened(app)
    await app.press("enter")
    await app.until(lambda: bool(screen.execution.check.get("ok")), "the check is good")
    return screen
