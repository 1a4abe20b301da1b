"""A sequence whose items are made when they are asked for is used like any other."""

import pytest

from ckpt_tui.core.sequences import LazySequence


class Squares(LazySequence[int]):
    """The squares of the first numbers."""

    def __init__(self, count: int) -> None:
        self.made: list[int] = []
        self._count = count

    def __len__(self) -> int:
        return self._count

    def item(self, index: int) -> int:
        self.made.append(index)
        return index * index


def test_items_and_slices_are_those_of_a_list_from_both_ends() -> None:
    squares, numbers = Squares(5), [0, 1, 4, 9, 16]
    assert list(squares) == numbers
    assert [squares[at] for at in range(-5, 5)] == numbers + numbers
    for part in (slice(1, 3), slice(None, None, -1), slice(-2, 99), slice(4, 1)):
        assert squares[part] == numbers[part]


def test_only_what_is_asked_for_is_made() -> None:
    squares = Squares(1_000_000)
    assert squares[-1] == 999_999**2
    assert squares.made == [999_999]


@pytest.mark.parametrize("index", [5, -6])
def test_an_index_outside_is_refused(index: int) -> None:
    squares = Squares(5)
    with pytest.raises(IndexError):
        squares[index]
    assert not squares.made
