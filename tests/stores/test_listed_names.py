"""Names that a directory lists, compared with those of a table: what is new and what is gone, in whatever order."""

import random
from collections.abc import Sequence

import pytest

from ckpt_tui.core.runs.header_table import HeaderTable
from ckpt_tui.stores import listed_names
from ckpt_tui.stores.listed_names import ListedNames

NAMES = tuple(f"n{number:03}.json" for number in range(300))


@pytest.fixture(autouse=True)
def pages_are_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names are compared a few at a time."""
    monkeypatch.setattr(listed_names, "PAGE", 2)
    monkeypatch.setattr(listed_names, "COMPARED_AT_ONCE", 8)


def table_of(names: Sequence[str]) -> HeaderTable:
    """A table of files; what they hold does not matter."""
    table = HeaderTable()
    for name in names:
        table.put_problem(name)
    return table


def compared(table: HeaderTable, listed: Sequence[str]) -> ListedNames:
    names = ListedNames(table)
    *_, last = (0, *names.compare(iter(listed)))
    assert last == len(listed) or not names.is_certain
    return names


def test_the_same_names_in_the_same_order_are_all_known() -> None:
    names = compared(table_of(NAMES), NAMES)
    assert (names.is_certain, names.new, names.gone) == (True, set(), set())


@pytest.mark.parametrize("seed", range(60))
def test_names_that_come_go_and_move_are_distinguished(seed: int) -> None:
    rng = random.Random(seed)
    known, listed = list(NAMES[: rng.choice([0, 1, 9, 40, 300])]), []
    for name in known:
        if rng.random() < 0.9:
            listed.append(name)
        if rng.random() < 0.1:
            listed.append(f"new {name}")
    for _ in range(rng.choice([0, 0, 1, 30])):
        if listed:
            listed.insert(rng.randrange(len(listed)), listed.pop(rng.randrange(len(listed))))
    others = [f"{number}.tmp" for number in range(3)]
    table = table_of(known)
    names = compared(table, [*others[:1], *listed, *others[1:]])
    assert names.is_certain
    assert names.new == set(listed) - set(known)
    assert names.gone == set(known) - set(listed)
    assert list(names.hashes) == [hash(name) for name in known]


def test_a_file_that_was_gone_and_is_back_is_new() -> None:
    table = table_of(NAMES)
    for name in NAMES[7:40]:
        table.drop(name)
    names = compared(table, [*NAMES[:7], *NAMES[10:]])
    assert (names.new, names.gone) == (set(NAMES[10:40]), set())


def test_a_directory_in_another_order_is_left_to_who_compares_all_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listed_names, "MOST_ELSEWHERE", 60)
    assert not compared(table_of(NAMES), NAMES[::-1]).is_certain
    assert compared(table_of(NAMES), [*NAMES[9:], *NAMES[:9]]).is_certain
