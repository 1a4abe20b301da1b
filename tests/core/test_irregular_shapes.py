"""Whatever JSON a file holds under the framework's own names, every pure stage takes it: no shape ends in an error."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ckpt_tui.core.diff.value_diff import diff_checkpoints
from ckpt_tui.core.doctor.alarms import alarms
from ckpt_tui.core.drawing.drawing import Drawing
from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.model import Checkpoint, CheckpointRef
from ckpt_tui.core.replay.frames import make_frame
from ckpt_tui.core.runs.lineage import arrange
from ckpt_tui.core.show_document import show_document
from ckpt_tui.core.sizes.measuring import checkpoint_shares
from ckpt_tui.core.steps.learned_graph import GraphLearner
from ckpt_tui.core.steps.snapshots import take_snapshot

EDGES = [
    "FanInEdgeGroup:[]", "FanInEdgeGroup:{}", 'FanInEdgeGroup:[["a","b"]]', 'FanInEdgeGroup:{"0":["a","b"]}',
    'FanInEdgeGroup:[["a"]]', 'FanInEdgeGroup:[[["a"],["b"]]]',
]  # fmt: skip
CALLS = ["v2::{}", 'v2::["auto","f"]', "v2::[]", "f::0", "::0", "f::x"]
WORDS = st.sampled_from(
    [
        "", "a", "b", "internal:a", "internal:", "source_id", "target_id", "data", "_executor_state", "_edge_state",
        "_step_cache", *EDGES, *CALLS, "buffer", "role", "contents", "text", "original_request_info_event",
        "original_request", "_request_id", "request_id", "source_executor_id", "response_type", "request_type", "token",
        "$type", "$ref", "$value", "$items", "completedNodes", "pendingDirtyNodes", "conversation", "type",
        "__pickled__", "__type__", "\u202e", "[red]",
    ]
)  # fmt: skip
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-3, 10**25), st.floats(), WORDS)
VALUES = st.recursive(
    LEAVES,
    lambda below: st.one_of(st.lists(below, max_size=4), st.dictionaries(WORDS, below, max_size=4)),
    max_leaves=14,
)
PARTS = st.one_of(st.dictionaries(WORDS, VALUES, max_size=5), VALUES)


def checkpoint(number: int, messages: Any, state: Any, pending: Any, metadata: Any) -> Checkpoint:
    parent = None if number == 1 else "1"
    ref = CheckpointRef(str(number), f"{number}.json", "flow", "g", parent, "", float(number), number, 1)
    return Checkpoint(ref, messages, state, pending, metadata, (), (), b"")


def every_stage(one: Checkpoint, two: Checkpoint) -> None:
    first, second = take_snapshot(one), take_snapshot(two)
    lessons = GraphLearner()
    lessons.learn(None, first)
    lessons.learn(first, second)
    assert Drawing(lessons.graph, True).text() or not lessons.graph.nodes
    for before, after in ((None, first), (first, second)):
        assert make_frame(before, after, None, lessons.graph).file == after.checkpoint.ref.file
    run = arrange([one.ref, two.ref])[0]
    assert dumps(show_document(two, run.id, run.nodes[1]))
    assert not diff_checkpoints(one, one).changes
    assert diff_checkpoints(one, two).changes or dumps(show_document(one)["state"]) == dumps(
        show_document(two)["state"]
    )
    assert checkpoint_shares(two).total > 0
    alarms(two)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(PARTS, PARTS, PARTS, PARTS, PARTS, PARTS)
def test_any_two_checkpoints_pass_every_stage(
    messages: Any, state: Any, pending: Any, then: Any, after: Any, metadata: Any
) -> None:
    every_stage(checkpoint(1, messages, state, pending, metadata), checkpoint(2, then, after, pending, metadata))


@pytest.mark.parametrize("key", EDGES)
def test_a_fan_in_whose_key_is_anything_is_passed_over(key: str) -> None:
    state = {"_edge_state": {key: {"buffer": {"a": [1]}}}}
    every_stage(checkpoint(1, {}, state, {}, {}), checkpoint(2, {"a": [{"source_id": "a"}]}, state, {}, {}))


@pytest.mark.parametrize("key", CALLS)
def test_a_call_whose_key_is_anything_is_passed_over(key: str) -> None:
    every_stage(checkpoint(1, {}, {}, {}, {}), checkpoint(2, {}, {"_step_cache": {key: 1}}, {}, {}))
