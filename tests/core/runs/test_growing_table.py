"""The runs of a table while checkpoints come and go: unless they are stale, they are what arranging all anew gives."""

import random

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs.groups import Group
from ckpt_tui.core.runs.growing_table import GrowingRuns
from ckpt_tui.core.runs.header_table import NO_CHECKPOINT, HeaderTable
from ckpt_tui.core.runs.table_runs import TableRuns
from tests.core.runs.test_table_runs import some_refs


def made(refs: list[CheckpointRef]) -> tuple[HeaderTable, GrowingRuns]:
    table = HeaderTable()
    for ref in refs:
        table.put(ref)
    return table, GrowingRuns(table, TableRuns(table))


def a_run(name: str, count: int) -> list[CheckpointRef]:
    """A run whose checkpoints are a second apart; runs with a later name begin later."""
    began = ord(name) * 1_000.0
    return [
        CheckpointRef(
            f"{name}{number}", f"{name}{number}.json", "flow", "g", f"{name}{number - 1}" if number else None, "",
            began + number, number, 1,
        )
        for number in range(count)
    ]  # fmt: skip


def shown(runs: GrowingRuns) -> list[Group]:
    """The groups that have checkpoints."""
    found = (runs.group(run) for run in range(len(runs.arranged.roots)))
    return sorted(group for group in found if group.checkpoints)


def shrink(table: HeaderTable, runs: GrowingRuns, *files: str) -> bool:
    """Take files out; whether runs have to be arranged again."""
    return runs.shrink([table.drop(file) for file in files], False)[1]


def test_whatever_goes_is_counted_and_what_is_certain_is_what_arranging_gives() -> None:
    certain = 0
    for seed in range(400):
        rng = random.Random(seed)
        table, runs = made(some_refs(rng))
        is_stale = False
        for _ in range(4):
            there = [number for number, flags in enumerate(table.flags) if not flags & NO_CHECKPOINT]
            some = rng.sample(there, min(len(there), rng.randint(1, 2)))
            for number in some:
                table.drop(table.names[number])
            _, is_stale = runs.shrink(some, is_stale)
            assert sum(group.checkpoints for group in shown(runs)) == len(there) - len(some), seed
            if not is_stale:
                certain += 1
                assert shown(runs) == shown(GrowingRuns(table, TableRuns(table))), seed
    assert certain > 20


def all_of(table: HeaderTable, runs: TableRuns) -> list[tuple[Group, list[int]]]:
    """The groups, each with the numbers of its checkpoints; those of one moment are in no order."""
    found = [(group, list(runs.members(run))) for group, run in zip(runs.groups(table), runs.order, strict=True)]
    assert [group.last for group, _ in found] == sorted((group.last for group, _ in found), reverse=True)
    return sorted(found)


def test_runs_that_settle_are_those_that_arranging_all_gives() -> None:
    certain = 0
    for seed in range(400):
        rng = random.Random(seed)
        refs = sorted(some_refs(rng), key=lambda ref: ref.when)
        table, runs = made(refs[: len(refs) // 2])
        is_stale = False
        for ref in refs[len(refs) // 2 :]:
            is_stale |= runs.grow(table.put(ref)) < 0
            there = [number for number, flags in enumerate(table.flags) if not flags & NO_CHECKPOINT]
            if rng.random() < 0.1:
                lost = rng.choice(there)
                table.drop(table.names[lost])
                _, is_stale = runs.shrink([lost], is_stale)
            if not is_stale:
                certain += 1
                settled = runs.settled()
                assert all_of(table, settled) == all_of(table, TableRuns(table)), seed
                assert shown(GrowingRuns(table, settled)) == shown(runs), seed
    assert certain > 20


def test_the_last_of_a_run_goes_without_anything_being_arranged_again() -> None:
    table, runs = made([*a_run("a", 4), *a_run("b", 4)])
    assert not shrink(table, runs, "a3.json", "a2.json")
    assert [(group.checkpoints, group.newest) for group in shown(runs)] == [(2, "a1.json"), (4, "b3.json")]


def test_a_run_that_lost_its_first_is_found_by_the_same_id() -> None:
    table, runs = made(a_run("a", 4))
    [before] = shown(runs)
    assert shrink(table, runs, "a0.json")
    [after] = shown(runs)
    assert (after.id, after.checkpoints, after.first) == (before.id, 3, before.first + 1)
    assert [table.names[number] for number in runs.members(runs.named(after.id))] == ["a1.json", "a2.json", "a3.json"]


def test_a_run_whose_checkpoints_are_all_gone_has_none() -> None:
    table, runs = made([*a_run("a", 2), *a_run("b", 2)])
    assert shrink(table, runs, "a0.json", "a1.json")
    assert [group.newest for group in shown(runs)] == ["b1.json"]


def test_what_comes_behind_a_file_that_is_no_checkpoint_is_put_in_its_run() -> None:
    *before, last = a_run("a", 4)
    table, runs = made(before)
    table.put_problem("broken.json")
    assert runs.grow(table.put(last)) == 0
    assert shown(runs) == shown(GrowingRuns(table, TableRuns(table)))


def test_one_that_comes_back_is_not_put_in_a_run_twice() -> None:
    refs = a_run("a", 4)
    table, runs = made(refs)
    shrink(table, runs, "a3.json")
    assert runs.grow(table.put(refs[3])) == -1
