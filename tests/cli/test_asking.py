"""history, find and bisect on the command line: documents, exit codes, texts, and Ctrl+C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.actions.test_history import chain
from tests.cli.commands import NEW, ROOT, Output, called

CHAT = NEW / "orch_groupchat"
ROUND = "state._executor_state.group_chat_orchestrator.round_index"


def test_history_gives_its_document(capfdbinary: Output) -> None:
    done = called(capfdbinary, "history", CHAT, ROUND, "--json")
    assert done.code == 0
    document = done.document
    assert document["schema"] == "ckpt-tui/history@1"
    assert document["path"] == ROUND
    assert [taken["value"] for taken in document["values"]] == [0, 1, 2, 3, 4]
    assert [taken["iteration"] for taken in document["values"]] == [0, 1, 3, 5, 7]
    assert {"id", "iteration", "timestamp", "value", "absent", "executors", "inferred"} <= document["values"][0].keys()
    assert document["values"][1]["executors"] == ["group_chat_orchestrator"]
    assert document["values"][1]["timestamp"].endswith("Z")


def test_history_follows_the_branch_of_a_tip(capfdbinary: Output) -> None:
    store = NEW / "fork"
    all_tips = called(capfdbinary, "ls", store, "--json").document["checkpoints"]
    parents = {entry["parent"] for entry in all_tips}
    for tip in [entry["id"] for entry in all_tips if entry["id"] not in parents]:
        values = called(capfdbinary, "history", store, "checkpoint.id", "--tip", tip, "--json").document["values"]
        assert values[-1]["value"] == tip
    values = called(capfdbinary, "history", store, "checkpoint.id", "--tip", "latest~3", "--json").document["values"]
    assert len(values) == len(called(capfdbinary, "history", store, "checkpoint.id", "--json").document["values"]) - 3


def test_history_reads_well(capfdbinary: Output) -> None:
    done = called(capfdbinary, "history", CHAT, ROUND)
    assert done.out.splitlines()[0] == f"{ROUND} · 10 checkpoints · 5 values"
    assert "751f420f     1  2026-11-22 04:47:50  group_chat_orchestrator  1" in done.out


def test_a_path_that_never_had_a_value_ends_with_1(capfdbinary: Output) -> None:
    done = called(capfdbinary, "history", CHAT, "state.nothing")
    assert done.code == 1
    assert "nothing there" in done.out


def test_bisect_gives_its_document(capfdbinary: Output) -> None:
    done = called(capfdbinary, "bisect", NEW / "fork_hitl", "pending", "--json")
    assert done.code == 0
    document = done.document
    assert document["schema"] == "ckpt-tui/bisect@1"
    assert document["first"]["status"] == "waiting"
    assert document["first"]["parent"] == document["previous"]["id"]
    assert document["flips"] == 3
    assert "flips 3 times" in document["hint"]
    entries = called(capfdbinary, "ls", NEW / "fork_hitl", "--json").document["checkpoints"]
    assert document["first"] in entries
    assert document["previous"] in entries


def test_bisect_tells_what_changed_in_that_step(capfdbinary: Output) -> None:
    document = called(capfdbinary, "bisect", CHAT, f"{ROUND} > `2`", "--json").document
    diff = called(
        capfdbinary, "diff", CHAT, document["previous"]["id"], document["first"]["id"], "--json"
    ).document  # fmt: skip
    assert document["changes"] == diff["changes"]
    assert {"op": "changed", "path": ROUND, "before": 2, "after": 3} in document["changes"]
    assert f"~ {ROUND}  2 → 3" in called(capfdbinary, "bisect", CHAT, f"{ROUND} > `2`").out
    told = called(capfdbinary, "diff", CHAT, document["previous"]["id"], document["first"]["id"]).out
    lines = [line for line in told.splitlines() if f" {ROUND}" in line or line.startswith(("~ ", "+ state", "→ "))]
    shown = called(capfdbinary, "bisect", CHAT, f"{ROUND} > `2`").out
    assert lines
    assert all(f"  {line}" in shown for line in lines)


def test_bisect_leaves_out_what_the_rules_of_the_configuration_do(
    capfdbinary: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[noise]\nrounds = ["{ROUND}"]\n')
    monkeypatch.setenv("CKPT_TUI_CONFIG", str(config))
    found = called(capfdbinary, "bisect", CHAT, f"{ROUND} > `2`", "--json").document
    assert all(change["path"] != ROUND for change in found["changes"])


def test_bisect_of_what_is_never_true_ends_with_1(capfdbinary: Output) -> None:
    done = called(capfdbinary, "bisect", CHAT, "state.nothing", "--json")
    assert done.code == 1
    assert (done.document["first"], done.document["previous"], done.document["flips"]) == (None, None, 0)
    assert "true nowhere" in called(capfdbinary, "bisect", CHAT, "state.nothing").out


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


def test_find_looks_where_it_is_told(capfdbinary: Output) -> None:
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


def test_find_tells_when_there_is_more(capfdbinary: Output) -> None:
    done = called(capfdbinary, "find", CHAT, "round", "--limit", "3", "--json")
    assert (len(done.document["matches"]), done.document["truncated"]) == (3, True)
    assert "there may be more" in called(capfdbinary, "find", CHAT, "round", "--limit", "3").out


def test_find_of_nothing_ends_with_1(capfdbinary: Output) -> None:
    done = called(capfdbinary, "find", CHAT, "nowhere at all", "--json")
    assert (done.code, done.document["matches"]) == (1, [])


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["history", str(CHAT), "state."], 2), (["bisect", str(CHAT), "length("], 2), (["find", str(CHAT), ""], 2),
        (["find", str(CHAT), "(", "--regex"], 2), (["history", str(CHAT), "state", "--tip", "nobody"], 3),
        (["history", "/nowhere", "state"], 3), (["find", "/nowhere", "x"], 3), (["bisect", "/nowhere", "x"], 3),
        (["find", str(CHAT), "x", "--in", "latest", "--run", "latest"], 2),
    ],
)  # fmt: skip
def test_a_wrong_call_is_explained(capfdbinary: Output, args: list[str], code: int) -> None:
    done = called(capfdbinary, *args)
    assert done.code == code
    assert done.out == ""
    assert done.err.startswith(("ckpt-tui: ", "Usage: "))


def test_secrets_are_masked_unless_revealed(capfdbinary: Output) -> None:
    store = NEW / "run_kwargs"
    path = "state._workflow_run_kwargs"
    assert "s3cr3t" not in called(capfdbinary, "history", store, path, "--json").out
    assert "s3cr3t" in called(capfdbinary, "history", store, path, "--json", "--reveal").out
    assert called(capfdbinary, "find", store, "s3cr3t").code == 1
    assert called(capfdbinary, "find", store, "s3cr3t", "--reveal").code == 0


def test_ctrl_c_ends_with_130_and_tells_what_was_found(tmp_path: Path) -> None:
    chain(tmp_path, [{"x": ["needle", *range(3_000)]} for _ in range(1_500)])
    command = [sys.executable, "-m", "ckpt_tui", "find", str(tmp_path), "needle"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    lines = (first + rest).decode().splitlines()
    assert lines[0].startswith("c0000")
    assert "there may be more" in lines[-1]
