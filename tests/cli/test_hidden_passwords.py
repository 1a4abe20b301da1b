"""Passwords in URLs on the command line: nothing shows them, and processes that we start get them all the same."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ckpt_tui.cli.hidden_passwords import hide_passwords
from ckpt_tui.stores import postgres_address
from ckpt_tui.stores.postgres_address import VARIABLE, address_of, keep_for_children
from tests.cli.commands import ROOT

URL = "postgres://u:hunter2@127.0.0.1:1/db"


def test_arguments_are_shown_without_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["ckpt-tui", "ls", URL])
    monkeypatch.setattr(sys, "orig_argv", ["python", "ckpt-tui", "ls", URL])
    assert hide_passwords(["ls", URL, "x"]) == ["ls", "postgres://u:***@127.0.0.1:1/db", "x"]
    assert "hunter2" not in " ".join((*sys.argv, *sys.orig_argv))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process change its arguments")
def test_the_list_of_processes_does_not_show_them() -> None:
    program = (
        "import sys; from ckpt_tui.cli.hidden_passwords import hide_passwords; hide_passwords(sys.argv[1:])\n"
        "print(open('/proc/self/cmdline').read())"
    )
    ended = subprocess.run([sys.executable, "-c", program, URL, "end"], capture_output=True, text=True, cwd=ROOT)
    assert "postgres://u:***@127.0.0.1:1/db" in ended.stdout
    assert "hunter2" not in ended.stdout
    assert ended.stdout.rstrip().endswith("end\0")


def test_a_log_and_an_error_in_json_do_not_show_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    words = [sys.executable, "-m", "ckpt_tui", "ls", URL, "--json", "--debug"]
    ended = subprocess.run(words, capture_output=True, text=True, cwd=ROOT)
    assert json.loads(ended.stdout)["exit_code"] == 3
    log = (tmp_path / "ckpt-tui" / "debug.log").read_text()
    assert "127.0.0.1" in log
    assert "hunter2" not in log + ended.stdout + ended.stderr


def test_a_process_that_we_start_opens_the_database_by_the_url_that_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "")
    shown = address_of(URL).shown
    keep_for_children()
    monkeypatch.setattr(postgres_address, "_kept", {})  # as in another process
    assert address_of(shown).options["password"] == "hunter2"
