"""`ckpt-tui history`: its document, the branch of a tip, and how it ends; wrong calls of all that ask a branch."""

from __future__ import annotations

import pytest

from tests.cli.commands import NEW, Output, called

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
    assert "751f420f     1  2026-11-22 04:47:50Z  group_chat_orchestrator  1" in done.out


def test_a_path_that_never_had_a_value_ends_with_1(capfdbinary: Output) -> None:
    done = called(capfdbinary, "history", CHAT, "state.nothing")
    assert done.code == 1
    assert "nothing there" in done.out


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
