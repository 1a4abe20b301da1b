"""Breakpoints of every kind over checkpoints of runs that are over: as a replay asks them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ckpt_tui.actions.debugging.breakpoints import is_each_time, parse_breakpoint
from ckpt_tui.core.model import Checkpoint
from ckpt_tui.core.reading.pending import requests
from ckpt_tui.stores.registry import open_store
from tests.support.resumes import checkpoints

DATA = Path(__file__).parents[2] / "data" / "agent-framework" / "1.23.0"


def recorded(name: str) -> list[Checkpoint]:
    """The checkpoints of a sample, oldest first."""
    store = open_store(str(DATA / name))
    return [store.load(f"{each['checkpoint_id']}.json", everything=True) for each in checkpoints(DATA / name)]


def places(name: str, spec: str) -> list[int]:
    """Where a breakpoint is true."""
    found = recorded(name)
    each = parse_breakpoint(spec)
    return [
        at for at, one in enumerate(found) if each.holds_in_replay(one, found[at - 1] if at else None, ("improve",))
    ]  # fmt: skip


def test_a_path_is_stopped_at_wherever_its_value_changes() -> None:
    states = [each.state for each in recorded("loop")]
    assert len(states) > 3
    assert places("loop", "changes:state.no_such_key") == []
    assert places("loop", "changes:messages") == list(range(1, len(states)))


def test_a_request_is_stopped_at_where_it_begins_to_wait() -> None:
    waits = [len(requests(each.pending)) > 0 for each in recorded("hitl_pending")]
    assert places("hitl_pending", "request") == [waits.index(True)]


@pytest.mark.parametrize("spec", ["error", "warning"])
def test_what_left_no_trace_in_a_run_stops_nowhere(spec: str) -> None:
    assert places("loop", spec) == []


def test_an_executor_is_stopped_at_after_the_steps_in_which_it_ran() -> None:
    assert places("loop", "executor:improve") == list(range(len(recorded("loop"))))
    assert places("loop", "executor:other") == []


@pytest.mark.parametrize(
    ("spec", "each_time"),
    [("error", True), ("changes:state.x", True), ("executor:a", True), ("state.x > `3`", False), ("warning", True)],
)
def test_only_an_expression_stops_where_it_becomes_true(spec: str, each_time: bool) -> None:
    assert is_each_time(spec) is each_time
