"""Runs kept in step with news are those that arranging everything anew would give."""

from __future__ import annotations

import random

import pytest

from ckpt_tui.core.model import CheckpointRef, Facts, StoreMetadata
from ckpt_tui.core.runs.growing_runs import Arrangement
from ckpt_tui.core.runs.lineage import arrange


def ref(name: str, parent: str | None = None, when: float = 1.0, iteration: int = 0) -> CheckpointRef:
    return CheckpointRef(name, f"{name}.json", "flow", "cafe", parent, "", when, iteration, 100)


class Kept:
    """Checkpoints and the runs that are kept in step with them."""

    def __init__(self, *refs: CheckpointRef) -> None:
        self.refs = {each.file: each for each in refs}
        self.arrangement = Arrangement(lambda: self.refs.values())
        self.check()

    def put(self, each: CheckpointRef) -> None:
        known = self.refs.get(each.file)
        self.refs[each.file] = each
        self.arrangement.change(known, each)

    def drop(self, file: str) -> None:
        self.arrangement.change(self.refs.pop(file), None)

    def check(self) -> int:
        """The runs are right; returns how often everything was arranged."""
        assert self.arrangement.runs() == arrange(self.refs.values())
        return self.arrangement.generation


def test_a_checkpoint_at_the_end_of_a_branch_changes_its_run_alone() -> None:
    kept = Kept(ref("a"), ref("b", "a", 2), ref("other", None, 1.5))
    before = kept.arrangement.runs()
    kept.put(ref("c", "b", 3))
    assert kept.check() == 1
    after = kept.arrangement.runs()
    assert after[0] is not before[0]
    assert after[1] is before[1]


def test_a_branch_in_the_middle_of_a_run_goes_on_where_it_is() -> None:
    kept = Kept(ref("a"), ref("b", "a", 2), ref("c", "a", 3), ref("d", "a", 4))
    for name, parent in (("e", "b"), ("f", "c"), ("g", "d"), ("h", "e")):
        kept.put(ref(name, parent, 9))
        assert kept.check() == 1


def test_a_new_branch_and_a_new_run_leave_other_runs_alone() -> None:
    kept = Kept(ref("a"), ref("b", "a", 2), ref("c", "b", 3))
    kept.put(ref("d", "a", 4))
    kept.put(ref("e", None, 5))
    kept.put(ref("f", "e", 6))
    assert kept.check() == 1
    assert [run.number for run in kept.arrangement.runs()] == [1, 2]


def test_what_a_body_shows_changes_its_run_alone() -> None:
    kept = Kept(ref("a"), ref("b", "a", 2), ref("other", None, 1.5))
    kept.put(ref("a")._replace(facts=Facts(1, 0, ("x",), (), False)))
    assert kept.check() == 1


def test_a_checkpoint_that_others_name_joins_their_runs() -> None:
    kept = Kept(ref("a"), ref("c", "b", 3))
    kept.put(ref("b", "a", 2))
    assert kept.check() == 2
    assert len(kept.arrangement.runs()) == 1


@pytest.mark.parametrize("seed", range(12))
def test_whatever_comes_and_goes_the_runs_are_those_of_everything_arranged_anew(seed: int) -> None:
    chance = random.Random(seed)
    names = [f"n{number}" for number in range(24)]
    kept = Kept()
    for number in range(60):
        name = chance.choice(names)
        if f"{name}.json" in kept.refs and chance.random() < 0.3:
            kept.drop(f"{name}.json")
        else:
            kept.put(_any(chance, name, names, number))
        if chance.random() < 0.6:
            kept.check()
    kept.check()


def _any(chance: random.Random, name: str, names: list[str], number: int) -> CheckpointRef:
    made = ref(
        name, chance.choice([*names, None, None]), float(chance.choice([number, number, 3])), chance.randrange(3)
    )
    if chance.random() < 0.3:
        made = made._replace(facts=Facts(1, 0, (chance.choice(["internal:x", "y"]),), (), False))
    if chance.random() < 0.1:
        made = made._replace(inner=chance.choice(names))
    if chance.random() < 0.1:
        made = made._replace(parent=None, chain="chain")
    if chance.random() < 0.2:
        run, store = chance.choice(["", "r"]), chance.choice(["", "one", "two"])
        made = made._replace(
            store_metadata=StoreMetadata(run=run, before=chance.choice(names), store=store, above=run and "q")
        )
    return made
