"""A debugged run that was cut off: the next start offers to go on from where it is."""

from __future__ import annotations

import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.terminal import ROOT, run
from tests.support.resumes import checkpoints

PROGRAM = ROOT / "tests" / "support" / "debugged" / "loop.py"


@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGHUP])
def test_a_run_goes_on_after_its_session_was_killed_or_its_terminal_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: int
) -> None:
    shutil.copy(PROGRAM, tmp_path)
    monkeypatch.chdir(tmp_path)
    state: dict[str, Any] = {"XDG_STATE_HOME": str(tmp_path / "state"), "VIRTUAL_ENV": sys.prefix}
    with run("run", "loop.py", "--yes", "--step", **state) as terminal:
        for step in (0, 1, 2):
            terminal.shows(f"paused after step {step}")
            if step < 2:
                terminal.press("s\r")
        terminal.child.kill(way)
        terminal.exit_code()
    saved = tmp_path / ".ckpt-tui" / "loop-1"
    assert len(checkpoints(saved)) == 3
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with run("run", "loop.py", TMPDIR=str(temporary), **state) as terminal:
        terminal.shows("the last run, loop-1, was cut off", "resume .ckpt-tui/loop-1 latest --step")
        terminal.shows("Go on from there?")
        terminal.press("y\r")
        terminal.shows("Run it?")
        terminal.press("y\r")
        terminal.shows("paused after step 3")
        terminal.press("c\r")
        terminal.shows("done")
        assert terminal.exit_code() == 0
    assert [each["iteration_count"] for each in checkpoints(saved)] == list(range(9))
    assert not list(temporary.iterdir())  # no copy of a checkpoint
    with run("run", "loop.py", **state) as terminal:
        terminal.shows("Run it?")
        assert "the last run" not in terminal.text


def test_the_browser_offers_to_go_on_from_where_a_run_was_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(PROGRAM, tmp_path)
    monkeypatch.chdir(tmp_path)
    state: dict[str, Any] = {"XDG_STATE_HOME": str(tmp_path / "state"), "VIRTUAL_ENV": sys.prefix}
    with run("run", "loop.py", "--yes", "--step", **state) as terminal:
        terminal.shows("paused after step 0")
        terminal.press("s\r")
        terminal.shows("paused after step 1")
        terminal.child.kill(signal.SIGKILL)
        terminal.exit_code()
    with run(".ckpt-tui/loop-1", **state) as terminal:
        terminal.shows("The last run was cut off after step 1: R goes on from there.")
        terminal.press("R")
        terminal.shows("Whose code runs", "loop.py", "iteration 1")
