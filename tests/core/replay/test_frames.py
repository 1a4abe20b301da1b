"""What a replay shows of a step: in words, bounded, and nothing of the checkpoints themselves."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.core.model import Checkpoint, CheckpointRef
from ckpt_tui.core.paths import parse
from ckpt_tui.core.replay.frames import CHANGES, Frame, ShownFrame, make_frame, pinned
from ckpt_tui.core.steps.learned_graph import Graph
from ckpt_tui.core.steps.snapshots import take_snapshot
from ckpt_tui.stores.registry import open_store
from ckpt_tui.tui.widgets.step_text import frame_lines

NEW = Path(__file__).parents[2] / "data" / "agent-framework" / "1.23.0"


def checkpoint(state: Any) -> Checkpoint:
    ref = CheckpointRef("a", "a.json", "flow", "", None, "", 1.0, 0, 0)
    return Checkpoint(ref, {}, state, {}, {}, (), (), b"")


def between(before: Any, after: Any) -> Frame:
    return make_frame(take_snapshot(checkpoint(before)), take_snapshot(checkpoint(after)), None, Graph())


def test_changes_say_path_and_both_values_the_workflows_own_first() -> None:
    frame = between(
        {"_executor_state": {"w": {"n": 1}}, "score": 0.5}, {"_executor_state": {"w": {"n": 2}}, "score": 0.7}
    )
    assert [(change.op, change.path[1:], change.before, change.after) for change in frame.changes] == [
        ("changed", ("score",), "0.5", "0.7"),
        ("changed", ("_executor_state", "w", "n"), "1", "2"),
    ]


def test_long_texts_begin_shortly_before_they_part() -> None:
    [change] = between({"text": "x" * 500 + " old end"}, {"text": "x" * 500 + " new end"}).changes
    assert change.before == '…"xxxxxxxxx old end"'
    assert change.after == '…"xxxxxxxxx new end"'


def test_many_changes_are_counted_not_reported() -> None:
    frame = between({}, {str(number): number for number in range(CHANGES + 50)})
    assert (len(frame.changes), frame.changed) == (CHANGES, CHANGES + 50)
    assert "… 50 more" in "".join(text for line in frame_lines(frame) for text, _ in line.parts)


def test_secrets_are_masked() -> None:
    frame = between({"api_key": "s3cr3t-1"}, {"api_key": "s3cr3t-2"})
    assert len(frame.changes) == 1
    assert "s3cr3t" not in str(frame.changes)
    assert "s3cr3t" not in pinned(("state", "api_key"), checkpoint({"api_key": "s3cr3t"})).text


def test_a_frame_holds_no_value_of_a_checkpoint() -> None:
    store = open_store(str(NEW / "hitl_answered"))
    refs = sorted(
        (entry for batch in store.scan() for entry in batch.entries if isinstance(entry, CheckpointRef)),
        key=lambda ref: ref.when,
    )
    snapshots = [take_snapshot(store.load(ref.file)) for ref in refs]
    for before, after in pairwise(snapshots):
        step = make_frame(before, after, None, Graph()).step
        values = [value for flight in step.flights for value in flight.data]
        values += [request.data for request in step.raised] + [answer.answer for answer in step.answered]
        assert all(type(value) is ShownFrame for value in values)


@pytest.mark.parametrize(
    ("path", "text", "number"),
    [
        ("state.n", "3", 3.0), ("state.f", "0.5", 0.5), ("state.t", '"text"', None), ("state.list[-1]", "2", 2.0),
        ("state.b", "true", None), ("state.none", "null", None), ("state.missing", "", None), ("state.n.x", "", None),
        ("state.huge", "1e+308", None),
    ],
)  # fmt: skip
def test_a_pinned_path_says_its_value_and_its_number(path: str, text: str, number: float | None) -> None:
    state = {"n": 3, "f": 0.5, "t": "text", "list": [1, 2], "b": True, "none": None, "huge": 1e308}
    found = pinned(parse(path) or (), checkpoint(state))
    assert (found.text, found.number, found.changed) == (text, number, None)


def test_a_pinned_path_reports_whether_it_changed() -> None:
    one, other = checkpoint({"n": 1, "same": [1]}), checkpoint({"n": 2, "same": [1], "new": None})
    assert pinned(("state", "n"), other, one).changed is True
    assert pinned(("state", "same"), other, one).changed is False
    assert pinned(("state", "new"), other, one).changed is True
    assert pinned(("state", "none"), other, one).changed is False


def test_what_could_not_be_decoded_is_reported() -> None:
    broken = checkpoint({})._replace(faults=("state.x: not base64",))
    frame = make_frame(None, take_snapshot(broken), None, Graph())
    assert " ! state.x: not base64" in ["".join(text for text, _ in line.parts) for line in frame_lines(frame)]
