"""Headers in columns: the runs they form are those that arranging the checkpoints gives."""

import random
from array import array

import pytest

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs.groups import Group, PackedGroups, groups_of
from ckpt_tui.core.runs.header_table import HeaderTable, mark_of
from ckpt_tui.core.runs.lineage import arrange
from ckpt_tui.core.runs.packed_names import PAGE, PackedNames
from ckpt_tui.core.runs.table_runs import TableRuns

MADE_UP = "WorkflowBuilder-12345678-1234-1234-1234-123456789abc"


def some_refs(rng: random.Random) -> list[CheckpointRef]:
    """Headers with whatever may be odd about them: forks, parents that are missing or form circles, copies, guesses."""
    ids = [f"c{number}" for number in range(rng.randint(1, 14))]
    refs = []
    for number, name in enumerate(ids):
        before = f"c{rng.randrange(max(number, 1))}"
        parent = rng.choice([None, None, rng.choice(ids), before, before, before, "gone1", "gone2", ""])
        inner = rng.choice(["gone1", "c3", "lost", *[""] * 20])
        refs.append(CheckpointRef(
            name, f"{name}.json", rng.choice(["a", "b", "", MADE_UP]), rng.choice("gh"), parent, "",
            float(rng.choice([0, number, number, number, 5])), rng.choice([0, 0, 1, 2]), 10,
            inner="" if inner == name else inner, chain=rng.choice(["", "", "x"]) if parent is None else "",
            carries_answers=parent is None and rng.random() < 0.3,
        ))  # fmt: skip
    rng.shuffle(refs)
    return refs


def arranged(refs: list[CheckpointRef]) -> list[tuple[Group, list[str]]]:
    """The groups of checkpoints, as arranging them says, with the files in each."""
    return sorted(
        (group._replace(status=None), sorted(node.ref.file for run in runs for node in run.nodes))
        for group, runs in groups_of(arrange(refs))
    )


def in_columns(table: HeaderTable) -> list[tuple[Group, list[str]]]:
    """The same of a table."""
    runs = TableRuns(table)
    return sorted(
        (runs.group(table, run), sorted(table.names[number] for number in runs.members(run)))
        for run in range(len(runs.roots))
    )


def test_the_runs_of_a_table_are_those_of_its_checkpoints() -> None:
    for seed in range(300):
        refs = some_refs(random.Random(seed))
        table = HeaderTable()
        for ref in refs:
            table.put(ref)
        assert in_columns(table) == arranged(refs), seed


def test_they_are_after_checkpoints_were_deleted_and_written_again() -> None:
    for seed in range(300):
        check_after_changes(seed)


def check_after_changes(seed: int) -> None:
    rng = random.Random(seed)
    known = {ref.file: ref for ref in some_refs(rng)}
    table = HeaderTable()
    for ref in known.values():
        table.put(ref)
    for ref in some_refs(rng)[:5]:
        if rng.random() < 0.4:
            table.drop(ref.file)
            known.pop(ref.file, None)
        elif rng.random() < 0.2:
            table.put_problem(ref.file)
            known.pop(ref.file, None)
        else:
            table.put(ref)
            known[ref.file] = ref
    # Of two copies with one id inside the last counts: both have the same order here.
    in_order = sorted(known.values(), key=lambda ref: table.number(ref.file))
    if not any(ref.inner for ref in in_order):
        assert in_columns(table) == arranged(in_order), seed


def test_all_groups_come_the_newest_first() -> None:
    table = HeaderTable()
    for number in range(300):
        table.put(CheckpointRef(f"r{number}", f"r{number}.json", "flow", "g", None, "", float(number % 97), 0, 1))
    found = list(TableRuns(table).groups(table))
    assert [group.last for group in found] == sorted((group.last for group in found), reverse=True)
    assert sorted(found) == sorted(group._replace(status=None) for group, _ in groups_of(arrange(
        table.light_ref(number) for number in range(300)
    )))  # fmt: skip


class TestNames:
    """Names by number."""

    NAMES = tuple(f"näme {number}\udcff.json" for number in range(2 * PAGE + 3))

    def test_any_of_them_is_found_by_its_number(self) -> None:
        names = PackedNames()
        for name in self.NAMES:
            names.append(name)
        assert tuple(names) == self.NAMES
        assert [names[at] for at in (0, PAGE - 1, PAGE, 2 * PAGE + 2)] == [
            self.NAMES[at] for at in (0, PAGE - 1, PAGE, 2 * PAGE + 2)
        ]
        assert list(names.some(range(0, len(names), 7))) == list(self.NAMES[::7])

    @pytest.mark.parametrize("count", [0, 1, PAGE, PAGE + 1, 2 * PAGE])
    def test_they_come_back_from_bytes_and_go_on(self, count: int) -> None:
        names = PackedNames()
        for name in self.NAMES[:count]:
            names.append(name)
        again = PackedNames(names.packed())
        again.append("one more")
        assert tuple(again) == (*self.NAMES[:count], "one more")
        assert len(again) == count + 1

    @pytest.mark.parametrize("are_kept", [False, True])
    def test_names_are_compared_with_those_that_came_back(self, are_kept: bool) -> None:
        made = PackedNames()
        for name in self.NAMES:
            made.append(name)
        names = PackedNames(made.packed(), bytes(made.digests) if are_kept else b"")
        for start, stop in ((0, 2 * PAGE), (PAGE, 2 * PAGE), (0, PAGE + 5), (3, PAGE), (PAGE, len(self.NAMES))):
            some = list(self.NAMES[start:stop])
            assert names.begin_with(start, some)
            for at in (0, len(some) - 1):
                assert not names.begin_with(start, [*some[:at], "other", *some[at + 1 :]])
        assert not names.begin_with(0, [*self.NAMES, "one more"])

    def test_names_that_are_taken_are_no_longer_there(self) -> None:
        names = PackedNames()
        for name in self.NAMES:
            names.append(name)
        assert tuple(names.taken()) == self.NAMES
        assert len(names) == 0
        names.append("one more")
        assert list(names) == ["one more"]

    def test_those_that_contain_a_text_are_found(self) -> None:
        names = PackedNames()
        for name in (*self.NAMES, "Näme X.json"):
            names.append(name)
        assert list(names.holding("näme 17", False)) == [name for name in self.NAMES if "näme 17" in name]
        assert list(names.holding("näme x", False)) == ["Näme X.json"]
        assert list(names.holding("Näme", True)) == ["Näme X.json"]
        assert list(names.holding("no such", False)) == []

    def test_a_stored_table_finds_some_names_before_it_finds_all(self) -> None:
        made = HeaderTable()
        for number in range(300):
            made.put_problem(f"n{number}.json")
        stored = HeaderTable()
        stored.names, stored.flags = PackedNames(made.names.packed()), made.flags[:]
        for column in ("parents", "kinds", "iterations", "whens", "changed", "marks"):
            setattr(stored, column, getattr(made, column)[:])
        stored.take_hashes(array("q", map(hash, stored.names)))
        stored.look_up(["n7.json", "n299.json", "new.json"])
        assert [stored.number(name) for name in ("n7.json", "n299.json", "new.json")] == [7, 299, -1]
        assert stored.put_problem("new.json") == 300
        assert stored.number("new.json") == 300
        assert not stored.is_hashed
        assert [stored.number(f"n{number}.json") for number in range(300)] == list(range(300))
        assert stored.number("new.json") == 300
        assert stored.put_problem("newer.json") == stored.number("newer.json") == 301

    def test_a_table_finds_each_of_many_names(self) -> None:
        table = HeaderTable()
        for number in range(5_000):
            table.put_problem(f"{number}.json")
        assert [table.number(f"{number}.json") for number in range(5_000)] == list(range(5_000))
        assert table.number("none.json") == -1
        assert len(table) == 5_000


def test_groups_come_back_from_bytes() -> None:
    groups = [Group(f"g{number}", "flow", 2, 1.0, 2.0, f"{number}.json", number=number) for number in range(130)]
    packed = PackedGroups()
    packed.add(groups)
    again = PackedGroups.stored(packed.packed(), len(packed), packed.checkpoints)
    again.add([Group("more", "flow", 1, 1.0, 2.0, "m.json")])
    assert list(again)[:130] == groups
    assert (len(again), again.checkpoints, again.place("g77"), again.place("more")) == (131, 261, 77, 130)


def test_a_mark_differs_where_a_number_does() -> None:
    marks = {mark_of(*numbers) for numbers in ((1, 2, 3), (2, 2, 3), (1, 10, 3), (2, 10, 3), (1, 2, 4), (9, 2, 3))}
    assert len(marks) == 6
