"""The command as a person runs it, in a real pseudo-terminal."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.terminal import ROOT, run
from tests.support.patience import PATIENCE

SAMPLES = ROOT / "tests" / "data" / "agent-framework" / "1.23.0"


def test_a_workflow_that_is_writing_shows_up_and_can_be_read(tmp_path: Path) -> None:
    with run(str(tmp_path)) as terminal:
        terminal.shows("Waiting for a checkpoint")
        command = [
            sys.executable,
            "-m",
            "tests.support.workflows",
            "live",
            str(tmp_path),
            "--steps",
            "6",
            "--delay",
            "0.1",
        ]
        writer = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        try:
            terminal.shows("run 1", "entry", "● live")
            assert writer.wait(PATIENCE) == 0
        finally:
            writer.kill()
            writer.wait()
        terminal.shows("6 checkpoints")
        terminal.press("\r")
        terminal.shows("[Overview]", "path")
        terminal.press("q")
        terminal.press("q")
        assert terminal.exit_code() == 0


def test_at_80_by_24_one_pane_is_shown_and_everything_fits() -> None:
    with run(str(SAMPLES / "hitl_pending"), columns=80, rows=24) as terminal:
        terminal.shows("+time", "waits 2 review", "following")
        terminal.press("\r")
        terminal.shows("[Overview]", "kettles")
        terminal.press("t")
        terminal.shows("[State]", "(pending)", "review expects Decision")
        assert all(len(line) <= 80 for line in terminal.text.split("\n"))


def test_the_demo_goes_on_writing() -> None:
    with run("demo", "--interval", "0.2") as terminal:
        terminal.shows("review_flow", "● live")
        terminal.shows("run 3")
        terminal.until(
            lambda: any(int(count) > 53 for count in re.findall(r"(\d+) checkpoints", terminal.text)),
            "more checkpoints",
        )
        terminal.press("q")
        assert terminal.exit_code() == 0


def test_a_closed_terminal_leaves_nothing_of_the_demo_behind(tmp_path: Path) -> None:
    with run("demo", "--interval", "0.2", TMPDIR=str(tmp_path)) as terminal:
        terminal.shows("run 3")
        assert list(tmp_path.iterdir())
        os.kill(terminal.child.pid, signal.SIGHUP)
        assert terminal.exit_code() == 128 + signal.SIGHUP
        assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("number", "at_once"), [(signal.SIGTERM, False), (signal.SIGHUP, False), (signal.SIGTERM, True)]
)
def test_a_signal_that_ends_the_browser_restores_the_terminal(number: signal.Signals, at_once: bool) -> None:
    with run(str(SAMPLES / "linear")) as terminal:
        if at_once:
            terminal.until(lambda: b"\x1b[?1049h" in terminal.received, "the other screen")
        else:
            terminal.shows("linear · run 1")
        os.kill(terminal.child.pid, number)
        assert terminal.exit_code() == 128 + number
        end = terminal.received.decode()
        for setting in ("1049", "25", "1000"):  # the other screen, the cursor, the mouse
            on, off = end.rfind(f"\x1b[?{setting}h"), end.rfind(f"\x1b[?{setting}l")
            assert (on > off) is (setting == "25"), setting


def test_the_terminal_is_restored_at_the_end() -> None:
    with run(str(SAMPLES / "linear")) as terminal:
        terminal.shows("linear · run 1")
        terminal.press("\x11")
        assert terminal.exit_code() == 0
        assert terminal.received.rstrip().rfind(b"\x1b[?1049l") > terminal.received.rfind(b"\x1b[?1049h")
        assert b"\x1b[?25h" in terminal.received[terminal.received.rfind(b"\x1b[?1049l") - 200 :]


@pytest.mark.parametrize("options", [(), ("--debug",)])
@pytest.mark.parametrize("keys", ["", "j" * 100, "\t\x1b[14~"])
def test_a_terminal_that_is_closed_ends_the_app(keys: str, options: tuple[str, ...], tmp_path: Path) -> None:
    with run(str(SAMPLES / "linear"), *options, XDG_STATE_HOME=str(tmp_path)) as terminal:
        terminal.shows("linear · run 1")
        terminal.press(keys)
        terminal.hang_up()
        assert terminal.exit_code() == 128 + signal.SIGHUP


def test_a_terminal_that_is_closed_ends_an_app_that_hears_no_signal_of_it() -> None:
    with run(str(SAMPLES / "linear"), nohup=True) as terminal:
        terminal.shows("linear · run 1")
        terminal.hang_up()
        assert terminal.exit_code() == 128 + signal.SIGHUP


def test_a_terminal_that_is_closed_while_another_program_has_it_ends_the_app(tmp_path: Path) -> None:
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\necho the pager\nread line < /dev/tty\n")
    pager.chmod(0o700)
    with run(str(SAMPLES / "linear"), PAGER=str(pager)) as terminal:
        terminal.shows("linear · run 1")
        terminal.press("\x1bOR\to")
        terminal.shows("the pager")
        terminal.hang_up()
        assert terminal.exit_code() == 128 + signal.SIGHUP


def test_without_colour_every_state_still_has_its_sign() -> None:
    with run(str(SAMPLES / "hitl_answered"), NO_COLOR="1") as terminal:
        terminal.shows("‖", "↩", "✓", "waits", "answered", "done")


def test_hostile_text_never_reaches_the_terminal_as_a_sequence() -> None:
    with run(str(ROOT / "tests" / "data" / "hostile"), columns=170) as terminal:
        terminal.shows("10 unreadable")
        terminal.press("/")
        terminal.shows("text; an upper-case letter")
        terminal.press("terminal_escapes")
        terminal.shows("terminal_escapes")
        terminal.press("\r")
        terminal.shows("evil\\e[2J\\e]0;pwned\\x07")
        for _ in range(6):
            terminal.press("\tt")
            terminal.read(0.3)
        assert b"pwned\x07" not in terminal.received
        assert b"\x1b[2J\x1b]0;" not in terminal.received


def test_a_directory_that_appears_later_is_opened(tmp_path: Path) -> None:
    later = tmp_path / "later"
    with run(str(later)) as terminal:
        terminal.shows("does not exist yet")
        shutil.copytree(SAMPLES / "linear", later)
        terminal.shows("linear · run 1", "done")


def test_a_narrow_terminal_shows_what_an_empty_store_waits_for(tmp_path: Path) -> None:
    with run(str(tmp_path), columns=80, rows=24) as terminal:
        terminal.until(
            lambda: "holds no checkpoints yet." in " ".join(terminal.text.replace("│", " ").split()), "what is missing"
        )
        for path in (SAMPLES / "linear").iterdir():
            shutil.copy(path, tmp_path)
        terminal.shows("linear · run 1", "done")


def test_keys_typed_in_one_burst_go_where_the_ones_before_them_lead() -> None:
    with run(str(SAMPLES / "loop")) as terminal:
        terminal.shows("loop · run 1")
        terminal.press("\tt/executor\r")
        terminal.shows("match 1 of", "for 'executor'")
        terminal.press("\tfdone\r")
        terminal.until(lambda: "48de7071" not in terminal.text and "entry" not in terminal.text, "only what is done")
        terminal.press("?q:fold every")
        terminal.shows("fold everything")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows suspends no process")
def test_the_screen_is_written_again_after_the_process_was_suspended() -> None:
    with run(str(SAMPLES / "loop")) as terminal:
        terminal.shows("[Overview]", "q quit")
        terminal.press("\x1a")
        os.waitid(os.P_PID, terminal.child.pid, os.WSTOPPED | os.WNOWAIT)
        before = -1
        while before != len(terminal.received):  # what it wrote until then
            before = len(terminal.received)
            terminal.read(0.2)
        terminal.screen.reset()
        os.kill(terminal.child.pid, signal.SIGCONT)
        terminal.shows("[Overview]", "q quit", "step what")
