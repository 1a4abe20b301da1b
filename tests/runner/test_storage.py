"""ckpt_tui.runner.storage: the store that a resumed workflow sees, with the framework's own storage on both sides."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from agent_framework import FileCheckpointStorage, WorkflowCheckpoint, WorkflowCheckpointException

from ckpt_tui.runner.lines import Lines
from ckpt_tui.runner.storage import Overlay


def checkpoint(name: str, step: int = 0) -> WorkflowCheckpoint:
    return WorkflowCheckpoint("flow", "signature", checkpoint_id=name, iteration_count=step)


@pytest.fixture(params=["", "staging"])
async def overlay(request: pytest.FixtureRequest, tmp_path: Path) -> Overlay:
    """A source with the checkpoints `old` and `both`, and a target that gets what is saved."""
    source = FileCheckpointStorage(tmp_path / "source")
    for name in ("old", "both"):
        await source.save(checkpoint(name))
    (tmp_path / "target").mkdir()
    staging = str(tmp_path / request.param) if request.param else ""
    target = FileCheckpointStorage(staging or tmp_path / "target")
    lines = Lines(os.open(os.devnull, os.O_WRONLY))
    return Overlay(source, target, {"held": checkpoint("held", 7)}, lines, str(tmp_path / "target"), staging)


async def test_a_checkpoint_comes_from_the_hand_then_the_target_then_the_source(overlay: Overlay) -> None:
    await overlay.save(checkpoint("both", 1))
    loaded = [(await overlay.load(name)).iteration_count for name in ("held", "both", "old")]
    assert loaded == [7, 1, 0]
    with pytest.raises(WorkflowCheckpointException, match="No checkpoint found with ID new"):
        await overlay.load("new")


@pytest.mark.parametrize("name", ["new", "both"])
async def test_a_broken_checkpoint_of_the_target_is_reported_as_broken(overlay: Overlay, name: str) -> None:
    await overlay.save(checkpoint(name, 1))
    (Path(overlay._staging or overlay._place) / f"{name}.json").write_text("{")
    with pytest.raises(Exception, match=r"not valid JSON|Expecting property name"):
        await overlay.load(name)
