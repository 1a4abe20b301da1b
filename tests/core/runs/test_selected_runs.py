"""Parts of a list: one run, what is new, ends of branches, the newest few."""

from __future__ import annotations

import pytest

from ckpt_tui.core.model import CheckpointRef, Facts
from ckpt_tui.core.runs.ids import IdFault
from ckpt_tui.core.runs.lineage import Run, arrange
from ckpt_tui.core.runs.listing import run_title
from ckpt_tui.core.runs.selected_runs import Selection, with_read


def ref(name: str, parent: str | None = None, when: float = 1.0, pending: int = 0) -> CheckpointRef:
    facts = Facts(0, pending, (), (), False)
    return CheckpointRef(name, f"{name}.json", "flow", "cafe", parent, "", when, 0, 100, facts)


RUNS = arrange([
    ref("a1"), ref("a2", "a1", 2), ref("a3", "a2", 9), ref("a4", "a2", 4, pending=1),
    ref("b1", None, 5), ref("b2", "b1", 9),
])  # fmt: skip


def ids(runs: tuple[Run, ...]) -> list[list[str]]:
    return [[node.ref.id for node in run.nodes] for run in runs]


def chosen(selection: Selection) -> list[list[str]]:
    return ids(selection.after_reading(selection.before_reading(RUNS)))


def test_without_a_wish_everything_is_wanted() -> None:
    assert Selection().before_reading(RUNS) == RUNS


def test_the_newest_of_one_moment_are_the_later_in_the_list() -> None:
    assert chosen(Selection(limit=1)) == [["b2"]]
    assert chosen(Selection(limit=2)) == [["a3"], ["b2"]]


def test_what_is_older_is_left_out() -> None:
    assert chosen(Selection(since=4)) == [["a4", "a3"], ["b1", "b2"]]


def test_a_run_is_named_by_itself_or_by_a_checkpoint_in_it() -> None:
    assert (
        chosen(Selection(run="b")) == chosen(Selection(run="b2")) == chosen(Selection(run="latest")) == [["b1", "b2"]]
    )


def test_no_run_is_a_fault() -> None:
    with pytest.raises(IdFault):
        Selection(run="c").before_reading(RUNS)


def test_a_state_is_that_of_the_end_of_a_branch() -> None:
    assert chosen(Selection(status=frozenset({"waiting"}))) == [["a4"]]
    assert chosen(Selection(status=frozenset({"done"}))) == [["a3"], ["b2"]]


def test_a_limit_counts_what_is_in_the_state() -> None:
    assert chosen(Selection(status=frozenset({"done"}), limit=1)) == [["b2"]]
    assert chosen(Selection(status=frozenset({"waiting"}), limit=1)) == [["a4"]]


def test_branches_that_are_left_out_are_not_drawn() -> None:
    [run] = Selection(run="a1", since=0, limit=3).before_reading(RUNS)
    assert [node.opened for node in run.nodes] == [0, 0, 0]


def test_a_title_counts_what_is_shown_of_a_run_and_all_that_it_has() -> None:
    runs = Selection(limit=3).before_reading(RUNS)
    assert ["of" in run_title(run)[1] for run in runs] == [True, False]
    assert " 1 of 4 checkpoints" in run_title(runs[0])[1]
    assert " 2 checkpoints" in run_title(runs[1])[1]
    read = {node.ref.file: node.ref for run in RUNS for node in run.nodes[1:]}
    assert [run.whole for run in with_read(RUNS, read)] == [0, 0]
