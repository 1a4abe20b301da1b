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

PENDING: dict[str, Any] = {"r1": {"prompt": "ok?"}}
PARTS: dict[str, Value] = {"messages": {}, "state": STATE, "pending": PENDING, "metadata": {"superstep": 3}}


def parts(state: Value, **others: Value) -> dict[str, Value]:
    """The parts of a checkpoint that holds little else."""
    return {"messages": {}, "state": state, "pending": {}, "metadata": {}, **others}


def labels(tree: Tree) -> list[str]:
    """The labels of all rows."""
    return [tree.row(index).member.label for index in range(len(tree))]


def test_a_persons_own_keys_come_first_and_bookkeeping_is_one_row() -> None:
    tree = Tree(parts(STATE), {}, is_checkpoint=True)
    assert labels(tree) == ["topic", "errors", "_executor_state", FOLDED]


def test_the_other_parts_that_hold_something_are_rows_after_the_state() -> None:
    assert labels(Tree(PARTS, {}, is_checkpoint=True))[3:] == [FOLDED, "(pending)", "(metadata)"]
    everything = Tree(PARTS, {}, show_none=True, is_checkpoint=True)
    assert labels(everything)[-3:] == ["(in flight)", "(pending)", "(metadata)"]
    # What fits a screen is unfolded, but for bookkeeping.
    assert labels(Tree(PARTS, is_checkpoint=True))[-4:] == ["(pending)", "r1", "prompt", "(metadata)"]
    assert [everything.path(everything.row(len(everything) - 2))] == [("pending",)]


def test_any_state_has_the_other_parts_below_it() -> None:
    for state in ([1, 2], {3: 4}, "text", None, list(range(5_000))):
        tree = Tree(parts(state, pending=PENDING), {}, is_checkpoint=True)
        last = tree.row(len(tree) - 1)
        assert (tree.path(last), tree.positions(last)) == (("pending",), (2,))
        for index in range(min(len(tree) - 1, 3)):
            assert tree.positions(tree.row(index)) == (1, index)


def test_executors_that_hold_nothing_are_folded_and_counted() -> None:
    tree = Tree(parts(STATE), {"_executor_state": {"exclaim": {}}}, is_checkpoint=True)
    assert labels(tree) == ["topic", "errors", "_executor_state", "exclaim", "count", FOLDED]
    assert tree.row(2).hidden == 2
    assert tree.row(3).hidden == 1


def test_the_row_of_bookkeeping_unfolds_to_all_that_it_stands_for_at_their_own_paths() -> None:
    tree = Tree(parts(STATE), {FOLDED: {}}, is_checkpoint=True)
    rows = [tree.row(index) for index in range(4, len(tree))]
    assert [tree.path(row) for row in rows] == [
        ("state", "_workflow_run_kwargs"), ("state", "_resolved_workflow_run_kwargs"), ("state", "_edge_state"),
    ]  # fmt: skip


def test_everything_is_shown_on_demand() -> None:
    tree = Tree(parts(STATE), {"_executor_state": {"exclaim": {}}}, show_none=True, is_checkpoint=True)
    assert labels(tree)[:-3] == [
        "_workflow_run_kwargs", "_resolved_workflow_run_kwargs", "_executor_state", "upper", "exclaim", "count",
        "cache", "reverse", "_edge_state", "topic", "errors",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        ("state", "topic"), ("state", "_workflow_run_kwargs"), ("state", "_resolved_workflow_run_kwargs", "token"),
        ("state", "_executor_state", "upper"), ("state", "_executor_state", "exclaim", "cache"),
        ("state", "_edge_state"), ("pending", "r1", "prompt"), ("metadata", "superstep"),
    ],
)  # fmt: skip
def test_every_value_is_reached_wherever_it_is_folded(path: tuple[str, ...]) -> None:
    tree = Tree(PARTS, {}, is_checkpoint=True)
    index = tree.open_to(locate(PARTS, path))
    assert index is not None
    row = tree.row(index)
    assert tree.path(row) == path
    assert len(tree) == len(labels(tree))


def test_rows_know_their_places_among_all_members() -> None:
    tree = Tree(PARTS, {FOLDED: {"_resolved_workflow_run_kwargs": {}}, "(pending)": {"r1": {}}}, is_checkpoint=True)
    for index in range(len(tree)):
        row = tree.row(index)
        if row.member.label != FOLDED:
            assert tree.positions(row) == locate(PARTS, tree.path(row))
            assert tree.open_to(tree.positions(row)) == index


def test_a_state_without_a_framework_stays_as_it_is() -> None:
    tree = Tree(parts({"a": None, "b": {}, "c": 1}), {}, is_checkpoint=True)
    assert labels(tree) == ["a", "b", "c"]


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
    folds: dict[str, Any] = {"(pending)": {"r1": {"data": {}}}}
    tree = Tree(parts({}, pending={"r1": event()}), folds, is_checkpoint=True)
    assert labels(tree) == ["(pending)", "r1", "data", "prompt"]
    assert tree.row(1).hidden == 7


def test_an_object_of_which_nothing_would_be_left_is_shown_whole() -> None:
    tree = Tree({"a": {"x": None, "y": []}}, {"a": {}})
    assert labels(tree) == ["a", "x", "y"]


def test_none_and_empty_members_of_a_mapping_are_folded_alike() -> None:
    value: Value = {"a": {"n": None, "t": "", "l": [], "d": {}, "f": False, "z": 0}}
    tree = Tree(value, {"a": {}})
    assert labels(tree) == ["a", "f", "z"]
    assert tree.row(0).hidden == 4
