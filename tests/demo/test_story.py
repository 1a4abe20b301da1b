"""The sample program still is the one its recording came from, and still runs."""

import json
from collections import deque
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.demo.recorded_store import RECORDED, prepare
from ckpt_tui.demo.story import Decision, Draft, open_storage, packing_flow, review_flow
from ckpt_tui.demo.story_recorder import LAMP
from tests.support.oracle import expected, load_environment, real_objects


def by_time(directory: Path) -> list[dict[str, Any]]:
    documents = [json.loads(path.read_bytes()) for path in directory.glob("*.json")]
    return sorted(documents, key=lambda document: document["timestamp"])


async def test_a_launch_waits_for_a_person_and_ends_with_the_published_draft(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    await review_flow().run(LAMP, checkpoint_storage=storage)
    waiting = by_time(tmp_path)[-1]
    assert len(waiting["pending_request_info_events"]) == 1
    responses = dict.fromkeys(waiting["pending_request_info_events"], Decision(True))
    ended = await review_flow().run(
        checkpoint_id=waiting["checkpoint_id"], checkpoint_storage=storage, responses=responses
    )
    (draft,) = ended.get_outputs()
    assert isinstance(draft, Draft)
    assert draft.tags == LAMP.checklist


async def test_the_nameless_workflow_packs_every_order(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    ended = await packing_flow().run(deque(["desk", "clip"]), checkpoint_storage=storage)
    assert ended.get_outputs() == ["all packed"]
    assert by_time(tmp_path)[-1]["workflow_name"].startswith("WorkflowBuilder-")


async def test_a_recorded_checkpoint_can_be_resumed_for_real(tmp_path: Path) -> None:
    prepare(tmp_path)
    waiting = [each for each in by_time(tmp_path) if each["pending_request_info_events"]][-1]
    responses = dict.fromkeys(waiting["pending_request_info_events"], Decision(True))
    await review_flow().run(
        checkpoint_id=waiting["checkpoint_id"], checkpoint_storage=open_storage(str(tmp_path)), responses=responses
    )
    assert by_time(tmp_path)[-1]["state"]["published"]["title"] == "Lumen Clip is here"


@pytest.mark.parametrize("part", ["store", "live"])
def test_every_recorded_checkpoint_loads_for_real(part: str) -> None:
    with load_environment():
        for path in (RECORDED / part).glob("*.json"):
            document = expected(real_objects(path))
            assert json.loads(json.dumps(document, allow_nan=False)) == document
