"""The workflows the other tests rely on write what they promise."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support import workflows
from tests.support.workflows import Answer


def read(directory: Path, checkpoint_id: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((directory / f"{checkpoint_id}.json").read_text(encoding="utf-8"))
    return document


async def test_linear_writes_one_checkpoint_per_step_and_one_before(tmp_path: Path) -> None:
    written = await workflows.linear(tmp_path)
    assert [read(tmp_path, each)["iteration_count"] for each in written] == [0, 1, 2, 3]
    assert read(tmp_path, written[-1])["state"]["result"] == "HELLO!"


async def test_loop_writes_two_checkpoints_a_round(tmp_path: Path) -> None:
    assert len(await workflows.loop(tmp_path, rounds=3)) == 1 + 2 * 3


async def test_human_is_left_waiting_and_each_answer_makes_a_branch(tmp_path: Path) -> None:
    waiting = (await workflows.human(tmp_path))[-1]
    assert len(read(tmp_path, waiting)["pending_request_info_events"]) == 1
    approved = await workflows.answer(tmp_path, waiting, Answer(True, "good"))
    rejected = await workflows.answer(tmp_path, waiting, Answer(False, "longer"))
    assert [read(tmp_path, branch[0])["previous_checkpoint_id"] for branch in (approved, rejected)] == [waiting] * 2
    assert read(tmp_path, approved[-1])["pending_request_info_events"] == {}
    assert read(tmp_path, rejected[-1])["pending_request_info_events"] != {}


async def test_fan_out_passes_a_half_filled_join(tmp_path: Path) -> None:
    written = await workflows.fan_out(tmp_path)
    assert any("_edge_state" in read(tmp_path, each)["state"] for each in written)
    assert read(tmp_path, written[-1])["state"]["joined"] == ["fast: kettles", "slower: slow: kettles"]


async def test_fork_hangs_a_second_branch_on_a_checkpoint(tmp_path: Path) -> None:
    written = await workflows.loop(tmp_path, rounds=3)
    branch = await workflows.fork(tmp_path, written[2])
    assert read(tmp_path, branch[0])["previous_checkpoint_id"] == written[2]


def test_live_writes_the_number_of_steps_asked_for(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.support.workflows", "live", str(tmp_path), "--steps", "5", "--delay", "0"]
    subprocess.run(command, check=True, cwd=Path(__file__).parents[2])
    files = list(tmp_path.glob("*.json"))
    assert len(files) == 5
    types = {
        member["__type__"]
        for path in files
        for member in [json.loads(path.read_text())["state"].get("draft")]
        if member
    }
    assert types == {"tests.support.workflows:Draft"}
