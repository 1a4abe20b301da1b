"""Groups at one moment: what changed lately, then all others."""

from ckpt_tui.core.runs.group_lists import KnownGroups
from ckpt_tui.core.runs.groups import PAGE
from tests.core.runs.test_groups import group


def known(count: int) -> KnownGroups:
    found = KnownGroups()
    found.begin()
    found.list(map(group, range(count)))
    found.end()
    return found


def test_a_group_is_found_by_its_id() -> None:
    now = known(3 * PAGE).now()
    assert [now.place(f"t{number}") for number in (0, PAGE + 1, 3 * PAGE - 1)] == [0, PAGE + 1, 3 * PAGE - 1]
    assert now.place("t1000") == -1


def test_what_changed_moves_to_the_front_and_is_nowhere_else() -> None:
    found = known(10)
    found.put(group(7, last=2_000.0, checkpoints=3))
    found.put(group(3, last=3_000.0, checkpoints=3))
    now = found.now()
    assert [each.id for each in now] == ["t3", "t7", "t0", "t1", "t2", "t4", "t5", "t6", "t8", "t9"]
    assert [now[at].id for at in range(len(now))] == [each.id for each in now]
    assert [now.place(each.id) for each in now] == list(range(10))
    assert now[-1].id == "t9"
    assert now[1:3] == [now[1], now[2]]
    assert now.checkpoints == 22


def test_a_group_that_is_new_is_counted_once() -> None:
    found = known(2)
    found.put(group(5, last=2_000.0))
    found.put(group(5, last=2_001.0, checkpoints=4))
    assert len(found.now()) == 3
    assert found.now().checkpoints == 8
    assert found.get("t5") == group(5, last=2_001.0, checkpoints=4)
    assert found.get("t1") == group(1)
    assert found.get("t6") is None


def test_what_is_known_stays_until_all_are_listed_anew() -> None:
    found = known(4)
    found.put(group(9, last=2_000.0))
    found.begin()
    found.list(map(group, range(2)))
    assert len(found.now()) == 5
    found.end()
    assert [each.id for each in found.now()] == ["t0", "t1"]


def test_a_list_stays_as_it_was_while_others_are_put_in() -> None:
    found = known(4)
    before = found.now()
    found.put(group(9, last=2_000.0))
    found.put(group(1, last=2_001.0))
    assert [each.id for each in before] == ["t0", "t1", "t2", "t3"]
    assert [before.place(name) for name in ("t1", "t9")] == [1, -1]


def test_a_group_without_checkpoints_is_not_listed_until_it_has_some_again() -> None:
    groups = known(3)
    groups.put(group(1, checkpoints=0))
    now = groups.now()
    assert list(now) == [now[0], now[1]] == [group(0), group(2)]
    assert (now.place("t1"), now.place("t2"), groups.get("t1"), now.checkpoints) == (-1, 1, None, 4)
    groups.put(group(1))
    assert list(groups.now()) == [group(1), group(0), group(2)]
    assert groups.now().checkpoints == 6
