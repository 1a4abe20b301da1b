"""`ckpt-tui bisect`: its document, what changed in that step, and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.commands import NEW, Output, called

CHAT = NEW / "orch_groupchat"
ROUND = "state._executor_state.group_chat_orchestrator.round_index"


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


def test_bisect_says_what_changed_in_that_step(capfdbinary: Output) -> None:
    document = called(capfdbinary, "bisect", CHAT, f"{ROUND} > `2`", "--json").document
    diff = called(
        capfdbinary, "diff", CHAT, document["previous"]["id"], document["first"]["id"], "--json"
    ).document  # fmt: skip
    assert document["changes"] == diff["changes"]
    assert {"op": "changed", "path": ROUND, "before": 2, "after": 3} in document["changes"]
    assert f"~ {ROUND}  2 → 3" in called(capfdbinary, "bisect", CHAT, f"{ROUND} > `2`").out
    printed = called(capfdbinary, "diff", CHAT, document["previous"]["id"], document["first"]["id"]).out
    lines = [line for line in printed.splitlines() if f" {ROUND}" in line or line.startswith(("~ ", "+ state", "→ "))]
    shown = called(capfdbinary, "bisect", CHAT, f"{ROUND} > `2`").out
    assert lines
    assert all(f"  {line}" in shown for line in lines)


def test_bisect_leaves_out_what_the_rules_of_the_configuration_do(
    capfdbinary: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[ignore]\nrounds = ["{ROUND}"]\n')
    monkeypatch.setenv("CKPT_TUI_CONFIG", str(config))
    found = called(capfdbinary, "bisect", CHAT, f"{ROUND} > `2`", "--json").document
    assert all(change["path"] != ROUND for change in found["changes"])


def test_bisect_of_what_is_never_true_ends_with_1(capfdbinary: Output) -> None:
    done = called(capfdbinary, "bisect", CHAT, "state.nothing", "--json")
    assert done.code == 1
    assert (done.document["first"], done.document["previous"], done.document["flips"]) == (None, None, 0)
    assert "never true" in called(capfdbinary, "bisect", CHAT, "state.nothing").out
