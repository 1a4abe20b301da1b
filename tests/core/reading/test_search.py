"""Finding a text in a value."""

from __future__ import annotations

from typing import Any

import pytest

from ckpt_tui.core.reading.search import search
from ckpt_tui.core.reading.value_size import size_of
from ckpt_tui.core.value import Map, Obj, Ref, SetOf

VALUE = {"draft": {"Title": "Lumen", "score": 0.5}, "tags": ["lamp", "LUMEN"], "n": 12}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lumen", [(0, 0), (1, 1)]), ("LUMEN", [(1, 1)]), ("title", [(0, 0)]), ("Title", [(0, 0)]), ("0.5", [(0, 1)]),
        ("12", [(2,)]), ("nowhere", []), ("draft", [(0,)]),
    ],
)  # fmt: skip
def test_labels_and_values_are_found_in_the_order_of_the_rows(text: str, expected: list[tuple[int, ...]]) -> None:
    assert list(search(VALUE, text)) == expected


def test_a_class_name_is_found() -> None:
    assert list(search([Obj(Ref("app", "Draft"), ())], "app:draft")) == [(0,)]


def test_shared_values_are_searched_once_and_cycles_end() -> None:
    shared = ["needle"]
    cycle: list[Any] = [shared, shared]
    cycle.append(cycle)
    assert list(search(cycle, "needle")) == [(0, 0)]


def test_a_search_can_be_cancelled() -> None:
    class Stop(Exception):
        pass

    def stop() -> None:
        raise Stop

    with pytest.raises(Stop):
        list(search(list(range(10_000)), "nowhere", stop))


def test_deep_values_are_searched_without_recursion() -> None:
    deep: Any = "needle"
    for _ in range(2_000):
        deep = (deep,)
    assert len(list(search(deep, "needle"))) == 1


def test_what_is_nested_too_deep_to_be_shown_is_not_searched() -> None:
    deep: Any = "needle"
    for _ in range(100_000):
        deep = {"needle": deep}
    found = list(search(deep, "needle"))
    assert [len(place) for place in found] == list(range(1, 2_001))


def test_places_are_those_of_the_members_wherever_the_search_has_been() -> None:
    value = [[["x", "needle"], "needle"], [[["needle"]]], "needle"]
    assert sorted(search(value, "needle")) == [(0, 0, 1), (0, 1), (1, 0, 0, 0), (2,)]


class TestSizes:
    @pytest.mark.parametrize(
        ("value", "size"), [("abc", 5), (12, 2), (None, 4), (True, 4), ([], 2), ({}, 2), ([1, 2], 6), ({"a": 1}, 8)]
    )
    def test_small_values(self, value: Any, size: int) -> None:
        assert size_of(value) == (size, True)

    def test_a_long_integer_is_measured_without_writing_it(self) -> None:
        for power in (20, 100, 2_000):
            assert abs(size_of(10**power).size - (power + 1)) <= 1
        assert size_of(1 << 10_000_000).complete

    def test_shared_values_count_once(self) -> None:
        shared = ["x" * 1000]
        assert size_of([shared, shared]).size < 1100

    def test_a_large_value_is_known_to_be_at_least_so_large(self) -> None:
        found = size_of(list(range(1_000_000)), nodes=1000)
        assert not found.complete
        assert found.text.startswith(">")

    def test_sets_mappings_and_objects_are_sized(self) -> None:
        for value in (SetOf([1, 2]), Map([1, 2]), (1, 2), Obj(Ref("a", "b"), (1,))):
            assert size_of(value).complete
            assert size_of(value).size > 2
