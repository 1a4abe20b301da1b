"""`ckpt-tui find`: its document, where it looks, how it ends, and Ctrl+C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.actions.test_branch_queries import chain
from tests.cli.commands import NEW, ROOT, Output, called
from tests.support.patience import PATIENCE

CHAT = NEW / "orch_groupchat"


def test_find_gives_its_document(capfdbinary: Output) -> None:
    done = called(capfdbinary, "find", CHAT, "I think B", "--json")
    assert done.code == 0
    document = done.document
    assert document["schema"] == "ckpt-tui/find@1"
    assert document["truncated"] is False
    for match in document["matches"]:
        assert match["in"] == "value"
        shown = called(capfdbinary, "show", CHAT, match["id"], "--query", match["path"])
        assert json.loads(shown.out) == "I think B."


def test_find_looks_where_it_is_asked(capfdbinary: Output) -> None:
    keys = called(capfdbinary, "find", CHAT, "round", "--keys", "--json").document["matches"]
    values = called(capfdbinary, "find", CHAT, "round", "--values", "--json").document["matches"]
    both = called(capfdbinary, "find", CHAT, "round", "--json").document["matches"]
    assert {match["in"] for match in keys} == {"key"}
    assert len(both) == len(keys) + len(values)
    one = called(capfdbinary, "find", CHAT, "round", "--in", "latest~1", "--json").document
    assert {match["id"] for match in one["matches"]} == {"a9d0031d-4e09-4d9a-ad4b-3cc1a3eeb4a4"} or one[
        "checkpoints"
    ] == 1
    run = called(capfdbinary, "find", NEW / "two_runs_same_instance", "count", "--run", "latest", "--json").document
    assert run["checkpoints"] <= 8


def test_find_says_when_there_is_more(capfdbinary: Output) -> None:
    done = called(capfdbinary, "find", CHAT, "round", "--limit", "3", "--json")
    assert (len(done.document["matches"]), done.document["truncated"]) == (3, True)
    assert "there may be more" in called(capfdbinary, "find", CHAT, "round", "--limit", "3").out


def test_find_of_nothing_ends_with_1(capfdbinary: Output) -> None:
    done = called(capfdbinary, "find", CHAT, "nowhere at all", "--json")
    assert (done.code, done.document["matches"]) == (1, [])


def test_ctrl_c_ends_with_130_and_says_what_was_found(tmp_path: Path) -> None:
    chain(tmp_path, [{"x": ["needle", *range(3_000)]}])
    text = (tmp_path / "c0000.json").read_text()
    for number in range(1, 600):
        name = f"c{number:04}"
        (tmp_path / f"{name}.json").write_text(
            text.replace('"c0000"', f'"{name}"').replace("T00:00", f"T01:{number % 60:02}")
        )
    command = [sys.executable, "-m", "ckpt_tui", "find", str(tmp_path), "needle"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, errors
    lines = (first + rest).decode().splitlines()
    assert lines[0].startswith("c0000")
    assert "there may be more" in lines[-1]


def test_what_cannot_be_searched_is_said(capfdbinary: Output, tmp_path: Path) -> None:
    directory = chain(tmp_path, [{"x": 1}])
    (directory / "cut-off.json").write_text('{"workflow_name": "w", "gra')
    (directory / ".DS_Store").write_text("x")
    done = called(capfdbinary, "find", directory, "nothing like this")
    assert done.code == 1
    assert "not searched: cut-off.json: cut off" in done.err
    assert "DS_Store" not in done.err
