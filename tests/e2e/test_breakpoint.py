"""`breakpoint()` in the person's own code: pdb has the terminal, and gives it back."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.e2e.terminal import ROOT, run

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


def test_where_there_is_no_terminal_the_run_goes_on(tmp_path: Path) -> None:
    words = ("run", str(PROGRAM), "--python", sys.executable, "--into", str(tmp_path / "saved"), "--yes")
    done = subprocess.run(
        [sys.executable, "-m", "ckpt_tui", *words], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        check=False, start_new_session=True,
    )  # fmt: skip
    assert (done.returncode, "output 42" in done.stdout) == (0, True)
    assert "breakpoint() needs a terminal" in done.stderr


def test_the_app_is_suspended_for_pdb_and_comes_back(tmp_path: Path) -> None:
    shutil.copy(PROGRAM, tmp_path)
    words = [sys.executable, "-m", "ckpt_tui", "run", "stops_itself.py", "--into", "saved", "--yes"]
    subprocess.run(
        words, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, check=True, start_new_session=True,
        env={"PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(tmp_path / "state")},
    )  # fmt: skip
    with run(str(tmp_path / "saved"), XDG_STATE_HOME=str(tmp_path / "state"), VIRTUAL_ENV=sys.prefix) as terminal:
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
