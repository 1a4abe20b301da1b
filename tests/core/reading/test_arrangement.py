"""What of a state is shown first, and what is folded away without being lost."""

from __future__ import annotations

from typing import Any

import pytest

from ckpt_tui.core.reading.arrangement import FOLDED
from ckpt_tui.core.reading.members import locate
from ckpt_tui.core.reading.tree import Tree
from ckpt_tui.core.value import Map, Obj, Ref, Value

STATE: dict[str, Any] = {
    "_workflow_run_kwargs": {}, "_resolved_workflow_run_kwargs": {"token": "x"},
    "_executor_state": {"upper": {}, "exclaim": {"count": 1, "cache": []}, "reverse": {}},
    "_edge_state": {}, "topic": "kettles", "errors": [],
}  # fmt: skip


def labels(outline: Tree) -> list[str]:
    """The labels of all rows."""
    return [outline.row(index).member.label for index in range(len(outline))]


def test_a_persons_own_keys_stand_first_and_bookkeeping_is_one_row() -> None:
    outline = Tree(STATE, {}, prefix=("state",))
    assert labels(outline) == ["topic", "errors", "_executor_state", FOLDED]


def test_executors_that_hold_nothing_are_folded_and_counted() -> None:
    outline = Tree(STATE, {"_executor_state": {"exclaim": {}}}, prefix=("state",))
    assert labels(outline) == ["topic", "errors", "_executor_state", "exclaim", "count", FOLDED]
    assert outline.row(2).hidden == 2
    assert outline.row(3).hidden == 1


def test_the_row_of_bookkeeping_unfolds_to_all_that_it_stands_for_at_their_own_paths() -> None:
    outline = Tree(STATE, {FOLDED: {}}, prefix=("state",))
    rows = [outline.row(index) for index in range(4, len(outline))]
    assert [outline.path(row) for row in rows] == [
        ("state", "_workflow_run_kwargs"), ("state", "_resolved_workflow_run_kwargs"), ("state", "_edge_state"),
    ]  # fmt: skip


def test_everything_is_shown_on_demand() -> None:
    outline = Tree(STATE, {"_executor_state": {"exclaim": {}}}, show_none=True, prefix=("state",))
    assert labels(outline) == [
        "_workflow_run_kwargs", "_resolved_workflow_run_kwargs", "_executor_state", "upper", "exclaim", "count",
        "cache", "reverse", "_edge_state", "topic", "errors",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        ("topic",), ("_workflow_run_kwargs",), ("_resolved_workflow_run_kwargs", "token"), ("_executor_state", "upper"),
        ("_executor_state", "exclaim", "cache"), ("_edge_state",),
    ],
)  # fmt: skip
def test_every_value_is_reached_wherever_it_is_folded(path: tuple[str, ...]) -> None:
    outline = Tree(STATE, {}, prefix=("state",))
    index = outline.open_to(locate(STATE, path))
    assert index is not None
    row = outline.row(index)
    assert outline.path(row) == ("state", *path)
    assert len(outline) == len(labels(outline))


def test_rows_know_their_places_among_all_members() -> None:
    outline = Tree(STATE, {FOLDED: {"_resolved_workflow_run_kwargs": {}}}, prefix=("state",))
    for index in range(len(outline)):
        row = outline.row(index)
        if row.member.label != FOLDED:
            assert outline.positions(row) == locate(STATE, outline.path(row)[1:])


def test_a_state_without_a_framework_stays_as_it_is() -> None:
    outline = Tree({"a": None, "b": {}, "c": 1}, {}, prefix=("state",))
    assert labels(outline) == ["a", "b", "c"]


def event() -> Obj:
    """A request as its pickle describes it."""
    made = Obj(Ref("agent_framework._workflows._events", "WorkflowEvent"), ())
    made.state = Map([
        "type", "request_info", "data", {"prompt": "ok?"}, "origin", "EXECUTOR", "state", None, "details", None,
        "_request_id", "r1", "_source_executor_id", "review", "_response_type", Ref("builtins", "str"),
    ])  # fmt: skip
    made.has_state = True
    return made


def test_of_a_request_only_what_it_asks_is_shown() -> None:
    outline = Tree({"r1": event()}, {"r1": {"data": {}}}, prefix=("pending",))
    assert labels(outline) == ["r1", "data", "prompt"]
    assert outline.row(0).hidden == 7


def test_an_object_of_which_nothing_would_be_left_is_shown_whole() -> None:
    outline = Tree({"a": {"x": None, "y": []}}, {"a": {}})
    assert labels(outline) == ["a", "x", "y"]


def test_none_and_empty_members_of_a_mapping_are_folded_alike() -> None:
    value: Value = {"a": {"n": None, "t": "", "l": [], "d": {}, "f": False, "z": 0}}
    outline = Tree(value, {"a": {}})
    assert labels(outline) == ["a", "f", "z"]
    assert outline.row(0).hidden == 4
