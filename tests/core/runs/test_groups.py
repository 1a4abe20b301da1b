"""Groups of runs, packed."""

import pytest

from ckpt_tui.core.runs.groups import PAGE, Group, PackedGroups


def group(number: int, last: float | None = None, checkpoints: int = 2) -> Group:
    moment = 1_000.0 - number if last is None else last
    return Group(f"t{number}", f"thread t{number}", checkpoints, 1.5, moment, f"t{number}/newest", number)


def test_packed_groups_are_what_was_put_in() -> None:
    packed = PackedGroups()
    packed.add(map(group, range(3 * PAGE + 5)))
    assert list(packed) == [group(number) for number in range(3 * PAGE + 5)]
    assert [packed[at] for at in (0, PAGE, 3 * PAGE + 4)] == [group(0), group(PAGE), group(3 * PAGE + 4)]
    assert packed.checkpoints == 2 * len(packed)
    with pytest.raises(IndexError):
        packed[3 * PAGE + 5]


def test_packed_groups_take_less_than_a_hundred_bytes_each() -> None:
    packed = PackedGroups()
    packed.add(map(group, range(100 * PAGE)))
    assert packed.size < 100 * len(packed)


def test_a_text_that_is_not_utf_8_comes_back() -> None:
    packed = PackedGroups()
    odd = group(1)._replace(title="caf\udce9")
    packed.add([odd] * PAGE)
    assert packed[0] == odd
