"""`breakpoint()` in the person's own code: pdb has the terminal, and gives it back."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.terminal import ROOT, run
from tests.support.frameworks import DEBUGGED, interpreter

TWICE = """
        if number < 40:
            await ctx.send_message(doubled)
            return
        try:
            breakpoint()
        except Exception:
            print("went on")
"""
BUILD = """(first := Doubler(id="first"))).add_edge(first, Doubler(id="second")).build()"""
LOOP = ROOT / "tests" / "support" / "debugged" / "loop.py"
PROGRAM = ROOT / "tests" / "support" / "debugged" / "stops_itself.py"


def test_pdb_has_the_terminal_of_a_run_and_commands_are_read_again_afterwards(tmp_path: Path) -> None:
    words = ("run", str(PROGRAM), "--python", sys.executable, "--into", str(tmp_path / "saved"), "--yes", "--step")
    with run(*words) as terminal:
        terminal.shows("paused after step 0")
        terminal.press("s\r")
        terminal.shows("(Pdb)")
        terminal.press("doubled = 5\r")
        terminal.press("\x03")
        terminal.shows("--KeyboardInterrupt--")
        terminal.press("c\r")
        terminal.shows("output 5", "paused after step 1")
        terminal.press("c\r")
        terminal.shows("done")
        assert terminal.exit_code() == 0


@pytest.mark.parametrize("release", DEBUGGED)
def test_q_in_pdb_stops_the_run_and_its_checkpoints_stay(tmp_path: Path, release: str) -> None:
    into, program = tmp_path / "saved", tmp_path / "twice.py"
    calls_itself = PROGRAM.read_text().replace("        breakpoint()\n", TWICE).replace("Context[None,", "Context[int,")
    program.write_text(calls_itself.replace('Doubler(id="doubler")).build()', BUILD))
    with run("run", str(program), "--python", interpreter(release), "--into", str(into), "--yes") as terminal:
        terminal.shows("(Pdb)")
        terminal.press("q\r")
        terminal.shows("stopped in pdb at twice.py:", "■ stopped")
        assert "goes on" not in terminal.text
        assert terminal.exit_code() == 130
    assert list(into.glob("*.json"))


def test_q_in_pdb_before_there_is_a_workflow_ends_the_program(tmp_path: Path) -> None:
    program = tmp_path / "early.py"
    program.write_text("try:\n    breakpoint()\nexcept Exception:\n    print('went on')\n")
    with run("run", str(program), "--python", sys.executable, "--into", str(tmp_path / "saved"), "--yes") as terminal:
        terminal.shows("(Pdb)")
        terminal.press("q\r")
        terminal.shows("stopped in pdb at early.py:", "■ stopped")
        assert terminal.exit_code() == 130


def test_where_there_is_no_terminal_the_run_goes_on(tmp_path: Path) -> None:
    words = ("run", str(PROGRAM), "--python", sys.executable, "--into", str(tmp_path / "saved"), "--yes")
    done = subprocess.run(
        [sys.executable, "-m", "ckpt_tui", *words], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        check=False, start_new_session=True,
    )  # fmt: skip
    assert (done.returncode, "output 42" in done.stdout) == (0, True)
    assert "breakpoint() needs a terminal" in done.stderr


def saved_run(program: Path) -> Path:
    """The checkpoints of a run of a program, which the browser proposes to run again."""
    words = [sys.executable, "-m", "ckpt_tui", "run", program.name, "--into", "saved", "--yes"]
    subprocess.run(
        words, cwd=program.parent, stdin=subprocess.DEVNULL, capture_output=True, check=True, start_new_session=True,
        env={"PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(program.parent / "state")},
    )  # fmt: skip
    return program.parent / "saved"


def test_the_app_is_suspended_for_pdb_and_comes_back(tmp_path: Path) -> None:
    shutil.copy(PROGRAM, tmp_path)
    saved = saved_run(tmp_path / PROGRAM.name)
    with run(str(saved), XDG_STATE_HOME=str(tmp_path / "state"), VIRTUAL_ENV=sys.prefix) as terminal:
        terminal.shows("2 checkpoints")
        terminal.press("gr")
        terminal.shows("Whose code runs", "stops_itself.py")
        terminal.press("\r")
        terminal.shows("RUN IT")
        terminal.press("\r")
        terminal.shows("(Pdb)")
        terminal.press("p doubled\r")
        terminal.shows("\n42")
        terminal.press("c\r")
        terminal.shows("■ done", "output 42")


def test_a_step_typed_in_one_go_with_a_breakpoint_is_taken(tmp_path: Path) -> None:
    shutil.copy(LOOP, tmp_path)
    saved = saved_run(tmp_path / LOOP.name)
    with run(str(saved), XDG_STATE_HOME=str(tmp_path / "state"), VIRTUAL_ENV=sys.prefix) as terminal:
        terminal.shows("checkpoints")
        terminal.press("gr")
        terminal.shows("Whose code runs", LOOP.name)
        terminal.press("\r")
        terminal.shows("RUN IT")
        terminal.press("berror\rs")
        terminal.shows("paused after step 1")
        terminal.press("bwarning\rs")
        terminal.shows("paused after step 2")
